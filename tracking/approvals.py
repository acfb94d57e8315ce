"""Approvals: which amounts need an approval, who may give it, and the states of a request. Pure rules, no I/O.

Amounts are fen. A rule lists Slack ids of people (U…, W…) and user groups (S…). Nobody decides their own request.
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
    WITHDRAWN = "withdrawn"  # by its asker, who took it back or asked anew for a higher amount


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
    target: str  # the id of the flow, or of the order that is paid
    amount_fen: int | None  # None: unknown
    summary: tuple[str, ...]  # seller, product, variant, quantity
    note: str  # the person's words to the seller
    place: str  # the masked address; empty: no address is concerned
    exactly: str = ""  # facts that no line shows and that must not change, such as ids of address and products
    wish: str = ""  # the same in every form that wants the same; empty: the form cannot be compared

    def covers(self, other: Deed) -> bool:
        """Whether an approval of this deed also allows the other deed: the same deed, for no more money."""
        return self._facts == other._facts and is_within(other.amount_fen, self.amount_fen)

    def repeats(self, other: Deed) -> bool:
        """Whether the other deed wants the same from another form, at any price."""
        is_same = bool(self.wish) and (self.kind, self.wish) == (other.kind, other.wish)
        return is_same and self.target != other.target

    @property
    def _facts(self) -> tuple[object, ...]:
        return self.kind, self.target, self.summary, self.note, self.place, self.exactly


@dataclass(frozen=True, slots=True)
class Approval:
    """A request for an approval. Times are aware; people are named by their Slack user ids."""

    id: int
    deed: Deed
    asker: str
    flow: str  # the id of the form that waits for the approval
    channel: str  # where it was asked for; empty or a direct message: in no channel
    approvers: frozenset[str]  # ids of people and user groups
    asked_at: datetime
    until: datetime  # waiting: when it expires; approved: until when it may be used
    state: ApprovalState = ApprovalState.WAITING
    decided_at: datetime | None = None
    by: str = ""  # who decided
    reason: str = ""  # of a decline, in the person's words

    @property
    def reference(self) -> str:
        """The request's name for people, such as A-12."""
        return reference(self.id)

    def is_over(self, now: datetime) -> bool:
        """Whether the request or the approval has expired."""
        return self.until <= now


@dataclass(frozen=True, slots=True)
class Absence:
    """A person is away, and a delegate decides in their place. ``until`` None: until the person says they are back."""

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
        """Return the ids of those who may approve an amount; None: the amount needs no approval.

        The highest threshold that the amount exceeds counts; an unknown amount exceeds every threshold. Where its list
        names only the asker, the next higher list that names somebody else counts. An empty set: there is no such list,
        so nobody can approve the amount.
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


def is_within(amount_fen: int | None, approved_fen: int | None) -> bool:
    """Whether an amount is at most the approved one. An unknown amount is only within an approved unknown amount."""
    if amount_fen is None or approved_fen is None:
        return amount_fen is approved_fen
    return amount_fen <= approved_fen


def reference(number: int) -> str:
    """Return the name of a request for people, such as A-12."""
    return f"A-{number}"


def represented_people(person: str, asker: str, absences: Iterable[Absence], now: datetime) -> list[str]:
    """Return the people for whom a person may decide: themselves, and everybody away who named them as delegate.

    Nobody decides for the asker, and the asker decides for nobody (an empty list).
    """
    if person == asker:
        return []
    away = (each for each in absences if each.until is None or each.until > now)
    return [person, *(each.person for each in away if each.delegate == person and each.person != asker)]


def mentioned_ids(approvers: Iterable[str], asker: str, absences: Iterable[Absence], now: datetime) -> list[str]:
    """Return the ids that a request mentions: the approvers, with the delegate in place of each who is away.

    The asker is never mentioned.
    """
    away = {each.person: each.delegate for each in absences if each.until is None or each.until > now}
    named = (away.get(each, each) for each in sorted(approvers) if each != asker)
    return [each for each in dict.fromkeys(named) if each != asker]


def refusal(approval: Approval, person: str, now: datetime, *, is_approver: bool) -> Refusal | None:
    """Return why a person's decision does not count; None: it counts.

    ``is_approver``: the person, or somebody away whose delegate they are, is among the approvers.
    """
    if person == approval.asker:
        return Refusal.OWN_REQUEST
    if not is_approver:
        return Refusal.NOT_AN_APPROVER
    if approval.state is ApprovalState.EXPIRED or (approval.state is ApprovalState.WAITING and approval.is_over(now)):
        return Refusal.EXPIRED
    return None if approval.state is ApprovalState.WAITING else Refusal.DECIDED


class RuleError(ValueError):
    """A setting of approvals cannot be read."""


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
    """Return the id of a channel; an empty text stands for no channel. Raises RuleError."""
    if text and not _CHANNEL.fullmatch(text):
        raise RuleError(f"{text!r} is no Slack id of a channel (C…)")
    return text


def lines_of(deed: Deed, most: int) -> tuple[Sequence[str], int]:
    """Return up to ``most`` lines of a deed, and how many are left out."""
    return deed.summary[:most], max(0, len(deed.summary) - most)
