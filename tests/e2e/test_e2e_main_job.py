"""The main job through the outside: ask, watch, the news arrives, milestone, delivered, restart, unwatch."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import pytest
from support.canaries import logged
from support.house import ORDER, House, running, words

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture(params=["socket", "http"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """Both stand-ins and the production bot between them, in each Slack mode."""
    async with running(tmp_path, mode=request.param) as one:
        yield one


async def test_the_main_job_from_question_to_delivery(house: House) -> None:
    """A team asks, watches, and reads every step in the thread and the milestones in the channel."""
    answer = await house.ask(f"/panda track {ORDER}")
    assert "78012345678901" in answer
    assert "快件已到达 义乌分拨中心" in answer

    answer = await house.ask(f"/panda watch {ORDER}")
    assert "Watching" in answer
    [card] = house.channel("#orders")
    assert ORDER in card.text
    assert house.thread(card) == [], "the first sight is a baseline: no backlog of old scans"

    house.scan("快件已发往 广州分拨中心", status="TRANSPORT", action="TMS_STATION_OUT")
    [first] = await house.replies(card, 1)
    assert "快件已发往 广州分拨中心" in first.text
    assert not first.broadcast, "a plain scan stays in the thread"

    house.scan("快件正在派送中，请保持电话畅通", status="DELIVERING")
    second = (await house.replies(card, 2))[1]
    assert "Out for delivery" in second.text
    assert second.broadcast, "a milestone is shown in the channel too"
    await house.until(lambda: "Out for delivery" in house.channel("#orders")[0].text)

    house.scan("快件已签收，签收人：本人", status="SIGN")
    third = (await house.replies(card, 3))[2]
    assert "Delivered" in third.text
    assert third.broadcast
    await house.until(lambda: "Delivered" in house.channel("#orders")[0].text)

    answer = await house.ask(f"/panda unwatch {ORDER}")
    assert "Undo" in answer
    house.scan("客户更正签收信息", status="TRANSPORT")
    await house.several_ticks()
    assert len(house.thread(card)) == 3


async def test_a_restart_posts_nothing_twice(house: House) -> None:
    """What was told before a restart is not told again, and what came during the stop is told once."""
    await house.ask(f"/panda watch {ORDER}")
    [card] = house.channel("#orders")
    house.scan("快件已发往 广州分拨中心", status="TRANSPORT")
    await house.replies(card, 1)

    await house.stop_bot()
    house.scan("快件正在派送中", status="DELIVERING")
    await house.start_bot()

    await house.replies(card, 2)
    await house.several_ticks()
    assert len(house.thread(card)) == 2
    assert len([message for message in house.channel("#orders") if not message.broadcast]) == 1


@pytest.mark.parametrize("waybill", ["78012345678901", "SF187002985992"])
async def test_a_waybill_will_do_for_the_order(house: House, waybill: str) -> None:
    """A parcel's number starts, mutes and stops the watch of its order, be it of digits or with letters."""
    house.world.add_parcel(ORDER, "SF187002985992")
    await house.ask(f"/panda track {ORDER}")
    answer = await house.ask(f"/panda watch {waybill} {ORDER}")
    assert "Watching 1 order" in answer
    assert ORDER in answer
    assert "Muted" in await house.ask(f"/panda mute {waybill}")
    answer = await house.ask(f"/panda unwatch {waybill} {ORDER}")
    assert "Stopped watching 1 order" in answer
    assert "not watched" not in answer
    assert "was not watched" in await house.ask(f"/panda unwatch {waybill}")


async def test_undo_brings_the_watch_back(house: House) -> None:
    """Unwatching is one press away from being taken back."""
    await house.ask(f"/panda watch {ORDER}")
    [card] = house.channel("#orders")
    await house.ask(f"/panda unwatch {ORDER}")
    assert "Watching" in await house.press("Undo")
    house.scan("快件已发往 广州分拨中心", status="TRANSPORT")
    await house.replies(card, 1)


async def test_buttons_under_a_tracked_order(house: House) -> None:
    """Refresh shows what came since, Show all nodes shows everything, Watch here starts a watch."""
    await house.ask(f"/panda track {ORDER}")
    house.scan("快件已发往 广州分拨中心", status="TRANSPORT")
    assert "快件已发往 广州分拨中心" in await house.press("Refresh")
    assert "Watching" in await house.press("Watch here")
    assert len(house.channel("#orders")) == 1


async def test_a_slow_refresh_leaves_no_working_line(house: House) -> None:
    """The pressed message becomes the working line, and then the answer."""
    await house.ask(f"/panda track {ORDER}")
    house.pandapon.faults.delay = 1.2
    assert "78012345678901" in await house.press("Refresh")
    assert len(house.private()) == 1


async def test_a_slow_watch_here_keeps_the_pressed_message(house: House) -> None:
    """Its answer is a new message: the parcels that were on the screen are still there."""
    await house.ask(f"/panda track {ORDER}")
    house.pandapon.faults.delay = 1.2
    assert "Watching" in await house.press("Watch here")
    tracked, working, watching = (words(message) for message in house.private())
    assert "78012345678901" in tracked
    assert working.startswith("⏳")
    assert "Watching" in watching


