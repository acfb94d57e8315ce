"""PandaPon's push messages: who may send them, what is kept of them, and that they only ever hurry the poll."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import aiohttp
import pytest
from support.bot_harness import CALLBACK_TOKEN, ORDER, BotHarness, running, words

from sandbox.pandapon.demo import TAOBAO
from sandbox.pandapon.pushes import Pushes, PushFaults
from storage.inbox import PushMessage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

TRACE = {"messageType": "1688_LOGISTICS_BUYER_VIEW_TRACE", "messagePlatform": 1, "timestamp": "1779263269913"}


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[BotHarness]:
    """A bot at its usual pace: an order is read hourly, so that whatever comes at once came by a push."""
    async with running(tmp_path, cadence_factor=1.0) as harness:
        yield harness


async def push(harness: BotHarness, body: Any, *, token: str = CALLBACK_TOKEN) -> int:
    """Send a message as PandaPon would; the status of the answer."""
    assert harness.bot is not None
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    url = f"http://127.0.0.1:{harness.bot.http_port}/pandapon/callbacks/{token}"
    async with aiohttp.ClientSession() as session, session.post(url, data=data) as answer:
        await answer.read()
        return answer.status


async def inbox(harness: BotHarness) -> dict[str, int]:
    """Messages kept, by what became of them."""
    assert harness.bot is not None
    counts, _last = await harness.bot.store.inbox.counts(harness.clock().replace(year=2020))
    return counts


@pytest.mark.parametrize(
    "body",
    [
        {**TRACE, "messageBody": {"orderId": int(ORDER), "currentStatus": "TRANSPORT"}},
        {**TRACE, "messageBody": json.dumps({"orderId": ORDER})},
        json.dumps({**TRACE, "messageBody": {"baseInfo": {"idOfStr": ORDER}}}),
        {"messagePlatform": 1, "messageType": "SOMETHING_NEW", "messageBody": {"list": [{"orderId": ORDER}]}},
        [{"messagePlatform": 1}, {**TRACE, "messageBody": {"orderId": ORDER}}],
        {"message_type": 3, "data": {"purchase_id": int(ORDER), "sku_list": None}, "timestamp": 1779263269},
        {"messageBody": json.dumps({"type": "ORDER_BUYER_VIEW_ORDER_PAY", "data": {"orderId": int(ORDER)}})},
        b"message=" + quote(json.dumps({"data": {"orderId": int(ORDER)}, "type": "ORDER_PAY"})).encode() + b"&_sign=1",
        {**TRACE, "orderId": ORDER, "messageBody": "{broken"},
    ],
    ids=[
        *[
            "object",
            "string",
            "string in a string",
            "unknown type",
            "list",
            "upstream's of Taobao",
            "upstream's of 1688",
        ],
        *["form", "broken body"],
    ],
)
async def test_a_message_hurries_the_poll(harness: BotHarness, body: Any) -> None:
    """Whatever its form and type, the order it names is read at once, and the news is what the API says."""
    assert "Watching" in await harness.ask(f"/panda watch {ORDER}")
    [card] = harness.channel("#orders")
    await harness.several_ticks()  # the first poll is past
    harness.scan("快件已发往 广州分拨中心")
    assert await push(harness, body) == 200
    [reply] = await harness.replies(card, 1)
    assert "快件已发往 广州分拨中心" in words(reply)


async def test_a_message_is_never_believed(harness: BotHarness) -> None:
    """What it claims is not told: the order is read again, and there is nothing new."""
    assert "Watching" in await harness.ask(f"/panda watch {ORDER}")
    [card] = harness.channel("#orders")
    body = {**TRACE, "messageBody": {"orderId": ORDER, "orderStatus": "SIGN", "remark": "<!channel> delivered"}}
    assert await push(harness, body) == 200
    await harness.several_ticks(8)
    assert harness.thread(card) == []


async def test_the_same_message_is_kept_once(harness: BotHarness) -> None:
    """At least once means sometimes twice: the second is acknowledged and changes nothing."""
    await harness.ask(f"/panda watch {ORDER}")
    for _ in range(3):
        assert await push(harness, {**TRACE, "messageBody": {"orderId": ORDER}}) == 200
    await harness.several_ticks()
    assert sum((await inbox(harness)).values()) == 1


async def test_unknown_orders_and_types_are_counted(harness: BotHarness) -> None:
    """They are acknowledged, looked at, counted and dropped."""
    await harness.ask(f"/panda watch {ORDER}")
    assert await push(harness, {**TRACE, "messageBody": {"orderId": "9999999999999999999"}}) == 200
    assert await push(harness, {"messageType": "TAOBAO_NEVER_SEEN", "messageBody": {"orderId": ORDER}}) == 200
    assert await push(harness, {"messagePlatform": 0}) == 200
    await harness.several_ticks(12)
    assert await inbox(harness) == {"unknown order": 2, "unknown type": 1}
    answer = await harness.ask("/panda status")
    assert "pushed 3 messages" in answer
    assert "2 about orders not watched here, 1 of an unknown type (`NEVER_SEEN`)" in answer


async def test_the_same_words_later_are_another_event(harness: BotHarness) -> None:
    """A body without a time says the same of the next scan: only a repeat within seconds is one and the same."""
    assert "Watching" in await harness.ask(f"/panda watch {ORDER}")
    [card] = harness.channel("#orders")
    await harness.several_ticks()  # the first poll is past
    body = {"messageType": "1688_LOGISTICS_BUYER_VIEW_TRACE", "messageBody": {"orderId": ORDER}}
    for number, place in enumerate(("广州", "杭州"), 1):
        harness.scan(f"快件已发往 {place}分拨中心")
        assert await push(harness, body) == 200
        assert await push(harness, body) == 200
        await harness.replies(card, number)
        assert (await inbox(harness)) == {"looked at": 1}
        harness.clock.advance(timedelta(minutes=3))


async def test_a_type_that_is_no_text_is_kept_and_counted(harness: BotHarness) -> None:
    """Half a sign of a pair is no reason to lose the message."""
    await harness.ask(f"/panda watch {ORDER}")
    assert await push(harness, b'{"messageType": "\\ud800", "messageBody": {"orderId": "%s"}}' % ORDER.encode()) == 200
    await harness.until(lambda: harness.bot is not None and not harness.bot.inbox._polling.locked())
    await harness.several_ticks(12)
    assert await inbox(harness) == {"unknown type": 1}


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_without_the_token_no_method_finds_the_address(harness: BotHarness, method: str) -> None:
    """The address answers as any that is not there; with the token, what it does not take is 405."""
    assert harness.bot is not None
    url = f"http://127.0.0.1:{harness.bot.http_port}/pandapon/callbacks/"
    async with aiohttp.ClientSession() as session:
        async with session.request(method, url + "wrong") as answer:
            assert answer.status == 404
        async with session.request(method, url + CALLBACK_TOKEN) as answer:
            assert answer.status == (200 if method in {"GET", "HEAD"} else 405)


@pytest.mark.parametrize("token", ["", "wrong", "house-callback-token-012345678", CALLBACK_TOKEN + "0", "%00", "../x"])
async def test_a_wrong_token_finds_nothing(harness: BotHarness, token: str) -> None:
    """It is 404, as for any address that is not there, and nothing is kept."""
    assert await push(harness, {**TRACE, "messageBody": {"orderId": ORDER}}, token=token) == 404
    assert await inbox(harness) == {}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"not json", 400),
        (b"[1, 2]", 400),
        (b'"still not an object"', 400),
        (b"[" * 100_000, 400),
        (b'{"messageBody": "' + b"x" * 300_000 + b'"}', 413),
        (b"\xff\xfe\x00", 400),
        (b'"{\\ud800}"', 400),
        (b"a=1&b=2", 400),
        (b"message=%7Bbroken", 400),
    ],
    ids=[
        "text",
        "list",
        "string",
        "deep",
        "too large",
        "not utf-8",
        "half a sign",
        "form",
        "broken form",
    ],
)
async def test_malformed_messages_are_refused(harness: BotHarness, body: bytes, status: int) -> None:
    """One clear status, and nothing is kept."""
    assert await push(harness, body) == status
    assert await inbox(harness) == {}


async def test_the_token_reaches_no_log(harness: BotHarness, caplog: pytest.LogCaptureFixture) -> None:
    """Neither a right nor a wrong message leaves its address or contents in the log, at any level."""
    caplog.set_level(logging.DEBUG)
    await push(harness, {**TRACE, "messageBody": {"orderId": ORDER, "receiver": "梅小姐 13812345678"}})
    await push(harness, b"not json")
    await push(harness, {}, token="guessed-callback-token-0123456789")
    await harness.several_ticks()
    assert CALLBACK_TOKEN not in caplog.text
    assert "guessed-callback-token" not in caplog.text
    assert "梅小姐" not in caplog.text


async def test_a_restart_looks_at_what_was_kept(harness: BotHarness) -> None:
    """A message that was acknowledged and not looked at survives the process."""
    assert "Watching" in await harness.ask(f"/panda watch {ORDER}")
    [card] = harness.channel("#orders")
    assert harness.bot is not None
    harness.bot.inbox.wake = lambda: None  # type: ignore[method-assign]  # the test replaces it
    harness.bot.scheduler.pause()
    harness.bot.inbox._poll_now = None  # type: ignore[assignment]  # the test takes it away
    harness.scan("快件已发往 广州分拨中心")
    await harness.bot.store.inbox.put(_hint(harness))
    await harness.stop_bot()
    await harness.start_bot()
    await harness.replies(card, 1)


def _hint(harness: BotHarness) -> Any:
    return PushMessage("one", "LOGISTICS_BUYER_VIEW_TRACE", (ORDER,), harness.clock())


async def test_price_and_refund_are_news(harness: BotHarness) -> None:
    """From the order as it was read again: the amounts before and after, and the refund's state in words."""
    unpaid = "2542285634920889990"
    assert "Watching" in await harness.ask(f"/panda watch {unpaid} milestones")
    [card] = harness.channel("#orders")
    order = harness.world.orders[unpaid]
    order.lines[0] = replace(order.lines[0], price=order.lines[0].price + Decimal(10))
    assert await push(harness, {"messageType": "1688_ORDER_BUYER_VIEW_ORDER_PRICE_MODIFY", "orderId": unpaid}) == 200
    [reply] = await harness.replies(card, 1)
    assert "Price changed" in words(reply)
    assert "→" in words(reply)


