"""The fourth stage: each act of a text with its aspect, who has the parcel by it, and where."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from pandapon.courier.aspect import Aspect, View
from pandapon.courier.signs import ACTS, ENDS, PLACES, Sign
from pandapon.courier.tokens import Token
from pandapon.courier.view import view

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

S = Sign
Clause = list[Token]

_WHERE = PLACES | {S.POINT, S.LOCKER, S.DESK, S.KIN, S.SENDER, S.CUSTOMS, S.CARRIER, S.PARTNER, S.RECIPIENT, S.SELF}
_BESIDE = frozenset({S.NUMBER, S.NOTE, S.COLON})  # a telephone and its label
_LONGEST_BESIDE = 6  # words with the parentheses
_MOST_EVENTS = 40  # a text with more acts is no scan
_CLOSES_CONDITION = frozenset({S.PLEASE, S.MAY, S.WILL, S.NOTICE, S.CALL_BUYER, S.ELSE})
_POINTS = frozenset({S.POINT, S.LOCKER})
_REACHES = frozenset({S.ARRIVE, S.STORE, S.REACH, S.HANDLE})
_BEFORE_ARRIVAL = frozenset({S.DONE, S.PARCEL, S.OTHER, S.NUMBER, S.RECIPIENT, S.OF, S.NOT_YET, S.NOT})
_PARTS_WHERE = ACTS - {S.PROXY, S.STORE, S.CARRY_NOUN}
_NAMED = PLACES | {S.OTHER, S.CITY}
_NAMES = frozenset({S.DONE, S.PARCEL, S.OTHER, S.RECIPIENT, S.OF, S.COURIER, S.ONGOING})
_ARRIVED_BEFORE = frozenset({S.HUB, S.BRANCH, S.LAST_BRANCH, S.WAREHOUSE, S.PORT, S.DESTINATION})
_PREPOSITIONS = frozenset({"到", "入", "进"})
_FIRMS = frozenset({"公司", "单位"})  # of 公司前台 the desk decides
_CITIES = ("市", "省", "县", "区", "镇", "州")
_STAYS = frozenset({"在", "还在", "仍在", "已在", "at"})  # with a place: it lies there
_COURSES = frozenset(
    {"从", "往", "经", "经过", "路过", "from", "towards"}
)  # with a place and no verb that a list knows: it moves
_VERBLESS = _STAYS | _COURSES


class Event(NamedTuple):
    """One act of a text."""

    act: Sign
    view: View
    at: Sign | None  # where it happened or who took part, whichever decides
    place: str  # that place in words
    clause: int
    word: str
    token: int  # its place in the clause

    @property
    def aspect(self) -> Aspect:
        """Its aspect."""
        return self.view.aspect


class Text(NamedTuple):
    """A text as clauses with their acts."""

    clauses: list[Clause]
    events: list[Event]
    signs: frozenset[Sign]
    kinds: list[frozenset[Sign]]  # the signs of each clause


def read(line: Sequence[Token]) -> Text:
    """The clauses and events of a line of words."""
    clauses, sentences, questions = _clauses(line)
    signs = frozenset([token.sign for token in line])
    kinds = [frozenset([token.sign for token in clause]) for clause in clauses]
    events: list[Event] = []
    open_condition = False
    for number, (clause, found) in enumerate(zip(clauses, kinds, strict=True)):
        conditional = open_condition and S.DONE not in found and number not in sentences
        after = clauses[number + 1] if number + 1 < len(clauses) else []
        found_here = _events(clause, number, after, conditional=conditional)
        if number in questions:
            found_here = (one._replace(view=View(Aspect.ASKED)) for one in found_here)
        events += islice(found_here, _MOST_EVENTS - len(events))
        open_condition = S.IF in found and found.isdisjoint(_CLOSES_CONDITION)
    if S.SIGNER in signs and S.SIGN not in signs:
        events += _signatures(clauses)
    return Text(clauses, events, signs, kinds)


def _signatures(clauses: Sequence[Clause]) -> Iterator[Event]:
    """签收人: X, and no verb: the label is the act."""
    for number, clause in enumerate(clauses):
        for at, token in enumerate(clause):
            if token.sign is S.SIGNER and (at + 1 < len(clause) or number + 1 < len(clauses)):
                where = _where(clause, at)
                sign = where.sign if where else None
                yield Event(S.SIGN, View(Aspect.BARE), sign, where.text if where else "", number, token.text, at)
                return


def _clauses(line: Sequence[Token]) -> tuple[list[Clause], set[int], set[int]]:
    """The clauses, which of them begin a sentence, and which are asked."""
    clauses: list[Clause] = [[]]
    sentences: set[int] = set()
    questions: set[int] = set()
    beside = _numbers_beside(line) if any(token.sign is S.OPEN for token in line) else frozenset()
    for at, token in enumerate(line):
        if at in beside:
            continue
        if token.sign not in ENDS:
            clauses[-1].append(token)
            continue
        if token.text == "?" and clauses[-1]:
            questions.add(len(clauses) - 1)
        if clauses[-1]:
            clauses.append([])
        if token.sign is S.STOP:
            sentences.add(len(clauses) - 1)
    return [clause for clause in clauses if clause], sentences, questions


def _numbers_beside(line: Sequence[Token]) -> frozenset[int]:
    """Places of a number in parentheses: 业务员李磊(13000000000)已领取快件 is one clause."""
    places: set[int] = set()
    for at, token in enumerate(line):
        if token.sign is not S.OPEN:
            continue
        end = next(
            (place for place in range(at + 1, min(at + _LONGEST_BESIDE, len(line))) if line[place].sign is S.CLOSE),
            None,
        )
        inside = {one.sign for one in line[at + 1 : end]} if end else set()
        if end and S.NUMBER in inside and inside <= _BESIDE:
            places.update(range(at, end + 1))
    return frozenset(places)


def _next_point(token: Token, after: Clause) -> Token | None:
    """已到站; X驿站: the point stands alone behind the act."""
    if token.sign in _REACHES and after and after[-1].sign in _POINTS:
        return after[-1] if not any(one.sign in ACTS for one in after) else None
    return None


def _events(clause: Clause, number: int, after: Clause, *, conditional: bool) -> Iterator[Event]:
    has_act = False
    for at, token in enumerate(clause):
        if token.sign in ACTS:
            has_act = True
            where = _where(clause, at) or _next_point(token, after)
            seen = view(clause, at, conditional=conditional)
            yield Event(
                token.sign, seen, where.sign if where else None, where.text if where else "", number, token.text, at
            )
    signs = [token.sign for token in clause]
    if not has_act and S.MIDST in signs and S.HUB in signs[: signs.index(S.MIDST)]:  # 集散中心处理中
        at = signs.index(S.MIDST)
        yield Event(S.HANDLE, View(Aspect.ONGOING), S.HUB, "", number, clause[at].text, at)
    elif not has_act and (stop := _next_stop(clause)) is not None:
        yield Event(S.MOVE, View(Aspect.BARE), S.NEXT_STOP, "", number, clause[stop].text, stop)
    elif not has_act:
        yield from _arrivals(clause, number, conditional=conditional)


def _next_stop(clause: Clause) -> int | None:
    """下一站：南昌: the place of the word, where a place is named behind it."""
    for at, token in enumerate(clause[:-1]):
        if token.sign is S.NEXT_STOP:
            return at if clause[at + 1].sign in _NAMED | {S.COLON} else None
        if token.sign is not S.PARCEL:
            return None
    return None


def _arrivals(clause: Clause, number: int, *, conditional: bool) -> Iterator[Event]:
    """已到X, 到X: a preposition that is the whole clause's verb."""
    for at, token in enumerate(clause):
        is_last = at + 1 == len(clause)
        if token.text in _PREPOSITIONS and all(
            one.sign in _BEFORE_ARRIVAL or (is_last and one.sign in _ARRIVED_BEFORE) for one in clause[:at]
        ):
            where = _where(clause, at)
            if where is not None or any(one.sign is S.DONE for one in clause) or _is_city(clause[at + 1 :]):
                seen = view(clause, at, conditional=conditional)
                yield Event(
                    S.ARRIVE, seen, where.sign if where else None, where.text if where else "", number, token.text, at
                )
            return
        if token.text in _VERBLESS and _only_names(clause[:at]):
            where = _where(clause, at)
            act = S.ARRIVE if token.text in _STAYS else S.MOVE
            named = clause[at + 1 :][:1] and clause[at + 1].sign in _NAMED
            if where is not None if act is S.ARRIVE else named:
                seen = view(clause, at, conditional=conditional)
                yield Event(
                    act, seen, where.sign if where else None, where.text if where else "", number, token.text, at
                )
            return


