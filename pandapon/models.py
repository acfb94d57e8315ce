"""What is asked of the API and what its answers become, with ids as text and money as Decimal yuan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from pandapon.milestones import is_with_finance, waits_for_payment
from pandapon.shipment import Milestone, OrderRef, Platform

T = TypeVar("T")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Item(_Frozen):
    """One line of an order."""

    title: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    amount: Decimal | None = None  # yuan, the whole line
    variant: str = ""  # e.g. "红色 / XL"
    image_url: str = ""
    refund_status: str = ""  # as sent; empty: none


class Consignment(_Frozen):
    """What an order says of one of its waybills beside the number."""

    waybill: str
    carrier: str = ""
    logistics_id: str = ""  # 1688's logisticsCode; taken for the logisticsId of the trace's parcel [inferred]


class Order(_Frozen):
    """An order as the account sees it. Every field but the ids may be missing: the upstream sends nulls freely."""

    platform: Platform
    order_id: str
    status_code: str = ""  # as sent, e.g. waitbuyerreceive or 11
    milestone: Milestone | None = None  # what status_code claims; None: unknown code
    created_at: datetime | None = None
    paid_at: datetime | None = None
    pay_by: datetime | None = None  # of an unpaid one: when the platform closes it; None: not said
    goods_amount: Decimal | None = None  # yuan
    shipping_amount: Decimal | None = None  # yuan
    total_amount: Decimal | None = None  # yuan
    seller: str = ""
    items: tuple[Item, ...] = ()
    waybills: tuple[str, ...] = ()
    consignments: tuple[Consignment, ...] = ()  # of those waybills of which more is said than the number
    sub_order_ids: tuple[str, ...] = ()  # Taobao: logistics are asked per sub-order
    refund_status: str = ""  # as sent; empty: none
    refunded_amount: Decimal | None = None  # yuan; None: nothing, or not said
    close_reason: str = ""  # as sent

    @property
    def ref(self) -> OrderRef:
        """Which order this is."""
        return OrderRef(self.platform, self.order_id)

    @property
    def is_unpaid(self) -> bool:
        """Whether it waits for the buyer's payment: by the platform's own code, and nothing else says otherwise."""
        says_so = waits_for_payment(self.platform, self.status_code)
        return says_so and self.milestone is Milestone.ORDERED and self.paid_at is None

    @property
    def is_settled(self) -> bool:
        """Whether the buyer has paid it, as far as the platform says; an unknown code says nothing."""
        is_past = self.milestone is not None and self.milestone.rank > Milestone.ORDERED.rank
        return is_past or self.paid_at is not None or is_with_finance(self.platform, self.status_code)


class Product(_Frozen):
    """One search result."""

    platform: Platform
    product_id: str  # v2 ids are opaque strings
    title: str = ""
    price: Decimal | None = None  # yuan
    image_url: str = ""
    seller: str = ""
    sold: str = ""  # as sent: a number or words
    url: str = ""  # built only where the product id is the marketplace's own number


class Page(_Frozen, Generic[T]):
    """One page of a list. ``total`` is None where the API does not say."""

    items: tuple[T, ...] = ()
    page: int = 1
    page_size: int = 20
    total: int | None = None

    @property
    def pages(self) -> int | None:
        """How many pages there are, None when unknown."""
        return None if self.total is None else max(1, -(-self.total // self.page_size))


@dataclass(frozen=True, slots=True)
class ProductQuery:
    """What to search for. Prices are yuan, pages start at 1."""

    keyword: str
    page: int = 1
    page_size: int = 10
    sort: str = ""  # "" | "price" | "-price" | "sales"
    price_min: Decimal | None = None
    price_max: Decimal | None = None
