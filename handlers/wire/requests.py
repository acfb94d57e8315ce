"""Requests: a table of the commands that a person can give, as values, each with its text after ``/panda``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from handlers.wire.command_text import (
    back_option,
    channel_words,
    duration,
    free_text,
    joined,
    keyword_words,
    page_option,
    platform_option,
    sort_and_price_options,
)

if TYPE_CHECKING:
    from decimal import Decimal

    from pandapon.products import ProductRef
    from pandapon.shipment import Platform
    from tracking.attention import Group
    from tracking.values import Filter

MUTE_FOR = timedelta(hours=24)
FILTER_TEXT = 40  # characters of a text filter; a button that leads back to the list must hold it, escaped twice


class Request(Protocol):
    """A request of a person."""

    def command(self) -> str:
        """The canonical text after ``/panda``, escaped as Slack sends it. The registry reads it as the same request."""
        ...


@dataclass(frozen=True, slots=True)
class Search:
    """Find goods. Prices are yuan; ``platform`` None: both."""

    keyword: str
    platform: Platform | None = None
    page: int = 1
    sort: str = ""  # "" | "price" | "-price" | "sales"
    price_min: Decimal | None = None
    price_max: Decimal | None = None

    def command(self) -> str:
        """The canonical text."""
        options = sort_and_price_options(self.sort, self.price_min, self.price_max)
        words = ["search", keyword_words(self.keyword), platform_option(self.platform), *options]
        return joined(*words, page_option(self.page))


@dataclass(frozen=True, slots=True)
class SearchPicture:
    """Find products that look like a picture. Prices are yuan; ``platform`` None: both.

    ``picture``: a link to the picture, or the id under which the bot remembers which file in Slack it is; empty: the
    bot asks for a picture. Only 1688 sorts these results and filters them by price, so a request with either names that
    platform.
    """

    picture: str = ""
    platform: Platform | None = None
    page: int = 1
    sort: str = ""  # as in Search
    price_min: Decimal | None = None
    price_max: Decimal | None = None

    def command(self) -> str:
        """The canonical text."""
        options = sort_and_price_options(self.sort, self.price_min, self.price_max)
        words = ["picture", free_text(self.picture), platform_option(self.platform), *options]
        return joined(*words, page_option(self.page))


@dataclass(frozen=True, slots=True)
class ShowProducts:
    """Show one product in detail, or up to four side by side."""

    products: tuple[ProductRef, ...]

    def command(self) -> str:
        """The canonical text."""
        return joined("product", *map(str, self.products))


@dataclass(frozen=True, slots=True)
class ContactSeller:
    """Show how the seller of a product or of an order is reached, and a message to copy.

    Either ``product`` or ``order_id`` is given. ``platform``: the order's; None: the one on which it is found.
    """

    product: ProductRef | None = None
    order_id: str = ""
    platform: Platform | None = None

    def command(self) -> str:
        """The canonical text."""
        return joined("seller", str(self.product or self.order_id), platform_option(self.platform))


@dataclass(frozen=True, slots=True)
class Discover:
    """List 1688's products of one kind: a store's, those similar to a product, or a selection that 1688 makes.

    ``kind``: a key of ``handlers.features.goods.discover.KINDS``. ``about``: the seller's or product's id, or words.
    """

    kind: str
    about: str = ""
    page: int = 1

    def command(self) -> str:
        """The canonical text."""
        return joined("discover", self.kind, free_text(self.about), page_option(self.page))


@dataclass(frozen=True, slots=True)
class ShowCart:
    """Show the carts of both platforms in one list."""

    page: int = 1

    def command(self) -> str:
        """The canonical text."""
        return joined("cart", page_option(self.page))


@dataclass(frozen=True, slots=True)
class CheckCart:
    """Ask which products in Taobao's cart are still on sale."""

    def command(self) -> str:
        """The canonical text."""
        return joined("cart", "check")


@dataclass(frozen=True, slots=True)
class ShowCategories:
    """Show the subcategories of one of 1688's categories. ``category_id``: 0 for the top categories."""

    category_id: str = "0"

    def command(self) -> str:
        """The canonical text."""
        return joined("discover", "category", self.category_id)


@dataclass(frozen=True, slots=True)
class ShowAddresses:
    """Show the account's saved addresses to the person alone. ``is_whole``: whether they are shown unmasked."""

    page: int = 1
    is_whole: bool = False

    def command(self) -> str:
        """The canonical text."""
        return joined("address", "show" if self.is_whole else "", page_option(self.page))


@dataclass(frozen=True, slots=True)
class BuyProducts:
    """Show up to four products and the button that orders them without the cart."""

    products: tuple[ProductRef, ...]

    def command(self) -> str:
        """The canonical text."""
        return joined("buy", *map(str, self.products))


