"""The list of orders through the outside: filters, sums, tabs, the way back, and how far was looked."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from support.bot_harness import ORDER, BotHarness, running, words

from handlers.blocks.text import money, short_id
from pandapon.shipment import Platform
from pandapon.times import CHINA
from sandbox.pandapon.goods import PICTURES
from sandbox.pandapon.world import Line, SandboxOrder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UNPAID = "2542285634920889990"
LISTS = {Platform.ALIBABA: "/v2/alibaba/order/page", Platform.TAOBAO: "/v2/taobao/order/page"}


def ids(listing: str) -> list[str]:
    """The ids in a list, shortened as the list shortens them, from the top."""
    return [fact.split()[1] for line in listing.splitlines() for fact in line.split(" · ")[:1] if fact[-7:-6] == "…"]


def expected(harness: BotHarness, wanted: Callable[[SandboxOrder], bool]) -> tuple[list[str], str]:
    """The short ids of the orders that a list has to show, newest first, and their sum in words."""
    orders = [order for order in harness.world.orders.values() if wanted(order)]
    orders.sort(key=lambda order: order.created_at, reverse=True)
    total = sum((order.goods + order.shipping for order in orders), Decimal(0))
    return [short_id(order.order_id) for order in orders], money(total)


def has_words(order: SandboxOrder, *wanted: str) -> bool:
    return all(any(word in line.title for line in order.lines) for word in wanted)


def add_orders(harness: BotHarness, count: int, platform: Platform = Platform.ALIBABA, **facts: Any) -> None:
    """Put orders into the account, one an hour, the newest now."""
    code = "waitsellersend" if platform is Platform.ALIBABA else "10"
    for number in range(count):
        created = harness.clock() - timedelta(hours=number)
        line = Line(facts.get("title", "批量商品"), Decimal("1.50"), 2, sub_order=f"30{number:010d}")
        order_id = f"{3000000000000000000 + number}" if platform is Platform.ALIBABA else f"{400000000000 + number}"
        seller = facts.get("seller", "批量工厂")
        harness.world.add_order(
            SandboxOrder(platform, order_id, seller, [line], created, [(created, code)], Decimal(0))
        )


async def test_by_seller_words_and_id(harness: BotHarness) -> None:
    """Orders of both platforms are found by a part of the seller's name, words of a title and digits of an id."""
    for command, wanted in (
        ("--seller 锦绣", lambda order: "锦绣" in order.seller),
        ("--卖家 锦绣", lambda order: "锦绣" in order.seller),
        ("连衣裙", lambda order: has_words(order, "连衣裙")),
        ("红色 连衣裙", lambda order: has_words(order, "红色", "连衣裙")),
        ("880794", lambda order: order.order_id.endswith("880794")),
        ("--taobao 锦绣", lambda order: order.platform is Platform.TAOBAO and "锦绣" in order.seller),
    ):
        shown = await harness.ask(f"/panda orders {command}")
        short, total = expected(harness, wanted)
        assert ids(shown) == short[:10], command
        assert f"{len(short)} order" in shown
        assert f"in all, {total}" in shown
    assert "No order matches." in await harness.ask("/panda orders --seller 没有这家")


async def test_by_day(harness: BotHarness) -> None:
    """Days are China's; a span can be named by its days, by a count, or in words."""
    today = harness.clock().astimezone(CHINA).date()

    def between(first: int, last: int) -> Callable[[SandboxOrder], bool]:
        days = {today - timedelta(days=ago) for ago in range(last, first + 1)}
        return lambda order: order.created_at.astimezone(CHINA).date() in days

    for command, wanted in (
        (f"--since {today - timedelta(days=2)}", between(2, 0)),
        (f"--since={today - timedelta(days=2):%Y/%m/%d} --until {today - timedelta(days=1)}", between(2, 1)),
        (f"--since {today:%Y年%m月%d日}", between(0, 0)),
        ("--days 3", between(2, 0)),
        ("today", between(0, 0)),
        ("昨天", between(1, 1)),
        ("最近3天", between(2, 0)),
        ("last 3 days", between(2, 0)),
        ("this week", between(today.weekday(), 0)),
        ("上周", between(today.weekday() + 7, today.weekday() + 1)),
    ):
        shown = await harness.ask(f"/panda orders {command}")
        short, total = expected(harness, wanted)
        assert ids(shown) == short[:10], command
        assert (f"in all, {total}" in shown) is bool(short), command


