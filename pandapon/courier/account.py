"""The account of a text, for people who cannot read it: its deeds with their places, and who has the parcel.

A reading (:mod:`reading`) decides the parcel's milestone. An account tells what else was understood of the text, from
the same claims; a text without a claim, or with too many, has an account without statements.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pandapon.courier.aspect import Aspect
from pandapon.courier.claim_deeds import DEED_BY_CODE, deed_of
from pandapon.courier.codes import LONGEST_CODE, scan_code
from pandapon.courier.deeds import Deed
from pandapon.courier.events import parse
from pandapon.courier.keepers import Keeper, keeper_of
from pandapon.courier.normalization import normalize
from pandapon.courier.places import Site
from pandapon.courier.tags import Tag
from pandapon.courier.text_claims import claims_of, weight
from pandapon.courier.tokens import tokenize
from pandapon.shipment import PROBLEMS, Milestone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pandapon.courier.events import Clause, Event, Text
    from pandapon.courier.places import Place
    from pandapon.courier.text_claims import TextClaim

A, D, M, T = Aspect, Deed, Milestone, Tag


class Statement(NamedTuple):
    """One deed of a text."""

    deed: Deed
    is_ongoing: bool = False
    is_planned: bool = False
    place: Place | None = None  # where the deed was done
    at: tuple[int, int] = (0, 0)  # index of its clause, and of its token in the clause


@dataclass(frozen=True, slots=True)
class Account:
    """The content of a text. An account without statements means that nothing can be told without guessing."""

    milestone: Milestone | None = None  # of the strongest claim, or of a text that is a code alone; None: no claim
    statements: tuple[Statement, ...] = ()  # at most two, in the text's order
    target: Place | None = None  # where the parcel goes next
    keeper: Keeper | None = None  # who has the parcel, or signed for it
    has_code: bool = False  # the recipient needs a code to fetch the parcel
    is_overdue: bool = False  # the parcel has to be fetched soon
    goes_back_else: bool = False  # the parcel will be returned if it is not fetched
    is_part: bool = False  # the text is about one of several pieces
    is_again: bool = False  # the delivery is, or will be, attempted again


_MOST_STATEMENTS = 2  # statements of one text
_MOST_STAGES = 2  # of the labelled texts with more milestones, a third was read wrongly
_UNREADABLE = Account()
_TO_FETCH = frozenset({M.DELIVERED, M.READY_FOR_PICKUP})
_ON_THE_WAY = frozenset({M.PICKED_UP, M.IN_TRANSIT, M.ARRIVED})
_CODE = re.compile(r"(?:取件|取货|提货|开箱|开柜|验证|身份|收件)码|凭码|码取|凭\s*[0-9]|code\b|\botp\b|รหัส")
_HURRY = ("尽快", "as soon as possible")
_VEHICLES = frozenset({D.BY_AIR, D.BY_SEA, D.BY_RAIL, D.BY_ROAD})
_VAGUE = frozenset({D.MOVING, D.HANDLED, D.SCANNED, D.RECEIVED, D.TOWARDS, D.NEXT_STOP}) | _VEHICLES
_LATE = frozenset(
    {D.WEATHER, D.HOLIDAY, D.TRAFFIC, D.BACKLOG, D.NO_FLIGHT, D.CLOSURE, D.BREAKDOWN, D.STRIKE, D.NO_UPDATE}
)
_HARMED = frozenset({D.PACKAGING, D.WET, D.LEAKING, D.BROKEN, D.CRUSHED, D.BURNT, D.OPENED})
# A deed is dropped where the text also tells one of these, which say more.
_LESS = {
    **dict.fromkeys(_VAGUE, frozenset(Deed) - _VAGUE),
    D.MOVING: frozenset(Deed) - {D.MOVING},
    D.DELAYED: _LATE | {D.RETURNING, D.RETURNED, D.REFUSED, D.HELD, D.CUSTOMS_HELD},
    D.DAMAGED: _HARMED,
    D.ABSENT: frozenset({D.CLOSED, D.NO_ENTRY, D.UNPAID_COD, D.REFUSED, D.NOT_FETCHED}),
    D.RESUMED: frozenset({D.CLEARING, D.CLEARED, D.RETURN_CALLED_OFF}),
    D.CLEARING: frozenset({D.CLEARED, D.AWAITING_RELEASE, D.INSPECTED}),
    D.HELD: frozenset({D.CUSTOMS_HELD}),
    D.MISSING: frozenset({D.PAPERS}),
    D.MAYBE_LOST: frozenset({D.ADDRESS, D.MOVED}),  # 地址模糊，无法找到
    D.FORWARDED: frozenset({D.REDIRECTED}),
    D.DELIVERED: frozenset({D.COLLECTED, D.PARTIAL}),
    D.UNCLAIMED: frozenset({D.ABANDONED, D.DESTROYED, D.SEIZED}),
    D.SIGNATURE_DISPUTED: frozenset({D.WRONGLY_SIGNED}),
    D.RETURNING: frozenset({D.RETURNED}),
    D.TO_RETURN: frozenset({D.RETURNED, D.RETURNING}),
    D.STUCK: _LATE | {D.DELAYED, D.PAPERS, D.DUTY, D.CUSTOMS_HELD, D.HELD, D.FORBIDDEN},
    D.PROBLEM: frozenset(Deed) - {D.PROBLEM},
    D.ATTEMPT_FAILED: frozenset(Deed) - {D.ATTEMPT_FAILED, D.PROBLEM, D.REGISTERED},
}
_DEEDS = list(Deed)
_MOVES = frozenset(
    _DEEDS[_DEEDS.index(D.ARRIVED) : _DEEDS.index(D.CLEARED)]
)  # a planned one of these only follows from a deed that is done
_HEADINGS = frozenset({D.TOWARDS, D.NEXT_STOP})
_FROM = ("离开", "驶离", "驶出", "from", "left", "leaving", "จาก")
_TO = frozenset({D.ARRIVED, D.AT_LAST_OUTLET, D.LANDED})
_TRIED = frozenset({T.CARRY, T.CARRY_NOUN, T.ATTEMPT})
_TO_TRY = frozenset({A.PLANNED})
_TRIED_AGAIN = frozenset({A.DONE, A.ONGOING, A.BARE, A.PLANNED})


def read_account(text: str) -> Account:
    """Return the account of a text as sent. No text raises an error."""
    code = scan_code(text[: LONGEST_CODE + 1])
    if code is not None:
        return Account(code, (Statement(DEED_BY_CODE[code]),))
    normalized = normalize(text)
    parsed = parse(tokenize(normalized))
    claims = claims_of(parsed)
    if not claims:
        return _UNREADABLE
    best = max(claims, key=weight)
    milestone = best.claim.milestone
    if _is_tangled({claim.claim.milestone for claim in claims}):
        return Account(milestone)
    site = Site(normalized)
    return Account(
        milestone=milestone,
        statements=_worth_telling([_statement(claim, parsed, site) for claim in _chosen(claims, best)]),
        target=_target(claims, parsed, site) if milestone in _ON_THE_WAY else None,
        keeper=keeper_of(parsed, best) if milestone in _TO_FETCH else None,
        has_code=_CODE.search(normalized) is not None,
        is_overdue=T.OVERDUE in parsed.tags or any(word in normalized for word in _HURRY),
        goes_back_else=any(event.act is T.RETURN and not event.aspect.happened for event in parsed.events),
        is_part=T.PART in parsed.tags,
        is_again=_is_again(parsed, _TO_TRY if milestone is M.ATTEMPT_FAILED else _TRIED_AGAIN),
    )


def _is_tangled(milestones: set[Milestone]) -> bool:
    """Whether a text without a problem claims too many milestones to tell which of them holds now."""
    return len(milestones) > _MOST_STAGES and milestones.isdisjoint(PROBLEMS)


def _chosen(claims: Sequence[TextClaim], best: TextClaim) -> list[TextClaim]:
    """The best claim, then those of its milestone; beside a problem, those of other problems too."""
    milestone = best.claim.milestone
    beside = PROBLEMS if milestone in PROBLEMS else {milestone}
    return [best, *(other for other in claims if other.claim.milestone in beside and other is not best)]


def _statement(claim: TextClaim, text: Text, site: Site) -> Statement:
    event, deed = claim.event, deed_of(claim, text)
    return Statement(
        deed,
        is_ongoing=event.aspect is A.ONGOING,
        is_planned=event.aspect in {A.PLANNED, A.NOT_YET},
        place=_place(text.clauses[event.clause], event, deed, site),
        at=(event.clause, event.token),
    )


def _place(clause: Clause, event: Event, deed: Deed, site: Site) -> Place | None:
    """The place where a deed was done."""
    before, after = site.before(clause, event.token), site.after(clause, event.token)
    if deed in _HEADINGS or (deed is D.LEFT and not event.word.endswith(_FROM)):
        return before or site.header()
    first, second = (after, before) if deed in _TO or deed is D.LEFT else (before, after)
    return first or second or site.header()


def _target(claims: Iterable[TextClaim], text: Text, site: Site) -> Place | None:
    """The place to which the parcel goes next: after 发往 or 下一站."""
    for _, event in claims:
        if event.act is T.DEPART and not event.word.endswith(_FROM):
            place = site.after(text.clauses[event.clause], event.token)
            if place is not None:
                return place._replace(within="")  # another town than the one of the scan
    place = site.next_stop(text)
    return place and place._replace(within="")


def _worth_telling(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """At most two statements, in the text's order: no deed twice, and none about which another deed says more."""
    now = [statement for statement in statements if not statement.is_planned or statement.deed not in _MOVES] or list(
        statements
    )
    deeds = {statement.deed for statement in now}
    by_deed: dict[Deed, Statement] = {}
    for statement in now:
        if deeds.isdisjoint(_LESS.get(statement.deed, ())):
            first = by_deed.setdefault(statement.deed, statement)
            if first.place is None and statement.place is not None:
                by_deed[statement.deed] = first._replace(place=statement.place)
    return tuple(sorted(list(by_deed.values())[:_MOST_STATEMENTS], key=lambda statement: statement.at))


def _is_again(text: Text, aspects: frozenset[Aspect]) -> bool:
    return any(
        event.act in _TRIED
        and event.aspect in aspects
        and (event.modality.again or T.AGAIN in text.clause_tags[event.clause])
        for event in text.events
    )
