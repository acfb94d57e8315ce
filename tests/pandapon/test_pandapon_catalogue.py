"""The catalogue of endpoints: complete, graded, and each path replaceable."""

from __future__ import annotations

import pytest

from pandapon.errors import UnknownPathError
from pandapon.operations.catalogue import OPERATIONS, Catalogue
from pandapon.shipment import Platform

# The vendor's navigation tree, entry by entry and in its order: name, method, path, grade, what it does.
NAVIGATION = """
# Taobao: goods
taobao.goods.get GET /v2/taobao/product/get S Taobao product by id
taobao.goods.check POST /v2/taobao/product/batch/check I Taobao products by ids
taobao.goods.search POST /v2/taobao/product/item/search S Taobao product search
taobao.goods.image_search POST - ? Taobao image search
# Taobao: orders
taobao.order.create POST /v2/taobao/order I Taobao order creation
taobao.order.list POST /v2/taobao/order/page I Taobao order list
taobao.order.cancel POST - ? Cancel a Taobao order
taobao.order.warehouse POST /v2/taobao/order/updateWarehouse I Change the forwarding warehouse
taobao.order.pay POST - ? Pay a Taobao order
taobao.order.im_link POST /v2/taobao/order/page/link/get I Link to the seller's chat
taobao.order.detail GET /v2/taobao/order/detail I Taobao order by id
taobao.order.logistics GET /v2/taobao/order/logistics/detail/get S Taobao logistics of a sub-order
# Taobao: cart
taobao.cart.preview POST - ? Preview an order from the cart
taobao.cart.order POST /v2/taobao/cart/create/order I Create an order from the cart
taobao.cart.list GET /v2/taobao/cart/list I Taobao cart
taobao.cart.delete POST - ? Delete a cart item
taobao.cart.add POST /v2/taobao/cart/add S Add a cart item
taobao.cart.quantity POST /v2/taobao/cart/edit-quantity I Change a cart item's quantity
# Taobao: after sales
taobao.refund.list POST /v2/taobao/order/refund/queryList I Taobao refund list
taobao.refund.render POST /v2/taobao/order/refund/render S What a refund may ask for
taobao.refund.logistics_render GET - ? What a return shipment may say
taobao.refund.logistics POST - ? Tell a return shipment
taobao.refund.cancel GET /v2/taobao/order/refund/cancel/{refundId} S Cancel a refund
taobao.refund.message POST /v2/taobao/order/refund/submit/message I Write in a refund
taobao.refund.submit POST - ? Ask for a refund
taobao.refund.messages POST - ? Messages of a refund
taobao.refund.change POST - ? Change a refund
taobao.refund.detail GET /v2/taobao/order/refund/query S Taobao refund by id
# 1688: goods
1688.goods.get POST /v2/alibaba/product/detail/get I 1688 product by id
1688.goods.search POST /v2/alibaba/product/keywords/query S 1688 product search
1688.goods.image_search POST /v2/alibaba/product/image/query S 1688 image search
1688.goods.store POST /v2/alibaba/product/query/selleroffer S 1688 search in one store
1688.goods.category POST - ? 1688 category by id
1688.goods.recommended POST - ? 1688 recommendations
1688.goods.related POST /v2/alibaba/product/productRelatedRecommendQuery S 1688 related products
1688.goods.global_selection POST - ? Global selection by keyword
1688.goods.selection POST - ? 1688 selection by keyword
1688.goods.hot POST - ? 1688 hot list
# 1688: cart
1688.cart.list GET /v2/alibaba/cart/list S 1688 cart
1688.cart.add POST - ? Add a cart item
1688.cart.delete POST - ? Delete a cart item
1688.cart.quantity POST /v2/alibaba/cart/edit-quantity I Change a cart item's quantity
1688.cart.preview POST /v2/alibaba/cart/preview/order I Preview an order from the cart
1688.cart.order POST /v2/alibaba/cart/create/order I Create an order from the cart
# 1688: orders; the detail is v1's
1688.order.pay_batch POST /v2/alibaba/order/batch/submit/to/pay I Submit orders for payment
1688.order.preview_batch POST - ? Preview orders of several sellers
1688.order.create_batch POST /v2/alibaba/order/batch/create S Create orders of several sellers
1688.order.logistics GET /v2/alibaba/order/logistics S 1688 logistics of an order
1688.order.list POST /v2/alibaba/order/page S 1688 order list
1688.order.preview POST /v2/alibaba/order/create/preview I Preview an order
1688.order.create POST /v2/alibaba/order/create S Create an order
1688.order.cancel POST /v2/alibaba/order/cancel S Cancel an unpaid order
1688.order.pay_url GET /v2/alibaba/order/pay/url S Pay an order
1688.order.received POST /v2/alibaba/order/receivegoods I Confirm receipt
1688.order.wangwang POST /v2/alibaba/product/openuid/decrypt I A seller's chat name
1688.order.detail POST /v2/alibaba/order/detail I 1688 order by id
# 1688: after sales
1688.refund.detail POST /v2/alibaba/refund/info I 1688 refund by id
1688.refund.reasons POST - ? 1688 refund reasons
1688.refund.voucher POST - ? Upload a refund voucher
1688.refund.create POST /v2/alibaba/refund/detail/create I Ask for a refund
1688.refund.shipment POST /v2/alibaba/refund/goods/return I Tell a return shipment
1688.refund.carriers GET - ? Carriers for returns
# Basis
address.get POST - ? The account's address
address.save POST /v2/open/address/addOrUpdate S Add or change an address
# Warehouse logistics
freight.estimate POST /v2/open/pp/logistics/itemLogisticsPrice S Overseas freight estimate
freight.preview POST /v2/open/pp/logistics/orderRenderFreight S Overseas freight of an order
freight.domestic POST /v2/open/pp/logistics/updateLogisticInfo I Update domestic logistics
freight.book POST /v2/open/pp/logistics/orderBookingFreight I Book international logistics
"""
BY_NAME = {endpoint.name: endpoint for endpoint in OPERATIONS}


