"""Changes of refunds, and the judgement by a reading on a change whose answer was lost. Pure.

The records hold neither addresses nor people's words to a seller: a message is recognised by a digest of its words.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pandapon.refunds import OVER, RefundState, refund_state
from pandapon.shipment import Platform  # noqa: TC001  pydantic reads this annotation when the program runs
from tracking.writes import ARRIVES_WITHIN, WriteState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import timedelta

    from pandapon.aftersales import Letter, Refund

S = WriteState


@dataclass(frozen=True, slots=True)
class RefundAsked:
    """A refund was asked for. ``before``, ``code``: ids of the order's refunds, and its refund state, before that."""

    platform: Platform
    order_id: str
    entry_ids: tuple[str, ...]
    title: str
    pieces: int
    fen: int
    with_return: bool
    before: tuple[str, ...]
    code: str

    @property
    def target(self) -> str:
        """The order."""
        return asking_target(self.platform, self.order_id)

    @property
    def subject(self) -> str:
        """The order's id."""
        return self.order_id

    @property
    def details(self) -> str:
        """Goods, amount and kind."""
        kind = "return and refund" if self.with_return else "refund"
        return f"{kind} of {_yuan(self.fen)}: {self.title}, {self.pieces} pcs"


@dataclass(frozen=True, slots=True)
class _OfRefund:
    """A change of one refund."""

    platform: Platform
    refund_id: str
    order_id: str

    @property
    def target(self) -> str:
        """The refund."""
        return refund_target(self.platform, self.refund_id)

    @property
    def subject(self) -> str:
        """The refund's id."""
        return self.refund_id


@dataclass(frozen=True, slots=True)
class RefundChanged(_OfRefund):
    """A refund's request was changed. ``before`` and ``wanted``: fingerprints of the request, see :func:`asks_for`."""

    fen: int
    before: str
    wanted: str

    @property
    def details(self) -> str:
        """The amount."""
        return f"change to {_yuan(self.fen)}"


@dataclass(frozen=True, slots=True)
class RefundWithdrawn(_OfRefund):
    """A refund was cancelled. ``code``: its state before, as sent."""

    code: str

    @property
    def details(self) -> str:
        """The act."""
        return "cancel"


@dataclass(frozen=True, slots=True)
class LetterSent(_OfRefund):
    """A message was sent to the seller. ``same``, ``total``: messages with these words, and all messages, before it."""

    digest: str
    same: int
    total: int

    @property
    def details(self) -> str:
        """The act, without the words: these are between the person and the seller."""
        return "message to the seller"


@dataclass(frozen=True, slots=True)
class ReturnSent(_OfRefund):
    """The shipment of a return was announced. ``code``: the refund's state before, as sent; ``carrier``: its name."""

    carrier: str
    number: str
    code: str

    @property
    def details(self) -> str:
        """Carrier and number."""
        return f"return by {self.carrier}, {self.number}"


@dataclass(frozen=True, slots=True)
class ProofSent:
    """A picture was uploaded as proof; no reading shows that. ``flow``: the id of its form."""

    platform: Platform
    order_id: str
    name: str
    flow: str

    @property
    def target(self) -> str:
        """The picture in its form."""
        return proof_target(self.flow, self.name)

    @property
    def subject(self) -> str:
        """The order's id."""
        return self.order_id

    @property
    def details(self) -> str:
        """The act."""
        return "upload a picture as proof"


def asking_target(platform: Platform, order_id: str) -> str:
    """Return the target of requests for an order's refunds; see :attr:`RefundAsked.target`."""
    return f"refunds:{platform.value}:{order_id}"


def refund_target(platform: Platform, refund_id: str) -> str:
    """Return the target that all changes of one refund share."""
    return f"refund:{platform.value}:{refund_id}"


def proof_target(flow: str, name: str) -> str:
    """Return the target of a picture in a form; see :attr:`ProofSent.target`."""
    return f"proof:{flow}:{name}"


# --- the judgement by a reading ---------------------------------------------------------------------------------------


