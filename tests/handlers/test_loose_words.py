"""No words that a person reads stand outside of the catalogues: found in the code itself, before anybody sees them."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
MODULES = sorted([*ROOT.glob("handlers/**/*.py"), ROOT / "bot/jobs/compose.py"])
TRANSLATE = {"_", "ngettext"}
# What is read of the arguments of the builders of blocks, by position; -1: all of them. Named ones are read as well.
READ = {
    "section": (0,),
    "header": (0,),
    "context": (-1,),
    "fields": (0,),
    "button": (0,),
    "message": (1,),
    "failure": (0,),
    "working": (0,),
    "field": (0,),
    "option": (1,),
    "Choice": (1,),
    "plain": (0,),
    "run_button": (0,),
    "unwatch_button": (0,),
    "HelpPage": (0, 1),
    "clauses": (0,),
    "sentences": (0,),
    "bracketed": (0, 1),
}
READ_BY_NAME = {"hint", "placeholder", "summary", "sentence", "submit", "title"}
# Names of products and protocols, which no language translates, and the codes that builders take beside their words.
NAMES = {"pandabot", "SQLite", "HTTP", "PandaPon", "Slack", "UTC"}
WORD = re.compile(r"[A-Za-z]{2,}")
PROSE = re.compile(r"[A-Za-z]{2,}[,:]? [a-z]{2,}")
NOT_READ = re.compile(r"`[^`]*`|`?/panda[ \w-]*|<[^>]*>|\{[^}]*\}|:[a-z_]+:")
SILENT_CALLS = {"compile", "Subject", "button", "channel_of_button", "Verb", "Command", "Option", "execute", "warn"}
# Prose that is a key or a code: compared, stored or logged, never shown as it stands.
CODES = {
    *(
        "watch all",
        "unwatch all",
        "between people",
        "unknown order",
        "unknown type",
        "cannot be composed",
    ),
    *("by its URL", "in its form", "in the channel", "as a form", "in App Home"),  # ways to answer, in the log
}


def called(call: ast.Call) -> str:
    """The last name of the called function: ``section`` of ``el.section``."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def texts(node: ast.AST) -> Iterator[ast.Constant]:
    """The string constants below a node that are not translated and not the arguments of another builder."""
    if isinstance(node, ast.Call) and (called(node) in TRANSLATE or called(node) in READ):
        return
    if isinstance(node, ast.Call) and called(node) == "format":
        yield from texts(node.func)
        return
    if isinstance(node, ast.Subscript):  # a key
        yield from texts(node.value)
        return
    if isinstance(node, ast.Compare):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from texts(child)


def read(call: ast.Call) -> Iterator[ast.expr]:
    """The arguments of a builder that people read."""
    positions = READ.get(called(call), ())
    if called(call) == "button" and isinstance(call.func, ast.Name):  # a listener's subject, not a block
        return
    for at, argument in enumerate(call.args):
        if at in positions or -1 in positions:
            yield argument
    yield from (keyword.value for keyword in call.keywords if positions and keyword.arg in READ_BY_NAME)


def untranslated_words(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Words that reach a builder of blocks without a translation."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in READ:
            for argument in read(node):
                for text in texts(argument):
                    words = set(WORD.findall(NOT_READ.sub("", str(text.value))))
                    if words - NAMES:
                        yield text.lineno, str(text.value)


def prose(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Two words and more in any string that is no docstring, log event, error for engineers, pattern or SQL."""
    quiet: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            quiet.add(id(node.value))
        if isinstance(node, ast.Raise | ast.Compare | ast.Assert | ast.Set) or _is_silent(node):
            quiet |= {id(below) for below in ast.walk(node)}
        if isinstance(node, ast.Dict):  # words that people type, by which something is looked up
            quiet |= {id(key) for key in node.keys}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in quiet:
            shown = NOT_READ.sub("", node.value)
            if PROSE.search(shown) and node.value not in CODES and not shown.lstrip().startswith("/panda"):
                yield node.lineno, node.value


def _is_silent(node: ast.AST) -> bool:
    """A call whose strings are for engineers, or are translated."""
    if not isinstance(node, ast.Call):
        return False
    name = called(node)
    return name in TRANSLATE | SILENT_CALLS or name == "__init__" or name.endswith("Error") or _is_log(node)


def _is_log(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") in {"log", "logging"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_word_that_people_read_can_be_translated(path: Path) -> None:
    """Of the builders' arguments each word; of all other strings whatever reads like a sentence."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert list(untranslated_words(tree)) == []
    assert list(prose(tree)) == []


@pytest.mark.parametrize(
    "code",
    [
        'el.section("Delivered")',
        'el.section(f"*{n}* orders")',
        'el.context(_("fine"), "Not fine")',
        'el.button("Undo" if x else _("Redo"), "id", "value")',
        'field(_("Zone"), "zone", {}, hint="A name")',
        'words = "Nothing is watched here"',
        'return f"{n} parcels of {total} came"',
        'HelpPage(_("Status"), "Whether it works")',
    ],
)
def test_loose_words_are_found(code: str) -> None:
    """Each way in which a sentence might slip past the catalogues."""
    tree = ast.parse(f"def f():\n    {code}")
    assert [*untranslated_words(tree), *prose(tree)] != []


@pytest.mark.parametrize(
    "code",
    [
        'el.section(_("Delivered"))',
        'el.section(f"*{head}*")',
        'el.section(_("{n} of {m}").format(n=1, m="`/panda x y`"))',
        'el.button(_("Undo"), "undo_for_all:1", "some value here")',
        'log.info("answer not accepted", extra={})',
        'raise ValueError("a sentence for engineers")',
        '_x = re.compile("two words")',
    ],
)
def test_what_nobody_reads_is_left_alone(code: str) -> None:
    """Translated words, ids, values, log events and errors for engineers."""
    tree = ast.parse(f"def f():\n    {code}")
    assert [*untranslated_words(tree), *prose(tree)] == []
