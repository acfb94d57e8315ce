"""The alarm of a refund that waits for the buyer: its words, the time left, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.addresses import order_page
from handlers.blocks.i18n import _
from handlers.blocks.labels import platform_name
from handlers.blocks.refunds import todo
from handlers.blocks.text import slack_date, span

if TYPE_CHECKING:
    from datetime import datetime

    from pandapon.shipment import OrderRef
    from tracking.values import Stall


def words(stall: Stall, ref: OrderRef, now: datetime) -> str:
    """The deadline of the refund, what to do, and the order's page, as Slack text."""
    page = el.link(order_page(ref), _("open the order on {platform}").format(platform=platform_name(ref.platform)))
    request = _("To do: {what}, {link}.").format(what=todo(stall.last, ref.platform, None, now), link=page)
    return f"{_deadline(stall, ref, now)}\n{request}"


def line(stall: Stall, ref: OrderRef, now: datetime) -> str:
    """The refund's deadline in one line. The time is absolute, since the card shows the line for long."""
    platform, until = platform_name(ref.platform), stall.until or stall.since
    return _("⏰ Refund: {platform} closes it {time}").format(platform=platform, time=slack_date(until, now))


def end_line() -> str:
    """The line that ends the alarm."""
    return _("✅ The refund moved on – alert closed.")


def _deadline(stall: Stall, ref: OrderRef, now: datetime) -> str:
    platform, until = platform_name(ref.platform), stall.until or stall.since
    if until <= now:
        words = _("{platform} was to close the refund {time}.")
        return words.format(platform=platform, time=slack_date(until, now))
    words = _("{platform} closes the refund in {span}, {time}.")
    return words.format(platform=platform, span=span(until - now), time=slack_date(until, now))
