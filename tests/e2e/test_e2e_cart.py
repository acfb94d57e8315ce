"""The cart through Slack and PandaPon: looked at, filled from a product's page, changed, and each write done once."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from support import forged
from support.bot_harness import BotHarness, running, words
from support.patience import PATIENCE

from handlers.blocks import action_ids
from pandapon.shipment import Platform
from sandbox.pandapon.trading import products
from sandbox.pandapon.trading.account import CartEntry
from sandbox.pandapon.trading.routes import OWN_PATHS
from sandbox.pandapon.world import Goods
from sandbox.slack import payloads
from sandbox.slack.faults import Fault
from tracking.changes.cart import CartChange
from tracking.writes import Write, WriteState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sandbox.slack.workspace import Message

ALIBABA, TAOBAO = Platform.ALIBABA, Platform.TAOBAO
PRODUCT, TAOBAO_PRODUCT = "1688:A000-1688-demo", "taobao:T000-taobao-demo"
ADD = {ALIBABA: OWN_PATHS["1688.cart.add"], TAOBAO: "/v2/taobao/cart/add"}
SET_QUANTITY = {ALIBABA: "/v2/alibaba/cart/edit-quantity", TAOBAO: "/v2/taobao/cart/edit-quantity"}
DELETE = {ALIBABA: OWN_PATHS["1688.cart.delete"], TAOBAO: OWN_PATHS["taobao.cart.delete"]}
OF = {ALIBABA: PRODUCT, TAOBAO: TAOBAO_PRODUCT}


@asynccontextmanager
async def shopping(folder: Path, **extra: Any) -> AsyncIterator[BotHarness]:
    """A bot that may change the cart, with the stand-in's own paths."""
    async with running(folder, **({"pandapon_paths": OWN_PATHS, "writes": "cart"} | extra)) as harness:
        yield harness


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[BotHarness]:
    """Both stand-ins and the production bot between them."""
    async with shopping(tmp_path) as harness:
        yield harness


# --- steps ------------------------------------------------------------------------------------------------------------


def in_cart(harness: BotHarness, platform: Platform = ALIBABA) -> list[int]:
    """The quantities in a cart."""
    return [entry.quantity for entry in harness.pandapon.account.carts[platform].values()]


def put(harness: BotHarness, platform: Platform = ALIBABA, quantity: int = 4, at: int = 0) -> CartEntry:
    """Put a variant into the cart, past the bot."""
    goods = next(goods for goods in harness.world.goods if goods.platform is platform)
    account = harness.pandapon.account
    entry = CartEntry(account.next_number(), products.skus(goods)[at], quantity)
    account.carts[platform][entry.number] = entry
    return entry


async def writes(harness: BotHarness) -> list[Write]:
    """The records of writes, the newest first."""
    assert harness.bot is not None
    return (await harness.bot.store.writes.newest(0, 100))[0]


async def states(harness: BotHarness) -> list[WriteState]:
    """Their states, the newest first."""
    return [write.state for write in await writes(harness)]


def view_of(harness: BotHarness) -> dict[str, Any]:
    """The newest form."""
    return list(harness.slack.workspace.views.values())[-1]


def text_of(view: dict[str, Any]) -> str:
    """All words of a form."""
    return str(view["blocks"])


async def open_form(harness: BotHarness, product: str = PRODUCT, user: str = "mei") -> dict[str, Any]:
    """Show a product and press Add to cart; return the filled form."""
    await harness.ask(f"/panda product {product}", user=user)
    message, action = harness.button("Add to cart", user, "#orders")
    assert (await harness.slack.press(user, message, action)).ok
    await harness.until(lambda: "Checking with" not in text_of(view_of(harness)))
    return view_of(harness)


def filled(variant: int = 0, quantity: str = "4") -> dict[str, Any]:
    """The values of the form."""
    return {
        "variant": {"add_choice:variant": {"selected_option": {"value": str(variant)}}},
        "quantity": {"add_choice:quantity": {"value": quantity}},
    }


def value_in(message: Message, action_id: str) -> str:
    """The value of a message's button."""
    elements = [element for block in message.blocks for element in block.get("elements") or []]
    return next(str(element["value"]) for element in elements if element.get("action_id") == action_id)


