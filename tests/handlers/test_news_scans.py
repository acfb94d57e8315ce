"""News does not say twice what its head, its card or the news before it says, and nothing is lost by that."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.message_checks import check, shown
from support.view_samples import NOW, REF, order, parcel, snapshot, watch

from handlers.blocks.gloss import beside
from handlers.posts import thread
from pandapon.courier import read_entry
from pandapon.shipment import Milestone, Node, TimeBasis
from tracking.values import News, Step

M = Milestone
OUT = "快件正在派送中，派送员：陈师傅"
SIGNED = "快件已签收，签收人：前台"
AWAY = "快件未妥投，原因：收件人不在指定地址，将再次派送"
MOVED = "【杭州市】 快件已发往 广州分拨中心"


def scan(text: str, hours: int = 1) -> Node:
    at = NOW - timedelta(hours=hours)
    claim = read_entry(text).milestone
    return Node("SF1234567890123", at, at.isoformat(), TimeBasis.CHINA, text, milestone=claim, sequence=9 - hours)


def lines(*texts: str, steps: tuple[Step, ...] = (), state: Milestone, in_thread: bool = False) -> list[str]:
    """The lines of a piece of news with these scans, the newest first, without the times of day."""
    nodes = tuple(scan(text, hours) for hours, text in enumerate(texts, 1))
    told = News(REF, state, nodes[::-1], steps=steps, parcels=(parcel(0),))
    message = check(thread.news(told, snapshot(parcel(2), of=order()), watch(), NOW, in_thread=in_thread))
    first = shown(message).split("\n1688 …")[0]
    return [line.partition("> · ")[2] or line for line in first.splitlines()]


@pytest.mark.parametrize(
    ("text", "step", "words"),
    [
        (OUT, Step(M.ARRIVED, M.OUT_FOR_DELIVERY), OUT),
        (SIGNED, Step(M.OUT_FOR_DELIVERY, M.DELIVERED), f"Taken in by the front desk · {SIGNED}"),
        (AWAY, Step(M.OUT_FOR_DELIVERY, M.ATTEMPT_FAILED), f"Delivery will be tried again · {AWAY}"),
    ],
)
def test_a_scan_does_not_repeat_the_head(text: str, step: Step, words: str) -> None:
    """Neither its sign nor the words of its state; the courier's own words stay whole."""
    head, line = lines(text, steps=(step,), state=step.after)
    assert head.endswith(" · 雪纺连衣裙 +1")
    assert line == words


def test_a_scan_that_alone_tells_its_state_has_its_sign() -> None:
    """In a thread the head is left out where the scan says the same."""
    step = Step(M.ARRIVED, M.OUT_FOR_DELIVERY)
    assert lines(OUT, steps=(step,), state=step.after, in_thread=True) == [f"🛵 Out for delivery · {OUT}"]


def test_a_scan_that_changes_nothing_has_no_sign() -> None:
    """The parcel was in transit before; a sign stands where the state is new."""
    assert lines(MOVED, state=M.IN_TRANSIT, in_thread=True) == [f"Left Hangzhou for Guangzhou sorting centre · {MOVED}"]


def test_states_in_between_keep_their_signs() -> None:
    """Of several scans those that the head does not name say which step they were."""
    step = Step(M.PICKED_UP, M.OUT_FOR_DELIVERY)
    head, out, moved = lines(OUT, MOVED, steps=(step,), state=step.after)
    assert head.startswith("🛵 *Out for delivery*")
    assert out == OUT
    assert moved.startswith("🚚 Left Hangzhou")


@pytest.mark.parametrize(
    ("told", "reading"),
    [
        ((), "Delivered, taken in by the front desk · "),
        (("Delivered",), "Taken in by the front desk · "),
        (("Deliver",), "Delivered, taken in by the front desk · "),
        (("Delivered", "taken in by the front desk"), ""),
        (("In transit",), "Delivered, taken in by the front desk · "),
    ],
)
def test_a_gloss_loses_whole_words_only(told: tuple[str, ...], reading: str) -> None:
    assert beside("x", SIGNED, told) == f"{reading}x"
