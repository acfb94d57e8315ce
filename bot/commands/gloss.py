"""`pandabot gloss`: lists the texts without a gloss, shows the gloss of one text, and checks a team's file."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from bot.commands.courier import masked, stored_texts
from handlers.blocks import team_glosses
from handlers.blocks.gloss import gloss, has_gloss, language_of
from handlers.blocks.i18n import LANGUAGES, use_language

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from storage.connection import Connection

_FORMULA = ("=", "+", "-", "@")


class Coverage(NamedTuple):
    """How many of the stored updates that a reader cannot read have a gloss, and the texts that have none."""

    foreign: int  # updates in another language than the reader's
    glossed: int
    without: list[tuple[int, str]]  # masked texts with their counts, the commonest first


def coverage(conn: Connection, language: str, most: int) -> Coverage:
    """Return the coverage for readers of a language. ``most``: the length of the list of texts."""
    without: Counter[str] = Counter()
    foreign = glossed = 0
    for text, count in stored_texts(conn):
        if language_of(text) == language:
            continue
        foreign += count
        if has_gloss(text):
            glossed += count
        else:
            without[masked(text)] += count
    return Coverage(foreign, glossed, [(count, text) for text, count in without.most_common(most)])


def listing(report: Coverage) -> Iterator[str]:
    """Yield the texts without a gloss, a line each, and the sum."""
    for count, text in report.without:
        yield f"{count:6}  {text}"
    if not report.foreign:
        yield "No stored update needs a gloss."
        return
    share = 100 * report.glossed // report.foreign
    yield f"{report.glossed} of {report.foreign} stored updates that need a gloss have one ({share} %)."


def sheet(report: Coverage) -> str:
    """Return the texts without a gloss as a file of glosses with empty readings, to be filled in."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["text", *team_glosses.LANGUAGES])
    empty = [""] * len(team_glosses.LANGUAGES)
    writer.writerows([_harmless(text), *empty] for _, text in report.without if text.strip("…"))
    return out.getvalue().rstrip("\n")


def _harmless(text: str) -> str:
    """Put "…" before a text that a spreadsheet would take for a formula. The pattern's meaning stays the same."""
    return f"…{text}" if text.startswith(_FORMULA) else text


def readings(text: str) -> Iterator[str]:
    """Yield the gloss of a text in each language, a line each."""
    for code, _ in LANGUAGES:
        with use_language(code):
            words = gloss(text)
        if not words:
            words = (
                "(is written in this language)" if language_of(text) == code else "(no gloss: the text stands alone)"
            )
        yield f"{code + ':':7}{words}"


def summary(glosses: Sequence[team_glosses.TeamGloss]) -> str:
    """Return in a sentence how many glosses a file has, by language."""
    counts = Counter(language for gloss in glosses for language in gloss.readings)
    by_language = ", ".join(f"{language} {counts[language]}" for language in team_glosses.LANGUAGES if counts[language])
    return f"{len(glosses)} texts; readings: {by_language or 'none'}."
