"""Orders through Slack and PandaPon: from the cart and from a product, reviewed, placed once, and watched."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support.buying import (
    ALIBABA,
    PRODUCT,
    TAOBAO,
    TAOBAO_PRODUCT,
    buying,
    goods,
    open_order,
    orders_made,
    own_goods,
    put_into_cart,
    states,
    to_review,
    writes,
)
from support.patience import PATIENCE
from support.wizard_steps import chosen, open_by, press_in_page, send_page, text_of, typed, view_of

from handlers.blocks.text import yuan
from sandbox.pandapon.refusals import RefusedError
from sandbox.pandapon.trading import routes
from sandbox.pandapon.trading.ordering import PurchaseLine
from sandbox.pandapon.trading.ordering import open_order as open_past_the_bot
from sandbox.pandapon.trading.products import skus
from sandbox.pandapon.trading.routes import OWN_PATHS
from storage.sqlite.database import thread_of
from tracking.changes.orders import LISTED_WITHIN, Basket, OrderCreation, OrderedLine
from tracking.writes import Write, WriteState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from support.bot_harness import BotHarness

    from pandapon.shipment import Platform
    from sandbox.pandapon.trading.account import Account
    from sandbox.pandapon.trading.fields import Fields
    from sandbox.pandapon.trading.products import Sku
    from storage.connection import Connection

LAST_LOOK = 2  # at the cart, after a confirmation
CREATE = "/v2/alibaba/order/create"
CART_ORDER = {ALIBABA: "/v2/alibaba/cart/create/order", TAOBAO: "/v2/taobao/cart/create/order"}


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[BotHarness]:
    """A bot that may order."""
    async with buying(tmp_path) as harness:
        yield harness


def says(harness: BotHarness, text: str) -> bool:
    """Whether the form has these words."""
    return text in text_of(harness)


# --- from the cart ----------------------------------------------------------------------------------------------------


async def test_the_cart_is_ordered_and_watched(harness: BotHarness) -> None:
    """Both platforms, two sellers of 1688: the review has every seller's costs, and each order gets its card."""
    put_into_cart(harness, goods(harness, ALIBABA), 4)
    put_into_cart(harness, own_goods(harness, ALIBABA, "第二家", "12.50"), 10)
    put_into_cart(harness, goods(harness, TAOBAO), 2)
    await open_order(harness, label="Order all…")
    assert says(harness, "王** · 杭州市 · **78")
    assert not says(harness, "13812345678")
    await to_review(harness, typed(note0="请用纸箱", note1="请用纸箱"))
    assert says(harness, "第二家")
    assert says(harness, "Shipping: ¥6.00")
    assert says(harness, "请用纸箱")
    assert says(harness, "3 orders are placed")
    total = text_of(harness).split("Total: ")[-1].split("*")[0]
    await send_page(harness)
    assert says(harness, "✅ Ordered")
    orders = orders_made(harness)
    assert [order.platform for order in orders].count(ALIBABA) == 2
    assert len(orders) == 3
    assert yuan(int(sum(order.total(harness.clock()) for order in orders) * 100)) == total
    for order in orders:
        assert order.order_id in str([message.text for message in harness.channel()]) + text_of(harness)
    assert says(harness, "watched in")
    assert len(harness.channel()) == 3
    assert harness.pandapon.account.carts == {ALIBABA: {}, TAOBAO: {}}
    assert await states(harness) == [WriteState.DONE] * 2


async def test_each_seller_gets_their_own_note(harness: BotHarness) -> None:
    """1688 takes one note a call, so sellers with other notes get calls of their own, each recorded."""
    put_into_cart(harness, goods(harness, ALIBABA), 4)
    put_into_cart(harness, own_goods(harness, ALIBABA, "第二家"), 10)
    await open_order(harness, label="Order all…")
    await to_review(harness, typed(note0="one", note1="two"))
    await send_page(harness)
    sent = [seen.body for seen in harness.pandapon.requests if seen.path == CART_ORDER[ALIBABA]]
    assert sorted(body["message"] for body in sent) == ["one", "two"]
    assert len(orders_made(harness)) == 2
    assert await states(harness) == [WriteState.DONE] * 2


