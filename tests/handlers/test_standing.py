"""Every view says the same of an order: one function decides, and the platform's own word is shown as such."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import examples
from support.message_checks import check, shown
from support.order_lists import listing
from support.view_samples import HOSTILE, LINKS, NOW, listed, order, parcel, watch

from bot.jobs import digests
from handlers.blocks.i18n import LANGUAGES, use_language
from handlers.blocks.labels import milestone_emoji, milestone_name, reason_words, status_name
from handlers.blocks.order_states import STATES, is_listed_at
from handlers.blocks.standing import of_parcel, of_step, standing
from handlers.features.home import home_view
from handlers.features.orders import order_view
from handlers.features.watching import shortcut_views, watch_views, watches_view
from handlers.interactions.ports import WatchOutcome, WatchResult
from handlers.posts import card, digest, thread, tracking
from handlers.wire.requests import ListOrders, ListWatches
from pandapon.courier import Reason, read_entry
from pandapon.milestones import ALIBABA_ORDER, TAOBAO_ORDER, status_claim
from pandapon.models import Order, Page
from pandapon.shipment import FINAL, Milestone, Node, OrderRef, Parcel, Platform, Shipment, TimeBasis
from storage.channel import Channel
from storage.watch import WatchedOrders
from tracking.attention import Group
from tracking.daily_digest import DailyDigest
from tracking.decide import Decision, decide
from tracking.orders import FetchedOrder, OrderSnapshot
from tracking.values import News, Step

if TYPE_CHECKING:
    from storage.watch import Watch

ROOT = Path(__file__).parents[2]
M = Milestone
ALIBABA, TAOBAO = Platform.ALIBABA, Platform.TAOBAO
IDS = {ALIBABA: "2542285634920880794", TAOBAO: "3305075341149134260"}
CODES = {ALIBABA: [*ALIBABA_ORDER, "", "waitmoon"], TAOBAO: [*TAOBAO_ORDER, "9", "", "77"]}
SCANS = (
    "商家已通知快递员揽收",
    "已揽收",
    "快件离开 义乌分拨中心，已发往 广州分拨中心",
    "快件已到达 广州白云营业部，待派送",
    "快件正在派送中，派送员：王师傅",
    "快件已到达丰巢智能柜，请凭取件码取件",
    "快件已签收，签收人：本人",
    "收件人不在，未妥投",
    "快件外包装破损，已登记为问题件",
    "海关扣留，等待补充资料",
    "收件人拒收，快件退回",
    "退回件已签收，签收人：发件网点",
    "快件丢失，已协商理赔",
    "快件已被海关销毁",
)


def test_every_reason_has_words_of_its_own() -> None:
    """In each language; a problem that the courier gives no name is not called anything."""
    for language, _name in LANGUAGES:
        with use_language(language):
            phrases = {reason: reason_words(reason) for reason in Reason}
        assert {phrases.pop(Reason.OTHER), phrases.pop(Reason.BY_BUYER)} == {""}
        assert all(phrases.values())
        assert len(set(phrases.values())) == len(phrases)


@pytest.mark.parametrize("platform", list(Platform))
def test_every_code_that_claims_a_state_has_words(platform: Platform) -> None:
    """What the bot understands, a person can read."""
    for code in ALIBABA_ORDER if platform is ALIBABA else TAOBAO_ORDER:
        assert status_name(platform, code) != code


def test_nothing_else_puts_a_state_into_words() -> None:
    """The vocabulary has one reader."""
    vocabulary = {"bar", "furthest", "milestone_emoji", "milestone_name", "reason_words", "status_name"}
    for path in [*ROOT.glob("handlers/**/*.py"), *ROOT.glob("bot/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "handlers.milestones":
                taken = {alias.name for alias in node.names} & vocabulary
                assert not taken or path.name == "standing.py", f"{path} takes {taken}"


@pytest.mark.parametrize(
    ("milestone", "platform", "code", "line"),
    [
        # the platform knows what nobody else does
        (M.ORDERED, ALIBABA, "waitbuyerpay", "🛒 Waiting for payment"),
        (M.ORDERED, ALIBABA, "WAIT_BUYER_PAY", "🛒 Waiting for payment"),
        (M.ORDERED, TAOBAO, "WAIT_BUYER_PAY", "🛒 Waiting for payment"),
        (M.ORDERED, TAOBAO, "3", "🛒 Rejected by the finance team"),
        (M.PAID, TAOBAO, "10", "💳 Waiting for the seller to ship"),
        (M.SHIPPED, ALIBABA, "waitlogisticstakein", "📤 Waiting for the courier to pick it up"),
        # it says the same, or no more than that it is on its way
        (M.SHIPPED, TAOBAO, "11", "📤 Shipped"),
        (M.IN_TRANSIT, ALIBABA, "waitbuyerreceive", "🚚 In transit"),
        (M.EXCEPTION, ALIBABA, "waitbuyersign", "⚠️ Delivery problem"),
        (M.DELIVERED, ALIBABA, "success", "✅ Delivered"),
        (M.CANCELLED, TAOBAO, "4", "✖️ Cancelled"),
        # it says something else
        (M.DELIVERED, TAOBAO, "11", "✅ Delivered (Taobao says: Shipped)"),
        (M.IN_TRANSIT, ALIBABA, "success", "🚚 In transit (1688 says: Completed)"),
        (M.IN_TRANSIT, ALIBABA, "waitbuyerpay", "🚚 In transit (1688 says: Waiting for payment)"),
        (M.RETURNED, ALIBABA, "waitbuyerreceive", "↩️ Returned to sender (1688 says: Shipped)"),
        (M.SHIPPED, TAOBAO, "10", "📤 Shipped (Taobao says: Waiting for the seller to ship)"),
        # nobody knows what it says
        (None, ALIBABA, "waitmoon", "❔ State not known yet (1688 says: waitmoon)"),
        (M.IN_TRANSIT, ALIBABA, "waitmoon", "🚚 In transit (1688 says: waitmoon)"),
        (None, ALIBABA, "", "❔ State not known yet"),
    ],
)
def test_what_is_said_of_an_order(milestone: Milestone | None, platform: Platform, code: str, line: str) -> None:
    """One state; the platform's word beside it where that is another one."""
    assert standing(milestone, bought(platform, code)).line == line


