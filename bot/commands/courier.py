"""Two commands about courier texts: show the stages of one, and list the stored ones that are not understood."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

from pandapon.courier import read_entry
from pandapon.courier.events import read
from pandapon.courier.form import fold
from pandapon.courier.signs import ACTORS, PLACES, Sign
from pandapon.courier.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NUMBERS = re.compile(r"[0-9*][0-9*a-z-]*")
_IN_BRACKETS = re.compile(r"\[[^\]]*\]")
# A short unknown word beside one of these is somebody's name, or a place's.
_NAMED = ACTORS | PLACES | {Sign.NUMBER}
_LONGEST_NAME = 4


def stages(text: str, status: str = "") -> Iterator[str]:
    """The stages of one text, a line each."""
    folded = fold(text)
    line = tokens(folded)
    yield f"form:   {folded}"
    yield "words:  " + " ".join(f"{token.text}={token.sign.name.lower()}" for token in line)
    for event in read(line).events:
        where = f" at {event.at.name.lower()} ({event.place})" if event.at else ""
        yield f"act:    {event.act.name.lower()} ({event.word}): {event.aspect}{where}"
    found = read_entry(text, status)
    yield (
        f"claim:  {found.milestone or 'nothing'}; holder: {found.holder or '-'}; action: {found.action or '-'}; "
        f"reason: {found.reason or '-'}{'' if found.understood else '; no word of it means anything to the bot'}"
    )


def unknown(database: Path, most: int) -> list[tuple[int, str]]:
    """How often and in which form a stored text is not understood; commonest first. Reads only.

    Raises sqlite3.OperationalError where there is no database.
    """
    counted: Counter[str] = Counter()
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as conn:
        for text, count in conn.execute("SELECT text, count(*) FROM nodes GROUP BY text"):
            if not read_entry(text).understood:
                counted[blotted(text)] += count
    return [(count, text) for text, count in counted.most_common(most)]


def blotted(text: str) -> str:
    """The text without numbers and names: three dots for each. Unknown words stay, since they are what is reported."""
    line = tokens(_NUMBERS.sub("…", _IN_BRACKETS.sub("…", fold(text))))
    words: list[str] = []
    for at, token in enumerate(line):
        beside = {one.sign for one in line[max(0, at - 1) : at + 2]}
        is_name = token.sign is Sign.OTHER and len(token.text.strip("… ")) <= _LONGEST_NAME and beside & _NAMED
        if not at or token.start != line[at - 1].start:
            words.append("…" if is_name else token.text)
    return re.sub("…[…\\s]*", "…", "".join(words))
