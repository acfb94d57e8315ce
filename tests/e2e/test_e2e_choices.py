"""What channels choose for themselves: mutes, quiet hours, digests; and the log that explains it all."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

import pytest
from support.bot_harness import ORDER, BotHarness, words
from support.settings_form import at as clock_time
from support.settings_form import choose, shown
from support.settings_form import zone as zone_of

from handlers.blocks.text import short_id
from sandbox.pandapon.demo import SECOND
from sandbox.pandapon.generator import scenarios
from sandbox.slack.blocks import check_view
from sandbox.slack.faults import Fault
from storage.errors import DiskFullError
from storage.watch import NewWatch
from tracking.channel_settings import FEW
from tracking.values import Filter

if TYPE_CHECKING:
    from datetime import datetime

    from sandbox.slack.workspace import Message
    from storage.connection import Connection
    from tracking.dry_run import NewsEvent


async def watched(harness: BotHarness, line: str = f"/panda watch {ORDER}") -> Message:
    """Watch the order and return its card."""
    assert "Watching" in await harness.ask(line)
    return harness.channel("#orders")[-1]


async def watch_many(harness: BotHarness, count: int) -> None:
    """Watch so many more orders in the same channel, none of which has news for the time being."""
    orders = [scenario.order for scenario in scenarios(count, harness.clock() - timedelta(days=1), 1, seed=1)]
    for order in orders:
        harness.world.add_order(order)
    for at in range(0, count, 10):
        assert "Watching" in await harness.ask(
            f"/panda watch {' '.join(order.order_id for order in orders[at : at + 10])}"
        )


def posts(harness: BotHarness, channel: str = "#orders") -> list[str]:
    """What stands in a channel's main view, as text."""
    return [words(message) for message in harness.channel(channel)]


# --- mutes and the log ------------------------------------------------------------------------------------------------


async def test_a_muted_order_is_quiet_and_the_log_says_why(harness: BotHarness) -> None:
    """Muted news is skipped for good, with the person's name in the log; unmuted, the next news is told."""
    card = await watched(harness)
    assert "Muted" in await harness.ask(f"/panda mute {ORDER} 3d")
    harness.scan("快件已发往 广州分拨中心")
    await harness.several_ticks(6)
    assert harness.thread(card) == []
    log = await harness.ask(f"/panda why {ORDER}")
    assert "muted by mei" in log
    assert "are back on" in await harness.press("Undo")
    harness.scan("快件已到达 广州分拨中心")
    await harness.replies(card, 1)
    log = await harness.ask(f"/panda why {ORDER}")
    assert "posted" in log
    assert log.index("posted") < log.index("not posted"), "newest first"


async def test_a_muted_channel(harness: BotHarness) -> None:
    """Without ids the whole channel is muted; a mute that is over lets news through."""
    card = await watched(harness)
    assert "Muted all updates in <#C0ORDERS01> until" in await harness.ask("/panda mute 2h")
    assert "Muted by" in await harness.ask("/panda settings")
    harness.scan("快件已发往 广州分拨中心")
    await harness.several_ticks(6)
    harness.clock.advance(timedelta(hours=3))
    harness.scan("快件已到达 广州分拨中心")
    await harness.until(lambda: any("快件已到达 广州分拨中心" in words(m) for m in harness.thread(card)))
    assert len(harness.thread(card)) == 1


async def test_why_of_what_is_filtered_and_unknown(harness: BotHarness) -> None:
    """The log names the filter; an order that nobody watched has no log, and the answer says how to start."""
    await watched(harness, f"/panda watch {ORDER} problems")
    harness.scan("快件已发往 广州分拨中心")
    await harness.several_ticks(6)
    assert "this order is set to problems only" in await harness.ask(f"/panda why {ORDER}")
    assert "I have no record" in await harness.ask("/panda why 9999999999999999999")


