"""The translations: complete, compiled, with the same places to fill in, and fit for Slack."""

from __future__ import annotations

import ast
import io
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from support.message_catalogue import catalogue, is_page

from handlers.blocks import forms
from handlers.blocks.elements import BUTTON
from handlers.blocks.i18n import LANGUAGES, LOCALE_DIR, _, use_language
from handlers.blocks.links import Links
from handlers.blocks.settings_words import Defaults
from handlers.blocks.text import truncate
from handlers.features.cart import quantity
from handlers.features.cart.cart import ChosenLine
from handlers.features.channel import settings_views, time_zones
from handlers.features.goods import add_form
from handlers.features.goods.add_to_cart import FilledAddition
from handlers.features.home import form_views, home_view
from handlers.features.watching import finder_form
from pandapon.carts import CartLine
from pandapon.products import ProductDetail, Sku
from pandapon.shipment import Platform
from sandbox.slack.blocks import check_message, check_view
from storage.watch import WatchedOrders
from tracking.attention import Group
from tracking.channel_settings import ChannelSettings
from tracking.flows import Flow, ShownCart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Catalog

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 5, 20, 8, tzinfo=UTC)
LONG = "word" * 1000
BOUGHT = ProductDetail(
    platform=Platform.ALIBABA, product_id="A1", title="裙" * 200, skus=(Sku(sku_id="1", stock=3),), min_quantity=2
)
IN_CART = CartLine(platform=Platform.TAOBAO, entry_id="1", title="线" * 200, quantity=4)
LINE = ChosenLine(Flow("A" * 24, "U1", "C1", ShownCart((IN_CART,))), 0, IN_CART, 1)
CODES = [code for code, _name in LANGUAGES if code != "en"]
PLACE = re.compile(r"\{\w+\}")
CODE = re.compile(r"`[^`]+`")
PROSE = re.compile(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b")
SAMPLES = ("blocks.failures.usage_error", "blocks.failures.failure")  # their words are the sample's
THEIRS = re.compile(r"Track orders in message|Watch orders in message")  # samples, and names


def sentences() -> set[str]:
    """Every sentence that the code hands to gettext, by its first form."""
    texts: set[str] = set()
    for path in [*ROOT.glob("handlers/**/*.py"), *ROOT.glob("bot/**/*.py")]:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"_", "ngettext"}:
                first = call.args[0]
                assert isinstance(first, ast.Constant), f"{path}:{call.lineno} cannot be translated"
                texts.add(str(first.value))
    return texts


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
    for sentence, translations in pairs(translated):
        for form in translations:
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
            if not is_page(name) and "home" not in name:
                assert check_message({"text": "x", "blocks": blocks}) == [], name
            left = [text for text in texts(blocks) if PROSE.search(THEIRS.sub("", CODE.sub("", text)))]
            assert name in SAMPLES or left == [], name


@pytest.mark.parametrize("code", [code for code, _name in LANGUAGES])
def test_every_form_is_fit_for_slack(code: str) -> None:
    """Titles, buttons and fields of the modals, and App Home."""
    nothing = dict.fromkeys(Group, WatchedOrders((), {}))
    with use_language(code):
        for view in (
            settings_views.modal("C0123ABCD", ChannelSettings(), time_zones.groups([], NOW), Defaults()),
            settings_views.working(),
            finder_form.form(),
            finder_form.working(),
            form_views.search(),
            form_views.searching(),
            form_views.waiting_for_orders(),
            form_views.whose_settings(),
            form_views.opening_settings(),
            add_form.form(BOUGHT, "A" * 24, FilledAddition(0, 2), former_fen=100, has_moved=True),
            add_form.waiting(),
            add_form.working(),
            quantity.form(LINE),
            quantity.working(),
            home_view.home(home_view.HomeOrders(nothing), datetime(2026, 5, 20, 8, tzinfo=UTC), Links()),
        ):
            assert check_view(view) == [], view


