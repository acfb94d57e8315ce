"""Faults: Slack or PandaPon slow, failing, lying or gone; nothing is lost and nothing is said twice."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import aiohttp
import pytest
from support.house import ORDER, SIGNING, House, running, words

from bot.jobs import lookup
from sandbox.pandapon.demo import TAOBAO
from sandbox.slack.delivery import post_signed
from sandbox.slack.faults import Fault
from storage import channels
from storage.errors import DiskFullError, StorageError
from tracking.channel_settings import ChannelSettings
from tracking.daily_digest import DailyDigest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sandbox.slack.workspace import Message


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Both stand-ins and the production bot between them."""
    async with running(tmp_path) as one:
        yield one


async def watched(house: House) -> Message:
    """Watch the order and return its card."""
    assert "Watching" in await house.ask(f"/panda watch {ORDER}")
    [card] = house.channel("#orders")
    return card


async def told_once(house: House, card: Message, *texts: str) -> None:
    """Each text stands in exactly one reply, in this order."""
    await house.until(lambda: all(any(t in words(m) for m in house.thread(card)) for t in texts))
    await house.several_ticks()
    replies = [words(message) for message in house.thread(card)]
    positions = []
    for text in texts:
        holders = [position for position, reply in enumerate(replies) if text in reply]
        assert len(holders) == 1, (text, replies)
        positions += holders
    assert positions == sorted(positions)


async def test_a_refused_token_is_told_and_news_waits_for_a_good_one(house: House) -> None:
    """No channel is given up for it: the status and /readyz say what is wrong, and the news comes once it is mended."""
    card = await watched(house)
    assert house.bot is not None
    refused = Fault("*", times=10_000, error="token_revoked")
    house.slack.faults.plan(refused)
    house.scan("快件已发往 广州分拨中心")
    await house.until(lambda: house.bot is not None and house.bot.deliverer.failures.token_refused == "token_revoked")
    status = await house.ask("/panda status")
    assert "Not everything is well" in status
    assert "token_revoked" in status
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{house.bot.http_port}/readyz") as answer,
    ):
        assert answer.status == 503
        assert "token_revoked" in (await answer.json())["reason"]
    assert "installed again" in await house.ask(f"/panda watch {TAOBAO}", channel="#urgent")
    house.slack.faults.clear()
    house.clock.advance(timedelta(minutes=6))
    await told_once(house, card, "快件已发往 广州分拨中心")
    assert "All is well" in await house.ask("/panda status")