async def test_why_shows_each_order_of_a_parcel(harness: BotHarness) -> None:
    """A parcel's number may name several orders; each has its own watch and its own log."""
    await watched(harness, f"/panda watch {ORDER}")
    assert harness.bot is not None
    twin = f"taobao:{ORDER}"
    store = harness.bot.store
    sql = (
        "INSERT INTO orders (key, milestone, order_json, sub_orders, created_at) "
        "SELECT ?, milestone, order_json, sub_orders, created_at FROM orders WHERE key = ?"
    )

    def double(conn: Connection) -> None:
        conn.execute(sql, (twin, f"1688:{ORDER}"))
        conn.execute("INSERT INTO schedule (key, fingerprint, polls) VALUES (?, ?, 0)", (twin, b""))

    await store.engine.run(double)
    await store.watches.open(harness.clock(), [NewWatch(twin, "C0ORDERS01", Filter.PROBLEMS, "U0TOM")])
    told = await harness.ask(f"/panda why {ORDER}")
    first, second = told.index(f"1688 order {ORDER}"), told.index(f"Taobao order {ORDER}")
    assert first < told.index("all updates") < second < told.index("problems only")


async def test_why_of_an_order_whose_row_cannot_be_read(harness: BotHarness) -> None:
    """The watch and the log are there none the less."""
    await watched(harness, f"/panda watch {ORDER}")
    assert harness.bot is not None
    store = harness.bot.store
    await store.engine.run(lambda conn: conn.execute("UPDATE orders SET order_json = 'x'"))
    told = await harness.ask(f"/panda why {ORDER}")
    assert "Watched by mei" in told
    assert "cannot be read" in told


async def test_one_unreadable_entry_of_the_log_hides_no_other(harness: BotHarness) -> None:
    """Of another version, or damaged: the log shows the rest and says that one is missing; the settings open, too."""
    assert harness.bot is not None
    card = await watched(harness)
    harness.scan("快件已发往 广州分拨中心")
    await harness.replies(card, 1)
    harness.scan("派送中", status="DELIVERING")
    await harness.replies(card, 2)
    spoil = "UPDATE news SET severity = 'urgent' WHERE id = (SELECT MIN(id) FROM news)"
    await harness.bot.store.engine.run(lambda conn: conn.execute(spoil))
    log = await harness.ask(f"/panda why {ORDER}")
    assert log.count("→ posted") == 1
    assert "1 entry could not be read" in log
    assert "Settings in" in await harness.ask("/panda settings")
    spoil = "UPDATE news SET payload = ? WHERE id = (SELECT MAX(id) FROM news)"
    await harness.bot.store.engine.run(lambda conn: conn.execute(spoil, (b"\x00damaged",)))
    assert "2 entries could not be read" in await harness.ask(f"/panda why {ORDER}")
    assert "Settings in" in await harness.ask("/panda settings")


# --- the form, when keeping takes its time or fails -------------------------------------------------------------------


