"""One order in words a person reads, and the account's orders page by page."""

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

ITEMS = 10  # lines of an order that are shown


def detail(look: OrderSnapshot, now: datetime) -> Message:
    """Status, amounts, times, seller, items and parcels of one order."""
    ref = look.ref
    buttons = [
        run_button(_("Track parcels"), 1, Track(ref.order_id, ref.platform)),
        run_button(_("Refresh"), 2, ShowOrder(ref.order_id, ref.platform)),
        el.button(
            _("Watch here"), f"{action_ids.WATCH_HERE}:1", WatchOrders((ref.order_id,), platform=ref.platform).command()
        ),
    ]
    layout = Layout(
        [el.header(order_name(ref)), el.section(_state(look))],
        tail=[el.context(freshness_of(look, now)), *el.actions(buttons)],
    )
    if look.order:
        layout.add(el.fields(_facts(look.order, now)))
        _add_items(layout, look.order.items)
    else:
        layout.add(el.section(_("PandaPon did not give the order's own data just now, only its parcels.")))
    _add_parcels(layout, look)
    return el.message(layout.blocks)


def _state(look: OrderSnapshot) -> str:
    order, lines = look.order, [standing_in(look).headline]
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
        says = _("{platform} says").format(platform=platform_name(order.platform))
        facts.append(f"*{says}*\n{platform_word(order)}")
    if order.seller:
        seller = _("Seller")
        facts.append(f"*{seller}*\n{escape(truncate(order.seller, 100))}")
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


def _add_parcels(layout: Layout, look: OrderSnapshot) -> None:
    """What the order names is among the parcels, but for what no carrier could know, such as "self pick-up"."""
    parcels = look.shipment.parcels
    lines = [
        f"{said.sign} {parcel_name(parcel)} · {said.text}"
        for parcel in parcels[:ITEMS]
        if (said := of_parcel(parcel, look.milestone, look.order))
    ]
    waybills = look.order.waybills if look.order and not parcels else ()
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
    """One page of the account's orders on each platform that answered. ``errors`` is Slack text.

    ``known``: by key, the orders that the bot knows better than the platform's list; of these, the ones that stand in
    another state than the one asked for are left out, and named below.
    """
    known = known or {}
    elsewhere = [look for page in pages.values() for order in page.items if (look := _other(request, order, known))]
    said = (_summary(request, pages), caveat(request.status, pages), _elsewhere(elsewhere))
    small_print = [line for line in said if line]
    layout = Layout(
        [el.header(_title(request)), el.context(*small_print)],
        tail=el.actions(of_answers(request, pages.values()).buttons()),
    )
    number = 10  # the buttons below the list have the first numbers
    for platform in Platform:
        if platform in errors:
            layout.add(failed(platform, errors[platform]))
        for order in pages[platform].items if platform in pages else ():
            if _other(request, order, known):
                continue
            number += 1
            if not layout.add(_row(order, known.get(order.ref.key), number)):
                break
    if pages and not any(page.items for page in pages.values()):
        layout.add(el.section(_advice(request)))
    return el.message(layout.blocks)


def _other(request: ListOrders, order: Order, known: Mapping[str, OrderSnapshot]) -> OrderSnapshot | None:
    """The order as the bot knows it, where that is not the state that was asked for."""
    look = known.get(order.ref.key)
    return look if look and not fits(request.status, look.milestone) else None


def _elsewhere(looks: Sequence[OrderSnapshot]) -> str:
    if not looks:
        return ""
    n = len(looks)
    words = ngettext("{n} order stands elsewhere: {orders}", "{n} orders stand elsewhere: {orders}", n)
    named = [f"`{sanitize_id(look.ref.order_id)}` {standing_in(look).line}" for look in looks]
    return words.format(n=n, orders=", ".join(named))


def _row(order: Order, look: OrderSnapshot | None, number: int) -> Block:
    said = standing_in(look) if look else standing(order.milestone, order)
    total = f" · {money(order.total_amount)}" if order.total_amount is not None else ""
    lines = [f"*{order_name(order.ref)}*", f"{said.line}{total}", title_of(order)]
    details = run_button(_("Details"), number, ShowOrder(order.order_id, order.platform))
    return el.section("\n".join(line for line in lines if line), details)


def _title(request: ListOrders) -> str:
    return _("Orders: {status}").format(status=request.status) if request.status else _("Orders")


def _summary(request: ListOrders, pages: dict[Platform, Page[Order]]) -> str:
    facts = [of_answers(request, pages.values()).words()]
    for platform, page in pages.items():
        if page.total is not None:
            found = ngettext("{n} order", "{n} orders", page.total).format(n=f"{page.total:,}")
            facts.append(f"{platform_name(platform)}: {found}")
    return " · ".join(facts)


def _advice(request: ListOrders) -> str:
    if request.page > 1:
        return _("There is nothing on page {page}.").format(page=request.page)
    if request.status:
        return _("No order is in that state. {command} lists them all.").format(command="`/panda orders`")
    return _("This account has no orders yet.")