@pytest.mark.parametrize(
    ("command", "says", "instead"),
    [
        ("--since 2026-02-31", "is not a date", "/panda orders --since 2026-02-28"),
        ("shipped --until 31/12/2025", "is not a date", "/panda orders shipped"),
        ("--since", "needs a day", "/panda orders"),
        ("--days 0", "from 1 to 366", "/panda orders"),
        ("--days many", "from 1 to 366", "/panda orders"),
        ("--since 2026-03-01 --until 2026-02-01", "behind the last", "--since 2026-02-01 --until 2026-03-01"),
        ("--since 2026-03-09", "has not come yet", "/panda orders"),
        ("--seller", "needs a part", "/panda orders"),
        ("--seler 锦绣", "no option `--seler`", "/panda orders --seller 锦绣"),
        ("shiped", "not an order state", "/panda orders shipped"),
        ("裙" * 41, "t most 40 characters", "/panda orders"),
        (ORDER, "shows one", f"/panda order {ORDER}"),
    ],
)
async def test_a_wrong_filter_is_one_sentence(harness: BotHarness, command: str, says: str, instead: str) -> None:
    """The sentence names the mistake and the corrected command, and PandaPon is not asked."""
    before = harness.pandapon.count("order/page")
    answer = await harness.ask(f"/panda orders {command}")
    assert says in answer
    assert instead in answer.split("Try: ")[1]
    assert harness.pandapon.count("order/page") == before


async def test_details_lead_back_to_the_same_page(harness: BotHarness) -> None:
    """Filters and page come back, through Refresh, too; the tabs keep the filters and begin at the first page."""
    add_orders(harness, 25, seller='工厂 "A&B" <x>', title="很长" * 60)
    await harness.ask('/panda orders --seller "A&B" --1688 --days 9')
    second = await harness.press("Next page")
    assert "page 2 of 3" in second
    assert ids(second)[0] == short_id("3000000000000000010")
    order = await harness.press("Details")
    assert "3000000000000000010" in order
    assert "Back to orders (page 2)" in order
    harness.clock.advance(timedelta(minutes=5))
    assert "Back to orders (page 2)" in await harness.press("Refresh")
    assert await harness.press("Back to orders") == second
    paid = await harness.press("Waiting for the seller")
    assert "Orders · Waiting for the seller" in paid
    assert "25 orders in all, ¥75.00 · page 1 of 3" in paid
    assert "seller: A&amp;B" in paid
    assert "No order matches." in await harness.press("Done")
    assert "Show all" not in await harness.press("Show all")


@pytest.mark.parametrize(
    "back",
    [
        "watch 2542285634920880794",
        "unwatch all",
        "orders --since 2026-99-99",
        "orders; mute",
        "orders --csv",
        "",
        "²",
        '"',
    ],
)
async def test_no_other_command_hides_in_the_way_back(harness: BotHarness, back: str) -> None:
    """Only a list of orders is gone back to. Any other text there is nothing, and nothing is done."""
    answer = await harness.ask(f"/panda order {ORDER} --back '{back}'")
    assert ORDER in answer
    assert "Back to orders" not in answer
    assert harness.channel() == []


async def test_what_needs_attention(harness: BotHarness) -> None:
    """A problem is listed until it is solved, with the bot's word; an unpaid order when it is about to be closed."""
    assert "Nothing needs attention" in await harness.ask("/panda orders attention")
    await harness.ask(f"/panda watch {ORDER}")
    harness.scan("快件外包装破损，已登记为问题件")
    await harness.several_ticks()
    shown = await harness.ask("/panda orders 需处理")
    assert ids(shown) == [short_id(ORDER)]
    assert "· damaged" in shown
    assert ids(await harness.ask("/panda orders on the way")).count(short_id(ORDER)) == 1
    harness.scan("快件已签收，签收人：本人", status="SIGN")
    await harness.several_ticks()
    assert "Nothing needs attention" in await harness.ask("/panda orders attention")
    assert ids(await harness.ask("/panda orders done --1688")).count(short_id(ORDER)) == 1
    assert ids(await harness.ask("/panda orders shipped --1688")).count(short_id(ORDER)) == 0
    harness.clock.advance(timedelta(hours=68))  # 1688 closes unpaid orders after three days
    assert short_id(UNPAID) in ids(await harness.ask("/panda orders attention"))