async def test_a_slow_database_is_waited_for_in_the_form(harness: BotHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """The form is acknowledged in time, says that it is at work, and then shows what was kept."""
    assert harness.bot is not None
    store = harness.bot.store
    count = store.delivery_log.events_since

    async def slow(channel: str, since: datetime) -> list[NewsEvent]:
        await asyncio.sleep(1.2)
        return await count(channel, since)

    await watched(harness)
    monkeypatch.setattr(store.delivery_log, "events_since", slow)
    assert "Quiet hours from 09:00 to 12:00" in await choose(
        harness, quiet_from=clock_time("09:00"), quiet_to=clock_time("12:00")
    )


async def test_settings_that_cannot_be_kept_are_told_in_the_form(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form says that nothing was changed; it does not fail without a word."""
    assert harness.bot is not None

    async def full(*_facts: object) -> None:
        raise DiskFullError("database or disk is full")

    monkeypatch.setattr(harness.bot.store.channels, "save_settings", full)
    assert "disk is full" in await choose(harness, quiet_from=clock_time("09:00"), quiet_to=clock_time("12:00"))
    assert "No quiet hours" in await harness.ask("/panda settings")


# --- quiet hours, folding, digests ------------------------------------------------------------------------------------


async def test_quiet_hours_hold_and_fold(harness: BotHarness) -> None:
    """In quiet hours nothing is posted; when they end, one message tells it all, and each thread has the words of it.

    It is 10:00 in Shanghai.
    """
    card = await watched(harness)
    await harness.ask(f"/panda watch {SECOND}")
    saved = await choose(
        harness, quiet_from=clock_time("09:00"), quiet_to=clock_time("12:00"), break_through={"selected_options": []}
    )
    assert "Quiet hours from 09:00 to 12:00" in saved
    harness.scan("派送中", status="DELIVERING")
    harness.world.add_node(SECOND, "派送中", status="DELIVERING")
    await harness.several_ticks(6)
    assert harness.thread(card) == []
    assert "held by quiet hours" in await harness.ask(f"/panda why {ORDER}")
    harness.clock.advance(timedelta(hours=2, minutes=1))
    await harness.until(lambda: any("📬" in post for post in posts(harness)))
    await harness.several_ticks()
    [digest] = [post for post in posts(harness) if "📬" in post]
    assert short_id(ORDER) in digest
    assert short_id(SECOND) in digest
    await harness.until(lambda: any("派送中" in words(reply) for reply in harness.thread(card)))
    assert not any(reply.broadcast for reply in harness.thread(card))
    assert "in a digest" in await harness.ask(f"/panda why {ORDER}")


async def test_problems_break_through(harness: BotHarness) -> None:
    """What needs a person is posted in quiet hours too, unless the channel says otherwise."""
    card = await watched(harness)
    await choose(harness, quiet_from=clock_time("09:00"), quiet_to=clock_time("12:00"))
    harness.scan("快件在运输途中破损，已转问题件", action="ABNORMAL")
    [reply] = await harness.replies(card, 1)
    assert "破损" in words(reply)


async def test_a_backlog_becomes_one_message(harness: BotHarness) -> None:
    """A channel that fell behind gets one digest; each order stands in it once, and its words in its thread."""
    now = harness.clock()
    under_way = [
        order for order in harness.world.orders.values() if any(s.at <= now for p in order.packages for s in p.scans)
    ]
    orders = [order.order_id for order in under_way][:9]
    assert len(orders) == 9
    for order_id in orders:
        await harness.ask(f"/panda watch {order_id}")
    harness.slack.faults.down = True
    for order_id in orders:
        harness.world.add_node(order_id, "派送中 第九车", status="DELIVERING")
    await harness.several_ticks(8)
    harness.slack.faults.down = False
    harness.clock.advance(timedelta(minutes=6))
    await harness.until(lambda: any("📬" in post for post in posts(harness)))
    await harness.several_ticks(8)
    for card in harness.channel("#orders"):
        if "📬" not in words(card) and not card.thread_ts:
            await harness.until(lambda card=card: any("第九车" in words(reply) for reply in harness.thread(card)))  # type: ignore[misc]  # mypy knows no defaults in lambdas
            assert len([reply for reply in harness.thread(card) if "第九车" in words(reply)]) == 1


async def scan_during_outage(harness: BotHarness, *scans: str, problem: str = "") -> None:
    """Slack is away for a while; the order is scanned meanwhile, each scan found on its own."""
    harness.slack.faults.down = True
    for scan in scans:
        harness.scan(scan, action="UNSIGN" if scan == problem else "TRANSPORT")
        await harness.several_ticks(2)
    harness.slack.faults.down = False
    harness.clock.advance(timedelta(minutes=6))


SCANS = [f"第{n}站：快件已到达 广州分拨中心" for n in range(1, 5)]
FAILED = "收件人不在，未妥投 派送失败"


async def test_a_digest_names_each_problem_on_the_way(harness: BotHarness) -> None:
    """An attempt that failed and was made good is told, with every scan, in one message that the channel sees."""
    card = await watched(harness)
    await scan_during_outage(harness, *SCANS, FAILED, *(f"再{scan}" for scan in SCANS), problem=FAILED)
    await harness.until(lambda: any(FAILED in words(reply) for reply in harness.thread(card)))
    [told] = [reply for reply in harness.thread(card) if FAILED in words(reply)]
    assert told.broadcast
    assert "Delivery attempt failed" in words(told)
    assert all(scan in words(told) for scan in SCANS)


async def test_a_problem_in_quiet_hours_takes_nothing_along(harness: BotHarness) -> None:
    """It breaks through alone, whatever waits behind it; the rest comes when the quiet hours end."""
    card = await watched(harness)
    await choose(harness, quiet_from=clock_time("09:00"), quiet_to=clock_time("12:00"))
    await scan_during_outage(harness, FAILED, *SCANS, *(f"再{scan}" for scan in SCANS), problem=FAILED)
    [reply] = await harness.replies(card, 1)
    assert FAILED in words(reply)
    await harness.several_ticks(6)
    assert len(harness.thread(card)) == 1
    harness.clock.advance(timedelta(hours=2))
    await harness.until(lambda: any(SCANS[0] in words(reply) for reply in harness.thread(card)))
    [told] = [reply for reply in harness.thread(card) if SCANS[0] in words(reply)]
    assert all(scan in words(told) for scan in SCANS)


@pytest.mark.parametrize("threads", ["thread", "problems"])
async def test_a_backlog_of_scans_stays_in_the_thread(harness: BotHarness, threads: str) -> None:
    """A channel that wants no scans in its main view gets none because Slack was away: they are one reply."""
    card = await watched(harness)
    await choose(harness, threads={"selected_option": {"value": threads}})
    scans = [*SCANS, *(f"再{scan}" for scan in SCANS)]
    await scan_during_outage(harness, *scans)
    [reply] = await harness.replies(card, 1)
    assert all(scan in words(reply) for scan in scans)
    await harness.several_ticks()
    assert len(harness.channel("#orders")) == 1
    assert "in a digest" in await harness.ask(f"/panda why {ORDER}")


async def test_the_daily_digest(harness: BotHarness) -> None:
    """It can be seen beforehand, goes out once a day at the channel's own time, and a restart repeats nothing."""
    await watched(harness)
    saved = await choose(harness, digest_at=clock_time("11:00"))
    assert "Daily digest at 11:00" in saved
    harness.scan("快件已发往 广州分拨中心")
    await harness.several_ticks(6)
    await harness.ask("/panda settings")
    assert short_id(ORDER) in await harness.press("Preview the digest")
    harness.clock.advance(timedelta(hours=1, minutes=5))
    await harness.until(lambda: any("Today's summary" in post for post in posts(harness)))
    await harness.stop_bot()
    await harness.start_bot()
    await harness.several_ticks(12)
    assert len([post for post in posts(harness) if "Today's summary" in post]) == 1


async def test_the_digest_counts_parcels_and_links_cards(harness: BotHarness) -> None:
    """Of two parcels one has come, so the order is not called out for delivery alone; each line leads to its card."""
    assert "Watching" in await harness.ask(f"/panda watch {SECOND}")
    order = harness.world.orders[SECOND]
    for package in order.packages:
        package.scans = [scan for scan in package.scans if scan.at <= harness.clock()]
    first, second = (package.waybill for package in order.packages)
    harness.world.add_node(SECOND, "快件已签收，签收人：前台", status="SIGN", waybill=first)
    harness.world.add_node(SECOND, "快件正在派送，请保持电话畅通", waybill=second)
    [card] = harness.channel("#orders")
    await harness.until(lambda: "6 of 6" in words(card) and "Out for delivery" in words(card))
    await harness.ask("/panda settings")
    preview = await harness.press("Preview the digest")
    link = f"https://panda.slack.com/archives/{card.channel}/p{card.ts.replace('.', '')}"
    [row] = [line for line in preview.splitlines() if short_id(SECOND) in line]
    assert "(1 of 2 parcels delivered)" in row
    assert f"<{link}|" in row


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ({"quiet_from": clock_time("22:00")}, "need an end"),
        ({"quiet_to": clock_time("08:00")}, "need a start"),
        ({"quiet_from": clock_time("08:00"), "quiet_to": clock_time("08:00")}, "the same"),
        ({"time_zone": zone_of("Mars/Olympus")}, "Choose a time zone"),
    ],
    ids=["no end", "no beginning", "no length", "no zone"],
)
async def test_wrong_settings_change_nothing(harness: BotHarness, chosen: dict[str, Any], says: str) -> None:
    """A wrong field is marked with what would be right, and the channel's settings stay."""
    assert says in await choose(harness, **chosen)
    assert "No quiet hours" in await harness.ask("/panda settings")


