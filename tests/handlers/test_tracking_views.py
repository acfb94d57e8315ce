"""The answer to track, the card of a watch, and its news."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.commands import parse
from support.effort import examples
from support.message_checks import check, commands, labels, shown
from support.view_samples import HOSTILE, ID, NOW, REF, VERY_HOSTILE, node, order, parcel, snapshot, watch

from handlers.blocks.message import Message
from handlers.blocks.people import People
from handlers.posts import card, thread, tracking
from handlers.wire.requests import ContactSeller, Mute, ShowOrder, Track, Unmute, Unwatch, WatchOrders, Why
from pandapon.shipment import Milestone, Parcel, Platform, TimeBasis, by_shipping
from storage.watch import WatchState
from tracking.values import News, Refund, Step

if TYPE_CHECKING:
    from pandapon.models import Item


def test_track_shows_parcels_bars_and_newest_first() -> None:
    """State and title first, then every parcel with its bar and its updates, freshness, and buttons that read."""
    message = check(
        tracking.track(snapshot(parcel(3), parcel(2, waybill="YT2538123456789", carrier=""), of=order()), NOW)
    )
    text = shown(message)
    assert message.text.startswith("🚚 In transit · 雪纺连衣裙 +1\n1688 order 2542285634920880794 · ")
    assert text.count("▰▰▰▰▱▱ 4 of 6 · In transit") == 2
    assert "ordered 3 days ago · in transit for 3 hours" in text
    assert "|YTO?>" in text, "no carrier is named: its number suggests one, and is marked"
    assert text.index("· 🚚 Left Hangzhou") < text.index("· 📦 Left Hangzhou")
    assert "5 min ago" in text
    assert "Parcel 1 of 2" in text
    assert labels(message) == ["Refresh", "Watch here", "Order details"]
    assert [parse(value) for value in commands(message)] == [
        Track(ID, Platform.ALIBABA),
        WatchOrders((ID,), platform=Platform.ALIBABA),
        ShowOrder(ID, Platform.ALIBABA),
    ]
    assert "【杭州市】" in message.text


def test_track_offers_all_nodes_and_shows_them() -> None:
    """Five entries first, then all of them."""
    message = check(tracking.track(snapshot(parcel(9), of=order()), NOW))
    assert "4 earlier updates" in shown(message)
    assert "Show all 9 updates" in labels(message)
    whole = check(tracking.track(snapshot(parcel(9), of=order()), NOW, all_nodes=True))
    assert "earlier" not in shown(whole)
    assert shown(whole).count("广州中心") == 9
    assert labels(whole)[-2:] == ["Show fewer", "Order details"]


def test_long_traces_are_grouped_by_the_readers_days() -> None:
    """A line for the day, and the times of that zone: a scan of one hour is of another day in another city."""
    late = replace(node(1, "late"), at=datetime(2026, 5, 19, 17, 30, tzinfo=UTC))
    later = replace(node(0, "later"), at=datetime(2026, 5, 19, 22, 15, tzinfo=UTC))
    old = replace(node(9, "old"), at=datetime(2025, 12, 31, 3, 0, tzinfo=UTC))
    unknown = replace(node(9, "unknown"), at=None, raw_time="昨天下午", time_basis=TimeBasis.UNKNOWN)
    seen = snapshot(Parcel("SF1", nodes=(unknown, old, late, later)))
    berlin = shown(check(tracking.track(seen, NOW, all_nodes=True, zone=ZoneInfo("Europe/Berlin"), is_own_zone=True)))
    newer = "*Wed, May 20*\n00:15 · later\n*Tue, May 19*\n19:30 · late"
    assert f"{newer}\n*Wed, Dec 31, 2025*\n04:00 · old\n昨天下午 · unknown" in berlin.replace(" · 杭州", "")
    assert "of China" not in berlin
    china = shown(check(tracking.track(seen, NOW, all_nodes=True)))
    assert "*Wed, May 20*\n06:15 · later · 杭州\n01:30 · late" in china
    assert "days and times of China" in china, "whose zone is not known reads whose days these are"


def test_track_offers_to_stop_where_it_is_watched() -> None:
    """In place of Watch stands Stop watching."""
    message = check(tracking.track(snapshot(parcel()), NOW, watched_by=watch()))
    assert labels(message) == ["Refresh", "Stop watching", "Order details"]
    assert parse(commands(message)[1]) == Unwatch((ID,), "C0123ABCD")


def test_four_hundred_updates_are_clipped() -> None:
    """What does not fit is counted, and the buttons are still there."""
    message = check(tracking.track(snapshot(parcel(400), of=order()), NOW, all_nodes=True))
    assert "earlier updates" in shown(message)
    assert "Refresh" in labels(message)


def test_sixty_parcels_are_clipped() -> None:
    """Parcels that do not fit are counted."""
    many = [parcel(9, waybill=f"SF{n:013}") for n in range(60)]
    assert "more parcels" in shown(check(tracking.track(snapshot(*many, of=order()), NOW)))
    assert "more parcels" in shown(check(card.card(snapshot(*many), watch(), NOW)))


def test_stale_data_says_so() -> None:
    """When PandaPon does not answer, the last state is shown with that fact."""
    assert "hasn't responded since" in shown(check(tracking.track(snapshot(parcel(), stale=True), NOW)))
    assert "hasn't responded since" in shown(check(card.card(snapshot(stale=True), watch(), NOW)))


def test_no_parcel_yet() -> None:
    """An order without parcels says why; known waybills are named."""
    assert "Not shipped yet." in shown(check(tracking.track(replace(snapshot(), milestone=Milestone.ORDERED), NOW)))
    waiting = shown(check(card.card(snapshot(), watch(), NOW)))
    assert waiting.startswith("💳 Waiting for the seller to ship · ")
    assert "Not shipped yet" not in waiting, "the heading says it"
    unpaid = order().model_copy(
        update={"status_code": "waitbuyerpay", "milestone": Milestone.ORDERED, "paid_at": None, "waybills": ()}
    )
    waits = replace(snapshot(of=unpaid), milestone=Milestone.ORDERED)
    page = "https://trade.1688.com/order/new_step_order_detail.htm?orderId="
    for message in (tracking.track(waits, NOW), card.card(waits, watch(), NOW)):
        assert f"\n<{page}{ID}|Pay on 1688>" in shown(check(message))
        assert message.text.startswith("🛒 Waiting for payment · ")
    assert "SF1234567890123" in shown(check(tracking.track(snapshot(of=order()), NOW)))
    empty = Parcel("SF1234567890123")
    assert "No scans yet" in shown(check(tracking.track(snapshot(empty), NOW)))
    accepted = replace(empty, milestone=Milestone.SHIPPED)
    assert "No scan yet." in shown(check(tracking.track(snapshot(accepted), NOW)))


def test_how_many_of_the_parcels_are_delivered() -> None:
    """Said once it is some and while it is not all of them."""
    done, unseen = replace(parcel(3), milestone=Milestone.DELIVERED), Parcel("YT1")
    assert "1 of 2 parcels delivered" in shown(check(tracking.track(snapshot(done, unseen), NOW)))
    on_card = shown(check(card.card(snapshot(done, unseen), watch(), NOW)))
    assert "▰▰▰▰▰▰ 6 of 6 · Delivered" in on_card
    assert "\nYT1 No scans yet" in on_card
    for all_or_none in ((done, replace(done, waybill="YT1")), (parcel(3), unseen), (done,)):
        assert "parcels delivered" not in shown(check(tracking.track(snapshot(*all_or_none), NOW)))


def test_an_unreadable_time_is_shown_as_sent() -> None:
    """The raw time stands where no time could be read, and such entries come last."""
    odd = replace(node(1, "unreadable"), at=None, raw_time="昨天下午", time_basis=TimeBasis.UNKNOWN)
    known = node(5)
    text = shown(check(tracking.track(snapshot(Parcel("SF1", nodes=(odd, known))), NOW)))
    assert "昨天下午" in text
    assert text.index("广州中心") < text.index("昨天下午")


def without_refund(item: Item) -> Item:
    return item.model_copy(update={"refund_status": ""})


def test_a_refund_is_one_line_of_the_card() -> None:
    """With its amount, what to do and until when; more than three are counted."""
    agreed = Refund("waitbuyersend", NOW, amount=Decimal("20.5"), until=NOW + timedelta(days=7))
    seen = replace(snapshot(parcel(5), of=order()), refunds=(agreed,))
    [line] = [line for line in shown(card.card(seen, watch(), NOW)).split("\n") if "efund" in line]
    assert line.startswith("💸 *Refund*: agreed, goods to be returned · ¥20.50 · send the goods back and enter the ")
    many = shown(card.card(replace(seen, refunds=(agreed,) * 5), watch(), NOW))
    assert many.count("*Refund*") == 3
    assert "and 2 more refunds" in many


def test_a_card_is_five_lines() -> None:
    """State and title, a line for the parcel, its last scan, small print, and one row with Track and a menu."""
    plain = order().model_copy(update={"refund_status": "", "items": tuple(map(without_refund, order().items))})
    seen = snapshot(parcel(5, waybill="78012345678901", carrier="中通快递"), of=plain)
    message = check(card.card(seen, watch(), NOW))
    assert [block["type"] for block in message.blocks] == ["header", "section", "context", "actions"]
    header, body, small_print, _row = (shown(Message("", [block])) for block in message.blocks)
    assert header == "🚚 In transit · 雪纺连衣裙 +1"
    page = "https://www.zto.com/express/expressCheck.html?txtBill=78012345678901"
    line, scan = body.split("\n")
    assert line.startswith(f"<{page}|ZTO …678901> ▰▰▰▰▱▱ 4 of 6 · <!date^")
    assert scan == "🚚 Left Hangzhou for Guangzhou sorting centre · 【杭州市】 快件已发往 广州中心"
    assert small_print.startswith("1688 …880794 · 雪纺连衣裙 · ¥107.80 · 4 pcs · Watched by somebody · all updates · ")
    assert message.text.startswith("🚚 In transit · 雪纺连衣裙 +1\n"), "a notification begins with it"
    assert message.text.endswith("\n1688 order 2542285634920880794")
    assert labels(message) == [
        "Track", "Stop watching", "Mute for 24 hours", "Message the seller",
        "What was posted, and why", "Channel settings",
    ]  # fmt: skip
    assert [parse(value) for value in commands(message)[:5]] == [
        Track(ID, Platform.ALIBABA),
        Unwatch((ID,), "C0123ABCD"),
        Mute((ID,), "C0123ABCD"),
        ContactSeller(order_id=ID, platform=Platform.ALIBABA),
        Why(ID, "C0123ABCD"),
    ]
    assert commands(message)[5] == "edit_settings C0123ABCD"


def test_a_card_of_several_parcels_has_a_line_for_each() -> None:
    """The scan says of which it is; thirty parcels fit, and what does not is counted."""
    two_parcels = snapshot(parcel(3), parcel(9, waybill="YT2538123456789"), of=order())
    text = shown(check(card.card(two_parcels, watch(), NOW)))
    assert text.count("4 of 6 · In transit") == 2
    assert "\n…890123: 🚚 Left Hangzhou" in text
    many = [parcel(1, waybill=f"SF{n:013}") for n in range(30)]
    lines = shown(check(card.card(snapshot(*many), watch(), NOW)))
    assert lines.count("4 of 6") + int(re.search(r"and (\d+) more", lines)[1] if "more" in lines else 0) == 30  # type: ignore[index]  # a line that says "more" has the number


def test_a_scan_under_a_former_number_is_its_parcels() -> None:
    """The carrier gave the parcel another number: the old scans are shown as those of the new one."""
    renumbered = replace(parcel(3, waybill="SF1111111111111"), waybill="SF2222222222222")
    text = shown(check(card.card(snapshot(renumbered, parcel(0, waybill="YT2538123456789")), watch(), NOW)))
    assert "\n…222222: 🚚 Left Hangzhou" in text


def test_a_card_says_what_to_do() -> None:
    """The newest scan of a parcel asks for something; an older one that was answered since does not."""
    asks = node(1, "清关异常，请收件人尽快缴纳关税", Milestone.EXCEPTION)
    of_duty = Parcel("SF1", "顺丰速运", nodes=(node(2), asks), milestone=Milestone.EXCEPTION)
    text = shown(check(card.card(snapshot(of_duty), watch(), NOW)))
    assert "✋ *Action needed:* duty or charges have to be paid" in text
    answered = replace(of_duty, nodes=(replace(asks, at=NOW - timedelta(hours=3)), node(2)))
    assert "Action needed" not in shown(check(card.card(snapshot(answered), watch(), NOW)))


def test_a_muted_card_offers_to_unmute() -> None:
    """The order itself, or the channel where that is muted."""
    until = NOW + timedelta(hours=3)
    muted_order = card.card(snapshot(parcel()), watch(muted_until=until), NOW, muted=("U1", until))
    assert parse(commands(check(muted_order))[2]) == Unmute((ID,), "C0123ABCD")
    muted_channel = card.card(snapshot(parcel()), watch(), NOW, muted=("U1", until))
    assert parse(commands(check(muted_channel))[2]) == Unmute((), "C0123ABCD")
    assert "🔕 Muted by somebody until" in shown(muted_channel)


def test_many_watches_are_one_list() -> None:
    """State, title and short id of each, a line; the whole ids are in the text, for who copies them."""
    rows = [watch(n, order=order(f"裙子{n}")) for n in range(6)]
    message = check(card.watch_list(rows, "U0123ABCD"))
    text = shown(message)
    assert "👀 *somebody is watching 6 orders here* · all updates" in text
    assert text.count("🚚 In transit · 裙子") == 6
    assert "裙子5 +1 · 1688 …880794" in text
    assert ID not in text
    assert ID in message.text
    assert "and 15 more" in shown(check(card.watch_list([watch(n) for n in range(40)], "U0123ABCD")))
    assert "· 1688 …880794 ·" not in shown(check(card.watch_list([watch(order=None)], "U1"))), (
        "a name is not said twice"
    )


def test_card_says_who_watches() -> None:
    """The card shows the present state, the last scan, and who watches, without notifying them."""
    people = People()
    people.names["U0123ABCD"] = "mei <@U0123ABCD>"
    with people.known():
        message = check(card.card(snapshot(parcel(5)), watch(), NOW))
    text = shown(message)
    assert text.count("广州中心") == 1
    assert "雪纺连衣裙" in text  # from the stored order: the look has none
    assert "Watched by mei &lt;" in text
    assert "<@" not in text
    assert "ago" not in text


def test_a_card_says_since_when_nothing_changed() -> None:
    """A card stays as it is until something changes: not when it was last read, but since when it is true."""
    moved = NOW - timedelta(days=6)
    text = shown(check(card.card(replace(snapshot(parcel(5)), moved_at=moved), watch(), NOW)))
    assert f"no change since <!date^{int(moved.timestamp())}^" in text
    assert "As of" not in text
    unknown = shown(check(card.card(snapshot(), watch(), NOW)))
    assert f"no change since <!date^{int(watch().created_at.timestamp())}^" in unknown
    stale = shown(check(card.card(snapshot(parcel(5), stale=True), watch(), NOW)))
    assert "hasn't responded since" in stale
    assert "As of" in shown(check(tracking.track(snapshot(parcel(5)), NOW))), "what is read at once says when"


def test_parcels_have_one_order() -> None:
    """By first scan, then by waybill, those without a scan last; whatever order a reading or the database has."""
    made = [
        parcel(5, waybill="SF9999999999999"),
        parcel(3, waybill="SF2222222222222"),
        parcel(3, waybill="SF1111111111111"),
        parcel(0, waybill="SF0000000000000"),
    ]
    wanted = [parcel.waybill for parcel in made[:1]] + ["SF1111111111111", "SF2222222222222", "SF0000000000000"]
    for shuffled in permutations(made):
        assert [parcel.waybill for parcel in by_shipping(shuffled)] == wanted


def test_card_of_a_paused_and_an_ended_watch() -> None:
    """A paused watch says why in words; an ended one has nothing to stop, and can be started again."""
    paused = shown(check(card.card(snapshot(parcel()), watch(state=WatchState.PAUSED, reason="is_archived"), NOW)))
    assert "archived" in paused
    ended = check(card.card(snapshot(parcel()), watch(state=WatchState.ENDED), NOW))
    assert "No longer watched" in shown(ended)
    assert labels(ended) == ["Track", "Watch again"]
    assert parse(commands(ended)[1]) == WatchOrders((ID,), "C0123ABCD", platform=Platform.ALIBABA)


def news(*nodes_: Milestone | None, step: Milestone | None = None, edited: int = 0, waybill: str = "") -> News:
    return News(
        REF,
        step,
        nodes=tuple(node(n + 1, f"scan {n}", milestone) for n, milestone in enumerate(nodes_)),
        edited=tuple(node(50 + n, "edited") for n in range(edited)),
        steps=(Step(Milestone.IN_TRANSIT, step, waybill),) if step else (),
        parcels=(replace(parcel(0), milestone=step),),
    )


def test_news_of_a_milestone() -> None:
    """State and title stand first, the scan that says it before plain scans; how to stop says the card."""
    message = check(
        thread.news(news(None, Milestone.DELIVERED, None, step=Milestone.DELIVERED), snapshot(of=order()), watch(), NOW)
    )
    text = shown(message)
    assert message.text.startswith("✅ *Delivered* · 雪纺连衣裙 +1\n")
    assert message.text.endswith("\n1688 order 2542285634920880794")
    assert text.endswith("|SF1234567890123>")
    assert text.index("scan 1") < text.index("scan 0")
    assert "unwatch" not in text


def test_news_of_one_scan_is_three_lines() -> None:
    """In the channel: state and title, the scan, the ids. In the thread below the card the scan alone is enough."""
    told = news(None)
    seen = snapshot(parcel(2), of=order())
    in_channel = check(thread.news(replace(told, milestone=Milestone.IN_TRANSIT), seen, watch(), NOW))
    lines = shown(in_channel).split("\n")
    assert lines[0] == "🚚 *In transit* · 雪纺连衣裙 +1"
    assert lines[1].endswith("scan 0 · 杭州")
    assert lines[2].startswith("1688 …880794 · <https://www.sf-express.com/")
    assert len(lines) == 3
    below = check(thread.news(replace(told, milestone=Milestone.IN_TRANSIT), seen, watch(), NOW, in_thread=True))
    assert shown(below) == lines[1]
    assert "^{time}|" in lines[1], "the message itself shows the day"
    later = NOW + timedelta(hours=20)
    assert "{date_short_pretty}" in shown(check(thread.news(told, seen, watch(), later, in_thread=True)))
    assert below.text == in_channel.text, "who follows the thread is notified of state and title"


def test_a_step_on_the_way_is_told_by_its_scan_in_the_thread() -> None:
    """Its sign says it; at the door, in a problem and where two things happened the state is written out."""
    seen = snapshot(parcel(2), of=order())
    on_its_way = news(Milestone.ARRIVED, step=Milestone.ARRIVED)
    text = shown(check(thread.news(on_its_way, seen, watch(), NOW, in_thread=True)))
    assert "local depot" not in text
    assert "· 📍 scan 0" in text
    for step in (Milestone.DELIVERED, Milestone.EXCEPTION, Milestone.READY_FOR_PICKUP):
        written = shown(check(thread.news(news(step, step=step), seen, watch(), NOW, in_thread=True)))
        assert len(written.splitlines()) == 2, step
    priced = replace(on_its_way, price=(Decimal(9), Decimal(8)))
    assert "At the local depot" in shown(check(thread.news(priced, seen, watch(), NOW, in_thread=True)))


def test_news_in_a_thread_says_which_parcel() -> None:
    """The card has the title and the order; of several parcels the news names its own."""
    seen = snapshot(parcel(2), parcel(2, waybill="YT2538123456789"), of=order())
    told = replace(news(None), parcels=seen.shipment.parcels)
    assert shown(check(thread.news(told, seen, watch(), NOW, in_thread=True))).startswith("…890123: <!date^")
    update = replace(told, nodes=(*told.nodes, node(3, "other", waybill="YT2538123456789")))
    text = shown(check(thread.news(update, seen, watch(), NOW, in_thread=True)))
    assert "…890123: " in text
    assert "…456789: " in text


def test_news_for_milestones_only_counts_scans() -> None:
    """Who asked for milestones reads the milestone; the scans are only counted."""
    told = news(None, Milestone.DELIVERED, None, step=Milestone.DELIVERED)
    text = shown(check(thread.news(told, None, watch(filter="milestones"), NOW)))
    assert "scan 1" in text
    assert "scan 0" not in text
    assert "and 2 other updates" in text


def test_news_of_a_problem() -> None:
    """A problem says what it is and which parcel it is, once."""
    told = news(Milestone.EXCEPTION, step=Milestone.EXCEPTION, waybill="SF1234567890123")
    text = shown(check(thread.news(told, None, watch(filter="problems"), NOW)))
    assert text.startswith("⚠️ *Delivery problem* · 雪纺连衣裙 +1\n")
    assert text.count("SF1234567890123>") == 1
    assert "scan 0" in text


def test_news_of_the_same_problem_again() -> None:
    """A second failed attempt is no step, and still the headline; a first one is not called a second."""
    first = news(Milestone.ATTEMPT_FAILED, step=Milestone.ATTEMPT_FAILED, waybill=parcel(0).waybill)
    assert ", again" not in shown(check(thread.news(first, None, watch(), NOW)))
    text = shown(check(thread.news(replace(first, steps=()), None, watch(), NOW)))
    assert text.startswith("⚠️ *Delivery attempt failed*, again · 雪纺连衣裙 +1\n")


def test_news_of_scans_and_edits() -> None:
    """Plain scans are shown; edits are small print."""
    text = shown(check(thread.news(news(None, None, edited=2), None, watch(), NOW)))
    assert "scan 0" in text
    assert "scan 1" in text
    assert "2 earlier updates were filled in" in text
    assert "✏️ *Details were added* · 1688 …880794" in shown(
        check(thread.news(news(edited=1), None, watch(order=None), NOW))
    )
    assert "1 new update" in shown(check(thread.news(news(None), None, watch(filter="milestones"), NOW)))


def test_news_of_several_parcels_says_where_each_stands() -> None:
    """Where some are delivered, the small print counts them; the card has the state of each."""
    apart = (replace(parcel(0), milestone=Milestone.DELIVERED), parcel(0, waybill="YT2538123456789"))
    told = replace(news(Milestone.DELIVERED, step=Milestone.DELIVERED), parcels=apart)
    text = shown(check(thread.news(told, None, watch(), NOW)))
    assert text.endswith("· 1 of 2 parcels delivered")


def test_much_news_is_clipped() -> None:
    """A hundred entries are one message that counts what it leaves out."""
    told = news(*[None] * 100, step=Milestone.DELIVERED)
    assert "other updates" in shown(check(thread.news(told, None, watch(), NOW)))


@pytest.mark.parametrize(
    "text", [HOSTILE, VERY_HOSTILE, "", "\u202e", "裙" * 10_000, "👗" * 3000, "&" * 5000, "]]>|}{" * 100]
)
def test_hostile_words_do_nothing(text: str) -> None:
    """Whatever the courier or seller wrote, every message keeps its limits and builds no markup of theirs."""
    bad = parcel(30, text=text, waybill=text, carrier=text)
    bad = replace(bad, nodes=tuple(replace(node, place=text, code=text, raw_time=text) for node in bad.nodes))
    hostile = snapshot(bad, replace(bad, nodes=()), of=order(text))
    watched = watch(state=WatchState.PAUSED, reason=text, filter=text, created_by=text, channel=text, order=None)
    check(tracking.track(hostile, NOW))
    check(tracking.track(hostile, NOW, all_nodes=True))
    steps = (Step(None, Milestone.LOST, text), Step(Milestone.PAID, Milestone.DELIVERED))
    told = News(REF, None, nodes=bad.nodes, edited=bad.nodes, steps=steps, parcels=(bad, bad))
    check(thread.news(told, hostile, replace(watched, channel="C0123ABCD"), NOW))
    check(card.card(hostile, replace(watched, channel="C0123ABCD"), NOW))


@settings(max_examples=examples(15, 400))
@given(st.text(max_size=300), st.integers(0, 40))
def test_any_words(text: str, nodes: int) -> None:
    """The same for any text at all."""
    made = parcel(nodes, text=text, waybill=text, carrier=text)
    check(tracking.track(snapshot(made, of=order(text)), NOW, all_nodes=True))
    check(card.card(snapshot(made, of=order(text)), watch(reason=text, filter=text), NOW))
    check(thread.news(News(REF, None, nodes=made.nodes, edited=made.nodes), None, watch(filter=text), NOW))
