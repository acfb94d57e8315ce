"""Joins phrases that are translated separately, with the punctuation of the current language (Chinese: full-width)."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from handlers.blocks.i18n import _
from handlers.blocks.locale_data import listed

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["bracketed", "clauses", "labelled", "listed", "sentence", "sentences"]


def clauses(parts: Iterable[str]) -> str:
    """The parts of one sentence: ``a, b``. Empty parts are left out."""
    pattern = _("{phrase}, {next}")
    return _joined(pattern, parts)


def sentences(parts: Iterable[str]) -> str:
    """Whole sentences on one line: ``A. B.``, without a space in Chinese. Empty parts are left out."""
    pattern = _("{sentence} {next}").replace("{sentence}", "{phrase}")
    return _joined(pattern, parts)


def sentence(phrase: str) -> str:
    """A phrase with a full stop behind it."""
    return _("{sentence}.").format(sentence=phrase)


def labelled(label: str, value: str) -> str:
    """A value behind its name: ``label: value``."""
    return _("{label}: {value}").format(label=label, value=value)


def bracketed(text: str, note: str) -> str:
    """A note in brackets behind a text: ``text (note)``; the text alone where the note is empty."""
    return _("{text} ({note})").format(text=text, note=note) if note else text


def _joined(pattern: str, parts: Iterable[str]) -> str:
    filled = [part for part in parts if part]
    # Only the pattern has places to fill in: braces in remote text stay as they are.
    return reduce(lambda before, part: pattern.format(phrase=before, next=part), filled) if filled else ""
