"""Forms of several pages that end in a change of the account: fill, review, confirm, done.

A feature declares its pages with the values of :mod:`handlers.writing.steps`, and this module runs them. The content
of a form stays in the database under an opaque id; Slack carries only that id and the content's revision. A page of an
earlier revision changes nothing and is replaced by the present page. A finished form shows its outcome, however often
it is sent again.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim
from handlers.access.subjects import Subject, claimed
from handlers.blocks import elements as el
from handlers.blocks.i18n import _
from handlers.blocks.pages import answer_page, orders_page
from handlers.blocks.write_words import outcome_words
from handlers.commands.declarations import Feature, Form, Listener, asking
from handlers.interactions.error_boundary import explain
from handlers.interactions.interaction import run_with_budget
from handlers.interactions.opening import open_and_fill
from handlers.wire import payloads
from handlers.wire.errors import OutdatedError, RequestError
from handlers.wire.slack import FAILURES
from handlers.writing.flows import open_flow, own_flow
from handlers.writing.plans import Act
from handlers.writing.steps import Done, Goto, Step
from tracking.flows import Finished

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from handlers.blocks.message import Block, Message
    from handlers.commands.declarations import View
    from handlers.interactions.interaction import Interaction
    from tracking.flows import Flow
    from tracking.write_policy import WriteScope

FLOW = "flow:"  # begins the ids of pages and buttons; then come the form's name and that of the page or button
QUICK = 0.5  # seconds that the work after a press may take before a waiting page is shown
BACK = "back"
OWN_BLOCKS = 98  # blocks of a page without its Back button; Slack allows 100


@dataclass(frozen=True, slots=True)
class Wizard:
    """A form of several pages. ``name``: stands in action ids, in the keys of writes and in the audit trail.

    ``content``: the type of the flow's content. ``steps``: the pages by name. ``presses``: the functions behind the
    buttons in the pages, by the button's name; each gets the flow, the button's argument and the page's values as Slack
    sent them, and :func:`button` makes such a button. ``renew``: makes the present page anew from fresh readings when
    the form is opened again; without it, the page is shown as it was left.
    """

    name: str
    content: type[Any]
    scope: WriteScope | None  # of the writes to which the form leads; None: everybody who may use the bot fills it in
    title: Callable[[], str]
    steps: Mapping[str, Step]
    presses: Mapping[str, Callable[[Interaction, Flow, str, dict[str, Any]], Awaitable[Goto | Done]]] = field(
        default_factory=dict
    )
    forgets: bool = False  # the content is for its owner alone, so closing the form without a result deletes it at once
    renew: Callable[[Interaction, Flow], Awaitable[Goto | Done]] | None = None

    async def open(
        self, interaction: Interaction, begin: Callable[[], Awaitable[Goto]], *, words: Callable[[], str] = asking
    ) -> None:
        """Open the form at once, and fill it with the page that ``begin`` returns.

        ``begin`` must check the person's right first. ``words``: the line of the page that waits for ``begin``.
        """

        async def work() -> View:
            first = await begin()
            return self.view(await open_flow(interaction, first.content, step=first.step))

        await open_and_fill(interaction, self.waiting(words), work(), self.refused)

    async def resume(self, interaction: Interaction, flow_id: str) -> None:
        """Open a form again where it was left, such as after an approval."""

        async def work() -> View:
            flow = await self._flow(interaction, flow_id)
            if isinstance(flow.content, Finished):
                return await self._result(interaction, flow.content, flow.step)
            if self.renew is None:
                return self.view(flow)
            return await self._advance(interaction, flow, await self.renew(interaction, flow))

        await open_and_fill(interaction, self.waiting(asking), work(), self.refused)

    def act_of(self, flow: Flow, word: str = "") -> Act:
        """The act of confirming this revision of the form. ``word``: keeps several writes of one confirmation apart."""
        return Act(f"{self.name}:{flow.id}:{flow.revision}:{word}", flow.owner, flow.channel)

    def view(self, flow: Flow, note: str = "") -> View:
        """The present page of a flow. ``note``: a line above it."""
        if isinstance(flow.content, Finished):
            return self.last([el.section(note or _("This form has done its work."))], flow.step)
        step = self.steps[flow.step]
        page = step.page(flow)
        blocks = [*([el.context(note)] if note else []), *page.blocks][:OWN_BLOCKS]
        blocks += self._way_back(flow, step.back) if step.back else []
        view = orders_page(blocks, submit=page.submit, title=self._title(flow.step))
        view |= {"callback_id": self._id(flow.step), "private_metadata": f"{flow.id}.{flow.revision}"}
        return view | ({"notify_on_close": True} if self.forgets else {})

    def last(self, blocks: list[Block], step: str = "") -> View:
        """A page without a submit button. ``step``: the page before it, whose title it keeps; empty: not known."""
        return orders_page(blocks, title=self._title(step))

    def waiting(self, words: Callable[[], str], step: str = "") -> View:
        """The page that waits for the work, with this line. ``step``: see :meth:`last`."""
        return orders_page([el.section("⏳ " + words())], title=self._title(step))

    def refused(self, message: Message, step: str = "") -> View:
        """The page that explains an error. ``step``: see :meth:`last`."""
        return answer_page(message, title=self._title(step))

    def _title(self, step: str) -> str:
        own = self.steps[step].title if step in self.steps else None
        return (own or self.title)()

    def feature(self, *more_listeners: Listener) -> Feature:
        """The declaration of the form and its listeners, with ``more_listeners`` of the feature that opens it."""
        return Feature(
            forms=tuple(self._form(name, step) for name, step in self.steps.items()),
            listeners=tuple(
                Listener("action", self._id(name) + ":", self._own_press(), self._on_press)
                for name in (BACK, *self.presses)
            )
            + self._closing()
            + more_listeners,
        )

    def _closing(self) -> tuple[Listener, ...]:
        return (Listener("view_closed", self._id(""), self._own_form(), self._on_close),) if self.forgets else ()

    async def _on_close(self, subject: Subject, interaction: Interaction) -> None:
        """Forget a form that its owner closed. A refusal is not shown, since no form is left to show it in."""
        with contextlib.suppress(RequestError):
            flow: Flow = await claimed(interaction, subject)
            if not isinstance(flow.content, Finished):
                await interaction.ctx.store.writes.close_flow(flow.id, flow.owner)

    def _id(self, part: str) -> str:
        return _id_of(self.name, part)

    def _form(self, name: str, step: Step) -> Form:
        async def answer(interaction: Interaction, flow: Flow, filled: Any) -> View:
            if isinstance(flow.content, Finished):
                return await self._result(interaction, flow.content, flow.step)
            sent = payloads.text(interaction.body, "view", "private_metadata")
            if flow.step != name or sent != f"{flow.id}.{flow.revision}":
                return self.view(flow, _stale())
            return await self._advance(interaction, flow, await step.send(interaction, flow, filled))

        return Form(
            self._id(name),
            self._own_form(),
            step.read,
            answer,
            lambda: self.waiting(step.working, name),
            lambda message: self.refused(message, name),
            again=(self.content, self.resume),
            changes=True,
        )

    async def _advance(self, interaction: Interaction, flow: Flow, after: Goto | Done) -> View:
        store, now = interaction.ctx.store, interaction.ctx.clock()
        if isinstance(after, Goto):
            moved = await store.writes.advance_flow(now, flow, after.step, after.content)
            if moved is None:  # another press was quicker
                return self.view(await self._flow(interaction, flow.id), _stale())
            return self.view(moved)
        if after.writes:
            await store.writes.advance_flow(now, flow, flow.step, Finished(after.writes))
            return self.last(after.blocks, flow.step)
        return self.last([*after.blocks[:OWN_BLOCKS], *self._way_back(flow, flow.step)], flow.step)

    def _way_back(self, flow: Flow, step: str) -> list[Block]:
        return el.actions([button(self.name, BACK, flow, _("◀ Back"), step)])

    async def _result(self, interaction: Interaction, content: Finished, step: str) -> View:
        """The page with the outcome of a form that was sent before."""
        writes = [await interaction.ctx.store.writes.get(write_id) for write_id in content.writes]
        return self.last([el.section(outcome_words(write)) for write in writes if write], step)

    async def _flow(self, interaction: Interaction, flow_id: str) -> Flow:
        return await own_flow(interaction, flow_id, (self.content, Finished), self.name, self.scope)

    async def _on_press(self, subject: Subject, interaction: Interaction) -> None:
        """Answer a button of a page with the next page; show a waiting page if that takes longer than ``QUICK``."""
        view_id = payloads.text(interaction.body, "view", "id")
        newest = interaction.ctx.newest
        turn = newest.turn(view_id)
        task = asyncio.ensure_future(run_with_budget(self._pressed(subject, interaction), interaction.ctx))
        interaction.ctx.hold(task)

        async def show(view: View) -> None:
            with contextlib.suppress(*FAILURES):  # the form was closed
                await interaction.client.views_update(view_id=view_id, view=view)

        done, _pending = await asyncio.wait({task}, timeout=QUICK)
        if not done:
            await newest.run(view_id, turn, lambda: show(self.waiting(asking)))
        view = await task
        await newest.run(view_id, turn, lambda: show(view))

    async def _pressed(self, subject: Subject, interaction: Interaction) -> View:
        try:
            flow: Flow = await claimed(interaction, subject)
            if isinstance(flow.content, Finished):
                return await self._result(interaction, flow.content, flow.step)
            _id, revision, argument = _parts(payloads.value(interaction.body))
            if revision != str(flow.revision):
                return self.view(flow, _stale())
            return await self._advance(interaction, flow, await self._press(interaction, flow, argument))
        except Exception as error:  # noqa: BLE001  the form is the only place where this person can be answered
            return self.refused(explain(error))

    async def _press(self, interaction: Interaction, flow: Flow, argument: str) -> Goto | Done:
        name = payloads.text(interaction.body, "actions", 0, "action_id").removeprefix(self._id("")).partition(":")[0]
        if name == BACK:
            if argument not in {flow.step, self.steps[flow.step].back}:
                raise OutdatedError
            return Goto(argument, flow.content)
        values = payloads.table(interaction.body, "view", "state", "values")
        return await self.presses[name](interaction, flow, argument, values)

    def _own_form(self) -> Subject:
        async def find(interaction: Interaction, _filled: Any) -> Claim:
            flow_id, _revision, _argument = _parts(payloads.text(interaction.body, "view", "private_metadata"))
            return Claim(await self._flow(interaction, flow_id))

        return Subject("the form that this person opened, as the bot remembers it", find)

    def _own_press(self) -> Subject:
        async def find(interaction: Interaction, _given: Any) -> Claim:
            flow_id, _revision, _argument = _parts(payloads.value(interaction.body))
            return Claim(await self._flow(interaction, flow_id))

        return Subject("the form that this person opened, as the bot remembers it", find)


def button(wizard: str, press: str, flow: Flow, label: str, argument: str = "", *, style: str = "") -> Block:
    """Make a button for a page of the wizard with the name ``wizard``. ``argument``: comes back with the press."""
    value = f"{flow.id}.{flow.revision}.{argument}"
    return el.button(label, f"{_id_of(wizard, press)}:{argument}", value, style)


def _id_of(wizard: str, part: str) -> str:
    return f"{FLOW}{wizard}:{part}"


def _stale() -> str:
    return _("↻ That page was out of date. This is the present one; nothing was done.")


def _parts(value: str) -> tuple[str, str, str]:
    """The flow's id, the content's revision and the button's argument in a value; missing ones are empty."""
    flow_id, _dot, remainder = value.partition(".")
    revision, _dot, argument = remainder.partition(".")
    return flow_id, revision, argument