async def test_problems_only_in_the_channel(harness: BotHarness) -> None:
    """What nobody need act on is told in the thread alone."""
    card = await watched(harness)
    assert "Thread + problems in the channel" in await choose(
        harness, threads={"selected_option": {"value": "problems"}}
    )
    harness.scan("快件已发往 广州分拨中心")
    await harness.replies(card, 1)
    harness.scan("快递员正在派送中", action="SENT_SCAN")
    await harness.replies(card, 2)
    harness.scan("客户拒收，派送不成功", action="UNSIGN")
    [*quiet, loud] = await harness.replies(card, 3)
    assert ([reply.broadcast for reply in quiet], loud.broadcast) == ([False, False], True)


@pytest.mark.parametrize(
    ("threads", "is_busy", "shown"),
    [("auto", False, True), ("auto", True, False), ("broadcast", False, False), ("milestones", True, True)],
)
async def test_every_milestone_in_the_channel(harness: BotHarness, threads: str, is_busy: bool, shown: bool) -> None:
    """The milestones on the way are shown in a channel of few orders; one of many can ask for them, any can refuse."""
    card = await watched(harness)
    if is_busy:
        await watch_many(harness, FEW)
    assert "in the channel" in await choose(harness, threads={"selected_option": {"value": threads}})
    harness.scan("【广州市】 快件已到达 广州白云集运仓营业部")
    await harness.until(lambda: any("已到达" in words(reply) for reply in harness.thread(card)))
    assert harness.thread(card)[-1].broadcast is shown
    assert f"seen {int(shown)} channel message" in await harness.ask("/panda settings")


