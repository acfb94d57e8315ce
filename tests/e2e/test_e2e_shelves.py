"""What is still on sale of Taobao's cart, and 1688's categories, through Slack and PandaPon."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from support.bot_harness import running

from pandapon.shipment import Platform
from sandbox.pandapon.trading import products
from sandbox.pandapon.trading.account import CartEntry
from sandbox.pandapon.trading.routes import OWN_PATHS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from support.bot_harness import BotHarness

CHECK = "/v2/taobao/product/batch/check"


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[BotHarness]:
    """Both stand-ins and the production bot between them, which may write nothing."""
    async with running(tmp_path, pandapon_paths=OWN_PATHS) as harness:
        yield harness


def put(harness: BotHarness, at: int = 0, quantity: int = 4, platform: Platform = Platform.TAOBAO) -> CartEntry:
    """Put a variant of one of a platform's products into the cart, past the bot."""
    goods = [goods for goods in harness.world.goods if goods.platform is platform][at]
    account = harness.pandapon.account
    entry = CartEntry(account.next_number(), products.skus(goods)[1], quantity)
    account.carts[platform][entry.number] = entry
    return entry


async def test_what_can_be_bought_is_said_to_be_on_sale(harness: BotHarness) -> None:
    """From the cart, in one call for all products; Back leads to the cart."""
    put(harness)
    put(harness, 1)
    await harness.ask("/panda cart")
    assert "All 2 products are on sale" in await harness.press("Still on sale?")
    assert harness.pandapon.count(CHECK) == 1
    assert "× 4" in await harness.press("Back to the cart")


async def test_what_is_gone_sold_out_scarce_or_dearer_is_named(harness: BotHarness) -> None:
    """Each with its reason."""
    gone, out, scarce = put(harness), put(harness, 1), put(harness, 2, quantity=9)
    account = harness.pandapon.account
    account.take(out.sku, account.stock(out.sku))
    account.take(scarce.sku, account.stock(scarce.sku) - 3)
    harness.world.goods = tuple(goods for goods in harness.world.goods if goods is not gone.sku.goods)
    answer = await harness.ask("/panda 购物车 检查")
    assert "3 of 3 lines need a look" in answer
    for words in ("No longer on sale: 商品不存在或已下架", "Sold out.", "Only 3 pieces are left."):
        assert words in answer


async def test_a_price_that_moved_is_named(harness: BotHarness) -> None:
    """The present one, and the one in the cart."""
    entry = put(harness)
    dearer = replace(entry.sku.goods, price=entry.sku.goods.price + Decimal("0.01"))
    harness.world.goods = tuple(dearer if goods is entry.sku.goods else goods for goods in harness.world.goods)
    answer = await harness.ask("/panda cart check")
    assert f"now ¥{dearer.price:.2f}, and ¥{entry.sku.goods.price:.2f} in the cart" in answer


async def test_an_empty_cart_has_nothing_to_check(harness: BotHarness) -> None:
    """No call."""
    assert "Taobao's cart is empty" in await harness.ask("/panda cart check")
    assert harness.pandapon.count(CHECK) == 0


async def test_what_is_not_checked_is_said_to_be_so(harness: BotHarness) -> None:
    """PandaPon checks Taobao's products alone; those of 1688 are counted, and a cart that cannot be read is named."""
    put(harness, platform=Platform.ALIBABA)
    only = await harness.ask("/panda cart check")
    assert "Taobao's cart is empty" in only
    assert "1 product on 1688 was not checked" in only
    put(harness)
    answer = await harness.ask("/panda cart check")
    assert "1 product is on sale" in answer
    assert "1 product on 1688 was not checked" in answer
    harness.pandapon.faults.status, harness.pandapon.faults.path = 503, "/alibaba/"
    assert "1688's cart could not be read, so it was not checked" in await harness.ask("/panda cart check")


async def test_a_wrong_word_behind_the_cart_is_answered_with_the_right_one(harness: BotHarness) -> None:
    """With what the command takes."""
    assert "`/panda cart` takes `check` or nothing after it" in await harness.ask("/panda cart foo")


async def test_categories_lead_to_a_search(harness: BotHarness) -> None:
    """From the top ones."""
    assert "数码、电脑" in await harness.ask("/panda discover category")
    assert "连衣裙" in await harness.press("Search")
    assert "日用百货" in await harness.ask("/panda 发现 类目 15")
    assert "数码" in await harness.press("Top categories")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("x", "a category has a number"),
        ("9" * 19, "a category has a number"),
        ("1 2", "a category has a number"),
        ("99", "nothing with this number"),
    ],
)
async def test_a_category_that_does_not_exist_is_refused(harness: BotHarness, typed: str, sentence: str) -> None:
    """In one sentence."""
    assert sentence.lower() in (await harness.ask(f"/panda discover category {typed}")).lower()


async def test_an_unpublished_path_names_the_setting(tmp_path: Path) -> None:
    """Until it is set."""
    async with running(tmp_path) as harness:
        assert "PANDAPON_PATHS" in await harness.ask("/panda discover category")
