"""Acts on orders: pay, cancel, confirm receipt, change the warehouse. Each is reviewed, and done once."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim
from handlers.access.subjects import NOTHING, Subject, claimed
from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.forms import value_of
from handlers.blocks.i18n import _
from handlers.blocks.order_acts import label, possible
from handlers.blocks.parts import short_name
from handlers.blocks.people import name
from handlers.blocks.write_words import DONE
from handlers.buying import acts_view
from handlers.commands.declarations import Feature, Listener
from handlers.interactions.announcing import announce
from handlers.wire import payloads
from handlers.wire.errors import OutdatedError, RequestError
from handlers.writing.allowance import Deed, allowance
from handlers.writing.flows import open_flow, own_flow
from handlers.writing.wizard import Done, Goto, Step, Wizard
from handlers.writing.writer import Plan
from pandapon.operations import orders as operations
from pandapon.shipment import Milestone, OrderRef, Platform
from tracking.changes.order_acts import (
    Cancellation,
    OrderAct,
    PayLink,
    Payment,
    Receipt,
    WarehouseChange,
    orders_of,
)
from tracking.flows import Acting, Finished, MovedPrice
from tracking.messages import OrdersChanged
from tracking.write_policy import WriteScope
from tracking.writes import WriteState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blocks.message import Block
    from handlers.interactions.context import Context
    from handlers.interactions.interaction import Interaction
    from handlers.writing.writer import Outcome
    from pandapon.carts import Call
    from pandapon.models import Order
    from pandapon.operations.operation import Operation
    from pandapon.operations.requests import Request
    from tracking.flows import Flow

log = logging.getLogger(__name__)

NAME = "act"
MOST = 10  # orders of one act: a call of Taobao takes no more
RECENT = 200  # writes among which an earlier payment is looked for
_PAYMENTS: dict[Platform, Operation[Any, Any]] = {
    Platform.ALIBABA: operations.PAY_BATCH,
    Platform.TAOBAO: operations.TAOBAO_PAY,
}
_CANCELS: dict[Platform, Operation[Any, Any]] = {
    Platform.ALIBABA: operations.CANCEL,
    Platform.TAOBAO: operations.TAOBAO_CANCEL,
}
_TOLD: dict[type[OrderAct], str] = {
    PayLink: "paid",
    Payment: "paid",
    Cancellation: "cancelled",
    Receipt: "received",
    WarehouseChange: "moved",
}
_PAID = {"pay", "pay_all"}


@dataclass(frozen=True, slots=True)
class FilledReason:
    """The filled page of a cancellation. ``reason``: as it is sent."""

    reason: str
    remark: str
    wrong: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FilledWarehouse:
    """The filled page of a warehouse: its name and its address."""

    warehouse: tuple[str, str]
    wrong: dict[str, str] = field(default_factory=dict)


def read_reason(values: dict[str, Any]) -> FilledReason:
    """Read the form's ``state.values``."""
    reason = acts_view.REASONS.get(value_of(values, "reason", "selected_option"), "")
    remark = " ".join(value_of(values, "remark", "value").split())[: acts_view.REMARK]
    return FilledReason(reason, remark, {} if reason else {"reason": _("Choose a reason.")})


def read_warehouse(values: dict[str, Any]) -> FilledWarehouse:
    """Read the form's ``state.values``."""
    named = " ".join(value_of(values, "name", "value").split())[: acts_view.WAREHOUSE]
    place = " ".join(value_of(values, "place", "value").split())[: acts_view.PLACE]
    wrong = {} if named else {"name": _("Write the warehouse's name.")}
    wrong |= {} if place else {"place": _("Write its address.")}
    return FilledWarehouse((named, place), wrong)


# --- begin ------------------------------------------------------------------------------------------------------------


async def begin(interaction: Interaction, act: str, refs: Sequence[OrderRef]) -> Goto:
    """Read the orders. Raises RequestError for an order that does not allow it, and UnknownPathError."""
    ctx = interaction.ctx
    ctx.api.catalogue.path(_operation(act, refs[0].platform).name)
    orders = await asyncio.gather(*(ctx.api.order(ref) for ref in refs))
    _require_possible(act, orders)
    arrived = act != "receive" or await _has_arrived(ctx, orders[0])
    return Goto(act, Acting(act, tuple(orders), arrived))  # type: ignore[arg-type]  # the claim has checked it


def kind_of(act: str, refs: Sequence[OrderRef]) -> str:
    """How orders are paid: one of 1688 by a link, others by the account's agreement."""
    return "pay_all" if act == "pay" and (len(refs) > 1 or refs[0].platform is Platform.TAOBAO) else act


