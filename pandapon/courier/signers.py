"""Who signed, by the form of the clause: a label, an actor before the act, a name behind it, a point in parentheses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.signs import ACTS, Sign

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pandapon.courier.events import Clause, Text

S = Sign

_HOLDERS = (S.LOCKER, S.POINT, S.SENDER, S.DESK, S.KIN, S.SELF, S.RECIPIENT)
_NEAR = 6  # words between somebody and the act
_LONGEST_LISTED = 4  # words of a clause that only names somebody
_LONGEST_NAME = 5  # characters of a person's name


def signer(text: Text) -> Sign | None:
    """Who signed, by the form of the clause; None where nobody is named."""
    return _labelled(text.clauses) or _by(text) or _listed(text.clauses) or _in_parentheses(text)


def best(signs: Sequence[Sign]) -> Sign | None:
    """Of several people and points the one that decides who has the parcel."""
    return next((one for one in _HOLDERS if one in signs), None)


def _labelled(clauses: list[Clause]) -> Sign | None:
    """Find X in 签收人: X."""
    return next((found for found in map(_who, _values(clauses)) if found is not None), None)


def is_warehouse(text: Text) -> bool:
    """签收人：集运仓库: whoever sends it on."""
    return any(token.sign is S.WAREHOUSE for value in _values(text.clauses) for token in value)


def _values(clauses: list[Clause]) -> Iterator[Clause]:
    """What stands behind each label of a signer, in its clause or as the next one."""
    for number, clause in enumerate(clauses):
        for at, token in enumerate(clause):
            if token.sign is S.SIGNER:
                yield _value(clause, at) or (clauses[number + 1] if number + 1 < len(clauses) else [])


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
                before = [
                    one.sign
                    for place, one in enumerate(clause[max(0, at - _NEAR) : at], max(0, at - _NEAR))
                    if one.sign is not S.SIGNER and not _is_owner(clause, place)
                ]
                found = best(before)
                if found is not None:
                    return found
    return None


def _is_owner(clause: Clause, place: int) -> bool:
    """您 in 您的签收."""
    behind = clause[place + 1 : place + 2]
    return clause[place].sign is S.RECIPIENT and bool(behind) and behind[0].sign is S.OF


def _in_parentheses(text: Text) -> Sign | None:
    """代收点(老王超市)已签收: a point in the clauses just before one that begins with the act."""
    for number, clause in enumerate(text.clauses):
        signs = [token.sign for token in clause if token.sign is not S.DONE]
        if signs[:1] == [S.SIGN]:
            before = [token.sign for one in text.clauses[max(0, number - 2) : number] for token in one]
            if not set(before) & ACTS:
                return next((point for point in (S.LOCKER, S.POINT) if point in before), None)
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
