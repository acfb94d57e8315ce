"""Who signed: a person or point after a label, before the act, after the act, or in parentheses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.tags import ACTS, Tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pandapon.courier.events import Clause, Text

T = Tag

_HOLDERS = (T.LOCKER, T.POINT, T.SENDER, T.DESK, T.KIN, T.SELF, T.RECIPIENT)
_NEAR = 6  # tokens from the act in which its signer stands
_LONGEST_LISTED = 4  # tokens of a clause that only names a signer
_LONGEST_NAME = 5  # characters of a person's name


def signer(text: Text) -> Tag | None:
    """Return the tag of who signed; None where the text names nobody."""
    return explicit_signer(text) or _after_act(text.clauses) or _in_later_clause(text.clauses) or _in_parentheses(text)


def explicit_signer(text: Text) -> Tag | None:
    """Return the tag of who signed where the text says so: after a label, or before the act."""
    return _labelled(text.clauses) or _before_act(text)


def deciding_tag(tags: Sequence[Tag]) -> Tag | None:
    """Return the tag, of several, that decides who has the parcel: a point before a person; None: none of them."""
    return next((tag for tag in _HOLDERS if tag in tags), None)


def _labelled(clauses: list[Clause]) -> Tag | None:
    """The signer after a label: X in 签收人: X."""
    return next((person for person in map(_named_in, _values(clauses)) if person is not None), None)


def is_forwarder(text: Text) -> bool:
    """Return whether a forwarder or its warehouse signed, which sends the parcel on: 签收人：集运仓库, 义乌货代.

    Only the words after a label count.
    """
    return any(map(_is_forwarder, _values(text.clauses)))


def _is_forwarder(value: Clause) -> bool:
    tags = [token.tag for token in value]
    if T.WAREHOUSE in tags:
        return True
    abroad = "".join(token.text for token in value).endswith(("国际物流", "国际货运"))
    return (abroad or T.PARTNER in tags) and deciding_tag(tags) is None


def _values(clauses: list[Clause]) -> Iterator[Clause]:
    """The tokens after each label of a signer: the remainder of its clause, or else the next clause."""
    for number, clause in enumerate(clauses):
        for at, token in enumerate(clause):
            if token.tag is T.SIGNER:
                yield _value(clause, at) or (clauses[number + 1] if number + 1 < len(clauses) else [])


def _value(clause: Clause, at: int) -> Clause:
    value: Clause = []
    for token in clause[at + 1 :]:
        if token.tag is T.COLON and not value:
            continue
        if token.tag is T.DONE and value:
            break
        value.append(token)
    return [token for token in value if token.tag is not T.DONE]


def _named_in(value: Clause) -> Tag | None:
    tags = [token.tag for token in value]
    person = deciding_tag(tags)
    if person is not None:
        return person
    if T.BY_CODE in tags or T.FETCH in tags:
        return T.SELF
    if tags and tags[0] is T.BRANCH and value[0].text in {"公司", "单位"}:
        return T.KIN
    first = next((token for token in value if token.tag is T.OTHER), None)
    if first is not None and len(first.text.strip("/- ")) <= _LONGEST_NAME and not set(tags) & {T.NOTICE, T.PLEASE}:
        return T.PERSON
    return None


def _before_act(text: Text) -> Tag | None:
    """The signer before the act: X签收, 由X签收, 被X代收, (X代收)."""
    for clause in text.clauses:
        for at, token in enumerate(clause):
            if token.tag in {T.SIGN, T.PROXY, T.RECEIVE}:
                before = [
                    other.tag
                    for place, other in enumerate(clause[max(0, at - _NEAR) : at], max(0, at - _NEAR))
                    if other.tag is not T.SIGNER and not _is_owner(clause, place)
                ]
                person = deciding_tag(before)
                if person is not None:
                    return person
    return None


def _after_act(clauses: list[Clause]) -> Tag | None:
    """The recipient right after the act: delivered to consignee."""
    for clause in clauses:
        for at, token in enumerate(clause):
            if token.tag is T.TO and at and clause[at - 1].tag is T.SIGN:
                after = [other.tag for other in clause[at + 1 : at + _NEAR] if other.tag is not T.PARCEL]
                if after and after[0] in {T.RECIPIENT, T.SELF}:
                    return after[0]
    return None


def _is_owner(clause: Clause, place: int) -> bool:
    """Whether the token only tells whose signature it is: 您 in 您的签收."""
    after = clause[place + 1 : place + 2]
    return clause[place].tag is T.RECIPIENT and bool(after) and after[0].tag is T.OF


def _in_parentheses(text: Text) -> Tag | None:
    """The point in the two clauses before a clause that begins with the act: 代收点(老王超市)已签收."""
    for number, clause in enumerate(text.clauses):
        tags = [token.tag for token in clause if token.tag is not T.DONE]
        if tags[:1] == [T.SIGN]:
            before = [token.tag for earlier in text.clauses[max(0, number - 2) : number] for token in earlier]
            if not set(before) & ACTS:
                return next((point for point in (T.LOCKER, T.POINT) if point in before), None)
    return None


def _in_later_clause(clauses: list[Clause]) -> Tag | None:
    """The signer in a clause after the act that only names somebody: 已签收, X."""
    signed = False
    for clause in clauses:
        tags = [token.tag for token in clause]
        if signed and len(tags) <= _LONGEST_LISTED and not set(tags) & ACTS and T.COURIER not in tags:
            person = deciding_tag(tags)
            if person is not None:
                return person
        signed = signed or T.SIGN in tags
    return None
