"""The list of the account's orders as a message: tabs, filters, sums, a row for each order, and buttons."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.blocks import action_ids, order_states, punctuation
from handlers.blocks import elements as el
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.labels import platform_name
from handlers.blocks.locale_data import day_in_full, number
from handlers.blocks.message import LIST_ROOM, LIST_TEXT, Layout, Message, first_fitting
from handlers.blocks.parts import run_button, show_button, standing_in, title_of
from handlers.blocks.refunds import refund_lines, refunds_of
from handlers.blocks.standing import standing
from handlers.blocks.text import escape, money, sanitize_id, short_id, slack_day, truncate
from handlers.posts import alarms
from handlers.wire.requests import ActOnOrders, ExportOrders, ListOrders, ShowOrder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from handlers.blocks.message import Block
    from handlers.blocks.standing import Standing
    from handlers.features.orders.order_filter import ListedOrder
    from handlers.features.orders.order_list import OrderList, Sum
    from pandapon.shipment import Platform

TABS = ("", "unpaid", "paid", "shipped", "done", order_states.ATTENTION)
TITLE, SELLER, ALT = 60, 24, 40  # characters that are shown of each
# The numbers in the ids of the buttons; the paging has 1 and 2.
CLEAR, EXPORT, AGAIN, PAY, DETAILS, TAB = 3, 4, 5, 6, 11, 31


def listing(request: ListOrders, page: OrderList, now: datetime, *, may_act: bool = False) -> Message:
    """Show one page of a list, and why a platform is missing. Pictures are left out where they do not fit.

    ``may_act``: the settings allow paying orders from here.
    """
    pictures = (True, False) if _has_pictures(page) else (False,)
    layout, left_out = first_fitting(
        _layout(request, page, now, with_pictures=shown, may_act=may_act) for shown in pictures
    )
    if left_out:
        words = ngettext("and {n} order that does not fit here", "and {n} orders that do not fit here", left_out)
        layout.note(el.context(words.format(n=left_out)))
    return el.message(layout.blocks, longest=LIST_TEXT)


def _layout(
    request: ListOrders, page: OrderList, now: datetime, *, with_pictures: bool, may_act: bool
) -> tuple[Layout, int]:
    """The message, and the number of rows that did not fit into it.

    A section of Slack has room for one thing beside its text. Where that is the picture, the Details buttons are below
    the list, with the rows' numbers.
    """
    details = [_details(request, listed, at, is_numbered=with_pictures) for at, listed in enumerate(page.rows)]
    buttons = [*page.paging.buttons(), *_again(request, page), *_clear(request), *_export(request, page)]
    buttons += _pay(page, may_act=may_act)
    layout = Layout(
        [el.header(_title(request)), *el.actions(_tabs(request)), *_small_print(request, page, now)],
        tail=[
            *(el.actions(details) if with_pictures else ()),
            *el.actions(buttons),
        ],
        room=LIST_ROOM,
    )
    for platform, reason in page.errors.items():
        layout.add(not_listed(platform, reason))
    if not page.rows and page.asked:
        layout.add(el.section(_advice(request, page)))
    for at, listed in enumerate(page.rows):
        position = f"{at + 1}. " if with_pictures else ""
        beside = el.image(_picture(listed), _plain_title(listed)[:ALT]) if with_pictures else details[at]
        if not layout.add(el.section(f"*{position}{_name(listed)}*\n{_lines(listed, now)}", beside)):
            return layout, len(page.rows) - at
    return layout, 0


def _tabs(request: ListOrders) -> list[Block]:
    """The buttons for the other lists with the same filters. The list on show is marked."""
    return [
        el.button(
            order_states.list_name(status),
            f"{action_ids.RUN}{TAB + at}",
            replace(request, status=status, page=1).command(),
            "primary" if status == request.status else "",
        )
        for at, status in enumerate(TABS)
    ]


def _details(request: ListOrders, listed: ListedOrder, at: int, *, is_numbered: bool) -> Block:
    label = _("Details {n}").format(n=at + 1) if is_numbered else _("Details")
    return run_button(label, DETAILS + at, ShowOrder(listed.order.order_id, listed.order.platform, request))


def _pay(page: OrderList, *, may_act: bool) -> list[Block]:
    """The button that shows the page's unpaid orders, each with its button to pay."""
    ids = tuple(listed.order.order_id for listed in page.rows if listed.order.is_unpaid)
    return [show_button(_("Pay…"), PAY, ActOnOrders("pay", ids))] if may_act and ids else []


def _again(request: ListOrders, page: OrderList) -> list[Block]:
    return [run_button(_("Try again"), AGAIN, request)] if page.errors else []


def _clear(request: ListOrders) -> list[Block]:
    return [run_button(_("Show all"), CLEAR, request.unfiltered())] if request.is_filtered else []


def _export(request: ListOrders, page: OrderList) -> list[Block]:
    """The button that sends the whole list as a file. The message with the list stays."""
    return [show_button(_("Send as CSV"), EXPORT, ExportOrders(replace(request, page=1)))] if page.rows else []


def _title(request: ListOrders) -> str:
    name = order_states.list_name(request.status)
    return _("Orders · {list}").format(list=name) if request.status else _("Orders")


def _small_print(request: ListOrders, page: OrderList, now: datetime) -> list[Block]:
    caveat = order_states.caveat(request.status, page.asked)
    if request.status == order_states.ATTENTION:
        caveat = _("I notice delivery problems only of orders that are watched.")
    read_in_part, elsewhere = partial_lists(page.read_in_part), _elsewhere(page.elsewhere, now)
    lines = [_filters(request, page), _sums(page), read_in_part, elsewhere, caveat]
    return [el.context(line) for line in lines if line]


