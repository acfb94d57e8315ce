"""Lists of orders as messages, made from the platforms' pages and from what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.view_samples import NOW

from handlers.features.orders import list_view
from handlers.features.orders.order_filter import ListedOrder
from handlers.features.orders.order_list import merge_pages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.blocks.message import Message
    from handlers.wire.requests import ListOrders
    from pandapon.models import Order, Page
    from pandapon.shipment import Platform
    from tracking.orders import OrderSnapshot


def listing(
    request: ListOrders,
    pages: dict[Platform, Page[Order]],
    errors: dict[Platform, str],
    known: Mapping[str, OrderSnapshot] | None = None,
) -> Message:
    """The message for one page of each platform's list. ``known``: the stored orders by key."""
    orders = [order for page in pages.values() for order in page.items]
    listed = [ListedOrder(order, (known or {}).get(order.ref.key)) for order in orders]
    return list_view.listing(request, merge_pages(request, pages, errors, listed), NOW)