@pytest.mark.parametrize("named", [1, 2, 3])
async def test_fewer_orders_than_sellers_are_said(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch, named: int
) -> None:
    """PandaPon's answer names orders of some sellers alone: nobody should think that all is ordered."""
    for number in range(3):
        put_into_cart(harness, own_goods(harness, ALIBABA, f"第{number}家"), 10)
    address = ("POST", CART_ORDER[ALIBABA])
    real = routes._BY_ADDRESS[address]

    def shortened(account: Account, fields: Fields) -> list[Any]:
        answer: list[Any] = real.handler(account, fields)
        return answer[:named]

    monkeypatch.setitem(routes._BY_ADDRESS, address, replace(real, handler=shortened))
    await open_order(harness, label="Order all…")
    await to_review(harness)
    await send_page(harness)
    assert says(harness, f"PandaPon named {named} of 3 orders") == (named < 3)


@pytest.mark.parametrize("sellers", [30, 31])
async def test_no_seller_is_ordered_from_that_the_review_leaves_out(harness: BotHarness, sellers: int) -> None:
    """With three long lines each; more sellers than a page shows are refused before anything is filled in."""
    for number in range(sellers):
        for _line in range(3):
            put_into_cart(harness, own_goods(harness, ALIBABA, f"第{number:02}家", "9", "裙" * 120), 1)
    await open_order(harness, label="Order all…")
    if sellers > 30:
        assert says(harness, "too much for one order")
        return
    await to_review(harness)
    assert all(says(harness, f"第{number:02}家") for number in range(sellers))
    assert says(harness, "30 orders are placed")


async def test_one_seller_alone(harness: BotHarness) -> None:
    """The button beside a seller orders their lines, and leaves the others in the cart."""
    put_into_cart(harness, goods(harness, ALIBABA), 4)
    put_into_cart(harness, own_goods(harness, ALIBABA, "第二家"), 10)
    await harness.ask("/panda cart")
    message = harness.private()[-1]
    block = next(block for block in message.blocks if "第二家" in str(block) and block.get("accessory"))
    assert (await harness.slack.press("mei", message, block["accessory"]["action_id"])).ok
    await harness.until(lambda: bool(harness.slack.workspace.views) and "⏳" not in text_of(harness))
    await to_review(harness)
    await send_page(harness)
    assert [order.seller for order in orders_made(harness)] == ["第二家"]
    assert len(harness.pandapon.account.carts[ALIBABA]) == 1


async def test_back_keeps_what_was_filled_in(harness: BotHarness) -> None:
    """From the review to the first page."""
    put_into_cart(harness, goods(harness, ALIBABA), 4)
    await open_order(harness)
    await to_review(harness, typed(note0="hello"))
    await press_in_page(harness, "◀ Back")
    assert says(harness, "hello")


# --- from a product ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("product", "path"), [(PRODUCT, CREATE), (TAOBAO_PRODUCT, "/v2/taobao/order")])
async def test_a_product_is_ordered_at_once(harness: BotHarness, product: str, path: str) -> None:
    """Buy now: variant, quantity, address, review, done; the cart is not touched."""
    await harness.ask(f"/panda product {product}")
    await open_by(harness, "Buy now")
    await to_review(harness, chosen(variant0="1") | typed(quantity0="6"))
    assert says(harness, "× 6 = ")
    await send_page(harness)
    assert says(harness, "✅ Ordered")
    [order] = orders_made(harness)
    assert [line.quantity for line in order.lines] == [6]
    assert harness.pandapon.count(path) >= 1
    [write] = await writes(harness)
    assert write.amount_fen
    assert write.made == (order.order_id,)


@pytest.mark.parametrize("paths", [OWN_PATHS, {k: v for k, v in OWN_PATHS.items() if k != "1688.order.preview_batch"}])
async def test_products_of_several_sellers_are_ordered_by_one_call(tmp_path: Path, paths: dict[str, str]) -> None:
    """The batch; where its preview is not published, each seller's order is previewed alone."""
    async with buying(tmp_path, pandapon_paths=paths) as harness:
        other = own_goods(harness, ALIBABA, "第二家", "9")
        assert "Nothing is ordered yet" in await harness.ask(f"/panda 下单 {PRODUCT} 1688:{other.product_id}")
        await open_by(harness, "Order…")
        await to_review(harness, chosen(variant0="0", variant1="0") | typed(quantity0="2", quantity1="3"))
        assert text_of(harness).count("Shipping: ¥6.00") == 2
        await send_page(harness)
        assert len(orders_made(harness)) == 2
        assert harness.pandapon.count("/v2/alibaba/order/batch/create") == 1


