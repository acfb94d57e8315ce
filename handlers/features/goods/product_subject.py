"""The subject of the buttons that name a product."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim, Need
from handlers.access.subjects import Subject
from handlers.parsing.references import read_reference
from handlers.wire import payloads
from handlers.wire.errors import OutdatedError

if TYPE_CHECKING:
    from handlers.interactions.interaction import Interaction


async def _find(interaction: Interaction, _given: Any) -> Claim:
    """Read the button's value, which is not trusted. Only a person who may change the channel shares into it."""
    product = read_reference(payloads.value(interaction.body))
    if product is None or product.platform is None:
        raise OutdatedError
    return Claim(product, (interaction.channel,), Need.CHANGE)


PRODUCT = Subject("the channel in which it is pressed, and a product that is looked up again", _find)
