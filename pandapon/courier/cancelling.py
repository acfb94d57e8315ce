"""The claims of cancellations. Only that of the whole order is an end; other things may be cancelled beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.claims import Claim, Reason, claim_by_table
from pandapon.courier.context import clause_has
from pandapon.courier.tags import Tag
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.courier.events import Event, Text
    from pandapon.courier.tokens import Token

M, T = Milestone, Tag

# Words that do not name what is cancelled. A longer one does: "order cancelled".
_BARE = frozenset({"cancelled", "canceled", "cancellation"})
_ORDERS = frozenset(
    {"order", "shipment", "parcel", "package", "item", "consignment", "goods", "purchase", "label", "transaction"}
)
_LINKS = frozenset({"is", "be", "been", "are", "has now", "the", "a", "an", "this", "your", "our", "it", "that", "we"})
_ADVERBS = frozenset({T.DONE, T.ONGOING, T.OK, T.TODAY, T.NO_LONGER})
_CANCELLING = frozenset({T.SENDER, T.RECIPIENT, T.SERVICE, T.CARRIER, T.PARTNER})  # "merchant cancelled"
_CARRIED = frozenset({T.CARRY, T.CARRY_NOUN})
_PARTS = frozenset({T.RETURN, T.COLLECT, T.TAKE, T.INTERCEPT, T.CARRY, T.FORWARD})
_BESIDE = _PARTS | {T.FETCH, T.ARRANGE, T.FLY, T.HOLD, T.NOTICE, T.NOTE}
_NO_GOODS = ("险", "保价", "售后", "发票", "安装", "会员", "insurance")


def cancellation_claim(event: Event, text: Text) -> Claim | None:
    """Return the claim of a cancellation; None: not the whole order is cancelled."""
    if event.word.startswith("不发") and clause_has(event, text, T.SENDER):  # no cancelled order
        return Claim(M.EXCEPTION, Reason.NOT_COLLECTED)
    clause = text.clauses[event.clause]
    stated = claim_by_table(event)
    if stated is None or clause_has(event, text, T.PART) or is_of_no_goods(clause, event.token):
        return None
    before = clause[: event.token]
    if event.word in _BARE:
        return _claim_by_neighbours(before, clause[event.token + 1 :], stated)
    if event.word.isascii() and _is_of_the_delivery(before):
        return Claim(M.ATTEMPT_FAILED)
    return None if any(token.tag in _PARTS for token in before) else stated


def _is_of_the_delivery(before: Sequence[Token]) -> bool:
    """Whether only the order's delivery is cancelled: Delivery of your order was cancelled."""
    words = [token for token in before if token.text not in _LINKS]
    return len(words) > 1 and words[-2].tag is T.CARRY_NOUN and words[-1].text == "of"


def is_of_no_goods(clause: Sequence[Token], at: int) -> bool:
    """Return whether the word at an index is about a service and no goods: 保险订单已取消."""
    return at > 0 and clause[at - 1].text.endswith(_NO_GOODS)


def _claim_by_neighbours(before: Sequence[Token], after: Sequence[Token], stated: Claim) -> Claim | None:
    """The claim of a word that does not name what is cancelled, by the words before and after it."""
    object_ = next((token for token in after if token.text not in _LINKS), None)
    if object_ is not None and (object_.tag in _BESIDE | _CARRIED or object_.text in _ORDERS):
        return stated if object_.text in _ORDERS else None  # "we have cancelled your order"
    subject = _subject(before)
    head = subject[-1] if subject else None
    if any(token.tag in _CARRIED for token in subject) and not (head and _is_order(head)):
        return None if any(token.tag in _BESIDE - _CARRIED for token in subject) else Claim(M.ATTEMPT_FAILED)
    if head is None or _is_order(head) or head.tag in _CANCELLING:
        return stated
    is_listed = head.tag in {T.NUMBER, T.TO}  # order 123 cancelled, order changed to cancelled
    return stated if is_listed and any(map(_is_order, subject)) else None


def _subject(before: Sequence[Token]) -> list[Token]:
    """The tokens that name what is cancelled, or who cancels it.

    A label before a colon counts only where it names something: "Delivery:" does, "Status:" does not.
    """
    colon = max((at for at, token in enumerate(before) if token.tag is T.COLON), default=-1)
    names = any(token.tag in _BESIDE | _CARRIED for token in before[: max(colon, 0)])
    words = before if names else before[colon + 1 :]
    return [token for token in words if token.tag not in _ADVERBS | {T.COLON} and token.text not in _LINKS]


def _is_order(token: Token) -> bool:
    return token.text in _ORDERS
