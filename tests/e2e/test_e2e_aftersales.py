"""After-sales through Slack and PandaPon: refunds are asked for, listed, and acted on; each write is done once."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sqlite3
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError
from support import forged
from support.bot_harness import ORDER, BotHarness, running, words
from support.buying import goods as product
from support.patience import PATIENCE
from support.refund_steps import (
    ACTS,
    ALIBABA,
    ASK,
    ORDERS,
    TAOBAO,
    WORDS,
    agree,
    ask_form,
    case,
    cases,
    lines,
    order,
    reason,
    review,
    show,
)
from support.wizard_steps import buttons, chosen, open_by, press_in_page, send_page, text_of, typed, view_of

from handlers.blocks import action_ids
from sandbox.pandapon import pictures, replies
from sandbox.pandapon.refusals import RefusedError
from sandbox.pandapon.server import PandaPonServer
from sandbox.pandapon.trading import refunds_taobao
from sandbox.pandapon.trading.ordering import PurchaseLine
from sandbox.pandapon.trading.ordering import open_order as order_past_the_bot
from sandbox.pandapon.trading.paying import set_status
from sandbox.pandapon.trading.products import skus
from sandbox.pandapon.trading.refund_cases import line_of
from sandbox.pandapon.trading.routes import OWN_PATHS
from sandbox.pandapon.world import Refund
from sandbox.slack import payloads
from tracking.writes import Write, WriteState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from pandapon.shipment import Platform

PLATFORMS = [ALIBABA, TAOBAO]
EVIL = "<!channel> <@U0TOM00002> *b* https://evil.example :smile: 13812345678"


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[BotHarness]:
    """Both stand-ins and a bot that may change everything, with the stand-in's own paths."""
    async with running(tmp_path, pandapon_paths=OWN_PATHS, writes="all") as harness:
        yield harness


async def writes(harness: BotHarness) -> list[Write]:
    """The records of writes, the newest first."""
    assert harness.bot is not None
    return (await harness.bot.store.writes.newest(0, 100))[0]


async def until_state(harness: BotHarness, state: WriteState) -> None:
    """Wait until the newest write has this state."""
    async with asyncio.timeout(PATIENCE):
        while (await writes(harness))[0].state is not state:  # noqa: ASYNC110  the database wakes nobody
            await asyncio.sleep(0.02)


def calls(harness: BotHarness, path: str) -> int:
    """The calls of an address; one that ends in a slash takes an id."""
    return sum(seen.path.removeprefix(path)[:2] in {"", "TQ"} for seen in harness.pandapon.requests)


def lose(harness: BotHarness, path: str, **fault: Any) -> None:
    """Let PandaPon's answers at this address be lost."""
    harness.pandapon.faults.path = path
    for name, value in fault.items():
        setattr(harness.pandapon.faults, name, value)


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_two_forms_that_are_confirmed_at_once_ask_once(harness: BotHarness, platform: Platform) -> None:
    """Both have read the order before either was sent."""
    await review(harness, platform)
    mine = view_of(harness)["id"]
    await review(harness, platform)
    harness.pandapon.faults.path, harness.pandapon.faults.delay = ASK[platform], 0.4
    submissions = (harness.slack.submit("mei", view, {}) for view in (mine, view_of(harness)["id"]))
    assert all(ack.ok for ack in await asyncio.gather(*submissions))
    await harness.idle()
    assert calls(harness, ASK[platform]) == 1
    assert len(cases(harness)) == 1


# --- asking -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_refund_is_asked_for(harness: BotHarness, platform: Platform) -> None:
    """Lines, reason, review, done: with the id, the person, and the channel that watches the order is told."""
    await harness.ask(f"/panda watch {ORDERS[platform]}")
    await review(harness, platform)
    shown = text_of(harness)
    for part in ("¥73.60", "refund only", "received", "货物破损", WORDS, "Nothing is sent until you confirm"):
        assert part in shown
    assert cases(harness) == []
    await send_page(harness)
    [refund] = cases(harness)
    assert (refund.amount, refund.reason, refund.description) == (Decimal("73.60"), "20007", WORDS)
    for part in ("Asked for a refund of *¥73.60*", refund.refund_id, "By mei", "/panda refunds"):
        assert part in text_of(harness)
    [write] = await writes(harness)
    assert (write.state, write.amount_fen, write.made) == (WriteState.DONE, 7360, (refund.refund_id,))
    await harness.until(lambda: any("asked for a refund" in words(each) for each in harness.channel()))
    line = next(each for each in harness.channel() if "asked for a refund" in words(each))
    assert "mei asked for a refund of *¥73.60*" in words(line)
    assert "Undo" not in str(line.blocks)
    assert WORDS not in words(line)


