"""The commands about couriers' words: `pandabot courier` and `pandabot gloss`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.terminal import fail, settings_or_exit

if TYPE_CHECKING:
    from bot.settings import Settings
    from handlers.blocks.team_glosses import TeamGloss
    from storage.connection import Connection

courier = typer.Typer(no_args_is_help=True, help="What the bot makes of couriers' words.")


@courier.command("read")
def courier_read(
    text: Annotated[str, typer.Argument(help="A scan's words, as the courier sent them.")],
    status: Annotated[str, typer.Option(help="The platform's code of the scan, if there is one.")] = "",
) -> None:
    """Print the stages in which one text is read."""
    from bot.commands.courier import stages

    for line in stages(text, status):
        typer.echo(line)


@courier.command("unknown")
def courier_unknown(
    most: Annotated[int, typer.Option(min=1, max=10_000, help="How many to print.")] = 50,
) -> None:
    """List the stored texts that claim nothing to the bot, the commonest first, without numbers and names."""
    from bot.commands.courier import unknown

    with _reading(settings_or_exit()) as conn:
        for count, text in unknown(conn, most):
            typer.echo(f"{count:6}  {text}")


glosses = typer.Typer(help="Short readings of couriers' words, for those who cannot read them.")


@glosses.callback(invoke_without_command=True)
def gloss(
    context: typer.Context,
    *,
    most: Annotated[int, typer.Option(min=1, max=10_000, help="How many to print.")] = 50,
    language: Annotated[str, typer.Option(help="The readers' language: en, zh_CN or th [LANGUAGE].")] = "",
    as_csv: Annotated[bool, typer.Option("--csv", help="As a file for GLOSSES, to be filled in.")] = False,
) -> None:
    """List the stored texts that have no gloss, the commonest first, without numbers and names."""
    if context.invoked_subcommand is not None:
        return
    from bot.commands.gloss import coverage, listing, sheet
    from handlers.blocks.i18n import LANGUAGES

    settings = settings_or_exit()
    readers = language or settings.language
    if readers not in dict(LANGUAGES):
        fail(f"there is no language {readers!r}; choose one of {', '.join(dict(LANGUAGES))}")
    _use_glosses(settings.glosses)
    with _reading(settings) as conn:
        texts = coverage(conn, readers, most)
    for line in [sheet(texts)] if as_csv else listing(texts):
        typer.echo(line)


@glosses.command("show")
def gloss_show(
    text: Annotated[str, typer.Argument(help="A scan's words, as the courier sent them.")],
    file: Annotated[Path | None, typer.Option("--glosses", help="A file of the team's own glosses to try.")] = None,
) -> None:
    """Print the gloss of one text in each language."""
    from bot.commands.gloss import readings

    _use_glosses(file)
    for line in readings(text):
        typer.echo(line)


@glosses.command("check")
def gloss_check(file: Annotated[Path, typer.Argument(help="A file of the team's own glosses (CSV).")]) -> None:
    """Check a file for GLOSSES, and say what is wrong with it and in which line."""
    from bot.commands.gloss import summary

    typer.echo(summary(_use_glosses(file)))


@contextmanager
def _reading(settings: Settings) -> Iterator[Connection]:
    from bot.database import reading
    from storage.errors import StorageError

    try:
        with reading(settings) as conn:
            yield conn
    except StorageError as error:
        fail(str(error))


def _use_glosses(file: Path | None) -> Sequence[TeamGloss]:
    from handlers.blocks import team_glosses

    try:
        loaded = team_glosses.load(file) if file else []
    except team_glosses.GlossFileError as error:
        fail(str(error))
    team_glosses.use(loaded)
    return loaded
