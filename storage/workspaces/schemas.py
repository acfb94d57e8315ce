"""The names under which a workspace's tables are kept: a schema of PostgreSQL."""

from __future__ import annotations

import re

PREFIX = "team_"
_ID = re.compile(r"[A-Z][A-Z0-9]{2,30}")


def is_id(text: str) -> bool:
    """Whether a text may be a workspace's or an organisation's id."""
    return bool(_ID.fullmatch(text))


def schema_of(id_: str) -> str:
    """Return the PostgreSQL schema of a workspace. Raises ValueError for what is no id of Slack's.

    Slack's ids have capital letters and digits only, so that no two of them share a schema.
    """
    if not is_id(id_):
        raise ValueError(f"{id_[:40]!r} is no workspace's or organisation's id, such as T0123ABCD")
    return f"{PREFIX}{id_.lower()}"


def id_of(schema: str) -> str:
    """Return the id of the workspace that has a schema; one that no workspace has for a schema of another kind."""
    return schema.removeprefix(PREFIX).upper()
