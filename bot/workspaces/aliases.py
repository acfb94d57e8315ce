"""A workspace's name in reports, which only a holder of the keys can trace to the workspace."""

from __future__ import annotations

import hmac

LENGTH = 8  # hexadecimal digits


def alias_of(id_: str, keys: list[str]) -> str:
    """Return a workspace's alias, which stays the same until there is a new key.

    A plain hash could be undone: Slack's ids are short enough to try them all. ``keys``: PANDABOT_KEYS, newest first.
    """
    return hmac.digest(keys[0].encode(), f"report:{id_}".encode(), "sha256").hex()[:LENGTH]
