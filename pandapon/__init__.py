"""A client for the PandaPon OpenAPI, usable on its own."""