async def test_lines_pieces_and_shipping_of_1688(harness: BotHarness) -> None:
    """Both lines in part, the shipping on top; the amounts follow the pieces."""
    await ask_form(harness)
    fields = lines(ALIBABA, pieces="5") | typed(pieces1="12")
    assert await send_page(harness, fields) == {}
    first, second = (line.price for line in order(harness).lines)
    most = first * 5 + second * 12
    assert f"to ¥{most:.2f}" in text_of(harness)
    assert f"'initial_value': '{most}'" in text_of(harness)
    assert await send_page(harness, reason(str(most)) | typed(shipping="8")) == {}
    await send_page(harness)
    assert cases(harness)[0].amount == most + 8
    body = next(seen.body for seen in harness.pandapon.requests if seen.path == ASK[ALIBABA])
    assert body["orderEntryCountList"] == [
        {"id": int(order(harness).entry_id(at)), "count": count} for at, count in enumerate((5, 12))
    ]
    assert (body["applyPayment"], body["applyCarriage"]) == (int(most * 100), 800)
    assert (body["disputeRequest"], body["goodsStatus"]) == ("refund", "refundBuyerReceived")


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_return_and_refund(harness: BotHarness, platform: Platform) -> None:
    """The other kind; only what has arrived is sent back."""
    await ask_form(harness, platform)
    wrong = await send_page(harness, lines(platform, goods="not_received", kind="return"))
    assert wrong == {"kind": "Only what has arrived can be sent back."}
    await send_page(harness, lines(platform, kind="return"))
    await send_page(harness, reason())
    assert "return and refund" in text_of(harness)
    await send_page(harness)
    assert cases(harness)[0].with_return


async def test_taobaos_numbers_are_a_setting(tmp_path: Path) -> None:
    """Nobody has published them: those that are given replace the guesses, and an unknown name stops the start."""
    codes = {"return": 9, "received": 8}
    paths: dict[str, Any] = {"pandapon_paths": OWN_PATHS, "writes": "all"}
    async with running(tmp_path, **paths, pandapon_taobao_refund_codes=codes) as harness:
        await ask_form(harness, TAOBAO)
        await send_page(harness, lines(TAOBAO, kind="return"))
        await send_page(harness, reason())
        await send_page(harness)
        body = next(seen.body for seen in harness.pandapon.requests if seen.path == ASK[TAOBAO])
        assert (body["refundType"], body["goodsStatus"]) == (9, 8)
    with pytest.raises(ValidationError, match="there is no 'receivd'"):
        BotHarness(tmp_path, "socket", paths | {"pandapon_taobao_refund_codes": {"receivd": 1}}).settings  # noqa: B018  reading the settings checks them


@pytest.mark.parametrize(
    ("pieces", "words_"),
    [("0", "at least one product"), ("", "at least one product"), ("21", "from 0 to 20"), ("-1", "from 0 to 20")]
    + [(text, "whole number") for text in ("2.5", "２", "x", "9" * 40)],
)
async def test_wrong_pieces_are_marked(harness: BotHarness, pieces: str, words_: str) -> None:
    """In their field; nothing is sent."""
    await ask_form(harness)
    assert words_ in (await send_page(harness, lines(ALIBABA, pieces=pieces)))["pieces0"]


@pytest.mark.parametrize("line", ["", "2", "-1", "x", "99", "0 OR 1"])
async def test_a_line_that_was_not_offered(harness: BotHarness, line: str) -> None:
    """As a forged payload can name one."""
    view = await ask_form(harness, TAOBAO)
    values = {"line": {"value": {"selected_option": {"value": line}}}}
    ack = await forged.send(harness, forged.submission(harness, view["callback_id"], view["private_metadata"], values))
    assert ack.payload["errors"] == {"line": "Choose a product."}


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_wrong_amounts_reasons_and_words_are_marked(harness: BotHarness, platform: Platform) -> None:
    """Zero, too much, no number, three decimals; a reason that was not offered; no words where 1688 wants them."""
    await ask_form(harness, platform)
    await send_page(harness, lines(platform))
    for amount in ("0", "", "x", "-5", "1.234", "1e3", "٣", "999999999", "9" * 30, "NaN"):
        assert "amount" in await send_page(harness, reason(amount)), amount
    view = view_of(harness)
    foreign = forged.submission(harness, view["callback_id"], view["private_metadata"], reason(number="1"))
    assert (await forged.send(harness, foreign)).payload["errors"] == {"reason": "Choose a reason."}
    assert "words" in await send_page(harness, reason(words="坏"))
    assert "words" in await send_page(harness, reason(words="破" * 501))
    assert ("words" in await send_page(harness, reason(words=""))) is (platform is ALIBABA)
    assert await writes(harness) == []