def group(name: str) -> str:
    """Everything of a name but its last word."""
    return name.rpartition(".")[0]


def test_every_entry_of_the_navigation_is_there() -> None:
    """28 of Taobao, 33 of 1688 and its order detail, 2 basic ones, 4 of the warehouse: each as it is, in its place."""
    told = [line for line in NAVIGATION.strip().splitlines() if not line.startswith("#")]
    places = [group(line.split()[0]) for line in told]
    # A module has the operations of both platforms.
    in_places = sorted(OPERATIONS, key=lambda operation: places.index(group(operation.name)))
    assert [
        f"{operation.name} {operation.method} {operation.path or '-'} {operation.grade} {operation.title}"
        for operation in in_places
    ] == told
    counted = [sum(operation.platform is platform for operation in OPERATIONS) for platform in (*Platform, None)]
    assert counted == [34, 28, 6]
    assert len(BY_NAME) == len(OPERATIONS)


@pytest.mark.parametrize(
    ("name", "method", "path", "grade"),
    [
        ("1688.order.logistics", "GET", "/v2/alibaba/order/logistics", "S"),
        ("1688.order.list", "POST", "/v2/alibaba/order/page", "S"),
        ("1688.order.detail", "POST", "/v2/alibaba/order/detail", "I"),
        ("1688.goods.search", "POST", "/v2/alibaba/product/keywords/query", "S"),
        ("taobao.goods.search", "POST", "/v2/taobao/product/item/search", "S"),
        ("taobao.order.logistics", "GET", "/v2/taobao/order/logistics/detail/get", "S"),
        ("taobao.refund.cancel", "GET", "/v2/taobao/order/refund/cancel/{refundId}", "S"),
        ("address.save", "POST", "/v2/open/address/addOrUpdate", "S"),
    ],
)
def test_known_paths(name: str, method: str, path: str, grade: str) -> None:
    """The paths that the vendor states are those, and what is inferred says so."""
    endpoint = BY_NAME[name]
    assert (endpoint.method, endpoint.path, endpoint.grade) == (method, path, grade)


def test_grades_and_paths_agree() -> None:
    """A path without a grade, or a grade without a path, would be a claim without evidence."""
    assert all((endpoint.path == "") == (endpoint.grade == "?") for endpoint in OPERATIONS)


def test_a_guess_that_is_weaker_than_the_rule_says_so() -> None:
    """Paths of which nothing is known but 1688's twin are told from those that the v1 to v2 rule gives."""
    twins = {operation.name for operation in OPERATIONS if "guessed after 1688's" in operation.note}
    assert twins == {"taobao.order.list", "taobao.order.detail", "taobao.cart.list", "taobao.cart.quantity"}
    assert "guess" in BY_NAME["taobao.order.create"].note


def test_what_changes_the_account_is_marked() -> None:
    """Every call that creates, pays, cancels, adds, edits, deletes or submits says that it writes."""
    verbs = ("create", "cancel", "pay", "delete", "add", "quantity", "submit", "received", "save", "book", "warehouse")
    unmarked = [
        operation.name
        for operation in OPERATIONS
        if operation.name.split(".")[-1].startswith(verbs) and not operation.writes
    ]
    assert unmarked == []
    assert not BY_NAME["1688.order.logistics"].writes


def test_a_setting_replaces_a_path() -> None:
    """An inferred path can be put right without a release; the others stay."""
    catalogue = Catalogue({"taobao.order.list": "/v2/taobao/order/pageQuery"})
    assert catalogue.path("taobao.order.list") == "/v2/taobao/order/pageQuery"
    assert catalogue.path("1688.order.list") == "/v2/alibaba/order/page"


def test_an_unknown_name_is_a_clear_error() -> None:
    """A typing error in the setting is found at start."""
    with pytest.raises(ValueError, match=r"no endpoint is called '1688\.order\.lists'"):
        Catalogue({"1688.order.lists": "/v2/x"})


@pytest.mark.parametrize("path", ["v2/x", "", "https://elsewhere.example/x", "/v2/x?y=1", "/v2/ x", "/v2/x\n"])
def test_a_malformed_path_is_a_clear_error(path: str) -> None:
    """A path is a path: no host, no query, no spaces."""
    with pytest.raises(ValueError, match=r"the path of '1688\.order\.list' must look like"):
        Catalogue({"1688.order.list": path})


def test_an_unknown_path_names_the_setting() -> None:
    """The error says which setting would give it."""
    with pytest.raises(UnknownPathError, match=r'PANDAPON_PATHS=\{"taobao\.order\.pay"'):
        Catalogue().path("taobao.order.pay")
