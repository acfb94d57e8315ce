"""Acts on orders: pay, cancel, confirm receipt, change the warehouse. Each is reviewed, and done once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim
from handlers.access.subjects import NOTHING, Subject, claimed
from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.i18n import _
from handlers.blocks.order_acts import act_label
from handlers.blocks.write_words import DONE
from handlers.commands.declarations import Listener
from handlers.features.buying import acts_view
from handlers.features.buying.act_execution import PAYING_ACTS, carry_out, moved_totals, orders_now, require_possible
from handlers.features.buying.act_fields import FilledReason, FilledWarehouse, read_reason, read_warehouse
from handlers.features.buying.earlier_payments import earlier_payments, require_payable
from handlers.wire import payloads
from handlers.wire.errors import OutdatedError
from handlers.writing.approval_check import Deed, check_approval
from handlers.writing.flows import open_flow, own_flow
from handlers.writing.plans import Plan
from handlers.writing.steps import Done, Goto, Step
from handlers.writing.wizard import Wizard
from pandapon.errors import PandaPonError
from pandapon.operations import orders as operations
from pandapon.shipment import OrderRef, Platform
from tracking.changes.order_acts import (
    Cancellation,
    OrderAct,
    PayLink,
    Payment,
    Receipt,
    WarehouseChange,
)
from tracking.flows import Acting, Finished
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blocks.message import Block
    from handlers.interactions.context import Context
    from handlers.interactions.interaction import Interaction
    from pandapon.carts import Call
    from pandapon.models import Order
    from pandapon.operations.operation import Operation
    from pandapon.operations.requests import Request
    from tracking.flows import Flow

NAME = "act"
MOST = 10  # orders of one act: a call of Taobao takes no more
_PAYMENTS: dict[Platform, Operation[Any, Any]] = {
    Platform.ALIBABA: operations.PAY_BATCH,
    Platform.TAOBAO: operations.TAOBAO_PAY,
}
_CANCELS: dict[Platform, Operation[Any, Any]] = {
    Platform.ALIBABA: operations.CANCEL,
    Platform.TAOBAO: operations.TAOBAO_CANCEL,
}


# --- begin ------------------------------------------------------------------------------------------------------------


async def begin(interaction: Interaction, act: str, refs: Sequence[OrderRef]) -> Goto:
    """Read the orders and begin.

    Raises RequestError for an order that does not allow the act or was submitted for payment a short while ago, and
    PandaPonError, such as UnknownPathError.
    """
    ctx = interaction.ctx
    ctx.api.catalogue.path(_operation(act, refs[0].platform).name)
    orders = await asyncio.gather(*(ctx.api.order(ref) for ref in refs))
    require_possible(act, orders)
    arrived = act != "receive" or await _has_arrived(ctx, orders[0].ref)
    before = await require_payable(ctx, orders) if act in PAYING_ACTS else ()
    content = Acting(act, tuple(orders), arrived, submitted=before)  # type: ignore[arg-type]  # the claim has checked it
    return Goto(act, content)


def resolved_act(act: str, refs: Sequence[OrderRef]) -> str:
    """``pay_all`` for a payment of several orders or on Taobao, by the account's agreement; otherwise ``act``."""
    return "pay_all" if act == "pay" and (len(refs) > 1 or refs[0].platform is Platform.TAOBAO) else act


def _operation(act: str, platform: Platform) -> Any:
    return {
        "pay": operations.PAY_URL,
        "pay_all": _PAYMENTS[platform],
        "cancel": _CANCELS[platform],
        "receive": operations.RECEIVED,
        "warehouse": operations.TAOBAO_WAREHOUSE,
    }[act]


async def _has_arrived(ctx: Context, ref: OrderRef) -> bool | None:
    """Whether all parcels of an order have arrived; None where their trace cannot be read.

    The trace is read because the order's own state says "shipped" until its receipt is confirmed.
    """
    try:
        return (await ctx.tracker.lookup(ref.order_id, ref.platform)).has_arrived
    except PandaPonError:  # the form still opens, and warns that this is not known
        return None


# --- send -------------------------------------------------------------------------------------------------------------