async def send_form(harness: BotHarness, view: dict[str, Any], user: str = "mei", **chosen: Any) -> str:
    """Send the form; return the words of its next page, or its errors."""
    ack = await harness.slack.submit(user, view["id"], filled(**chosen))
    assert ack.ok
    await harness.idle()
    errors = (ack.payload or {}).get("errors")
    return str(errors) if errors else text_of(harness.slack.workspace.views[view["id"]])


# --- adding -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", list(Platform))
async def test_a_product_goes_into_the_cart(harness: BotHarness, platform: Platform) -> None:
    """From the product's page: variant, quantity, what it costs; the result says what, who and what is next."""
    view = await open_form(harness, OF[platform])
    answer = await send_form(harness, view, variant=1, quantity="6")
    assert "Added" in answer
    assert "6 pcs" in answer
    assert "By mei" in answer
    assert "/panda cart" in answer
    assert in_cart(harness, platform) == [6]
    [write] = await writes(harness)
    assert write.state is WriteState.DONE
    assert re.fullmatch(r"[0-9a-f]{32}", write.request_id)
    price = next(goods for goods in harness.world.goods if goods.platform is platform).price
    assert write.amount_fen == int(price * 100) * 6
    assert "6 = " in await harness.ask("/panda cart")


async def test_price_and_total_follow_the_choices(harness: BotHarness) -> None:
    """A price by quantity is shown as soon as it is reached; a quantity that cannot be bought is said at once."""
    view = await open_form(harness)
    assert view["submit"]["text"] == "Add to cart"
    base = harness.world.goods[0].price
    for quantity, price in (("4", base), ("100", (base * Decimal("0.95")).quantize(Decimal("0.01")))):
        await choose(harness, view, quantity=quantity)
        assert f"× {quantity} = *¥{price * int(quantity):,.2f}*" in text_of(view_of(harness))
    for quantity, sentence in (("1", "The minimum order is 2."), ("", "whole number"), ("99999", "pieces are left")):
        await choose(harness, view, quantity=quantity)
        assert sentence in text_of(view_of(harness))
    assert in_cart(harness) == []


async def choose(harness: BotHarness, view: dict[str, Any], user: str = "mei", **chosen: Any) -> None:
    """Change a field of the form, of which Slack tells the bot at once."""
    shown = harness.slack.workspace.views[view["id"]]
    state = {"values": filled(**chosen)}
    action = {
        "action_id": "add_choice:quantity",
        "block_id": "quantity",
        "type": "number_input",
        "value": state["values"]["quantity"]["add_choice:quantity"]["value"],
        "action_ts": "1.2",
    }
    who = harness.slack.workspace.user(user)
    trigger = harness.slack.interactions.new_trigger(view["id"])
    await forged.send(harness, payloads.view_actions(who, {**shown, "state": state}, action, trigger=trigger))


async def test_the_total_of_an_older_choice_never_comes_last(harness: BotHarness) -> None:
    """A number is typed digit by digit, and each digit is sent: the last one counts, however long Slack takes."""
    view = await open_form(harness)
    harness.slack.faults.plan(Fault("views.update", delay=0.3))
    await asyncio.gather(*(choose(harness, view, quantity=typed) for typed in ("3", "33", "333")))
    await harness.until(lambda: "× 333 = " in text_of(view_of(harness)))
    await asyncio.sleep(0.5)
    assert "× 333 = " in text_of(view_of(harness))


@pytest.mark.parametrize(
    ("quantity", "sentence"),
    [
        ("1", "{'quantity': 'The minimum order is 2.'}"),
        ("0", "whole number"),
        ("", "whole number"),
        ("2.5", "whole number"),
        ("-3", "whole number"),
        ("２", "whole number"),
        ("900000", "pieces are left"),
        ("999999999", "too many"),
        ("9" * 40, "whole number"),
    ],
)
async def test_a_quantity_that_cannot_be_bought_is_marked_in_its_field(
    harness: BotHarness, quantity: str, sentence: str
) -> None:
    """Nothing is sent, nothing is recorded, and the form stays for another try."""
    view = await open_form(harness)
    assert sentence in await send_form(harness, view, quantity=quantity)
    assert await writes(harness) == []
    assert "Added" in await send_form(harness, view)
    assert in_cart(harness) == [4]


