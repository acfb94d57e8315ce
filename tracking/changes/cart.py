"""A change of a cart, and the judgement by the cart on a change whose answer was lost. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pandapon.shipment import Platform  # noqa: TC001  pydantic reads this annotation when the program runs
from tracking.writes import ARRIVES_WITHIN, WriteState

if TYPE_CHECKING:
    from datetime import timedelta


@dataclass(frozen=True, slots=True)
class CartChange:
    """A change of one variant's quantity in a cart. Quantities are pieces; 0: the variant is not in the cart."""

    platform: Platform
    product_id: str
    sku_id: str
    spec_id: str
    title: str
    variant: str
    before: int  # as read just before the change
    wanted: int

    @property
    def target(self) -> str:
        """The variant in this cart."""
        return target_of(self.platform, self.product_id, self.sku_id, self.spec_id)

    @property
    def subject(self) -> str:
        """The product's id."""
        return self.product_id

    @property
    def details(self) -> str:
        """Product, variant and quantities."""
        named = " / ".join(part for part in (self.title, self.variant) if part)
        return f"{named}: {self.before} → {self.wanted} pcs"


def target_of(platform: Platform, product_id: str, sku_id: str, spec_id: str) -> str:
    """Return the name of one variant in a cart; see :attr:`CartChange.target`."""
    return f"cart:{platform.value}:{sku_id or spec_id or product_id}"


def judge(change: CartChange, seen: int, age: timedelta) -> WriteState | None:
    """Return the state of an unclear change; None: it is too early to tell. ``seen``: the pieces in the cart now.

    ``age``: the time since the call. A quantity that is neither the wanted nor the former one is somebody else's.
    """
    if seen == change.wanted:
        return WriteState.FOUND_DONE
    if age < ARRIVES_WITHIN:
        return None
    return WriteState.FOUND_UNDONE if seen == change.before else WriteState.UNKNOWABLE
