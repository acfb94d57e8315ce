"""Orders, products and searches as values. Ids are text, money is Decimal yuan, times are aware."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from pandapon.milestones import is_with_finance, waits_for_payment
from pandapon.shipment import Milestone, OrderRef, Platform

T = TypeVar("T")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


class Item(_Frozen):
    """One line of an order."""

    title: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    amount: Decimal | None = None  # yuan, the whole line
    variant: str = ""  # e.g. "红色 / XL"
    image_url: str = ""
    refund_status: str = ""  # as sent; empty: none
    refund_id: str = ""  # of the line's refund; empty: there is none, or the platform does not name it
    entry_id: str = ""  # the platform's id of the line: 1688's sub-item, Taobao's sub-order; empty: unknown


class Consignment(_Frozen):
    """One waybill of an order, with what else the order says of it."""

    waybill: str
    carrier: str = ""
    logistics_id: str = ""  # 1688's logisticsCode; taken as the logisticsId in the trace [inferred]


class Order(_Frozen):
    """An order of the account. Every field but platform and id may be missing: the upstream sends nulls freely."""

    platform: Platform
    order_id: str
    status_code: str = ""  # as sent, e.g. waitbuyerreceive or 11
    milestone: Milestone | None = None  # claimed by status_code or the lines; None: unknown
    created_at: datetime | None = None
    paid_at: datetime | None = None
    pay_by: datetime | None = None  # when the platform closes an unpaid order; None: unknown
    goods_amount: Decimal | None = None  # yuan
    shipping_amount: Decimal | None = None  # yuan
    total_amount: Decimal | None = None  # yuan
    seller: str = ""
    items: tuple[Item, ...] = ()
    waybills: tuple[str, ...] = ()
    consignments: tuple[Consignment, ...] = ()  # only of waybills of which more than the number is known
    sub_order_ids: tuple[str, ...] = ()  # Taobao only: logistics are read per sub-order
    refund_status: str = ""  # as sent; empty: none
    refund_id: str = ""  # of the order's refund; empty: there is none, or the platform does not name it
    refunded_amount: Decimal | None = None  # yuan; None: nothing, or unknown
    close_reason: str = ""  # as sent
    modified_at: datetime | None = None  # when the platform changed it last; None: unknown
    outer_id: str = ""  # the caller's own number of it; empty: none was sent

    @property
    def ref(self) -> OrderRef:
        """The reference of the order."""
        return OrderRef(self.platform, self.order_id)

    @property
    def is_unpaid(self) -> bool:
        """Whether the order waits for payment: the platform's code says so, and no other field contradicts it."""
        says_so = waits_for_payment(self.platform, self.status_code)
        return says_so and self.milestone is Milestone.ORDERED and self.paid_at is None

    @property
    def is_settled(self) -> bool:
        """Whether the platform says that the buyer has paid. An unknown code does not say so."""
        is_past = self.milestone is not None and self.milestone.rank > Milestone.ORDERED.rank
        return is_past or self.paid_at is not None or is_with_finance(self.platform, self.status_code)


class Product(_Frozen):
    """One search result."""

    platform: Platform
    product_id: str  # the opaque id of API v2
    title: str = ""
    price: Decimal | None = None  # yuan
    image_url: str = ""
    seller: str = ""
    sold: str = ""  # units sold, as sent: a number or words
    min_quantity: int | None = None  # the smallest quantity that is sold; None: unknown
    place: str = ""  # where the goods leave from, as the API words it; empty: unknown
    url: str = ""  # made from the marketplace's own number; empty if that is unknown


class Page(_Frozen, Generic[T]):
    """One page of a list, from page 1. ``total``: the number of all items; None: unknown."""

    items: tuple[T, ...] = ()
    page: int = 1
    page_size: int = 20
    total: int | None = None

    @property
    def pages(self) -> int | None:
        """The number of pages, at least 1; None: unknown."""
        return None if self.total is None else max(1, -(-self.total // self.page_size))


@dataclass(frozen=True, slots=True)
class ProductQuery:
    """A product search. Prices are yuan, pages start at 1."""

    keyword: str
    page: int = 1
    page_size: int = 10
    sort: str = ""  # "" | "price" | "-price" | "sales"
    price_min: Decimal | None = None
    price_max: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PictureQuery:
    """A search by picture. Prices are yuan, pages start at 1.

    1688 takes sorting and prices [stated]; Taobao's fields are not published, so both are left out for Taobao.
    """

    picture: bytes = field(repr=False)  # a JPEG or PNG
    page: int = 1
    page_size: int = 10
    sort: str = ""  # as in ProductQuery
    price_min: Decimal | None = None
    price_max: Decimal | None = None