@pytest.mark.parametrize(
    ("texts", "line"),
    [
        (["海关扣留，等待补充资料"], "⚠️ Delivery problem · held by customs"),
        (["快件外包装破损，已登记为问题件", "问题件处理中"], "⚠️ Delivery problem · damaged"),
        (["快件外包装破损，已登记为问题件", "超区件，转其他快递"], "⚠️ Delivery problem · outside the delivery area"),
        (["快件丢失"], "❌ Lost"),
        (["快件疑似丢失，正在查找"], "⚠️ Delivery problem · perhaps lost"),
        (["快件丢失，已赔付"], "❌ Lost · compensation agreed"),
        (["快件已被海关销毁"], "❌ Lost · destroyed"),
        (
            ["收件人拒收，快件退回", "退回途中：快件已到达 义乌分拨中心"],
            "↩️ On its way back to the sender · refused by the receiver",
        ),
        (
            ["收件人拒收，快件退回", "退回件已签收，签收人：发件网点"],
            "↩️ Returned to sender · refused by the receiver",
        ),
        (["快件外包装破损，已登记为问题件", "快件正在派送中"], "🛵 Out for delivery"),
        (["快件已签收，签收人：本人"], "✅ Delivered"),
        (["部分签收，其余快件派送中"], "✅ Delivered · only a part has come"),
        (["部分签收", "快件已签收，签收人：本人"], "✅ Delivered"),
    ],
)
def test_why_it_is_a_problem(texts: list[str], line: str) -> None:
    """The reason of the latest entry that names one, as long as the problem holds; on the card and in the answers."""
    decided = first_decision(bought(ALIBABA, "waitbuyerreceive"), [texts])
    snapshot = snapshot_of(decided)
    parcel = snapshot.shipment.parcels[0]
    assert replace(standing(snapshot.milestone, snapshot.order, snapshot.shipment.parcels), says="").line == line
    assert of_parcel(parcel, snapshot.milestone, snapshot.order).line == line
    for message in (
        card.card(snapshot, watch(), NOW),
        tracking.track(snapshot, NOW),
        order_view.detail(snapshot, NOW),
    ):
        text, (words, _dot, reason) = shown(check(message)).replace("*", ""), line.split(" ", 1)[1].partition(" · ")
        assert text.count(words) >= 2
        assert reason in text


def test_the_news_of_a_problem_says_why() -> None:
    """At its first entry, at the order's own step, and when it is told again."""
    held = scan("海关扣留，等待补充资料", 1)
    stands = Parcel("SF1", milestone=M.EXCEPTION)
    ref = OrderRef(ALIBABA, IDS[ALIBABA])
    step = News(ref, M.EXCEPTION, (held,), steps=(Step(M.IN_TRANSIT, M.EXCEPTION, "SF1"),), parcels=(stands,))
    again = replace(step, steps=())
    whole = replace(step, steps=(Step(M.IN_TRANSIT, M.EXCEPTION),))
    for news in (step, again, whole):
        text = shown(check(thread.news(news, None, watch(), NOW)))
        assert text.startswith("⚠️ *Delivery problem*")
        assert "· held by customs · " in text.splitlines()[0]
        assert "\n✋ *Action needed:* papers are missing\n" in text


