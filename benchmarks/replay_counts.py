"""The figures of the replay: counts of the bot, computed ones of a naive bot, and the tables of both."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.networks import TOKEN
from benchmarks.table import percentile, show

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchmarks.networks import Ledger
    from sandbox.pandapon.generator import Event, Scenario

START = datetime(2026, 3, 2, tzinfo=UTC)
NAIVE = timedelta(minutes=10)
CLAIMS = ("DELIVERING", "SIGN", "AGENT_SIGN", "UNSIGN")
DOORS = {"out for delivery": ("DELIVERING",), "delivered": ("SIGN",)}


@dataclass
class Result:
    """The figures of one bot."""

    channel: int
    thread: int
    calls: int
    waits: dict[str, list[float]]  # seconds from visible to posted, by kind
    missed: int = 0
    twice: int = 0
    alarms: int = 0
    false_alarms: int = 0
    folded: int = 0  # news that came in one message with others, because their channel had fallen behind
    broadcast: int = 0  # replies that the channel shows as well
    direct: int = 0  # messages to one person
    unseen: int = 0  # alarms and reminders that only a thread shows, and that notify nobody
    mentions: int = 0  # people notified by mentions; a message counts each person once
    lines: int = 0  # of all messages, as a screen shows them
    channel_lines: int = 0  # of those in channels' main views
    most_mentions: int = 0  # the highest number of mentions for one order


def naive(orders: list[Scenario], days: int) -> Result:
    """Compute the figures of a bot that polls at a fixed interval and posts each entry not seen in the same form."""
    end = START + timedelta(days=days)
    posts = calls = 0
    waits: dict[str, list[float]] = defaultdict(list)
    for scenario in orders:
        calls += int((end - scenario.watched_at) / NAIVE)
        polls: dict[tuple[str, datetime], bool] = {}
        for event in scenario.events:
            if event.scan and event.at < end:
                polls[event.scan, _next_poll(scenario, event.at)] = True
                if not event.is_edit:
                    for kind in _kinds(event):
                        waits[kind].append((_next_poll(scenario, event.at) - event.at).total_seconds())
        posts += len(polls)
    return Result(posts, 0, calls, waits)


def waits_of(events: list[Event], ledger: Ledger) -> dict[str, list[float]]:
    """Return the seconds from each scan to the first message about it, by kind."""
    waits: dict[str, list[float]] = defaultdict(list)
    for event in events:
        times = ledger.told.get(mark(event))
        if times:
            for kind in _kinds(event):
                waits[kind].append((min(times) - event.at).total_seconds())
    return waits


def _kinds(event: Event) -> Iterator[str]:
    yield "any scan"
    for kind, statuses in DOORS.items():
        if event.status in statuses:
            yield kind


def is_false(orders: list[Scenario], alarm: str, at: datetime) -> bool:
    """Whether an alarm was needless: the order had no stall, and a later scan came."""
    scenario = next(scenario for scenario in orders if scenario.order.order_id in alarm)
    return not scenario.stalled and any(event.scan and not event.is_edit and event.at > at for event in scenario.events)


def claims(events: list[Event]) -> Iterator[Event]:
    """Yield the scans that any filter must tell, except those that the next scan overtook before they were visible."""
    seen = {mark(event): event.at for event in events}
    for event in events:
        waybill, _dash, number = mark(event).rpartition("-")
        overtaken = seen.get(f"{waybill}-{int(number) + 1:02d}", event.at) < event.at
        if event.status in CLAIMS and not overtaken:
            yield event


def mark(event: Event) -> str:
    """Return the generator's mark in the text of the scan; empty without one."""
    match = TOKEN.search(event.scan)
    return match[0] if match else ""


def _next_poll(scenario: Scenario, at: datetime) -> datetime:
    polls = max(0, -((scenario.watched_at - at) // NAIVE))
    return scenario.watched_at + polls * NAIVE if at > scenario.watched_at else scenario.watched_at


def tables(count: int, days: int, plain: Result, results: Mapping[str, Result]) -> None:
    """Print the figures of each way to use the bot, compared with the naive bot."""
    rows = [
        _row("naive bot", plain, plain, count),
        *(_row(name, result, plain, count) for name, result in results.items()),
    ]
    header = [
        "",
        "in channel",
        "of naive",
        "with threads",
        "of naive",
        "API calls",
        "of naive",
        "any scan",
        "out f. d.",
        "delivered",
    ]
    show(f"{count:,} orders over {days} days: messages and calls an order, median minutes to the post", header, rows)
    facts = [
        [name, *(f"{n:,}" for n in (result.missed, result.twice, result.alarms, result.false_alarms, result.folded))]
        for name, result in results.items()
    ]
    show(
        "What must not happen, alarms raised, and news that came in a digest because its channel had fallen behind",
        ["", "milestones missed", "told twice", "alarms", "false ones", "in digests"],
        facts,
    )
    heights = [_height(name, result, count) for name, result in results.items()]
    columns = ["lines", "in channel", "lines a post", "mentions"]
    show("What a reader scrolls through, an order: lines of 90 columns with rows of buttons", ["", *columns], heights)
    reach = [_reach(name, result, count) for name, result in results.items()]
    columns = [
        "posts",
        "in channel",
        "broadcast replies",
        "mentions",
        "most of one order",
        "an order",
        "direct",
        "alarms unseen",
    ]
    show(
        "Whom it reaches: posts in channels, mentions, direct messages, alarms that only a thread shows",
        ["", *columns],
        reach,
    )


def _reach(name: str, result: Result, count: int) -> list[str]:
    numbers = (result.channel + result.thread, result.channel, result.broadcast, result.mentions, result.most_mentions)
    an_order = f"{result.mentions / count:.2f}"
    return [name, *(f"{n:,}" for n in numbers), an_order, f"{result.direct:,}", f"{result.unseen:,}"]


def _height(name: str, result: Result, count: int) -> list[str]:
    posts = result.channel + result.thread + result.direct
    numbers = (result.lines / count, result.channel_lines / count, result.lines / posts, result.mentions / count)
    return [name, *(f"{number:.2f}" for number in numbers)]


def _row(name: str, result: Result, plain: Result, count: int) -> list[str]:
    waits = result.waits
    middle = [f"{median(waits[kind]) / 60:.1f}" if waits.get(kind) else "–" for kind in ("any scan", *DOORS)]
    late = percentile(waits["any scan"], 0.95) / 60 if waits.get("any scan") else 0.0
    middle[0] += f" (p95 {late:.0f})"
    return [
        name,
        f"{result.channel / count:.1f}",
        f"{result.channel / plain.channel:.1%}",
        f"{(result.channel + result.thread) / count:.1f}",
        f"{(result.channel + result.thread) / plain.channel:.0%}",
        f"{result.calls / count:,.0f}",
        f"{result.calls / plain.calls:.0%}",
        *middle,
    ]
