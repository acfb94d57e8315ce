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
from slack_sdk.errors import SlackApiError
from support.bot_harness import ORDER, SIGNING, BotHarness, running, words
from support.patience import in_time

from bot.jobs import lookup
from bot.jobs.deliver import LEASE
from handlers.blocks.text import short_id
from sandbox.pandapon.demo import TAOBAO
from sandbox.slack.delivery import post_signed
from sandbox.slack.faults import Fault
from storage import channels
from storage.errors import DiskFullError, StorageError
from storage.post import PostKind, PostState
from tracking.channel_settings import ChannelSettings
from tracking.daily_digest import DailyDigest

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from bot.jobs.sender import Sent
    from handlers.blocks.message import Message as Note
    from sandbox.slack.workspace import Message
    from storage.connection import Connection
    from storage.post import Post


async def watched(harness: BotHarness) -> Message:
    """Watch the order and return its card."""
    assert "Watching" in await harness.ask(f"/panda watch {ORDER}")
    [card] = harness.channel("#orders")
    return card


async def test_an_order_whose_row_is_damaged_is_still_read_for_people(harness: BotHarness) -> None:
    """Its present state comes from PandaPon; only while PandaPon fails, too, there is nothing to show."""
    await watched(harness)
    assert harness.bot is not None
    await harness.bot.store.engine.run(lambda conn: conn.execute("UPDATE orders SET order_json = 'x'"))
    for command in ("track", "order"):
        assert "In transit" in await harness.ask(f"/panda {command} {ORDER}")
    harness.pandapon.faults.down = True
    assert "PandaPon can't be reached right now." in await harness.ask(f"/panda track {ORDER}")


async def told_once(harness: BotHarness, card: Message, *texts: str) -> None:
    """Each text stands in exactly one reply, in this order."""
    await harness.until(lambda: all(any(t in words(m) for m in harness.thread(card)) for t in texts))
    await harness.several_ticks()
    replies = [words(message) for message in harness.thread(card)]
    positions = []
    for text in texts:
        holders = [position for position, reply in enumerate(replies) if text in reply]
        assert len(holders) == 1, (text, replies)
        positions += holders
    assert positions == sorted(positions)


async def test_a_refused_token_is_told_and_news_waits_for_a_good_one(harness: BotHarness) -> None:
    """No channel is given up for it: the status and /readyz say what is wrong, and the news comes once it is mended."""
    card = await watched(harness)
    assert harness.bot is not None
    refused = Fault("*", times=10_000, error="token_revoked")
    harness.slack.faults.plan(refused)
    harness.scan("快件已发往 广州分拨中心")
    await harness.until(
        lambda: harness.bot is not None and harness.bot.deliverer.failures.token_refused == "token_revoked"
    )
    status = await harness.ask("/panda status")
    assert "Some things need attention" in status
    assert "token_revoked" in status
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{harness.bot.http_port}/readyz") as answer,
    ):
        assert answer.status == 503
        assert "token_revoked" in (await answer.json())["reason"]
    assert "installed again" in await harness.ask(f"/panda watch {TAOBAO}", channel="#urgent")
    harness.slack.faults.clear()
    harness.clock.advance(timedelta(minutes=6))
    await told_once(harness, card, "快件已发往 广州分拨中心")
    assert "running normally" in await harness.ask("/panda status")


