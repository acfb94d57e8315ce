"""The commands of an installation with many workspaces: `pandabot workspaces` and `pandabot keys`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.terminal import fail, or_exit, serves_many
from bot.process import log

if TYPE_CHECKING:
    from bot.workspaces.settings import HostSettings

workspaces = typer.Typer(no_args_is_help=True, help="The workspaces of an installation that serves many.")
keys = typer.Typer(no_args_is_help=True, help="The keys that encrypt the workspaces' tokens and keys.")


def host_settings_or_exit() -> HostSettings:
    """Return the settings of a process that serves many workspaces. Exits as ``settings_or_exit`` does."""
    from bot.settings import ENV_FILE

    if not serves_many():
        fail(
            "SLACK_CLIENT_ID is not set, so this installation serves one workspace, and this command is for many; "
            "docs/workspaces.md says how to serve them"
        )
    need_extra()
    from bot.workspaces.settings import load

    return or_exit(lambda: load(ENV_FILE))


def need_extra() -> None:
    """End with a sentence where the libraries for many workspaces are not installed."""
    try:
        import_module("bot.workspaces.vault")
        import_module("storage.postgres.database")
    except ImportError:
        fail("many workspaces need pandabot[workspaces], which is not installed; `make extras` adds it")


Id = Annotated[str, typer.Argument(help="The workspace's id (T…), or the organisation's (E…); `list` shows them.")]


@workspaces.command("list")
def list_() -> None:
    """List the workspaces: since when the app is installed, and whether they are connected to PandaPon."""
    settings = host_settings()
    from bot.commands import workspaces as commands

    for line in _done(commands.lines(settings)):
        typer.echo(line)


@workspaces.command()
def connect(
    id_: Id,
    key: Annotated[str, typer.Option("--key", help="The App Key (Access Key) of its PandaPon account.")],
    user_id: Annotated[str, typer.Option("--user-id", help="The account's user id.")],
    rate: Annotated[
        float | None, typer.Option(min=0, help="Requests a second at most [PANDAPON_RATE_PER_SECOND]; 0: no limit.")
    ] = None,
) -> None:
    """Connect a workspace to its PandaPon account, or change its keys. The App Secret is read from standard input."""
    settings = host_settings()
    from bot.commands import workspaces as commands

    if sys.stdin.isatty():
        typer.echo("App Secret (it is not shown): ", nl=False, err=True)
    secret = _secret()
    typer.echo(_done(commands.connect(settings, id_, key=key, secret=secret, user_id=user_id, rate=rate)))


@workspaces.command()
def remove(
    id_: Id,
    *,
    data: Annotated[bool, typer.Option("--data", help="Also delete its orders, watches and records for good.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Forget a workspace: its token and its keys; its bot stops within seconds in every process."""
    settings = host_settings()
    from bot.commands import workspaces as commands

    if not yes and not typer.confirm(f"Forget {id_}{' with all its data' if data else ''}?"):
        raise typer.Exit(1)
    typer.echo(_done(commands.remove(settings, id_, with_data=data)))


@workspaces.command("manifest")
def manifest_() -> None:
    """Print the manifest of a Slack app that many workspaces install, for the address PUBLIC_URL."""
    need_extra()
    from bot.commands import workspaces as commands
    from bot.settings import public_url

    typer.echo(commands.manifest_text(or_exit(public_url)))


@keys.command()
def new() -> None:
    """Print a new key for PANDABOT_KEYS. Keep it outside the database and its backups."""
    need_extra()
    from bot.workspaces.vault import new_key

    typer.echo(new_key())


@keys.command()
def rotate() -> None:
    """Encrypt all rows with the newest key, so that the older keys can be taken out of PANDABOT_KEYS."""
    settings = host_settings()
    from bot.commands import workspaces as commands

    outcome = _done(commands.rotate(settings))
    typer.echo(outcome.words)
    raise typer.Exit(1 if outcome.unreadable else 0)


def host_settings() -> HostSettings:
    """Return the settings for a command, whose log names errors alone. Exits as :func:`host_settings_or_exit` does."""
    settings = host_settings_or_exit()
    log.configure("error", settings.secrets())
    return settings


def _secret() -> str:
    from getpass import getpass

    secret = getpass("") if sys.stdin.isatty() else sys.stdin.readline()
    if not secret.strip():
        fail("the App Secret is expected on standard input")
    return secret.strip()


def _done(work: Coroutine[Any, Any, Any]) -> Any:
    """Run the work; a failure is one sentence."""
    from bot.process.errors import StartError
    from pandapon.errors import PandaPonError
    from storage.errors import StorageError

    try:
        return asyncio.run(work)
    except PandaPonError as error:
        fail(f"PandaPon: {error}; nothing was stored")
    except (StartError, StorageError, ValueError) as error:
        fail(str(error))