@pytest.mark.parametrize("variant", ["", "-1", "7", "x", "0 OR 1", "９"])
async def test_a_variant_that_was_not_offered_is_refused(harness: BotHarness, variant: str) -> None:
    """As a forged payload can name one."""
    view = await open_form(harness)
    values = filled() | {"variant": {"add_choice:variant": {"selected_option": {"value": variant}}}}
    payload = forged.submission(harness, "add_to_cart", view["private_metadata"], values)
    ack = await forged.send(harness, payload)
    assert ack.payload["response_action"] == "errors"
    assert in_cart(harness) == []


@pytest.mark.parametrize("platform", list(Platform))
async def test_a_price_that_moved_stops_it_and_shows_both(harness: BotHarness, platform: Platform) -> None:
    """It is compared in fen, with the price that the form showed; a second press accepts the new one."""
    view = await open_form(harness, OF[platform])
    goods = next(goods for goods in harness.world.goods if goods.platform is platform)
    new = goods.price + Decimal("0.01")
    harness.world.goods = tuple(
        Goods(
            product.platform,
            product.product_id,
            product.title,
            new,
            product.seller,
            product.sold,
            colour=product.colour,
        )
        if product is goods
        else product
        for product in harness.world.goods
    )
    answer = await send_form(harness, view)
    assert f"¥{goods.price:.2f} → ¥{new:.2f}" in answer
    assert in_cart(harness, platform) == []
    assert await states(harness) == [WriteState.REFUSED]
    again = view_of(harness)
    assert again["private_metadata"] != view["private_metadata"]
    assert "Added" in await send_form(harness, again)
    assert in_cart(harness, platform) == [4]
    old = forged.submission(harness, "add_to_cart", view["private_metadata"], filled())
    await forged.send(harness, old)
    assert in_cart(harness, platform) == [4], "the old form can no longer be sent"


async def test_a_product_that_is_gone_or_sold_out_meanwhile(harness: BotHarness) -> None:
    """Neither gets into the cart: one is said in the field, the other in the form."""
    view = await open_form(harness)
    account = harness.pandapon.account
    sku = products.skus(harness.world.goods[0])[0]
    account.take(sku, account.stock(sku))
    assert "sold out" in await send_form(harness, view)
    harness.world.goods = harness.world.goods[1:]
    assert "PandaPon does not find this product" in await send_form(harness, view)
    assert in_cart(harness) == []


# --- once -------------------------------------------------------------------------------------------------------------


async def test_a_form_that_is_sent_often_is_carried_out_once(harness: BotHarness) -> None:
    """A double click and Slack's redelivery: one call, and each of them is answered with what became of it."""
    view = await open_form(harness)
    sent = [forged.submission(harness, "add_to_cart", view["private_metadata"], filled()) for _ in range(3)]
    acks = await asyncio.gather(*(forged.send(harness, payload) for payload in (*sent, sent[0])))
    assert [ack.payload["response_action"] for ack in acks] == ["update"] * 4
    assert all("Added" in text_of(ack.payload["view"]) for ack in acks)
    assert harness.pandapon.count(ADD[ALIBABA]) == 1
    assert in_cart(harness) == [4]


async def test_a_restart_between_form_and_answer_carries_it_out_once(harness: BotHarness) -> None:
    """The form is remembered over a restart, and so is that it was sent."""
    view = await open_form(harness)
    await harness.stop_bot()
    await harness.start_bot()
    assert "Added" in await send_form(harness, view)
    await harness.stop_bot()
    await harness.start_bot()
    again = forged.submission(harness, "add_to_cart", view["private_metadata"], filled())
    await forged.send(harness, again)
    assert in_cart(harness) == [4]


