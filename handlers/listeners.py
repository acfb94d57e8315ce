"""All listeners of the app, from the features' declarations.

A sent form is acknowledged with its next page, every other payload at once and before the work.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from handlers.access import subjects
from handlers.access.subjects import Subject, claimed
from handlers.blocks import action_ids, failures
from handlers.blocks.i18n import _, set_language
from handlers.blocks.people import keep
from handlers.blocks.punctuation import sentences
from handlers.commands.declarations import Button, Feature, WrongFieldsError
from handlers.interactions.answering import Replier
from handlers.interactions.deliveries import is_new
from handlers.interactions.error_boundary import explain
from handlers.interactions.interaction import WORKING, Interaction, result_by, run_with_budget
from handlers.interactions.late_pages import show_late
from handlers.wire import payloads
from handlers.wire.errors import OutdatedError, UsageError
from pandapon import log_context, spans

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
    from slack_bolt.context.async_context import AsyncBoltContext
    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.blocks.message import Message
    from handlers.commands.declarations import Form, Listener, MessageShortcut, Opener, View
    from handlers.interactions.context import Context
    from handlers.wire.payloads import Body

    BoltListener = Callable[..., Awaitable[None]]

HOME_OPENED = "app_home_opened"
FORM_SECONDS = 1.8  # of work before a sent form is acknowledged; Slack allows three
# Bolt looks every 10 ms for a listener's acknowledgement, and drops it when the listener fails. The error handler waits
# this long, so that Bolt sees the acknowledgement first.
ACK_SEEN_SECONDS = 0.1
BY_PREFIX = frozenset({"action", "view_closed"})  # kinds whose names are the beginnings of ids
ANYTHING = re.compile(r".*", re.DOTALL)


class UndeclaredError(Exception):
    """A listener of the app does not declare its subject, so nothing would check whether a person may use it."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """The declaration of one listener: the kind and name of its payloads, and its subject."""

    kind: str  # command, action, shortcut, view, view_closed, options or event
    name: str | re.Pattern[str]  # of an action or a closed form: the prefix of its id
    subject: Subject


def register(app: AsyncApp, ctx: Context) -> None:
    """Attach the listeners, the catch-alls and the error boundary.

    manifest.yml declares the same commands, shortcuts and events. Raises UndeclaredError for a listener without a
    subject.
    """

    @app.middleware
    async def prepare(body: Body, context: AsyncBoltContext, next_: Callable[[], Awaitable[None]]) -> None:
        """Note the person, and set the language in the task from which Bolt starts the listener."""
        log_context.bind(request=secrets.token_hex(4))
        if not payloads.text(body, "response_url"):  # Bolt takes any value of this field for a URL
            context["response_url"] = None
            context.pop("respond", None)
        if user := ctx.people.meet(body):
            ctx.hold(asyncio.ensure_future(keep(ctx.store, user, ctx.people.of(user))))
        channel = payloads.channel(body) or payloads.text(body, "view", "private_metadata")
        set_language(ctx.languages.of_reader(ctx.people.of(payloads.user(body)), channel))
        await next_()

    attach = _Attacher(app, ctx)
    for command in ctx.commands.slash_commands():
        attach("command", command, subjects.TYPED, _on_command)
    command_button = Button(action_ids.RUN, subjects.COMMAND, ctx.commands.perform, replaces=True)
    show_button = Button(action_ids.SHOW, subjects.COMMAND, ctx.commands.perform)
    for feature in (Feature(buttons=(command_button, show_button)), *ctx.commands.features):
        _attach_feature(attach, feature)
    attach("action", action_ids.MENU, subjects.CHOICE, _on_choice)
    _attach_catch_alls(attach)
    app.error(_on_error)
    declarations(app)


def declarations(app: AsyncApp) -> list[Declaration]:
    """Return the declarations of the app's listeners, in Bolt's order. Raises UndeclaredError for an undeclared one."""
    declared = []
    for listener in app._async_listeners:  # noqa: SLF001  Bolt has no public list of them
        for function in (listener.ack_function, *listener.lazy_functions):
            declaration = getattr(function, "declaration", None)
            if not isinstance(declaration, Declaration):
                name = getattr(function, "__qualname__", repr(function))
                raise UndeclaredError(f"the listener {name} does not declare what it acts on (handlers.listeners)")
            declared.append(declaration)
    return declared


class _Attacher:
    """Attaches listeners. Each is called with its subject, ``bound``, the interaction, and Bolt's ``ack``."""

    def __init__(self, app: AsyncApp, ctx: Context) -> None:
        self._app, self._ctx = app, ctx

    def __call__(
        self, kind: str, name: str | re.Pattern[str], subject: Subject, listener: BoltListener, *bound: Any
    ) -> None:
        ctx = self._ctx

        async def listen(ack: AsyncAck, body: Body, respond: AsyncRespond, client: AsyncWebClient) -> None:
            # Bolt keeps no reference to this task, in which it also calls the error handler. The stop waits for it.
            if task := asyncio.current_task():
                ctx.hold(task)
            with spans.span("slack.event", kind=kind, listener=name if isinstance(name, str) else "any"):
                await listener(subject, *bound, _interaction(ctx, body, respond, client), ack)

        listen.declaration = Declaration(kind, name, subject)  # type: ignore[attr-defined]  # a function takes attributes
        matcher = re.compile(f"^{re.escape(name)}") if kind in BY_PREFIX and isinstance(name, str) else name
        getattr(self._app, kind)(matcher)(listen)


