"""The state of the shared tables in a few numbers, by which a process sees what another has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.connection import Connection

Mark = tuple[int, int]  # the revision of an installation, and that of its account; -1: it is not connected


def read(conn: Connection) -> dict[str, Mark]:
    """Return the mark of each installation that was not revoked, by its id."""
    rows = conn.execute(
        "SELECT installations.id, installations.revision, COALESCE(accounts.revision, -1) AS account FROM installations"
        " LEFT JOIN accounts ON accounts.id = installations.id WHERE revoked_at IS NULL ORDER BY installations.id"
    )
    return {row["id"]: (row["revision"], row["account"]) for row in rows}
