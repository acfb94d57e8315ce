"""Parcels that only the order names: an order is not delivered while one of them was never seen."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.bot_harness import ORDER, BotHarness, running, words

from sandbox.pandapon.demo import TAOBAO

if TYPE_CHECKING:
    from pathlib import Path

# What the version before wrote: no normal form of the numbers, no platform's ids, and its own courier rules.
DOWNGRADE = """
DROP INDEX parcels_number;
ALTER TABLE parcels DROP COLUMN number;
ALTER TABLE parcels DROP COLUMN logistics_id;
CREATE INDEX parcels_waybill ON parcels (waybill);
DELETE FROM _sqlite_migrations WHERE name = '0009_tracking_numbers';
UPDATE orders SET order_json = json_remove(order_json, '$.consignments') WHERE order_json <> '';
UPDATE facts SET value = '2' WHERE name = 'courier rules';
"""
FIRST, UNSEEN = "78012345678901", "YT8812345678901"
SIGNED = "快件已签收，签收人：本人"


def only_what_happened(harness: BotHarness, order: str = ORDER) -> None:
    """The order's first parcel is scanned when a test says so."""
    package = harness.world.orders[order].packages[0]
    package.scans[:] = [scan for scan in package.scans if scan.at <= harness.clock()]
    del harness.world.orders[order].packages[1:]
    harness.world.orders[order].statuses[:] = [
        status for status in harness.world.orders[order].statuses if status[0] <= harness.clock()
    ]


def card(harness: BotHarness) -> str:
    return words(next(message for message in harness.channel() if not message.thread_ts))


def parcels(harness: BotHarness) -> list[str]:
    """The lines of the card's parcels."""
    return [line for line in card(harness).splitlines() if " of 6 · " in line or line.endswith("No scans yet")]


async def test_the_parcel_that_the_trace_does_not_show(tmp_path: Path) -> None:
    """Two numbers named, one traced and signed: 1 of 2, wherever one looks, and followed to the end."""
    async with running(tmp_path) as harness:
        only_what_happened(harness)
        harness.world.add_parcel(ORDER, UNSEEN, traced=False)
        await harness.ask(f"/panda watch {ORDER}")
        assert FIRST in card(harness)
        assert f"|YTO {UNSEEN}> No scans yet" in card(harness), "whole, since both end alike"
        before = len(harness.channel())
        harness.scan(SIGNED, status="SIGN")
        await harness.until(lambda: "6 of 6 · Delivered" in card(harness))
        assert not card(harness).startswith("✅ Delivered")
        for asked in ("track", "order"):
            answer = await harness.ask(f"/panda {asked} {ORDER}")
            assert "1 of 2 parcels delivered" in answer
            assert f"`{UNSEEN}` · <https://www.yto.net.cn/|YTO>" in answer
            assert "No scans yet" in answer
        (told,) = [message for message in harness.slack.visible("#orders", "mei") if message.thread_ts]
        assert words(told).startswith("✅ *Delivered* · ")
        assert "· parcel 1 of 2 · " in words(told)
        assert words(told).endswith("· 1 of 2 parcels delivered")
        assert "Another parcel" not in words(told), "both were there from the start"
        harness.world.change_parcel(ORDER, UNSEEN, is_traced=True)
        harness.scan("【义乌市】已揽收", status="ACCEPT", waybill=UNSEEN)
        await harness.until(lambda: "No scans yet" not in card(harness))
        harness.scan(SIGNED, status="SIGN", waybill=UNSEEN)
        await harness.until(lambda: card(harness).startswith("✅ Delivered · "))
        assert card(harness).count(f" {UNSEEN}> ") == card(harness).count(f" {FIRST}> ") == 1
        assert not any("Another parcel" in words(message) for message in harness.channel()[before:])


async def test_the_platform_ends_it(tmp_path: Path) -> None:
    """A number that nobody ever scans holds the order back only until the platform says that it is completed."""
    async with running(tmp_path) as harness:
        only_what_happened(harness)
        harness.world.add_parcel(ORDER, UNSEEN, traced=False)
        await harness.ask(f"/panda watch {ORDER}")
        harness.scan(SIGNED, status="SIGN")
        await harness.until(lambda: "6 of 6 · Delivered" in card(harness))
        harness.world.set_status(ORDER, "success")
        await harness.until(lambda: card(harness).startswith("✅ Delivered · "))
        assert UNSEEN in card(harness)


