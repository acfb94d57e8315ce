"""The parts of a database, for commands that work on it while no bot runs.

A single bot's database is one part. An installation with many workspaces has a part for each of them, and one that they
share: on PostgreSQL each is a schema, and on the way from one server to another a SQLite file in a folder.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.process.leader import leading
from bot.settings.storage_url import file_of, shown
from storage.errors import UnusableFileError
from storage.forms import BOT, SHARED, Form
from storage.sqlite import private
from storage.sqlite import transfer as files
from storage.workspaces import installations
from storage.workspaces.schemas import id_of, is_id, schema_of

if TYPE_CHECKING:
    from contextlib import AbstractContextManager, AsyncExitStack
    from pathlib import Path

    from storage.move import End

SHARED_FILE = "installation.db"  # no workspace's file has this name: their ids have capital letters only


@dataclass(frozen=True, slots=True)
class Part:
    """Tables that are changed in one transaction. ``file``: None on a server. ``id``: a workspace's; else empty."""

    url: str
    file: Path | None
    form: Form = BOT
    id: str = ""

    @property
    def schema(self) -> str:
        """The schema on a server; empty: the default one of the address."""
        return schema_of(self.id) if self.id else ""

    def present(self) -> AbstractContextManager[End]:
        """Open existing tables. Raises StorageError."""
        if self.file:
            return files.source_file(self.file, self.form)
        from storage.postgres import transfer  # noqa: PLC0415  an extra

        return transfer.present_schema(self.url, self.schema, self.form)

    def source(self) -> AbstractContextManager[End]:
        """Open existing tables to move their rows; nobody else may write. Raises StorageError, also if a bot works."""
        if self.file:
            return files.source_file(self.file, self.form)
        from storage.postgres import transfer  # noqa: PLC0415  an extra

        return transfer.source_schema(self.url, self.schema, self.form)

    def target(self, *, is_rehearsal: bool) -> AbstractContextManager[End]:
        """Make empty tables. ``is_rehearsal``: they are not kept. Raises StorageError where there are rows."""
        if self.file:
            return files.new_file(self.file, self.form, is_rehearsal=is_rehearsal)
        from storage.postgres import transfer  # noqa: PLC0415  an extra

        return transfer.empty_schema(self.url, self.schema, self.form)

    def fact(self, name: str) -> str:
        """Return a fact's text; empty if there are no tables, or no such fact. Raises StorageError."""
        if self.file:
            return files.fact_of(self.file, self.form, name)
        from storage.postgres import transfer  # noqa: PLC0415  an extra

        return transfer.fact_of(self.url, self.schema, self.form, name)


def single(url: str) -> Part:
    """Return the one part of a single bot's database."""
    return Part(url, file_of(url))


@dataclass(frozen=True, slots=True)
class Installation:
    """The database of many workspaces: a server, or a folder of files."""

    url: str

    @property
    def folder(self) -> Path | None:
        """The folder; None: it is a server."""
        return file_of(self.url)

    @property
    def shared(self) -> Part:
        """The tables that all workspaces share."""
        return Part(self.url, self.folder and self.folder / SHARED_FILE, SHARED)

    def workspace(self, id_: str) -> Part:
        """Return a workspace's part, whether or not its tables exist. Raises ValueError for a text that is no id."""
        schema_of(id_)
        return Part(self.url, self.folder and self.folder / f"{id_}.db", BOT, id_)

    def ids(self) -> tuple[list[str], list[str]]:
        """Return the ids of the workspaces with tables, then those of the workspaces without. Raises StorageError.

        A workspace that was forgotten without its data has tables, too.
        """
        with self.shared.present() as end:
            installed = [row.id for row in installations.listed(end.conn)]
            kept = self._kept(end)
        return kept, [id_ for id_ in installed if id_ not in kept]

    def require_free(self, fact: str, value: str) -> None:
        """Raise StorageError unless the place is empty, but for parts that hold this fact: parts of the same move."""
        if self.folder is None:
            from storage.postgres import transfer  # noqa: PLC0415  an extra

            transfer.require_free(self.url, fact, value)
            return
        parts = [self.shared, *(self.workspace(id_) for id_ in self._files())]
        arrived = [part.file for part in parts if part.file and value and part.fact(fact) == value]
        known = {path for file in arrived for path in private.family(file)}
        if foreign := [path.name for path in _contents(self.folder) if path not in known]:
            raise UnusableFileError(
                f"The folder {self.folder} is not empty: it holds {', '.join(foreign[:3])}. Move that away, or choose "
                "another name."
            )

    def locked(self) -> list[Path]:
        """Return the paths to lock: the folder, whose lock stands beside it, and its files; none on a server."""
        folder = self.folder
        return [] if folder is None else [folder, *(folder / f"{id_}.db" for id_ in self._files())]

    def _kept(self, end: End) -> list[str]:
        if self.folder:
            return self._files()
        from storage.postgres import shared  # noqa: PLC0415  an extra

        return [id_of(schema) for schema in shared.schemas(end.conn)]

    def _files(self) -> list[str]:
        assert self.folder is not None
        return sorted(path.stem for path in self.folder.glob("*.db") if is_id(path.stem))


async def hold(installation: Installation, until: AsyncExitStack) -> None:
    """Hold a folder, and each file in it, against other processes. Raises NotLeaderError and StorageError."""
    for path in installation.locked():
        await until.enter_async_context(leading(path, standby=False, stop=asyncio.Event()))


def name_of(url: str) -> str:
    """Return a database's address as people are shown it."""
    return shown(url) if file_of(url) is None else url


def _contents(folder: Path) -> list[Path]:
    """Return the files of a folder, without those that a killed run left behind and the next run deletes."""
    paths = sorted(folder.iterdir()) if folder.is_dir() else [folder] if folder.exists() else []
    return [path for path in paths if ".db.moving" not in path.name and not path.name.endswith(".db.lock")]
