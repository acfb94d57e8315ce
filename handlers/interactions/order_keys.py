"""Which stored orders a person means by an order id or a waybill."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.store import Store


async def resolve_order_keys(store: Store, text: str) -> list[str]:
    """The orders with this id or, where there are none, those with a parcel of this number."""
    return await store.orders.with_id(text) or await store.orders.with_waybill(text)