async def test_shipping_beyond_that_of_the_order(harness: BotHarness) -> None:
    """Marked in its field."""
    await ask_form(harness)
    await send_page(harness, lines(ALIBABA))
    assert await send_page(harness, reason() | typed(shipping="8.01")) == {"shipping": "Up to ¥8.00."}


@pytest.mark.parametrize(
    ("code", "sentence"),
    [("waitbuyerpay", "isn't paid"), ("cancel", "is cancelled")],
)
async def test_an_order_in_another_state(harness: BotHarness, code: str, sentence: str) -> None:
    """It says why, and has no button; a forged press is told the same."""
    at = next(each for each in harness.world.orders.values() if each.status(harness.clock()) == code)
    assert sentence in await harness.ask(f"/panda refund {at.order_id}")
    assert "Ask for a refund…" not in str(harness.private()[-1].blocks)
    await forged.send(harness, forged.press(harness, f"{action_ids.ASK_REFUND}:1", f"1688.{at.order_id}"))
    await harness.until(lambda: sentence in text_of(harness))


async def test_an_order_that_is_not_shipped_asks_nothing_about_the_goods(harness: BotHarness) -> None:
    """Its claim says so to 1688."""
    paid = next(each for each in harness.world.orders.values() if each.status(harness.clock()) == "waitsellersend")
    await harness.ask(f"/panda refund {paid.order_id}")
    view = await open_by(harness, "Ask for a refund…")
    assert [block.get("block_id") for block in view["blocks"] if block["type"] == "input"] == ["pieces0"]
    await send_page(harness, typed(pieces0="1"))
    await send_page(harness, reason("5"))
    assert "not shipped yet" in text_of(harness)
    await send_page(harness)
    body = next(seen.body for seen in harness.pandapon.requests if seen.path == ASK[ALIBABA])
    assert body["goodsStatus"] == "refundWaitSellerSend"


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_limits_that_moved_stop_it_and_show_both(harness: BotHarness, platform: Platform) -> None:
    """Compared in fen, between review and confirm; the amount is checked again."""
    await review(harness, platform)
    of = order(harness, platform)
    line = of.lines[0]
    of.lines[0] = type(line)(line.title, line.price - Decimal("0.01"), line.quantity, line.variant, "", line.sub_order)
    harness.world.revision += 1
    await send_page(harness)
    assert "has changed" in text_of(harness)
    pieces = 2 if platform is ALIBABA else line.quantity
    for price in (line.price, of.lines[0].price):
        assert f"¥{price * pieces:,.2f}" in text_of(harness)
    assert cases(harness) == []
    newest = (await writes(harness))[0]
    assert (newest.state, newest.reason) == (WriteState.REFUSED, "price_moved")
    await send_page(harness, reason("10"))
    await send_page(harness)
    assert cases(harness)[0].amount == 10


async def test_a_refund_that_somebody_else_asked_for_meanwhile(harness: BotHarness) -> None:
    """Nothing is sent; the order's answer shows theirs."""
    await review(harness)
    theirs = case(harness, ALIBABA)
    await send_page(harness)
    assert "open refund already" in text_of(harness)
    assert calls(harness, ASK[ALIBABA]) == 0
    assert theirs.refund_id in await harness.ask(f"/panda refund {ORDERS[ALIBABA]}")


async def test_hostile_words_are_harmless(harness: BotHarness) -> None:
    """Of the order, the description, and the messages: nobody is notified, and no phone number is shown."""
    of = order(harness, TAOBAO)
    line = of.lines[0]
    of.lines[0] = type(line)(EVIL * 4, line.price, line.quantity, EVIL, "", line.sub_order)
    of.seller = EVIL
    harness.world.revision += 1
    await harness.ask(f"/panda watch {ORDERS[TAOBAO]}")
    await ask_form(harness, TAOBAO)
    texts = [text_of(harness)]
    await send_page(harness, lines(TAOBAO))
    await send_page(harness, reason(words=EVIL))
    texts.append(text_of(harness))
    await send_page(harness)
    [refund] = cases(harness)
    assert refund.description == EVIL
    refund.messages.append((harness.clock(), EVIL, EVIL))
    texts += [text_of(harness), await show(harness, refund), await harness.ask("/panda refunds")]
    texts += [await harness.ask("/panda audit")]
    await harness.until(lambda: any("asked for a refund" in words(each) for each in harness.channel()))
    texts += [words(each) for each in harness.channel()]
    for text in texts:
        assert not re.search(r"<!channel|<@|13812345678", text), text


