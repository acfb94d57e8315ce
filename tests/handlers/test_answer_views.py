"""Search results, orders, lists, outcomes, help, status and errors."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from support.commands import TOPICS, help_page, parse
from support.message_checks import check, commands, labels, shown
from support.order_lists import listing
from support.view_samples import (
    HOSTILE,
    ID,
    LINKS,
    NOW,
    OTHER,
    REF,
    VERY_HOSTILE,
    listed,
    order,
    parcel,
    product,
    snapshot,
    watch,
)

from handlers.blocks import failures
from handlers.features.about import status_view
from handlers.features.goods import products
from handlers.features.orders import order_view
from handlers.features.watching import shortcut_views, watch_views, watches_view
from handlers.interactions.ports import BackupState, Report, WatchOutcome, WatchResult
from handlers.parsing.message_ids import MessageIds
from handlers.wire.errors import UnknownOrderError, UsageError, WrongPlatformError
from handlers.wire.requests import ExportOrders, Help, ListOrders, ListWatches, Search, ShowOrder, Track, Unwatch
from pandapon import errors as api
from pandapon.models import Order, Page, Product
from pandapon.shipment import OrderRef, Parcel, Platform
from storage.channel import Channel
from storage.errors import StorageError
from storage.post import PostState
from storage.sqlite.backup import Restored
from storage.upkeep import Health, Watched
from storage.watch import WatchState
from tracking.attention import Group
from tracking.orders import OrderSnapshot

if TYPE_CHECKING:
    from tracking.orders import OrderSnapshot

ALIBABA, TAOBAO = Platform.ALIBABA, Platform.TAOBAO
HERE = "C0123ABCD"
TEXTS = pytest.mark.parametrize("text", [HOSTILE, VERY_HOSTILE, "", "裙" * 10_000, "👗" * 3000, "&" * 5000])


def page_of(*items: Product, number: int = 1, total: int | None = 23, size: int = 5) -> Page[Product]:
    return Page(items=items, page=number, page_size=size, total=total)


def test_results_show_picture_title_price_seller() -> None:
    """Each product is a paragraph with its picture, its platform's name in it; all else is a button."""
    pages = {p: page_of(*(product(n=n).model_copy(update={"platform": p}) for n in range(5))) for p in Platform}
    message = check(products.results(Search("连衣裙", page=2, price_max=Decimal(80)), pages, {}))
    text = shown(message)
    assert text.count("*¥49.90* · 12,345 sold") == 10
    assert text.count("\nTaobao · 雪纺连衣裙 女 夏季") == 5
    assert "up to ¥80.00" in text
    assert "23 on 1688 · 23 on Taobao" in text
    assert sum("accessory" in block for block in message.blocks) == 10
    assert "*1. <https://detail.1688.com/offer/610947572360.html|雪纺连衣裙 女 夏季>*" in text
    first = Search("连衣裙", price_max=Decimal(80))
    assert labels(message) == [
        *("Both platforms", "1688", "Taobao", "Best match", "Cheapest", "Best-selling"),
        *(f"Details {n}" for n in range(1, 11)),
        *("◀ Previous page", "Next page ▶", "Compare the first 4"),
    ]
    choices = [first, replace(first, platform=ALIBABA), replace(first, platform=TAOBAO)]
    choices += [replace(first, sort=sort) for sort in ("", "price", "sales")]
    assert [parse(value) for value in commands(message)[:6]] == choices
    assert [parse(value) for value in commands(message)[16:18]] == [replace(first, page=page) for page in (1, 3)]


def test_the_cheapest_of_both_platforms_is_first() -> None:
    """Sorted by price, the platforms' products are one list; those without a price come last."""
    prices = {ALIBABA: (Decimal(3), Decimal(9), None), TAOBAO: (Decimal(1), Decimal(5))}
    pages = {
        platform: page_of(*(product(n=n).model_copy(update={"price": price}) for n, price in enumerate(amounts)))
        for platform, amounts in prices.items()
    }
    text = shown(check(products.results(Search("x", sort="price"), pages, {})))
    assert re.findall(r"\*¥([0-9.]+)\*|(price not given)", text) == [
        *((f"{price:.2f}", "") for price in (1, 3, 5, 9)),
        ("", "price not given"),
    ]
    back = shown(check(products.results(Search("x", sort="-price"), pages, {})))
    assert re.findall(r"\*¥([0-9.]+)\*", back) == ["9.00", "5.00", "3.00", "1.00"]
    assert "most expensive first" in back