def _attach_feature(attach: _Attacher, feature: Feature) -> None:
    for button in feature.buttons:
        attach("action", button.id, button.subject, _on_act, button)
    for shortcut in feature.message_shortcuts:
        attach("shortcut", shortcut.callback_id, shortcut.subject, _on_act, shortcut)
    for opener in feature.openers:
        attach(opener.kind, opener.id, opener.subject, _on_open, opener)
    for form in feature.forms:
        attach("view", form.callback_id, form.subject, _on_form, form)
    for listener in feature.listeners:
        attach(listener.kind, listener.name, listener.subject, _on_other, listener)


def _attach_catch_alls(attach: _Attacher) -> None:
    """Attach listeners for all other payloads: Bolt would not acknowledge them, and Slack would show a bare error."""
    attach("command", ANYTHING, subjects.TYPED, _on_command)
    for kind in ("action", "shortcut"):
        attach(kind, ANYTHING, subjects.NOTHING, _on_unknown)
    for kind in ("view", "view_closed", "options", "event"):
        attach(kind, ANYTHING, subjects.NOTHING, _just_ack)


def _interaction(ctx: Context, body: Body, respond: AsyncRespond, client: AsyncWebClient) -> Interaction:
    user, channel, name = payloads.user(body), payloads.channel(body), payloads.channel_name(body)
    return Interaction(ctx, user, channel, respond, client, channel_name=name, body=body)


async def _is_new(interaction: Interaction) -> bool:
    ctx = interaction.ctx
    return await is_new(ctx.recent, ctx.store, ctx.clock(), interaction.body)


async def _on_command(subject: Subject, interaction: Interaction, ack: AsyncAck) -> None:
    await ack()
    if not await _is_new(interaction):
        return
    commands, body = interaction.ctx.commands, interaction.body
    try:
        request = commands.read(payloads.text(body, "text"), command=payloads.text(body, "command"))
    except UsageError as error:
        await interaction.answer(_check_and_act(interaction, subject, error, commands.perform), "")
    else:
        working = commands.answer_to(request).working()
        interaction.pending.asked = commands.answer_to(request).asked(request)
        await interaction.answer(_check_and_act(interaction, subject, request, commands.perform), working)


async def _on_act(
    subject: Subject, declared: Button | MessageShortcut, interaction: Interaction, ack: AsyncAck
) -> None:
    await ack()
    if await _is_new(interaction):
        work = _check_and_act(interaction, subject, None, declared.act)
        await interaction.answer(work, _("Working on it…"), replace=getattr(declared, "replaces", False))


async def _check_and_act(
    interaction: Interaction, subject: Subject, given: Any, act: Callable[[Interaction, Any], Awaitable[Message]]
) -> Message:
    return await act(interaction, await claimed(interaction, subject, given))


async def _on_open(subject: Subject, opener: Opener, interaction: Interaction, ack: AsyncAck) -> None:
    """Open a form. Slack's trigger is valid for three seconds, so nothing slow comes before, except for the check."""
    await ack()
    try:
        view = await opener.view(interaction, await claimed(interaction, subject))
    except Exception as error:  # noqa: BLE001  the person always gets an answer
        if opener.refused is None:
            await interaction.say(explain(error), replace=False)
            return
        view = opener.refused(explain(error))
    await interaction.client.views_open(trigger_id=payloads.text(interaction.body, "trigger_id"), view=view)


