"""Parcel 1 of 2 is the same parcel wherever a person looks."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.bot_harness import ORDER, running, words

from handlers.blocks.text import short_id

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("waybill", ["AA00000000001", "ZZ00000000001"])
@pytest.mark.parametrize("hours", [-300, 1])
async def test_one_order_of_parcels_everywhere(tmp_path: Path, waybill: str, hours: int) -> None:
    """Track before and after the watch, the card, the order and a restart count parcels alike: by their first scan."""
    async with running(tmp_path) as harness:
        first = harness.world.orders[ORDER].packages[0]
        first.scans[:] = [scan for scan in first.scans if scan.at <= harness.clock()]
        harness.world.add_parcel(ORDER, waybill)
        harness.scan("已揽收", waybill=waybill, at=first.scans[0].at + timedelta(hours=hours))
        wanted = [first.waybill, waybill] if hours > 0 else [waybill, first.waybill]
        pattern = re.compile("|".join(wanted))

        def numbers(text: str) -> list[str]:
            return list(dict.fromkeys(pattern.findall(text)))

        assert numbers(await harness.ask(f"/panda track {ORDER}")) == wanted
        await harness.ask(f"/panda watch {ORDER}")
        lines = words(harness.channel("#orders")[-1]).splitlines()
        assert [
            waybill for line in lines for waybill in wanted if " of 6 · " in line and short_id(waybill) in line
        ] == wanted
        assert numbers(await harness.ask(f"/panda track {ORDER}")) == wanted
        assert numbers(await harness.ask(f"/panda order {ORDER}")) == wanted
        await harness.stop_bot()
        await harness.start_bot()
        assert numbers(await harness.ask(f"/panda track {ORDER}")) == wanted
