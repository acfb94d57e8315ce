"""``order``: one order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks.help_page import ID, HelpPage
from handlers.blocks.i18n import _
from handlers.blocks.text import code
from handlers.commands.declarations import Answer, Command, Feature, HelpGroup, Overview
from handlers.features.orders import order_view
from handlers.features.orders.orders import read_back
from handlers.parsing.options import PLATFORMS, read_options
from handlers.parsing.targets import one_id
from handlers.parsing.words import Verb
from handlers.wire.requests import ShowOrder
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand


def read_order(command: TypedCommand) -> ShowOrder:
    """Read ``order``. Raises UsageError."""
    options, words = read_options(command)
    order_id = one_id(command, words, waybills=False)
    return ShowOrder(order_id, options.platform, read_back(command, options))


async def show_order(interaction: Interaction, request: ShowOrder) -> Message:
    """Show one order: state, amounts, items, seller and parcels. While PandaPon is asked, the stored order is shown.

    Raises the errors of ``Tracker.lookup``.
    """
    ctx = interaction.ctx
    may_act = ctx.gate.allows(WriteScope.ORDERS)
    if stored := await ctx.tracker.stored(request.order_id, request.platform):
        interaction.pending.message = order_view.detail(stored, ctx.clock(), request.back, may_act=may_act)
    snapshot = await ctx.tracker.lookup(request.order_id, request.platform)
    return order_view.detail(snapshot, ctx.clock(), request.back, may_act=may_act)


def _not_shown(request: ShowOrder) -> str:
    return _("Couldn't read order {id}").format(id=code(request.order_id))


def _help() -> HelpPage:
    return HelpPage(
        _("Show an order"),
        _("State, amounts, items, seller and parcels. The platform is detected automatically."),
        ((f"/panda order {ID}", _("one order")), (f"/panda order {ID} --1688", _("only if it is on 1688"))),
    )


def _overview() -> list[Example]:
    return [(f"/panda order {ID}", _("one order: state, amounts, items, parcels"))]


VERB = Verb("order", ("o", "show", "订单", "订单详情"), PLATFORMS | {"back"}, takes_one_id=True)

FEATURE = Feature(
    commands=(Command(VERB, read_order, _help, slash=ID),),
    answers=(Answer(ShowOrder, show_order, failed=_not_shown, is_repeatable=True),),
    overview=Overview(HelpGroup.FIND, _overview),
)