async def test_words_to_the_seller_are_not_kept(harness: BotHarness) -> None:
    """Neither a description nor a message: the form that held them is forgotten when it is done, or closed."""
    await ask_form(harness, TAOBAO)
    await send_page(harness, lines(TAOBAO))
    await send_page(harness, reason(words="收件人王小明"))
    assert "王小明" in stored(harness)
    await send_page(harness)
    await show(harness, cases(harness)[0])
    await open_by(harness, "Write to seller…")
    await send_page(harness, typed(words="住在王小明家"))
    assert "住在" in stored(harness)
    await send_page(harness)
    assert len(await writes(harness)) == 2
    assert "王小明" not in stored(harness)
    await open_by(harness, "Write to seller…")
    await send_page(harness, typed(words="住在王小明家"))
    await forged.send(
        harness, payloads.view_closed(harness.slack.workspace.user("mei"), view_of(harness), everything=True)
    )
    assert "王小明" not in stored(harness)


def stored(harness: BotHarness) -> str:
    """What the database holds of forms and writes."""
    with contextlib.closing(sqlite3.connect(harness.folder / "bot.db")) as conn:
        return str([conn.execute(f"SELECT * FROM {table}").fetchall() for table in ("flows", "writes")])  # noqa: S608  the two names stand here


# --- pictures ---------------------------------------------------------------------------------------------------------


def attached(harness: BotHarness, *contents: bytes, name: str = "box.png") -> dict[str, Any]:
    """The form's state with files that Mei has chosen in it."""
    files = [harness.slack.web_api.files.keep("U0MEI00001", name, content) for content in contents]
    return {"pictures": {"value": {"files": [{"id": file.id} for file in files]}}}


async def test_pictures_go_along(harness: BotHarness) -> None:
    """Uploaded before the review, which says how many; the refund names their addresses."""
    await ask_form(harness)
    await send_page(harness, lines(ALIBABA))
    pictures_ = attached(harness, pictures.draw("mug", "blue"), pictures.draw("dress", "red"))
    assert await send_page(harness, reason() | pictures_) == {}
    assert "2 pictures are attached" in text_of(harness)
    await press_in_page(harness, "◀ Back")
    await send_page(harness, reason() | pictures_)
    assert calls(harness, OWN_PATHS["1688.refund.voucher"]) == 2, "those that are there are not sent again"
    await send_page(harness)
    assert len(cases(harness)[0].vouchers) == 2
    assert {write.operation for write in await writes(harness)} == {"1688.refund.voucher", "1688.refund.create"}


async def test_a_picture_that_cannot_be_sent_is_said_and_stops_nothing(harness: BotHarness) -> None:
    """One is no picture, and one has to be sent again: after its lost answer a person may try again."""
    await ask_form(harness)
    await send_page(harness, lines(ALIBABA))
    lose(harness, OWN_PATHS["1688.refund.voucher"], cut=True)
    chosen_files = attached(harness, b"not a picture", pictures.draw("mug", "blue"))
    assert await send_page(harness, reason() | chosen_files) == {}
    assert "is not a picture" in text_of(harness)
    assert text_of(harness).count("Not attached") == 2
    assert [write.state for write in await writes(harness)] == [WriteState.UNKNOWABLE]
    harness.pandapon.faults.clear()
    await press_in_page(harness, "◀ Back")
    await send_page(harness, reason() | chosen_files)
    assert "1 picture is attached" in text_of(harness)
    assert text_of(harness).count("Not attached") == 1
    await send_page(harness)
    assert len(cases(harness)[0].vouchers) == 1


async def test_no_pictures_where_there_is_no_address_for_them(tmp_path: Path) -> None:
    """The form says which setting gives it; the refund goes without. Taobao's says where to add them."""
    paths = {name: path for name, path in OWN_PATHS.items() if name != "1688.refund.voucher"}
    async with running(tmp_path, pandapon_paths=paths, writes="all") as harness:
        await ask_form(harness)
        await send_page(harness, lines(ALIBABA))
        assert "1688.refund.voucher" in text_of(harness)
        await ask_form(harness, TAOBAO)
        await send_page(harness, lines(TAOBAO))
        assert "takes no pictures for Taobao" in text_of(harness)
        assert "file_input" not in text_of(harness)


# --- the list, and one ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line", ["/panda refunds", "/panda 售后", "/panda refund", "/panda 退款", "/panda after-sales"]
)
async def test_the_list_of_both_platforms(harness: BotHarness, line: str) -> None:
    """Each with its state, what is next, amount and title; Details leads to it."""
    mine, theirs = case(harness, ALIBABA), case(harness, TAOBAO)
    shown = await harness.ask(line)
    for refund in (mine, theirs):
        assert refund.refund_id in shown
        assert f"¥{refund.amount:.2f}" in shown
        assert refund.order.lines[0].title[:20] in shown
    assert shown.count("Wait for the seller's answer") == 2
    assert mine.refund_id in await harness.press("Details")


