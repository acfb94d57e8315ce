"""The state that comes with a submitted modal or a pressed button: what was chosen, and what each input began with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support.fake_slack import MEI, ORDERS, button, modal, plain, section, socket_mode
from support.small_app import SmallApp

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack.server import SlackServer


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value.title()), "value": value}


def input_block(block_id: str, element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, "optional": True}


async def submitted(slack: SlackServer, client: AsyncWebClient, blocks: list[Any], typed: dict[str, Any]) -> Any:
    """The state that the app gets."""
    app = SmallApp(slack)
    async with socket_mode(slack, app.bolt):
        field = {"type": "plain_text_input", "action_id": "typed", "initial_value": "10"}
        view = modal(blocks=[input_block("number", field), *blocks])
        opened = await client.views_open(trigger_id=slack.interactions.new_trigger(), view=view)
        assert (await slack.submit("mei", opened["view"]["id"], typed)).ok
    return app.bodies[-1]["view"]["state"]["values"]


async def test_what_an_input_begins_with(slack: SlackServer, client: AsyncWebClient) -> None:
    """Who touches nothing submits what was there, and nothing where nothing was."""
    options = [option("red"), option("white")]
    blocks = [
        input_block(
            "menu", {"type": "static_select", "action_id": "x", "options": options, "initial_option": options[1]}
        ),
        input_block("radio", {"type": "radio_buttons", "action_id": "x", "options": options}),
        input_block("checks", {"type": "checkboxes", "action_id": "x", "options": options}),
        input_block("time", {"type": "timepicker", "action_id": "x", "initial_time": "08:30"}),
        input_block("date", {"type": "datepicker", "action_id": "x"}),
        input_block("who", {"type": "users_select", "action_id": "x", "initial_user": MEI}),
    ]
    assert await submitted(slack, client, blocks, {}) == {
        "number": {"typed": {"type": "plain_text_input", "value": "10"}},
        "menu": {"x": {"type": "static_select", "selected_option": options[1]}},
        "radio": {"x": {"type": "radio_buttons", "selected_option": None}},
        "checks": {"x": {"type": "checkboxes", "selected_options": []}},
        "time": {"x": {"type": "timepicker", "selected_time": "08:30"}},
        "date": {"x": {"type": "datepicker", "selected_date": None}},
        "who": {"x": {"type": "users_select", "selected_user": MEI}},
    }


async def test_options_come_whole(slack: SlackServer, client: AsyncWebClient) -> None:
    """An option chosen by its value comes with its words, from a group too; an emptied field is empty."""
    options = [option("red"), option("white")]
    grouped = {"type": "static_select", "action_id": "x", "option_groups": [{"label": plain("g"), "options": options}]}
    blocks = [
        input_block("menu", grouped),
        input_block("checks", {"type": "checkboxes", "action_id": "x", "options": options}),
    ]
    values = await submitted(
        slack,
        client,
        blocks,
        {
            "menu": {"x": {"selected_option": {"value": "white"}}},
            "checks": {"x": {"selected_options": [{"value": "red"}]}},
            "number": {"typed": {"value": "7"}},
        },
    )
    assert values["menu"]["x"]["selected_option"] == options[1]
    assert values["checks"]["x"]["selected_options"] == [options[0]]
    assert values["number"]["typed"]["value"] == "7"


async def test_the_state_of_a_message(slack: SlackServer, client: AsyncWebClient) -> None:
    """A press tells what the message's menus hold, under the block ids that the message has."""
    app = SmallApp(slack)
    options = [option("red"), option("white")]
    menu = {"type": "static_select", "action_id": "choose", "options": options}
    blocks = [section("which?", accessory=menu), {"type": "actions", "elements": [button("more", value="v")]}]
    async with socket_mode(slack, app.bolt):
        ts = (await client.chat_postMessage(channel=ORDERS, text="which?", blocks=blocks))["ts"]
        message = slack.workspace.channels[ORDERS].messages[ts]
        await slack.press("mei", message, "choose", value="white")
    body = app.bodies[-1]
    place = body["message"]["blocks"][0]["block_id"]
    assert body["actions"][0]["block_id"] == place
    assert body["state"]["values"] == {
        place: {"choose": {"type": "static_select", "selected_option": options[1]}},
    }
