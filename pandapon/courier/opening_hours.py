"""Opening hours of a shop or a point, which are no problem of a parcel that lies there for its recipient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import HAPPENED
from pandapon.courier.tags import Tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.courier.events import Event, Text
    from pandapon.courier.tokens import Token

A, T = Aspect, Tag

_CLOSES = ("打烊", "下班", "闭店", "关门", "锁门", "休息", "休", "放假", "停业", "歇业", "closed", "closes", "holiday")
_FREE_DAYS = frozenset({"周末", "节假日", "假期", "春节", "法定节假日"})
_TIMES = ("点", "时", "午", "晚", "早", "夜", "每", "周", "星期", "day", "weekend", "daily")
_PEOPLE = frozenset({T.RECIPIENT, T.SELF, T.COURIER})
_KEEPERS = frozenset({T.POINT, T.LOCKER, T.DESK, T.KIN})
_KEEPING = frozenset({T.STORE, T.PROXY, T.ARRIVE, T.REACH, T.RECEIVE, T.SIGN})
_FETCHING = frozenset({T.FETCH, T.TAKE})
_BRINGING = frozenset({T.CARRY, T.ATTEMPT, T.SIGN, T.REACH, T.STORE})
_NOT_DONE = frozenset({A.FAILED, A.NEGATED, A.PLANNED})


def states_opening_hours(event: Event, text: Text) -> bool:
    """Return whether the act states opening hours of a place where the parcel can be fetched: 已到驿站，晚9点打烊."""
    is_closing = event.word in _FREE_DAYS or event.word.endswith(_CLOSES)
    if not is_closing or event.aspect is A.DONE or not text.clause_tags[event.clause].isdisjoint(_PEOPLE):
        return False
    return _names_a_time(text.clauses[event.clause]) and _can_be_fetched(text)


def _names_a_time(clause: Sequence[Token]) -> bool:
    return any(
        token.tag in {T.NUMBER, T.FUTURE_DAY}
        or token.text in _FREE_DAYS
        or (token.tag is T.OTHER and any(word in token.text for word in _TIMES))
        for token in clause
    )


def _can_be_fetched(text: Text) -> bool:
    """Whether the recipient can fetch the parcel, and no courier has to come again."""
    if any(other.act in _BRINGING and other.aspect in _NOT_DONE for other in text.events):
        return False
    return any(
        (other.act in _KEEPING and other.at in _KEEPERS and other.aspect in HAPPENED)
        or (other.act in _FETCHING and other.aspect is not A.FAILED)
        for other in text.events
    )