async def test_a_stop_that_fails_in_one_place_closes_all_the_same(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack's socket may refuse to close; the database is closed, and the next start takes it over."""
    card = await watched(house)
    assert house.bot is not None
    bot = house.bot

    async def refuses() -> None:
        raise OSError("cannot close")

    assert bot._socket is not None
    close = bot._socket.close_async
    monkeypatch.setattr(bot._socket, "close_async", refuses)
    with pytest.raises(OSError, match="cannot close"):
        await bot.stop()
    await close()  # type: ignore[no-untyped-call]
    with pytest.raises(StorageError):
        await bot.store.upkeep.health(house.clock())
    house.bot = None
    await house.start_bot()
    house.scan("快件已发往 广州分拨中心")
    await told_once(house, card, "快件已发往 广州分拨中心")


async def test_a_full_disk_withholds_no_answer(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """That a command cannot be noted as delivered is no reason not to answer it."""
    await watched(house)
    assert house.bot is not None

    async def full(*_facts: object) -> bool:
        raise DiskFullError("database or disk is full")

    monkeypatch.setattr(house.bot.store.people, "first_seen", full)
    assert ORDER in await house.ask("/panda watches")


async def test_a_post_that_cannot_be_composed_stands_in_nobodys_way(house: House) -> None:
    """A row that another version wrote is given up, and the news behind it comes."""
    card = await watched(house)
    assert house.bot is not None
    now = house.clock()

    def put(conn: sqlite3.Connection) -> None:
        channels.save_settings(conn, now, card.channel, ChannelSettings(), "U0MEI00001")
        assert channels.put_daily_digest(conn, now, card.channel, "2026-03-02", DailyDigest("2026-03-02"))
        conn.execute("""UPDATE outbox SET payload = '{"from": "another version"}' WHERE kind = 'daily_digest'""")

    await house.bot.store.thread.run(put)
    house.scan("快件已发往 广州分拨中心")
    await told_once(house, card, "快件已发往 广州分拨中心")
    assert "1 was refused" in await house.ask("/panda status")


# --- Slack ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        Fault("chat.postMessage", times=2, status=503),
        Fault("chat.postMessage", times=1, status=500, applied=True),
        Fault("chat.postMessage", times=1, drop=True),
        Fault("chat.postMessage", times=1, drop=True, applied=True),
        Fault("chat.postMessage", times=1, retry_after=1),
        Fault("chat.postMessage", times=1, error="internal_error"),
        Fault("chat.postMessage", times=1, error="invalid_blocks"),
    ],
    ids=["503 twice", "500 but stored", "dropped", "dropped but stored", "429", "internal_error", "invalid_blocks"],
)
async def test_a_failing_post_is_told_once(house: House, fault: Fault) -> None:
    """Whatever Slack does to one post, the reader sees it once and in order."""
    card = await watched(house)
    house.slack.faults.plan(fault)
    house.scan("第一站：快件已发往 广州分拨中心")
    await house.until(lambda: any(call.method == "chat.postMessage" for call in house.slack.calls[-8:]))
    await house.several_ticks()
    house.scan("第二站：快件已到达 广州分拨中心")
    await told_once(house, card, "第一站", "第二站")


NO_TS = [
    '{"ok": true}',
    '{"ok": true, "ts": null}',
    '{"ok": true, "ts": ""}',
    '{"ok": true, "ts": 5}',
    '{"ok": true, "ts": "None"}',
]


@pytest.mark.parametrize("answer", NO_TS)
@pytest.mark.parametrize("applied", [True, False], ids=["stored", "lost"])
async def test_a_post_without_ts_is_looked_up(house: House, answer: str, applied: bool) -> None:
    """Slack says ok and not under which ts: the channel is searched, and the reader sees the news once."""
    card = await watched(house)
    house.slack.faults.plan(Fault("chat.postMessage", text=answer, applied=applied))
    house.scan("第一站：快件已发往 广州分拨中心")
    await house.until(lambda: any(call.method == "conversations.replies" for call in house.slack.calls))
    house.clock.advance(timedelta(seconds=30))
    await told_once(house, card, "第一站")
    with closing(sqlite3.connect(house.settings.database_path)) as conn:
        times = [ts for (ts,) in conn.execute("SELECT ts FROM outbox WHERE state = 'sent'")]
    assert times
    assert all(ts.replace(".", "").isdecimal() for ts in times)


async def test_a_card_without_ts_is_looked_up(house: House) -> None:
    """News comes into its thread, which needs its ts."""
    house.slack.faults.plan(Fault("chat.postMessage", text='{"ok": true}', applied=True))
    await house.ask(f"/panda watch {ORDER}")
    house.scan("快件已发往 广州分拨中心")
    [card] = [message for message in house.channel("#orders") if not message.thread_ts]
    await told_once(house, card, "快件已发往 广州分拨中心")


async def lost_in_doubt(house: House, refusal: Fault) -> None:
    """A reply whose answer was lost, and the search for it meets this; another order of the channel is watched too."""
    assert "Watching" in await house.ask(f"/panda watch {TAOBAO}")
    house.slack.faults.plan(Fault("chat.postMessage", times=1, drop=True))
    house.slack.faults.plan(refusal)
    house.scan("第一站：快件已发往 广州分拨中心")
    await house.until(lambda: any(call.method == refusal.method for call in house.slack.calls))


