"""A small Bolt app: one command, buttons, shortcuts, a modal and events, each noted as it arrives."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from slack_bolt.async_app import AsyncApp
from support.fake_slack import ACK_SECONDS, SIGNING, button, modal, section, web_client

if TYPE_CHECKING:
    from sandbox.slack.server import SlackServer

Json = dict[str, Any]


class SmallApp:
    """The app's log: ``bodies`` are the payloads, ``retries`` the number of earlier deliveries of each event."""

    def __init__(self, slack: SlackServer) -> None:
        self.bodies: list[Json] = []
        self.retries: list[str] = []
        self.naps: list[float] = []  # seconds by which the next events are delayed
        self.client = web_client(slack)
        self.bolt = AsyncApp(name="small", client=self.client, signing_secret=SIGNING, process_before_response=True)
        self._listen()

    def _listen(self) -> None:
        bolt = self.bolt
        bolt.command("/ask")(self._ask)
        bolt.command("/plain")(self._ask)
        bolt.action("more")(self._more)
        bolt.action("choose")(self._more)
        bolt.shortcut("look")(self._look)
        bolt.shortcut("form")(self._form)
        bolt.view("form")(self._submitted)
        bolt.event("app_home_opened")(self._home)

    async def _ask(self, ack: Any, body: Json, respond: Any) -> None:
        """Answer in the way that the command's text names."""
        self.bodies.append(body)
        match body["text"].split():
            case ["slow"]:
                await asyncio.sleep(ACK_SECONDS * 1.5)
                await ack()
            case ["now"]:
                await ack(text="said in the acknowledgement")
            case ["aloud"]:
                await ack(text="said to all", response_type="in_channel")
            case ["broken"]:
                await ack(text="x", blocks=[{"type": "nonsense"}])
            case ["buttons"]:
                await ack()
                await respond(text="choose", blocks=[section("choose"), {"type": "actions", "elements": choices()}])
            case ["form"]:
                await ack()
                await self.client.views_open(trigger_id=body["trigger_id"], view=modal())
            case _:
                await ack()

    async def _more(self, ack: Any, body: Json, respond: Any) -> None:
        self.bodies.append(body)
        await ack()
        action = body["actions"][0]
        picked = action.get("value") or action["selected_option"]["value"]
        await respond(text=f"you chose {picked}", replace_original=True)

    async def _look(self, ack: Any, body: Json, respond: Any) -> None:
        self.bodies.append(body)
        await ack()
        await respond(text=f"it says {body['message']['text']}")

    async def _form(self, ack: Any, body: Json) -> None:
        self.bodies.append(body)
        await ack()
        await self.client.views_open(trigger_id=body["trigger_id"], view=modal())

    async def _submitted(self, ack: Any, body: Json, view: Json) -> None:
        self.bodies.append(body)
        value = view["state"]["values"]["number"]["typed"]["value"]
        match value:
            case "update":
                await ack(response_action="update", view=modal("Updated"))
            case "push":
                await ack(response_action="push", view=modal("On top"))
            case "clear":
                await ack(response_action="clear")
            case _ if not value.isdigit():
                await ack(response_action="errors", errors={"number": f"{value!r} is no number"})
            case _:
                await ack()

    async def _home(self, body: Json, request: Any) -> None:
        self.bodies.append(body)
        self.retries += request.headers.get("x-slack-retry-num", ["0"])
        if self.naps:
            await asyncio.sleep(self.naps.pop())


def choices() -> list[Json]:
    options = [{"text": {"type": "plain_text", "text": choice}, "value": choice} for choice in ("red", "白")]
    menu = {"type": "static_select", "action_id": "choose", "options": options}
    return [button("more", value="the button"), button("silent", "Silent", value="x"), menu]