async def test_a_taobao_sub_order_is_found(harness: BotHarness) -> None:
    """A message may name the sub-order only."""
    assert "Watching" in await harness.ask(f"/panda watch {TAOBAO}")
    [card] = harness.channel("#orders")
    sub_order = harness.world.orders[TAOBAO].lines[0].sub_order
    harness.world.add_node(TAOBAO, "【北京市】 快件已发往 广州中心")
    body = {"messageType": "TAOBAO_ORDER_STATUS", "messageBody": {"purchase_order_line_outer_id": sub_order}}
    assert await push(harness, body) == 200
    await harness.replies(card, 1)


async def test_metrics_hold_figures_and_no_names(harness: BotHarness) -> None:
    """What Prometheus reads: figures by state, and neither ids nor channels."""
    await harness.ask(f"/panda watch {ORDER}")
    assert harness.bot is not None
    url = f"http://127.0.0.1:{harness.bot.http_port}/metrics"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        text = await answer.text()
    assert "pandabot_watches 1" in text
    assert 'pandabot_posts{state="failed"} 0' in text
    assert ORDER not in text


# --- the stand-in pushes by itself ------------------------------------------------------------------------------------


def pushing(harness: BotHarness, **faults: bool) -> Pushes:
    """A sender of the world's changes to the bot that runs now."""
    assert harness.bot is not None
    url = f"http://127.0.0.1:{harness.bot.http_port}/pandapon/callbacks/{CALLBACK_TOKEN}"
    return Pushes(harness.world, harness.clock, url, faults=PushFaults(**faults))


