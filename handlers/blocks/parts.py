"""Lines and buttons that several messages share: the order's name, the age of the data, a trace entry, commands."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from handlers.blocks import action_ids, carriers
from handlers.blocks import elements as el
from handlers.blocks.gloss import beside
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.labels import platform_name
from handlers.blocks.people import name
from handlers.blocks.punctuation import bracketed
from handlers.blocks.standing import of_milestone, standing
from handlers.blocks.text import (
    ago,
    escape,
    money,
    sanitize_id,
    short_id,
    slack_date,
    truncate,
    truncate_mrkdwn,
)
from handlers.wire.requests import Unwatch
from pandapon.markup import plain
from pandapon.shipment import OrderRef
from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from handlers.blocks.message import Block
    from handlers.blocks.standing import Standing
    from handlers.wire.requests import Request
    from pandapon.models import Order
    from pandapon.shipment import Node, Parcel
    from storage.watch import Watch
    from tracking.orders import OrderSnapshot

_PIECES = frozenset({"", "件", "个", "只", "pc", "pcs", "piece", "pieces"})  # units of single pieces
LINE = 400  # characters of one trace entry; the longest real ones have about 150
PARAGRAPH = 2800  # characters of trace entries in one section


def order_name(ref: OrderRef) -> str:
    """An order's platform and whole id in words."""
    return _("{platform} order {id}").format(platform=platform_name(ref.platform), id=sanitize_id(ref.order_id))


def short_name(ref: OrderRef) -> str:
    """An order's platform and short id: ``1688 …880794``."""
    return f"{platform_name(ref.platform)} {short_id(ref.order_id)}"


def title_of(order: Order | None, limit: int = 80) -> str:
    """The title of an order's first item and the number of the others, as Slack text; empty where no title is known."""
    title, others = _titles(order, limit)
    return escape(title) + others if title else ""


def called(order: Order | None, ref: OrderRef, limit: int = 80) -> str:
    """The name by which people know an order, as Slack text: its title, or its short id where no title is known."""
    return title_of(order, limit) or short_name(ref)


def heading(standing: Standing, order: Order | None, ref: OrderRef) -> str:
    """State and title of an order, for a header: plain text, not Slack text."""
    title, others = _titles(order, 100)
    return f"{standing.state} · {title + others if title else short_name(ref)}"


def _titles(order: Order | None, limit: int) -> tuple[str, str]:
    titles = [item.title for item in order.items if item.title] if order else []
    return (truncate(titles[0], limit), f" +{len(titles) - 1}" if titles[1:] else "") if titles else ("", "")


def facts_of(order: Order | None, ref: OrderRef) -> list[str]:
    """Short id, seller, amount and quantity of an order, as Slack text; those that are not known are left out."""
    if order is None:
        return [short_name(ref)]
    amount = money(order.total_amount) if order.total_amount is not None else ""
    facts = (short_name(ref), escape(truncate(order.seller, 24)), amount, _quantity(order))
    return [fact for fact in facts if fact]


def _quantity(order: Order) -> str:
    """How many pieces the order has; empty where a line does not say, or counts in another unit."""
    counts = [item.quantity for item in order.items]
    units = {item.unit.strip().casefold() for item in order.items}
    known = [count for count in counts if count is not None]
    if not known or len(known) < len(counts) or not units <= _PIECES:
        return ""
    total = sum(known, Decimal())
    return ngettext("{n} pc", "{n} pcs", 1 if total == 1 else 2).format(n=f"{total.normalize():f}")


def standing_of(watch: Watch, now: datetime | None) -> Standing:
    """The standing of the order that a watch follows. ``now``: see :func:`standing`."""
    return standing(watch.milestone, watch.order, reason=watch.order_reason, pick_up_by=watch.pick_up_by, now=now)


def standing_in(snapshot: OrderSnapshot, now: datetime | None) -> Standing:
    """The standing of an order as it was read. ``now``: see :func:`standing`."""
    return standing(snapshot.milestone, snapshot.order, snapshot.shipment.parcels, now=now)


def ref_of(watch: Watch) -> OrderRef:
    """The order that a watch follows."""
    return OrderRef.from_key(watch.key)


def freshness(read_at: datetime | None, stale_since: datetime | None, now: datetime, *, relative: bool = True) -> str:
    """How old the data is, as Slack text.

    ``stale_since``: when PandaPon stopped answering; None while it answers. ``relative``: add "5 min ago", for messages
    that are read at once; in a message that stays, such words become wrong.
    """
    time = slack_date(read_at, now) if read_at else _("an unknown time")
    if relative and read_at:
        time = bracketed(time, ago(now - read_at))
    if stale_since is None:
        return _("As of {time}").format(time=time)
    return _("⚠️ PandaPon hasn't responded since {since}. Last known status, from {time}").format(
        since=slack_date(stale_since, now), time=time
    )


