"""Times as couriers write them, and scans whose time nobody can read: each keeps its place and its identity."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.blocks.parts import node_line
from pandapon import alibaba, taobao
from pandapon.progress import milestone_after
from pandapon.shipment import Milestone, Node, OrderRef, Platform, TimeBasis
from pandapon.times import CHINA, parse_time
from pandapon.traces import Package, Row, Trace
from tracking.merge import merge_nodes

REF = OrderRef(Platform.ALIBABA, "2542285634920880794")
NEAR = datetime(2026, 11, 26, tzinfo=UTC)
FIVE_PAST_EIGHT = datetime(2026, 11, 27, 8, 5, tzinfo=CHINA)
WRITTEN = [
    "2026年11月27日 08:05",
    "2026年11月27日 星期五 上午8:05",
    "2026年11月27日8时5分",
    "2026-11-27 08点05分",
    "2026-11-27 周五 08:05",
    "2026/11/27 8:05 AM",
    "27/11/2026 08:05",
    "11/27/2026 8:05 a.m.",
    "2026.11.27 08:05",
    "2026.11.27 08.05",
    "27.11.2026 08:05",
    "27/11/2569 08:05",
    "27 พ.ย. 2569 08:05 น.",
    "27 พ.ย. 69 08:05 น.",
    "２０２６－１１－２７　０８：０５",
    "2026-11-27 08:05:00（北京时间）",
    "2026-11-27 08:05 到达杭州转运中心",
    "时间：2026-11-27 08:05",
    "2026-11-27T08:05:00+08:00[Asia/Shanghai]",
    "2026-11-27 00:05:00 UTC",
    "2026-11-27 02:05 GMT+2",
    "Fri Nov 27 08:05:00 CST 2026",
    "Fri, 27 Nov 2026 00:05:00 GMT",
    "Nov 27, 2026 8:05 AM",
    "27-Nov-2026 08:05",
    "202611270805",
    "1795737900.0",
    "1795737900000.0",
    "1.7957379e9",
    "1795737900000000",
    "上午8:05 2026-11-27",
]
WITHOUT_A_YEAR = [
    "11-27 08:05",
    "11月27日 08:05",
    "11/27 上午8:05",
    "(周五) 11-27 08:05:00",
    "Nov. 27 8:05 a.m.",
    "26-11-27 08:05",
]
MIDNIGHT = ["2026-11-27 24:00:00", "2026年11月27日 24:00", "2026-11-27 晚上12点", "2026-11-27 23:59:60"]


@pytest.mark.parametrize("sent", WRITTEN)
def test_what_a_courier_writes_is_read(sent: str) -> None:
    assert parse_time(sent) == (FIVE_PAST_EIGHT, TimeBasis.WRITTEN)


@pytest.mark.parametrize("sent", WITHOUT_A_YEAR)
def test_a_missing_year_is_the_one_that_fits_and_is_never_invented(sent: str) -> None:
    assert parse_time(sent, NEAR)[0] == FIVE_PAST_EIGHT
    assert parse_time(sent)[0] is None


def test_a_missing_year_fits_over_new_year() -> None:
    read, _basis = parse_time("01-02 08:05", datetime(2026, 12, 30, tzinfo=UTC))
    assert read == datetime(2027, 1, 2, 8, 5, tzinfo=CHINA)


@pytest.mark.parametrize("sent", MIDNIGHT)
def test_hour_24_and_a_leap_second_are_the_next_days_beginning(sent: str) -> None:
    assert parse_time(sent)[0] == datetime(2026, 11, 28, tzinfo=CHINA)


@pytest.mark.parametrize(
    "sent",
    [
        "08:05",
        "昨天 08:05",
        "刚刚",
        "2026-02-30 08:05",
        "2026-11-27 25:00",
        "2026年13月1日",
        "05/06/2026 08:05",
        "-",
        "²",
    ],
)
def test_what_says_too_little_or_two_things_is_unknown(sent: str) -> None:
    assert parse_time(sent) == (None, TimeBasis.UNKNOWN)


@given(st.text("0123456789年月日时点分:-/. TZ+上下午APMNov星期五ก", max_size=40), st.none() | st.just(NEAR))
def test_nothing_crashes_it(sent: str, near: datetime | None) -> None:
    at, basis = parse_time(sent, near)
    assert (at is None) == (basis is TimeBasis.UNKNOWN)
    assert at is None or at.tzinfo is UTC


# --- identities that older versions stored ---------------------------------------------------------------------------


@pytest.mark.parametrize("raw", [*WRITTEN[:4], *MIDNIGHT, *WITHOUT_A_YEAR])
def test_a_time_that_was_unreadable_keeps_its_nodes_identity(raw: str) -> None:
    at, basis = parse_time(raw, NEAR)
    before = Node("78012345678901", None, raw, TimeBasis.UNKNOWN, "快件已揽收")
    after = Node("78012345678901", at, raw, basis, "快件已揽收")
    assert at is not None
    assert after.identity == before.identity
    assert merge_nodes([before], [after]).new == ()
    assert merge_nodes([before], [after]).rewritten == (after,)


@pytest.mark.parametrize("raw", ["2569-11-27 08:05:00", "2569/11/27 08:05", "25691127080500"])
def test_a_thai_year_is_ours_and_keeps_the_identity_it_had(raw: str) -> None:
    at, basis = parse_time(raw)
    assert (at, basis) == (FIVE_PAST_EIGHT, TimeBasis.BUDDHIST)
    before = Node("TH1", FIVE_PAST_EIGHT.replace(year=2569), raw, TimeBasis.CHINA, "ถึงแล้ว")
    assert Node("TH1", at, raw, basis, "ถึงแล้ว").identity == before.identity


@pytest.mark.parametrize(
    ("raw", "ours", "before"),
    [  # ``before``: as the versions until now read it; None: as no time of a Thai year
        ("2567-03-01 03:00:00", "2024-02-29T19:00", "2024-02-28T19:00"),
        ("25670301030000000+0800", "2024-02-29T19:00", "2024-02-28T19:00"),
        ("2567-02-28 23:30:00", "2024-02-28T15:30", "2024-02-28T15:30"),
        ("2567-02-29 12:00:00", "2024-02-29T04:00", None),
        ("25670229120000000+0800", "2024-02-29T04:00", None),
        ("2568-03-01 03:00:00", "2025-02-28T19:00", None),
        ("25680301030000000+0800", "2025-02-28T19:00", None),
        ("2569-01-01 03:00:00", "2025-12-31T19:00", "2025-12-31T19:00"),
    ],
)
def test_leap_days_of_the_thai_calendar(raw: str, ours: str, before: str | None) -> None:
    """The year is converted before the zone; a scan that was stored a day early, or by its text, is still the same."""
    at, basis = parse_time(raw)
    assert at == datetime.fromisoformat(f"{ours}+00:00")
    was = datetime.fromisoformat(f"{before}+00:00") if before else None
    stored = Node("TH1", was, raw, TimeBasis.BUDDHIST if was else TimeBasis.UNKNOWN, "ถึงแล้ว")
    after = Node("TH1", at, raw, basis, "ถึงแล้ว")
    assert after.identity == stored.identity
    assert merge_nodes([stored], [after]).new == ()
    assert merge_nodes([stored], [after]).edited == ()


# --- the place in the list -------------------------------------------------------------------------------------------

ROWS = [
    ("2026-11-27 08:00:00", "【杭州】已到达"),
    ("昨天", "外包装破损，转问题件处理"),
    ("2026-11-27 20:00:00", "【上海】已到达"),
    ("??", "【上海】已发出"),
]


def _texts(nodes: tuple[Node, ...]) -> list[str]:
    return [node.text for node in nodes]


def _1688(rows: list[tuple[str, str]], steps: list[tuple[str, str]] | None = None) -> tuple[Node, ...]:
    data = [
        {
            "logisticsBillNo": "78012345678901",
            "traceNodeList": [{"acceptTime": time, "remark": text} for time, text in rows],
            "logisticsSteps": [{"acceptTime": time, "remark": text} for time, text in steps or []],
        }
    ]
    return alibaba.trace(data, REF).shipment().nodes


def _taobao(rows: list[tuple[str, str]]) -> tuple[Node, ...]:
    traces = [{"time": time, "standerdDesc": text} for time, text in rows]
    data = {"pnmLogisticsDetails": [{"mailNo": "78012345678901", "logisticsTraces": traces}]}
    return taobao.trace([("200048859480", data)], REF).shipment().nodes


def test_a_scan_without_time_stands_between_its_neighbours_whichever_way_the_list_runs() -> None:
    expected = [text for _time, text in ROWS]
    assert _texts(_1688(ROWS)) == expected
    assert _texts(_taobao(ROWS[::-1])) == expected
    assert _texts(merge_nodes(_1688(ROWS[:3]), _1688(ROWS)).nodes) == expected
    assert _texts(_1688([*ROWS[:1], *ROWS[2:]], ROWS)) == expected


def test_the_first_and_a_lone_list_without_times_keep_their_order() -> None:
    late_time = [("?", "已下单"), *ROWS]
    assert _texts(_1688(late_time)) == [text for _time, text in late_time]
    untimed = [("?", "一"), ("??", "二"), ("???", "三")]
    assert _texts(_1688(untimed)) == ["一", "二", "三"]
    assert _texts(_taobao(untimed)) == ["三", "二", "一"]


def test_one_mistyped_year_does_not_turn_the_list_round() -> None:
    rows = [
        ("2027-11-26 08:00:00", "一"),
        ("2026-11-27 08:00:00", "二"),
        ("2026-11-27 09:00:00", "三"),
        ("?", "四"),
        ("2026-11-27 10:00:00", "五"),
    ]
    nodes = _1688(rows)
    assert _texts(nodes) == ["二", "三", "四", "五", "一"]


def test_a_placed_time_is_not_shown_as_one_and_leaves_the_identity() -> None:
    node = _1688(ROWS)[1]
    assert (node.time_basis, node.is_timed) == (TimeBasis.PLACED, False)
    assert node.identity == replace(node, at=None, time_basis=TimeBasis.UNKNOWN).identity
    assert node_line(node, NEAR).startswith("昨天")


def test_a_poorer_reading_takes_no_scan_from_its_place() -> None:
    whole = _1688(ROWS)
    alone = _1688([ROWS[3]])
    assert _texts(merge_nodes(whole, alone).nodes) == _texts(whole)
    assert merge_nodes(whole, alone).rewritten == ()


def test_a_year_is_taken_from_the_neighbour_or_from_the_orders_time() -> None:
    nodes = _1688([("2026-12-31 23:00:00", "一"), ("01-01 08:00", "二")])
    assert nodes[1].at == datetime(2027, 1, 1, 8, tzinfo=CHINA)
    data = [{"logisticsBillNo": "7801", "traceNodeList": [{"acceptTime": "11-27 08:05", "remark": "已揽收"}]}]
    (node,) = alibaba.trace(data, REF).shipment(near=NEAR - timedelta(days=3)).nodes
    assert node.at == FIVE_PAST_EIGHT


ORDERED = datetime(2026, 1, 18, tzinfo=UTC)


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize(
    ("sent", "ordered_at"),
    [
        (["07-14 08:00", "10-06 14:00"], ORDERED),  # on its way from another continent
        (["2026-07-14 08:00:00", "10-06 14:00"], ORDERED),
        (["12-30 08:00", "2027-01-02 14:00:00"], datetime(2026, 12, 29, tzinfo=UTC)),
        (["昨天", "07-14 08:00", "2026-10-06 14:00:00"], None),
    ],
)
def test_a_missing_year_is_the_same_alone_and_beside_known_entries(
    sent: list[str], ordered_at: datetime | None, *, newest_first: bool
) -> None:
    """A scan comes after its order and after the scan before; read as of the year before, it would claim nothing."""
    rows = [Row(time, text) for time, text in zip(sent, ("已揽收", "派送中", "已签收")[-len(sent) :], strict=True)]
    way = rows[::-1] if newest_first else rows
    trace = Trace(REF, (Package("78012345678901", (way,), newest_first=newest_first),))
    [alone] = trace.shipment((), ordered_at).parcels
    for known in range(1, len(rows)):
        begun = Trace(REF, (Package("78012345678901", (rows[:known],)),)).shipment((), ordered_at)
        assert trace.shipment(begun.nodes, ordered_at).parcels == (alone,)
    assert [node.text for node in alone.nodes] == [row.text for row in rows]
    assert milestone_after(alone.nodes, None, ordered_at) is Milestone.DELIVERED
