"""Stall alarms: why an order needs attention, what to do, and what people did about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.carriers import service_of
from handlers.blocks.gloss import beside
from handlers.blocks.i18n import _
from handlers.blocks.parts import (
    carrier_link,
    display_name,
    in_channel,
    order_name,
    ref_of,
    short_name,
    show_button,
    unwatch_button,
)
from handlers.blocks.people import name
from handlers.blocks.punctuation import sentences
from handlers.blocks.text import escape, sanitize_id, slack_date, span, truncate
from handlers.posts import refund_alarm, unpaid
from handlers.wire.requests import AskRefund, Track
from pandapon.shipment import OrderRef, Parcel
from storage.alarm import AlarmState
from tracking.values import Leg, Stall

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from handlers.blocks.message import Block, Message
    from pandapon.models import Order
    from pandapon.shipment import Milestone
    from storage.alarm import Alarm
    from storage.watch import Watch
    from tracking.orders import OrderSnapshot
    from tracking.values import News

LAST_SCAN = 80  # characters of the last scan's words
# Legs on which the seller can do something: ship the order, or ask the courier, whose customer the seller is.
SELLERS = frozenset({Leg.NOT_SHIPPED, Leg.FIRST_SCAN, Leg.DOMESTIC, Leg.ABROAD, Leg.PROBLEM, Leg.SILENT})


@dataclass(frozen=True, slots=True)
class _Stalled:
    """The stall behind an alarm, and the known facts of its order."""

    stall: Stall
    ref: OrderRef
    order: Order | None = None
    parcel: Parcel | None = None


def alarm(news: News, snapshot: OrderSnapshot, watch: Watch, alarm: Alarm | None, now: datetime) -> Message:
    """The post that raises an alarm, with its buttons while the alarm stands.

    ``alarm``: the stored alarm of the order. The alarm of ``news`` is over if this is None or belongs to a later stall.
    """
    assert news.stall is not None
    stalled = _stalled(news.stall, news.ref, watch, snapshot)
    if alarm is None or alarm.stall.since != news.stall.since:
        return _message([_words(stalled, now)], [_is_over(news.stall)], stalled)
    return _message([_words(stalled, now)], _done(alarm, now, el.mention), stalled, _buttons(alarm, watch, now))


def _is_over(stall: Stall) -> str:
    if stall.leg is Leg.REFUND:
        return _("The refund has moved on.")
    return _("It no longer waits for payment.") if stall.leg is Leg.NOT_PAID else _("It has moved since.")


def reminder(
    alarm: Alarm, watch: Watch, link: str, now: datetime, *, person: str = "", snapshot: OrderSnapshot | None = None
) -> Message:
    """The reminder of an alarm, with a link to the order's card.

    ``link``: the card's address; empty where Slack gave none. ``person``: the user id of the person who asked; given
    only if the reminder goes to the card's thread, because Slack refuses direct messages to them, and mentions them.
    """
    why = _("You asked to be reminded.")
    if person:
        why = _("{user}, you asked to be reminded, and I cannot send you direct messages.")
        why = why.format(user=el.mention(person))
    stalled = _stalled(alarm.stall, ref_of(watch), watch, snapshot)
    card = el.link(link, _("Open the card")) if link else ""
    notes = [note for note in (*_done(alarm, now, name), in_channel(watch.channel), card) if note]
    return _message([_words(stalled, now), why], notes, stalled, _buttons(alarm, watch, now))


def acted_on(alarm: Alarm, watch: Watch | None, now: datetime, snapshot: OrderSnapshot | None = None) -> Message:
    """The alarm after a press on one of its buttons. The message replaces the pressed one, in the same layout."""
    stalled = _stalled(alarm.stall, OrderRef.from_key(alarm.key), watch, snapshot)
    if alarm.state is AlarmState.CLEARED:
        return _message([_words(stalled, now)], [cleared_line(alarm)], stalled)
    return _message([_words(stalled, now)], _done(alarm, now, name), stalled, _buttons(alarm, watch, now))


def cleared_line(alarm: Alarm) -> str:
    """The sentence that an alarm is over, as Slack text."""
    if alarm.stall.leg is Leg.NOT_PAID:
        return _("✅ No longer waiting for payment – alert closed.")
    return refund_alarm.end_line() if alarm.stall.leg is Leg.REFUND else _("✅ Moving again – alert closed.")


def line(alarm: Alarm, now: datetime) -> str:
    """The line about an alarm on the order's card."""
    stall = alarm.stall
    sentence = _("⏰ No movement since {time}").format(time=slack_date(stall.since, now))
    if stall.leg is Leg.NOT_PAID:
        sentence = unpaid.line(stall, OrderRef.from_key(alarm.key), now)
    if stall.leg is Leg.REFUND:
        sentence = refund_alarm.line(stall, OrderRef.from_key(alarm.key), now)
    return " · ".join([sentence, *_done(alarm, now, name)])


