"""Reads the settings for each command, and ends a command that cannot go on with a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.settings import Settings, Shared

T = TypeVar("T")

EX_CONFIG = 78  # sysexits.h: something in the configuration


def settings_or_exit() -> Settings:
    """Return the settings. When they are wrong, print a line for each and exit with :data:`EX_CONFIG`."""
    from bot.settings import load

    if serves_many():
        fail(
            "SLACK_CLIENT_ID is set, so this installation serves many workspaces, and this command is for a single "
            "one; see `pandabot workspaces --help`"
        )
    return or_exit(load)


def serves_many() -> bool:
    """Whether the settings are those of an installation for many workspaces. Exits as :func:`settings_or_exit` does."""
    from bot.settings import is_hosted

    return or_exit(is_hosted)


def or_exit(read: Callable[[], T]) -> T:
    """Return the settings that ``read`` reads. Exits as :func:`settings_or_exit` does."""
    from bot.settings import SettingsError

    try:
        return read()
    except SettingsError as error:
        typer.secho("pandabot: the settings cannot be used:", err=True, fg="red")
        for line in str(error).splitlines():
            typer.echo(f"  - {line}", err=True)
        raise typer.Exit(EX_CONFIG) from None


def arm(settings: Shared) -> None:
    """Arm the failpoint at which a test kills this process. Exits as :func:`fail` does when it is not valid."""
    from bot.process import failpoints

    try:
        failpoints.arm([settings.slack_api_url, settings.pandapon_base_url])
    except failpoints.FailpointError as error:
        fail(str(error))


def fail(message: str) -> NoReturn:
    """Print a sentence and exit with 2, as for wrong usage."""
    typer.secho(f"pandabot: {message}", err=True, fg="red")
    raise typer.Exit(2)
