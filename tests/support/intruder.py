"""An attack by somebody of one workspace who knows every id of another and sends them to each listener of the bot.

The payloads are made from the declarations of the running bot's listeners. So a listener that is added later is tried
as well, and a kind of listener that is not known here is an error.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from support import forged
from support.host_harness import OFFSET, SIGNING

from handlers.listeners import declarations
from sandbox.pandapon.demo import FIRST, SECOND, TAOBAO
from sandbox.slack import payloads
from sandbox.slack.delivery import post_signed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.host_harness import WorkspaceHarness

    from handlers.listeners import Declaration

Json = dict[str, Any]
Sent = tuple[Json, str]  # a payload, and the kind of request in which Slack sends it

MINE = [str(int(order) + OFFSET) for order in (FIRST, SECOND, TAOBAO)]  # orders of the other workspace
CARRIED = ("watches", "alarms", "approvals", "flows", "writes", "outbox")  # their ids stand in buttons and forms
AT_ONCE = 8  # payloads that are sent at the same time


@dataclass
class ForeignValues:
    """All values that one workspace has shown or stored and that a payload could carry."""

    values: dict[str, set[str]] = field(default_factory=dict)  # of buttons and options, by the beginning of the id
    ids: list[str] = field(default_factory=list)
    forms: set[tuple[str, str]] = field(default_factory=set)  # callback id and metadata

    @classmethod
    def of(cls, workspace: WorkspaceHarness) -> ForeignValues:
        """Collect them from a workspace."""
        foreign = cls(ids=numbers(workspace), forms=forms(workspace))
        for action, value in pairs(sent(workspace)):
            foreign.values.setdefault(action.partition(":")[0], set()).add(value)
        return foreign


def pairs(value: Any) -> Iterator[tuple[str, str]]:
    """Yield each button and option in blocks: its action id and its value."""
    if isinstance(value, list):
        for each in value:
            yield from pairs(each)
    elif isinstance(value, dict):
        if "action_id" in value:
            for carrier in (value, *(value.get("options") or ())):
                if carrier.get("value"):
                    yield str(value["action_id"]), str(carrier["value"])
        for each in value.values():
            yield from pairs(each)


def sent(workspace: WorkspaceHarness) -> list[Any]:
    """Return everything that the bot has sent to Slack: blocks and views as values."""
    values = []
    for call in workspace.slack.calls:
        for value in call.arguments.values():
            with contextlib.suppress(ValueError, TypeError):
                values.append(json.loads(value) if isinstance(value, str) else value)
    return values


def forms(workspace: WorkspaceHarness) -> set[tuple[str, str]]:
    """Return the callback id and the metadata of each form that was shown."""
    views = [value for value in sent(workspace) if isinstance(value, dict) and "callback_id" in value]
    return {(view["callback_id"], str(view.get("private_metadata", ""))) for view in views}


def numbers(workspace: WorkspaceHarness) -> list[str]:
    """Return every id that a button or form of the workspace could carry."""
    ids = [str(row["id"]) for table in CARRIED for row in workspace.rows(f"TABLE {table}")]
    orders = [*MINE, *(f"alibaba {order}" for order in MINE), *(f"alibaba.{order}" for order in MINE)]
    parcels = [row["waybill"] for row in workspace.rows("SELECT waybill FROM parcels")]
    with_places = [f"{id_}.0" for id_ in ids if not id_.isdigit()]
    return [*dict.fromkeys([*ids, *with_places, *orders, *parcels])]


def attempts_on(declared: Declaration, beta: WorkspaceHarness, foreign: ForeignValues) -> list[Sent]:
    """Return payloads for one listener. Raises KeyError for a kind of listener that ``KINDS`` lacks."""
    name = declared.name if isinstance(declared.name, str) else ""  # a pattern: it takes whatever no other takes
    return [*KINDS[declared.kind](beta, name, foreign)]


def commands(beta: WorkspaceHarness, name: str, foreign: ForeignValues) -> Iterator[Sent]:
    verbs = tuple(beta.bot.context.commands.declared)
    texts = [f"{verb} {given}" for verb in verbs for given in (*MINE, *foreign.ids[-2:])] if name == "/panda" else []
    for text in (*texts, *verbs, *MINE):
        yield forged.command(beta, text) | {"command": name or "/panda-nothing"}, "slash_commands"


def actions(beta: WorkspaceHarness, name: str, foreign: ForeignValues) -> Iterator[Sent]:
    beginning = name.partition(":")[0]
    values = [*foreign.values.get(beginning, ()), *(foreign.ids if name else foreign.ids[:3])]
    action_id = (name if name.endswith(":") else f"{name}:1") if name else "nobody_listens:1"
    for value in values:
        yield forged.press(beta, action_id, value), "interactive"
    for value in values[:2]:
        yield forged.press_in_home(beta, action_id, value), "interactive"


def submissions(beta: WorkspaceHarness, name: str, foreign: ForeignValues) -> Iterator[Sent]:
    for metadata in _metadata(name, foreign):
        yield forged.submission(beta, name or "unknown", metadata, {}), "interactive"


def closings(beta: WorkspaceHarness, name: str, foreign: ForeignValues) -> Iterator[Sent]:
    person = beta.slack.workspace.user("mei")
    for metadata in _metadata(name, foreign):
        form = forged.submission(beta, name or "unknown", metadata, {})["view"]
        yield payloads.view_closed(person, form, everything=False), "interactive"


def _metadata(name: str, foreign: ForeignValues) -> list[str]:
    return [*(metadata for callback, metadata in foreign.forms if callback.startswith(name)), *foreign.ids]


def shortcuts(beta: WorkspaceHarness, name: str, _foreign: ForeignValues) -> Iterator[Sent]:
    person, room = beta.slack.workspace.user("mei"), beta.slack.workspace.channel("orders")
    message = beta.slack.workspace.post(room, person.id, " ".join(MINE))
    url = beta.slack.base_url + beta.slack.interactions.new_url("actions", room.id, person.id)
    trigger, other = beta.slack.interactions.new_trigger(), beta.slack.interactions.new_trigger()
    name = name or "unknown"
    yield payloads.message_shortcut(person, room, message, name, trigger=trigger, url=url), "interactive"
    yield payloads.global_shortcut(person, name, trigger=other, ts=message.ts), "interactive"


def options(beta: WorkspaceHarness, name: str, foreign: ForeignValues) -> Iterator[Sent]:
    person, room = beta.slack.workspace.user("mei"), beta.slack.workspace.channel("orders")
    message = beta.slack.workspace.post_ephemeral(room.id, person.id, "an older answer")
    for typed in foreign.ids:
        form = forged.submission(beta, "unknown", typed, {})["view"]
        menu = {"action_id": f"{name}:1", "block_id": "b0"}
        yield payloads.message_options(person, room, message, menu, typed), "interactive"
        yield payloads.view_options(person, form, menu, typed), "interactive"


def events(beta: WorkspaceHarness, name: str, foreign: ForeignValues) -> Iterator[Sent]:
    person, room = beta.slack.workspace.user("mei"), beta.slack.workspace.channel("orders")
    for number, given in enumerate(foreign.ids):
        body = {"type": name or "message", "user": person.id, "channel": room.id, "tab": "home", "text": given}
        form = forged.submission(beta, "unknown", given, {})["view"] | {"type": "home"}
        yield payloads.event(body | {"view": form}, event_id=f"EvForged{name}{number}", at=1), "events_api"


KINDS: dict[str, Callable[[WorkspaceHarness, str, ForeignValues], Iterator[Sent]]] = {
    "command": commands,
    "action": actions,
    "view": submissions,
    "view_closed": closings,
    "shortcut": shortcuts,
    "options": options,
    "event": events,
}


def everything(_declared: Declaration) -> bool:
    """Try every listener."""
    return True


async def attack(
    beta: WorkspaceHarness, foreign: ForeignValues, tries: Callable[[Declaration], bool] = everything
) -> list[Any]:
    """Send every value of another workspace to the listeners of a workspace's bot, correctly signed.

    ``tries`` chooses the listeners.

    Returns the acknowledgements' contents, one for each payload.
    """
    turns = asyncio.Semaphore(AT_ONCE)
    slack = beta.slack
    assert slack._session is not None
    session = slack._session

    async def send(payload: Json, kind: str) -> Any:
        async with turns:
            named = slack.names.on_the_wire(payload)
            ack = await post_signed(session, slack.request_url, SIGNING, kind, named, 30)
            assert ack.ok, payload
            return ack.payload

    declared = filter(tries, declarations(beta.bot.app))
    attempts = [attempt for listener in declared for attempt in attempts_on(listener, beta, foreign)]
    answers = await asyncio.gather(*(send(payload, kind) for payload, kind in attempts))
    await beta.idle()
    return list(answers)
