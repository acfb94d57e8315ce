"""The fourth stage: each act of a text with its aspect, who has the parcel by it, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pandapon.courier.aspect import Aspect, View, view
from pandapon.courier.signs import ACTS, ENDS, PLACES, Sign
from pandapon.courier.tokens import Token

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

S = Sign
Clause = list[Token]

_WHERE = PLACES | {S.POINT, S.LOCKER, S.DESK, S.KIN, S.SENDER, S.CUSTOMS, S.CARRIER, S.PARTNER, S.RECIPIENT, S.SELF}
_HOLDERS = (S.LOCKER, S.POINT, S.SENDER, S.DESK, S.KIN, S.SELF, S.RECIPIENT)
_PREPOSITIONS = frozenset({"到", "入", "进"})
_LONGEST_LISTED = 4  # words of a clause that only names somebody
_LONGEST_NAME = 5  # characters of a person's name


class Event(NamedTuple):
    """One act as it stands in the text."""

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


def read(line: Sequence[Token]) -> Text:
    """The clauses and events of a line of words."""
    clauses = list(_clauses(line))
    signs = frozenset(token.sign for token in line)
    events: list[Event] = []
    open_condition = False
    for number, clause in enumerate(clauses):
        found = {token.sign for token in clause}
        conditional = open_condition and S.DONE not in found
        after = clauses[number + 1] if number + 1 < len(clauses) else []
        events += _events(clause, number, after, conditional=conditional)
        open_condition = S.IF in found and not found & {S.PLEASE, S.MAY, S.WILL, S.NOTICE, S.CALL_BUYER, S.ELSE}
    if S.SIGNER in signs and S.SIGN not in signs:
        events += _signatures(clauses)
    return Text(clauses, events, signs)


def _signatures(clauses: Sequence[Clause]) -> Iterator[Event]:
    """签收人: X, and no verb: the label is the act."""
    for number, clause in enumerate(clauses):
        for at, token in enumerate(clause):
            if token.sign is S.SIGNER and (at + 1 < len(clause) or number + 1 < len(clauses)):
                where = _where(clause, at)
                sign = where.sign if where else None
                yield Event(S.SIGN, View(Aspect.BARE), sign, where.text if where else "", number, token.text, at)
                return


def _clauses(line: Sequence[Token]) -> Iterator[Clause]:
    clause: Clause = []
    for token in line:
        if token.sign in ENDS:
            if clause:
                yield clause
            clause = []
        else:
            clause.append(token)
    if clause:
        yield clause


def _next_point(token: Token, after: Clause) -> Token | None:
    """已到站; X驿站: the point stands alone behind the act."""
    if token.sign in {S.ARRIVE, S.STORE, S.REACH, S.HANDLE} and after and after[-1].sign in {S.POINT, S.LOCKER}:
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
    if not has_act:
        yield from _arrivals(clause, number, conditional=conditional)


def _arrivals(clause: Clause, number: int, *, conditional: bool) -> Iterator[Event]:
    """已到X, 到X: a preposition that is the whole clause's verb."""
    for at, token in enumerate(clause):
        if token.text in _PREPOSITIONS and all(
            one.sign in {S.DONE, S.PARCEL, S.OTHER, S.NUMBER, S.RECIPIENT} for one in clause[:at]
        ):
            where = _where(clause, at)
            if where is not None or (at and clause[at - 1].sign is S.DONE):
                seen = view(clause, at, conditional=conditional)
                yield Event(
                    S.ARRIVE, seen, where.sign if where else None, where.text if where else "", number, token.text, at
                )
            return


def _where(clause: Clause, at: int) -> Token | None:
    """The place that belongs to an act: behind it, else before it."""
    behind: list[Token] = []
    for token in clause[at + 1 :]:
        if token.sign in ACTS and token.sign not in {S.PROXY, S.STORE}:
            break
        if token.sign in _WHERE:
            behind.append(token)
    if behind:
        return next((token for token in behind if token.sign in {S.POINT, S.LOCKER}), behind[0])
    for token in reversed(clause[:at]):
        if token.sign in ACTS:
            break
        if token.sign in _WHERE:
            return token
    return None


def signer(text: Text) -> Sign | None:
    """Who signed, by the form of the clause; None where nobody is named."""
    return _labelled(text.clauses) or _by(text) or _listed(text.clauses)


def best(signs: Sequence[Sign]) -> Sign | None:
    """Of several people and points the one that decides who has the parcel."""
    return next((one for one in _HOLDERS if one in signs), None)


def _labelled(clauses: list[Clause]) -> Sign | None:
    """Find X in 签收人: X."""
    for number, clause in enumerate(clauses):
        for at, token in enumerate(clause):
            if token.sign is S.SIGNER:
                value = _value(clause, at) or (clauses[number + 1] if number + 1 < len(clauses) else [])
                found = _who(value)
                if found is not None:
                    return found
    return None


def _value(clause: Clause, at: int) -> Clause:
    value: Clause = []
    for token in clause[at + 1 :]:
        if token.sign is S.COLON and not value:
            continue
        if token.sign is S.DONE and value:
            break
        value.append(token)
    return [token for token in value if token.sign is not S.DONE]


def _who(value: Clause) -> Sign | None:
    signs = [token.sign for token in value]
    found = best(signs)
    if found is not None:
        return found
    if S.BY_CODE in signs or S.FETCH in signs:
        return S.SELF
    if signs and signs[0] is S.BRANCH and value[0].text in {"公司", "单位"}:
        return S.KIN
    first = next((token for token in value if token.sign is S.OTHER), None)
    if first is not None and len(first.text.strip("/- ")) <= _LONGEST_NAME and not set(signs) & {S.NOTICE, S.PLEASE}:
        return S.PERSON
    return None


def _by(text: Text) -> Sign | None:
    """X签收, 由X签收, 被X代收, (X代收): whoever stands before the act."""
    for clause in text.clauses:
        for at, token in enumerate(clause):
            if token.sign in {S.SIGN, S.PROXY, S.RECEIVE}:
                before = [one.sign for one in clause[max(0, at - 6) : at] if one.sign is not S.SIGNER]
                found = best(before)
                if found is not None:
                    return found
    return None


def _listed(clauses: list[Clause]) -> Sign | None:
    """已签收, X: a clause behind it that names somebody and nothing else."""
    signed = False
    for clause in clauses:
        signs = [token.sign for token in clause]
        if signed and len(signs) <= _LONGEST_LISTED and not set(signs) & ACTS and S.COURIER not in signs:
            found = best(signs)
            if found is not None:
                return found
        signed = signed or S.SIGN in signs
    return None