def _operation(act: str, platform: Platform) -> Any:
    return {
        "pay": operations.PAY_URL,
        "pay_all": _PAYMENTS[platform],
        "cancel": _CANCELS[platform],
        "receive": operations.RECEIVED,
        "warehouse": operations.TAOBAO_WAREHOUSE,
    }[act]


def _require_possible(act: str, orders: Sequence[Order]) -> None:
    wanted = "pay" if act in _PAID else act
    if other := next((order for order in orders if wanted not in possible(order)), None):
        words = _("{order} is not in a state that allows this: {act}. `/panda order` shows it.")
        raise RequestError(words.format(order=short_name(other.ref), act=label(act).rstrip("…")))


async def _has_arrived(ctx: Context, order: Order) -> bool:
    stored = await ctx.tracker.stored(order.order_id, order.platform)
    milestone = stored.milestone if stored else order.milestone
    return milestone is Milestone.DELIVERED


# --- send -------------------------------------------------------------------------------------------------------------


async def send_payment(interaction: Interaction, flow: Flow, _filled: Any) -> Goto | Done:
    """Ask for the link, or submit the orders. An amount that moved stops it, and both are shown."""
    content = _content(flow)
    now = await _orders_now(interaction.ctx, content)
    if moved := _moved(content, now):
        await interaction.ctx.writer.note_refusal(WIZARD.act_of(flow), content.act, "price_moved")
        return Goto(flow.step, replace(content, orders=now, moved=moved))
    first, amount = now[0], acts_view.total_fen(now)
    target = ",".join(order.ref.key for order in now)
    deed = Deed("pay", target, amount, tuple(acts_view.lines(now)), "", "")
    allowed = await allowance(interaction, flow, deed)
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
    return await _make(interaction, flow, Plan(call, change, amount, approved_by=allowed))


async def send_cancellation(interaction: Interaction, flow: Flow, filled: FilledReason) -> Done:
    """Cancel it, once."""
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
    return await _make(interaction, flow, Plan(call, Cancellation(order.platform, order.order_id, reason)))


async def send_receipt(interaction: Interaction, flow: Flow, _filled: Any) -> Done:
    """Confirm the receipt, once."""
    [order] = _content(flow).orders
    call: Call = operations.RECEIVED, operations.Receive(order_id=order.order_id)
    return await _make(interaction, flow, Plan(call, Receipt(order.platform, order.order_id)))


async def review_warehouse(_interaction: Interaction, flow: Flow, filled: FilledWarehouse) -> Goto:
    """Show it before it is sent."""
    return Goto("warehouse_review", replace(_content(flow), warehouse=filled.warehouse))


async def send_warehouse(interaction: Interaction, flow: Flow, _filled: Any) -> Done:
    """Change the warehouse."""
    content = _content(flow)
    [order], (named, place) = content.orders, content.warehouse
    request = operations.Warehouse(order_id=order.order_id, warehouse_name=named, warehouse_address=place)
    change = WarehouseChange(order.platform, order.order_id, named)
    return await _make(interaction, flow, Plan((operations.TAOBAO_WAREHOUSE, request), change))


async def _make(interaction: Interaction, flow: Flow, plan: Plan) -> Done:
    """Do it once, as long as the orders allow it, and tell the channels that watch them."""
    ctx, content, change = interaction.ctx, _content(flow), plan.change

    async def planned() -> Plan:
        _require_possible(content.act, await _orders_now(ctx, content))
        if content.act in _PAID:
            await _require_not_paid(ctx, content.orders)
        return plan

    is_single = isinstance(change, Cancellation | Receipt)
    outcome = await ctx.writer.make(WIZARD.act_of(flow), change.target, planned, is_single=is_single)
    if outcome.write.state in DONE:
        await _tell(ctx, outcome, interaction.user)
    is_over = outcome.write.state in DONE or not outcome.error
    return Done(acts_view.result(outcome, interaction.user), (outcome.write.id,) if is_over else ())


async def _orders_now(ctx: Context, content: Acting) -> tuple[Order, ...]:
    return tuple(await asyncio.gather(*(ctx.api.order(order.ref) for order in content.orders)))


async def renew(interaction: Interaction, flow: Flow) -> Goto:
    """Review a payment again, such as after an approval: amounts that have moved meanwhile are shown."""
    content = _content(flow)
    if content.act not in _PAID:
        return Goto(flow.step, content)
    now = await _orders_now(interaction.ctx, content)
    return Goto(flow.step, replace(content, orders=now, moved=_moved(content, now)))


def _moved(content: Acting, now: Sequence[Order]) -> tuple[MovedPrice, ...]:
    amounts = (
        MovedPrice(order.order_id, acts_view.total_fen([order]), acts_view.total_fen([new]))
        for order, new in zip(content.orders, now, strict=True)
    )
    return tuple(amount for amount in amounts if amount.before != amount.now)