async def test_a_problem_too_far_down_the_list_is_known(harness: BotHarness) -> None:
    """What the bot follows is listed, however many newer orders there are."""
    await harness.ask(f"/panda watch {ORDER}")
    harness.scan("快件外包装破损，已登记为问题件")
    await harness.several_ticks()
    add_orders(harness, 220)
    shown = await harness.ask("/panda orders attention")
    assert ids(shown) == [short_id(ORDER)]
    assert "Looked through the newest 200 of 230 orders on 1688." in shown


async def test_how_far_was_looked(harness: BotHarness) -> None:
    """A list is looked through for so many orders, and the answer says so; a span of days reaches further on 1688."""
    add_orders(harness, 260)
    newest = harness.world.of(Platform.ALIBABA)[:200]
    count = sum(has_words(order, "批量商品") for order in newest)
    shown = await harness.ask("/panda orders 批量商品")
    assert f"{count} orders in all, {money(count * Decimal(3))} · page 1 of 20" in shown
    assert "Looked through the newest 200 of 270 orders on 1688." in shown
    assert "on Taobao" not in shown
    last = newest[-1].created_at.astimezone(CHINA).date() - timedelta(days=1)
    old, total = expected(
        harness, lambda order: has_words(order, "批量商品") and order.created_at.astimezone(CHINA).date() <= last
    )
    shown = await harness.ask(f"/panda orders 批量商品 --until {last}")
    assert ids(shown) == old[:10]
    assert f"{len(old)} orders in all, {total}" in shown
    assert "Looked through" not in shown


async def test_an_api_that_refuses_the_days_is_asked_without_them(harness: BotHarness) -> None:
    """The filter by days is the upstream's. Where PandaPon refuses it, the list is looked through."""
    answer = harness.pandapon._orders

    def refusing(platform: Platform, body: dict[str, Any], status: str, number: Any) -> Any:
        from sandbox.pandapon.refusals import RefusedError  # noqa: PLC0415  only here

        if "createStartTime" in body:
            raise RefusedError(400, "参数错误")
        return answer(platform, body, status, number)

    harness.pandapon._orders = refusing  # type: ignore[method-assign]  # the test replaces it
    assert "2 orders in all" in await harness.ask("/panda orders today")


@pytest.mark.parametrize("platform", list(Platform))
async def test_one_platform_does_not_answer(harness: BotHarness, platform: Platform) -> None:
    """The other platform's orders are shown, with the reason; filtered or not."""
    harness.pandapon.faults.path, harness.pandapon.faults.status = LISTS[platform], 503
    name = "1688" if platform is Platform.ALIBABA else "Taobao"
    for command in ("/panda orders", "/panda orders --seller 锦绣", "/panda orders attention", "/panda orders done"):
        shown = await harness.ask(command)
        assert f"⚠️ Couldn't list the orders on *{name}*: " in shown, command
    assert ids(await harness.ask("/panda orders --seller 锦绣"))
    harness.pandapon.faults.clear()
    assert "⚠️" not in await harness.press("Try again")


async def test_a_list_that_breaks_off(harness: BotHarness) -> None:
    """The pages that were answered are shown, and what is missing is said."""
    add_orders(harness, 160)

    def break_off(*_seen: Any) -> None:
        if harness.pandapon.count(LISTS[Platform.ALIBABA]) >= 2:
            harness.pandapon.faults.path, harness.pandapon.faults.status = LISTS[Platform.ALIBABA], 503

    harness.pandapon.on_request.append(break_off)
    count = sum(has_words(order, "批量商品") for order in harness.world.of(Platform.ALIBABA)[:100])
    shown = await harness.ask("/panda orders 批量商品")
    assert f"{count} orders in all, {money(count * Decimal(3))} · page 1 of 10" in shown
    assert "⚠️ Couldn't list the orders on *1688*: " in shown
    assert "Looked through the newest 100 of 170 orders on 1688." in shown


