"""The JSON in the database, written and read only here. Each version must read the JSON of earlier versions."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import datetime, timedelta
from functools import cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from pandapon.courier import Reason
from pandapon.models import Order
from pandapon.shipment import Milestone
from storage.packing import pack, unpack
from tracking.approvals import Deed
from tracking.changes.cart import CartChange
from tracking.changes.kinds import KINDS, Change
from tracking.channel_settings import DEFAULTS, ChannelSettings
from tracking.daily_digest import DailyDigest
from tracking.flows import CONTENTS, FlowContent
from tracking.journeys import History
from tracking.messages import (
    ApprovalMessage,
    ApprovalPart,
    ChannelChange,
    Muted,
    Notice,
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
from tracking.values import Expected, Filter, Leg, News, Refund, Stall

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from enum import StrEnum

MICROSECOND = timedelta(microseconds=1)
_OLD_REFUND, _LONG_AGO = '"refund":[', "1970-01-01T00:00:00Z"
_WORDS_OF_ENTRY: dict[str, type[StrEnum]] = {"milestone": Milestone, "alarm": Leg, "reason": Reason}


def dump_order(order: Order | None) -> str:
    """Return the text of the column ``order_json``: equal orders give equal texts, and None gives an empty text."""
    return order.model_dump_json(exclude_defaults=True) if order else ""


def load_order(stored: str) -> Order | None:
    """Read :func:`dump_order` back. Raises pydantic's ValidationError for a text that this version cannot read."""
    return Order.model_validate_json(stored) if stored else None


def readable_order(stored: str) -> Order | None:
    """Read :func:`dump_order` back; None: empty or unreadable, so that one bad row does not spoil a list."""
    try:
        return load_order(stored)
    except ValidationError:
        return None


def pack_entries(entries: Sequence[Sequence[object]]) -> bytes:
    """Return the column ``nodes`` of a trace. For an entry see :func:`storage.rows.entry_of`."""
    return pack(to_json(entries).decode())  # five times as fast as the standard library's encoder


def unpack_entries(stored: bytes) -> list[list[Any]]:
    """Read :func:`pack_entries` back. Raises ValueError."""
    entries: list[list[Any]] = json.loads(unpack(stored))
    return entries


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


def dump_expected(expected: Expected | None) -> str:
    """Return the column ``expected`` of an order; None gives an empty text."""
    return _expected().dump_json(expected, exclude_defaults=True).decode() if expected else ""


def load_expected(stored: str) -> Expected | None:
    """Read :func:`dump_expected` back; None: empty, or unreadable to this version until the next change renews it."""
    try:
        return _expected().validate_json(stored) if stored else None
    except ValidationError:
        return None


def dump_refunds(refunds: Sequence[Refund]) -> str:
    """Return the column ``refunds`` of an order; no refunds give an empty text."""
    return _refunds().dump_json(tuple(refunds), exclude_defaults=True).decode() if refunds else ""


def load_refunds(stored: str) -> tuple[Refund, ...]:
    """Read :func:`dump_refunds` back; empty for an unreadable text, since the order itself names its refunds."""
    try:
        return _refunds().validate_json(stored) if stored else ()
    except ValidationError:
        return ()


def dump_stall(stall: Stall) -> str:
    """Return the column ``facts`` of an alarm."""
    return _stall().dump_json(stall).decode()


def load_stall(stored: str) -> Stall:
    """Read :func:`dump_stall` back. Raises ValidationError."""
    return _stall().validate_json(stored)


