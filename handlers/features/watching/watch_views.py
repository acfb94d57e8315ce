"""The answers to ``watch`` and ``unwatch``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.error_messages import BETWEEN_PEOPLE, channel_error
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.labels import platform_name
from handlers.blocks.message import Layout, Message
from handlers.blocks.parts import (
    display_name,
    filter_words,
    in_channel,
    order_name,
    ref_of,
    run_button,
    short_name,
    standing_in,
    title_of,
)
from handlers.blocks.punctuation import listed, sentences
from handlers.blocks.text import code, sanitize_id, short_id
from handlers.interactions.ports import WatchOutcome, WatchResult
from handlers.posts.change_lines import changed_since
from storage.watch import WatchState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blocks.message import Block
    from handlers.wire.requests import WatchOrders
    from storage.watch import Watch

SHOWN = 12  # orders named in one answer; the others are counted


def outcomes(
    results: list[WatchOutcome], channel: str, typed_in: str = "", *, again: WatchOrders | None = None
) -> Message:
    """Show the outcome for each id. Undo stops only the watches that this command started.

    ``typed_in``: the channel as a person types it; empty: the channel in which they read this. ``again``: the command,
    which Try again repeats for the orders that PandaPon did not give. Where a watch began, Undo stands in its place.
    """
    started = [outcome for outcome in results if outcome.result in {WatchResult.WATCHING, WatchResult.QUEUED}]
    filters = _filters(results)
    buttons = _undo(started) or _try_again(results, again)
    layout = Layout(tail=[*_what_follows(results, filters, typed_in), *el.actions(buttons)])
    if started:
        heading = ngettext("Watching {n} order {where}", "Watching {n} orders {where}", len(started))
        layout.add(el.section(f"👀 *{heading.format(n=len(started), where=in_channel(channel))}*"))
    shown = [outcome for outcome in results if not _is_in_list(outcome)]
    lines = [_outcome(outcome, channel, is_mixed=len(filters) > 1) for outcome in shown]
    distinct = {line: None for line in lines if line}
    for line in [*list(distinct)[: SHOWN + 13], *_elsewhere(results)]:
        if not layout.add(el.section(line)):
            break
    return el.message(layout.blocks)


def _is_in_list(outcome: WatchOutcome) -> bool:
    """Whether a list of new watches in the channel names this one, so that the answer need not repeat it."""
    watch = outcome.watch
    return outcome.result is WatchResult.WATCHING and watch is not None and not watch.card_ts


def _elsewhere(results: list[WatchOutcome]) -> list[str]:
    """Recommend the command that watches orders in a channel, for those that a direct message cannot watch."""
    ids = [sanitize_id(outcome.order_id) for outcome in results if outcome.reason == BETWEEN_PEOPLE]
    command = code(f"/panda watch {' '.join(ids)} in #orders", 1500)
    return [_("Try: {command}").format(command=command)] if ids else []


def ended(watches: list[Watch], channel: str, missing: Sequence[str], typed_in: str = "") -> Message:
    """Name the orders whose watches ended, with Undo; and the ids that were not watched. ``typed_in``: see outcomes."""
    blocks: list[Block] = []
    if watches:
        heading = ngettext(
            "*Stopped watching {n} order {where}*", "*Stopped watching {n} orders {where}*", len(watches)
        )
        blocks.append(
            el.section("\n".join([heading.format(n=len(watches), where=in_channel(channel)), *_names(watches)]))
        )
    if missing:
        unknown = ngettext("{ids} was not watched {where}.", "{ids} were not watched {where}.", len(missing)).format(
            ids=_ids(missing), where=in_channel(channel)
        )
        shows = _("{command} shows what is.").format(command=code(_command("watches", typed_in=typed_in)))
        blocks.append(el.section(sentences([unknown, shows])))
    if watches:
        at = watches[0].ended_at
        value = _numbers(watches) + (f" {at.isoformat()}" if at else "")
        blocks += el.actions([el.button(_("Undo"), f"{action_ids.UNDO_UNWATCH}:1", value)])
    return el.message(blocks or [el.section(_("Nothing was watched, so nothing was stopped."))])


def _numbers(watches: Sequence[Watch]) -> str:
    return ",".join(str(watch.id) for watch in watches)


def restored(watches: list[Watch], channel: str) -> Message:
    """Name the orders whose watches Undo restored."""
    if not watches:
        return changed_since()
    heading = ngettext("*Watching {n} order {where} again*", "*Watching {n} orders {where} again*", len(watches))
    return el.message(
        [el.section("\n".join([heading.format(n=len(watches), where=in_channel(channel)), *_names(watches)]))]
    )


def resumed(watch: Watch | None) -> Message:
    """Confirm that a paused watch posts again. ``watch`` None or ended: nothing posts any more."""
    if watch is None or watch.state is WatchState.ENDED:
        return el.message(
            [el.section(_("That order is no longer watched. {command} starts again.").format(command="`/panda watch`"))]
        )
    text = _("Updates of {order} are posted {where} again.").format(
        order=display_name(watch.order, ref_of(watch)), where=in_channel(watch.channel)
    )
    return el.message([el.section(text)])


def _outcome(outcome: WatchOutcome, channel: str, *, is_mixed: bool) -> str:
    """The outcome for an id, in one line. ``is_mixed``: the watches' filters differ, so each line names its own."""
    shown = f"`{sanitize_id(outcome.order_id)}`"
    match outcome.result:
        case WatchResult.WATCHING | WatchResult.QUEUED | WatchResult.ALREADY | WatchResult.FILTER_CHANGED:
            return _watched_line(outcome, shown, is_mixed=is_mixed)
        case WatchResult.NOT_FOUND:
            return _("❌ {id}: no order or parcel with this number in your account. Check the number.").format(id=shown)
        case WatchResult.OTHER_PLATFORM:
            return _other_platform(outcome, shown)
        case WatchResult.UNAVAILABLE:
            return _("⚠️ {id} is not watched yet. {reason}").format(id=shown, reason=outcome.reason)
        case WatchResult.REFUSED:
            return _("❌ {id}: {reason}").format(id=shown, reason=channel_error(outcome.reason, channel))


