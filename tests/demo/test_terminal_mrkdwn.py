"""Mrkdwn in a terminal: one table of what is written and what is seen."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from sandbox.terminal.mrkdwn import Viewer, mrkdwn, plain

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
NOON_BEFORE = int(datetime(2026, 3, 1, 4, 0, tzinfo=UTC).timestamp())
LATE = int(datetime(2026, 3, 2, 16, 30, tzinfo=UTC).timestamp())
NAMES = {"U01": "mei", "C01": "orders"}
MEI = Viewer(NAMES, ZoneInfo("Asia/Shanghai"), NOW)
TOM = Viewer(NAMES, ZoneInfo("Europe/Berlin"), NOW)


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("*bold* and _thin_ and ~gone~", "bold and thin and gone"),
        ("*二十 kg*, 中*文*字", "二十 kg, 中*文*字"),
        ("2 * 3 * 4 and a_b_c", "2 * 3 * 4 and a_b_c"),
        ("*bold with <https://a.example/x_y|a *link*>*", "bold with a *link*"),
        ("`/panda *x* <@U01>`", "/panda *x* <@U01>"),
        ("`a` `b`", "a b"),
        ("```\n*raw*\n```", "*raw*"),
        ("&lt;!channel&gt; &amp;amp;", "<!channel> &amp;"),
        ("<!channel> <!here>", "@channel @here"),
        ("<!subteam^S1|@buyers>", "@buyers"),
        ("<@U01> in <#C01>", "@mei in #orders"),
        ("<@U99|tom> in <#C99|else> and <@U98>", "@tom in #else and @U98"),
        ("<https://a.example/?a=1&amp;b=2>", "https://a.example/?a=1&b=2"),
        (":package: 12:30:45 :no_such_thing:", "📦 12:30:45 :no_such_thing:"),
        ("> quoted\n&gt; 引用\nnot", "▏ quoted\n▏ 引用\nnot"),
        ("red\x1b[31m\x07 \u202eevil\u200f", "red[31m evil"),
        ("", ""),
    ],
)
def test_markup_is_shown_as_slack_would(written: str, seen: str) -> None:
    """Markup becomes style, entities become characters, and nothing can drive the terminal."""
    assert mrkdwn(written, MEI).plain == seen


@pytest.mark.parametrize(
    ("viewer", "epoch", "form", "seen"),
    [
        (MEI, NOON_BEFORE, "{date_short_pretty} {time}", "yesterday 12:00"),
        (TOM, NOON_BEFORE, "{date_short_pretty} {time}", "yesterday 05:00"),
        (MEI, LATE, "{date_pretty} {time}", "tomorrow 00:30"),
        (TOM, LATE, "{date_pretty} {time_secs}", "today 17:30:00"),
        (MEI, 1767225600, "{date_short_pretty}", "Jan 1, 2026"),
        (MEI, 1767225600, "{date} {date_long} {date_num}", "January 1, 2026 Thursday, January 1, 2026 2026-01-01"),
        (MEI, int(NOW.timestamp()) - 7500, "{ago}", "2 hours ago"),
        (MEI, int(NOW.timestamp()) - 5, "{ago}", "just now"),
        (MEI, 1767225600, "{nonsense}", "{nonsense}"),
    ],
)
def test_dates_are_in_the_viewers_zone(viewer: Viewer, epoch: int, form: str, seen: str) -> None:
    """The same moment is read differently in Shanghai and in Berlin."""
    assert mrkdwn(f"<!date^{epoch}^{form}|fallback>", viewer).plain == seen


def test_an_unreadable_date_shows_its_fallback() -> None:
    """A moment that is no number cannot be converted; Slack shows the fallback, and so do we."""
    assert mrkdwn("<!date^soon^{date}|in a while>", MEI).plain == "in a while"


def test_plain_text_is_literal() -> None:
    """A plain_text object knows short codes and no other markup."""
    assert plain("*x* &lt; :x:").plain == "*x* &lt; ❌"
    assert plain(":x:", emoji=False).plain == ":x:"


def test_styles_reach_the_terminal() -> None:
    """Bold is a style of exactly the bold words."""
    made = mrkdwn("a *b* c", MEI)
    assert [(span.style, made.plain[span.start : span.end]) for span in made.spans] == [("bold", "b")]
