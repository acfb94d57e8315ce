"""Remote words can say anything and do nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.blocks.i18n import _, ngettext, use_language
from handlers.blocks.labels import bar, milestone_emoji, milestone_name, status_name
from handlers.blocks.text import (
    ago,
    code,
    escape,
    money,
    plain,
    sanitize_id,
    short_id,
    short_ids,
    slack_date,
    span,
    truncate,
    truncate_mrkdwn,
)
from pandapon.shipment import Milestone, Platform

NOW = datetime(2026, 5, 20, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("remote", "shown"),
    [
        ("【杭州市】 快件已发往 广州中心", "【杭州市】 快件已发往 广州中心"),
        ("<!channel> hi", "&lt;!channel&gt; hi"),
        ("<@U123> & <#C1|x>", "&lt;＠U123&gt; &amp; &lt;#C1|x&gt;"),
        ("*bold* _it_ ~no~ `code`", "∗bold∗ ˍitˍ ∼no∼ ˋcodeˋ"),
        ("see https://evil.example/x", "see https:∕∕evil․example/x"),
        ("www.evil.com a@b.cn", "www․evil․com a＠b․cn"),
        (":smile: 12:30:45 :100:", "꞉smile: 12:30:45 ꞉100:"),
        ("> quoted", "＞ quoted"),
        ("a\u202eb\u200bc\x00d\ne", "abcd e"),
        ("👨‍👩‍👧 ok", "👨‍👩‍👧 ok"),
        ("快递员张三，电话13812345678", "快递员张三，电话138∗∗∗∗5678"),
        ("tel +86 138-1234-5678.", "tel +86 138∗∗∗∗5678."),
        ("网点0571-88886666，或（0571）8888 6666", "网点0571-∗∗∗∗6666，或（0571）∗∗∗∗6666"),
        ("客服４００－１２３-4567", "客服400∗∗∗∗4567"),
        ("hotline 400-123-4567", "hotline 400∗∗∗∗4567"),
        ("SF1381234567890 2542285634920880794", "SF1381234567890 2542285634920880794"),
    ],
)
def test_escape(remote: str, shown: str) -> None:
    """Marks become look-alikes, phones are masked, everything else reads as it was sent."""
    assert escape(remote) == shown


@given(st.text())
def test_nothing_remote_has_force(remote: str) -> None:
    """For any text: no markup, no links, no mentions, no controls, one line."""
    shown = escape(remote)
    assert not re.search(r"[<>*_~`@\x00-\x1f\u202a-\u202e\u2066-\u2069\u200b\ufeff]", shown)
    assert "://" not in shown
    assert not re.search(r"&(?!amp;|lt;|gt;)", shown)


@given(st.text(alphabet="ab:10 "))
def test_no_emoji_code_is_left(remote: str) -> None:
    """Only a colon of a time keeps a partner."""
    assert not re.search(r":[ab]+:", plain(remote))


@given(st.text(alphabet="a&<>|! 1", max_size=30), st.integers(1, 20))
def test_clip_never_cuts_an_entity(remote: str, limit: int) -> None:
    """A clipped text is short enough and holds whole entities only."""
    shown = truncate_mrkdwn(escape(remote), limit)
    assert len(shown) <= limit
    assert not re.search(r"&(?!amp;|lt;|gt;)", shown)


def test_clip_leaves_out_a_cut_date() -> None:
    """A date or link that does not fit whole is left out whole."""
    assert truncate_mrkdwn("seen <!date^1^{time}|long ago>", 20) == "seen…"


@given(st.text())
def test_copied_text_stays_between_its_backticks(typed: str) -> None:
    """What is shown to be copied cannot leave its backticks."""
    shown = code(typed)
    assert shown.count("`") == 2
    assert not re.search(r"[<>]", shown)


def test_ids_are_never_taken_for_phones() -> None:
    """A waybill of eleven digits stays whole; what is no part of an id goes."""
    assert sanitize_id("13812345678") == "13812345678"
    assert sanitize_id("SF<!here>123") == "SFhere123"
    assert sanitize_id("\u202e") == "?"


def test_when() -> None:
    """Each reader's own time zone, and China time where it cannot be known."""
    at = datetime(2026, 5, 20, 7, 41, tzinfo=UTC)
    assert (
        slack_date(at, NOW) == f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|May 20 15:41 China time>"
    )
    assert "2025" in slack_date(at.replace(year=2025), NOW)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "just now"), (59, "just now"), (60, "1 min ago"), (7200, "2 h ago"), (172800, "2 days ago")],
)
def test_ago(seconds: int, words: str) -> None:
    """Lengths of time in words; the future is now."""
    assert ago(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-1, "0 seconds"), (1, "1 second"), (120, "2 minutes"), (7200, "2 hours"), (259200, "3 days")],
)
def test_span(seconds: int, words: str) -> None:
    """Lengths of time in words."""
    assert span(timedelta(seconds=seconds)) == words