def _watched_line(outcome: WatchOutcome, shown: str, *, is_mixed: bool) -> str:
    standing = standing_in(outcome.snapshot, outcome.snapshot.read_at) if outcome.snapshot else None
    title = title_of(outcome.snapshot.order, 60) if outcome.snapshot else ""
    state = standing.state if standing else f"👀 {shown}"
    filter_ = filter_words(outcome.watch.filter if outcome.watch else "")
    notes = {
        WatchResult.WATCHING: filter_ if is_mixed else "",
        WatchResult.QUEUED: _queued(outcome.reason),
        WatchResult.ALREADY: _("already watched ({filter})").format(filter=filter_),
        WatchResult.FILTER_CHANGED: _("already watched, now with {filter}").format(filter=filter_),
    }
    ids = (short_id(outcome.order_id) if title else shown) if standing else ""
    return " · ".join(part for part in (state, title, ids, notes.get(outcome.result, "")) if part)


def _queued(reason: str) -> str:
    if not reason:
        return _("its card will follow; Slack is slow right now")
    return _("its card will follow; Slack does not take it yet ({code}), and I keep trying").format(code=code(reason))


def _other_platform(outcome: WatchOutcome, shown: str) -> str:
    if outcome.platform is None:
        return _("❌ {id} is an order of the other platform.").format(id=shown)
    command = f"`/panda watch {sanitize_id(outcome.order_id)} --{outcome.platform.value}`"
    return _("❌ {id} is an order of {platform}. Try {command}").format(
        id=shown, platform=platform_name(outcome.platform), command=command
    )


def _live_outcomes(results: list[WatchOutcome]) -> list[WatchOutcome]:
    return [outcome for outcome in results if outcome.watch and outcome.watch.state is not WatchState.ENDED]


def _filters(results: list[WatchOutcome]) -> list[str]:
    """The filters of the live watches, in words, each once."""
    watches = [outcome.watch for outcome in _live_outcomes(results) if outcome.watch]
    return list(dict.fromkeys(filter_words(watch.filter) for watch in watches))


def _what_follows(results: list[WatchOutcome], filters: list[str], typed_in: str) -> list[Block]:
    """Say which updates come, and where all watches are listed. Buttons of the answer and the card stop a watch."""
    if not _live_outcomes(results):
        return []
    comes = _("You'll get {filter}.").format(filter=filters[0]) if len(filters) == 1 else ""
    see = _("See all: {command}").format(command=code(_command("watches", typed_in=typed_in)))
    return [el.context(sentences([comes, see]))]


def _command(verb: str, order_id: str = "", typed_in: str = "") -> str:
    return " ".join(word for word in ("/panda", verb, order_id, typed_in and f"in {typed_in}") if word)


def _undo(started: list[WatchOutcome]) -> list[Block]:
    value = _numbers([outcome.watch for outcome in started if outcome.watch])
    return [el.button(_("Undo"), f"{action_ids.END_NEW}:1", value)] if value else []


def _try_again(results: list[WatchOutcome], again: WatchOrders | None) -> list[Block]:
    ids = tuple(outcome.order_id for outcome in results if outcome.result is WatchResult.UNAVAILABLE)
    return [run_button(_("Try again"), 1, replace(again, ids=ids))] if ids and again else []


def _names(watches: Sequence[Watch]) -> list[str]:
    lines = []
    for watch in watches[:SHOWN]:
        ref, title = ref_of(watch), title_of(watch.order, 60)
        lines.append(f"• {title} · {short_name(ref)}" if title else f"• {order_name(ref)}")
    if len(watches) > SHOWN:
        lines.append(_("• and {n} more").format(n=len(watches) - SHOWN))
    return lines


def _ids(ids: Sequence[str]) -> str:
    shown = listed(f"`{sanitize_id(order_id)}`" for order_id in ids[:SHOWN])
    return shown if len(ids) <= SHOWN else _("{ids} and {n} more").format(ids=shown, n=len(ids) - SHOWN)
