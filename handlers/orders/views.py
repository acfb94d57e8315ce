"""One order in words, and the list of the account's orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.labels import platform_name
from handlers.blocks.message import Layout, Message
from handlers.blocks.order_states import caveat, close_words, fits, has_refund, refund_words
from handlers.blocks.paging import of_answers
from handlers.blocks.parts import (
    failed,
    freshness_of,
    order_name,
    parcel_name,
    run_button,
    standing_in,
    title_of,
)
from handlers.blocks.standing import of_parcel, platform_word, standing
from handlers.blocks.text import escape, money, sanitize_id, slack_date, truncate
from handlers.requests import ShowOrder, Track, WatchOrders
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from handlers.blocks.message import Block
    from handlers.requests import ListOrders
    from pandapon.models import Item, Order, Page
    from tracking.orders import OrderSnapshot

ITEMS = 10  # items, parcels and waybills of an order that are shown of each


def detail(snapshot: OrderSnapshot, now: datetime) -> Message:
    """Show the state, amounts, times, seller, items and parcels of one order."""
    ref = snapshot.ref
    buttons = [
        run_button(_("Track parcels"), 1, Track(ref.order_id, ref.platform)),
        run_button(_("Refresh"), 2, ShowOrder(ref.order_id, ref.platform)),
        el.button(
            _("Watch here"), f"{action_ids.WATCH_HERE}:1", WatchOrders((ref.order_id,), platform=ref.platform).command()
        ),
    ]
    layout = Layout(
        [el.header(order_name(ref)), el.section(_state(snapshot))],
        tail=[el.context(freshness_of(snapshot, now)), *el.actions(buttons)],
    )
    if snapshot.order:
        layout.add(el.fields(_facts(snapshot.order, now)))
        _add_items(layout, snapshot.order.items)
    else:
        layout.add(el.section(_("PandaPon did not give the order's own data just now, only its parcels.")))
    _add_parcels(layout, snapshot)
    return el.message(layout.blocks)


def _state(snapshot: OrderSnapshot) -> str:
    order, lines = snapshot.order, [standing_in(snapshot).headline]
    if order and order.close_reason:
        lines.append(_("Closed: {reason}").format(reason=close_words(order.close_reason)))
    if order and has_refund(order.refund_status):
        lines.append(_("Refund: {status}").format(status=refund_words(order.refund_status)))
    return "\n".join(lines)


def _facts(order: Order, now: datetime) -> list[str]:
    amounts = [
        (_("Total"), order.total_amount),
        (_("Goods"), order.goods_amount),
        (_("Shipping"), order.shipping_amount),
    ]
    times = [(_("Ordered"), order.created_at), (_("Paid"), order.paid_at)]
    facts = [f"*{name}*\n{money(amount)}" for name, amount in amounts if amount is not None]
    facts += [f"*{name}*\n{slack_date(at, now)}" for name, at in times if at]
    if order.status_code:
        label = _("{platform} says").format(platform=platform_name(order.platform))
        facts.append(f"*{label}*\n{platform_word(order)}")
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
        more = len(items) - shown
        layout.note(el.context(ngettext("and {n} more item", "and {n} more items", more).format(n=more)))


def _item(item: Item) -> str:
    count = f"{item.quantity.normalize():f}" if item.quantity is not None else ""
    facts = [
        _("{count} {unit}").format(count=f"× {count}", unit=escape(truncate(item.unit, 20))).strip() if count else "",
        escape(truncate(item.variant, 100)),
        money(item.amount) if item.amount is not None else "",
        _("refund: {status}").format(status=refund_words(item.refund_status)) if has_refund(item.refund_status) else "",
    ]
    return (escape(truncate(item.title, 200)) or _("(no title)")) + "\n" + " · ".join(fact for fact in facts if fact)


def _add_parcels(layout: Layout, snapshot: OrderSnapshot) -> None:
    """List the parcels.

    Each waybill that the order names has one, except words that no carrier knows, such as "self pick-up". Those are
    listed where there is no parcel.
    """
    parcels = snapshot.shipment.parcels
    lines = [
        f"{parcel_standing.sign} {parcel_name(parcel)} · {parcel_standing.text}"
        for parcel in parcels[:ITEMS]
        if (parcel_standing := of_parcel(parcel, snapshot.milestone, snapshot.order))
    ]
    waybills = snapshot.order.waybills if snapshot.order and not parcels else ()
    lines += [f"📦 `{sanitize_id(waybill)}`" for waybill in sorted(waybills)[:ITEMS]]
    total = len(parcels) + len(waybills)
    heading = ngettext("*{n} parcel*", "*{n} parcels*", total).format(n=total)
    more = [_("and {n} more").format(n=total - len(lines))] if total > len(lines) else []
    layout.add(el.section("\n".join([heading, *lines, *more]) if lines else _("*No parcel yet*")))


def listing(
    request: ListOrders,
    pages: dict[Platform, Page[Order]],
    errors: dict[Platform, str],
    known: Mapping[str, OrderSnapshot] | None = None,
) -> Message:
    """Show one page of the account's orders on each platform that answered, and why the others did not.

    ``errors``: by platform, the reason as Slack text. ``known``: by order key, the stored orders, which say more than
    the platform's list. Of these, an order in another state than the requested one is left out and named in the head.
    """
    known = known or {}
    orders = [order for page in pages.values() for order in page.items]
    elsewhere = [snapshot for order in orders if (snapshot := _in_other_state(request, order, known))]
    small_print = (_summary(request, pages), caveat(request.status, pages), _elsewhere(elsewhere))
    layout = Layout(
        [el.header(_title(request)), el.context(*(line for line in small_print if line))],
        tail=el.actions(of_answers(request, pages.values()).buttons()),
    )
    number = 10  # the ids of the rows' buttons count from 11, since those below the list have the first numbers
    for platform in Platform:
        if platform in errors:
            layout.add(failed(platform, errors[platform]))
        for order in pages[platform].items if platform in pages else ():
            if _in_other_state(request, order, known):
                continue
            number += 1
            if not layout.add(_row(order, known.get(order.ref.key), number)):
                break
    if pages and not orders:
        layout.add(el.section(_advice(request)))
    return el.message(layout.blocks)


def _in_other_state(request: ListOrders, order: Order, known: Mapping[str, OrderSnapshot]) -> OrderSnapshot | None:
    """The stored order where it is in another state than the requested one; else None."""
    snapshot = known.get(order.ref.key)
    return snapshot if snapshot and not fits(request.status, snapshot.milestone) else None


def _elsewhere(snapshots: Sequence[OrderSnapshot]) -> str:
    if not snapshots:
        return ""
    n = len(snapshots)
    words = ngettext("{n} order stands elsewhere: {orders}", "{n} orders stand elsewhere: {orders}", n)
    named = [f"`{sanitize_id(snapshot.ref.order_id)}` {standing_in(snapshot).line}" for snapshot in snapshots]
    return words.format(n=n, orders=", ".join(named))


def _row(order: Order, snapshot: OrderSnapshot | None, number: int) -> Block:
    state = (standing_in(snapshot) if snapshot else standing(order.milestone, order)).line
    total = f" · {money(order.total_amount)}" if order.total_amount is not None else ""
    lines = [f"*{order_name(order.ref)}*", f"{state}{total}", title_of(order)]
    details = run_button(_("Details"), number, ShowOrder(order.order_id, order.platform))
    return el.section("\n".join(line for line in lines if line), details)


def _title(request: ListOrders) -> str:
    return _("Orders: {status}").format(status=request.status) if request.status else _("Orders")


def _summary(request: ListOrders, pages: dict[Platform, Page[Order]]) -> str:
    facts = [of_answers(request, pages.values()).words()]
    for platform, page in pages.items():
        if page.total is not None:
            count = ngettext("{n} order", "{n} orders", page.total).format(n=f"{page.total:,}")
            facts.append(f"{platform_name(platform)}: {count}")
    return " · ".join(facts)


def _advice(request: ListOrders) -> str:
    if request.page > 1:
        return _("There is nothing on page {page}.").format(page=request.page)
    if request.status:
        return _("No order is in that state. {command} lists them all.").format(command="`/panda orders`")
    return _("This account has no orders yet.")
