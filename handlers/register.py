"""Every listener of the app. Acknowledge first, always; the answer follows."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from handlers import actions, alarms, choices, finder, home, shortcuts, watches
from handlers.dispatch import doing, perform
from handlers.errors import explain
from handlers.grammar import parse
from handlers.i18n import _, speak
from handlers.requests import Request, Track, Unwatch, WatchOrders
from handlers.turn import Turn
from handlers.views import choices as choice_views
from handlers.views import errors as error_views
from handlers.views import finder as finder_views
from storage.errors import StorageError
from storage.records import AlarmState

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.context import Context
    from handlers.views.message import Message

log = logging.getLogger(__name__)

FORM_SECONDS = 1.8  # how long a form may think before it has to be acknowledged; Slack allows three
Body = dict[str, Any]
View = dict[str, Any]
Act = Callable[[Turn, Body], Awaitable["Message"]]

COMMANDS = ("/panda", "/panda-search", "/panda-order", "/panda-track", "/panda-watch")
ALARM_ACTS = {
    actions.ALARM_SEEN: AlarmState.ACKNOWLEDGED,
    actions.ALARM_SNOOZE: AlarmState.SNOOZED,
    actions.ALARM_TAKE: AlarmState.ASSIGNED,
}
SHORTCUTS = (actions.TRACK_MESSAGE, actions.WATCH_MESSAGE, actions.FIND_ORDERS)
EVENTS = ("app_home_opened",)


def register(app: AsyncApp, ctx: Context) -> None:
    """Attach the listeners, the catch-alls and the error boundary. manifest.yml names exactly these."""

    @app.middleware
    async def choose_language(body: Body, next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002  Bolt's name
        """Before everything else, in the task in which Bolt then starts the listener."""
        view = body.get("view") or {}
        speak(ctx.languages.of(str(body.get("channel_id") or _channel(body) or view.get("private_metadata") or "")))
        await next()

    for command in COMMANDS:
        app.command(command)(partial(_on_command, ctx))
    app.shortcut(actions.TRACK_MESSAGE)(partial(_on_act, ctx, _track_message))
    app.shortcut(actions.WATCH_MESSAGE)(partial(_on_act, ctx, _watch_message))
    app.action(re.compile(f"^{actions.RUN}"))(partial(_on_act, ctx, _run))
    app.action(re.compile(f"^{actions.WATCH_HERE}"))(partial(_on_act, ctx, _watch_here))
    app.action(re.compile(f"^{actions.UNWATCH_HERE}"))(partial(_on_act, ctx, _unwatch_here))
    app.action(re.compile(f"^{actions.UNDO_UNWATCH}"))(partial(_on_act, ctx, _undo_unwatch))
    app.action(re.compile(f"^{actions.UNDO_WATCH}"))(partial(_on_act, ctx, _unwatch_here))
    app.action(re.compile(f"^{actions.RESUME_WATCH}"))(partial(_on_act, ctx, _resume))
    app.action(re.compile(f"^{actions.RESUME_CHANNEL}"))(partial(_on_act, ctx, _resume_channel))
    app.action(re.compile(f"^{actions.PREVIEW_DIGEST}"))(partial(_on_act, ctx, _preview))
    for action, state in ALARM_ACTS.items():
        app.action(re.compile(f"^{action}"))(partial(_on_act, ctx, partial(_on_alarm, state)))
    _register_forms(app, ctx)
    _register_catch_alls(app, ctx)
    app.error(_on_error)


def _register_forms(app: AsyncApp, ctx: Context) -> None:
    """The home and the two forms: what is not an answer to a command."""
    app.event("app_home_opened")(partial(_on_home, ctx))
    app.action(re.compile(f"^{actions.REFRESH_HOME}"))(partial(_on_home, ctx))
    app.shortcut(actions.FIND_ORDERS)(_open_finder)
    app.action(re.compile(f"^{actions.FIND_ORDERS}"))(_open_finder)
    app.view(actions.FIND_ORDERS)(partial(_find, ctx))
    app.action(re.compile(f"^{actions.EDIT_SETTINGS}"))(partial(_open_settings, ctx))
    app.view(actions.SETTINGS_MODAL)(partial(_save_settings, ctx))


def _register_catch_alls(app: AsyncApp, ctx: Context) -> None:
    """Bolt answers nothing at all to what nobody listens to; a person would see a bare failure."""
    anything = re.compile(r".*", re.DOTALL)
    app.command(anything)(partial(_on_command, ctx))
    app.action(anything)(partial(_on_act, ctx, _outdated))
    app.shortcut(anything)(partial(_on_act, ctx, _outdated))
    app.view(anything)(_just_ack)
    app.options(anything)(_just_ack)
    app.event(anything)(_just_ack)


async def _on_command(ctx: Context, ack: AsyncAck, body: Body, respond: AsyncRespond, client: AsyncWebClient) -> None:
    await ack()
    if not await _is_new(ctx, body):
        return
    turn = Turn(ctx, body["user_id"], body["channel_id"], respond, client)
    await _perform(turn, lambda: parse(body.get("text") or "", command=body["command"]))


async def _on_act(  # noqa: PLR0917  the first two are bound, Bolt passes the rest by name
    ctx: Context, act: Act, ack: AsyncAck, body: Body, respond: AsyncRespond, client: AsyncWebClient
) -> None:
    await ack()
    if not await _is_new(ctx, body):
        return
    turn = Turn(ctx, body["user"]["id"], _channel(body), respond, client, replace=act is _run)
    await turn.answer(_coroutine(act(turn, body)), _("Working on it…"))


async def _coroutine(work: Awaitable[Message]) -> Message:
    return await work


async def _perform(turn: Turn, read: Callable[[], Request]) -> None:
    """Parse inside the boundary, so that a refusal is answered like any other error."""
    request: Request | None = None

    async def work() -> Message:
        return await perform(turn, request or read())

    try:
        request = read()
    except Exception:  # noqa: BLE001  work() meets it again, inside the boundary
        await turn.answer(work(), "")
        return
    await turn.answer(work(), doing(request))


async def _run(turn: Turn, body: Body) -> Message:
    """A button that carries a command: paging, Refresh, Show all nodes."""
    return await perform(turn, parse(_value(body)))


async def _watch_here(turn: Turn, body: Body) -> Message:
    request = parse(_value(body))
    if isinstance(request, Track):
        request = WatchOrders((request.text,), platform=request.platform)
    return await perform(turn, request)


async def _unwatch_here(turn: Turn, body: Body) -> Message:
    """Stop watching: the ids come with the button, the channel too where it is another one."""
    request = parse(_value(body))
    assert isinstance(request, Unwatch)
    return await perform(turn, request)


async def _undo_unwatch(turn: Turn, body: Body) -> Message:
    return await watches.undo_stop(turn, [int(one) for one in _value(body).split(",") if one.isdigit()])


async def _resume(turn: Turn, body: Body) -> Message:
    return await watches.resume(turn, int(_value(body)))


async def _resume_channel(turn: Turn, body: Body) -> Message:
    return await watches.resume_channel(turn, _value(body))


async def _preview(turn: Turn, body: Body) -> Message:
    return await choices.preview(turn, _value(body))


async def _on_alarm(state: AlarmState, turn: Turn, body: Body) -> Message:
    return await alarms.act(turn, int(_value(body)), state, body.get("message") or {})


async def _open_settings(ctx: Context, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
    """A modal needs the trigger of this very press, within three seconds: nothing slow stands before it."""
    await ack()
    await client.views_open(trigger_id=body["trigger_id"], view=await choices.form(ctx, _value(body)))


async def _save_settings(ctx: Context, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
    """Wrong fields are marked in the form; right ones are kept, and the form shows what they mean."""
    view = body["view"]
    settings, filter_all, wrong = choices.read_form(view["state"]["values"])
    if wrong:
        await ack(response_action="errors", errors=wrong)
        return
    work = choices.save(ctx, view["private_metadata"], body["user"]["id"], settings, filter_all=filter_all)
    await _answer_form(ctx, ack, body, client, work, choice_views.working())


async def _on_home(ctx: Context, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
    """Opened, or refreshed by its button."""
    await ack()
    event = body.get("event") or {}
    if event.get("tab", "home") == "home":
        await home.publish(ctx, client, str(event.get("user") or body["user"]["id"]))


async def _open_finder(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
    await ack()
    await client.views_open(trigger_id=body["trigger_id"], view=finder_views.form())


async def _find(ctx: Context, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
    """Wrong fields are marked; otherwise the answer, or a page that says it is at work and then the answer."""
    words, what, channel, wrong = finder.read_form(body["view"]["state"]["values"])
    if wrong:
        await ack(response_action="errors", errors=wrong)
        return
    turn = Turn(ctx, body["user"]["id"], "", respond, client)
    await _answer_form(ctx, ack, body, client, finder.answer(turn, words, what, channel), finder_views.working())


async def _answer_form(  # noqa: PLR0917  Bolt's arguments, and the work
    ctx: Context, ack: AsyncAck, body: Body, client: AsyncWebClient, work: Coroutine[Any, Any, View], working: View
) -> None:
    """The form's next page at once where the work is quick, else a page that says so, and then the answer."""
    task = asyncio.ensure_future(work)
    ctx.in_hand.add(task)
    task.add_done_callback(ctx.in_hand.discard)
    done, _pending = await asyncio.wait({task}, timeout=FORM_SECONDS)
    if done:
        await ack(response_action="update", view=task.result())
        return
    # Only an acknowledgement that is surely there before the next update cannot undo it.
    await ack(response_action="update", view=working)
    view, _slept = await asyncio.gather(task, asyncio.sleep(1))
    await client.views_update(view_id=body["view"]["id"], view=view)


