"""What every view says of an order and its parcels. One function decides, so that no two of them contradict each other.

What the bot knows from the parcels comes first. The platform's own word is shown as such where it says something else,
and in the place of the bot's while the platform is the only one who knows: before anything is sent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
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
from handlers.blocks.text import escape, truncate
from pandapon.courier import Reason
from pandapon.milestones import status_claim
from pandapon.progress import order_reason, parcel_reason, told_reason
from pandapon.shipment import FINAL, Milestone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pandapon.models import Order
    from pandapon.shipment import Node, Parcel
    from tracking.values import Step

M = Milestone
# Until a courier has it, only the platform knows: its words, which say who is to act, are the state.
_PLATFORM_KNOWS = frozenset({M.ORDERED, M.PAID})
_NOT_FETCHED_YET = "waitlogisticstakein"
# "Shipped" is all that a platform says of a parcel on its way, and no contradiction of what is known more exactly.
_ON_ITS_WAY = frozenset(
    {M.PICKED_UP, M.IN_TRANSIT, M.ARRIVED, M.OUT_FOR_DELIVERY, M.READY_FOR_PICKUP, M.ATTEMPT_FAILED, M.EXCEPTION}
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where something stands, as Slack text."""

    sign: str
    words: str
    reason: str = ""  # why it is a problem, or an end of its kind; empty: it is none, or nobody says
    part: str = ""  # how many of its parcels are delivered, while it is some of them
    says: str = ""  # what the platform says instead; empty: the same, or nothing

    @property
    def state(self) -> str:
        """For one line among many: ``🚚 In transit``."""
        return f"{self.sign} {self.words}"

    @property
    def bold(self) -> str:
        """The same, in bold."""
        return f"{self.sign} *{self.words}*"

    @property
    def why(self) -> str:
        """The state in bold, and the reason: for one line among many that want an eye."""
        return f"{self.bold} · {self.reason}" if self.reason else self.bold

    @property
    def line(self) -> str:
        """All of it: ``⚠️ Problem on the way · held by customs (1688 says: Waiting for payment)``."""
        return f"{self.sign} {self.told}"

    @property
    def headline(self) -> str:
        """All of it, the state in bold."""
        return f"{self.bold}{self._rest}"

    @property
    def told(self) -> str:
        """All of it but the sign."""
        return f"{self.words}{self._rest}"

    @property
    def _rest(self) -> str:
        more = "".join(f" · {one}" for one in (self.part, self.reason) if one)
        return more + (f" ({self.says})" if self.says else "")


def standing(
    milestone: Milestone | None,
    order: Order | None = None,
    parcels: Sequence[Parcel] = (),
    reason: Reason | None = None,
) -> Standing:
    """What is said of an order.

    ``milestone``: where it stands, decided from its parcels and its status together (see pandapon.progress).
    ``order``: as last read, for the platform's word. ``parcels``: with their entries, for the reason.
    ``reason``: the same as it is stored, for lists, which load no entries.
    """
    reason = reason or order_reason(milestone, parcels, order.created_at if order else None)
    said = replace(_of(milestone, order, reason), part=delivered(parcels))
    if order is None or not order.status_code or _agrees(milestone, status_claim(order.platform, order.status_code)):
        return said
    return replace(said, says=_says(order))


def delivered(parcels: Sequence[Parcel]) -> str:
    """How many of the parcels, once it is some and while it is not all of them; else empty."""
    n, total = sum(parcel.milestone is M.DELIVERED for parcel in parcels), len(parcels)
    return _("{n} of {total} parcels delivered").format(n=n, total=total) if 0 < n < total else ""


def of_parcel(parcel: Parcel, milestone: Milestone | None = None, order: Order | None = None) -> Standing:
    """What is said of one parcel of an order that stands at ``milestone``.

    An order that its platform calls completed has settled a parcel that gets no further scan, which is said.
    """
    reason = parcel_reason(parcel, order.created_at if order else None)
    said = _of(parcel.milestone, None, reason)
    if parcel.milestone is None and not parcel.nodes:  # its order names it, and that is all that is known of it
        said = Standing("📦", _("No scans yet"))
    if milestone is not M.DELIVERED or parcel.milestone in FINAL or not (order and order.status_code):
        return said
    return replace(said, says=_says(order))


def of_step(step: Step, order: Order | None = None, nodes: Iterable[Node] = ()) -> Standing:
    """What is said of a move, which may be over by now. ``nodes``: the entries that were found with it."""
    ours = [node for node in nodes if step.waybill in {"", node.waybill}]
    return _of(step.after, None if step.waybill else order, told_reason(step.after, ours))


def of_milestone(milestone: Milestone | None) -> Standing:
    """A state that is over, or one of which nothing else is known."""
    return _of(milestone, None, None)


def progress(milestone: Milestone | None, said: Standing, reached: Iterable[Milestone | None]) -> str:
    """Six stages as dots, and what is said: ``●━●━●━◉┄○┄○  In transit``. ``reached``: all that was, for a problem."""
    return f"{bar(milestone, furthest(list(reached)))}  {said.told}"


def platform_word(order: Order) -> str:
    """The platform's own word for an order's state, as Slack text; empty where it says none."""
    return escape(truncate(status_name(order.platform, order.status_code), 80)) if order.status_code else ""


def _of(milestone: Milestone | None, order: Order | None, reason: Reason | None) -> Standing:
    words = milestone_name(milestone)
    if order is not None and status_claim(order.platform, order.status_code) is milestone and _is_finer(order):
        words = platform_word(order)
    if milestone is M.LOST and reason is Reason.LOST:  # no more than its name says
        reason = None
    return Standing(milestone_emoji(milestone), words, reason_words(reason) if reason else "")


def _is_finer(order: Order) -> bool:
    """Whether the platform's word says more than the milestone's name."""
    claim = status_claim(order.platform, order.status_code)
    return claim in _PLATFORM_KNOWS or order.status_code.strip().casefold() == _NOT_FETCHED_YET


def _agrees(milestone: Milestone | None, claim: Milestone | None) -> bool:
    return claim is not None and (claim is milestone or (claim is M.SHIPPED and milestone in _ON_ITS_WAY))


def _says(order: Order) -> str:
    return _("{platform} says: {state}").format(platform=platform_name(order.platform), state=platform_word(order))
