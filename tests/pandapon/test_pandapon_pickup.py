"""The time until which a parcel is to be picked up: where a text states one, and never a wrong one."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pandapon.courier import read_entry
from pandapon.pickup import earliest_pick_up, pick_up_by, stated_deadline
from pandapon.shipment import Milestone, Node, Parcel, TimeBasis
from pandapon.times import CHINA

M = Milestone
AT = datetime(2026, 3, 2, 15, 20, tzinfo=CHINA)
STORED = "快件已存放至菜鸟驿站，请凭取件码领取"
SET = Path(__file__).parent.parent / "courier" / "pickup.tsv"


def rows(name: str) -> list[dict[str, str]]:
    with SET.open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row["set"] == name]


def read(row: dict[str, str]) -> str:
    """The moment read from a row's text, in the form in which the row has it."""
    until = stated_deadline(row["text"], datetime.fromisoformat(row["at"]).replace(tzinfo=CHINA))
    if until is None:
        return "-"
    local = until.astimezone(CHINA)
    return f"{local:%Y-%m-%dT%H:%M}" if "T" in row["until"] else f"{local:%Y-%m-%d}"


@pytest.mark.parametrize(("name", "right", "total"), [("develop", 41, 43), ("held", 35, 40)])
def test_no_date_is_wrong_and_most_are_read(name: str, right: int, total: int) -> None:
    stated = [row for row in rows(name) if row["until"] != "-"]
    assert {row["text"]: read(row) for row in stated if read(row) not in {row["until"], "-"}} == {}
    assert len(stated) == total
    assert sum(read(row) == row["until"] for row in stated) >= right
    assert {row["text"]: read(row) for row in rows(name) if row["until"] == "-" and read(row) != "-"} == {}


def parcel(*scans: tuple[int, str], milestone: Milestone = M.READY_FOR_PICKUP) -> Parcel:
    """A parcel with scans so many hours after :data:`AT`."""
    nodes = (
        Node("SF1", at.astimezone(UTC), at.isoformat(), TimeBasis.CHINA, text, milestone=read_entry(text).milestone)
        for at, text in ((AT + timedelta(hours=hours), text) for hours, text in scans)
    )
    return Parcel("SF1", nodes=tuple(nodes), milestone=milestone)


def day(moment: datetime | None) -> str:
    return f"{moment.astimezone(CHINA):%m-%d %H:%M}" if moment else "-"


@pytest.mark.parametrize(
    ("scans", "until"),
    [
        ([(0, STORED)], "-"),
        ([(0, STORED), (30, "您的包裹待取，请于3月6日前领取")], "03-06 23:59"),
        ([(0, STORED + "，保管期7天"), (30, "取件提醒：请尽快领取")], "03-09 23:59"),  # a reminder ends nothing
        ([(0, STORED + "，保管期7天"), (30, "保管期仅剩1天，请尽快领取")], "03-04 23:59"),  # the latest counts
        ([(0, STORED), (30, "超过3天未取将退回发件人，请及时领取")], "03-05 23:59"),  # counts from the storing
        ([(0, STORED), (30, "包裹已在站点存放30小时，保管期3天，请尽快领取")], "03-05 23:59"),
        ([(0, STORED + "，请于3月4日前领取"), (30, "保管期延长2天，请凭码领取")], "-"),  # from when is not said
        ([(0, STORED + "，请于3月4日前领取"), (30, "保管期延长至3月8日，请凭码领取")], "03-08 23:59"),
        ([(0, "请在24小时内领取，逾期退回")], "03-03 15:20"),  # a threat of a return is none
    ],
)
def test_the_latest_statement_of_the_stay_counts(scans: list[tuple[int, str]], until: str) -> None:
    assert day(pick_up_by(parcel(*scans))) == until


def test_an_earlier_stay_is_over() -> None:
    """A parcel that was taken out for delivery and stored again has the time of its new stay."""
    first = (0, STORED + "，保管期3天")
    out = (20, "快件已由派件员取出，正在派送中，派件员：小周")
    assert day(pick_up_by(parcel(first, out, (24, STORED)))) == "-"
    assert day(pick_up_by(parcel(first, out, (24, STORED + "，保管期7天")))) == "03-10 23:59"


def test_only_a_parcel_that_lies_ready_has_one() -> None:
    scans = (0, STORED + "，保管期7天")
    assert pick_up_by(parcel(scans, milestone=M.DELIVERED)) is None
    assert pick_up_by(parcel(scans, milestone=M.RETURNING)) is None


def test_an_order_has_the_earliest_of_its_parcels() -> None:
    parcels = [parcel((0, STORED + "，保管期7天")), parcel((0, STORED + "，请于3月5日前领取")), parcel((0, STORED))]
    assert day(earliest_pick_up(M.READY_FOR_PICKUP, parcels)) == "03-05 23:59"
    assert earliest_pick_up(M.EXCEPTION, parcels) is None


@pytest.mark.parametrize(
    "text", ["保管期7天，逾期退回", "请于3月5日前取件，期满退回商家", "邮件存局候领，保管15日，逾期退回"]
)
def test_a_return_that_is_only_threatened_is_none(text: str) -> None:
    assert read_entry(text).milestone is M.READY_FOR_PICKUP


@pytest.mark.parametrize("text", ["逾期退回", "保管期满，退回寄件人", "逾期3日未取，退回发件网点"])
def test_a_return_stays_one(text: str) -> None:
    assert read_entry(text).milestone is M.RETURNING


@pytest.mark.parametrize(
    "text", ["请在999天内领取", "请于2月31日前领取", "请于13月5日前取件", "保管期0天", "请在" + "9" * 400 + "天内领取"]
)
def test_impossible_times_are_none(text: str) -> None:
    assert stated_deadline(text, AT) is None
