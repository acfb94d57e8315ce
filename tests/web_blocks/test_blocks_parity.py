"""The page says what another Block Kit renderer says, for every message that the bot sends and a block of each kind."""

from __future__ import annotations

import inspect
import json
import pkgutil
import re
import shutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from support.block_parity import EXPECTED, PEOPLE, RENEW, ROOMS, ZONE, fingerprint, samples
from support.message_catalogue import catalogue, is_page

import handlers

if TYPE_CHECKING:
    from support.block_board import Board

SAMPLES = samples()
NEW_YEAR = 1_830_297_600  # 2028: no date in the samples is near, so that all are written out
SCREEN_READERS = re.compile(r"\b(?:Complete|In progress|Warning): ")  # words that nobody sees
MARKERS = re.compile(
    r"(?:[a-z]|\d+|[ivx]+)\.|Max \d+ files?|Accepted: .*"
)  # list numbers, the browser's own here; its own hint
# What it shows and Slack does not: hints on its own working, and menus before they know their first choice.
ITS_OWN = {
    *(
        "Pick an option",
        "Select a conversation",
        "Write something",
        "Enter a number",
        "Choose file",
        "↵ Please 'enter' to submit",
    ),
}


def _packed(text: str, name: str) -> str:
    # It reads escaped brackets as if they were real ones, so that <!channel> becomes a mention and a link's words
    # spill over; Slack, and the page, show them as they were written. White space counts for nothing. It also formats
    # a header, which is plain text to Slack: so the marks count for nothing in a message with a header full of them.
    marks = r"[\s<>*_~`]" if name in MARKED_HEADERS else r"[\s<>]"
    return re.sub(marks, "", text).replace("!channel", "@channel")


# It formats marks in labels and options, which are plain text to Slack, and in the code of a message.
MISREAD = {
    "goods.seller_view.contact hostile",
    "shipping.parcels_form",
    "buying.order_view.result hostile",
    "aftersales.asking_pages lines many",
}


def _has_marked_header(blocks: list[dict[str, Any]]) -> bool:
    headers = (block["text"]["text"] for block in blocks if block.get("type") == "header")
    return any(re.search(r"[*_~`]", text) for text in headers)


MARKED_HEADERS = {name for name, blocks in SAMPLES.items() if _has_marked_header(blocks)}


@cache
def _drawn() -> dict[str, Any]:
    drawn: dict[str, Any] = json.loads(EXPECTED.read_text(encoding="utf-8"))
    return drawn


def _kept(name: str) -> list[str]:
    known = _drawn().get(name)
    if known is None or known["sample"] != fingerprint(SAMPLES[name]):
        said = f"{name!r} has changed since it was drawn for comparison: run `{RENEW}`"
        if shutil.which("node") is None:
            pytest.skip(f"{said} (it needs Node, which is absent here)")
        pytest.fail(said)
    strings: list[str] = known["strings"]
    return [string for string in strings if string not in ITS_OWN and not MARKERS.fullmatch(string)]


async def _seen(board: Board, name: str) -> str:
    users = {person["id"]: {"name": "mei", "real_name": person["name"]} for person in PEOPLE}
    channels = {room["id"]: {"name": room["name"]} for room in ROOMS}
    text = await board.draw(*SAMPLES[name], users=users, channels=channels, timeZone=ZONE, locale="en-US", now=NEW_YEAR)
    fields = board.root.locator("input[type=text], input[type=number], textarea")
    if await fields.count():  # a field's content is no text of the page
        await fields.evaluate_all("all => all.forEach(one => one.after(` ${one.value} `))")
        text = await board.root.inner_text()
    return SCREEN_READERS.sub("", text)


def shows_text_alone(name: str) -> bool:
    """Whether a message has no fields, and is read right."""
    fields = any(block["type"] == "input" for block in SAMPLES[name])
    return name not in MISREAD and not fields and not is_page(name)


TEXTS = [name for name in catalogue() if shows_text_alone(name)]


# What test_nothing_more compares from end to end holds its strings in their order: it needs no second look.
@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("name", [name for name in SAMPLES if name not in {*MISREAD, *TEXTS}])
async def test_same_strings(board: Board, name: str) -> None:
    """Every string that the other renderer shows is seen on the page, in the same order."""
    strings = _kept(name)
    seen = _packed(await _seen(board, name), name)
    at = 0
    for one in strings:
        found = seen.find(_packed(one, name), at)
        assert found >= 0, f"not seen after {seen[:at][-60:]!r}: {one!r}"
        at = found + len(_packed(one, name))


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("name", TEXTS)
async def test_nothing_more(board: Board, name: str) -> None:
    """The page adds nothing of its own to a message."""
    assert _packed(await _seen(board, name), name) == _packed("".join(_kept(name)), name)


# Parts of others that are in the catalogue: every message passes `message`, every help page `show`, and so on.
COMMON = {
    "blocks.elements.message",
    "blocks.help_page.show",
    "blocks.pages.orders_page",
    "interactions.error_boundary.explain",
    "interactions.error_boundary.unexpected",
}


# They hand on pages that others make.
PAGES_OF_OTHERS = {"writing.wizard"}


def test_catalogue_is_complete() -> None:
    """Every function that builds a message or a form is in the catalogue, so that a new one is compared too.

    Pages of forms with several pages are private to their modules, so each such module has to have a sample.
    """
    builders, with_pages = set(), set()
    for module in pkgutil.walk_packages(handlers.__path__, "handlers."):
        at = module.name.removeprefix("handlers.").removeprefix("features.")
        for name, function in inspect.getmembers(import_module(module.name), inspect.isfunction):
            if function.__module__ != module.name or inspect.iscoroutinefunction(function):
                continue
            made = function.__annotations__.get("return")
            if made in {"Message", "View", "Message | None"} and not name.startswith("_"):
                builders.add(f"{at}.{name}")
            if made in {"Page", "Done", "Page | Done"}:
                with_pages.add(at)
    named = {name.partition(" ")[0] for name in catalogue()}
    assert builders - COMMON - named == set()
    modules = {
        module.name.removeprefix("handlers.").removeprefix("features.")
        for module in pkgutil.walk_packages(handlers.__path__, "handlers.")
    }
    of_pages = named - builders
    assert {name for name in of_pages if not {name, name.rpartition(".")[0]} & modules} == set(), "a builder is gone"
    assert with_pages - PAGES_OF_OTHERS <= {name if name in modules else name.rpartition(".")[0] for name in of_pages}
