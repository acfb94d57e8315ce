"""What the account holds: orders whose nodes become visible as time passes. State and time; no HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pandapon.shipment import Platform

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta
    from decimal import Decimal


UNPAID, CLOSED = frozenset({"waitbuyerpay", "0"}), frozenset({"cancel", "4"})  # status codes of either platform


@dataclass(frozen=True, slots=True)
class Scan:
    """One trace entry, visible from ``at`` on. Codes are as the API sends them."""

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
    sub_order: str = ""  # Taobao: which sub-order it belongs to
    is_traced: bool = True  # whether the trace shows it …
    is_named: bool = True  # … and the order's detail names it …
    named_as: str = ""  # … in another spelling than the trace's
    logistics_id: str = ""  # the platform's own; empty: made up from the number

    @property
    def name(self) -> str:
        """The number as the order's detail writes it."""
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


@dataclass
class SandboxOrder:
    """An order. ``statuses`` says from when on it has which status code."""

    platform: Platform
    order_id: str
    seller: str
    lines: list[Line]
    created_at: datetime
    statuses: list[tuple[datetime, str]]
    shipping: Decimal
    packages: list[Package] = field(default_factory=list)
    pay_within: timedelta | None = None  # of its creation; then an unpaid one is closed. None: the API does not say
    hidden: bool = False  # the API answers with an empty list for a while

    def status(self, now: datetime) -> str:
        """The status code at a time."""
        return [code for since, code in self.statuses if since <= now][-1]

    def paid_at(self, now: datetime) -> datetime | None:
        """When it was paid, as known at a time."""
        return next((since for since, code in self.statuses if since <= now and code not in UNPAID | CLOSED), None)

    @property
    def goods(self) -> Decimal:
        """The lines' sum in yuan."""
        return sum((line.price * line.quantity for line in self.lines), start=self.shipping * 0)


@dataclass(frozen=True, slots=True)
class Goods:
    """A product. ``price`` in yuan."""

    platform: Platform
    product_id: str
    title: str
    price: Decimal
    seller: str
    sold: int


class World:
    """Orders and products. Everything added appears at once unless a time is given."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.orders: dict[str, SandboxOrder] = {}
        self.goods: tuple[Goods, ...] = ()
        self.revision = 0  # grows with every change by hand, so that rendered answers can be kept

    def add_order(self, order: SandboxOrder) -> SandboxOrder:
        """Put an order into the account."""
        self.orders[order.order_id] = order
        self.revision += 1
        return order

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
        """Scan a parcel (the order's first, unless a waybill is given). Raises KeyError for an unknown one."""
        scan = Scan(at or self.clock(), text, status, action, city, facility)
        self._package(order_id, waybill).scans.append(scan)
        self.revision += 1
        return scan

    def edit_node(self, order_id: str, text: str, *, city: str = "", facility: str = "", waybill: str = "") -> None:
        """Fill in later what a scan lacked."""
        package = self._package(order_id, waybill)
        package.scans = [
            replace(scan, city=city or scan.city, facility=facility or scan.facility) if scan.text == text else scan
            for scan in package.scans
        ]
        self.revision += 1

    def drop_nodes(self, order_id: str, *, waybill: str = "") -> list[Scan]:
        """Lose a parcel's scans, as a flaky source does; returns them."""
        package = self._package(order_id, waybill)
        lost, package.scans = package.scans, []
        self.revision += 1
        return lost

    def hide(self, order_id: str, *, hidden: bool = True) -> None:
        """Answer with an empty list for this order, or no longer."""
        self.orders[order_id].hidden = hidden
        self.revision += 1

    def add_parcel(
        self, order_id: str, waybill: str, carrier: str = "圆通速递", *, sub_order: str = "", traced: bool = True
    ) -> Package:
        """Send one more parcel. One that is not ``traced`` is named by the order only, until that is set."""
        package = Package(waybill, carrier, self.clock(), sub_order=sub_order, is_traced=traced)
        self.orders[order_id].packages.append(package)
        self.revision += 1
        return package

    def change_parcel(self, order_id: str, waybill: str, **facts: object) -> None:
        """Change what the trace or the order says of a parcel: any field of it."""
        package = self._package(order_id, waybill)
        for name, value in facts.items():
            setattr(package, name, value)
        self.revision += 1

    def set_status(self, order_id: str, status: str) -> None:
        """Change an order's status now."""
        self.orders[order_id].statuses.append((self.clock(), status))
        self.revision += 1

    def of(self, platform: Platform) -> list[SandboxOrder]:
        """A platform's orders, newest first."""
        found = [order for order in self.orders.values() if order.platform is platform]
        return sorted(found, key=lambda order: (order.created_at, order.order_id), reverse=True)

    def by_sub_order(self, sub_order: str) -> SandboxOrder | None:
        """The Taobao order that holds a sub-order."""
        for order in self.orders.values():
            if order.platform is Platform.TAOBAO and sub_order in {line.sub_order for line in order.lines}:
                return order
        return None

    def _package(self, order_id: str, waybill: str) -> Package:
        packages = self.orders[order_id].packages
        found = [package for package in packages if waybill in {"", package.waybill}]
        if not found:
            raise KeyError(f"order {order_id} has no parcel {waybill or 'yet'}")
        return found[0]