def freshness_of(snapshot: OrderSnapshot, now: datetime, *, relative: bool = True) -> str:
    """How old a snapshot is; see :func:`freshness`."""
    return freshness(snapshot.read_at, snapshot.stale_since, now, relative=relative)


def parcel_name(parcel: Parcel) -> str:
    """A parcel's tracking number, and its carrier where that is known, linked to the carrier's page."""
    carrier = carrier_link(parcel)
    return f"`{sanitize_id(parcel.waybill)}`" + (f" · {carrier}" if carrier else "")


def carrier_link(parcel: Parcel, number: str = "") -> str:
    """A parcel's carrier with a link to its page, as Slack text; empty where the carrier is not known.

    ``number``: shown behind the carrier's name, or alone where it begins with that name, as SF's numbers do. A carrier
    that only the number's shape suggests is marked: ``ZTO?``.
    """
    name = carriers.short_name(parcel.carrier, parcel.waybill)
    if name and number.upper().startswith(name.upper()):
        name = ""
    shown = f"{name} {number}".strip()
    return el.link(carriers.page_of(parcel), shown)


def node_line(node: Node, now: datetime, words: str = "") -> str:
    """One trace entry: its time, words and place. ``words``: in place of :func:`node_words`."""
    return f"{node_time(node, now)} · {words or node_words(node)}"


def node_time(node: Node, now: datetime) -> str:
    """The time of a trace entry, as Slack text. One that cannot be read is shown as the courier sent it."""
    if node.at and node.is_timed:
        return slack_date(node.at, now)
    return escape(truncate(node.raw_time, 40)) or _("time unknown")


def node_words(node: Node, told: Sequence[str] = (), *, with_sign: bool = True) -> str:
    """The sign of a trace entry's milestone, its words and its place, as Slack text.

    ``told``: words of a line above, which the gloss does not repeat.
    """
    sign = f"{of_milestone(node.milestone).sign} " if node.milestone and with_sign else ""
    words = _words(node, told)
    place = escape(truncate(plain(node.place), 60))
    return truncate_mrkdwn(f"{sign}{words}" + (f" · {place}" if place and place not in words else ""), LINE + 250)


def _words(node: Node, told: Sequence[str]) -> str:
    """A trace entry in the courier's words, as Slack text, behind their gloss."""
    words = escape(truncate(node.shown, LINE)) or escape(truncate(node.code, 40)) or _("(no words)")
    return beside(words, node.text, told)


def newest_first(nodes: tuple[Node, ...]) -> list[Node]:
    """The nodes by time and then by sequence, the newest first; nodes without a time last."""
    return sorted(
        nodes, key=lambda node: (node.at is not None, node.at and node.at.timestamp(), node.sequence), reverse=True
    )


def filter_words(filter_: str) -> str:
    """The updates that a filter lets through, in words."""
    words: dict[str, str] = {
        Filter.ALL: _("all updates"),
        Filter.MILESTONES: _("milestones and problems"),
        Filter.PROBLEMS: _("problems only"),
    }
    return words.get(filter_) or escape(filter_)


def muted_line(by: str, until: datetime, now: datetime) -> str:
    """Until when updates are muted, and who muted them."""
    return _("🔕 Muted by {user} until {time}").format(user=name(by), time=slack_date(until, now))


def here(channel: str) -> str:
    """The place: "in #channel", or "here" for a direct message, which has no name."""
    mention = el.channel(channel)
    return _("in {channel}").format(channel=mention) if mention else _("here")


def unwatch_button(text: str, watch: Watch, number: int = 1) -> Block:
    """A button that ends one watch, whichever message or channel it is pressed in."""
    value = Unwatch((ref_of(watch).order_id,), watch.channel or None).command()
    return el.button(text, f"{action_ids.UNWATCH_HERE}:{number}", value)


def run_button(text: str, number: int, request: Request) -> Block:
    """A button that runs a command and puts its answer in the place of the message. ``number`` keeps ids unique."""
    return el.button(text, f"{action_ids.RUN}{number}", request.command())


def run_option(text: str, request: Request) -> tuple[str, str]:
    """An option of a menu that runs a command; the answer is shown to the person alone, and the message stays."""
    return text, request.command()


def form_option(text: str, opener: str, value: str) -> tuple[str, str]:
    """An option of a menu that opens a form, as the button with the id ``opener`` and this value does."""
    return text, f"{opener} {value}"


def show_button(text: str, number: int, request: Request) -> Block:
    """A button that runs a command and shows its answer to the person alone; the message stays as it is."""
    return el.button(text, f"{action_ids.SHOW}{number}", request.command())


def paragraphs(lines: Iterable[str]) -> list[list[str]]:
    """Lines gathered into paragraphs, each short enough for one section."""
    chunks: list[list[str]] = []
    room = 0
    for line in lines:
        if len(line) + 1 > room:
            chunks.append([])
            room = PARAGRAPH
        chunks[-1].append(line)
        room -= len(line) + 1
    return chunks
