"""The translations: complete, compiled, with the same places to fill in, and fit for Slack."""

from __future__ import annotations

import ast
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from support.message_catalogue import catalogue

from handlers.blocks.i18n import LANGUAGES, LOCALE_DIR, _, use_language
from sandbox.slack.blocks import check_message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Catalog

ROOT = Path(__file__).parents[2]
CODES = [code for code, _name in LANGUAGES if code != "en"]
PLACE = re.compile(r"\{\w+\}")
CODE = re.compile(r"`[^`]+`")
PROSE = re.compile(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b")
SAMPLES = ("blocks.failures.usage_error", "blocks.failures.failure")  # their words are the sample's
THEIRS = re.compile(r"Track orders in message|Watch orders in message")  # samples, and names


def sentences() -> set[str]:
    """Every sentence that the code hands to gettext, by its first form."""
    found: set[str] = set()
    for path in [*ROOT.glob("handlers/**/*.py"), *ROOT.glob("bot/**/*.py")]:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"_", "ngettext"}:
                first = call.args[0]
                assert isinstance(first, ast.Constant), f"{path}:{call.lineno} cannot be translated"
                found.add(str(first.value))
    return found


def folder(code: str) -> Path:
    """Where a language lies."""
    return LOCALE_DIR / code / "LC_MESSAGES"


@pytest.fixture(params=CODES)
def translated(request: pytest.FixtureRequest) -> Catalog:
    """A language's sentences as they are written."""
    with (folder(request.param) / "pandabot.po").open("rb") as file:
        return read_po(file, locale=request.param)


def pairs(translated: Catalog) -> Iterator[tuple[str, list[str]]]:
    """Each sentence with its translation, in as many forms as the language has."""
    for message in translated:
        if message.id:
            first = message.id if isinstance(message.id, str) else message.id[0]
            yield first, [message.string] if isinstance(message.string, str) else list(message.string or ())


def test_every_sentence_is_translated(translated: Catalog) -> None:
    """Nothing is missing, and nothing is left over: `make translations` was run."""
    there = {first for first, forms in pairs(translated) if all(forms)}
    assert there == sentences()


def test_places_and_commands_are_kept(translated: Catalog) -> None:
    """What is filled in later, what people type, and the marks around it are the same in every language."""
    for sentence, forms in pairs(translated):
        for form in forms:
            assert set(PLACE.findall(form)) == set(PLACE.findall(sentence)), sentence
            assert {c for c in CODE.findall(form) if "/" in c} == {c for c in CODE.findall(sentence) if "/" in c}
            assert form.count("*") == sentence.count("*"), sentence
            assert form.count("`") % 2 == 0, sentence


@pytest.mark.parametrize("code", CODES)
def test_what_is_compiled_is_what_is_written(code: str) -> None:
    """The file that gettext reads comes from the one that people edit."""
    with (folder(code) / "pandabot.po").open("rb") as file:
        made = io.BytesIO()
        write_mo(made, read_po(file, locale=code))
    assert (folder(code) / "pandabot.mo").read_bytes() == made.getvalue()


@pytest.mark.parametrize("code", CODES)
def test_every_message_is_fit_for_slack(code: str) -> None:
    """Slack takes each message of the bot in each language, and no English sentence is left in it."""
    with use_language(code):
        for name, blocks in catalogue().items():
            if "modal" not in name and "form" not in name and "home" not in name:
                assert check_message({"text": "x", "blocks": blocks}) == [], name
            left = [text for text in texts(blocks) if PROSE.search(THEIRS.sub("", CODE.sub("", text)))]
            assert name in SAMPLES or left == [], name


def texts(part: Any) -> Iterator[str]:
    """Everything that is read."""
    if isinstance(part, list):
        for one in part:
            yield from texts(one)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key == "text" and isinstance(value, str):
                yield value
            else:
                yield from texts(value)


def test_an_unknown_language_is_english() -> None:
    """Nothing breaks for a language that nobody translated to."""
    with use_language("tlh"):
        assert _("Delivered") == "Delivered"
    with use_language("zh_CN"):
        assert _("Delivered") == "已签收"
