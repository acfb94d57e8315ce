"""The glossary's words are the catalogues' words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from handlers.blocks.i18n import LANGUAGES, LOCALE_DIR
from handlers.blocks.labels import milestone_name, reason_words
from pandapon.courier import Reason
from pandapon.shipment import Milestone

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
CODES = [code for code, _name in LANGUAGES if code != "en"]
NOT_PROSE = re.compile(r"`[^`]*`|\{\w+\}|/panda \w+|“(?:Track|Watch) orders in message”")

Row = tuple[str, dict[str, str]]


def tables() -> dict[str, list[Row]]:
    """Each heading with its rows: the English term, and the word of each other language."""
    sections: dict[str, list[Row]] = {}
    names: list[str] = []
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("## "):
            rows = sections.setdefault(line.removeprefix("## "), [])
        elif line.startswith("| English"):
            names = cells
        elif line.startswith("| "):
            by_name = dict(zip(names, cells, strict=True))
            rows.append((cells[0], {code: by_name[name] for code, name in LANGUAGES if code != "en"}))
    return sections


def messages(code: str) -> dict[str, str]:
    """Each English message with its translation, by its first form."""
    with (LOCALE_DIR / code / "LC_MESSAGES" / "pandabot.po").open("rb") as file:
        written = read_po(file, locale=code)
    return {_first(message.id): _first(message.string) for message in written if message.id and message.string}


def _first(forms: str | tuple[str, ...] | list[str]) -> str:
    return forms if isinstance(forms, str) else forms[0]


def test_the_glossary_is_whole() -> None:
    """Every milestone and every reason has its row, no term has two, and no word is left out."""
    by_heading = tables()
    milestones = [milestone_name(milestone) for milestone in Milestone]
    assert sorted(term for term, _words in by_heading["Milestones"]) == sorted(milestones)
    reasons = list(filter(None, map(reason_words, Reason)))  # some are shown without words
    assert sorted(term for term, _words in by_heading["Reasons of a problem"]) == sorted(reasons)
    terms = [term for rows in by_heading.values() for term, _words in rows]
    assert len(terms) == len(set(terms))
    assert all(all(words.values()) for rows in by_heading.values() for _term, words in rows)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("heading", ["Milestones", "Reasons of a problem", "Buttons and other labels"])
def test_a_label_is_called_what_the_glossary_calls_it(heading: str, code: str) -> None:
    """A term that is a message of its own: its translation has the glossary's word."""
    translations = messages(code)
    wrong = {
        term: (words[code], translations.get(term))
        for term, words in tables()[heading]
        if words[code] not in translations.get(term, "")
    }
    assert wrong == {}


@pytest.mark.parametrize("code", CODES)
def test_a_word_is_the_same_in_every_sentence(code: str) -> None:
    """A term inside of longer messages: each of their translations has the glossary's word."""
    translations = messages(code)
    for term, words in tables()["Words in sentences"]:
        word = re.compile(rf"\b{term}s?\b", re.IGNORECASE)
        with_term = {english for english in translations if word.search(NOT_PROSE.sub("", english))}
        assert with_term, term
        assert {english for english in with_term if words[code] not in translations[english]} == set(), term
