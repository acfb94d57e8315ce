"""A channel that watches every order of the account, or all in one state: none is missed, none is told twice."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from support.bot_harness import ORDER, START, BotHarness, words

from bot.jobs.discovery import MOST_PAGES, PAGE
from handlers.blocks.text import short_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    from pandapon.models import Order, Page
    from pandapon.shipment import Platform
    from sandbox.pandapon.server import ReceivedRequest

OLDEST = "2542285634920870001"


def fill(harness: BotHarness, status: str, oldest: str) -> None:
    """More orders than two pages of the list hold, all in one state but for the oldest."""
    sample = harness.world.orders[ORDER]
    for number in range(2 * PAGE + 5):
        created = START - timedelta(days=9, minutes=-number)
        order_id = str(int(OLDEST) + number)
        states = [(created, status if number else oldest)]
        harness.world.add_order(
            replace(sample, order_id=order_id, created_at=created, statuses=states, packages=[], lines=sample.lines)
        )


async def watches(harness: BotHarness, order_id: str) -> bool:
    """Whether somebody follows this 1688 order."""
    assert harness.bot is not None
    return bool(await harness.bot.store.watches.of_orders([f"1688:{order_id}"]))


async def joined(harness: BotHarness, order_id: str) -> None:
    """Wait until it is followed."""
    for _ in range(80):
        if await watches(harness, order_id):
            return
        await harness.several_ticks(1)
    raise AssertionError(f"{order_id} never joined")


async def test_a_channel_watches_every_order(harness: BotHarness) -> None:
    """Known orders join silently; the first news of one brings its card, and the news in its thread."""
    answer = await harness.ask("/panda watch all")
    assert "Watching all orders in" in answer
    assert "added now" in answer
    await harness.several_ticks(6)
    assert harness.channel("#orders") == []
    harness.scan("快件已发往 广州分拨中心")
    await harness.until(lambda: len(harness.channel("#orders")) == 1)
    [card] = harness.channel("#orders")
    await harness.replies(card, 1)
    assert "added now" in await harness.ask("/panda watch all problems")


async def test_all_and_one_never_tell_twice(harness: BotHarness) -> None:
    """An order watched by its id and with all others has one card and one reply; ending all leaves it."""
    assert "Watching" in await harness.ask(f"/panda watch {ORDER}")
    [card] = harness.channel("#orders")
    await harness.ask("/panda watch all")
    harness.scan("快件已发往 广州分拨中心")
    await harness.replies(card, 1)
    assert "Stopped watching all" in await harness.ask("/panda unwatch all")
    assert short_id(ORDER) in await harness.ask("/panda watches")
    assert "`watch all` isn't on" in await harness.ask("/panda unwatch all")


async def test_what_was_unwatched_does_not_come_back(harness: BotHarness) -> None:
    """Stopping one order of a channel that watches all of them holds."""
    await harness.ask("/panda watch all")
    await harness.ask(f"/panda unwatch {ORDER}")
    await harness.ask("/panda watch all")
    await harness.several_ticks()
    harness.scan("快件已发往 广州分拨中心")
    await harness.several_ticks(6)
    assert harness.channel("#orders") == []


async def test_whoever_asks_for_all_again_gets_all(harness: BotHarness) -> None:
    """What was stopped before joins again, and what came meanwhile is no news; what comes after it is."""
    assert (match := re.search("([0-9]+) (?:orders )?added now", await harness.ask("/panda watch all")))
    await harness.ask(f"/panda unwatch {ORDER}")
    await harness.ask("/panda unwatch all")
    await harness.several_ticks()
    harness.scan("第一站 快件已到达")
    assert match[0] in await harness.ask("/panda watch all")
    await harness.several_ticks(6)
    assert harness.channel("#orders") == []
    harness.scan("第二站 快件已到达")
    await harness.until(lambda: len(harness.channel("#orders")) == 1)
    [card] = harness.channel("#orders")
    await harness.replies(card, 1)
    assert "第一站" not in "".join(map(words, harness.thread(card)))


async def test_an_old_order_joins_when_it_comes_into_the_state(harness: BotHarness) -> None:
    """It stands where it was created, pages below the newest, and is found all the same."""
    fill(harness, "waitsellersend", "waitbuyerpay")
    assert "added now" in await harness.ask("/panda watch all paid")
    assert not await watches(harness, OLDEST)
    harness.world.orders[OLDEST].statuses.append((harness.clock(), "waitsellersend"))
    harness.world.revision += 1
    harness.clock.advance(timedelta(hours=1, minutes=1))
    await joined(harness, OLDEST)


async def test_a_first_look_that_breaks_off_is_made_again(harness: BotHarness) -> None:
    """The pages that it did not reach are not forgotten because the first ones are known."""
    fill(harness, "waitsellersend", "waitsellersend")

    def break_off(seen: ReceivedRequest, _headers: Mapping[str, str], _answer: str) -> None:
        if seen.path.endswith("order/page"):  # the first page of a list has come, the next ones do not
            harness.pandapon.faults.status, harness.pandapon.faults.path = 503, "order/page"

    harness.pandapon.on_request.append(break_off)
    await harness.ask("/panda watch all")
    harness.pandapon.on_request.remove(break_off)
    assert not await watches(harness, OLDEST)
    assert await watches(harness, str(int(OLDEST) + 2 * PAGE)), "the newest came with the first page"
    harness.pandapon.faults.clear()
    await joined(harness, OLDEST)


async def test_a_long_list_is_watched_to_its_end(harness: BotHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks is told how many are still to come; they join without anybody's doing."""
    monkeypatch.setattr("bot.jobs.discovery.PATIENCE_SECONDS", 0.0)
    fill(harness, "waitsellersend", "waitsellersend")
    answer = await harness.ask("/panda watch all")
    assert "more in the next minutes" in answer
    assert not await watches(harness, OLDEST)
    await joined(harness, OLDEST)
    assert "next minutes" not in await harness.ask("/panda watch all")


