"""What is printed when: new messages whole, edited cards by what differs, numbers that stay."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.terminal.mrkdwn import Viewer
from sandbox.terminal.screen import Change, Item, Screen

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def screen() -> Screen:
    return Screen(Viewer(zone=ZoneInfo("Asia/Shanghai")), width=60)


def item(ts: str, *lines: str, **fields: Any) -> Item:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": line}} for line in lines]
    fixed: dict[str, Any] = {"channel": "#orders", "sender": "pandabot", "by_bot": True}
    return Item(ts=ts, at=AT, content={"text": "…", "blocks": blocks}, **(fixed | fields))


def printed(made: Screen, change: Change) -> str:
    return "\n".join(line.plain for line in made.introduce(change))


def test_each_message_is_printed_once() -> None:
    """The second look at the same messages has nothing to print."""
    made = screen()
    first = made.update([item("2", "second"), item("1", "first")])
    assert [printed(made, change) for change in first] == [
        "m1 #orders pandabot 10:00\n  first",
        "m2 #orders pandabot 10:00\n  second",
    ]
    assert made.update([item("1", "first"), item("2", "second")]) == []


def test_an_edited_card_shows_what_differs() -> None:
    """A card that changes at every scan would otherwise drown its own news."""
    made = screen()
    made.update([item("1", "Order 1", "Shipped", "Refresh")])
    (change,) = made.update([item("1", "Order 1", "*Delivered*", "Refresh")])
    assert printed(made, change) == "m1 #orders pandabot 10:00 · now reads\n  Delivered"


def test_an_answer_that_replaces_its_working_line_is_whole() -> None:
    """An ephemeral message that changes is an answer; all of it is new to its reader."""
    made = screen()
    made.update([item("1", "Looking…", private=True)])
    (change,) = made.update([item("1", "Found", "Looking…", private=True)])
    assert change.is_answer
    assert printed(made, change) == "m1 #orders pandabot 10:00 · only you see this\n  Found\n  Looking…"


def test_news_is_what_the_bot_says_in_a_thread() -> None:
    """A parent card and an edit are no news; a reply is, and names the card it belongs to."""
    made = screen()
    (card,) = made.update([item("1", "card")])
    card_now, news = made.update([item("1", "card 2"), item("2", "scan", thread="1")])
    assert [card.is_news, card_now.is_news, news.is_news] == [False, False, True]
    assert printed(made, news) == "m2 #orders pandabot 10:00 · in the thread of m1\n  scan"
    assert [entry.number for entry in made.thread(news.entry)] == [1, 2]


def test_what_is_gone_is_forgotten() -> None:
    """A deleted message has no number any more, and is not among the channel's words."""
    made = screen()
    made.update([item("1", "one"), item("2", "two"), item("3", "elsewhere", channel="#urgent")])
    assert made.visible_text("#orders") == "one two"
    made.update([item("2", "two")])
    assert made.find(1) is None
    assert made.visible_text("#orders") == "two"
    assert made.find(2) == made.channel("#orders")[0]


def test_an_expectation_looks_past_line_breaks() -> None:
    """Where a line is broken depends on the terminal; the words do not."""
    made = screen()
    made.update([item("1", "word " * 40)])
    assert ("word " * 40).strip() in made.visible_text("#orders")
