"""Approvals: which amounts need one, who may give it, and how a request for one goes on. Pure rules, no I/O.

Amounts are fen. A rule's list names people (U…, W…) and user groups (S…) of Slack. Nobody decides their own request.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_RULE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,2})?):(.+)")
_ID = re.compile(r"[UWS][A-Z0-9]{2,20}")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,20}")
EXAMPLE = "500:U0LEAD,5000:S0FINANCE+U0BOSS"


class ApprovalState(StrEnum):
    """The state of a request."""

    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"  # nobody decided in time
    WITHDRAWN = "withdrawn"  # by its asker, who took it back or asked for more


S = ApprovalState
TRANSITIONS: Mapping[ApprovalState, frozenset[ApprovalState]] = {
    S.WAITING: frozenset({S.APPROVED, S.DECLINED, S.EXPIRED, S.WITHDRAWN}),
    **dict.fromkeys((S.APPROVED, S.DECLINED, S.EXPIRED, S.WITHDRAWN), frozenset()),
}


class Refusal(StrEnum):
    """The reasons for which a person's decision does not count."""

    OWN_REQUEST = "own_request"
    NOT_AN_APPROVER = "not_an_approver"
    DECIDED = "already_decided"
    EXPIRED = "approval_expired"


@dataclass(frozen=True, slots=True)
class Deed:
    """An order, a payment or a shipment abroad that a person is about to confirm.

    ``summary``: plain lines, not Slack text.
    """

    kind: Literal["order", "pay", "freight"]
    target: str  # the flow, or the order that is paid
    amount_fen: int | None  # None: it is not known
    summary: tuple[str, ...]  # seller, product, variant, quantity
    note: str  # the person's words to the seller
    place: str  # the masked address; empty: none
    exactly: str = ""  # stands for what no line shows and yet must stay, such as the ids of the address and products
    wish: str = ""  # equal where another form wants the same; empty: nothing is known to be the same

    def covers(self, other: Deed) -> bool:
        """Whether an approval of this deed allows the other one: the same deed, for no more money."""
        return self._facts == other._facts and is_no_more(other.amount_fen, self.amount_fen)

    def repeats(self, other: Deed) -> bool:
        """Whether this deed wants from another form what the other one wants, at whatever price."""
        is_same = bool(self.wish) and (self.kind, self.wish) == (other.kind, other.wish)
        return is_same and self.target != other.target

    @property
    def _facts(self) -> tuple[object, ...]:
        return self.kind, self.target, self.summary, self.note, self.place, self.exactly


@dataclass(frozen=True, slots=True)
class Approval:
    """A request for an approval. Times are aware; people are Slack user ids."""

    id: int
    deed: Deed
    asker: str
    flow: str  # the id of the form that waits for it
    channel: str  # where it was asked for; empty or a direct message: nowhere public
    approvers: frozenset[str]  # people and user groups
    asked_at: datetime
    until: datetime  # waiting: when it expires; approved: until when it may be used
    state: ApprovalState = ApprovalState.WAITING
    decided_at: datetime | None = None
    by: str = ""  # who decided
    reason: str = ""  # of a decline, in the person's words

    @property
    def reference(self) -> str:
        """Its name for people."""
        return reference(self.id)

    def is_over(self, now: datetime) -> bool:
        """Whether its time has passed."""
        return self.until <= now


