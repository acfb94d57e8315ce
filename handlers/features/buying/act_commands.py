"""``pay``, ``cancel`` and ``receive``: the named orders, each with the button that begins the act."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.help_page import ID, ID2, HelpPage
from handlers.blocks.i18n import _
from handlers.blocks.order_acts import act_button, act_label, possible_acts
from handlers.blocks.text import code
from handlers.commands.declarations import Answer, Command, Feature, HelpGroup, Overview
from handlers.features.buying.acts import MOST
from handlers.features.buying.acts_view import order_line
from handlers.features.buying.refusals import refusal
from handlers.parsing.options import PLATFORMS, read_options
from handlers.parsing.targets import TypedChannel, take_ids
from handlers.parsing.words import Verb
from handlers.wire.requests import ActOnOrders, ListOrders
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand
    from pandapon.models import Order
    from tracking.orders import OrderSnapshot


def reader(act: str) -> Callable[[TypedCommand], ActOnOrders | ListOrders]:
    """Return the reader of one of the three commands. ``pay`` alone lists the orders that are not paid."""

    def read(command: TypedCommand) -> ActOnOrders | ListOrders:
        options, words = read_options(command)
        if not words and act == "pay":
            return ListOrders("unpaid", options.platform)
        extra = [f"--{options.platform.value}"] if options.platform else []
        ids = take_ids(command, words, TypedChannel(), extra)
        if len(ids) > MOST:
            problem = _("at most {most} orders at a time, and you named {n}").format(most=MOST, n=len(ids))
            raise command.refuse(problem, suggestion=" ".join(["/panda", command.verb, *ids[:MOST], *extra]))
        return ActOnOrders(act, ids, options.platform)

    return read


async def show_acts(interaction: Interaction, request: ActOnOrders) -> Message:
    """Show the orders with the buttons that they allow. Raises ForbiddenError, UnknownOrderError and PandaPonError."""
    ctx = interaction.ctx
    await ctx.gate.require(interaction.client, WriteScope.ORDERS, interaction.user, interaction.channel)
    snapshots = await asyncio.gather(*(ctx.tracker.lookup(id_, request.platform) for id_ in request.ids))
    return acts(request.act, snapshots)


def acts(act: str, snapshots: Sequence[OrderSnapshot]) -> Message:
    """Show orders with the button of an act, or why they do not allow it.

    Several orders of a platform that can be paid also get a button that pays them together.
    """
    blocks, allowed = [], []
    for at, snapshot in enumerate(snapshots, 1):
        order = snapshot.order
        if order is None:
            blocks.append(
                el.section(_("PandaPon did not describe {id} just now.").format(id=code(snapshot.ref.order_id)))
            )
        elif act in possible_acts(order):
            allowed.append(order)
            blocks.append(el.section(order_line(order), act_button(act, [order.ref], at)))
        else:
            why = refusal(act, order)
            blocks.append(el.section(f"{order_line(order)}\n⚠️ {why.words}", why.button(at)))
    buttons = [*_pay_together(allowed)] if act == "pay" else []
    return el.message([*blocks, *el.actions(buttons)])


def _pay_together(orders: Sequence[Order]) -> list[dict[str, object]]:
    by_platform: dict[str, list[Order]] = {}
    for order in orders:
        by_platform.setdefault(order.platform, []).append(order)
    return [
        act_button("pay_all", [order.ref for order in several], MOST + at, words=act_label("pay_all"))
        for at, several in enumerate(by_platform.values(), 1)
        if len(several) > 1
    ]


def _not_shown(request: ActOnOrders) -> str:
    return _("Couldn't read {orders}").format(orders=", ".join(code(id_) for id_ in request.ids))


def _pay_help() -> HelpPage:
    return HelpPage(
        _("Pay orders"),
        _(
            "The link to the pay page of a 1688 order, or the payment of several at once by the account's agreement. "
            "Each is shown with its amount before anything is sent."
        ),
        (
            (f"/panda pay {ID}", _("one order")),
            (f"/panda pay {ID} {ID2}", _("several at once")),
            ("/panda pay", _("the orders that are not paid")),
        ),
    )


def _cancel_help() -> HelpPage:
    return HelpPage(
        _("Cancel an order"),
        _("An order can be cancelled until it is paid. A form asks for the reason."),
        ((f"/panda cancel {ID}", _("one order")),),
    )


def _receive_help() -> HelpPage:
    return HelpPage(
        _("Confirm receipt"),
        _("Tell 1688 that the goods have arrived: the seller gets the money then. A form warns where they have not."),
        ((f"/panda receive {ID}", _("one order")),),
    )


def _overview() -> list[Example]:
    return [(f"/panda pay {ID}", _("pay, `cancel` or `receive` an order"))]


PAY = Verb("pay", ("payment", "付款", "支付"), PLATFORMS)
CANCEL = Verb("cancel", ("取消订单", "取消"), PLATFORMS)
RECEIVE = Verb("receive", ("received", "confirm", "确认收货", "收货"), PLATFORMS)

FEATURE = Feature(
    commands=(
        Command(PAY, reader("pay"), _pay_help),
        Command(CANCEL, reader("cancel"), _cancel_help),
        Command(RECEIVE, reader("receive"), _receive_help),
    ),
    answers=(Answer(ActOnOrders, show_acts, failed=_not_shown, is_repeatable=True),),
    overview=Overview(HelpGroup.BUY, _overview),
)
