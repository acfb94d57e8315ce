"""The answers to the message shortcuts that track or watch orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.error_messages import platform_error
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.message import Layout
from handlers.blocks.parts import (
    display_name,
    freshness_of,
    newest_first,
    node_line,
    order_name,
    run_button,
    standing_in,
)
from handlers.blocks.text import sanitize_id
from handlers.wire.errors import UnknownOrderError
from handlers.wire.requests import Track
from tracking.orders import OrderSnapshot

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from handlers.blocks.message import Block, Message
    from handlers.parsing.message_ids import MessageIds
    from pandapon.errors import PandaPonError

NAMED = 25  # skipped ids that are listed; one watch command takes as many


def tracked(
    mentioned: MessageIds,
    outcomes: Mapping[str, OrderSnapshot | UnknownOrderError | PandaPonError],
    now: datetime,
    *,
    verb: str = "track",
) -> Message:
    """Show a paragraph for each order in the message, with a button that tracks it, and for each id without an order.

    The skipped ids follow as a list. ``outcomes``: by id, the order or the error. ``verb``: the command to recommend if
    the message has no id.
    """
    if not mentioned.ids:
        return el.message([el.section(_nothing(verb))])
    heading = ngettext("*{n} shipment in that message*", "*{n} shipments in that message*", len(mentioned.ids))
    tail = skipped(mentioned).blocks if mentioned.skipped else []
    layout = Layout([el.section(heading.format(n=len(mentioned.ids)))], tail=tail)
    shown: set[str] = set()
    for number, (text, outcome) in enumerate(outcomes.items(), 1):
        key = outcome.ref.key if isinstance(outcome, OrderSnapshot) else text
        if key in shown:  # the message names both an order and its waybill
            continue
        shown.add(key)
        if not layout.add(_paragraph(text, outcome, number, now)):
            break
    return el.message(layout.blocks)


def skipped(mentioned: MessageIds) -> Message:
    """List the ids beyond the first ten, so that the person can copy them into a command."""
    n = len(mentioned.skipped)
    words = ngettext(
        "Ten at a time, so {n} more ID in that message was skipped: {ids}",
        "Ten at a time, so {n} more IDs in that message were skipped: {ids}",
        n,
    )
    ids = " ".join(f"`{sanitize_id(text)}`" for text in mentioned.skipped[:NAMED])
    return el.message([el.context(words.format(n=n, ids=ids) + (" …" if n > NAMED else ""))])


def _nothing(verb: str) -> str:
    return _(
        "I found no order ID or tracking number in that message. Order IDs have 12 to 20 digits. "
        "You can also name one yourself: {command}"
    ).format(command=f"`/panda {verb} 2542285634920880794`")


def _paragraph(
    text: str, outcome: OrderSnapshot | UnknownOrderError | PandaPonError, number: int, now: datetime
) -> Block:
    if isinstance(outcome, OrderSnapshot):
        return el.section(
            _state(outcome, now), run_button(_("Details"), number, Track(outcome.ref.order_id, outcome.ref.platform))
        )
    name = f"`{sanitize_id(text)}`"
    if isinstance(outcome, UnknownOrderError):
        return el.section(_("🔍 {id}: no order or parcel of this account.").format(id=name))
    return el.section(_("⚠️ {id}: {error}").format(id=name, error=platform_error(outcome)))


def _state(snapshot: OrderSnapshot, now: datetime) -> str:
    nodes = newest_first(snapshot.shipment.nodes)
    lines = [f"{standing_in(snapshot, now).headline} · {display_name(snapshot.order, snapshot.ref, 60)}"]
    lines += [node_line(nodes[0], now)] if nodes else []
    lines.append(order_name(snapshot.ref))
    lines += [freshness_of(snapshot, now)] if snapshot.stale_since else []
    return "\n".join(lines)
