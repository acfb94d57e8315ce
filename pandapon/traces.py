"""Turns the rows of a trace into nodes: reads times, restores the order, drops repeats, claims milestones.

Every reading of an order repeats the rows of the last reading, so rows of known nodes are recognised, not read again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from operator import gt, lt
from typing import TYPE_CHECKING, NamedTuple

from pandapon.courier import read_entry
from pandapon.shipment import Node, Parcel, Shipment, TimeBasis
from pandapon.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pandapon.shipment import Milestone, OrderRef

_LEADS = timedelta(days=275)  # a parcel's earlier scans mostly lie less than this before a later one
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
        """Whether the row has words or a code: a time or place alone is no event."""
        return bool(self.text or self.status or self.action)

    @property
    def shown(self) -> _Shown:
        """The time, shown words, code and place, by which the row of a known node is recognised."""
        time, text, status, action, place = self
        code = status or action
        return time, text or code, code, place


@dataclass(frozen=True, slots=True)
class Package:
    """One parcel as sent. Each of its lists of rows may be oldest first or newest first."""

    waybill: str
    lists: tuple[Sequence[Row], ...]
    carrier: str = ""
    status: str = ""
    status_milestone: Milestone | None = None
    logistics_id: str = ""  # the platform's own id of the consignment
    newest_first: bool = False  # how the platform sorts its lists; counts where fewer than two times can be read


@dataclass(frozen=True, slots=True)
class Trace:
    """An order's trace as sent: its shape is checked, but its rows are not read yet."""

    ref: OrderRef
    packages: tuple[Package, ...]

    def shipment(self, known: Iterable[Node] = (), near: datetime | None = None) -> Shipment:
        """Read the trace. Packages with the same number, such as two goods in one box, become one parcel.

        The parcels get no milestone here, because it also depends on the stored nodes. A row that equals one of the
        ``known`` nodes becomes that node with its claim. ``near`` (aware): about when the scans were made, such as the
        time of the order, for times without a year. Raises nothing: an unreadable time is kept as text.
        """
        known_of: dict[str, list[Node]] = {}
        for node in known:
            known_of.setdefault(node.waybill, []).append(node)
        parts: dict[str, list[Package]] = {}
        for package in self.packages:
            parts.setdefault(package.waybill, []).append(package)
        parcels = (_parcel(waybill, packages, known_of.get(waybill, []), near) for waybill, packages in parts.items())
        return Shipment(self.ref, tuple(parcels))


_Shown = tuple[str, str, str, str]  # time, words, status or action code, place
_Known = dict[_Shown, Node]
# Bases of times that the text alone determines, whatever the other entries say.
_SURE = frozenset({TimeBasis.OFFSET, TimeBasis.CHINA, TimeBasis.EPOCH, TimeBasis.BUDDHIST})


class _Timed(NamedTuple):
    at: datetime | None
    basis: TimeBasis
    row: Row
    known: Node | None


def _parcel(waybill: str, parts: Sequence[Package], known: Sequence[Node], near: datetime | None) -> Parcel:
    nodes = _continued(waybill, parts, known)
    if nodes is None:
        by_shown = {(node.raw_time, node.text, node.code, node.place): node for node in known}
        timed = [_forward(rows, by_shown, near, part.newest_first) for part in parts for rows in part.lists]
        nodes = _in_order(waybill, timed)
    with_status = next((part for part in parts if part.status), parts[0])
    return Parcel(
        waybill=waybill,
        carrier=next((part.carrier for part in parts if part.carrier), ""),
        status_code=with_status.status,
        status_milestone=with_status.status_milestone,
        nodes=nodes,
        logistics_id=next((part.logistics_id for part in parts if part.logistics_id), ""),
    )


def _continued(waybill: str, parts: Sequence[Package], known: Sequence[Node]) -> tuple[Node, ...] | None:
    """The nodes of a list that repeats all known nodes and adds later ones, as most lists do; None: it does not.

    The result is the same as from reading the whole list, in a tenth of the time.
    """
    lists = [rows for part in parts for rows in part.lists if rows]
    if len(lists) != 1 or not known or len(lists[0]) <= len(known):
        return None
    rows = lists[0] if _is_row_of(lists[0][0], known[0]) else lists[0][::-1]
    before = _NEVER
    for row, node in zip(rows, known, strict=False):
        if node.at is None or node.at < before or node.time_basis is TimeBasis.PLACED or not _is_row_of(row, node):
            return None
        before = node.at
    added = [_Timed(*parse_time(row.time), row, None) for row in rows[len(known) :] if row.is_event]
    for entry in added:
        if entry.at is None or entry.at <= before or entry.basis not in _SURE:
            return None
        before = entry.at
    return (*known, *(_node(waybill, entry, 0) for entry in added)) if added else None