def test_results_without_pictures_have_their_button_beside_them() -> None:
    """Where no picture takes the place beside a product, its Details button does, if that can carry the id."""
    plain = product().model_copy(update={"image_url": "http://127.0.0.1/x.png"})
    strange = plain.model_copy(update={"product_id": "a b\n"})
    message = check(products.results(Search("x", ALIBABA), {ALIBABA: page_of(plain, strange)}, {}))
    assert labels(message).count("Details") == 1
    assert "1. " not in shown(message)


def test_facts_that_only_some_products_have() -> None:
    """The least quantity and the place are shown where the API names them."""
    full = product().model_copy(update={"min_quantity": 1200, "place": "浙江 <义乌>"})
    text = shown(check(products.results(Search("x", ALIBABA), {ALIBABA: page_of(full, product())}, {})))
    assert text.count("minimum order 1,200") == 1
    assert text.count("浙江 &lt;义乌&gt;") == 1
    assert "minimum order 1 " not in text


def test_results_turn_back() -> None:
    """A later page has the way back, the last one no way forward."""
    message = check(products.results(Search("连衣裙", ALIBABA, page=5), {ALIBABA: page_of(product(), number=5)}, {}))
    assert [label for label in labels(message) if "page" in label] == ["◀ Previous page"]
    unknown = {ALIBABA: page_of(*[product()] * 5, number=2, total=None)}
    texts = labels(check(products.results(Search("x", ALIBABA, page=2), unknown, {})))
    assert [label for label in texts if "page" in label] == ["◀ Previous page", "Next page ▶"]


@pytest.mark.parametrize(
    ("total", "number", "before"), [(23, 99, 5), (None, 99, 1), (0, 99, 1), (23, 6, 5), (23, 3, 2)]
)
def test_behind_the_end_one_turns_back_to_the_end(total: int | None, number: int, before: int) -> None:
    """From a page that does not exist, Previous leads to the last one that does; to the first where nobody knows."""
    pages = {ALIBABA: page_of(number=number, total=total)}
    message = check(products.results(Search("x", ALIBABA, page=number), pages, {}))
    assert parse(commands(message)[0]) == Search("x", ALIBABA, page=before)
    listed = check(listing(ListOrders("", ALIBABA, number), {ALIBABA: Page[Order](total=total, page_size=5)}, {}))
    assert ListOrders("", ALIBABA, before) in map(parse, commands(listed))


def test_one_platform_down() -> None:
    """A platform that failed says so while the other one shows."""
    message = check(products.results(Search("连衣裙"), {ALIBABA: page_of(product())}, {TAOBAO: "no answer"}))
    assert "⚠️ Couldn't search *Taobao*: no answer" in shown(message)
    assert "¥49.90" in shown(message)


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (Search("x"), "Nothing found for `x`. Try fewer words, or the Chinese word"),
        (Search("x", price_min=Decimal(1)), "Nothing found for `x`. Try it without the price limits"),
        (Search("x", page=3), "nothing on page 3"),
    ],
)
def test_nothing_found_is_one_line_of_advice(request_: Search, says: str) -> None:
    """An empty answer is one line that says what to try, with buttons that search more widely."""
    message = check(products.results(request_, {p: page_of(total=0) for p in Platform}, {}))
    assert [block["type"] for block in message.blocks if block["type"] != "actions"] == ["section"]
    assert says in shown(message)
    narrow = check(products.results(Search("x", TAOBAO, price_max=Decimal(1)), {TAOBAO: page_of(total=0)}, {}))
    assert [parse(value) for value in commands(narrow)] == [
        Search("x", price_max=Decimal(1)),
        Search("x", TAOBAO),
    ]


@TEXTS
def test_hostile_products(text: str) -> None:
    """No title, seller or address of a product has any force, and no product is lost without being counted."""
    made = product(text).model_copy(update={"url": f"https://x/{text}", "image_url": text, "sold": text, "price": None})
    message = check(
        products.results(Search(text[:200].strip() or "x"), {p: page_of(*[made] * 10) for p in Platform}, {})
    )
    assert len(message.blocks) > 5


