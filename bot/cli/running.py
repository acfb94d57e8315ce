"""`pandabot run`: the bot of one workspace, or the bots of many."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.terminal import EX_CONFIG, arm, fail, serves_many, settings_or_exit
from bot.cli.workspaces import host_settings_or_exit
from bot.process import log, loop
from bot.roles import Role, parse, part_of

if TYPE_CHECKING:
    from bot.settings import Settings, Shared
    from bot.workspaces.settings import HostSettings

EX_TEMPFAIL = 75  # sysexits.h: try again later


def run(
    *,
    standby: Annotated[
        bool, typer.Option("--standby", help="Wait while another process leads, then take over.")
    ] = False,
    roles: Annotated[str, typer.Option(help="Parts of the work, on PostgreSQL.")] = "web,poll,send,jobs",
) -> None:
    """Run the bot until it is told to stop (Ctrl-C or SIGTERM). SLACK_CLIENT_ID set: for many workspaces."""
    raise typer.Exit(_run_many(roles) if serves_many() else _run_one(roles, standby=standby))


def _run_one(roles: str, *, standby: bool) -> int:
    settings = settings_or_exit()
    chosen = _read_roles(roles, settings)
    arm(settings)
    return _run(settings, _serve_one(settings, chosen, standby=standby))


async def _serve_one(settings: Settings, roles: frozenset[Role], *, standby: bool) -> None:
    from bot.app import run
    from bot.database import holding

    stop = loop.stop_on_signals()
    async with holding(settings, standby=standby, stop=stop) as leads:
        if leads:
            await run(settings, stop, roles)


def _run_many(roles: str) -> int:
    """Serve many workspaces. Several processes may do so at a time."""
    settings = host_settings_or_exit()
    chosen = _read_roles(roles)
    arm(settings)
    return _run(settings, _serve_many(settings, chosen))


async def _serve_many(settings: HostSettings, roles: frozenset[Role]) -> None:
    from bot.workspaces.host import run

    await run(settings, loop.stop_on_signals(), roles)


def _read_roles(text: str, settings: Settings | None = None) -> frozenset[Role]:
    """Read the option. ``settings``: those of one workspace, whose database may not allow every part."""
    try:
        roles = parse(text)
        if settings is not None:
            part_of(settings, roles)
    except ValueError as error:
        fail(f"--roles: {error}")
    return roles


def _run(settings: Shared, work: Coroutine[Any, Any, None]) -> int:
    """Do the work, which ends when the process is told to stop. Returns the exit code."""
    from bot.process.observability import observed
    from bot.settings import ENV_FILE

    log.configure(settings.log_level, settings.secrets(), form=settings.log_format)
    with observed(settings, ENV_FILE):
        return loop.run(_ended(work))


async def _ended(work: Coroutine[Any, Any, None]) -> int:
    from bot.process.errors import StartError
    from bot.process.leader import NotLeaderError
    from storage.errors import BusyFileError, StorageError, UnreachableError

    try:
        await work
    except NotLeaderError as error:
        return _failed(error, EX_TEMPFAIL, "yellow")
    except (BusyFileError, UnreachableError) as error:
        return _failed(error, EX_TEMPFAIL)
    except (StartError, StorageError) as error:
        return _failed(error, EX_CONFIG)
    return 0


def _failed(error: Exception, code: int, colour: str = "red") -> int:
    typer.secho(f"pandabot: {error}", err=True, fg=colour)
    return code
