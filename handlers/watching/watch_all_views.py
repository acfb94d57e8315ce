"""The answers to ``watch all`` and ``unwatch all``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.order_states import caveat
from handlers.blocks.parts import filter_words, here, run_button
from handlers.requests import UnwatchAll, WatchAll
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from handlers.blocks.message import Message
    from handlers.interactions.ports import Joined


def watching(channel: str, status: str, filter_: str, joined: Joined) -> Message:
    """Say that every order is watched from now on, how many joined, and how many follow later or never."""
    head = _all_or_most(joined)
    counts = ngettext("{n} order joined now", "{n} orders joined now", joined.count).format(n=joined.count)
    if joined.later:
        counts += "; " + ngettext(
            "{n} more is looked through in the next minutes",
            "{n} more are looked through in the next minutes",
            joined.later,
        ).format(n=joined.later)
    if joined.never:
        counts += "; " + ngettext(
            "{n} older one is more than I look through, and is not watched",
            "{n} older ones are more than I look through, and are not watched",
            joined.never,
        ).format(n=joined.never)
    lines = [
        head.format(where=here(channel)) + (f" (`{status}`)" if status else ""),
        _("{joined}; new ones join automatically. An order's card is posted with its first news.").format(
            joined=counts
        ),
        _("Posts: {filter}").format(filter=filter_words(filter_)),
    ]
    stop = run_button(_("Stop watching all"), 1, UnwatchAll(channel or None))
    note = caveat(status, list(Platform))
    return el.message([el.section("\n".join(lines)), *([el.context(note)] if note else []), *el.actions([stop])])


def _all_or_most(joined: Joined) -> str:
    if not joined.is_new:
        return _("👀 *Still watching all {where}*")
    if joined.later or joined.never:
        return _("👀 *The orders of the account are watched {where}*")
    return _("👀 *Every order of the account is watched {where}*")


def ended(channel: str, subscriptions: int, watches: int) -> Message:
    """Say how many watches ended with ``watch all``. ``subscriptions``: how many of these ended; 0: there was none."""
    if not subscriptions:
        return el.message([el.section(_("There was no `watch all` {where}.").format(where=here(channel)))])
    words = ngettext(
        "*Stopped watching all {where}*; {n} order is no longer followed.",
        "*Stopped watching all {where}*; {n} orders are no longer followed.",
        watches,
    )
    return el.message(
        [
            el.section(words.format(where=here(channel), n=watches)),
            el.context(_("Orders that somebody watched by id stay watched.")),
            *el.actions([run_button(_("Watch all again"), 1, WatchAll(channel or None))]),
        ]
    )
