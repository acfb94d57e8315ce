"""Many pieces of news in one message: as if found at once, as lines of a digest, and which may go together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from support.tracking_cases import LEFT, PICKED, REF, M, at, node

from bot.jobs.compose import batch_rule, merged
from handlers.blocks.links import Links
from handlers.posts import digest
from storage.post import BatchRule, Post, PostKind, PostState
from storage.watch import Watch, WatchState
from tracking.channel_settings import ChannelSettings
from tracking.severity import SEVERITIES
from tracking.values import Filter, Leg, News, Refund, RefundStep, Severity, Stall, Step

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # in China
WATCH = Watch(1, REF.key, "C1", Filter.ALL, WatchState.ACTIVE, "U1", at(0))
FAILED = News(REF, M.ATTEMPT_FAILED, steps=(Step(M.OUT_FOR_DELIVERY, M.ATTEMPT_FAILED, "SF1"),))
ON_ITS_WAY = News(REF, M.IN_TRANSIT, steps=(Step(M.ATTEMPT_FAILED, M.IN_TRANSIT, "SF1"),))
SILENT = News(REF, M.IN_TRANSIT, stall=Stall(Leg.DOMESTIC, at(0), timedelta(hours=60)))
SCANS = [News(REF, M.IN_TRANSIT, nodes=(node(scan),)) for scan in (PICKED, LEFT)]


def line(*told: News) -> str:
    """What a digest says of the order."""
    blocks = digest.batch([(news, WATCH) for news in told], Links()).blocks
    return str(blocks[1]["text"]["text"])


def test_scans_found_one_by_one_read_as_if_found_at_once() -> None:
    """Each of them is there, in order, and money goes from the first to the last figure."""
    prices = [(Decimal(10), Decimal(12)), (Decimal(12), Decimal(15))]
    whole = merged([*SCANS, FAILED, *(News(REF, M.IN_TRANSIT, price=price) for price in prices)])
    assert whole is not None
    assert [node.text for node in whole.nodes] == [PICKED[1], LEFT[1]]
    assert (whole.steps, whole.price, whole.milestone) == (FAILED.steps, (Decimal(10), Decimal(15)), M.IN_TRANSIT)


def test_what_would_be_hidden_in_a_whole_is_not_made_one() -> None:
    """An alarm is no movement; and beside a step of the whole order those of its parcels are not shown."""
    delivered = News(REF, M.DELIVERED, steps=(Step(M.IN_TRANSIT, M.DELIVERED),))
    assert merged([*SCANS, SILENT]) is None
    assert merged([FAILED, delivered]) is None


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (SCANS, "*Updates*\n🚚 *In transit* · 1688 …880794 · `2542285634920880794` · 2 new updates"),
        ([FAILED, FAILED, ON_ITS_WAY], " · before that: ⚠️ *Delivery attempt failed* ×2"),
        ([FAILED, FAILED], "*Needs attention*\n⚠️ *Delivery attempt failed* · 1688 …880794"),
        ([SILENT, ON_ITS_WAY, *SCANS], "before that: ⏰ *"),
        ([News(REF, M.IN_TRANSIT, nodes=(node((42, "收件人不在", M.ATTEMPT_FAILED)),)), *SCANS], "attempt failed*"),
        ([News(REF, M.IN_TRANSIT, nodes=(node((42, "电话无人接听", None)),)), *SCANS], "that: ✋ *Action needed*"),
        ([News(REF, M.IN_TRANSIT, price=(Decimal(1), Decimal(2))), *SCANS], "that: 💴 *Price changed*"),
        ([News(REF, M.IN_TRANSIT, refunds=(RefundStep("", Refund("WAIT", at(0))),)), *SCANS], "that: 💸 *Refund*"),
    ],
    ids=["scans", "made good", "twice", "silent", "over at once", "needs somebody", "price", "refund"],
)
def test_a_line_tells_what_came_before(told: list[News], says: str) -> None:
    """Problems, milestones and money in between stand in no other message."""
    assert says in line(*told)


def test_an_order_that_went_through_a_lot_still_fits() -> None:
    """Its line is cut before Slack refuses the whole digest."""
    trials = [step for _ in range(200) for step in (FAILED, ON_ITS_WAY)]
    assert len(line(*trials)) < 1000


def test_many_orders_are_several_paragraphs() -> None:
    """Each of them within what Slack takes, and those in trouble in the first."""
    trials = [step for _ in range(20) for step in (FAILED, ON_ITS_WAY)]
    told = [(news, replace(WATCH, key=f"1688:{n}")) for n in range(9) for news in trials]
    told.append((FAILED, replace(WATCH, key="1688:in trouble")))
    sections = [block["text"]["text"] for block in digest.batch(told, Links()).blocks if block["type"] == "section"]
    assert [len(text) <= 3000 for text in sections] == [True] * len(sections)
    assert sections[1].startswith("*Needs attention*\n⚠️ *Delivery attempt failed*")
    assert sum(text.count("1688 ") for text in sections) == 10


SHOWN = frozenset({Severity.STEP, Severity.MILESTONE, Severity.PROBLEM})  # of a channel of few orders


@pytest.mark.parametrize(
    ("settings", "rule"),
    [
        (ChannelSettings(), BatchRule(shown=SHOWN)),
        (ChannelSettings(threads="channel"), BatchRule(shown=frozenset(SEVERITIES))),
        (ChannelSettings(threads="thread"), BatchRule(shown=frozenset())),
        (ChannelSettings(threads="problems"), BatchRule(shown=frozenset({Severity.PROBLEM}))),
        (ChannelSettings(quiet_from="22:00", quiet_to="08:00"), BatchRule(shown=SHOWN)),
        (
            ChannelSettings(quiet_from="11:00", quiet_to="13:00"),
            BatchRule(severities=frozenset({Severity.PROBLEM}), shown=SHOWN),
        ),
    ],
    ids=["default", "channel", "thread", "problems", "not quiet", "quiet"],
)
def test_what_may_go_together(settings: ChannelSettings, rule: BatchRule) -> None:
    """Quiet hours hold what they hold, and a channel that wants less in its main view is not given more."""
    post = Post(1, 1, PostKind.NEWS, "C1", 1, REF.key, None, 0, PostState.SENDING, "t", at(0), settings=settings)
    assert batch_rule(post, NOON, 2) == rule