async def test_a_button_that_is_pressed_twice_at_once_counts_once(harness: BotHarness) -> None:
    """The same list, pressed twice: one piece more. The list that follows has another number."""
    put(harness)
    await harness.ask("/panda cart")
    message, action = harness.button("+", "mei", "#orders")
    value = value_in(message, action)
    await asyncio.gather(*(forged.send(harness, forged.press(harness, action, value)) for _ in range(3)))
    assert in_cart(harness) == [5]
    assert harness.pandapon.count(SET_QUANTITY[ALIBABA]) == 1
    await harness.ask("/panda cart")
    assert "now 6 pcs" in await harness.press("+")
    assert in_cart(harness) == [6]


# --- a lost answer ----------------------------------------------------------------------------------------------------

LOSSES: dict[str, dict[str, Any]] = {
    "cut": {"cut": True},
    "5xx": {"status": 503},
    "down": {"down": True},
    "half": {"malformed": True},
}


def lose(harness: BotHarness, path: str, kind: str) -> None:
    """Let PandaPon's answers at this address be lost; ``cut`` and ``half`` come after the work was done."""
    harness.pandapon.faults.path = path
    for name, value in LOSSES[kind].items():
        setattr(harness.pandapon.faults, name, value)


@pytest.mark.parametrize("platform", list(Platform))
@pytest.mark.parametrize("kind", ["cut", "half"])
async def test_an_addition_whose_answer_was_lost_is_found_in_the_cart(
    harness: BotHarness, platform: Platform, kind: str
) -> None:
    """It is not sent again: the cart shows it."""
    put(harness, platform, 3)
    view = await open_form(harness, OF[platform])
    lose(harness, ADD[platform], kind)
    answer = await send_form(harness, view)
    assert "the cart shows it" in answer
    assert in_cart(harness, platform) == [7]
    assert await states(harness) == [WriteState.FOUND_DONE]
    assert harness.pandapon.count(ADD[platform]) == 1


@pytest.mark.parametrize("platform", list(Platform))
@pytest.mark.parametrize(("label", "paths", "left"), [("+", SET_QUANTITY, [5]), ("Remove", DELETE, [])])
async def test_a_change_whose_answer_was_lost_is_found_in_the_cart(
    harness: BotHarness, platform: Platform, label: str, paths: dict[Platform, str], left: list[int]
) -> None:
    """The same for quantities and removals."""
    put(harness, platform)
    await harness.ask("/panda cart")
    lose(harness, paths[platform], "cut")
    assert "the cart shows it" in await harness.press(label)
    assert in_cart(harness, platform) == left
    assert await states(harness) == [WriteState.FOUND_DONE]
    assert harness.pandapon.count(paths[platform]) == 1


@pytest.mark.parametrize("kind", ["5xx", "down"])
async def test_an_addition_that_was_not_done_is_unclear_until_that_is_sure(harness: BotHarness, kind: str) -> None:
    """A call may still arrive. Meanwhile nothing else of the variant is sent; after a minute the job knows."""
    view = await open_form(harness)
    lose(harness, ADD[ALIBABA], kind)
    assert "unclear" in await send_form(harness, view)
    assert await states(harness) == [WriteState.UNCLEAR]
    harness.pandapon.faults.clear()
    assert "unclear" in await harness.ask("/panda cart")
    other = await open_form(harness)
    assert "still unclear" in await send_form(harness, other)
    assert in_cart(harness) == []
    harness.clock.advance(timedelta(seconds=61))
    harness.hurry("writes")
    await until_state(harness, WriteState.FOUND_UNDONE)
    assert "Added" in await send_form(harness, await open_form(harness))
    assert in_cart(harness) == [4]
    assert harness.pandapon.count(ADD[ALIBABA]) == 2


async def until_state(harness: BotHarness, state: WriteState) -> None:
    """Wait until the newest write has this state."""
    async with asyncio.timeout(PATIENCE):
        while (await states(harness))[0] is not state:  # noqa: ASYNC110  the database wakes nobody
            await asyncio.sleep(0.02)


