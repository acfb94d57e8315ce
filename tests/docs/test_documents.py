"""The documents say what is so: settings, scopes, commands, links."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from support.commands import VERBS

from bot.commands import manifest
from bot.settings import Settings
from bot.workspaces.settings import HostSettings

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")
SET = re.compile(r"^#?([A-Z][A-Z0-9_]+)=(.*)$", re.MULTILINE)
ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]+)` \| (?:`([^`]*)`)? ?\|", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)|(?:href|src)=\"([^\"]+)\"")


def defaults() -> dict[str, str]:
    """Each variable and its default as text; empty for none."""
    texts = {}
    for name, field in (Settings.model_fields | HostSettings.model_fields).items():
        default = field.get_default(call_default_factory=True)
        text = "" if field.is_required() or default is None else str(default)
        texts[name.upper()] = text.removesuffix(".0")
    return texts


def test_the_example_names_every_setting_with_its_default() -> None:
    """.env.example and the settings agree in both directions."""
    example = dict(SET.findall((ROOT / ".env.example").read_text(encoding="utf-8")))
    assert example == defaults()


def test_the_configuration_document_names_every_setting_with_its_default() -> None:
    """docs/configuration.md and the settings agree in both directions."""
    rows = dict(ROW.findall((ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")))
    assert rows == defaults()


def test_the_readme_holds_the_link_that_creates_the_app() -> None:
    """The link is the present manifest; `python -m bot.commands.manifest README.md` renews it."""
    assert "[open this link][create-app]" in README
    assert f"\n[create-app]: {manifest.create_app_link()}\n" in README


def test_the_readme_explains_every_scope() -> None:
    """The table has a row for each scope that the app asks for, and no other."""
    rows = re.findall(r"^\| `([a-z:.]+)` \|", README, re.MULTILINE)
    assert sorted(rows) == sorted(manifest.scopes())


@pytest.mark.parametrize("verb", VERBS)
def test_the_readme_shows_every_command(verb: str) -> None:
    """Each verb stands in the table of what one types."""
    assert re.search(rf"^\| `/panda {verb}\b", README, re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_hold(document: Path) -> None:
    """Every relative link leads to a file of this project."""
    for match in LINK.finditer(document.read_text(encoding="utf-8")):
        target = match[1] or match[2]
        if not re.match(r"https?:|mailto:", target):
            assert (document.parent / target).exists(), target


def test_every_document_is_found() -> None:
    """The test above looks at what is there."""
    names = {path.name for path in DOCUMENTS}
    assert {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "architecture.md", "pandapon.md"} <= names


FILE = re.compile(r"`((?:[a-z_]+/)*[a-z_]+\.py|[a-z_]+/[a-z_]+/)`")


@pytest.mark.parametrize(
    "document", [path for path in DOCUMENTS if path.name != "CHANGELOG.md"], ids=lambda path: path.name
)
def test_every_file_that_is_named_is_there(document: Path) -> None:
    """A path is from the top; a bare name lies beside the file that was named before it in the paragraph."""
    for paragraph in document.read_text(encoding="utf-8").split("\n"):
        folder = ROOT
        for name in FILE.findall(paragraph):
            places = [ROOT / name] if "/" in name.rstrip("/") else [ROOT / name, folder / name]
            target = next((place for place in places if place.exists()), None)
            assert target is not None, name
            folder = target if target.is_dir() else target.parent


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_command_names_the_python_that_has_the_libraries(document: Path) -> None:
    """The system's `python` has none of them, and on Debian it is not even there."""
    text = document.read_text(encoding="utf-8")
    assert re.findall(r"(?<!\.venv/bin/)python3? -m (?:benchmarks|support|bot|web)[\w .]*", text) == []


def test_the_day_of_an_order_names_what_is_there() -> None:
    """Every module, class and function of the story exists under that name."""
    text = (ROOT / "docs" / "a-day-of-an-order.md").read_text(encoding="utf-8")
    names = re.findall(r"`((?:bot|handlers|storage|tracking|pandapon)\.[\w.]+)`", text)
    assert len(names) > 30
    missing = [name for name in names if not is_there(name)]
    assert missing == []


@pytest.mark.parametrize("name", ["bot.jobs.nothing", "bot.jobs.poll.Pollster", "tracking.decide.decides"])
def test_a_name_that_is_not_there_is_seen(name: str) -> None:
    """A module, a class, a function."""
    assert not is_there(name)


def is_there(name: str) -> bool:
    """Whether it is a module, or a name in one."""
    module, _, member = name.rpartition(".")
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        return hasattr(importlib.import_module(module), member)
    return True
