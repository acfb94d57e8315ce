"""Products in detail, side by side, shared, and the lists that lead from one to others: through Slack and PandaPon."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from support import forged
from support.bot_harness import BotHarness, running, words

from handlers.blocks import action_ids
from pandapon.shipment import Platform
from sandbox.pandapon.goods import PICTURES
from sandbox.pandapon.trading.routes import OWN_PATHS
from sandbox.pandapon.world import Goods
from sandbox.slack.workspace import BOT_USER

if TYPE_CHECKING:
    from pathlib import Path

PRODUCT = "1688:A000-1688-demo"


async def test_from_a_search_to_a_product_and_back_to_the_channel(harness: BotHarness) -> None:
    """Details are shown beside the results; variants, prices by quantity and stock; Share posts it for everybody."""
    harness.pandapon.pictures = PICTURES
    await harness.ask("/panda search 连衣裙 --1688")
    shown = await harness.press("Details 1")
    assert "红色连衣裙" in shown
    assert re.search(r"from 2: ¥[0-9.]+ · from 100: ¥", shown)
    assert "红色 / M" in shown
    assert re.search(r"[0-9]+ left", shown)
    assert harness.private()[-2].text.startswith("Search: "), "the results stay"
    assert "Shared here" in await harness.press("Share in channel")
    (post,) = harness.channel()
    text = words(post)
    assert "红色连衣裙" in text
    assert "Shared by mei" in text
    assert "<@" not in post.text + text
    assert post.blocks[0]["accessory"]["image_url"].startswith(PICTURES)


async def test_a_product_by_its_link(harness: BotHarness) -> None:
    """Links of both marketplaces are understood, as Slack sends them; an id alone is looked for on both."""
    harness.world.goods = (
        Goods(Platform.ALIBABA, "712345678901", "白色马克杯", Decimal("8.60"), "潮州", 41),
        Goods(Platform.TAOBAO, "610947572360", "蓝色数据线", Decimal("3.20"), "东莞", 7),
    )
    for typed, title in (
        ("https://detail.1688.com/offer/712345678901.html?spm=a", "白色马克杯"),
        ("https://m.1688.com/offer/712345678901.html", "白色马克杯"),
        ("https://item.taobao.com/item.htm?spm=a&id=610947572360", "蓝色数据线"),
        ("https://detail.tmall.com/item.htm?id=610947572360", "蓝色数据线"),
        ("610947572360", "蓝色数据线"),
        ("712345678901 --1688", "白色马克杯"),
        ("taobao:610947572360", "蓝色数据线"),
    ):
        assert title in await harness.ask(f"/panda product {typed}"), typed


LINK = "https://detail.1688.com/offer/712345678901.html"  # the README's and the help's example


async def test_the_examples_of_the_help_are_products_of_the_demo(harness: BotHarness) -> None:
    """A visitor copies them; a search for a link shows its product, in the form as in the command."""
    shown = await harness.ask(f"/panda product {LINK}")
    assert "连衣裙" in shown
    assert "连衣裙" in await harness.ask("/panda product 1688:712345678901 taobao:610947572360")
    assert await harness.ask(f"/panda search {LINK}") == shown


async def test_an_unknown_product_is_said_with_a_next_step(harness: BotHarness) -> None:
    """A product is in no account, and nobody has to find the request."""
    for typed in (f"product {LINK.replace('712', '713')}", "product 99999999999 --taobao", "seller 1688:99999999999"):
        answer = await harness.ask(f"/panda {typed}")
        assert "does not find this product" in answer
        assert "/panda search" in answer
        assert "in your account" not in answer
        assert "number for this request" not in answer


async def test_a_product_is_shared_once(harness: BotHarness) -> None:
    """A second press posts nothing, whoever presses; later, and in another channel, it is posted."""
    await harness.ask(f"/panda product {PRODUCT}")
    await harness.press("Share in channel")
    assert "not posted again" in await harness.press("Share in channel")
    await harness.ask(f"/panda product {PRODUCT}", user="tom")
    assert "not posted again" in await harness.press("Share in channel", user="tom")
    assert len(harness.channel()) == 1
    harness.clock.advance(timedelta(minutes=11))
    assert "Shared here" in await harness.press("Share in channel")
    assert len(harness.channel()) == 2


async def test_products_side_by_side(harness: BotHarness) -> None:
    """The same facts of each; one that is gone is said beside the others."""
    shown = await harness.ask(
        f"/panda product {PRODUCT} 1688:A004-1688-demo taobao:T000-taobao-demo 1688:A999-1688-demo"
    )
    assert "Comparing 3 products" in shown
    assert "1. 夏季新款红色连衣裙" in shown
    assert "`1688:A999-1688-demo`" in shown
    assert "Details 2" in labels(harness)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("/panda product", "Which product?"),
        ("/panda product https://example.com/a", "neither a link to a product nor the ID of one"),
        ("/panda product 红色 连衣裙", "Try: `/panda search 红色 连衣裙`"),
        ("/panda product 1 2 3 4 5", "4 products can be compared at once, and you named 5"),
        ("/panda discover nonsense", "is none of"),
        ("/panda discover store", "More from this seller"),
        ("/panda product 1688:A999-1688-demo", "Couldn't read `1688:A999-1688-demo`"),
    ],
)
async def test_what_is_no_product_is_a_sentence(harness: BotHarness, typed: str, sentence: str) -> None:
    """With the command that was probably meant; nothing is posted."""
    assert sentence in await harness.ask(typed)
    assert harness.channel() == []


async def test_more_from_the_seller_and_similar_ones(harness: BotHarness) -> None:
    """Each product leads to others, which have details again."""
    await harness.ask(f"/panda product {PRODUCT}")
    store = await harness.press("More from this seller")
    assert "More from this seller" in store
    assert "Details 1" in labels(harness)
    await harness.ask(f"/panda product {PRODUCT}")
    assert "Similar products" in await harness.press("Similar products")
    assert "连衣裙" in words(harness.private()[-1])


async def test_the_hot_list_needs_its_path(harness: BotHarness, tmp_path: Path) -> None:
    """Nobody published it: the answer says that it cannot be listed. With the setting it has pages and takes a word."""
    answer = await harness.ask("/panda discover hot")
    assert "Couldn't list" in answer
    assert "set it: `PANDAPON_PATHS`" in answer
    assert "Try again" not in labels(harness), "it would not help"
    (tmp_path / "second").mkdir()
    async with running(tmp_path / "second", pandapon_paths=OWN_PATHS) as second:
        await _lists(second)


async def _lists(harness: BotHarness) -> None:
    assert "Hot on 1688" in await harness.ask("/panda discover hot 连衣裙")
    first = words(harness.private()[-1])
    assert await harness.press("Next") != first
    assert "Selected by 1688: 杯子" in await harness.ask("/panda discover 精选 杯子")


async def test_a_hostile_product_is_harmless(harness: BotHarness) -> None:
    """Its words cannot notify anybody or lead anywhere, in private and in the channel."""
    evil = "<!channel> <@U0TOM00002> *b* https://evil.example 裙"
    harness.world.goods = (Goods(Platform.ALIBABA, "712345678901", evil, Decimal(3), evil, 1, place=evil),)
    await harness.ask("/panda product 1688:712345678901")
    await harness.press("Share in channel")
    (post,) = harness.channel()
    for text in (words(post) + post.text, words(harness.private()[-2])):
        assert not re.search(r"<[!@]", text)
    links = re.findall(r"<(https?://[^|>]+)", words(post))
    assert set(links) == {"https://detail.1688.com/offer/712345678901.html"}


@pytest.mark.parametrize(
    "value", ["", "x", "1688:", "ebay:A000", "A000-1688-demo", "1688:<!channel>", f"1688:{'A' * 81}", "²" * 3000]
)
async def test_a_forged_value_shares_nothing(harness: BotHarness, value: str) -> None:
    """What comes back with a press is read again as if a stranger had sent it."""
    answer = await forged.answered(harness, forged.press(harness, f"{action_ids.SHARE_PRODUCT}:1", value))
    assert "older version" in answer
    assert harness.channel() == []


async def test_only_members_share_into_a_channel(harness: BotHarness) -> None:
    """A press that names a channel the person is not in posts nothing there."""
    harness.slack.workspace.channel("secret").members.add(BOT_USER)
    value = f"{action_ids.SHARE_PRODUCT}:1", PRODUCT
    before = len(harness.slack.visible("secret", "tom"))
    await forged.send(harness, forged.press(harness, *value, channel="#secret"))
    await harness.several_ticks(2)
    assert len([message for message in harness.slack.visible("secret", "tom") if not message.viewer]) == before
    assert "Shared here" in await forged.answered(harness, forged.press(harness, *value))
    assert len(harness.channel()) == 1


async def test_a_product_is_shared_where_the_bot_is_not(harness: BotHarness) -> None:
    """A private channel without the bot: the response URL of the press posts there."""
    await harness.ask(f"/panda product {PRODUCT}", channel="#secret", user="tom")
    assert "Shared here" in await harness.press("Share in channel", channel="#secret", user="tom")
    assert [words(message) for message in harness.slack.visible("secret", "tom") if not message.viewer]


async def test_a_product_that_is_gone_is_not_shared(harness: BotHarness) -> None:
    """Nothing is posted from what the button remembers."""
    await harness.ask(f"/panda product {PRODUCT}")
    harness.world.goods = ()
    await harness.press("Share in channel")
    assert harness.channel() == []


def labels(harness: BotHarness) -> list[str]:
    """The labels of the buttons of the newest private message."""
    rows = [block for block in harness.private()[-1].blocks if block["type"] == "actions"]
    return [element["text"]["text"] for row in rows for element in row["elements"]]
