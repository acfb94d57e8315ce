"""The names of the PostgreSQL schemas that hold the workspaces' tables."""

from __future__ import annotations

import re

PREFIX = "team_"
_ID = re.compile(r"[A-Z][A-Z0-9]{2,30}")


def is_id(text: str) -> bool:
    """Whether a text may be a workspace's or an organisation's id."""
    return bool(_ID.fullmatch(text))


def schema_of(id_: str) -> str:
    """Return the PostgreSQL schema of a workspace. Raises ValueError for a text that is no id of Slack's.

    Slack's ids have only capital letters and digits, so no two ids share a schema.
    """
    if not is_id(id_):
        raise ValueError(f"{id_[:40]!r} is no workspace's or organisation's id, such as T0123ABCD")
    return f"{PREFIX}{id_.lower()}"


def id_of(schema: str) -> str:
    """Return the id of the workspace with this schema. For a schema of another kind it is not a valid id."""
    return schema.removeprefix(PREFIX).upper()
