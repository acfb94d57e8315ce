"""Lines in a channel: each says that a person changed something for all members, and offers Undo where possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.parts import filter_words, short_name
from handlers.blocks.people import name
from handlers.blocks.punctuation import bracketed, listed, sentences
from handlers.blocks.settings_words import settings_lines
from handlers.blocks.text import code, escape, slack_date, truncate, yuan
from pandapon.shipment import OrderRef
from tracking.messages import (
    Muted,
    OrdersChanged,
    RefundRequested,
    SettingsChanged,
    StoppedAll,
    Unmuted,
    WatchingAll,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from handlers.blocks.message import Message
    from tracking.messages import ChannelChange

MAX_NAMED, TITLE = 12, 60  # orders named in a line; characters of a title


def line(change: ChannelChange, number: int, now: datetime) -> Message | None:
    """The message for a change; None for one that has no words here. ``number``: the post's id, which Undo sends."""
    if isinstance(change, RefundRequested):
        return el.message([el.section(_refund(change))])
    words = _words(change, now)
    if not words:
        return None
    if isinstance(change, OrdersChanged):
        return el.message([el.section(words)])
    undo = el.button(_("Undo"), f"{action_ids.UNDO_FOR_ALL}:1", str(number))
    return el.message([el.section(words), *el.actions([undo])])


def undone() -> Message:
    """The answer to the person who pressed Undo; the channel gets a line of its own."""
    return el.message([el.section(_("↩️ Undone."))])


def too_late() -> Message:
    """The answer to a press on Undo when the change was undone already, or is too old."""
    return el.message([el.section(_("That was undone already, or is too long ago."))])


def changed_since() -> Message:
    """The answer to a press on Undo when nothing of the change is left to undo."""
    return el.message([el.section(_("Nothing was undone: this was changed again since, or it is over."))])


def _words(change: ChannelChange, now: datetime) -> str:
    user = name(change.by)
    if isinstance(change, OrdersChanged):
        return _acted(user, change)
    return _of_channel(user, change, now)


def _of_channel(user: str, change: ChannelChange, now: datetime) -> str:
    match change:
        case Muted(ids=ids):
            until = slack_date(change.until, now)
            return _("🔕 {user} muted {what} here until {time}.").format(user=user, what=_orders(ids), time=until)
        case Unmuted():
            return _unmuted(user, change)
        case WatchingAll():
            return _watching(user, change)
        case StoppedAll():
            return _stopped(user, change)
        case SettingsChanged():
            return _changed(user, change, now)
        case _:
            return ""


def _acted(user: str, change: OrdersChanged) -> str:
    words = {
        "paid": _("💴 {user} submitted {orders} for payment."),
        "cancelled": _("✖️ {user} cancelled {orders}."),
        "received": _("📬 {user} confirmed the receipt of {orders}."),
        "moved": _("🏬 {user} changed the warehouse of {orders}."),
    }.get(change.act, "")
    return words.format(user=user, orders=_orders(change.ids))


def _orders(ids: Sequence[str]) -> str:
    if not ids:
        return _("all updates")
    named, unnamed = [code(order_id) for order_id in ids[:MAX_NAMED]], len(ids) - MAX_NAMED
    return listed([*named, ngettext("{n} more", "{n} more", unnamed).format(n=unnamed)] if unnamed > 0 else named)


def _unmuted(user: str, change: Unmuted) -> str:
    if change.still:
        words = _("🔔 {user} unmuted all other updates here. Still muted: {orders}")
        return words.format(user=user, orders=_orders(change.still))
    return _("🔔 {user} unmuted {what} here.").format(user=user, what=_orders(change.ids))


def _watching(user: str, change: WatchingAll) -> str:
    n, news = change.orders, filter_words(change.filter or "")
    words = ngettext(
        "👀 {user} watches {orders} here: {n} now, new ones are added automatically. Posts: {filter}.",
        "👀 {user} watches {orders} here: {n} now, new ones are added automatically. Posts: {filter}.",
        n,
    )
    return words.format(user=user, orders=_all_orders(change.status), n=n, filter=news)


def _stopped(user: str, change: StoppedAll) -> str:
    words = _("👋 {user} stopped watching {orders} here.").format(user=user, orders=_all_orders(change.status))
    still = _("Still watched: {orders}").format(orders=listed(_all_orders(status) for status in change.still))
    return sentences([words, still]) if change.still else words


def _all_orders(status: str) -> str:
    return bracketed(_("all orders"), f"`{status}`" if status else "")


def _refund(change: RefundRequested) -> str:
    words = _("💸 {user} asked for a refund of {amount}: {product} · {order}")
    if change.with_return:
        words = _("💸 {user} asked to return and refund {amount}: {product} · {order}")
    title = escape(truncate(change.title, TITLE)) or _("(no title)")
    order, amount = short_name(OrderRef.from_key(change.key)), yuan(change.fen)
    return words.format(user=name(change.by), amount=f"*{amount}*", product=title, order=order)


def _changed(user: str, change: SettingsChanged, now: datetime) -> str:
    """The settings that differ from the former ones, each on a line."""
    before = settings_lines(change.former, None, now)
    changes = [setting for setting in settings_lines(change.settings, None, now) if setting not in before]
    changes += _filters(change)
    heading = _("⚙️ {user} changed the settings here.").format(user=user)
    return "\n".join([heading, *(f"• {change}" for change in changes)])


def _filters(change: SettingsChanged) -> list[str]:
    if not change.filter_all:
        return []
    n, words = sum(map(len, change.former_filters.values())), filter_words(change.filter_all)
    watched = ngettext("{n} order already watched: {filter}", "{n} orders already watched: {filter}", n)
    lines = [watched.format(n=n, filter=words)] if n else []
    return lines + ([f"`watch all`: {words}"] if change.former_subscriptions else [])
