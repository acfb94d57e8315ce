"""Tells a page the outcome of a step in time: the new messages, replies and alarms, and where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.web import page_json

if TYPE_CHECKING:
    from sandbox.slack.workspace import Channel, Message
    from sandbox.web.page_json import Json
    from sandbox.web.session import Session


async def tell(session: Session, passed: float, since: str) -> None:
    """Wait until the bot has caught up, then send the page an overview of the messages after the ts ``since``.

    ``passed``: the length of the step in seconds.
    """
    hub, user = session.hub, session.user
    orders = set(hub.sandbox.world.orders)
    await hub.sandbox.caught_up()
    if session.user != user:
        return
    hub.send_changes()
    places = [_of(session, room, since) for room in page_json.rooms(hub.sandbox.slack.workspace, user)]
    hub.sandbox.world.arrive()
    session.send(
        {
            "type": "outcome",
            "passed": passed,
            "places": [place for place in places if place["messages"] or place["replies"]],
            "new_orders": len(set(hub.sandbox.world.orders) - orders),
        }
    )


def _of(session: Session, channel: Channel, since: str) -> Json:
    """Count the bot's new messages in a channel, each once, and return where the newest of each kind is."""
    new = [message for message in channel.messages.values() if message.ts > since and message.by_bot]
    alarms = [message for message in new if session.hub.sandbox.is_alarm(message)]
    ordinary = [message for message in new if message not in alarms]
    shown = [message for message in ordinary if page_json.in_main(message)]
    replies = [message for message in ordinary if not page_json.in_main(message)]
    return {
        "channel": channel.id,
        "messages": len(shown) + len(alarms),
        "replies": len(replies),
        "alarms": len(alarms),
        "alarm": _place(alarms[-1]) if alarms else None,
        "message": _place(shown[-1]) if shown else None,
        "reply": _place(replies[-1]) if replies else None,
    }


def _place(message: Message) -> Json:
    """Return where a message is: its ts, its thread, and whether the channel's main view shows it."""
    return {"ts": message.ts, "thread": message.thread_ts, "in_main": page_json.in_main(message)}
