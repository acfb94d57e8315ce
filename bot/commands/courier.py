"""`pandabot courier`: shows the stages of reading a text, and lists stored texts that are not understood."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from pandapon.courier import read_entry
from pandapon.courier.events import parse
from pandapon.courier.normalization import normalize
from pandapon.courier.tags import ACTORS, PLACES, Tag
from pandapon.courier.tokens import tokenize
from storage import traces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.connection import Connection

_NUMBERS = re.compile(r"[0-9*][0-9*a-z-]*")
_IN_BRACKETS = re.compile(r"\[[^\]]*\]")
_NO_BRACKETS = str.maketrans("", "", " []")
# A short unknown word beside one of these is the name of a person or place.
_NAMED = ACTORS | PLACES | {Tag.NUMBER}
_LONGEST_NAME = 4


def stages(text: str, status: str = "") -> Iterator[str]:
    """Yield the stages of reading a text, a line each. ``status``: the platform's code of the scan."""
    normalized = normalize(text)
    line = tokenize(normalized)
    yield f"form:   {normalized}"
    yield "words:  " + " ".join(f"{token.text}={token.tag.name.lower()}" for token in line)
    for event in parse(line).events:
        where = f" at {event.at.name.lower()} ({event.place})" if event.at else ""
        yield f"act:    {event.act.name.lower()} ({event.word}): {event.aspect}{where}"
    entry = read_entry(text, status)
    yield (
        f"claim:  {entry.milestone or 'nothing'}; holder: {entry.holder or '-'}; action: {entry.action or '-'}; "
        f"reason: {entry.reason or '-'}{'' if entry.understood else '; no word of it means anything to the bot'}"
    )


def unknown(conn: Connection, most: int) -> list[tuple[int, str]]:
    """Return the stored texts that are not understood, masked, each with its count; the commonest first.

    ``most``: the length of the list.
    """
    counted: Counter[str] = Counter()
    for text, count in stored_texts(conn):
        if not read_entry(text).understood:
            counted[masked(text)] += count
    return [(count, text) for text, count in counted.most_common(most)]


def stored_texts(conn: Connection) -> Iterator[tuple[str, int]]:
    """Yield the stored texts, each with its count."""
    yield from Counter(traces.texts(conn)).items()


def masked(text: str) -> str:
    """Return the text with "…" for numbers and names. Unknown words stay, since the list is about them."""
    unnumbered = _NUMBERS.sub("…", _IN_BRACKETS.sub("…", normalize(text)))
    line = tokenize(unnumbered)
    words: list[str] = []
    end = 0  # of the last token
    for at, token in enumerate(line):
        neighbours = {neighbour.tag for neighbour in line[max(0, at - 1) : at + 2]}
        is_name = token.tag is Tag.OTHER and len(token.text.strip("… ")) <= _LONGEST_NAME and neighbours & _NAMED
        words.append("…" if is_name else unnumbered[max(end, token.start) : token.end].translate(_NO_BRACKETS))
        end = max(end, token.end)  # tokens may overlap, and each piece of text is written once
    return re.sub("…[…\\s]*", "…", "".join(words))
