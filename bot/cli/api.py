"""`pandabot api`: any operation of PandaPon, signed."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

import typer

from bot.cli.terminal import fail, or_exit, settings_or_exit
from bot.process import log


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
        typer.echo("\n".join(or_exit(listing)))
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
