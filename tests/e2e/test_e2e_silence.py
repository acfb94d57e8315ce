"""Silence: one alarm, which a person can act on and movement clears; and an end to orders that nothing is heard of."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from support.bot_harness import ORDER, BotHarness, words

from sandbox.slack.faults import Fault

if TYPE_CHECKING:
    from sandbox.slack.workspace import Message


async def watched(harness: BotHarness, told: str = "all") -> Message:
    """Watch the order and return its card."""
    assert "Watching" in await harness.ask(f"/panda watch {ORDER} {told}")
    return harness.channel("#orders")[-1]


async def test_silence_raises_one_alarm_that_movement_clears(harness: BotHarness) -> None:
    """The alarm says since when and where; somebody takes it on; the next scan clears it, visibly."""
    harness.world.orders[ORDER].packages[0].scans[:] = [
        scan for scan in harness.world.orders[ORDER].packages[0].scans if scan.at <= harness.clock()
    ]
    card = await watched(harness, "problems")
    harness.clock.advance(timedelta(hours=60))
    await harness.until(lambda: any("⏰ *No movement" in words(m) for m in harness.thread(card)))
    await harness.several_ticks(12)
    [alarm] = [m for m in harness.thread(card) if "⏰ *No movement" in words(m)]
    assert "No movement for 2 days" in words(alarm)
    assert (await harness.slack.press("tom", alarm, "alarm_take:1")).ok
    await harness.until(lambda: "is handling it" in words(harness.thread(card)[0]))
    await harness.until(lambda: "is handling it" in words(harness.channel("#orders")[0]))
    harness.scan("快件已发往 广州分拨中心")
    await harness.until(lambda: any("Moving again" in words(m) for m in harness.thread(card)))
    await harness.until(lambda: "No movement since" not in words(harness.channel("#orders")[0]))


async def stalled_alarm(harness: BotHarness) -> Message:
    """The order stands still and the channel was alarmed; the alarm."""
    parcel = harness.world.orders[ORDER].packages[0]
    parcel.scans[:] = [scan for scan in parcel.scans if scan.at <= harness.clock()]
    card = await watched(harness)
    harness.clock.advance(timedelta(hours=60))
    await harness.until(lambda: any("⏰ *No movement" in words(m) for m in harness.thread(card)))
    return harness.thread(card)[-1]


async def test_a_press_counts_although_the_stored_order_cannot_be_read(harness: BotHarness) -> None:
    """The person is confirmed, and the alarm names them, without the facts of the order."""
    alarm = await stalled_alarm(harness)
    assert harness.bot is not None
    await harness.bot.store.engine.run(lambda conn: conn.execute("UPDATE orders SET order_json = 'x'"))
    assert (await harness.slack.press("tom", alarm, "alarm_take:1")).ok
    await harness.until(lambda: "is handling it" in words(alarm))
    await harness.until(lambda: any("You've got it" in words(m) for m in harness.private("tom")))


def direct_messages(harness: BotHarness, user: str) -> list[Message]:
    """What the bot has written to a person directly."""
    return list(harness.slack.workspace.direct(harness.slack.workspace.user(user).id).messages.values())


async def test_a_reminder_goes_to_whoever_asked_for_it(harness: BotHarness) -> None:
    """After 24 hours a direct message with the way to the card, and nothing in the channel; and so again."""
    alarm = await stalled_alarm(harness)
    for user in ("tom", "mei"):  # each their own
        assert (await harness.slack.press(user, alarm, "alarm_snooze:1")).ok
        await harness.until(lambda user=user: f"💤 {user} will be reminded" in words(harness.channel("#orders")[0]))  # type: ignore[misc]  # mypy knows no defaults in lambdas
    shown = len(harness.channel("#orders"))
    harness.clock.advance(timedelta(hours=25))
    await harness.until(lambda: bool(direct_messages(harness, "tom") and direct_messages(harness, "mei")))
    [letter] = direct_messages(harness, "tom")
    card = harness.channel("#orders")[0]
    assert "You asked to be reminded" in words(letter)
    assert f"archives/{card.channel}/p{card.ts.replace('.', '')}|Open the card>" in words(letter)
    await harness.until(lambda: "will be reminded" not in words(harness.channel("#orders")[0]))
    await harness.several_ticks(12)
    assert [len(harness.thread(card)), len(harness.channel("#orders"))] == [1, shown]
    assert (await harness.slack.press("tom", letter, "alarm_snooze:1")).ok
    await harness.until(lambda: "💤 tom will be reminded" in words(harness.channel("#orders")[0]))
    harness.clock.advance(timedelta(hours=25))
    await harness.until(lambda: len(direct_messages(harness, "tom")) == 2)
    assert "Open the card" in words(direct_messages(harness, "tom")[-1])
    assert len(direct_messages(harness, "mei")) == 1


async def test_nobody_is_reminded_of_what_has_moved(harness: BotHarness) -> None:
    """The promise was "unless it moves"; after a stop of a day the order is read first."""
    alarm = await stalled_alarm(harness)
    assert (await harness.slack.press("tom", alarm, "alarm_snooze:1")).ok
    await harness.until(lambda: "will be reminded" in words(harness.channel("#orders")[0]))
    await harness.stop_bot()
    harness.clock.advance(timedelta(hours=24, minutes=5))
    harness.scan("快件已发往 广州分拨中心")
    await harness.start_bot()
    card = harness.channel("#orders")[0]
    await harness.until(lambda: any("Moving again" in words(m) for m in harness.thread(card)))
    await harness.several_ticks(12)
    assert direct_messages(harness, "tom") == []


async def test_whoever_cannot_be_written_to_is_mentioned_under_the_card(harness: BotHarness) -> None:
    """Slack refuses the direct message for good: the reminder is a reply that mentions its person, and nobody else."""
    alarm = await stalled_alarm(harness)
    assert (await harness.slack.press("tom", alarm, "alarm_snooze:1")).ok
    await harness.until(lambda: "will be reminded" in words(harness.channel("#orders")[0]))
    tom = harness.slack.workspace.user("tom").id
    harness.slack.faults.plan(Fault("chat.postMessage", channel=tom, error="messages_tab_disabled"))
    card = harness.channel("#orders")[0]
    harness.clock.advance(timedelta(hours=25))
    await harness.until(lambda: len(harness.thread(card)) == 2)
    reply = harness.thread(card)[-1]
    assert (reply.broadcast, set(reply.notifies)) == (False, {tom})
    assert "cannot send you direct messages" in words(reply)


async def test_whoever_cannot_be_written_to_is_mentioned_each_time(harness: BotHarness) -> None:
    """A second reminder of the same alarm takes the same way, and blocks nothing else for its person."""
    alarm = await stalled_alarm(harness)
    tom = harness.slack.workspace.user("tom").id
    harness.slack.faults.plan(Fault("chat.postMessage", times=100, channel=tom, error="messages_tab_disabled"))
    card = harness.channel("#orders")[0]
    for replies in (2, 3):
        assert (await harness.slack.press("tom", alarm, "alarm_snooze:1")).ok
        await harness.until(lambda: "will be reminded" in words(harness.channel("#orders")[0]))
        harness.clock.advance(timedelta(hours=25))
        await harness.until(lambda replies=replies: len(harness.thread(card)) == replies)  # type: ignore[misc]  # mypy knows no defaults in lambdas
        alarm = harness.thread(card)[-1]
    assert direct_messages(harness, "tom") == []


async def test_another_parcel_that_moves_clears_no_alarm(harness: BotHarness) -> None:
    """While one parcel of two is stuck its alarm stands, a late old scan of it included; its own movement ends it."""
    stuck, moving = harness.world.orders[ORDER].packages[0], harness.world.add_parcel(ORDER, "YT0000000002")
    stuck.scans[:] = [scan for scan in stuck.scans if scan.at <= harness.clock()]
    harness.scan("快件已到达 杭州", waybill=moving.waybill)
    card = await watched(harness)
    harness.clock.advance(timedelta(hours=40))
    harness.scan("快件已到达 上海", waybill=moving.waybill)
    await harness.replies(card, 1)
    harness.clock.advance(timedelta(hours=20))
    await harness.until(lambda: any("⏰ *No movement" in words(m) for m in harness.thread(card)))
    harness.scan("快件已到达 广州", waybill=moving.waybill)
    await harness.replies(card, 3)
    harness.scan("补录：快件已装车", waybill=stuck.waybill, at=stuck.scans[-1].at - timedelta(minutes=1))
    late = (await harness.replies(card, 4))[-1]
    await harness.several_ticks(12)
    assert not any("Moving again" in words(m) for m in harness.thread(card))
    assert "No movement since" in words(harness.channel("#orders")[0])
    harness.scan("快件已发往 广州分拨中心", waybill=stuck.waybill)
    moved = (await harness.replies(card, 5))[-1]
    assert "补录" in words(late)
    assert "Moving again" in words(moved)
    await harness.until(lambda: "No movement since" not in words(harness.channel("#orders")[0]))


async def test_that_a_problem_is_not_solved_is_shown_once_in_the_channel(harness: BotHarness) -> None:
    """Two days after a problem there is no alarm, on the fourth day one in the channel; later in the thread only."""
    parcel = harness.world.orders[ORDER].packages[0]
    parcel.scans[:] = [scan for scan in parcel.scans if scan.at <= harness.clock()]
    card = await watched(harness)
    harness.scan("快件外包装破损，已登记为问题件，等待处理", status="UNSIGN")
    await harness.replies(card, 1)
    harness.clock.advance(timedelta(hours=60))
    await harness.several_ticks(12)
    assert len(harness.thread(card)) == 1
    harness.clock.advance(timedelta(hours=13))
    await harness.until(lambda: len(harness.thread(card)) == 2)
    harness.scan("问题件，等待处理", status="UNSIGN")
    await harness.until(lambda: len(harness.thread(card)) == 3)
    harness.clock.advance(timedelta(hours=80))
    await harness.until(lambda: len(harness.thread(card)) == 4)
    first, again = harness.thread(card)[1], harness.thread(card)[3]
    assert all("Problem still open" in words(alarm) for alarm in (first, again))
    assert (first.broadcast, again.broadcast) == (True, False)
    assert not first.notifies | again.notifies


async def test_an_order_that_is_gone_is_asked_about_and_given_up(harness: BotHarness) -> None:
    """PandaPon knows it no more: after a month the channel is asked whether anybody waits, a week later it ends."""
    card = await watched(harness)
    del harness.world.orders[ORDER]
    harness.clock.advance(timedelta(days=31))
    await harness.until(lambda: any("Still waiting for this?" in words(m) for m in harness.thread(card)))
    harness.clock.advance(timedelta(days=8))
    await harness.until(lambda: "no longer followed" in words(harness.channel("#orders")[0]))
    assert "0 orders are watched" in await harness.ask("/panda watches")