async def test_a_number_that_is_named_later_is_one_more_parcel_once(tmp_path: Path) -> None:
    """Told when the order names it; not again when it is scanned; not counted any more when it is named no more."""
    async with running(tmp_path) as harness:
        only_what_happened(harness)
        await harness.ask(f"/panda watch {ORDER}")
        harness.world.add_parcel(ORDER, UNSEEN, traced=False)
        await harness.until(lambda: UNSEEN in card(harness))
        parent = harness.channel()[0]
        (added,) = await harness.replies(parent, 1)
        assert f"📦 *Another parcel*: `{UNSEEN}`" in words(added)
        harness.world.change_parcel(ORDER, UNSEEN, is_named=False)
        await harness.until(lambda: UNSEEN not in card(harness))
        harness.world.change_parcel(ORDER, UNSEEN, is_named=True)
        await harness.until(lambda: UNSEEN in card(harness))
        harness.world.change_parcel(ORDER, UNSEEN, is_traced=True)
        harness.scan("【义乌市】已揽收", status="ACCEPT", waybill=UNSEEN)
        replies = await harness.replies(parent, 2)
        assert "Another parcel" not in words(replies[1])


@pytest.mark.parametrize(
    ("named", "traced"),
    [
        ("ＪＤＸ０１２３４５６７８９０１", "JDX012345678901-1-1-"),
        ("yt 8812-3456 78901", UNSEEN),
        ("JDX012345678901-1-1-", "JDX012345678901"),
    ],
)
async def test_another_spelling_is_the_same_parcel(tmp_path: Path, named: str, traced: str) -> None:
    """Named first and traced later, or the other way round: one parcel, which is found by either spelling."""
    async with running(tmp_path) as harness:
        only_what_happened(harness)
        await harness.ask(f"/panda watch {ORDER}")
        harness.world.add_parcel(ORDER, traced, traced=False)
        harness.world.change_parcel(ORDER, traced, named_as=named)
        await harness.until(lambda: "No scans yet" in card(harness))
        assert len(parcels(harness)) == 2
        harness.world.change_parcel(ORDER, traced, is_traced=True)
        harness.scan("【义乌市】已揽收", status="ACCEPT", waybill=traced)
        await harness.until(lambda: "No scans yet" not in card(harness))
        await harness.several_ticks()
        assert len(parcels(harness)) == 2
        replies = [words(reply) for reply in harness.thread(harness.channel()[0])]
        assert not any("continues as" in reply for reply in replies)
        for spelling in {traced.lower(), traced.replace("-1-1-", "")}:
            assert ORDER in await harness.ask(f"/panda track {spelling}")


async def test_the_platforms_own_id_is_no_other_parcel(tmp_path: Path) -> None:
    """An order whose numbers are not the trace's names its parcels by the platform's ids: no parcel is made up."""
    async with running(tmp_path) as harness:
        only_what_happened(harness)
        harness.world.add_parcel(ORDER, UNSEEN)
        harness.world.change_parcel(ORDER, FIRST, logistics_id="LP00123456789012")
        harness.world.change_parcel(ORDER, UNSEEN, logistics_id="LP00123456789013", named_as="8800000000001")
        harness.scan(SIGNED, status="SIGN")
        harness.scan(SIGNED, status="SIGN", waybill=UNSEEN)
        await harness.ask(f"/panda watch {ORDER}")
        assert card(harness).startswith("✅ Delivered · ")
        assert len(parcels(harness)) == 2


async def test_a_taobao_order_that_names_more_than_its_traces(tmp_path: Path) -> None:
    """The lines of an order name the numbers there; the state is that of the parcel that nobody has seen."""
    async with running(tmp_path) as harness:
        only_what_happened(harness, TAOBAO)
        first = harness.world.orders[TAOBAO].packages[0]
        sub = harness.world.orders[TAOBAO].lines[1].sub_order
        harness.world.add_parcel(TAOBAO, UNSEEN, sub_order=sub, traced=False)
        await harness.ask(f"/panda watch {TAOBAO}")
        harness.world.add_node(TAOBAO, SIGNED, status="SIGN", waybill=first.waybill)
        await harness.until(lambda: "6 of 6 · Delivered" in card(harness))
        assert "|YTO …678901> No scans yet" in card(harness)


