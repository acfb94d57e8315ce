"""Silence: one alarm, which a person can act on and movement clears; and an end to orders that nothing is heard of."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.house import ORDER, House, running, words

from sandbox.slack.faults import Fault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sandbox.slack.workspace import Message


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Both stand-ins and the production bot between them."""
    async with running(tmp_path) as one:
        yield one


async def watched(house: House, told: str = "all") -> Message:
    """Watch the order and return its card."""
    assert "Watching" in await house.ask(f"/panda watch {ORDER} {told}")
    return house.channel("#orders")[-1]


async def test_silence_raises_one_alarm_that_movement_clears(house: House) -> None:
    """The alarm says since when and where; somebody takes it on; the next scan clears it, visibly."""
    house.world.orders[ORDER].packages[0].scans[:] = [
        scan for scan in house.world.orders[ORDER].packages[0].scans if scan.at <= house.clock()
    ]
    card = await watched(house, "problems")
    house.clock.advance(timedelta(hours=60))
    await house.until(lambda: any("Not moving" in words(m) for m in house.thread(card)), patience=15)
    await house.several_ticks(12)
    [alarm] = [m for m in house.thread(card) if "Not moving" in words(m)]
    assert "No scan" in words(alarm)
    assert (await house.slack.press("tom", alarm, "alarm_take:1")).ok
    await house.until(lambda: "takes care of it" in words(house.thread(card)[0]))
    await house.until(lambda: "takes care of it" in words(house.channel("#orders")[0]))
    house.scan("快件已发往 广州分拨中心")
    await house.until(lambda: any("Moving again" in words(m) for m in house.thread(card)))
    await house.until(lambda: "Silent since" not in words(house.channel("#orders")[0]))


async def stuck(house: House) -> Message:
    """The order stands still and the channel was alarmed; the alarm."""
    parcel = house.world.orders[ORDER].packages[0]
    parcel.scans[:] = [scan for scan in parcel.scans if scan.at <= house.clock()]
    card = await watched(house)
    house.clock.advance(timedelta(hours=60))
    await house.until(lambda: any("Not moving" in words(m) for m in house.thread(card)), patience=15)
    return house.thread(card)[-1]


def letters(house: House, user: str) -> list[Message]:
    """What the bot has written to a person directly."""
    return list(house.slack.workspace.direct(house.slack.workspace.user(user).id).messages.values())


async def test_a_reminder_goes_to_whoever_asked_for_it(house: House) -> None:
    """After 24 hours a direct message with the way to the card, and nothing in the channel; and so again."""
    alarm = await stuck(house)
    for user in ("tom", "mei"):  # each their own
        assert (await house.slack.press(user, alarm, "alarm_snooze:1")).ok
        await house.until(lambda user=user: f"snoozed by {user}" in words(house.channel("#orders")[0]))  # type: ignore[misc]
    shown = len(house.channel("#orders"))
    house.clock.advance(timedelta(hours=25))
    await house.until(lambda: bool(letters(house, "tom") and letters(house, "mei")), patience=15)
    [letter] = letters(house, "tom")
    card = house.channel("#orders")[0]
    assert "You asked to be reminded" in words(letter)
    assert f"archives/{card.channel}/p{card.ts.replace('.', '')}|Open the card>" in words(letter)
    await house.until(lambda: "snoozed by" not in words(house.channel("#orders")[0]))
    await house.several_ticks(12)
    assert [len(house.thread(card)), len(house.channel("#orders"))] == [1, shown]
    assert (await house.slack.press("tom", letter, "alarm_snooze:1")).ok
    await house.until(lambda: "snoozed by tom" in words(house.channel("#orders")[0]))
    house.clock.advance(timedelta(hours=25))
    await house.until(lambda: len(letters(house, "tom")) == 2, patience=15)
    assert "Open the card" in words(letters(house, "tom")[-1])
    assert len(letters(house, "mei")) == 1


async def test_nobody_is_reminded_of_what_has_moved(house: House) -> None:
    """The promise was "unless it moves"; after a stop of a day the order is read first."""
    alarm = await stuck(house)
    assert (await house.slack.press("tom", alarm, "alarm_snooze:1")).ok
    await house.until(lambda: "snoozed by" in words(house.channel("#orders")[0]))
    await house.stop_bot()
    house.clock.advance(timedelta(hours=24, minutes=5))
    house.scan("快件已发往 广州分拨中心")
    await house.start_bot()
    card = house.channel("#orders")[0]
    await house.until(lambda: any("Moving again" in words(m) for m in house.thread(card)))
    await house.several_ticks(12)
    assert letters(house, "tom") == []


