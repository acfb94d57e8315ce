"""The scans in a piece of news, without the facts that the lines above them or earlier news have already shown."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.blocks.parts import newest_first, node_line, node_words
from handlers.blocks.punctuation import labelled
from handlers.blocks.text import slack_time
from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from pandapon.shipment import Milestone, Node
    from storage.watch import Watch
    from tracking.values import News

RECENT = timedelta(hours=12)  # within half a day, a time of day is unambiguous
MAX_SCANS = 40  # scans shown; a message is full before that, and a busy parcel needs some ten hours to make so many


def scan_lines(
    watch: Watch,
    news: News,
    named: Mapping[Milestone | None, Sequence[str]],
    numbers: Mapping[str, str],
    now: datetime,
) -> list[str]:
    """A line for each of the first ``MAX_SCANS`` scans that the watch's filter shows; see ``_nodes`` for their order.

    ``named``: the states that the lines above name, with their words and reasons. ``numbers``: the short tracking
    numbers, where the message is about several parcels.
    """
    return [_line(node, news, named, numbers.get(node.waybill, ""), now) for node in _nodes(watch, news)[:MAX_SCANS]]


def _nodes(watch: Watch, news: News) -> list[Node]:
    """The scans that the watch's filter shows, each kind newest first.

    "Problems" shows the problems, or the newest scan with a milestone if there are none; "milestones" shows the scans
    with a milestone; "all updates" shows these and then the plain scans.
    """
    nodes = newest_first(news.nodes)
    with_milestone = [node for node in nodes if node.milestone]
    if watch.filter == Filter.PROBLEMS:
        return [node for node in with_milestone if node.milestone and node.milestone.is_problem] or with_milestone[:1]
    if watch.filter == Filter.MILESTONES:
        return with_milestone
    return [*with_milestone, *(node for node in nodes if not node.milestone)]


def _line(node: Node, news: News, named: Mapping[Milestone | None, Sequence[str]], number: str, now: datetime) -> str:
    """A scan: its time, words and place.

    A recent scan shows its time of day alone, since the message itself shows the day. The sign is left out if the state
    is not new or a line above names it.
    """
    is_recent = node.at is not None and node.is_timed and timedelta() <= now - node.at < RECENT
    is_told = node.milestone in named or node.milestone is _before(node, news)
    words = node_words(node, named.get(node.milestone, ()), with_sign=not is_told)
    line = f"{slack_time(node.at)} · {words}" if is_recent and node.at else node_line(node, now, words)
    return labelled(number, line) if number else line


def _before(node: Node, news: News) -> Milestone | None:
    """The state of a scan's parcel before the news; the order's state if the parcel's is not known."""
    steps = {step.waybill: step.before for step in news.steps}
    if node.waybill in steps or "" in steps:
        return steps.get(node.waybill, steps.get(""))
    states = {parcel.waybill: parcel.milestone for parcel in news.parcels}
    return states.get(node.waybill, news.milestone)
