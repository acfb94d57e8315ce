"""Undo under a line for all takes back what this line says and nothing else, whatever was changed in between."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support import forged
from support.bot_harness import ORDER, BotHarness, words
from support.settings_form import at, choose

from sandbox.pandapon.demo import SECOND

if TYPE_CHECKING:
    from datetime import datetime

    from sandbox.slack.workspace import Message

WATCHED_ALL = "watches all orders here"
PROBLEMS = {"type": "static_select", "selected_option": {"value": "problems"}}
MILESTONES = {"type": "static_select", "selected_option": {"value": "milestones"}}
STANDING_TOO = {"type": "checkboxes", "selected_options": [{"value": "yes"}]}


async def line(harness: BotHarness, *texts: str) -> Message:
    """Wait for a line to all that says all of this, and return the newest one."""

    def matching_lines() -> list[Message]:
        return [message for message in harness.lines() if all(text in words(message) for text in texts)]

    await harness.until(lambda: bool(matching_lines()))
    return matching_lines()[-1]


async def undo(harness: BotHarness, pressed: Message) -> str:
    """Press Undo under a line and return the answer."""
    return await harness._answered(lambda: harness.slack.press("mei", pressed, "undo_for_all:1"), "mei", "#orders")


async def statuses(harness: BotHarness) -> dict[str, str]:
    """The filter of each ``watch all`` of the channel by its state."""
    assert harness.bot is not None
    return {each.status: each.filter.value for each in await harness.bot.store.subscriptions.active("C0ORDERS01")}


async def mutes(harness: BotHarness) -> dict[str, datetime]:
    """The end of each order's mute by the order's id; orders that are not muted are left out."""
    assert harness.bot is not None
    muted = await harness.bot.store.watches.muted_in("C0ORDERS01", harness.clock())
    return {watch.key.partition(":")[2]: watch.muted_until for watch in muted if watch.muted_until}


async def filters(harness: BotHarness) -> set[str]:
    """The filters of all that the channel watches."""
    assert harness.bot is not None
    return set(await harness.bot.store.watches.filters("C0ORDERS01"))


# --- watch all --------------------------------------------------------------------------------------------------------


async def test_one_of_two_watch_all_is_taken_back(harness: BotHarness) -> None:
    """The other one stays with its orders, and so do those of the first that stand in its state."""
    await harness.ask("/panda watch all shipped problems", user="tom")
    shipped = await line(harness, "tom watches all orders (`shipped`) here")
    await harness.ask("/panda watch all", user="tom")
    await line(harness, "tom watches all orders here")
    before = (await harness.ask("/panda watches")).splitlines()[0]
    assert "Undone" in await undo(harness, shipped)
    await line(harness, "mei stopped watching all orders (`shipped`) here", "Still watched: all orders")
    assert await statuses(harness) == {"": "all"}
    assert (await harness.ask("/panda watches")).splitlines()[0] == before
    assert await filters(harness) == {"all"}


async def test_the_undo_of_one_end_starts_that_one_again(harness: BotHarness) -> None:
    """With its own filter for the orders that the other had taken over meanwhile."""
    await harness.ask("/panda watch all shipped problems")
    shipped = await line(harness, "mei watches all orders (`shipped`) here")
    await harness.ask("/panda watch all")
    before = await filters(harness)
    assert "Undone" in await undo(harness, shipped)
    assert "Undone" in await undo(harness, await line(harness, "mei stopped watching all orders (`shipped`) here"))
    await line(harness, "mei watches all orders (`shipped`) here", "problems only")
    assert await statuses(harness) == {"": "all", "shipped": "problems"}
    assert await filters(harness) == before


async def test_each_watch_all_that_comes_back_has_a_line(harness: BotHarness) -> None:
    """With its state, its filter and the number of its own orders."""
    await harness.ask("/panda watch all shipped problems")
    await harness.ask("/panda watch all milestones")
    await harness.until(lambda: len(harness.lines()) == 2)
    at_first = [re.sub(r"^👀 mei|\d+ now", "", words(message)) for message in harness.lines()]
    await harness.ask("/panda unwatch all", user="tom")
    end = await line(harness, "tom stopped watching all orders here")
    count = len(harness.lines())
    assert "Undone" in await undo(harness, end)
    await harness.until(lambda: len(harness.lines()) == count + 2)
    again = harness.lines()[-2:]
    assert [re.sub(r"^👀 mei|\d+ now", "", words(message)) for message in again] == at_first
    assert "Undone" in await undo(harness, again[0])
    assert await statuses(harness) == {"": "milestones"}


async def test_a_watch_all_that_somebody_started_anew_stays(harness: BotHarness) -> None:
    """Undo of the first start ends nothing of the second, and says so."""
    await harness.ask("/panda watch all")
    first = await line(harness, WATCHED_ALL)
    await harness.ask("/panda unwatch all")
    await harness.ask("/panda watch all", user="tom")
    await line(harness, "tom watches all orders here")
    assert "changed again since" in await undo(harness, first)
    assert await statuses(harness) == {"": "all"}
    assert "mei stopped" in words(harness.lines()[-2])
    assert "tom watches" in words(harness.lines()[-1])


async def test_a_filter_that_somebody_changed_again_stays(harness: BotHarness) -> None:
    """Undo of the older line waits until the newer one is undone."""
    await harness.ask("/panda watch all all")
    await harness.ask("/panda watch all milestones")
    older = await line(harness, WATCHED_ALL, "milestones")
    await harness.ask("/panda watch all problems", user="tom")
    newer = await line(harness, WATCHED_ALL, "problems only")
    assert "changed again since" in await undo(harness, older)
    assert await statuses(harness) == {"": "problems"}
    assert "Undone" in await undo(harness, newer)
    assert await statuses(harness) == {"": "milestones"}
    assert "Undone" in await undo(harness, older)
    assert await statuses(harness) == {"": "all"}


async def test_what_stopped_is_named_and_starts_again_as_it_was(harness: BotHarness) -> None:
    """The answer, its button and the line to all name the state; the filter is kept."""
    await harness.ask("/panda watch all shipped problems")
    assert "Stopped watching all `shipped` orders" in await harness.ask("/panda unwatch all", user="tom")
    await line(harness, "tom stopped watching all orders (`shipped`) here")
    await harness.press("Watch all again", user="tom")
    assert await statuses(harness) == {"shipped": "problems"}


async def test_several_watch_all_come_back_by_the_line_alone(harness: BotHarness) -> None:
    """One command could not bring back both."""
    await harness.ask("/panda watch all shipped problems")
    await harness.ask("/panda watch all unpaid")
    assert "Watch all again" not in await harness.ask("/panda unwatch all")
    assert "Undone" in await undo(harness, await line(harness, "mei stopped watching all orders here"))
    assert await statuses(harness) == {"shipped": "problems", "unpaid": "all"}


# --- mutes ------------------------------------------------------------------------------------------------------------


async def two_muted(harness: BotHarness) -> datetime:
    """Watch two orders and mute the second one for three days; the end of that."""
    await harness.ask(f"/panda watch {ORDER} {SECOND}")
    await harness.ask(f"/panda mute {SECOND} 3d")
    return harness.clock() + timedelta(days=3)


async def test_each_order_gets_its_own_mute_back(harness: BotHarness) -> None:
    """One that was not muted is not muted; the other is muted until its own end. The channel reads of both."""
    await two_muted(harness)
    before = await mutes(harness)
    assert set(before) == {SECOND}
    await harness.ask(f"/panda mute {ORDER} {SECOND} 2h", user="tom")
    message = await line(harness, "tom muted", ORDER, SECOND)
    assert set(await mutes(harness)) == {ORDER, SECOND}
    assert "Undone" in await undo(harness, message)
    assert await mutes(harness) == before
    unmuted = await line(harness, "🔔 mei unmuted", ORDER)
    muted = await line(harness, "🔕 mei muted", SECOND)
    assert SECOND not in words(unmuted)
    assert ORDER not in words(muted)


async def test_the_undo_of_an_unmute_leaves_the_others_alone(harness: BotHarness) -> None:
    """An order that was not muted is not named in the line, and not muted by its Undo."""
    await two_muted(harness)
    before = await mutes(harness)
    await harness.ask(f"/panda unmute {ORDER} {SECOND}", user="tom")
    unmuted = await line(harness, "🔔 tom unmuted", SECOND)
    assert ORDER not in words(unmuted)
    assert "Undone" in await undo(harness, unmuted)
    assert await mutes(harness) == before


async def test_a_mute_that_somebody_changed_again_stays(harness: BotHarness) -> None:
    """Of an order and of the channel: Undo of the older line changes nothing and tells the channel nothing."""
    await harness.ask(f"/panda watch {ORDER}")
    for subject in (f" {ORDER}", ""):
        await harness.ask(f"/panda mute{subject} 2h")
        older = await line(harness, "mei muted", subject.strip() or "all updates")
        await harness.ask(f"/panda mute{subject} 5d", user="tom")
        await line(harness, "tom muted", subject.strip() or "all updates")
        count = len(harness.lines())
        assert "changed again since" in await undo(harness, older)
        assert len(harness.lines()) == count
    assert (await mutes(harness))[ORDER] > harness.clock() + timedelta(days=4)
    assert "Muted by tom" in await harness.ask("/panda settings")


async def test_a_line_of_an_earlier_version_is_undone_as_it_was(harness: BotHarness) -> None:
    """It holds one end for all of its orders, which each of them gets."""
    assert harness.bot is not None
    end = (await two_muted(harness)).isoformat()
    await harness.ask(f"/panda mute {ORDER} {SECOND} 2h")
    message = await line(harness, "mei muted", ORDER, SECOND)

    async def strip() -> None:
        sql = "UPDATE outbox SET payload = REPLACE(payload, 'orders', 'later') WHERE kind = 'line'"
        await harness.bot.store.engine.run(lambda conn: conn.execute(sql))  # type: ignore[union-attr]  # asserted above

    await strip()
    assert "Undone" in await undo(harness, message)
    assert {until.isoformat()[:16] for until in (await mutes(harness)).values()} == {end[:16]}
    assert set(await mutes(harness)) == {ORDER, SECOND}


async def test_the_private_undo_of_a_longer_mute_says_what_it_does(harness: BotHarness) -> None:
    """Where the mute took the place of another one, its button unmutes and is named so."""
    await harness.ask(f"/panda watch {ORDER}")
    assert "Undo" in await harness.ask(f"/panda mute {ORDER} 2h")
    again = await harness.ask(f"/panda mute {ORDER} 3d")
    assert "Unmute" in again
    assert "Undo" not in again


# --- settings ---------------------------------------------------------------------------------------------------------


async def test_an_older_settings_line_takes_back_its_own_settings(harness: BotHarness) -> None:
    """What a later line changed stays, and so does a setting that both changed."""
    await choose(harness, digest_at=at("11:00"), quiet_from=at("22:00"), quiet_to=at("07:00"))
    older = await line(harness, "⚙️ mei changed the settings here", "Daily digest at 11:00")
    await choose(harness, filter=PROBLEMS, digest_at=at("12:00"), quiet_from=at("22:00"), quiet_to=at("07:00"))
    await line(harness, "New orders: problems only")
    assert "Undone" in await undo(harness, older)
    told = words(await line(harness, "No quiet hours"))
    assert "New orders" not in told
    assert "digest" not in told
    now = await harness.ask("/panda settings")
    assert "New orders: problems only" in now
    assert "Daily digest at 12:00" in now
    assert "No quiet hours" in now


async def test_settings_that_somebody_changed_again_stay(harness: BotHarness) -> None:
    """Undo says so, and tells the channel nothing."""
    await choose(harness, filter=PROBLEMS)
    older = await line(harness, "New orders: problems only")
    await choose(harness, filter=MILESTONES)
    await line(harness, "New orders: milestones")
    assert "changed again since" in await undo(harness, older)
    assert "New orders: milestones" in await harness.ask("/panda settings")
    assert len(harness.lines()) == 2


async def test_filters_come_back_where_nobody_changed_them_again(harness: BotHarness) -> None:
    """Of watches and of ``watch all``; one that a person changed since keeps its own. That can be undone likewise."""
    await harness.ask(f"/panda watch {ORDER} {SECOND}")
    await harness.ask("/panda watch all shipped milestones")
    await choose(harness, filter=PROBLEMS, filter_all=STANDING_TOO)
    pressed = await line(harness, "New orders: problems only", "already watched: problems only")
    assert await statuses(harness) == {"shipped": "problems"}
    await harness.ask(f"/panda watch {SECOND} milestones")
    assert "Undone" in await undo(harness, pressed)
    assert await filter_of(harness, SECOND) == "milestones"
    assert await filter_of(harness, ORDER) == "all"
    assert await statuses(harness) == {"shipped": "milestones"}
    back = await line(harness, "already watched: all updates")
    assert "1 order already watched" in words(back)
    assert "Undone" in await undo(harness, back)
    assert await filter_of(harness, ORDER) == "problems"
    assert await filter_of(harness, SECOND) == "milestones"


async def filter_of(harness: BotHarness, order_id: str) -> str:
    """The filter of the watch of an order."""
    assert harness.bot is not None
    [watch] = await harness.bot.store.watches.of_orders([f"1688:{order_id}"])
    return watch.filter.value


# --- the private buttons ----------------------------------------------------------------------------------------------


async def live(harness: BotHarness) -> list[str]:
    """The ids of the orders that the channel watches."""
    assert harness.bot is not None
    watches, _total = await harness.bot.store.watches.of_channel("C0ORDERS01", 0, 99)
    return [watch.key.partition(":")[2] for watch in watches]


async def test_the_undo_of_an_unwatch_brings_nothing_back_that_a_colleague_stopped(harness: BotHarness) -> None:
    """It takes back its own end, once; a later end is another one, with an Undo of its own."""
    await harness.ask(f"/panda watch {ORDER}")
    await harness.ask(f"/panda unwatch {ORDER}")
    assert "again" in await harness.press("Undo")
    harness.clock.advance(timedelta(minutes=1))
    await harness.ask(f"/panda unwatch {ORDER}", user="tom")
    assert "Nothing was undone" in await harness.press("Undo")
    assert await live(harness) == []
    assert "again" in await harness.press("Undo", user="tom")
    assert await live(harness) == [ORDER]


async def test_the_undo_of_a_watch_leaves_the_watch_that_a_colleague_began_since(harness: BotHarness) -> None:
    """Another watch of the same order in the same channel is not what this answer began."""
    await harness.ask(f"/panda watch {ORDER}")
    await harness.ask(f"/panda unwatch {ORDER}", user="tom")
    await harness.ask(f"/panda watch {ORDER}", user="tom")
    assert "Nothing was undone" in await harness.press("Undo")
    assert await live(harness) == [ORDER]
    assert "Stopped watching 1 order" in await harness.press("Undo", user="tom")
    assert await live(harness) == []


@pytest.mark.parametrize(("at", "is_undone"), [("", True), (" 2026-03-02T02:00:00+00:00", False), (" x", False)])
async def test_the_undo_buttons_of_an_earlier_version_work(harness: BotHarness, at: str, is_undone: bool) -> None:
    """One of ``watch`` carries a command, and one of ``unwatch`` carries no time; a wrong time undoes nothing."""
    await harness.ask(f"/panda watch {ORDER}")
    assert harness.bot is not None
    [watch] = await harness.bot.store.watches.of_orders([f"1688:{ORDER}"])
    assert "Stopped watching" in await forged.answered(
        harness, forged.press(harness, "undo_watch:1", f"unwatch {ORDER}")
    )
    await forged.answered(harness, forged.press(harness, "undo_unwatch:1", f"{watch.id}{at}"))
    assert bool(await live(harness)) == is_undone
