"""Refunds in words: their state, amount and deadline, and what the buyer has to do."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from handlers.blocks.i18n import _, ngettext
from handlers.blocks.labels import platform_name
from handlers.blocks.order_states import refund_words
from handlers.blocks.text import escape, money, slack_date, truncate
from pandapon.phones import mask_phones
from pandapon.refunds import RefundState, refund_state
from tracking.refunds import new_refunds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pandapon.models import Order
    from pandapon.shipment import Platform
    from tracking.orders import OrderSnapshot
    from tracking.values import News, Refund, RefundStep

LINES = 3  # refunds of one order that are shown
TITLE, REFUSAL = 60, 200  # characters of a line's title, and of the seller's reason


def refunds_of(snapshot: OrderSnapshot | None, order: Order | None, now: datetime) -> tuple[Refund, ...]:
    """The refunds to show for an order: the stored ones or, where none is stored, those that the order's fields name.

    ``snapshot`` and ``order`` may both be None; then there are none.
    """
    stored = snapshot.refunds if snapshot else ()
    return stored or new_refunds(snapshot.order if snapshot and snapshot.order else order, now)


def refund_lines(refunds: Sequence[Refund], order: Order | None, now: datetime) -> list[str]:
    """A line for each refund: its state, amount and item, and what the buyer has to do, as Slack text."""
    lines = [_line(refund, order, now) for refund in refunds[:LINES]]
    if hidden := len(refunds) - len(lines):
        lines.append(ngettext("and {n} more refund", "and {n} more refunds", hidden).format(n=hidden))
    return lines


def refund_note(code: str) -> list[str]:
    """The note of a refund that waits for the buyer, for a line among many; none for an empty code."""
    return [_named(refund_words(code))] if code else []


def news_lines(news: News, order: Order | None, now: datetime) -> list[str]:
    """The lines for the refunds of a piece of news and for the amount paid back, which the last refund's line shows.

    What the buyer has to do follows a refund that has come to wait for them.
    """
    lines = []
    for at, step in enumerate(news.refunds):
        is_last = at == len(news.refunds) - 1
        lines.append(_step(step, news if is_last else None, order))
        if step.refund.needs_buyer and step.before != step.refund.code:
            task = todo(step.refund.code, news.ref.platform, step.refund.until, now)
            lines.append(_("✋ *Action needed:* {what}").format(what=task))
    if news.refunded and not news.refunds:
        state = refund_words(order.refund_status) if order and order.refund_status else refund_words("100")
        lines.append(" · ".join([_named(state), *_paid_back(news, order)]))
    return lines


def todo(code: str, platform: Platform, until: datetime | None, now: datetime) -> str:
    """The buyer's next step in a refund, and its deadline; empty where the refund does not wait for the buyer."""
    match refund_state(code):
        case RefundState.AGREED:
            words = _("send the goods back and enter the tracking number on {platform}")
            by = _("send the goods back and enter the tracking number on {platform} by {time}")
        case RefundState.REFUSED | RefundState.TO_CHANGE:
            words = _("change the request, or ask {platform} to step in")
            by = _("change the request, or ask {platform} to step in, by {time}")
        case _:
            return ""
    if until is None or until <= now:
        return words.format(platform=platform_name(platform))
    return by.format(platform=platform_name(platform), time=slack_date(until, now))


def _line(refund: Refund, order: Order | None, now: datetime) -> str:
    parts = [_named(refund_words(refund.code)), *_facts(refund, order, with_total=False)]
    if order and refund.needs_buyer:
        parts.append(todo(refund.code, order.platform, refund.until, now))
    return " · ".join(parts)


def _step(step: RefundStep, news: News | None, order: Order | None) -> str:
    """The line for a refund's change of state. ``news``: adds the amount paid back; None: another line shows it."""
    refund, after = step.refund, refund_words(step.refund.code)
    is_move = step.before not in {"", refund.code}
    state = f"{refund_words(step.before)} → {after}" if is_move else after
    paid_back = _paid_back(news, order) if news and news.refunded else []
    return " · ".join([_named(state), *_facts(refund, order, with_total=not paid_back), *paid_back])


def _named(state: str) -> str:
    return _("💸 *Refund*: {state}").format(state=state)


def _facts(refund: Refund, order: Order | None, *, with_total: bool) -> list[str]:
    total = order.total_amount if order and with_total else None
    facts = []
    if refund.amount is not None and total is not None:
        facts.append(_("{amount} of {total}").format(amount=money(refund.amount), total=money(total)))
    elif refund.amount is not None:
        facts.append(money(refund.amount))
    elif total is not None:
        facts.append(_("order total {total}").format(total=money(total)))
    if refund.title and order and len(order.items) > 1:
        facts.append(escape(truncate(refund.title, TITLE)))
    if refund.refusal and refund.needs_buyer:
        reason = escape(mask_phones(truncate(refund.refusal, REFUSAL)))
        facts.append(_("the seller's reason: {reason}").format(reason=reason))
    return facts


def _paid_back(news: News, order: Order | None) -> list[str]:
    assert news.refunded is not None
    before, after = (money(amount or Decimal(0)) for amount in news.refunded)
    parts = [_("paid back {before} → {after}").format(before=before, after=after)]
    if order and order.total_amount is not None and not news.price:
        parts.append(_("order total {total}").format(total=money(order.total_amount)))
    return parts