async def test_threads_or_channel(harness: BotHarness) -> None:
    """A channel can have each piece of news as a message of its own; and the filter for what it watches already."""
    card = await watched(harness)
    saved = await choose(
        harness,
        threads={"selected_option": {"value": "channel"}},
        filter={"selected_option": {"value": "milestones"}},
        filter_all={"selected_options": [{"value": "yes"}]},
    )
    assert "Always in the channel" in saved
    harness.scan("快件已发往 广州分拨中心")
    await harness.several_ticks(6)
    harness.scan("快递员正在派送中", action="SENT_SCAN")
    await harness.until(lambda: len(harness.channel("#orders")) == 2)
    assert harness.thread(card) == []


# --- the cards of `watch all` -----------------------------------------------------------------------------------------


def cards(harness: BotHarness) -> list[Message]:
    """The cards of the order in the channel."""
    return [message for message in harness.channel("#orders") if not message.thread_ts and ORDER in message.text]


async def test_a_muted_channel_gets_no_cards(harness: BotHarness) -> None:
    """The card that an order's first news brings waits for the end of the mute, and the next news stands under it."""
    await harness.ask("/panda watch all")
    await harness.several_ticks(6)
    await harness.ask("/panda mute 1d")
    harness.scan(SCANS[0])
    await harness.several_ticks(8)
    assert harness.channel("#orders") == []
    await harness.ask("/panda mute 2h")
    await harness.several_ticks(4)
    assert harness.channel("#orders") == []
    assert "muted by" in await harness.ask(f"/panda why {ORDER}")
    assert "are back on" in await harness.press("Undo")
    await harness.until(lambda: bool(cards(harness)))
    harness.scan(SCANS[1])
    [card] = cards(harness)
    [reply] = await harness.replies(card, 1)
    assert SCANS[1] in words(reply)


async def test_a_card_waits_for_the_end_of_the_mute(harness: BotHarness) -> None:
    """Nobody has to do anything for it to come then."""
    await harness.ask("/panda watch all")
    await harness.several_ticks(6)
    await harness.ask("/panda mute 2h")
    harness.scan(SCANS[0])
    await harness.several_ticks(8)
    assert harness.channel("#orders") == []
    harness.clock.advance(timedelta(hours=2))
    await harness.until(lambda: bool(cards(harness)))


