"""The schema made from Slack's published types: what it finds, what it lets pass, and what is held to it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.fake_slack import (
    MEI,
    ORDERS,
    RANDOM,
    SCOPES,
    START,
    button,
    modal,
    section,
    socket_mode,
    stand_in,
    typed,
    web_client,
)
from support.patience import PATIENCE
from support.schema_watch import CALLS, INTERACTIONS, SchemaWatch
from support.small_app import SmallApp

import sandbox.slack
from sandbox.slack import payloads
from sandbox.slack.schemas import SCHEMA, errors
from sandbox.slack.server import Call
from sandbox.slack.workspace import Channel, User

if TYPE_CHECKING:
    from sandbox.clock import SimClock
    from sandbox.slack.server import SlackServer

POST: dict[str, Any] = {"channel": ORDERS, "text": "裙子", "blocks": [section("裙子")]}
NODES = [{"type": "text", "text": "签收", "style": {"bold": True}}, {"type": "link", "url": "https://example.com"}]
RICH = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": NODES}]}


@pytest.mark.parametrize(
    "block",
    [
        section("text", fields=[{"type": "mrkdwn", "text": "field"}], accessory=button("a", style="danger")),
        {"type": "header", "text": {"type": "plain_text", "text": "Order", "emoji": True}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "as of"}, {"type": "plain_text", "text": "now"}]},
        {"type": "divider"},
        {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a dress"},
        {"type": "actions", "elements": [button("a", url="https://example.com")]},
        RICH,
    ],
    ids=lambda block: block["type"],
)
def test_sound_blocks(block: dict[str, Any]) -> None:
    """Blocks that every workspace shows pass, alone and in a message."""
    assert errors("Blocks", [block]) == []
    assert errors("PostMessage", {**POST, "blocks": [block]}) == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("Blocks", [{"type": "section", "txt": {"type": "mrkdwn", "text": "x"}}]),
        ("Blocks", [{"type": "sektion", "text": {"type": "mrkdwn", "text": "x"}}]),
        ("Blocks", [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}]),
        ("Blocks", [section("x", accessory={"type": "button", "text": "Press"})]),
        ("Blocks", [{"type": "actions", "elements": [button("a", style="green")]}]),
        ("Blocks", {"type": "divider"}),
        ("PostMessage", {"text": "to nobody"}),
        ("PostMessage", {**POST, "chanel": ORDERS}),
        ("PostMessage", {**POST, "reply_broadcast": True}),
        ("Update", {"channel": ORDERS, "text": "which?"}),
        ("PostEphemeral", {"channel": ORDERS, "text": "to whom?"}),
        ("OpenView", {"view": modal()}),
        ("OpenView", {"trigger_id": "1.2.3", "view": modal(titel="x")}),
        ("Modal", {"type": "modal", "blocks": []}),
        ("Home", {"type": "home", "title": "no such thing"}),
        ("Command", {"command": "/ask"}),
        ("Closed", {"type": "view_closed"}),
        ("Suggestion", {"type": "block_suggestion"}),
        ("HomeOpened", {"type": "event_callback", "event": {"type": "app_home_opened", "tab": "home"}}),
        ("PushView", {"view": modal()}),
        ("Delete", {"channel": ORDERS}),
        ("Permalink", {"channel": ORDERS, "ts": "1.2"}),
        ("History", {"channel": ORDERS, "limit": "many"}),
        ("Channels", {"types": ["public_channel"]}),
        ("User", {}),
    ],
)
def test_typos_and_wrong_shapes(kind: str, value: Any) -> None:
    """A misspelt key, a missing argument and a wrong type are found, and the path or the key is told."""
    problems = errors(kind, value)
    assert problems
    assert all(": " in problem for problem in problems)


@pytest.mark.parametrize(
    ("block", "cause"),
    [
        ({"type": "section", "txt": {"type": "mrkdwn", "text": "x"}}, "'txt' was unexpected"),
        ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}, '0/text/type: "plain_text" was expected'),
        (section("x", accessory={"type": "button", "text": "Press"}), "0/accessory/text: "),
        ({"type": "actions", "elements": [button("a", style="green")]}, '0/elements/0/style: "green"'),
    ],
)
def test_the_cause_that_helps_is_told(block: dict[str, Any], cause: str) -> None:
    """Of twenty kinds of block that a wrong one is not, the one that it means to be is spoken of."""
    assert [cause in problem for problem in errors("Blocks", [block])] == [True]


def test_the_only_relaxations() -> None:
    """What Slack sends and its types do not know passes, and nothing else in its place."""
    shortcut: dict[str, Any] = {
        "type": "shortcut",
        "callback_id": "form",
        "trigger_id": "1.2.3",
        "action_ts": "1.2",
        "token": "x",
        "user": {"id": MEI, "username": "mei", "team_id": "T0PANDA01"},
        "team": {"id": "T0PANDA01", "domain": "panda"},
        "is_enterprise_install": False,
    }
    assert errors("Shortcut", {**shortcut, "enterprise": None}) == []
    assert errors("Shortcut", {**shortcut, "enterprise": "x"})
    assert errors("Shortcut", {**shortcut, "team": "x"})
    view = {"id": "V1", "state": {"values": {}}}
    mei = User(MEI, "mei", "Mei Lin")
    submission = payloads.view_submission(mei, {**modal(), **view}, {}, trigger="1.2.3")
    assert not any("user" in problem for problem in errors("Submission", submission))
    submission["user"]["nickname"] = "x"
    assert any("nickname" in problem for problem in errors("Submission", submission))
    pressed = payloads.view_actions(mei, {**modal(), **view}, {}, trigger="1.2.3")
    assert not any("response_url" in problem for problem in errors("Actions", pressed))
    pressed["container"]["type"] = "message"
    assert any("response_url" in problem for problem in errors("Actions", pressed))
    home = {"type": "home", "id": "VHOME", "hash": "1.2", "blocks": [section("欢迎")]}
    opened = payloads.home_opened(mei, Channel("D0MEI00001", "dm", is_im=True), home) | {"event_ts": "1.2"}
    assert errors("HomeOpened", payloads.event(opened, event_id="Ev1", at=1)) == []
    opened["view"]["colour"] = "x"
    assert errors("HomeOpened", payloads.event(opened, event_id="Ev1", at=1))


async def test_what_passes_between_an_app_and_the_stand_in(slack: SlackServer) -> None:
    """Each kind of payload and each kind of call, made by a real app, is as Slack's types say."""
    watch = SchemaWatch(slack)
    small = SmallApp(slack)
    mei, menu = slack.workspace.user("mei"), {"block_id": "b0", "action_id": "size"}
    client = web_client(slack)
    async with socket_mode(slack, small.bolt):
        parent = (await client.chat_postMessage(**POST, metadata={"event_type": "card", "event_payload": {}}))["ts"]
        posted = await client.chat_postMessage(
            **{**POST, "blocks": [section("x"), {"type": "actions", "elements": [button("more", value="v")]}]},
            thread_ts=parent,
            reply_broadcast=True,
            unfurl_links=False,
        )
        await client.chat_update(**{**POST, "ts": parent, "blocks": [RICH]})
        await client.chat_postEphemeral(**POST, user=MEI)
        await client.views_publish(user_id=MEI, view={"type": "home", "blocks": [section("欢迎")]})
        message = slack.workspace.channels[ORDERS].messages[posted["ts"]]
        await slack.shortcut("mei", message, "look")
        await slack.press("mei", message, "more")
        await slack.slash("mei", "#buyers", "/ask", "buttons")
        whisper = slack.visible("#buyers", "mei")[-1]
        await slack.press("mei", whisper, "choose", value="白")
        await slack.global_shortcut("mei", "form")
        assert await slack.workspace.wait_for(lambda: len(slack.workspace.views) == 2, PATIENCE)
        view_id = next(id_ for id_, view in slack.workspace.views.items() if view["type"] == "modal")
        await client.views_update(view_id=view_id, view=modal("Updated"))
        view = slack.workspace.views[view_id]
        await slack.deliver("interactive", payloads.view_options(mei, view, menu, "连"))
        await slack.deliver(
            "interactive", payloads.message_options(mei, slack.workspace.channels[ORDERS], message, menu, "")
        )
        await slack.deliver("interactive", payloads.view_closed(mei, view, everything=True))
        trigger = slack.interactions.new_trigger(view_id)
        await client.views_push(trigger_id=trigger, view=modal("On top"))
        await slack.submit("mei", view_id, typed("10"))
        home = slack.workspace.homes[MEI]
        await slack.event(payloads.home_opened(mei, slack.workspace.direct(MEI), home))
        await client.chat_delete(channel=ORDERS, ts=posted["ts"])
    assert watch.problems == []
    assert set(watch.seen) >= {
        *INTERACTIONS.values(),
        "HomeOpened",
        "Command",
        "PushView",
        "Delete",
        "ConnectionsOpen",
    }