def test_order_in_words() -> None:
    """State, amounts, items, seller and parcels are all there, and the buttons lead on."""
    named = Parcel("YT2538123456789", "圆通速递")  # by the order only
    message = check(order_view.detail(snapshot(parcel(), named, of=order()), NOW))
    text = shown(message)
    for part in (
        "In transit",
        "¥107.80",
        "¥8.00",
        "× 2 件 · 红色 / XL · ¥49.90",
        "SF1234567890123",
        "📦 `YT2538123456789` · <https://www.yto.net.cn/|YTO> · No scans yet",
        "2 parcels",
    ):
        assert part in text
    assert labels(message) == [
        *("Track parcels", "Refresh", "Message the seller", "Watch here", "Freight abroad", "Refund…")
    ]
    assert parse(commands(message)[0]) == Track(ID, ALIBABA)
    assert message.blocks[4]["accessory"]["image_url"].startswith("https://cbu01.alicdn.com/")


def test_order_of_which_little_is_known() -> None:
    """Missing parts are said to be missing."""
    assert "only its parcels" in shown(check(order_view.detail(snapshot(parcel()), NOW)))
    bare = Order(platform=ALIBABA, order_id=ID)
    text = shown(check(order_view.detail(snapshot(of=bare), NOW)))
    assert "no amounts" in text
    assert "No parcel yet" in text


def test_an_unknown_state_is_shown_as_sent() -> None:
    """A code that nobody knows is shown, and no state is claimed for it."""
    odd = order().model_copy(update={"status_code": "waitmoon"})
    assert "waitmoon" in shown(check(order_view.detail(snapshot(of=odd), NOW)))


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("waitselleragree", "requested"),
        ("10", "requested"),
        ("refundclose", "closed"),
        ("wait<moon>", "wait&lt;moon&gt;"),
    ],
)
def test_a_refund_is_in_words(status: str, words: str) -> None:
    """The order's refund and an item's are said in words; an unknown state is shown as it came, harmlessly."""
    items = tuple(item.model_copy(update={"refund_status": status}) for item in order().items)
    text = shown(
        check(order_view.detail(snapshot(of=order().model_copy(update={"refund_status": status, "items": items})), NOW))
    )
    assert f"*Refund*: {words}" in text
    assert f"refund: {words}" in text
    assert f"efund: {status}" not in text
    assert f"efund*: {status}" not in text


def test_no_refund_is_not_mentioned() -> None:
    """Taobao sends 0 for an order without a refund."""
    items = tuple(item.model_copy(update={"refund_status": "0"}) for item in order().items)
    text = shown(
        check(order_view.detail(snapshot(of=order().model_copy(update={"refund_status": "0", "items": items})), NOW))
    )
    assert "efund" not in text.replace("Refund…", "")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("buyerCancel", "cancelled by the buyer"),
        ("buyer_cancel", "cancelled by the buyer"),
        ("sellerGoodsLack", "the seller is out of stock"),
        ("BUYER_NO_PAY", "not paid in time"),
        ("other", "another reason"),
        ("质检<不合格>", "质检&lt;不合格&gt;"),
    ],
)
def test_why_an_order_was_closed_is_in_words(reason: str, words: str) -> None:
    """The upstream's reasons are said in words; any other one is shown as it came, harmlessly."""
    text = shown(check(order_view.detail(snapshot(of=order().model_copy(update={"close_reason": reason})), NOW)))
    assert f"Closed: {words}" in text


@TEXTS
def test_hostile_orders(text: str) -> None:
    """An order of forty hostile lines keeps the limits, alone and in a list."""
    bad = order(text, items=40).model_copy(update={"status_code": text, "waybills": (text,) * 30})
    check(order_view.detail(snapshot(*[parcel(text=text, waybill=text, carrier=text)] * 20, of=bad), NOW))
    pages = {p: Page[Order](items=(bad,) * 20, total=None) for p in Platform}
    check(listing(ListOrders(page=2), pages, {}))


@pytest.mark.parametrize(
    ("status", "platform", "is_said"),
    [
        ("done", TAOBAO, True),
        ("shipped", TAOBAO, True),
        ("paid", TAOBAO, False),
        ("", TAOBAO, False),
        ("done", ALIBABA, False),
    ],
)
def test_what_taobaos_list_cannot_tell(status: str, platform: Platform, is_said: bool) -> None:
    """Taobao has one state for shipped and delivered orders; the list of either says so."""
    text = shown(check(listing(ListOrders(status, platform), {platform: Page[Order](items=(order(),))}, {})))
    assert ("does not tell delivered orders from shipped ones" in text) is is_said