def test_money_and_cut() -> None:
    """Yuan with thousands; an ellipsis where something is missing."""
    assert money(Decimal("1234.5")) == "¥1,234.50"
    assert money(Decimal(-3)) == "-¥3.00"
    assert truncate("连衣裙", 2) == "连…"


def test_short_ids() -> None:
    """The last six signs tell orders apart, and a short id is whole; only letters, digits and hyphens are left."""
    assert short_id("2542285634920880794") == "…880794"
    assert [short_id(text) for text in ("12345678", "123456789", "")] == ["12345678", "…456789", "?"]
    assert short_id("<!channel>\u202e25422856") == "…422856"


def test_short_ids_tell_apart() -> None:
    """Two that end alike are whole."""
    ids = ["78012345678901", "YT8812345678901", "SF1234567890123"]
    assert short_ids(ids) == {ids[0]: ids[0], ids[1]: ids[1], ids[2]: "…890123"}


def test_bars() -> None:
    """A bar shows progress in six stages, in signs and in words; at a problem it ends at what was reached."""
    assert bar(Milestone.IN_TRANSIT) == "▰▰▰▰▱▱ 4 of 6"
    assert bar(Milestone.DELIVERED) == "▰▰▰▰▰▰ 6 of 6"
    assert bar(Milestone.ORDERED) == "▰▱▱▱▱▱ 1 of 6"
    assert bar(Milestone.EXCEPTION, Milestone.IN_TRANSIT) == "▰▰▰▰▱▱ 4 of 6"
    assert bar(None) == bar(Milestone.CANCELLED) == ""


@pytest.mark.parametrize("milestone", [None, *Milestone])
def test_every_milestone_has_a_name_and_a_sign(milestone: Milestone | None) -> None:
    """No milestone is left without words."""
    assert milestone_name(milestone)
    assert milestone_emoji(milestone)
    assert milestone is None or milestone.is_problem or bar(milestone)


@pytest.mark.parametrize(
    ("platform", "sent", "words"),
    [
        (Platform.ALIBABA, "waitbuyerpay", "Waiting for payment"),
        (Platform.ALIBABA, "confirm_goods", "Receipt confirmed"),
        (Platform.TAOBAO, "11", "Shipped"),
        (Platform.TAOBAO, "WAIT_SELLER_SEND_GOODS", "Waiting for the seller to ship"),
        (Platform.TAOBAO, "77", "77"),
        (Platform.ALIBABA, "something_new", "something_new"),
    ],
)
def test_states_in_words(platform: Platform, sent: str, words: str) -> None:
    """Known codes are said in words; an unknown one is shown as it was sent."""
    assert status_name(platform, sent) == words


def test_a_language_without_a_catalogue_is_english() -> None:
    """Text goes through gettext, and falls back."""
    with use_language("tlh"):
        assert _("Delivered") == "Delivered"
        assert ngettext("{n} order", "{n} orders", 2).format(n=2) == "2 orders"
