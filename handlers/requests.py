"""What a person asked for, as values. Each can say itself as the text that follows ``/panda``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from handlers.wire.text import DASHES, DOUBLE_QUOTES, SINGLE_QUOTES, escape_wire, folded, quoted

if TYPE_CHECKING:
    from decimal import Decimal

    from pandapon.shipment import Platform
    from tracking.values import Filter

MUTE_FOR = timedelta(hours=24)
HELP_WORDS = frozenset({"help", "?", "--help", "-h", "帮助"})


class Request(Protocol):
    """What a person asked for."""

    def command(self) -> str:
        """The text that follows ``/panda`` and is read as this request again, as Slack would send it."""
        ...


@dataclass(frozen=True, slots=True)
class Search:
    """Find goods. Prices are yuan; ``platform`` None asks both."""

    keyword: str
    platform: Platform | None = None
    page: int = 1
    sort: str = ""  # "" | "price" | "-price" | "sales"
    price_min: Decimal | None = None
    price_max: Decimal | None = None

    def command(self) -> str:
        """The canonical text, as Slack would send it: ``& < >`` escaped."""
        words = ["search", escape_wire(_keyword(self.keyword)), _platform(self.platform)]
        words += [f"--sort {self.sort}" if self.sort else ""]
        words += [f"--min {self.price_min:f}" if self.price_min is not None else ""]
        words += [f"--max {self.price_max:f}" if self.price_max is not None else ""]
        return _joined(*words, _page(self.page))


@dataclass(frozen=True, slots=True)
class ShowOrder:
    """Show one order."""

    order_id: str
    platform: Platform | None = None

    def command(self) -> str:
        """The canonical text."""
        return _joined("order", self.order_id, _platform(self.platform))


@dataclass(frozen=True, slots=True)
class ListOrders:
    """List the account's orders. ``status`` is one of :data:`handlers.order_states.STATES`, or empty for all."""

    status: str = ""
    platform: Platform | None = None
    page: int = 1

    def command(self) -> str:
        """The canonical text."""
        return _joined("orders", self.status, _platform(self.platform), _page(self.page))


@dataclass(frozen=True, slots=True)
class Track:
    """Show every parcel of the order that an id or a waybill means."""

    text: str
    platform: Platform | None = None
    all_nodes: bool = False

    def command(self) -> str:
        """The canonical text."""
        return _joined("track", self.text, _platform(self.platform), "--all" if self.all_nodes else "")


@dataclass(frozen=True, slots=True)
class WatchOrders:
    """Watch orders in a channel; without ids: how to, and what is watched."""

    ids: tuple[str, ...]  # order ids or waybills
    channel: str | None = None  # a channel id, or a name without "#"; None: where it is typed
    filter: Filter | None = None
    platform: Platform | None = None
    typed_in: str = field(default="", compare=False)  # the channel as one would type it again, for hints

    def command(self) -> str:
        """The canonical text."""
        return _joined("watch", *self.ids, _channel(self.channel), self.filter or "", _platform(self.platform))


@dataclass(frozen=True, slots=True)
class Unwatch:
    """Stop watching these orders in a channel."""

    ids: tuple[str, ...]  # order ids or waybills
    channel: str | None = None
    typed_in: str = field(default="", compare=False)  # the channel as one would type it again, for hints

    def command(self) -> str:
        """The canonical text."""
        return _joined("unwatch", *self.ids, _channel(self.channel))


@dataclass(frozen=True, slots=True)
class ListWatches:
    """What a channel watches."""

    channel: str | None = None
    page: int = 1

    def command(self) -> str:
        """The canonical text."""
        return _joined("watches", _channel(self.channel), _page(self.page))


@dataclass(frozen=True, slots=True)
class WatchAll:
    """Watch every order of the account in a channel, or all that are in one state."""

    channel: str | None = None
    status: str = ""
    filter: Filter | None = None

    def command(self) -> str:
        """The canonical text."""
        return _joined("watch all", self.status, _channel(self.channel), self.filter or "")


@dataclass(frozen=True, slots=True)
class UnwatchAll:
    """End that, with the watches it brought."""

    channel: str | None = None

    def command(self) -> str:
        """The canonical text."""
        return _joined("unwatch all", _channel(self.channel))


@dataclass(frozen=True, slots=True)
class Mute:
    """Post no news of these orders, or of any, in a channel for a while. Cards go on showing the present state."""

    ids: tuple[str, ...] = ()
    channel: str | None = None
    span: timedelta = MUTE_FOR

    def command(self) -> str:
        """The canonical text."""
        return _joined("mute", *self.ids, _channel(self.channel), f"{self.span // timedelta(hours=1)}h")


@dataclass(frozen=True, slots=True)
class Unmute:
    """Let news come again."""

    ids: tuple[str, ...] = ()
    channel: str | None = None

    def command(self) -> str:
        """The canonical text."""
        return _joined("unmute", *self.ids, _channel(self.channel))


@dataclass(frozen=True, slots=True)
class ShowSettings:
    """What a channel chose, and the way to choose otherwise."""

    channel: str | None = None

    def command(self) -> str:
        """The canonical text."""
        return _joined("settings", _channel(self.channel))


@dataclass(frozen=True, slots=True)
class Why:
    """Why an order's news was posted in a channel, or not."""

    text: str
    channel: str | None = None

    def command(self) -> str:
        """The canonical text."""
        return _joined("why", self.text, _channel(self.channel))


@dataclass(frozen=True, slots=True)
class Help:
    """How to use the bot, or one of its commands."""

    topic: str = ""

    def command(self) -> str:
        """The canonical text."""
        return _joined("help", self.topic)


@dataclass(frozen=True, slots=True)
class Status:
    """How the bot is doing."""

    def command(self) -> str:
        """The canonical text."""
        return "status"


PagedRequest = Search | ListOrders | ListWatches  # their answers are shown page by page
OfOnePlatform = ShowOrder | Track  # they can be asked again on the platform on which the order is


def is_channel_id(text: str) -> bool:
    """Slack's ids are upper-case; its channel names never are."""
    return len(text) > 1 and text[0] in "CGD" and text.isalnum() and text.isascii() and text == text.upper()


def _joined(*words: str) -> str:
    return " ".join(word for word in words if word)


def _platform(platform: Platform | None) -> str:
    return f"--{platform.value}" if platform else ""


def _page(page: int) -> str:
    return f"--page {page}" if page > 1 else ""


def _channel(channel: str | None) -> str:
    if channel is None:
        return ""
    return f"in <#{channel}>" if is_channel_id(channel) else f"in #{channel}"


def _keyword(keyword: str) -> str:
    """As it is where it reads back the same; between quotes where a word of it would mean something else."""
    special = DASHES + DOUBLE_QUOTES + SINGLE_QUOTES
    if folded(keyword) in HELP_WORDS or any(word[0] in special for word in keyword.split()):
        return quoted(keyword)
    return keyword
