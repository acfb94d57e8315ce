"""The orders and goods of the account, without HTTP. Nodes become visible as time passes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pandapon.shipment import Platform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime, timedelta
    from decimal import Decimal


UNPAID, CLOSED = frozenset({"waitbuyerpay", "0"}), frozenset({"cancel", "4"})  # status codes of either platform


@dataclass(frozen=True, slots=True)
class Scan:
    """One trace entry, visible from ``at`` on, with the API's codes."""

    at: datetime
    text: str
    status: str = "TRANSPORT"
    action: str = ""
    city: str = ""
    facility: str = ""


@dataclass
class Package:
    """One parcel, visible from ``shipped_at`` on."""

    waybill: str
    carrier: str
    shipped_at: datetime
    scans: list[Scan] = field(default_factory=list)
    sub_order: str = ""  # Taobao: the sub-order that the parcel belongs to
    is_traced: bool = True  # the trace shows the parcel
    is_named: bool = True  # the order's detail names the parcel
    named_as: str = ""  # the waybill as the detail spells it; empty: as the trace does
    logistics_id: str = ""  # the platform's own id; empty: derived from the waybill

    @property
    def name(self) -> str:
        """The waybill as the order's detail spells it."""
        return self.named_as or self.waybill


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order; ``price`` in yuan."""

    title: str
    price: Decimal
    quantity: int
    variant: str = ""
    picture: str = ""
    sub_order: str = ""


@dataclass(frozen=True, slots=True)
class Refund:
    """The state of a refund: 1688's word, Taobao's number, and what was paid back by then, in yuan."""

    status: str = ""
    number: int = 0
    paid_back: Decimal | None = None
    refund_id: str = ""
    amount: Decimal | None = None  # the requested amount, in yuan
    lines: tuple[int, ...] = ()  # the numbers of the order's lines, from 0; empty: all
    until: datetime | None = None  # when the state ends by itself
    refusal: str = ""  # why the seller refused

    def is_of(self, line: int) -> bool:
        """Whether the refund is about a line of its order."""
        return bool(self.status) and (not self.lines or line in self.lines)


NO_REFUND = Refund()


@dataclass
class SandboxOrder:
    """An order. ``statuses`` holds each status code with the time from which the order has it, oldest first."""

    platform: Platform
    order_id: str
    seller: str
    lines: list[Line]
    created_at: datetime
    statuses: list[tuple[datetime, str]]
    shipping: Decimal
    packages: list[Package] = field(default_factory=list)
    pay_within: timedelta | None = None  # time to pay, from the creation on; None: the API does not state it
    hidden: bool = False  # the API answers with an empty list for a while
    discounts: list[tuple[datetime, Decimal]] = field(default_factory=list)  # off the price of the goods, in yuan
    outer_id: str = ""  # the caller's own number of the order
    refunds: list[tuple[datetime, Refund]] = field(default_factory=list)  # each state with its time, oldest first

    def status(self, now: datetime) -> str:
        """Return the status code at a time."""
        return [code for since, code in self.statuses if since <= now][-1]

    def paid_at(self, now: datetime) -> datetime | None:
        """Return the time of payment; None if the order is unpaid at ``now``."""
        return next((since for since, code in self.statuses if since <= now and code not in UNPAID | CLOSED), None)

    @property
    def goods(self) -> Decimal:
        """The sum of the lines in yuan."""
        return sum((line.price * line.quantity for line in self.lines), start=self.shipping * 0)

    def entry_id(self, at: int) -> str:
        """Return 1688's id of the line at a position from 0. It has as many digits as the order's id [upstream]."""
        return str(int(self.order_id) + at + 1)

    def discount(self, now: datetime) -> Decimal:
        """Return the seller's discount at a time, in yuan."""
        return next((amount for since, amount in reversed(self.discounts) if since <= now), self.shipping * 0)

    def total(self, now: datetime) -> Decimal:
        """Return the price of goods and shipping at a time, in yuan."""
        return self.goods + self.shipping - self.discount(now)

    def refund(self, now: datetime) -> Refund:
        """Return the state of the order's refund at a time."""
        return next((refund for since, refund in reversed(self.refunds) if since <= now), NO_REFUND)


@dataclass(frozen=True, slots=True)
class Goods:
    """A product. ``price`` in yuan."""

    platform: Platform
    product_id: str
    title: str
    price: Decimal
    seller: str
    sold: int
    least: int = 1  # the smallest number of pieces that is sold
    place: str = ""  # where the goods leave from
    words: str = ""  # other words by which a search finds the product
    colour: str = ""  # as in the title


