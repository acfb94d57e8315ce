"""Correctly signed payloads that no screen offers, with any user, channel, id and shape."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, Any

from support.bot_harness import words
from support.patience import AT_ONCE

from handlers.blocks.action_ids import MENU
from sandbox.slack import payloads
from sandbox.slack.delivery import post_signed

if TYPE_CHECKING:
    from support.bot_harness import BotHarness

    from sandbox.slack.delivery import Ack
    from sandbox.slack.workspace import Message

Json = dict[str, Any]
UNTOUCHED = {  # tables and their columns, without the times that change with every poll
    **dict.fromkeys(("watches", "outbox", "audit", "channels", "subscriptions", "alarms", "news"), "*"),
    "orders": "key, milestone",
}


def press(harness: BotHarness, action_id: str, value: Any, *, user: str = "mei", channel: str = "#orders") -> Json:
    """Return the press of a button, or the choice of a menu's option, in an answer that this person sees."""
    who, where = harness.slack.workspace.user(user), harness.slack.workspace.channel(channel)
    message = harness.slack.workspace.post_ephemeral(where.id, who.id, "an older answer")
    label = {"type": "plain_text", "text": "Do it", "emoji": True}
    action: Json = {"action_id": action_id, "block_id": "b0", "type": "button", "action_ts": "1.2"}
    if action_id.startswith(MENU):
        action |= {"type": "overflow", "selected_option": {"text": label, "value": value}}
    else:
        action |= {"text": label, "value": value}
    path = harness.slack.interactions.new_url("actions", where.id, who.id, message)
    trigger, url = harness.slack.interactions.new_trigger(), harness.slack.base_url + path
    return payloads.block_actions(who, where, message, action, trigger=trigger, url=url, state={})


def press_in_home(harness: BotHarness, action_id: str, value: str = "home", user: str = "mei") -> Json:
    """Return the press of a button in App Home, with neither a channel nor a response URL."""
    who = harness.slack.workspace.user(user)
    action: Json = {"action_id": action_id, "block_id": "b0", "type": "button", "action_ts": "1.2", "value": value}
    action["text"] = {"type": "plain_text", "text": "Do it", "emoji": True}
    view = {"id": "V0HOME", "type": "home", "blocks": [], "private_metadata": "", "callback_id": ""}
    return payloads.view_actions(who, stored(view), action, trigger=harness.slack.interactions.new_trigger())


def submission(harness: BotHarness, callback_id: str, metadata: str, values: Json, user: str = "mei") -> Json:
    """Return a submitted form."""
    view = {"id": "V0FORM", "type": "modal", "callback_id": callback_id, "private_metadata": metadata, "blocks": []}
    who = harness.slack.workspace.user(user)
    return payloads.view_submission(who, stored(view), values, trigger=harness.slack.interactions.new_trigger())


def command(harness: BotHarness, text: str, *, user: str = "mei", channel: str = "#orders") -> Json:
    """Return a slash command."""
    who, where = harness.slack.workspace.user(user), harness.slack.workspace.channel(channel)
    path = harness.slack.interactions.new_url("commands", where.id, who.id)
    trigger, url = harness.slack.interactions.new_trigger(), harness.slack.base_url + path
    return payloads.command(who, where, "/panda", text, trigger=trigger, url=url)


def stored(view: Json) -> Json:
    """Return a view with the fields that Slack adds."""
    return {
        "team_id": "T0PANDA01",
        "state": {"values": {}},
        "hash": "1.2",
        "title": {"type": "plain_text", "text": "A form", "emoji": True},
        "clear_on_close": False,
        "notify_on_close": False,
        "close": None,
        "submit": None,
        "previous_view_id": None,
        "root_view_id": view["id"],
        "app_id": "A0PANDA01",
        "external_id": "",
        "app_installed_team_id": "T0PANDA01",
        "bot_id": "B0PANDA01",
        **view,
    }


async def send(harness: BotHarness, payload: Json, kind: str = "interactive") -> Ack:
    """Deliver a payload without the check against Slack's types, and wait until the bot has handled it."""
    slack, payload = harness.slack, harness.slack.names.on_the_wire(payload)
    if slack.request_url:
        assert slack._session is not None
        ack = await post_signed(
            slack._session, slack.request_url, slack.signing_secret, kind, payload, slack.ack_seconds
        )
    else:
        ack = await slack.sockets.send(kind, payload, slack.ack_seconds)
    await harness.idle()
    return ack


async def answered(harness: BotHarness, payload: Json, *, user: str = "mei", channel: str = "#orders") -> str:
    """Deliver a payload and return the final answer to this person, which may be empty."""
    before = {id(message): message.text for message in harness.private(user, channel)}
    kind = "slash_commands" if "command" in payload else "interactive"
    ack = await send(harness, payload, kind)
    assert ack.ok, payload
    assert ack.seconds < AT_ONCE

    def changed_messages() -> list[Message]:
        return [message for message in harness.private(user, channel) if before.get(id(message)) != message.text]

    return "\n".join(words(message) for message in changed_messages())


def rows(harness: BotHarness) -> dict[str, list[Any]]:
    """Return everything that the bot stores about orders, channels and people's acts."""
    with contextlib.closing(sqlite3.connect(harness.folder / "bot.db")) as conn:
        return {
            table: conn.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2").fetchall()  # noqa: S608  our own names
            for table, columns in UNTOUCHED.items()
        }
