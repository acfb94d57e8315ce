"""The search for products through the outside: platforms, sorting, nothing found, and a product shared in a channel."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support.bot_harness import BotHarness


def prices(answer: str) -> list[Decimal]:
    return [Decimal(price) for price in re.findall(r"\*¥([0-9.]+)\*", answer)]


async def test_platform_and_sorting_by_buttons(harness: BotHarness) -> None:
    """Each button changes one thing and keeps the rest; the sums of both platforms are there."""
    first = await harness.ask("/panda search 连衣裙 --max 60")
    assert re.search(r"\d+ on 1688 · \d+ on Taobao · up to ¥60.00 · page 1", first)
    cheapest = await harness.press("Cheapest")
    assert prices(cheapest) == sorted(prices(cheapest))
    assert len(prices(cheapest)) == 10
    taobao = await harness.press("Taobao")
    assert "up to ¥60.00" in taobao
    assert "1688" not in taobao.replace("1688\n", "")
    assert prices(taobao) == sorted(prices(taobao))
    best = await harness.press("Best-selling")
    sold = [int(number.replace(",", "")) for number in re.findall(r"([0-9,]+) sold", best)]
    assert sold == sorted(sold, reverse=True)
    assert "on 1688" in await harness.press("Both platforms")


async def test_nothing_found_is_one_line(harness: BotHarness) -> None:
    """One line with a suggestion, and a button for each limit that can be dropped."""
    nothing = await harness.ask("/panda search 没有这个")
    assert nothing == (
        "🔍 Nothing found for `没有这个`. Try fewer words, or the Chinese word: both platforms search Chinese titles."
    )
    assert "Nothing found" in await harness.ask("/panda search 连衣裙 --1688 --max 1")
    assert "Nothing found" in await harness.press("Search both platforms")
    assert len(prices(await harness.press("Any price"))) == 10


async def test_an_unknown_option_gives_way_to_its_value(harness: BotHarness) -> None:
    """The value was meant as a word to search for; so was an option without one."""
    for typed, instead in (
        ("连衣裙 --color red", "连衣裙 red"),
        ("连衣裙 --color=red", "连衣裙 red"),
        ('连衣裙 --color "dark red"', '连衣裙 "dark red"'),
        ("连衣裙 --cotton", "连衣裙 cotton"),
        ("--cotton --max 80 连衣裙", "cotton --max 80 连衣裙"),
        ("连衣裙 --颜色 红色", "连衣裙 红色"),
    ):
        assert f"Try: `/panda search {instead}`" in await harness.ask(f"/panda search {typed}"), typed


async def test_one_platform_does_not_answer(harness: BotHarness) -> None:
    """The other's products are shown with the reason; where they are none either, both are said."""
    harness.pandapon.faults.path, harness.pandapon.faults.status = "taobao", 503
    shown = await harness.ask("/panda search 连衣裙")
    assert "⚠️ Couldn't search *Taobao*: " in shown
    assert len(prices(shown)) == 5
    nothing = await harness.ask("/panda search 没有这个")
    assert "⚠️ Couldn't search *Taobao*: " in nothing
    assert "Try fewer words" in nothing
