"""The answer to track, the card of a watch, and its news."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.commands import parse
from support.effort import examples
from support.message_checks import check, commands, labels, shown
from support.view_samples import HOSTILE, ID, NOW, REF, VERY_HOSTILE, node, order, parcel, snapshot, watch

from handlers.blocks.people import People
from handlers.posts import card, thread, tracking
from handlers.requests import Track, Unwatch, WatchOrders
from pandapon.shipment import Milestone, Parcel, Platform, TimeBasis, by_shipping
from storage.watch import WatchState
from tracking.values import News, Step


def test_track_shows_parcels_bars_and_newest_first() -> None:
    """Every parcel has its bar and its entries, the newest first, with freshness and buttons that read."""
    message = check(tracking.track(snapshot(parcel(3), parcel(2, waybill="YT2538123456789"), of=order()), NOW))
    text = shown(message)
    assert text.count("●━●━●━◉┄○┄○  In transit") == 2
    assert text.index("🚚 【杭州市】") < text.index("📦 【杭州市】")
    assert "5 min ago" in text
    assert "Parcel 1 of 2" in text
    assert labels(message) == ["Refresh", "Watch here"]
    assert [parse(value) for value in commands(message)] == [
        Track(ID, Platform.ALIBABA),
        WatchOrders((ID,), platform=Platform.ALIBABA),
    ]
    assert "【杭州市】" in message.text


def test_track_offers_all_nodes_and_shows_them() -> None:
    """Five entries first, then all of them."""
    message = check(tracking.track(snapshot(parcel(9), of=order()), NOW))
    assert "and 4 older nodes" in shown(message)
    assert "Show all 9 nodes" in labels(message)
    whole = check(tracking.track(snapshot(parcel(9), of=order()), NOW, all_nodes=True))
    assert "older" not in shown(whole)
    assert shown(whole).count("广州中心") == 9
    assert labels(whole)[-1] == "Show fewer nodes"


def test_track_offers_to_stop_where_it_is_watched() -> None:
    """In place of Watch stands Stop watching."""
    message = check(tracking.track(snapshot(parcel()), NOW, watched_by=watch()))
    assert labels(message) == ["Refresh", "Stop watching"]
    assert parse(commands(message)[1]) == Unwatch((ID,), "C0123ABCD")


def test_two_hundred_nodes_are_clipped() -> None:
    """What does not fit is counted, and the buttons are still there."""
    message = check(tracking.track(snapshot(parcel(200), of=order()), NOW, all_nodes=True))
    assert "older nodes" in shown(message)
    assert "Refresh" in labels(message)


def test_sixty_parcels_are_clipped() -> None:
    """Parcels that do not fit are counted."""
    many = [parcel(9, waybill=f"SF{n:013}") for n in range(60)]
    assert "more parcels" in shown(check(tracking.track(snapshot(*many, of=order()), NOW)))
    assert "more parcels" in shown(check(card.card(snapshot(*many), watch(), NOW)))


def test_stale_data_says_so() -> None:
    """When PandaPon does not answer, the last state is shown with that fact."""
    assert "has not answered since" in shown(check(tracking.track(snapshot(parcel(), stale=True), NOW)))
    assert "has not answered since" in shown(check(card.card(snapshot(stale=True), watch(), NOW)))


def test_no_parcel_yet() -> None:
    """An order without parcels says why; known waybills are named."""
    assert "No parcel yet" in shown(check(tracking.track(snapshot(), NOW)))
    assert "SF1234567890123" in shown(check(tracking.track(snapshot(of=order()), NOW)))
    empty = Parcel("SF1234567890123")
    assert "No scans yet" in shown(check(tracking.track(snapshot(empty), NOW)))
    accepted = replace(empty, milestone=Milestone.SHIPPED)
    assert "has not reported anything yet" in shown(check(tracking.track(snapshot(accepted), NOW)))


def test_how_many_of_the_parcels_are_delivered() -> None:
    """Said once it is some and while it is not all of them."""
    done, unseen = replace(parcel(3), milestone=Milestone.DELIVERED), Parcel("YT1")
    assert "1 of 2 parcels delivered" in shown(check(tracking.track(snapshot(done, unseen), NOW)))
    assert "1 of 2 parcels delivered" in shown(check(card.card(snapshot(done, unseen), watch(), NOW)))
    for all_or_none in ((done, replace(done, waybill="YT1")), (parcel(3), unseen), (done,)):
        assert "parcels delivered" not in shown(check(tracking.track(snapshot(*all_or_none), NOW)))


def test_an_unreadable_time_is_shown_as_sent() -> None:
    """The raw time stands where no time could be read, and such entries come last."""
    odd = replace(node(1, "unreadable"), at=None, raw_time="昨天下午", time_basis=TimeBasis.UNKNOWN)
    known = node(5)
    text = shown(check(tracking.track(snapshot(Parcel("SF1", nodes=(odd, known))), NOW)))
    assert "昨天下午" in text
    assert text.index("广州中心") < text.index("昨天下午")


def test_card_says_who_and_how_to_stop() -> None:
    """The card shows the present state, one entry of each parcel, who watches and how to stop."""
    people = People()
    people.names["U0123ABCD"] = "mei <@U0123ABCD>"
    with people.known():
        message = check(card.card(snapshot(parcel(5)), watch(), NOW))
    text = shown(message)
    assert text.count("广州中心") == 1
    assert "雪纺连衣裙" in text  # from the stored order: the look has none
    assert "Watched by mei &lt;" in text
    assert "<@" not in text
    assert f"/panda unwatch {ID}" in text
    assert "ago" not in text
    assert labels(message) == ["Stop watching"]


def test_a_card_says_since_when_nothing_changed() -> None:
    """A card stays as it is until something changes: not when it was last read, but since when it is true."""
    moved = NOW - timedelta(days=6)
    text = shown(check(card.card(replace(snapshot(parcel(5)), moved_at=moved), watch(), NOW)))
    assert f"No change since <!date^{int(moved.timestamp())}^" in text
    assert "As of" not in text
    unknown = shown(check(card.card(snapshot(), watch(), NOW)))
    assert f"No change since <!date^{int(watch().created_at.timestamp())}^" in unknown
    stale = shown(check(card.card(snapshot(parcel(5), stale=True), watch(), NOW)))
    assert "has not answered since" in stale
    assert "As of" in shown(check(tracking.track(snapshot(parcel(5)), NOW))), "what is read at once says when"


def test_parcels_have_one_order() -> None:
    """By first scan, then by waybill, those without a scan last; whatever order a reading or the database has."""
    made = [
        parcel(5, waybill="SF9999999999999"),
        parcel(3, waybill="SF2222222222222"),
        parcel(3, waybill="SF1111111111111"),
        parcel(0, waybill="SF0000000000000"),
    ]
    wanted = [one.waybill for one in made[:1]] + ["SF1111111111111", "SF2222222222222", "SF0000000000000"]
    for shuffled in permutations(made):
        assert [one.waybill for one in by_shipping(shuffled)] == wanted


def test_card_of_a_paused_and_an_ended_watch() -> None:
    """A paused watch says why in words; an ended one has no button left."""
    paused = shown(check(card.card(snapshot(parcel()), watch(state=WatchState.PAUSED, reason="is_archived"), NOW)))
    assert "archived" in paused
    ended = check(card.card(snapshot(parcel()), watch(state=WatchState.ENDED), NOW))
    assert "No longer watched" in shown(ended)
    assert not labels(ended)


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
    """What happened stands first, the entry that says it before plain scans; how to stop says the card."""
    message = check(
        thread.news(news(None, Milestone.DELIVERED, None, step=Milestone.DELIVERED), snapshot(of=order()), watch(), NOW)
    )
    text = shown(message)
    assert message.text.startswith("✅ *Delivered*\n雪纺连衣裙")
    assert text.index("scan 1") < text.index("scan 0")
    assert "unwatch" not in text


def test_news_for_milestones_only_counts_scans() -> None:
    """Who asked for milestones reads the milestone; the scans are only counted."""
    told = news(None, Milestone.DELIVERED, None, step=Milestone.DELIVERED)
    text = shown(check(thread.news(told, None, watch(filter="milestones"), NOW)))
    assert "scan 1" in text
    assert "scan 0" not in text
    assert "and 2 other scans" in text


def test_news_of_a_problem() -> None:
    """A problem says what it was before and which parcel it is."""
    told = news(Milestone.EXCEPTION, step=Milestone.EXCEPTION, waybill="SF1234567890123")
    text = shown(check(thread.news(told, None, watch(filter="problems"), NOW)))
    assert "*Problem on the way*: parcel `SF1234567890123` (was: In transit)" in text
    assert "scan 0" in text


def test_news_of_the_same_problem_again() -> None:
    """A second failed attempt is no step, and still the headline; a first one is not called a second."""
    first = news(Milestone.ATTEMPT_FAILED, step=Milestone.ATTEMPT_FAILED, waybill=parcel(0).waybill)
    assert ", again" not in shown(check(thread.news(first, None, watch(), NOW)))
    text = shown(check(thread.news(replace(first, steps=()), None, watch(), NOW)))
    assert text.startswith(f"⚠️ *Delivery attempt failed*, again: parcel `{parcel(0).waybill}`")
    assert "1 new scan" not in text


def test_news_of_scans_and_edits() -> None:
    """Plain scans are counted in the headline; edits are small print."""
    text = shown(check(thread.news(news(None, None, edited=2), None, watch(), NOW)))
    assert "2 new scans" in text
    assert "2 earlier entries were filled in" in text
    assert "Details were filled in" in shown(check(thread.news(news(edited=1), None, watch(order=None), NOW)))
    assert "1 new scan" in shown(check(thread.news(news(None), None, watch(filter="milestones"), NOW)))


def test_news_of_several_parcels_says_where_each_stands() -> None:
    """When parcels stand apart, the headline counts them."""
    apart = (replace(parcel(0), milestone=Milestone.DELIVERED), parcel(0, waybill="YT2538123456789"))
    told = replace(news(Milestone.DELIVERED, step=Milestone.DELIVERED), parcels=apart)
    text = shown(check(thread.news(told, None, watch(), NOW)))
    assert "1 × Delivered, 1 × In transit" in text


def test_much_news_is_clipped() -> None:
    """A hundred entries are one message that counts what it leaves out."""
    told = news(*[None] * 100, step=Milestone.DELIVERED)
    assert "other scans" in shown(check(thread.news(told, None, watch(), NOW)))


@pytest.mark.parametrize(
    "text", [HOSTILE, VERY_HOSTILE, "", "\u202e", "裙" * 10_000, "👗" * 3000, "&" * 5000, "]]>|}{" * 100]
)
def test_hostile_words_do_nothing(text: str) -> None:
    """Whatever the courier or seller wrote, every message keeps its limits and builds no markup of theirs."""
    bad = parcel(30, text=text, waybill=text, carrier=text)
    bad = replace(bad, nodes=tuple(replace(one, place=text, code=text, raw_time=text) for one in bad.nodes))
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
