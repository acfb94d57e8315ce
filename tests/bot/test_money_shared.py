"""Three changes of money a day, whichever process reads the order, and whether or not it was started anew since."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.postgres import open_postgres
from support.store_harness import NOW, ORDER, StoreHarness, order_of

from bot.jobs.poll_results import poll_result
from bot.orders.decider import Decider
from bot.orders.reading import PollOutcome
from storage.poll import Changed
from storage.store import open_store
from tracking.money import MONEY_A_DAY
from tracking.orders import FetchedOrder

if TYPE_CHECKING:
    from pathlib import Path

    from storage.store import Store

LEASE = timedelta(minutes=5)
SHOWN, IN_THREAD = "milestone", "node"


class Process:
    """One process that polls: a store and a decider of its own."""

    def __init__(self, store: Store) -> None:
        self.store, self.decider = store, Decider()

    async def read(self, amount: int, minute: int) -> str:
        """Read the order, whose total is this now, and record it. Returns how severe its news is."""
        now = NOW + timedelta(minutes=minute)
        await self.store.orders.mark_due([ORDER], now)
        [due] = await self.store.orders.claim_due(now, 1, LEASE)
        stored = (await self.store.orders.load([ORDER]))[ORDER]
        fetched = FetchedOrder(stored.ref, order_of(total_amount=amount))
        result = poll_result(self.decider, due, PollOutcome(fetched, b"x"), stored, now)
        assert isinstance(result, Changed)
        assert (await self.store.orders.record(now, [result])).applied == 1
        return result.decision.severity or ""


async def test_two_processes_show_three_together(tmp_path: Path) -> None:
    """They read in turn. A day later the channel is shown one again."""
    harness = StoreHarness(tmp_path / "bot.db", open_postgres)
    await harness.open()
    await harness.active()
    second = await open_postgres(harness.path)
    processes = [Process(harness.store), Process(second)]
    await processes[0].read(10, 1)
    levels = [await processes[number % 2].read(20 + number, 2 + number) for number in range(6)]
    assert levels == [SHOWN] * MONEY_A_DAY + [IN_THREAD] * (6 - MONEY_A_DAY)
    assert await processes[1].read(50, 25 * 60) == SHOWN
    told = harness.rows("SELECT severity, COUNT(*) AS count FROM news GROUP BY severity ORDER BY severity")
    assert [(row["severity"], row["count"]) for row in told] == [(SHOWN, 4), (IN_THREAD, 3)]
    await second.close()
    await harness.close()


@pytest.mark.parametrize("opener", [open_store, open_postgres])
async def test_a_restart_forgets_none(tmp_path: Path, opener: type) -> None:
    """Each reading is that of a process which has just started."""
    harness = StoreHarness(tmp_path / "bot.db", opener)
    await harness.open()
    await harness.active()
    await Process(harness.store).read(10, 1)
    levels = [await Process(await harness.restart()).read(20 + number, 2 + number) for number in range(5)]
    assert levels == [SHOWN] * MONEY_A_DAY + [IN_THREAD] * (5 - MONEY_A_DAY)
    await harness.close()
