"""The search for products through the outside: platforms, sorting, nothing found, and a product shared in a channel."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from support import forged
from support.bot_harness import BotHarness, running, words

from handlers.blocks import action_ids
from pandapon.shipment import Platform
from sandbox.pandapon.goods import PICTURES
from sandbox.pandapon.world import Goods
from sandbox.slack.workspace import BOT_USER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[BotHarness]:
    """Both stand-ins and the production bot between them."""
    async with running(tmp_path) as one:
        yield one


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


async def test_a_product_is_shared_with_the_channel(harness: BotHarness) -> None:
    """The channel sees the product as PandaPon describes it now, and who shared it, whom nobody notifies."""
    harness.pandapon.pictures = PICTURES
    await harness.ask("/panda search 连衣裙 --sort price --page 2")
    shown = words(harness.private()[-1])
    third = re.search(r"\*3\. (.+)\*\n\*(¥[0-9.]+)\*", shown)
    assert third is not None
    assert "Shared here" in await harness.press("Share 3")
    [post] = harness.channel()
    text = words(post)
    assert third[1] in text
    assert third[2] in text
    assert "Shared by mei" in text
    assert "<@" not in post.text + text
    assert post.blocks[0]["accessory"]["image_url"].startswith(PICTURES)
    assert harness.private()[-2].text.startswith("Search: ")  # the results stay for the next one


async def test_a_product_is_shared_where_the_bot_is_not(harness: BotHarness) -> None:
    """A private channel without the bot: the response URL of the press posts there."""
    await harness.ask("/panda search 连衣裙", channel="#secret", user="tom")
    assert "Shared here" in await harness.press("Share", channel="#secret", user="tom")
    assert [words(message) for message in harness.slack.visible("secret", "tom") if not message.viewer]


async def test_a_hostile_product_is_harmless_in_the_channel(harness: BotHarness) -> None:
    """Its words cannot notify anybody or lead anywhere."""
    evil = "<!channel> <@U0TOM00002> *b* https://evil.example 裙"
    goods = Goods(Platform.ALIBABA, "610947572360", evil, Decimal(3), evil, 1, place=evil)
    harness.world.goods = (goods,)
    await harness.ask("/panda search 裙 --1688")
    await harness.press("Share")
    [post] = harness.channel()
    text = words(post) + post.text
    assert not re.search(r"<[!@]", text)
    assert re.findall(r"<(https?://[^|>]+)", words(post)) == ["https://detail.1688.com/offer/610947572360.html"]


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        "1688",
        "1688 A000-1688-demo",
        "1688 A000-1688-demo help",
        "1688 A000-1688-demo unwatch all",
        "1688 A000-1688-demo search",
        "1688 A000-1688-demo search 连衣裙 --taobao",
        "ebay A000-1688-demo search 连衣裙",
        "1688 <!channel> search 连衣裙",
        f"1688 {'A' * 81} search 连衣裙",
        "²" * 3000,
    ],
)
async def test_a_forged_value_shares_nothing(harness: BotHarness, value: str) -> None:
    """What comes back with a press is read again as if a stranger had sent it."""
    answer = await forged.answered(harness, forged.press(harness, f"{action_ids.SHARE_PRODUCT}:31", value))
    assert "older version" in answer
    assert harness.channel() == []


async def test_only_members_share_into_a_channel(harness: BotHarness) -> None:
    """A press that names a channel the person is not in posts nothing there."""
    harness.slack.workspace.channel("secret").members.add(BOT_USER)
    value = f"{action_ids.SHARE_PRODUCT}:31", "1688 A000-1688-demo search 连衣裙 --1688"
    said = len(harness.slack.visible("secret", "tom"))
    await forged.send(harness, forged.press(harness, *value, channel="#secret"))
    await harness.several_ticks(2)
    assert len([message for message in harness.slack.visible("secret", "tom") if not message.viewer]) == said
    assert "Shared here" in await forged.answered(harness, forged.press(harness, *value))
    assert len(harness.channel()) == 1


async def test_a_product_that_is_gone_is_not_shared(harness: BotHarness) -> None:
    """Nothing is posted from what the button remembers."""
    await harness.ask("/panda search 连衣裙")
    harness.world.goods = ()
    assert "no longer among the results" in await harness.press("Share")
    assert harness.channel() == []


async def test_one_platform_does_not_answer(harness: BotHarness) -> None:
    """The other's products are shown with the reason; where they are none either, both are said."""
    harness.pandapon.faults.path, harness.pandapon.faults.status = "taobao", 503
    shown = await harness.ask("/panda search 连衣裙")
    assert "⚠️ *Taobao*: " in shown
    assert len(prices(shown)) == 5
    nothing = await harness.ask("/panda search 没有这个")
    assert "⚠️ *Taobao*: " in nothing
    assert "Try fewer words" in nothing
