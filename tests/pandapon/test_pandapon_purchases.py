"""A purchase as calls: as few as can be, each seller's note kept, and ids read from answers of any shape."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandapon.carts import CartLine
from pandapon.operations.addresses import AlibabaReceiver, TaobaoReceiver
from pandapon.operations.orders import AlibabaPreview
from pandapon.purchases import Cost, Share, costs, created_order_ids, creation, goods_total, previews, shares
from pandapon.shipment import Platform

ALIBABA, TAOBAO = Platform.ALIBABA, Platform.TAOBAO
RECEIVERS = (
    AlibabaReceiver(full_name="王", mobile="1", province_text="浙江", city_text="杭州", address="文三路"),
    TaobaoReceiver(name="王", mobile_phone="1", state="浙江", city="杭州", address="文三路"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["purchaseIds", "orderIds", "id", "x"]), inner),
)


def line(seller: str, platform: Platform = ALIBABA, entry: str = "7", **fields: Any) -> CartLine:
    """A line of a cart; without an entry, of a product."""
    made = CartLine(platform=platform, entry_id=entry, product_id="p", sku_id="1", spec_id="s", seller=seller)
    return made.model_copy(update={"price": Decimal("1.5"), "quantity": 2} | fields)


def test_one_call_a_platform_and_one_for_each_note() -> None:
    """Sellers with the same note share a call; Taobao takes none."""
    lines = [line("a"), line("b"), line("c"), line("t", TAOBAO)]
    parts = shares(lines, {"a": "x", "b": "y", "c": "x", "t": "x"})
    assert [(part.platform, part.sellers, part.note) for part in parts] == [
        (ALIBABA, ("a", "c"), "x"),
        (ALIBABA, ("b",), "y"),
        (TAOBAO, ("t",), ""),
    ]


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        ([line("a"), line("b")], "1688.cart.order"),
        ([line("a", entry="")], "1688.order.create"),
        ([line("a", entry=""), line("b", entry="")], "1688.order.create_batch"),
        ([line("t", TAOBAO)], "taobao.cart.order"),
        ([line("t", TAOBAO, entry="")], "taobao.order.create"),
    ],
)
def test_the_operation_that_fits_creates_it(lines: list[CartLine], name: str) -> None:
    """From the cart, from a product, from products of several sellers."""
    operation, request = creation(Share(lines[0].platform, tuple(lines)), RECEIVERS, "o1")
    assert operation.name == name
    assert request.wire()


@pytest.mark.parametrize("other_facts", [[], [{"price": Decimal("0.01")}], [{"price": None}]])
def test_no_order_at_a_price_of_nothing_is_sent_for_an_unknown_one(other_facts: list[dict[str, Any]]) -> None:
    """Taobao's products are ordered with their prices; one that is not known is none of nothing."""
    lines = [line("t", TAOBAO, entry="", **facts) for facts in [{"price": None}, *other_facts]]
    with pytest.raises(ValueError, match="price is missing"):
        creation(Share(TAOBAO, tuple(lines)), RECEIVERS, "o1")
    free = creation(Share(TAOBAO, (line("t", TAOBAO, entry="", price=Decimal(0)),)), RECEIVERS, "o1")[1]
    assert free.wire()["purchaseAmount"] == 0


def test_where_the_batch_has_no_preview_each_seller_is_previewed_alone() -> None:
    """And Taobao's products have none."""
    lines = [line("a", entry=""), line("b", entry="")]
    assert [call[0].name for call in previews(lines, RECEIVERS, lambda _name: True)] == ["1688.order.preview_batch"]
    assert [call[0].name for call in previews(lines, RECEIVERS, lambda _name: False)] == ["1688.order.preview"] * 2
    assert previews([line("t", TAOBAO, entry="")], RECEIVERS, lambda _name: True) == []
    assert previews([line("t", TAOBAO)], RECEIVERS, lambda _name: False) == []


