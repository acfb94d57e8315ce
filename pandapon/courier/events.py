"""The fourth stage: the clauses of a text, and each act with its modality and the place or person beside it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from pandapon.courier.aspect import Aspect, Modality
from pandapon.courier.left_context import modality_of
from pandapon.courier.tags import ACTS, ENDS, PLACES, Tag
from pandapon.courier.tokens import Token

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

T = Tag
Clause = list[Token]

_WHERE = PLACES | frozenset(
    {T.POINT, T.LOCKER, T.DESK, T.KIN, T.SENDER, T.CUSTOMS, T.AUTHORITY, T.CARRIER, T.PARTNER, T.RECIPIENT, T.SELF}
)
_BESIDE = frozenset({T.NUMBER, T.NOTE, T.COLON})  # of a telephone number and its label
_LONGEST_BESIDE = 6  # tokens, the parentheses included
_MOST_EVENTS = 40  # a text with more acts is not a scan
_CLOSES_CONDITION = frozenset({T.PLEASE, T.MAY, T.WILL, T.NOTICE, T.CALL_BUYER, T.ELSE})
_POINTS = frozenset({T.POINT, T.LOCKER})
_REACHES = frozenset({T.ARRIVE, T.STORE, T.REACH, T.HANDLE})
_BEFORE_ARRIVAL = frozenset({T.DONE, T.PARCEL, T.OTHER, T.NUMBER, T.RECIPIENT, T.OF, T.NOT_YET, T.NOT})
_PARTS_WHERE = ACTS - {T.PROXY, T.STORE, T.CARRY_NOUN}
_NAMED = PLACES | {T.OTHER, T.CITY}
_NAMES = frozenset({T.DONE, T.PARCEL, T.OTHER, T.RECIPIENT, T.OF, T.COURIER, T.ONGOING})
_ARRIVED_BEFORE = frozenset({T.HUB, T.BRANCH, T.LAST_BRANCH, T.WAREHOUSE, T.PORT, T.DESTINATION})
_PREPOSITIONS = frozenset({"到", "入", "进"})
_FIRMS = frozenset({"公司", "单位"})  # gives way to another place: in 公司前台 the desk decides
_CITIES = ("市", "省", "县", "区", "镇", "州")
_STAYS = frozenset({"在", "还在", "仍在", "已在", "at"})  # before a place, without a verb: the parcel lies there
# Before a place, without a verb: the parcel moves.
_COURSES = frozenset({"从", "往", "经", "经过", "路过", "from", "towards"})
_VERBLESS = _STAYS | _COURSES


class Event(NamedTuple):
    """One act of a text, with the words that belong to it."""

    act: Tag
    modality: Modality
    at: Tag | None  # the place or person beside the act that decides the claim; None: none is named
    place: str  # the words of ``at``; empty: none
    clause: int  # index in the text
    word: str  # as normalized
    token: int  # index in the clause

    @property
    def aspect(self) -> Aspect:
        """The aspect of the act, without the other facts of its modality."""
        return self.modality.aspect


class Text(NamedTuple):
    """A parsed text: its clauses and the acts in them."""

    clauses: list[Clause]
    events: list[Event]
    tags: frozenset[Tag]  # of the whole text
    clause_tags: list[frozenset[Tag]]  # of each clause


def parse(line: Sequence[Token]) -> Text:
    """Return the clauses of a line of tokens, and their acts as events."""
    clauses, sentences, questions = _clauses(line)
    tags = frozenset([token.tag for token in line])
    clause_tags = [frozenset([token.tag for token in clause]) for clause in clauses]
    events: list[Event] = []
    open_condition = False
    for number, (clause, tags_here) in enumerate(zip(clauses, clause_tags, strict=True)):
        conditional = open_condition and T.DONE not in tags_here and number not in sentences
        next_clause = clauses[number + 1] if number + 1 < len(clauses) else []
        found_here = _events(clause, number, next_clause, conditional=conditional)
        if number in questions:
            found_here = (event._replace(modality=Modality(Aspect.ASKED)) for event in found_here)
        events += islice(found_here, _MOST_EVENTS - len(events))
        open_condition = T.IF in tags_here and tags_here.isdisjoint(_CLOSES_CONDITION)
    if T.SIGNER in tags and T.SIGN not in tags:
        events += _signatures(clauses, questions)
    return Text(clauses, events, tags, clause_tags)


def _signatures(clauses: Sequence[Clause], questions: set[int]) -> Iterator[Event]:
    """The signature that a label stands for, in a text without a verb of signing: 签收人: X."""
    for number, clause in enumerate(clauses):
        for at, token in enumerate(clause):
            if token.tag is T.SIGNER and (at + 1 < len(clause) or number + 1 < len(clauses)):
                where = _where(clause, at)
                tag = where.tag if where else None
                modality = Modality(Aspect.ASKED) if number in questions else modality_of(clause, at)
                yield Event(T.SIGN, modality, tag, where.text if where else "", number, token.text, at)
                return


def _clauses(line: Sequence[Token]) -> tuple[list[Clause], set[int], set[int]]:
    """The clauses, the indexes of the clauses that begin a sentence, and the indexes of the questions."""
    clauses: list[Clause] = [[]]
    sentences: set[int] = set()
    questions: set[int] = set()
    beside = _numbers_beside(line) if any(token.tag is T.OPEN for token in line) else frozenset()
    for at, token in enumerate(line):
        if at in beside:
            continue
        if token.tag not in ENDS:
            clauses[-1].append(token)
            continue
        if token.text == "?" and clauses[-1]:
            questions.add(len(clauses) - 1)
        if clauses[-1]:
            clauses.append([])
        if token.tag is T.STOP:
            sentences.add(len(clauses) - 1)
    return [clause for clause in clauses if clause], sentences, questions


def _numbers_beside(line: Sequence[Token]) -> frozenset[int]:
    """The indexes of numbers in parentheses, which do not part a clause: 业务员李磊(13000000000)已领取快件."""
    places: set[int] = set()
    for at, token in enumerate(line):
        if token.tag is not T.OPEN:
            continue
        end = next(
            (place for place in range(at + 1, min(at + _LONGEST_BESIDE, len(line))) if line[place].tag is T.CLOSE),
            None,
        )
        inside = {token.tag for token in line[at + 1 : end]} if end else set()
        if end and T.NUMBER in inside and inside <= _BESIDE:
            places.update(range(at, end + 1))
    return frozenset(places)


def _next_point(token: Token, next_clause: Clause) -> Token | None:
    """The point that the next clause names and nothing else: 已到站; X驿站."""
    if token.tag in _REACHES and next_clause and next_clause[-1].tag in _POINTS:
        return next_clause[-1] if not any(other.tag in ACTS for other in next_clause) else None
    return None


def _events(clause: Clause, number: int, next_clause: Clause, *, conditional: bool) -> Iterator[Event]:
    has_act = False
    for at, token in enumerate(clause):
        if token.tag in ACTS:
            has_act = True
            where = _where(clause, at) or _next_point(token, next_clause)
            modality = modality_of(clause, at, conditional=conditional)
            yield Event(
                token.tag, modality, where.tag if where else None, where.text if where else "", number, token.text, at
            )
    tags = [token.tag for token in clause]
    if not has_act and T.MIDST in tags and T.HUB in tags[: tags.index(T.MIDST)]:  # 集散中心处理中
        at = tags.index(T.MIDST)
        yield Event(T.HANDLE, Modality(Aspect.ONGOING), T.HUB, "", number, clause[at].text, at)
    elif not has_act and (stop := _next_stop(clause)) is not None:
        yield Event(T.MOVE, Modality(Aspect.BARE), T.NEXT_STOP, "", number, clause[stop].text, stop)
    elif not has_act:
        yield from _arrivals(clause, number, conditional=conditional)


def _next_stop(clause: Clause) -> int | None:
    """The index of the word for the next stop, if a place follows it: 下一站：南昌."""
    for at, token in enumerate(clause[:-1]):
        if token.tag is T.NEXT_STOP:
            return at if clause[at + 1].tag in _NAMED | {T.COLON} else None
        if token.tag is not T.PARCEL:
            return None
    return None


def _arrivals(clause: Clause, number: int, *, conditional: bool) -> Iterator[Event]:
    """The arrivals of a clause whose only verb is a preposition: 已到X, 到X."""
    for at, token in enumerate(clause):
        is_last = at + 1 == len(clause)
        if token.text in _PREPOSITIONS and all(
            other.tag in _BEFORE_ARRIVAL or (is_last and other.tag in _ARRIVED_BEFORE) for other in clause[:at]
        ):
            where = _where(clause, at)
            if where is not None or any(other.tag is T.DONE for other in clause) or _is_city(clause[at + 1 :]):
                modality = modality_of(clause, at, conditional=conditional)
                yield Event(
                    T.ARRIVE,
                    modality,
                    where.tag if where else None,
                    where.text if where else "",
                    number,
                    token.text,
                    at,
                )
            return
        if token.text in _VERBLESS and _only_names(clause[:at]):
            where = _where(clause, at)
            act = T.ARRIVE if token.text in _STAYS else T.MOVE
            named = clause[at + 1 :][:1] and clause[at + 1].tag in _NAMED
            if where is not None if act is T.ARRIVE else named:
                modality = modality_of(clause, at, conditional=conditional)
                yield Event(
                    act, modality, where.tag if where else None, where.text if where else "", number, token.text, at
                )
            return


def _is_city(after: Clause) -> bool:
    """Whether a town follows: 到【南昌市】."""
    return len(after) == 1 and after[0].tag is T.OTHER and after[0].text.endswith(_CITIES)


def _only_names(before: Clause) -> bool:
    return all(other.tag in _NAMES for other in before)


def _where(clause: Clause, at: int) -> Token | None:
    """The place or person that belongs to an act: one after it, else the nearest one before it."""
    after: list[Token] = []
    for place in range(at + 1, len(clause)):
        tag = clause[place].tag
        if tag in _PARTS_WHERE:
            break
        if tag in _WHERE and _is_where(clause, place):
            after.append(clause[place])
    if after:
        return after[0] if len(after) == 1 else max(after, key=_decides)
    for place in range(at - 1, -1, -1):
        tag = clause[place].tag
        if tag in ACTS:
            break
        if tag in _WHERE and _is_where(clause, place):
            return clause[place]
    return None


def _is_where(clause: Clause, place: int) -> bool:
    """Whether a token tells where or who. 您 in 您的包裹 does not, nor a carrier's name before its own outlet."""
    tag = clause[place].tag
    if place + 1 == len(clause) or (tag is not T.RECIPIENT and tag is not T.CARRIER):
        return True
    after = clause[place + 1].tag
    return after is not T.OF if tag is T.RECIPIENT else after not in PLACES


def _decides(token: Token) -> int:
    """The weight of a place among several; the first one with the highest weight wins.

    A point weighs most. The recipient and a firm weigh least, and so does an authority, which is often only an address:
    派出所门卫.
    """
    if token.tag in _POINTS:
        return 3
    return 1 if token.tag in {T.RECIPIENT, T.AUTHORITY} or token.text in _FIRMS else 2