@pytest.mark.parametrize(
    ("filled", "field", "sentence"),
    [
        (typed(quantity0="1"), "quantity0", "minimum"),
        (typed(quantity0=""), "quantity0", "whole number"),
        (typed(quantity0="99999"), "quantity0", "left"),
        (typed(quantity0="9" * 30), "quantity0", "whole number"),
        (typed(quantity0="4") | chosen(variant0="77"), "variant0", "variant"),
        (typed(quantity0="4") | chosen(address="99"), "address", "address"),
    ],
)
async def test_a_wrong_field_is_marked(
    harness: BotHarness, filled: dict[str, object], field: str, sentence: str
) -> None:
    """Nothing is asked of PandaPon for it."""
    await harness.ask(f"/panda product {PRODUCT}")
    await open_by(harness, "Buy now")
    errors = await to_review(harness, chosen(variant0="0") | filled)
    assert sentence in errors[field]


# --- it is stopped ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["cart", "product"])
async def test_a_price_that_moved_stops_it_and_shows_both(harness: BotHarness, way: str) -> None:
    """Between review and confirmation: the new review has to be confirmed."""
    product = goods(harness, ALIBABA)
    if way == "cart":
        put_into_cart(harness, product, 4)
        await open_order(harness)
        await to_review(harness)
    else:
        await harness.ask(f"/panda product {PRODUCT}")
        await open_by(harness, "Buy now")
        await to_review(harness, chosen(variant0="0") | typed(quantity0="4"))
    raise_price(harness, product.product_id)
    await send_page(harness)
    assert says(harness, "Prices have changed")
    assert says(harness, f"¥{product.price:,.2f} → ¥{product.price + 1:,.2f}")
    assert orders_made(harness) == []
    assert [(write.state, write.reason) for write in await writes(harness)] == [(WriteState.REFUSED, "price_moved")]
    await send_page(harness)
    assert len(orders_made(harness)) == 1


def raise_price(harness: BotHarness, product_id: str) -> None:
    """A yuan more, in the catalogue and in the cart."""
    account = harness.pandapon.account
    for at, each in enumerate(harness.world.goods):
        if each.product_id == product_id:
            dearer = replace(each, price=each.price + 1)
            harness.world.goods = (*harness.world.goods[:at], dearer, *harness.world.goods[at + 1 :])
    for cart in account.carts.values():
        for entry in cart.values():
            if entry.sku.goods.product_id == product_id:
                entry.sku = replace(entry.sku, goods=dearer)


async def test_a_cart_that_changed_stops_it(harness: BotHarness) -> None:
    """A colleague changes a quantity between review and confirmation."""
    entry = put_into_cart(harness, goods(harness, ALIBABA), 4)
    await open_order(harness)
    await to_review(harness)
    entry.quantity = 5
    await send_page(harness)
    assert says(harness, "cart has changed")
    assert orders_made(harness) == []
    assert await states(harness) == []


async def test_what_sells_out_before_the_confirmation_stops_it(harness: BotHarness) -> None:
    """The cart no longer offers it."""
    entry = put_into_cart(harness, goods(harness, ALIBABA), 4)
    await open_order(harness)
    await to_review(harness)
    leave(harness, entry.sku, 1)
    await send_page(harness)
    assert says(harness, "cart has changed")
    assert orders_made(harness) == []


async def test_what_sells_out_at_the_last_moment_is_refused_by_pandapon(harness: BotHarness) -> None:
    """Nothing is ordered, the refusal is recorded, and the person may go back."""
    entry = put_into_cart(harness, goods(harness, ALIBABA), 4)
    await open_order(harness)
    await to_review(harness)
    looks = itertools.count(1)
    harness.pandapon.on_request.append(
        lambda seen, *_: (
            leave(harness, entry.sku, 1) if seen.path.endswith("cart/list") and next(looks) == LAST_LOOK else None
        )
    )
    await send_page(harness)
    assert says(harness, "Not done: order 1 product")
    assert says(harness, "库存不足")
    assert says(harness, "◀ Back")
    assert orders_made(harness) == []
    assert await states(harness) == [WriteState.REFUSED]