async def test_while_pandapon_is_down_it_stays_unclear(harness: BotHarness) -> None:
    """Nothing is guessed. When PandaPon answers again, the next look finds it."""
    view = await open_form(harness)
    lose(harness, ADD[ALIBABA], "cut")
    harness.pandapon.on_request.append(
        lambda seen, _headers, _text: lose(harness, "/v2/", "down") if seen.path == ADD[ALIBABA] else None
    )
    assert "unclear" in await send_form(harness, view)
    harness.clock.advance(timedelta(minutes=5))
    harness.hurry("writes")
    await harness.several_ticks(2)
    assert await states(harness) == [WriteState.UNCLEAR]
    harness.pandapon.on_request.clear()
    harness.pandapon.faults.clear()
    assert "the cart shows it" in await harness.ask("/panda cart")
    assert in_cart(harness) == [4]


async def test_a_change_is_told_though_the_cart_cannot_be_read_afterwards(harness: BotHarness) -> None:
    """What became of it is what the person has to know."""
    put(harness)
    await harness.ask("/panda cart")
    harness.pandapon.on_request.append(
        lambda seen, *_: lose(harness, "cart/list", "5xx") if seen.path == DELETE[ALIBABA] else None
    )
    assert "Removed" in await harness.press("Remove")
    harness.pandapon.on_request.clear()
    harness.pandapon.faults.clear()
    assert "Added" in await harness.press("Undo")
    assert in_cart(harness) == [4]


async def test_a_write_that_was_left_behind_is_looked_for(harness: BotHarness) -> None:
    """Its person's time ran out just when it was recorded: it does not bar the variant for ever."""
    entry = put(harness)
    sku, goods = entry.sku, entry.sku.goods
    change = CartChange(ALIBABA, goods.product_id, sku.sku_id, sku.spec_id, goods.title, sku.variant, 4, 5)
    assert harness.bot is not None
    left = Write("left", "left", "1688.cart.quantity", "U0MEI00001", "", harness.clock(), change=change)
    await harness.bot.store.writes.begin(left)
    await harness.ask("/panda cart")
    assert "still unclear" in await harness.press("+")
    harness.clock.advance(timedelta(minutes=6))
    harness.hurry("writes")
    await until_state(harness, WriteState.FOUND_UNDONE)
    await harness.ask("/panda cart")
    assert "now 5 pcs" in await harness.press("+")


async def test_a_cart_that_somebody_else_changed_meanwhile_proves_nothing(harness: BotHarness) -> None:
    """Neither the wanted quantity nor the former one: a person has to look."""
    view = await open_form(harness)
    lose(harness, ADD[ALIBABA], "down")
    await send_form(harness, view)
    harness.pandapon.faults.clear()
    put(harness, quantity=9)
    harness.clock.advance(timedelta(seconds=61))
    assert "Please check the cart" in await harness.ask("/panda cart")
    assert await states(harness) == [WriteState.UNKNOWABLE]


# --- the list ---------------------------------------------------------------------------------------------------------


async def test_both_carts_in_one_list_by_seller(harness: BotHarness) -> None:
    """Title, variant, price times quantity, the sum of each seller and of all; what is short of stock is said."""
    mine, yours = put(harness, ALIBABA, 100), put(harness, TAOBAO, 2)
    short = put(harness, ALIBABA, 3, at=1)
    account = harness.pandapon.account
    account.take(short.sku, account.stock(short.sku) - 3)
    shown = await harness.ask("/panda cart")
    goods, price = mine.sku.goods, products.price(mine.sku.goods, 100)
    assert f"{mine.sku.variant} · ¥{price:.2f} × 100 = ¥{price * 100:,.2f}" in shown
    of_seller = price * 100 + short.sku.goods.price * 3
    assert f"*{goods.seller}* · 1688 · ¥{of_seller:,.2f}" in shown
    assert "⚠️ only 3 left" in shown
    assert f"🛒 Cart · 3 products · ¥{of_seller + yours.sku.goods.price * 2:,.2f}" in shown
    assert "Nothing is ordered or paid yet" in shown
    account.take(mine.sku, account.stock(mine.sku))
    refreshed = await harness.press("Refresh")
    assert refreshed.index("can't be bought any more") > refreshed.index(yours.sku.goods.seller)
    assert "🛒 Cart · 2 products" in refreshed


