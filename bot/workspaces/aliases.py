"""The name by which a report tells of a workspace, so that only who has the keys knows which one it is."""

from __future__ import annotations

import hmac

LENGTH = 8  # hexadecimal digits


def alias_of(id_: str, keys: list[str]) -> str:
    """Return a workspace's alias, which stays the same until there is a new key.

    A plain hash would not do: Slack's ids are short enough to try them all. ``keys``: PANDABOT_KEYS, the newest first.
    """
    return hmac.digest(keys[0].encode(), f"report:{id_}".encode(), "sha256").hex()[:LENGTH]