def leave(harness: BotHarness, sku: Sku, pieces: int) -> None:
    """Sell the other pieces of a variant to somebody else."""
    account = harness.pandapon.account
    account.take(sku, account.stock(sku) - pieces)


@pytest.mark.parametrize("writes_", ["off", "cart"])
async def test_where_orders_are_off_no_button_shows_and_a_stale_one_is_refused(tmp_path: Path, writes_: str) -> None:
    """``WRITES`` names the scope."""
    async with buying(tmp_path, writes=writes_) as harness:
        put_into_cart(harness, goods(harness, ALIBABA), 4)
        assert "Order…" not in await harness.ask("/panda cart")
        assert "WRITES=orders" in await harness.ask(f"/panda buy {PRODUCT}")


async def test_another_person_may_not(tmp_path: Path) -> None:
    """``WRITERS`` names Tom alone: Mei sees whom to ask."""
    async with buying(tmp_path, writers="U0TOM0001") as harness:
        assert "Only some people may" in await harness.ask(f"/panda buy {PRODUCT}")


async def test_without_an_address_the_way_to_one_is_shown(harness: BotHarness) -> None:
    """Before anything is filled in."""
    harness.pandapon.account.addresses.clear()
    put_into_cart(harness, goods(harness, ALIBABA), 4)
    await open_order(harness)
    assert says(harness, "Add an address")


async def test_an_unpublished_path_is_said_before_anything_is_filled_in(tmp_path: Path) -> None:
    """The addresses' path is not published."""
    paths = {name: path for name, path in OWN_PATHS.items() if name != "address.get"}
    async with buying(tmp_path, pandapon_paths=paths) as harness:
        put_into_cart(harness, goods(harness, ALIBABA), 4)
        await open_order(harness)
        assert says(harness, "PANDAPON_PATHS")


async def test_taobao_without_a_preview_says_that_the_shipping_comes_later(tmp_path: Path) -> None:
    """Its preview's path is not published, so the goods' sum stands alone."""
    paths = {name: path for name, path in OWN_PATHS.items() if name != "taobao.cart.preview"}
    async with buying(tmp_path, pandapon_paths=paths) as harness:
        put_into_cart(harness, goods(harness, TAOBAO), 2)
        await open_order(harness)
        await to_review(harness)
        assert says(harness, "shipping, which is known after the order is placed")
        await send_page(harness)
        assert len(orders_made(harness)) == 1


# --- once -------------------------------------------------------------------------------------------------------------


async def test_a_confirmation_that_comes_again_orders_nothing_more(harness: BotHarness) -> None:
    """A double click, and a replay of the page after the end."""
    put_into_cart(harness, goods(harness, ALIBABA), 4)
    await open_order(harness)
    await to_review(harness)
    page = dict(view_of(harness))
    await send_page(harness)
    harness.slack.workspace.views[page["id"]] = page
    await send_page(harness)
    assert says(harness, "Ordered")
    assert len(orders_made(harness)) == 1


async def two_calls(harness: BotHarness) -> None:
    """Come to the review of an order of two sellers with notes of their own, which takes two calls."""
    put_into_cart(harness, own_goods(harness, ALIBABA, "第一家"), 10)
    put_into_cart(harness, own_goods(harness, ALIBABA, "第二家 <!channel>"), 10)
    await open_order(harness, label="Order all…")
    await to_review(harness, typed(note0="one", note1="two"))


