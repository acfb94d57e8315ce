"""A client for the PandaPon OpenAPI, usable on its own: signing, transport, errors, catalogue, one shipment model."""
