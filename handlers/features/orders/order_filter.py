"""Filters a list of orders by state, day, seller and words. The bot's own reading goes before the platform's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from handlers.blocks import order_states
from handlers.blocks.i18n import _
from handlers.blocks.refunds import refunds_of
from handlers.blocks.text import code
from handlers.parsing.days import first_and_last
from handlers.parsing.typed_command import text_of
from handlers.wire.errors import UsageError
from handlers.wire.text import folded
from pandapon.models import Order
from pandapon.progress import closing_reason
from pandapon.times import CHINA
from tracking.attention import Group, group_of, is_over
from tracking.stalls import payment_is_due

if TYPE_CHECKING:
    from datetime import date

    from handlers.wire.requests import ListOrders
    from pandapon.shipment import Milestone
    from storage.alarm import Alarm
    from tracking.orders import OrderSnapshot


@dataclass(frozen=True, slots=True)
class ListedOrder:
    """An order of a list. ``snapshot``: as stored; None: the bot has never read it. ``alarm``: its live alarm."""

    order: Order
    snapshot: OrderSnapshot | None = None
    alarm: Alarm | None = None

    @property
    def milestone(self) -> Milestone | None:
        """The order's newest known milestone."""
        return self.snapshot.milestone if self.snapshot else self.order.milestone

    @classmethod
    def stored(cls, snapshot: OrderSnapshot, alarm: Alarm | None = None) -> ListedOrder:
        """Make the row of a stored order that the platform's list did not show."""
        bare = Order(platform=snapshot.ref.platform, order_id=snapshot.ref.order_id)
        return cls(snapshot.order or bare, snapshot, alarm)


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """The filters of a list. ``first``, ``last``: days in China. ``seller`` and ``words`` are folded."""

    status: str
    now: datetime
    first: date | None = None
    last: date | None = None
    seller: str = ""
    words: tuple[str, ...] = ()

    @property
    def range(self) -> tuple[datetime | None, datetime | None]:
        """The moment at which the first day begins, and the moment at which the last day is over; None: no limit."""
        return _midnight(self.first), _midnight(self.last + timedelta(days=1) if self.last else None)

    def matches(self, listed: ListedOrder) -> bool:
        """Whether an order passes every filter. An order without a time passes no filter by day."""
        is_of_seller = self.seller in folded(listed.order.seller)
        return self._in_state(listed) and self._in_range(listed.order) and is_of_seller and self._has_words(listed)

    def _in_range(self, order: Order) -> bool:
        since, until = self.range
        if order.created_at is None:
            return since is None and until is None
        return (since is None or order.created_at >= since) and (until is None or order.created_at < until)

    def _in_state(self, listed: ListedOrder) -> bool:
        if self.status == order_states.ATTENTION:
            return needs_person(listed, self.now)
        return order_states.is_listed(self.status, listed.order, listed.snapshot)

    def _has_words(self, listed: ListedOrder) -> bool:
        if not self.words:
            return True
        order, parcels = listed.order, listed.snapshot.shipment.parcels if listed.snapshot else ()
        texts = (order.order_id, order.seller, *(item.title for item in order.items), *order.waybills)
        haystack = folded("\n".join([*texts, *(parcel.waybill for parcel in parcels)]))
        return all(word in haystack for word in self.words)


def filter_of(request: ListOrders, now: datetime) -> OrderFilter:
    """The filter of a request, whose days are in China time.

    Raises UsageError where the first day is after the last day, or after today.
    """
    today = now.astimezone(CHINA).date()
    first = first_and_last(request.since, today)[0] if request.since else None
    last = first_and_last(request.until, today)[1] if request.until else None
    if first and last and first > last:
        problem = _("the first day, {first}, is behind the last, {last}").format(first=first, last=last)
        raise _refused(request, problem, replace(request, since=request.until, until=request.since))
    if first and first > today:
        problem = _("{day} has not come yet, so there are no orders since then").format(day=code(first.isoformat()))
        raise _refused(request, problem, replace(request, since="", until=""))
    return OrderFilter(
        status=request.status,
        now=now,
        first=first,
        last=last,
        seller=folded(request.seller),
        words=tuple(folded(request.words).split()),
    )


def needs_person(listed: ListedOrder, now: datetime) -> bool:
    """Whether somebody has to act, by the rule of :mod:`tracking.attention`. Only watched orders have alarms.

    The payment of an unwatched order is due from the moment at which a watched order would raise its alarm.
    """
    refunds = refunds_of(listed.snapshot, listed.order, now)
    is_pressing = (
        listed.alarm is not None or any(refund.needs_buyer for refund in refunds) or payment_is_due(listed.order, now)
    )
    ended_at = listed.snapshot.final_at if listed.snapshot else None
    reason = closing_reason(listed.milestone, listed.order)
    if not is_pressing and is_over(listed.milestone, ended_at, now, reason):
        return False
    return group_of(listed.milestone, reason, is_pressing=is_pressing) is Group.ATTENTION


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), CHINA) if day else None


def _refused(request: ListOrders, problem: str, corrected: ListOrders) -> UsageError:
    return UsageError(typed=code(text_of(request)), problem=problem, suggestion=text_of(corrected))
