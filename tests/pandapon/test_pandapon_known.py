"""A trace that is read beside what is known of it: the same nodes as read alone, and only new rows are read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandapon.shipment import Milestone, Node, OrderRef, Platform
from pandapon.traces import Package, Row, Trace

if TYPE_CHECKING:
    from collections.abc import Sequence

REF = OrderRef(Platform.ALIBABA, "2542285634920880794")
ROW = Row("2026-03-02 08:01:11", "【义乌市】您的快件已被揽收", action="TRANSPORT", place="义乌公司")

rows = st.builds(
    Row,
    time=st.sampled_from(["", "昨天", "2026-03-02 08:01:11", "2026-03-02 08:01:12", "2026/3/2 8:01:11", "1772409671"]),
    text=st.sampled_from(["", "已签收", "已 签收", "【义乌市】您的快件已被揽收", "派送中", "Signed"]),
    status=st.sampled_from(["", "SIGN", "FAILED"]),
    action=st.sampled_from(["", "TRANSPORT", "TMS_SIGN"]),
    place=st.sampled_from(["", "义乌公司"]),
)
packages = st.builds(
    Package,
    waybill=st.sampled_from(["SF1", "SF2"]),
    lists=st.lists(st.lists(rows, max_size=6), min_size=1, max_size=2).map(tuple),
)


def trace(*parcels: Package) -> Trace:
    """A trace of these parcels."""
    return Trace(REF, parcels)


def trace_of_parcel(*entries: Row) -> Trace:
    """A trace of one parcel with these rows."""
    return trace(Package("SF1", (entries,)))


@given(st.lists(packages, max_size=4), st.lists(packages, max_size=4))
def test_it_is_as_if_read_alone(before: Sequence[Package], after: Sequence[Package]) -> None:
    """Whatever was known, and whatever of it the new answer repeats, leaves out, turns round or changes."""
    known = trace(*before).shipment().nodes
    assert trace(*before, *after).shipment(known) == trace(*before, *after).shipment()
    assert trace(*after).shipment(known) == trace(*after).shipment()


def test_a_known_row_is_the_known_node() -> None:
    """It costs no look at its words: not even a claim that would be another today is made again."""
    (known,) = trace_of_parcel(ROW).shipment().nodes
    misread = replace(known, milestone=Milestone.LOST)
    first, second = trace_of_parcel(ROW, ROW._replace(time="2026-03-02 09:00:00")).shipment([misread]).nodes
    assert first is misread
    assert second.milestone is Milestone.PICKED_UP


@pytest.mark.parametrize(
    "row",
    [
        ROW._replace(place="义乌市 义乌公司"),
        ROW._replace(action="TMS_ACCEPT"),
        ROW._replace(text="【义乌市】您的快件已被 揽收"),
        ROW._replace(time="2026-03-02 08:01:11+08:00"),
    ],
)
def test_a_row_that_says_something_else_is_read(row: Row) -> None:
    """What was filled in or put better is in the node, under the same identity where the event is the same."""
    (known,) = trace_of_parcel(ROW).shipment().nodes
    (node,) = trace_of_parcel(row).shipment([replace(known, milestone=Milestone.LOST)]).nodes
    assert (node.raw_time, node.text, node.code, node.place) == (row.time, row.text, row.action, row.place)
    assert node.milestone is Milestone.PICKED_UP


def test_a_node_of_another_parcel_is_none_of_this_one() -> None:
    """Two parcels of a seller are collected by the same scan."""
    other = replace(trace_of_parcel(ROW).shipment().nodes[0], waybill="SF9")
    (node,) = trace_of_parcel(ROW).shipment([other]).nodes
    assert node.waybill == "SF1"


def test_known_nodes_keep_their_turn_where_one_comes_between() -> None:
    """A scan of the same moment that is sent before a known one counts before it."""
    known = trace_of_parcel(ROW).shipment().nodes
    earlier = ROW._replace(text="商家已发货")
    nodes = trace_of_parcel(earlier, ROW).shipment(known).nodes
    assert [(node.text, node.sequence) for node in nodes] == [(earlier.text, 0), (ROW.text, 1)]
    assert isinstance(nodes[1], Node)


TIMES = ["2026-03-02 08:01:11", "2026-03-02 08:01:12", "2026-03-02 09:00:00", "2569-03-03 10:00:00", ""]


@given(
    st.lists(st.builds(ROW._replace, time=st.sampled_from(TIMES), text=rows.map(lambda row: row.text)), max_size=8),
    st.integers(1, 8),
    st.booleans(),
)
def test_a_list_that_goes_on_is_read_as_if_whole(entries: list[Row], known: int, backward: bool) -> None:
    """Most answers repeat a list and add to its end: to whichever of its ends is the later."""
    before, after = entries[:known], entries
    if backward:
        before, after = before[::-1], after[::-1]
    assert (
        trace_of_parcel(*after).shipment(trace_of_parcel(*before).shipment().nodes)
        == trace_of_parcel(*after).shipment()
    )
    in_time = sorted(entries, key=lambda row: row.time, reverse=backward)
    whole = trace_of_parcel(*in_time).shipment()
    part = in_time[-known:] if backward else in_time[:known]
    assert trace_of_parcel(*in_time).shipment(trace_of_parcel(*part).shipment().nodes) == whole