async def test_the_list_without_refunds_and_with_one_platform_down(harness: BotHarness) -> None:
    """It says how to ask for one; a platform that can't be read is named."""
    assert "No refunds here" in await harness.ask("/panda refunds")
    case(harness, TAOBAO)
    lose(harness, "/v2/alibaba/order/page", status=503)
    shown = await harness.ask("/panda refunds")
    assert "Couldn't list the refunds of 1688" in shown
    assert "¥88.32" in shown


async def test_the_list_says_that_some_refunds_of_1688_are_missing(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1688's refunds come from a list of orders for each state. The others are shown, and one refused list is said."""
    mine, theirs = case(harness, ALIBABA), case(harness, TAOBAO)
    real = PandaPonServer._orders

    def refusing(server: PandaPonServer, platform: Platform, body: Any, *args: Any) -> Any:
        if body.get("refundStatus") == "waitbuyersend":
            raise RefusedError(40100, "系统繁忙")
        return real(server, platform, body, *args)

    assert "Couldn't list" not in await harness.ask("/panda refunds")
    monkeypatch.setattr(PandaPonServer, "_orders", refusing)
    shown = await harness.ask("/panda refunds")
    assert "Couldn't list the refunds of 1688" in shown
    assert mine.refund_id in shown
    assert theirs.refund_id in shown


async def test_a_refund_of_1688_that_was_asked_for_here_stays_in_the_list(harness: BotHarness) -> None:
    """Also when it is paid back, so that no list of orders names it."""
    await review(harness)
    await send_page(harness)
    harness.clock.advance(timedelta(hours=7))
    shown = await harness.ask("/panda refunds")
    assert cases(harness)[0].refund_id in shown
    assert "✅ Refunded" in shown


async def test_pages_of_the_list(harness: BotHarness) -> None:
    """Five of each platform on a page."""
    for of in [each for each in harness.world.orders.values() if each.status(harness.clock()) == "waitbuyerreceive"]:
        of.refunds.append((harness.clock(), Refund("waitselleragree", 10)))
    harness.world.revision += 1
    first = await harness.ask("/panda refunds")
    assert "page 1" in first
    assert first.count("Wait for the seller") == 5
    assert "page 2" in await harness.press("Next page")


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (Refund("waitselleragree", 10), "Wait for the seller's answer"),
        (Refund("waitbuyersend", 20), "send the goods back and enter the tracking number"),
        (Refund("waitsellerreceive", 30), "Wait until the seller has received"),
        (Refund("refundsuccess", 100), "The money was paid back"),
        (Refund("waitbuyermodify", -10), "change the request, or ask"),
        (Refund("refundclose", -20), "This refund is closed"),
        (Refund("waitmoon", 77), "Refresh"),
    ],
)
@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_state_says_what_is_next(harness: BotHarness, platform: Platform, state: Refund, sentence: str) -> None:
    """And offers what is possible in it on this platform."""
    refund = case(harness, platform)
    refund.order.refunds[:] = [(harness.clock(), state)]
    harness.world.revision += 1
    shown = await show(harness, refund)
    assert sentence in shown
    labels = str(harness.private()[-1].blocks)
    is_over = state.number in {100, -20}
    assert ("Write to seller" in labels) is (platform is TAOBAO and not is_over)
    assert ("Enter return shipment" in labels) is (state.number == 20)
    assert ("Change…" in labels) is (platform is TAOBAO and state.number in {10, -10})
    assert ("can't write to the seller, change or cancel a refund of 1688" in shown) is (
        platform is ALIBABA and not is_over
    )


async def test_messages_of_both(harness: BotHarness) -> None:
    """Those of the buyer and the seller, with their times."""
    refund = case(harness)
    refund.messages += [(harness.clock(), "买家", "您好"), (harness.clock(), "锦绣", "电话 13812345678")]
    shown = await show(harness, refund)
    assert "*买家*: 您好" in shown
    assert "*锦绣*" in shown
    assert "13812345678" not in shown


async def test_ways_that_lead_there(harness: BotHarness) -> None:
    """The order's answer leads to its refunds; so does the menu of its card, once something is wrong with it."""
    harness.scan("快件外包装破损，已登记为问题件", status="TRANSPORT")
    await harness.ask(f"/panda order {ORDERS[ALIBABA]}")
    assert "Refunds of 1688" in await harness.press("Refund…")
    await harness.ask(f"/panda watch {ORDERS[ALIBABA]}")
    assert "Refunds of 1688" in await harness.pick("Refund…")


