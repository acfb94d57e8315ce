"""What is worth saying of a move, how loud, to which watches, and under which key it is said once."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from pandapon.courier import Action, asked_action
from pandapon.shipment import FINAL, Milestone
from tracking.merge import goes_back
from tracking.values import Filter, Severity, Step

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from tracking.values import News

SEVERITIES = tuple(Severity)  # the quietest first

# Under way nobody has to do anything: the card says where a parcel is, and its thread how it came there.
_UNDER_WAY = frozenset(
    {Milestone.ORDERED, Milestone.PAID, Milestone.SHIPPED, Milestone.PICKED_UP, Milestone.IN_TRANSIT, Milestone.ARRIVED}
)
_MOVING = frozenset({Milestone.PICKED_UP, Milestone.IN_TRANSIT, Milestone.ARRIVED})


def order_step(
    before: Milestone | None, after: Milestone | None, parcel_steps: Sequence[Step], parcels: int
) -> tuple[Step, ...]:
    """The order's own step, unless its parcels' steps say it already.

    A step back is never the order's own: a late-added parcel holds the order back, and that parcel's step tells it.
    """
    if after is None or after is before or goes_back(before, after):
        return ()
    step = (Step(before, after),)
    if not parcel_steps:
        return step
    if any(one.after is after for one in parcel_steps):
        return step if parcels > 1 and after in FINAL else ()
    return step if after.is_problem or after in FINAL else ()


def of(news: News, suppressed: Collection[str] = ()) -> Severity:
    """How loud it is.

    ``suppressed``: the parcels of which the channel was shown the same a short while ago, see ``tracking.suppression``.
    """
    if is_edit(news):
        return Severity.EDIT
    if news.has_problem or required_actions(news) or any(waybill not in suppressed for waybill in news.repeats):
        return Severity.PROBLEM
    loud = any(_is_loud(step, news) for step in news.steps if step.waybill not in suppressed)
    if news.price or news.refund or loud:
        return Severity.MILESTONE
    return Severity.STEP if news.has_milestone else Severity.NODE


def audience(news: News) -> frozenset[Filter]:
    """The filters it passes, however loud. Whoever was told of a problem is told that it is over."""
    filters = {Filter.ALL}
    is_urgent = bool(news.has_problem or required_actions(news) or news.repeats)
    if is_urgent or news.price or news.refund or news.settled or any(not _is_between_hubs(step) for step in news.steps):
        filters.add(Filter.MILESTONES)
    if is_urgent or news.refund or any(_is_relief(step) for step in news.steps):
        filters.add(Filter.PROBLEMS)
    return frozenset(filters)


def _is_loud(step: Step, news: News) -> bool:
    """What somebody acts on: at the door, ready to be fetched, over, in trouble, and out of it.

    After a failed attempt the next one is shown by how it ends, and an order of several parcels is over with its last.
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
    """Whether it says nothing but what the order costs, or what of that comes back."""
    return bool(news.price or news.refund) and says_nothing(replace(news, price=None, refund=None, edited=()))


def required_actions(news: News) -> tuple[Action, ...]:
    """What the new entries ask of a person, each once; nothing where the parcel has come through since."""
    done = {parcel.waybill for parcel in news.parcels if parcel.milestone in FINAL}
    found = (asked_action(node.shown) for node in news.nodes if node.waybill not in done)
    return tuple(dict.fromkeys(one for one in found if one))


def dedup_key(news: News, last: datetime | None = None) -> str:
    """Names what happened: the same nodes, steps and numbers give the same text, on any machine, at any time.

    ``last``: when the order last made news, as stored. A price or a refund can come to the same numbers again, which is
    news again: what came in between tells the two apart, after a restart and in a restored database as well.

    Edits are left out: what differs only by an edit was told already. News of nothing but edits is named by its nodes,
    not by their words: an entry that flaps to and fro is told once.
    """
    digest = hashlib.blake2b("\x1e".join(sorted(_facts(news, last))).encode(), digest_size=16)
    return digest.hexdigest()


def is_edit(news: News) -> bool:
    """Whether it brings nothing but better words for what was told."""
    return bool(news.edited) and says_nothing(replace(news, edited=()))


def says_nothing(news: News) -> bool:
    """Whether there is nothing in it to tell."""
    found = (news.nodes, news.edited, news.steps, news.added, news.renumbered, news.price, news.refund)
    return not (any(found) or news.settled)


def _facts(news: News, last: datetime | None) -> Iterator[str]:
    if is_edit(news):
        for node in news.edited:
            yield f"edit\x1f{node.identity}"
    for node in news.nodes:
        yield f"node\x1f{node.identity}"
    for step in news.steps:
        yield f"step\x1f{step.waybill}\x1f{step.before or ''}\x1f{step.after}"
    for waybill in news.added:
        yield f"added\x1f{waybill}"
    if news.price:
        yield f"price\x1f{news.price[0]}\x1f{news.price[1]}\x1f{last}"
    if news.refund:
        yield f"refund\x1f{news.refund[0]}\x1f{news.refund[1]}\x1f{last}"
    if news.settled:
        yield f"settled\x1f{last}"
    for old, new in news.renumbered:
        yield f"renumbered\x1f{old}\x1f{new}"