async def test_a_second_click_between_two_calls_waits_for_both(harness: BotHarness) -> None:
    """It does not end the form while the second seller's order is being sent: the form knows both afterwards."""
    await two_calls(harness)
    harness.pandapon.faults.path, harness.pandapon.faults.delay = CART_ORDER[ALIBABA], 0.3
    page = dict(view_of(harness))
    first = asyncio.ensure_future(harness.slack.submit("mei", page["id"], {}))
    async with asyncio.timeout(PATIENCE):
        while not await states(harness):  # noqa: ASYNC110  the first call is being sent
            await asyncio.sleep(0.02)
    harness.slack.workspace.views["V0SECOND"] = page | {"id": "V0SECOND"}  # the same form, opened in another window
    assert (await harness.slack.submit("mei", "V0SECOND", {})).ok
    assert (await first).ok
    await harness.idle()
    assert len(orders_made(harness)) == 2
    for _replay in range(2):
        assert all(says(harness, order.order_id) for order in orders_made(harness))
        assert not says(harness, "Nothing was ordered")
        harness.slack.workspace.views[page["id"]] = page
        await send_page(harness)


async def test_what_was_never_sent_before_a_restart_is_said(harness: BotHarness) -> None:
    """The process died between the two calls: the confirmation that comes again names the seller who got no order."""
    await two_calls(harness)
    assert harness.bot is not None
    flow = view_of(harness)["private_metadata"].partition(".")[0]
    line = OrderedLine("第一家 商品", "", 10)
    basket = Basket("第一家", (line,))
    change = OrderCreation(ALIBABA, f"{flow}:0", (basket,), harness.clock())
    done = Write("w", "k", "1688.cart.order", "U0MEI00001", "", harness.clock(), WriteState.DONE, change, made=("7",))
    await harness.bot.store.writes.begin(done)
    await send_page(harness)
    assert says(harness, "✅ Ordered")
    assert says(harness, "Nothing was ordered from 第二家")
    assert not says(harness, "<!channel>")
    assert orders_made(harness) == []


async def test_a_foreign_confirmation_is_refused_and_recorded(harness: BotHarness) -> None:
    """Tom sends Mei's review."""
    put_into_cart(harness, goods(harness, ALIBABA), 4)
    await open_order(harness)
    await to_review(harness)
    await send_page(harness, user="tom")
    assert orders_made(harness) == []
    assert [(write.state, write.reason) for write in await writes(harness)] == [(WriteState.REFUSED, "foreign_form")]


@pytest.mark.parametrize("forged", ["", "A" * 24 + ".2", "{id}", "{id}.99"])
async def test_a_forged_form_orders_nothing(harness: BotHarness, forged: str) -> None:
    """An unknown id, no revision, a later one."""
    put_into_cart(harness, goods(harness, ALIBABA), 4)
    await open_order(harness)
    await to_review(harness)
    view = view_of(harness)
    own = view["private_metadata"].partition(".")[0]
    harness.slack.workspace.views[view["id"]] = view | {"private_metadata": forged.replace("{id}", own)}
    await send_page(harness)
    assert orders_made(harness) == []


# --- lost answers -----------------------------------------------------------------------------------------------------

WAYS = ["cart-1688", "cart-taobao", "product-1688", "product-taobao", "batch"]
PATHS = {
    "cart-1688": CART_ORDER[ALIBABA],
    "cart-taobao": CART_ORDER[TAOBAO],
    "product-1688": CREATE,
    "product-taobao": "/v2/taobao/order",
    "batch": "/v2/alibaba/order/batch/create",
}


async def reviewed(harness: BotHarness, way: str) -> None:
    """Come to the review of an order that is made in this way."""
    if way.startswith("cart"):
        put_into_cart(harness, goods(harness, ALIBABA if way.endswith("1688") else TAOBAO), 4)
        await open_order(harness)
        await to_review(harness)
        return
    named = {"product-1688": PRODUCT, "product-taobao": TAOBAO_PRODUCT}.get(way, "")
    fields = chosen(variant0="0") | typed(quantity0="4")
    if way == "batch":
        other = own_goods(harness, ALIBABA, "第二家", "9")
        named = f"{PRODUCT} 1688:{other.product_id}"
        fields |= chosen(variant1="0") | typed(quantity1="4")
    await harness.ask(f"/panda buy {named}")
    await open_by(harness, "Order…")
    await to_review(harness, fields)


@pytest.mark.parametrize("way", WAYS)
async def test_a_lost_answer_is_looked_for_and_found(harness: BotHarness, way: str) -> None:
    """The stand-in makes the order and drops the answer: it is found in the list, and watched."""
    await reviewed(harness, way)
    lose_answer(harness, PATHS[way])
    await send_page(harness)
    assert says(harness, "PandaPon gave no clear answer, but")
    orders = orders_made(harness)
    assert len(orders) == (2 if way == "batch" else 1)
    [write] = await writes(harness)
    assert write.state is WriteState.FOUND_DONE
    assert sorted(write.made) == sorted(order.order_id for order in orders)
    assert len(harness.channel()) == len(orders)


