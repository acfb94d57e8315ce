"""Unclear writes: one that cannot be looked for keeps no other waiting, and none is left unclear for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.jobs.writes import WriteResolver
from handlers.writing.plans import Verdict
from handlers.writing.writer import Writer
from pandapon.errors import ApiError, AuthError, InvalidRequestError, NotFoundError, ServerError, TransportError
from pandapon.shipment import Platform
from storage.store import open_store
from tracking.changes.cart import CartChange
from tracking.changes.order_acts import Cancellation
from tracking.writes import Write, WriteState

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 2, tzinfo=UTC)
CART = CartChange(Platform.ALIBABA, "p", "s", "", "title", "M", 2, 6)
CANCEL = Cancellation(Platform.ALIBABA, "1", "other")


async def resolved_writes(file: Path, error: Exception, age: timedelta) -> dict[str, Write]:
    """Look once for a change of the cart that meets an error, and for a cancellation behind it that meets none."""

    async def fail(*_args: Any) -> Verdict | None:
        raise error

    async def find(*_args: Any) -> Verdict | None:
        return Verdict(WriteState.FOUND_DONE)

    store = await open_store(file)
    try:
        for id_, change, operation in (("a", CART, "1688.cart.add"), ("b", CANCEL, "1688.order.cancel")):
            await store.writes.begin(Write(id_, id_, operation, "U1", "C1", NOW, change=change))
        await store.writes.abandon()
        writer = Writer(None, store, lambda: NOW + age, {CartChange: fail, Cancellation: find})  # type: ignore[arg-type]  # two of the handlers, and no client
        await WriteResolver(store, writer, lambda: NOW + age, lambda: None).tick()
        return {write.id: write for write in (await store.writes.newest(0, 9))[0]}
    finally:
        await store.close()


async def test_a_fault_in_one_look_keeps_no_other_waiting(tmp_path: Path) -> None:
    """The oldest one meets a fault of our own at every tick."""
    after = await resolved_writes(tmp_path / "writes.db", ValueError("of our own"), timedelta(days=9))
    assert (after["a"].state, after["b"].state) == (WriteState.UNCLEAR, WriteState.FOUND_DONE)


@pytest.mark.parametrize(
    ("error", "minutes"),
    [
        (NotFoundError("gone"), 10),
        (ApiError("refused"), 10),
        (InvalidRequestError("an id"), 10),
        (AuthError("the key"), 24 * 60),
        (ServerError("503"), 24 * 60),
        (TransportError("reset"), 24 * 60),
    ],
)
async def test_what_cannot_be_read_for_long_is_left_to_a_person(tmp_path: Path, error: Exception, minutes: int) -> None:
    """A refused reading sooner than an outage or a wrong key, which pass."""
    early = await resolved_writes(tmp_path / "early.db", error, timedelta(minutes=minutes - 1))
    late = await resolved_writes(tmp_path / "late.db", error, timedelta(minutes=minutes))
    assert early["a"].state is WriteState.UNCLEAR
    assert (late["a"].state, late["a"].reason) == (WriteState.UNKNOWABLE, "not_readable")
