"""An installation with many workspaces in a database, and the commands on it; no process serves it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from support.host_harness import CLIENT, CLIENT_SECRET, SIGNING, UNKNOWN, A, B, keys_of
from support.moving import contents, eventful, new_database
from support.patience import PATIENCE
from typer.testing import CliRunner

from benchmarks.kill import inherited
from bot.cli import app
from bot.commands.moving import move
from bot.commands.parts import SHARED_FILE, Installation, single
from bot.settings.storage_url import file_of
from bot.workspaces.secrets import AccountSecret, InstallationSecret, seal_account, seal_installation
from bot.workspaces.vault import Vault, new_key
from storage.postgres.database import PostgresServer
from storage.workspaces.opening import open_directory
from storage.workspaces.records import Account
from storage.workspaces.records import Installation as Row

if TYPE_CHECKING:
    from typer.testing import Result

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
SECRETS = ("xoxb-canary-token", "callback-canary-0123456789abcdefgh")
WORKING = "INSERT INTO host_workers VALUES ('w1', 'poll', '1.0', extract(epoch FROM now())::bigint * 1000000)"
JOURNAL = ("'moved'", "'arrived'", "'moving'")  # facts that note a move; source and target differ in them


@dataclass
class ManyWorkspaces:
    """Three workspaces: two with rows in every table, and one whose bot has never started."""

    folder: Path
    url: str
    key: str

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a process."""
        return {
            "SLACK_MODE": "http",
            "SLACK_CLIENT_ID": CLIENT,
            "SLACK_CLIENT_SECRET": CLIENT_SECRET,
            "SLACK_SIGNING_SECRET": SIGNING,
            "SLACK_API_URL": "http://127.0.0.1:1/api/",
            "PANDAPON_BASE_URL": "http://127.0.0.1:1",
            "PANDABOT_KEYS": self.key,
            "STORAGE_URL": self.url,
        }

    def run(self, *arguments: str, **variables: str) -> Result:
        """Run a command in this process. ``variables``: further environment variables."""
        return CliRunner().invoke(app, arguments, env=self.environment | variables)

    def killed(self, point: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command in a process of its own, which dies at a named point."""
        kept = {**inherited(), "PYTHONPATH": ":".join(sys.path), "PANDABOT_KILL_AT": point}
        return subprocess.run(  # noqa: S603  our own program
            [sys.executable, "-m", "bot", *arguments],
            env=self.environment | kept,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )


def installed(folder: Path) -> ManyWorkspaces:
    """Make the installation, as a copy of the test process's own."""
    first = _first()
    return ManyWorkspaces(folder, new_database(template=first.url), first.key)


@cache
def _first() -> ManyWorkspaces:
    """The installation of which all others are copies. It has no connection: PostgreSQL copies no database in use."""
    with tempfile.TemporaryDirectory(prefix="pandabot-many-") as name:
        many = ManyWorkspaces(Path(name), new_database(), new_key())
        asyncio.run(_install(many))
        for id_ in (A, B):
            source = single(eventful(many.folder / f"{id_}.first"))
            move(source, Installation(many.url).workspace(id_), NOW, dry_run=False)
    return many


async def _install(many: ManyWorkspaces) -> None:
    server, vault = PostgresServer(many.url), Vault([many.key])
    await server.open()
    directory = await open_directory(server)
    for id_ in (A, B, UNKNOWN):
        token = seal_installation(vault, id_, InstallationSecret(SECRETS[0], "U1", "B1", "A1", "U2"))
        await directory.installations.save(NOW, Row(id_, "", id_, f"Trading {id_} 裙", token, NOW))
    for id_ in (A, B):
        keys = keys_of(id_)
        sealed = AccountSecret(keys.access_key, keys.access_secret, keys.user_id, SECRETS[1])
        await directory.accounts.save(NOW, Account(id_, seal_account(vault, id_, sealed), 7.5, NOW, "U1"))
    await server.close()


def rows(url: str) -> dict[str, dict[str, list[tuple[Any, ...]]]]:
    """All rows of an installation, by workspace and table; the shared tables under ''. JOURNAL's rows are left out."""
    return {id_: _without_journal(tables) for id_, tables in _everything(url).items() if any(tables.values())}


def _everything(url: str) -> dict[str, dict[str, list[tuple[Any, ...]]]]:
    if (folder := file_of(url)) is not None:
        databases = {id_: contents(f"sqlite:///{folder / f'{id_}.db'}") for id_ in (A, B)}
        return databases | ({"": _shared(url)} if (folder / SHARED_FILE).exists() else {})
    return {"": _shared(url)} | {id_: contents(f"{url}&options=-csearch_path%3Dteam_{id_.lower()}") for id_ in (A, B)}


def _shared(url: str) -> dict[str, list[tuple[Any, ...]]]:
    if file_of(url) is None:
        with psycopg.connect(url) as raw:
            if raw.execute("SELECT to_regclass('installations')").fetchone() == (None,):
                return {}
    with Installation(url).shared.present() as end:
        return {
            name: sorted((row for batch in end.read(table) for row in batch), key=repr)
            for name, table in end.tables().items()
        }


def _without_journal(tables: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    kept = [row for row in tables.get("facts", []) if not any(name in str(row) for name in JOURNAL)]
    return tables | ({"facts": kept} if "facts" in tables else {})
