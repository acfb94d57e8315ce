"""A valid request for each operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pandapon.operations import freight

if TYPE_CHECKING:
    from pandapon.operations.catalogue import AnyOperation
    from pandapon.operations.requests import Request

ABROAD = {
    "name": "Somchai",
    "mobile_phone": "0800000000",
    "address": "1 Road",
    "country": "TH",
    "city": "Bangkok",
    "zip": "10110",
}
ALIBABA = {
    "full_name": "王小明",
    "mobile": "13800000000",
    "province_text": "浙江省",
    "city_text": "杭州市",
    "address": "文三路 1 号",
}
TAOBAO = {
    "name": "王小明",
    "mobile_phone": "13800000000",
    "state": "浙江省",
    "city": "杭州市",
    "address": "文三路 1 号",
}
SERVICE = {"service_id": "S1"}
FREIGHT = {"item_id": "610947572360", "sku_id": "1", "quantity": 2, "freight_info": SERVICE, "price": "19.90"}
CARGO = {"offer_map_id": "WUnUC1cILiBjt-Jv3lDdlQ", "quantity": 2}
CREATED = {"address_param": ALIBABA, "cargo_param_list": [CARGO]}
ID = "2542285634920880794"

SAMPLES: dict[str, dict[str, Any]] = {
    "taobao.goods.get": {"item_id": "WUnUC1cILiBjt-Jv3lDdlQ"},
    "taobao.goods.check": {"params": [{"item_id": "610947572360", "sku_ids": ["1"]}]},
    "taobao.goods.search": {"keyword": "连衣裙", "sort": "tk_rate_desc"},
    "taobao.goods.image_search": {"image_base64": "aGk="},
    "taobao.order.create": {
        "order_line_list": [
            {"item_id": "610947572360", "sku_id": "1", "order_line_no": "1", "quantity": 2, "price": "19.90"}
        ],
        "receiver": TAOBAO,
        "purchase_amount": "39.80",
    },
    "taobao.order.list": {"status": 11},
    "taobao.order.cancel": {"purchase_id": ID, "cancel_reason": "other"},
    "taobao.order.warehouse": {"order_id": ID, "warehouse_name": "义乌仓", "warehouse_address": "义乌市 1 号"},
    "taobao.order.pay": {"purchase_ids": [ID]},
    "taobao.order.im_link": {
        "login_name": "buyer",
        "password": "pw",
        "page_param_map": {"sourceType": "item", "bizId": "T000-taobao-demo"},
    },
    "taobao.order.detail": {"order_id": ID},
    "taobao.order.logistics": {"sub_purchase_order_id": "200048859480"},
    "taobao.cart.preview": {"ids": ["7"], "order_address": TAOBAO},
    "taobao.cart.order": {"ids": ["7"], "order_address": TAOBAO},
    "taobao.cart.delete": {"ids": ["7"]},
    "taobao.cart.add": {
        "item_map_id": "a",
        "mp_id": "1",
        "mp_sku_id": "2",
        "item_title": "裙",
        "price": "19.90",
        "quantity": 1,
        "properties": {"颜色": "红色"},
    },
    "taobao.cart.quantity": {"id": "7", "quantity": 3},
    "taobao.refund.list": {},
    "taobao.refund.render": {"sub_order_id": "1", "refund_type": 1, "goods_status": 1},
    "taobao.refund.logistics_render": {"refund_id": "TQ1"},
    "taobao.refund.logistics": {"refund_id": "TQ1", "logistics_company": "中通", "logistics_no": "78012345678901"},
    "taobao.refund.cancel": {"refund_id": "TQ1"},
    "taobao.refund.message": {"refund_id": "TQ1", "refund_message": "您好"},
    "taobao.refund.submit": {
        "sub_order_id": "1",
        "refund_type": 1,
        "goods_status": 1,
        "reason_id": "2",
        "refund_fee": "19.90",
    },
    "taobao.refund.messages": {"refund_id": "TQ1"},
    "taobao.refund.change": {"refund_id": "TQ1", "refund_fee": "9.90"},
    "taobao.refund.detail": {"refund_id": "TQ1"},
    "1688.goods.get": {"offer_id": "WUnUC1cILiBjt-Jv3lDdlQ"},
    "1688.goods.search": {"keyword": "连衣裙", "sort": {"price": "desc"}, "price_start": "10"},
    "1688.goods.image_search": {"image_base64": "aGk="},
    "1688.goods.store": {"seller_open_id": "BBB1"},
    "1688.goods.category": {"category_id": "1031"},
    "1688.goods.related": {"offer_id": "WUnUC1cILiBjt-Jv3lDdlQ"},
    "1688.cart.add": {"offer_map_id": "a", "quantity": 1},
    "1688.cart.delete": {"ids": ["7"]},
    "1688.cart.quantity": {"id": "7", "quantity": 3},
    "1688.cart.preview": {"cart_ids": ["7"], "address_param": ALIBABA},
    "1688.cart.order": {"cart_ids": ["7"], "address_param": ALIBABA},
    "1688.order.pay_batch": {"order_ids": [ID]},
    "1688.order.preview_batch": CREATED,
    "1688.order.create_batch": CREATED,
    "1688.order.logistics": {"order_id": ID},
    "1688.order.list": {"order_status": "waitbuyerpay"},
    "1688.order.preview": CREATED,
    "1688.order.create": CREATED,
    "1688.order.cancel": {"order_id": ID, "cancel_reason": "other"},
    "1688.order.pay_url": {"order_id": ID},
    "1688.order.received": {"order_id": ID, "order_entry_ids": ["2542285634920880795"]},
    "1688.order.wangwang": {"open_uid": "BBB1"},
    "1688.order.detail": {"order_id": ID},
    "1688.refund.detail": {"refund_id": "TQ1"},
    "1688.refund.reasons": {"order_id": ID},
    "1688.refund.voucher": {"image_data": "aGk="},
    "1688.refund.create": {
        "order_id": ID,
        "order_entry_ids": [ID],
        "dispute_request": "refund",
        "apply_payment": "19.90",
        "apply_carriage": "0",
        "apply_reason_id": "20006",
        "description": "坏了",
        "goods_status": "refundBuyerReceived",
        "order_entry_count_list": [{"id": ID, "count": 1}],
    },
    "1688.refund.shipment": {"refund_id": "TQ1", "logistics_company_no": "ZTO", "freight_bill": "78012345678901"},
    "address.save": {
        "name": "王小明",
        "province": "浙江省",
        "city": "杭州市",
        "address": "文三路 1 号",
        "phone": "13800000000",
    },
    freight.ESTIMATE.name: {
        "item_id": "610947572360",
        "sku_id": "1",
        "quantity": 2,
        "price": "19.90",
        "receiver_address": ABROAD,
    },
    freight.PREVIEW.name: {"receiver_address": ABROAD, "render_items": [FREIGHT]},
    freight.DOMESTIC.name: {
        "order_id": ID,
        "logistic_infos": [
            {"line_item": {"item_id": "1", "sku_id": "2", "quantity": 1}, "logistics_no": "78012345678901"}
        ],
    },
    freight.BOOK.name: {
        "render_id": "FF2024080200007",
        "receiver_address": ABROAD,
        "line_items": [FREIGHT],
        "tmall_order_info": {"tmall_order_id": ID},
    },
}


def request_of(operation: AnyOperation) -> Request:
    """A valid request for an operation."""
    return cast("Request", operation.request.model_validate(SAMPLES.get(operation.name, {})))
