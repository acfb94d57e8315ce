"""The notices by which a transaction wakes other processes: one at most, and what it says is only a hint."""

from __future__ import annotations

from enum import StrEnum

CHANNEL = "pandabot"
QUEUED = "INSERT INTO outbox"  # how each statement begins that queues posts


class Wake(StrEnum):
    """What there is to do."""

    POSTS = "posts"
    DUE = "due"  # orders


def payload(schema: str, kinds: set[Wake]) -> str:
    """Return the text of a notice."""
    return f"{schema} {','.join(sorted(kinds))}"


def read(text: str) -> tuple[str, list[Wake]]:
    """Return the schema and the kinds of a notice; kinds of a newer version are left out."""
    schema, _, kinds = text.rpartition(" ")
    return schema, [Wake(kind) for kind in kinds.split(",") if kind in set(Wake)]
