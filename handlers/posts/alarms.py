"""Stall alarms: why an order needs attention, and what people did about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.i18n import _
from handlers.blocks.labels import platform_name
from handlers.blocks.parts import here, order_name, ref_of, title_of, unwatch_button
from handlers.blocks.people import name
from handlers.blocks.text import escape, sanitize_id, slack_date, span, truncate
from handlers.posts import unpaid
from pandapon.shipment import OrderRef
from storage.alarm import AlarmState
from tracking.values import Leg, Stall

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from handlers.blocks.message import Block, Message
    from pandapon.models import Order
    from pandapon.shipment import Milestone
    from storage.alarm import Alarm
    from storage.watch import Watch
    from tracking.orders import OrderSnapshot
    from tracking.values import News


def alarm(news: News, snapshot: OrderSnapshot, watch: Watch, alarm: Alarm | None, now: datetime) -> Message:
    """The post that raises an alarm, with its buttons while the alarm stands.

    ``alarm``: the stored alarm of the order; None, or that of a later stall, where the alarm of ``news`` is over.
    """
    assert news.stall is not None
    order = snapshot.order or watch.order
    title = title_of(order) or order_name(news.ref)
    blocks = [el.section(f"{words(news.stall, news.ref, order, now)}\n{title}")]
    if alarm is None or alarm.stall.since != news.stall.since:
        is_unpaid = news.stall.leg is Leg.NOT_PAID
        blocks.append(el.context(_("It no longer waits for payment.") if is_unpaid else _("It has moved since.")))
    else:
        blocks += _state(alarm, now, watch, el.mention)
    return el.message([*blocks, el.context(order_name(news.ref))])


def reminder(alarm: Alarm, watch: Watch, link: str, now: datetime, *, person: str = "") -> Message:
    """The reminder of an alarm, with a link to the order's card.

    ``link``: the card's address; empty where Slack gave none. ``person``: the user id of the person who asked, to be
    mentioned where the reminder goes to the card's thread because Slack refuses direct messages to them.
    """
    head = _("⏰ You asked to be reminded:")
    if person:
        head = _("⏰ {user}, you asked to be reminded, and I cannot send you direct messages:")
        head = head.format(user=el.mention(person))
    order, ref = watch.order, ref_of(watch)
    title = title_of(order) or order_name(ref)
    card = el.link(link, _("Open the card")) if link else ""
    where = " · ".join(part for part in (order_name(ref), here(watch.channel), card) if part)
    blocks = [el.section(f"{head}\n{words(alarm.stall, ref, order, now)}\n{title}"), el.context(where)]
    return el.message([*blocks, *_state(alarm, now, watch, name)])


def acted_on(alarm: Alarm, watch: Watch | None, now: datetime) -> Message:
    """The alarm as it stands after a press on one of its buttons; this replaces the message pressed."""
    ref = OrderRef.from_key(alarm.key)
    blocks = [el.section(words(alarm.stall, ref, watch.order if watch else None, now))]
    if alarm.state is AlarmState.CLEARED:
        blocks.append(el.context(was_cleared(alarm)))
    else:
        blocks += _state(alarm, now, watch, name)
    return el.message([*blocks, el.context(f"{platform_name(ref.platform)} `{sanitize_id(ref.order_id)}`")])


def was_cleared(alarm: Alarm) -> str:
    """The sentence that an alarm is over."""
    if alarm.stall.leg is Leg.NOT_PAID:
        return _("✅ It no longer waits for payment, so the alarm is over.")
    return _("✅ It has moved since; the alarm is over.")


def line(alarm: Alarm, now: datetime) -> str:
    """The line about an alarm on the order's card."""
    stall = alarm.stall
    sentence = _("⏰ Silent since {time}").format(time=slack_date(stall.since, now))
    if stall.leg is Leg.NOT_PAID:
        sentence = unpaid.line(stall, OrderRef.from_key(alarm.key), now)
    return " · ".join([sentence, *_done(alarm, now, name)])