def test_a_reason_that_is_the_action_is_told_once() -> None:
    """What is to be done says it."""
    due = scan("清关异常，请收件人尽快缴纳关税", 1)
    ref = OrderRef(ALIBABA, IDS[ALIBABA])
    steps, parcels = (Step(M.IN_TRANSIT, M.EXCEPTION, "SF1"),), (Parcel("SF1", milestone=M.EXCEPTION),)
    text = shown(check(thread.news(News(ref, M.EXCEPTION, (due,), steps=steps, parcels=parcels), None, watch(), NOW)))
    assert text.startswith(
        "⚠️ *Delivery problem* · 雪纺连衣裙 +1\n✋ *Action needed:* duty or charges have to be paid\n"
    )


def test_a_reason_of_another_parcel_is_not_told() -> None:
    """Each step has its own parcel's reason."""
    nodes = (scan("海关扣留", 1, "SF1"), scan("快件外包装破损，已登记为问题件", 2, "SF2"))
    assert of_step(Step(None, M.EXCEPTION, "SF1"), nodes=nodes).reason == "held by customs"
    assert of_step(Step(None, M.EXCEPTION, "SF2"), nodes=nodes).reason == "damaged"
    assert of_step(Step(M.EXCEPTION, M.IN_TRANSIT, "SF2"), nodes=nodes).reason == ""


def test_a_completed_order_settles_a_parcel_and_says_so() -> None:
    """A parcel that gets no further scan stands as it was seen, with the platform's word for why the order is over."""
    decided = first_decision(bought(ALIBABA, "success"), [["快件外包装破损，已登记为问题件"]])
    text = shown(check(card.card(snapshot_of(decided), watch(), NOW)))
    assert text.startswith("✅ Delivered · ")
    assert "Delivery problem · damaged (1688 says: Completed)" in text


def test_an_order_with_a_finance_team_is_not_called_unpaid() -> None:
    """Its buyer has done what there was to do."""
    text = shown(check(tracking.track(snapshot_of(first_decision(bought(TAOBAO, "2"), [])), NOW)))
    assert text.startswith("🛒 Approved by the finance team · ")
    assert "not paid" not in text.casefold()


@pytest.mark.parametrize("code", ["waitbuyerpay", "WAIT_BUYER_PAY"])
def test_an_unpaid_order_is_not_said_to_wait_for_its_seller(code: str) -> None:
    """There is no parcel because nobody paid."""
    snapshot = snapshot_of(first_decision(bought(ALIBABA, code), []))
    for message in (card.card(snapshot, watch(), NOW), tracking.track(snapshot, NOW)):
        text = shown(check(message))
        assert text.startswith("🛒 Waiting for payment · ")
        assert "Pay on 1688" in text
        assert "seller" not in text.replace(order().seller, "").replace("Message the seller", "")


@pytest.mark.parametrize("code", ["waitbuyerreceive", "success"])
def test_hostile_codes_and_titles_stay_harmless(code: str) -> None:
    """The platform's word is remote text."""
    summary = standing(M.IN_TRANSIT, bought(ALIBABA, HOSTILE * 9), (parcel(text=HOSTILE),))
    assert "<" not in summary.line
    assert len(summary.line) < 200
    assert "<" not in standing(M.DELIVERED, bought(ALIBABA, code)).line


# --- whatever the platform says and the courier scans -----------------------------------------------------------------


def bought(platform: Platform, code: str) -> Order:
    """An order with this status, as the client reads it."""
    claim = status_claim(platform, code)
    changed = {"platform": platform, "order_id": IDS[platform], "status_code": code, "milestone": claim}
    paid_at = None if claim is M.ORDERED else order().paid_at
    bare = {"waybills": (), "refund_status": "", "close_reason": "", "paid_at": paid_at}
    return order().model_copy(update={**changed, **bare})


def scan(text: str, hour: int, waybill: str = "SF1") -> Node:
    """An entry of a trace, read as the client reads it."""
    at = NOW - timedelta(days=2) + timedelta(hours=hour)
    return Node(waybill, at, at.isoformat(), TimeBasis.CHINA, text, milestone=read_entry(text).milestone, sequence=hour)


