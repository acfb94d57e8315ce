"""A client for the PandaPon OpenAPI, usable on its own: signing, transport, errors, operations, one shipment model.

The client is imported at its first use, so that whoever needs only the model does not load the HTTP libraries.

Marks behind facts about the API say where they come from: [stated] on a page of the vendor, [stated for v1] for the
API's first version, [stated for a sibling] for a sibling product; [upstream] documented by the platform behind the API;
[one client] read in a single public client; [inferred] read nowhere. No fact was checked by a call.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pandapon.errors import PandaPonError
from pandapon.shipment import Milestone, OrderRef, Platform, Shipment

if TYPE_CHECKING:
    from pandapon.client import Config, PandaPon
    from pandapon.models import ProductQuery

__all__ = ["Config", "Milestone", "OrderRef", "PandaPon", "PandaPonError", "Platform", "ProductQuery", "Shipment"]


_LOADED_LATER = {"Config": "pandapon.config", "PandaPon": "pandapon.client", "ProductQuery": "pandapon.models"}


def __getattr__(name: str) -> Any:
    """Import one of the names that are loaded later. Raises AttributeError for a name that the package lacks."""
    if name not in _LOADED_LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LOADED_LATER[name]), name)
