"""The question whether somebody has to approve an order or a payment before it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from handlers.interactions.interaction import Interaction
    from handlers.writing.wizard import Done
    from tracking.flows import Flow


@dataclass(frozen=True, slots=True)
class Deed:
    """An order or a payment that a person is about to confirm. ``summary``: plain lines, not Slack text."""

    kind: Literal["order", "pay"]
    target: str  # the flow, or the order that is paid
    amount_fen: int
    summary: tuple[str, ...]  # seller, product, variant, quantity
    note: str  # the person's words to the seller
    place: str  # the masked address; empty: none


async def allowance(_interaction: Interaction, _flow: Flow, _deed: Deed) -> str | Done:
    """Return the Slack id of whoever approved a deed; empty: nobody has to.

    A ``Done`` page: somebody was asked, and the person has to wait. Nothing is sent then.
    """
    return ""
