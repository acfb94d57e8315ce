"""What a typed line means."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox.terminal.commands import (
    Become,
    Expect,
    Fault,
    Forward,
    GoTo,
    NotUnderstoodError,
    Plain,
    Press,
    Request,
    Say,
    Shortcut,
    Slash,
    Speed,
    Thread,
    Wait,
    read,
)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("/panda search 连衣裙 --1688", Slash("/panda", "search 连衣裙 --1688")),
        ("  /panda-order 2542285634920880794 ", Slash("/panda-order", "2542285634920880794")),
        ("/panda", Slash("/panda", "")),
        ("1", Press(1)),
        ("press 12", Press(12)),
        ("press 2 of m7", Press(2, 7)),
        ("2542285634920880794", Say("2542285634920880794")),
        ("shortcut track", Shortcut("track")),
        ("shortcut WATCH 7", Shortcut("watch", 7)),
        ("thread", Thread()),
        ("open 3", Thread(3)),
        ("#urgent", GoTo("urgent")),
        ("channel #采购", GoTo("采购")),
        ("channel buyers", GoTo("buyers")),
        ("as tom", Become("tom")),
        ("as I said, 2 boxes", Say("as I said, 2 boxes")),
        ("ff 2h", Forward(timedelta(hours=2))),
        ("ff 1.5 hours", Forward(timedelta(minutes=90))),
        ("FF 3d", Forward(timedelta(days=3))),
        ("speed 60", Speed(60)),
        ("speed 0.5", Speed(0.5)),
        ("faults 5xx", Fault("5xx")),
        ("wait news 2", Wait("news", 2)),
        ("wait answer", Wait("answer")),
        ("expect Delivered  ", Expect("Delivered")),
        ("say help", Say("help")),
        ("help", Plain("help")),
        ("?", Plain("help")),
        ("exit", Plain("quit")),
        ("help me please", Say("help me please")),
        ("orders are late", Say("orders are late")),
        ("# a comment", None),
        ("#", None),
        ("", None),
    ],
)
def test_a_line_is_read(line: str, meant: Request | None) -> None:
    """Commands of the demo are few and short; everything else is a message to the channel."""
    assert read(line) == meant


@pytest.mark.parametrize(
    ("line", "usage"),
    [
        ("ff soon", "ff 30m"),
        ("ff 9999999d", "60 days"),
        ("ff 61d", "60 days"),
        ("speed fast", "speed 60"),
        ("speed 0", "above 0"),
        ("speed 999999", "up to 100000"),
        ("faults flood", "faults slow"),
        ("press the button", "press 2 of 7"),
        ("shortcut", "shortcut track"),
        ("wait forever", "wait news"),
        ("expect", "expect Delivered"),
    ],
)
def test_a_command_gone_wrong_says_how_to_write_it(line: str, usage: str) -> None:
    """A mistyped command is not posted to the channel as a message."""
    with pytest.raises(NotUnderstoodError, match=usage):
        read(line)
