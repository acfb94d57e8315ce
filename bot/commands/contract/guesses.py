"""Paths to try for read operations whose path is unknown or only inferred.

All are guesses [inferred]: from the vendor's titles, the other platform's path for the same, and the upstreams' names.
"""

from __future__ import annotations

GUESSES: dict[str, tuple[str, ...]] = {
    "taobao.goods.image_search": ("/v2/taobao/product/image/search", "/v2/taobao/product/image/query"),
    "taobao.order.list": ("/v2/taobao/order/list", "/v2/taobao/purchase/page", "/v2/open/purchase/page"),
    "taobao.order.detail": ("/v2/taobao/order/get", "/v2/taobao/order/query", "/v2/taobao/order/info"),
    "taobao.cart.list": ("/v2/taobao/cart/page", "/v2/taobao/cart/query"),
    "taobao.refund.logistics_render": (
        "/v2/taobao/order/refund/logistics/render",
        "/v2/taobao/order/refund/return/render",
    ),
    "taobao.refund.messages": ("/v2/taobao/order/refund/query/message", "/v2/taobao/order/refund/message/list"),
    "1688.goods.category": (
        "/v2/alibaba/category/get",
        "/v2/alibaba/product/category/get",
        "/v2/alibaba/category/translation/getById",
    ),
    "1688.goods.recommended": ("/v2/alibaba/product/recommend", "/v2/alibaba/product/offerRecommend"),
    "1688.goods.global_selection": ("/v2/alibaba/product/global/selected/query",),
    "1688.goods.selection": ("/v2/alibaba/product/selected/query", "/v2/alibaba/product/keywords/selected/query"),
    "1688.goods.hot": ("/v2/alibaba/product/hot/query", "/v2/alibaba/product/topList/query"),
    "1688.order.detail": ("/v2/alibaba/order/get",),
    "1688.refund.reasons": ("/v2/alibaba/refund/reason", "/v2/alibaba/refund/reason/list"),
    "1688.refund.carriers": ("/v2/alibaba/refund/logistics/company", "/v2/alibaba/logistics/company/list"),
    "address.get": ("/v2/open/address/get", "/v2/open/address/list", "/v2/open/address/query"),
}
