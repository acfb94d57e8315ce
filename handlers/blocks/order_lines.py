"""One line for each order of a list: its state, its title as a link to its card, and its id."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.parts import ref_of, short_name
from handlers.blocks.punctuation import bracketed, listed
from handlers.blocks.text import END_OF_ISOLATE, ISOLATE, sanitize_id, short_id, truncate
from tracking.attention import Group

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from handlers.blocks.links import Links
    from handlers.blocks.message import Block
    from handlers.blocks.standing import Standing
    from pandapon.models import Order
    from pandapon.shipment import OrderRef
    from storage.watch import Watch

TITLE = 40  # characters of a title
NAMED = 10  # orders that are named where a group is collapsed
LINES, PARAGRAPH = 12, 2800  # lines and characters in one paragraph; Slack takes 3000 characters
_RIGHT_TO_LEFT = frozenset({"R", "AL"})


@dataclass(frozen=True, slots=True)
class Title:
    """The title of an order in a list, and the link to its card."""

    ref: OrderRef
    first: str  # the title of the first item, as sent; empty: the platform and the id are shown instead
    items: int = 1
    link: str = ""  # empty: there is no card yet, or its address is not known

    @property
    def linked(self) -> str:
        """The title as a link to the card, and how many items there are beside the first, as Slack text."""
        words = truncate(self.first, TITLE) if self.first else short_name(self.ref)
        count = f" +{self.items - 1}" if self.items > 1 and self.first else ""
        return isolate(el.link(self.link, words), words) + count

    @property
    def number(self) -> str:
        """The id beside the title: the whole id without a link, and empty where the id is already the title."""
        if not self.link:
            return f"`{sanitize_id(self.ref.order_id)}`"
        return short_id(self.ref.order_id) if self.first else ""


def title_in(watch: Watch, links: Links) -> Title:
    """The title of a watched order, with the link to the watch's card."""
    return Title(ref_of(watch), *first_title(watch.order), links.to(watch.channel, watch.card_ts))


def order_line(standing: Standing, title: Title, notes: Sequence[str] = ()) -> str:
    """``🚚 *In transit* · <link|title> +1 · …880794``, then the reason of a problem and the ``notes``."""
    state = bracketed(standing.bold, standing.part)
    parts = (state, title.linked, title.number, standing.reason, *notes)
    return " · ".join(part for part in parts if part)


def group_name(group: Group) -> str:
    """A group of orders in words."""
    return {
        Group.ATTENTION: _("Needs attention"),
        Group.WAITING: _("Not shipped yet"),
        Group.ON_THE_WAY: _("On the way"),
        Group.DELIVERED: _("Delivered"),
    }[group]


def collapsed_line(heading: str, titles: Sequence[str], n: int) -> str:
    """One line for a group: its heading and the first titles. ``n``: all orders of the group, named or not."""
    if not titles:
        return heading
    named = [*titles[:NAMED]]
    if unnamed := n - len(named):
        named.append(ngettext("{n} more", "{n} more", unnamed).format(n=unnamed))
    return _("{heading}: {titles}").format(heading=heading, titles=listed(named))


def first_title(order: Order | None) -> tuple[str, int]:
    """The title of an order's first item that has one, as sent, and the number of its items; ``("", 1)``: unknown."""
    titles = [item.title for item in order.items if item.title.strip()] if order else []
    return (titles[0], len(titles)) if titles else ("", 1)


def sections(lines: Sequence[str]) -> Iterator[Block]:
    """The lines as section blocks of some lines each, within Slack's limits."""
    paragraph: list[str] = []
    for line in lines:
        if paragraph and (len(paragraph) == LINES or sum(map(len, paragraph)) + len(line) > PARAGRAPH):
            yield el.section("\n".join(paragraph))
            paragraph = []
        paragraph.append(line)
    if paragraph:
        yield el.section("\n".join(paragraph))


def isolate(marked: str, words: str) -> str:
    """``marked`` between Unicode's isolates if its ``words`` have letters that are written from right to left.

    Without the isolates, the ids and signs around such a title would change places.
    """
    is_mixed = any(unicodedata.bidirectional(sign) in _RIGHT_TO_LEFT for sign in words)
    return f"{ISOLATE}{marked}{END_OF_ISOLATE}" if is_mixed else marked