async def test_quiet_hours_hold_the_card_with_its_news(harness: BotHarness) -> None:
    """When they end it comes first, and its news in its thread."""
    await harness.ask("/panda watch all")
    await harness.several_ticks(6)
    await choose(harness, quiet_from=clock_time("09:00"), quiet_to=clock_time("12:00"))
    harness.scan(SCANS[0])
    await harness.several_ticks(8)
    assert harness.channel("#orders") == []
    harness.clock.advance(timedelta(hours=2))
    await harness.until(lambda: bool(cards(harness)))
    [card] = cards(harness)
    await harness.until(lambda: SCANS[0] in "".join(words(reply) for reply in harness.thread(card)))


async def test_a_problem_in_quiet_hours_brings_its_card(harness: BotHarness) -> None:
    """What breaks through needs its thread; what was held before it follows in there when the quiet hours end."""
    await harness.ask("/panda watch all")
    await harness.several_ticks(6)
    await choose(harness, quiet_from=clock_time("09:00"), quiet_to=clock_time("12:00"))
    harness.scan(SCANS[0])
    await harness.several_ticks(8)
    harness.scan(FAILED, action="UNSIGN")
    await harness.until(lambda: bool(cards(harness)))
    [card] = cards(harness)
    [reply] = await harness.replies(card, 1)
    assert FAILED in words(reply)
    assert SCANS[0] not in words(reply)
    harness.clock.advance(timedelta(hours=2))
    await harness.until(lambda: SCANS[0] in "".join(words(reply) for reply in harness.thread(card)))


async def test_what_is_asked_for_by_id_outlives_watch_all(harness: BotHarness) -> None:
    """Although `watch all` had brought it: the answer to `unwatch all` says that such orders go on."""
    await harness.ask("/panda watch all")
    assert "already" in await harness.ask(f"/panda watch {ORDER}", user="tom")
    assert "Stopped watching all" in await harness.ask("/panda unwatch all")
    assert ORDER[-6:] in await harness.ask("/panda watches")
    assert "Watched by tom" in await harness.ask(f"/panda why {ORDER}")
    harness.scan(SCANS[0])
    await harness.until(lambda: bool(cards(harness)))
    await harness.replies(cards(harness)[0], 1)


async def test_why_tells_that_the_card_was_refused(harness: BotHarness) -> None:
    """The news that was to stand under it failed with it; the next news brings a card again."""
    await harness.ask("/panda watch all")
    await harness.several_ticks(6)
    refusal = Fault("chat.postMessage", times=2, error="msg_too_long")  # at full length and in short
    harness.slack.faults.plan(refusal)
    harness.scan(SCANS[0])
    await harness.until(lambda: refusal not in harness.slack.faults.planned)
    await harness.several_ticks()
    assert harness.channel("#orders") == []
    assert "refused by Slack" in await harness.ask(f"/panda why {ORDER}")
    harness.scan(SCANS[1])
    await harness.until(lambda: bool(cards(harness)))
    [reply] = await harness.replies(cards(harness)[0], 1)
    assert SCANS[1] in words(reply)


# --- a channel that refuses posts -------------------------------------------------------------------------------------


async def test_an_archived_channel_tells_the_owner_once_and_goes_on_by_itself(harness: BotHarness) -> None:
    """News is kept, the owner gets one direct message with Resume, and unarchiving is enough to go on."""
    card = await watched(harness)
    channel = harness.slack.workspace.channel("#orders")
    channel.is_archived = True
    harness.scan("快件已发往 广州分拨中心")
    mei = harness.slack.workspace.user("mei").id
    await harness.until(lambda: bool(harness.slack.workspace.direct(mei).messages))
    harness.scan("快件已到达 广州分拨中心")
    await harness.several_ticks(6)
    [notice] = harness.slack.workspace.direct(mei).messages.values()
    assert "I had to pause" in words(notice)
    channel.is_archived = False
    await harness.until(lambda: any("快件已到达 广州分拨中心" in words(reply) for reply in harness.thread(card)))
    await harness.several_ticks(6)
    told = "\n".join(words(reply) for reply in harness.thread(card))
    assert [told.count(scan) for scan in ("快件已发往 广州分拨中心", "快件已到达 广州分拨中心")] == [1, 1]


