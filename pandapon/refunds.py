"""The states of refunds, and the refunds that the fields of an order name.

The words are 1688's [upstream], the numbers and their names Taobao's [stated for a sibling]. An order and each of its
lines may have a state, and 1688's order repeats the state of its lines [inferred].
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pandapon.milestones import fold_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from decimal import Decimal

    from pandapon.models import Item, Order


class RefundState(StrEnum):
    """The states of a refund, in the usual order."""

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
# A refund never returns to a state of a lower rank: such an answer comes from a stale cache [inferred]. A refusal has
# no rank, because the buyer may request the refund again.
_RANKS = {S.REQUESTED: 1, S.AGREED: 2, S.SENT_BACK: 3, S.REFUNDED: 4, S.CLOSED: 4}


@dataclass(frozen=True, slots=True)
class Claim:
    """A refund as the fields of an order name it."""

    code: str  # the state as sent
    line: str = ""  # names the line within its order; empty: the order as a whole
    title: str = ""  # of the line; empty: the order as a whole
    refund_id: str = ""  # empty: the order does not name it


@dataclass(frozen=True, slots=True)
class RefundDetail:
    """The facts of a refund that only its own operation tells. Views show the state that the order tells."""

    refund_id: str
    code: str = ""  # the state as sent; empty: unknown
    amount: Decimal | None = None  # yuan; None: unknown
    until: datetime | None = None  # when the present state ends by itself, aware; None: unknown
    refusal: str = ""  # why the seller refused, without markup


def refund_state(code: str) -> RefundState | None:
    """Return the state that a platform's code names; None for an unknown code."""
    return _STATES.get(fold_code(code))


def names_refund(code: str) -> bool:
    """Whether a code says that there is a refund. Taobao's 0 says that there is none."""
    return fold_code(code) not in _NONE


def is_same_state(code: str, other: str) -> bool:
    """Whether two codes mean the same state: Taobao's 10 is 1688's waitselleragree."""
    return (refund_state(code) or fold_code(code)) == (refund_state(other) or fold_code(other))


def goes_back(before: str, after: str, *, is_same_refund: bool) -> bool:
    """Whether ``after`` is an earlier state than ``before``, and so comes from a stale cache [inferred].

    ``is_same_refund``: the platform gives both one id. Otherwise a new state after the end of a refund belongs to
    another refund.
    """
    old, new = refund_state(before), refund_state(after)
    if old is None or new is None or (old in OVER and not is_same_refund):
        return False
    if old in OVER:
        return new not in OVER
    return old in _RANKS and new in _RANKS and _RANKS[new] < _RANKS[old]


def claims(order: Order | None) -> tuple[Claim, ...]:
    """Return the refunds that an order names, each once, those of its lines first. Pure.

    Lines with the same refund id have one refund. If all lines of the order have the same state and none has an id,
    they have one refund, too, unless the order's own state differs. The order's own state is another refund only if no
    line has this state.
    """
    # A shortcut for nearly every order: most have no refund, and every reading asks.
    if order is None or not (order.refund_status or any(item.refund_status for item in order.items)):
        return ()
    refunded = [(line, item) for line, item in _lines(order.items) if names_refund(item.refund_status)]
    if len(refunded) == len(order.items) and refunded and _is_one(refunded, order):
        return (Claim(refunded[0][1].refund_status, refund_id=refunded[0][1].refund_id or order.refund_id),)
    by_id: dict[str, Claim] = {}
    for line, item in refunded:
        claim = _of_line(line, item, order)
        by_id.setdefault(claim.refund_id or claim.line, claim)
    own = order.refund_status
    if names_refund(own) and not any(is_same_state(own, claim.code) for claim in by_id.values()):
        own_id = "" if order.refund_id in by_id else order.refund_id
        return (*by_id.values(), Claim(own, refund_id=own_id))
    return tuple(by_id.values())


def _is_one(refunded: Sequence[tuple[str, Item]], order: Order) -> bool:
    """Whether all lines have one refund: the same state and id, which the order's own state does not contradict."""
    codes, ids = {item.refund_status for _line, item in refunded}, {item.refund_id for _line, item in refunded}
    agrees = not names_refund(order.refund_status) or is_same_state(order.refund_status, refunded[0][1].refund_status)
    return len(codes) == len(ids) == 1 and agrees


def _of_line(line: str, item: Item, order: Order) -> Claim:
    """The refund of a line. A line without a refund id gets the order's if both have the same state."""
    shared = order.refund_id if is_same_state(order.refund_status, item.refund_status) else ""
    return Claim(item.refund_status, line, item.title, item.refund_id or shared)


def _lines(items: Sequence[Item]) -> Iterator[tuple[str, Item]]:
    """Yield each line with a name made from its goods, which does not depend on the order of the lines."""
    seen: Counter[tuple[str, str]] = Counter()
    for item in items:
        goods = item.title, item.variant
        yield "\x1f".join((*goods, str(seen[goods]))), item
        seen[goods] += 1