def test_each_sellers_costs_come_from_their_own_preview() -> None:
    """By its lines; a seller without one has the sum of the goods alone."""
    lines = [line("a"), line("b", product_id="q", sku_id="2", spec_id="u")]
    row = {"openOfferId": "q", "skuId": "2", "amount": 300}
    answer = {"sumPaymentNoCarriage": 300, "sumCarriage": 600, "sumPayment": 900, "orderItemTOList": [row]}
    by_seller = costs(lines, [AlibabaPreview.model_validate(answer)])
    assert by_seller == {"a": Cost(Decimal(3)), "b": Cost(Decimal(3), Decimal(6), Decimal(9))}


def preview(product: str, goods: int | None, freight: int | None = 0, sku: str = "1", **fields: Any) -> AlibabaPreview:
    """A preview of one product; amounts in fen."""
    row = {"openOfferId": product, "skuId": sku, "amount": goods}
    sums = {"sumPaymentNoCarriage": goods, "sumCarriage": freight, "orderItemTOList": [row]}
    return AlibabaPreview.model_validate(sums | fields)


@pytest.mark.parametrize("other", [[], [line("b", product_id="z", sku_id="9", spec_id="v")]])
def test_a_seller_in_several_answers_costs_their_sum(other: list[CartLine]) -> None:
    """With and without another seller beside; an answer's total counts where it states one."""
    lines = [line("a"), line("a", product_id="q", sku_id="2", spec_id="u"), *other]
    by_seller = costs(lines, [preview("p", 500_000, 1_000), preview("q", 300, 600, "2", sumPayment=800)])
    assert by_seller["a"] == Cost(Decimal(5003), Decimal(16), Decimal(5018))


@pytest.mark.parametrize(
    ("answers", "cost"),
    [
        ([preview("p", 500), preview("q", 300, None, "2")], Cost(Decimal(8), None, None)),
        ([preview("p", 500), preview("q", None, 600, "2")], Cost(Decimal(6), Decimal(6), None)),
        ([preview("p", 500, 600)], Cost(Decimal(6), None, None)),
        ([preview("elsewhere", 500, 600, "9")], Cost(Decimal(5), Decimal(6), Decimal(11))),
    ],
)
def test_what_one_part_leaves_open_is_unknown_of_the_seller(answers: list[AlibabaPreview], cost: Cost) -> None:
    """So is the total where no answer is about some of the lines; an answer that fits none of them is about all."""
    lines = [line("a"), line("a", product_id="q", sku_id="2", spec_id="u")]
    assert costs(lines, answers)["a"] == cost


def test_a_sum_with_an_unknown_price_is_unknown() -> None:
    """It is never shown as less than it is."""
    assert goods_total([line("a"), line("a", price=None)]) is None
    assert goods_total([]) == 0


@pytest.mark.parametrize(
    "answer",
    [
        {"purchaseIds": [3305077000000000001, "3305077000000000002"]},
        [{"purchaseId": 3305077000000000001}, {"orderId": "3305077000000000002"}],
        {"orderIds": {"id": ["3305077000000000001", "3305077000000000002", "3305077000000000001"]}},
    ],
)
def test_ids_are_read_from_answers_of_several_shapes(answer: Any) -> None:
    """Each once, and with every digit."""
    assert created_order_ids(answer) == ("3305077000000000001", "3305077000000000002")


@given(JSON)
def test_any_answer_gives_ids_or_none(answer: Any) -> None:
    """After a write that was done, nothing of its answer may be an error."""
    assert all(isinstance(id_, str) and id_.isascii() and id_.isdigit() for id_ in created_order_ids(answer))
    nested: Any = answer
    for _ in range(2000):
        nested = [nested]
    assert created_order_ids(nested) == ()


@pytest.mark.parametrize(
    "answer",
    [
        {"result": {"purchaseIds": [200048859480]}},
        {"data": {"purchaseId": "200048859480"}},
        {"purchaseId": None, "orderId": Decimal("200048859480.0")},
        [{"purchaseIds": "", "orderIds": {"orderId": "200048859480"}}],
    ],
)
def test_the_id_of_a_new_order_in_other_forms(answer: Any) -> None:
    """Wrapped, as a float, or behind an empty field: without it the order would have to be looked for."""
    assert created_order_ids(answer) == ("200048859480",)
