"""The ids of products' variants, the same at every start."""

from __future__ import annotations

import hashlib

SIZES = ("S", "M", "L")


def mark(product_id: str) -> str:
    """Return 64 hexadecimal digits, from which the ids of a product's variants are made."""
    return hashlib.sha256(product_id.encode()).hexdigest()


def sku_id(product_id: str, at: int) -> str:
    """Return the id of a product's variant at this position of :data:`SIZES`."""
    return str(4_000_000_000_000 + int(mark(product_id)[:9], 16) * 10 + at)


def sku_id_of(product_id: str, variant: str) -> str:
    """Return the id of a variant by its name in an order; a name without a size means the first size."""
    size = variant.rpartition(" / ")[2]
    return sku_id(product_id, SIZES.index(size) if size in SIZES else 0)