@dataclass(frozen=True, slots=True)
class ActOnOrders:
    """Show orders with the buttons of one act: ``pay``, ``cancel`` or ``receive``. ``ids``: order ids as typed."""

    act: str
    ids: tuple[str, ...]
    platform: Platform | None = None

    def command(self) -> str:
        """The canonical text."""
        return joined(self.act, *self.ids, platform_option(self.platform))


@dataclass(frozen=True, slots=True)
class ShowFreight:
    """Show a product or up to five orders with the buttons for freight abroad.

    ``platform``: the orders' platform; None: either.
    """

    orders: tuple[str, ...] = ()
    product: ProductRef | None = None
    platform: Platform | None = None

    def command(self) -> str:
        """The canonical text."""
        return joined("freight", *self.orders, str(self.product or ""), platform_option(self.platform))


@dataclass(frozen=True, slots=True)
class ShowAudit:
    """Show the changes that people made to the account, the newest first."""

    page: int = 1

    def command(self) -> str:
        """The canonical text."""
        return joined("audit", page_option(self.page))


@dataclass(frozen=True, slots=True)
class ShowApprovals:
    """Show which requests for approvals wait for the person, and what became of their own."""

    def command(self) -> str:
        """The canonical text."""
        return "approvals"


@dataclass(frozen=True, slots=True)
class SetAway:
    """Let another person decide about approvals.

    ``until``: a day as :mod:`handlers.features.approvals.last_day` writes it, such as ``12-05``, ``friday`` or ``7d``.
    """

    delegate: str  # Slack user id
    until: str = ""  # empty: until the person says that they are back

    def command(self) -> str:
        """The canonical text."""
        return joined("approvals", "away", f"<@{self.delegate}>", f"until {self.until}" if self.until else "")


@dataclass(frozen=True, slots=True)
class SetBack:
    """Decide about approvals oneself again."""

    def command(self) -> str:
        """The canonical text."""
        return joined("approvals", "back")


@dataclass(frozen=True, slots=True)
class ListOrders:
    """List the account's orders, all of them or those that pass every filter that is not empty.

    ``status``: a key of ``handlers.blocks.order_states.LISTED``. ``since``, ``until``: the first and last day on which
    an order was made, as :mod:`handlers.parsing.days` writes days. ``words``: each is searched for in titles, ids,
    tracking numbers and sellers. ``seller`` and ``words`` have at most :data:`FILTER_TEXT` characters.
    """

    status: str = ""
    platform: Platform | None = None
    page: int = 1
    seller: str = ""
    since: str = ""
    until: str = ""
    words: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether the list has a filter besides the state and the platform."""
        return bool(self.seller or self.since or self.until or self.words)

    def unfiltered(self) -> ListOrders:
        """The first page of the same state and platform, without the other filters."""
        return ListOrders(self.status, self.platform)

    def command(self) -> str:
        """The canonical text."""
        words = ["orders", self.status, free_text(self.words), platform_option(self.platform)]
        words += [f"--seller {free_text(self.seller)}" if self.seller else ""]
        words += [f"--since {self.since}" if self.since else "", f"--until {self.until}" if self.until else ""]
        return joined(*words, page_option(self.page))


@dataclass(frozen=True, slots=True)
class ExportOrders:
    """Send the orders of a list to the person as a CSV file, all pages in one."""

    listed: ListOrders

    def command(self) -> str:
        """The canonical text."""
        return joined(self.listed.command(), "--csv")


@dataclass(frozen=True, slots=True)
class ShowOrder:
    """Show one order. ``platform`` None: the one on which the order is found. ``back``: the list that led to it."""

    order_id: str
    platform: Platform | None = None
    back: ListOrders | None = None

    def command(self) -> str:
        """The canonical text."""
        return joined(
            "order",
            self.order_id,
            platform_option(self.platform),
            back_option(self.back.command() if self.back else ""),
        )


@dataclass(frozen=True, slots=True)
class AskRefund:
    """Show the refunds of an order, and the way to ask for one. ``platform`` None: the one on which it is found."""

    order_id: str
    platform: Platform | None = None

    def command(self) -> str:
        """The canonical text."""
        return joined("refund", self.order_id, platform_option(self.platform))


@dataclass(frozen=True, slots=True)
class ShowRefunds:
    """List the account's refunds."""

    page: int = 1

    def command(self) -> str:
        """The canonical text."""
        return joined("refunds", page_option(self.page))


@dataclass(frozen=True, slots=True)
class ShowRefund:
    """Show one refund. ``order_id``: the id of its order; empty: unknown."""

    refund_id: str
    platform: Platform
    order_id: str = ""

    def command(self) -> str:
        """The canonical text."""
        return joined("refunds", self.refund_id, self.order_id, platform_option(self.platform))


