"""The figures of a running bot move with what happens to it, and with nothing that happens to another bot."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from e2e.test_e2e_cart import lose, open_form, send_form, shopping
from prometheus_client.parser import text_string_to_metric_families
from support.bot_harness import ORDER, BotHarness, running
from support.patience import PATIENCE
from support.settings_form import at as clock_time
from support.settings_form import choose

from bot.process.figures import Claimed, InTime, ReadingOutcome, Service
from bot.roles import Role
from handlers.interactions.interaction import result_by, run_with_budget
from sandbox.pandapon.trading.routes import OWN_PATHS
from sandbox.slack.faults import Fault
from storage.post import PostKind, PostState
from tracking.values import Severity
from tracking.writes import WriteState

if TYPE_CHECKING:
    from pathlib import Path

ADD = OWN_PATHS["1688.cart.add"]
VALUES: dict[str, Any] = {
    "kind": set(PostKind),
    "outcome": set(ReadingOutcome),
    "severity": set(Severity),
    "service": set(Service),
    "in_time": set(InTime),
    "item": set(Claimed),
    "role": set(Role),
    "state": {*PostState, *WriteState},
}


async def samples(harness: BotHarness) -> list[Any]:
    """What ``/metrics`` serves now, as Prometheus' own parser reads it."""
    assert harness.bot is not None
    url = f"http://127.0.0.1:{harness.bot.http_port}/metrics"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        families = text_string_to_metric_families(await answer.text())
    return [sample for family in families for sample in family.samples]


async def figure(harness: BotHarness, name: str, **labels: str) -> float:
    """One figure. Raises ValueError when it is not served."""
    [value] = [
        sample.value
        for sample in await samples(harness)
        if sample.name == f"pandabot_{name}" and sample.labels == labels
    ]
    return float(value)


async def reaches(harness: BotHarness, least: float, name: str, **labels: str) -> None:
    """Wait until a figure is that high: a message is counted a moment after it can be seen."""
    for _ in range(int(PATIENCE / 0.1)):
        if await figure(harness, name, **labels) >= least:
            return
        await harness.several_ticks(1)
    pytest.fail(f"{name} {labels} is {await figure(harness, name, **labels)}")


async def falls(harness: BotHarness, most: float, name: str) -> None:
    """Wait until a figure is that low."""
    for _ in range(int(PATIENCE / 0.1)):
        if await figure(harness, name) <= most:
            return
        await harness.several_ticks(1)
    pytest.fail(f"{name} is {await figure(harness, name)}")


async def test_the_figures_move_with_an_order(harness: BotHarness, tmp_path: Path) -> None:
    """Readings, news of each severity, messages, unread texts and answers; another bot in the process stays at zero."""
    (tmp_path / "other").mkdir()
    async with running(tmp_path / "other") as other:
        await harness.ask(f"/panda watch {ORDER}")
        [card] = harness.channel()
        await reaches(harness, 1, "readings_total", outcome="unchanged")
        unread = await figure(harness, "courier_texts_unread_total")

        harness.scan("快件已发往 广州分拨中心", status="TRANSPORT")
        await harness.replies(card, 1)
        harness.scan("鸡毛蒜皮")
        await harness.replies(card, 2)
        harness.scan("派送失败，电话无人接听", status="FAILED")
        await harness.replies(card, 3)

        await reaches(harness, 3, "posts_sent_total", kind="news")
        assert await figure(harness, "posts_sent_total", kind="card") == 1
        assert await figure(harness, "claims_total", item="post") >= 4
        read = await figure(harness, "reading_lag_seconds_count")  # first: polls go on between two looks
        assert await figure(harness, "claims_total", item="order") >= read
        assert await figure(harness, "readings_total", outcome="changed") >= 3
        assert await figure(harness, "reading_lag_seconds_count") >= 4
        assert await figure(harness, "courier_texts_unread_total") == unread + 1
        assert await figure(harness, "news_dwell_seconds_count", severity="node") == 2
        assert await figure(harness, "news_dwell_seconds_count", severity="problem") == 1
        assert await figure(harness, "answer_seconds_count", in_time="yes") == 1
        assert await figure(harness, "answer_seconds_count", in_time="no") == 0

        counted = [
            sample for sample in await samples(other) if sample.name.endswith(("_total", "_count")) and sample.value
        ]
        assert counted == []


async def test_labels_hold_words_of_the_program_only(harness: BotHarness) -> None:
    """No label can hold the name of a person, an order or a channel, whatever happens."""
    await harness.ask(f"/panda watch {ORDER}")
    for sample in await samples(harness):
        for label, value in sample.labels.items():
            assert label in {"le", "version"} or value in VALUES[label], sample


