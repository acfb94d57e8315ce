"""``why``: the reason why an order's news was posted in a channel, or was not posted."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from handlers.access.permissions import Need
from handlers.blocks import failures
from handlers.blocks.help_page import ID, HelpPage
from handlers.blocks.i18n import _
from handlers.blocks.message import Message
from handlers.blocks.text import code
from handlers.commands.declarations import Answer, Command, Feature, HelpGroup, Overview
from handlers.features.channel import delivery_log_view
from handlers.interactions.order_keys import resolve_order_keys
from handlers.parsing.options import read_options
from handlers.parsing.targets import one_id, take_channel
from handlers.parsing.words import Verb
from handlers.wire.requests import Why
from pandapon.shipment import OrderRef

if TYPE_CHECKING:
    from handlers.blocks.help_page import Example
    from handlers.interactions.context import Context
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand
    from storage.watch import Watch

NEWS_SHOWN = 12  # entries of an order's log, the newest ones


def read_why(command: TypedCommand) -> Why:
    """Read ``why``. Raises UsageError."""
    _options, words = read_options(command)
    where, words = take_channel(command, words)
    return Why(one_id(command, words, waybills=True), where.channel)


async def why(interaction: Interaction, request: Why) -> Message:
    """Show the delivery log of an order in a channel. The store has it; PandaPon is not asked.

    A tracking number may belong to several orders. Then the answer has the log of each.
    """
    ctx = interaction.ctx
    channel = request.channel or interaction.channel
    keys = await resolve_order_keys(ctx.store, request.text)
    if not keys:
        words = _("I have no record of {id}: nobody has watched it. {command} starts.")
        command = code(f"/panda watch {request.text}")
        return failures.failure(words.format(id=code(request.text), command=command))
    watches = await ctx.store.watches.of_orders(keys)
    watch_of = {watch.key: watch for watch in watches if watch.channel == channel}
    ordered = sorted(keys, key=lambda key: key not in watch_of)  # the orders that this channel watches come first
    return reduce(Message.followed_by, [await _of_order(ctx, key, channel, watch_of.get(key)) for key in ordered])


async def _of_order(ctx: Context, key: str, channel: str, watch: Watch | None) -> Message:
    log = await ctx.store.delivery_log.of_order(key, channel, NEWS_SHOWN)
    stored = (await ctx.store.orders.load_readable([key])).get(key)
    snapshot = stored.snapshot() if stored else None
    return delivery_log_view.why(OrderRef.from_key(key), snapshot, channel, watch=watch, log=log, now=ctx.clock())


def _help() -> HelpPage:
    return HelpPage(
        _("Why was that posted, or not?"),
        _("The log of an order in this channel: each update, and whether it was posted."),
        ((f"/panda why {ID}", _("here")), (f"/panda why {ID} in #purchasing", _("in another channel"))),
    )


def _overview() -> list[Example]:
    return [(f"/panda why {ID}", _("why something was posted here, or not"))]


FEATURE = Feature(
    commands=(Command(Verb("why", ("log", "explain", "为什么"), takes_one_id=True), read_why, _help),),
    answers=(Answer(Why, why, Need.READ, is_repeatable=True),),
    overview=Overview(HelpGroup.TROUBLE, _overview),
)