def test_orders_listed_and_paged() -> None:
    """Every order has its state, sum and a way to its details."""
    pages = {ALIBABA: Page[Order](items=(order(),) * 5, page_size=5, total=12)}
    message = check(listing(ListOrders("shipped"), pages, {TAOBAO: "no answer"}))
    assert "Orders · On the way" in shown(message)
    assert "¥107.80" in shown(message)
    assert "⚠️ Couldn't list the orders on *Taobao*: no answer" in shown(message)
    tabs = [ListOrders(status) for status in ("", "unpaid", "paid", "shipped", "done", "attention")]
    details = [ShowOrder(ID, ALIBABA, ListOrders("shipped"))] * 5
    assert [parse(value) for value in commands(message)] == [
        *(*tabs, *details, ListOrders("shipped", page=2), ListOrders("shipped")),
        ExportOrders(ListOrders("shipped")),
    ]


@pytest.mark.parametrize(
    ("request_", "says"),
    [(ListOrders(), "no orders yet"), (ListOrders("paid"), "in that state"), (ListOrders(page=9), "page 9")],
)
def test_no_orders(request_: ListOrders, says: str) -> None:
    """An empty list says why."""
    assert says in shown(check(listing(request_, {ALIBABA: Page[Order](total=0)}, {})))


def test_watches_listed() -> None:
    """State, filter, who and when, a way to stop each, a reason and Resume for a paused one."""
    paused = watch(2, state=WatchState.PAUSED, reason="not_in_channel", stale_since=NOW, order=None)
    message = check(
        watches_view.listing(
            ListWatches(HERE, 2), listed(watch(1), paused, total=23), Channel(HERE), NOW, LINKS, page_size=10
        )
    )
    text = shown(message)
    assert "23 orders are watched in <#C0123ABCD>" in text
    assert "all updates · by somebody since" in text
    assert "/invite @pandabot" in text
    assert "page 2 of 3" in text
    tabs = ["All · 23", "Needs attention · 1", "On the way · 22"]
    assert labels(message) == [*tabs, "Stop", "Resume", "◀ Previous page", "Next page ▶"]
    assert parse(commands(message)[1]) == ListWatches(HERE, 1, Group.ATTENTION)
    assert parse(commands(message)[3]) == Unwatch((ID,), HERE)
    assert parse(commands(message)[6]) == ListWatches(HERE, 3)


def test_no_watches() -> None:
    """An empty channel learns how to start; a page too far says so."""
    assert "/panda watch" in shown(
        check(watches_view.listing(ListWatches("D0123ABCD"), listed(), Channel(HERE), NOW, LINKS, page_size=10))
    )
    assert "nothing on this page" in shown(
        check(watches_view.listing(ListWatches(HERE, 9), listed(total=3), Channel(HERE), NOW, LINKS, page_size=10))
    )


def test_outcomes_one_by_one() -> None:
    """Every id gets its answer; Undo takes back only what was started."""
    results = [
        WatchOutcome(ID, WatchResult.WATCHING, watch(card_ts="1.1"), snapshot(parcel(), of=order())),
        WatchOutcome(OTHER, WatchResult.QUEUED, watch(2)),
        WatchOutcome("100000000003", WatchResult.ALREADY, watch(3)),
        WatchOutcome("100000000004", WatchResult.FILTER_CHANGED, watch(4, filter="problems")),
        WatchOutcome("100000000005", WatchResult.NOT_FOUND),
        WatchOutcome("100000000006", WatchResult.OTHER_PLATFORM, platform=TAOBAO),
        WatchOutcome("100000000007", WatchResult.UNAVAILABLE, reason="PandaPon did not answer in time."),
        WatchOutcome("100000000008", WatchResult.REFUSED, reason="not_in_channel"),
        WatchOutcome("100000000009", WatchResult.OTHER_PLATFORM),
    ]
    message = check(watch_views.outcomes(results, "C0123ABCD"))
    text = shown(message)
    for part in (
        "Watching 2 orders in <#C0123ABCD>",
        "its card will follow",
        "🚚 In transit · 雪纺连衣裙 +1 · …880794",
        "`100000000003` · already watched (all updates)",
        "already watched, now with problems only",
        "no order or parcel with this number",
        "/panda watch 100000000006 --taobao",
        "did not answer",
        "/invite @pandabot",
        "See all: `/panda watches`",
    ):
        assert part in text
    assert all(f"`{outcome.order_id}`" in text for outcome in results[1:])
    assert commands(message) == ["1,2"]