async def test_search_pages_through_products(house: House) -> None:
    """Results carry title, price and seller; next and previous lead through the pages."""
    first = await house.ask("/panda search 连衣裙 --1688")
    assert "连衣裙" in first
    assert "¥" in first
    second = await house.press("Next")
    assert second != first
    assert await house.press("Previous") == first


async def test_behind_the_last_page_the_way_leads_back(house: House) -> None:
    """A page that does not exist says so, and Previous leads to goods."""
    assert "nothing on page 99" in await house.ask("/panda search 连衣裙 --1688 --page 99")
    assert "¥" in await house.press("Previous")


async def test_order_and_list_are_in_words(house: House) -> None:
    """An order is shown with its status in words, amounts, items and parcels; the list pages."""
    answer = await house.ask(f"/panda order {ORDER}")
    assert ORDER in answer
    assert "¥" in answer
    assert "waitbuyerreceive" not in answer
    assert ORDER in await house.ask("/panda orders --1688")
    assert "does not tell delivered orders from shipped ones" in await house.ask("/panda orders done --taobao")
    cancelled = await house.ask("/panda order 2542285634920889991")
    assert "Closed: cancelled by the buyer" in cancelled
    assert "buyerCancel" not in cancelled


async def test_status_and_watches_say_how_things_stand(house: House) -> None:
    """The list names the order, the filter and who watches; the status speaks in words."""
    await house.ask(f"/panda watch {ORDER} milestones")
    listed = await house.ask("/panda watches")
    assert ORDER in listed
    assert "milestones" in listed.casefold()
    assert "by mei" in listed
    assert "PandaPon answers" in await house.ask("/panda status")


async def test_the_filter_keeps_plain_scans_away(house: House) -> None:
    """A watch for milestones is not told of a plain scan, and is told of the delivery."""
    await house.ask(f"/panda watch {ORDER} milestones")
    [card] = house.channel("#orders")
    house.scan("快件已发往 广州分拨中心", status="TRANSPORT")
    await house.several_ticks()
    assert house.thread(card) == []
    house.scan("快件已签收，签收人：本人", status="SIGN")
    [delivered] = await house.replies(card, 1)
    assert "Delivered" in delivered.text


async def test_watching_again_without_a_filter_keeps_the_filter(house: House) -> None:
    """Neither a bare second watch nor the shortcut makes a quiet watch louder; naming a filter does."""
    assert "problems only" in await house.ask(f"/panda watch {ORDER} problems")
    again = await house.ask(f"/panda watch {ORDER}")
    assert "was watched already, with problems only" in again
    assert "all news" not in again
    said = await house.say(f"please see {ORDER}")
    assert "was watched already, with problems only" in await house.shortcut("watch_message", said)
    assert "problems only" in await house.ask("/panda watches")
    assert "now with all news" in await house.ask(f"/panda watch {ORDER} all")


async def test_watching_all_again_without_a_filter_keeps_the_filter(house: House) -> None:
    """The same goes for every order of the account."""
    await house.ask("/panda watch all problems")
    again = await house.ask("/panda watch all")
    assert "problems only" in again
    assert "all news" not in again


async def test_message_shortcuts_name_what_they_skipped(house: House) -> None:
    """Beyond ten ids the others are printed, so that they can be copied into the next command."""
    ids = [ORDER, *(f"25422856349200{n:05}" for n in range(12))]
    said = await house.say(" ".join(ids))
    for callback in ("track_message", "watch_message"):
        answer = await house.shortcut(callback, said)
        assert f"3 more ids in that message were skipped: `{ids[10]}` `{ids[11]}` `{ids[12]}`" in answer


async def test_message_shortcuts_find_the_orders(house: House) -> None:
    """Track and watch work on what a colleague wrote, with a link and a second order in it."""
    said = await house.say(
        f"please see {ORDER} and https://trade.1688.com/order/detail.htm?orderId=2542285634920880795"
    )
    tracked = await house.shortcut("track_message", said)
    assert ORDER in tracked
    assert "2542285634920880795" in tracked
    watched = await house.shortcut("watch_message", said)
    assert "Watching" in watched
    assert len([message for message in house.channel("#orders") if message.by_bot]) == 2


async def test_an_incidents_number_leads_to_its_log_lines(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours gives the person a number; every line of their request carries it, and no line of another."""
    assert house.bot is not None

    async def broken(*_args: object) -> None:
        logging.getLogger("bot.somewhere").warning("on the way")
        raise LookupError("a bug")

    with logged("info") as log:
        with monkeypatch.context() as patch:
            patch.setattr(house.bot.context.store.watches, "of_channel", broken)
            said = await house.ask("/panda watches")
        assert "Watching" in await house.ask(f"/panda watch {ORDER}")
    [number] = re.findall(r"`([0-9a-f]{8})`", said)
    ours = [line for line in log.getvalue().splitlines() if f"request={number}" in line]
    assert [line.partition(" request=")[0].rpartition("  ")[2] for line in ours] == ["on the way", "unexpected error"]
