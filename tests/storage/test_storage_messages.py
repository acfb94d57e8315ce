"""Lines and notices as the database holds them: what an earlier version stored is read, undone and sent."""

from __future__ import annotations

import json
from datetime import timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from support.store_harness import MEI, NOW, ORDER, ORDERS_CHANNEL

from storage import codec
from storage.post import PostKind, Unreadable
from storage.rows import content
from tracking.channel_settings import ChannelSettings
from tracking.messages import (
    ApprovalMessage,
    ApprovalPart,
    ChannelChange,
    Muted,
    Notice,
    OrdersChanged,
    OrdersCorrected,
    RefundRequested,
    Reminder,
    SettingsChanged,
    StoppedAll,
    Unmuted,
    WatchesPaused,
    WatchingAll,
    WriteSettled,
)
from tracking.values import Filter

if TYPE_CHECKING:
    from support.store_harness import StoreHarness

LATER = NOW + timedelta(hours=24)
FORMER, CHOSEN = ChannelSettings(), ChannelSettings(filter=Filter.PROBLEMS, digest_at="09:00", language="th")
# The payloads of the version before these values had types, byte for byte.
LINES = {
    f'{{"line": "orders", "by": "U1", "act": "paid", "ids": ["{ORDER}"]}}': OrdersChanged("U1", "paid", (ORDER,)),
    f'{{"line": "mute", "by": "U1", "ids": ["{ORDER}"], "until": "{LATER.isoformat()}", "undo": {{"until": ""}}}}': (
        Muted("U1", LATER, (ORDER,))
    ),
    f'{{"line": "mute", "by": "U1", "ids": [], "until": "{LATER.isoformat()}", '
    f'"undo": {{"until": "{NOW.isoformat()}"}}}}': Muted("U1", LATER, (), NOW),
    f'{{"line": "unmute", "by": "U1", "ids": [], "undo": {{"until": "{LATER.isoformat()}"}}}}': (
        Unmuted("U1", (), LATER)
    ),
    f'{{"line": "unmute", "by": "U1", "ids": [], "undo": {{"until": ""}}, "still": ["{ORDER}"]}}': (
        Unmuted("U1", (), None, (ORDER,))
    ),
    '{"line": "watch all", "by": "U1", "n": 7, "status": "sent", "filter": "milestones", "undo": {"filter": "all"}}': (
        WatchingAll("U1", 7, Filter.MILESTONES, "sent", Filter.ALL)
    ),
    '{"line": "watch all", "by": "U1", "n": 7, "status": "", "filter": "all", "undo": {}}': (
        WatchingAll("U1", 7, Filter.ALL)
    ),
    '{"line": "watch all", "by": "U1", "n": 0, "filter": "", "undo": {}}': WatchingAll("U1", 0),
    f'{{"line": "unwatch all", "by": "U1", "undo": {{"at": "{NOW.isoformat()}"}}}}': StoppedAll("U1", NOW),
    '{"line": "settings", "by": "U1", "settings": "{\\"filter\\":\\"problems\\",\\"digest_at\\":\\"09:00\\",'
    '\\"language\\":\\"th\\"}", "filter_all": "problems", "undo": {"settings": "{}", "filters": {"all": [3, 5]}}}': (
        SettingsChanged("U1", CHOSEN, FORMER, Filter.PROBLEMS, {"all": (3, 5)})
    ),
    '{"line": "settings", "by": "U1", "settings": "{}", "undo": {"settings": "{\\"filter\\":\\"problems\\",'
    '\\"digest_at\\":\\"09:00\\",\\"language\\":\\"th\\"}"}}': SettingsChanged("U1", FORMER, CHOSEN),
}
# And those of this version.
LINES |= {
    f'{{"line": "mute", "by": "U1", "ids": ["{ORDER}"], "until": "{LATER.isoformat()}", "undo": '
    f'{{"until": "{NOW.isoformat()}", "orders": {{"1688:{ORDER}": "{NOW.isoformat()}", "taobao:1": ""}}}}}}': (
        Muted("U1", LATER, (ORDER,), NOW, {f"1688:{ORDER}": NOW, "taobao:1": None})
    ),
    f'{{"line": "unmute", "by": "U1", "ids": ["{ORDER}"], "undo": '
    f'{{"until": "{NOW.isoformat()}", "orders": {{"1688:{ORDER}": "{NOW.isoformat()}"}}}}}}': (
        Unmuted("U1", (ORDER,), NOW, orders={f"1688:{ORDER}": NOW})
    ),
    '{"line": "watch all", "by": "U1", "n": 7, "filter": "all", "status": "sent", "undo": {"subscription": 3}}': (
        WatchingAll("U1", 7, Filter.ALL, "sent", None, 3)
    ),
    '{"line": "unwatch all", "by": "U1", "status": "sent", "still": [""], "undo": '
    f'{{"at": "{NOW.isoformat()}", "passed_on": [5]}}}}': StoppedAll("U1", NOW, "sent", ("",), (5,)),
    '{"line": "settings", "by": "U1", "settings": "{}", "filter_all": "problems", "undo": {"settings": "{}", '
    '"filters": {"all": [3]}, "subscriptions": {"all": [1]}}}': (
        SettingsChanged("U1", FORMER, FORMER, Filter.PROBLEMS, {"all": (3,)}, {"all": (1,)})
    ),
}
LINES |= {
    '{"line": "refund", "by": "U1", "key": "1688:25", "title": "裙", "fen": 7360, "with_return": true}': (
        RefundRequested("U1", "1688:25", "裙", 7360, with_return=True)
    ),
}
NOTICES = {
    '{"paused": "C1", "reason": "is_archived", "orders": 2, "key": "taobao:1"}': WatchesPaused("C1", "is_archived", 2),
    '{"paused": "C1"}': WatchesPaused("C1", "", 1),
    '{"corrected": 3}': OrdersCorrected(3),
    '{"write": "w1"}': WriteSettled("w1"),
    '{"write": "w1", "reversed": true}': WriteSettled("w1", is_reversed=True),
    '{"reminder": 4, "person": "U1", "channel": "C1"}': Reminder(4, "U1", "C1"),
    '{"approval": 7, "part": "question", "reader": "U1", "thread": "1.2", "by": "U2", "text": "why?"}': (
        ApprovalMessage(7, ApprovalPart.QUESTION, "U1", "1.2", "U2", "why?")
    ),
}


