"""The buttons of a stall alarm: acknowledge, remind me, I'll handle it, and a message for the seller."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim
from handlers.access.subjects import Subject, rows
from handlers.blocks import action_ids, failures
from handlers.blocks import elements as el
from handlers.blocks.i18n import _, use_language
from handlers.blocks.text import slack_date
from handlers.commands.declarations import Button, Feature
from handlers.posts import alarms
from handlers.wire import payloads
from handlers.wire.requests import ContactSeller
from handlers.wire.slack import FAILURES
from pandapon.shipment import OrderRef
from storage.alarm import AlarmState
from storage.watch import WatchState
from tracking.values import Leg

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from storage.alarm import Alarm

log = logging.getLogger(__name__)

SNOOZE = timedelta(hours=24)  # until the reminder, at most


async def act(state: AlarmState, interaction: Interaction, raised: Alarm | None) -> Message:
    """Store that the person acknowledged, snoozed or took an alarm, update the alarm's message, and confirm the press.

    ``raised``: the alarm as it was loaded; None: it no longer exists.
    """
    ctx, now = interaction.ctx, interaction.ctx.clock()
    until = remind_at(raised, now) if raised and state is AlarmState.SNOOZED else None
    alarm = raised and await ctx.store.alarms.act(
        now, raised.id, state, interaction.user, until=until, channel=interaction.channel
    )
    if alarm is None:
        return _gone()
    ctx.wake()
    await _show(interaction, alarm, payloads.text(interaction.body, "message", "ts"))
    if alarm.state is AlarmState.CLEARED:
        return el.message([el.section(alarms.cleared_line(alarm))])
    return el.message([el.section(_confirmation(alarm, until, now))])


async def write_to_seller(interaction: Interaction, raised: Alarm | None) -> Message:
    """Show how the seller of a stalled order is reached, and a message about the order to copy."""
    if raised is None:
        return _gone()
    ref = OrderRef.from_key(raised.key)
    request = ContactSeller(order_id=ref.order_id, platform=ref.platform)
    return await interaction.ctx.commands.perform(interaction, request)


def _gone() -> Message:
    return failures.failure(_("That alert no longer exists."))


def remind_at(alarm: Alarm, now: datetime) -> datetime:
    """When the person is reminded: after 24 hours, or halfway to the stall's deadline (``until``) if that is sooner."""
    until = alarm.stall.until
    return now + min(SNOOZE, (until - now) / 2) if until and until > now else now + SNOOZE


def _confirmation(alarm: Alarm, until: datetime | None, now: datetime) -> str:
    """Confirm the press, and say what follows. ``until``: when the person is reminded."""
    leg = alarm.stall.leg
    if alarm.state is AlarmState.ACKNOWLEDGED:
        return _("👌 Noted.") if leg in {Leg.NOT_PAID, Leg.REFUND} else _("👌 Noted. I'll stay quiet until it moves.")
    if alarm.state is AlarmState.ASSIGNED:
        return _("🙋 You've got it. The alert and the card now show your name.")
    if alarm.state is not AlarmState.SNOOZED or until is None:
        return _("Noted.")
    if leg is Leg.REFUND:
        return _("💤 I'll send you a direct message {time}, unless the refund moves on before then.").format(
            time=slack_date(until, now)
        )
    if leg is Leg.NOT_PAID:
        return _("💤 I'll send you a direct message {time}, unless it is paid before then.").format(
            time=slack_date(until, now)
        )
    return _("💤 I'll send you a direct message in 24 hours, unless it moves before then.")


async def _show(interaction: Interaction, alarm: Alarm, ts: str) -> None:
    """Update the alarm's message. If Slack refuses that, only the order's card shows who acted."""
    watches = await interaction.ctx.store.watches.of_orders([alarm.key])
    watch = next((watch for watch in watches if watch.channel == interaction.channel), None)
    stored = (await interaction.ctx.store.orders.load_readable([alarm.key])).get(alarm.key)
    snapshot = stored.snapshot() if stored else None
    with use_language(interaction.ctx.languages.of(interaction.channel)):  # the whole channel reads it
        message = alarms.acted_on(alarm, watch, interaction.ctx.clock(), snapshot)
    try:
        await interaction.client.chat_update(
            channel=interaction.channel, ts=ts, text=message.text, blocks=message.blocks
        )
    except FAILURES as error:
        log.info("alarm message not updated", extra={"error": error})


async def _alarm(interaction: Interaction, _given: Any) -> Claim:
    """Find the alarm, and the channels that watch its order: a right to any of them is enough.

    The right to the channel of the press is checked first.
    """
    [row] = rows(payloads.value(interaction.body), most=1)
    alarm = await interaction.ctx.store.alarms.get(row)
    watches = await interaction.ctx.store.watches.of_orders([alarm.key]) if alarm else []
    channels = [watch.channel for watch in watches if watch.state is not WatchState.ENDED]
    channels.sort(key=lambda channel: channel != interaction.channel)
    return Claim(alarm if channels else None, tuple(channels), any_of=True)


ALARM = Subject("the alarm whose number the button carries, and the channels that watch its order", _alarm)

FEATURE = Feature(
    buttons=(
        Button(action_ids.ALARM_SEEN, ALARM, partial(act, AlarmState.ACKNOWLEDGED)),
        Button(action_ids.ALARM_SNOOZE, ALARM, partial(act, AlarmState.SNOOZED)),
        Button(action_ids.ALARM_TAKE, ALARM, partial(act, AlarmState.ASSIGNED)),
        Button(action_ids.SELLER_MESSAGE, ALARM, write_to_seller),
    )
)