def lose_answer(harness: BotHarness, path: str) -> None:
    """Let the stand-in do the write, and drop its answer. Later calls are answered."""
    harness.pandapon.faults.path, harness.pandapon.faults.cut = f"{path}$", True


@pytest.mark.parametrize(
    ("code", "words"),
    [("isp.remote-service-timeout", "接口调用超时"), ("-1", "系统繁忙"), (1001, "token 服务内部错误")],
)
async def test_an_error_that_may_have_come_after_the_work_is_no_refusal(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch, code: str | int, words: str
) -> None:
    """The platform behind PandaPon makes the order and answers too late: it is found, as behind a lost answer."""
    await reviewed(harness, "cart-1688")
    address = ("POST", PATHS["cart-1688"])
    real = routes._BY_ADDRESS[address]

    def late(account: Account, fields: Fields) -> None:
        real.handler(account, fields)
        raise RefusedError(code, words)

    monkeypatch.setitem(routes._BY_ADDRESS, address, replace(real, handler=late))
    await send_page(harness)
    assert says(harness, "✅ Ordered")
    assert says(harness, "PandaPon gave no clear answer, but")
    assert await states(harness) == [WriteState.FOUND_DONE]
    assert len(orders_made(harness)) == 1


async def test_an_unclear_order_is_not_sent_again_from_its_form(harness: BotHarness) -> None:
    """Back, and Place order: it stays unclear, and nothing is sent until it is known."""
    await reviewed(harness, "cart-1688")
    path = PATHS["cart-1688"]
    harness.pandapon.faults.path, harness.pandapon.faults.down = f"{path}$", True
    await send_page(harness)
    await press_in_page(harness, "◀ Back")
    await send_page(harness)
    assert says(harness, "unclear")
    assert [seen.path for seen in harness.pandapon.requests].count(path) == 1
    harness.pandapon.faults.clear()
    harness.clock.advance(LISTED_WITHIN + timedelta(seconds=10))
    harness.hurry("writes")
    await until_state(harness, WriteState.FOUND_UNDONE)
    assert orders_made(harness) == []


@pytest.mark.parametrize("way", WAYS)
async def test_an_order_that_was_not_made_is_unclear_and_then_not_done(harness: BotHarness, way: str) -> None:
    """The call does not arrive: after the time in which it could still do so, the list shows that it was not done."""
    await reviewed(harness, way)
    harness.pandapon.faults.path, harness.pandapon.faults.down = f"{PATHS[way]}$", True
    await send_page(harness)
    assert says(harness, "unclear")
    assert [seen.path for seen in harness.pandapon.requests].count(PATHS[way]) == 1
    harness.pandapon.faults.clear()
    harness.clock.advance(LISTED_WITHIN + timedelta(seconds=10))
    harness.hurry("writes")
    await until_state(harness, WriteState.FOUND_UNDONE)
    assert orders_made(harness) == []
    mei = harness.slack.workspace.user("mei").id
    await harness.until(lambda: any("Not done: order" in str(sent) for sent in direct_blocks(harness, mei)))


def direct_blocks(harness: BotHarness, user: str) -> list[object]:
    """The blocks of the bot's direct messages to a person."""
    channels = harness.slack.workspace.channels.values()
    own = [channel for channel in channels if user in channel.id or channel.id.startswith("D")]
    return [message.blocks for channel in own for message in channel.messages.values()]


async def until_state(harness: BotHarness, state: WriteState) -> None:
    """Wait for the state of the newest write."""
    async with asyncio.timeout(PATIENCE):
        while (await states(harness))[0] is not state:  # noqa: ASYNC110  a job settles it
            await asyncio.sleep(0.05)


