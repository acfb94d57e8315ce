"""Numbers, dates, durations and lists in each language, by Unicode's locale data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from handlers.blocks import locale_data
from handlers.blocks.i18n import use_language
from handlers.blocks.punctuation import bracketed, clauses, sentences
from handlers.blocks.text import money, slack_date, span

NOW = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "length", "words"),
    [
        ("en", timedelta(0), "0 seconds"),
        ("en", timedelta(seconds=1), "1 second"),
        ("en", timedelta(seconds=-5), "0 seconds"),
        ("en", timedelta(minutes=119), "119 minutes"),
        ("en", timedelta(hours=47), "47 hours"),
        ("en", timedelta(days=20), "20 days"),
        ("zh_CN", timedelta(days=3, hours=5), "3天"),
        ("zh_CN", timedelta(minutes=2), "2分钟"),
        ("th", timedelta(hours=30), "30 ชั่วโมง"),
        ("th", timedelta(days=400), "400 วัน"),
        ("tlh", timedelta(days=2), "2 days"),
    ],
)
def test_a_length_of_time(language: str, length: timedelta, words: str) -> None:
    """In the largest unit of which it holds two, in the language's own plural; English for an unknown language."""
    with use_language(language):
        assert span(length) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("857.52", "¥857.52"),
        ("1234567.5", "¥1,234,567.50"),
        ("0", "¥0.00"),
        ("-3.1", "-¥3.10"),
        ("0.005", "¥0.00"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh_CN", "th"])
def test_yuan(language: str, amount: str, words: str) -> None:
    """The yuan's own sign in each language, with fen."""
    with use_language(language):
        assert money(Decimal(amount)) == words


@pytest.mark.parametrize(
    ("language", "this_year", "last_year"),
    [
        ("en", "Nov 28 17:30", "Nov 28, 2025 17:30"),
        ("zh_CN", "11月28日 17:30", "2025年11月28日 17:30"),
        ("th", "28 พ.ย. 17:30", "28 พ.ย. 2025 17:30"),
    ],
)
def test_the_fallback_of_a_date(language: str, this_year: str, last_year: str) -> None:
    """Where a reader's program knows no date tokens: in the language of the message, with the year where it matters."""
    with use_language(language):
        assert f"|{this_year}" in slack_date(NOW, NOW)
        assert f"|{last_year}" in slack_date(NOW.replace(year=2025), NOW)


@pytest.mark.parametrize(("language", "words"), [("en", "a, b, c"), ("zh_CN", "a、b、c"), ("th", "a b c")])
def test_a_list(language: str, words: str) -> None:
    """With the language's separator, and no word before the last item."""
    with use_language(language):
        assert locale_data.listed("abc") == words
        assert locale_data.listed(["a"]) == "a"
        assert locale_data.listed([]) == ""


def test_a_number() -> None:
    """Thousands are grouped, and no digit is lost."""
    assert [locale_data.number(n) for n in (7, 1234, Decimal("1234.5"))] == ["7", "1,234", "1,234.5"]


def test_phrases_are_joined_with_the_language_s_marks() -> None:
    """Chinese has full-width marks and no space between sentences; braces in the phrases stay as they are."""
    assert clauses(["{a}", "", "b"]) == "{a}, b"
    assert sentences(["{a}.", "B.", ""]) == "{a}. B."
    assert bracketed("a", "{b}") == "a ({b})"
    assert bracketed("a", "") == "a"
    assert clauses([]) == ""
    with use_language("zh_CN"):
        assert clauses(["甲", "乙"]) == "甲，乙"
        assert sentences(["甲。", "乙。"]) == "甲。乙。"
        assert bracketed("甲", "乙") == "甲（乙）"