def first_decision(detail: Order, traces: list[list[str]]) -> Decision:
    """What the bot decides at the first sight of an order."""
    parcels = tuple(
        Parcel(f"SF{n}", "顺丰速运", nodes=tuple(scan(text, hour, f"SF{n}") for hour, text in enumerate(texts)))
        for n, texts in enumerate(traces, 1)
    )
    return decide(None, FetchedOrder(detail.ref, detail, Shipment(detail.ref, parcels)), NOW)


def snapshot_of(decided: Decision) -> OrderSnapshot:
    return decided.snapshot()


def stored(decided: Decision) -> Watch:
    """A watch with what is stored of its order."""
    return replace(watch(), card_ts="1.1", key=decided.key, milestone=decided.milestone, order=decided.order)


def ready(text: str) -> tuple[OrderSnapshot, Watch]:
    """An order whose parcel was stored two hours before ``NOW`` with these words, and a watch of it."""
    at = NOW - timedelta(hours=2)
    node = Node("SF1", at, at.isoformat(), TimeBasis.CHINA, text, milestone=read_entry(text).milestone)
    detail = bought(ALIBABA, "waitbuyerreceive")
    reading = Shipment(detail.ref, (Parcel("SF1", "顺丰速运", nodes=(node,)),))
    decided = decide(None, FetchedOrder(detail.ref, detail, reading), NOW)
    return decided.snapshot(), replace(stored(decided), pick_up_by=decided.pick_up_by)


@pytest.mark.parametrize(
    ("text", "later", "words"),
    [
        ("快件已存放至丰巢柜，请于5月23日前取件", timedelta(), "Pick it up by May 23"),
        ("快件已存放至丰巢柜，请在24小时内取件", timedelta(), "Pick it up by May 21"),
        ("快件已存放至丰巢柜，请尽快取件", timedelta(), "Pick it up"),
        ("快件已存放至丰巢柜，请于5月23日前取件", timedelta(days=3, hours=1), "Pick it up by May 23"),
        ("快件已存放至丰巢柜，请于5月23日前取件", timedelta(days=4), "Pick it up (was due by May 23)"),
        ("Ready for collection, please collect by May 23", timedelta(days=5), "Pick it up (was due by May 23)"),
    ],
)
def test_every_view_says_until_when_to_pick_it_up(text: str, later: timedelta, words: str) -> None:
    """Card, track, the order, lists, watches and home agree, and none asks for a pick-up by a day that is over."""
    snapshot, watch = ready(text)
    now = NOW + later
    for message in (card.card(snapshot, watch, now), tracking.track(snapshot, now), order_view.detail(snapshot, now)):
        assert message.blocks[0]["text"]["text"].startswith(f"🏪 {words} · ")
    page = listed(watch)
    view = watches_view.listing(ListWatches(watch.channel), page, Channel(watch.channel), now, LINKS, page_size=10)
    entry = digests.entry_of(page.orders[0], 1)
    summary = digest.daily(DailyDigest("2026-05-20", troubled=(entry,), watched=1), watch.channel, LINKS, now)
    for message in (view, summary, card.watch_list([watch], "U1", now)):
        assert f"🏪 {words} · " in shown(check(message)).replace("*", "")


def test_the_news_says_until_when_to_pick_it_up() -> None:
    node = scan("快件已存放至丰巢柜，请于5月23日前取件", 0)  # two days before the 20th
    assert of_step(Step(M.OUT_FOR_DELIVERY, M.READY_FOR_PICKUP), nodes=[node]).bold == "🏪 *Pick it up by May 23*"
    assert of_step(Step(M.OUT_FOR_DELIVERY, M.READY_FOR_PICKUP, "SF2"), nodes=[node]).bold == "🏪 *Pick it up*"
    assert of_step(Step(M.READY_FOR_PICKUP, M.DELIVERED), nodes=[node]).bold == "✅ *Delivered*"


STORIES = st.sampled_from(list(Platform)).flatmap(
    lambda platform: st.tuples(
        st.sampled_from(CODES[platform]).map(lambda code: bought(platform, code)),
        st.lists(st.lists(st.sampled_from(SCANS), max_size=4), max_size=3),
    )
)