@pytest.mark.parametrize("code", [code for code, _name in LANGUAGES])
def test_no_text_of_a_form_is_cut(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each kind of text in a form has its own length, and a button's; none of the bot's own words is longer."""
    asked: list[tuple[str, int]] = []

    def in_form(text: str, limit: int) -> str:
        asked.append((text, limit))
        return truncate(text, limit)

    def in_message(text: str, limit: int) -> str:
        return in_form(text, limit) if limit == BUTTON else truncate(text, limit)  # remote text may be cut elsewhere

    monkeypatch.setattr("handlers.blocks.forms.truncate", in_form)
    monkeypatch.setattr("handlers.blocks.elements.truncate", in_message)
    with use_language(code):
        catalogue()
    assert {limit for _text, limit in asked} == {forms.TITLE, forms.OPTION, forms.PLACEHOLDER, forms.HINT}
    assert [(text, limit) for text, limit in asked if len(text) > limit] == []


@pytest.mark.parametrize(
    ("made", "path", "limit"),
    [
        (forms.field(LONG, "x", {}), ("label",), 2000),
        (forms.field("x", "x", {}, hint=LONG), ("hint",), 2000),
        (forms.option("x", LONG), ("text",), 75),
        (forms.grouped_select([(LONG, [forms.Choice("x", "x")])], "x"), ("option_groups", 0, "label"), 75),
        (forms.grouped_select([("x", [forms.Choice("x", "x")])], "", LONG), ("placeholder",), 150),
        ({"title": forms.plain(LONG)}, ("title",), 24),
    ],
    ids=["label", "hint", "option", "group", "placeholder", "title"],
)
def test_each_kind_of_text_has_slack_s_own_limit(made: Any, path: tuple[str | int, ...], limit: int) -> None:
    """A longer text ends in an ellipsis at exactly its limit, not at the limit of another kind."""
    for step in path:
        made = made[step]
    assert len(made["text"]) == limit
    assert made["text"].endswith("…")


# Chinese has full-width marks. A half-width one between Chinese characters, or behind one at the end of a line, comes
# from joining phrases in the code, or from a translator's keyboard.
HALF_WIDTH = re.compile(
    r"[\u4e00-\u9fff][)」》”]?\s?[,;:.()!?]\s?[(「《“]?(?=[\u4e00-\u9fff])|[\u4e00-\u9fff][,;:.!?](?=\s|$)"
)
SPACED = re.compile(r"[。，；：！？] (?=[\u4e00-\u9fff])")  # a full-width mark has its space in it
# Slack prints the stars of *bold* where a letter of any script stands right before the first or behind the last.
STARS = re.compile(r"\*[^*\n]+\*")
NO_WORDS = re.compile(r"`[^`]*`|<[^>]*>|https?:\S+")
LATIN = re.compile(r"[A-Za-z][a-z]{2,}")
# Names, units and what the samples hold themselves; no other word of English may be left in a Chinese message.
LEFT = {
    *(
        "pandabot",
        "App",
        "Key",
        "Secret",
        "Panda",
        "Pon",
        "Slack",
        "Taobao",
        "Socket",
        "Mode",
        "Tom",
        "English",
        "Track",
        "Watch",
        "SQLite",
        "ite",
    ),
    *("orders", "message", "edited", "Shanghai", "Asia", "Europe", "Berlin", "America", "New", "York", "max", "sort"),
    *("Red", "red", "dress", "answer", "channel", "htt", "boom", "www", "evil", "example", "amp", "Lite", "mei"),
    *("Line", "Somchai", "Sukhumvit", "Bangkok", "https", "Web", "Search", "this", "picture"),
}


def test_chinese_has_chinese_marks_and_words() -> None:
    """No half-width comma, colon, bracket or full stop between Chinese characters, and no English word beside names."""
    with use_language("zh_CN"):
        shown = [
            (name, text)
            for name, blocks in catalogue().items()
            for text in texts(blocks)
            if "hostile" not in name and name not in SAMPLES
        ]
    assert [(name, text) for name, text in shown if SPACED.search(text)] == []
    prose = [(name, NO_WORDS.sub("", text)) for name, text in shown]
    assert [(name, text) for name, text in prose if HALF_WIDTH.search(text)] == []
    assert {word for name, text in prose if "settings_views.modal" not in name for word in LATIN.findall(text)} <= LEFT


@pytest.mark.parametrize("code", CODES)
def test_bold_words_stand_apart(code: str) -> None:
    """No translation puts a letter, or a place to fill in, right beside the stars, which would then be printed."""
    with (folder(code) / "pandabot.po").open("rb") as file:
        written = [message.string for message in read_po(file, locale=code) if message.id and message.string]
    forms_of = [form for forms_ in written for form in ([forms_] if isinstance(forms_, str) else forms_)]
    assert any(STARS.search(form) for form in forms_of)
    assert [form for form in forms_of if any(_touches(form, *bold.span()) for bold in STARS.finditer(form))] == []


def _touches(text: str, start: int, end: int) -> bool:
    return any(sign.isalnum() or sign in "{}" for sign in (text[start - 1 : start], text[end : end + 1]) if sign)


def texts(part: Any) -> Iterator[str]:
    """Everything that is read."""
    if isinstance(part, list):
        for item in part:
            yield from texts(item)
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
    with use_language("th"):
        assert _("Delivered") == "จัดส่งสำเร็จ"
