"""The standing of orders and parcels in words. All views use it, so that no two of them contradict each other.

The state known from the parcels comes first. The platform's own word is added where it contradicts that state, and
replaces it until a courier has the parcel, since only the platform knows the state until then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.blocks.i18n import _
from handlers.blocks.labels import (
    bar,
    furthest,
    milestone_emoji,
    milestone_name,
    platform_name,
    reason_words,
    status_name,
)
from handlers.blocks.locale_data import days
from handlers.blocks.text import escape, truncate
from pandapon.courier import Reason
from pandapon.milestones import fold_code, status_claim
from pandapon.pickup import deadline_from_nodes, earliest_pick_up
from pandapon.progress import event_order, latest_reason, order_reason, parcel_reason
from pandapon.shipment import FINAL, Milestone
from pandapon.times import CHINA

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pandapon.models import Order
    from pandapon.shipment import Node, Parcel
    from tracking.values import Step

M = Milestone
# States before a courier has the parcel. The platform's words for them also say who has to act, so they are shown.
_PLATFORM_KNOWS = frozenset({M.ORDERED, M.PAID})
_NOT_FETCHED_YET = "waitlogisticstakein"
# A platform says no more than "shipped" of a parcel on its way. That does not contradict a more exact milestone.
_ON_ITS_WAY = frozenset(
    {M.PICKED_UP, M.IN_TRANSIT, M.ARRIVED, M.OUT_FOR_DELIVERY, M.READY_FOR_PICKUP, M.ATTEMPT_FAILED, M.EXCEPTION}
)


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of an order or a parcel, as Slack text."""

    sign: str
    words: str
    reason: str = ""  # of a problem or of an unusual end; empty where there is none, or it is not known
    part: str = ""  # how many of an order's parcels are delivered; empty where it is none or all of them
    says: str = ""  # the platform's word if it contradicts ``words``, e.g. "1688 says: Waiting for payment"

    @property
    def state(self) -> str:
        """Sign and words, for one line among many: ``🚚 In transit``."""
        return f"{self.sign} {self.words}"

    @property
    def bold(self) -> str:
        """Sign and words, the words in bold: ``🚚 *In transit*``."""
        return f"{self.sign} *{self.words}*"

    @property
    def why(self) -> str:
        """The state in bold and its reason, for one line among the orders with problems."""
        return f"{self.bold} · {self.reason}" if self.reason else self.bold

    @property
    def line(self) -> str:
        """All fields: ``⚠️ Delivery problem · held by customs (1688 says: Waiting for payment)``."""
        return f"{self.sign} {self.text}"

    @property
    def headline(self) -> str:
        """All fields, the words in bold."""
        return f"{self.bold}{self._details}"

    @property
    def text(self) -> str:
        """All fields but the sign."""
        return f"{self.words}{self._details}"

    @property
    def notes(self) -> list[str]:
        """The fields besides sign and words, for a message whose heading already has these two."""
        return [note for note in (self.part, self.reason, self.says) if note]

    @property
    def _details(self) -> str:
        details = "".join(f" · {detail}" for detail in (self.part, self.reason) if detail)
        return details + (f" ({self.says})" if self.says else "")


def standing(
    milestone: Milestone | None,
    order: Order | None = None,
    parcels: Sequence[Parcel] = (),
    reason: Reason | None = None,
    *,
    pick_up_by: datetime | None = None,
    now: datetime | None = None,
) -> Standing:
    """The standing of an order.

    ``milestone``: the order's state, decided from its parcels and its status together (see ``pandapon.progress``).
    ``order``: as last read; it brings the platform's word. ``parcels``: with their nodes, which bring the reason.
    ``reason`` and ``pick_up_by``: the stored values, for lists, which load no nodes. ``now``: None leaves out whether
    the time for the pick-up is over.
    """
    reason = reason or order_reason(milestone, parcels, order)
    pick_up_by = pick_up_by or earliest_pick_up(milestone, parcels)
    known = replace(_of(milestone, order, reason, pick_up_by, now), part=delivered(parcels))
    if order is None or not order.status_code or _agrees(milestone, status_claim(order.platform, order.status_code)):
        return known
    return replace(known, says=_says(order))


def delivered(parcels: Sequence[Parcel]) -> str:
    """How many of the parcels are delivered, in words; empty where it is none or all of them."""
    return delivered_of(sum(parcel.milestone is M.DELIVERED for parcel in parcels), len(parcels))


