"""The JSON in the database, written and read only here. Later versions must read what an earlier one wrote."""

from __future__ import annotations

import json
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from pandapon.models import Order
from tracking.channel_settings import DEFAULTS, ChannelSettings
from tracking.daily_digest import DailyDigest
from tracking.values import Expected, News, Stall

if TYPE_CHECKING:
    from collections.abc import Mapping


def dump_order(order: Order | None) -> str:
    """Return the text of the column ``order_json``; equal orders give equal text, None gives an empty one."""
    return order.model_dump_json(exclude_defaults=True) if order else ""


def load_order(stored: str) -> Order | None:
    """Read :func:`dump_order` back. Raises pydantic's ValidationError for text that this version cannot read."""
    return Order.model_validate_json(stored) if stored else None


def readable_order(stored: str) -> Order | None:
    """Read :func:`dump_order` back; None for unreadable text, so that one bad row does not spoil a list."""
    try:
        return load_order(stored)
    except ValidationError:
        return None


def dump_news(news: News) -> str:
    """Return the payload of a piece of news."""
    return _news().dump_json(news).decode()


def load_news(stored: str) -> News:
    """Read :func:`dump_news` back. Raises ValidationError."""
    return _news().validate_json(stored)


def dump_expected(expected: Expected | None) -> str:
    """Return the column ``expected`` of an order; empty for None."""
    return _expected().dump_json(expected, exclude_defaults=True).decode() if expected else ""


def load_expected(stored: str) -> Expected | None:
    """Read :func:`dump_expected` back; None for text that this version cannot read, since the next change renews it."""
    try:
        return _expected().validate_json(stored) if stored else None
    except ValidationError:
        return None


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
    """Read :func:`dump_digest` back. Raises ValidationError."""
    return _digest().validate_json(stored)


def dump_settings(settings: ChannelSettings) -> str:
    """Return the settings that differ from the defaults, so that better defaults reach every channel."""
    defaults = ChannelSettings()
    chosen = {
        f.name: value for f in fields(settings) if (value := getattr(settings, f.name)) != getattr(defaults, f.name)
    }
    return json.dumps(chosen, separators=(",", ":"))


def load_settings(stored: str) -> ChannelSettings:
    """Read :func:`dump_settings` back, without unknown names; the defaults for text that cannot be read."""
    try:
        chosen = json.loads(stored) if stored else {}
        known = {f.name for f in fields(ChannelSettings)}
        return _settings().validate_python({name: value for name, value in chosen.items() if name in known})
    except (ValueError, AttributeError):
        return DEFAULTS


def dump_facts(facts: Mapping[str, Any]) -> str:
    """Return the payload of a notice or of a public line: names and values, for the view that words them."""
    return json.dumps(facts, ensure_ascii=False)


def load_facts(stored: str) -> dict[str, Any]:
    """Read :func:`dump_facts` back. Raises ValueError."""
    return dict(json.loads(stored))


# Built at their first use: pydantic takes some milliseconds for each, and a start does not need them all.
@cache
def _news() -> TypeAdapter[News]:
    return TypeAdapter(News)


@cache
def _expected() -> TypeAdapter[Expected]:
    return TypeAdapter(Expected)


@cache
def _stall() -> TypeAdapter[Stall]:
    return TypeAdapter(Stall)


@cache
def _digest() -> TypeAdapter[DailyDigest]:
    return TypeAdapter(DailyDigest)


@cache
def _settings() -> TypeAdapter[ChannelSettings]:
    return TypeAdapter(ChannelSettings)
