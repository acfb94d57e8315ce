"""The client: typed calls over the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from pandapon.shipment import Shipment


@dataclass(frozen=True, slots=True)
class ProductQuery:
    """What to search for. Prices are yuan, pages start at 1."""

    keyword: str
    page: int = 1
    page_size: int = 10
    sort: str = ""  # "" | "price" | "-price" | "sales"
    price_min: Decimal | None = None
    price_max: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of an order's logistics. ``shipment`` is None when the answer equals the known fingerprint."""

    fingerprint: bytes  # 16 bytes over what matters of the answer
    shipment: Shipment | None