async def test_whoever_cannot_be_written_to_is_mentioned_under_the_card(house: House) -> None:
    """Slack refuses the direct message for good: the reminder is a reply that mentions its person, and nobody else."""
    alarm = await stuck(house)
    assert (await house.slack.press("tom", alarm, "alarm_snooze:1")).ok
    await house.until(lambda: "snoozed by" in words(house.channel("#orders")[0]))
    tom = house.slack.workspace.user("tom").id
    house.slack.faults.plan(Fault("chat.postMessage", channel=tom, error="messages_tab_disabled"))
    card = house.channel("#orders")[0]
    house.clock.advance(timedelta(hours=25))
    await house.until(lambda: len(house.thread(card)) == 2, patience=15)
    reply = house.thread(card)[-1]
    assert (reply.broadcast, set(reply.notifies)) == (False, {tom})
    assert "cannot send you direct messages" in words(reply)


async def test_another_parcel_that_moves_clears_no_alarm(house: House) -> None:
    """While one parcel of two is stuck its alarm stands, a late old scan of it included; its own movement ends it."""
    stuck, moving = house.world.orders[ORDER].packages[0], house.world.add_parcel(ORDER, "YT0000000002")
    stuck.scans[:] = [scan for scan in stuck.scans if scan.at <= house.clock()]
    house.scan("快件已到达 杭州", waybill=moving.waybill)
    card = await watched(house)
    house.clock.advance(timedelta(hours=40))
    house.scan("快件已到达 上海", waybill=moving.waybill)
    await house.replies(card, 1)
    house.clock.advance(timedelta(hours=20))
    await house.until(lambda: any("Not moving" in words(m) for m in house.thread(card)), patience=15)
    house.scan("快件已到达 广州", waybill=moving.waybill)
    await house.replies(card, 3)
    house.scan("补录：快件已装车", waybill=stuck.waybill, at=stuck.scans[-1].at - timedelta(minutes=1))
    late = (await house.replies(card, 4))[-1]
    await house.several_ticks(12)
    assert not any("Moving again" in words(m) for m in house.thread(card))
    assert "Silent since" in words(house.channel("#orders")[0])
    house.scan("快件已发往 广州分拨中心", waybill=stuck.waybill)
    moved = (await house.replies(card, 5))[-1]
    assert "补录" in words(late)
    assert "Moving again" in words(moved)
    await house.until(lambda: "Silent since" not in words(house.channel("#orders")[0]))


async def test_that_a_problem_is_not_solved_is_shown_once_in_the_channel(house: House) -> None:
    """Two days after a problem there is no alarm, on the fourth day one in the channel; later in the thread only."""
    parcel = house.world.orders[ORDER].packages[0]
    parcel.scans[:] = [scan for scan in parcel.scans if scan.at <= house.clock()]
    card = await watched(house)
    house.scan("快件外包装破损，已登记为问题件，等待处理", status="UNSIGN")
    await house.replies(card, 1)
    house.clock.advance(timedelta(hours=60))
    await house.several_ticks(12)
    assert len(house.thread(card)) == 1
    house.clock.advance(timedelta(hours=13))
    await house.until(lambda: len(house.thread(card)) == 2, patience=15)
    house.scan("问题件，等待处理", status="UNSIGN")
    await house.until(lambda: len(house.thread(card)) == 3)
    house.clock.advance(timedelta(hours=80))
    await house.until(lambda: len(house.thread(card)) == 4, patience=15)
    first, again = house.thread(card)[1], house.thread(card)[3]
    assert all("The problem is not solved" in words(one) for one in (first, again))
    assert (first.broadcast, again.broadcast) == (True, False)
    assert not first.notifies | again.notifies


async def test_an_order_that_is_gone_is_asked_about_and_given_up(house: House) -> None:
    """PandaPon knows it no more: after a month the channel is asked whether anybody waits, a week later it ends."""
    card = await watched(house)
    del house.world.orders[ORDER]
    house.clock.advance(timedelta(days=31))
    await house.until(lambda: any("Is anybody still waiting" in words(m) for m in house.thread(card)), patience=15)
    house.clock.advance(timedelta(days=8))
    await house.until(lambda: "no longer followed" in words(house.channel("#orders")[0]), patience=15)
    assert "0 orders are watched" in await house.ask("/panda watches")