def _is_row_of(row: Row, node: Node) -> bool:
    time, text, status, action, place = row
    if time != node.raw_time or place != node.place:
        return False
    code = status or action
    return code == node.code and (text or code) == node.text


def _in_order(waybill: str, lists: Sequence[Sequence[_Timed]]) -> tuple[Node, ...]:
    """The nodes of all lists, oldest first, without repeats.

    1688's samples are oldest first [upstream] and Taobao's newest first [stated], so a list's own order only breaks
    ties. ``sequence`` counts within one moment, so that a scan that is listed late does not renumber the others.
    """
    timed = sorted((entry for rows in lists for entry in rows), key=lambda entry: entry.at or _NEVER)
    seen: dict[str, Node] = {}
    moment: datetime | None = None
    sequence = 0
    for entry in timed:
        if entry.at != moment:
            moment, sequence = entry.at, 0
        node = _node(waybill, entry, sequence)
        twin = seen.get(node.identity)
        if twin is None:
            seen[node.identity] = node
            sequence += 1
        elif node.code and not twin.code:
            seen[node.identity] = replace(node, sequence=twin.sequence)
    return tuple(seen.values())


def _forward(rows: Sequence[Row], known: _Known, near: datetime | None, newest_first: bool) -> list[_Timed]:
    """The rows with their times, oldest first; a row without a readable time keeps its place in the list."""
    timed = [_timed(row, known, near) for row in rows if row.is_event]
    times = [entry.at for entry in timed if entry.at]
    if _runs_backward(times, newest_first):
        timed.reverse()
    return timed if len(times) == len(timed) else _placed(timed)


def _runs_backward(times: Sequence[datetime], newest_first: bool) -> bool:
    """Whether a list is newest first, by the majority of its pairs of neighbours, because a time may be mistyped.

    In a tie the two ends decide. The platform's habit counts only where fewer than two times can be read.
    """
    falls: int = sum(map(gt, times, times[1:]))
    rises: int = sum(map(lt, times, times[1:]))
    if falls != rises:
        return falls > rises
    if rises:
        return times[0] > times[-1]
    return newest_first and len(times) < 2  # noqa: PLR2004  a list of equal times keeps its order


def _placed(timed: Sequence[_Timed]) -> list[_Timed]:
    """The entries with times: a missing year is the year that fits the entry before, a missing time that entry's time.

    Entries before the first readable time get that time. A time taken from another entry says where the entry belongs,
    not when it happened: :attr:`TimeBasis.PLACED`.
    """
    dated = _dated(timed)
    placed: list[_Timed] = []
    before = next((entry.at for entry in dated if entry.at), None)
    for entry in dated:
        is_lost = entry.at is None and before is not None
        placed.append(entry._replace(at=before, basis=TimeBasis.PLACED) if is_lost else entry)
        before = placed[-1].at
    return placed


def _dated(timed: Sequence[_Timed]) -> list[_Timed]:
    """The entries, with missing years inferred from the entries around them."""
    first = next((entry.at for entry in timed if entry.at), None)
    near = first - _LEADS if first else None
    dated: list[_Timed] = []
    for entry in timed:
        at, basis = (entry.at, entry.basis) if entry.at else parse_time(entry.row.time, near)
        dated.append(entry._replace(at=at, basis=basis))
        near = at or near
    return dated


def _timed(row: Row, known: _Known, near: datetime | None) -> _Timed:
    node = known.get(row.shown)
    if node and node.is_timed:
        return _Timed(node.at, node.time_basis, row, node)
    return _Timed(*parse_time(row.time, near), row, node)


def _node(waybill: str, timed: _Timed, sequence: int) -> Node:
    row, known = timed.row, timed.known
    if known is not None:
        is_same = (known.sequence, known.at, known.time_basis) == (sequence, timed.at, timed.basis)
        return known if is_same else replace(known, sequence=sequence, at=timed.at, time_basis=timed.basis)
    raw_time, words, code, place = row.shown
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
