"""``orders … --csv``: the orders of a list as a file, sent to the person alone."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.i18n import _
from handlers.features.orders import csv_file
from handlers.features.orders.list_view import not_listed, partial_lists, sum_of_all
from handlers.features.orders.order_filter import filter_of
from handlers.features.orders.order_list import Sum, find_matches
from handlers.wire.errors import ForbiddenError
from handlers.wire.slack import FAILURES, code_of
from pandapon.times import CHINA

if TYPE_CHECKING:
    from handlers.blocks.message import Message
    from handlers.features.orders.order_list import Matches
    from handlers.interactions.interaction import Interaction
    from handlers.wire.requests import ExportOrders

log = logging.getLogger(__name__)

PAGES = 10  # of each platform's list that are read; more than for a list on show, since a file has no next page


async def export_orders(interaction: Interaction, request: ExportOrders) -> Message:
    """Send the file in a direct message. Raises ForbiddenError where the app may not, and slack_sdk's errors.

    Slack takes a file only into a conversation that exists. So the message goes first, and Slack's answer names the
    conversation: the app does without the scope that opens conversations. If the file fails, the message is deleted.
    """
    now = interaction.ctx.clock()
    matches = await find_matches(interaction, request.listed, filter_of(request.listed, now), PAGES)
    if not matches.rows:
        return export_answer(_("No order matches."), matches)
    facts, client = sum_of_all(Sum.of(matches.rows)), interaction.client
    posted = await client.chat_postMessage(channel=interaction.user, text=_("Your orders: {sum}").format(sum=facts))
    try:
        name = f"orders-{now.astimezone(CHINA):%Y-%m-%d}.csv"
        await client.files_upload_v2(channel=posted["channel"], filename=name, content=csv_file.content(matches.rows))
    except FAILURES as error:
        await _delete_message(interaction, posted["channel"], posted["ts"])
        if code_of(error) == "missing_scope":
            words = _("I can't send files yet: your pandabot admin has to give me the scope {scope}.")
            raise ForbiddenError(words.format(scope="`files:write`")) from error
        raise
    return export_answer(_("📎 I sent you the file in a direct message: {sum}").format(sum=facts), matches)


async def _delete_message(interaction: Interaction, channel: str, ts: str) -> None:
    try:
        await interaction.client.chat_delete(channel=channel, ts=ts)
    except FAILURES as error:
        log.info("message without its file not deleted", extra={"error": code_of(error) or error})


def export_answer(sentence: str, matches: Matches) -> Message:
    """The answer to the person: ``sentence`` (Slack text), the platforms that failed, and the lists read in part."""
    blocks = [el.section(sentence), *(not_listed(platform, reason) for platform, reason in matches.errors.items())]
    read_in_part = partial_lists(matches.read_in_part)
    return el.message([*blocks, *([el.context(read_in_part)] if read_in_part else [])])
