"""What an open form or an answer with buttons was made from. It is kept by the bot under an opaque id.

Slack's payloads carry the id alone, so that nobody can make the bot act on a product, price or quantity of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

from pandapon.carts import CartLine  # noqa: TC001  pydantic reads these annotations when the program runs
from pandapon.products import ProductDetail  # noqa: TC001
from tracking.files import SharedFile  # noqa: TC001


@dataclass(frozen=True, slots=True)
class Adding:
    """A form that adds a product to the cart: the product with the prices that the person was shown."""

    product: ProductDetail


@dataclass(frozen=True, slots=True)
class ShownCart:
    """A page of the cart that a person sees, whose buttons change its lines."""

    lines: tuple[CartLine, ...]
    page: int = 1


@dataclass(frozen=True, slots=True)
class ShownPictures:
    """The files of which one is searched for, or was: the buttons below the results ask for other pages."""

    files: tuple[SharedFile, ...]


FlowContent = Adding | ShownCart | ShownPictures


@dataclass(frozen=True, slots=True)
class Flow:
    """One open form or answer. ``channel``: where it was asked for; empty: nowhere."""

    id: str
    owner: str  # Slack user id
    channel: str
    content: FlowContent
