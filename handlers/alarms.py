"""What people do about a stall alarm: they have seen it, want to be asked again, or take it on."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from handlers.i18n import _
from handlers.slack import FAILURES
from handlers.text import when
from handlers.views import elements as el
from handlers.views import errors, stalls
from storage.alarm import AlarmState
from tracking.values import Leg

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.turn import Turn
    from handlers.views.message import Message
    from storage.alarm import Alarm

log = logging.getLogger(__name__)

SNOOZE = timedelta(hours=24)


async def act(turn: Turn, raised: Alarm | None, state: AlarmState, message: dict[str, Any]) -> Message:
    """Keep what somebody did, show it in the alarm for all, and confirm it to the person; None: it is not there."""
    now = turn.ctx.clock()
    until = remind_at(raised, now) if raised and state is AlarmState.SNOOZED else None
    alarm = raised and await turn.ctx.store.alarms.act(now, raised.id, state, turn.user, until, channel=turn.channel)
    if alarm is None:
        return errors.failure(_("That alarm no longer exists."))
    turn.ctx.wake()
    await _show(turn, alarm, str(message.get("ts") or ""))
    if alarm.state is AlarmState.CLEARED:
        return el.message([el.section(stalls.was_cleared(alarm))])
    return el.message([el.section(_said(alarm, until, now))])


def remind_at(alarm: Alarm, now: datetime) -> datetime:
    """When whoever asked is reminded: a day later, but of a deadline while half of what is left of it is still left."""
    until = alarm.stall.until
    return now + min(SNOOZE, (until - now) / 2) if until and until > now else now + SNOOZE


def _said(alarm: Alarm, until: datetime | None, now: datetime) -> str:
    """What was done about it. ``until``: when the person is reminded."""
    is_unpaid = alarm.stall.leg is Leg.NOT_PAID
    if alarm.state is AlarmState.ACKNOWLEDGED:
        return _("👌 Noted.") if is_unpaid else _("👌 Noted. I will stay quiet until it moves.")
    if alarm.state is AlarmState.ASSIGNED:
        return _("🙋 It is yours: the alarm and the card now say so.")
    if alarm.state is not AlarmState.SNOOZED or until is None:
        return _("Noted.")
    if is_unpaid:
        return _("💤 I will remind you by a direct message, {time}, unless it is paid before then.").format(
            time=when(until, now)
        )
    return _("💤 I will remind you in 24 hours by a direct message, unless it moves before then.")


async def _show(turn: Turn, alarm: Alarm, ts: str) -> None:
    """The alarm's own message, as it now is. Should Slack refuse, the order's card shows it all the same."""
    watches = await turn.ctx.store.watches.of_orders([alarm.key])
    watch = next((one for one in watches if one.channel == turn.channel), None)
    shown = stalls.acted_on(alarm, watch, turn.ctx.clock())
    try:
        await turn.client.chat_update(channel=turn.channel, ts=ts, text=shown.text, blocks=shown.blocks)
    except FAILURES as error:
        log.info("alarm message not updated", extra={"error": error})
