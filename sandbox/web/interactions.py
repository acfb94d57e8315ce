"""What people do that is more than one call to the stand-in: typed text, presses, modals, menus."""

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
    """What a person typed as Slack stores it: escaped, with links and mentions marked."""
    workspace, pieces = hub.sandbox.slack.workspace, LINK.split(text)  # every second one is a link
    return "".join(
        f"<{escaped(piece, workspace, with_mentions=False)}>"
        if number % 2
        else escaped(piece, workspace, with_mentions=True)
        for number, piece in enumerate(pieces)
    )


def message(hub: Hub, user: str, channel: str, ts: str) -> Message:
    """A message that this person sees, their private ones too. Raises SlackError."""
    room = hub.room(user, channel)
    for one in hub.sandbox.slack.workspace.ephemeral:
        if one.ts == ts and one.viewer == user and one.channel == channel:
            return one
    return hub.sandbox.slack.workspace.find(room, ts)


async def press(hub: Hub, user: str, one: Message, action: Json, state: Json) -> None:
    """Press a button of a message, or choose in it."""
    slack = hub.sandbox.slack
    who, where = slack.workspace.users[user], slack.workspace.channels[one.channel]
    path = slack.interactions.new_url("actions", where.id, who.id, one)
    payload = payloads.block_actions(
        who,
        where,
        one,
        _stamped(hub, action),
        trigger=slack.interactions.new_trigger(),
        url=slack.base_url + path,
        state=state,
    )
    ack = await slack.deliver("interactive", payload)
    if not ack.ok:
        what = "This button" if action.get("type") == "button" else "This menu"
        slack.workspace.post_ephemeral(where.id, who.id, NO_ANSWER.format(what=what), thread_ts=one.thread_ts)


async def press_in_view(session: Session, view_id: str, action: Json, state: Json) -> None:
    """Press a button in a modal or in App Home."""
    hub, slack = session.hub, session.hub.sandbox.slack
    view = _with_state(_view(hub, view_id), state)
    trigger = slack.interactions.new_trigger("" if view["type"] == "home" else view_id)  # nothing lies upon App Home
    ack = await slack.deliver(
        "interactive", payloads.view_actions(_who(hub, session.user), view, _stamped(hub, action), trigger=trigger)
    )
    if not ack.ok:
        session.modals.refused(view_id, {"": TROUBLE})


async def options(hub: Hub, user: str, body: Json) -> list[Json]:
    """What the app offers in a menu that asks it while one types."""
    who, query = _who(hub, user), str(body.get("query") or "")
    menu = {"block_id": body["block_id"], "action_id": body["action_id"]}
    if body.get("view_id"):
        asked = payloads.view_options(who, _view(hub, str(body["view_id"])), menu, query)
    else:
        one = message(hub, user, str(body["channel"]), str(body["ts"]))
        asked = payloads.message_options(who, hub.room(user, one.channel), one, menu, query)
    ack = await hub.sandbox.slack.deliver("interactive", asked)
    found = ack.payload if ack.ok and isinstance(ack.payload, dict) else {}
    groups = [{"options": found.get("options") or []}, *(found.get("option_groups") or [])]
    return [one for group in groups for one in group["options"]]


async def submit(session: Session, view_id: str, values: Json) -> None:
    """Submit a modal: it closes, or does what the acknowledgement says."""
    hub, slack = session.hub, session.hub.sandbox.slack
    payload = payloads.view_submission(
        _who(hub, session.user), _view(hub, view_id), values, trigger=slack.interactions.new_trigger(view_id)
    )
    ack = await slack.deliver("interactive", payload)
    if not ack.ok:
        session.modals.refused(view_id, {"": TROUBLE})
        return
    try:
        _answered(session, view_id, ack.payload if isinstance(ack.payload, dict) else {})
    except SlackError as error:
        session.modals.refused(view_id, {"": f"{TROUBLE} ({error.code})"})


async def close(session: Session, view_id: str, *, everything: bool) -> None:
    """Close a modal, or all that lie upon each other; the app hears of it where it asked to."""
    hub = session.hub
    view = _view(hub, view_id)
    if everything:
        session.modals.close_all()
    else:
        session.modals.close(view_id)
    if view.get("notify_on_close"):
        payload = payloads.view_closed(_who(hub, session.user), view, everything=everything)
        await hub.sandbox.slack.deliver("interactive", payload)


async def open_home(hub: Hub, user: str) -> None:
    """Look at the bot's App Home: the app hears of it and publishes what is to be seen."""
    workspace = hub.sandbox.slack.workspace
    body = payloads.home_opened(_who(hub, user), workspace.direct(user), workspace.homes.get(user))
    await hub.sandbox.slack.event(body)


def _answered(session: Session, view_id: str, answer: Json) -> None:
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


def _who(hub: Hub, user: str) -> User:
    return hub.sandbox.slack.workspace.users[user]


def _stamped(hub: Hub, action: Json) -> dict[str, Any]:
    return {"block_id": "generated", **action, "action_ts": hub.sandbox.slack.workspace.next_ts()}