async def test_news_that_waits_for_slack_dwells(harness: BotHarness) -> None:
    """From when it was recorded until Slack's time of the message."""
    await harness.ask(f"/panda watch {ORDER}")
    [card] = harness.channel()
    harness.slack.faults.plan(Fault("chat.postMessage", times=1, retry_after=1))
    harness.scan("快件已发往 广州分拨中心", status="TRANSPORT")
    await reaches(harness, 1, "rate_limits_total", service="slack")
    assert await figure(harness, "lanes_behind") == 0
    harness.clock.advance(timedelta(seconds=40))
    await harness.until(lambda: bool(harness.thread(card)))
    await reaches(harness, 1, "news_dwell_seconds_count", severity="node")
    assert 40 <= await figure(harness, "news_dwell_seconds_sum", severity="node") < 60
    assert await figure(harness, "news_dwell_seconds_bucket", severity="node", le="30.0") == 0


async def test_the_news_of_a_batch_dwells(tmp_path: Path) -> None:
    """Two pieces of news that one message tells are counted as two."""
    async with running(tmp_path, digest_from=2) as harness:
        await harness.ask(f"/panda watch {ORDER}")
        [card] = harness.channel()
        harness.slack.faults.plan(Fault("chat.postMessage", times=1, retry_after=3))
        harness.scan("快件已发往 广州分拨中心", status="TRANSPORT")
        await reaches(harness, 1, "rate_limits_total", service="slack")
        changed = await figure(harness, "readings_total", outcome="changed")
        harness.scan("快件到达 广州分拨中心", status="TRANSPORT")
        await reaches(harness, changed + 1, "readings_total", outcome="changed")
        harness.clock.advance(timedelta(seconds=90))
        await harness.until(lambda: bool(harness.thread(card)))
        await reaches(harness, 1, "posts_sent_total", kind="batch")
        await falls(harness, 0, "lanes_behind")  # the card, whose refresh waits behind the news
        assert await figure(harness, "posts_sent_total", kind="news") == 0
        assert await figure(harness, "news_dwell_seconds_count", severity="node") == 2
        assert await figure(harness, "news_dwell_seconds_bucket", severity="node", le="60.0") == 0


async def test_news_that_a_channel_held_does_not_dwell(harness: BotHarness) -> None:
    """It waited as the channel wished: in its quiet hours. It is 10:00 in Shanghai."""
    await harness.ask(f"/panda watch {ORDER}")
    await choose(
        harness, quiet_from=clock_time("09:00"), quiet_to=clock_time("12:00"), break_through={"selected_options": []}
    )
    harness.scan("派送失败，电话无人接听", status="FAILED")
    await reaches(harness, 1, "posts", state="held")
    harness.clock.advance(timedelta(hours=2, minutes=1))
    await reaches(harness, 1, "posts_sent_total", kind="news")
    assert await figure(harness, "news_dwell_seconds_count", severity="problem") == 0
    later = [await figure(harness, "news_dwell_seconds_sum", severity=each) for each in Severity]
    assert sum(later) < 60, "the parcel has moved on since, and that news did not wait"


@pytest.mark.parametrize("fault", [{"rate_limited": 1}, {"status": 503}, {"malformed": True}])
async def test_failed_readings_are_counted(harness: BotHarness, fault: dict[str, Any]) -> None:
    """And those that PandaPon refused, since they were too many, apart from others."""
    await harness.ask(f"/panda watch {ORDER}")
    assert await figure(harness, "rate_limits_total", service="pandapon") == 0
    for name, value in fault.items():
        setattr(harness.pandapon.faults, name, value)
    await reaches(harness, 1, "readings_total", outcome="failed")
    limits = await figure(harness, "rate_limits_total", service="pandapon")
    assert (limits > 0) == ("rate_limited" in fault)


async def test_answers_that_are_given_up_are_counted_apart(harness: BotHarness) -> None:
    """With the seconds after which they were; the others have theirs."""
    assert harness.bot is not None
    hurried = replace(harness.bot.context, answer_seconds=0.5)
    work = asyncio.ensure_future(run_with_budget(asyncio.sleep(PATIENCE, "an answer"), hurried))
    assert await result_by(work, time.monotonic() + 0.4, "too late") == "too late"
    await reaches(harness, 1, "answer_seconds_count", in_time="no")
    assert await figure(harness, "answer_seconds_sum", in_time="no") >= 0.4
    assert await figure(harness, "answer_seconds_count", in_time="yes") == 0


@pytest.mark.parametrize(("kind", "end"), [("", "done"), ("cut", "found_done")])
async def test_writes_are_counted_by_their_end(tmp_path: Path, kind: str, end: str) -> None:
    """Once, also where the answer was lost and the write was found later."""
    async with shopping(tmp_path) as harness:
        form = await open_form(harness)
        if kind:
            lose(harness, ADD, kind)
        await send_form(harness, form)
        assert {state: await figure(harness, "writes_total", state=state) for state in ("done", "found_done")} == {
            "done": 0,
            "found_done": 0,
        } | {end: 1}
        assert await figure(harness, "writes_unclear") == 0