def judge_asked(
    change: RefundAsked, seen: Mapping[str, int | None], code: str, age: timedelta
) -> tuple[WriteState, tuple[str, ...]] | None:
    """Return whether a refund was asked for, and its id if known (at most one). None: it is too early to tell.

    ``seen``: the amounts (fen, None: unknown) of the order's refunds now, by refund id. ``code``: the order's refund
    state now. A new refund of another amount is somebody else's.
    """
    new = {refund_id: fen for refund_id, fen in seen.items() if refund_id not in change.before}
    if mine := [refund_id for refund_id, fen in new.items() if fen in {None, change.fen}]:
        return S.FOUND_DONE, (mine[0],)
    if not new and _is_open(code) and not _is_open(change.code):  # the platform names no id
        return S.FOUND_DONE, ()
    if age < ARRIVES_WITHIN:
        return None
    is_same = not new and refund_state(code) == refund_state(change.code)
    return (S.FOUND_UNDONE if is_same else S.UNKNOWABLE), ()


def judge_changed(change: RefundChanged, now: Refund, age: timedelta) -> WriteState | None:
    """Return whether a refund was changed; None: it is too early to tell."""
    seen = asks_for(now)
    if seen == change.wanted:
        return S.FOUND_DONE
    if age < ARRIVES_WITHIN:
        return None
    return S.FOUND_UNDONE if seen == change.before else S.UNKNOWABLE


def judge_withdrawn(change: RefundWithdrawn, now: Refund, age: timedelta) -> WriteState | None:
    """Return whether a refund was cancelled; None: it is too early to tell."""
    state = refund_state(now.code)
    if state is RefundState.CLOSED:
        return S.FOUND_DONE
    if age < ARRIVES_WITHIN:
        return None
    return S.FOUND_UNDONE if state == refund_state(change.code) else S.UNKNOWABLE


def judge_letter(change: LetterSent, now: Iterable[Letter], age: timedelta, *, is_whole: bool) -> WriteState | None:
    """Return whether a message was sent; None: it is too early to tell.

    ``is_whole``: whether all messages were read. If a page is full, a missing message may be on the next page. Another
    new message proves nothing: it may be the seller's, or this one with words that the platform altered.
    """
    digests = [digest_of(letter.words) for letter in now]
    if digests.count(change.digest) > change.same:
        return S.FOUND_DONE
    if age < ARRIVES_WITHIN:
        return None
    return S.FOUND_UNDONE if is_whole and len(digests) <= change.total else S.UNKNOWABLE


def judge_return(change: ReturnSent, now: Refund, age: timedelta) -> WriteState | None:
    """Return whether the shipment of a return was announced; None: it is too early to tell.

    1688's detail may name only the carrier; then the refund's state must have changed to SENT_BACK, too.
    """
    has_moved = refund_state(now.code) is RefundState.SENT_BACK and refund_state(change.code) is RefundState.AGREED
    if now.number:
        is_mine = now.number.casefold() == change.number.casefold()
    else:
        is_mine = has_moved and now.carrier in {"", change.carrier}
    if is_mine:
        return S.FOUND_DONE
    if age < ARRIVES_WITHIN:
        return None
    is_same = refund_state(now.code) == refund_state(change.code) and not now.number
    return S.FOUND_UNDONE if is_same else S.UNKNOWABLE


def digest_of(words: str) -> str:
    """Return a digest that recognises a message, however the platform breaks its lines."""
    return _digest(" ".join(words.split()))


def asks_for(refund: Refund, **wanted: object) -> str:
    """Return a fingerprint of a refund's amount, reason and description; the ``wanted`` fields replace its own."""
    after = refund.model_copy(update=wanted)
    amount = "" if after.amount is None else str(int(after.amount * 100))
    return _digest("\x1f".join((amount, after.reason_id, " ".join(after.description.split()))))


def _is_open(code: str) -> bool:
    state = refund_state(code)
    return state is not None and state not in OVER


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def _yuan(fen: int) -> str:
    return f"¥{fen / 100:.2f}"