async def _require_not_paid(ctx: Context, orders: Sequence[Order]) -> None:
    """Raises RequestError for an order that was submitted before: its detail may say so only later."""
    ids = {order.order_id for order in orders}
    for write in (await ctx.store.writes.newest(0, RECENT))[0]:
        if isinstance(write.change, Payment) and write.state in DONE and ids & set(write.change.order_ids):
            words = _("{user} has submitted this for payment before, so nothing was done. `/panda order` shows it.")
            raise RequestError(words.format(user=name(write.actor)))


async def _tell(ctx: Context, outcome: Outcome, user: str) -> None:
    """Tell the channels that watch the orders. A link alone has changed nothing, unless it has paid at once."""
    change, paid_at_once = outcome.write.change, _has_paid(outcome)
    if not isinstance(change, OrderAct) or (isinstance(change, PayLink) and not paid_at_once):
        return
    ids = orders_of(change)
    keys = [OrderRef(change.platform, order_id).key for order_id in ids]
    watches = await ctx.store.watches.of_orders(keys)
    for channel in dict.fromkeys(watch.channel for watch in watches):
        await announce(ctx, channel, OrdersChanged(user, _TOLD[type(change)], ids))


def _has_paid(outcome: Outcome) -> bool:
    """Whether a request for a pay link has paid: its answer says so, or the order does where the answer was lost."""
    answer = outcome.answer
    is_paid = isinstance(answer, operations.PayUrl) and bool(answer.protocol_pay_success)
    return is_paid or outcome.write.state is WriteState.FOUND_DONE


def _content(flow: Flow) -> Acting:
    assert isinstance(flow.content, Acting)
    return flow.content


def acting() -> str:
    """The waiting line while it is done."""
    return _("Telling PandaPon…")


STEPS = {
    "pay": Step(acts_view.pay, send_payment, working=acting),
    "pay_all": Step(acts_view.pay_all, send_payment, working=acting),
    "cancel": Step(acts_view.cancel, send_cancellation, read_reason, working=acting),
    "receive": Step(acts_view.receive, send_receipt, working=acting),
    "warehouse": Step(acts_view.warehouse, review_warehouse, read_warehouse),
    "warehouse_review": Step(acts_view.warehouse_review, send_warehouse, working=acting, back="warehouse"),
}
WIZARD = Wizard(NAME, Acting, WriteScope.ORDERS, acts_view.title, STEPS, renew=renew)


# --- entrances --------------------------------------------------------------------------------------------------------


async def pay_button(interaction: Interaction, channel: str, orders: Sequence[Order]) -> Block | None:
    """A button on the page of new orders that pays those of one platform; None where they are of both, or of none."""
    unpaid = [order for order in orders if order.is_unpaid][:MOST]
    platforms = {order.platform for order in unpaid}
    if len(platforms) != 1:
        return None
    refs = [order.ref for order in unpaid]
    act = kind_of("pay", refs)
    flow = await open_flow(interaction, Acting(act, tuple(unpaid)), channel, act)  # type: ignore[arg-type]
    return el.button(label(act), f"{action_ids.ACT_RESUME}:1", flow.id, "primary")


async def open_act(subject: Subject, interaction: Interaction) -> None:
    """Open the form of an act."""

    async def first() -> Goto:
        act, refs = await claimed(interaction, subject)
        return await begin(interaction, kind_of(act, refs), refs)

    await WIZARD.open(interaction, first)


async def resume_act(subject: Subject, interaction: Interaction) -> None:
    """Open the form that was made with the page of new orders."""
    flow: Flow = await claimed(interaction, subject)
    await WIZARD.resume(interaction, flow.id)


async def ignore(_subject: Subject, _interaction: Interaction) -> None:
    """A press that opens the browser: there is nothing to do."""


async def _orders(interaction: Interaction, _given: Any) -> Claim:
    """Read the button's value as if it came from a stranger: the orders are read before anything is done."""
    act, *keys = payloads.value(interaction.body).split()[: MOST + 2] or [""]
    try:
        refs = [OrderRef.from_key(key) for key in keys]
    except ValueError:
        raise OutdatedError from None
    is_one = len(refs) == 1 or act in _PAID
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

OWN = WIZARD.feature()
FEATURE = Feature(
    forms=OWN.forms,
    listeners=(
        *OWN.listeners,
        Listener("action", action_ids.ORDER_ACT, ORDERS, open_act),
        Listener("action", action_ids.ACT_RESUME, OWN_ACT, resume_act),
        Listener("action", action_ids.PAY_PAGE, NOTHING, ignore),
    ),
)
