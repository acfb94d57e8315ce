"""A parcel that comes back under another number, and two parcels that only look alike."""

from __future__ import annotations

from support.tracking_cases import (
    ARRIVED,
    JOURNEY,
    LEFT,
    OUT,
    PICKED,
    SIGNED,
    M,
    TrackedOrder,
    order,
    parcel,
    reading,
    tracked_order,
)

from tracking.renumber import live, replaced_by


def _live(tracked: TrackedOrder) -> list[str]:
    return [parcel.waybill for parcel in live(tracked.poll(reading()).shipment.parcels)]


def test_a_new_number_for_the_same_scans_is_told_as_a_number() -> None:
    """When all scans of a vanished parcel reappear under one new number, none of them is told again."""
    tracked = tracked_order(parcel(PICKED, LEFT))
    decision = tracked.poll(reading(parcel(PICKED, LEFT, waybill="SF9")))
    assert decision.news
    assert decision.news.renumbered == (("SF1", "SF9"),)
    assert (decision.news.nodes, decision.news.steps, decision.news.added) == ((), (), ())
    assert (decision.severity, decision.audience) == ("node", frozenset({"all"}))
    assert len(decision.new_nodes) == 2, "they are stored under the new number all the same"


def test_what_is_new_under_the_new_number_is_told() -> None:
    """A scan that the old number had not shown is news, and the step starts where the old number stood."""
    tracked = tracked_order(parcel(PICKED, LEFT))
    news = tracked.poll(reading(parcel(PICKED, LEFT, ARRIVED, OUT, waybill="SF9"))).news
    assert news
    assert [node.text for node in news.nodes] == [ARRIVED[1], OUT[1]]
    assert [(step.before, step.after, step.waybill) for step in news.steps] == [
        (M.IN_TRANSIT, M.OUT_FOR_DELIVERY, "SF9")
    ]


def test_the_old_number_no_longer_counts() -> None:
    """The order is delivered when the parcel is, whatever its old number said last; later readings are silent."""
    tracked = tracked_order(parcel(PICKED, LEFT))
    tracked.poll(reading(parcel(PICKED, LEFT, waybill="SF9")))
    done = tracked.poll(reading(parcel(*JOURNEY, waybill="SF9")))
    assert done.milestone is M.DELIVERED
    assert done.news
    assert [parcel.waybill for parcel in done.news.parcels] == ["SF9"]
    assert tracked.poll(reading(parcel(*JOURNEY, waybill="SF9"))).news is None
    assert _live(tracked) == ["SF9"]
    assert replaced_by(tracked.parcel("SF1")) == "SF9"


def test_an_old_number_that_comes_back_counts_again() -> None:
    """Were they two parcels after all, both are tracked from then on, and what was told stays told."""
    tracked = tracked_order(parcel(PICKED))
    tracked.poll(reading(parcel(PICKED, waybill="SF9")))
    returned = tracked.poll(reading(parcel(PICKED), parcel(PICKED, waybill="SF9")))
    assert returned.news is None
    assert _live(tracked) == ["SF1", "SF9"]
    after = tracked.poll(reading(parcel(PICKED, LEFT), parcel(PICKED, waybill="SF9")))
    assert after.news
    assert [node.text for node in after.news.nodes] == [LEFT[1]]


def test_a_number_can_change_twice() -> None:
    """Each change is told once, and the last number counts."""
    tracked = tracked_order(parcel(PICKED))
    for waybill in ("SF2", "SF3", "SF3"):
        tracked.poll(reading(parcel(PICKED, waybill=waybill)))
    assert [news.renumbered for news in tracked.news] == [(("SF1", "SF2"),), (("SF2", "SF3"),)]
    assert _live(tracked) == ["SF3"]


def test_a_placeholder_gives_way_to_the_real_number() -> None:
    """Before the carrier's number is known a parcel has the vendor's; without scans it is replaced, not joined."""
    tracked = tracked_order(parcel(waybill="LP00123"), detail=order(M.SHIPPED))
    news = tracked.poll(reading(parcel(PICKED))).news
    assert news
    assert news.renumbered == (("LP00123", "SF1"),)
    assert [node.text for node in news.nodes] == [PICKED[1]]
    assert _live(tracked) == ["SF1"]


def test_a_parcel_beside_its_twin_is_another_parcel() -> None:
    """Equal scans under two numbers in the same reading are two parcels."""
    tracked = tracked_order(parcel(PICKED))
    news = tracked.poll(reading(parcel(PICKED), parcel(PICKED, waybill="SF9"))).news
    assert news
    assert news.renumbered == ()
    assert news.added == ("SF9",)
    assert [node.waybill for node in news.nodes] == ["SF9"]


def test_a_parcel_with_other_scans_is_another_parcel() -> None:
    """One parcel missing and another appearing is no change of number unless all its scans are there."""
    tracked = tracked_order(parcel(PICKED, LEFT))
    news = tracked.poll(reading(parcel(PICKED, OUT, waybill="SF9"))).news
    assert news
    assert news.renumbered == ()
    assert len(news.nodes) == 2
    assert _live(tracked) == ["SF1", "SF9"]


def test_a_delivered_parcel_without_scans_is_no_placeholder() -> None:
    """A parcel known only by its status keeps its place when another one appears alone."""
    tracked = tracked_order(parcel(status=M.DELIVERED))
    news = tracked.poll(reading(parcel(PICKED, SIGNED, waybill="SF9"))).news
    assert news
    assert news.renumbered == ()


def test_two_numbers_do_not_share_one_heir() -> None:
    """Of two vanished parcels with the same scans one is replaced, the other stays."""
    tracked = tracked_order(parcel(PICKED), parcel(PICKED, waybill="SF2"))
    tracked.poll(reading(parcel(PICKED, waybill="SF9")))
    assert len(tracked.news[0].renumbered) == 1
    assert len(_live(tracked)) == 2
