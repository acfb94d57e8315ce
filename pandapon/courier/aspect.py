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
    asked_for: bool = False
    passive: bool = False


# A denial reaches over these to its act.
_BRIDGES = frozenset(
    {S.OK, S.ARRANGE, S.ONGOING, S.PARCEL, S.AGAIN, S.DONE, S.BY, S.RECIPIENT, S.SELF, S.COURIER, S.TO, S.TODAY}
    | {S.NUMBER, S.CARRY_NOUN, S.CARRY}
)
_AFTER_NOT = 2  # words that a denial reaches over whatever they are
# These may stand between two acts of one phrase without ending the first one's modifiers.
_MODALS = {S.IF: Aspect.CONDITIONAL, S.PLEASE: Aspect.ASKED, S.MAY: Aspect.POSSIBLE}
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
    """What stands before it; the nearest wins, and nothing is seen beyond another act."""
    act = clause[at]
    if found.aspect in {Aspect.REVOKED, Aspect.MENTIONED}:
        return found
    between: list[Sign] = []
    for position in range(at - 1, -1, -1):
        token = clause[position]
        sign = token.sign
        if sign in ACTS and sign not in _LIGHT:
            if token.start == act.start or (sign in {S.CARRY, S.CARRY_NOUN} and act.sign in {S.SIGN, S.REACH}):
                continue
            return _modal(found, clause[:position])
        match sign:
            case S.DONE if token.start == act.start:  # the word itself says that it is done
                found = found._replace(aspect=Aspect.DONE) if found.aspect is Aspect.BARE else found
                continue
            case S.ONGOING if token.start == act.start:
                found = found._replace(aspect=Aspect.ONGOING) if found.aspect is Aspect.BARE else found
                continue
            case S.WAIT if token.start == act.start:
                found = found._replace(aspect=Aspect.PLANNED)
                continue
            case S.COLON:
                return _modal(found, clause[:position])
            case S.NOT if len(between) <= _AFTER_NOT or _BRIDGES.issuperset(between):
                if any(one.sign is S.IF for one in clause[:position]):
                    return found._replace(aspect=Aspect.CONDITIONAL)
                if any(one.text == "yet" for one in clause[at:]):
                    return found._replace(aspect=Aspect.NOT_YET)
                if found.succeeded or S.OK in between or found.aspect is Aspect.FAILED:
                    return found._replace(aspect=Aspect.FAILED)
                return found._replace(aspect=Aspect.NEGATED)
            case S.AFTER if "后" in token.text and found.aspect is not Aspect.DONE and _ends_a_time(clause[:position]):
                return found._replace(aspect=Aspect.PLANNED, promised=True)
            case S.NOT_YET:
                return found._replace(aspect=Aspect.NOT_YET)
            case S.CANNOT | S.FAILED if found.aspect is not Aspect.DONE or S.DONE not in between:
                return found._replace(aspect=Aspect.FAILED)
            case S.VOID if len(between) <= _AFTER_NOT:
                return found._replace(aspect=Aspect.REVOKED)
            case S.IF:
                return found._replace(aspect=Aspect.CONDITIONAL)
            case S.PLEASE:
                return found._replace(aspect=Aspect.ASKED)
            case S.MAY | S.SUSPECT:
                return found._replace(aspect=Aspect.POSSIBLE)
            case S.ASKED if act.sign in _ON_REQUEST:
                found = found._replace(asked_for=True)
            case S.ASKED if S.DONE not in between:
                return found._replace(aspect=Aspect.MENTIONED)
            case S.WILL | S.WAIT | S.FUTURE_DAY | S.PROMISE if S.DONE not in between:
                return _planned(found, clause[: position + 1])
            case S.OK if not between and found.aspect in {Aspect.BARE, Aspect.DONE}:
                found = found._replace(aspect=Aspect.DONE, succeeded=True)
            case S.ARRANGE:
                found = found._replace(arranged=True)
            case S.AGAIN:
                found = found._replace(again=True)
            case S.TODAY:
                found = found._replace(today=True)
            case S.ONGOING if found.aspect is Aspect.BARE:
                found = found._replace(aspect=Aspect.ONGOING)
            case S.DONE if found.aspect in {Aspect.BARE, Aspect.ONGOING}:
                found = found._replace(aspect=Aspect.DONE if found.aspect is Aspect.BARE else Aspect.ONGOING)
            case S.BY:
                found = found._replace(passive=True)
        between.append(sign)
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
