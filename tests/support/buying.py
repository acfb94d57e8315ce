"""Steps of a person who buys: a filled cart, an address, and the form up to its review."""

from __future__ import annotations

from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from support.bot_harness import running
from support.wizard_steps import chosen, open_by, send_page

from pandapon.shipment import Platform
from sandbox.pandapon.trading import products
from sandbox.pandapon.trading.account import CartEntry
from sandbox.pandapon.trading.routes import OWN_PATHS
from sandbox.pandapon.world import Goods

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from support.bot_harness import BotHarness

    from sandbox.pandapon.world import SandboxOrder
    from tracking.writes import Write, WriteState

ALIBABA, TAOBAO = Platform.ALIBABA, Platform.TAOBAO
PRODUCT, TAOBAO_PRODUCT = "1688:A000-1688-demo", "taobao:T000-taobao-demo"
ADDRESS = {
    "name": "王小明",
    "province": "浙江省",
    "city": "杭州市",
    "district": "西湖区",
    "address": "文三路 1 号",
    "phone": "13812345678",
}


@asynccontextmanager
async def buying(folder: Path, **extra: Any) -> AsyncIterator[BotHarness]:
    """A bot that may order, with the stand-in's own paths and one saved address."""
    async with running(folder, **({"pandapon_paths": OWN_PATHS, "writes": "orders"} | extra)) as harness:
        harness.pandapon.account.addresses[1] = dict(ADDRESS)
        yield harness


def goods(harness: BotHarness, platform: Platform, at: int = 0) -> Goods:
    """The product at a position among those of a platform."""
    return [each for each in harness.world.goods if each.platform is platform][at]


def own_goods(harness: BotHarness, platform: Platform, seller: str, price: str = "10", title: str = "") -> Goods:
    """Add a product of this seller to the world, and return it."""
    number = len(harness.world.goods)
    made = Goods(platform, f"own{number}", title or f"{seller} 商品 {number}", Decimal(price), seller, 1)
    harness.world.goods = (*harness.world.goods, made)
    return made


def put_into_cart(harness: BotHarness, product: Goods, quantity: int = 4, at: int = 0) -> CartEntry:
    """Put a variant into the stand-in's cart without the bot. ``at``: its position among the variants."""
    account = harness.pandapon.account
    entry = CartEntry(account.next_number(), products.skus(product)[at], quantity)
    account.carts[product.platform][entry.number] = entry
    return entry


def orders_made(harness: BotHarness) -> list[SandboxOrder]:
    """The orders that were made during the test, the oldest first."""
    return [order for order in harness.world.orders.values() if order.order_id.startswith(("25422870", "33050770"))]


async def writes(harness: BotHarness) -> list[Write]:
    """The records of writes, the newest first."""
    assert harness.bot is not None
    return (await harness.bot.store.writes.newest(0, 100))[0]


async def states(harness: BotHarness) -> list[WriteState]:
    """The states of the records of writes, the newest first."""
    return [write.state for write in await writes(harness)]


async def open_order(harness: BotHarness, *, label: str = "Order…", user: str = "mei") -> None:
    """Open the form from the cart's message."""
    await harness.ask("/panda cart", user=user)
    await open_by(harness, label, user=user)


async def to_review(harness: BotHarness, values: dict[str, Any] | None = None, **filled: Any) -> dict[str, str]:
    """Send the first page; return the errors at its fields."""
    return await send_page(harness, chosen(address="1") | (values or {}), **filled)