async def test_what_lies_beyond_a_list_is_told_in_number(harness: BotHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never "all orders" when it is not; the whole list of an account with more than ten thousand orders is read."""
    assert MOST_PAGES * PAGE >= 200_000
    monkeypatch.setattr("bot.jobs.discovery.MOST_PAGES", 1)
    fill(harness, "waitsellersend", "waitsellersend")
    there = sum(order.platform.value == "1688" for order in harness.world.orders.values())
    answer = await harness.ask("/panda watch all")
    assert "all orders" not in answer
    assert f"{there - 2 * PAGE} older ones are not watched" in answer
    assert not await watches(harness, OLDEST)


async def test_a_list_that_never_ends_is_left(harness: BotHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that gives the first page for every number is asked twice, not for ever."""
    assert harness.bot is not None
    fill(harness, "waitsellersend", "waitsellersend")
    real = harness.bot.api.orders

    async def first_page(platform: Platform, **wish: Any) -> Page[Order]:
        page = await real(platform, **(wish | {"page": 1}))
        return page.model_copy(update={"total": None})

    monkeypatch.setattr(harness.bot.api, "orders", first_page)
    asked = len(harness.pandapon.requests)
    await harness.ask("/panda watch all")
    lists = [seen for seen in harness.pandapon.requests[asked:] if seen.path.endswith("order/page")]
    assert len(lists) <= 4


async def test_the_list_of_watches_is_sorted_and_has_tabs(harness: BotHarness) -> None:
    """Problems first, delivered ones last; each group by a button; the head says that all are watched."""
    await harness.ask("/panda watch all")
    await harness.several_ticks(6)
    first = await harness.ask("/panda watches")
    assert "`watch all` is on: new orders are added automatically" in first.splitlines()[1]
    attention = await harness.press("Needs attention")
    shown = [line for line in attention.splitlines() if "` · " in line or line.endswith("`")]
    assert len(shown) >= 3
    assert not any("*Delivered*" in line or "*In transit*" in line for line in shown)
    assert first.index("2542285634920881074") < first.index("page 1 of")
    delivered = await harness.press("Delivered ·")
    rows = [line for line in delivered.splitlines() if line.startswith("✅")]
    assert rows
    assert all("*Delivered*" in row for row in rows)
    assert delivered == await harness.ask("/panda watches delivered")
    assert "neither a channel nor one of" in await harness.ask("/panda watches sideways")
    await harness.ask("/panda unwatch all")
    assert "watch all" not in (await harness.ask("/panda watches")).splitlines()[1]


async def test_orders_watched_before_are_not_counted_in_silence(harness: BotHarness) -> None:
    """What was watched with another filter keeps it, the answer says so, and one press applies the new one to all."""
    narrow = await harness.ask("/panda watch all shipped problems")
    assert "still post" not in narrow
    wide = await harness.ask("/panda watch all all")
    assert re.search(r"[0-9]+ orders watched here before still post: problems only", wide)
    assert set(await filters(harness)) == {"all", "problems"}
    applied = await harness.press("All updates for all orders here")
    assert "All orders watched here now post: all updates" in applied
    assert set(await filters(harness)) == {"all"}
    await harness.until(lambda: re.search("[0-9]+ orders already watched: all updates", words(harness.lines()[-1])))
    assert "still post" not in await harness.ask("/panda watch all all")
    await harness.slack.press("tom", harness.lines()[-1], "undo_for_all:1")
    await harness.idle()
    assert set(await filters(harness)) == {"all", "problems"}


async def test_a_new_order_joins_by_the_rule_for_all(harness: BotHarness) -> None:
    """A narrower rule that is older does not take the new orders away from ``watch all``."""
    assert harness.bot is not None
    await harness.ask("/panda watch all shipped problems")
    await harness.ask("/panda watch all all")
    sample = harness.world.orders[ORDER]
    shipped = [(harness.clock(), "waitbuyerreceive")]
    harness.world.add_order(replace(sample, order_id=OLDEST, created_at=harness.clock(), statuses=shipped, packages=[]))
    harness.clock.advance(timedelta(hours=1, minutes=1))
    await joined(harness, OLDEST)
    [watch] = await harness.bot.store.watches.of_orders([f"1688:{OLDEST}"])
    assert watch.filter == "all"


async def filters(harness: BotHarness) -> list[str]:
    """The filters of all that #orders watches."""
    assert harness.bot is not None
    return list(await harness.bot.store.watches.filters(harness.slack.workspace.channel("#orders").id))


async def test_an_empty_list_of_another_channel_leads_to_that_channel(harness: BotHarness) -> None:
    """A command that is typed here would watch here."""
    here = await harness.ask("/panda watches")
    assert "`/panda watch 2542285634920880794` starts: the order's updates are then posted here" in here
    urgent = harness.slack.workspace.channel("#urgent").id
    there = await harness.ask("/panda watches in #urgent")
    assert f"Type `/panda watch 2542285634920880794` in <#{urgent}>" in there
    assert "posted there automatically" in there
