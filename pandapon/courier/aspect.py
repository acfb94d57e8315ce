"""The third stage: whether an act happened, is under way, planned, denied, taken back, or merely spoken of."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from pandapon.courier.signs import ACTS, Sign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.courier.tokens import Token

S = Sign


class Aspect(StrEnum):
    """How an act stands in the text."""

    DONE = "done"
    ONGOING = "under way"
    BARE = "stated"  # the act alone, as in a list of scans
    PLANNED = "planned"
    NEGATED = "negated"
    NOT_YET = "not yet"
    FAILED = "failed"
    REVOKED = "revoked"
    CONDITIONAL = "conditional"
    ASKED = "asked"
    POSSIBLE = "possible"
    MENTIONED = "mentioned"

    @property
    def happened(self) -> bool:
        """True where the act is told as a fact of now or of before."""
        return self in _HAPPENED


_HAPPENED = frozenset({Aspect.DONE, Aspect.ONGOING, Aspect.BARE})


class View(NamedTuple):
    """An act's aspect with what else stood beside it."""

    aspect: Aspect
    succeeded: bool = False  # "successfully" stands after it
    arranged: bool = False
    again: bool = False
    today: bool = False
    promised: bool = False  # for a day or an hour


# A denial reaches over these to its act.
_BRIDGES = frozenset(
    {S.OK, S.ARRANGE, S.ONGOING, S.PARCEL, S.AGAIN, S.DONE, S.BY, S.RECIPIENT, S.SELF, S.COURIER, S.TO, S.TODAY}
    | {S.NUMBER, S.CARRY_NOUN, S.CARRY}
)
_NEAR = 2  # words that a denial reaches over whatever they are
# These may stand between two acts of one phrase without ending the first one's modifiers.
_INHERENT = {S.DONE: Aspect.DONE, S.ONGOING: Aspect.ONGOING}
_MODALS = {S.IF: Aspect.CONDITIONAL, S.PLEASE: Aspect.ASKED, S.MAY: Aspect.POSSIBLE}
_SETTLES = {**_MODALS, S.SUSPECT: Aspect.POSSIBLE, S.NOT_YET: Aspect.NOT_YET}
_LIGHT = frozenset({S.CALL_BUYER})
_ON_REQUEST = frozenset({S.REFUSE, S.RETURN, S.INTERCEPT, S.CANCEL, S.ABANDON, S.ABSENT})


def view(clause: Sequence[Token], at: int, *, conditional: bool = False) -> View:
    """How the act at that place of its clause stands."""
    if conditional:
        return View(Aspect.CONDITIONAL)
    return _left(clause, at, _right(clause, at))


def _right(clause: Sequence[Token], at: int) -> View:
    """What stands behind the act: success, failure, "in the midst", "after"."""
    after = [token.sign for token in clause[at + 1 : at + 4] if token.sign is not S.PARCEL]
    act_is_return = clause[at].sign in {S.RETURN, S.COLLECT, S.INTERCEPT}
    first, second = (*after, None, None)[:2]
    if act_is_return and (S.CANCEL in {first, second} or S.VOID in {first, second}):
        return View(Aspect.REVOKED)
    match first:
        case S.DONE if "了" in clause[at + 1].text:
            return View(Aspect.DONE)
        case S.ONGOING if clause[at + 1].text.isascii():
            return View(Aspect.ONGOING)
        case S.VOID | S.CANCEL:
            return View(Aspect.REVOKED)
        case S.RESUME if clause[at].sign is S.SIGN and "更正" in clause[at + 1].text:
            return View(Aspect.REVOKED)
        case S.FAILED:
            return View(Aspect.FAILED)
        case S.NOT | S.CANNOT if second in {S.OK, S.DONE}:
            return View(Aspect.FAILED)
        case S.OK if second is S.AFTER:
            return View(Aspect.MENTIONED)
        case S.OK:
            return View(Aspect.DONE, succeeded=True)
        case S.MIDST:
            return View(Aspect.ONGOING)
        case S.AFTER | S.OF:
            return View(Aspect.MENTIONED)
        case S.PLEASE | S.MAY if clause[at + 1].start == clause[at].end:  # 签收请…: what to do at it
            return View(Aspect.MENTIONED)
    if S.AFTER in after[1:] and S.COLON not in after:  # 收到旧件后
        return View(Aspect.MENTIONED)
    return View(Aspect.BARE)


