"""What an order names as sent, on either platform."""

from __future__ import annotations

from pandapon import alibaba, taobao


def test_what_an_order_names_on_1688() -> None:
    """Every number with its carrier and the platform's own id; what went without a courier is left out."""
    rows = [
        {
            "logisticsBillNo": "SF1234567890123",
            "logisticsCompanyName": "顺丰速运",
            "logisticsCode": "LP01",
            "type": "0",
        },
        {"logisticsBillNo": "78012345678901,78012345678902", "logisticsCompanyName": "中通快递", "logisticsCode": None},
        {"logisticsBillNo": "13800138000", "type": "2"},
        {"logisticsBillNo": None, "logisticsCode": "LP04"},
    ]
    data = {"baseInfo": {"idOfStr": "2542285634920880794"}, "nativeLogistics": {"logisticsItems": rows}}
    order = alibaba.order(data, "2542285634920880794")
    assert order.waybills == ("SF1234567890123", "78012345678901", "78012345678902")
    assert [(consignment.carrier, consignment.logistics_id) for consignment in order.consignments] == [
        ("顺丰速运", "LP01"),
        ("中通快递", ""),
        ("中通快递", ""),
    ]


def test_what_an_order_names_on_taobao() -> None:
    """A number that two lines share, and that the line repeats without its carrier, is named once."""
    sub = {
        "subPurchaseOrderId": 200048859480,
        "logisticOrders": [{"logisticCompanyName": "圆通速递", "logisticNumber": "YT8801234567890"}],
        "logisticNumber": "YT8801234567890",
    }
    order = taobao.order({"purchaseId": 1, "status": 11, "subPurchaseOrders": [sub, sub]}, "3305075341149134260")
    assert order.waybills == ("YT8801234567890",)
    assert [(consignment.waybill, consignment.carrier) for consignment in order.consignments] == [
        ("YT8801234567890", "圆通速递")
    ]