async def test_silence_of_a_parcel_that_never_came(tmp_path: Path) -> None:
    """One alarm, about that parcel, a day after it was named; the other parcel's scans do not end it."""
    async with running(tmp_path) as harness:
        only_what_happened(harness)
        await harness.ask(f"/panda watch {ORDER}")
        harness.world.add_parcel(ORDER, UNSEEN, traced=False)
        await harness.until(lambda: UNSEEN in card(harness))
        harness.clock.advance(timedelta(hours=20))
        harness.scan("【广州市】快件已到达 广州分拨中心")
        await harness.several_ticks()
        harness.clock.advance(timedelta(hours=5))
        harness.hurry("stalls")

        def alarms() -> list[str]:
            return [
                words(message)
                for message in harness.slack.visible("#orders", "mei")
                if "⏰" in words(message) and message.thread_ts
            ]

        await harness.until(lambda: bool(alarms()))
        assert "No movement for 25 hours" in alarms()[0]
        assert UNSEEN in alarms()[0]
        harness.scan("【广州市】快件离开 广州分拨中心")
        await harness.several_ticks()
        harness.hurry("stalls")
        await harness.several_ticks()
        assert len(alarms()) == 1
        assert "No movement since" in card(harness), "it still is"


async def test_it_is_asked_for_by_its_number(tmp_path: Path) -> None:
    """A number that only an order's detail names finds that order, stored or not."""
    async with running(tmp_path) as harness:
        only_what_happened(harness)
        harness.world.add_parcel(ORDER, UNSEEN, traced=False)
        assert ORDER in await harness.ask(f"/panda track {UNSEEN.lower()}")
        await harness.ask(f"/panda watch {ORDER}")
        assert ORDER in await harness.ask(f"/panda track {UNSEEN}")


async def test_the_setting(tmp_path: Path) -> None:
    """Where the numbers of an account's orders are something else than waybills, only traces count."""
    async with running(tmp_path, pandapon_named_parcels=False) as harness:
        only_what_happened(harness)
        harness.world.add_parcel(ORDER, UNSEEN, traced=False)
        harness.scan(SIGNED, status="SIGN")
        await harness.ask(f"/panda watch {ORDER}")
        assert card(harness).startswith("✅ Delivered · ")
        assert UNSEEN not in card(harness)
        listed = await harness.ask("/panda orders")
        assert "✅ Delivered" in listed
        assert "1 of 2" not in listed


async def test_a_database_of_the_version_before(tmp_path: Path) -> None:
    """The order was told as delivered: put right in one line a channel, followed again, and nothing old is told."""
    async with running(tmp_path, pandapon_named_parcels=False) as harness:
        only_what_happened(harness)
        harness.world.add_parcel(ORDER, UNSEEN, traced=False)
        await harness.ask(f"/panda watch {ORDER}")
        harness.scan(SIGNED, status="SIGN")
        await harness.until(lambda: card(harness).startswith("✅ Delivered · "))
        parent = harness.channel()[0]
        told = [words(reply) for reply in harness.thread(parent)]
        await harness.stop_bot()
        with closing(sqlite3.connect(harness.folder / "bot.db")) as conn:
            conn.executescript(DOWNGRADE)
        harness.extra = {}
        await harness.start_bot()
        await harness.until(lambda: "6 of 6 · Delivered" in card(harness))
        await harness.several_ticks()
        assert f"{UNSEEN}> " in card(harness)
        assert [words(reply) for reply in harness.thread(parent)] == told
        notices = [words(message) for message in harness.channel() if not message.thread_ts and message is not parent]
        assert len(notices) == 1
        assert "1 order" in notices[0]
        assert ORDER in await harness.ask(f"/panda track {UNSEEN.lower()}")
        harness.world.change_parcel(ORDER, UNSEEN, is_traced=True)
        harness.scan(SIGNED, status="SIGN", waybill=UNSEEN)
        await harness.until(lambda: card(harness).startswith("✅ Delivered · "))
