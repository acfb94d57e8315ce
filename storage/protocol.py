"""The one seam to the database: batch-shaped, async, no SQL leaks, time passed in. PostgreSQL can follow behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime, timedelta

    from storage.records import (
        AuditEntry,
        Changed,
        DueOrder,
        Health,
        KnownOrder,
        NewWatch,
        Opened,
        PollResult,
        Post,
        Recorded,
        Watch,
    )


class Store(Protocol):
    """What callers may rely on. Each method is one transaction."""

    # --- orders -------------------------------------------------------------------------------------------------
    async def claim_due(self, now: datetime, limit: int, lease: timedelta) -> list[DueOrder]:
        """Lease up to ``limit`` due orders, the longest overdue first; a crash costs one lease and no repair."""
        ...

    async def load(self, keys: Sequence[str]) -> dict[str, KnownOrder]:
        """Everything stored about these orders; unknown keys are absent."""
        ...

    async def record_polls(self, now: datetime, results: Sequence[PollResult]) -> Recorded:
        """Write nodes, states, schedules and outbox rows of a whole batch. A result with a stale fence is dropped.

        An announcement becomes one NEWS row for each ACTIVE watch of the order whose filter is in its audience,
        in the same transaction; a (watch, what) pair that exists already is left alone.
        """
        ...

    async def add_order(self, now: datetime, baseline: Changed) -> bool:
        """Store an order's first reading unless it is there already (then False, and nothing is written)."""
        ...

    async def mark_due(self, keys: Sequence[str], at: datetime) -> int:
        """Make these orders due no later than ``at``; archived ones come back. Returns how many are known."""
        ...

    async def find_waybill(self, waybill: str) -> list[str]:
        """Keys of the orders that hold a parcel with this number."""
        ...

    async def find_order_id(self, order_id: str) -> list[str]:
        """Keys of the stored orders with this id, on whatever platform."""
        ...

    # --- watches ------------------------------------------------------------------------------------------------
    async def open_watches(self, now: datetime, wishes: Sequence[NewWatch]) -> list[Opened]:
        """Store watches as OPENING with their CARD rows; the orders must be stored. Another filter is taken over."""
        ...

    async def end_watches(self, now: datetime, channel: str, keys: Sequence[str], actor: str) -> list[Watch]:
        """End the live watches of these orders in this channel, drop their unsent posts, return those ended."""
        ...

    async def restore_watches(self, now: datetime, ids: Sequence[int], actor: str) -> list[Watch]:
        """Undo :meth:`end_watches`; a watch whose order was watched anew meanwhile stays ended."""
        ...

    async def resume_watch(self, now: datetime, watch_id: int, actor: str) -> Watch | None:
        """Make a paused watch active again and refresh its card."""
        ...

    async def watch(self, watch_id: int) -> Watch | None:
        """One watch by id."""
        ...

    async def watches(self, channel: str, offset: int, limit: int) -> tuple[list[Watch], int]:
        """The channel's live watches, newest first, and how many there are in all."""
        ...

    async def watches_of(self, keys: Sequence[str]) -> list[Watch]:
        """The live watches of these orders, in every channel."""
        ...

    # --- outbox -------------------------------------------------------------------------------------------------
    async def claim_posts(self, now: datetime, limit: int, lease: timedelta, busy: Collection[str]) -> list[Post]:
        """Mark as SENDING and return the oldest live row of each channel not in ``busy``, if its time has come.

        A row that is UNCERTAIN is returned with that state (and stays in it): look before sending. Rows of watches
        that have ended are dropped instead of returned.
        """
        ...

    async def mark_sent(self, now: datetime, post: Post, ts: str) -> bool:
        """Sent. A CARD's ts becomes the watch's ``card_ts`` and makes it ACTIVE. False: the fence was stale."""
        ...

    async def mark_retry(self, now: datetime, post: Post, not_before: datetime, error: str) -> bool:
        """Definitely not sent; try again then."""
        ...

    async def mark_uncertain(self, now: datetime, post: Post, not_before: datetime, error: str) -> bool:
        """Perhaps sent: look it up from ``not_before`` on."""
        ...

    async def mark_failed(self, now: datetime, post: Post, error: str) -> bool:
        """Permanently refused. A CARD's watch ends with the reason; another row's watch is left to the caller."""
        ...

    async def pause_channel(self, now: datetime, channel: str, reason: str) -> list[Watch]:
        """Pause every active watch of a channel with a reason and hold their posts; returns those it paused."""
        ...

    async def rescue(self, now: datetime) -> int:
        """At start-up: every SENDING row becomes UNCERTAIN. Returns how many."""
        ...

    # --- the rest -----------------------------------------------------------------------------------------------
    async def first_seen(self, event_id: str, now: datetime) -> bool:
        """True the first time this delivery id is seen; Slack delivers some twice."""
        ...

    async def audit(self, entries: Sequence[AuditEntry]) -> None:
        """Append to the audit trail."""
        ...

    async def prune(self, before: datetime) -> int:
        """Delete sent posts, seen events and audit entries older than this. Returns rows deleted."""
        ...

    async def health(self, now: datetime) -> Health:
        """Figures."""
        ...

    async def close(self) -> None:
        """Finish what is in hand and close the file."""
        ...
