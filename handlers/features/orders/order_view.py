"""The answer to ``order``: one order in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.addresses import order_page
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.labels import platform_name
from handlers.blocks.message import Layout
from handlers.blocks.order_acts import act_buttons
from handlers.blocks.order_states import close_words, refund_words
from handlers.blocks.parts import freshness_of, heading, order_name, parcel_name, run_button, show_button, standing_in
from handlers.blocks.refunds import refund_lines, refunds_of
from handlers.blocks.standing import of_parcel
from handlers.blocks.text import escape, money, sanitize_id, slack_date, truncate
from handlers.wire.requests import AskRefund, ContactSeller, ShowFreight, ShowOrder, Track, WatchOrders
from pandapon.refunds import names_refund
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.blocks.message import Block, Message
    from handlers.blocks.standing import Standing
    from handlers.wire.requests import ListOrders
    from pandapon.models import Item, Order
    from tracking.orders import OrderSnapshot

ITEMS = 10  # shown of an order's items, of its parcels and of its waybills


def detail(snapshot: OrderSnapshot, now: datetime, back: ListOrders | None = None, *, may_act: bool = False) -> Message:
    """Show the state, amounts, times, seller, items and parcels of one order.

    ``back``: the list from which the person opened it. ``may_act``: the settings allow paying and cancelling it.
    """
    state, order = standing_in(snapshot, now), snapshot.order
    names = [name for name in (order_name(snapshot.ref), state.says) if name]
    layout = Layout(
        [el.header(heading(state, order, snapshot.ref)), el.context(" · ".join(names))],
        tail=[
            el.context(freshness_of(snapshot, now)),
            *el.actions([*_buttons(snapshot, back), *_act_buttons(snapshot.order, may_act=may_act)]),
        ],
    )
    if notes := _notes(state, snapshot, now):
        layout.add(el.section("\n".join(notes)))
    if snapshot.order:
        layout.add(el.fields(_facts(snapshot.order, now)))
        _add_items(layout, snapshot.order.items)
    else:
        layout.add(el.section(_("PandaPon did not give the order's own data just now, only its parcels.")))
    _add_parcels(layout, snapshot, now)
    return el.message(layout.blocks)


def _buttons(snapshot: OrderSnapshot, back: ListOrders | None) -> list[Block]:
    ref, order = snapshot.ref, snapshot.order
    buttons = []
    if back:
        buttons.append(run_button(_("◀ Back to orders (page {page})").format(page=back.page), 3, back))
    watch = WatchOrders((ref.order_id,), platform=ref.platform).command()
    return [
        *buttons,
        run_button(_("Track parcels"), 1, Track(ref.order_id, ref.platform, back=back)),
        run_button(_("Refresh"), 2, ShowOrder(ref.order_id, ref.platform, back)),
        show_button(_("Message the seller"), 4, ContactSeller(order_id=ref.order_id, platform=ref.platform)),
        el.button(_("Watch here"), f"{action_ids.WATCH_HERE}:1", watch),
        show_button(_("Freight abroad"), 5, ShowFreight((ref.order_id,), platform=ref.platform)),
        *([run_button(_("Refund…"), 5, AskRefund(ref.order_id, ref.platform))] if _may_be_refunded(order) else []),
    ]


def _may_be_refunded(order: Order | None) -> bool:
    """Whether it makes sense to ask for a refund, or to look at one."""
    return order is not None and not order.is_unpaid and order.milestone is not Milestone.CANCELLED


def _cannot_have_parcels(snapshot: OrderSnapshot) -> bool:
    """Whether an order is unpaid or cancelled, and so has no parcel."""
    is_unpaid = snapshot.order is not None and snapshot.order.is_unpaid
    return is_unpaid or snapshot.milestone is Milestone.CANCELLED


def _act_buttons(order: Order | None, *, may_act: bool) -> list[Block]:
    return act_buttons(order, 1) if may_act and order else []


def _notes(state: Standing, snapshot: OrderSnapshot, now: datetime) -> list[str]:
    """The lines below the heading: more of the state, how to pay, why the order was closed, and its refunds."""
    order = snapshot.order
    lines = [" · ".join(note for note in (state.part, state.reason) if note)]
    if order and order.is_unpaid:
        lines.append(_payment_line(order, now))
    if order and order.close_reason:
        lines.append(_("Closed: {reason}").format(reason=close_words(order.close_reason)))
    lines += refund_lines(refunds_of(snapshot, order, now), order, now)
    return [line for line in lines if line]


def _payment_line(order: Order, now: datetime) -> str:
    """The link to the page where the order is paid, and the time until which that is possible."""
    link = el.link(order_page(order.ref), _("Pay on {platform}").format(platform=platform_name(order.platform)))
    return f"{link} · " + _("until {time}").format(time=slack_date(order.pay_by, now)) if order.pay_by else link


def _facts(order: Order, now: datetime) -> list[str]:
    amounts = [
        (_("Total"), order.total_amount),
        (_("Products"), order.goods_amount),
        (_("Shipping"), order.shipping_amount),
    ]
    times = [(_("Ordered"), order.created_at), (_("Paid"), order.paid_at)]
    facts = [f"*{name}*\n{money(amount)}" for name, amount in amounts if amount is not None]
    facts += [f"*{name}*\n{slack_date(at, now)}" for name, at in times if at]
    if order.seller:
        label = _("Seller")
        facts.append(f"*{label}*\n{escape(truncate(order.seller, 100))}")
    return facts or [_("PandaPon gives no amounts and times for this order.")]


def _add_items(layout: Layout, items: tuple[Item, ...]) -> None:
    shown = 0
    for item in items[:ITEMS]:
        if not layout.add(el.section(_item(item), el.image(item.image_url, item.title))):
            break
        shown += 1
    if len(items) > shown:
        hidden = len(items) - shown
        layout.note(el.context(ngettext("and {n} more item", "and {n} more items", hidden).format(n=hidden)))


def _item(item: Item) -> str:
    is_refunded = names_refund(item.refund_status)
    count = f"{item.quantity.normalize():f}" if item.quantity is not None else ""
    facts = [
        _("{count} {unit}").format(count=f"× {count}", unit=escape(truncate(item.unit, 20))).strip() if count else "",
        escape(truncate(item.variant, 100)),
        money(item.amount) if item.amount is not None else "",
        _("refund: {status}").format(status=refund_words(item.refund_status)) if is_refunded else "",
    ]
    return (escape(truncate(item.title, 200)) or _("(no title)")) + "\n" + " · ".join(fact for fact in facts if fact)


def _add_parcels(layout: Layout, snapshot: OrderSnapshot, now: datetime) -> None:
    """Add the list of parcels.

    Each waybill of the order has a parcel, except for texts that no carrier knows, such as "self pick-up". Where the
    order has no parcel, these texts are listed.
    """
    parcels = snapshot.shipment.parcels
    lines = [
        f"{parcel_standing.sign} {parcel_name(parcel)} · {parcel_standing.text}"
        for parcel in parcels[:ITEMS]
        if (parcel_standing := of_parcel(parcel, snapshot.milestone, snapshot.order, now=now))
    ]
    waybills = snapshot.order.waybills if snapshot.order and not parcels else ()
    lines += [f"📦 `{sanitize_id(waybill)}`" for waybill in sorted(waybills)[:ITEMS]]
    total = len(parcels) + len(waybills)
    headline = ngettext("*{n} parcel*", "*{n} parcels*", total).format(n=total)
    unlisted = [_("and {n} more").format(n=total - len(lines))] if total > len(lines) else []
    if lines:
        layout.add(el.section("\n".join([headline, *lines, *unlisted])))
    elif not _cannot_have_parcels(snapshot):  # the heading of such an order says why
        layout.add(el.section(_("*No parcel yet*")))
