"""The answers to ``watch all`` and ``unwatch all``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.order_states import caveat
from handlers.blocks.parts import filter_words, in_channel, run_button
from handlers.blocks.punctuation import clauses
from handlers.blocks.text import code
from handlers.wire.requests import UnwatchAll, WatchAll
from pandapon.shipment import Platform
from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Sized

    from handlers.blocks.message import Block, Message
    from handlers.interactions.ports import WatchAllResult
    from storage.subscription import Subscription


def watching(
    channel: str,
    status: str,
    filter_: Filter,
    joined: WatchAllResult,
    other_filters: Mapping[Filter, Sized] | None = None,
) -> Message:
    """Say that every order is watched from now on, how many joined, and how many follow later or never.

    ``other_filters``: by filter, the channel's earlier watches that have another filter than this one.
    """
    heading = _head(joined, status).format(where=in_channel(channel), state=f"`{status}`", counts=_counts(joined))
    lines = [
        heading,
        _("New ones are added automatically. An order's card is posted with its first update."),
        _("Posts: {filter}").format(filter=filter_words(filter_)),
    ]
    lines += [_keeps(other, len(watches)) for other, watches in (other_filters or {}).items()]
    buttons = [_for_all(channel, filter_)] if other_filters and channel else []
    buttons.append(run_button(_("Stop watching all"), 1, UnwatchAll(channel or None)))
    note = caveat(status, list(Platform))
    return el.message([el.section("\n".join(lines)), *([el.context(note)] if note else []), *el.actions(buttons)])


def _keeps(filter_: Filter, n: int) -> str:
    words = ngettext(
        "{n} order watched here before still posts: {filter}.",
        "{n} orders watched here before still post: {filter}.",
        n,
    )
    return words.format(n=n, filter=filter_words(filter_))


def _for_all(channel: str, filter_: Filter) -> Block:
    label = {
        Filter.ALL: _("All updates for all orders here"),
        Filter.MILESTONES: _("Milestones and problems for all orders here"),
        Filter.PROBLEMS: _("Problems only for all orders here"),
    }[filter_]
    return el.button(label, f"{action_ids.FILTER_ALL}:1", f"{channel} {filter_}")


def filtered(filter_: Filter) -> Message:
    """Confirm that all watches of a channel have the same filter now."""
    words = _("All orders watched here now post: {filter}.").format(filter=filter_words(filter_))
    return el.message([el.section(f"✅ {words}")])


def _head(joined: WatchAllResult, status: str) -> str:
    if joined.never and not status:  # the heading with "all" would not be true
        return _("👀 *Watching orders {where}:* {counts}.")
    if not joined.is_new:
        of_all = _("👀 *Still watching all orders {where}:* {counts}.")
        return _("👀 *Still watching all {state} orders {where}:* {counts}.") if status else of_all
    of_all = _("👀 *Watching all orders {where}:* {counts}.")
    return _("👀 *Watching all {state} orders {where}:* {counts}.") if status else of_all


def _counts(joined: WatchAllResult) -> str:
    counts = [ngettext("{n} added now", "{n} added now", joined.count).format(n=joined.count)]
    if joined.later:
        words = ngettext("{n} more in the next minutes", "{n} more in the next minutes", joined.later)
        counts.append(words.format(n=joined.later))
    if joined.never:
        words = ngettext("{n} older one is not watched", "{n} older ones are not watched", joined.never)
        counts.append(words.format(n=joined.never))
    return clauses(counts)


def ended(channel: str, subscriptions: Sequence[Subscription], watches: int) -> Message:
    """Say how many watches ended with these ``watch all``.

    A button starts a single ``watch all`` again as it was. Several come back by Undo in the channel's line about them.
    """
    if not subscriptions:
        return el.message([el.section(_("`watch all` isn't on {where}.").format(where=in_channel(channel)))])
    single = subscriptions[0] if len(subscriptions) == 1 else None
    status, again = (single.status, [_again(single, channel)]) if single else ("", [])
    return el.message(
        [
            el.section(_ended(status, watches).format(where=in_channel(channel), n=watches, state=code(status))),
            el.context(_("Orders that somebody watched by ID are still watched.")),
            *el.actions(again),
        ]
    )


def _ended(status: str, watches: int) -> str:
    if status:
        return ngettext(
            "*Stopped watching all {state} orders {where}*: {n} order is no longer watched.",
            "*Stopped watching all {state} orders {where}*: {n} orders are no longer watched.",
            watches,
        )
    return ngettext(
        "*Stopped watching all orders {where}*: {n} order is no longer watched.",
        "*Stopped watching all orders {where}*: {n} orders are no longer watched.",
        watches,
    )


def _again(subscription: Subscription, channel: str) -> Block:
    request = WatchAll(channel or None, subscription.status, subscription.filter)
    return run_button(_("Watch all again"), 1, request)