def end_line(alarm: Alarm, milestone: Milestone | None) -> str:
    """The line in the news that ends an alarm. It mentions the person who took the alarm on.

    ``milestone``: the order's state now.
    """
    sentence = unpaid.end_line(milestone) if alarm.stall.leg is Leg.NOT_PAID else cleared_line(alarm)
    if alarm.assignee:
        sentence = sentences([sentence, _("{user} was handling it.").format(user=el.mention(alarm.assignee))])
    return sentence


def headline(leg: Leg) -> str:
    """The alarm in a few words."""
    return {
        Leg.NOT_PAID: _("Action needed: not paid"),
        Leg.NOT_SHIPPED: _("Not shipped yet"),
        Leg.FIRST_SCAN: _("Shipped, but no scan yet"),
        Leg.DOMESTIC: _("No movement"),
        Leg.ABROAD: _("Held up on its way abroad"),
        Leg.PICKUP: _("Action needed: pick it up"),
        Leg.PROBLEM: _("Problem still open"),
        Leg.SILENT: _("Still waiting for this?"),
        Leg.REFUND: _("Action needed: refund"),
    }[leg]


def _words(stalled: _Stalled, now: datetime) -> str:
    """The alarm and the order's title; on the next line the cause and what to do. Slack text."""
    stall, ref, order = stalled.stall, stalled.ref, stalled.order
    silence = span(now - stall.since)
    event = _("No movement for {silence}").format(silence=silence) if stall.leg is Leg.DOMESTIC else headline(stall.leg)
    head = f"⏰ *{event}* · {display_name(order, ref)}"
    if stall.leg is Leg.NOT_PAID:
        return f"{head}\n{unpaid.words(stall, ref, order, now)}"
    if stall.leg is Leg.REFUND:
        return f"{head}\n{refund_alarm.words(stall, ref, now)}"
    return f"{head}\n{sentences([*_causes(stall, silence), _todo(stall, stalled.parcel)])}"


def _causes(stall: Stall, silence: str) -> list[str]:
    """The sentences that explain an alarm. ``silence``: the length of the stall in words."""
    sentence = {
        Leg.NOT_SHIPPED: _("Paid {silence} ago, and the seller has not shipped it."),
        Leg.PICKUP: _("Ready for {silence} and not picked up."),
        Leg.PROBLEM: _("Not solved for {silence}."),
        Leg.SILENT: _("No update for {silence}."),
        Leg.DOMESTIC: "",  # the headline says it
    }.get(stall.leg, _("No movement for {silence}."))
    causes = [sentence.format(silence=silence)]
    if stall.usual is not None:
        causes.append(_("Usual here: {usual}.").format(usual=span(stall.usual)))
    if stall.last and stall.leg not in {Leg.NOT_SHIPPED, Leg.PICKUP}:
        last = beside(escape(truncate(stall.last, LAST_SCAN)).rstrip("。."), stall.last)
        causes.append(_("Last scan: {last}.").format(last=last))
    return causes


