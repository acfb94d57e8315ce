"""One call of an operation from the terminal, checked before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from bot.clients.pandapon import api_config
from bot.commands.api import arguments, printing
from bot.process.clock import utc_now
from pandapon.client import PandaPon
from pandapon.errors import PandaPonError
from pandapon.operations.catalogue import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.settings import Settings
    from pandapon.operations.answers import Amounts
    from pandapon.operations.catalogue import AnyOperation
    from pandapon.operations.requests import Request

Form = Literal["json", "table", "dry-run", "curl"]


class RefusedCallError(Exception):
    """A call that is not made. The message says why, and how it would be right."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call with typed arguments (``request``), or with a query and a body as they were given."""

    operation: AnyOperation
    request: Request | None
    query: dict[str, str]
    body: Any

    @classmethod
    def of(cls, name: str, words: Sequence[str], query: dict[str, str], body: Any, *, may_write: bool) -> Call:
        """Check what was typed. ``words``: the typed arguments. Raises RefusedCallError."""
        operation = next((each for each in OPERATIONS if each.name == name), None)
        if operation is None:
            raise RefusedCallError(f"no operation {name!r}; `pandabot api list` shows them all")
        if operation.writes and not may_write:
            raise RefusedCallError(f"{name} changes things in the account; add --yes to call it")
        if words and (query or body is not None):
            raise RefusedCallError("give either the operation's own arguments, or --query and --body")
        try:
            request = arguments.read(operation, words) if words else None
        except arguments.ArgumentError as error:
            raise RefusedCallError(str(error)) from None
        return cls(operation, request, query, body)

    def usage(self) -> Iterator[str]:
        """Return the lines that describe the operation's arguments."""
        return arguments.usage(self.operation)

    def sent(self, amounts: Amounts) -> tuple[dict[str, str] | None, Any]:
        """Return the query and the body to be sent. ``amounts``: the unit of Taobao's amounts in a typed request."""
        if self.request is None:
            return self.query or None, self.body
        return self.operation.encode(self.request, amounts)


async def run_call(settings: Settings, call: Call, form: Form) -> tuple[int, str]:
    """Make the call, or print its request. Returns the exit code and the text."""
    async with PandaPon(api_config(settings), clock=utc_now) as client:
        query, body = call.sent(settings.pandapon_taobao_amounts)
        try:
            if form in {"dry-run", "curl"}:
                request = client.prepared(call.operation.name, query=query, body=body)
                return 0, printing.dry_run(request) if form == "dry-run" else printing.as_curl(request)
            data = await client.call(call.operation.name, query=query, body=body)
            return 0, _printed(call, data, settings.pandapon_taobao_amounts, form)
        except PandaPonError as error:
            return 1, f"pandabot: {error}"


def _printed(call: Call, data: Any, amounts: Amounts, form: Form) -> str:
    """Return the data as it came; as a table, only the fields that the contract knows."""
    if form != "table" or call.request is None:
        return printing.as_json(data)
    return printing.as_table(call.operation.read(data, call.request, amounts))