async def send_payment(interaction: Interaction, flow: Flow, _filled: Any) -> Goto | Done:
    """Ask for the pay link, or submit the orders.

    Where an amount has changed since the review, show the old and the new one instead. Where an old payment of an order
    has become known since then, show the review with a warning instead.
    """
    content = _content(flow)
    now = await orders_now(interaction.ctx, content)
    if moved := moved_totals(content, now):
        await interaction.ctx.writer.note_refusal(WIZARD.act_of(flow), content.act, "price_moved")
        return Goto(flow.step, replace(content, orders=now, moved=moved))
    before = await earlier_payments(interaction.ctx, now)
    if before != content.submitted and not any(each.bars(interaction.ctx.clock()) for each in before):
        return Goto(flow.step, replace(content, orders=now, moved=(), submitted=before))
    first, amount = now[0], acts_view.total_fen(now)
    target = ",".join(order.ref.key for order in now)
    deed = Deed("pay", target, amount, tuple(acts_view.lines(now)), "", "")
    allowed = await check_approval(interaction, flow, deed)
    if isinstance(allowed, Done):
        return allowed
    change: OrderAct
    if content.act == "pay":
        change = PayLink(first.platform, first.order_id)
        call: Call = operations.PAY_URL, operations.OrderId(order_id=first.order_id)
    else:
        ids = tuple(order.order_id for order in now)
        change = Payment(first.platform, ids, amount)
        is_1688 = first.platform is Platform.ALIBABA
        request: Request = operations.PayBatch(order_ids=ids) if is_1688 else operations.PayTaobao(purchase_ids=ids)
        call = _PAYMENTS[first.platform], request
    return await _done(interaction, flow, Plan(call, change, amount, approved_by=allowed))


async def send_cancellation(interaction: Interaction, flow: Flow, filled: FilledReason) -> Done:
    """Cancel the order, once."""
    [order] = _content(flow).orders
    remark = filled.remark or None
    call: Call
    if order.platform is Platform.ALIBABA:
        request = operations.CancelAlibaba(order_id=order.order_id, cancel_reason=filled.reason, remark=remark)
        call = operations.CANCEL, request
    else:
        call = (
            operations.TAOBAO_CANCEL,
            operations.CancelTaobao(purchase_id=order.order_id, cancel_reason=filled.reason, cancel_remark=remark),
        )
    reason = f"{filled.reason} ({filled.remark})" if filled.remark else filled.reason
    return await _done(interaction, flow, Plan(call, Cancellation(order.platform, order.order_id, reason)))


async def send_receipt(interaction: Interaction, flow: Flow, _filled: Any) -> Done:
    """Confirm the receipt, once."""
    [order] = _content(flow).orders
    call: Call = operations.RECEIVED, operations.Receive(order_id=order.order_id)
    return await _done(interaction, flow, Plan(call, Receipt(order.platform, order.order_id)))


async def review_warehouse(_interaction: Interaction, flow: Flow, filled: FilledWarehouse) -> Goto:
    """Take the new warehouse, and show it before it is sent."""
    return Goto("warehouse_review", replace(_content(flow), warehouse=filled.warehouse))


async def send_warehouse(interaction: Interaction, flow: Flow, _filled: Any) -> Done:
    """Change the warehouse, once."""
    content = _content(flow)
    [order], (name, place) = content.orders, content.warehouse
    request = operations.Warehouse(order_id=order.order_id, warehouse_name=name, warehouse_address=place)
    change = WarehouseChange(order.platform, order.order_id, name)
    return await _done(interaction, flow, Plan((operations.TAOBAO_WAREHOUSE, request), change))


async def _done(interaction: Interaction, flow: Flow, plan: Plan) -> Done:
    outcome = await carry_out(interaction.ctx, _content(flow), WIZARD.act_of(flow), plan)
    is_over = outcome.write.state in DONE or not outcome.error
    return Done(acts_view.result(outcome, interaction.user), (outcome.write.id,) if is_over else ())


async def renew(interaction: Interaction, flow: Flow) -> Goto:
    """Read a payment's orders anew, such as after an approval, and show amounts that have changed meanwhile."""
    content = _content(flow)
    if content.act not in PAYING_ACTS:
        return Goto(flow.step, content)
    now = await orders_now(interaction.ctx, content)
    before = await require_payable(interaction.ctx, now)
    return Goto(flow.step, replace(content, orders=now, moved=moved_totals(content, now), submitted=before))