def _left(clause: Sequence[Token], at: int, found: View) -> View:
    """What stands before it; the nearest wins, and beyond another act only conditions, requests and offers are seen."""
    if found.aspect in {Aspect.REVOKED, Aspect.MENTIONED}:
        return found
    act = clause[at]
    between: list[Sign] = []
    for position in range(at - 1, -1, -1):
        token = clause[position]
        if token.start == act.start and token.sign is not S.NOT:  # the word itself says done, under way or awaited
            found = _inherent(found, token.sign)
        elif token.sign in ACTS and token.sign not in _LIGHT:
            if not (token.sign in {S.CARRY, S.CARRY_NOUN} and act.sign in {S.SIGN, S.REACH}):
                return _modal(found, clause[:position])
        elif token.sign is S.COLON:
            return _modal(found, clause[:position])
        else:
            decided = _verdict(found, clause, at, position, between)
            if decided is not None:
                return decided
            found = _noted(found, token.sign, between)
            between.append(token.sign)
    return found


def _inherent(found: View, sign: Sign) -> View:
    if sign is S.WAIT:
        return found._replace(aspect=Aspect.PLANNED)
    if found.aspect is Aspect.BARE and sign in _INHERENT:
        return found._replace(aspect=_INHERENT[sign])
    return found


def _verdict(found: View, clause: Sequence[Token], at: int, position: int, between: Sequence[Sign]) -> View | None:
    """The aspect where the word at that place settles it; None where the look goes on to the left."""
    token, before = clause[position], clause[:position]
    is_near = len(between) <= _NEAR
    match token.sign:
        case S.NOT | S.VOID if any(one.sign is S.IF for one in before):
            return found._replace(aspect=Aspect.CONDITIONAL)
        case S.NOT if is_near or _BRIDGES.issuperset(between):
            return _denied(found, clause[at:], between)
        case S.AFTER if "后" in token.text and found.aspect is not Aspect.DONE and _ends_a_time(before):
            return found._replace(aspect=Aspect.PLANNED, promised=True)
        case S.CANNOT | S.FAILED if found.aspect is not Aspect.DONE or S.DONE not in between:
            return found._replace(aspect=Aspect.FAILED)
        case S.VOID if is_near:
            return found._replace(aspect=Aspect.REVOKED)
        case S.ASKED if clause[at].sign not in _ON_REQUEST and S.DONE not in between:
            return found._replace(aspect=Aspect.MENTIONED)
        case S.WILL | S.WAIT | S.FUTURE_DAY | S.PROMISE if S.DONE not in between:
            return _planned(found, clause[: position + 1])
        case sign if sign in _SETTLES:
            return found._replace(aspect=_SETTLES[sign])
    return None


def _denied(found: View, act_and_behind: Sequence[Token], between: Sequence[Sign]) -> View:
    if any(token.text == "yet" for token in act_and_behind):
        return found._replace(aspect=Aspect.NOT_YET)
    in_vain = found.succeeded or S.OK in between or found.aspect is Aspect.FAILED
    return found._replace(aspect=Aspect.FAILED if in_vain else Aspect.NEGATED)


def _noted(found: View, sign: Sign, between: Sequence[Sign]) -> View:
    """The view with what a word adds to it without settling it."""
    match sign:
        case S.OK if not between and found.aspect in {Aspect.BARE, Aspect.DONE}:
            return found._replace(aspect=Aspect.DONE, succeeded=True)
        case S.ONGOING | S.DONE if found.aspect is Aspect.BARE:
            return found._replace(aspect=Aspect.ONGOING if sign is S.ONGOING else Aspect.DONE)
        case S.ARRANGE:
            return found._replace(arranged=True)
        case S.AGAIN:
            return found._replace(again=True)
        case S.TODAY:
            return found._replace(today=True)
    return found


def _ends_a_time(before: Sequence[Token]) -> bool:
    """解封后, 48小时后: what stands before 后 is an act or a span of time, and not a part of a name."""
    return bool(before) and (before[-1].sign in ACTS or before[-1].text.endswith(("小时", "天", "日", "钟")))


def _modal(found: View, before: Sequence[Token]) -> View:
    """A condition, a request or an offer holds for each act of its clause that is not told as done."""
    if found.aspect in {Aspect.DONE, Aspect.FAILED, Aspect.NEGATED}:
        return found
    for token in reversed(before):
        if token.sign is S.DONE:
            return found
        if token.sign in _MODALS:
            return found._replace(aspect=_MODALS[token.sign])
        if token.sign in {S.WILL, S.PROMISE} and found.aspect is Aspect.BARE:
            return found._replace(aspect=Aspect.PLANNED, promised=token.sign is S.PROMISE)
    return found


def _planned(found: View, before: Sequence[Token]) -> View:
    signs = {token.sign for token in before}
    if S.IF in signs:
        return found._replace(aspect=Aspect.CONDITIONAL)
    if S.CANNOT in signs:
        return found._replace(aspect=Aspect.FAILED)
    again = found.again or S.AGAIN in signs
    promised = found.promised or bool(signs & {S.PROMISE, S.FUTURE_DAY})
    return found._replace(aspect=Aspect.PLANNED, again=again, promised=promised, today=found.today or S.TODAY in signs)
