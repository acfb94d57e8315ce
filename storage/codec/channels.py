"""The JSON of channels: their settings, and the messages about changes, lists and notices."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from tracking.channel_settings import DEFAULTS, ChannelSettings
from tracking.messages import (
    ApprovalMessage,
    ApprovalPart,
    Muted,
    OrdersChanged,
    OrdersCorrected,
    RefundRequested,
    Reminder,
    SettingsChanged,
    StoppedAll,
    Unmuted,
    WatchesPaused,
    WatchingAll,
    WatchList,
    WriteSettled,
)
from tracking.values import Filter

if TYPE_CHECKING:
    from tracking.messages import ChannelChange, Notice


def dump_settings(settings: ChannelSettings) -> str:
    """Return the settings that differ from the defaults, so that better defaults reach every channel."""
    defaults = ChannelSettings()
    chosen = {
        f.name: value for f in fields(settings) if (value := getattr(settings, f.name)) != getattr(defaults, f.name)
    }
    return json.dumps(chosen, separators=(",", ":"))


def load_settings(stored: str) -> ChannelSettings:
    """Read :func:`dump_settings` back. Unknown settings are left out, and an unreadable text gives the defaults."""
    try:
        chosen = json.loads(stored) if stored else {}
        known = {f.name for f in fields(ChannelSettings)}
        return _settings().validate_python({name: value for name, value in chosen.items() if name in known})
    except (ValueError, AttributeError):
        return DEFAULTS


def dump_change(change: ChannelChange) -> str:
    """Return the payload of a LINE. Raises TypeError for a kind of change that is not listed here."""
    facts: dict[str, Any]
    match change:
        case Muted(by, until, ids):
            facts = {"line": "mute", "by": by, "ids": ids, "until": until.isoformat(), "undo": _former_mutes(change)}
        case Unmuted(by, ids, _former, still):
            facts = {"line": "unmute", "by": by, "ids": ids, "undo": _former_mutes(change)}
            facts |= {"still": still} if still else {}
        case WatchingAll(by, orders, filter_, status, former, subscription):
            facts = {"line": "watch all", "by": by, "n": orders, "filter": filter_ or "", "status": status}
            facts["undo"] = ({"filter": former} if former else {}) | {"subscription": subscription}
        case StoppedAll(by, at, status, still, passed_on):
            facts = {"line": "unwatch all", "by": by, "status": status, "still": still}
            facts["undo"] = {"at": at.isoformat(), "passed_on": passed_on}
        case SettingsChanged(by, settings, former, filter_all, filters, subscriptions):
            undo = {"settings": dump_settings(former), "filters": dict(filters), "subscriptions": dict(subscriptions)}
            facts = {"line": "settings", "by": by, "settings": dump_settings(settings), "filter_all": filter_all or ""}
            facts["undo"] = undo
        case OrdersChanged(by, act, ids):
            facts = {"line": "orders", "by": by, "act": act, "ids": ids}
        case RefundRequested(by, key, title, fen, with_return):
            facts = {"line": "refund", "by": by, "key": key, "title": title, "fen": fen, "with_return": with_return}
        case _:
            raise TypeError(type(change).__name__)
    return json.dumps(facts, ensure_ascii=False)


def _former_mutes(change: Muted | Unmuted) -> dict[str, Any]:
    """The ends of the former mutes: by order, and as the single end that earlier versions read."""
    return {"until": _iso(change.former), "orders": {key: _iso(end) for key, end in change.orders.items()}}


def load_change(stored: str) -> ChannelChange:
    """Read :func:`dump_change` back. Raises ValueError for a text that this version cannot read."""
    try:
        return _change(json.loads(stored))
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError(type(error).__name__) from error


def _change(facts: dict[str, Any]) -> ChannelChange:
    by, undo = facts["by"], facts.get("undo") or {}
    match facts["line"]:
        case "mute" | "unmute":
            return _change_of_mutes(facts, undo)
        case "watch all":
            former, status = _filter(undo.get("filter")), facts.get("status") or ""
            filter_, subscription = _filter(facts.get("filter")), int(undo.get("subscription") or 0)
            return WatchingAll(by, int(facts["n"]), filter_, status, former, subscription)
        case "unwatch all":
            still, passed_on = tuple(facts.get("still") or ()), tuple(undo.get("passed_on") or ())
            return StoppedAll(by, datetime.fromisoformat(undo["at"]), facts.get("status") or "", still, passed_on)
        case "settings":
            settings, former_settings = load_settings(facts["settings"]), load_settings(undo["settings"])
            filters = [_by_filter(undo.get(name)) for name in ("filters", "subscriptions")]
            return SettingsChanged(by, settings, former_settings, _filter(facts.get("filter_all")), *filters)
        case "orders" | "refund":
            return _change_of_orders(facts)
        case other:
            raise LookupError(other)


def _change_of_mutes(facts: dict[str, Any], undo: dict[str, Any]) -> Muted | Unmuted:
    by, former = facts["by"], _time(undo.get("until"))
    ids, still = (tuple(facts.get(name) or ()) for name in ("ids", "still"))
    orders = {key: _time(end) for key, end in (undo.get("orders") or {}).items()}
    if facts["line"] == "unmute":
        return Unmuted(by, ids, former, still, orders)
    return Muted(by, datetime.fromisoformat(facts["until"]), ids, former, orders)


def _by_filter(stored: dict[str, list[int]] | None) -> dict[str, tuple[int, ...]]:
    return {name: tuple(ids) for name, ids in (stored or {}).items()}


def _change_of_orders(facts: dict[str, Any]) -> ChannelChange:
    if facts["line"] == "orders":
        return OrdersChanged(facts["by"], str(facts["act"]), tuple(facts["ids"]))
    fen, with_return = int(facts["fen"]), bool(facts["with_return"])
    return RefundRequested(facts["by"], facts["key"], facts["title"], fen, with_return)


def dump_watch_list(opened: WatchList) -> str:
    """Return the payload of a LIST."""
    return json.dumps({"by": opened.by, "watches": opened.watches}, ensure_ascii=False)


def load_watch_list(stored: str) -> WatchList:
    """Read :func:`dump_watch_list` back. Raises ValueError for a text that this version cannot read."""
    try:
        facts = json.loads(stored)
        return WatchList(facts["by"], tuple(int(number) for number in facts["watches"]))
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError(type(error).__name__) from error


def dump_notice(notice: Notice) -> str:
    """Return the payload of a NOTICE. Raises TypeError for a kind of notice that is not listed here."""
    facts: dict[str, Any]
    match notice:
        case WatchesPaused(channel, reason, orders):
            facts = {"paused": channel, "reason": reason, "orders": orders}
        case OrdersCorrected(orders):
            facts = {"corrected": orders}
        case Reminder(alarm, person, channel):
            facts = {"reminder": alarm, "person": person, "channel": channel}
        case ApprovalMessage(approval, part, reader, thread, by, text):
            facts = {"approval": approval, "part": part, "reader": reader, "thread": thread, "by": by, "text": text}
        case WriteSettled(write, is_reversed):
            facts = {"write": write} | ({"reversed": True} if is_reversed else {})
        case _:
            raise TypeError(type(notice).__name__)
    return json.dumps(facts, ensure_ascii=False)


def load_notice(stored: str) -> Notice:
    """Read :func:`dump_notice` back. Raises ValueError for a text that this version cannot read."""
    try:
        return _notice(json.loads(stored))
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError(type(error).__name__) from error


def _notice(facts: dict[str, Any]) -> Notice:
    if "paused" in facts:
        return WatchesPaused(facts["paused"], facts.get("reason", ""), int(facts.get("orders", 1)))
    if "write" in facts:
        return WriteSettled(facts["write"], is_reversed=bool(facts.get("reversed")))
    if "corrected" in facts:
        return OrdersCorrected(int(facts["corrected"]))
    if "approval" in facts:
        part = ApprovalPart(facts["part"])
        return ApprovalMessage(
            int(facts["approval"]), part, facts["reader"], facts["thread"], facts["by"], facts["text"]
        )
    return Reminder(facts["reminder"], facts["person"], facts["channel"])


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _time(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None


def _filter(stored: str | None) -> Filter | None:
    return Filter(stored) if stored else None


# Each adapter is built at its first use: pydantic takes some milliseconds for it, and a start does not need them all.
@cache
def _settings() -> TypeAdapter[ChannelSettings]:
    return TypeAdapter(ChannelSettings)
