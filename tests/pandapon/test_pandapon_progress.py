"""Where a parcel and an order stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandapon.progress import order_milestone, parcel_milestone
from pandapon.shipment import PROGRESS, Milestone, Node, Parcel, TimeBasis

M = Milestone
START = datetime(2026, 3, 2, tzinfo=UTC)


def scans(*claims: Milestone | None) -> list[Node]:
    """One entry an hour."""
    return [
        Node("W1", START + timedelta(hours=hour), "", TimeBasis.CHINA, f"scan {hour}", milestone=claim)
        for hour, claim in enumerate(claims)
    ]


def places(*claims: Milestone | None) -> list[Parcel]:
    return [Parcel(f"W{number}", milestone=claim) for number, claim in enumerate(claims)]


@pytest.mark.parametrize(
    ("claims", "place"),
    [
        ([], None),
        ([None, None], None),
        ([M.PICKED_UP, M.IN_TRANSIT, None], M.IN_TRANSIT),
        # late or stray scans change nothing
        ([M.OUT_FOR_DELIVERY, M.DELIVERED, M.OUT_FOR_DELIVERY], M.DELIVERED),
        ([M.OUT_FOR_DELIVERY, M.IN_TRANSIT], M.OUT_FOR_DELIVERY),
        ([M.DELIVERED, M.ATTEMPT_FAILED], M.DELIVERED),
        # a failed attempt or an exception is cleared by what follows
        ([M.OUT_FOR_DELIVERY, M.ATTEMPT_FAILED], M.ATTEMPT_FAILED),
        ([M.OUT_FOR_DELIVERY, M.ATTEMPT_FAILED, M.OUT_FOR_DELIVERY], M.OUT_FOR_DELIVERY),
        ([M.IN_TRANSIT, M.EXCEPTION, M.IN_TRANSIT], M.IN_TRANSIT),
        ([M.IN_TRANSIT, M.LOST, M.IN_TRANSIT, M.DELIVERED], M.DELIVERED),
        # a delivery is only taken back by an explicit word, and does not come back with the next scan
        ([M.DELIVERED, M.EXCEPTION], M.EXCEPTION),
        ([M.DELIVERED, M.EXCEPTION, M.IN_TRANSIT], M.ARRIVED),
        ([M.DELIVERED, M.RETURNING], M.RETURNING),
        # on the way back, progress and "signed" belong to the way back
        ([M.ATTEMPT_FAILED, M.RETURNING, M.IN_TRANSIT, M.OUT_FOR_DELIVERY], M.RETURNING),
        ([M.RETURNING, M.IN_TRANSIT, M.DELIVERED], M.RETURNED),
        ([M.RETURNING, M.RETURNED, M.IN_TRANSIT], M.RETURNED),
        ([M.RETURNING, M.LOST], M.LOST),
        ([M.RETURNING, M.LOST, M.IN_TRANSIT], M.RETURNING),
        ([M.RETURNING, M.EXCEPTION], M.RETURNING),
    ],
)
def test_a_parcels_place(claims: list[Milestone | None], place: Milestone | None) -> None:
    """The most plausible highest wins; going back needs an explicit word."""
    assert parcel_milestone(scans(*claims), None) is place


@pytest.mark.parametrize(
    ("claims", "status", "place"),
    [
        ([], M.SHIPPED, M.SHIPPED),
        ([M.IN_TRANSIT], M.DELIVERED, M.DELIVERED),
        ([M.OUT_FOR_DELIVERY], M.IN_TRANSIT, M.OUT_FOR_DELIVERY),
        ([M.IN_TRANSIT], M.EXCEPTION, M.EXCEPTION),
        ([M.DELIVERED], M.CANCELLED, M.DELIVERED),
        ([M.DELIVERED], M.EXCEPTION, M.EXCEPTION),
        ([M.ATTEMPT_FAILED], M.DELIVERED, M.DELIVERED),
        ([M.DELIVERED, M.EXCEPTION], M.DELIVERED, M.EXCEPTION),
        ([M.RETURNING], M.DELIVERED, M.RETURNING),
        ([M.READY_FOR_PICKUP], M.DELIVERED, M.READY_FOR_PICKUP),
    ],
)
def test_the_parcels_own_status(claims: list[Milestone], status: Milestone, place: Milestone) -> None:
    """The status may lead, name a problem and mend an attempt; it does not undo what the entries say."""
    assert parcel_milestone(scans(*claims), status) is place


@pytest.mark.parametrize(
    ("own", "parcels", "place"),
    [
        (None, [], None),
        (M.PAID, [], M.PAID),
        (M.SHIPPED, [None], M.SHIPPED),
        (M.SHIPPED, [M.DELIVERED, M.DELIVERED], M.DELIVERED),
        (M.SHIPPED, [M.DELIVERED, M.IN_TRANSIT], M.IN_TRANSIT),
        (M.SHIPPED, [M.DELIVERED, None], M.SHIPPED),
        # the platform's "completed" ends what gets no further scan, not what is seen on its way
        (M.DELIVERED, [], M.DELIVERED),
        (M.DELIVERED, [None], M.DELIVERED),
        (M.DELIVERED, [M.DELIVERED, M.SHIPPED], M.DELIVERED),
        (M.DELIVERED, [M.READY_FOR_PICKUP], M.DELIVERED),
        (M.DELIVERED, [M.IN_TRANSIT], M.IN_TRANSIT),
        (M.DELIVERED, [M.DELIVERED, M.OUT_FOR_DELIVERY, None], M.OUT_FOR_DELIVERY),
        (M.DELIVERED, [M.EXCEPTION, M.PICKED_UP], M.PICKED_UP),
        # a problem of any parcel shows
        (M.SHIPPED, [M.DELIVERED, M.ATTEMPT_FAILED], M.ATTEMPT_FAILED),
        (M.SHIPPED, [M.ATTEMPT_FAILED, M.EXCEPTION], M.EXCEPTION),
        (M.SHIPPED, [M.LOST], M.LOST),
        (M.SHIPPED, [M.DELIVERED, M.RETURNED], M.RETURNED),
        # … but it is not the end while others move
        (M.SHIPPED, [M.RETURNED, M.IN_TRANSIT], M.RETURNING),
        (M.SHIPPED, [M.LOST, None], M.EXCEPTION),
        # the buyer's word settles what went wrong on the way, not what is gone
        (M.DELIVERED, [M.EXCEPTION], M.DELIVERED),
        (M.DELIVERED, [M.LOST], M.LOST),
        # cancelled wins; a withdrawn consignment does not cancel the order
        (M.CANCELLED, [M.DELIVERED], M.CANCELLED),
        (M.PAID, [M.CANCELLED], M.PAID),
        (M.SHIPPED, [M.CANCELLED, M.IN_TRANSIT], M.IN_TRANSIT),
        (None, [M.CANCELLED], M.CANCELLED),
    ],
)
def test_an_orders_place(own: Milestone | None, parcels: list[Milestone | None], place: Milestone | None) -> None:
    """The least advanced parcel decides, problems show, and the order's own status leads where it is further."""
    assert order_milestone(own, places(*parcels)) is place