@dataclass(frozen=True, slots=True)
class Absence:
    """A person is away, and another one decides in their place. ``until`` None: until they say that they are back."""

    person: str
    delegate: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Amounts above ``over_fen`` need one of the approvers."""

    over_fen: int
    approvers: frozenset[str]


@dataclass(frozen=True, slots=True)
class ApprovalPolicy:
    """The settings of approvals. ``channel``: where requests are posted; empty: where each was asked for."""

    rules: tuple[Rule, ...] = ()
    channel: str = ""
    lasts: timedelta = field(default=timedelta(days=3))

    def approvers(self, amount_fen: int | None, asker: str) -> frozenset[str] | None:
        """Return who may approve an amount; None: nobody has to.

        The highest threshold that the amount exceeds decides; an unknown amount exceeds all of them. Where its list is
        the asker alone, the next higher one with somebody else does; an empty set: there is none, so nobody can approve
        it.
        """
        rules = sorted(self.rules, key=lambda rule: rule.over_fen)
        exceeded = [rule for rule in rules if amount_fen is None or amount_fen > rule.over_fen]
        if not exceeded:
            return None
        higher = rules[len(exceeded) - 1 :]
        return next((rule.approvers for rule in higher if rule.approvers - {asker}), frozenset())

    @property
    def everybody(self) -> frozenset[str]:
        """The approvers of every rule."""
        return frozenset().union(*(rule.approvers for rule in self.rules))


def is_no_more(amount_fen: int | None, approved_fen: int | None) -> bool:
    """Whether an amount is within an approved one. An unknown amount is within none but an unknown one."""
    if amount_fen is None or approved_fen is None:
        return amount_fen is approved_fen
    return amount_fen <= approved_fen


def reference(number: int) -> str:
    """Return the name of a request for people."""
    return f"A-{number}"


def represents(person: str, asker: str, absences: Iterable[Absence], now: datetime) -> list[str]:
    """Return for whom a person may decide: themselves, and those away who named them; never for or as the asker."""
    if person == asker:
        return []
    away = (each for each in absences if each.until is None or each.until > now)
    return [person, *(each.person for each in away if each.delegate == person and each.person != asker)]


def to_mention(approvers: Iterable[str], asker: str, absences: Iterable[Absence], now: datetime) -> list[str]:
    """Return the ids that a request mentions: the approvers, with the delegate in place of each who is away."""
    away = {each.person: each.delegate for each in absences if each.until is None or each.until > now}
    named = (away.get(each, each) for each in sorted(approvers) if each != asker)
    return [each for each in dict.fromkeys(named) if each != asker]


def refusal(approval: Approval, person: str, now: datetime, *, is_approver: bool) -> Refusal | None:
    """Return why a person's decision does not count; None: it does."""
    if person == approval.asker:
        return Refusal.OWN_REQUEST
    if not is_approver:
        return Refusal.NOT_AN_APPROVER
    if approval.state is ApprovalState.EXPIRED or (approval.state is ApprovalState.WAITING and approval.is_over(now)):
        return Refusal.EXPIRED
    return None if approval.state is ApprovalState.WAITING else Refusal.DECIDED


class RuleError(ValueError):
    """A setting of approvals has another form than it should."""


def read_rules(text: str) -> tuple[Rule, ...]:
    """Read thresholds in yuan with their approvers, such as :data:`EXAMPLE`, the lowest first. Raises RuleError."""
    rules = [_rule(part.strip()) for part in text.split(",") if part.strip()]
    amounts = [rule.over_fen for rule in rules]
    twice = next((amount for amount in amounts if amounts.count(amount) > 1), None)
    if twice is not None:
        raise RuleError(f"the threshold {Decimal(twice) / 100} is there twice; join its approvers with +: {EXAMPLE}")
    return tuple(sorted(rules, key=lambda rule: rule.over_fen))


def _rule(part: str) -> Rule:
    match = _RULE.fullmatch(part)
    if not match:
        raise RuleError(f"{part!r} is no threshold in yuan, a colon, and its approvers, such as {EXAMPLE}")
    ids = [each.strip() for each in match[2].split("+")]
    wrong = next((each for each in ids if not _ID.fullmatch(each)), None)
    if wrong is not None:
        raise RuleError(f"{wrong!r} is no Slack id of a person (U…) or a user group (S…); such as {EXAMPLE}")
    return Rule(int(Decimal(match[1]) * 100), frozenset(ids))


def read_channel(text: str) -> str:
    """Check the id of a channel; empty: none. Raises RuleError."""
    if text and not _CHANNEL.fullmatch(text):
        raise RuleError(f"{text!r} is no Slack id of a channel (C…)")
    return text


def lines_of(deed: Deed, most: int) -> tuple[Sequence[str], int]:
    """Return up to ``most`` lines of a deed, and how many are left out."""
    return deed.summary[:most], max(0, len(deed.summary) - most)