class World:
    """The account's orders and goods. Additions are visible at once unless a time is given.

    ``arrivals`` yields future orders, sorted by creation; each joins the account when its time has come.
    """

    def __init__(self, clock: Callable[[], datetime], arrivals: Iterable[SandboxOrder] = ()) -> None:
        self.clock = clock
        self.orders: dict[str, SandboxOrder] = {}
        self.goods: tuple[Goods, ...] = ()
        self._arrivals = iter(arrivals)
        self._next = next(self._arrivals, None)
        self.revision = 0  # grows with every change, so that a cache of answers notices

    def add_order(self, order: SandboxOrder) -> SandboxOrder:
        """Put an order into the account."""
        self.orders[order.order_id] = order
        self.revision += 1
        return order

    def arrive(self) -> list[SandboxOrder]:
        """Add the new orders whose time has come to the account, and return them."""
        arrived = []
        while self._next is not None and self._next.created_at <= self.clock():
            arrived.append(self.add_order(self._next))
            self._next = next(self._arrivals, None)
        return arrived

    def add_node(
        self,
        order_id: str,
        text: str,
        *,
        waybill: str = "",
        at: datetime | None = None,
        status: str = "TRANSPORT",
        action: str = "",
        city: str = "",
        facility: str = "",
    ) -> Scan:
        """Add a scan to the parcel of the waybill, or to the order's first parcel, and return the scan.

        ``at`` None: now. Raises KeyError for an unknown order or parcel.
        """
        scan = Scan(at or self.clock(), text, status, action, city, facility)
        self._package(order_id, waybill).scans.append(scan)
        self.revision += 1
        return scan

    def edit_node(self, order_id: str, text: str, *, city: str = "", facility: str = "", waybill: str = "") -> None:
        """Fill in the place of the scans that have this text. Raises KeyError like :meth:`add_node`."""
        package = self._package(order_id, waybill)
        package.scans = [
            replace(scan, city=city or scan.city, facility=facility or scan.facility) if scan.text == text else scan
            for scan in package.scans
        ]
        self.revision += 1

    def drop_nodes(self, order_id: str, *, waybill: str = "") -> list[Scan]:
        """Remove a parcel's scans, as a flaky source does, and return them."""
        package = self._package(order_id, waybill)
        lost, package.scans = package.scans, []
        self.revision += 1
        return lost

    def hide(self, order_id: str, *, hidden: bool = True) -> None:
        """Let the API answer with an empty list for an order; with ``hidden=False``, no longer."""
        self.orders[order_id].hidden = hidden
        self.revision += 1

    def add_parcel(
        self, order_id: str, waybill: str, carrier: str = "圆通速递", *, sub_order: str = "", traced: bool = True
    ) -> Package:
        """Add a parcel that ships now, and return it. Only the order's detail names a parcel that is not ``traced``."""
        package = Package(waybill, carrier, self.clock(), sub_order=sub_order, is_traced=traced)
        self.orders[order_id].packages.append(package)
        self.revision += 1
        return package

    def change_parcel(self, order_id: str, waybill: str, **facts: object) -> None:
        """Set fields of a parcel. Raises KeyError for an unknown order or parcel."""
        package = self._package(order_id, waybill)
        for name, value in facts.items():
            setattr(package, name, value)
        self.revision += 1

    def set_status(self, order_id: str, status: str) -> None:
        """Give an order another status code from now on."""
        self.orders[order_id].statuses.append((self.clock(), status))
        self.revision += 1

    def of(self, platform: Platform) -> list[SandboxOrder]:
        """Return a platform's orders, newest first."""
        orders = [order for order in self.orders.values() if order.platform is platform]
        return sorted(orders, key=lambda order: (order.created_at, order.order_id), reverse=True)

    def by_sub_order(self, sub_order: str) -> SandboxOrder | None:
        """Return the Taobao order that holds a sub-order; None: there is no such order."""
        for order in self.orders.values():
            if order.platform is Platform.TAOBAO and sub_order in {line.sub_order for line in order.lines}:
                return order
        return None

    def _package(self, order_id: str, waybill: str) -> Package:
        packages = self.orders[order_id].packages
        matching = [package for package in packages if waybill in {"", package.waybill}]
        if not matching:
            raise KeyError(f"order {order_id} has no parcel {waybill or 'yet'}")
        return matching[0]
