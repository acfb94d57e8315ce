"""A client for the PandaPon OpenAPI, usable on its own: signing, transport, errors, catalogue, one shipment model.

The client itself is :class:`pandapon.client.PandaPon`; it is not imported here, so that the model stays light.
"""

from pandapon.errors import PandaPonError
from pandapon.shipment import Milestone, OrderRef, Platform, Shipment

__all__ = ["Milestone", "OrderRef", "PandaPonError", "Platform", "Shipment"]
