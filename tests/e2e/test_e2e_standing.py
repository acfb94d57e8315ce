"""The platform's word and the parcels' differ: every view says the same, and says whose word is whose."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from support.bot_harness import ORDER, BotHarness, words

from handlers.blocks.text import short_id

if TYPE_CHECKING:
    from sandbox.pandapon.world import SandboxOrder

UNPAID = "2542285634920889990"
ON_TAOBAO = "330507534115006"


def stop_at(order: SandboxOrder, harness: BotHarness, *scans: str) -> None:
    """The order's one parcel was scanned so, and is not scanned again."""
    package = order.packages[0]
    first = harness.clock() - timedelta(hours=len(scans))
    package.shipped_at = first
    package.scans = []
    for number, text in enumerate(scans):
        harness.world.add_node(order.order_id, text, at=first + timedelta(minutes=30 * number))


async def views(harness: BotHarness, order_id: str) -> dict[str, str]:
    """What every view says of an order that is watched; the card as it stands after some looks."""
    await harness.ask(f"/panda watch {order_id}")
    await harness.several_ticks()
    await harness.ask("/panda settings")
    return {
        "card": words(harness.channel("#orders")[-1]),
        "track": await harness.ask(f"/panda track {order_id}"),
        "order": await harness.ask(f"/panda order {order_id}"),
        "orders": row(await harness.ask("/panda orders"), order_id),
        "watches": await harness.ask("/panda watches"),
        "digest": await harness.press("Preview the digest"),
        "home": await harness.home(),
    }


def row(listing: str, order_id: str) -> str:
    """The lines of one order in a list, from its title to its facts; empty where it has none of its own."""
    lines = listing.splitlines()
    last = next((n for n, line in enumerate(lines) if f" {short_id(order_id)} · " in line), None)
    if last is None:
        return ""
    first = max(n for n in range(last) if lines[n].startswith("*"))
    return "\n".join(lines[first : last + 1])


async def test_completed_by_the_platform_and_still_under_way(harness: BotHarness) -> None:
    """It is followed until it is there, and `orders done` does not claim it."""
    stop_at(harness.world.orders[ORDER], harness, "已揽收", "快件离开 义乌分拨中心，已发往 广州分拨中心")
    await harness.ask(f"/panda watch {ORDER}")
    before = row(await harness.ask("/panda orders"), ORDER)
    assert "🚚 In transit" in before
    harness.world.set_status(ORDER, "success")
    for name, text in (await views(harness, ORDER)).items():
        if name != "digest":  # of what moved or is in trouble
            assert "In transit" in text, name
        assert "Delivered" not in text, name
        if name in {"card", "track", "order", "orders"}:
            assert "1688 says: Completed" in text, name
    assert row(await harness.ask("/panda orders done --1688"), ORDER) == ""
    assert "🚚 In transit" in row(await harness.ask("/panda orders shipped --1688"), ORDER)
    harness.scan("快件已签收，签收人：本人", status="SIGN")
    [card] = harness.channel("#orders")
    await harness.until(lambda: words(card).startswith("✅ Delivered · "))
    assert "Completed" not in words(card)
    assert "✅ Delivered" in row(await harness.ask("/panda orders done --1688"), ORDER)


async def test_delivered_and_called_shipped(harness: BotHarness) -> None:
    """Taobao has no word for a delivered order: the bot's own knowledge tells the two lists apart."""
    stop_at(harness.world.orders[ON_TAOBAO], harness, "已揽收", "快件已签收，签收人：本人")
    for name, text in (await views(harness, ON_TAOBAO)).items():
        if name != "digest":
            assert "elivered" in text, name
        assert "In transit" not in text, name
        if name in {"card", "track", "order", "orders"}:
            assert "Taobao says: Shipped" in text, name
    assert row(await harness.ask("/panda orders shipped --taobao"), ON_TAOBAO) == ""
    assert "✅ Delivered" in row(await harness.ask("/panda orders done --taobao"), ON_TAOBAO)


async def test_a_problem_that_the_platform_calls_shipped(harness: BotHarness) -> None:
    """The bot's own word and its reason; no platform speaks against it."""
    stop_at(harness.world.orders[ORDER], harness, "已揽收", "快件外包装破损，已登记为问题件")
    for name, text in (await views(harness, ORDER)).items():
        assert "Delivery problem" in text, name
        assert "says: " not in text, name
        assert "· damaged" in text, name


async def test_unpaid(harness: BotHarness) -> None:
    """Where nothing was sent the platform's word is the state, in every view, until it is paid."""
    for name, text in (await views(harness, UNPAID)).items():
        if name != "digest":
            assert "Waiting for payment" in text, name
        assert "🛒 Ordered" not in text, name
        assert "🛒 *Ordered" not in text, name
    assert "🛒 Waiting for payment" in row(await harness.ask("/panda orders unpaid"), UNPAID)
    harness.world.set_status(UNPAID, "waitsellersend")
    [card] = harness.channel("#orders")
    await harness.until(lambda: words(card).startswith("💳 Waiting for the seller to ship · "))
    await harness.until(lambda: bool(harness.thread(card)))
    assert harness.thread(card)[-1].text.startswith("💳 *Waiting for the seller to ship* · ")
    assert "Waiting for payment" not in words(card)


async def test_the_list_is_newer_than_the_last_look(harness: BotHarness) -> None:
    """What the list says is taken into account with what is known of the parcels, as the next look would."""
    stop_at(harness.world.orders[ORDER], harness, "已揽收", "快件离开 义乌分拨中心，已发往 广州分拨中心")
    await harness.ask(f"/panda watch {ORDER}")
    await harness.ask(f"/panda unwatch {ORDER}")  # nobody looks any more
    harness.world.set_status(ORDER, "cancel")
    assert "✖️ Cancelled" in row(await harness.ask("/panda orders"), ORDER)
    assert "✖️ Cancelled" in row(await harness.ask("/panda orders cancelled"), ORDER)