@pytest.mark.parametrize(
    "faults",
    [{}, {"duplicate": True}, {"mixed": True}, {"as_text": True}, {"duplicate": True, "mixed": True}],
    ids=["well", "twice", "mixed up", "as text", "twice and mixed up"],
)
async def test_pushed_scans_are_told_once(harness: BotHarness, faults: dict[str, bool]) -> None:
    """Whatever happens to the messages on their way, each scan is told once, long before its poll would be due."""
    assert "Watching" in await harness.ask(f"/panda watch {ORDER} {TAOBAO}")
    cards = harness.channel("#orders")
    await harness.several_ticks()  # the first poll is past
    async with pushing(harness, **faults) as pushes:
        harness.scan("第一站：快件已发往 广州分拨中心")
        harness.world.add_node(TAOBAO, "【北京市】 第一站：快件已发往 广州中心")
        for card in cards:
            await harness.until(lambda card=card: "第一站" in str([words(m) for m in harness.thread(card)]))  # type: ignore[misc]  # mypy knows no defaults in lambdas
        await harness.several_ticks()
        assert len(pushes.sent) == 2
        assert all(push.arrived for push in pushes.sent)
    for card in cards:
        assert sum("第一站" in words(message) for message in harness.thread(card)) == 1


async def test_lost_messages_are_caught_up_by_the_poll(harness: BotHarness) -> None:
    """A push that never comes costs time, not news: the order is read when it is due."""
    assert "Watching" in await harness.ask(f"/panda watch {ORDER}")
    [card] = harness.channel("#orders")
    await harness.several_ticks()  # the first poll is past
    async with pushing(harness, lost=True) as pushes:
        harness.scan("快件已发往 广州分拨中心")
        await harness.until(lambda: bool(pushes.sent))
        await harness.several_ticks()
        assert harness.thread(card) == []
        harness.clock.advance(timedelta(hours=2))
        [reply] = await harness.replies(card, 1)
    assert "快件已发往 广州分拨中心" in words(reply)