async def test_what_an_app_reads(clock: SimClock) -> None:
    """The arguments of every call that only reads or lets in are held to Slack's types, in a query and in a form."""
    scopes = (*SCOPES, "channels:join", "im:write")
    async with stand_in(clock, *scopes) as slack:
        watch, client = SchemaWatch(slack), web_client(slack)
        posted = (await client.chat_postMessage(**POST))["ts"]
        await client.chat_getPermalink(channel=ORDERS, message_ts=posted)
        await client.conversations_list(types="public_channel", exclude_archived=True, limit=10)
        await client.conversations_info(channel=ORDERS)
        await client.conversations_members(channel=ORDERS, limit=2)
        await client.conversations_history(channel=ORDERS, inclusive=True, include_all_metadata=True, limit=1)
        await client.conversations_replies(channel=ORDERS, ts=posted)
        await client.conversations_open(users=MEI)
        await client.conversations_join(channel=RANDOM)
        await client.users_info(user=MEI, include_locale=True)
        await client.users_list(limit=2)
        for method in ("api.test", "auth.test", "team.info"):
            await client.api_call(method)
        assert watch.problems == []
        reads = {kind for method, kind in CALLS.items() if method.startswith(("api", "auth", "team", "conv", "users"))}
        assert set(watch.seen) == {*reads, "PostMessage", "Permalink"}


