"""The command line: run, demo, check, doctor, backup, restore, migrate, restored, audit, api and sandbox.

:mod:`bot.cli_texts` adds courier and gloss. Each command imports its parts when it runs, so that --help and --version
stay quick.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli_texts import courier, glosses
from bot.cli_workspaces import host_settings_or_exit, keys, workspaces
from bot.process import failpoints, log, loop
from bot.process.observed import observed
from bot.process.version import VERSION
from bot.roles import Role, parse, part_of
from bot.settings import ENV_FILE, Settings, SettingsError, is_hosted
from bot.terminal import EX_CONFIG, fail, settings_or_exit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.commands.check import Finding
    from bot.workspaces.settings import HostSettings

EX_TEMPFAIL = 75  # sysexits.h: try again later

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A Slack bot for teams that buy from Taobao and 1688 through PandaPon.",
)
app.add_typer(courier, name="courier")
app.add_typer(glosses, name="gloss")
app.add_typer(workspaces, name="workspaces")
app.add_typer(keys, name="keys")


def main() -> None:
    """The console script."""
    app()


@app.callback(invoke_without_command=True)
def _root(*, version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    if version:
        typer.echo(f"pandabot {VERSION}")
        raise typer.Exit


@app.command()
def run(
    *,
    standby: Annotated[
        bool, typer.Option("--standby", help="Wait while another process leads, then take over.")
    ] = False,
    roles: Annotated[str, typer.Option(help="Parts of the work, on PostgreSQL.")] = "web,poll,send,jobs",
) -> None:
    """Run the bot until it is told to stop (Ctrl-C or SIGTERM). SLACK_CLIENT_ID set: for many workspaces."""
    if is_hosted():
        raise typer.Exit(_host(host_settings_or_exit(), roles))
    settings = settings_or_exit()
    try:
        part_of(settings, chosen := parse(roles))
    except ValueError as error:
        fail(f"--roles: {error}")
    _arm(settings)
    log.configure(settings.log_level, settings.secrets(), form=settings.log_format)
    with observed(settings, ENV_FILE):
        code = loop.run(_run(settings, standby=standby, roles=chosen))
    raise typer.Exit(code)


def _arm(settings: Settings) -> None:
    """Read the point at which a test lets the process die."""
    try:
        failpoints.arm([settings.slack_api_url, settings.pandapon_base_url])
    except failpoints.FailpointError as error:
        fail(str(error))


async def _run(settings: Settings, *, standby: bool, roles: frozenset[Role]) -> int:
    from bot.app import run
    from bot.database import holding
    from bot.process.errors import StartError
    from bot.process.leader import NotLeaderError
    from storage.errors import StorageError, UnreachableError

    stop = asyncio.Event()
    for signal_ in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal_, stop.set)
    try:
        async with holding(settings, standby=standby, stop=stop) as leads:
            if leads:
                await run(settings, stop, roles)
    except NotLeaderError as error:
        typer.secho(f"pandabot: {error}", err=True, fg="yellow")
        return EX_TEMPFAIL
    except UnreachableError as error:
        typer.secho(f"pandabot: {error}", err=True, fg="red")
        return EX_TEMPFAIL
    except (StartError, StorageError) as error:
        typer.secho(f"pandabot: {error}", err=True, fg="red")
        return EX_CONFIG
    return 0


def _host(settings: HostSettings, roles: str) -> int:
    """Serve many workspaces. Several processes may do so at a time."""
    try:
        chosen = parse(roles)
    except ValueError as error:
        fail(f"--roles: {error}")
    log.configure(settings.log_level, settings.secrets(), form=settings.log_format)
    with observed(settings, ENV_FILE):
        return loop.run(_serve(settings, chosen))


async def _serve(settings: HostSettings, roles: frozenset[Role]) -> int:
    from bot.process.errors import StartError
    from bot.workspaces.host import run
    from storage.errors import StorageError, UnreachableError

    stop = asyncio.Event()
    for signal_ in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal_, stop.set)
    try:
        await run(settings, stop, roles)
    except (StartError, StorageError) as error:
        typer.secho(f"pandabot: {error}", err=True, fg="red")
        return EX_TEMPFAIL if isinstance(error, UnreachableError) else EX_CONFIG
    return 0


@app.command()
def backup() -> None:
    """Copy the database now, while no bot runs on it; a running bot copies it every hour by itself."""
    from bot.commands import backups

    settings = settings_or_exit()
    copying = backups.back_up_now(_file(settings), settings.backups, settings.backup_bytes, typer.echo)
    raise typer.Exit(asyncio.run(copying))


@app.command()
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
        raise typer.Exit(backups.show(settings.backups, typer.echo))
    raise typer.Exit(asyncio.run(backups.restore(database, settings.backups, copy, typer.echo)))


def _file(settings: Settings) -> Path:
    """Return the SQLite file; end with a sentence where the data are on a server, which has its own copies."""
    if settings.database_file is None:
        fail(
            "the data are on the PostgreSQL server of STORAGE_URL, and so are its copies: make them and restore them "
            "there, with pg_dump and pg_restore or from the archive of its log"
        )
    return settings.database_file


@app.command()
def migrate(
    to: Annotated[str, typer.Option("--to", help="postgresql://user:password@host/database, or sqlite:///a/file.db")],
    source: Annotated[
        str,
        typer.Option("--from", help="The address of the present database [that of the settings].", show_default=False),
    ] = "",
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Move and compare everything, report it, and keep nothing of it.")
    ] = False,
) -> None:
    """Move all data to an empty database of the other engine, while no bot runs."""
    from bot.commands import migrate as moving

    settings = settings_or_exit()
    _arm(settings)
    present = _url("--from", source) if source else settings.storage_address
    raise typer.Exit(
        asyncio.run(moving.migrate(present, _url("--to", to), settings.backups, typer.echo, dry_run=dry_run))
    )


def _url(option: str, text: str) -> str:
    from bot.storage_url import storage_url

    try:
        return storage_url(text)
    except ValueError as error:
        fail(f"{option} {error}")


@app.command()
def restored(
    at: Annotated[str, typer.Option("--at", help="The newest moment that the database remembers, as an ISO time.")],
) -> None:
    """Say that the database forgot what happened after a moment: a failover, or a copy put back by hand.

    The bot then looks up what it posted since, so that nothing is told twice. Stop every process of the bot before.
    """
    from bot.commands.restored import MomentError, run
    from bot.process.clock import utc_now

    try:
        raise typer.Exit(asyncio.run(run(settings_or_exit(), at, utc_now(), typer.echo)))
    except MomentError as error:
        fail(str(error))


@app.command()
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


@app.command()
def check(
    *,
    contract: Annotated[
        bool, typer.Option("--contract", help="Try each operation that only reads, and report what differs.")
    ] = False,
) -> None:
    """Try settings, database, Slack and PandaPon, and say what is wrong and how to mend it."""
    if is_hosted() and not contract:
        raise typer.Exit(asyncio.run(_check_host(host_settings_or_exit())))
    settings = settings_or_exit()
    log.configure("error", settings.secrets())
    raise typer.Exit(asyncio.run(_contract(settings) if contract else _check(settings)))


async def _contract(settings: Settings) -> int:
    from bot.client_config import api_config
    from bot.commands.contract.report import report
    from bot.commands.contract.trying import Trial
    from bot.process.clock import utc_now
    from pandapon.errors import PandaPonError

    trial = Trial(api_config(settings), utc_now)
    outcomes = []
    try:
        async for outcome in trial.run():
            typer.echo(f"{outcome.operation.name}: {outcome.verdict}", err=True)
            outcomes.append(outcome)
    except PandaPonError as error:
        fail(f"PandaPon: {error}")
    typer.echo(report(outcomes, trial.unit, utc_now(), VERSION), nl=False)
    return 0 if outcomes else 1


async def _check(settings: Settings) -> int:
    from bot.commands.check import check

    return await _report(check(settings))


async def _check_host(settings: HostSettings) -> int:
    from bot.commands.check_workspaces import check

    log.configure("error", settings.secrets())
    return await _report(check(settings))


async def _report(findings: AsyncIterator[Finding]) -> int:
    failed = 0
    async for finding in findings:
        failed += not finding.ok
        sign, colour = ("✗", "red") if not finding.ok else ("!", "yellow") if finding.mend else ("✓", "green")
        typer.secho(f"{sign} ", fg=colour, nl=False)
        typer.echo(f"{finding.name}: {finding.words}")
        if finding.mend:
            typer.echo(f"  → {finding.mend}")
    typer.echo("Everything is ready: start it with `pandabot run`." if not failed else f"{failed} to mend.")
    return 1 if failed else 0


@app.command()
def doctor() -> None:
    """Print what a bug report needs: versions, settings, sizes and figures; no secrets, ids, names or contents."""
    from bot.commands.doctor import report
    from bot.process.clock import utc_now

    settings = settings_or_exit()
    log.configure("error", settings.secrets())
    typer.echo(asyncio.run(report(settings, utc_now())), nl=False)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def api(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="An operation; empty or 'list' shows them all.")] = "list",
    query: Annotated[list[str] | None, typer.Option("--query", "-q", help="name=value, repeatable.")] = None,
    body: Annotated[str, typer.Option(help="A JSON object, sent as it is.")] = "",
    *,
    fields: Annotated[bool, typer.Option("--fields", help="Show the operation's own arguments.")] = False,
    table: Annotated[bool, typer.Option("--table", help="Print a table instead of JSON.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the request, secrets masked; send nothing.")
    ] = False,
    as_curl: Annotated[bool, typer.Option("--as-curl", help="The same as a curl command.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Really call an operation that writes.")] = False,
) -> None:
    """Call any PandaPon operation, signed, with its own arguments (--order-id …) or with --query and --body.

    `pandabot api NAME --fields` shows the arguments. Every field that the contract only infers can be tried so.
    """
    from bot.commands.api.calling import Call, Form, RefusedCallError, run_call
    from bot.commands.api.listing import listing

    if name == "list":
        try:
            typer.echo("\n".join(listing()))
        except SettingsError as error:
            fail(str(error))
        return
    sends = not (fields or dry_run or as_curl)
    form: Form = "dry-run" if dry_run else "curl" if as_curl else "table" if table else "json"
    try:
        call = Call.of(name, ctx.args, _pairs(query or []), _json(body), may_write=yes or not sends)
        if fields:
            typer.echo("\n".join(call.usage()))
            return
    except RefusedCallError as error:
        fail(str(error))
    settings = settings_or_exit()
    log.configure("error", settings.secrets())
    code, text = asyncio.run(run_call(settings, call, form))
    typer.secho(text, err=bool(code), fg="red" if code else None)
    raise typer.Exit(code)


sandbox = typer.Typer(no_args_is_help=True, help="Stand-ins of outside services, for developers.")
app.add_typer(sandbox, name="sandbox")


@sandbox.command("pandapon")
def sandbox_pandapon(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free one.")] = 8766,
    push_to: Annotated[
        str, typer.Option(help="The address that gets push messages, e.g. http://127.0.0.1:8080/…")
    ] = "",
) -> None:
    """Run the stand-in of PandaPon: all operations, with state, strict. Prints the settings that reach it."""
    from bot.commands.sandbox import serve

    if push_to and not push_to.startswith("http"):
        fail(f"--push-to {push_to!r} is no address that begins with http:// or https://")
    log.configure("error", ())
    try:
        asyncio.run(_until_stopped(lambda stop: serve(port, typer.echo, stop, push_to)))
    except OSError as error:
        fail(f"cannot listen on port {port}: {error.strerror}")


async def _until_stopped(work: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Run until Ctrl-C or SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await work(stop)


@app.command()
def demo(
    script: Annotated[Path | None, typer.Option(help="Play the commands of this file ('-': standard input).")] = None,
    *,
    terminal: Annotated[bool, typer.Option("--terminal", help="A plain chat in this terminal, no page.")] = False,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The page's port [8765, or a free one when it is taken].")
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Open no browser; just say where the page is.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the bot's log.")] = False,
) -> None:
    """Try the bot here: the real bot against stand-ins of Slack and PandaPon. Needs no account anywhere.

    Opens a page in the browser. If input is piped in, it is run as a script, unless --port or --no-open is given.
    """
    from bot.commands.demo import play, show, talk

    log.configure("info" if debug else "error", ())
    if script is not None:
        text = sys.stdin.read() if str(script) == "-" else _read(script)
        raise typer.Exit(asyncio.run(play(text)))
    if terminal or (port is None and not no_open and not sys.stdin.isatty()):
        raise typer.Exit(asyncio.run(talk()))
    raise typer.Exit(asyncio.run(show(port, open_page=not no_open)))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"cannot read {path}: {error}")


def _pairs(items: list[str]) -> dict[str, str]:
    pairs = dict(item.split("=", 1) for item in items if "=" in item)
    if len(pairs) != len(items):
        fail("--query takes name=value, each name once")
    return pairs


def _json(text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError as error:
        fail(f"--body is not JSON: {error}")
