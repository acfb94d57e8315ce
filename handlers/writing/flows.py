"""Flows, the stored contents of open forms and of answers with buttons: each has an opaque id and one owner."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from handlers.blocks.i18n import _
from handlers.wire import payloads
from handlers.wire.errors import ForbiddenError, OutdatedError
from handlers.writing.plans import Act, new_id
from tracking.flows import Flow
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from handlers.interactions.interaction import Interaction
    from tracking.changes.kinds import Change
    from tracking.flows import FlowContent

_ID = re.compile(r"[A-Za-z0-9_-]{24}")


async def open_flow(interaction: Interaction, content: FlowContent, channel: str = "", step: str = "") -> Flow:
    """Store the content of a form for the person who opened it, and return its flow.

    ``channel``: the channel in which the person asked for the form, since the right to write may depend on it; empty:
    the interaction's. ``step``: the name of the form's first page.
    """
    flow = Flow(new_id(), interaction.user, channel or interaction.channel, content, step)
    await interaction.ctx.store.writes.put_flow(interaction.ctx.clock(), flow)
    return flow


async def own_flow(
    interaction: Interaction,
    flow_id: str,
    kinds: type[Any] | tuple[type[Any], ...],
    operation: str,
    scope: WriteScope | None = WriteScope.CART,
) -> Flow:
    """Return the flow that a payload names. ``kinds``: the accepted types of its content.

    Raises ForbiddenError for an unknown flow, for another person's, and for a person who may not make writes of this
    ``scope`` (None: the flow only reads). Every refusal is recorded with the ``operation`` that was asked for.
    """
    ctx = interaction.ctx
    if not _ID.fullmatch(flow_id):
        await note_refused(interaction, operation, "unknown_form")
        raise OutdatedError
    flow = await ctx.store.writes.flow(ctx.clock(), flow_id)
    reason = ""
    if flow is None or not isinstance(flow.content, kinds):
        reason, words = "unknown_form", _("This form or list is too old. Please open it again.")
    elif flow.owner != interaction.user:
        reason, words = "foreign_form", _("This belongs to somebody else, so nothing was done.")
    if flow is None or reason:
        await note_refused(interaction, operation, reason)
        raise ForbiddenError(words)
    if scope is not None:
        await require_scope(interaction, scope, flow.channel, operation)
    return flow


async def require_scope(interaction: Interaction, scope: WriteScope, channel: str, operation: str) -> None:
    """Check that the person may make writes of this scope. Raises ForbiddenError; the refusal is recorded."""
    try:
        await interaction.ctx.gate.require(interaction.client, scope, interaction.user, channel)
    except ForbiddenError:
        await note_refused(interaction, operation, "not_allowed")
        raise


async def note_refused(interaction: Interaction, operation: str, reason: str, change: Change | None = None) -> None:
    """Record a refused press or form in the audit trail, once. ``reason``: a key of ``write_words.refusal``."""
    body = interaction.body
    pressed = payloads.text(body, "trigger_id") or payloads.text(body, "actions", 0, "action_ts") or new_id()
    act = Act(f"refused:{pressed}", interaction.user, interaction.channel)
    await interaction.ctx.writer.note_refusal(act, operation, reason, change)