def over(alarm: Alarm, milestone: Milestone | None) -> str:
    """The line in the news that ends an alarm. It mentions the person who took the alarm on.

    ``milestone``: the order's state now.
    """
    sentence = _("✅ Moving again, so the alarm is over.")
    if alarm.stall.leg is Leg.NOT_PAID:
        sentence = unpaid.over(milestone)
    if alarm.assignee:
        sentence += " " + _("{user} had taken it on.").format(user=el.mention(alarm.assignee))
    return sentence


def words(stall: Stall, ref: OrderRef, order: Order | None, now: datetime) -> str:
    """The headline of an alarm and its cause, as Slack text. ``order``: None where only the id is known."""
    cause = unpaid.words(stall, ref, order, now) if stall.leg is Leg.NOT_PAID else _silence(stall, now)
    return f"⏰ *{headline(stall.leg)}*\n{cause}"


def _silence(stall: Stall, now: datetime) -> str:
    silence = span(now - stall.since)
    parcel = _(" of parcel {waybill}").format(waybill=f"`{sanitize_id(stall.waybill)}`") if stall.waybill else ""
    last = escape(truncate(stall.last, 80))
    reason = {
        Leg.NOT_SHIPPED: _("Paid {silence} ago, and the seller has not shipped it."),
        Leg.PICKUP: _("Ready for {silence} and not picked up{parcel}; couriers send such parcels back."),
        Leg.SILENT: _(
            "Nothing for {silence}{parcel}. I will stop following it in a week unless somebody says otherwise."
        ),
    }.get(stall.leg, _("No scan{parcel} for {silence}") + (_(" since {last}") if last else ""))
    sentence = reason.format(silence=silence, parcel=parcel, last=last)
    if stall.usual is not None:
        sentence += _("; {usual} is usual here").format(usual=span(stall.usual))
    return sentence


def headline(leg: Leg) -> str:
    """The alarm in a few words."""
    return {
        Leg.NOT_PAID: _("Action needed: not paid"),
        Leg.NOT_SHIPPED: _("Not shipped"),
        Leg.FIRST_SCAN: _("Handed over, but not moving"),
        Leg.DOMESTIC: _("Not moving"),
        Leg.ABROAD: _("Not moving on its way abroad"),
        Leg.PICKUP: _("Action needed: pick it up"),
        Leg.PROBLEM: _("The problem is not solved"),
        Leg.SILENT: _("Is anybody still waiting for this?"),
    }[leg]


def _state(alarm: Alarm, now: datetime, watch: Watch | None, owner: Callable[[str], str]) -> list[Block]:
    done = _done(alarm, now, owner)
    return [*([el.context(" · ".join(done))] if done else []), *el.actions(_buttons(alarm, watch, now))]


def _done(alarm: Alarm, now: datetime, owner: Callable[[str], str]) -> list[str]:
    """The person who took an alarm on, and the last act on it. ``owner``: writes the former, as a mention or a name."""
    done = []
    if alarm.assignee:
        done.append(_("🙋 {user} takes care of it").format(user=owner(alarm.assignee)))
    if alarm.state is AlarmState.ACKNOWLEDGED:
        done.append(_("👌 {user} has seen it").format(user=name(alarm.actor)))
    if alarm.state is AlarmState.SNOOZED and alarm.snoozed_until:
        until = slack_date(alarm.snoozed_until, now)
        done.append(_("💤 snoozed by {user} until {time}").format(user=name(alarm.actor), time=until))
    return done


def _buttons(alarm: Alarm, watch: Watch | None, now: datetime) -> list[Block]:
    value = str(alarm.id)
    buttons = []
    if alarm.state is AlarmState.OPEN:
        seen = _("Keep following") if alarm.stall.leg is Leg.SILENT else _("Seen")
        buttons.append(el.button(seen, f"{action_ids.ALARM_SEEN}:1", value))
    until = alarm.stall.until
    again = _("Remind me before it closes") if until and until > now else _("Remind me in 24 h")
    # In every state, since a reminder goes only to the person who presses.
    buttons.append(el.button(again, f"{action_ids.ALARM_SNOOZE}:1", value))
    if alarm.state is not AlarmState.ASSIGNED:
        buttons.append(el.button(_("I take care of it"), f"{action_ids.ALARM_TAKE}:1", value))
    if watch is not None and alarm.stall.leg is Leg.SILENT:
        buttons.append(unwatch_button(_("Stop watching"), watch))
    return buttons
