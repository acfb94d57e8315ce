"""Whatever the order, duplication and interruption of readings, each node is told once and the end is the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import examples
from support.tracking_cases import JOURNEY, M, TrackedOrder, node, reading

from pandapon.shipment import Milestone, Node, Parcel
from tracking.decide import decide

if TYPE_CHECKING:
    from tracking.orders import FetchedOrder

WAYBILLS = ("SF1", "YT2", "78753196186473")
CLAIMS: tuple[Milestone | None, ...] = (
    None,
    M.PICKED_UP,
    M.IN_TRANSIT,
    M.ARRIVED,
    M.OUT_FOR_DELIVERY,
    M.READY_FOR_PICKUP,
    M.DELIVERED,
    M.ATTEMPT_FAILED,
    M.EXCEPTION,
    M.RETURNING,
    M.RETURNED,
)  # fmt: skip  one line of claims, one of problems
COUNT = examples(40, 600)


@dataclass(frozen=True)
class Story:
    """The whole truth about an order, and the readings of it in the order in which they arrive."""

    truth: tuple[Parcel, ...]
    readings: tuple[FetchedOrder, ...]

    @property
    def identities(self) -> set[str]:
        return {node.identity for node in _all_nodes(self.truth)}


def _all_nodes(parcels: tuple[Parcel, ...]) -> list[Node]:
    return [node for parcel in parcels for node in parcel.nodes]


@st.composite
def _parcels(draw: st.DrawFn) -> tuple[Parcel, ...]:
    made = []
    for waybill in WAYBILLS[: draw(st.integers(1, 3))]:
        scans = draw(st.lists(st.tuples(st.integers(0, 12), st.sampled_from(CLAIMS)), min_size=1, max_size=6))
        nodes = [
            node((hour, f"{waybill} 第{number}次扫描", claim), waybill, sequence=number)
            for number, (hour, claim) in enumerate(scans)
        ]
        made.append(Parcel(waybill, "中通快递", nodes=tuple(nodes)))
    return tuple(made)


@st.composite
def _partial(draw: st.DrawFn, truth: tuple[Parcel, ...]) -> FetchedOrder:
    """A reply that may be empty, lack parcels or nodes, come in any order, repeat itself, or lack the enrichment."""
    parcels = []
    for parcel in draw(st.permutations(truth)):
        if draw(st.integers(0, 3)):
            scans = draw(st.lists(st.sampled_from(parcel.nodes), min_size=1, max_size=8))
            cities = draw(st.lists(st.sampled_from(["", "广州市"]), min_size=len(scans), max_size=len(scans)))
            parcels.append(replace(parcel, nodes=tuple(map(_in_city, scans, cities))))
    return reading(*parcels)


def _in_city(node: Node, city: str) -> Node:
    return replace(node, place=city)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    truth = draw(_parcels())
    partial = draw(st.lists(_partial(truth), max_size=6))
    full = reading(*draw(st.permutations(truth)))
    readings = draw(st.permutations([*partial, full, full]))
    return Story(truth, tuple(readings))


def _watched(story: Story) -> TrackedOrder:
    """An order watched before anything happened, so that all of the story is news."""
    watched = TrackedOrder()
    watched.poll(reading())
    return watched


def _final_state(tracked: TrackedOrder) -> object:
    assert tracked.stored
    nodes = {node.identity: replace(node, place="") for node in tracked.stored.shipment.nodes}
    parcels = {parcel.waybill: replace(parcel, nodes=()) for parcel in tracked.stored.shipment.parcels}
    return tracked.stored.milestone, parcels, nodes


@settings(max_examples=COUNT)
@given(stories())
def test_every_node_is_told_exactly_once(story: Story) -> None:
    """In whatever order, pieces and repetitions the readings come, no node is told twice and none is left out."""
    tracked = _watched(story)
    for fetched in story.readings:
        tracked.poll(fetched)
    told = [node.identity for news in tracked.news for node in news.nodes]
    assert sorted(told) == sorted(story.identities)


@settings(max_examples=COUNT)
@given(stories())
def test_the_end_is_the_same_as_after_one_full_reading(story: Story) -> None:
    """The final state, milestones included, depends on what was read and not on how it arrived."""
    tracked, straight = _watched(story), _watched(story)
    straight.poll(reading(*story.truth))
    for fetched in story.readings:
        tracked.poll(fetched)
    assert _final_state(tracked) == _final_state(straight)


@settings(max_examples=COUNT)
@given(stories())
def test_the_final_milestone_of_every_parcel_is_told(story: Story) -> None:
    """The last step told of each parcel ends where the parcel stands."""
    tracked = _watched(story)
    for fetched in story.readings:
        tracked.poll(fetched)
    last = dict(tracked.milestones)
    for parcel in story.truth:
        assert last.get(parcel.waybill) == tracked.parcel(parcel.waybill).milestone


@settings(max_examples=COUNT)
@given(stories(), st.data())
def test_a_crash_at_any_point_changes_nothing(story: Story, data: st.DataObject) -> None:
    """A reading decided but not recorded, or recorded and delivered again, gives the same news under the same keys."""
    tracked, shaken = _watched(story), _watched(story)
    for fetched in story.readings:
        tracked.poll(fetched)
        fate = data.draw(st.sampled_from(["fine", "lost before the record", "read again after it"]))
        lost = shaken.decide(fetched) if fate == "lost before the record" else None
        kept = shaken.poll(fetched)
        assert lost is None or lost == kept
        if fate == "read again after it":
            assert shaken.poll(fetched).news is None
    assert [decision.event_id for decision in shaken.told] == [decision.event_id for decision in tracked.told]
    assert _final_state(shaken) == _final_state(tracked)


@settings(max_examples=COUNT)
@given(stories())
def test_no_two_pieces_of_news_share_a_key(story: Story) -> None:
    """A key names one thing: the outbox, which keeps one row for each, swallows nothing."""
    tracked = _watched(story)
    for fetched in story.readings:
        tracked.poll(fetched)
    keys = [decision.event_id for decision in tracked.told if decision.severity != "edit"]
    assert len(keys) == len(set(keys))


@settings(max_examples=COUNT)
@given(stories())
def test_deciding_is_repeatable_and_settles(story: Story) -> None:
    """Equal arguments give equal decisions, and a reading decided against its own result holds nothing new."""
    for fetched in story.readings:
        tracked = TrackedOrder()
        assert decide(None, fetched, tracked.now) == decide(None, fetched, tracked.now)
        assert tracked.poll(fetched).news is None, "a baseline tells nothing"
        again = tracked.poll(fetched)
        assert (again.news, again.changed, again.edited_nodes) == (None, False, ())


@settings(max_examples=COUNT)
@given(stories())
def test_problems_reach_whoever_watches_for_them(story: Story) -> None:
    """Every step into a problem and out of it is in the audience of problems; all but hub to hub in milestones'."""
    tracked = _watched(story)
    for fetched in story.readings:
        tracked.poll(fetched)
    for decision in tracked.told:
        assert decision.news
        steps = decision.news.steps
        assert "all" in decision.audience
        hubs = {M.PICKED_UP, M.IN_TRANSIT, M.ARRIVED}
        if any(not {step.before, step.after} <= hubs for step in steps):
            assert "milestones" in decision.audience
        if any(step.after.is_problem or (step.before and step.before.is_problem) for step in steps):
            assert "problems" in decision.audience


@settings(max_examples=COUNT)
@given(st.permutations(JOURNEY))
def test_a_plain_journey_ends_delivered_in_any_order(scans: list[tuple[float, str, Milestone]]) -> None:
    """Scan by scan, in any order, the parcel is told delivered once, and the progress told never goes back."""
    tracked = TrackedOrder()
    tracked.poll(reading())
    for scan in scans:
        tracked.poll(reading(Parcel("SF1", nodes=(node(scan),))))
    told = [milestone for _, milestone in tracked.milestones]
    assert told == sorted(set(told), key=lambda milestone: milestone.rank)
    assert told[-1] is M.DELIVERED
