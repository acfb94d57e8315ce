"""What is said of an order that waits for payment, and when that is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support.message_checks import check, labels, shown
from support.view_samples import LINKS, NOW, REF, listed, order, snapshot, watch

from handlers.blocks.text import slack_date
from handlers.features.home import home_view
from handlers.features.watching.alarms import remind_at
from handlers.posts import alarms, card, digest, thread
from pandapon.shipment import Milestone, OrderRef, Platform
from storage.alarm import Alarm, AlarmState
from storage.watch import WatchedOrders
from tracking.attention import Group
from tracking.daily_digest import DailyDigest, DigestEntry
from tracking.values import Leg, News, Stall

if TYPE_CHECKING:
    from pandapon.models import Order

HOUR = timedelta(hours=1)
STALL = Stall(Leg.NOT_PAID, NOW - 66 * HOUR, 66 * HOUR, until=NOW + 6 * HOUR)
OPEN = replace(STALL, until=None)
TAOBAO = OrderRef(Platform.TAOBAO, "330507534199000")
HEAD = "⏰ *Action needed: not paid* · "


def alarm(stall: Stall, **fields: Any) -> Alarm:
    return replace(Alarm(REF.key, "stall:1", stall, id=1), **fields)


def alarm_text(stall: Stall, ref: OrderRef = REF, of: Order | None = None) -> str:
    message = check(alarms.acted_on(replace(alarm(stall), key=ref.key), watch(order=of) if of else None, NOW))
    return str(message.blocks[0]["text"]["text"])


def test_until_when_how_much_and_where() -> None:
    """What it is, what is left of the time, and what to do."""
    paid = order()
    assert paid.total_amount is not None
    until = slack_date(NOW + 6 * HOUR, NOW)
    page = f"<https://trade.1688.com/order/new_step_order_detail.htm?orderId={REF.order_id}|pay it on 1688>"
    first = f"1688 closes it in 6 hours, {until}, unless it is paid.\n"
    assert (
        alarm_text(STALL, of=paid)
        == f"{HEAD}雪纺连衣裙 +1\n{first}¥{paid.total_amount:,.2f} to pay: {page}, or cancel it."
    )
    assert alarm_text(STALL) == f"{HEAD}1688 …880794\n{first}To do: {page}, or cancel it."


def test_the_deadline_is_over_or_was_never_said() -> None:
    """Read later, the alarm does not say that something is still to come; where nobody knows, none is made up."""
    over = alarm_text(replace(STALL, until=NOW - HOUR))
    assert f"\n1688 was to close it {slack_date(NOW - HOUR, NOW)}.\n" in over
    assert "\nOrdered 2 days ago and not paid. Taobao closes unpaid orders" in alarm_text(OPEN, TAOBAO)


def test_taobaos_page_is_the_list() -> None:
    """The API's number of an order is not Taobao's own, and a number that is none gets into no address."""
    assert "list_bought_items.htm|pay it on Taobao>" in alarm_text(STALL, TAOBAO)
    assert "orderId" not in alarm_text(STALL, OrderRef(Platform.ALIBABA, "1|<!channel>"))


@pytest.mark.parametrize(
    ("milestone", "words"),
    [
        (Milestone.PAID, "✅ Paid"),
        (Milestone.SHIPPED, "✅ Paid"),
        (Milestone.CANCELLED, "✖️ Closed by the platform"),
        (Milestone.ORDERED, "✅ No longer waiting for payment"),
    ],
)
def test_what_ended_it(milestone: Milestone, words: str) -> None:
    """Neither "moving again", nor "paid" of what was closed; whoever took it on is told."""
    news = News(REF, milestone, settled=milestone is Milestone.ORDERED)
    text = shown(
        check(thread.news(news, snapshot(of=order()), watch(), NOW, cleared=alarm(STALL, assignee="U0123ABCD")))
    )
    assert f"\n{words} – alert closed. <@U0123ABCD> was handling it.\n" in text


@pytest.mark.parametrize(("code", "words"), [("1", ": Paid, waiting for the finance team"), ("0", " · ")])
def test_the_finance_team_is_named_by_the_platforms_own_word(code: str, words: str) -> None:
    """The state that it waited in is not shown as what it is in now."""
    of = order().model_copy(update={"platform": Platform.TAOBAO, "status_code": code, "paid_at": NOW})
    text = shown(check(thread.news(News(TAOBAO, Milestone.ORDERED, settled=True), snapshot(of=of), watch(), NOW)))
    assert f"💳 *No longer waiting for payment*{words}" in text


def test_a_line_where_there_is_room_for_one() -> None:
    """On the card, in App Home and in the digest; on the card it stays true for days."""
    line = f"⏰ Not paid: 1688 closes it {slack_date(NOW + 6 * HOUR, NOW)}"
    assert line in shown(check(card.card(snapshot(of=order()), watch(), NOW, alarm=alarm(STALL))))
    lists = dict.fromkeys(Group, WatchedOrders((), {})) | {Group.ATTENTION: listed(watch(), alarm=alarm(STALL))}
    assert line in str(home_view.home(home_view.HomeOrders(lists), NOW, LINKS))
    since = f"⏰ Not paid since {slack_date(OPEN.since, NOW)}"
    assert since in shown(check(card.card(snapshot(of=order()), watch(), NOW, alarm=alarm(OPEN))))
    entry = DigestEntry(REF.key, Milestone.ORDERED, alarm=Leg.NOT_PAID)
    assert "⏰ Action needed: not paid" in shown(
        check(digest.daily(DailyDigest("2026-05-20", troubled=(entry,)), "C1", LINKS))
    )


@pytest.mark.parametrize(("left", "hours"), [(6, 3), (1, 0.5), (47, 23.5), (48, 24), (100, 24), (-1, 24)])
def test_the_reminder_comes_while_there_is_time(left: float, hours: float) -> None:
    """Half of what is left, a day at most; of a deadline that is over there is nothing to be late for."""
    assert remind_at(alarm(replace(STALL, until=NOW + left * HOUR)), NOW) == NOW + hours * HOUR
    assert remind_at(alarm(OPEN), NOW) == remind_at(alarm(replace(OPEN, leg=Leg.DOMESTIC)), NOW) == NOW + 24 * HOUR


def test_its_buttons() -> None:
    """As of every alarm, but the reminder is promised for a time before the deadline, not after it."""
    shown_now = check(alarms.acted_on(alarm(STALL), watch(), NOW))
    assert labels(shown_now) == ["Acknowledge", "Remind me before it closes", "I'll handle it", "Track"]
    later = ["Acknowledge", "Remind me in 24 h", "I'll handle it", "Track"]
    assert labels(check(alarms.acted_on(alarm(OPEN), watch(), NOW))) == later
    assert labels(check(alarms.acted_on(alarm(STALL), watch(), NOW + 7 * HOUR))) == later
    over = check(alarms.acted_on(alarm(STALL, state=AlarmState.CLEARED), watch(), NOW))
    assert "No longer waiting for payment – alert closed." in shown(over)
    assert labels(over) == []
