"""Push messages as they may come: any JSON is read or refused in a sentence, and every family is known by its names."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandapon.pushes import MOST_IDS, Family, MalformedError, family_of, read_push

ID = "2542285634920880794"
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["messageBody", "orderId", "id", "x"]), inner)
    ),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("kind", "family"),
    [
        *[("ORDER_BUYER_VIEW_ORDER_PRICE_MODIFY", Family.PRICE), ("8", Family.PRICE)],
        *[(f"ORDER_BUYER_VIEW_{topic}", Family.STATUS) for topic in ("BUYER_MAKE", "ORDER_PAY", "ORDER_STEP_PAY")],
        *[(f"ORDER_BUYER_VIEW_{topic}", Family.STATUS) for topic in ("ANNOUNCE_SENDGOODS", "PART_PART_SENDGOODS")],
        *[(f"ORDER_BUYER_VIEW_{topic}", Family.STATUS) for topic in ("ORDER_COMFIRM_RECEIVEGOODS", "ORDER_SUCCESS")],
        *[(f"ORDER_BUYER_VIEW_ORDER_{who}_CLOSE", Family.STATUS) for who in ("BUYER", "SELLER", "BOPS")],
        *[
            (kind, Family.STATUS)
            for kind in ("ORDER_CREATE", "ORDER_CANCEL", "ORDER_PAY_SUCCESS", "ORDER_BATCH_PAY", "3")
        ],
        *[
            (f"ORDER_BUYER_VIEW_ORDER_{topic}", Family.REFUND)
            for topic in ("BUYER_REFUND_IN_SALES", "REFUND_AFTER_SALES")
        ],
        *[("ORDER_BUYER_VIEW_ORDER_BUYER_REFUND", Family.REFUND), ("LOGISTICS_MAIL_NO_CHANGE", Family.LOGISTICS)],
        *[("LOGISTICS_BUYER_VIEW_TRACE", Family.LOGISTICS), ("NEVER_SEEN", None), ("", None), ("38", None)],
    ],
)
def test_the_families(kind: str, family: Family | None) -> None:
    """By the names of the contract, whichever platform they came from."""
    assert family_of(kind) is family
    for platform in ("TAOBAO_", "1688_") if kind else ():
        assert read_push(json.dumps({"messageType": platform + kind}).encode()).family is family


@pytest.mark.parametrize(
    ("message", "ids"),
    [
        ({"messageBody": {"refundId": "TQ2800000001", "orderId": int(ID)}}, ("TQ2800000001", ID)),
        ({"messageBody": {"refund_id": 28000001, "purchase_order_line_outer_id": "4001"}}, ("28000001",)),
        (
            {"messageBody": {"salesOrderId": "500000-GSP1", "subOrders": [{"purchase_order_outer_id": ID}]}},
            ("500000-GSP1", ID),
        ),
        (
            {"data": {"purchase_id": 330507534, "sku_list": [{"order_line_no": "200048859480"}]}},
            ("330507534", "200048859480"),
        ),
        ({"messageBody": {"orderId": "1 OR 1=1", "baseInfo": {"idOfStr": ID, "id": 2.5422856349208806e18}}}, (ID,)),
        ({"messageBody": {"orderId": f"{ID}\n"}}, ()),
        ({"messageBody": {"a" * 9: {"orderId": ID}}, "id": "12345678"}, (ID,)),
    ],
)
def test_every_number_of_a_message(message: dict[str, Any], ids: tuple[str, ...]) -> None:
    assert read_push(json.dumps(message).encode()).ids == ids


def test_numbers_are_bounded() -> None:
    """A message that names thousands makes few orders due."""
    body = {"messageBody": [{"orderId": str(10_000_000 + n)} for n in range(5000)]}
    assert len(read_push(json.dumps(body).encode()).ids) <= MOST_IDS


def refusal(body: bytes) -> str:
    """Why a body is refused; empty where it is read."""
    try:
        push = read_push(body)
    except MalformedError as error:
        return str(error)
    return "" if all(len(id_) <= 40 for id_ in push.ids) else "an id that is none"


@given(ANY)
def test_any_json_is_read_or_refused(value: Any) -> None:
    """No shape makes it fail, and only a body without an object is refused."""
    assert refusal(json.dumps(value).encode()) in {"", "a message is a JSON object", "the body is not JSON"}
    assert refusal(json.dumps({"messageBody": value}).encode()) == ""
    assert refusal(json.dumps({"messageBody": json.dumps(value)}).encode()) == ""


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    assert refusal(body) in {"", "a message is a JSON object", "the body is not JSON"}


def test_an_id_as_a_float_keeps_its_digits() -> None:
    """Some serialisers write whole numbers with a fraction."""
    body = b'{"messageType":"ORDER_CREATE","messageBody":{"orderId":2542285634920880794.0}}'
    assert read_push(body).ids == ("2542285634920880794",)
