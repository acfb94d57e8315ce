"""The pages of an act on orders, from the review to the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.addresses import web_address
from handlers.blocks.forms import VALUE, Choice, field, select
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.parts import display_name
from handlers.blocks.people import name
from handlers.blocks.punctuation import labelled
from handlers.blocks.text import escape, money, sanitize_id, truncate, yuan
from handlers.blocks.write_words import DONE, outcome_words
from handlers.features.buying import earlier_payments
from handlers.writing.steps import Page
from pandapon.carts import fen
from pandapon.operations.orders import PayUrl
from pandapon.shipment import Platform
from tracking.changes.order_acts import Cancellation, PayLink, Payment, Receipt, WarehouseChange
from tracking.flows import Acting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blocks.message import Block
    from handlers.writing.plans import Outcome
    from pandapon.models import Order
    from tracking.flows import Flow

TITLE, SELLER = 60, 40  # characters
REMARK, WAREHOUSE, PLACE = 200, 60, 300  # characters of what is typed
# The reasons as they are sent; both platforms show them to the seller. No list of reasons is published.
REASONS = {
    "unwanted": "不想买了",
    "wrong": "信息填写错误，重新下单",
    "out_of_stock": "卖家缺货",
    "price": "价格不合适",
    "other": "其他原因",
}


def title() -> str:
    """The title of a page that belongs to no act, such as the one while the form opens."""
    return _("Orders")


def pay(flow: Flow) -> Page:
    """Ask for the link to the page on which one 1688 order is paid."""
    content = _content(flow)
    note = _("You get the link to the pay page of 1688. An account with a standing agreement may be charged at once.")
    return Page([*_head(content), el.context(note)], _("Get the pay link"))


def pay_all(flow: Flow) -> Page:
    """Submit orders for payment by the account's agreement."""
    content = _content(flow)
    note = _("The account's agreement with the platform pays them. It cannot be taken back here.")
    return Page([*_head(content), el.context(note)], _("Pay again") if content.submitted else _("Pay now"))


def cancel(flow: Flow) -> Page:
    """Cancel an unpaid order, with a reason."""
    words = {
        "unwanted": _("No longer needed"),
        "wrong": _("Ordered by mistake"),
        "out_of_stock": _("The seller is out of stock"),
        "price": _("The price is not right"),
        "other": _("Another reason"),
    }
    menu = select([Choice(key, words[key]) for key in REASONS], "")
    fields = [field(_("Reason"), "reason", menu), field(_("Remark"), "remark", _text(REMARK), optional=True)]
    note = _("The order is closed, and nothing has to be paid.")
    return Page([*_head(_content(flow)), *fields, el.context(note)], _("Cancel the order"))


def receive(flow: Flow) -> Page:
    """Confirm the receipt of a 1688 order."""
    content = _content(flow)
    note = _("The seller gets the money then. A refund is harder to get afterwards.")
    return Page([*_head(content), *_warning(content.arrived), el.context(note)], _("Confirm receipt"))


def _warning(arrived: bool | None) -> list[Block]:
    if arrived:
        return []
    if arrived is None:
        return [
            el.section(_("⚠️ *It is not known whether the parcel has arrived.* Make sure that you have the products."))
        ]
    return [el.section(_("⚠️ *The parcel has not arrived, as far as its courier says.*"))]


def warehouse(flow: Flow) -> Page:
    """Ask for another forwarding warehouse of a Taobao order."""
    content = _content(flow)
    fields = [
        field(_("Warehouse"), "name", _text(WAREHOUSE, content.warehouse[0])),
        field(_("Address of the warehouse"), "place", _text(PLACE, content.warehouse[1])),
    ]
    return Page([*_head(content), *fields], _("Review"))


def warehouse_review(flow: Flow) -> Page:
    """Show the new warehouse before it is sent."""
    content = _content(flow)
    warehouse_name, place = (escape(part) for part in content.warehouse)
    return Page([*_head(content), el.section(f"🏬 *{warehouse_name}*\n{place}")], _("Change warehouse"))


def result(outcome: Outcome, by: str) -> list[Block]:
    """The result of an act, who did it, and what is next. A pay link is shown here and stored nowhere."""
    write = outcome.write
    blocks = [el.section(outcome_words(write, outcome.error))]
    if isinstance(outcome.answer, PayUrl):
        blocks += _link(outcome.answer)
    notes = [_("By {user}").format(user=name(by))]
    if write.state in DONE and (words := _next(write.change)):
        notes.append(words)
    return [*blocks, el.context(" · ".join(notes))]


def lines(orders: Sequence[Order]) -> list[str]:
    """Orders as lines of plain text, for the approvers."""
    return [f"{order.order_id} · {order.seller}: {', '.join(item.title for item in order.items)}" for order in orders]


def total_fen(orders: Sequence[Order]) -> int | None:
    """The sum of the orders' totals, in fen; None where an order has no total."""
    amounts = [order.total_amount for order in orders]
    known = [fen(amount) for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None


def order_line(order: Order) -> str:
    """An order in one line: its title, seller, total and id."""
    seller = escape(truncate(order.seller, SELLER))
    amount = money(order.total_amount) if order.total_amount is not None else _("price not given")
    title = f"*{display_name(order, order.ref, TITLE)}*"
    return " · ".join(part for part in (title, seller, amount, f"`{sanitize_id(order.order_id)}`") if part)


def _content(flow: Flow) -> Acting:
    assert isinstance(flow.content, Acting)
    return flow.content


def _head(content: Acting) -> list[Block]:
    head = [_moved(content)] if content.moved else []
    head += earlier_payments.warnings(content)
    listed = [el.section(order_line(order)) for order in content.orders]
    amount = total_fen(content.orders)
    if len(content.orders) > 1 and amount is not None:
        n = len(content.orders)
        count = ngettext("{n} order", "{n} orders", n).format(n=n)
        listed.append(el.section(labelled(count, f"*{yuan(amount)}*")))
    return head + listed


def _moved(content: Acting) -> Block:
    unknown = _("not given")
    words = _("• {name}: {former} → {now}")
    changes = [
        words.format(
            name=f"`{sanitize_id(price.name)}`",
            former=yuan(price.before) if price.before is not None else unknown,
            now=yuan(price.now) if price.now is not None else unknown,
        )
        for price in content.moved
    ]
    head = _("⚠️ *The amount has changed since you saw it.* Nothing was paid. Send this again to accept it.")
    return el.section("\n".join([head, *changes]))


def _link(answer: PayUrl) -> list[Block]:
    if answer.protocol_pay_success:
        return [el.section(_("💴 The standing agreement has paid it at once."))]
    if not web_address(answer.pay_url, longest=el.ADDRESS):
        return [el.section(_("⚠️ PandaPon gave no link. The order may not be payable now; look at it on 1688."))]
    return el.actions([el.link_button(_("Open the pay page"), f"{action_ids.PAY_PAGE}:1", answer.pay_url, "primary")])


def _next(change: Any) -> str:
    match change:
        case PayLink():
            return _("When it is paid, the card here and the order say so.")
        case Payment():
            return _("The order says when the platform has taken the money.")
        case Cancellation(platform=Platform.TAOBAO):
            return _("`/panda order` shows when it is closed.")
        case Cancellation() | Receipt() | WarehouseChange():
            return _("There is nothing else to do.")
        case _:
            return ""


def _text(most: int, value: str = "") -> Block:
    element: dict[str, Any] = {"type": "plain_text_input", "action_id": VALUE, "max_length": most}
    return element | ({"initial_value": value} if value else {})
