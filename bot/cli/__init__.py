"""The command line: the commands of `pandabot`, their arguments and their exit codes.

The work of each command stands in :mod:`bot.commands`. A command imports its module only when it runs, so that --help
and --version stay quick.
"""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.api import api
from bot.cli.checking import check, doctor
from bot.cli.database import audit, backup, migrate, restore, restored
from bot.cli.running import run
from bot.cli.stand_ins import demo, sandbox
from bot.cli.texts import courier, glosses
from bot.cli.workspaces import keys, workspaces
from bot.process.version import VERSION

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A Slack bot for teams that buy from Taobao and 1688 through PandaPon.",
)
for _command in (run, backup, restore, migrate, restored, audit, check, doctor):
    app.command()(_command)
# The extra arguments are the operation's own options.
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(api)
app.command()(demo)
for _name, _group in {
    "courier": courier,
    "gloss": glosses,
    "workspaces": workspaces,
    "keys": keys,
    "sandbox": sandbox,
}.items():
    app.add_typer(_group, name=_name)


def main() -> None:
    """The console script."""
    app()


@app.callback(invoke_without_command=True)
def _root(*, version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    if version:
        typer.echo(f"pandabot {VERSION}")
        raise typer.Exit
