"""Commands that root runs beside a service with a user of its own leave nothing that the service cannot open."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from support.in_process import command
from support.moving import SETTINGS
from support.store_harness import NOW, baseline

from storage.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

SERVICE = 65_534  # nobody

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a service, with its database."""
    folder = tmp_path / "state"
    folder.mkdir()
    asyncio.run(made(folder / "bot.db"))
    (folder / "bot.db").chmod(0o600)
    for path in (folder, *folder.iterdir()):
        os.chown(path, SERVICE, SERVICE)
    return folder


async def made(path: Path) -> None:
    store = await open_store(path)
    await store.orders.add(NOW, baseline())
    await store.close()


def run(folder: Path, *arguments: str, **settings: str) -> None:
    environment = SETTINGS | {"DATABASE_PATH": str(folder / "bot.db")} | settings
    code, output = command(folder, *arguments, environment=environment)
    assert code == 0, output


def roots(folder: Path) -> list[str]:
    """The files and folders that the service does not own."""
    paths = [folder, *folder.rglob("*")]
    return [path.name for path in paths if (path.stat().st_uid, path.stat().st_gid) != (SERVICE, SERVICE)]


def test_files_that_root_makes_are_the_services(folder: Path) -> None:
    """Copies, their folder, the lock, the restored database, and what SQLite keeps beside it."""
    run(folder, "backup")
    assert roots(folder) == []
    run(folder, "restore")
    assert roots(folder) == []
    run(folder, "restored", "--at", (datetime.now(UTC) - timedelta(minutes=5)).isoformat())
    assert roots(folder) == []
    assert len(list((folder / "backups").glob("*.db"))) == 1
    assert list(folder.glob("bot.db.set-aside-*"))


def test_a_database_that_is_gone_comes_back_as_its_folders(folder: Path) -> None:
    """A restore after a loss has no former file to look at."""
    run(folder, "backup")
    (folder / "bot.db").unlink()
    run(folder, "restore")
    assert roots(folder) == []


def test_the_owner_of_the_database_goes_before_that_of_its_folder(folder: Path) -> None:
    """In a folder of root's in which the service may write; its copies may lie elsewhere."""
    os.chown(folder, 0, SERVICE)
    folder.chmod(0o770)
    elsewhere = folder.parent / "copies"
    run(folder, "backup", BACKUP_PATH=str(elsewhere))
    run(folder, "restore", BACKUP_PATH=str(elsewhere))
    assert roots(folder) == [folder.name]
    assert roots(elsewhere) == []


def test_a_link_in_the_way_gives_nothing_away(folder: Path) -> None:
    """The service's user could lay one to a file of root's."""
    precious = folder.parent / "precious"
    precious.write_text("root's\n")
    (folder / "bot.db.lock").symlink_to(precious)
    environment = SETTINGS | {"DATABASE_PATH": str(folder / "bot.db")}
    code, output = command(folder, "backup", environment=environment)
    assert (code, "cannot be used" in output) == (1, True), output
    assert (precious.stat().st_uid, precious.read_text()) == (0, "root's\n")