async def test_a_reply_in_doubt_under_a_deleted_card_blocks_nobody(house: House) -> None:
    """Its thread is gone and it is not in the channel: it is told once, and the other order's news comes."""
    card = await watched(house)
    await lost_in_doubt(house, Fault("conversations.replies", times=2, drop=True))  # the SDK tries twice
    await house.until(lambda: any(call.method == "chat.update" for call in house.slack.calls))  # else that notices it
    house.slack.workspace.remove(card)
    house.clock.advance(timedelta(seconds=30))
    house.world.add_node(TAOBAO, "别的订单 快件已发往")
    other = next(m for m in house.channel("#orders") if not m.thread_ts)
    await told_once(house, other, "别的订单")
    assert sum("第一站" in words(m) for m in house.channel("#orders")) == 1


@pytest.mark.parametrize("method", ["conversations.replies", "conversations.history"])
async def test_a_search_that_is_refused_for_good_blocks_nobody(house: House, method: str) -> None:
    """Slack will never show that history: the post is sent, which may repeat it, and the others' news comes."""
    card = await watched(house)
    await lost_in_doubt(house, Fault(method, times=10_000, error="enterprise_is_restricted"))
    house.world.add_node(TAOBAO, "别的订单 快件已发往")
    other = next(m for m in house.channel("#orders") if not m.thread_ts and m is not card)
    await told_once(house, card, "第一站")
    await told_once(house, other, "别的订单")


async def test_a_search_that_keeps_failing_is_tried_less_and_less_often(house: House) -> None:
    """Nothing is sent before it is known whether it stands there, and Slack is not asked every second."""
    card = await watched(house)

    def searches() -> int:
        return sum(call.method == "conversations.replies" for call in house.slack.calls)

    house.slack.faults.plan(Fault("chat.postMessage", times=1, drop=True, applied=True))
    house.slack.faults.plan(Fault("conversations.replies", times=10_000, status=503))
    house.scan("第一站：快件已发往 广州分拨中心")
    for _ in range(8):
        house.clock.advance(timedelta(seconds=5))
        await asyncio.sleep(0.6)  # the delivery looks twice a second
    assert 2 <= searches() <= 5
    house.slack.faults.clear()
    house.clock.advance(timedelta(minutes=6))
    before = searches()
    await house.until(lambda: searches() > before)
    await told_once(house, card, "第一站")


def chatter(house: House, count: int) -> None:
    """People talk in #orders."""
    workspace = house.slack.workspace
    for number in range(count):
        workspace.post(workspace.channel("#orders"), workspace.user("tom").id, f"{number}")


