"""New orders and acts on orders in words: as done, and as still to be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks.i18n import _, ngettext
from handlers.blocks.labels import platform_name
from handlers.blocks.locale_data import number
from handlers.blocks.punctuation import labelled, listed
from handlers.blocks.text import escape, sanitize_id, truncate, yuan
from pandapon.shipment import Platform
from tracking.changes.order_acts import Cancellation, PayLink, Payment, Receipt, WarehouseChange
from tracking.changes.orders import OrderCreation
from tracking.writes import WriteState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracking.writes import Write

SELLER, SELLERS, IDS, REASON = 40, 3, 12, 100  # characters of a name; sellers and ids that are named; of a reason


def created(write: Write) -> str:
    """Orders that were created, as a sentence with their ids."""
    change = write.change
    assert isinstance(change, OrderCreation)
    words = _("Ordered: {purchase}").format(purchase=_purchase(change))
    if not write.made:
        return _("{ordered}. PandaPon did not name the order; `/panda orders` shows it.").format(ordered=words)
    label = ngettext("order", "orders", len(write.made))
    ordered = labelled(words, f"{label} {_ids(write.made)}")
    if len(write.made) < len(change.baskets):
        missing = _("⚠️ PandaPon named {n} of {all} orders. Check `/panda orders` before you order the rest.")
        return f"{ordered}\n{missing.format(n=number(len(write.made)), all=number(len(change.baskets)))}"
    return ordered


def to_create(change: OrderCreation) -> str:
    """Orders to be created, without a full stop."""
    return _("order {purchase}").format(purchase=_purchase(change))


def pay_page(write: Write) -> str:
    """The link to pay an order, as a sentence. The link itself is not recorded.

    Where the answer was lost, the order shows only whether it is paid, so the sentence says that.
    """
    change = write.change
    assert isinstance(change, PayLink)
    words = _("{order} is paid.") if write.state is WriteState.FOUND_DONE else _("Asked for the pay page of {order}.")
    return words.format(order=_ids([change.order_id]))


def paid(write: Write) -> str:
    """Orders that were submitted for payment, as a sentence."""
    change = write.change
    assert isinstance(change, Payment)
    amount = f" · {yuan(change.total_fen)}" if change.total_fen is not None else ""
    return _("Submitted for payment: {orders}{amount}.").format(orders=_ids(change.order_ids), amount=amount)


def to_pay(change: Payment) -> str:
    """Orders to be paid, without a full stop."""
    return _("pay {orders}").format(orders=_ids(change.order_ids))


def to_open_pay_page(change: PayLink) -> str:
    """A pay page to be opened, without a full stop."""
    return _("open the pay page of {order}").format(order=_ids([change.order_id]))


def cancelled(write: Write) -> str:
    """A cancelled order, as a sentence. Taobao's answer says only that it was accepted."""
    change = write.change
    assert isinstance(change, Cancellation)
    if change.platform is Platform.TAOBAO:
        words = _("Taobao accepted the cancellation of {order}, and closes the order a little later.")
        return words.format(order=_ids([change.order_id]))
    return _("Cancelled {order}.").format(order=_ids([change.order_id]))


def to_cancel(change: Cancellation) -> str:
    """An order to be cancelled, without a full stop."""
    reason = escape(truncate(change.reason, REASON))
    return _("cancel {order}: {reason}").format(order=_ids([change.order_id]), reason=reason)


def received(write: Write) -> str:
    """A confirmed receipt, as a sentence."""
    change = write.change
    assert isinstance(change, Receipt)
    return _("Confirmed the receipt of {order}.").format(order=_ids([change.order_id]))


def to_receive(change: Receipt) -> str:
    """A receipt to be confirmed, without a full stop."""
    return _("confirm the receipt of {order}").format(order=_ids([change.order_id]))


def moved(write: Write) -> str:
    """A changed warehouse, as a sentence."""
    change = write.change
    assert isinstance(change, WarehouseChange)
    words = _("{order} now goes to the warehouse {warehouse}.")
    return words.format(order=_ids([change.order_id]), warehouse=_warehouse(change))


def to_move(change: WarehouseChange) -> str:
    """A warehouse to be changed, without a full stop."""
    words = _("send {order} to the warehouse {warehouse}")
    return words.format(order=_ids([change.order_id]), warehouse=_warehouse(change))


def orders_place() -> str:
    """The place that shows orders."""
    return "`/panda orders`"


def order_place() -> str:
    """The place that shows an act on an order."""
    return _("the order")


def _warehouse(change: WarehouseChange) -> str:
    return f"*{escape(truncate(change.warehouse, SELLER))}*"


def _purchase(change: OrderCreation) -> str:
    products = sum(len(basket.lines) for basket in change.baskets)
    count = ngettext("{n} product", "{n} products", products).format(n=number(products))
    names = [escape(truncate(basket.seller, SELLER)) or _("(seller not given)") for basket in change.baskets]
    shown = names[:SELLERS]
    if len(names) > SELLERS:
        hidden = len(names) - SELLERS
        shown.append(ngettext("{n} other seller", "{n} other sellers", hidden).format(n=hidden))
    words = _("{count} from {sellers} on {platform}")
    purchase = words.format(count=count, sellers=listed(shown), platform=platform_name(change.platform))
    return f"{purchase} · {yuan(change.total_fen)}" if change.total_fen is not None else purchase


def _ids(ids: Sequence[str]) -> str:
    ending = [_("and {n} more").format(n=len(ids) - IDS)] if len(ids) > IDS else []
    return listed([*(f"`{sanitize_id(id_)}`" for id_ in ids[:IDS]), *ending])
