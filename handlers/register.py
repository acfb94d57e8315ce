"""Every listener of the app. Acknowledge first, always; the answer follows."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from handlers import actions, alarms, aloud, choices, finder, home, payloads, shortcuts, subjects, watches
from handlers.answering import Ways
from handlers.deliveries import is_new
from handlers.dispatch import doing, perform
from handlers.errors import explain, guarded
from handlers.grammar import Refusal, parse
from handlers.i18n import _, speak
from handlers.listeners import ANYTHING, Listeners, declarations
from handlers.outcomes import ForbiddenError, OutdatedError
from handlers.people import keep
from handlers.requests import Request, Track, WatchOrders
from handlers.subjects import Subject, claimed, permitted
from handlers.turn import WORKING, Turn, in_time, within
from handlers.views import choices as choice_views
from handlers.views import errors as error_views
from handlers.views import finder as finder_views
from pandapon import log_context
from storage.alarm import AlarmState

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
    from slack_bolt.context.async_context import AsyncBoltContext
    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.context import Context
    from handlers.payloads import Body
    from handlers.views.message import Message
    from storage.alarm import Alarm

FORM_SECONDS = 1.8  # how long a form may think before it has to be acknowledged; Slack allows three
# Bolt looks every 10 ms whether it was acknowledged, and after a failure takes that back: not before it was seen.
SEEN_SECONDS = 0.1
View = dict[str, Any]
Act = Callable[[Turn, Any], Awaitable["Message"]]

COMMANDS = ("/panda", "/panda-search", "/panda-order", "/panda-track", "/panda-watch")
SHORTCUTS = (actions.TRACK_MESSAGE, actions.WATCH_MESSAGE, actions.FIND_ORDERS)
EVENTS = ("app_home_opened",)


def register(app: AsyncApp, ctx: Context) -> None:
    """Attach the listeners, the catch-alls and the error boundary. manifest.yml names exactly these.

    Raises UndeclaredError for a listener of the app that does not say what it acts on.
    """

    @app.middleware
    async def prepare(body: Body, context: AsyncBoltContext, next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002  Bolt's name
        """Who it is, and their language: before everything else, in the task in which Bolt then starts the listener."""
        log_context.bind(request=secrets.token_hex(4))
        if not payloads.text(body, "response_url"):  # Bolt takes whatever stands there for one
            context["response_url"] = None
            context.pop("respond", None)
        if (new := ctx.people.meet(body))[0]:
            ctx.hold(asyncio.ensure_future(keep(ctx.store, *new)))
        speak(ctx.languages.of(payloads.channel(body) or payloads.text(body, "view", "private_metadata")))
        await next()

    add = Listeners(app).add
    for command in COMMANDS:
        add("command", command, subjects.TYPED, _on_command, ctx)
    add("shortcut", actions.TRACK_MESSAGE, subjects.PERSON, _on_act, ctx, _track_message)
    add("shortcut", actions.WATCH_MESSAGE, subjects.MESSAGE, _on_act, ctx, shortcuts.watch_message)
    for action, (subject, act) in ACTS.items():
        add("action", action, subject, _on_act, ctx, act)
    add("event", "app_home_opened", subjects.PERSON, _on_home, ctx)
    add("action", actions.REFRESH_HOME, subjects.PERSON, _on_home, ctx)
    add("shortcut", actions.FIND_ORDERS, subjects.PERSON, _open_finder, ctx)
    add("action", actions.FIND_ORDERS, subjects.PERSON, _open_finder, ctx)
    add("view", actions.FIND_ORDERS, subjects.FOUND, _find, ctx)
    add("action", actions.EDIT_SETTINGS, subjects.CHANNEL, _open_settings, ctx)
    add("view", actions.SETTINGS_MODAL, subjects.SETTINGS, _save_settings, ctx)
    _register_catch_alls(add, ctx)
    app.error(_on_error)
    declarations(app)


def _register_catch_alls(add: Callable[..., None], ctx: Context) -> None:
    """Bolt answers nothing at all to what nobody listens to; a person would see a bare failure."""
    add("command", ANYTHING, subjects.TYPED, _on_command, ctx)
    for kind in ("action", "shortcut"):
        add(kind, ANYTHING, subjects.NOTHING, _on_unknown, ctx)
    for kind in ("view", "options", "event"):
        add(kind, ANYTHING, subjects.NOTHING, _just_ack)


async def _on_command(  # noqa: PLR0917  the first two are bound, Bolt passes the rest by name
    subject: Subject, ctx: Context, ack: AsyncAck, body: Body, respond: AsyncRespond, client: AsyncWebClient
) -> None:
    await ack()
    if await is_new(ctx, body):
        turn = _turn(ctx, body, respond, client)
        await turn.answer(permitted(turn, body, subject, perform), _doing(body))


async def _on_act(  # noqa: PLR0917  the first three are bound, Bolt passes the rest by name
    subject: Subject, ctx: Context, act: Act, ack: AsyncAck, body: Body, respond: AsyncRespond, client: AsyncWebClient
) -> None:
    await ack()
    if await is_new(ctx, body):
        turn = _turn(ctx, body, respond, client, replace=act is _run)
        await turn.answer(permitted(turn, body, subject, act), _("Working on it…"))


async def _on_unknown(  # noqa: PLR0917  the same
    subject: Subject, ctx: Context, ack: AsyncAck, body: Body, respond: AsyncRespond, client: AsyncWebClient
) -> None:
    """A button or shortcut of another version. Where Slack hands over no way to answer, App Home comes anew."""
    await ack()
    if payloads.text(body, "response_url"):
        turn = _turn(ctx, body, respond, client)
        await turn.answer(_outdated(), "")
    elif payloads.text(body, "view", "type") == payloads.HOME:
        await _show_home(subject, ctx, body, respond, client)


def _turn(ctx: Context, body: Body, respond: AsyncRespond, client: AsyncWebClient, *, replace: bool = False) -> Turn:
    user, channel, name = payloads.user(body), payloads.channel(body), payloads.channel_name(body)
    return Turn(ctx, user, channel, respond, client, replace=replace, channel_name=name, body=body)


def _doing(body: Body) -> str:
    """What the working line says while a command is carried out."""
    try:
        return doing(parse(payloads.text(body, "text"), command=payloads.text(body, "command")))
    except Refusal:
        return ""


async def _run(turn: Turn, request: Request) -> Message:
    """A button that carries a command: paging, Refresh, Show all nodes."""
    return await perform(turn, request)


async def _watch_here(turn: Turn, request: Track | WatchOrders) -> Message:
    if isinstance(request, Track):
        request = WatchOrders((request.text,), platform=request.platform)
    return await perform(turn, request)


async def _on_alarm(state: AlarmState, turn: Turn, pressed: tuple[Alarm | None, Body]) -> Message:
    return await alarms.act(turn, pressed[0], state, pressed[1])


async def _track_message(turn: Turn, body: Body) -> Message:
    return await shortcuts.track_message(turn, payloads.table(body, "message"))


async def _outdated() -> Message:
    raise OutdatedError


ACTS: dict[str, tuple[Subject, Act]] = {
    actions.RUN: (subjects.COMMAND, _run),
    actions.WATCH_HERE: (subjects.WATCHING, _watch_here),
    actions.UNWATCH_HERE: (subjects.UNWATCHING, perform),
    actions.UNDO_WATCH: (subjects.UNWATCHING, perform),
    actions.UNDO_UNWATCH: (subjects.WATCHES, watches.undo_stop),
    actions.RESUME_WATCH: (subjects.WATCH, watches.resume),
    actions.RESUME_CHANNEL: (subjects.CHANNEL, watches.resume_channel),
    actions.UNDO_FOR_ALL: (subjects.LINE, aloud.undo),
    actions.PREVIEW_DIGEST: (subjects.LOOKED_AT, choices.preview),
    actions.ALARM_SEEN: (subjects.ALARM, partial(_on_alarm, AlarmState.ACKNOWLEDGED)),
    actions.ALARM_SNOOZE: (subjects.ALARM, partial(_on_alarm, AlarmState.SNOOZED)),
    actions.ALARM_TAKE: (subjects.ALARM, partial(_on_alarm, AlarmState.ASSIGNED)),
}


async def _open_settings(  # noqa: PLR0917  the same
    subject: Subject, ctx: Context, ack: AsyncAck, body: Body, respond: AsyncRespond, client: AsyncWebClient
) -> None:
    """A modal needs the trigger of this very press, within three seconds: nothing slow but the check is before it."""
    await ack()
    turn = _turn(ctx, body, respond, client)
    try:
        channel = await claimed(turn, body, subject)
    except Exception as error:  # noqa: BLE001  told in words, like what goes wrong with a command
        await turn.say(explain(error), replace=False)
        return
    await client.views_open(trigger_id=payloads.text(body, "trigger_id"), view=await choices.form(ctx, channel))


async def _save_settings(  # noqa: PLR0917  the same
    subject: Subject, ctx: Context, ack: AsyncAck, body: Body, respond: AsyncRespond, client: AsyncWebClient
) -> None:
    """Wrong fields are marked in the form; right ones are kept, and the form shows what they mean."""
    settings, filter_all, wrong = choices.read_form(payloads.table(body, "view", "state", "values"))
    if wrong:
        await ack(response_action="errors", errors=wrong)
        return
    turn = _turn(ctx, body, respond, client)

    async def work() -> View:
        try:
            channel = await claimed(turn, body, subject)
        except Exception as error:  # noqa: BLE001  the form is the only place where this person can be answered
            return choice_views.not_saved(explain(error))
        return await choices.save(ctx, channel, turn.user, settings, filter_all=filter_all)

    await _answer_form(turn, ack, work(), choice_views.working(), choice_views.not_saved)


async def _on_home(  # noqa: PLR0917  the same
    subject: Subject, ctx: Context, ack: AsyncAck, body: Body, respond: AsyncRespond, client: AsyncWebClient
) -> None:
    """Opened, or refreshed by its button."""
    await ack()
    if payloads.text(body, "event", "tab") in {"", payloads.HOME}:
        await _show_home(subject, ctx, body, respond, client)


async def _show_home(subject: Subject, ctx: Context, body: Body, respond: AsyncRespond, client: AsyncWebClient) -> None:
    turn, refused = _turn(ctx, body, respond, client), None
    try:
        await claimed(turn, body, subject)
    except ForbiddenError as error:
        refused = explain(error)
    await home.publish(ctx, client, turn.user, refused)


async def _open_finder(  # noqa: PLR0917  the same
    subject: Subject, ctx: Context, ack: AsyncAck, body: Body, respond: AsyncRespond, client: AsyncWebClient
) -> None:
    await ack()
    try:
        await claimed(_turn(ctx, body, respond, client), body, subject)
    except ForbiddenError as error:
        view = finder_views.result(explain(error))
    else:
        view = finder_views.form()
    await client.views_open(trigger_id=payloads.text(body, "trigger_id"), view=view)


async def _find(  # noqa: PLR0917  the same
    subject: Subject, ctx: Context, ack: AsyncAck, body: Body, respond: AsyncRespond, client: AsyncWebClient
) -> None:
    """Wrong fields are marked; otherwise the answer, or a page that says it is at work and then the answer."""
    filled = finder.read_form(payloads.table(body, "view", "state", "values"))
    if filled.wrong:
        await ack(response_action="errors", errors=filled.wrong)
        return
    turn = _turn(ctx, body, respond, client)

    async def work() -> View:
        return finder_views.result(await guarded(permitted(turn, body, subject, finder.answer)))

    await _answer_form(turn, ack, work(), finder_views.working(), finder_views.result)


async def _answer_form(
    turn: Turn, ack: AsyncAck, work: Coroutine[Any, Any, View], working: View, page: Callable[[Message], View]
) -> None:
    """The form's next page at once where the work is quick, else a page that says so, and then the answer."""
    ctx, until = turn.ctx, time.monotonic() + turn.ctx.answer_seconds * WORKING
    task = asyncio.ensure_future(within(work, ctx.answer_seconds))
    ctx.hold(task)
    done, _pending = await asyncio.wait({task}, timeout=FORM_SECONDS)
    if done:
        await ack(response_action="update", view=task.result())
        return
    # Only an acknowledgement that is surely there before the next update cannot undo it.
    await ack(response_action="update", view=working)
    late = page(error_views.too_late(ctx.answer_seconds))
    view, _slept = await asyncio.gather(in_time(task, until, late), asyncio.sleep(1))
    await turn.client.views_update(view_id=payloads.text(turn.body, "view", "id"), view=view)


async def _just_ack(_subject: Subject, ack: AsyncAck) -> None:
    await ack()


async def _on_error(error: Exception, body: Body, respond: AsyncRespond, client: AsyncWebClient) -> None:
    """What escaped a listener. Bolt hands it over here; the person is told all the same."""
    await asyncio.sleep(SEEN_SECONDS)
    await Ways.of(body, client, respond).tell(explain(error))
