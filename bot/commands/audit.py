"""The audit trail of changes to the account, from the database, as text or as a CSV file."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, TextIO

from storage import writes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.connection import Connection
    from tracking.writes import Write

PAGE = 500
FORMULAS = "=+-@\t\r＝＋－＠"  # a cell that begins so is a formula to a spreadsheet
HEADING = (
    "time (UTC)",
    "person",
    "channel",
    "operation",
    "state",
    "platform",
    "subject",
    "change",
    "amount (yuan)",
    "approved by",
    "created",
    "PandaPon's request id",
    "reason",
)


def trail(conn: Connection) -> Iterator[Write]:
    """Yield every record, the newest first; a bot may run meanwhile."""
    skip = 0
    while page := writes.newest(conn, skip, PAGE)[0]:
        yield from page
        skip += len(page)


def write_csv(conn: Connection, file: TextIO) -> None:
    """Write the trail as CSV."""
    writer = csv.writer(file)
    writer.writerow(HEADING)
    writer.writerows([_cell(value) for value in _row(record)] for record in trail(conn))


def lines(conn: Connection) -> Iterator[str]:
    """Yield one line for each record."""
    for record in trail(conn):
        yield "  ".join(_printable(value) for value in _row(record) if value != "")


def _printable(value: object) -> str:
    """Return a value on one line: control characters in a seller's text must not reach the terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in str(value))


def _row(record: Write) -> tuple[object, ...]:
    change = record.change
    return (
        record.begun_at.strftime("%Y-%m-%d %H:%M:%S"),
        record.actor,
        record.channel,
        record.operation,
        record.state.value,
        change.platform.value if change and change.platform else "",
        change.subject if change else "",
        change.details if change else "",
        f"{record.amount_fen // 100}.{record.amount_fen % 100:02}" if record.amount_fen is not None else "",
        record.approved_by,
        " ".join(record.made),
        record.request_id,
        record.reason,
    )


def _cell(value: object) -> object:
    """Return the value so that a spreadsheet neither runs a text as a formula nor rounds the digits of an id."""
    if not isinstance(value, str):
        return value
    is_long_number = value.isdigit() and len(value) > 11  # noqa: PLR2004  digits that a spreadsheet shows whole
    return f"\t{value}" if is_long_number or (value[:1] in FORMULAS and value) else value
