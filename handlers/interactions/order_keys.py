"""The stored orders that an order id or a waybill names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.store import Store


async def resolve_order_keys(store: Store, text: str) -> list[str]:
    """Return the keys of the stored orders with this id or, if there are none, with a parcel of this waybill.

    Both platforms may have an order with the same id, and a parcel may hold the goods of several orders.
    """
    return await store.orders.with_id(text) or await store.orders.with_waybill(text)
