"""Whatever happens in whatever order: one post at a time, in order, nothing lost, nothing said twice."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from support.effort import examples
from support.migrated import open_copy
from support.postgres import open_postgres
from support.store_harness import LEASE, MEI, NOW, ORDER, OTHER, StoreHarness, words

from storage.post import Post, PostKind, PostState

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")
CHANNELS, KEYS = ("C1", "C2"), (ORDER, OTHER)
pairs = st.tuples(st.sampled_from(KEYS), st.sampled_from(CHANNELS))
STEP = timedelta(seconds=20)
OUTCOMES = ("sent", "unheard", "lost", "refused", "silent", "in the air")


@dataclass
class ChannelModel:
    """A channel as its readers see it: every message that Slack took, by the token it carried."""

    messages: dict[str, str] = field(default_factory=dict)  # token -> what
    cards: set[int | None] = field(default_factory=set)  # watches
    news: list[tuple[str, int]] = field(default_factory=list)  # order key, number of the news, as they appeared


class Sender(RuleBasedStateMachine):
    """Acts as the bot, as Slack and as the people, with a model of what each channel must hear.

    Slack takes a post or not; the bot learns of it or not; the process dies or not. A post in doubt is looked up in
    the room, as the real sender does.
    """

    opener = staticmethod(open_copy)

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(prefix="pandabot-machine-"))
        self.harness = StoreHarness(self.folder / "bot.db", self.opener)
        self.run(self.harness.open())
        self.now = NOW
        self.rooms = {channel: ChannelModel() for channel in CHANNELS}
        self.flying: dict[str, Post] = {}
        self.news = 0
        self.owed: dict[tuple[str, str], set[int]] = {(k, c): set() for k in KEYS for c in CHANNELS}
        for key in KEYS:
            for channel in CHANNELS:
                self.run(self.harness.opening(key, channel))
        self.run(self.harness.send_all(quiet=CHANNELS[1]))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.settle_everything()
        self.run(self.harness.close())
        self.loop.close()
        shutil.rmtree(self.folder)

    # --- what happens ----------------------------------------------------------------------------------------

    @rule(key=st.sampled_from(KEYS), refresh=st.booleans())
    def an_order_moves(self, key: str, refresh: bool) -> None:
        self.news += 1
        self.run(self.harness.tell(str(self.news), key, changed=refresh))
        for watch in self.run(self.harness.store.watches.of_orders([key])):
            self.owed[key, watch.channel].add(self.news)

    @rule(outcomes=st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=8))
    def the_bot_works(self, outcomes: list[str]) -> None:
        """It takes what may go, round after round; each round has its own luck."""
        for outcome in outcomes:
            for post in self._take_off():
                self._ends(post, outcome)

    @precondition(lambda self: self.flying)
    @rule(data=st.data(), outcome=st.sampled_from(OUTCOMES))
    def slack_answers(self, data: st.DataObject, outcome: str) -> None:
        """What was in the air meanwhile comes down."""
        self._ends(self.flying[data.draw(st.sampled_from(sorted(self.flying)))], outcome)

    @rule()
    def time_passes(self) -> None:
        self.now += STEP

    @rule()
    def a_lease_runs_out(self) -> None:
        """The store thinks them dead; their word, should it come, is too late."""
        self.now += LEASE

    @rule(outcome=st.sampled_from(["unheard", "lost"]))
    def the_process_dies(self, outcome: str) -> None:
        self._take_off()
        for post in list(self.flying.values()):
            if outcome == "unheard" and post.state is PostState.SENDING:
                self._appears(post)
        self.flying.clear()
        self.run(self.harness.restart())
        self.run(self.harness.store.outbox.recover_after_crash(self.now))

    @rule(pair=pairs, undone=st.booleans())
    def somebody_unwatches(self, pair: tuple[str, str], undone: bool) -> None:
        """While something is in the air; perhaps it was a slip."""
        key, channel = pair
        self._take_off()
        self.run(self.harness.store.watches.end(self.now, channel, [key], MEI))
        self.owed[pair].clear()
        if undone:
            self.somebody_undoes(pair)

    @rule(pair=pairs)
    def somebody_undoes(self, pair: tuple[str, str]) -> None:
        key, channel = pair
        rows = self.harness.rows("SELECT id FROM watches WHERE key = ? AND channel = ?", key, channel)
        self.run(self.harness.store.watches.restore(self.now, [row["id"] for row in rows], MEI))

    @rule(pair=pairs)
    def somebody_watches(self, pair: tuple[str, str]) -> None:
        self.run(self.harness.opening(*pair))

    @rule(channel=st.sampled_from(CHANNELS))
    def a_channel_is_archived(self, channel: str) -> None:
        """While something is in the air. What is news from now on waits with the rest."""
        self._take_off()
        self.run(self.harness.store.watches.pause_channel(self.now, channel, "is_archived"))

    @rule(channel=st.sampled_from(CHANNELS))
    def a_channel_is_opened_again(self, channel: str) -> None:
        self.run(self.harness.store.watches.resume_channel(self.now, channel, MEI))

    # --- what must hold ------------------------------------------------------------------------------------------

    @invariant()
    def one_post_at_a_time(self) -> None:
        rows = self.harness.rows(
            "SELECT channel FROM outbox WHERE state = 'sending' GROUP BY channel HAVING COUNT(*) > 1"
        )
        assert rows == []

    @invariant()
    def at_most_one_refresh_and_card_a_watch(self) -> None:
        sql = "SELECT watch_id FROM outbox WHERE kind <> 'news' GROUP BY watch_id, kind HAVING COUNT(*) > 1"
        assert [row for row in self.harness.rows(sql) if row["watch_id"] is not None] == []

    # --- the steps ----------------------------------------------------------------------------------------------

    def _take_off(self) -> list[Post]:
        """The bot claims what may go and calls Slack."""
        posts = self.run(self.harness.store.outbox.claim(self.now, 9, LEASE, list(self.flying)))
        for post in posts:
            assert post.channel not in self.flying, "two posts of one channel at once"
            self.flying[post.channel] = post
        return posts

    def _ends(self, post: Post, outcome: str) -> None:
        if outcome == "in the air":
            return
        del self.flying[post.channel]
        if post.state is PostState.UNCERTAIN:
            self._look_up(post)
        elif outcome == "sent":
            self.run(self.harness.store.outbox.mark_sent(self.now, post, self._appears(post)))
        elif outcome == "refused":
            self.run(self.harness.store.outbox.mark_retry(post, self.now + STEP, "ratelimited"))
        else:
            self._ends_in_doubt(post, outcome)

    def _ends_in_doubt(self, post: Post, outcome: str) -> None:
        """The answer never came: whether Slack took the post, the bot cannot know."""
        if outcome in {"unheard", "silent"}:
            self._appears(post)
        if outcome != "silent":  # silent: the task died and told the store nothing
            self.run(self.harness.store.outbox.mark_uncertain(post, self.now + STEP, "timeout"))

    def _appears(self, post: Post) -> str:
        """Slack takes the post: readers see it from now on."""
        if post.kind in {PostKind.REFRESH, PostKind.NOTICE}:
            return post.thread_ts or "ts"
        room = self.rooms[post.channel]
        assert post.token not in room.messages, "the same post appears twice"
        room.messages[post.token] = f"{post.kind} {words(post)}"
        if post.kind is PostKind.CARD:
            assert post.watch_id not in room.cards, "a watch has two cards"
            room.cards.add(post.watch_id)
        if post.kind is PostKind.NEWS:
            assert post.thread_ts, "news without a card"
            number = int(words(post))
            assert (post.key, number) not in room.news, "the same news is told twice"
            assert all(number > earlier for key, earlier in room.news if key == post.key), "news out of order"
            room.news.append((post.key, number))
        return f"ts-{post.token}"

    def _look_up(self, post: Post) -> None:
        is_posted = (
            post.kind not in {PostKind.REFRESH, PostKind.NOTICE} and post.token in self.rooms[post.channel].messages
        )
        if is_posted:
            self.run(self.harness.store.outbox.mark_sent(self.now, post, f"ts-{post.token}"))
        else:
            self.run(self.harness.store.outbox.mark_retry(post, self.now, "not found"))

    def settle_everything(self) -> None:
        """Slack recovers: after a while everything owed has been said, and nothing waits any more."""
        self.flying.clear()
        for channel in CHANNELS:
            self.a_channel_is_opened_again(channel)
        for _ in range(400):
            self.now += LEASE
            posts = self.run(self.harness.store.outbox.claim(self.now, 9, LEASE, []))
            for post in posts:
                if post.state is PostState.UNCERTAIN:
                    self._look_up(post)
                else:
                    self.run(self.harness.store.outbox.mark_sent(self.now, post, self._appears(post)))
            if not posts and not self.run(self._waits()):
                break
        assert not self.run(self._waits()), "something waits for ever"
        for (key, channel), owed in self.owed.items():
            told = {number for order_key, number in self.rooms[channel].news if order_key == key}
            assert owed <= told, "news was lost"

    async def _waits(self) -> int:
        outbox = (await self.harness.store.upkeep.health(self.now)).outbox
        return sum(outbox.get(state, 0) for state in (PostState.PENDING, PostState.SENDING, PostState.UNCERTAIN))


class SenderOnPostgres(Sender):
    """The same on the other engine."""

    opener = staticmethod(open_postgres)


TestSender = Sender.TestCase
TestSenderOnPostgres = SenderOnPostgres.TestCase
TestSender.settings = TestSenderOnPostgres.settings = settings(
    max_examples=examples(15, 500),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
    phases=[Phase.generate],  # shrinking a failure takes longer than a test may
)
