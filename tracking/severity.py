"""How severe news is, and which watches receive it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pandapon.courier import Action, asked_action
from pandapon.shipment import FINAL, Milestone
from tracking.merge import goes_back
from tracking.values import Filter, Severity, Step

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tracking.values import News

SEVERITIES = tuple(Severity)  # the quietest first

# Nobody has to act on these milestones: the card shows where a parcel is, and its thread shows the way there.
_UNDER_WAY = frozenset(
    {Milestone.ORDERED, Milestone.PAID, Milestone.SHIPPED, Milestone.PICKED_UP, Milestone.IN_TRANSIT, Milestone.ARRIVED}
)
_MOVING = frozenset({Milestone.PICKED_UP, Milestone.IN_TRANSIT, Milestone.ARRIVED})


def order_step(
    before: Milestone | None, after: Milestone | None, parcel_steps: Sequence[Step], parcels: int
) -> tuple[Step, ...]:
    """Return the step of the order as a whole, unless the steps of its parcels say the same. Pure.

    ``parcels``: the number of the order's parcels. A step back is never the order's own: it comes from a parcel that
    was added late, and the step of that parcel tells it.
    """
    if after is None or after is before or goes_back(before, after):
        return ()
    step = (Step(before, after),)
    if not parcel_steps:
        return step
    if any(parcel_step.after is after for parcel_step in parcel_steps):
        return step if parcels > 1 and after in FINAL else ()
    return step if after.is_problem or after in FINAL else ()


def of(news: News, suppressed: Collection[str] = ()) -> Severity:
    """Return the severity of news. Pure.

    ``suppressed``: waybills of the parcels whose news would repeat what the channel was just shown, see
    :mod:`tracking.suppression`.
    """
    if is_edit(news):
        return Severity.EDIT
    if (
        news.has_problem
        or news.needs_buyer
        or required_actions(news)
        or any(waybill not in suppressed for waybill in news.repeats)
    ):
        return Severity.PROBLEM
    loud = any(_is_loud(step, news) for step in news.steps if step.waybill not in suppressed)
    if news.price or is_refund(news) or loud:
        return Severity.MILESTONE
    return Severity.STEP if news.has_milestone else Severity.NODE


def audience(news: News) -> frozenset[Filter]:
    """Return the filters that let the news pass. A watch that was told of a problem is also told of its end. Pure."""
    filters = {Filter.ALL}
    is_urgent = bool(news.has_problem or required_actions(news) or news.repeats)
    if (
        is_urgent
        or news.price
        or is_refund(news)
        or news.settled
        or news.late
        or any(not _is_between_hubs(step) for step in news.steps)
    ):
        filters.add(Filter.MILESTONES)
    if is_urgent or is_refund(news) or any(_is_relief(step) for step in news.steps):
        filters.add(Filter.PROBLEMS)
    return frozenset(filters)


def _is_loud(step: Step, news: News) -> bool:
    """Whether people act on this step: out for delivery, ready for pick-up, at an end, into a problem or out of one.

    After a failed attempt, another attempt is not loud; its result is. In an order of several parcels only the last
    delivery is loud.
    """
    if step.after is Milestone.DELIVERED and step.waybill and not _is_relief(step):
        return all(parcel.milestone in FINAL for parcel in news.parcels)
    if step.before is Milestone.ATTEMPT_FAILED:
        return step.after not in _UNDER_WAY and step.after is not Milestone.OUT_FOR_DELIVERY
    return step.after not in _UNDER_WAY or _is_relief(step)


def _is_between_hubs(step: Step) -> bool:
    return step.before in _MOVING and step.after in _MOVING


def _is_relief(step: Step) -> bool:
    return bool(step.before and step.before.is_problem)


def is_only_money(news: News) -> bool:
    """Whether the news tells of the price or a refund and of nothing else but edits."""
    if not (news.price or is_refund(news)):
        return False
    return says_nothing(replace(news, price=None, refunds=(), refunded=None, edited=()))


def is_refund(news: News) -> bool:
    """Whether the state of a refund changed, or the amount paid back."""
    return bool(news.refunds or news.refunded)


def required_actions(news: News) -> tuple[Action, ...]:
    """Return the actions that the new nodes require of a person, each once. A parcel at its end requires none."""
    done = {parcel.waybill for parcel in news.parcels if parcel.milestone in FINAL}
    actions = (asked_action(node.shown) for node in news.nodes if node.waybill not in done)
    return tuple(dict.fromkeys(action for action in actions if action))


def is_edit(news: News) -> bool:
    """Whether the news holds nothing but edits of nodes that were told before."""
    return bool(news.edited) and says_nothing(replace(news, edited=()))


def is_standing_still(news: News) -> bool:
    """Whether the order has not moved: the news holds only edits, or only that the order is later than expected."""
    return is_edit(news) or (news.late is not None and says_nothing(replace(news, late=None, edited=())))


def says_nothing(news: News) -> bool:
    """Whether the news is empty. ``news.stall`` is ignored: only an alarm's news has it, and that is never empty."""
    contents = (news.nodes, news.edited, news.steps, news.added, news.renumbered, news.price)
    return not (any(contents) or is_refund(news) or news.settled or news.late)