async def _track_message(turn: Turn, body: Body) -> Message:
    return await shortcuts.track_message(turn, body["message"])


async def _watch_message(turn: Turn, body: Body) -> Message:
    return await shortcuts.watch_message(turn, body["message"])


async def _outdated(_turn: Turn, _body: Body) -> Message:
    return error_views.failure(_("That button is from an older version of me. Run the command again."))


async def _just_ack(ack: AsyncAck) -> None:
    await ack()


async def _on_error(error: Exception, respond: AsyncRespond) -> None:
    """What escaped a listener. Bolt hands it over here; the person is told all the same."""
    message = explain(error)
    if getattr(respond, "response_url", None):
        await respond(text=message.text, blocks=message.blocks, response_type="ephemeral", replace_original=False)


async def _is_new(ctx: Context, body: Body) -> bool:
    """Slack may deliver one thing twice, also in Socket Mode; a second watch or undo must not happen."""
    delivery = body.get("trigger_id") or body.get("event_id")
    try:
        return not delivery or await ctx.store.first_seen(str(delivery), ctx.clock())
    except StorageError as error:  # a full disk withholds no answer: what has to be written will say so itself
        log.warning("a delivery could not be noted: %s", error)
        return True


def _channel(body: Body) -> str:
    return str((body.get("channel") or {}).get("id") or (body.get("container") or {}).get("channel_id") or "")


def _value(body: Body) -> str:
    return str(body["actions"][0].get("value") or "")
