"""The main job through the outside: ask, watch, the news arrives, milestone, delivered, restart, unwatch."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr
from support import pgbouncer, postgres
from support.bot_harness import ORDER, BotHarness, running, words
from support.canaries import logged

from handlers.blocks.text import short_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture(params=["socket", "http", "postgres", "pgbouncer"])
async def harness(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[BotHarness]:
    """Both stand-ins and the production bot, in each Slack mode, on PostgreSQL, and with a pooler between."""
    extra: dict[str, Any] = {}
    if request.param == "postgres":
        extra = {"storage_url": SecretStr(postgres.new_database(tmp_path))}
    elif request.param == "pgbouncer":
        extra = {"storage_url": SecretStr(pgbouncer.new_database(tmp_path)), "storage_pooler": "on"}
    async with running(tmp_path, mode="http" if request.param == "http" else "socket", **extra) as harness:
        yield harness


async def test_the_main_job_from_question_to_delivery(harness: BotHarness) -> None:
    """A team asks, watches, and reads every step in the thread and the milestones in the channel."""
    answer = await harness.ask(f"/panda track {ORDER}")
    assert "78012345678901" in answer
    assert "快件已到达 义乌分拨中心" in answer

    answer = await harness.ask(f"/panda watch {ORDER}")
    assert "Watching" in answer
    [card] = harness.channel("#orders")
    assert ORDER in card.text
    assert harness.thread(card) == [], "the first sight is a baseline: no backlog of old scans"

    harness.scan("快件已发往 广州分拨中心", status="TRANSPORT", action="TMS_STATION_OUT")
    [first] = await harness.replies(card, 1)
    assert "快件已发往 广州分拨中心" in first.text
    assert not first.broadcast, "a plain scan stays in the thread"

    harness.scan("快件正在派送中，请保持电话畅通", status="DELIVERING")
    second = (await harness.replies(card, 2))[1]
    assert "Out for delivery" in second.text
    assert second.broadcast, "a milestone is shown in the channel too"
    await harness.until(lambda: "Out for delivery" in harness.channel("#orders")[0].text)

    harness.scan("快件已签收，签收人：本人", status="SIGN")
    third = (await harness.replies(card, 3))[2]
    assert "Delivered" in third.text
    assert third.broadcast
    await harness.until(lambda: "Delivered" in harness.channel("#orders")[0].text)

    answer = await harness.ask(f"/panda unwatch {ORDER}")
    assert "Undo" in answer
    harness.scan("客户更正签收信息", status="TRANSPORT")
    await harness.several_ticks()
    assert len(harness.thread(card)) == 3


async def test_a_restart_posts_nothing_twice(harness: BotHarness) -> None:
    """What was told before a restart is not told again, and what came during the stop is told once."""
    await harness.ask(f"/panda watch {ORDER}")
    [card] = harness.channel("#orders")
    harness.scan("快件已发往 广州分拨中心", status="TRANSPORT")
    await harness.replies(card, 1)

    await harness.stop_bot()
    harness.scan("快件正在派送中", status="DELIVERING")
    await harness.start_bot()

    await harness.replies(card, 2)
    await harness.several_ticks()
    assert len(harness.thread(card)) == 2
    assert len([message for message in harness.channel("#orders") if not message.broadcast]) == 1


@pytest.mark.parametrize("waybill", ["78012345678901", "SF187002985992"])
async def test_a_waybill_will_do_for_the_order(harness: BotHarness, waybill: str) -> None:
    """A parcel's number starts, mutes and stops the watch of its order, be it of digits or with letters."""
    harness.world.add_parcel(ORDER, "SF187002985992")
    await harness.ask(f"/panda track {ORDER}")
    answer = await harness.ask(f"/panda watch {waybill} {ORDER}")
    assert "Watching 1 order" in answer
    assert short_id(ORDER) in answer
    assert "Muted" in await harness.ask(f"/panda mute {waybill}")
    answer = await harness.ask(f"/panda unwatch {waybill} {ORDER}")
    assert "Stopped watching 1 order" in answer
    assert "not watched" not in answer
    assert "was not watched" in await harness.ask(f"/panda unwatch {waybill}")


async def test_undo_brings_the_watch_back(harness: BotHarness) -> None:
    """Unwatching is one press away from being taken back."""
    await harness.ask(f"/panda watch {ORDER}")
    [card] = harness.channel("#orders")
    await harness.ask(f"/panda unwatch {ORDER}")
    assert "Watching" in await harness.press("Undo")
    harness.scan("快件已发往 广州分拨中心", status="TRANSPORT")
    await harness.replies(card, 1)


async def test_buttons_under_a_tracked_order(harness: BotHarness) -> None:
    """Refresh shows what came since, Show all nodes shows everything, Watch here starts a watch."""
    await harness.ask(f"/panda track {ORDER}")
    harness.scan("快件已发往 广州分拨中心", status="TRANSPORT")
    assert "快件已发往 广州分拨中心" in await harness.press("Refresh")
    assert "Watching" in await harness.press("Watch here")
    assert len(harness.channel("#orders")) == 1


async def test_a_slow_refresh_leaves_no_working_line(harness: BotHarness) -> None:
    """The pressed message becomes the working line, and then the answer."""
    await harness.ask(f"/panda track {ORDER}")
    harness.pandapon.faults.delay = 1.8
    assert "78012345678901" in await harness.press("Refresh")
    assert len(harness.private()) == 1


