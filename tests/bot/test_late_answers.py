"""A purchase is on its way while a clock is set forward: it is not taken for lost, and PandaPon's answer holds."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from bot.jobs.writes import WriteResolver
from handlers.writing.plans import Act, Outcome, Plan, Verdict
from handlers.writing.writer import BusyError, Writer
from pandapon.errors import ApiError, TransportError
from pandapon.shipment import Platform
from storage.post import PostKind
from storage.store import open_store
from tracking.changes.orders import Basket, OrderCreation, OrderedLine, judge
from tracking.messages import WriteSettled
from tracking.writes import Write, WriteState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from storage.store import Store

NOW = datetime(2026, 3, 2, tzinfo=UTC)
AHEAD = timedelta(minutes=11)
ORDERED = OrderCreation(Platform.ALIBABA, "form:0", (Basket("易碎", (OrderedLine("杯子", "红", 5, 100),)),), NOW)
ORDER_ID = "2542285634920880794"


class Purchase:
    """One that PandaPon answers when the test lets it. Its list does not show an order yet."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.set_by, self.passed = timedelta(), 0.0  # the step of the wall clock; seconds of the steady one
        self.waits = timedelta()  # of the client, until the call's turn comes
        self.on_its_way, self.answer = asyncio.Event(), asyncio.Event()
        self.error: Exception | None = None
        self.catalogue = SimpleNamespace(path=lambda _name: "/x")
        verifiers = {OrderCreation: self._verify}
        api: Any = self
        self.writer = Writer(api, store, self.clock, verifiers, steady=lambda: self.passed)
        self.resolver = WriteResolver(store, self.writer, self.clock, lambda: None)
        self.buying: asyncio.Task[Outcome] | None = None

    def clock(self) -> datetime:
        return NOW + self.set_by + timedelta(seconds=self.passed)

    async def begin(self) -> None:
        async def plan() -> Plan:
            call: Any = (SimpleNamespace(name="1688.order.create"), None)
            return Plan(call, ORDERED, 500, made=lambda answer: answer)

        act = Act("key", "U1", "C1")
        self.buying = asyncio.create_task(self.writer.make(act, ORDERED.target, plan, is_single=True))
        await self.on_its_way.wait()

    async def write(
        self, _operation: object, _request: object, *, ready: Callable[[], None] = lambda: None
    ) -> SimpleNamespace:
        """Stand for PandaPon's client."""
        self.set_by += self.waits
        ready()
        self.on_its_way.set()
        await self.answer.wait()
        if self.error:
            raise self.error
        return SimpleNamespace(request_id="r1", answer=(ORDER_ID,))

    async def outcome(self) -> Outcome:
        assert self.buying is not None
        self.answer.set()
        return await self.buying

    async def reversals(self) -> list[bool]:
        """Whether each notice about it says something else than the former one."""
        now, told = self.clock(), list[bool]()
        while posts := await self.store.outbox.claim(now, 50, timedelta(minutes=1), ()):
            for post in posts:
                assert post.kind is PostKind.NOTICE
                assert isinstance(post.notice, WriteSettled)
                told.append(post.notice.is_reversed)
                await self.store.outbox.mark_sent(now, post, "1.1")
        return told

    @staticmethod
    async def _verify(_api: object, change: OrderCreation, age: timedelta) -> Verdict | None:
        judged = judge(change, [], age, is_whole=True)
        return Verdict(*judged) if judged else None


@pytest.fixture
async def purchase(tmp_path: Path) -> AsyncIterator[Purchase]:
    store = await open_store(tmp_path / "writes.db")
    yield Purchase(store)
    await store.close()


async def test_a_clock_set_forward_makes_no_call_a_lost_one(purchase: Purchase) -> None:
    """The job runs while the answer is awaited: it leaves the purchase alone."""
    await purchase.begin()
    purchase.set_by = AHEAD
    await purchase.resolver.tick()
    [write], _ = await purchase.store.writes.newest(0, 9)
    assert write.state is WriteState.BEGUN
    outcome = await purchase.outcome()
    assert (outcome.write.state, outcome.write.made) == (WriteState.DONE, (ORDER_ID,))
    assert await purchase.reversals() == []


