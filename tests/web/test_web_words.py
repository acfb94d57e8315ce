"""The page's own words: each sentence is there in Chinese and in Thai, with the same places to fill in."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import sandbox.web
from sandbox.pandapon.goods import PICTURES_TO_TRY
from sandbox.web import demo_controls, events, page_commands, switches, texts

WEB = Path(sandbox.web.__file__).parent
APP = WEB / "static" / "app"
SLOT = re.compile(r"\{\w+\}")
STRING = r'"((?:[^"\\]|\\.)*)"'
SAID = re.compile(rf"\bsay(?:Many)?\(\s*(?:[\w.]+,\s*)?{STRING}(?:,\s*{STRING})?")
# The tables of words that are said by a variable.
TABLES = re.compile(r"const (?:STEPS|EVENTS|SCAN_PRESETS|SPEEDS) = \[(.*?)\];", re.DOTALL)
ONE_OF_TWO = {"1 reply", "{n} earlier reply"}  # the singular of sayMany, which only English has
FAULTS_SLACK = [words for words, _fault in switches.SLACK.values()]
FAULTS_PANDAPON = [words for words, _fields in switches.PANDAPON.values()]


def table(language: str) -> dict[str, str]:
    """The translations of a language, by the English sentence."""
    text = (APP / f"words_{language}.js").read_text(encoding="utf-8")
    pairs = re.findall(rf"^\s+{STRING}:\s+{STRING},$", text, re.MULTILINE)
    assert len(pairs) == text.count('":')
    return dict(pairs)


def page_sentences() -> set[str]:
    """Every sentence that the page says by its own words, and that its server sends it to say."""
    sentences: set[str] = set()
    for path in APP.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        sentences |= {sentence for match in SAID.findall(text) for sentence in match if sentence}
        for rows in TABLES.findall(text):
            sentences |= {cell for cell in re.findall(STRING, rows) if not re.fullmatch(r"[a-z_]+|[【快已].*", cell)}
    sentences |= {*FAULTS_SLACK, *FAULTS_PANDAPON, *PICTURES_TO_TRY.values(), *_server_sentences()}
    return sentences - ONE_OF_TWO


def _server_sentences() -> set[str]:
    """The sentences of notes: arguments of ``note`` and of the errors, and what the events return."""
    sentences = {texts.NOT_A_COMMAND, texts.NOT_IN_THREADS, texts.WAITING, events.NO_SUCH_ORDER}
    for module in (page_commands, demo_controls, events):
        assert module.__file__
        for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node) in {"note", "CannotError", "ImpossibleError"}:
                sentences |= {
                    argument.value
                    for argument in node.args
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
                }
            if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and module is events:
                sentences |= {str(element.value) for element in node.value.elts if isinstance(element, ast.Constant)}
    return sentences


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


@pytest.mark.parametrize("language", ["zh", "th"])
def test_every_sentence_is_translated(language: str) -> None:
    """No sentence of the page stays English, and none is translated that nobody says."""
    sentences, translated = page_sentences(), table(language)
    assert len(sentences) > 120
    assert sentences - translated.keys() == set()
    dynamic = {"everything", "Slack only", "PandaPon only", "failures only", "Request", "Answer", "Order", "Parcel"}
    dynamic |= {"Moment", "What the courier writes", "Channels", "Thread", "Demo controls"}
    dynamic |= {"min", "h", "d", "The bot's acknowledgement comes too late, after 3 s", *_flags()}
    assert translated.keys() - sentences - dynamic == set()


def _flags() -> set[str]:
    text = Path(switches.__file__).read_text(encoding="utf-8")
    return set(re.findall(r'_flag\("[\w-]+", "([^"]+)"', text))


@pytest.mark.parametrize("language", ["zh", "th"])
def test_places_and_punctuation(language: str) -> None:
    """The same places are filled in; Chinese sentences end as Chinese ones do."""
    for english, translation in table(language).items():
        assert sorted(SLOT.findall(english)) == sorted(SLOT.findall(translation)), english
        assert translation.strip(), english
        if language == "zh" and english.endswith("."):
            assert translation.endswith("。"), english
        if language == "zh":
            assert not re.search(r"[一-鿿][,;:!?]", translation), translation


def test_both_languages_have_the_same_sentences() -> None:
    assert table("zh").keys() == table("th").keys()