async def test_resume_in_the_direct_message(harness: BotHarness) -> None:
    """The button in the notice resumes all watches of that channel."""
    card = await watched(harness)
    channel = harness.slack.workspace.channel("#orders")
    channel.is_archived = True
    harness.scan("快件已发往 广州分拨中心")
    mei = harness.slack.workspace.user("mei").id
    direct = harness.slack.workspace.direct(mei)
    await harness.until(lambda: bool(direct.messages))
    channel.is_archived = False
    [notice] = direct.messages.values()
    assert (await harness.slack.press("mei", notice, "resume_channel:1")).ok
    await harness.replies(card, 1)


async def test_a_deleted_card_is_posted_again_with_the_next_news(harness: BotHarness) -> None:
    """Somebody deleted the card: once that is noticed, the next news brings a new one and is told in its thread."""
    card = await watched(harness)
    channel = harness.slack.workspace.channel("#orders")
    del channel.messages[card.ts]
    harness.scan("快件已发往 广州分拨中心")
    await harness.several_ticks(8)
    harness.scan("快件已到达 广州分拨中心")
    await harness.until(lambda: any("快件已到达 广州分拨中心" in post for post in posts(harness)))
    [new] = [message for message in harness.channel("#orders") if "Watched by" in words(message)]
    [reply] = await harness.replies(new, 1)
    assert "快件已到达 广州分拨中心" in words(reply)


# --- the form itself --------------------------------------------------------------------------------------------------


async def opened(harness: BotHarness, user: str = "mei") -> dict[str, Any]:
    """The settings' form as it opens for a person, by the name of each field: the chosen option, or the time."""
    await harness.ask("/panda settings", user=user)
    button = next(m for m in reversed(harness.private(user)) if "edit_settings" in str(m.blocks))
    before = set(harness.slack.workspace.views)
    assert (await harness.slack.press(user, button, "edit_settings:1")).ok
    await harness.until(lambda: bool(set(harness.slack.workspace.views) - before))
    view = harness.slack.workspace.views[(set(harness.slack.workspace.views) - before).pop()]
    assert check_view(view) == []
    return {block["block_id"]: block["element"] for block in view["blocks"]}


@pytest.mark.parametrize(
    ("locale", "zone", "likely"),
    [
        ("zh-CN", "Asia/Shanghai", ["Asia/Shanghai", "UTC"]),
        ("th-TH", "Asia/Bangkok", ["Asia/Shanghai", "Asia/Bangkok", "UTC"]),
        ("pt-BR", "Mars/Olympus", ["Asia/Shanghai", "UTC"]),
        ("", "", ["Asia/Shanghai", "UTC"]),
    ],
)
async def test_the_form_begins_with_what_is_in_force(
    harness: BotHarness, locale: str, zone: str, likely: list[str]
) -> None:
    """Whoever opens it: their own language is not chosen, and their own zone only stands among the first."""
    person = harness.slack.workspace.user("mei")
    person.locale, person.tz = locale, zone
    fields = await opened(harness)
    assert fields["language"]["initial_option"]["value"] == "default"
    assert fields["time_zone"]["initial_option"]["value"] == "Asia/Shanghai"
    assert [option["value"] for option in fields["time_zone"]["option_groups"][0]["options"]] == likely


async def test_the_channel_s_own_choice_comes_first(harness: BotHarness) -> None:
    """Whoever opens the form next sees what was chosen, and the list shows it."""
    assert "Time zone: `America/St_Johns`" in await choose(harness, time_zone=zone_of("America/St_Johns"))
    fields = await opened(harness, "tom")
    assert fields["time_zone"]["initial_option"]["value"] == "America/St_Johns"
    assert fields["language"]["initial_option"]["value"] == "default"
    listed = await harness.ask("/panda settings")
    assert "Language: English (default)" in listed
    assert "New orders: all updates (default)" in listed