@pytest.mark.parametrize("typed", ["/panda cart", "/panda 购物车", "/panda basket"])
async def test_an_empty_cart_says_how_to_fill_it(harness: BotHarness, typed: str) -> None:
    """With a button that begins."""
    assert "The cart is empty" in await harness.ask(typed)
    assert "连衣裙" in await harness.press("Search 连衣裙")


async def test_a_long_cart_has_pages(harness: BotHarness) -> None:
    """The heading counts all; buttons act on the line beside them on whichever page."""
    goods = [goods for goods in harness.world.goods if goods.platform is ALIBABA][:9]
    account = harness.pandapon.account
    for product in goods:
        for sku in products.skus(product):
            number = account.next_number()
            account.carts[ALIBABA][number] = CartEntry(number, sku, 2)
    shown = await harness.ask("/panda cart")
    total = len(goods) * 3
    assert f"{total} products" in shown
    assert "page 1 of" in shown
    await harness.press("Next")
    await harness.press("Remove")
    assert len(in_cart(harness)) == total - 1
    assert "page 2 of" in words(harness.private()[-1])
    assert f"{total - 1} products" in await harness.ask("/panda cart --page 99")


async def test_one_cart_that_cannot_be_read_is_said_beside_the_other(harness: BotHarness) -> None:
    """And neither: an answer with Try again."""
    put(harness, TAOBAO)
    harness.pandapon.faults.path = "/v2/alibaba/cart/list"
    harness.pandapon.faults.status = 503
    shown = await harness.ask("/panda cart")
    assert "Couldn't read the cart of 1688: PandaPon is having problems" in shown
    assert "× 4 = " in shown
    harness.pandapon.faults.path = "cart/list"
    assert "Couldn't read the cart" in await harness.ask("/panda cart")
    harness.pandapon.faults.clear()
    assert "× 4 = " in await harness.press("Try again")


@pytest.mark.parametrize("platform", list(Platform))
async def test_a_removal_can_be_undone_once(harness: BotHarness, platform: Platform) -> None:
    """Undo adds as many pieces again."""
    put(harness, platform, 5)
    await harness.ask("/panda cart")
    assert "Removed" in await harness.press("Remove")
    assert in_cart(harness, platform) == []
    message, action = harness.button("Undo", "mei", "#orders")
    value = value_in(message, action)
    assert "Added" in await harness.press("Undo")
    assert in_cart(harness, platform) == [5]
    await forged.send(harness, forged.press(harness, action, value))
    assert in_cart(harness, platform) == [5]
    assert await states(harness) == [WriteState.DONE] * 2


async def test_plus_minus_and_a_quantity(harness: BotHarness) -> None:
    """What PandaPon refuses is said with its reason, and the list shows the quantity that holds."""
    put(harness, quantity=3)
    await harness.ask("/panda cart")
    assert "now 2 pcs" in await harness.press("−")
    refused = await harness.press("−")
    assert "Not done" in refused
    assert "低于起订量" in refused
    assert in_cart(harness) == [2]
    message, action = harness.button("Quantity…", "mei", "#orders")
    assert (await harness.slack.press("mei", message, action)).ok
    await harness.idle()
    view = view_of(harness)
    for typed, sentence in (("0", "whole number"), ("99999", "pieces are left"), ("50", "now 50 pcs")):
        ack = await harness.slack.submit("mei", view["id"], {"quantity": {"value": {"value": typed}}})
        await harness.idle()
        errors = str((ack.payload or {}).get("errors") or "")
        assert sentence in errors + text_of(harness.slack.workspace.views[view["id"]])
    assert in_cart(harness) == [50]


async def test_a_list_that_is_no_longer_true_changes_nothing(harness: BotHarness) -> None:
    """Somebody else changed the quantity meanwhile: + does not overwrite it."""
    entry = put(harness)
    await harness.ask("/panda cart")
    entry.quantity = 40
    assert "has changed since you saw it" in await harness.press("+")
    assert in_cart(harness) == [40]


