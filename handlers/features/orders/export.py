"""``orders … --csv``: the orders of a list as a file, sent to the person alone."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.i18n import _
from handlers.features.orders import csv_file
from handlers.features.orders.list_view import looked_through, not_listed, sum_of_all
from handlers.features.orders.order_filter import filter_of
from handlers.features.orders.order_list import Sum, match
from handlers.wire.errors import ForbiddenError
from handlers.wire.slack import FAILURES, code_of
from pandapon.times import CHINA

if TYPE_CHECKING:
    from handlers.blocks.message import Message
    from handlers.features.orders.order_list import Matches
    from handlers.interactions.interaction import Interaction
    from handlers.wire.requests import ExportOrders

log = logging.getLogger(__name__)

LOOKED = 10  # pages of each platform's list; more than for a list that is shown, since a file has no next page


async def export_orders(interaction: Interaction, request: ExportOrders) -> Message:
    """Send the file in a direct message. Raises ForbiddenError where the app may not, and slack_sdk's errors.

    A file goes into a conversation that exists. So the message goes first, and its answer names the conversation; the
    scope that would open one is not asked for. Without the file the message would lie, so it is taken back.
    """
    now = interaction.ctx.clock()
    found = await match(interaction, request.listed, filter_of(request.listed, now), LOOKED)
    if not found.rows:
        return sent(_("No order matches."), found)
    facts, client = sum_of_all(Sum.of(found.rows)), interaction.client
    posted = await client.chat_postMessage(channel=interaction.user, text=_("Your orders: {sum}").format(sum=facts))
    try:
        name = f"orders-{now.astimezone(CHINA):%Y-%m-%d}.csv"
        await client.files_upload_v2(channel=posted["channel"], filename=name, content=csv_file.content(found.rows))
    except FAILURES as error:
        await _take_back(interaction, posted["channel"], posted["ts"])
        if code_of(error) == "missing_scope":
            words = _("I can't send files yet: your pandabot admin has to give me the scope {scope}.")
            raise ForbiddenError(words.format(scope="`files:write`")) from error
        raise
    return sent(_("📎 I sent you the file in a direct message: {sum}").format(sum=facts), found)


async def _take_back(interaction: Interaction, channel: str, ts: str) -> None:
    try:
        await interaction.client.chat_delete(channel=channel, ts=ts)
    except FAILURES as error:
        log.info("message without its file not deleted", extra={"error": code_of(error) or error})


def sent(sentence: str, found: Matches) -> Message:
    """The answer to the person: ``sentence`` (Slack text), what failed, and how far the lists were looked through."""
    blocks = [el.section(sentence), *(not_listed(platform, reason) for platform, reason in found.errors.items())]
    looked = looked_through(found.looked)
    return el.message([*blocks, *([el.context(looked)] if looked else [])])