async def test_nothing_passes_unchecked(slack: SlackServer) -> None:
    """A kind of payload that the watch has no type for is a problem of its own, not a thing that it overlooks."""
    watch = SchemaWatch(slack)
    for kind, payload in (
        ("interactive", {"type": "dialog_submission"}),
        ("events_api", {"event": {"type": "pin_added"}}),
    ):
        watch._payload(kind, payload, None)
    watch._call(Call("chat.shout", {}, START, {"ok": True}))
    assert watch.problems == ["dialog_submission is unchecked", "pin_added is unchecked", "chat.shout is unchecked"]


def test_the_data_can_be_compared() -> None:
    """Keys are sorted and prose is left out, so that a new version shows only what Slack changed."""
    text = SCHEMA.read_text(encoding="utf-8")
    schema = json.loads(text)
    assert len(text) < 400_000
    assert text == json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    assert "markdownDescription" not in text
    assert {"OurBlocks", "OurPostMessage", "OurCommand"} <= set(schema["definitions"])


def test_the_data_lies_beside_the_code() -> None:
    """The schema, its licence and the script that makes it are part of the package."""
    folder = Path(sandbox.slack.__path__[0]) / "schema"
    assert {path.name for path in folder.iterdir()} >= {"slack.json", "NOTICE", "generate.sh", "entry.ts"}
    assert "MIT" in (folder / "NOTICE").read_text(encoding="utf-8")


def test_the_stand_in_needs_no_validator() -> None:
    """The demo runs where only the run-time dependencies are installed."""
    script = (
        "import sys; sys.modules['jsonschema_rs'] = None\n"
        "import asyncio, datetime\n"
        "from sandbox.slack.server import SlackServer\n"
        "import sandbox.slack.schemas\n"
        "async def main():\n"
        "    async with SlackServer(lambda: datetime.datetime.now(datetime.UTC)) as slack:\n"
        "        print(slack.api_url)\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=PATIENCE)  # noqa: S603  our own script
    assert done.stdout.startswith("http://127.0.0.1:")
