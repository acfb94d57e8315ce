"""The lines of an order with the ids that freight wants, in the spellings of both platforms."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pandapon.order_lines import lines_of
from pandapon.shipment import Platform

ALIBABA, TAOBAO = Platform.ALIBABA, Platform.TAOBAO
ROW: dict[str, Any] = {"productID": 712345678901, "skuID": 5000000000017, "name": "裙", "quantity": 4, "price": 9.5}
SUB: dict[str, Any] = {"itemId": "T1", "skuId": "4", "title": "杯", "quantity": "3", "totalPrice": 1000}


def test_a_line_of_1688() -> None:
    """Whole numbers keep every digit; the line's own amount counts, since discounts are off that."""
    rows = [ROW | {"itemAmount": 36, "skuInfos": [{"value": "红色"}, {"value": "M"}]}]
    [line] = lines_of(ALIBABA, {"result": {"productItems": rows}}, "fen")
    assert (line.product_id, line.sku_id, line.variant) == ("712345678901", "5000000000017", "红色 / M")
    assert (line.quantity, line.price) == (4, Decimal("9.00"))
    assert line.can_be_shipped


@pytest.mark.parametrize(("unit", "price"), [("fen", "3.33"), ("yuan", "333.33")])
def test_a_line_of_taobao(unit: Any, price: str) -> None:
    """In the unit of the setting, rounded to fen; each parcel once."""
    parcels = [{"logisticNumber": "78012345678901"}, {"logistic_number": "78012345678901"}, {}]
    [line] = lines_of(TAOBAO, {"sub_purchase_orders": [SUB | {"logisticOrders": parcels}]}, unit)
    assert (line.product_id, line.sku_id, line.price) == ("T1", "4", Decimal(price))
    assert line.waybills == ("78012345678901",)


@pytest.mark.parametrize("missing", ["productID", "skuID", "quantity", "price"])
def test_a_line_without_one_of_these_cannot_be_shipped(missing: str) -> None:
    """The upstream sends nulls freely."""
    [line] = lines_of(ALIBABA, [{"productItems": [ROW | {missing: None}]}], "fen")
    assert not line.can_be_shipped


@pytest.mark.parametrize("quantity", [0, -1, 1.5, "x", None, True, {}])
def test_a_quantity_that_is_no_number_of_pieces_is_unknown(quantity: Any) -> None:
    """Nothing is guessed."""
    [line] = lines_of(ALIBABA, {"productItems": [ROW | {"quantity": quantity}]}, "fen")
    assert line.quantity == 0


@pytest.mark.parametrize("data", [None, [], {}, "x", 5, {"productItems": "x"}, [None], {"result": []}])
@pytest.mark.parametrize("platform", list(Platform))
def test_any_other_answer_has_no_lines(platform: Platform, data: Any) -> None:
    """Whatever its shape."""
    assert lines_of(platform, data, "fen") == ()