async def test_a_hostile_product_is_harmless(harness: BotHarness) -> None:
    """Its words notify nobody, in the form, the list and the audit trail."""
    evil = "<!channel> <@U0TOM00002> *b* https://evil.example 裙" * 5
    harness.world.goods = (Goods(ALIBABA, "712345678901", evil, Decimal("99999999.99"), evil, 1, colour=evil),)
    view = await open_form(harness, "1688:712345678901")
    assert "Added" in await send_form(harness, view)
    for text in (text_of(view), await harness.ask("/panda cart"), await harness.ask("/panda audit")):
        assert not re.search(r"<!channel|<@", text)


# --- who may ----------------------------------------------------------------------------------------------------------


async def test_it_is_off_until_a_team_turns_it_on(tmp_path: Path) -> None:
    """No button; a forged press is refused with the setting, and recorded."""
    async with running(tmp_path, pandapon_paths=OWN_PATHS) as harness:
        put(harness)
        await harness.ask(f"/panda product {PRODUCT}")
        assert "× 4 = " in await harness.ask("/panda cart")
        labels = [str(block.get("elements")) for message in harness.private() for block in message.blocks]
        assert not any("Add to cart" in label or "Remove" in label for label in labels)
        payload = forged.press(harness, f"{action_ids.ADD_TO_CART}:1", PRODUCT)
        await forged.send(harness, payload)
        await harness.until(lambda: "`WRITES=cart`" in text_of(view_of(harness)))
        assert in_cart(harness) == [4]


@pytest.mark.parametrize(
    ("writers", "channel", "may"),
    [
        ("U0MEI00001", "#orders", True),
        ("U0TOM00002", "#orders", False),
        ("U0TOM00002, U0MEI00001", "#orders", True),
        ("{#orders}", "#orders", True),
        ("{#orders}", "#random", False),
        ("S0BUYERS01", "#orders", True),
        ("S0NOBODY01", "#orders", False),
        ("S0UNKNOWN1", "#orders", False),
    ],
)
async def test_only_the_writers_of_the_settings(tmp_path: Path, writers: str, channel: str, *, may: bool) -> None:
    """People, channels and user groups. Whoever is refused reads whom to ask, and nothing is sent."""
    async with running(tmp_path, pandapon_paths=OWN_PATHS) as sample:
        ids = writers.replace("{#orders}", sample.slack.workspace.channel("#orders").id)
    (tmp_path / "second").mkdir()
    async with shopping(tmp_path / "second", writers=ids) as harness:
        mei = harness.slack.workspace.user("mei").id
        harness.slack.workspace.groups |= {"S0BUYERS01": {mei}, "S0NOBODY01": set()}
        await harness.ask(f"/panda product {PRODUCT}", channel=channel)
        message, action = harness.button("Add to cart", "mei", channel)
        await harness.slack.press("mei", message, action)
        await harness.until(lambda: "Checking with" not in text_of(view_of(harness)))
        view = view_of(harness)
        if may:
            assert "Added" in await send_form(harness, view)
            assert in_cart(harness) == [4]
        else:
            assert re.search("Only some people may|did not confirm", text_of(view))
            assert harness.pandapon.count(ADD[ALIBABA]) == 0


@pytest.mark.parametrize("user", ["tom"])
async def test_another_persons_form_and_list_are_refused_and_recorded(harness: BotHarness, user: str) -> None:
    """Whoever learns the opaque id cannot use it: confirm, choice, +, −, Remove, Quantity, Undo."""
    put(harness)
    view = await open_form(harness)
    await harness.ask("/panda cart")
    message, _action = harness.button("Remove", "mei", "#orders")
    value = value_in(message, "cart_remove:0")
    theirs = forged.submission(harness, "add_to_cart", view["private_metadata"], filled(), user=user)
    ack = await forged.send(harness, theirs)
    assert "belongs to somebody else" in text_of(ack.payload["view"])
    for name in (action_ids.CART_MORE, action_ids.CART_LESS, action_ids.CART_REMOVE):
        payload = forged.press(harness, f"{name}:0", value, user=user)
        assert "belongs to somebody else" in await forged.answered(harness, payload, user=user)
    form = forged.submission(harness, "cart_quantity", value, {"quantity": {"value": {"value": "9"}}}, user=user)
    assert "belongs to somebody else" in text_of((await forged.send(harness, form)).payload["view"])
    assert in_cart(harness) == [4]
    refused = await writes(harness)
    assert [write.state for write in refused] == [WriteState.REFUSED] * 5
    assert {write.reason for write in refused} == {"foreign_form"}
    await harness.press("Remove")
    undo = (await writes(harness))[0].id
    payload = forged.press(harness, f"{action_ids.CART_UNDO}:1", undo, user=user)
    assert "belongs to somebody else" in await forged.answered(harness, payload, user=user)
    assert in_cart(harness) == []