def test_what_the_channel_was_told_in_a_list_is_not_told_again() -> None:
    """The answer counts the orders, and says what became of the others."""
    listed = [WatchOutcome(f"{ID[:-1]}{n}", WatchResult.WATCHING, watch(n), snapshot(of=order())) for n in range(5)]
    failed = WatchOutcome(OTHER, WatchResult.NOT_FOUND)
    text = shown(check(watch_views.outcomes([*listed, failed], "C0123ABCD")))
    assert "Watching 5 orders in <#C0123ABCD>" in text
    assert "雪纺连衣裙" not in text
    assert OTHER in text
    assert "You'll get all updates. See all: `/panda watches`" in text


def test_outcomes_of_nothing_but_failure() -> None:
    """Where nothing was started there is nothing to undo."""
    message = check(watch_views.outcomes([WatchOutcome(ID, WatchResult.NOT_FOUND)], "C0123ABCD"))
    assert not labels(message)


@TEXTS
def test_hostile_watches(text: str) -> None:
    """25 watches with hostile words keep the limits."""
    bad = [watch(n, reason=text, filter=text, order=order(text)) for n in range(25)]
    check(watches_view.listing(ListWatches(HERE), listed(*bad), Channel(HERE), NOW, LINKS, page_size=10))
    hostile = snapshot(parcel(text=text), of=order(text))
    outcomes = [WatchOutcome(f"{10**17 + n}", WatchResult.WATCHING, watch, hostile) for n, watch in enumerate(bad)]
    check(watch_views.outcomes(outcomes, "C0123ABCD"))
    check(watch_views.ended(bad, "C0123ABCD", [text, ID]))
    check(watch_views.restored(bad, "C0123ABCD"))


def test_ended_with_undo() -> None:
    """What was stopped is named, what was not watched too; Undo carries the watches' ids."""
    message = check(watch_views.ended([watch(7), watch(9)], "C0123ABCD", [OTHER]))
    assert "Stopped watching 2 orders in <#C0123ABCD>" in shown(message)
    assert f"`{OTHER}` was not watched" in shown(message)
    assert commands(message) == ["7,9"]
    many = [watch(n) for n in range(25)]
    assert "and 13 more" in shown(check(watch_views.ended(many, "C0123ABCD", [])))
    assert not labels(check(watch_views.ended([], "C0123ABCD", [OTHER])))
    assert "nothing was stopped" in shown(check(watch_views.ended([], "C0123ABCD", [])))


def test_restored_and_resumed() -> None:
    """Undo and Resume say what is watched again, or that nothing had to be done."""
    assert "Watching 1 order in <#C0123ABCD> again" in shown(check(watch_views.restored([watch()], "C0123ABCD")))
    assert "Nothing was undone" in shown(check(watch_views.restored([], "C0123ABCD")))
    assert "again" in shown(check(watch_views.resumed(watch())))
    assert "no longer watched" in shown(check(watch_views.resumed(None)))


@pytest.mark.parametrize("topic", ["", *TOPICS, "nonsense"])
def test_help_has_examples_that_work(topic: str) -> None:
    """Every example on every page of help is a command that the grammar takes."""
    text = shown(check(help_page(topic)))
    examples = [part for part in text.split("`") if part.startswith("/panda")]
    assert examples
    for example in examples:
        command, _space, arguments = example.partition(" ")
        parse(arguments, command=command)


def test_help_and_list_in_one_message() -> None:
    """The bare watch command answers with both, in the limits even when both are long."""
    rows = [watch(n, order=order(HOSTILE)) for n in range(25)]
    of_all = watches_view.listing(ListWatches(HERE), listed(*rows), Channel(HERE), NOW, LINKS, page_size=25)
    message = check(help_page("watch").followed_by(of_all))
    assert "Watch orders" in message.text
    assert "25 orders are watched" in shown(message)


def report(**changes: Any) -> Report:
    made = Report(
        version="0.1.0",
        started_at=NOW - timedelta(hours=3),
        pandapon_ok_at=NOW - timedelta(seconds=30),
        pandapon_down_since=None,
        pandapon_error="",
        slack_mode="socket",
        last_tick_at=NOW - timedelta(seconds=10),
        poll_interval=timedelta(seconds=30),
    )
    return replace(made, **changes)


