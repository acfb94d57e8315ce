"""The product that a button shares: the button carries the search that found it, and the search is made again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim, Need
from handlers.access.subjects import Subject
from handlers.blocks.elements import VALUE
from handlers.errors import OutdatedError, UsageError
from handlers.requests import Search
from handlers.wire import payloads
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from handlers.interactions.interaction import Interaction
    from pandapon.models import Product

_ID = re.compile(r"[\w=+/.-]{1,80}", re.ASCII)  # opaque texts of API v2, and the marketplaces' own numbers


@dataclass(frozen=True, slots=True)
class SharedProduct:
    """A product of a search's page."""

    platform: Platform
    product_id: str
    search: Search


def is_shareable(product: Product) -> bool:
    """Whether a button can carry the product's id."""
    return bool(_ID.fullmatch(product.product_id))


def share_value(search: Search, product: Product) -> str:
    """The value of the button that shares a product. Raises ValueError for an id that is not shareable."""
    if not is_shareable(product):
        raise ValueError(f"no id of a product: {product.product_id!r}")
    return f"{product.platform.value} {product.product_id} {search.command()}"


async def _find(interaction: Interaction, _given: Any) -> Claim:
    """Read the button's value again, as if it came from a stranger. Only a member shares into a channel."""
    platform, _space, rest = payloads.value(interaction.body)[:VALUE].partition(" ")
    product_id, _space, command = rest.partition(" ")
    try:
        search = interaction.ctx.commands.read(command)
    except UsageError as error:
        raise OutdatedError from error
    is_known = platform in set(Platform) and _ID.fullmatch(product_id)
    if not is_known or not isinstance(search, Search) or search.platform not in {None, Platform(platform)}:
        raise OutdatedError
    product = SharedProduct(Platform(platform), product_id, search)
    return Claim(product, (interaction.channel,), Need.CHANGE)


PRODUCT = Subject("the channel in which it is pressed, and a product that is looked up again", _find)
