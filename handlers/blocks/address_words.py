"""The words for an added or changed address. They never hold the address itself: channels and the audit show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks.i18n import _
from handlers.blocks.text import sanitize_id
from tracking.changes.address import AddressChange

if TYPE_CHECKING:
    from tracking.writes import Write


def done(write: Write) -> str:
    """The change that was made, as a sentence."""
    change = write.change
    assert isinstance(change, AddressChange)
    if not change.address_id:
        return _("Saved the new address.")
    return _("Changed the saved address {id}.").format(id=f"`{sanitize_id(change.address_id)}`")


def wanted(change: AddressChange) -> str:
    """The change to be made, without a full stop."""
    if not change.address_id:
        return _("save a new address")
    return _("change the saved address {id}").format(id=f"`{sanitize_id(change.address_id)}`")


def place() -> str:
    """The place that shows the change."""
    return _("the list of saved addresses")
