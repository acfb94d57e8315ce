"""The messages that a page may send, and the function that carries out each of them in the sandbox."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sandbox.pandapon.goods import PICTURES_TO_TRY, picture
from sandbox.slack.workspace import SlackError
from sandbox.web import interactions, outcome
from sandbox.web.events import EVENTS, NO_SUCH_ORDER, ImpossibleError
from sandbox.web.hub import current_page
from sandbox.web.recording import message_reference, view_reference
from sandbox.web.texts import NOT_A_COMMAND, NOT_IN_THREADS, SCAN_PRESETS, WAITING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.slack.files import File
    from sandbox.web.page_json import Json
    from sandbox.web.session import Session

    PageCommand = Callable[[Session, Json], Awaitable[None]]

LONGEST = timedelta(days=60)  # the scans of the demo's orders end earlier
FASTEST = 100_000
LONGEST_NAME = 200
WAITING_NOTE_AFTER = 0.7  # seconds without an acknowledgement until the page shows that it waits
# The app has to acknowledge these, so the person may have to wait.
AWAIT_APP = {"slash", "press", "options", "shortcut", "global_shortcut", "submit"}


class CannotError(Exception):
    """The page asked for something impossible. The message is a sentence for the person.

    The page translates the sentence, and then fills in the values.
    """

    def __init__(self, sentence: str, **values: str) -> None:
        super().__init__(sentence)
        self.values = values


async def execute(session: Session, body: Json) -> None:
    """Carry out a message from a page. A failure becomes a note on that page."""
    kind = str(body.get("type"))
    command, token = COMMANDS.get(kind, _unknown), current_page.set(session)
    loop = asyncio.get_running_loop()
    waiting_note = loop.call_later(WAITING_NOTE_AFTER, session.note, WAITING) if kind in AWAIT_APP else None
    try:
        await command(session, body)
    except CannotError as error:
        session.note(str(error), bad=True, **error.values)
    except ImpossibleError as error:
        session.note(str(error), bad=True)
    except SlackError as error:
        session.note("Slack refused that: {error}", bad=True, error=error.code)
    except (KeyError, TypeError, ValueError, LookupError) as error:
        session.note("That could not be done: {error}", bad=True, error=str(error))
    finally:
        current_page.reset(token)
        if waiting_note is not None:
            waiting_note.cancel()
    session.hub.send_changes()


async def _unknown(_session: Session, body: Json) -> None:
    raise CannotError("This demo does not know {name}.", name=repr(body.get("type")))


# --- messages -------------------------------------------------------------------------------------------------------


async def _say(session: Session, body: Json) -> None:
    room = session.hub.room(session.user, str(body["channel"]))
    text, thread = str(body["text"]).strip(), str(body.get("thread") or "")
    given = body.get("files") or []
    files = [_kept(session, str(file_id)) for file_id in given]
    if not text and not files:
        return
    place: Json = {"channel": room.id}
    if thread:
        place["thread"] = message_reference(_workspace(session), _workspace(session).find(room, thread))
    _record(session, "say", **place, text=text, **({"files": given} if given else {}))
    said = await session.hub.sandbox.slack.say(
        session.user, room.id, interactions.typed(session.hub, text), thread_ts=thread, files=files
    )
    session.hub.mark_read(session.user, room.id, said.ts, thread)


async def _keep_file(session: Session, body: Json) -> None:
    """Keep a file that is to be sent with a message or a form, and answer with its id."""
    product = str(body.get("picture") or "")
    if product and product not in PICTURES_TO_TRY:
        raise CannotError("There is no such picture.")
    name = f"{PICTURES_TO_TRY[product]}.png" if product else str(body["name"])[:LONGEST_NAME]
    content = picture(product) if product else b64decode(str(body["content"]), validate=True)
    answer: Json = {"type": "file", "ask": body.get("ask"), "file": None}
    if not content:
        session.send(answer)
        raise CannotError("This file is too large for the demo.")
    _record(session, "keep_file", **{key: body[key] for key in ("picture", "name", "content") if body.get(key)})
    files = session.hub.sandbox.slack.web_api.files
    described = files.described(files.keep(session.user, name, content))
    session.send(answer | {"file": {key: described[key] for key in ("id", "name", "mimetype")}})


def _kept(session: Session, file_id: str) -> File:
    """Return a file of this person. Raises CannotError."""
    file = session.hub.sandbox.slack.web_api.files.shared.get(file_id)
    if file is None or file.user != session.user:
        raise CannotError("There is no such picture.")
    return file


async def _slash(session: Session, body: Json) -> None:
    room = session.hub.room(session.user, str(body["channel"]))
    command, text = str(body["command"]), str(body.get("text") or "").strip()
    if body.get("thread"):
        raise CannotError(NOT_IN_THREADS, command=command)
    if command not in {declared["command"] for declared in session.hub.setting()["commands"]}:
        raise CannotError(NOT_A_COMMAND, command=command)
    _record(session, "slash", channel=room.id, command=command, text=text)
    await session.hub.sandbox.slack.slash(session.user, room.id, command, text)


async def _mark_read(session: Session, body: Json) -> None:
    session.hub.mark_read(session.user, str(body["channel"]), str(body["ts"]), str(body.get("thread") or ""))


async def _history(session: Session, body: Json) -> None:
    session.history(str(body["channel"]), str(body.get("before") or ""))


async def _thread(session: Session, body: Json) -> None:
    session.history(str(body["channel"]), str(body.get("before") or ""), str(body["ts"]))


async def _threads(session: Session, _body: Json) -> None:
    session.threads()


# --- interactions---------------------------------------------------------------------------------------------------


async def _press(session: Session, body: Json) -> None:
    action, state = dict(body["action"]), dict(body.get("state") or {})
    recorded: Json = {"action": action, **({"state": state} if state else {})}
    if body.get("view_id"):
        view_id = str(body["view_id"])
        _record(session, "press", view=_view_reference(session, view_id), **recorded)
        await interactions.press_in_view(session, view_id, action, state)
        return
    message = interactions.message(session.hub, session.user, str(body["channel"]), str(body["ts"]))
    _record(session, "press", message=message_reference(_workspace(session), message), **recorded)
    await interactions.press(session.hub, session.user, message, action, state)


async def _options(session: Session, body: Json) -> None:
    options = await interactions.options(session.hub, session.user, body)
    session.send({"type": "options", "ask": body.get("ask"), "options": options})


async def _shortcut(session: Session, body: Json) -> None:
    message = interactions.message(session.hub, session.user, str(body["channel"]), str(body["ts"]))
    if message.viewer:
        raise CannotError("Slack offers shortcuts only on messages that everybody in the channel sees.")
    reference = message_reference(_workspace(session), message)
    _record(session, "shortcut", message=reference, callback_id=body["callback_id"])
    await session.hub.sandbox.slack.shortcut(session.user, message, str(body["callback_id"]))


async def _global_shortcut(session: Session, body: Json) -> None:
    _record(session, "global_shortcut", callback_id=body["callback_id"])
    ack = await session.hub.sandbox.slack.global_shortcut(session.user, str(body["callback_id"]))
    if not ack.ok:
        raise CannotError("This shortcut failed because the app did not respond.")


async def _submit(session: Session, body: Json) -> None:
    view_id, values = str(body["view_id"]), dict(body["values"])
    _record(session, "submit", view=_view_reference(session, view_id), values=values)
    await interactions.submit(session, view_id, values)


async def _close_view(session: Session, body: Json) -> None:
    view_id, everything = str(body["view_id"]), bool(body.get("everything"))
    _record(session, "close_view", view=_view_reference(session, view_id), everything=everything)
    await interactions.close(session, view_id, everything=everything)


async def _open_home(session: Session, _body: Json) -> None:
    _record(session, "open_home")
    await interactions.open_home(session.hub, session.user)


# --- demo controls ------------------------------------------------------------------------------------------------


async def _switch_user(session: Session, body: Json) -> None:
    person = _workspace(session).users.get(str(body["user"]))
    if person is None or person.is_bot:
        raise CannotError("There is nobody of that name.")
    session.switch_user(person.id)


async def _place(session: Session, body: Json) -> None:
    me = _workspace(session).users[session.user]
    me.tz, me.locale = str(body["tz"]), str(body["locale"])
    _record(session, "place", tz=me.tz, locale=me.locale)
    _workspace(session).touch()


async def _fault(session: Session, body: Json) -> None:
    name, on = str(body["name"]), bool(body["on"])
    session.hub.switches.turn(name, on=on)
    _record(session, "fault", name=name, on=on)
    _workspace(session).touch()


async def _time(session: Session, body: Json) -> None:
    if "speed" in body:
        factor = float(body["speed"])
        if not 0 < factor <= FASTEST:
            raise CannotError("Time passes at a speed above 0 and up to {fastest}.", fastest=str(FASTEST))
        session.hub.set_speed(factor)
        _record(session, "time", speed=factor)
    else:
        seconds = float(body["forward"])
        if not 0 <= seconds <= LONGEST.total_seconds():
            raise CannotError("Time goes forward only, and {days} days at most.", days=str(LONGEST.days))
        _record(session, "time", forward=seconds)
        since = _workspace(session).next_ts()
        session.hub.forward(seconds)
        session.hub.run(outcome.tell(session, seconds, since))


async def _add_node(session: Session, body: Json) -> None:
    moment, waybill = str(body.get("moment") or "transport"), str(body.get("waybill") or "")
    status, action = SCAN_PRESETS[moment]
    text, order_id = str(body["text"]).strip(), str(body["order"])
    if not text:
        raise CannotError("A scan needs a text: what would the courier write?")
    if order_id not in session.hub.sandbox.world.orders:
        raise CannotError(NO_SUCH_ORDER, order=order_id)
    try:
        session.hub.sandbox.world.add_node(order_id, text, waybill=waybill, status=status, action=action)
    except KeyError:
        raise CannotError("This order has no parcel yet, so no courier can scan it.") from None
    _record(session, "add_node", order=order_id, waybill=waybill, moment=moment, text=text)
    session.note("Scanned. Channels that watch the order get an update in a moment.")


async def _happen(session: Session, body: Json) -> None:
    """Let something happen to an order now."""
    name, order_id = str(body["event"]), str(body.get("order") or "")
    if name not in EVENTS:
        raise CannotError("This demo does not know {name}.", name=name)
    made, words = EVENTS[name](session.hub.sandbox.world, order_id)
    _record(session, "happen", event=name, order=order_id)
    session.note(words, order=made)
    session.hub.run(session.hub.sandbox.caught_up())


async def _wire(session: Session, body: Json) -> None:
    session.show_wire(wanted=bool(body["on"]))


def _workspace(session: Session) -> Any:
    return session.hub.sandbox.slack.workspace


def _record(session: Session, command: str, /, **fields: Any) -> None:
    session.hub.recorder.record(command, session.user, session.began, **fields)


def _view_reference(session: Session, view_id: str) -> str | int:
    home = _workspace(session).homes.get(session.user)
    return view_reference(home, session.modals.shown(), view_id)


COMMANDS: dict[str, PageCommand] = {
    "say": _say,
    "keep_file": _keep_file,
    "slash": _slash,
    "mark_read": _mark_read,
    "history": _history,
    "thread": _thread,
    "threads": _threads,
    "press": _press,
    "options": _options,
    "shortcut": _shortcut,
    "global_shortcut": _global_shortcut,
    "submit": _submit,
    "close_view": _close_view,
    "open_home": _open_home,
    "switch_user": _switch_user,
    "place": _place,
    "fault": _fault,
    "time": _time,
    "add_node": _add_node,
    "happen": _happen,
    "wire": _wire,
}
