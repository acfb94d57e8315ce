"""The report of a trial, in Markdown, to be attached to a bug. It holds no value of the account."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from bot.commands.contract.trial import Outcome
    from pandapon.signing import Unit

MOST = 40  # differences that are listed for one operation


def report(outcomes: Sequence[Outcome], unit: Unit | None, now: datetime, version: str) -> str:
    """Return the report: a table of all operations, the fields that differ, and the setting to paste."""
    return "\n".join([*_head(unit, now, version), *_table(outcomes), *_details(outcomes), *_setting(outcomes)]) + "\n"


def _head(unit: Unit | None, now: datetime, version: str) -> Iterator[str]:
    yield "# PandaPon's contract, tried with a live key"
    yield ""
    yield f"pandabot {version}, {now:%Y-%m-%d}. Only operations that read were called."
    yield "Values are masked: this holds names and kinds of fields only."
    yield ""
    yield f"Timestamp unit: `{unit}`." if unit else "The key, the secret or both units of the timestamp were refused."
    yield ""


def _table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    if outcomes:
        yield "| operation | path | grade | result | |"
        yield "|---|---|---|---|---|"
    for each in outcomes:
        guess = " (guessed)" if each.fits else ""
        path = f"`{each.path}`{guess}" if each.path else ""
        yield f"| `{each.operation.name}` | {path} | {each.operation.grade} | {each.verdict} | {_cell(each.words)} |"


def _details(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for each in outcomes:
        if not each.differences:
            continue
        yield ""
        yield f"## `{each.operation.name}`"
        yield ""
        for difference in each.differences[:MOST]:
            seen = f" ({difference.json_type})" if difference.json_type else ""
            yield f"- {difference.kind}: `{_cell(difference.field)}`{seen}"
        if len(each.differences) > MOST:
            yield f"- and {len(each.differences) - MOST} more"


def _setting(outcomes: Sequence[Outcome]) -> Iterator[str]:
    paths = {each.operation.name: each.path for each in outcomes if each.fits}
    if paths:
        yield ""
        yield "Paths that answered where the catalogue's did not; to paste into `.env`:"
        yield ""
        yield "```"
        yield f"PANDAPON_PATHS={json.dumps(paths)}"
        yield "```"


def _cell(text: str) -> str:
    """Return a remote text as a cell of a table: field names come from the API, too."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line.replace("|", "¦").replace("`", "'")[:200]