async def test_a_clock_set_forward_makes_no_look_conclusive(purchase: Purchase) -> None:
    """The answer is lost just then: PandaPon may still list the order, until the time has passed by a steady clock."""
    await purchase.begin()
    purchase.set_by, purchase.error = AHEAD, TransportError("reset")
    assert (await purchase.outcome()).write.state is WriteState.UNCLEAR
    await purchase.resolver.tick()
    assert [write.state for write in await purchase.store.writes.unclear(9)] == [WriteState.UNCLEAR]
    purchase.passed = AHEAD.total_seconds()
    await purchase.resolver.tick()
    [write], _ = await purchase.store.writes.newest(0, 9)
    assert write.state is WriteState.FOUND_UNDONE
    assert await purchase.reversals() == [False]


async def _another_process_looks(purchase: Purchase) -> None:
    """Its clock is ahead, and it does not know what this one is sending."""
    purchase.set_by = AHEAD
    await WriteResolver(purchase.store, Purchase(purchase.store).writer, purchase.clock, lambda: None).tick()
    [write], _ = await purchase.store.writes.newest(0, 9)
    assert write.state is WriteState.UNCLEAR
    await purchase.store.writes.settle(write.id, WriteState.FOUND_UNDONE, purchase.clock())
    await purchase.store.writes.tell(purchase.clock(), write)


async def test_an_answer_holds_over_what_another_process_has_found(purchase: Purchase) -> None:
    """The person was told that nothing was bought: they are told that it was."""
    await purchase.begin()
    await _another_process_looks(purchase)
    outcome = await purchase.outcome()
    assert (outcome.write.state, outcome.write.made) == (WriteState.DONE, (ORDER_ID,))
    stored = await purchase.store.writes.get(outcome.write.id)
    assert stored is not None
    assert (stored.state, stored.made, stored.request_id) == (WriteState.DONE, (ORDER_ID,), "r1")
    assert await purchase.reversals() == [False, True]


async def test_a_late_refusal_tells_nothing_new(purchase: Purchase) -> None:
    """The person knows that it was not done; the record says why."""
    await purchase.begin()
    await _another_process_looks(purchase)
    purchase.error = ApiError("sold out", code="20001")
    outcome = await purchase.outcome()
    stored = await purchase.store.writes.get(outcome.write.id)
    assert stored is not None
    assert (stored.state, stored.reason) == (WriteState.REFUSED, "20001")
    assert await purchase.reversals() == [False]


async def is_told_that_nothing_was_sent(purchase: Purchase) -> None:
    """Begin the purchase: it never leaves, its person reads so, and its record says why."""
    beginning = asyncio.create_task(purchase.begin())
    await asyncio.wait([beginning], timeout=0.2)
    beginning.cancel()
    assert not purchase.on_its_way.is_set()
    assert purchase.buying is not None
    with pytest.raises(BusyError, match="sent nothing"):
        await purchase.buying
    [write], _ = await purchase.store.writes.newest(0, 9)
    assert (write.state, write.reason) == (WriteState.REFUSED, "too_late")


@pytest.mark.parametrize("is_suspended", [True, False])
async def test_a_process_that_stood_still_sends_nothing(
    purchase: Purchase, monkeypatch: pytest.MonkeyPatch, *, is_suspended: bool
) -> None:
    """Another one took the purchase for lost and the person orders anew. A suspended machine's steady clock stands."""
    begin = purchase.store.writes.begin

    async def stands_still(write: Write, *, is_single: bool) -> Write | None:
        former = await begin(write, is_single=is_single)
        if is_suspended:
            purchase.set_by += AHEAD
        else:
            purchase.passed += AHEAD.total_seconds()
        await WriteResolver(purchase.store, Purchase(purchase.store).writer, purchase.clock, lambda: None).tick()
        return former

    monkeypatch.setattr(purchase.store.writes, "begin", stands_still)
    await is_told_that_nothing_was_sent(purchase)


async def test_a_process_that_stood_still_before_its_turn_sends_nothing(purchase: Purchase) -> None:
    """A call waits until the account's pace allows it, and the machine may be suspended meanwhile."""
    purchase.waits = AHEAD
    await is_told_that_nothing_was_sent(purchase)