async def _on_choice(subject: Subject, interaction: Interaction, ack: AsyncAck) -> None:
    """Carry out the chosen option of a menu ⋯: open its form, or run its command and answer the person alone."""
    name, _space, value = payloads.value(interaction.body).partition(" ")
    opener = _openers(interaction.ctx).get(name)
    if opener:
        pressed = {**interaction.body, "actions": [{"action_id": name, "value": value}]}  # as its own button does
        await _on_open(opener.subject, opener, replace(interaction, body=pressed), ack)
    else:
        await _on_act(subject, Button(action_ids.MENU, subject, interaction.ctx.commands.perform), interaction, ack)


def _openers(ctx: Context) -> dict[str, Opener]:
    """The declared buttons that open forms, by their ids."""
    openers = (opener for feature in ctx.commands.features for opener in feature.openers)
    return {opener.id: opener for opener in openers if opener.kind == "action"}


async def _on_form(subject: Subject, form: Form, interaction: Interaction, ack: AsyncAck) -> None:
    """Mark wrong fields in the form, or answer with its next page."""
    filled = form.read(payloads.table(interaction.body, "view", "state", "values"))
    if filled.wrong:
        await ack(response_action="errors", errors=dict(filled.wrong))
        return

    async def work() -> View | WrongFieldsError:
        try:
            return await form.answer(interaction, await claimed(interaction, subject, filled), filled)
        except WrongFieldsError as error:
            return error
        except Exception as error:  # noqa: BLE001  the form is the only place where this person can be answered
            return form.page(explain(error))

    await _answer_form(interaction, ack, work(), form)


async def _answer_form(
    interaction: Interaction, ack: AsyncAck, work: Coroutine[Any, Any, View | WrongFieldsError], form: Form
) -> None:
    """Show the form's next page at once where the work is quick; else a working page, and the next page later."""
    ctx, until = interaction.ctx, time.monotonic() + interaction.ctx.answer_seconds * WORKING
    task = asyncio.ensure_future(run_with_budget(work, ctx))
    ctx.hold(task)
    done, _pending = await asyncio.wait({task}, timeout=FORM_SECONDS)
    if done:
        answer = task.result()
        if isinstance(answer, WrongFieldsError):
            await ack(response_action="errors", errors=dict(answer.wrong))
        else:
            await ack(response_action="update", view=answer)
        return
    # The acknowledgement must reach Slack before the update does, or it would bring back the working page.
    await ack(response_action="update", view=form.working())
    late = form.page(failures.too_late(ctx.answer_seconds))
    answer, _slept = await asyncio.gather(result_by(task, until, late), asyncio.sleep(1))
    if isinstance(answer, WrongFieldsError):  # the working page has replaced the form with its fields
        answer = form.page(failures.failure(sentences(answer.wrong.values())))
    await show_late(interaction, answer, tells=form.changes)


async def _on_other(subject: Subject, declared: Listener, interaction: Interaction, ack: AsyncAck) -> None:
    await ack()
    await declared.handle(subject, interaction)


async def _on_unknown(subject: Subject, interaction: Interaction, ack: AsyncAck) -> None:
    """Answer a button or shortcut of another version. App Home cannot show an answer, so it is published anew."""
    await ack()
    if payloads.text(interaction.body, "response_url"):
        await interaction.answer(_outdated(), "")
    elif payloads.text(interaction.body, "view", "type") == payloads.HOME:
        await _home(interaction.ctx).handle(subject, interaction)


def _home(ctx: Context) -> Listener:
    listeners = (listener for feature in ctx.commands.features for listener in feature.listeners)
    return next(listener for listener in listeners if listener.name == HOME_OPENED)


async def _outdated() -> Message:
    raise OutdatedError


async def _just_ack(_subject: Subject, _interaction: Interaction, ack: AsyncAck) -> None:
    await ack()


async def _on_error(error: Exception, body: Body, respond: AsyncRespond, client: AsyncWebClient) -> None:
    """Tell the person about an error that no listener caught. Bolt calls this."""
    await asyncio.sleep(ACK_SEEN_SECONDS)
    await Replier.of(body, client, respond).tell(explain(error))