def _content(flow: Flow) -> Acting:
    assert isinstance(flow.content, Acting)
    return flow.content


def acting() -> str:
    """The waiting line while PandaPon does the act."""
    return _("Telling PandaPon…")


def _titled(step: Step, act: str) -> Step:
    """The step with a title: the words of the button that opens the act."""
    return replace(step, title=lambda: act_label(act).rstrip("…"))


STEPS = {
    "pay": _titled(Step(acts_view.pay, send_payment, working=acting), "pay"),
    "pay_all": _titled(Step(acts_view.pay_all, send_payment, working=acting), "pay_all"),
    "cancel": _titled(Step(acts_view.cancel, send_cancellation, read_reason, working=acting), "cancel"),
    "receive": _titled(Step(acts_view.receive, send_receipt, working=acting), "receive"),
    "warehouse": _titled(Step(acts_view.warehouse, review_warehouse, read_warehouse), "warehouse"),
    "warehouse_review": _titled(
        Step(acts_view.warehouse_review, send_warehouse, working=acting, back="warehouse"), "warehouse"
    ),
}
WIZARD = Wizard(NAME, Acting, WriteScope.ORDERS, acts_view.title, STEPS, renew=renew)


# --- entrances --------------------------------------------------------------------------------------------------------


async def pay_button(interaction: Interaction, channel: str, orders: Sequence[Order]) -> Block | None:
    """The button on the page of new orders that pays them; None where none is unpaid, or they are of both platforms."""
    unpaid = [order for order in orders if order.is_unpaid][:MOST]
    platforms = {order.platform for order in unpaid}
    if len(platforms) != 1:
        return None
    refs = [order.ref for order in unpaid]
    act = resolved_act("pay", refs)
    flow = await open_flow(interaction, Acting(act, tuple(unpaid)), channel, act)  # type: ignore[arg-type]  # pay or pay_all
    return el.button(act_label(act), f"{action_ids.ACT_RESUME}:1", flow.id, "primary")


async def open_act(subject: Subject, interaction: Interaction) -> None:
    """Open the form of an act."""

    async def first() -> Goto:
        act, refs = await claimed(interaction, subject)
        return await begin(interaction, resolved_act(act, refs), refs)

    await WIZARD.open(interaction, first)


async def resume_act(subject: Subject, interaction: Interaction) -> None:
    """Open the payment form that :func:`pay_button` has prepared."""
    flow: Flow = await claimed(interaction, subject)
    await WIZARD.resume(interaction, flow.id)


async def ignore(_subject: Subject, _interaction: Interaction) -> None:
    """Do nothing: the press of a link button opens the browser, and Slack only reports it."""


async def _orders(interaction: Interaction, _given: Any) -> Claim:
    """Read the button's value, which anybody can forge; the orders are read before anything is done."""
    act, *keys = payloads.value(interaction.body).split()[: MOST + 2] or [""]
    try:
        refs = [OrderRef.from_key(key) for key in keys]
    except ValueError:
        raise OutdatedError from None
    is_one = len(refs) == 1 or act in PAYING_ACTS
    is_known = act in STEPS and act != "warehouse_review" and 1 <= len(refs) <= MOST
    if not is_known or not is_one or len({ref.platform for ref in refs}) != 1:
        raise OutdatedError
    ctx = interaction.ctx
    await ctx.gate.require(interaction.client, WriteScope.ORDERS, interaction.user, interaction.channel)
    return Claim((act, refs))


async def _own(interaction: Interaction, _given: Any) -> Claim:
    flow_id = payloads.value(interaction.body)
    return Claim(await own_flow(interaction, flow_id, (Acting, Finished), NAME, WriteScope.ORDERS))


ORDERS = Subject("orders that are read again, for a person who may order", _orders)
OWN_ACT = Subject("the act that was offered to this person, as the bot remembers it", _own)

FEATURE = WIZARD.feature(
    Listener("action", action_ids.ORDER_ACT, ORDERS, open_act),
    Listener("action", action_ids.ACT_RESUME, OWN_ACT, resume_act),
    Listener("action", action_ids.PAY_PAGE, NOTHING, ignore),
)
