"""A small Bolt app with modals: it opens them, refuses, updates, pushes and clears, and has an App Home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

if TYPE_CHECKING:
    from sandbox.slack.server import SlackServer

CHOOSE = {"command": "/choose", "description": "A menu", "usage_hint": ""}
MANIFEST = {
    "features": {
        "shortcuts": [{"name": "Ask for a number", "type": "global", "callback_id": "ask", "description": "A form"}],
        "slash_commands": [
            {"command": "/ask", "description": "A form", "usage_hint": "", "should_escape": True},
            CHOOSE,
        ],
        "app_home": {"home_tab_enabled": True},
    }
}


def form(title: str, *, hint: str = "Digits only") -> dict[str, Any]:
    field = {"type": "plain_text_input", "action_id": "typed", "multiline": True}
    block = {"type": "input", "block_id": "number", "label": plain("Number"), "hint": plain(hint), "element": field}
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain(title),
        "submit": plain("Send"),
        "close": plain("Cancel"),
        "notify_on_close": True,
        "blocks": [block],
    }


def words(title: str, text: str) -> dict[str, Any]:
    return {"type": "modal", "title": plain(title), "blocks": [{"type": "section", "text": plain(text)}]}


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def build(slack: SlackServer, closed: list[str]) -> AsyncApp:
    client = AsyncWebClient(token="xoxb-sandbox", base_url=slack.api_url)
    app = AsyncApp(client=client, request_verification_enabled=False)

    @app.shortcut("ask")
    @app.command("/ask")
    async def ask(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form("A form"))

    @app.view("form")
    async def submitted(ack: Any, view: dict[str, Any]) -> None:
        typed = view["state"]["values"]["number"]["typed"]["value"] or ""
        if typed == "push":
            await ack(response_action="push", view=words("On top", "a second view"))
        elif typed == "deeper":
            await ack(response_action="push", view=form(f"{view['title']['text']}+"))
        elif typed == "clear":
            await ack(response_action="clear")
        elif typed == "update":
            await ack(response_action="update", view=form("The same form", hint="Another hint"))
        elif not typed.isdigit():
            await ack(response_action="errors", errors={"number": f"{typed!r} is no number"})
        else:
            await ack(response_action="update", view=words("Done", f"It was {typed}"))

    @app.view_closed("form")
    async def gone(ack: Any, view: dict[str, Any]) -> None:
        await ack()
        closed.append(view["title"]["text"])

    listen_to_a_menu(app, client)
    listen_to_home(app, client)
    return app


def listen_to_a_menu(app: AsyncApp, client: AsyncWebClient) -> None:
    @app.command("/choose")
    async def choose(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        menu = {"type": "external_select", "action_id": "size", "min_query_length": 1, "placeholder": plain("Size")}
        view = words("Choose", "a size") | {"notify_on_close": True, "callback_id": "choose"}
        view["blocks"].append({"type": "actions", "block_id": "sizes", "elements": [menu]})
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.options("size")
    async def sizes(ack: Any, body: dict[str, Any]) -> None:
        await ack(options=[{"text": plain(f"{body['value']} {size}"), "value": size} for size in ("S", "M")])

    @app.action("size")
    async def chosen(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        value = body["actions"][0]["selected_option"]["value"]
        await client.views_update(view_id=body["view"]["id"], view=words("Choose", f"It is {value}"))


def listen_to_home(app: AsyncApp, client: AsyncWebClient) -> None:
    @app.event("app_home_opened")
    async def opened(event: dict[str, Any]) -> None:
        text = plain(f"Home of {event['user']}")
        button = {"type": "button", "action_id": "more", "text": plain("More")}
        blocks = [{"type": "section", "text": text}, {"type": "actions", "elements": [button]}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    @app.action("more")
    async def open_second(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=words("More", "from home"))
