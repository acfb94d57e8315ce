"""`pandabot check` and `pandabot doctor`: what is wrong, and what a bug report needs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.terminal import fail, serves_many, settings_or_exit
from bot.cli.workspaces import host_settings, host_settings_or_exit
from bot.process import log
from bot.process.version import VERSION

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.commands.check_machine import Finding
    from bot.settings import Settings
    from bot.workspaces.settings import HostSettings


def check(
    *,
    contract: Annotated[
        bool, typer.Option("--contract", help="Try each operation that only reads, and report what differs.")
    ] = False,
) -> None:
    """Try settings, database, Slack and PandaPon, and say what is wrong and how to mend it."""
    if serves_many() and not contract:
        raise typer.Exit(asyncio.run(_check_host(host_settings_or_exit())))
    settings = settings_or_exit()
    log.configure("error", settings.secrets())
    raise typer.Exit(asyncio.run(_contract(settings) if contract else _check(settings)))


async def _contract(settings: Settings) -> int:
    from bot.clients.pandapon import api_config
    from bot.commands.contract.report import report
    from bot.commands.contract.trial import Trial
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


def doctor() -> None:
    """Print what a bug report needs: versions, settings, sizes and figures; no secrets, ids, names or contents."""
    typer.echo(asyncio.run(_report_many() if serves_many() else _report_one()), nl=False)


async def _report_one() -> str:
    from bot.commands.doctor.report import report
    from bot.process.clock import utc_now

    settings = settings_or_exit()
    log.configure("error", settings.secrets())
    return await report(settings, utc_now)


async def _report_many() -> str:
    settings = host_settings()
    from bot.commands.doctor.workspaces import report
    from bot.process.clock import utc_now

    return await report(settings, utc_now)
