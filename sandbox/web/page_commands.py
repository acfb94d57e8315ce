"""The commands that a page may send, and the function that carries out each of them in the sandbox."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from typing import TYPE_CHECKING

from sandbox.pandapon.goods import PICTURES_TO_TRY, picture
from sandbox.slack.workspace import SlackError
from sandbox.web import demo_controls, interactions
from sandbox.web.events import ImpossibleError
from sandbox.web.hub import current_page
from sandbox.web.recording import message_reference, view_reference
from sandbox.web.session import CannotError
from sandbox.web.texts import NOT_A_COMMAND, NOT_IN_THREADS, WAITING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.slack.files import File
    from sandbox.web.page_json import Json
    from sandbox.web.session import Session

    PageCommand = Callable[[Session, Json], Awaitable[None]]

LONGEST_NAME = 200
WAITING_NOTE_AFTER = 0.7  # seconds without an acknowledgement, after which the page shows that it waits
# Commands that the app has to acknowledge, for which the person may have to wait.
AWAIT_APP = {"slash", "press", "options", "shortcut", "global_shortcut", "submit"}


async def execute(session: Session, body: Json) -> None:
    """Carry out a command from a page. A failure becomes a note on that page."""
    kind = str(body.get("type"))
    command, token = COMMANDS.get(kind, _unknown), current_page.set(session)
    loop = asyncio.get_running_loop()
    waiting_note = loop.call_later(WAITING_NOTE_AFTER, session.note, WAITING) if kind in AWAIT_APP else None
    try:
        await command(session, body)
    except (CannotError, ImpossibleError) as error:
        session.note(str(error), bad=True, **error.values)
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


# --- messages ---------------------------------------------------------------------------------------------------------


async def _say(session: Session, body: Json) -> None:
    room = session.hub.room(session.user, str(body["channel"]))
    text, thread = str(body["text"]).strip(), str(body.get("thread") or "")
    given = body.get("files") or []
    files = [_kept(session, str(file_id)) for file_id in given]
    if not text and not files:
        return
    place: Json = {"channel": room.id}
    if thread:
        place["thread"] = message_reference(session.workspace, session.workspace.find(room, thread))
    session.record("say", **place, text=text, **({"files": given} if given else {}))
    message = await session.hub.sandbox.slack.say(
        session.user, room.id, interactions.typed(session.hub, text), thread_ts=thread, files=files
    )
    session.hub.mark_read(session.user, room.id, message.ts, thread)


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
    session.record("keep_file", **{key: body[key] for key in ("picture", "name", "content") if body.get(key)})
    files = session.hub.sandbox.slack.web_api.files
    described = files.described(files.keep(session.user, name, content))
    session.send(answer | {"file": {key: described[key] for key in ("id", "name", "mimetype")}})


def _kept(session: Session, file_id: str) -> File:
    """Return a file that this person has chosen. Raises CannotError for any other."""
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
    session.record("slash", channel=room.id, command=command, text=text)
    await session.hub.sandbox.slack.slash(session.user, room.id, command, text)


async def _mark_read(session: Session, body: Json) -> None:
    session.hub.mark_read(session.user, str(body["channel"]), str(body["ts"]), str(body.get("thread") or ""))


async def _history(session: Session, body: Json) -> None:
    session.history(str(body["channel"]), str(body.get("before") or ""))


async def _thread(session: Session, body: Json) -> None:
    session.history(str(body["channel"]), str(body.get("before") or ""), str(body["ts"]))


async def _threads(session: Session, _body: Json) -> None:
    session.threads()


# --- interactions -----------------------------------------------------------------------------------------------------


async def _press(session: Session, body: Json) -> None:
    action, state = dict(body["action"]), dict(body.get("state") or {})
    recorded: Json = {"action": action, **({"state": state} if state else {})}
    if body.get("view_id"):
        view_id = str(body["view_id"])
        session.record("press", view=_view_reference(session, view_id), **recorded)
        await interactions.press_in_view(session, view_id, action, state)
        return
    message = interactions.message(session.hub, session.user, str(body["channel"]), str(body["ts"]))
    session.record("press", message=message_reference(session.workspace, message), **recorded)
    await interactions.press(session.hub, session.user, message, action, state)


async def _options(session: Session, body: Json) -> None:
    options = await interactions.options(session.hub, session.user, body)
    session.send({"type": "options", "ask": body.get("ask"), "options": options})


async def _shortcut(session: Session, body: Json) -> None:
    message = interactions.message(session.hub, session.user, str(body["channel"]), str(body["ts"]))
    if message.viewer:
        raise CannotError("Slack offers shortcuts only on messages that everybody in the channel sees.")
    reference = message_reference(session.workspace, message)
    session.record("shortcut", message=reference, callback_id=body["callback_id"])
    await session.hub.sandbox.slack.shortcut(session.user, message, str(body["callback_id"]))


async def _global_shortcut(session: Session, body: Json) -> None:
    session.record("global_shortcut", callback_id=body["callback_id"])
    ack = await session.hub.sandbox.slack.global_shortcut(session.user, str(body["callback_id"]))
    if not ack.ok:
        raise CannotError("This shortcut failed because the app did not respond.")


async def _submit(session: Session, body: Json) -> None:
    view_id, values = str(body["view_id"]), dict(body["values"])
    session.record("submit", view=_view_reference(session, view_id), values=values)
    await interactions.submit(session, view_id, values)


async def _close_view(session: Session, body: Json) -> None:
    view_id, everything = str(body["view_id"]), bool(body.get("everything"))
    session.record("close_view", view=_view_reference(session, view_id), everything=everything)
    await interactions.close(session, view_id, everything=everything)


async def _open_home(session: Session, _body: Json) -> None:
    session.record("open_home")
    await interactions.open_home(session.hub, session.user)


# --- the page itself ------------------------------------------------------------------------------------------------


async def _switch_user(session: Session, body: Json) -> None:
    person = session.workspace.users.get(str(body["user"]))
    if person is None or person.is_bot:
        raise CannotError("There is nobody of that name.")
    session.switch_user(person.id)


async def _wire(session: Session, body: Json) -> None:
    session.show_wire(wanted=bool(body["on"]))


def _view_reference(session: Session, view_id: str) -> str | int:
    home = session.workspace.homes.get(session.user)
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
    "wire": _wire,
    **demo_controls.COMMANDS,
}
