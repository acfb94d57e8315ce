"""From rows of a trace to the nodes of a parcel: times read, order restored, repeats dropped, milestones claimed.

Every reading of an order repeats the rows of the one before, so rows of known nodes are recognised, not read again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import gt, lt
from typing import TYPE_CHECKING, NamedTuple

from pandapon.courier import read_entry
from pandapon.shipment import Node, Parcel, Shipment, TimeBasis
from pandapon.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pandapon.shipment import Milestone, OrderRef

_NEVER = datetime.min.replace(tzinfo=UTC)


class Row(NamedTuple):
    """One trace entry as sent."""

    time: str
    text: str
    status: str = ""
    action: str = ""
    place: str = ""

    @property
    def is_event(self) -> bool:
        """Whether it says anything: a time or a place alone is no event."""
        return bool(self.text or self.status or self.action)

    @property
    def said(self) -> _Said:
        """What a reader is shown of it."""
        time, text, status, action, place = self
        code = status or action
        return time, text or code, code, place


@dataclass(frozen=True, slots=True)
class Package:
    """One parcel as sent; its rows are in lists that may each run forward or backward."""

    waybill: str
    lists: tuple[Sequence[Row], ...]
    carrier: str = ""
    status: str = ""
    status_milestone: Milestone | None = None
    logistics_id: str = ""  # the platform's own id of the consignment
    newest_first: bool = False  # how the platform sorts its lists, where their times don't tell


@dataclass(frozen=True, slots=True)
class Trace:
    """An order's trace as sent, its shape checked and its rows not read yet."""

    ref: OrderRef
    packages: tuple[Package, ...]

    def shipment(self, known: Iterable[Node] = (), near: datetime | None = None) -> Shipment:
        """Every parcel once, even where two entries bear the same number: two goods in one box.

        Where a parcel stands is not said: what was known of it has a part in that. A row that says what one of the
        ``known`` nodes says becomes that node, claim and all. ``near`` (aware): about when it all was, such as when
        it was ordered, for scans whose time has no year.
        """
        said: dict[str, _Known] = {}
        for node in known:
            said.setdefault(node.waybill, {})[node.raw_time, node.text, node.code, node.place] = node
        parts: dict[str, list[Package]] = {}
        for package in self.packages:
            parts.setdefault(package.waybill, []).append(package)
        parcels = (_parcel(waybill, ours, said.get(waybill, {}), near) for waybill, ours in parts.items())
        return Shipment(self.ref, tuple(parcels))


_Said = tuple[str, str, str, str]  # time, words, code of whichever kind, place
_Known = dict[_Said, Node]


class _Timed(NamedTuple):
    at: datetime | None
    basis: TimeBasis
    row: Row
    known: Node | None


def _parcel(waybill: str, parts: Sequence[Package], known: _Known, near: datetime | None) -> Parcel:
    timed = [_forward(rows, known, near, part.newest_first) for part in parts for rows in part.lists]
    nodes = _in_order(waybill, timed)
    said = next((part for part in parts if part.status), parts[0])
    return Parcel(
        waybill=waybill,
        carrier=next((part.carrier for part in parts if part.carrier), ""),
        status_code=said.status,
        status_milestone=said.status_milestone,
        nodes=nodes,
        logistics_id=next((part.logistics_id for part in parts if part.logistics_id), ""),
    )


def _in_order(waybill: str, lists: Sequence[Sequence[_Timed]]) -> tuple[Node, ...]:
    """Nodes of all lists, oldest first, exact repeats once.

    1688 sends oldest first and Taobao newest first, so a list's own order only breaks ties. ``sequence`` counts within
    one moment, so that a scan that arrives late does not renumber the others.
    """
    timed = [one for rows in lists for one in rows]
    timed.sort(key=lambda one: one.at or _NEVER)
    seen: dict[str, Node] = {}
    moment: datetime | None = None
    sequence = 0
    for one in timed:
        if one.at != moment:
            moment, sequence = one.at, 0
        node = _node(waybill, one, sequence)
        twin = seen.get(node.identity)
        if twin is None:
            seen[node.identity] = node
            sequence += 1
        elif node.code and not twin.code:
            seen[node.identity] = replace(node, sequence=twin.sequence)
    return tuple(seen.values())


def _forward(rows: Sequence[Row], known: _Known, near: datetime | None, newest_first: bool) -> list[_Timed]:
    """The rows with their times, oldest first; one without a readable time belongs right behind the one before it."""
    timed = [_timed(row, known, near) for row in rows if row.is_event]
    times = [one.at for one in timed if one.at]
    if _runs_backward(times, newest_first):
        timed.reverse()
    return timed if len(times) == len(timed) else _placed(timed)


def _runs_backward(times: Sequence[datetime], newest_first: bool) -> bool:
    """As most neighbours say, so that one mistyped year does not turn the list round; then its ends; then its kind."""
    falls: int = sum(map(gt, times, times[1:]))
    rises: int = sum(map(lt, times, times[1:]))
    if falls != rises:
        return falls > rises
    if rises:
        return times[0] > times[-1]
    return newest_first and len(times) < 2  # noqa: PLR2004  equal times are left as they came


def _placed(timed: Sequence[_Timed]) -> list[_Timed]:
    """A missing year is the one that fits the neighbour, and a missing time is the neighbour's.

    It is only said where the entry belongs, not when it was (:attr:`TimeBasis.PLACED`).
    """
    found: list[_Timed] = []
    before = next((one.at for one in timed if one.at), None)
    for one in timed:
        if one.at is None and before is not None:
            at, basis = parse_time(one.row.time, before)
            one = one._replace(at=at or before, basis=basis if at else TimeBasis.PLACED)  # noqa: PLW2901
        before = one.at or before
        found.append(one)
    return found


def _timed(row: Row, known: _Known, near: datetime | None) -> _Timed:
    node = known.get(row.said)
    if node and node.is_timed:
        return _Timed(node.at, node.time_basis, row, node)
    return _Timed(*parse_time(row.time, near), row, node)


def _node(waybill: str, timed: _Timed, sequence: int) -> Node:
    row, known = timed.row, timed.known
    if known is not None:
        same = (known.sequence, known.at, known.time_basis) == (sequence, timed.at, timed.basis)
        return known if same else replace(known, sequence=sequence, at=timed.at, time_basis=timed.basis)
    raw_time, words, code, place = row.said
    return Node(
        waybill=waybill,
        at=timed.at,
        raw_time=raw_time,
        time_basis=timed.basis,
        text=words,
        code=code,
        place=place,
        milestone=read_entry(row.text, row.status, row.action).milestone,
        sequence=sequence,
    )