def delivered_of(n: int, total: int) -> str:
    """How many of ``total`` parcels are delivered, in words; empty where it is none or all of them."""
    return _("{n} of {total} parcels delivered").format(n=n, total=total) if 0 < n < total else ""


def of_parcel(
    parcel: Parcel, milestone: Milestone | None = None, order: Order | None = None, *, now: datetime | None = None
) -> Standing:
    """The standing of one parcel. ``milestone`` and ``order``: its order's; ``now``: see :func:`standing`.

    The platform's word is added to a parcel without a final state whose order is delivered: an order that its platform
    calls completed settles a parcel that gets no further scan.
    """
    reason = parcel_reason(parcel, order.created_at if order else None)
    known = _of(parcel.milestone, None, reason, earliest_pick_up(parcel.milestone, [parcel]), now)
    if parcel.milestone is None and not parcel.nodes:  # only the order names the parcel
        known = Standing("📦", _("No scans yet"))
    if milestone is not M.DELIVERED or parcel.milestone in FINAL or not (order and order.status_code):
        return known
    return replace(known, says=_says(order))


def of_step(step: Step, order: Order | None = None, nodes: Iterable[Node] = ()) -> Standing:
    """The standing right after a step, even if it has changed since. ``nodes``: the scans read with the step."""
    step_nodes = [node for node in nodes if step.waybill in {"", node.waybill}]
    due = deadline_from_nodes(sorted(step_nodes, key=event_order)) if step.after is M.READY_FOR_PICKUP else None
    return _of(step.after, None if step.waybill else order, latest_reason(step.after, step_nodes), due)


def of_milestone(milestone: Milestone | None) -> Standing:
    """The standing at a milestone of which nothing else is known, such as an earlier milestone."""
    return _of(milestone, None, None)


def progress(
    milestone: Milestone | None, standing: Standing, reached: Iterable[Milestone | None], heading: str = ""
) -> str:
    """The progress bar and the standing in words: ``▰▰▰▰▱▱ 4 of 6 · In transit``.

    ``reached``: all milestones so far; the furthest of them is the stage at which the bar shows a problem.
    ``heading``: the words of the message's heading; a standing that consists of the same words is left out.
    """
    filled = bar(milestone, furthest(list(reached)))
    words = "" if standing.text == heading else standing.text
    return " · ".join(part for part in (filled, words) if part)


def platform_word(order: Order) -> str:
    """The platform's own word for an order's state, as Slack text; empty where the order has no status."""
    return escape(truncate(status_name(order.platform, order.status_code), 80)) if order.status_code else ""


def _of(
    milestone: Milestone | None,
    order: Order | None,
    reason: Reason | None,
    due: datetime | None = None,
    now: datetime | None = None,
) -> Standing:
    words = milestone_name(milestone)
    if milestone is M.READY_FOR_PICKUP and due is not None:
        words = _pick_up_words(due, is_over=now is not None and now > due)
    if order is not None and status_claim(order.platform, order.status_code) is milestone and _is_finer(order):
        words = platform_word(order)
    if milestone is M.LOST and reason is Reason.LOST:  # the reason repeats the milestone's name
        reason = None
    return Standing(milestone_emoji(milestone), words, reason_words(reason) if reason else "")


def _pick_up_words(due: datetime, *, is_over: bool) -> str:
    """The last day on which a parcel can be picked up, in China time, since it lies there."""
    last = (due - timedelta(minutes=1)).astimezone(CHINA).date()  # a deadline at midnight means the day before
    words = _("Pick it up (was due by {date})") if is_over else _("Pick it up by {date}")
    return words.format(date=days(last, last))


def _is_finer(order: Order) -> bool:
    """Whether the platform's word says more than the milestone's name."""
    claim = status_claim(order.platform, order.status_code)
    return claim in _PLATFORM_KNOWS or fold_code(order.status_code) == _NOT_FETCHED_YET


def _agrees(milestone: Milestone | None, claim: Milestone | None) -> bool:
    return claim is not None and (claim is milestone or (claim is M.SHIPPED and milestone in _ON_ITS_WAY))


def _says(order: Order) -> str:
    return _("{platform} says: {state}").format(platform=platform_name(order.platform), state=platform_word(order))