async def test_a_stop_that_fails_in_one_place_closes_all_the_same(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack's socket may refuse to close; the database is closed, and the next start takes it over."""
    card = await watched(harness)
    assert harness.bot is not None
    bot = harness.bot

    async def refuses() -> None:
        raise OSError("cannot close")

    assert bot._socket is not None
    close = bot._socket.close_async
    monkeypatch.setattr(bot._socket, "close_async", refuses)
    with pytest.raises(OSError, match="cannot close"):
        await bot.stop()
    await close()  # type: ignore[no-untyped-call]  # slack_bolt leaves it untyped
    with pytest.raises(StorageError):
        await bot.store.upkeep.health(harness.clock())
    harness.bot = None
    await harness.start_bot()
    harness.scan("快件已发往 广州分拨中心")
    await told_once(harness, card, "快件已发往 广州分拨中心")


async def test_a_full_disk_withholds_no_answer(harness: BotHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """That a command cannot be noted as delivered is no reason not to answer it."""
    await watched(harness)
    assert harness.bot is not None

    async def full(*_facts: object) -> bool:
        raise DiskFullError("database or disk is full")

    monkeypatch.setattr(harness.bot.store.people, "first_seen", full)
    assert short_id(ORDER) in await harness.ask("/panda watches")


async def test_a_post_that_cannot_be_composed_stands_in_nobodys_way(harness: BotHarness) -> None:
    """A row that another version wrote is given up, and the news behind it comes."""
    card = await watched(harness)
    assert harness.bot is not None
    now = harness.clock()

    def put(conn: Connection) -> None:
        channels.save_settings(conn, now, card.channel, ChannelSettings(), "U0MEI00001")
        assert channels.put_daily_digest(conn, now, card.channel, "2026-03-02", DailyDigest("2026-03-02"))
        conn.execute("""UPDATE outbox SET payload = '{"from": "another version"}' WHERE kind = 'daily_digest'""")

    await harness.bot.store.engine.run(put)
    harness.scan("快件已发往 广州分拨中心")
    await told_once(harness, card, "快件已发往 广州分拨中心")
    assert "1 refused" in await harness.ask("/panda status")


async def test_a_post_on_which_the_delivery_breaks_is_given_up(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried ever less often and given up at last; what waits behind it comes."""
    card = await watched(harness)
    assert harness.bot is not None
    sender = harness.bot.deliverer._sender
    send, tries = sender.send, []

    async def breaks(post: Post, message: Note) -> Sent:
        if post.kind is PostKind.NEWS and "第一站" in message.text:
            tries.append(post.id)
            raise ZeroDivisionError
        return await send(post, message)

    monkeypatch.setattr(sender, "send", breaks)
    harness.scan("第一站：快件已发往 广州分拨中心")
    await harness.until(lambda: tries)
    harness.scan("第二站：快件已到达 广州分拨中心")

    def goes_on() -> bool:
        harness.clock.advance(timedelta(seconds=20))
        return any("第二站" in words(message) for message in harness.thread(card))

    await harness.until(goes_on)
    assert len(tries) == 7
    assert "1 refused" in await harness.ask("/panda status")


async def test_one_unreadable_piece_of_a_batch_takes_no_other_with_it(tmp_path: Path) -> None:
    """The message tells the others, and the piece alone is given up."""
    async with running(tmp_path, digest_from=2) as harness:
        card = await watched(harness)
        assert harness.bot is not None
        harness.slack.faults.plan(Fault("chat.postMessage", times=1, retry_after=60))

        def news(conn: Connection) -> list[str]:
            return [key for (key,) in conn.execute("SELECT event_id FROM news ORDER BY id")]

        known: list[str] = []
        for count, text in enumerate(("第一站：快件已发往", "第二站：快件已发往", "第三站：快件已发往"), 1):
            harness.scan(text)
            while len(known) < count:
                await asyncio.sleep(0.05)
                known = await harness.bot.store.engine.run(news)
        spoil = "UPDATE news SET payload = ? WHERE event_id = ?"
        await harness.bot.store.engine.run(lambda conn: conn.execute(spoil, (b"\x09\x01", known[1])))
        harness.clock.advance(timedelta(seconds=90))
        await told_once(harness, card, "第一站", "第三站")
        assert not any("第二站" in words(message) for message in harness.thread(card))
        assert "1 refused" in await harness.ask("/panda status")


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
async def test_a_failing_post_is_told_once(harness: BotHarness, fault: Fault) -> None:
    """Whatever Slack does to one post, the reader sees it once and in order."""
    card = await watched(harness)
    harness.slack.faults.plan(fault)
    harness.scan("第一站：快件已发往 广州分拨中心")
    await harness.until(lambda: any(call.method == "chat.postMessage" for call in harness.slack.calls[-8:]))
    await harness.several_ticks()
    harness.scan("第二站：快件已到达 广州分拨中心")
    await told_once(harness, card, "第一站", "第二站")


NO_TS = [
    '{"ok": true}',
    '{"ok": true, "ts": null}',
    '{"ok": true, "ts": ""}',
    '{"ok": true, "ts": 5}',
    '{"ok": true, "ts": "None"}',
]


@pytest.mark.parametrize("answer", NO_TS)
@pytest.mark.parametrize("applied", [True, False], ids=["stored", "lost"])
async def test_a_post_without_ts_is_looked_up(harness: BotHarness, answer: str, applied: bool) -> None:
    """Slack says ok and not under which ts: the channel is searched, and the reader sees the news once."""
    card = await watched(harness)
    harness.slack.faults.plan(Fault("chat.postMessage", text=answer, applied=applied))
    harness.scan("第一站：快件已发往 广州分拨中心")
    await harness.until(lambda: any(call.method == "conversations.replies" for call in harness.slack.calls))
    harness.clock.advance(timedelta(seconds=30))
    await told_once(harness, card, "第一站")
    with closing(sqlite3.connect(harness.settings.database_path)) as conn:
        times = [ts for (ts,) in conn.execute("SELECT ts FROM outbox WHERE state = 'sent'")]
    assert times
    assert all(ts.replace(".", "").isdecimal() for ts in times)


async def test_a_card_without_ts_is_looked_up(harness: BotHarness) -> None:
    """News comes into its thread, which needs its ts."""
    harness.slack.faults.plan(Fault("chat.postMessage", text='{"ok": true}', applied=True))
    await harness.ask(f"/panda watch {ORDER}")
    harness.scan("快件已发往 广州分拨中心")
    [card] = [message for message in harness.channel("#orders") if not message.thread_ts]
    await told_once(harness, card, "快件已发往 广州分拨中心")


async def lost_in_doubt(harness: BotHarness, refusal: Fault) -> None:
    """A reply whose answer was lost, and the search for it meets this; another order of the channel is watched too."""
    assert "Watching" in await harness.ask(f"/panda watch {TAOBAO}")
    harness.slack.faults.plan(Fault("chat.postMessage", times=1, drop=True))
    harness.slack.faults.plan(refusal)
    harness.scan("第一站：快件已发往 广州分拨中心")
    await harness.until(lambda: any(call.method == refusal.method for call in harness.slack.calls))


async def test_a_reply_in_doubt_under_a_deleted_card_blocks_nobody(harness: BotHarness) -> None:
    """Its thread is gone and it is not in the channel: it is told once, and the other order's news comes."""
    card = await watched(harness)
    await lost_in_doubt(harness, Fault("conversations.replies", times=2, drop=True))  # the SDK tries twice
    await harness.until(
        lambda: any(call.method == "chat.update" for call in harness.slack.calls)
    )  # else that notices it
    harness.slack.workspace.remove(card)
    harness.clock.advance(timedelta(seconds=30))
    harness.world.add_node(TAOBAO, "别的订单 快件已发往")
    other = next(m for m in harness.channel("#orders") if not m.thread_ts)
    await told_once(harness, other, "别的订单")
    assert sum("第一站" in words(m) for m in harness.channel("#orders")) == 1


@pytest.mark.parametrize("method", ["conversations.replies", "conversations.history"])
async def test_a_search_that_is_refused_for_good_blocks_nobody(harness: BotHarness, method: str) -> None:
    """Slack will never show that history: the post is sent, which may repeat it, and the others' news comes."""
    card = await watched(harness)
    await lost_in_doubt(harness, Fault(method, times=10_000, error="enterprise_is_restricted"))
    harness.world.add_node(TAOBAO, "别的订单 快件已发往")
    other = next(m for m in harness.channel("#orders") if not m.thread_ts and m is not card)
    await told_once(harness, card, "第一站")
    await told_once(harness, other, "别的订单")


async def test_a_search_that_keeps_failing_is_tried_less_and_less_often(harness: BotHarness) -> None:
    """Nothing is sent before it is known whether it stands there, and Slack is not asked every second."""
    card = await watched(harness)

    def searches() -> int:
        return sum(call.method == "conversations.replies" for call in harness.slack.calls)

    harness.slack.faults.plan(Fault("chat.postMessage", times=1, drop=True, applied=True))
    harness.slack.faults.plan(Fault("conversations.replies", times=10_000, status=503))
    harness.scan("第一站：快件已发往 广州分拨中心")
    for _ in range(8):
        harness.clock.advance(timedelta(seconds=5))
        await asyncio.sleep(0.6)  # the delivery looks twice a second
    assert 2 <= searches() <= 5
    harness.slack.faults.clear()
    harness.clock.advance(timedelta(minutes=6))
    before = searches()
    await harness.until(lambda: searches() > before)
    await told_once(harness, card, "第一站")


def history_answers(harness: BotHarness) -> int:
    """How often Slack has shown a part of a channel's history."""
    return sum(call.method == "conversations.history" and bool(call.answer.get("ok")) for call in harness.slack.calls)


def chatter(harness: BotHarness, count: int) -> None:
    """People talk in #orders."""
    workspace = harness.slack.workspace
    for number in range(count):
        workspace.post(workspace.channel("#orders"), workspace.user("tom").id, f"{number}")


@pytest.mark.parametrize("hours", [2, 0], ids=["over two hours", "at once"])
async def test_a_long_weekend_of_chatter_hides_no_post(
    harness: BotHarness, hours: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The search ends an hour after the post was claimed. More than it looks through in that hour may repeat it."""
    monkeypatch.setattr(lookup, "PAGES", 2)
    card = await watched(harness)
    assert harness.bot is not None
    await harness.bot.store.channels.save_settings(
        harness.clock(), card.channel, ChannelSettings(threads="channel"), "U0MEI00001"
    )

    harness.slack.faults.plan(Fault("chat.postMessage", times=1, drop=True, applied=True))
    harness.slack.faults.plan(Fault("conversations.history", times=10_000, status=503))
    harness.scan("第一站：快件已发往 广州分拨中心")
    await harness.until(lambda: any(call.method == "conversations.history" for call in harness.slack.calls))
    harness.clock.advance(timedelta(hours=hours))
    chatter(harness, 450)
    harness.slack.faults.clear()
    harness.clock.advance(timedelta(minutes=6))
    await harness.until(
        lambda: history_answers(harness) == (1 if hours else 3)
    )  # a short page first, then two long ones
    await harness.several_ticks(8)
    told = sum("第一站" in words(m) for m in harness.channel("#orders") if m.ts != card.ts)
    assert (told, "may repeat" in caplog.text) == ((1, False) if hours else (2, True))


@pytest.mark.parametrize(("busy", "applied", "asked"), [(5, True, 1), (5, False, 2), (40, True, 4), (40, False, 4)])
async def test_one_short_history_a_time_finds_it_all_the_same(
    harness: BotHarness, busy: int, applied: bool, asked: int
) -> None:
    """An app outside Slack's Marketplace gets 15 messages a minute, here a second. A pause keeps what was searched."""
    card = await watched(harness)
    assert harness.bot is not None
    await harness.bot.store.channels.save_settings(
        harness.clock(), card.channel, ChannelSettings(threads="channel"), "U0MEI00001"
    )

    harness.slack.faults.plan(Fault("chat.postMessage", times=1, drop=True, applied=applied))
    harness.slack.faults.plan(Fault("conversations.history", times=2, status=503))
    harness.scan("第一站：快件已发往 广州分拨中心")
    await harness.until(lambda: any(call.method == "conversations.history" for call in harness.slack.calls))
    chatter(harness, busy)
    harness.slack.faults.history_seconds = 1.0

    def count_told() -> int:
        return sum("第一站" in words(m) for m in harness.channel("#orders") if m.ts != card.ts)

    for _ in range(40):
        harness.clock.advance(timedelta(seconds=3))
        await asyncio.sleep(0.25)
    assert count_told() == 1
    assert history_answers(harness) == asked


async def test_a_card_that_was_stored_without_an_answer_is_found_again(harness: BotHarness) -> None:
    """The card's own post may be the ambiguous one; there is still one card, and the watch knows it."""
    harness.slack.faults.plan(Fault("chat.postMessage", status=500, applied=True))
    await harness.ask(f"/panda watch {ORDER}")
    await harness.until(lambda: len(harness.channel("#orders")) == 1)
    [card] = harness.channel("#orders")
    harness.scan("快件已发往 广州分拨中心")
    await told_once(harness, card, "快件已发往 广州分拨中心")
    assert len([m for m in harness.channel("#orders") if not m.thread_ts]) == 1


async def test_slack_down_for_a_while_loses_nothing(harness: BotHarness) -> None:
    """News found while Slack is gone is told when it is back, in order."""
    card = await watched(harness)
    harness.slack.faults.down = True
    harness.scan("第一站：快件已发往 广州分拨中心")
    await harness.several_ticks()
    harness.scan("第二站：快件已到达 广州分拨中心")
    await harness.several_ticks()
    assert harness.thread(card) == []
    harness.slack.faults.down = False
    await told_once(harness, card, "第一站", "第二站")


async def test_a_stop_between_post_and_record_repeats_nothing(harness: BotHarness) -> None:
    """The process dies after Slack took the message and before that was written down."""
    card = await watched(harness)
    assert harness.bot is not None
    store, died = harness.bot.store, asyncio.Event()

    async def die(*_: object) -> bool:
        died.set()
        await asyncio.Event().wait()
        return False

    store.outbox.mark_sent = die  # type: ignore[assignment]  # the test replaces it
    harness.scan("快件已发往 广州分拨中心")
    await in_time(died.wait())
    for task in [*harness.bot.deliverer._in_flight.values()]:
        task.cancel()
    await harness.stop_bot()
    await harness.start_bot()
    await told_once(harness, card, "快件已发往 广州分拨中心")


async def test_a_process_that_stood_still_sends_nothing_that_another_took(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its machine was suspended between the claim of a post and the call of Slack: the lease is over meanwhile."""
    card = await watched(harness)
    assert harness.bot is not None
    composer, outbox = harness.bot.deliverer._composer, harness.bot.store.outbox
    compose, stands, goes_on = composer.compose, asyncio.Event(), asyncio.Event()

    async def still(post: Post, now: datetime) -> Note | None:
        message = await compose(post, now)
        stands.set()
        await goes_on.wait()
        return message

    with monkeypatch.context() as patch:
        patch.setattr(composer, "compose", still)
        harness.scan("快件已发往 广州分拨中心")
        await in_time(stands.wait())
    harness.clock.advance(LEASE)
    [doubtful] = await outbox.claim(harness.clock(), 1, LEASE, ())
    assert doubtful.state is PostState.UNCERTAIN
    assert await outbox.mark_retry(doubtful, harness.clock(), "not found by another process")
    [sending] = await outbox.claim(harness.clock(), 1, LEASE, ())
    goes_on.set()
    await harness.several_ticks()
    assert harness.thread(card) == []
    assert await outbox.mark_retry(sending, harness.clock(), "not sent by it either")
    await told_once(harness, card, "快件已发往 广州分拨中心")


async def refused_too_late(harness: BotHarness, monkeypatch: pytest.MonkeyPatch, code: str) -> Post:
    """Slack refuses a post, and the process stands still before it handles that, until another one sends the post."""
    assert harness.bot is not None
    sender, outbox = harness.bot.deliverer._sender, harness.bot.store.outbox
    send, taken = sender.send, asyncio.get_running_loop().create_future()

    async def still(post: Post, message: Note) -> Sent:
        try:
            return await send(post, message)
        except SlackApiError:
            if not taken.done():
                harness.clock.advance(LEASE)
                [doubtful] = await outbox.claim(harness.clock(), 1, LEASE, ())
                assert await outbox.mark_retry(doubtful, harness.clock(), "not found by another process")
                taken.set_result((await outbox.claim(harness.clock(), 1, LEASE, ()))[0])
            raise

    monkeypatch.setattr(sender, "send", still)
    harness.slack.faults.plan(Fault("chat.postMessage", error=code))
    harness.scan("快件已发往 广州分拨中心")
    sending: Post = await in_time(taken)
    await harness.several_ticks()
    return sending


async def test_a_short_text_is_not_sent_late_either(harness: BotHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process sends the post meanwhile; the short text would repeat it."""
    card = await watched(harness)
    sending = await refused_too_late(harness, monkeypatch, "invalid_blocks")
    assert harness.thread(card) == []
    assert harness.bot is not None
    assert await harness.bot.store.outbox.mark_retry(sending, harness.clock(), "not sent by it either")
    await told_once(harness, card, "快件已发往 广州分拨中心")


async def test_a_late_refusal_closes_no_channel(harness: BotHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody has opened it again meanwhile, and another process sends the post."""
    card = await watched(harness)
    sending = await refused_too_late(harness, monkeypatch, "restricted_action")
    assert harness.bot is not None
    assert await harness.bot.store.watches.paused_channels() == []
    assert await harness.bot.store.outbox.mark_retry(sending, harness.clock(), "not sent by it either")
    await told_once(harness, card, "快件已发往 广州分拨中心")


async def test_a_channel_that_is_gone_pauses_its_watches(harness: BotHarness) -> None:
    """An archived channel keeps its watches, with the reason; resuming brings the news."""
    await watched(harness)
    harness.slack.workspace.channel("orders").is_archived = True
    harness.scan("快件已发往 广州分拨中心")
    await harness.until(lambda: any(call.answer.get("error") == "is_archived" for call in harness.slack.calls))
    await harness.several_ticks()
    assert "archived" in await harness.ask("/panda watches")
    harness.slack.workspace.channel("orders").is_archived = False
    await harness.press("Resume")
    [card] = [message for message in harness.channel("#orders") if not message.thread_ts]
    await told_once(harness, card, "快件已发往 广州分拨中心")


# --- PandaPon -------------------------------------------------------------------------------------------------------


async def test_a_slow_pandapon_gets_a_working_line_first(harness: BotHarness) -> None:
    """The command is acknowledged at once, a working line follows, then the answer below it."""
    harness.pandapon.faults.delay = 2.1
    began = time.perf_counter()
    ack = await harness.type(f"/panda track {ORDER}")
    assert ack.ok
    assert time.perf_counter() - began < 0.5
    await harness.until(lambda: bool(harness.private()))
    assert "⏳ This takes a moment. The answer follows below." in harness.private()[-1].text
    await harness.until(lambda: ORDER in words(harness.private()[-1]))
    assert len(harness.private()) == 2


@pytest.mark.parametrize(
    "fault", [{"status": 503}, {"malformed": True}, {"wrong_types": True}, {"rate_limited": 1}, {"down": True}]
)
async def test_a_failing_pandapon_is_said_in_words(harness: BotHarness, fault: dict[str, object]) -> None:
    """Every way of failing becomes one sentence that names PandaPon; no stack trace, no silence."""
    for name, value in fault.items():
        setattr(harness.pandapon.faults, name, value)
    answer = await harness.ask(f"/panda track {ORDER}")
    assert "PandaPon" in answer
    assert "Traceback" not in answer
    assert "incident" not in answer.casefold()


async def test_a_watched_order_is_shown_from_the_store_while_pandapon_is_down(harness: BotHarness) -> None:
    """The last state stays readable, marked with since when it is old."""
    await watched(harness)
    harness.pandapon.faults.down = True
    answer = await harness.ask(f"/panda track {ORDER}")
    assert "78012345678901" in answer
    assert "hasn't responded" in answer


@pytest.mark.parametrize(
    "fault", [{"status": 503}, {"malformed": True}, {"wrong_types": True}, {"empty": True}, {"down": True}]
)
async def test_an_outage_announces_nothing_and_loses_nothing(harness: BotHarness, fault: dict[str, object]) -> None:
    """A failed or empty reading deletes nothing: afterwards only what is really new is told."""
    card = await watched(harness)
    harness.scan("第一站：快件已发往 广州分拨中心")
    await harness.replies(card, 1)
    for name, value in fault.items():
        setattr(harness.pandapon.faults, name, value)
    await harness.several_ticks(3)
    harness.pandapon.faults.clear()
    harness.scan("第二站：快件已到达 广州分拨中心")
    assert harness.bot is not None
    await harness.until(lambda: len(harness.thread(card)) > 1)
    await told_once(harness, card, "第一站", "第二站")


async def test_a_clock_nine_minutes_off_is_still_accepted(harness: BotHarness) -> None:
    """Nine minutes are within the API's ten; eleven are corrected by the server's own clock."""
    for minutes in (9, -9, 25):
        harness.pandapon.faults.clock_skew = timedelta(minutes=minutes)
        assert ORDER in await harness.ask(f"/panda order {ORDER}")


async def test_hostile_words_are_shown_harmlessly(harness: BotHarness) -> None:
    """Remote text cannot mention, link, format, flood or turn the line around."""
    card = await watched(harness)
    harness.scan(
        "<!channel> <https://evil.example|click> *bold* _it_ ~no~ `code` \u202e反 <@U0TOM00002> & " + "长" * 10_000
    )
    [reply] = await harness.replies(card, 1)
    for part in (reply.text, words(reply)):
        assert "<!channel>" not in part
        assert "<https://evil" not in part
        assert "<@U0TOM00002>" not in part.replace("<@U0MEI00001>", "")
        assert "\u202e" not in part
    assert len(reply.text) < 4000


async def test_phone_numbers_of_couriers_are_masked(harness: BotHarness) -> None:
    """A courier's number is nobody's business in a channel."""
    card = await watched(harness)
    harness.scan("快件正在派送中，派送员：张三 13812345678", status="DELIVERING")
    [reply] = await harness.replies(card, 1)
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
    async with running(tmp_path, mode="http") as harness, aiohttp.ClientSession() as session:
        payload = {"command": "/panda", "text": "help", "user_id": "U0MEI00001", "channel_id": "C0ORDERS01"}
        payload |= {
            "trigger_id": "1.2.3",
            "response_url": harness.slack.base_url + "/commands/x",
            "team_id": "T0PANDA01",
        }
        ack = await post_signed(
            session, harness.slack.request_url, secret, "slash_commands", payload, 3, sent_at=time.time() + shift
        )
        assert ack.status == status


async def test_health_and_readiness_are_told(tmp_path: Path) -> None:
    """/healthz is about the process, /readyz about its connections; neither shows a secret."""
    async with running(tmp_path) as harness, aiohttp.ClientSession() as session:
        assert harness.bot is not None
        base = f"http://127.0.0.1:{harness.bot.http_port}"
        async with session.get(f"{base}/healthz") as answer:
            assert answer.status == 200
        async with session.get(f"{base}/readyz") as answer:
            assert answer.status == 200
            assert (await answer.json())["status"] == "ready"
        await harness.slack.sockets.close()
        harness.slack.faults.down = True
        await asyncio.sleep(0.1)
        async with session.get(f"{base}/readyz") as answer:
            assert answer.status == 503
        harness.slack.faults.down = False


# --- failures name what was asked -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/panda search 连衣裙", "⚠️ Couldn't search 连衣裙: PandaPon is having problems."),
        ("/panda orders", "⚠️ Couldn't list your orders: PandaPon is having problems."),
        (f"/panda order {ORDER}", f"⚠️ Couldn't read order `{ORDER}`: PandaPon is having problems."),
        (f"/panda track {ORDER}", f"⚠️ Couldn't track `{ORDER}`: PandaPon is having problems."),
    ],
    ids=["search", "orders", "order", "track"],
)
async def test_a_failure_names_what_was_asked_and_tries_again(harness: BotHarness, line: str, says: str) -> None:
    """The same request by a button, and the answer comes in the failure's place."""
    harness.pandapon.faults.status = 503
    assert says in await harness.ask(line)
    harness.pandapon.faults.status = 0
    count = len(harness.private())
    answer = await harness.press("Try again")
    assert "problems" not in answer
    assert len(harness.private()) == count


@pytest.mark.parametrize("line", [f"/panda watch {ORDER}", "/panda mute 2h", f"/panda unwatch {ORDER}"])
async def test_a_write_that_failed_is_not_offered_again(
    harness: BotHarness, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have been done after all; the failure names it, and the person looks first."""
    assert harness.bot is not None

    async def fails(*_args: object, **_more: object) -> None:
        raise StorageError("busy")

    for aggregate, method in (("orders", "with_id"), ("channels", "mute")):
        monkeypatch.setattr(getattr(harness.bot.store, aggregate), method, fails)
    monkeypatch.setattr(harness.bot.context.tracker, "watch", fails)
    answer = await harness.ask(line)
    assert f"Couldn't run `{line}`: My database" in answer
    assert [block["type"] for block in harness.private()[-1].blocks] == ["section"]


@pytest.mark.parametrize(("status", "says"), [(401, "Ask your pandabot admin"), (400, "PandaPon refused the request")])
async def test_a_refusal_is_not_offered_again(harness: BotHarness, status: int, says: str) -> None:
    """PandaPon would refuse it again; somebody else has to do something first."""
    harness.pandapon.faults.status = status
    assert says in await harness.ask("/panda search 连衣裙")
    assert "actions" not in [block["type"] for block in harness.private()[-1].blocks]


async def test_a_forged_second_try_is_read_anew(harness: BotHarness) -> None:
    """The button carries a command, which is read and permitted again when it is pressed."""
    harness.pandapon.faults.status = 503
    await harness.ask("/panda search 连衣裙")
    harness.pandapon.faults.status = 0
    message, action_id = harness.button("Try again", "mei", "#orders")
    for block in message.blocks:
        for element in block.get("elements") or []:
            if element.get("action_id") == action_id:
                element["value"] = "mute in <#C0NOWHERE9>"
    answer = await harness.press("Try again")
    assert "Muted" not in answer
    assert "can't see the channel" in answer
