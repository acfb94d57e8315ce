"""The report about an installation that serves many workspaces: a part for each, under an alias.

A workspace's part comes from a connection that sees that workspace's tables alone. `pandabot workspaces list` shows
whose alias is whose.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.commands.doctor import database, process
from bot.commands.doctor.document import document, table
from bot.commands.doctor.report import MADE_THERE
from bot.postgres import url_of
from bot.process.redaction import Redaction
from bot.workspaces.aliases import alias_of
from bot.workspaces.secrets import open_account, open_installation
from bot.workspaces.vault import SealedError, Vault
from storage import workers
from storage.errors import StorageError
from storage.forms import SHARED
from storage.postgres import shared
from storage.postgres.reading import open_to_read
from storage.workspaces import accounts, installations, restoring
from storage.workspaces.schemas import id_of, schema_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from bot.workspaces.settings import HostSettings
    from storage.connection import Connection

Rows = list[tuple[str, object]]


async def report(settings: HostSettings, clock: Callable[[], datetime]) -> str:
    """Return the report. ``clock`` returns the present time, aware."""
    common, of_each = _read(settings, clock)
    parts = [
        ("The machine", table(process.machine())),
        ("Settings that differ from their defaults", table(process.given_settings(settings))),
        ("The database", table(common)),
        ("Copies", MADE_THERE),
        *((f"Workspace {alias}", table(rows)) for alias, rows in sorted(of_each.items())),
        ("The running process", await process.running(settings)),
    ]
    return document(parts, Redaction(settings.secrets()), clock())


def _read(settings: HostSettings, clock: Callable[[], datetime]) -> tuple[Rows, dict[str, Rows]]:
    """Return the rows about what all workspaces share, and the rows about each workspace by its alias."""
    url, common, of_each = url_of(settings), Rows(), dict[str, Rows]()
    try:
        with open_to_read(url, form=SHARED) as conn:
            common += database.of_server(conn, workers.SHARED, clock)
            of_each = _from_shared_tables(conn, Vault(settings.keys))
    except StorageError as error:
        common.append(("cannot be read further", error))
    common.append(("workspaces", len(of_each)))
    return common, {
        alias_of(id_, settings.keys): [*rows, *_tables(url, schema_of(id_))] for id_, rows in of_each.items()
    }


def _from_shared_tables(conn: Connection, vault: Vault) -> dict[str, Rows]:
    """Return each workspace's rows by its id. A forgotten workspace whose data is left has a row, too."""
    connected = {account.id: account for account in accounts.listed(conn)}
    of_each: dict[str, Rows] = {id_of(schema): [("app", "forgotten")] for schema in shared.schemas(conn)}
    for row in installations.listed(conn):
        account = connected.get(row.id)
        kind = "an organisation" if row.is_for_organisation else "a workspace"
        of_each[row.id] = [
            ("app", "uninstalled" if row.revoked_at else f"installed for {kind}"),
            ("Slack token", _opened(partial(open_installation, vault, row)) if row.sealed else "deleted"),
            ("PandaPon", _opened(partial(open_account, vault, account)) if account else "not connected"),
            ("to be marked after a failover", "yes" if restoring.pending(conn, row.id) else "no"),
        ]
    return of_each


def _opened(open_it: Callable[[], object]) -> str:
    try:
        open_it()
    except SealedError as error:
        return f"its data {error}"
    return "stored, and the keys open it"


def _tables(url: str, schema: str) -> Iterator[tuple[str, object]]:
    """Yield the numbers of rows in a workspace's own tables, and their states."""
    try:
        with open_to_read(url, schema) as conn:
            counts = [f"{name} {live}" for name, live, _dead in conn.execute(database.TABLES) if live]
            yield "rows, about", ", ".join(counts) or "none"
            yield from database.of_schema(conn)
    except StorageError as error:
        yield "cannot be read further", error
