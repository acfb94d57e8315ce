"""The states of refunds, and which refunds the fields of an order name.

The words are 1688's [upstream], the numbers and their names Taobao's [stated for a sibling of this API]. The order and
its lines may each carry a state, and 1688's order repeats that of its lines [inferred].
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pandapon.milestones import folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from decimal import Decimal

    from pandapon.models import Item, Order


class RefundState(StrEnum):
    """The states of a refund, in the order in which it passes them."""

    REQUESTED = "requested"  # the seller has to answer
    REFUSED = "refused"  # by the seller
    TO_CHANGE = "to_change"  # refused, and the platform waits for a changed request
    AGREED = "agreed"  # the buyer has to send the goods back
    SENT_BACK = "sent_back"  # the seller has to receive them
    REFUNDED = "refunded"
    CLOSED = "closed"


S = RefundState
NEEDS_BUYER = frozenset({S.REFUSED, S.TO_CHANGE, S.AGREED})  # nothing goes on until the buyer acts
OVER = frozenset({S.REFUNDED, S.CLOSED})
_NONE = frozenset({"", "0", "notapplyforrefund"})
_STATES = {
    "waitselleragree": S.REQUESTED,
    "10": S.REQUESTED,
    "appliedrefund": S.REQUESTED,
    "waitbuyermodify": S.TO_CHANGE,
    "-10": S.REFUSED,
    "sellerrefusesrefund": S.REFUSED,
    "waitbuyersend": S.AGREED,
    "20": S.AGREED,
    "agreetorefund": S.AGREED,
    "waitsellerreceive": S.SENT_BACK,
    "30": S.SENT_BACK,
    "waitingsellerreceipt": S.SENT_BACK,
    "refundsuccess": S.REFUNDED,
    "100": S.REFUNDED,
    "refundsuccessful": S.REFUNDED,
    "refundclose": S.CLOSED,
    "refundclosed": S.CLOSED,
    "-20": S.CLOSED,
}
# A refund does not return to an earlier one of these: such an answer comes from a stale cache [inferred]. A refusal has
# no rank, since the buyer may ask again.
_RANKS = {S.REQUESTED: 1, S.AGREED: 2, S.SENT_BACK: 3, S.REFUNDED: 4, S.CLOSED: 4}


@dataclass(frozen=True, slots=True)
class Claim:
    """A refund as the fields of an order name it."""

    code: str  # its state as sent
    line: str = ""  # names the line within its order; empty: the order as a whole
    title: str = ""  # of the line; empty: the order as a whole
    refund_id: str = ""  # empty: the order does not name it


@dataclass(frozen=True, slots=True)
class RefundDetail:
    """A refund as an operation of its own tells it. Its state is taken from the order, which all views show."""

    refund_id: str
    code: str = ""  # its state as sent; empty: unknown
    amount: Decimal | None = None  # yuan; None: unknown
    until: datetime | None = None  # when the present state ends by itself, aware; None: unknown
    refusal: str = ""  # why the seller refused, without markup


def refund_state(code: str) -> RefundState | None:
    """Return the state that a code names; None for an unknown code."""
    return _STATES.get(folded(code))


def names_refund(code: str) -> bool:
    """Whether a code says that there is a refund. Taobao's 0 says that there is none."""
    return folded(code) not in _NONE


def is_same_state(one: str, other: str) -> bool:
    """Whether two codes mean the same state: Taobao's 10 is 1688's waitselleragree."""
    return (refund_state(one) or folded(one)) == (refund_state(other) or folded(other))


def goes_back(before: str, after: str, *, is_same_refund: bool) -> bool:
    """Whether the second code is an earlier state than the first, which is not to be believed.

    ``is_same_refund``: the platform names both by one id. Without that, a request after an end is another refund.
    """
    old, new = refund_state(before), refund_state(after)
    if old is None or new is None or (old in OVER and not is_same_refund):
        return False
    if old in OVER:
        return new not in OVER
    return old in _RANKS and new in _RANKS and _RANKS[new] < _RANKS[old]


def claims(order: Order | None) -> tuple[Claim, ...]:
    """Return the refunds that an order names, each once, those of its lines first. Pure.

    Lines with the same refund id have one refund. So have all lines of an order that share a state and name no id. The
    order's own state is a further refund only where no line has it.
    """
    # Nearly every order has none, and each reading asks.
    if order is None or not (order.refund_status or any(item.refund_status for item in order.items)):
        return ()
    refunded = [(line, item) for line, item in _lines(order.items) if names_refund(item.refund_status)]
    if len(refunded) == len(order.items) and refunded and _is_one(refunded, order):
        return (Claim(refunded[0][1].refund_status, refund_id=refunded[0][1].refund_id or order.refund_id),)
    found: dict[str, Claim] = {}
    for claim in (_of_line(*each, order) for each in refunded):
        found.setdefault(claim.refund_id or claim.line, claim)
    own = order.refund_status
    if names_refund(own) and not any(is_same_state(own, claim.code) for claim in found.values()):
        own_id = "" if order.refund_id in found else order.refund_id
        return (*found.values(), Claim(own, refund_id=own_id))
    return tuple(found.values())


def _is_one(refunded: Sequence[tuple[str, Item]], order: Order) -> bool:
    """Whether the states of all lines are those of one refund."""
    codes, ids = {item.refund_status for _line, item in refunded}, {item.refund_id for _line, item in refunded}
    agrees = not names_refund(order.refund_status) or is_same_state(order.refund_status, refunded[0][1].refund_status)
    return len(codes) == len(ids) == 1 and agrees


def _of_line(line: str, item: Item, order: Order) -> Claim:
    """The refund of a line. The order's id is taken where its state is the line's."""
    shared = order.refund_id if is_same_state(order.refund_status, item.refund_status) else ""
    return Claim(item.refund_status, line, item.title, item.refund_id or shared)


def _lines(items: Sequence[Item]) -> Iterator[tuple[str, Item]]:
    """Yield each line with its name: the same for the same goods, in whatever order the lines come."""
    seen: Counter[tuple[str, str]] = Counter()
    for item in items:
        goods = item.title, item.variant
        yield "\x1f".join((*goods, str(seen[goods]))), item
        seen[goods] += 1
