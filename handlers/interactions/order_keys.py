"""The stored orders that an order id or a waybill names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.store import Store


async def resolve_order_keys(store: Store, text: str) -> list[str]:
    """Return the keys of the orders with this id or, where there are none, with a parcel of this waybill."""
    return await store.orders.with_id(text) or await store.orders.with_waybill(text)