@pytest.mark.parametrize(
    ("goods", "stage"), [("not_shipped", "refundWaitSellerSend"), ("received", "refundBuyerReceived")]
)
async def test_a_state_that_nobody_knows_is_asked_for(harness: BotHarness, goods: str, stage: str) -> None:
    """A new code of the platform, and no parcel: nothing is chosen beforehand, and the person says where they are."""
    sku = skus(product(harness, ALIBABA))[0]
    unknown = order_past_the_bot(harness.pandapon.account, ALIBABA, [PurchaseLine(sku, 2)])
    set_status(harness.pandapon.account, unknown, "waitsomething_new")
    await harness.ask(f"/panda refund {unknown.order_id}")
    form = str(await open_by(harness, "Ask for a refund…"))
    assert "Not shipped yet" in form
    filled = typed(pieces0="2") | chosen(kind="refund")
    assert await send_page(harness, filled) == {"goods": "Choose where the products are."}
    wrong = filled | chosen(goods="not_shipped", kind="return")
    assert "sent back" in (await send_page(harness, wrong))["kind"]
    assert await send_page(harness, filled | chosen(goods=goods)) == {}
    assert await send_page(harness, reason("1.00")) == {}
    assert await send_page(harness) == {}
    [sent] = [seen.body for seen in harness.pandapon.requests if seen.path == ASK[ALIBABA]]
    assert sent["goodsStatus"] == stage


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_line_without_a_quantity_can_be_claimed(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch, platform: Platform
) -> None:
    """PandaPon does not say how many pieces it has: no number is shown that would be none."""
    make, rows = ("order_1688", "productItems") if platform is ALIBABA else ("order_taobao", "subPurchaseOrders")
    real = getattr(replies, make)

    def without(*args: Any, **options: Any) -> Any:
        answer = real(*args, **options)
        return answer | {rows: [row | {"quantity": None} for row in answer[rows]]}

    monkeypatch.setattr(replies, make, without)
    form = str(await ask_form(harness, platform))
    assert "of 0" not in form
    assert "× 0" not in form
    assert await send_page(harness, lines(platform)) == {}
    assert await send_page(harness, reason("1.00")) == {}
    await send_page(harness)
    assert "Asked for a refund" in text_of(harness)


@pytest.mark.parametrize("odd", ["12 34", "9" * 201], ids=["space", "length"])
@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_line_whose_id_cannot_be_sent(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch, platform: Platform, odd: str
) -> None:
    """The person reads the sentence for a missing id, not a number of the log."""
    make, rows = ("order_1688", "productItems") if platform is ALIBABA else ("order_taobao", "subPurchaseOrders")
    real = getattr(replies, make)

    def with_odd_ids(*args: Any, **options: Any) -> Any:
        answer = real(*args, **options)
        ids = ("subItemIDString", "subPurchaseOrderId")
        return answer | {rows: [{name: odd if name in ids else row[name] for name in row} for row in answer[rows]]}

    monkeypatch.setattr(replies, make, with_odd_ids)
    await ask_form(harness, platform)
    await send_page(harness, lines(platform))
    assert "PandaPon's description of this order lacks what a refund needs. Ask for it there" in text_of(harness)
    assert cases(harness) == []


@pytest.mark.parametrize("odd", ["12 34", "9" * 201], ids=["space", "length"])
async def test_a_refund_whose_id_cannot_be_sent(harness: BotHarness, monkeypatch: pytest.MonkeyPatch, odd: str) -> None:
    """The order tells of the refund, and its details are left out."""
    real = replies.order_1688

    def with_odd_id(*args: Any, **options: Any) -> Any:
        answer = real(*args, **options)
        return answer | {"baseInfo": answer["baseInfo"] | {"refundId": odd, "refundStatus": "waitselleragree"}}

    monkeypatch.setattr(replies, "order_1688", with_odd_id)
    assert "🕓 Requested" in await harness.ask(f"/panda refund {ORDER}")
    assert "went wrong" not in await harness.ask("/panda refunds")


