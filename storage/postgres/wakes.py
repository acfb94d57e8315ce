"""The notices by which a transaction wakes other processes: at most one each, whose contents are only a hint."""

from __future__ import annotations

from enum import StrEnum

CHANNEL = "pandabot"
QUEUED = "INSERT INTO outbox"  # every statement that queues posts begins so


class Wake(StrEnum):
    """The work for which another process is woken."""

    POSTS = "posts"
    DUE = "due"  # orders


def payload(schema: str, kinds: set[Wake]) -> str:
    """Return the text of a notice: the schema, a blank, and the kinds separated by commas."""
    return f"{schema} {','.join(sorted(kinds))}"


def read(text: str) -> tuple[str, list[Wake]]:
    """Return the schema and the kinds of a notice. Kinds that only a newer version knows are left out."""
    schema, _, kinds = text.rpartition(" ")
    return schema, [Wake(kind) for kind in kinds.split(",") if kind in set(Wake)]
