"""The commands about the database: `backup`, `restore`, `migrate`, `restored` and `audit`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.terminal import arm, fail, serves_many, settings_or_exit
from bot.cli.workspaces import host_settings

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.workspaces.settings import HostSettings


def backup() -> None:
    """Copy the database now, while no bot runs on it; a running bot copies it every hour by itself."""
    from bot.commands import backups

    settings = settings_or_exit()
    copying = backups.back_up_now(_file(settings), settings.backups, settings.backup_bytes, typer.echo)
    raise typer.Exit(asyncio.run(copying))


def restore(
    copy: Annotated[Path | None, typer.Argument(help="The copy to use. Default: the newest sound one.")] = None,
    *,
    show: Annotated[bool, typer.Option("--list", help="Only list the copies.")] = False,
) -> None:
    """Put a copy of the database in its place. The present files are kept under another name."""
    from bot.commands import backups

    settings = settings_or_exit()
    database = _file(settings)
    if show:
        raise typer.Exit(asyncio.run(backups.show(settings.backups, typer.echo)))
    raise typer.Exit(asyncio.run(backups.restore(database, settings.backups, copy, typer.echo)))


def _file(settings: Settings) -> Path:
    """Return the SQLite file; end with a sentence where the data are on a server, which has its own copies."""
    if settings.database_file is None:
        fail(
            "the data are on the PostgreSQL server of STORAGE_URL, and so are its copies: make them and restore them "
            "there, with pg_dump and pg_restore or from the archive of its log"
        )
    return settings.database_file


def migrate(
    to: Annotated[str, typer.Option("--to", help="postgresql://user:password@host/database, or sqlite:///a/file.db")],
    source: Annotated[
        str,
        typer.Option(
            "--from", help="The address of the present database. Default: that of the settings.", show_default=False
        ),
    ] = "",
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Move and compare everything, report it, and keep nothing of it.")
    ] = False,
) -> None:
    """Move all data to an empty database of the other engine, while no bot runs.

    SLACK_CLIENT_ID set: the data of all workspaces; sqlite:///a/folder is then a folder, with a file for each.
    """
    settings = host_settings() if serves_many() else settings_or_exit()
    arm(settings)
    present, target = _url("--from", source) if source else settings.storage_address, _url("--to", to)
    raise typer.Exit(asyncio.run(_moved(settings, present, target, dry_run=dry_run)))


def _moved(settings: Settings | HostSettings, source: str, target: str, *, dry_run: bool) -> Coroutine[Any, Any, int]:
    from bot.settings import Settings

    if isinstance(settings, Settings):
        from bot.commands.migrate import migrate

        return migrate(source, target, settings.backups, typer.echo, dry_run=dry_run)
    from bot.commands.migrate_many import migrate as migrate_many
    from bot.workspaces.vault import Vault

    return migrate_many(source, target, Vault(settings.keys), typer.echo, dry_run=dry_run)


def _url(option: str, text: str) -> str:
    from bot.settings.storage_url import storage_url

    try:
        return storage_url(text)
    except ValueError as error:
        fail(f"{option} {error}")


def restored(
    at: Annotated[str, typer.Option("--at", help="The newest moment that the database remembers, as an ISO time.")],
    workspace: Annotated[
        str,
        typer.Option("--workspace", help="Of many workspaces, this one alone. Default: all.", show_default=False),
    ] = "",
    source: Annotated[
        str,
        typer.Option("--from", help="The database's address. Default: that of the settings.", show_default=False),
    ] = "",
) -> None:
    """Say that the database forgot what happened after a moment: a failover, or a copy put back by hand.

    The bot then looks up what it posted since, so that nothing is told twice. Stop every process of the bot before.
    SLACK_CLIENT_ID set: for all workspaces, or one; a workspace that fails is named, and a second run marks it.
    """
    settings = host_settings() if serves_many() else settings_or_exit()
    arm(settings)
    url = _url("--from", source) if source else settings.storage_address
    try:
        raise typer.Exit(asyncio.run(_marked(settings, url, at, workspace)))
    except ValueError as error:  # a time or an id that is not valid
        fail(str(error))


def _marked(settings: Settings | HostSettings, url: str, at: str, workspace: str) -> Coroutine[Any, Any, int]:
    from pydantic import SecretStr

    from bot.process.clock import utc_now
    from bot.settings import Settings

    if isinstance(settings, Settings):
        from bot.commands.restored import run

        if workspace:
            fail("--workspace is for an installation with many workspaces, and SLACK_CLIENT_ID is not set")
        at_url = settings.model_copy(update={"storage_url": SecretStr(url)})
        return run(at_url if url != settings.storage_address else settings, at, utc_now(), typer.echo)
    from bot.commands.restored_many import run as run_many

    return run_many(url, at, utc_now(), typer.echo, workspace)


def audit(
    *, as_csv: Annotated[bool, typer.Option("--csv", help="Print a CSV file for a spreadsheet.")] = False
) -> None:
    """Print who changed what in the account: carts, amounts, and what was refused. The bot may run meanwhile."""
    from bot.commands import audit as trail
    from bot.database import reading
    from storage.errors import StorageError

    settings = settings_or_exit()
    try:
        with reading(settings) as conn:
            if as_csv:
                trail.write_csv(conn, sys.stdout)
            else:
                for line in trail.lines(conn):
                    typer.echo(line)
    except StorageError as error:
        fail(str(error))