@settings(max_examples=examples(80, 2000), deadline=None)
@given(STORIES)
def test_no_two_views_contradict_each_other(story: tuple[Order, list[list[str]]]) -> None:
    """Card, track, order, list, watches, home, digests and answers name one state, and no other one beside it."""
    decided = first_decision(*story)
    snapshot, watch = snapshot_of(decided), stored(decided)
    summary = standing(snapshot.milestone, snapshot.order, snapshot.shipment.parcels)
    bare = standing(snapshot.milestone, snapshot.order)
    assert bare == replace(summary, reason="", part="")
    for message in (card.card(snapshot, watch, NOW), tracking.track(snapshot, NOW)):
        assert message.blocks[0]["text"]["text"].startswith(f"{summary.state} · ")
        assert not summary.says or summary.says in shown(message)
        for parcel_ in snapshot.shipment.parcels:
            shows_parcel(shown(message), parcel_, snapshot)
    detail = shown(order_view.detail(snapshot, NOW))
    assert all(fact in detail for fact in (summary.state, summary.part, summary.reason, summary.says))
    for text in lines_of(snapshot, watch):
        assert states_in(text) == {bare.words}, text
    listed = lines_of(snapshot, watch)[0]
    assert (bare.says in listed) if bare.says else ("says:" not in listed)


def lines_of(snapshot: OrderSnapshot, watch: Watch) -> list[str]:
    """What the views say that have one line for an order."""
    assert snapshot.order is not None
    platform = snapshot.ref.platform
    pages = {platform: Page[Order](items=(snapshot.order,))}
    page = listed(watch)
    entry = digests.entry_of(page.orders[0], 1)
    in_full = WatchedOrders(page.orders, {Group.ATTENTION: 1})
    lists = dict.fromkeys(Group, WatchedOrders((), {})) | {Group.ATTENTION: in_full}
    outcome = WatchOutcome(snapshot.ref.order_id, WatchResult.WATCHING, watch, snapshot)
    without = replace(snapshot, shipment=Shipment(snapshot.ref))
    return [
        shown(check(listing(ListOrders(), pages, {}, {snapshot.ref.key: snapshot}))),
        shown(
            check(
                watches_view.listing(ListWatches(watch.channel), page, Channel(watch.channel), NOW, LINKS, page_size=10)
            )
        ),
        shown(check(watch_views.outcomes([outcome], watch.channel))),
        shown(check(digest.daily(DailyDigest("2026-05-20", troubled=(entry,), watched=1), watch.channel, LINKS))),
        json.dumps(home_view.home(home_view.HomeOrders(lists), NOW, LINKS)["blocks"][2:3], ensure_ascii=False),
        shortcut_views._state(without, NOW),
    ]


def states_in(text: str) -> set[str]:
    """The states that a text names, the platform's own word aside; the longest where one name is within another."""
    plain = text.replace("*", "")
    for platform, codes in CODES.items():
        for code in sorted(codes, key=len, reverse=True):
            plain = plain.replace(f"says: {status_name(platform, code)}", "")
    names = {milestone_name(milestone) for milestone in (None, *M)}
    names |= {status_name(platform, code) for platform, codes in CODES.items() for code in codes if code}
    states = set()
    for name in sorted(names, key=len, reverse=True):
        if any(
            before + name in plain
            for before in (*(f"{milestone_emoji(milestone)} " for milestone in (None, *M)), "· ", "  ")
        ):
            states.add(name)
            plain = plain.replace(name, "")
    return states


def shows_parcel(text: str, parcel: Parcel, snapshot: OrderSnapshot) -> None:
    """A parcel stands as it was seen; where the order is over before it, it says by whose word."""
    summary = of_parcel(parcel, snapshot.milestone, snapshot.order)
    assert summary.text in text
    if snapshot.milestone is M.DELIVERED and parcel.milestone not in FINAL:
        assert summary.says


@settings(max_examples=examples(60, 1000), deadline=None)
@given(STORIES, st.sampled_from(list(STATES)))
def test_a_list_in_one_state_shows_no_other(story: tuple[Order, list[list[str]]], status: str) -> None:
    """An order that the bot knows to stand elsewhere is not listed, but named with where it stands."""
    snapshot = snapshot_of(first_decision(*story))
    assert snapshot.order is not None
    message = listing(
        ListOrders(status),
        {snapshot.ref.platform: Page[Order](items=(snapshot.order,))},
        {},
        {snapshot.ref.key: snapshot},
    )
    rows = [block for block in message.blocks if block.get("accessory")]
    assert bool(rows) is is_listed_at(status, snapshot.milestone)
    summary = standing(snapshot.milestone, snapshot.order, snapshot.shipment.parcels)
    text = shown(check(message))
    assert all(fact in text for fact in (summary.state, summary.part, summary.reason, summary.says))
    assert ("elsewhere" in shown(message)) is not bool(rows)
