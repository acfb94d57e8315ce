"""Button presses, menus, modals and App Home: interactions that take several calls to the Slack stand-in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.slack import payloads
from sandbox.slack.mentions import escaped
from sandbox.slack.workspace import Message, SlackError
from sandbox.web.texts import NO_ANSWER, TROUBLE

if TYPE_CHECKING:
    from sandbox.slack.workspace import User
    from sandbox.web.hub import Hub
    from sandbox.web.page_json import Json
    from sandbox.web.session import Session

LINK = re.compile(r"(https?://[^\s<>]+[^\s<>.,;:!?)）。，；])")


def typed(hub: Hub, text: str) -> str:
    """Return typed text as Slack stores it: escaped, with links and mentions in angle brackets."""
    workspace, pieces = hub.sandbox.slack.workspace, LINK.split(text)  # every second piece is a link
    return "".join(
        f"<{escaped(piece, workspace, with_mentions=False)}>"
        if number % 2
        else escaped(piece, workspace, with_mentions=True)
        for number, piece in enumerate(pieces)
    )


def message(hub: Hub, user: str, channel: str, ts: str) -> Message:
    """Return a message that this person sees, ephemeral or not. Raises SlackError."""
    room = hub.room(user, channel)
    for ephemeral in hub.sandbox.slack.workspace.ephemeral:
        if ephemeral.ts == ts and ephemeral.viewer == user and ephemeral.channel == channel:
            return ephemeral
    return hub.sandbox.slack.workspace.find(room, ts)


async def press(hub: Hub, user: str, message: Message, action: Json, state: Json) -> None:
    """Press a button of a message, or choose from one of its menus."""
    slack = hub.sandbox.slack
    person, channel = slack.workspace.users[user], slack.workspace.channels[message.channel]
    path = slack.interactions.new_url("actions", channel.id, person.id, message)
    payload = payloads.block_actions(
        person,
        channel,
        message,
        _stamped(hub, action),
        trigger=slack.interactions.new_trigger(),
        url=slack.base_url + path,
        state=state,
    )
    ack = await slack.deliver("interactive", payload)
    if not ack.ok:
        element = "This button" if action.get("type") == "button" else "This menu"
        text = NO_ANSWER.format(what=element)
        slack.workspace.post_ephemeral(channel.id, person.id, text, thread_ts=message.thread_ts)


async def press_in_view(session: Session, view_id: str, action: Json, state: Json) -> None:
    """Press a button in a modal or in App Home."""
    hub, slack = session.hub, session.hub.sandbox.slack
    view = _with_state(_view(hub, view_id), slack.web_api.files.given(state))
    trigger = slack.interactions.new_trigger(
        "" if view["type"] == "home" else view_id
    )  # App Home is no modal to push upon
    ack = await slack.deliver(
        "interactive", payloads.view_actions(_person(hub, session.user), view, _stamped(hub, action), trigger=trigger)
    )
    if not ack.ok:
        session.modals.refused(view_id, {"": TROUBLE})


async def options(hub: Hub, user: str, body: Json) -> list[Json]:
    """Ask the app for the options of a menu with an external data source. Groups are flattened."""
    person, query = _person(hub, user), str(body.get("query") or "")
    menu = {"block_id": body["block_id"], "action_id": body["action_id"]}
    if body.get("view_id"):
        payload = payloads.view_options(person, _view(hub, str(body["view_id"])), menu, query)
    else:
        source = message(hub, user, str(body["channel"]), str(body["ts"]))
        payload = payloads.message_options(person, hub.room(user, source.channel), source, menu, query)
    ack = await hub.sandbox.slack.deliver("interactive", payload)
    answer = ack.payload if ack.ok and isinstance(ack.payload, dict) else {}
    groups = [{"options": answer.get("options") or []}, *(answer.get("option_groups") or [])]
    return [option for group in groups for option in group["options"]]


async def submit(session: Session, view_id: str, values: Json) -> None:
    """Submit a modal. The modal closes, unless the acknowledgement has another ``response_action``."""
    hub, slack = session.hub, session.hub.sandbox.slack
    trigger = slack.interactions.new_trigger(view_id)
    with_files = slack.web_api.files.given(values)
    payload = payloads.view_submission(_person(hub, session.user), _view(hub, view_id), with_files, trigger=trigger)
    ack = await slack.deliver("interactive", payload)
    if not ack.ok:
        session.modals.refused(view_id, {"": TROUBLE})
        return
    try:
        _apply_response(session, view_id, ack.payload if isinstance(ack.payload, dict) else {})
    except SlackError as error:
        session.modals.refused(view_id, {"": f"{TROUBLE} ({error.code})"})


async def close(session: Session, view_id: str, *, everything: bool) -> None:
    """Close a modal or, with ``everything``, the whole stack. The app is told if the view has ``notify_on_close``."""
    hub = session.hub
    view = _view(hub, view_id)
    if everything:
        session.modals.close_all()
    else:
        session.modals.close(view_id)
    if view.get("notify_on_close"):
        payload = payloads.view_closed(_person(hub, session.user), view, everything=everything)
        await hub.sandbox.slack.deliver("interactive", payload)


async def open_home(hub: Hub, user: str) -> None:
    """Open the bot's App Home: send the app ``app_home_opened``, which it answers by publishing the view."""
    workspace = hub.sandbox.slack.workspace
    body = payloads.home_opened(_person(hub, user), workspace.direct(user), workspace.homes.get(user))
    await hub.sandbox.slack.event(body)


def _apply_response(session: Session, view_id: str, answer: Json) -> None:
    slack = session.hub.sandbox.slack
    match answer.get("response_action"):
        case "errors":
            session.modals.refused(view_id, answer.get("errors") or {})
        case "update":
            slack.web_api.call("views.update", {"view_id": view_id, "view": answer.get("view")})
            session.modals.updated(view_id)
        case "push":
            trigger = slack.interactions.new_trigger(view_id, own=True)
            pushed = slack.web_api.call("views.push", {"trigger_id": trigger, "view": answer.get("view")})
            session.modals.opened(pushed["view"]["id"], pushed=True)
        case "clear":
            session.modals.close_all()
        case _:
            session.modals.close(view_id)


def _view(hub: Hub, view_id: str) -> Json:
    view = hub.sandbox.slack.workspace.views.get(view_id)
    if view is None:
        raise SlackError("view_not_found")
    return view


def _with_state(view: Json, state: Json) -> Json:
    return {**view, "state": {"values": state}}


def _person(hub: Hub, user: str) -> User:
    return hub.sandbox.slack.workspace.users[user]


def _stamped(hub: Hub, action: Json) -> dict[str, Any]:
    return {"block_id": "generated", **action, "action_ts": hub.sandbox.slack.workspace.next_ts()}
