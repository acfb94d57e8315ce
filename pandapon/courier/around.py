"""What stands around an act: in its clause, or anywhere in the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.claims import HAPPENED
from pandapon.courier.signs import Sign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.courier.events import Event, Text
    from pandapon.courier.tokens import Token

S = Sign


def clause_has(event: Event, text: Text, *signs: Sign) -> bool:
    """Whether the act's clause has a word of one of these meanings."""
    return any(token.sign in signs for token in text.clauses[event.clause])


def goes_back(text: Text) -> bool:
    """Whether the text tells of a return that is done or under way."""
    return any(one.act in {S.RETURN, S.REVERSE} and one.aspect in HAPPENED for one in text.events)


def happened(text: Text, act: Sign) -> bool:
    """Whether an act is told as done, under way or stated."""
    return any(one.act is act and one.aspect in HAPPENED for one in text.events)


def speaks_of_return(clause: Sequence[Token]) -> bool:
    """Whether a clause names a return, by a verb or by a noun."""
    return any(token.sign in {S.RETURN, S.REVERSE} or token.text.startswith("退货") for token in clause)


def in_notice(event: Event, text: Text) -> bool:
    """Spoken of before the act, in its clause: an advertisement, a question, a survey."""
    return any(token.sign in {S.NOTICE, S.ASKED} for token in text.clauses[event.clause][: event.token])