@pytest.mark.parametrize(("stored", "change"), LINES.items())
def test_a_line_of_an_earlier_version_is_read(stored: str, change: ChannelChange) -> None:
    """Each kind, and it is written so that it is read back as the same."""
    assert codec.load_change(stored) == change
    assert codec.load_change(codec.dump_change(change)) == change


@pytest.mark.parametrize(("stored", "notice"), NOTICES.items())
def test_a_notice_of_an_earlier_version_is_read(stored: str, notice: Notice) -> None:
    """Each kind, and it is written so that it is read back as the same."""
    assert codec.load_notice(stored) == notice
    assert codec.load_notice(codec.dump_notice(notice)) == notice


def test_a_time_keeps_its_zone() -> None:
    """A moment is the same in every zone."""
    there = LATER.astimezone(timezone(timedelta(hours=8)))
    assert codec.load_change(codec.dump_change(Muted("U1", there))) == Muted("U1", LATER)


def test_every_kind_can_be_stored() -> None:
    """A new kind without a form in the database is an error of the code."""
    changes = {kind.__name__ for kind in ChannelChange.__subclasses__()}
    assert {type(change).__name__ for change in LINES.values()} == changes
    assert {type(notice).__name__ for notice in NOTICES.values()} == {kind.__name__ for kind in Notice.__subclasses__()}
    with pytest.raises(TypeError, match="ChannelChange"):
        codec.dump_change(ChannelChange("U1"))
    with pytest.raises(TypeError, match="Notice"):
        codec.dump_notice(Notice())


@pytest.mark.parametrize(
    "stored",
    [
        '{"line": "renamed", "by": "U1"}',
        '{"line": "mute", "by": "U1", "until": "soon"}',
        '{"line": "watch all", "by": "U1", "n": 1, "filter": "loud"}',
        '{"line": "unwatch all", "by": "U1"}',
        '{"by": "U1"}',
        "[]",
        "null",
        "7",
        "{",
    ],
)
def test_a_message_that_cannot_be_read_is_unreadable(stored: str) -> None:
    """It raises nothing while posts are claimed, and its text, which may name people, is in no error."""
    for kind in (PostKind.LINE, PostKind.NOTICE):
        unreadable = content(kind, stored)
        assert isinstance(unreadable, Unreadable)
        assert "U1" not in unreadable.error


async def test_a_stored_line_is_claimed_and_undone_once(harness: StoreHarness) -> None:
    """A line that stood in the outbox when the bot was updated goes out, and its Undo works."""
    change = Muted("U1", LATER, (), NOW)
    await harness.store.channels.say(NOW, ORDERS_CHANNEL, Unmuted(MEI))
    stored = next(text for text, value in LINES.items() if value == change)
    await harness.store.engine.run(lambda conn: conn.execute("UPDATE outbox SET payload = ?", (stored,)))
    post = await harness.claim_one()
    assert (post.kind, post.change) == (PostKind.LINE, change)
    assert await harness.store.channels.take_line(post.id) == (ORDERS_CHANNEL, change)
    assert await harness.store.channels.take_line(post.id) is None


async def test_an_unreadable_line_is_not_undone(harness: StoreHarness) -> None:
    """The mark that it was undone is taken back with the failure."""
    await harness.store.channels.say(NOW, ORDERS_CHANNEL, Unmuted(MEI))
    stored = json.dumps({"line": "renamed", "by": MEI})
    await harness.store.engine.run(lambda conn: conn.execute("UPDATE outbox SET payload = ?", (stored,)))
    post = await harness.claim_one()
    for _attempt in range(2):
        with pytest.raises(ValueError, match="LookupError"):
            await harness.store.channels.take_line(post.id)
