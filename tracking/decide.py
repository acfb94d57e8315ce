"""Decides on a reading of an order: its news with severity and audience, and all other facts that are stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pandapon.pickup import earliest_pick_up
from pandapon.progress import order_milestone, order_reason
from pandapon.shipment import FINAL, Milestone, Node, OrderRef, Parcel, Shipment
from tracking import severity, stand_ins
from tracking.event_ids import event_id
from tracking.expected import expect
from tracking.journeys import journey_of
from tracking.lines import lines_of, with_carriers, with_named
from tracking.merge import merge_order
from tracking.money import throttle
from tracking.news import news_of
from tracking.orders import OrderSnapshot, StoredOrder, shown
from tracking.policy import FollowUp, Policy, follow_up
from tracking.refunds import merge_refunds
from tracking.renumber import live
from tracking.stalls import is_plausible
from tracking.suppression import suppressed
from tracking.values import Expected, Filter, News, NewsToPost, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pandapon.courier import Reason
    from pandapon.models import Order
    from tracking.journeys import Journey
    from tracking.lines import Line
    from tracking.orders import FetchedOrder
    from tracking.refunds import MergedRefunds
    from tracking.values import Refund

DEFAULT = Policy()


@dataclass(frozen=True, slots=True)
class Decision:
    """All that follows from a reading. One transaction stores all of it and enqueues ``news``. Times are aware."""

    order: Order | None
    shipment: Shipment  # stored and fetched parcels merged, also those under a number since replaced (renumber.live)
    milestone: Milestone | None
    reason: Reason | None  # why the order is at a problem or an end, according to its trace entries
    pick_up_by: datetime | None  # the deadline for the pick-up, according to the trace entries
    new_nodes: tuple[Node, ...]
    edited_nodes: tuple[Node, ...]  # known nodes that changed and are stored again
    parcels: tuple[Parcel, ...]  # the new or changed parcels, without their nodes, to be stored
    news: News | None  # None: nothing to tell
    severity: Severity | None  # None without news
    audience: frozenset[Filter]  # filters of the watches that receive the news
    event_id: str  # key of the news, see event_ids; empty without news
    moved_at: datetime | None  # when the order last moved
    final_at: datetime | None  # when it was first seen delivered, returned, cancelled or lost
    changed: bool  # people would see a difference on the order's card
    learned: bool  # the reading brought facts to store, even if no card shows them
    moved: bool  # the order was scanned, made a step or got a parcel: its silence is over
    is_first: bool  # the baseline: nothing of it is told
    expected: Expected | None  # when the order is expected; None: unknown
    was_late: bool  # the order is, or once was, later than expected; this is told once
    refunds: tuple[Refund, ...]  # all known refunds; those that the order still names come first
    journeys: tuple[Journey, ...]  # of parcels that arrived; usual travel times are learnt from them
    follow_up: FollowUp = field(compare=False)  # when the order is read again, and when its silence raises an alarm
    at: datetime = field(compare=False)  # time of the decision
    money_shown: tuple[datetime, ...] = field(default=(), compare=False)  # see StoredOrder

    @property
    def key(self) -> str:
        """The key of the order."""
        return self.shipment.ref.key

    @property
    def has_something_new(self) -> bool:
        """Whether the reading says anything that is not stored."""
        return self.changed or self.learned or self.news is not None

    @property
    def late_at(self) -> datetime | None:
        """When the order becomes late, which is told then; None: no arrival is expected, or it was late before."""
        return self.expected.late_at if self.expected and not self.was_late else None

    @property
    def parcels_with_changed_entries(self) -> tuple[Parcel, ...]:
        """The parcels that have a new or edited node, each with all its nodes."""
        waybills = {node.waybill for node in (*self.new_nodes, *self.edited_nodes)}
        return tuple(parcel for parcel in self.shipment.parcels if parcel.waybill in waybills)

    @property
    def to_post(self) -> NewsToPost | None:
        """The news for the outbox; None: there is none."""
        if self.news is None or self.severity is None:
            return None
        return NewsToPost(self.event_id, self.news, self.severity, self.audience)

    def snapshot(self) -> OrderSnapshot:
        """The order as it stands after this reading."""
        return OrderSnapshot(
            ref=self.shipment.ref,
            order=self.order,
            shipment=shown(self.shipment),
            milestone=self.milestone,
            read_at=self.at,
            moved_at=self.moved_at,
            final_at=self.final_at,
            expected=self.expected,
            refunds=tuple(refund for refund in self.refunds if refund.is_named),
        )


def decide(
    stored: StoredOrder | None,
    fetched: FetchedOrder,
    now: datetime,
    policy: Policy = DEFAULT,
    *,
    baseline: bool = False,
) -> Decision:
    """Compare a reading with the stored order, and return all that follows from the reading. Pure.

    ``stored`` None: the reading is the baseline; all of it is stored and nothing is told. ``baseline``: the stored
    order comes from the order list only, so this reading is its baseline, too. ``now``: aware UTC.
    """
    base, is_first = stored or StoredOrder(None, Shipment(fetched.ref)), stored is None or baseline
    merged = _merged(stored, fetched, now, policy, baseline=baseline)
    order, lines, parcels, counted, milestone, known_refunds, refunds = merged
    expected = expect(order, milestone, counted, policy.limits, now)
    is_late, late = _lateness(expected, base, policy, now)
    news = None if is_first else news_of(base, order, lines, refunds.steps, milestone, late=late)
    moved_at = _moved_at(None if baseline else stored, order, parcels, news, now)
    final_at = (base.final_at or now) if milestone in FINAL else None
    level, money_shown = _level(base, news, now)
    return Decision(
        order=order,
        shipment=Shipment(fetched.ref, parcels),
        milestone=milestone,
        reason=order_reason(milestone, counted, order),
        pick_up_by=earliest_pick_up(milestone, counted),
        new_nodes=tuple(node for line in lines for node in line.nodes.new),
        edited_nodes=tuple(node for line in lines for node in line.nodes.rewritten),
        parcels=tuple(line.after.without_nodes() for line in lines if line.has_new_facts),
        news=news,
        severity=level,
        audience=severity.audience(news) if news else frozenset(),
        event_id=event_id(base, news, order, now) if news else "",
        moved_at=moved_at,
        final_at=final_at,
        moved=bool(news and (news.nodes or news.steps or news.added or news.settled or news.refunds)),
        is_first=is_first,
        expected=expected,
        was_late=base.was_late or is_late,
        refunds=refunds.refunds,
        journeys=_journeys(fetched.ref, order, lines, now),
        follow_up=_follow_up(fetched.ref, merged, policy, now, moved_at=moved_at, final_at=final_at, is_first=is_first),
        at=now,
        money_shown=money_shown,
        changed=stored is None
        or refunds.refunds != known_refunds
        or _card_differs(base, order, milestone, expected, lines=lines, late=late),
        learned=order != base.order or refunds.refunds != base.refunds or any(line.is_learned for line in lines),
    )


class _Merged(NamedTuple):
    """The order after the reading: the stored order with the fetched one over it."""

    order: Order | None
    lines: Sequence[Line]
    parcels: tuple[Parcel, ...]  # the lines' parcels after the reading
    counted: tuple[Parcel, ...]  # the parcels that count, by waybill
    milestone: Milestone | None
    known_refunds: tuple[Refund, ...]  # as they were stored
    refunds: MergedRefunds


def _merged(
    stored: StoredOrder | None, fetched: FetchedOrder, now: datetime, policy: Policy, *, baseline: bool
) -> _Merged:
    base = stored or StoredOrder(None, Shipment(fetched.ref))
    order = merge_order(base.order, fetched.order, now)
    lines = _lines(stored, fetched, order, now, names=policy.names, baseline=baseline)
    parcels = tuple(line.after for line in lines)
    counted = _counted(parcels)
    milestone = order_milestone(order.milestone if order else None, counted) or base.milestone
    known = base.known_refunds
    refunds = merge_refunds(known, order if fetched.order else None, fetched.refunds, now)
    return _Merged(order, lines, parcels, counted, milestone, known, refunds)


def _follow_up(
    ref: OrderRef,
    merged: _Merged,
    policy: Policy,
    now: datetime,
    *,
    moved_at: datetime | None,
    final_at: datetime | None,
    is_first: bool,
) -> FollowUp:
    """When the order is read again, and when its silence raises an alarm."""
    return follow_up(
        ref,
        merged.order,
        policy,
        now,
        milestone=merged.milestone,
        parcels=merged.parcels,
        moved_at=moved_at,
        final_at=final_at,
        is_first=is_first,
        refunds=merged.refunds.refunds,
    )


def _level(base: StoredOrder, news: News | None, now: datetime) -> tuple[Severity | None, tuple[datetime, ...]]:
    """The severity of the news (None without news), and the times at which channels were shown changes of money."""
    if news is None:
        return None, base.money_shown
    return throttle(news, severity.of(news, suppressed(base.shipment.parcels, news, now)), base.money_shown, now)


def _lateness(
    expected: Expected | None, base: StoredOrder, policy: Policy, now: datetime
) -> tuple[bool, Expected | None]:
    """Whether the order is late, and the range to be told as passed. It is told once, and only if a range was shown."""
    is_late = policy.trusts_clock and expected is not None and expected.is_late(now)
    return is_late, expected if is_late and base.expected and not base.was_late else None


def _card_differs(
    base: StoredOrder,
    order: Order | None,
    milestone: Milestone | None,
    expected: Expected | None,
    *,
    lines: Sequence[Line],
    late: Expected | None,
) -> bool:
    """Whether people would see a difference in the order, in a parcel, or in the expected time of arrival."""
    gains_or_loses_range = (expected is None) != (base.expected is None)
    is_other = _looks_different(base.order, order) or milestone is not base.milestone
    return is_other or gains_or_loses_range or late is not None or any(line.differs for line in lines)


def _lines(
    stored: StoredOrder | None,
    fetched: FetchedOrder,
    order: Order | None,
    now: datetime,
    *,
    names: bool,
    baseline: bool,
) -> Sequence[Line]:
    """Each parcel before and after the reading. ``order``: as merged. ``names``: see :class:`Policy`."""
    naming = order if names else None
    before = stored.shipment.parcels if stored else ()
    shown = fetched.shipment.parcels if fetched.shipment else ()
    read = stand_ins.keep(before, shown, stand_ins.prefixes(fetched.ref, order))
    lines = with_carriers(lines_of(before, read, naming, order.created_at if order else None), order)
    if not naming and not any(line.is_marked for line in lines):
        return lines
    known = None if baseline else stored
    heard = _moved_at(known, order, [line.after for line in lines], None, now)
    return with_named(lines, naming, known.order if known else None, heard=heard or now, now=now)


def _counted(parcels: Sequence[Parcel]) -> tuple[Parcel, ...]:
    """The parcels that count, sorted by waybill, so that the problem shown does not depend on the order of readings."""
    return tuple(sorted(live(parcels), key=lambda parcel: parcel.waybill))


def _journeys(ref: OrderRef, order: Order | None, lines: Sequence[Line], now: datetime) -> tuple[Journey, ...]:
    """The journeys of parcels that have arrived, if this reading brought anything new about the parcel."""
    arrived = (journey_of(ref.key, line.after, order, now) for line in lines if line.is_learned)
    return tuple(journey for journey in arrived if journey)


def _moved_at(
    known: StoredOrder | None, order: Order | None, parcels: Sequence[Parcel], news: News | None, now: datetime
) -> datetime | None:
    """When the order last moved. At the first reading (``known`` None), its latest scan: old orders are read rarely."""
    if known is not None:
        return now if news and not severity.is_standing_still(news) else known.moved_at
    times = [node.at for parcel in parcels for node in parcel.nodes if is_plausible(node.at, now)]
    if not times and order:
        times = [time for time in (order.created_at, order.paid_at) if is_plausible(time, now)]
    return min(now, max(times)) if times else now


def _looks_different(before: Order | None, after: Order | None) -> bool:
    """Whether the order's card looks different. No card shows the consignments or the time of the platform's change."""
    if before is after or before is None or after is None:
        return before is not after
    unseen = {"consignments": after.consignments, "modified_at": after.modified_at}
    return before.model_copy(update=unseen) != after
