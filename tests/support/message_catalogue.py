"""Every message and form that the bot can send, made by its own builders from tame and hostile orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from support.view_samples import HOSTILE, ID, NOW, OTHER, REF, look, node, order, parcel, product, watch

from handlers.ids import Found
from handlers.outcomes import Copies, Joined, Report, UnknownOrderError, WatchOutcome, WatchResult, WrongPlatformError
from handlers.refusal import Refusal
from handlers.requests import ListOrders, Search
from handlers.text import escape
from handlers.verbs import TOPICS
from handlers.views import (
    choices,
    digest,
    errors,
    finder,
    home,
    lines,
    notices,
    orders,
    products,
    shortcuts,
    stalls,
    status,
    thread,
    tracking,
    watches,
    why,
)
from handlers.views.help import help as help_view
from pandapon import errors as api
from pandapon.models import Page
from pandapon.shipment import Milestone, OrderRef, Parcel, Platform
from storage.alarm import Alarm, AlarmState
from storage.backup import Restored
from storage.channel import Channel, DeliveryLogEntry
from storage.errors import DiskFullError
from storage.post import PostState
from storage.subscription import Subscription
from storage.upkeep import Health
from storage.watch import WatchState
from tracking.channel_settings import ChannelSettings, Load
from tracking.daily_digest import DailyDigest, DigestEntry
from tracking.values import Filter, Leg, News, Severity, Stall, Step

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
CHOSEN = ChannelSettings(filter=Filter.MILESTONES, quiet_from="22:00", quiet_to="08:00", digest_at="09:00")

UNSEEN = Parcel("YT2538123456789", "圆通速递")  # only its order names it

JOINED = Joined(is_new=True, count=4, later=90_000, never=12)


def _news(**more: Any) -> News:
    nodes = (node(2), node(1, "【广州市】 已签收", Milestone.DELIVERED))
    steps = (Step(Milestone.IN_TRANSIT, Milestone.DELIVERED, "SF1234567890123"),)
    return replace(News(REF, Milestone.DELIVERED, nodes, steps=steps, parcels=(parcel(0),)), **more)


def _health(**more: Any) -> Health:
    return replace(Health(orders=5, watches=3, paused=0, due=0, oldest_due=None), **more)


UNSAFE = Copies(
    NOW - timedelta(hours=3), DiskFullError("no room"), is_damaged=True, restored=Restored(NOW, "bot.db.set-aside")
)


def _report(**more: Any) -> Report:
    made = Report("1.2.3", NOW - timedelta(days=2), NOW, None, "", "socket", NOW, timedelta(seconds=30))
    return replace(made, **more)


def _searched() -> dict[str, Any]:
    page: Page[Any] = Page(items=tuple(product(n=n) for n in range(3)), page=1, page_size=3, total=23)
    hostile: Page[Any] = Page(items=(product(HOSTILE),), page=1, page_size=5, total=1)
    empty: Page[Any] = Page(items=(), page=1, page_size=5, total=0)
    bought: Page[Any] = Page(items=(order(), order(HOSTILE)), page=1, page_size=2, total=9)
    return {
        "products.results": products.results(
            Search("连衣裙", price_max=Decimal(80)), {ALIBABA: page, TAOBAO: page}, {}
        ),
        "products.results hostile": products.results(Search("x"), {ALIBABA: hostile}, {TAOBAO: "no answer"}),
        "products.results none": products.results(Search("x"), {ALIBABA: empty}, {}),
        "orders.detail": orders.detail(look(parcel(), UNSEEN, of=order()), NOW),
        "orders.detail hostile": orders.detail(look(parcel(text=HOSTILE), of=order(HOSTILE), stale=True), NOW),
        "orders.detail bare": orders.detail(look(parcel()), NOW),
        "orders.listing": orders.listing(ListOrders(), {ALIBABA: bought}, {TAOBAO: "no answer"}),
        "orders.listing known": orders.listing(
            ListOrders("done"), {ALIBABA: bought}, {}, {REF.key: look(parcel(), of=order(HOSTILE))}
        ),
        "orders.listing none": orders.listing(ListOrders(), {ALIBABA: empty}, {}),
    }


def _tracked() -> dict[str, Any]:
    partly = look(replace(parcel(3), milestone=Milestone.DELIVERED), UNSEEN, of=order())
    two = look(parcel(3), parcel(9, waybill="YT2538123456789"), of=order())
    hostile = look(parcel(5, text=HOSTILE, carrier=HOSTILE), of=order(HOSTILE), stale=True)
    paused = watch(state=WatchState.PAUSED, reason="is_archived")
    moved = _news(edited=(node(50, "edited"),), added=("YT2538123456789",), price=(Decimal(9), Decimal(8)))
    changed = _news(nodes=(), steps=(), refund=("", "退款中"), renumbered=(("SF1", "SF2"),))
    told = _news(nodes=(node(1, HOSTILE),))
    return {
        "tracking.track": tracking.track(two, NOW),
        "tracking.track all": tracking.track(two, NOW, all_nodes=True, watched_by=watch()),
        "tracking.track hostile": tracking.track(hostile, NOW),
        "tracking.track none": tracking.track(look(of=order()), NOW),
        "tracking.card": tracking.card(two, watch(), NOW),
        "tracking.card silent": tracking.card(two, watch(), NOW, alarm=ALARM),
        "tracking.card unpaid": tracking.card(look(of=order()), watch(), NOW, alarm=UNPAID_ALARM),
        "tracking.card of a parcel that was never scanned": tracking.card(partly, watch(), NOW),
        "tracking.card paused": tracking.card(hostile, paused, NOW),
        "tracking.card ended": tracking.card(two, watch(state=WatchState.ENDED), NOW),
        "thread.news": thread.news(moved, two, watch(), NOW, cleared=ALARM),
        "thread.news of several": thread.news(moved, two, watch(), NOW, others=[f"taobao:{n}" for n in range(7)]),
        "thread.news paid": thread.news(_news(milestone=Milestone.PAID), two, watch(), NOW, cleared=UNPAID_ALARM),
        "thread.news with finance": thread.news(
            _news(nodes=(), steps=(), milestone=Milestone.ORDERED, settled=True),
            two,
            watch(),
            NOW,
            cleared=UNPAID_ALARM,
        ),
        "thread.news hostile": thread.news(told, None, watch(filter="problems"), NOW),
        "thread.news changed": thread.news(changed, two, watch(filter="milestones"), NOW),
        "stalls.alarm": stalls.alarm(_news(stall=STALL), two, watch(), ALARM, NOW),
        "stalls.alarm over": stalls.alarm(_news(stall=STALL), two, watch(), None, NOW),
        "stalls.alarm unpaid": stalls.alarm(_news(stall=UNPAID), two, watch(), UNPAID_ALARM, NOW),
        "stalls.alarm paid": stalls.alarm(_news(stall=UNPAID), two, watch(), None, NOW),
        "stalls.alarm unpaid, no deadline": stalls.alarm(
            _news(stall=replace(UNPAID, until=None)), look(), watch(), UNPAID_ALARM, NOW
        ),
        "stalls.acted_on unpaid, too late": stalls.acted_on(UNPAID_ALARM, None, LATER),
        "stalls.acted_on": stalls.acted_on(
            replace(ALARM, state=AlarmState.ASSIGNED, assignee=MEI, actor=MEI), None, NOW
        ),
        "stalls.acted_on cleared": stalls.acted_on(replace(ALARM, state=AlarmState.CLEARED), watch(), NOW),
        "why.why": why.why(two, HERE, watch(), _log(), NOW),
        "why.why unwatched": why.why(two, HERE, None, [], NOW),
    }


def _log() -> list[tuple[DeliveryLogEntry, News]]:
    then, everything = NOW - timedelta(hours=1), frozenset({Filter.ALL})
    told = DeliveryLogEntry(REF.key, "m:1", then, Severity.MILESTONE, everything, _news(), PostState.SENT, NOW)
    muted = replace(told, state=PostState.SKIPPED, sent_at=None, error=f"muted by {MEI}")
    return [(told, _news()), (muted, _news()), (replace(told, state=None, sent_at=None), _news(steps=()))]


def _watched() -> dict[str, Any]:
    results = [
        WatchOutcome(ID, WatchResult.WATCHING, watch(), look(parcel(), of=order())),
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
        "watches.listing": watches.listing(rows, 23, 2, HERE, 3, Channel("C0123ABCD"), NOW),
        "watches.listing none": watches.listing([], 0, 1, HERE, 10, Channel("C0123ABCD"), NOW),
        "watches.outcomes": watches.outcomes(results, HERE),
        "watches.ended": watches.ended([watch(), watch(2)], HERE, [OTHER]),
        "watches.restored": watches.restored([watch()], HERE),
        "watches.resumed": watches.resumed(watch()),
        "watches.resumed none": watches.resumed(None),
        "notices.notice": notices.notice({"paused": HERE, "reason": "is_archived", "orders": 2}),
        "lines.line": lines.line(
            {"line": "mute", "by": "U0MEI00001", "ids": [], "until": (NOW + timedelta(hours=24)).isoformat()}, 7, NOW
        ),
        "lines.undone": lines.undone(),
        "lines.too_late": lines.too_late(),
        "stalls.reminder": stalls.reminder(ALARM, watch(), "https://example.slack.com/archives/C0/p1", NOW),
        "notices.corrected": notices.corrected(3),
        "notices.paused": notices.paused(HERE, "not_in_channel", 1),
        "notices.resumed": notices.resumed(HERE, 2),
        "shortcuts.skipped": shortcuts.skipped(Found((ID,), (OTHER,))),
        "shortcuts.tracked": shortcuts.tracked(*_found(), NOW),
        "shortcuts.tracked none": shortcuts.tracked(Found(()), {}, NOW),
    }


def _found() -> tuple[Found, dict[str, OrderSnapshot | UnknownOrderError | api.PandaPonError]]:
    seen = look(parcel(text=HOSTILE), of=order(), stale=True)
    return Found((ID, OTHER, "100000000003"), skipped=("100000000004", "100000000005")), {
        ID: seen,
        OTHER: UnknownOrderError(OTHER),
        "100000000003": api.TimeoutError("slow"),
    }


def _chosen() -> dict[str, Any]:
    channel = Channel(HERE, ChannelSettings(), LATER, MEI, updated_by=MEI, updated_at=NOW)
    subscription = Subscription(HERE, "", Filter.ALL, MEI, 1, NOW)
    entry = DigestEntry(REF.key, "in_transit", HOSTILE, 2, "")
    unpaid = replace(entry, milestone="ordered", alarm=Leg.NOT_PAID.value)
    summary = DailyDigest("2026-05-20", (entry,), (replace(entry, alarm=Leg.DOMESTIC.value), unpaid), 7)
    return {
        "choices.settings": choices.settings(channel, CHOSEN, [subscription], LATER, Load(3, 8), NOW),
        "choices.modal": choices.modal(HERE, CHOSEN),
        "choices.working": choices.working(),
        "choices.not_saved": choices.not_saved(errors.failure("Something went wrong.")),
        "choices.saved": choices.saved(HERE, CHOSEN, LATER, (Load(3, 8), Load(1)), NOW),
        "choices.muted": choices.muted(HERE, [ID], LATER, [OTHER], NOW),
        "choices.unmuted": choices.unmuted(HERE, [ID], []),
        "choices.watching_all": choices.watching_all(
            HERE, "waitsellersend", "all", Joined(is_new=True, count=4, later=90_000, never=12)
        ),
        "choices.unwatched_all": choices.unwatched_all(HERE, 1, 4),
        "finder.form": finder.form(),
        "finder.working": finder.working(),
        "finder.result": finder.result(errors.failure("Something went wrong.")),
        "home.closed": home.closed(errors.failure("Something went wrong.")),
        "home.view": home.view([(HERE, [watch()], 1)], {REF.key: ALARM}, NOW),
        "home.view unpaid": home.view([(HERE, [watch()], 1)], {REF.key: UNPAID_ALARM}, NOW),
        "home.view none": home.view([], {}, NOW),
        "digest.folded": digest.folded([(_news(), watch()), (_news(), watch())], NOW),
        "digest.summary": digest.summary(summary, NOW),
        "digest.summary none": digest.summary(DailyDigest("2026-05-20"), NOW),
    }


def _told() -> dict[str, Any]:
    down = _report(pandapon_down_since=NOW - timedelta(minutes=20), pandapon_error=HOSTILE, copies=UNSAFE)
    late = _health(due=2, oldest_due=NOW - timedelta(minutes=9), outbox={PostState.PENDING: 1}, lost=3)
    refused = Refusal(understood=f"the word {escape(HOSTILE)}", problem="I do not know it.", try_="/panda help")
    return {
        "status.status": status.status(_health(), _report(), NOW),
        "status.status pushed": status.status(
            _health(), _report(takes_pushes=True), NOW, status.Pushed(1204, 3, 1, NOW - timedelta(minutes=4))
        ),
        "status.status ill": status.status(late, down, NOW),
        "errors.refusal": errors.refusal(refused),
        "errors.failure": errors.failure("Something went wrong.", incident_id="1f2e3d4c"),
        "errors.working": errors.working("Asking PandaPon"),
        "errors.too_late": errors.too_late(15),
        "errors.unknown_order": errors.unknown_order(HOSTILE),
        "errors.wrong_platform": errors.wrong_platform(WrongPlatformError(OrderRef(TAOBAO, ID), ALIBABA)),
        "errors.pandapon": errors.pandapon(api.RateLimitError("slow down", retry_after=7.2)),
        **{f"help.help {topic}".strip(): help_view(topic) for topic in ("", *sorted(set(TOPICS)))},
    }


def catalogue() -> dict[str, list[Json]]:
    """The blocks of each, under the builder's module and name and a word for the case."""
    made = _searched() | _tracked() | _watched() | _chosen() | _told()
    return {name: one["blocks"] if isinstance(one, dict) else one.blocks for name, one in made.items()}