def _filters(request: ListOrders, page: OrderList) -> str:
    """The filters in words; empty where there are none."""
    facts = [_("only {platform}").format(platform=platform_name(request.platform))] if request.platform else []
    facts += [_("seller: {name}").format(name=escape(request.seller))] if request.seller else []
    facts += [_days(*page.days)] if any(page.days) else []
    facts += [_("with the words: {words}").format(words=escape(request.words))] if request.words else []
    return " · ".join(facts)


def _days(first: date | None, last: date | None) -> str:
    if first and last:
        if first == last:
            return _("ordered on {day}").format(day=day_in_full(first))
        return _("ordered from {first} to {last}").format(first=day_in_full(first), last=day_in_full(last))
    if first:
        return _("ordered since {day}").format(day=day_in_full(first))
    return _("ordered until {day}").format(day=day_in_full(last)) if last else ""


def _sums(page: OrderList) -> str:
    """The length of each platform's list, the sum of this page or of all matches, and the page's number."""
    facts = []
    for platform, total in page.totals.items():
        words = ngettext("{n} on {platform}", "{n} on {platform}", total)
        facts.append(words.format(n=number(total), platform=platform_name(platform)))
    if page.rows:
        facts.append(sum_of_all(page.sum) if page.is_sum_of_all else _sum_of_page(page.sum))
    return " · ".join([*facts, page.paging.words()] if page.rows else facts)


def not_listed(platform: Platform, reason: str) -> Block:
    """The line about a platform that did not give its orders. ``reason``: Slack text."""
    words = _("⚠️ Couldn't list the orders on *{platform}*: {reason}")
    return el.section(words.format(platform=platform_name(platform), reason=reason))


def sum_of_all(total: Sum) -> str:
    """The number of all orders of a list and the sum of their totals."""
    words = ngettext("{n} order in all, {amount}", "{n} orders in all, {amount}", total.count)
    return words.format(n=number(total.count), amount=money(total.amount)) + _without(total)


def _sum_of_page(total: Sum) -> str:
    words = ngettext("on this page {n} order, {amount}", "on this page {n} orders, {amount}", total.count)
    return words.format(n=number(total.count), amount=money(total.amount)) + _without(total)


def _without(total: Sum) -> str:
    return _(" ({n} without an amount)").format(n=total.without) if total.without else ""


def partial_lists(lists: Mapping[Platform, tuple[int, int | None]]) -> str:
    """How far each list was read that was not read to its end. ``lists``: see ``OrderList.read_in_part``."""
    sentences = []
    for platform, (count, total) in lists.items():
        if total is None:
            words = ngettext(
                "Looked through the newest {n} order on {platform}; older ones may be missing.",
                "Looked through the newest {n} orders on {platform}; older ones may be missing.",
                count,
            )
        else:
            words = ngettext(
                "Looked through the newest {n} of {total} order on {platform}.",
                "Looked through the newest {n} of {total} orders on {platform}.",
                total,
            )
        sentences.append(words.format(n=number(count), total=number(total or 0), platform=platform_name(platform)))
    return punctuation.sentences(sentences)


def _elsewhere(listed: Sequence[ListedOrder], now: datetime) -> str:
    if not listed:
        return ""
    n = len(listed)
    words = ngettext("{n} order stands elsewhere: {orders}", "{n} orders stand elsewhere: {orders}", n)
    named = [f"`{sanitize_id(row.order.order_id)}` {standing_of(row, now).line}" for row in listed]
    return words.format(n=n, orders=punctuation.listed(named))


def _advice(request: ListOrders, page: OrderList) -> str:
    """Why the list is empty, and what the person can do."""
    if request.page > 1:
        return _("There is nothing on page {page}.").format(page=request.page)
    if request.is_filtered:
        return _("No order matches.")
    if request.status == order_states.ATTENTION:
        return _("✅ Nothing needs attention.")
    if request.status:
        return _("No order is in that state. {command} lists them all.").format(command="`/panda orders`")
    return _("This account has no orders yet.") if not page.errors else _("No orders there.")


def _name(listed: ListedOrder) -> str:
    """The title of the order's goods; the order's id where no title is known."""
    return title_of(listed.order, TITLE) or escape(listed.order.order_id) or "–"


def _lines(listed: ListedOrder, now: datetime) -> str:
    """The order's state, its alarm and its refund, and the small facts: platform, id, seller, total, day."""
    order, state = listed.order, standing_of(listed, now)
    details = [detail for detail in (state.state, state.part, state.reason) if detail]
    lines = [" · ".join(details), alarms.line(listed.alarm, now) if listed.alarm else ""]
    lines += refund_lines(refunds_of(listed.snapshot, order, now)[:1], order, now)
    facts = [
        f"{platform_name(order.platform)} {short_id(order.order_id)}",
        escape(truncate(order.seller, SELLER)),
        money(order.total_amount) if order.total_amount is not None else "",
        slack_day(order.created_at) if order.created_at else "",
        state.says,
    ]
    return "\n".join(line for line in [*lines, " · ".join(fact for fact in facts if fact)] if line)


def standing_of(listed: ListedOrder, now: datetime) -> Standing:
    """The newest known standing of a listed order."""
    return standing_in(listed.snapshot, now) if listed.snapshot else standing(listed.order.milestone, listed.order)


def _has_pictures(page: OrderList) -> bool:
    return any(el.image(_picture(listed), "") for listed in page.rows)


def _picture(listed: ListedOrder) -> str:
    """The address of the first picture of the order's goods that Slack may open; empty where there is none."""
    addresses = (item.image_url for item in listed.order.items)
    return next((address for address in addresses if el.image(address, "")), "")


def _plain_title(listed: ListedOrder) -> str:
    return next((item.title for item in listed.order.items if item.title), "")