async def test_whoever_finds_it_out_first_the_person_hears_of_it(harness: BotHarness) -> None:
    """Tom orders the same goods: his form looks for Mei's unclear order. His cart says nothing of hers."""
    await reviewed(harness, "cart-1688")
    harness.pandapon.faults.path, harness.pandapon.faults.down = PATHS["cart-1688"], True
    await send_page(harness)
    assert says(harness, "unclear")
    harness.pandapon.faults.clear()
    assert "unclear" not in await harness.ask("/panda cart", user="tom")
    await open_by(harness, "Order…", user="tom")
    await to_review(harness, user="tom")
    harness.clock.advance(LISTED_WITHIN + timedelta(seconds=10))
    await send_page(harness, user="tom")
    assert says(harness, "✅ Ordered")
    assert await states(harness) == [WriteState.DONE, WriteState.FOUND_UNDONE]
    mei = harness.slack.workspace.user("mei").id
    await harness.until(lambda: any("Not done: order" in str(sent) for sent in direct_blocks(harness, mei)))


async def test_a_like_order_of_somebody_else_is_not_taken_for_it(harness: BotHarness) -> None:
    """It was there before; a second one that comes meanwhile makes it unknowable."""
    product = goods(harness, ALIBABA)
    account = harness.pandapon.account
    open_past_the_bot(account, ALIBABA, [PurchaseLine(skus(product)[0], 4)])
    await reviewed(harness, "cart-1688")
    harness.pandapon.faults.path, harness.pandapon.faults.down = PATHS["cart-1688"], True
    await send_page(harness)
    assert says(harness, "unclear")
    harness.pandapon.faults.clear()
    open_past_the_bot(account, ALIBABA, [PurchaseLine(skus(product)[0], 5)])  # new, and not quite like it
    harness.clock.advance(LISTED_WITHIN + timedelta(seconds=10))
    harness.hurry("writes")
    await until_state(harness, WriteState.UNKNOWABLE)
    change = (await writes(harness))[0].change
    assert isinstance(change, OrderCreation)
    assert len(change.known) >= 1


async def test_an_order_of_another_variant_is_not_taken_for_it(harness: BotHarness) -> None:
    """A colleague orders the same product in the same minute, as many pieces, in another colour."""
    await reviewed(harness, "cart-1688")
    harness.pandapon.faults.path, harness.pandapon.faults.down = PATHS["cart-1688"], True
    await send_page(harness)
    harness.pandapon.faults.clear()
    other = skus(goods(harness, ALIBABA))[1]
    open_past_the_bot(harness.pandapon.account, ALIBABA, [PurchaseLine(other, 4)])
    harness.clock.advance(LISTED_WITHIN + timedelta(seconds=10))
    harness.hurry("writes")
    await until_state(harness, WriteState.UNKNOWABLE)


async def test_an_order_that_the_list_names_late_is_not_taken_for_the_next_one(harness: BotHarness) -> None:
    """The same goods twice: the first order comes into the account's list only after the second call was lost."""
    await reviewed(harness, "cart-1688")
    await send_page(harness)
    [first] = orders_made(harness)
    hidden = harness.world.orders.pop(first.order_id)
    await reviewed(harness, "cart-1688")
    harness.pandapon.faults.path, harness.pandapon.faults.down = PATHS["cart-1688"], True
    await send_page(harness)
    harness.pandapon.faults.clear()
    harness.world.orders[first.order_id] = hidden
    harness.clock.advance(LISTED_WITHIN + timedelta(seconds=10))
    harness.hurry("writes")
    await until_state(harness, WriteState.FOUND_UNDONE)


# --- odd goods and hostile words --------------------------------------------------------------------------------------


@pytest.mark.parametrize("price", ["0", "0.01", "9999999.99"])
async def test_amounts_from_nothing_to_nine_digits_are_exact(harness: BotHarness, price: str) -> None:
    """In fen, in the record and in PandaPon's order; the title has 200 characters."""
    put_into_cart(harness, own_goods(harness, ALIBABA, "第二家", price, "裙" * 200), 10)
    await open_order(harness)
    await to_review(harness)
    await send_page(harness)
    assert says(harness, "✅ Ordered")
    [write], [order] = await writes(harness), orders_made(harness)
    assert write.amount_fen == int(order.total(harness.clock()) * 100)