async def test_a_refund_whose_line_has_an_odd_id_can_be_changed(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As without an id: its limits cannot be read, and the platform checks the amount."""

    def with_odd_id(*args: Any) -> Any:
        of, line = line_of(*args)
        return of, replace(line, sub_order="12 34")

    monkeypatch.setattr(refunds_taobao, "line_of", with_odd_id)
    await ACTS["taobao.refund.change"].prepare(harness)
    await send_page(harness)
    assert "now asks for ¥50.00" in text_of(harness)


@pytest.mark.parametrize("line", ["refunds TQ1 --1688", "refunds TQ1 --taobao", "refund 254228563492088079999"])
async def test_what_is_not_there(harness: BotHarness, line: str) -> None:
    """One sentence."""
    answer = await harness.ask(f"/panda {line}")
    assert re.search(r"nothing with this number|too long", answer)


# --- each write -------------------------------------------------------------------------------------------------------

each_act = pytest.mark.parametrize("name", ACTS)


@each_act
async def test_it_is_done_once(harness: BotHarness, name: str) -> None:
    """A double click, a redelivery and a replay after the end: one call, and each is told what became of it."""
    act = ACTS[name]
    await act.prepare(harness)
    view = view_of(harness)
    sent = [forged.submission(harness, view["callback_id"], view["private_metadata"], {}) for _ in range(3)]
    acks = await asyncio.gather(*(forged.send(harness, payload) for payload in (*sent, sent[0])))
    assert any(act.says in str(ack.payload["view"]["blocks"]) for ack in acks)
    assert act.is_done(harness)
    again = await forged.send(harness, forged.submission(harness, view["callback_id"], view["private_metadata"], {}))
    assert act.says in str(again.payload["view"]["blocks"])
    assert calls(harness, act.path) == 1
    [write] = await writes(harness)
    assert (write.operation, write.state) == (name, WriteState.DONE)
    assert "✅" in await harness.ask("/panda audit")


@each_act
async def test_a_lost_answer_is_looked_for(harness: BotHarness, name: str) -> None:
    """The stand-in has done it and dropped the answer: it is found, and not sent again."""
    act = ACTS[name]
    await act.prepare(harness)
    lose(harness, act.path, cut=True)
    await send_page(harness)
    assert "PandaPon gave no clear answer, but `/panda refunds` shows it" in text_of(harness)
    assert act.is_done(harness)
    assert calls(harness, act.path) == 1
    assert [write.state for write in await writes(harness)] == [WriteState.FOUND_DONE]


@each_act
async def test_what_was_not_done_is_unclear_until_that_is_sure(harness: BotHarness, name: str) -> None:
    """A call may still arrive: nothing else is sent meanwhile. After a minute the job knows."""
    act = ACTS[name]
    await act.prepare(harness)
    lose(harness, act.path, down=True)
    await send_page(harness)
    assert "It is unclear whether PandaPon did this" in text_of(harness)
    harness.pandapon.faults.clear()
    assert not act.is_done(harness)
    assert [write.state for write in await writes(harness)] == [WriteState.UNCLEAR]
    await press_in_page(harness, "◀ Back")
    await send_page(harness)
    assert "still unclear" in text_of(harness)
    assert not act.is_done(harness)
    harness.clock.advance(timedelta(seconds=61))
    harness.hurry("writes")
    await until_state(harness, WriteState.FOUND_UNDONE)
    assert not act.is_done(harness)


async def test_where_taobao_lists_no_refunds_the_order_names_them(harness: BotHarness) -> None:
    """The list's path is inferred: where it is refused, a refund is asked for all the same."""
    await review(harness, TAOBAO)
    lose(harness, "queryList", status=404)
    await send_page(harness)
    assert "Asked for a refund" in text_of(harness)
    assert cases(harness)[0].refund_id in await harness.ask(f"/panda refund {ORDERS[TAOBAO]}")


@each_act
async def test_another_persons_form_is_refused_and_recorded(harness: BotHarness, name: str) -> None:
    """Whoever learns the opaque id cannot confirm; nor can a forged one be confirmed."""
    act = ACTS[name]
    await act.prepare(harness)
    view = view_of(harness)
    for metadata, user in ((view["private_metadata"], "tom"), ("A" * 24 + ".3", "mei"), ("", "mei"), ("x", "mei")):
        await forged.send(harness, forged.submission(harness, view["callback_id"], metadata, {}, user=user))
    assert not act.is_done(harness)
    assert {write.reason for write in await writes(harness)} == {"foreign_form", "unknown_form"}
    assert calls(harness, act.path) == 0


@each_act
async def test_a_restart_keeps_the_form(harness: BotHarness, name: str) -> None:
    """The last page is confirmed with the next process."""
    act = ACTS[name]
    await act.prepare(harness)
    await harness.stop_bot()
    await harness.start_bot()
    await send_page(harness)
    assert act.says in text_of(harness)
    assert act.is_done(harness)


@each_act
async def test_a_state_that_changed_meanwhile_refuses_it(harness: BotHarness, name: str) -> None:
    """The refund or order is over by the time of the confirmation: one sentence, and nothing is sent."""
    act = ACTS[name]
    await act.prepare(harness)
    at = cases(harness)[0].order if cases(harness) else order(harness, ALIBABA if name.startswith("1688") else TAOBAO)
    code = Refund("refundclose", -20) if cases(harness) else Refund("waitselleragree", 10)
    at.refunds[:] = [(harness.clock(), code)]
    harness.world.revision += 1
    await send_page(harness)
    assert re.search("is over|open refund already|has changed", text_of(harness))
    assert calls(harness, act.path) == 0
    assert buttons(view_of(harness)) == [] or "Back" in str(buttons(view_of(harness)))


# --- wrong fields of the acts -----------------------------------------------------------------------------------------


async def test_wrong_fields_of_the_acts(harness: BotHarness) -> None:
    """Marked in place; nothing is sent."""
    refund = case(harness)
    await show(harness, refund)
    await open_by(harness, "Write to seller…")
    assert await send_page(harness, typed(words=" ")) == {"words": "Write a message."}
    assert "words" in await send_page(harness, typed(words="你" * 201))
    await show(harness, refund)
    await open_by(harness, "Change…")
    assert (
        "Nothing is different" in (await send_page(harness, typed(amount=str(refund.amount), words="破损")))["amount"]
    )
    for amount in ("0", "x", "999999", "1.234"):
        assert "amount" in await send_page(harness, typed(amount=amount))
    agree(harness, refund)
    await show(harness, refund)
    await open_by(harness, "Enter return shipment…")
    for number in ("", "12", "1" * 41, "A B", "<!channel>", "快递12345678"):
        assert "number" in await send_page(harness, typed(number=number)), number
    assert await writes(harness) == []


# --- who may ----------------------------------------------------------------------------------------------------------

VALUES = {
    action_ids.ASK_REFUND: f"1688.{ORDERS[ALIBABA]}",
    action_ids.REFUND_LETTER: "taobao.TQ1.",
    action_ids.REFUND_RETURN: "1688.TQ1.",
    action_ids.REFUND_CHANGE: "taobao.TQ1.",
    action_ids.REFUND_CANCEL: "taobao.TQ1.",
}


@pytest.mark.parametrize("writes_", ["off", "cart", "orders"])
async def test_it_is_off_until_a_team_turns_it_on(tmp_path: Path, writes_: str) -> None:
    """No button; refunds can be looked at; a forged press is refused with the setting."""
    async with running(tmp_path, pandapon_paths=OWN_PATHS, writes=writes_) as harness:
        assert "`WRITES=all`" in await harness.ask(f"/panda refund {ORDERS[ALIBABA]}")
        assert "Ask for a refund…" not in str(harness.private()[-1].blocks)
        await show(harness, case(harness))
        assert "Cancel refund" not in str(harness.private()[-1].blocks)
        for id_, value in VALUES.items():
            before = len(harness.slack.workspace.views)
            await forged.send(harness, forged.press(harness, f"{id_}:1", value))
            await harness.until(lambda before=before: len(harness.slack.workspace.views) > before)  # type: ignore[misc]  # mypy knows no defaults in lambdas
            await harness.until(lambda: "`WRITES=all`" in text_of(harness))
        assert len(cases(harness)) == 1


async def test_only_the_writers(tmp_path: Path) -> None:
    """Others read whom to ask."""
    async with running(tmp_path, pandapon_paths=OWN_PATHS, writes="all", writers="U0TOM00002") as harness:
        await ask_form(harness)
        assert "Only some people may" in text_of(harness)


@pytest.mark.parametrize("id_", VALUES)
@pytest.mark.parametrize("value", ["", "x", "1688", "1688.", "ebay.1.2", "1688.'; DROP.1", "taobao.TQ1", "²" * 1000])
async def test_a_forged_button_does_nothing(harness: BotHarness, id_: str, value: str) -> None:
    """A value that no button has."""
    await forged.send(harness, forged.press(harness, f"{id_}:1", value))
    await harness.until(lambda: "older version" in text_of(harness))


async def test_unknown_paths_are_said_before_anything_is_filled_in(tmp_path: Path) -> None:
    """Nobody published where Taobao takes refunds: the answer says which setting gives it, and there is no button."""
    async with running(tmp_path, writes="all") as harness:
        for platform in PLATFORMS:
            assert "`PANDAPON_PATHS`" in await harness.ask(f"/panda refund {ORDERS[platform]}")
            assert "Ask for a refund…" not in str(harness.private()[-1].blocks)
        refund = case(harness)
        shown = await show(harness, refund)
        assert "The messages can't be read" in shown
        await open_by(harness, "Change…")
        assert "`PANDAPON_PATHS`" in text_of(harness)
        await open_by(harness, "Cancel refund…")
        await send_page(harness)
        assert "Cancelled refund" in text_of(harness)
