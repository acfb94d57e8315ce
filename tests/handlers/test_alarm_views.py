"""A stall alarm: its words by the leg of the way, its layout before and after a press, the message to the seller."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from support.commands import parse
from support.message_checks import check, commands, labels, shown
from support.view_samples import HOSTILE, ID, NOW, REF, order, parcel, snapshot, watch

from handlers.posts import alarms, seller_message
from handlers.wire.requests import AskRefund, Track
from pandapon.shipment import Platform
from storage.alarm import Alarm, AlarmState
from tracking.values import Leg, News, Stall

SINCE = NOW - timedelta(days=4)
STALL = Stall(Leg.DOMESTIC, SINCE, timedelta(days=3), timedelta(hours=26), "SF1234567890123", "杭州")
ALARM = Alarm(REF.key, "stall:1", STALL, id=1)
SEEN = snapshot(parcel(), of=order())
EVERY = ["Acknowledge", "Remind me in 24 h", "I'll handle it", "Copy message to seller", "Track"]


def raised(stall: Stall) -> str:
    message = check(alarms.alarm(News(REF, None, stall=stall), SEEN, watch(), replace(ALARM, stall=stall), NOW))
    return shown(message)


def test_what_stands_still_and_what_to_do() -> None:
    """The event and the title; what is usual, the last scan, and whom to ask, with the courier's service number."""
    lines = raised(STALL).split("\n")
    assert lines[0] == "⏰ *No movement for 4 days* · 雪纺连衣裙 +1"
    assert lines[1] == (
        "Usual here: 26 hours. Last scan: 杭州. Please ask the seller to check with the courier (SF 95338)."
    )
    assert lines[2].startswith("1688 …880794 · <https://www.sf-express.com/")
    assert lines[3:] == EVERY


def test_the_last_scan_has_its_gloss() -> None:
    """The courier's words stand behind it, cut where they are long; a text without a gloss stands alone."""
    text = raised(replace(STALL, last="快件外包装破损，已登记为问题件，等待处理。" + "长" * 200))
    assert "Last scan: Packaging damaged, registered as a problem parcel · 快件外包装破损，已登记为问题件" in text
    assert "长" * 81 not in text
    assert "Last scan: 嗡嗡嗡." in raised(replace(STALL, last="嗡嗡嗡。"))
    assert "&lt;!channel&gt;" in raised(replace(STALL, last="快件离开【<!channel>】"))


@pytest.mark.parametrize(
    ("leg", "words"),
    [
        (Leg.NOT_SHIPPED, ("Not shipped yet", "Paid 4 days ago", "ask the seller when it will be shipped")),
        (Leg.FIRST_SCAN, ("Shipped, but no scan yet", "No movement for 4 days.", "ask the seller to check")),
        (Leg.ABROAD, ("Held up on its way abroad", "No movement for 4 days.", "ask the seller to check")),
        (Leg.PICKUP, ("Action needed: pick it up", "Ready for 4 days", "have it picked up")),
        (Leg.PROBLEM, ("Problem still open", "Not solved for 4 days.", "ask the seller to check")),
        (Leg.SILENT, ("Still waiting for this?", "No update for 4 days.", "unless someone presses Keep watching")),
    ],
)
def test_each_leg_says_what_to_do(leg: Leg, words: tuple[str, ...]) -> None:
    """In the words of a colleague."""
    text = raised(replace(STALL, leg=leg))
    assert all(word in text for word in words), text


def test_a_guessed_courier_is_not_called() -> None:
    """The number's shape may be another courier's."""
    stall = replace(STALL, waybill="YT2538123456789")
    assert "95554" not in raised(stall)
    assert "|YTO? YT2538123456789>" in raised(stall)