def test_status_when_all_is_well() -> None:
    """Health in words."""
    health = Health(orders=5, watches=3, paused=0, due=0, oldest_due=None)
    message = check(status_view.status(health, Watched(4, 2), report(), NOW))
    for part in (
        "Everything is running normally",
        "PandaPon is responding (last response just now).",
        "Checking for updates: on schedule.",
        "Slack: nothing waiting.",
        "4 orders watched in 2 channels.",
        "connected by Socket Mode",
    ):
        assert part in shown(message)


def test_status_when_it_is_not() -> None:
    """Everything that is wrong is said."""
    health = Health(
        orders=5,
        watches=3,
        paused=1,
        due=2,
        oldest_due=NOW - timedelta(minutes=9),
        outbox={PostState.PENDING: 1, PostState.HELD: 2, PostState.UNCERTAIN: 1},
        lost=3,
        oldest_post=NOW - timedelta(minutes=4),
        last_sent_at=NOW - timedelta(hours=1),
        stale_orders=4,
    )
    down = report(
        pandapon_down_since=NOW - timedelta(minutes=20),
        pandapon_error=HOSTILE,
        slack_mode="http",
        token_refused="token_revoked",
        copies=BackupState(
            NOW - timedelta(hours=3), StorageError(HOSTILE), is_damaged=True, restored=Restored(NOW, "bot.db.aside")
        ),
    )
    text = shown(check(status_view.status(health, Watched(4, 2), down, NOW)))
    for part in (
        "Some things need attention",
        "PandaPon hasn't responded since",
        "Checking for updates: 2 orders are late, the oldest by 9 minutes.",
        "Slack: 2 messages waiting, the oldest for 4 minutes, 2 held back, 3 refused by Slack for good",
        "last message sent 1 h ago.",
        "4 couldn't be checked recently",
        "refuses the bot's token (`token_revoked`)",
        "1 watch is paused",
        "kept as `bot.db.aside`",
        "Restart the bot",
        "The last backup failed",
        "Last backup: 3 h ago.",
        "HTTP",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("figures", "facts", "well"),
    [
        ({}, {}, True),
        ({"outbox": {PostState.FAILED: 3}}, {}, True),  # refused long ago, or told to whoever asked
        ({"lost": 1}, {}, False),
        ({"outbox": {PostState.UNCERTAIN: 1}}, {}, False),
        ({}, {"token_refused": "invalid_auth"}, False),
        ({}, {"last_tick_at": NOW - timedelta(hours=2)}, False),
        ({}, {"last_tick_at": NOW - timedelta(minutes=10)}, True),  # a long queue takes its time
    ],
)
def test_status_headline(figures: dict[str, Any], facts: dict[str, object], well: bool) -> None:
    """All is well only where nothing is lost, in doubt, refused or hanging."""
    health = replace(Health(orders=5, watches=3, paused=0, due=0, oldest_due=None), **figures)
    assert (
        "Everything is running normally"
        in shown(check(status_view.status(health, Watched(4, 2), report(**facts), NOW)))
    ) is well


def test_status_tells_of_pushes() -> None:
    """How many came lately, the last, and what nobody here knows; or that none came."""
    health = Health(orders=5, watches=3, paused=0, due=0, oldest_due=None)
    pushed = status_view.PushCounts(12, 1, 2, NOW - timedelta(minutes=4))
    text = shown(check(status_view.status(health, Watched(4, 2), report(), NOW, pushed=pushed)))
    for part in ("pushed 12 messages", "the last one", "1 about an order not watched", "2 of unknown types"):
        assert part in text
    assert "sent nothing in the last 24 hours" in shown(
        check(status_view.status(health, Watched(4, 2), report(), NOW, pushed=status_view.PushCounts()))
    )


def test_status_at_the_start() -> None:
    """Before the first poll nothing is claimed."""
    empty = Health(orders=0, watches=0, paused=0, due=0, oldest_due=None)
    text = shown(check(status_view.status(empty, Watched(), report(pandapon_ok_at=None, last_tick_at=None), NOW)))
    assert "hasn't been asked" in text
    assert "not started" in text


@TEXTS
def test_a_refusal_shows_the_command_to_copy(text: str) -> None:
    """Whatever was typed, what is wrong and the correction are shown harmlessly."""
    with pytest.raises(UsageError) as caught:
        parse(f"serch red {text}")
    message = check(failures.usage_error(caught.value))
    assert "I don't know `serch`. Did you mean `/panda search" in shown(message)
    assert "You typed `/panda serch red" in shown(message)


