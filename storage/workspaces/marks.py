"""The revisions of the shared tables' rows, by which a process sees the changes of other processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from storage.connection import Connection


class Mark(NamedTuple):
    """The revisions of an installation, of its account (-1: it is not connected), and of its token."""

    installation: int
    account: int
    token: int

    @property
    def of_bot(self) -> tuple[int, int]:
        """The revisions whose change restarts the workspace's bot. A running bot takes over a renewed token."""
        return self.installation, self.account


def read(conn: Connection) -> dict[str, Mark]:
    """Return the mark of each installation that was not revoked, by its id."""
    rows = conn.execute(
        "SELECT installations.id, installations.revision, COALESCE(accounts.revision, -1) AS account, token_revision"
        " FROM installations LEFT JOIN accounts ON accounts.id = installations.id"
        " WHERE revoked_at IS NULL ORDER BY installations.id"
    )
    return {row["id"]: Mark(row["revision"], row["account"], row["token_revision"]) for row in rows}
