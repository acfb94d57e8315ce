"""Refunds as messages: the list of both platforms, those of one order, and one in detail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.labels import platform_name
from handlers.blocks.locale_data import number
from handlers.blocks.message import LIST_ROOM, LIST_TEXT, Layout
from handlers.blocks.parts import display_name, run_button, short_name
from handlers.blocks.punctuation import labelled
from handlers.blocks.text import escape, money, sanitize_id, slack_date, truncate
from handlers.blocks.write_words import outcome_words
from handlers.features.aftersales.claims import platform_link
from handlers.features.aftersales.state_words import heading, next_words
from handlers.wire.requests import AskRefund, ShowOrder, ShowRefund, ShowRefunds
from pandapon.phones import mask_phones
from pandapon.refunds import OVER, RefundState, refund_state
from pandapon.shipment import OrderRef, Platform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from handlers.blocks.message import Block, Message
    from handlers.blocks.paging import Paging
    from pandapon.aftersales import Letter, Refund
    from pandapon.models import Order
    from tracking.writes import Write

TITLE, REASON, WORDS, AUTHOR = 60, 100, 300, 30  # characters that are shown
LETTERS, LINES = 8, 10  # messages of a refund, and lines of an order, that are shown
DETAILS, REFRESH, ORDER, LIST = 10, 3, 4, 5  # numbers of buttons; the paging has 1 and 2
MAY_BE_CHANGED = frozenset({RefundState.REQUESTED, RefundState.REFUSED, RefundState.TO_CHANGE})


def listing(refunds: Sequence[Refund], paging: Paging, errors: Mapping[Platform, str], now: datetime) -> Message:
    """Show a page of refunds. ``errors``: why refunds of a platform, all or some, cannot be read, as Slack text."""
    buttons = [*paging.buttons(), run_button(_("Refresh"), REFRESH, ShowRefunds(paging.request.page))]
    layout = Layout([el.header(_("💸 Refunds"))], tail=el.actions(buttons), room=LIST_ROOM)
    if paging.request.page > 1 or paging.has_next:
        layout.add(el.context(paging.words()))
    for platform, reason in errors.items():
        words = _("⚠️ Couldn't list the refunds of {platform}: {reason}")
        layout.add(el.section(words.format(platform=platform_name(platform), reason=reason)))
    if not refunds:
        none = _("No refunds here. To ask for one: `/panda refund` and the order's number.")
        layout.add(el.section(none))
    for at, refund in enumerate(refunds):
        layout.add(el.section(_row(refund, now), _details(refund, DETAILS + at)))
    note = _("1688 lists no refunds: these are the ones of open orders, and those asked for here.")
    layout.add(el.context(note))
    return el.message(layout.blocks, longest=LIST_TEXT)


def of_order(
    order: Order,
    refunds: Sequence[Refund],
    now: datetime,
    *,
    ask: str = "",
    why_not: str = "",
    is_possible: bool = True,
    pending: Write | None = None,
) -> Message:
    """Show the refunds of an order, and the button that asks for one.

    ``ask``: the button's value; empty where the bot cannot ask, and ``why_not`` says why, as Slack text.
    ``is_possible``: the order allows a refund, at least on its platform. ``pending``: a request whose answer was lost.
    """
    ref = order.ref
    layout = Layout(
        [el.header(_("💸 Refunds of {order}").format(order=short_name(ref))), el.section(_order_words(order))],
        tail=el.actions(_order_buttons(ref, ask)),
    )
    if pending:
        layout.add(el.section(outcome_words(pending)))
    for at, refund in enumerate(refunds):
        layout.add(el.section(_row(refund, now), _details(refund, DETAILS + at)))
    if not refunds:
        layout.add(el.section(_("No refund was asked for yet.")))
    if why_not:
        layout.add(el.section(why_not))
    if is_possible:
        link = platform_link(ref)
        layout.add(el.context(_("You can always do it there, too: {link}.").format(link=link)))
    return el.message(layout.blocks)


def detail(
    refund: Refund,
    letters: Sequence[Letter],
    now: datetime,
    *,
    may_act: bool,
    no_letters: str = "",
    pending: Write | None = None,
) -> Message:
    """Show one refund: its state, what is next, amount, deadline, reason, return and messages.

    ``may_act``: whether to offer changes. ``no_letters``: why the messages cannot be read, as Slack text.
    ``pending``: a change whose answer was lost.
    """
    layout = Layout(
        [el.header(f"{heading(refund.code)} · {_amount(refund)}"), *_next(refund, now)],
        tail=[*_small_print(refund), *_act_rows(refund, may_act=may_act), *el.actions(_navigation(refund))],
    )
    if pending:
        layout.add(el.section(outcome_words(pending)))
    if facts := _facts(refund):
        layout.add(el.section("\n".join(facts)))
    _add_letters(layout, letters, no_letters, now)
    if refund.platform is Platform.ALIBABA and refund_state(refund.code) not in OVER:
        link = platform_link(OrderRef(refund.platform, refund.order_id))
        words = _("PandaPon can't write to the seller, change or cancel a refund of 1688. Do that there: {link}.")
        layout.add(el.context(words.format(link=link)))
    return el.message(layout.blocks)


def value_of(refund: Refund) -> str:
    """Return the value of a button that acts on a refund: ``platform.refund.order``."""
    return f"{refund.platform.value}.{refund.refund_id}.{refund.order_id}"


def _row(refund: Refund, now: datetime) -> str:
    title = escape(truncate(refund.title, TITLE)) or escape(truncate(refund.reason, TITLE))
    head = " · ".join(part for part in (f"*{heading(refund.code)}*", _amount(refund), title) if part)
    ids = [platform_name(refund.platform), f"`{sanitize_id(refund.refund_id)}`"] if refund.refund_id else []
    if refund.order_id:
        ids = [short_name(OrderRef(refund.platform, refund.order_id)), *ids[1:]]
    return "\n".join(line for line in (head, next_words(refund, now), " · ".join(ids)) if line)


def _details(refund: Refund, at: int) -> Block:
    if not refund.refund_id:  # the platform names no id of this refund
        return run_button(_("Order details"), at, ShowOrder(refund.order_id, refund.platform))
    return run_button(_("Details"), at, ShowRefund(refund.refund_id, refund.platform, refund.order_id))


def _order_words(order: Order) -> str:
    lines = [f"*{display_name(order, order.ref)}*"]
    for item in order.items[:LINES]:
        pieces = number(item.quantity) if item.quantity is not None else "?"
        amount = f" · {money(item.amount)}" if item.amount is not None else ""
        lines.append(f"• {pieces} × {escape(truncate(item.title, TITLE)) or _('(no title)')}{amount}")
    if (remaining := len(order.items) - LINES) > 0:
        lines.append(ngettext("and {n} more item", "and {n} more items", remaining).format(n=remaining))
    return "\n".join(lines)


def _order_buttons(ref: OrderRef, ask: str) -> list[Block]:
    buttons = [el.button(_("Ask for a refund…"), f"{action_ids.ASK_REFUND}:1", ask, "primary")] if ask else []
    return [
        *buttons,
        run_button(_("Refresh"), REFRESH, AskRefund(ref.order_id, ref.platform)),
        run_button(_("Order details"), ORDER, ShowOrder(ref.order_id, ref.platform)),
        run_button(_("All refunds"), LIST, ShowRefunds()),
    ]


def _amount(refund: Refund) -> str:
    return money(refund.amount) if refund.amount is not None else ""


def _next(refund: Refund, now: datetime) -> list[Block]:
    words = next_words(refund, now)
    return [el.section(words)] if words else []


def _facts(refund: Refund) -> list[str]:
    kinds = {True: _("return and refund"), False: _("refund only, no return")}
    facts = [
        (_("Products"), escape(truncate(refund.title, TITLE))),
        (_("Wanted"), kinds[refund.with_return] if refund.with_return is not None else ""),
        (_("Reason"), escape(truncate(refund.reason, REASON))),
        (_("Description"), escape(truncate(mask_phones(refund.description), WORDS))),
        (_("The seller's reason"), escape(truncate(mask_phones(refund.refusal), WORDS))),
        (_("Return"), _return(refund)),
    ]
    return [labelled(f"*{label}*", value) for label, value in facts if value]


def _return(refund: Refund) -> str:
    parts = (escape(truncate(refund.carrier, AUTHOR)), f"`{sanitize_id(refund.number)}`" if refund.number else "")
    return " ".join(part for part in parts if part)


def _add_letters(layout: Layout, letters: Sequence[Letter], why_not: str, now: datetime) -> None:
    """Add the newest messages, with phone numbers masked: the messages are between the buyer and the seller."""
    if why_not:
        layout.add(el.context(_("The messages can't be read: {reason}").format(reason=why_not)))
    lines = [_letter(letter, now) for letter in letters[-LETTERS:]]
    if lines:
        title = _("Messages with the seller")
        layout.add(el.section("\n".join([f"*{title}*", *lines])))


def _letter(letter: Letter, now: datetime) -> str:
    time = f"{slack_date(letter.at, now)} · " if letter.at else ""
    author = escape(truncate(letter.author, AUTHOR)) or "–"
    return f"{time}*{author}*: {escape(truncate(mask_phones(letter.words), WORDS))}"


def _small_print(refund: Refund) -> list[Block]:
    ref = OrderRef(refund.platform, refund.order_id)
    name = short_name(ref) if refund.order_id else platform_name(refund.platform)
    return [el.context(f"{name} · " + _("refund {id}").format(id=f"`{sanitize_id(refund.refund_id)}`"))]


def _act_rows(refund: Refund, *, may_act: bool) -> list[Block]:
    state, value = refund_state(refund.code), value_of(refund)
    if not may_act or state in OVER:
        return []
    buttons = []
    if state is RefundState.AGREED and refund.with_return is not False:
        label = _("Enter return shipment…")
        buttons.append(el.button(label, f"{action_ids.REFUND_RETURN}:1", value, "primary"))
    if refund.platform is Platform.TAOBAO:
        buttons.append(el.button(_("Write to seller…"), f"{action_ids.REFUND_LETTER}:1", value))
        if state in MAY_BE_CHANGED:
            buttons.append(el.button(_("Change…"), f"{action_ids.REFUND_CHANGE}:1", value))
        buttons.append(el.button(_("Cancel refund…"), f"{action_ids.REFUND_CANCEL}:1", value))
    return el.actions(buttons)


def _navigation(refund: Refund) -> list[Block]:
    buttons = [run_button(_("Refresh"), REFRESH, ShowRefund(refund.refund_id, refund.platform, refund.order_id))]
    if refund.order_id:
        buttons.append(run_button(_("Order details"), ORDER, ShowOrder(refund.order_id, refund.platform)))
    return [*buttons, run_button(_("All refunds"), LIST, ShowRefunds())]