@pytest.mark.parametrize("value", ["", "x", "A" * 24, "A" * 24 + ".0", "A" * 24 + ".-1", "²" * 3000, "'; DROP TABLE"])
async def test_a_forged_id_does_nothing(harness: BotHarness, value: str) -> None:
    """In a button, and in a form's metadata."""
    put(harness)
    answer = await forged.answered(harness, forged.press(harness, f"{action_ids.CART_REMOVE}:0", value))
    refused = re.compile("too old|older version")
    assert refused.search(answer)
    ack = await forged.send(harness, forged.submission(harness, "add_to_cart", value, filled()))
    assert refused.search(text_of(ack.payload["view"]))
    assert in_cart(harness) == [4]
    assert {write.reason for write in await writes(harness)} == {"unknown_form"}


async def test_a_position_beyond_the_list_does_nothing(harness: BotHarness) -> None:
    """Nor one that is no number."""
    put(harness)
    await harness.ask("/panda cart")
    message, _action = harness.button("Remove", "mei", "#orders")
    flow = value_in(message, "cart_remove:0").partition(".")[0]
    for position in ("1", "99999", "", "-1", "٠"):
        payload = forged.press(harness, f"{action_ids.CART_REMOVE}:0", f"{flow}.{position}")
        assert "older version" in await forged.answered(harness, payload)
    assert in_cart(harness) == [4]


async def test_a_form_of_yesterday_is_too_old(harness: BotHarness) -> None:
    """It is forgotten after a day."""
    view = await open_form(harness)
    harness.clock.advance(timedelta(days=1, seconds=1))
    assert "too old" in await send_form(harness, view)
    assert in_cart(harness) == []


async def test_an_unknown_path_is_said_in_one_sentence(tmp_path: Path) -> None:
    """Nobody published where 1688's cart takes additions: the button says which setting gives it, and sends nothing."""
    async with running(tmp_path, writes="cart") as harness:
        put(harness)
        view = await open_form(harness)
        assert "`PANDAPON_PATHS`" in text_of(view)
        assert "submit" not in view or not view["submit"]
        await harness.ask("/panda cart")
        assert "`PANDAPON_PATHS`" in await harness.press("Remove")
        assert await writes(harness) == []
        assert in_cart(harness) == [4]
        assert "now 5 pcs" in await _after_cart(harness)


async def _after_cart(harness: BotHarness) -> str:
    await harness.ask("/panda cart")
    return await harness.press("+")


# --- the trail --------------------------------------------------------------------------------------------------------


async def test_the_audit_trail_says_who_did_what(harness: BotHarness) -> None:
    """Also what was refused, with PandaPon's number of each call."""
    put(harness, quantity=2)
    await harness.ask("/panda cart")
    await harness.press("+")
    await harness.ask("/panda cart", user="tom")
    await harness.press("−", user="tom")
    await harness.press("−", user="tom")
    shown = await harness.ask("/panda audit")
    assert shown.count("mei") == 1
    assert shown.count("tom") == 2
    assert "Not done" in shown
    assert "BELOW_MINIMUM" in shown
    assert (await writes(harness))[-1].request_id in shown
    assert shown.index("Not done") < shown.index("now 3 pcs"), "the newest first"


async def test_the_trail_is_for_those_who_may(tmp_path: Path) -> None:
    """The auditors of the settings; without any, the writers."""
    async with shopping(tmp_path, writers="U0MEI00001", auditors="U0TOM00002") as harness:
        assert "Nobody has changed anything yet" in await harness.ask("/panda audit", user="tom")
        refused = await harness.ask("/panda audit")
        assert "Only some people may read the audit trail" in refused
        assert "tom" in refused
        assert "<@" not in refused