def _is_city(behind: Clause) -> bool:
    """到【南昌市】."""
    return len(behind) == 1 and behind[0].sign is S.OTHER and behind[0].text.endswith(_CITIES)


def _only_names(before: Clause) -> bool:
    return all(one.sign in _NAMES for one in before)


def _where(clause: Clause, at: int) -> Token | None:
    """The place that belongs to an act: behind it, else before it."""
    behind: list[Token] = []
    for place in range(at + 1, len(clause)):
        sign = clause[place].sign
        if sign in _PARTS_WHERE:
            break
        if sign in _WHERE and _is_where(clause, place):
            behind.append(clause[place])
    if behind:
        return behind[0] if len(behind) == 1 else max(behind, key=_decides)
    for place in range(at - 1, -1, -1):
        sign = clause[place].sign
        if sign in ACTS:
            break
        if sign in _WHERE and _is_where(clause, place):
            return clause[place]
    return None


def _is_where(clause: Clause, place: int) -> bool:
    """Whether such a word tells where or who; not 您 in 您的包裹, nor a carrier's name before its own outlet."""
    sign = clause[place].sign
    if place + 1 == len(clause) or (sign is not S.RECIPIENT and sign is not S.CARRIER):
        return True
    behind = clause[place + 1].sign
    return behind is not S.OF if sign is S.RECIPIENT else behind not in PLACES


def _decides(token: Token) -> int:
    """Of several places the point counts most, then the first place; a person addressed counts least."""
    if token.sign in _POINTS:
        return 3
    return 1 if token.sign is S.RECIPIENT or token.text in _FIRMS else 2