@pytest.mark.parametrize("platform", [ALIBABA, TAOBAO])
async def test_hostile_words_stay_words(harness: BotHarness, platform: Platform) -> None:
    """In title, seller and note: they notify nobody, and reach PandaPon as they were written."""
    hostile = "<!channel> *x* <https://x.example|y> @here"
    put_into_cart(harness, own_goods(harness, platform, hostile, "9", f"{hostile} ok"), 10)
    await open_order(harness)
    await to_review(harness, typed(note0=hostile) if platform is ALIBABA else {})
    for text in (text_of(harness), str(await send_page(harness)), text_of(harness)):
        assert "<!channel>" not in text
        assert "<https://x" not in text
    assert says(harness, "✅ Ordered")
    sent = next(seen.body for seen in harness.pandapon.requests if seen.path == CART_ORDER[platform])
    assert platform is TAOBAO or sent["message"] == hostile


async def test_an_address_reaches_no_record_and_no_log(harness: BotHarness, caplog: pytest.LogCaptureFixture) -> None:
    """Not the database, the log, or a message to the channel: the review has its masked line alone."""
    put_into_cart(harness, goods(harness, ALIBABA), 4)
    await open_order(harness)
    await to_review(harness)
    await send_page(harness)
    assert harness.bot is not None
    stored = await thread_of(harness.bot.store.engine).direct(lambda conn: "\n".join(conn.iterdump()))
    shown = str([message.blocks for message in harness.channel()])
    for part in ("文三路", "13812345678", "王小明"):
        assert part not in stored
        assert part not in caplog.text
        assert part not in shown
        assert part not in text_of(harness)


async def test_a_failure_of_watching_is_said_and_mended(harness: BotHarness) -> None:
    """PandaPon does not describe the new order at first: a job watches it a little later."""
    put_into_cart(harness, goods(harness, ALIBABA), 4)
    await open_order(harness)
    await to_review(harness)
    harness.pandapon.faults.path, harness.pandapon.faults.status = "/v2/alibaba/order/detail$", 503
    await send_page(harness)
    assert says(harness, "✅ Ordered")
    assert says(harness, "The card follows")
    harness.pandapon.faults.clear()
    harness.clock.advance(timedelta(seconds=20))
    harness.hurry("new orders")
    await harness.until(lambda: len(harness.channel()) == 1)


async def test_a_new_order_that_cannot_be_watched_keeps_no_older_one_back(harness: BotHarness) -> None:
    """What is stored of the newer one cannot be read; the older one gets its card none the less."""
    harness.pandapon.faults.path, harness.pandapon.faults.status = "/v2/alibaba/order/detail$", 503
    for _ in range(2):
        put_into_cart(harness, goods(harness, ALIBABA), 4)
        await open_order(harness)
        await to_review(harness)
        await send_page(harness)
        assert says(harness, "The card follows")
        harness.clock.advance(timedelta(seconds=1))
    older, newer = orders_made(harness)
    assert harness.bot is not None
    await harness.bot.store.engine.run(lambda conn: store_unreadable(conn, f"1688:{newer.order_id}"))
    harness.pandapon.faults.clear()
    harness.clock.advance(timedelta(seconds=20))
    harness.hurry("new orders")
    await harness.until(lambda: len(harness.channel()) == 1)
    assert len(await harness.bot.store.watches.of_orders([f"1688:{older.order_id}"])) == 1


def store_unreadable(conn: Connection, key: str) -> None:
    """Store an order that this version cannot read."""
    conn.execute("INSERT INTO orders (key, order_json, sub_orders, created_at) VALUES (?, 'x', '', 0)", (key,))
    conn.execute("INSERT INTO schedule (key, fingerprint, polls) VALUES (?, ?, 0)", (key, b""))


async def test_a_watch_that_a_person_ended_stays_ended(harness: BotHarness) -> None:
    """The job does not begin it again."""
    put_into_cart(harness, goods(harness, ALIBABA), 4)
    await open_order(harness)
    await to_review(harness)
    await send_page(harness)
    [order] = orders_made(harness)
    await harness.ask(f"/panda unwatch {order.order_id}")
    harness.clock.advance(timedelta(minutes=1))
    harness.hurry("new orders")
    await asyncio.sleep(0.5)
    assert harness.bot is not None
    assert await harness.bot.store.watches.of_orders([f"1688:{order.order_id}"]) == []