@dataclass(frozen=True, slots=True)
class Track:
    """Show every parcel of an order. ``text``: its id, or the waybill of one of its parcels.

    ``back``: the list of orders that led to it.
    """

    text: str
    platform: Platform | None = None
    all_nodes: bool = False
    back: ListOrders | None = None

    def command(self) -> str:
        """The canonical text."""
        every = "--all" if self.all_nodes else ""
        return joined(
            "track",
            self.text,
            platform_option(self.platform),
            every,
            back_option(self.back.command() if self.back else ""),
        )


@dataclass(frozen=True, slots=True)
class WatchOrders:
    """Watch orders in a channel. Without ids: explain how, and list the watched orders."""

    ids: tuple[str, ...]  # order ids or waybills
    channel: str | None = None  # in all requests: a channel id, or a name without "#"; None: the channel of the command
    filter: Filter | None = None
    platform: Platform | None = None
    typed_in: str = field(default="", compare=False)  # the channel as a person would type it, for hints

    def command(self) -> str:
        """The canonical text."""
        return joined(
            "watch", *self.ids, channel_words(self.channel), self.filter or "", platform_option(self.platform)
        )


@dataclass(frozen=True, slots=True)
class Unwatch:
    """Stop watching these orders in a channel."""

    ids: tuple[str, ...]  # order ids or waybills
    channel: str | None = None
    typed_in: str = field(default="", compare=False)  # as in WatchOrders

    def command(self) -> str:
        """The canonical text."""
        return joined("unwatch", *self.ids, channel_words(self.channel))


@dataclass(frozen=True, slots=True)
class ListWatches:
    """List the orders that a channel watches. ``group``: only those of one group; None: all."""

    channel: str | None = None
    page: int = 1
    group: Group | None = None

    def command(self) -> str:
        """The canonical text."""
        return joined("watches", self.group or "", channel_words(self.channel), page_option(self.page))


@dataclass(frozen=True, slots=True)
class WatchAll:
    """Watch all orders of the account in a channel, present and future. ``status``: only those in this state."""

    channel: str | None = None
    status: str = ""
    filter: Filter | None = None

    def command(self) -> str:
        """The canonical text."""
        return joined("watch all", self.status, channel_words(self.channel), self.filter or "")


@dataclass(frozen=True, slots=True)
class UnwatchAll:
    """End a channel's :class:`WatchAll`, and the watches that it started."""

    channel: str | None = None

    def command(self) -> str:
        """The canonical text."""
        return joined("unwatch all", channel_words(self.channel))


@dataclass(frozen=True, slots=True)
class Mute:
    """Keep the news of these orders, or without ids all news, out of a channel for ``span``. Cards stay up to date.

    ``until``: a time of day, ``HH:MM``, in the channel's time zone; the mute then ends at the next such time, and
    ``span`` does not count.
    """

    ids: tuple[str, ...] = ()
    channel: str | None = None
    span: timedelta = MUTE_FOR
    until: str = ""

    def command(self) -> str:
        """The canonical text."""
        length = f"until {self.until}" if self.until else duration(self.span)
        return joined("mute", *self.ids, channel_words(self.channel), length)


@dataclass(frozen=True, slots=True)
class Unmute:
    """Post news of these orders again; without ids, of all."""

    ids: tuple[str, ...] = ()
    channel: str | None = None

    def command(self) -> str:
        """The canonical text."""
        return joined("unmute", *self.ids, channel_words(self.channel))


@dataclass(frozen=True, slots=True)
class ShowSettings:
    """Show a channel's settings, and a button to change them."""

    channel: str | None = None

    def command(self) -> str:
        """The canonical text."""
        return joined("settings", channel_words(self.channel))


@dataclass(frozen=True, slots=True)
class Why:
    """Show why an order's news was posted in a channel, or not. ``text``: its id, or the waybill of a parcel."""

    text: str
    channel: str | None = None

    def command(self) -> str:
        """The canonical text."""
        return joined("why", self.text, channel_words(self.channel))


@dataclass(frozen=True, slots=True)
class Start:
    """Show a channel's orders that need attention, and how to go on. The command is ``/panda`` without any words."""

    channel: str | None = None

    def command(self) -> str:
        """The canonical text, which is empty: this command always means the channel in which it is typed."""
        return ""


@dataclass(frozen=True, slots=True)
class Help:
    """Show how to use the bot. ``topic``: one of its commands or of the other help pages; empty: the overview."""

    topic: str = ""

    def command(self) -> str:
        """The canonical text."""
        return joined("help", self.topic)


@dataclass(frozen=True, slots=True)
class Status:
    """Show how the bot is doing."""

    def command(self) -> str:
        """The canonical text."""
        return "status"


PagedRequest = (
    Search | SearchPicture | Discover | ShowCart | ShowRefunds | ShowAddresses | ShowAudit | ListOrders | ListWatches
)  # requests whose answers come page by page
OfOnePlatform = ShowOrder | Track  # requests that can be repeated with the platform on which the order was found
