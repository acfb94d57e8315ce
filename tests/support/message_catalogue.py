"""Every message and form that the bot can send, made by its own builders from tame and hostile orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from support import buying_samples, readme_messages, refund_samples, shipping_samples
from support.commands import TOPICS, help_page
from support.order_lists import listing
from support.view_samples import (
    CARD,
    HOSTILE,
    ID,
    LINKS,
    NOW,
    OTHER,
    REF,
    listed,
    node,
    order,
    parcel,
    product,
    snapshot,
    watch,
)

from handlers.blocks import failures, pages, write_words
from handlers.blocks.i18n import _
from handlers.blocks.paging import of_rows
from handlers.blocks.settings_words import Defaults
from handlers.blocks.text import code, escape
from handlers.features.about import audit_view, start, status_view
from handlers.features.about.next_steps import Count, NextSteps
from handlers.features.approvals import away, decisions, listing_view
from handlers.features.cart import cart, cart_view, quantity
from handlers.features.channel import delivery_log_view, mute_views, settings_views, time_zones
from handlers.features.connecting import unavailable
from handlers.features.connecting import views as connecting_views
from handlers.features.goods import add_form, discover_view, picture_views, product_view, products, seller_view
from handlers.features.goods.add_to_cart import FilledAddition
from handlers.features.goods.seller_view import Contact
from handlers.features.home import form_views, home_view
from handlers.features.orders import export, list_view, order_view
from handlers.features.orders.order_filter import ListedOrder
from handlers.features.orders.order_list import Matches, OrderList, Sum
from handlers.features.watching import finder_form, shortcut_views, watch_all_views, watch_views, watches_view
from handlers.interactions.ports import BackupState, Report, WatchAllResult, WatchOutcome, WatchResult
from handlers.parsing.message_ids import MessageIds
from handlers.parsing.message_pictures import FoundPicture
from handlers.posts import alarms, approvals, card, change_lines, digest, notices, seller_message, thread, tracking
from handlers.wire.errors import UnknownOrderError, UsageError, WrongPlatformError
from handlers.wire.requests import Discover, ListOrders, ListWatches, Search, SearchPicture, ShowAudit
from handlers.writing.approval_check import approved_page, repeated_page, waiting_page
from pandapon import errors as api
from pandapon.carts import CartLine
from pandapon.courier import Reason
from pandapon.models import Page
from pandapon.products import ProductDetail, ProductRef, Sku, Tier
from pandapon.shipment import Milestone, OrderRef, Parcel, Platform
from storage.alarm import Alarm, AlarmState
from storage.channel import Channel, DeliveryLog, DeliveryLogEntry
from storage.errors import DiskFullError
from storage.post import PostState
from storage.sqlite.backup import Restored
from storage.subscription import Subscription
from storage.upkeep import Health, Watched
from storage.watch import Watch, WatchedOrder, WatchedOrders, WatchState
from tracking.approvals import Absence, Approval, ApprovalState, Deed
from tracking.attention import Group
from tracking.changes.approval import ApprovalStep
from tracking.changes.approval import Step as AskedStep
from tracking.changes.cart import CartChange
from tracking.channel_settings import ChannelSettings, Load
from tracking.daily_digest import DailyDigest, DigestEntry
from tracking.files import SharedFile
from tracking.flows import Flow, ShownCart
from tracking.messages import Muted
from tracking.values import Basis, Expected, Filter, Leg, News, Refund, RefundStep, Severity, Stall, Step
from tracking.writes import Write, WriteState

if TYPE_CHECKING:
    from tracking.orders import OrderSnapshot

Json = dict[str, Any]
ALIBABA, TAOBAO = Platform.ALIBABA, Platform.TAOBAO
HERE, MEI = "C0123ABCD", "U0123ABCD"
LATER = NOW + timedelta(hours=8)
STALL = Stall(Leg.DOMESTIC, NOW - timedelta(days=4), timedelta(days=3), timedelta(days=1), "SF1234567890123", "杭州")
ALARM = Alarm(REF.key, "stall:1", STALL, id=1, raised_at=NOW)
UNPAID = Stall(Leg.NOT_PAID, NOW - timedelta(days=2), timedelta(days=2), until=NOW + timedelta(hours=6))
UNPAID_ALARM = Alarm(REF.key, "stall:2", UNPAID, id=2, raised_at=NOW)
REFUND = Stall(Leg.REFUND, NOW - timedelta(days=5), timedelta(days=5), last="20", until=NOW + timedelta(hours=6))
REFUND_ALARM = Alarm(REF.key, "stall:3", REFUND, id=3, raised_at=NOW)
CHOSEN = ChannelSettings(filter=Filter.MILESTONES, quiet_from="22:00", quiet_to="08:00", digest_at="09:00")

FILTERED = ListOrders("paid", ALIBABA, seller="锦绣", since="2026-05-01", until="today", words='"red" 裙')

EXPORTED = Matches((), {ALIBABA: (500, 1234)}, {TAOBAO: "no answer"}, (ALIBABA,))
UNSEEN = Parcel("YT2538123456789", "圆通速递")  # only its order names it

LONG_AGO = NOW - timedelta(days=9)
EXPECTED = Expected(
    NOW, NOW + timedelta(days=2), timedelta(hours=70), LONG_AGO, Basis.LANE, 34, "SF1234567890123", "SF", "杭州"
)
JOINED = WatchAllResult(is_new=True, count=4, later=90_000, never=12)


def _news(**fields: Any) -> News:
    nodes = (node(2), node(1, "【广州市】 已签收", Milestone.DELIVERED))
    steps = (Step(Milestone.IN_TRANSIT, Milestone.DELIVERED, "SF1234567890123"),)
    return replace(News(REF, Milestone.DELIVERED, nodes, steps=steps, parcels=(parcel(0),)), **fields)


def _health(**fields: Any) -> Health:
    return replace(Health(orders=5, watches=3, paused=0, due=0, oldest_due=None), **fields)


UNSAFE = BackupState(
    NOW - timedelta(hours=3), DiskFullError("no room"), is_damaged=True, restored=Restored(NOW, "bot.db.set-aside")
)


def _report(**fields: Any) -> Report:
    made = Report("1.2.3", NOW - timedelta(days=2), NOW, None, "", "socket", NOW, timedelta(seconds=30))
    return replace(made, **fields)


def _detail(title: str = "红色连衣裙", *, skus: int = 3) -> ProductDetail:
    variants = [Sku(sku_id=f"4{n}", spec_id=f"f{n}", variant=f"{title} / {n}", stock=n) for n in range(skus)]
    return ProductDetail(
        platform=ALIBABA,
        product_id="712345678901",
        title=title,
        translated_title="Red dress",
        pictures=("https://cbu01.alicdn.com/1.jpg", "https://cbu01.alicdn.com/2.jpg"),
        price=Decimal("33.12"),
        tiers=(Tier(quantity=2, price=Decimal("36.80")), Tier(quantity=1000, price=Decimal("33.12"))),
        skus=tuple(variants),
        min_quantity=2,
        stock=12_345,
        seller=title,
        seller_id="BBB1",
        place="杭州",
        sold="41",
        url="https://detail.1688.com/offer/712345678901.html",
    )


def _searched() -> dict[str, Any]:
    page: Page[Any] = Page(items=tuple(product(n=n) for n in range(3)), page=1, page_size=3, total=23)
    hostile: Page[Any] = Page(items=(product(HOSTILE),), page=1, page_size=5, total=1)
    empty: Page[Any] = Page(items=(), page=1, page_size=5, total=0)
    pictureless: Page[Any] = Page(items=(product().model_copy(update={"image_url": ""}),), page_size=1, total=1)
    unpaid = order().model_copy(
        update={"status_code": "waitbuyerpay", "milestone": Milestone.ORDERED, "paid_at": None, "pay_by": LATER}
    )
    bought: Page[Any] = Page(items=(order(), order(HOSTILE)), page=1, page_size=2, total=9)
    return {
        "goods.products.results": products.results(
            Search("连衣裙", price_max=Decimal(80)), {ALIBABA: page, TAOBAO: page}, {}
        ),
        "goods.products.results hostile": products.results(Search("x"), {ALIBABA: hostile}, {TAOBAO: "no answer"}),
        "goods.products.results none": products.results(Search("x"), {ALIBABA: empty}, {}),
        "goods.products.results sorted": products.results(
            Search("连衣裙", sort="price", page=2), {ALIBABA: page, TAOBAO: page}, {}
        ),
        "goods.products.results without pictures": products.results(Search("x", ALIBABA), {ALIBABA: pictureless}, {}),
        "goods.products.results of a picture": products.results(
            SearchPicture("https://a.example.com/a.png", ALIBABA, sort="price"), {ALIBABA: page}, {}
        ),
        "goods.products.results of a picture, none": products.results(
            SearchPicture("https://a.example.com/a.png"), {ALIBABA: empty, TAOBAO: empty}, {}
        ),
        "goods.picture_views.ask_for_picture": picture_views.ask_for_picture(is_open=True),
        "goods.picture_views.ask_for_picture without a form": picture_views.ask_for_picture(is_open=False),
        "goods.picture_views.choice": picture_views.choice(
            [
                (
                    FoundPicture(HOSTILE, address="https://a.example.com/a.png"),
                    SearchPicture("https://a.example.com/a.png"),
                ),
                (FoundPicture("", SharedFile("F012345")), SearchPicture(f"{'x' * 24}.1")),
            ]
        ),
        "goods.product_view.page": product_view.page(_detail()),
        "goods.product_view.page hostile": product_view.page(_detail(HOSTILE, skus=40)),
        "goods.product_view.page bare": product_view.page(ProductDetail(platform=TAOBAO, product_id="610947572360")),
        "goods.product_view.compared": product_view.compared(
            [_detail(), _detail("裙" * 200, skus=0)],
            {ProductRef("9", TAOBAO): api.NotFoundError("unknown")},
        ),
        "orders.export.export_answer": export.export_answer("🐼", EXPORTED),
        "goods.product_view.shared": product_view.shared(_detail(), MEI),
        "goods.product_view.shared hostile": product_view.shared(_detail(HOSTILE), MEI),
        "goods.product_view.confirm_share": product_view.confirm_share(),
        "goods.product_view.already_shared": product_view.already_shared(timedelta(minutes=10)),
        "goods.discover_view.listing": discover_view.listing(Discover("hot", "连衣裙", 2), page),
        "goods.discover_view.listing hostile": discover_view.listing(Discover("store", "BBB1"), hostile),
        "goods.discover_view.listing none": discover_view.listing(Discover("similar", "A000"), empty),
        "orders.order_view.detail back": order_view.detail(snapshot(of=unpaid), NOW, FILTERED),
        "orders.list_view.listing filtered": list_view.listing(FILTERED, _matching(), NOW),
        "orders.list_view.listing attention": list_view.listing(ListOrders("attention"), _troubled(), NOW),
        "orders.list_view.listing attention none": list_view.listing(
            ListOrders("attention"), _rows(ListOrders("attention")), NOW
        ),
        "orders.list_view.listing filtered none": list_view.listing(FILTERED, _rows(FILTERED), NOW),
        "orders.order_view.detail": order_view.detail(snapshot(parcel(), UNSEEN, of=order()), NOW),
        "orders.order_view.detail hostile": order_view.detail(
            snapshot(parcel(text=HOSTILE), of=order(HOSTILE), stale=True), NOW
        ),
        "orders.order_view.detail bare": order_view.detail(snapshot(parcel()), NOW),
        "orders.list_view.listing": listing(ListOrders(), {ALIBABA: bought}, {TAOBAO: "no answer"}),
        "orders.list_view.listing known": listing(
            ListOrders("done"), {ALIBABA: bought}, {}, {REF.key: snapshot(parcel(), of=order(HOSTILE))}
        ),
        "orders.list_view.listing none": listing(ListOrders(), {ALIBABA: empty}, {}),
    }


def _line(n: int, **fields: Any) -> CartLine:
    made = {
        "platform": TAOBAO if n % 4 == 3 else ALIBABA,
        "entry_id": str(n),
        "product_id": "712345678901",
        "sku_id": f"400000000000{n}",
        "title": "夏季新款红色连衣裙",
        "variant": "红色 / M",
        "price": Decimal("36.80"),
        "quantity": 40 * n + 1,
        "stock": 400,
        "seller": f"杭州锦绣服饰厂 {n // 3}",
    }
    return CartLine.model_validate(made | fields)


def _write(state: WriteState = WriteState.DONE, before: int = 0, wanted: int = 40, **fields: Any) -> Write:
    title = fields.pop("title", "夏季新款红色连衣裙")
    change = CartChange(ALIBABA, "712345678901", "4", "f", title, fields.pop("variant", "红色 / M"), before, wanted)
    made = Write("w", "k", "1688.cart.add", MEI, HERE, NOW - timedelta(hours=1), state, change, 147_200, "a" * 32)
    return replace(made, **fields)


def _asked(
    state: ApprovalState = ApprovalState.WAITING, words: str = "连衣裙 红色 / M × 40", **fields: Any
) -> Approval:
    deed = Deed("order", "f" * 24, 147_200, (words,) * 30, words, words[:40])
    approvers = frozenset({MEI, "S0FINANCE", "U0TOM00002"})
    made = Approval(17, deed, "U0ASKER01", "f" * 24, HERE, approvers, NOW, NOW + timedelta(days=3), state)
    decided: dict[str, Any] = {"by": MEI, "reason": words, "decided_at": NOW} if state != "waiting" else {}
    return replace(made, **(decided | fields))


def _approved() -> dict[str, Any]:
    asked, hostile, away_now = _asked(), _asked(words=HOSTILE), [Absence("U0TOM00002", MEI, LATER)]
    paid = replace(asked, deed=replace(asked.deed, kind="pay", place="", note="", summary=()))
    steps = [
        _write(change=ApprovalStep(17, step, MEI, HOSTILE, HOSTILE), operation=f"approval.{step}") for step in AskedStep
    ]
    refused = [
        _write(WriteState.REFUSED, change=ApprovalStep(17, step, MEI), reason=reason, operation="approval.approve")
        for step, reason in zip(
            AskedStep,
            (
                "unknown_approval",
                "own_request",
                "not_an_approver",
                "not_the_asker",
                "already_decided",
                "approval_expired",
                "nobody_else",
            ),
            strict=False,
        )
    ]
    made = {
        f"posts.approvals.request {state}": approvals.request(_asked(state), [], NOW, is_direct=False)
        for state in ApprovalState
    }
    made |= {
        f"posts.approvals.outcome {state}": approvals.outcome(_asked(state, HOSTILE), NOW, is_direct=True)
        for state in ApprovalState
    }
    return made | {
        "posts.approvals.request hostile": approvals.request(hostile, away_now, NOW, is_direct=True),
        "posts.approvals.request to pay": approvals.request(paid, away_now, NOW, is_direct=False),
        "posts.approvals.reminder": approvals.reminder(asked, [], NOW, is_direct=False),
        "posts.approvals.reminder direct": approvals.reminder(hostile, [], NOW, is_direct=True),
        "posts.approvals.question": approvals.question(asked, MEI, HOSTILE, is_direct=False),
        "posts.approvals.question direct": approvals.question(asked, MEI, HOSTILE, is_direct=True),
        "posts.approvals.outcome in the thread": approvals.outcome(
            _asked(ApprovalState.APPROVED), NOW, is_direct=False
        ),
        "posts.approvals.unposted": approvals.unposted(asked, HERE, "not_in_channel"),
        "posts.approvals.unposted to a person": approvals.unposted(asked, MEI, "messages_tab_disabled"),
        "writing.approval_check.waiting_page": pages.orders_page(waiting_page(asked, NOW).blocks),
        "writing.approval_check.repeated_page": pages.orders_page(repeated_page(asked, NOW).blocks),
        "writing.approval_check.approved_page": pages.orders_page(
            approved_page(_asked(ApprovalState.APPROVED, HOSTILE)).blocks
        ),
        "approvals.decisions.decline_form": decisions.decline_form(hostile),
        "approvals.decisions.question_form": decisions.question_form(asked),
        "approvals.decisions.working": decisions.working(),
        "approvals.decisions.refused": decisions.refused(failures.failure("😿")),
        "approvals.away.away": away.away(MEI, LATER, NOW),
        "approvals.away.away for long": away.away(MEI, None, NOW),
        "approvals.listing_view.overview": listing_view.overview(
            [replace(hostile, id=n) for n in range(30)], [_asked(state) for state in ApprovalState], None, NOW, {}
        ),
        "approvals.listing_view.overview none": listing_view.overview([], [asked], away_now[0], NOW, {}),
        "about.audit_view.trail of approvals": audit_view.trail(ShowAudit(), steps, 8, NOW),
        "about.audit_view.trail of refused approvals": audit_view.trail(ShowAudit(), refused, 7, NOW),
    }


def _bought() -> dict[str, Any]:
    lines = [_line(n) for n in range(20)]
    hostile = [_line(n, title=HOSTILE, variant=HOSTILE, seller=HOSTILE, stock=n, price=None) for n in range(8)]
    gone = [_line(1, is_enabled=False), _line(2, is_enabled=False, stock=0)]
    flow = "A" * 24
    chosen = cart.ChosenLine(Flow(flow, MEI, HERE, ShownCart((lines[1],))), 0, lines[1], 1)
    huge = _line(1, price=Decimal("9999999.99"), quantity=1_000_000, title="裙" * 200)
    product, refused = _detail(), api.ApiError("低于起订量 2 件", code="BELOW_MINIMUM")
    many = _detail(skus=150)
    written = [_write(state, before, wanted) for state in WriteState for before, wanted in ((0, 40), (40, 1), (40, 0))]
    return {
        "cart.cart_view.cart": cart_view.cart(cart_view.CartPage.of(lines, 2), {}, flow_id=flow),
        "cart.cart_view.cart read only": cart_view.cart(cart_view.CartPage.of([*lines[:3], *gone], 1), {}),
        "cart.cart_view.cart hostile": cart_view.cart(
            cart_view.CartPage.of(hostile, 1),
            {TAOBAO: "no answer"},
            flow_id=flow,
            note=write_words.outcome_words(_write(title=HOSTILE, variant=HOSTILE)),
            undo=flow,
            pending=[_write(WriteState.UNCLEAR)] * 10,
        ),
        "cart.cart_view.cart huge": cart_view.cart(cart_view.CartPage.of([huge, *gone], 1), {}, flow_id=flow),
        "cart.cart_view.cart none": cart_view.cart(cart_view.CartPage.of([], 1), {}),
        "cart.cart_view.cart none any more": cart_view.cart(
            cart_view.CartPage.of([], 1), {}, note=write_words.outcome_words(_write(before=40, wanted=0)), undo=flow
        ),
        "cart.cart_view.note_alone": cart_view.note_alone(write_words.outcome_words(_write(before=40, wanted=0)), flow),
        "cart.quantity.form": quantity.form(chosen),
        "cart.quantity.result": quantity.result(_write(WriteState.REFUSED, 4, 1), refused),
        "cart.quantity.working": quantity.working(),
        "cart.quantity.refused": quantity.refused(failures.failure("😿")),
        "goods.product_view.page to buy": product_view.page(product, may_add=True),
        "goods.add_form.form": add_form.form(product, flow, FilledAddition(1, 2)),
        "goods.add_form.form too many": add_form.form(product, flow, FilledAddition(0, 2)),
        "goods.add_form.form of many variants": add_form.form(many, flow, FilledAddition(-1, None)),
        "goods.add_form.form hostile": add_form.form(_detail(HOSTILE, skus=90), flow, FilledAddition(5, 4)),
        "goods.add_form.form bare": add_form.form(
            ProductDetail(platform=TAOBAO, product_id="610947572360"), flow, FilledAddition(0, 1)
        ),
        "goods.add_form.form moved": add_form.form(
            product, flow, FilledAddition(2, 2), former_fen=3_680, has_moved=True
        ),
        "goods.add_form.waiting": add_form.waiting(),
        "goods.add_form.working": add_form.working(),
        "goods.add_form.result": add_form.result(_write()),
        "goods.add_form.refused": add_form.refused(failures.failure("😿")),
        "goods.add_form.result unclear": add_form.result(_write(WriteState.UNCLEAR), api.TimeoutError("late")),
        "about.audit_view.trail": audit_view.trail(ShowAudit(), written[:10], 23, NOW),
        "about.audit_view.trail others": audit_view.trail(
            ShowAudit(2),
            [
                *written[10:],
                *(
                    _write(WriteState.REFUSED, change=None, amount_fen=None, request_id="", reason=reason)
                    for reason in ("unknown_form", "foreign_form", "not_allowed", "price_moved", "500_X")
                ),
            ][:10],
            23,
            NOW,
        ),
        "about.audit_view.trail none": audit_view.trail(ShowAudit(), [], 0, NOW),
    }


def _rows(request: ListOrders, *rows: ListedOrder, **fields: Any) -> OrderList:
    paging = of_rows(request, len(rows), 10)
    return OrderList(rows, paging, Sum.of(rows), is_sum_of_all=True, asked=tuple(Platform), **fields)


def _matching() -> OrderList:
    """Orders of a filtered list, with and without pictures and totals, and a list that was not read to its end."""
    plain = order("无图订单").model_copy(update={"items": (), "total_amount": None, "created_at": None})
    rows = (ListedOrder(order()), ListedOrder(plain), ListedOrder(order(HOSTILE)))
    read_in_part = {ALIBABA: (200, 1234), TAOBAO: (80, None)}
    return _rows(FILTERED, *rows, read_in_part=read_in_part, days=(date(2026, 5, 1), date(2026, 5, 20)))


def _troubled() -> OrderList:
    silent = ListedOrder(order().model_copy(update={"items": ()}), snapshot(parcel(), of=order()), ALARM)
    return _rows(ListOrders("attention"), silent, errors={TAOBAO: "no answer"})


def _tracked() -> dict[str, Any]:
    partly = snapshot(replace(parcel(3), milestone=Milestone.DELIVERED), UNSEEN, of=order())
    two_parcels = snapshot(parcel(3), parcel(9, waybill="YT2538123456789"), of=order())
    hostile = snapshot(parcel(5, text=HOSTILE, carrier=HOSTILE), of=order(HOSTILE), stale=True)
    paused = watch(state=WatchState.PAUSED, reason="is_archived")
    moved = _news(edited=(node(50, "edited"),), added=("YT2538123456789",), price=(Decimal(9), Decimal(8)))
    refund = Refund("退款中", NOW, "1", HOSTILE, "TQ1", Decimal(9), refusal=HOSTILE)
    refused = Refund("waitbuyermodify", NOW, "2", HOSTILE, "TQ2", Decimal(9), NOW + timedelta(days=3), HOSTILE)
    agreed = Refund("20", NOW, until=NOW + timedelta(days=3))
    steps = (RefundStep("", refund), RefundStep("waitselleragree", refused), RefundStep("10", agreed))
    changed = _news(nodes=(), steps=(), refunds=steps, renumbered=(("SF1", "SF2"),))
    told = _news(nodes=(node(1, HOSTILE),))
    returning = replace(hostile, refunds=(refund, refused, agreed, agreed))
    expected = replace(two_parcels, expected=EXPECTED)
    overdue = replace(hostile, expected=replace(EXPECTED, first=LONG_AGO, last=LONG_AGO, carrier=HOSTILE, lane=HOSTILE))
    late = _news(nodes=(), steps=(), milestone=Milestone.IN_TRANSIT, late=EXPECTED)
    return {
        "posts.tracking.track": tracking.track(two_parcels, NOW),
        "posts.tracking.track all": tracking.track(two_parcels, NOW, all_nodes=True, watched_by=watch()),
        "posts.tracking.track hostile": tracking.track(hostile, NOW),
        "posts.tracking.track none": tracking.track(snapshot(of=order()), NOW),
        "posts.card.card": card.card(two_parcels, watch(), NOW),
        "posts.tracking.track expected": tracking.track(expected, NOW),
        "posts.tracking.track late": tracking.track(overdue, NOW),
        "posts.card.card expected": card.card(expected, watch(), NOW),
        "posts.card.card late": card.card(overdue, watch(), NOW),
        "posts.thread.news late": thread.news(late, two_parcels, watch(), NOW),
        "posts.thread.news late before it was shipped": thread.news(
            replace(late, late=replace(EXPECTED, waybill="")), snapshot(of=order()), watch(), NOW
        ),
        "posts.card.card silent": card.card(two_parcels, watch(), NOW, alarm=ALARM),
        "posts.card.card unpaid": card.card(snapshot(of=order()), watch(), NOW, alarm=UNPAID_ALARM),
        "posts.card.card refund": card.card(returning, watch(), NOW, alarm=REFUND_ALARM),
        "posts.alarms.alarm refund": alarms.alarm(_news(stall=REFUND), two_parcels, watch(), REFUND_ALARM, NOW),
        "posts.alarms.alarm refund over": alarms.alarm(_news(stall=REFUND), two_parcels, watch(), None, NOW),
        "posts.alarms.acted_on refund, too late": alarms.acted_on(REFUND_ALARM, None, LATER),
        "posts.card.card of a parcel that was never scanned": card.card(partly, watch(), NOW),
        "posts.card.card paused": card.card(hostile, paused, NOW),
        "posts.card.card ended": card.card(two_parcels, watch(state=WatchState.ENDED), NOW),
        "posts.thread.news": thread.news(moved, two_parcels, watch(), NOW, cleared=ALARM),
        "posts.thread.news of several": thread.news(
            moved, two_parcels, watch(), NOW, same_parcel=[f"taobao:{n}" for n in range(7)]
        ),
        "posts.thread.news paid": thread.news(
            _news(milestone=Milestone.PAID), two_parcels, watch(), NOW, cleared=UNPAID_ALARM
        ),
        "posts.thread.news with finance": thread.news(
            _news(nodes=(), steps=(), milestone=Milestone.ORDERED, settled=True),
            two_parcels,
            watch(),
            NOW,
            cleared=UNPAID_ALARM,
        ),
        "posts.thread.news hostile": thread.news(told, None, watch(filter="problems"), NOW),
        "posts.thread.news changed": thread.news(changed, two_parcels, watch(filter="milestones"), NOW),
        "posts.alarms.alarm": alarms.alarm(_news(stall=STALL), two_parcels, watch(), ALARM, NOW),
        "posts.alarms.alarm over": alarms.alarm(_news(stall=STALL), two_parcels, watch(), None, NOW),
        "posts.alarms.alarm unpaid": alarms.alarm(_news(stall=UNPAID), two_parcels, watch(), UNPAID_ALARM, NOW),
        "posts.alarms.alarm paid": alarms.alarm(_news(stall=UNPAID), two_parcels, watch(), None, NOW),
        "posts.alarms.alarm unpaid, no deadline": alarms.alarm(
            _news(stall=replace(UNPAID, until=None)), snapshot(), watch(), UNPAID_ALARM, NOW
        ),
        "posts.alarms.acted_on unpaid, too late": alarms.acted_on(UNPAID_ALARM, None, LATER),
        "posts.alarms.acted_on": alarms.acted_on(
            replace(ALARM, state=AlarmState.ASSIGNED, assignee=MEI, actor=MEI), None, NOW
        ),
        "goods.seller_view.contact": seller_view.contact(
            Contact(
                ALIBABA, name="锦绣服饰:客服", seller="杭州锦绣服饰厂", page="https://detail.1688.com/offer/1.html"
            ),
            seller_message.about_stall(ALARM, NOW),
        ),
        "goods.seller_view.contact with a link": seller_view.contact(
            Contact(TAOBAO, link="https://distributor.taobao.global/im?token=a&b=c"), "您好", order=snapshot().ref
        ),
        "goods.seller_view.contact without a login": seller_view.contact(Contact(TAOBAO, needs_login=True), "您好"),
        "goods.seller_view.contact of nobody": seller_view.contact(Contact(ALIBABA), "您好"),
        "goods.seller_view.contact hostile": seller_view.contact(
            Contact(ALIBABA, name=HOSTILE, seller=HOSTILE, page=HOSTILE, link=HOSTILE), "您好"
        ),
        "goods.seller_view.contact refused": seller_view.contact(Contact(ALIBABA, problem="no answer"), "您好"),
        "posts.card.watch_list": card.watch_list([watch(n, order=order(HOSTILE)) for n in range(30)], MEI),
        "posts.card.card that asks for an action": card.card(_due(), watch(muted_until=LATER), NOW, muted=(MEI, LATER)),
        "posts.thread.news in a thread": thread.news(moved, two_parcels, watch(), NOW, cleared=ALARM, in_thread=True),
        "posts.alarms.acted_on cleared": alarms.acted_on(replace(ALARM, state=AlarmState.CLEARED), watch(), NOW),
        "channel.delivery_log_view.why": delivery_log_view.why(
            two_parcels.ref, two_parcels, HERE, watch=watch(), log=DeliveryLog(tuple(_log())), now=NOW
        ),
        "channel.delivery_log_view.why unwatched": delivery_log_view.why(
            two_parcels.ref, two_parcels, HERE, watch=None, log=DeliveryLog((), 1), now=NOW
        ),
    }


def _due() -> OrderSnapshot:
    due = node(1, "清关异常，请收件人尽快缴纳关税", Milestone.EXCEPTION)
    return snapshot(
        Parcel("SF1234567890123", "顺丰速运", nodes=(node(2), due), milestone=Milestone.EXCEPTION), of=order()
    )


def _log() -> list[DeliveryLogEntry]:
    then, everything = NOW - timedelta(hours=1), frozenset({Filter.ALL})
    told = DeliveryLogEntry(REF.key, "m:1", then, Severity.MILESTONE, everything, _news(), PostState.SENT, NOW)
    muted = replace(told, state=PostState.SKIPPED, sent_at=None, error=f"muted by {MEI}")
    return [told, muted, replace(told, state=None, sent_at=None, news=_news(steps=()))]


def _watched() -> dict[str, Any]:
    results = [
        WatchOutcome(ID, WatchResult.WATCHING, watch(), snapshot(parcel(), of=order())),
        WatchOutcome(OTHER, WatchResult.QUEUED, watch(2)),
        WatchOutcome("100000000003", WatchResult.ALREADY, watch(3)),
        WatchOutcome("100000000004", WatchResult.FILTER_CHANGED, watch(4, filter="problems")),
        WatchOutcome("100000000005", WatchResult.NOT_FOUND),
        WatchOutcome("100000000006", WatchResult.OTHER_PLATFORM, platform=TAOBAO),
        WatchOutcome("100000000007", WatchResult.UNAVAILABLE, reason="请稍后再试。"),
        WatchOutcome("100000000008", WatchResult.REFUSED, reason="not_in_channel"),
    ]
    rows = [watch(), watch(2, order=order(HOSTILE)), watch(3, state=WatchState.PAUSED)]
    return {
        "watching.watches_view.listing": watches_view.listing(
            ListWatches(HERE, 2), listed(*rows, total=23), Channel(HERE), NOW, LINKS, page_size=3
        ),
        "watching.watches_view.listing of all": watches_view.listing(
            ListWatches(HERE, 1, Group.ATTENTION),
            listed(*rows, alarm=ALARM),
            Channel(HERE, muted_until=LATER, muted_by=MEI),
            NOW,
            LINKS,
            page_size=10,
            subscriptions=[Subscription(HERE, "", Filter.ALL, MEI, 1), Subscription(HERE, "paid", Filter.ALL, MEI, 2)],
        ),
        "watching.watches_view.listing none": watches_view.listing(
            ListWatches(HERE, 1), listed(), Channel(HERE), NOW, LINKS, page_size=10
        ),
        "watching.watches_view.listing none elsewhere": watches_view.listing(
            ListWatches(HERE, 1), listed(), Channel(HERE), NOW, LINKS, page_size=10, is_elsewhere=True
        ),
        **{
            f"watching.watches_view.listing no {group}": watches_view.listing(
                ListWatches(HERE, 1, group), WatchedOrders((), {other: 2}), Channel(HERE), NOW, LINKS, page_size=10
            )
            for group, other in zip(Group, [Group.DELIVERED, *Group], strict=False)
        },
        "watching.watch_views.outcomes": watch_views.outcomes(results, HERE),
        "watching.watch_views.ended": watch_views.ended([watch(), watch(2)], HERE, [OTHER]),
        "watching.watch_views.restored": watch_views.restored([watch()], HERE),
        "watching.watch_views.resumed": watch_views.resumed(watch()),
        "watching.watch_views.resumed none": watch_views.resumed(None),
        "posts.change_lines.line": change_lines.line(Muted("U0MEI00001", NOW + timedelta(hours=24)), 7, NOW),
        "posts.change_lines.undone": change_lines.undone(),
        "posts.change_lines.too_late": change_lines.too_late(),
        "posts.change_lines.changed_since": change_lines.changed_since(),
        "posts.alarms.reminder": alarms.reminder(ALARM, watch(), "https://example.slack.com/archives/C0/p1", NOW),
        "posts.notices.corrected": notices.corrected(3),
        "posts.notices.paused": notices.paused(HERE, "not_in_channel", 1),
        "posts.notices.paused several": notices.paused(HERE, "is_archived", 2),
        "posts.notices.resumed": notices.resumed(HERE, 2),
        "watching.shortcut_views.skipped": shortcut_views.skipped(MessageIds((ID,), (OTHER,))),
        "watching.shortcut_views.tracked": shortcut_views.tracked(*_found(), NOW),
        "watching.shortcut_views.tracked none": shortcut_views.tracked(MessageIds(()), {}, NOW),
    }


def _found() -> tuple[MessageIds, dict[str, OrderSnapshot | UnknownOrderError | api.PandaPonError]]:
    seen = snapshot(parcel(text=HOSTILE), of=order(), stale=True)
    return MessageIds((ID, OTHER, "100000000003"), skipped=("100000000004", "100000000005")), {
        ID: seen,
        OTHER: UnknownOrderError(OTHER),
        "100000000003": api.TimeoutError("slow"),
    }


def _chosen() -> dict[str, Any]:
    channel = Channel(HERE, CHOSEN, LATER, MEI, updated_by=MEI, updated_at=NOW)
    subscription = Subscription(HERE, "", Filter.ALL, MEI, 1, NOW)
    entry = DigestEntry(REF.key, Milestone.IN_TRANSIT, HOSTILE, 2, items=3, delivered=1, parcels=2, card_ts=CARD)
    unpaid = replace(entry, milestone=Milestone.ORDERED, alarm=Leg.NOT_PAID)
    arrived = replace(entry, milestone=Milestone.DELIVERED, title="")
    held = replace(entry, milestone=Milestone.EXCEPTION, reason=Reason.DAMAGED, card_ts="")
    summary = DailyDigest(
        "2026-05-20", (entry, arrived), (replace(entry, alarm=Leg.DOMESTIC, delivered=0), unpaid, held), 7
    )
    return {
        "channel.settings_views.settings": settings_views.settings(
            channel, NOW, subscriptions=[subscription], next_digest=LATER, week=Load(3, 8), defaults=Defaults()
        ),
        "channel.settings_views.modal": settings_views.modal(
            HERE, CHOSEN, time_zones.groups(["Asia/Shanghai"], NOW), Defaults(), "Europe/Berlin"
        ),
        "channel.settings_views.working": settings_views.working(),
        "channel.settings_views.not_saved": settings_views.not_saved(failures.failure("😿")),
        "channel.settings_views.saved": settings_views.saved(
            HERE, CHOSEN, LATER, (Load(3, 8), Load(1)), NOW, defaults=Defaults()
        ),
        "channel.mute_views.muted": mute_views.muted(HERE, [ID], LATER, [OTHER], NOW),
        "channel.mute_views.unmuted_orders": mute_views.unmuted_orders(Channel(HERE), [ID, OTHER], [ID], [], NOW),
        "channel.mute_views.unmuted_orders muted": mute_views.unmuted_orders(
            Channel(HERE, muted_until=LATER, muted_by=MEI), [ID], [ID], [], NOW
        ),
        "channel.mute_views.unmuted_channel": mute_views.unmuted_channel(
            HERE, [watch(muted_until=LATER)], NOW, was_muted=True
        ),
        "watching.watch_all_views.watching": watch_all_views.watching(
            HERE,
            "waitsellersend",
            Filter.ALL,
            WatchAllResult(is_new=True, count=4, later=90_000, never=12),
            {Filter.PROBLEMS: [1] * 12},
        ),
        "watching.watch_all_views.filtered": watch_all_views.filtered(Filter.PROBLEMS),
        "watching.watch_all_views.ended": watch_all_views.ended(HERE, [Subscription(HERE, "", Filter.ALL, "U1")], 4),
        "watching.finder_form.form": finder_form.form(),
        "watching.finder_form.working": finder_form.working(),
        "blocks.pages.answer_page": pages.answer_page(failures.failure("😿")),
        "blocks.pages.home_page": pages.home_page(failures.failure("😿")),
        **{f"home.home_view.home {case}".strip(): made for case, made in _homes().items()},
        "goods.picture_views.form": picture_views.form(),
        "goods.picture_views.searching": picture_views.searching(),
        "goods.picture_views.results": picture_views.results(
            products.results(SearchPicture("https://a.example.com/a.png"), {}, {TAOBAO: "no answer"})
        ),
        "home.form_views.search": form_views.search(),
        "home.form_views.searching": form_views.searching(),
        "home.form_views.waiting_for_orders": form_views.waiting_for_orders(),
        "home.form_views.whose_settings": form_views.whose_settings(),
        "home.form_views.opening_settings": form_views.opening_settings(),
        "home.form_views.refused": form_views.refused(failures.failure("😿")),
        "home.form_views.results": form_views.results(products.results(Search("x"), {}, {TAOBAO: "no answer"})),
        "posts.digest.batch": digest.batch(_batched(), LINKS),
        "posts.digest.batch late": digest.batch([(_news(nodes=(), steps=(), late=EXPECTED), watch())], LINKS),
        "posts.digest.daily": digest.daily(summary, HERE, LINKS),
        "posts.digest.daily none": digest.daily(DailyDigest("2026-05-20"), HERE, LINKS),
    }


def _batched() -> list[tuple[News, Watch]]:
    """News of a delivered order, of one that was delivered after a problem, of a parcel lost, and of a silence."""
    keys = [f"1688:254228563492088079{n}" for n in range(5)]
    problem = _news(steps=(Step(None, Milestone.ATTEMPT_FAILED),), milestone=Milestone.ATTEMPT_FAILED)
    scan = _news(nodes=(node(1),), steps=(), milestone=Milestone.IN_TRANSIT)
    told = [_news(), problem, _news(), _news(steps=(), milestone=Milestone.LOST), _news(stall=STALL), scan]
    rows = [watch(1, key=key, card_ts=CARD) for key in keys]
    return list(zip(told, [rows[0], rows[1], *rows[1:]], strict=True))


def _homes() -> dict[str, Any]:
    """App Home: with one order in two channels, with an unpaid one, with none."""
    rows = [watch(card_ts=CARD), watch(2, channel="C0456EFGH", state=WatchState.PAUSED)]
    of_one = WatchedOrder(Group.ATTENTION, tuple(rows), ALARM, 1, 2)
    unpaid = replace(of_one, alarm=UNPAID_ALARM)
    attention = WatchedOrders((of_one, unpaid), {Group.ATTENTION: 9})
    arrived = listed(watch(3, milestone=Milestone.DELIVERED, order=order(HOSTILE)))
    everything = {
        Group.ATTENTION: attention,
        Group.WAITING: listed(watch(5, milestone=Milestone.PAID)),
        Group.ON_THE_WAY: listed(watch(4)),
        Group.DELIVERED: arrived,
    }
    return {
        "": home_view.home(home_view.HomeOrders(everything, unread=3), NOW, LINKS),
        "none": home_view.home(home_view.HomeOrders(dict.fromkeys(Group, WatchedOrders((), {}))), NOW, LINKS),
    }


def _told() -> dict[str, Any]:
    down = _report(pandapon_down_since=NOW - timedelta(minutes=20), pandapon_error=HOSTILE, copies=UNSAFE)
    late = _health(due=2, oldest_due=NOW - timedelta(minutes=9), outbox={PostState.PENDING: 1}, lost=3)
    guessed = UsageError(
        typed=code("/panda x"),
        problem=_("I don't know {word}.").format(word=code("x")),
        suggestion="/panda search x",
        is_guess=True,
    )
    refused = UsageError(typed=f"the word {escape(HOSTILE)}", problem="I do not know it.", suggestion="/panda help")
    return {
        "about.status_view.status": status_view.status(_health(), Watched(5, 3), _report(), NOW),
        "about.status_view.status pushed": status_view.status(
            _health(),
            Watched(1, 1),
            _report(takes_pushes=True),
            NOW,
            pushed=status_view.PushCounts(1204, 3, 1, NOW - timedelta(minutes=4)),
        ),
        "about.status_view.status ill": status_view.status(late, Watched(), down, NOW),
        "about.start.start": start.start(
            WatchedOrders(
                (WatchedOrder(Group.ATTENTION, (watch(milestone=Milestone.EXCEPTION),), ALARM),),
                {Group.ATTENTION: 2, Group.ON_THE_WAY: 11},
            ),
            LINKS,
            [OTHER],
        ),
        "about.start.start quiet": start.start(WatchedOrders((), {Group.ON_THE_WAY: 1}), LINKS),
        "about.start.start to buy": start.start(
            WatchedOrders((), {Group.ON_THE_WAY: 1}), LINKS, steps=NextSteps(Count(3), Count(1, is_minimum=True))
        ),
        "about.start.start empty": start.start(WatchedOrders((), {}), LINKS),
        "blocks.failures.usage_error": failures.usage_error(refused),
        "blocks.failures.usage_error guess": failures.usage_error(guessed),
        "blocks.failures.pandapon again": failures.pandapon(
            api.ServerError("500"),
            failures.Asked(_("Couldn't search {keyword}").format(keyword="连衣裙"), Search("连衣裙")),
        ),
        "blocks.failures.too_late again": failures.too_late(15, failures.Asked("", Search("连衣裙"))),
        "blocks.failures.failure": failures.failure("😿", incident_id="1f2e3d4c"),
        "blocks.failures.working": failures.working(""),
        "blocks.failures.working stays": failures.working("", stays=True),
        "blocks.failures.too_late": failures.too_late(15),
        "blocks.failures.unknown_order": failures.unknown_order(HOSTILE),
        "blocks.failures.wrong_platform": failures.wrong_platform(WrongPlatformError(OrderRef(TAOBAO, ID), ALIBABA)),
        "blocks.failures.pandapon": failures.pandapon(api.RateLimitError("slow down", retry_after=7.2)),
        **{f"about.help.page {topic}".strip(): help_page(topic) for topic in ("", *sorted(set(TOPICS)))},
    }


def _connecting() -> dict[str, Any]:
    address = "https://pandabot.example/pandapon/callbacks/VZk3qA0c8nq1r0f3xT6m2bJ9sLw7uYdE"
    return {
        "connecting.views.not_connected": connecting_views.not_connected(),
        "connecting.views.connected": connecting_views.connected(),
        "connecting.views.form": connecting_views.form(),
        "connecting.views.trying form": connecting_views.trying(),
        "connecting.views.done form": connecting_views.done(address),
        "connecting.views.done form bare": connecting_views.done(""),
        "connecting.views.page form": connecting_views.page(failures.failure("😿")),
        "connecting.unavailable.not_installed": unavailable.not_installed(),
        "connecting.unavailable.starting": unavailable.starting(),
        "connecting.unavailable.not_running": unavailable.not_running(),
        "connecting.unavailable.page form": unavailable.page(unavailable.not_installed()),
    }


def is_page(name: str) -> bool:
    """Whether an entry of the catalogue is a page of a form, which Slack allows more than a message."""
    return any(part in name for part in ("modal", "form", "_pages", "buying.order_view", "buying.acts_view"))


def catalogue() -> dict[str, list[Json]]:
    """The blocks of each message and form by name: the builder's module and function, and a word for the case."""
    made = (
        _searched()
        | _bought()
        | _approved()
        | _tracked()
        | _watched()
        | _chosen()
        | _told()
        | _connecting()
        | readme_messages.messages()
        | buying_samples.samples()
        | shipping_samples.samples(_detail())
        | refund_samples.samples()
    )
    return {name: message["blocks"] if isinstance(message, dict) else message.blocks for name, message in made.items()}
