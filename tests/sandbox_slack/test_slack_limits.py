"""The checker of messages and views: at each of Slack's limits a message passes, beyond it does not."""

from __future__ import annotations

from typing import Any

import pytest
from support.fake_slack import button, modal, plain, section

from sandbox.slack.blocks import check_message, check_view, require_valid

Json = dict[str, Any]
LINK = "https://example.com/"


def mrkdwn(length: int) -> Json:
    return {"type": "mrkdwn", "text": "汉" * length}


def sized(length: int) -> Json:
    return {"type": "plain_text", "text": "x" * length}


def header(length: int) -> Json:
    return {"type": "header", "text": sized(length)}


def fields(count: int, length: int = 5) -> Json:
    return {"type": "section", "fields": [mrkdwn(length)] * count}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def buttons(count: int) -> Json:
    return actions(*[button(f"a{number}") for number in range(count)])


def one_button(**fields: Any) -> Json:
    return actions(button("a") | fields)


def context(count: int) -> Json:
    return {"type": "context", "elements": [mrkdwn(3)] * count}


def picture(url: int = 30, alt: int = 5) -> Json:
    return {"type": "image", "image_url": LINK + "x" * (url - len(LINK)), "alt_text": "x" * alt}


def options(count: int) -> list[Json]:
    return [{"text": plain(str(number)), "value": str(number)} for number in range(count)]


def menu(count: int) -> Json:
    return actions({"type": "static_select", "action_id": "a", "options": options(count)})


def overflow(count: int) -> Json:
    return actions({"type": "overflow", "action_id": "a", "options": options(count)})


def one_option(**fields: Any) -> Json:
    return actions({"type": "overflow", "action_id": "a", "options": [options(1)[0] | fields]})


def named(length: int) -> Json:
    return section("x", block_id="b" * length)


LIMITS = {
    "section text": (section("x" * 3000), section("x" * 3001)),
    "header": (header(150), header(151)),
    "fields": (fields(10), fields(11)),
    "field text": (fields(1, 2000), fields(1, 2001)),
    "actions": (buttons(25), buttons(26)),
    "context elements": (context(10), context(11)),
    "button text": (one_button(text=sized(75)), one_button(text=sized(76))),
    "button value": (one_button(value="v" * 2000), one_button(value="v" * 2001)),
    "button url": (one_button(url=LINK + "x" * (3000 - len(LINK))), one_button(url=LINK + "x" * (3001 - len(LINK)))),
    "action id": (one_button(action_id="a" * 255), one_button(action_id="a" * 256)),
    "block id": (named(255), named(256)),
    "image url": (picture(3000), picture(3001)),
    "alt text": (picture(alt=2000), picture(alt=2001)),
    "overflow": (overflow(5), overflow(6)),
    "option text": (one_option(text=sized(75)), one_option(text=sized(76))),
    "option value": (one_option(value="v" * 150), one_option(value="v" * 151)),
    "select": (menu(100), menu(101)),
}


@pytest.mark.parametrize("name", LIMITS)
def test_limits_of_blocks(name: str) -> None:
    """What is as long or as many as may be passes; one more does not."""
    fits, breaks = LIMITS[name]
    assert check_message({"text": "x", "blocks": [fits]}) == []
    assert check_message({"text": "x", "blocks": [breaks]}) != []


@pytest.mark.parametrize(
    "block",
    [
        section(""),
        {"type": "section"},
        {"type": "section", "text": "no object"},
        {"type": "section", "text": {"type": "markdown", "text": "x"}},
        {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
        {"type": "header"},
        actions(),
        context(0),
        overflow(0),
        menu(0),
        one_button(style="green"),
        one_button(text={"type": "mrkdwn", "text": "x"}),
        actions(button("a"), button("a")),
        {"type": "image", "alt_text": "x"},
        {"type": "image", "image_url": "file:///etc/passwd", "alt_text": "x"},
        {"type": "image", "image_url": "https://example.com/a.png"},
        {"type": "nonsense"},
        {"text": plain("no type")},
        "no block",
        section("x", tect="typo"),
        section("x", accessory=button("a", valeu="typo")),
    ],
    ids=str,
)
def test_what_is_no_block(block: Any) -> None:
    """Empty, nameless, misspelt and misplaced things are found."""
    assert check_message({"text": "x", "blocks": [block]}) != []


@pytest.mark.parametrize(
    ("message", "word"),
    [
        ({"text": "", "blocks": [section("x")]}, "text"),
        ({"text": "x", "blocks": [{"type": "divider"}] * 51}, "51 blocks"),
        ({"text": "x", "blocks": [section("x" * 2900)] * 5}, "characters in all"),
        ({"text": "x", "blocks": [section("x", block_id="b"), section("y", block_id="b")]}, "used twice"),
        ({"text": "x", "blocks": {"type": "divider"}}, "list"),
        ({"text": "x", "blocks": [{"type": "table", "rows": [[]]}] * 2}, "one table"),
    ],
)
def test_limits_of_a_message(message: Json, word: str) -> None:
    """What is wrong with the whole is told; require_valid raises it."""
    assert any(word in problem for problem in check_message(message))
    with pytest.raises(ValueError, match=word):
        require_valid(message)


def test_a_whole_message() -> None:
    """Fifty blocks with text pass, as does text alone; an image's and a button's ids are per block."""
    require_valid({"text": "x", "blocks": [{"type": "divider"}] * 50})
    require_valid({"text": "裙子"})
    require_valid({"text": "x", "blocks": [one_button(), one_button()]})


@pytest.mark.parametrize(
    "change",
    [
        {"title": sized(24)},
        {"submit": sized(24)},
        {"close": sized(24)},
        {"private_metadata": "x" * 3000},
        {"callback_id": "x" * 255},
        {"blocks": [{"type": "divider"}] * 100},
    ],
    ids=lambda change: next(iter(change)),
)
def test_limits_of_a_modal(change: Json) -> None:
    """A modal passes at each limit and not beyond it; its title cannot be missing."""
    name, most = next(iter(change.items()))
    assert check_view(modal() | change) == []
    if isinstance(most, dict):
        exceeding: Any = sized(25)
    else:
        exceeding = most + most[:1]
    assert check_view(modal() | {name: exceeding}) != []


@pytest.mark.parametrize(
    "view",
    [
        {"type": "message", "blocks": []},
        {"type": "modal", "blocks": [{"type": "divider"}]},
        modal() | {"title": {"type": "mrkdwn", "text": "x"}},
        {key: value for key, value in modal().items() if key != "submit"},
        modal(blocks=[section("")]),
        {"type": "home", "blocks": [{"type": "divider"}] * 101},
    ],
)
def test_what_is_no_view(view: Json) -> None:
    """A view is a modal or a home; a modal with inputs has a title and a way to submit it."""
    assert check_view(view) != []


def test_views_that_pass() -> None:
    """A home and a modal without inputs need no submit button."""
    assert check_view({"type": "home", "blocks": [section("欢迎"), buttons(3)]}) == []
    assert check_view({"type": "modal", "title": plain("Words"), "blocks": [section("only words")]}) == []
