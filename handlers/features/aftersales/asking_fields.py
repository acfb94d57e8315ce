"""The fields of the form that asks for a refund, as people filled them in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from handlers.blocks.forms import value_of
from handlers.wire import payloads
from handlers.wire.files import shared_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracking.files import SharedFile

PIECES, LINE, GOODS, KIND = "pieces", "line", "goods", "kind"  # page of lines; the line's position follows "pieces"
AMOUNT, SHIPPING, REASON, WORDS, PICTURES = "amount", "shipping", "reason", "words", "pictures"  # page of the reason
_PIECES = re.compile(rf"{PIECES}(?P<at>[0-9]{{1,2}})")


@dataclass(frozen=True, slots=True)
class FilledLines:
    """The filled page of lines. ``pieces``: as typed, by line position. ``line``: the position of Taobao's line."""

    pieces: Mapping[int, str]
    line: str = ""
    goods: str = ""
    kind: str = ""
    wrong: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FilledReason:
    """The filled page of the reason, as typed and chosen."""

    amount: str
    shipping: str
    reason: str
    words: str
    files: tuple[SharedFile, ...] = ()
    wrong: dict[str, str] = field(default_factory=dict)


def read_lines(values: dict[str, Any]) -> FilledLines:
    """Read the page of lines."""
    fields = {int(match["at"]): name for name in values if (match := _PIECES.fullmatch(name))}
    pieces = {at: value_of(values, name, "value").strip() for at, name in fields.items()}
    line, goods, kind = (value_of(values, name, "selected_option") for name in (LINE, GOODS, KIND))
    return FilledLines(pieces, line, goods, kind)


def read_reason(values: dict[str, Any]) -> FilledReason:
    """Read the page of the reason."""
    return FilledReason(
        value_of(values, AMOUNT, "value").strip(),
        value_of(values, SHIPPING, "value").strip(),
        value_of(values, REASON, "selected_option"),
        value_of(values, WORDS, "value").strip(),
        shared_files(payloads.part(values, PICTURES, "value", "files")),
    )
