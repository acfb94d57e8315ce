"""The whole bot against a simple model: watch, scan, edit, restart, faults, closed channels and time, in any order.

``PANDABOT_LONG=1`` makes it a long run.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from support.bot_harness import ORDER, BotHarness, running, words
from support.effort import LONG, examples

from sandbox.pandapon.demo import TAOBAO
from sandbox.slack.faults import Fault
from sandbox.slack.workspace import BOT_USER

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from sandbox.slack.workspace import Message

LONGEST_WAIT = timedelta(minutes=6)  # a lease, or between two tries of a source that was down for long
PANDAPON = [{"status": 503}, {"malformed": True}, {"wrong_types": True}, {"empty": True}, {"cut": True}, {"down": True}]
SLACK = [
    {"status": 500},
    {"status": 500, "applied": True},
    {"cut": True, "applied": True},
    {"drop": True},
    {"retry_after": 1},
]


class Bot(RuleBasedStateMachine):
    """``expected``: by card, the scans that its thread owes the reader."""

    @initialize()
    def begin(self) -> None:
        """A bot and stand-ins of its own, in a loop of its own."""
        self.loop = asyncio.new_event_loop()
        self.stack = contextlib.AsyncExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.harness: BotHarness = self.do(self.stack.enter_async_context(running(folder)))
        self.open: dict[str, Message] = {}
        self.expected: dict[str, list[str]] = defaultdict(list)
        self.cards: list[Message] = []
        self.scans: list[tuple[str, str]] = []
        self.is_troubled = self.is_closed = False
        self.watch(ORDER)
        self.watch(TAOBAO)

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run something to its end; the bot lives on in between."""
        return self.loop.run_until_complete(work)

    @rule(order=st.sampled_from([ORDER, TAOBAO]))
    @precondition(lambda self: not self.is_troubled and not self.is_closed)
    def watch(self, order: str) -> None:
        """A person watches; a second time changes nothing."""
        answer = self.do(self.harness.ask(f"/panda watch {order}"))
        assert "Watching" in answer or "already" in answer, answer
        if order not in self.open:
            self.open[order] = [m for m in self.harness.channel() if not m.thread_ts][-1]
            self.cards.append(self.open[order])

    @rule(order=st.sampled_from([ORDER, TAOBAO]))
    @precondition(lambda self: not self.is_troubled and not self.is_closed)
    def unwatch(self, order: str) -> None:
        """A person has enough; what was found before has been told."""
        if order in self.open:
            self.settle()
            assert "Undo" in str(self._answer_buttons(f"/panda unwatch {order}"))
            del self.open[order]

    @rule(order=st.sampled_from([ORDER, TAOBAO]), status=st.sampled_from(["TRANSPORT", "TRANSPORT", "DELIVERING"]))
    def scan(self, order: str, status: str) -> None:
        """A courier scans the order's parcel."""
        text = f"第{len(self.scans):03d}站 快件已发往"
        self.harness.world.add_node(order, text, status=status)
        self.scans.append((order, text))
        self.harness.clock.advance(timedelta(seconds=7))
        if order in self.open:
            self.expected[self.open[order].ts].append(text)

    @rule()
    @precondition(lambda self: bool(self.scans))
    def edit(self) -> None:
        """The place of the newest scan is filled in: no news."""
        order, text = self.scans[-1]
        self.harness.world.edit_node(order, text, city="广州")

    @rule(in_order=st.booleans())
    def restart(self, in_order: bool) -> None:
        """The process ends and starts again; it may die between a post and its record."""
        assert self.harness.bot is not None
        if not in_order:
            for task in list(self.harness.bot.deliverer._in_flight.values()):
                task.cancel()
        self.do(self.harness.stop_bot())
        self.do(self.harness.start_bot())

    @rule(fault=st.sampled_from(PANDAPON))
    def pandapon_fails(self, fault: dict[str, Any]) -> None:
        """From now on, until all is well again."""
        for name, value in fault.items():
            setattr(self.harness.pandapon.faults, name, value)
        self.is_troubled = True
        self.do(asyncio.sleep(0.2))

    @rule(fault=st.sampled_from(SLACK), order=st.sampled_from([ORDER, TAOBAO]))
    def slack_fails(self, fault: dict[str, Any], order: str) -> None:
        """The next post meets it, and there is something to post."""
        planned = self.harness.slack.faults.planned
        self.harness.slack.faults.plan(Fault("chat.postMessage", **fault))
        self.scan(order, "TRANSPORT")
        if order in self.open and not self.is_troubled and not self.is_closed:
            self.harness.clock.advance(LONGEST_WAIT)  # a post that failed before waits the longer for its next try
            self.do(self.harness.until(lambda: not planned))

    @rule(how=st.sampled_from(["archived", "private"]), scans=st.integers(0, 3))
    @precondition(lambda self: not self.is_closed)
    def the_channel_closes(self, how: str, scans: int) -> None:
        """It takes no posts until all is well again: it is archived, or private and the bot is not in it."""
        self.is_closed = True
        self._close(how)
        for number in range(scans):  # the first may be refused, the next come when the watch is paused already
            self.scan(ORDER if number % 2 else TAOBAO, "TRANSPORT")
            self.do(self.harness.several_ticks(1))

    @rule(hours=st.sampled_from([1, 5, 30]))
    def time_passes(self, hours: int) -> None:
        """The clock jumps."""
        self.harness.clock.advance(timedelta(hours=hours))
        self.do(asyncio.sleep(0.1))

    @rule()
    def settle(self) -> None:
        """All is well again, and so everything owed is told, once; nothing else is."""
        self.harness.pandapon.faults.clear()
        self.harness.slack.faults.clear()
        self._close("")
        self.harness.clock.advance(LONGEST_WAIT)
        self.is_troubled = self.is_closed = False
        self.do(self.harness.until(self._all_told))
        self.harness.clock.advance(LONGEST_WAIT)  # whoever meant to try again does it now
        self.do(self.harness.several_ticks(2))
        for card in self.cards:
            assert sorted(self._told(card)) == sorted(self.expected[card.ts])

    def _close(self, how: str) -> None:
        channel = self.harness.slack.workspace.channel("#orders")
        channel.is_archived = how == "archived"
        channel.is_private = how == "private"
        (channel.members.discard if channel.is_private else channel.members.add)(BOT_USER)

    def _answer_buttons(self, line: str) -> list[Any]:
        self.do(self.harness.ask(line))
        return [block for block in self.harness.private()[-1].blocks if block["type"] == "actions"]

    def _all_told(self) -> bool:
        return all(set(self.expected[card.ts]) <= set(self._told(card)) for card in self.cards)

    def _told(self, card: Message) -> list[str]:
        """Every scan of the test that a card's thread holds, as often as it holds it; edits repeat no news."""
        replies = [words(message).partition("filled in")[0] for message in self.harness.thread(card)]
        return [text for _order, text in self.scans for reply in replies for _ in range(reply.count(text))]

    def teardown(self) -> None:
        """The last word: everything owed is told."""
        if hasattr(self, "harness"):
            try:
                self.settle()
            finally:
                self.do(self.stack.aclose())
                self.loop.close()


@pytest.mark.timeout(3600)
def test_the_bot_does_as_the_model() -> None:
    """Whatever happens in whatever order: what is owed is told once, and nothing else is."""
    run_state_machine_as_test(
        Bot,
        settings=settings(
            max_examples=examples(7, 100),
            stateful_step_count=30 if LONG else 14,
            deadline=None,
            derandomize=not LONG,
            phases=tuple(Phase) if LONG else (Phase.generate,),  # a short run says what it met, and does not shorten it
            suppress_health_check=list(HealthCheck),
        ),
    )
