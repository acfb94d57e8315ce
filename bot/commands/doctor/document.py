"""The form of the report: parts with titles, most of them tables, cleaned of secrets and personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.process.redaction import Redaction

LONGEST = 20_000  # characters of a part


def document(parts: Iterable[tuple[str, str]], redaction: Redaction, now: datetime) -> str:
    """Return the report of these parts, each a title and a text."""
    made = f"Made at {now:%Y-%m-%d %H:%M} UTC. Please read it before you attach it to a report."
    body = "\n\n".join(f"## {title}\n\n{redaction.clean(text, LONGEST)}" for title, text in parts)
    return f"# pandabot doctor\n\n{made}\n\n{body}\n"


def table(rows: Iterable[tuple[str, object]]) -> str:
    """Return rows of a name and a value as a table."""
    lines = [f"| {name} | {str(value).replace('|', '/')} |" for name, value in rows]
    return "\n".join(["| | |", "|---|---|", *lines]) if lines else "Nothing."