@pytest.mark.parametrize("milestone", list(Milestone))
def test_a_milestones_name_is_read_back(milestone: Milestone) -> None:
    """What is kept as text is the same milestone again."""
    assert Milestone.parse(milestone.value) is milestone


@pytest.mark.parametrize("text", ["", "Delivered", "delivered ", "DELIVERED", "teleported"])
def test_a_name_that_is_none_is_no_milestone(text: str) -> None:
    """The empty text is no milestone, and another version's word no error."""
    assert Milestone.parse(text) is None


CLAIMS = st.lists(st.none() | st.sampled_from(list(Milestone)), max_size=8)


@given(CLAIMS, st.none() | st.sampled_from(list(Milestone)), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(
    claims: list[Milestone | None], status: Milestone | None, random: object
) -> None:
    """However the entries are given, shuffled or twice, the parcel stands in the same place."""
    nodes = scans(*claims)
    shuffled = [*nodes, *nodes[:2]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' Random
    assert parcel_milestone(shuffled, status) is parcel_milestone(nodes, status)


@given(st.lists(st.sampled_from(PROGRESS), min_size=1, max_size=8))
def test_progress_alone_is_its_highest(claims: list[Milestone]) -> None:
    """Without a problem the furthest claim is the place, whatever came first.

    The outlet that is told right after the pick-up is the sender's: the parcel is on its way.
    """
    entries = scans(*claims)
    moves = [claim for claim in claims if claim.rank >= M.PICKED_UP.rank]
    if moves[:2] == [M.PICKED_UP, M.ARRIVED]:
        claims = [*claims, M.IN_TRANSIT]
        claims.remove(M.ARRIVED)
    assert parcel_milestone(entries, None) is max(claims, key=lambda claim: claim.rank)


@given(CLAIMS, st.none() | st.sampled_from(list(Milestone)), st.randoms(use_true_random=False))
def test_the_order_of_parcels_does_not_matter(
    claims: list[Milestone | None], own: Milestone | None, random: object
) -> None:
    """Which parcel is named first changes nothing."""
    parcels = places(*claims)
    shuffled = list(parcels)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' Random
    assert order_milestone(own, shuffled) is order_milestone(own, parcels)
