"""Who signed, by the form of the clause: behind a label, before the act, behind the act, or a point in parentheses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.tags import ACTS, Sign

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pandapon.courier.events import Clause, Text

S = Sign

_HOLDERS = (S.LOCKER, S.POINT, S.SENDER, S.DESK, S.KIN, S.SELF, S.RECIPIENT)
_NEAR = 6  # words between the signer and the act
_LONGEST_LISTED = 4  # words of a clause that only names a signer
_LONGEST_NAME = 5  # characters of a person's name


def signer(text: Text) -> Sign | None:
    """Return who signed; None where the text names nobody."""
    return told(text) or _to(text.clauses) or _listed(text.clauses) or _in_parentheses(text)


def told(text: Text) -> Sign | None:
    """Return who signed by the words that say so: behind a label, or before the act."""
    return _labelled(text.clauses) or _by(text)


def best(signs: Sequence[Sign]) -> Sign | None:
    """Return, of several people and points, the one that decides who has the parcel; None: none of them does."""
    return next((sign for sign in _HOLDERS if sign in signs), None)


def _labelled(clauses: list[Clause]) -> Sign | None:
    """The signer behind a label: X in 签收人: X."""
    return next((person for person in map(_who, _values(clauses)) if person is not None), None)


def is_forwarder(text: Text) -> bool:
    """Return whether a forwarder or its warehouse signed, which sends the parcel on: 签收人：集运仓库, 义乌货代."""
    return any(map(_is_forwarder, _values(text.clauses)))


def _is_forwarder(value: Clause) -> bool:
    signs = [token.sign for token in value]
    if S.WAREHOUSE in signs:
        return True
    abroad = "".join(token.text for token in value).endswith(("国际物流", "国际货运"))
    return (abroad or S.PARTNER in signs) and best(signs) is None


def _values(clauses: list[Clause]) -> Iterator[Clause]:
    """The words behind each label of a signer, in its clause or as the next clause."""
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
    person = best(signs)
    if person is not None:
        return person
    if S.BY_CODE in signs or S.FETCH in signs:
        return S.SELF
    if signs and signs[0] is S.BRANCH and value[0].text in {"公司", "单位"}:
        return S.KIN
    first = next((token for token in value if token.sign is S.OTHER), None)
    if first is not None and len(first.text.strip("/- ")) <= _LONGEST_NAME and not set(signs) & {S.NOTICE, S.PLEASE}:
        return S.PERSON
    return None


def _by(text: Text) -> Sign | None:
    """The signer before the act: X签收, 由X签收, 被X代收, (X代收)."""
    for clause in text.clauses:
        for at, token in enumerate(clause):
            if token.sign in {S.SIGN, S.PROXY, S.RECEIVE}:
                before = [
                    other.sign
                    for place, other in enumerate(clause[max(0, at - _NEAR) : at], max(0, at - _NEAR))
                    if other.sign is not S.SIGNER and not _is_owner(clause, place)
                ]
                person = best(before)
                if person is not None:
                    return person
    return None


def _to(clauses: list[Clause]) -> Sign | None:
    """The recipient right behind the act: delivered to consignee."""
    for clause in clauses:
        for at, token in enumerate(clause):
            if token.sign is S.TO and at and clause[at - 1].sign is S.SIGN:
                behind = [other.sign for other in clause[at + 1 : at + _NEAR] if other.sign is not S.PARCEL]
                if behind and behind[0] in {S.RECIPIENT, S.SELF}:
                    return behind[0]
    return None


def _is_owner(clause: Clause, place: int) -> bool:
    """Whether the word only tells whose signature it is: 您 in 您的签收."""
    behind = clause[place + 1 : place + 2]
    return clause[place].sign is S.RECIPIENT and bool(behind) and behind[0].sign is S.OF


def _in_parentheses(text: Text) -> Sign | None:
    """The point in the clauses just before a clause that begins with the act: 代收点(老王超市)已签收."""
    for number, clause in enumerate(text.clauses):
        signs = [token.sign for token in clause if token.sign is not S.DONE]
        if signs[:1] == [S.SIGN]:
            before = [token.sign for earlier in text.clauses[max(0, number - 2) : number] for token in earlier]
            if not set(before) & ACTS:
                return next((point for point in (S.LOCKER, S.POINT) if point in before), None)
    return None


def _listed(clauses: list[Clause]) -> Sign | None:
    """The signer in a clause behind the act that names somebody and nothing else: 已签收, X."""
    signed = False
    for clause in clauses:
        signs = [token.sign for token in clause]
        if signed and len(signs) <= _LONGEST_LISTED and not set(signs) & ACTS and S.COURIER not in signs:
            person = best(signs)
            if person is not None:
                return person
        signed = signed or S.SIGN in signs
    return None
