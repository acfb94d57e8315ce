"""The alarm of an order that waits for payment: its words, the time left to pay, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.addresses import order_page
from handlers.blocks.i18n import _
from handlers.blocks.labels import platform_name
from handlers.blocks.text import money, slack_date, span
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from datetime import datetime

    from pandapon.models import Order
    from pandapon.shipment import OrderRef
    from tracking.values import Stall


def words(stall: Stall, ref: OrderRef, order: Order | None, now: datetime) -> str:
    """The deadline of an unpaid order, the amount and the page on which it is paid, as Slack text.

    ``order``: None where only its id is known. Without it, or if it names no amount, the amount is left out.
    """
    todo = el.link(order_page(ref), _("pay it on {platform}").format(platform=platform_name(ref.platform)))
    if order is not None and order.total_amount is not None:
        todo = _("{amount} to pay: {link}, or cancel it.").format(amount=money(order.total_amount), link=todo)
    else:
        todo = _("To do: {link}, or cancel it.").format(link=todo)
    return f"{_deadline(stall, ref, now)}\n{todo}"


def line(stall: Stall, ref: OrderRef, now: datetime) -> str:
    """The deadline of an unpaid order in one line. The time is absolute, since the card shows the line for long."""
    if stall.until is None:
        return _("⏰ Not paid since {time}").format(time=slack_date(stall.since, now))
    words = _("⏰ Not paid: {platform} closes it {time}")
    return words.format(platform=platform_name(ref.platform), time=slack_date(stall.until, now))


def end_line(milestone: Milestone | None) -> str:
    """The line that ends the alarm and says why nothing is left to pay. ``milestone``: the order's state now."""
    if milestone is Milestone.CANCELLED:
        return _("✖️ Closed by the platform – alert closed.")
    if milestone is Milestone.ORDERED:
        return _("✅ No longer waiting for payment – alert closed.")
    return _("✅ Paid – alert closed.")


def _deadline(stall: Stall, ref: OrderRef, now: datetime) -> str:
    platform = platform_name(ref.platform)
    if stall.until is None:
        words = _("Ordered {span} ago and not paid. {platform} closes unpaid orders, and does not say when this one.")
        return words.format(span=span(now - stall.since), platform=platform)
    if stall.until <= now:
        return _("{platform} was to close it {time}.").format(platform=platform, time=slack_date(stall.until, now))
    words = _("{platform} closes it in {span}, {time}, unless it is paid.")
    return words.format(platform=platform, span=span(stall.until - now), time=slack_date(stall.until, now))
