"""The JSON of news and alarms, and of the posts that carry several pieces of news."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from pandapon.courier import Reason
from pandapon.shipment import Milestone
from storage.packing import pack, unpack
from tracking.daily_digest import DailyDigest
from tracking.values import Filter, Leg, News, Stall

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from enum import StrEnum

_OLD_REFUND, _LONG_AGO = '"refund":[', "1970-01-01T00:00:00Z"
_WORDS_OF_ENTRY: dict[str, type[StrEnum]] = {"milestone": Milestone, "alarm": Leg, "reason": Reason}


def pack_news(news: News) -> bytes:
    """Return the payload of a row of news."""
    return pack(dump_news(news))


def dump_news(news: News) -> str:
    """Return the payload of a post whose news differs from the stored row of news."""
    return _news().dump_json(news, exclude_defaults=True).decode()


def load_news(stored: str | bytes) -> News:
    """Read :func:`dump_news` or :func:`pack_news` back. Raises ValueError, such as pydantic's ValidationError."""
    stored = stored if isinstance(stored, str) else unpack(stored)
    if _OLD_REFUND in stored:
        stored = json.dumps(_with_refunds(json.loads(stored)))
    return _news().validate_json(stored)


def _with_refunds(facts: dict[str, Any]) -> dict[str, Any]:
    """The fields of news that an earlier version stored with one refund, as its codes before and after."""
    if not isinstance(facts.get("refund"), list):  # the searched text occurs elsewhere in the news
        return facts
    before, after = facts["refund"]
    return facts | {"refunds": [{"before": before, "refund": {"code": after, "since": _LONG_AGO}}]}


def dump_audience(audience: Collection[Filter]) -> str:
    """Return the column ``audience`` of a piece of news."""
    return json.dumps(sorted(audience))


def load_audience(stored: str) -> frozenset[Filter]:
    """Read :func:`dump_audience` back. Raises ValueError."""
    return frozenset(Filter(name) for name in json.loads(stored))


def dump_stall(stall: Stall) -> str:
    """Return the column ``facts`` of an alarm."""
    return _stall().dump_json(stall).decode()


def load_stall(stored: str) -> Stall:
    """Read :func:`dump_stall` back. Raises ValidationError."""
    return _stall().validate_json(stored)


def dump_digest(digest: DailyDigest) -> str:
    """Return the payload of a daily digest."""
    return _digest().dump_json(digest).decode()


def load_digest(stored: str) -> DailyDigest:
    """Read :func:`dump_digest` back. Raises ValueError, such as pydantic's ValidationError.

    A milestone, alarm or reason that only another version knows becomes None, so that the digest's orders are still
    posted; so does the empty text that earlier versions stored instead of null.
    """
    return _digest().validate_python(json.loads(stored, object_hook=_known_words))


def _known_words(entry: dict[str, Any]) -> dict[str, Any]:
    known = {name: _word(kind, entry[name]) for name, kind in _WORDS_OF_ENTRY.items() if name in entry}
    return entry | known


def _word(kind: type[StrEnum], stored: object) -> StrEnum | None:
    return next((word for word in kind if word == stored), None)


def dump_members(ids: Sequence[int]) -> str:
    """Return the payload of a BATCH that lists its posts, given by their row ids."""
    return json.dumps(ids)


def load_members(stored: str) -> list[int]:
    """Read :func:`dump_members` back. Raises ValueError."""
    return [int(number) for number in json.loads(stored)]


# Each adapter is built at its first use: pydantic takes some milliseconds for it, and a start does not need them all.
@cache
def _news() -> TypeAdapter[News]:
    return TypeAdapter(News)


@cache
def _stall() -> TypeAdapter[Stall]:
    return TypeAdapter(Stall)


@cache
def _digest() -> TypeAdapter[DailyDigest]:
    return TypeAdapter(DailyDigest)