def test_one_layout_before_and_after_each_press() -> None:
    """The words stay; what was done is added to the small print."""
    before = alarms.alarm(News(REF, None, stall=STALL), SEEN, watch(), ALARM, NOW)
    for state in (AlarmState.ACKNOWLEDGED, AlarmState.SNOOZED, AlarmState.ASSIGNED, AlarmState.CLEARED):
        act = replace(ALARM, state=state, actor="U1", assignee="U1", snoozed_until=NOW + timedelta(hours=24))
        after = check(alarms.acted_on(act, watch(), NOW, SEEN))
        assert after.blocks[0] == before.blocks[0]
        assert after.text.split("\n")[0] == before.text.split("\n")[0] == "⏰ *No movement for 4 days* · 雪纺连衣裙 +1"
        assert "1688 …880794 · <https" in shown(after)
        assert after.text.endswith("\n1688 order 2542285634920880794")


def test_who_handles_it_stays_named() -> None:
    """Whoever asks for a reminder afterwards hides nobody, and the button to take it is gone."""
    act = replace(ALARM, state=AlarmState.SNOOZED, actor="U2", assignee="U1", snoozed_until=NOW + timedelta(hours=24))
    after = check(alarms.acted_on(act, watch(), NOW, SEEN))
    assert "🙋 somebody is handling it · 💤 somebody will be reminded <!date^" in shown(after)
    assert labels(after) == ["Remind me in 24 h", "Copy message to seller", "Track"]


@pytest.mark.parametrize("leg", [Leg.PROBLEM, Leg.REFUND])
def test_what_is_damaged_lost_or_coming_back_leads_to_its_refunds(leg: Leg) -> None:
    """So does the alert of a refund that waits for the buyer; others do not."""
    message = check(alarms.acted_on(replace(ALARM, stall=replace(STALL, leg=leg)), watch(), NOW))
    assert labels(message)[-1] == "Refund…"
    assert parse(commands(message)[-1]) == AskRefund(ID, Platform.ALIBABA)


def test_its_buttons() -> None:
    """Nobody writes to the seller about an order that is to be paid or picked up; Track reads."""
    message = check(alarms.acted_on(ALARM, watch(), NOW))
    assert labels(message) == EVERY
    assert parse(commands(message)[-1]) == Track(ID, Platform.ALIBABA)
    for leg in (Leg.PICKUP, Leg.NOT_PAID):
        assert "Copy message to seller" not in raised(replace(STALL, leg=leg))
    silent = labels(check(alarms.acted_on(replace(ALARM, stall=replace(STALL, leg=Leg.SILENT)), watch(), NOW)))
    assert silent[0] == "Keep watching"
    assert silent[-1] == "Stop watching"


@pytest.mark.parametrize(
    ("stall", "text"),
    [
        (STALL, f"您好，订单 {ID}（运单号 SF1234567890123）物流已经 4 天没有更新。"),
        (replace(STALL, leg=Leg.NOT_SHIPPED, waybill=""), f"您好，订单 {ID}已付款 4 天，目前还没有发货。"),
        (replace(STALL, leg=Leg.FIRST_SCAN), "显示已发货，但 4 天没有揽收记录。"),
        (replace(STALL, leg=Leg.PROBLEM, since=NOW - timedelta(hours=30)), "物流显示异常，已经 30 小时没有解决。"),
    ],
)
def test_the_message_to_the_seller(stall: Stall, text: str) -> None:
    """Chinese in every language, with both numbers whole and how long it has been."""
    message = seller_message.copyable(seller_message.about_stall(replace(ALARM, stall=stall), NOW))
    assert text in message
    assert message.count("```") == 2


def test_remote_words_get_into_no_message_to_the_seller() -> None:
    """A number with marks in it cannot end the block that is copied."""
    stall = replace(STALL, waybill=f"``` {HOSTILE}", last=HOSTILE)
    assert seller_message.copyable(seller_message.about_stall(replace(ALARM, stall=stall), NOW)).count("```") == 2
    assert "evil" not in raised(replace(STALL, last=HOSTILE)).replace("evil․example", "")