async def test_after_downtime_the_poll_catches_up(harness: BotHarness) -> None:
    """The sender gives up after five repeats while the bot is down; nothing is lost, and nothing is told twice."""
    assert "Watching" in await harness.ask(f"/panda watch {ORDER}")
    [card] = harness.channel("#orders")
    await harness.several_ticks()
    async with pushing(harness) as pushes:
        await harness.stop_bot()
        harness.scan("快件已发往 广州分拨中心")
        await harness.until(lambda: any(len(push.statuses) == 6 for push in pushes.sent))
        assert not pushes.sent[0].arrived
        harness.clock.advance(timedelta(hours=2))
        await harness.start_bot()
        await harness.replies(card, 1)
        await harness.several_ticks()
    assert len(harness.thread(card)) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
async def test_the_console_s_verification_is_answered(harness: BotHarness, method: str) -> None:
    """The vendor saves an address that answers 200 to a request of a form it does not state; nothing is kept of it."""
    assert harness.bot is not None
    base = f"http://127.0.0.1:{harness.bot.http_port}/pandapon/callbacks"
    async with aiohttp.ClientSession() as session:
        for token, status in ((CALLBACK_TOKEN, 200), ("guessed-callback-token-0123456789", 404)):
            async with session.request(method, f"{base}/{token}") as answer:
                assert answer.status == status
    assert await inbox(harness) == {}