def test_a_refusal_without_a_correction() -> None:
    """Where there is none, none is shown."""
    message = check(failures.usage_error(UsageError(typed="the channel #x", problem="I do not know it.")))
    assert shown(message) == "I do not know it.\nYou typed the channel #x"


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (api.TimeoutError("slow"), "in time"),
        (api.TransportError("reset"), "can't be reached"),
        (api.ServerError("500"), "is having problems"),
        (api.RateLimitError("slow down"), "in a minute"),
        (api.RateLimitError("slow down", retry_after=7.2), "in 7 seconds"),
        (api.DecodeError("json"), "couldn't read"),
        (api.AuthError("key"), "pandabot check"),
        (api.TimestampError("time"), "time stamp"),
        (api.NotFoundError("none"), "has nothing"),
        (api.NotShippedError("none"), "not been shipped"),
        (api.ApiError(HOSTILE, request_id="abc123"), "abc123"),
        (api.PandaPonError("odd"), "problems"),
    ],
)
def test_each_failure_of_pandapon_is_one_sentence(error: api.PandaPonError, says: str) -> None:
    """A person learns what happened and what to do."""
    assert says in shown(check(failures.pandapon(error)))


@pytest.mark.parametrize(
    "code", ["not_in_channel", "channel_not_found", "is_archived", "token_revoked", "restricted_action", HOSTILE, ""]
)
def test_each_refusal_of_slack_is_one_sentence(code: str) -> None:
    """A channel that cannot be posted to is explained, in a direct message too."""
    refused = [WatchOutcome(ID, WatchResult.REFUSED, reason=code)]
    assert "<#C0123ABCD>" in shown(check(watch_views.outcomes(refused, "C0123ABCD"))) or code == "token_revoked"
    check(watch_views.outcomes(refused, "D0123ABCD"))


def test_other_errors() -> None:
    """Unknown and wrong ids lead on; a fault of ours shows its number; a working line works."""
    assert "/panda orders" in shown(check(failures.unknown_order(HOSTILE)))
    wrong = WrongPlatformError(OrderRef(TAOBAO, ID), ALIBABA)
    assert f"/panda order {ID} --taobao" in shown(check(failures.wrong_platform(wrong)))
    assert "`1f2e3d4c`" in shown(check(failures.failure("Something went wrong.", incident_id="1f2e3d4c")))
    assert "⏳" in shown(check(failures.working("")))


def test_shortcut_shows_each_order_once() -> None:
    """An order and its waybill are one paragraph; unknown ids and failures say so; skipped ones are named."""
    seen = snapshot(parcel(), of=order(), stale=True)
    mentions = MessageIds((ID, "SF1234567890123", OTHER, "100000000003"), skipped=("100000000004", "100000000005"))
    outcomes: dict[str, OrderSnapshot | UnknownOrderError | api.PandaPonError]
    outcomes = dict(zip(mentions.ids, [seen, seen, UnknownOrderError(OTHER), api.TimeoutError("slow")], strict=True))
    message = check(shortcut_views.tracked(mentions, outcomes, NOW))
    text = shown(message)
    assert text.count("1688 order") == 1
    assert f"`{OTHER}`: no order" in text
    assert "in time" in text
    assert "2 more IDs" in text
    assert [parse(value) for value in commands(message)] == [Track(ID, ALIBABA)]


def test_shortcut_on_a_message_without_orders() -> None:
    """Nothing found says what would be found."""
    assert "12 to 20 digits" in shown(check(shortcut_views.tracked(MessageIds(()), {}, NOW)))
    assert f"1 more ID in that message was skipped: `{OTHER}`" in shown(
        check(shortcut_views.skipped(MessageIds((ID,), (OTHER,))))
    )


@TEXTS
def test_hostile_shortcut(text: str) -> None:
    """Ten hostile orders keep the limits."""
    ids = tuple(f"{10**17 + n}" for n in range(10))
    looks = {
        order_id: replace(
            snapshot(parcel(text=text, carrier=text), of=order(text)), ref=replace(REF, order_id=order_id)
        )
        for order_id in ids
    }
    check(shortcut_views.tracked(MessageIds(ids, ids * 5), looks, NOW))


def test_help_topics_read() -> None:
    """Every topic can be asked for."""
    assert [parse(f"help {topic}") for topic in TOPICS] == [Help(topic) for topic in TOPICS]