async def test_no_platform_answers(harness: BotHarness) -> None:
    """That is an error and no empty list."""
    harness.pandapon.faults.status = 503
    answer = await harness.ask("/panda orders --seller 锦绣")
    assert answer.startswith("⚠️")
    assert "No order" not in answer


async def test_behind_the_end_the_way_leads_back(harness: BotHarness) -> None:
    """A page that does not exist says so, filtered or not, and Previous leads to the last one with orders."""
    for command in ("/panda orders --page 99", "/panda orders 连衣裙 --page 99", "/panda orders done --page 99"):
        assert "nothing on page 99" in await harness.ask(command)
        assert ids(await harness.press("Previous")), command


async def test_hostile_words_have_no_force(harness: BotHarness) -> None:
    """Titles, sellers and typed filters cannot mention, link or format; nothing of a row is lost."""
    evil = "<!channel> *b* <https://evil.example|x> `c` & 裙"
    add_orders(harness, 3, seller=evil, title=evil * 4)
    shown = await harness.ask("/panda orders --seller '*b* `c` & 裙'")
    assert ids(shown) == [short_id(f"{3000000000000000000 + number}") for number in range(3)]
    assert "<!channel>" not in shown
    assert "<https://evil" not in shown
    assert "*b*" not in shown
    assert "<!channel>" not in await harness.press("Details")
    assert ids(await harness.press("Back to orders")) == ids(shown)


async def test_an_empty_account(tmp_path: Path) -> None:
    """Nothing is listed, and that is said in one line."""
    async with running(tmp_path) as harness:
        harness.world.orders.clear()
        shown = await harness.ask("/panda orders")
        assert "This account has no orders yet." in shown
        assert "¥" not in shown
        [message] = harness.private()
        assert words(message) == shown


async def test_an_unpaid_order_leads_to_its_payment(harness: BotHarness) -> None:
    """An order's page has one state, the platform's page to pay it, and the time left."""
    shown = await harness.ask(f"/panda order {UNPAID}")
    assert shown.count("Waiting for payment") == 1
    assert f"orderId={UNPAID}|Pay on 1688> · until " in shown
    assert "Pay on" not in await harness.ask(f"/panda order {ORDER}")


async def test_pictures_stand_beside_and_details_below(harness: BotHarness) -> None:
    """With pictures, the place beside each order is theirs; numbered buttons lead to the details, and back."""
    harness.pandapon.pictures = PICTURES
    shown = await harness.ask("/panda 订单列表")
    message = harness.private()[-1]
    pictures = [block["accessory"]["image_url"] for block in message.blocks if "accessory" in block]
    assert len(pictures) == len(ids(shown)) == 9
    assert all(address.startswith(PICTURES) for address in pictures)
    title = next(line for line in shown.splitlines() if line.startswith("*3. ")).strip("*").removeprefix("3. ")
    order = await harness.press("Details 3")
    assert title.split(" +")[0] in order.splitlines()[0]
    assert await harness.press("Back to orders") == shown


async def test_the_tabs_of_watches_follow_the_same_rule(harness: BotHarness) -> None:
    """What is unpaid or unshipped is not on the way, and both lists call the same orders for attention."""
    ours, unpaid = short_id(ORDER), short_id(UNPAID)

    async def watched(tab: str) -> set[str]:
        shown = await harness.ask(f"/panda watches {tab}")
        return {order for order in (ours, unpaid) if order in shown}

    await harness.ask(f"/panda watch {ORDER} {UNPAID}")
    tabs = await harness.ask("/panda watches")
    assert "Not shipped yet · 1" in tabs
    assert "On the way · 1" in tabs
    assert (await watched("waiting"), await watched("在途")) == ({unpaid}, {ours})
    harness.clock.advance(timedelta(hours=68))
    harness.scan("快件外包装破损，已登记为问题件")
    told = ("Action needed: not paid", "· damaged")
    await harness.until(lambda: all(any(words(message).count(text) for message in harness.channel()) for text in told))
    assert await watched("attention") == {ours, unpaid}
    assert set(ids(await harness.ask("/panda orders attention"))) == {ours, unpaid}
    assert await watched("waiting") == set()