def pack_gaps(gaps: Mapping[Leg, timedelta]) -> bytes:
    """Return the usual silences by leg as packed bytes."""
    return pack(json.dumps({leg: gap // MICROSECOND for leg, gap in sorted(gaps.items())}))


def unpack_gaps(stored: bytes) -> dict[Leg, timedelta]:
    """Read :func:`pack_gaps` back. Raises ValueError, TypeError or AttributeError for bytes of another version."""
    return {Leg(leg): MICROSECOND * gap for leg, gap in json.loads(unpack(stored)).items()}


def pack_history(history: History) -> bytes:
    """Return the times learnt from journeys as packed bytes: in seconds, each as its difference from the one before."""
    kinds = []
    for (stage, lane, carrier), times in sorted(history.times.items()):
        seconds = [round(time.total_seconds()) for time in times]
        kinds.append([stage, lane, carrier, [after - before for before, after in pairwise([0, *seconds])]])
    return pack(json.dumps(kinds, ensure_ascii=False, separators=(",", ":")))


def unpack_history(stored: bytes) -> History:
    """Read :func:`pack_history` back. Raises ValueError or TypeError for bytes of another version."""
    return History(
        {
            (Milestone(stage), lane, carrier): tuple(timedelta(seconds=at) for at in accumulate(steps))
            for stage, lane, carrier, steps in json.loads(unpack(stored))
        }
    )


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


def dump_audience(audience: Collection[Filter]) -> str:
    """Return the column ``audience`` of a piece of news."""
    return json.dumps(sorted(audience))


def load_audience(stored: str) -> frozenset[Filter]:
    """Read :func:`dump_audience` back. Raises ValueError."""
    return frozenset(Filter(name) for name in json.loads(stored))


def dump_ids(ids: Sequence[str]) -> str:
    """Return a column of ids: the sub-orders of an order, or the ids of a pushed message."""
    return json.dumps(ids)


def load_ids(stored: str) -> tuple[str, ...]:
    """Read :func:`dump_ids` back; an empty text gives no ids. Raises ValueError."""
    return tuple(json.loads(stored)) if stored and stored != "[]" else ()


def dump_members(ids: Sequence[int]) -> str:
    """Return the payload of a BATCH that lists its posts, given by their row ids."""
    return json.dumps(ids)


def load_members(stored: str) -> list[int]:
    """Read :func:`dump_members` back. Raises ValueError."""
    return [int(number) for number in json.loads(stored)]


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


def dump_write_change(change: Change | None) -> str:
    """Return the column ``change_json`` of a write; empty for None."""
    if change is None:
        return ""
    kind = type(change).__name__
    facts: dict[str, Any] = _changes()[kind].dump_python(change, mode="json")
    return json.dumps(facts if isinstance(change, CartChange) else {"kind": kind, **facts}, ensure_ascii=False)


def load_write_change(stored: str) -> Change | None:
    """Read :func:`dump_write_change` back; None: empty or unreadable. A change without a kind is a CartChange."""
    try:
        facts = json.loads(stored) if stored else {}
        adapter = _changes().get(facts.pop("kind", CartChange.__name__)) if facts else None
        return adapter.validate_python(facts, strict=False) if adapter else None
    except (ValidationError, ValueError, AttributeError):
        return None


def dump_deed(deed: Deed) -> str:
    """Return the column ``deed`` of a request for an approval."""
    return _deed().dump_json(deed).decode()


def load_deed(stored: str) -> Deed:
    """Read :func:`dump_deed` back. Raises ValidationError."""
    return _deed().validate_json(stored)


def dump_flow(content: FlowContent) -> tuple[str, str]:
    """Return the columns ``kind`` and ``content`` of a flow."""
    adapter = _flows()[type(content).__name__]
    return type(content).__name__, adapter.dump_json(content).decode()


def load_flow(kind: str, stored: str) -> FlowContent | None:
    """Read :func:`dump_flow` back; None: unreadable to this version, so the person has to open the form again."""
    adapter = _flows().get(kind)
    try:
        return adapter.validate_json(stored) if adapter else None
    except ValidationError:
        return None


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _time(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None


def _filter(stored: str | None) -> Filter | None:
    return Filter(stored) if stored else None


# Each adapter is built at its first use: pydantic takes some milliseconds for it, and a start does not need them all.
@cache
def _news() -> TypeAdapter[News]:
    return TypeAdapter(News)


@cache
def _expected() -> TypeAdapter[Expected]:
    return TypeAdapter(Expected)


@cache
def _refunds() -> TypeAdapter[tuple[Refund, ...]]:
    return TypeAdapter(tuple[Refund, ...])


@cache
def _stall() -> TypeAdapter[Stall]:
    return TypeAdapter(Stall)


@cache
def _digest() -> TypeAdapter[DailyDigest]:
    return TypeAdapter(DailyDigest)


@cache
def _settings() -> TypeAdapter[ChannelSettings]:
    return TypeAdapter(ChannelSettings)


@cache
def _deed() -> TypeAdapter[Deed]:
    return TypeAdapter(Deed)


@cache
def _changes() -> dict[str, TypeAdapter[Any]]:
    return {kind.__name__: TypeAdapter(kind) for kind in KINDS}


@cache
def _flows() -> dict[str, TypeAdapter[Any]]:
    return {kind.__name__: TypeAdapter(kind) for kind in CONTENTS}