async def test_every_time_zone_can_be_chosen(harness: BotHarness) -> None:
    """Each place that this machine knows stands in the list once, in groups that Slack takes; so does UTC."""
    groups = (await opened(harness))["time_zone"]["option_groups"]
    names = [option["value"] for group in groups for option in group["options"]]
    places = {name for name in available_timezones() if "/" in name and not name.startswith("Etc/")}
    assert sorted(names) == sorted({*places, "UTC"})
    assert len(groups) <= 100
    assert max(len(group["options"]) for group in groups) <= 100
    words = {option["value"]: option["text"]["text"] for group in groups for option in group["options"]}
    assert words["America/New_York"].startswith("New York · America/New_York · UTC-0")
    assert words["Asia/Kathmandu"] == "Asia/Kathmandu · UTC+05:45"


async def test_a_first_change_of_settings_changes_nothing_else(harness: BotHarness) -> None:
    """Whoever makes it keeps the language and the time zone of the channel; those of their Slack are only suggested."""
    await harness.ask("/panda settings", user="tom")
    message, action = harness.button("Change…", "tom", "#orders")
    views = set(harness.slack.workspace.views)
    assert (await harness.slack.press("tom", message, action)).ok
    await harness.until(lambda: bool(set(harness.slack.workspace.views) - views))
    [view_id] = set(harness.slack.workspace.views) - views
    view = harness.slack.workspace.views[view_id]
    fields = {block["block_id"]: block for block in view["blocks"] if "block_id" in block}
    given = {name: initial(block) for name, block in fields.items()}
    assert "Europe/Berlin" in fields["time_zone"]["hint"]["text"]
    given["digest_at"] = {"value": {"type": "timepicker", "selected_time": "23:00"}}
    assert (await harness.slack.submit("tom", view_id, given)).ok
    await harness.until(lambda: bool(harness.lines()))
    assert words(harness.lines()[-1]).splitlines()[1:-1] == ["• Daily digest at 23:00"]
    await harness.until(lambda: "Saved" in shown(harness, view_id))
    assert "instead of" not in shown(harness, view_id)


def initial(block: dict[str, Any]) -> dict[str, Any]:
    """A field as it is sent where the person leaves it as it is."""
    element = block["element"]
    value = {"type": element["type"]}
    for name in ("option", "time", "options"):
        if f"initial_{name}" in element:
            value[f"selected_{name}"] = element[f"initial_{name}"]
    return {"value": value}


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("2 days", 2 * 24 * 60),
        ("for 30 minutes", 30),
        ("1.5h", 90),
        ("half an hour", 30),
        ("半小时", 30),
        ("2 天", 2 * 24 * 60),
        ("两小时", 120),
        ("until 18:00", 8 * 60),  # it is 10:00 in the channel's zone
        ("until 9am", 23 * 60),
        ("直到18点", 8 * 60),
    ],
)
async def test_a_mute_takes_a_time_as_people_write_it(harness: BotHarness, typed: str, minutes: int) -> None:
    """In words, with a blank, with a fraction, and until a time of day."""
    assert harness.bot is not None
    assert "Muted all updates" in await harness.ask(f"/panda mute {typed}")
    channel = await harness.bot.store.channels.get(harness.slack.workspace.channel("#orders").id)
    assert channel.muted_until is not None
    lasts = channel.muted_until - harness.clock()
    assert abs(lasts - timedelta(minutes=minutes)) < timedelta(minutes=1)


@pytest.mark.parametrize("typed", ["tomorrow", "until later", "2 months", "90s", "hours", f"{ORDER} until monday"])
async def test_a_time_that_is_not_read_is_answered_with_one_that_is(harness: BotHarness, typed: str) -> None:
    """And not with advice about order ids; nothing is muted."""
    answer = await harness.ask(f"/panda mute {typed}")
    assert "write it as `30m`, `2h`, `3d` or `until 18:00`" in answer
    assert "order ID" not in answer
    assert harness.lines() == []