async def test_a_slow_watch_here_keeps_the_pressed_message(harness: BotHarness) -> None:
    """Its answer is a new message: the parcels that were on the screen are still there."""
    await harness.ask(f"/panda track {ORDER}")
    harness.pandapon.faults.delay = 1.8
    assert "Watching" in await harness.press("Watch here")
    tracked, working, watching = (words(message) for message in harness.private())
    assert "78012345678901" in tracked
    assert working.startswith("⏳")
    assert "Watching" in watching


async def test_search_pages_through_products(harness: BotHarness) -> None:
    """Results carry title, price and seller; next and previous lead through the pages."""
    first = await harness.ask("/panda search 连衣裙 --1688")
    assert "连衣裙" in first
    assert "¥" in first
    second = await harness.press("Next")
    assert second != first
    assert await harness.press("Previous") == first


async def test_behind_the_last_page_the_way_leads_back(harness: BotHarness) -> None:
    """A page that does not exist says so, and Previous leads to goods."""
    assert "nothing on page 99" in await harness.ask("/panda search 连衣裙 --1688 --page 99")
    assert "¥" in await harness.press("Previous")


async def test_order_and_list_are_in_words(harness: BotHarness) -> None:
    """An order is shown with its status in words, amounts, items and parcels; the list pages."""
    answer = await harness.ask(f"/panda order {ORDER}")
    assert ORDER in answer
    assert "¥" in answer
    assert "waitbuyerreceive" not in answer
    assert short_id(ORDER) in await harness.ask("/panda orders --1688")
    assert "does not tell delivered orders from shipped ones" in await harness.ask("/panda orders done --taobao")
    cancelled = await harness.ask("/panda order 2542285634920889991")
    assert "Closed: cancelled by the buyer" in cancelled
    assert "buyerCancel" not in cancelled


async def test_status_and_watches_say_how_things_stand(harness: BotHarness) -> None:
    """The list names the order, the filter and who watches; the status speaks in words."""
    await harness.ask(f"/panda watch {ORDER} milestones")
    listed = await harness.ask("/panda watches")
    assert short_id(ORDER) in listed
    assert "milestones" in listed.casefold()
    assert "by mei" in listed
    assert "PandaPon is responding" in await harness.ask("/panda status")


async def test_the_filter_keeps_plain_scans_away(harness: BotHarness) -> None:
    """A watch for milestones is not told of a plain scan, and is told of the delivery."""
    await harness.ask(f"/panda watch {ORDER} milestones")
    [card] = harness.channel("#orders")
    harness.scan("快件已发往 广州分拨中心", status="TRANSPORT")
    await harness.several_ticks()
    assert harness.thread(card) == []
    harness.scan("快件已签收，签收人：本人", status="SIGN")
    [delivered] = await harness.replies(card, 1)
    assert "Delivered" in delivered.text


async def test_watching_again_without_a_filter_keeps_the_filter(harness: BotHarness) -> None:
    """Neither a bare second watch nor the shortcut makes a quiet watch louder; naming a filter does."""
    assert "problems only" in await harness.ask(f"/panda watch {ORDER} problems")
    again = await harness.ask(f"/panda watch {ORDER}")
    assert "already watched (problems only)" in again
    assert "all updates" not in again
    message = await harness.say(f"please see {ORDER}")
    assert "already watched (problems only)" in await harness.shortcut("watch_message", message)
    assert "problems only" in await harness.ask("/panda watches")
    assert "now with all updates" in await harness.ask(f"/panda watch {ORDER} all")


async def test_watching_all_again_without_a_filter_keeps_the_filter(harness: BotHarness) -> None:
    """The same goes for every order of the account."""
    await harness.ask("/panda watch all problems")
    again = await harness.ask("/panda watch all")
    assert "problems only" in again
    assert "all updates" not in again


async def test_message_shortcuts_name_what_they_skipped(harness: BotHarness) -> None:
    """Beyond ten ids the others are printed, so that they can be copied into the next command."""
    ids = [ORDER, *(f"25422856349200{n:05}" for n in range(12))]
    message = await harness.say(" ".join(ids))
    for callback in ("track_message", "watch_message"):
        answer = await harness.shortcut(callback, message)
        assert f"3 more IDs in that message were skipped: `{ids[10]}` `{ids[11]}` `{ids[12]}`" in answer


async def test_message_shortcuts_find_the_orders(harness: BotHarness) -> None:
    """Track and watch work on what a colleague wrote, with a link and a second order in it."""
    posted = await harness.say(
        f"please see {ORDER} and https://trade.1688.com/order/detail.htm?orderId=2542285634920880795"
    )
    tracked = await harness.shortcut("track_message", posted)
    assert ORDER in tracked
    assert "2542285634920880795" in tracked
    watched = await harness.shortcut("watch_message", posted)
    assert "Watching" in watched
    assert len([message for message in harness.channel("#orders") if message.by_bot]) == 2


async def test_an_incidents_number_leads_to_its_log_lines(harness: BotHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours gives the person a number; every line of their request carries it, and no line of another."""
    assert harness.bot is not None

    async def broken(*_args: object, **_options: object) -> None:
        logging.getLogger("bot.somewhere").warning("on the way")
        raise LookupError("a bug")

    with logged("info") as log:
        with monkeypatch.context() as patch:
            patch.setattr(harness.bot.context.store.watches, "listed", broken)
            answer = await harness.ask("/panda watches")
        assert "Watching" in await harness.ask(f"/panda watch {ORDER}")
    [number] = re.findall(r"`([0-9a-f]{8})`", answer)
    ours = [line for line in log.getvalue().splitlines() if f"request={number}" in line]
    assert [line.partition(" request=")[0].rpartition("  ")[2] for line in ours] == ["on the way", "unexpected error"]
