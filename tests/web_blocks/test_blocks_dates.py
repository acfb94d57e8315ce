"""Dates in the reader's own zone and language, and times that people pick."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from support.block_board import Board

pytestmark = pytest.mark.asyncio(loop_scope="session")

LATE = 1_779_294_600  # 20 May 2026, 16:30 UTC: already the 21st in China
WHOLE = "{date_long}, {time}"


@pytest.mark.parametrize(
    ("zone", "locale", "seen"),
    [
        ("Asia/Shanghai", "en-GB", "Thursday 21 May 2026 00:30"),
        ("Europe/Berlin", "de-DE", "Mittwoch 20. Mai 2026 18:30"),
        ("America/Los_Angeles", "en-US", "Wednesday May 20 2026 9:30 AM"),
        ("Asia/Shanghai", "zh-CN", "2026年5月21日星期四 00:30"),
    ],
)
async def test_zones(board: Board, zone: str, locale: str, seen: str) -> None:
    """One moment reads as each reader's calendar and clock have it."""
    text = await board.write(f"<!date^{LATE}^{WHOLE}|then>", timeZone=zone, locale=locale)
    assert " ".join(text.replace(",", "").split()) == seen  # browsers differ in commas and narrow spaces
    await expect(board.root.locator("time")).to_have_attribute("datetime", "2026-05-20T16:30:00.000Z")


@pytest.mark.parametrize(
    ("token", "seen"),
    [
        ("date_num", "2026-05-21"),
        ("date_slash", "21/05/2026"),
        ("date_long_full", "21 May 2026"),
        ("date", "21 May"),
        ("date_short", "21 May 2026"),
        ("date_short_pretty", "tomorrow"),
        ("date_pretty", "tomorrow"),
        ("date_long_pretty", "tomorrow"),
        ("day_divider_pretty", "tomorrow"),
        ("time_secs", "00:30:00"),
        ("ago", "in 8 hours"),
    ],
)
async def test_tokens(board: Board, token: str, seen: str) -> None:
    """Each token that Slack publishes is filled in; yesterday, today and tomorrow count in the reader's zone."""
    assert await board.write(f"<!date^{LATE}^{{{token}}}|then>") == seen


@pytest.mark.parametrize(
    ("days", "seen"),
    [(0, "tomorrow"), (1, "today"), (2, "yesterday"), (3, "21 May 2026")],
)
async def test_near_days(board: Board, days: int, seen: str) -> None:
    """A near day has a name; any other a date."""
    now = 1_779_264_000 + days * 86_400
    assert await board.write(f"<!date^{LATE}^{{date_short_pretty}}|then>", now=now) == seen


@pytest.mark.parametrize("wrong", ["^{date}", "soon^{date}", f"{LATE}^{{moon}}", "99999999999999999^{date}"])
async def test_fallback(board: Board, wrong: str) -> None:
    """A date that cannot be told, or a token that is none, shows the fallback."""
    assert await board.write(f"<!date^{wrong}|20 May &amp; later>") == "20 May & later"


async def test_linked_date(board: Board) -> None:
    """A date can carry a link."""
    await board.write(f"<!date^{LATE}^Paid {{date_num}}^https://x.cn/a|then>")
    await expect(board.page.get_by_role("link", name="Paid 2026-05-21")).to_have_attribute("href", "https://x.cn/a")


@pytest.mark.parametrize(
    ("zone", "shown", "picked"),
    [
        ("Asia/Shanghai", "2026-05-21T00:30", 1_774_747_800),
        ("Europe/Berlin", "2026-05-20T18:30", 1_774_769_400),
        ("America/Los_Angeles", "2026-05-20T09:30", 1_774_801_800),
    ],
)
async def test_moment_picker(board: Board, zone: str, shown: str, picked: int) -> None:
    """A picked moment is that of the reader's clock, on days when clocks change too, and goes out as Unix seconds."""
    element = {"type": "datetimepicker", "action_id": "at", "initial_date_time": LATE}
    await board.draw({"type": "actions", "block_id": "b", "elements": [element]}, timeZone=zone)
    field = board.page.get_by_label("Date and time")
    assert await field.input_value() == shown
    assert (await board.state())["b"]["at"] == {"type": "datetimepicker", "selected_date_time": LATE}
    await field.fill("2026-03-29T09:30")
    assert (await board.state())["b"]["at"]["selected_date_time"] == picked
    assert (await board.sent())[-1]["selected_date_time"] == picked