@pytest.mark.parametrize("hours", [2, 0], ids=["over two hours", "at once"])
async def test_a_long_weekend_of_chatter_hides_no_post(
    house: House, hours: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The search ends an hour after the post was claimed. More than it looks through in that hour may repeat it."""
    monkeypatch.setattr(lookup, "PAGES", 2)
    card = await watched(house)
    assert house.bot is not None
    await house.bot.store.channels.save_settings(
        house.clock(), card.channel, ChannelSettings(threads="channel"), "U0MEI00001"
    )

    def searches() -> int:
        return sum(call.method == "conversations.history" and bool(call.answer.get("ok")) for call in house.slack.calls)

    house.slack.faults.plan(Fault("chat.postMessage", times=1, drop=True, applied=True))
    house.slack.faults.plan(Fault("conversations.history", times=10_000, status=503))
    house.scan("第一站：快件已发往 广州分拨中心")
    await house.until(lambda: any(call.method == "conversations.history" for call in house.slack.calls))
    house.clock.advance(timedelta(hours=hours))
    chatter(house, 450)
    house.slack.faults.clear()
    house.clock.advance(timedelta(minutes=6))
    await house.until(lambda: searches() == (1 if hours else 2))
    await house.several_ticks(8)
    told = sum("第一站" in words(m) for m in house.channel("#orders") if m.ts != card.ts)
    assert (told, "may repeat" in caplog.text) == ((1, False) if hours else (2, True))


async def test_a_card_that_was_stored_without_an_answer_is_found_again(house: House) -> None:
    """The card's own post may be the ambiguous one; there is still one card, and the watch knows it."""
    house.slack.faults.plan(Fault("chat.postMessage", status=500, applied=True))
    await house.ask(f"/panda watch {ORDER}")
    await house.until(lambda: len(house.channel("#orders")) == 1)
    [card] = house.channel("#orders")
    house.scan("快件已发往 广州分拨中心")
    await told_once(house, card, "快件已发往 广州分拨中心")
    assert len([m for m in house.channel("#orders") if not m.thread_ts]) == 1


async def test_slack_down_for_a_while_loses_nothing(house: House) -> None:
    """News found while Slack is gone is told when it is back, in order."""
    card = await watched(house)
    house.slack.faults.down = True
    house.scan("第一站：快件已发往 广州分拨中心")
    await house.several_ticks()
    house.scan("第二站：快件已到达 广州分拨中心")
    await house.several_ticks()
    assert house.thread(card) == []
    house.slack.faults.down = False
    await told_once(house, card, "第一站", "第二站")


async def test_a_stop_between_post_and_record_repeats_nothing(house: House) -> None:
    """The process dies after Slack took the message and before that was written down."""
    card = await watched(house)
    assert house.bot is not None
    store, died = house.bot.store, asyncio.Event()

    async def die(*_: object) -> bool:
        died.set()
        await asyncio.Event().wait()
        return False

    store.outbox.mark_sent = die  # type: ignore[assignment]
    house.scan("快件已发往 广州分拨中心")
    await asyncio.wait_for(died.wait(), 5)
    for task in [*house.bot.deliverer._in_flight.values()]:
        task.cancel()
    await house.stop_bot()
    await house.start_bot()
    await told_once(house, card, "快件已发往 广州分拨中心")


async def test_a_channel_that_is_gone_pauses_its_watches(house: House) -> None:
    """An archived channel keeps its watches, with the reason; resuming brings the news."""
    await watched(house)
    house.slack.workspace.channel("orders").is_archived = True
    house.scan("快件已发往 广州分拨中心")
    await house.until(lambda: any(call.answer.get("error") == "is_archived" for call in house.slack.calls))
    await house.several_ticks()
    assert "archived" in await house.ask("/panda watches")
    house.slack.workspace.channel("orders").is_archived = False
    await house.press("Resume")
    [card] = [message for message in house.channel("#orders") if not message.thread_ts]
    await told_once(house, card, "快件已发往 广州分拨中心")


# --- PandaPon -------------------------------------------------------------------------------------------------------


async def test_a_slow_pandapon_gets_a_working_line_first(house: House) -> None:
    """The command is acknowledged at once, a working line follows, then the answer below it."""
    house.pandapon.faults.delay = 1.6
    began = time.perf_counter()
    ack = await house.type(f"/panda track {ORDER}")
    assert ack.ok
    assert time.perf_counter() - began < 0.5
    await house.until(lambda: bool(house.private()))
    assert "Asking PandaPon" in house.private()[-1].text
    await house.until(lambda: ORDER in words(house.private()[-1]))
    assert len(house.private()) == 2


@pytest.mark.parametrize(
    "fault", [{"status": 503}, {"malformed": True}, {"wrong_types": True}, {"rate_limited": 1}, {"down": True}]
)
async def test_a_failing_pandapon_is_said_in_words(house: House, fault: dict[str, object]) -> None:
    """Every way of failing becomes one sentence that names PandaPon; no stack trace, no silence."""
    for name, value in fault.items():
        setattr(house.pandapon.faults, name, value)
    answer = await house.ask(f"/panda track {ORDER}")
    assert "PandaPon" in answer
    assert "Traceback" not in answer
    assert "incident" not in answer.casefold()


async def test_a_watched_order_is_shown_from_the_store_while_pandapon_is_down(house: House) -> None:
    """The last state stays readable, marked with since when it is old."""
    await watched(house)
    house.pandapon.faults.down = True
    answer = await house.ask(f"/panda track {ORDER}")
    assert "78012345678901" in answer
    assert "has not answered" in answer


@pytest.mark.parametrize(
    "fault", [{"status": 503}, {"malformed": True}, {"wrong_types": True}, {"empty": True}, {"down": True}]
)
async def test_an_outage_announces_nothing_and_loses_nothing(house: House, fault: dict[str, object]) -> None:
    """A failed or empty reading deletes nothing: afterwards only what is really new is told."""
    card = await watched(house)
    house.scan("第一站：快件已发往 广州分拨中心")
    await house.replies(card, 1)
    for name, value in fault.items():
        setattr(house.pandapon.faults, name, value)
    await house.several_ticks(3)
    house.pandapon.faults.clear()
    house.scan("第二站：快件已到达 广州分拨中心")
    assert house.bot is not None
    await house.until(lambda: len(house.thread(card)) > 1, patience=20)
    await told_once(house, card, "第一站", "第二站")


async def test_a_clock_nine_minutes_off_is_still_accepted(house: House) -> None:
    """Nine minutes are within the API's ten; eleven are corrected by the server's own clock."""
    for minutes in (9, -9, 25):
        house.pandapon.faults.clock_skew = timedelta(minutes=minutes)
        assert ORDER in await house.ask(f"/panda order {ORDER}")


async def test_hostile_words_are_shown_harmlessly(house: House) -> None:
    """Remote text cannot mention, link, format, flood or turn the line around."""
    card = await watched(house)
    house.scan(
        "<!channel> <https://evil.example|click> *bold* _it_ ~no~ `code` \u202e反 <@U0TOM00002> & " + "长" * 10_000
    )
    [reply] = await house.replies(card, 1)
    for part in (reply.text, words(reply)):
        assert "<!channel>" not in part
        assert "<https://evil" not in part
        assert "<@U0TOM00002>" not in part.replace("<@U0MEI00001>", "")
        assert "\u202e" not in part
    assert len(reply.text) < 4000


async def test_phone_numbers_of_couriers_are_masked(house: House) -> None:
    """A courier's number is nobody's business in a channel."""
    card = await watched(house)
    house.scan("快件正在派送中，派送员：张三 13812345678", status="DELIVERING")
    [reply] = await house.replies(card, 1)
    assert "13812345678" not in reply.text + words(reply)
    assert "张三" in words(reply)


# --- the signature of Slack's requests --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("secret", "shift", "status"),
    [(SIGNING, 0, 200), ("another-secret", 0, 401), (SIGNING, -301, 401), (SIGNING, 301, 401)],
    ids=["right", "bad secret", "stale", "from the future"],
)
async def test_slacks_signature_is_verified(tmp_path: Path, secret: str, shift: float, status: int) -> None:
    """HTTP mode takes only what Slack signed within five minutes."""
    async with running(tmp_path, mode="http") as house, aiohttp.ClientSession() as session:
        payload = {"command": "/panda", "text": "help", "user_id": "U0MEI00001", "channel_id": "C0ORDERS01"}
        payload |= {"trigger_id": "1.2.3", "response_url": house.slack.base_url + "/commands/x", "team_id": "T0PANDA01"}
        ack = await post_signed(
            session, house.slack.request_url, secret, "slash_commands", payload, 3, sent_at=time.time() + shift
        )
        assert ack.status == status


async def test_health_and_readiness_are_told(tmp_path: Path) -> None:
    """/healthz is about the process, /readyz about its connections; neither shows a secret."""
    async with running(tmp_path) as house, aiohttp.ClientSession() as session:
        assert house.bot is not None
        base = f"http://127.0.0.1:{house.bot.http_port}"
        async with session.get(f"{base}/healthz") as answer:
            assert answer.status == 200
        async with session.get(f"{base}/readyz") as answer:
            assert answer.status == 200
            assert (await answer.json())["status"] == "ready"
        await house.slack.sockets.close()
        house.slack.faults.down = True
        await asyncio.sleep(0.1)
        async with session.get(f"{base}/readyz") as answer:
            assert answer.status == 503
        house.slack.faults.down = False
