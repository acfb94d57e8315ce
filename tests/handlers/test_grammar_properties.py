"""What holds for anything a person could type."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from support.commands import MEANINGS, TOPICS, parse
from support.effort import examples

from handlers.blocks.order_states import LISTED
from handlers.parsing.days import WORDS
from handlers.wire.errors import UsageError
from handlers.wire.requests import (
    FILTER_TEXT,
    ExportOrders,
    Help,
    ListOrders,
    ListWatches,
    Request,
    Search,
    ShowOrder,
    Status,
    Track,
    Unwatch,
    WatchOrders,
)
from handlers.wire.text import clean
from pandapon.shipment import Platform

PIECES = st.sampled_from(
    [
        *MEANINGS,
        *(
            "2542285634920880794",
            "12345",
            "SF1234567890123",
            "--max",
            "—min",
            "--page",
            "－－sort",
            "--1688",
            "--all",
            "80元",
        ),
        *(
            "-price",
            "“",
            "”",
            '"',
            "'",
            "\\",
            "in",
            "#ops",
            "<#C0123ABCD|ops>",
            "<@U0123ABCD>",
            "here",
            "all",
            "problems",
        ),
        *(
            "<https://a.b/?orderId=2542285634920880794|x>",
            "&lt;",
            "&amp;",
            "<",
            ">",
            "、",
            "，",
            "\u3000",
            "\u202e",
            "=",
            "连衣裙",
        ),
    ]
)
TYPED = st.one_of(
    st.text(max_size=60),
    st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=8).map(" ".join),
    st.lists(st.one_of(PIECES, st.characters()), max_size=12).map("".join),
)
PLATFORM = st.sampled_from([None, *Platform])
IDS = st.lists(st.from_regex(r"[0-9]{12,20}", fullmatch=True), min_size=1, max_size=5, unique=True).map(tuple)
CHANNEL = st.one_of(st.none(), st.from_regex(r"C[A-Z0-9]{8,10}", fullmatch=True), st.sampled_from(["ops", "采购-1"]))
PRICE = st.one_of(st.none(), st.decimals(min_value="0.01", max_value=9_999_999, places=2))
KEYWORD = st.text(min_size=1, max_size=60).map(lambda text: " ".join(clean(text).split())).filter(bool)
PAGE = st.integers(1, 1000)
SHORT = KEYWORD.map(lambda text: text[:FILTER_TEXT].strip()).filter(bool)
DAY = st.one_of(
    st.just(""),
    st.sampled_from([*WORDS.values(), "7d", "366d", "11-01", "02-29"]),
    st.dates(date(1999, 1, 1), date(2099, 12, 31)).map(date.isoformat),
)
LISTS = st.builds(
    ListOrders,
    st.sampled_from(["", *LISTED]),
    PLATFORM,
    PAGE,
    seller=st.one_of(st.just(""), SHORT),
    since=DAY,
    until=DAY,
    words=st.one_of(st.just(""), SHORT),
)
BACK = st.one_of(st.none(), LISTS)

REQUESTS: st.SearchStrategy[Request] = st.one_of(
    st.builds(Search, KEYWORD, PLATFORM, PAGE, st.sampled_from(["", "price", "-price", "sales"]), price_min=PRICE),
    st.builds(Search, KEYWORD, price_max=PRICE),
    st.builds(ShowOrder, st.from_regex(r"[0-9]{12,20}", fullmatch=True), PLATFORM, BACK),
    LISTS,
    LISTS.map(lambda listed: ExportOrders(replace(listed, page=1))),
    st.builds(Track, st.from_regex(r"[0-9]{12,20}|[A-Z]{2}[0-9]{8,15}", fullmatch=True), PLATFORM, st.booleans(), BACK),
    st.builds(WatchOrders, IDS, CHANNEL, st.sampled_from([None, "all", "milestones", "problems"]), PLATFORM),
    st.builds(Unwatch, IDS, CHANNEL),
    st.builds(ListWatches, CHANNEL, PAGE),
    st.builds(Help, st.sampled_from(["", *TOPICS])),
    st.just(Status()),
)


def _free_text(request: Request) -> str:
    """The words of a request that may hold anything; full-width marks in them stay as they are."""
    listed = request if isinstance(request, ListOrders) else getattr(request, "back", None)
    listed = getattr(request, "listed", listed)
    return str(getattr(request, "keyword", "")) + (f"--{listed.seller}{listed.words}" if listed else "")


def _answer(text: str, command: str = "/panda") -> Request | UsageError:
    try:
        return parse(text, command=command)
    except UsageError as refusal:
        return refusal


@settings(max_examples=examples(100, 2000))
@given(TYPED, st.sampled_from(["/panda", "/panda-search", "/panda-order", "/panda-track", "/panda-watch"]))
def test_anything_is_a_request_or_a_refusal(text: str, command: str) -> None:
    """Whatever is typed reads back as the same request, or is refused with a correction that reads."""
    answer = _answer(text, command)
    if isinstance(answer, UsageError):
        assert answer.typed
        assert answer.problem
        assert answer.suggestion.startswith("/panda ")
        parse(answer.suggestion.removeprefix("/panda"))
    else:
        assert parse(answer.command()) == answer


@settings(max_examples=examples(80, 2000))
@given(REQUESTS)
def test_every_request_reads_back(request_: Request) -> None:
    """Buttons carry requests as commands: each comes back as it was."""
    assert parse(request_.command()) == request_


@settings(max_examples=examples(50, 1000))
@given(REQUESTS.filter(lambda request: not _free_text(request) or _free_text(request).isascii()))
def test_full_width_reads_the_same(request_: Request) -> None:
    """A Chinese keyboard left in full-width mode changes nothing: letters, digits, hyphens, spaces."""
    command = request_.command()
    if "<" in command or "&" in command or '"' in command:  # written by Slack, never typed
        return
    wide = "".join(chr(ord(char) + 0xFEE0) if char.isascii() and char.isalnum() else char for char in command)
    wide = wide.replace(" --", "　－－").replace(" ", "　")
    assert parse(wide) == request_


@settings(max_examples=examples(50, 1000))
@given(st.lists(st.one_of(st.from_regex(r"[0-9]{1,25}", fullmatch=True), st.text(max_size=8)), min_size=1, max_size=6))
def test_a_typo_never_widens(words: list[str]) -> None:
    """Stopping touches only ids that were typed whole, or nothing."""
    request = _answer("unwatch " + " ".join(words))
    if isinstance(request, Unwatch):
        typed = " ".join(words)
        assert request.ids
        assert all(order_id in clean(typed) or not typed.isascii() for order_id in request.ids)


@given(st.text('&<>"\\“”裙 a', min_size=FILTER_TEXT, max_size=FILTER_TEXT), DAY)
def test_a_way_back_fits_into_a_button(text: str, day: str) -> None:
    """The longest filters, whatever they hold, escaped twice, beside an order's id."""
    filters = ListOrders("cancelled", Platform.TAOBAO, 1000, seller=text, since=day, until=day, words=text)
    assert len(Track("9" * 20, Platform.TAOBAO, all_nodes=True, back=filters).command()) <= 2000


def test_prices_keep_their_value() -> None:
    """A price with or without a fraction is the same amount."""
    assert parse("search x --max 80.00") == Search("x", price_max=Decimal(80))
