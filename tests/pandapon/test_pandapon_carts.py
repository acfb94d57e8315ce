"""Both platforms' carts as one kind of line, prices by quantity, and the calls that change a cart."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandapon import carts
from pandapon.errors import DecodeError
from pandapon.operations.answers import One
from pandapon.operations.cart import Cart
from pandapon.products import ProductDetail, Sku, Tier, piece_price
from pandapon.purchases import goods_total
from pandapon.shipment import Platform

ALIBABA, TAOBAO = Platform.ALIBABA, Platform.TAOBAO
READ = One(Cart)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
ENTRY = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("id", "offerMapId", "skuId", "specId", "itemTitle", "price", "quantity", "amountOnSale", "properties"), JSON
    ),
)
SELLER = st.fixed_dictionaries(
    {}, optional={"sellerNickName": JSON, "cartItemInfos": JSON | st.lists(ENTRY, max_size=3)}
)
CART = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("enableList", "disableList"), JSON | st.lists(SELLER, max_size=3))
)


@given(data=CART | JSON, platform=st.sampled_from(list(Platform)))
def test_any_cart_gives_lines_or_a_clear_error(data: Any, platform: Platform) -> None:
    """Whatever is in its fields; a line has an id, and its sums can be reckoned."""
    try:
        lines = carts.lines_of(platform, READ(data, None, "fen"))
    except DecodeError:
        return
    for line in lines:
        assert line.entry_id
        assert line.platform is platform
        assert line.price is None or line.price.is_finite()


def test_a_cart_as_it_comes() -> None:
    """Numbers and texts alike, the variant as a text or an object, and what cannot be bought any more comes last."""
    entry = {"id": 7, "offerMapId": "A1", "skuId": 4_000_000_000_000_000_001, "price": "36.80", "quantity": "40"}
    gone = {
        "id": "8",
        "itemTitle": "<b>裙</b>",
        "promotionPrice": 5,
        "price": 9,
        "properties": {"颜色": "红色", "尺码": "M"},
    }
    data = {
        "disableList": [{"shopName": "店", "cartItemInfos": [gone]}],
        "enableList": [{"sellerNickName": "厂", "cartItemInfos": [entry | {"properties": '{"a": "红色"}'}]}],
    }
    first, last = carts.lines_of(ALIBABA, READ(data, None, "fen"))
    assert (first.entry_id, first.sku_id, first.price) == ("7", "4000000000000000001", Decimal("36.80"))
    assert (first.quantity, first.seller, first.variant) == (40, "厂", "红色")
    assert (last.is_enabled, last.seller, last.variant, last.price) == (False, "店", "红色 / M", Decimal(5))
    assert last.title == "裙"


@pytest.mark.parametrize(
    ("yuan", "fen"),
    [("0.01", 1), ("36.80", 3680), ("0", 0), ("9999999.99", 999_999_999), ("1.005", 101), ("33.1234", 3312)],
)
def test_fen_are_whole(yuan: str, fen: int) -> None:
    """Half a fen is rounded up."""
    assert carts.fen(Decimal(yuan)) == fen


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_money_round_trips(yuan: Decimal) -> None:
    """Yuan to fen and back."""
    assert Decimal(carts.fen(yuan)) / 100 == yuan


def product(*skus: Sku, tiers: tuple[Tier, ...] = (), price: str | None = None) -> ProductDetail:
    """A product with these variants and prices by quantity."""
    return ProductDetail(
        platform=ALIBABA, product_id="A1", skus=skus, tiers=tiers, price=Decimal(price) if price else None
    )


TIERS = (Tier(quantity=100, price=Decimal(9)), Tier(quantity=2, price=Decimal(10)))


@pytest.mark.parametrize(("quantity", "price"), [(1, 10), (2, 10), (99, 10), (100, 9), (10**6, 9)])
def test_the_price_falls_with_the_quantity(quantity: int, price: int) -> None:
    """In whatever order the tiers come; below the first one its price counts."""
    sku = Sku(sku_id="1", price=Decimal(10))
    assert piece_price(product(sku, tiers=TIERS), sku, quantity) == price


def test_variants_of_different_prices_have_their_own() -> None:
    """Then prices by quantity are not theirs. Without any price none is made up."""
    cheap, dear = Sku(sku_id="1", price=Decimal(10)), Sku(sku_id="2", price=Decimal(12))
    assert piece_price(product(cheap, dear, tiers=TIERS), dear, 500) == 12
    assert piece_price(product(Sku(sku_id="3"), price="7"), Sku(sku_id="3"), 5) == 7
    assert piece_price(product(Sku(sku_id="3")), Sku(sku_id="3"), 5) is None


def test_the_calls_name_what_the_platform_wants() -> None:
    """1688's variant by its spec and sku, Taobao's by the ids of its own; an entry's id goes as a number."""
    sku = Sku(sku_id="1", spec_id="f1", mp_sku_id="M1", price=Decimal("3.2"), stock=9)
    operation, request = carts.addition(product(sku), sku, 4)
    assert operation.name == "1688.cart.add"
    assert request.wire() == {"offerMapId": "A1", "specId": "f1", "skuId": "1", "quantity": 4}
    taobao = ProductDetail(platform=TAOBAO, product_id="T1", mp_id="MT1", title="线", skus=(sku,))
    operation, request = carts.addition(taobao, sku, 4)
    assert operation.name == "taobao.cart.add"
    assert request.wire()["price"] == "3.2"
    assert (request.wire()["mpId"], request.wire()["mpSkuId"]) == ("MT1", "M1")
    with pytest.raises(ValueError, match=r"mp_?[iI]d"):
        carts.addition(taobao.model_copy(update={"mp_id": ""}), sku, 4)
    line = carts.CartLine(platform=TAOBAO, entry_id="4000000000000000001")
    assert carts.new_quantity(line, 3)[1].wire() == {"id": 4_000_000_000_000_000_001, "quantity": 3}
    assert carts.removal(line)[1].wire() == {"ids": [4_000_000_000_000_000_001]}
    with pytest.raises(ValueError, match="id"):
        carts.removal(carts.CartLine(platform=TAOBAO, entry_id="x"))


def test_a_line_is_found_by_any_id_that_both_know() -> None:
    """By sku or spec; a product without variants by its own id."""
    line = carts.CartLine(platform=ALIBABA, entry_id="1", product_id="A1", sku_id="4", spec_id="f")
    assert line.is_of("A1", "4")
    assert line.is_of("other", "", "f")
    assert not line.is_of("A1", "5", "g")
    assert carts.CartLine(platform=ALIBABA, entry_id="1", product_id="A1").is_of("A1", "")


@pytest.mark.parametrize(
    ("sent", "read"), [("2", 2), (2.0, 2), ("1,200", 1200), ("２", 2), ("2.5", 0), (-1, 0), (None, 0)]
)
def test_a_part_of_a_piece_is_no_count(sent: Any, read: int) -> None:
    """Two and a half kilograms are not two pieces: what they cost is not known."""
    row = {"id": 7, "price": "10", "quantity": Decimal(str(sent)) if isinstance(sent, float) else sent}
    [line] = carts.lines_of(ALIBABA, Cart.model_validate({"enableList": {"cartItemInfos": row}}))
    assert line.quantity == read
    assert goods_total([line]) == (10 * read if read else None)
