"""Opens a form at once, since Slack allows three seconds for that, and fills it when its facts are there."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from handlers.blocks import failures
from handlers.interactions.error_boundary import explain
from handlers.interactions.interaction import WORKING, result_by, run_with_budget
from handlers.wire import payloads

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from slack_sdk.web.async_slack_response import AsyncSlackResponse

    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction

View = dict[str, Any]


async def open_and_fill(
    interaction: Interaction, waiting: View, work: Coroutine[Any, Any, View], refused: Callable[[Message], View]
) -> None:
    """Open the ``waiting`` page, and then show the work's page. ``refused`` makes the page that explains an error.

    The work is cancelled when the time for an answer is over. Raises slack_sdk's errors where Slack does not open the
    form; then the work is not begun.
    """
    ctx, until = interaction.ctx, time.monotonic() + interaction.ctx.answer_seconds * WORKING
    trigger = payloads.text(interaction.body, "trigger_id")
    try:
        opened = await _shown(interaction, trigger, waiting)
    except BaseException:
        work.close()
        raise
    task = asyncio.ensure_future(run_with_budget(_guarded(work, refused), ctx))
    ctx.hold(task)
    page = await result_by(task, until, refused(failures.too_late(ctx.answer_seconds)))
    await interaction.client.views_update(view_id=payloads.text(opened.data, "view", "id"), view=page)


async def _shown(interaction: Interaction, trigger: str, view: View) -> AsyncSlackResponse:
    """Open the form. If its button is in another form, it opens on top of that form, and closing leads back there."""
    if payloads.text(interaction.body, "view", "type") == "modal":
        return await interaction.client.views_push(trigger_id=trigger, view=view)
    return await interaction.client.views_open(trigger_id=trigger, view=view)


async def _guarded(work: Coroutine[Any, Any, View], refused: Callable[[Message], View]) -> View:
    try:
        return await work
    except Exception as error:  # noqa: BLE001  the form is the place where this person is answered
        return refused(explain(error))