def _todo(stall: Stall, parcel: Parcel | None) -> str:
    """The next step, as a request to a colleague."""
    if stall.leg is Leg.PICKUP:
        return _("Please have it picked up: couriers send such parcels back.")
    if stall.leg is Leg.SILENT:
        return _("I'll stop watching in a week unless someone presses Keep watching.")
    if stall.leg is Leg.NOT_SHIPPED:
        return _("Please ask the seller when it will be shipped.")
    courier = service_of(parcel) if parcel else ""
    if not courier:
        return _("Please ask the seller to check with the courier.")
    return _("Please ask the seller to check with the courier ({courier}).").format(courier=courier)


def _message(lines: Sequence[str], notes: Sequence[str], stalled: _Stalled, buttons: Sequence[Block] = ()) -> Message:
    """The layout of an alarm, the same before and after each press: the words, a line of small print, the buttons."""
    small_print, parcel = [*notes, short_name(stalled.ref)], stalled.parcel
    if parcel:
        number = sanitize_id(parcel.waybill)
        small_print.append(carrier_link(parcel, number) or number)
    blocks = [el.section("\n".join(lines)), el.context(" · ".join(small_print)), *el.actions(buttons)]
    return el.message(blocks, whole=order_name(stalled.ref))


def _stalled(stall: Stall, ref: OrderRef, watch: Watch | None, snapshot: OrderSnapshot | None) -> _Stalled:
    order = (snapshot.order if snapshot else None) or (watch.order if watch else None)
    if not stall.waybill:
        return _Stalled(stall, ref, order)
    parcels = snapshot.shipment.parcels if snapshot else ()
    read = next((parcel for parcel in parcels if parcel.waybill == stall.waybill), None)
    return _Stalled(stall, ref, order, read or Parcel(stall.waybill))


def _done(alarm: Alarm, now: datetime, owner: Callable[[str], str]) -> list[str]:
    """The person who took an alarm on, and the last act on it. ``owner`` writes that person: a mention or a name."""
    done = []
    if alarm.assignee:
        done.append(_("🙋 {user} is handling it").format(user=owner(alarm.assignee)))
    if alarm.state is AlarmState.ACKNOWLEDGED:
        done.append(_("👌 {user} has seen it").format(user=name(alarm.actor)))
    if alarm.state is AlarmState.SNOOZED and alarm.snoozed_until:
        until = slack_date(alarm.snoozed_until, now)
        done.append(_("💤 {user} will be reminded {time}").format(user=name(alarm.actor), time=until))
    return done


def _buttons(alarm: Alarm, watch: Watch | None, now: datetime) -> list[Block]:
    value, stall, ref = str(alarm.id), alarm.stall, OrderRef.from_key(alarm.key)
    buttons = []
    if alarm.state is AlarmState.OPEN:
        seen = _("Keep watching") if stall.leg is Leg.SILENT else _("Acknowledge")
        buttons.append(el.button(seen, f"{action_ids.ALARM_SEEN}:1", value))
    again = _("Remind me before it closes") if stall.until and stall.until > now else _("Remind me in 24 h")
    # In every state, since a reminder goes only to the person who presses.
    buttons.append(el.button(again, f"{action_ids.ALARM_SNOOZE}:1", value))
    if not alarm.assignee:
        buttons.append(el.button(_("I'll handle it"), f"{action_ids.ALARM_TAKE}:1", value))
    if stall.leg in SELLERS:
        buttons.append(el.button(_("Copy message to seller"), f"{action_ids.SELLER_MESSAGE}:1", value))
    buttons.append(show_button(_("Track"), 1, Track(ref.order_id, ref.platform)))
    if stall.leg in {Leg.PROBLEM, Leg.REFUND}:  # damaged, lost or returned goods may be refunded
        buttons.append(show_button(_("Refund…"), 2, AskRefund(ref.order_id, ref.platform)))
    if watch is not None and stall.leg is Leg.SILENT:
        buttons.append(unwatch_button(_("Stop watching"), watch))
    return buttons
