"""How the database in ``tests/storage/databases`` was made: by the bot of that commit, between both stand-ins.

Not run by the tests. On a checkout of the commit whose database is wanted, with this module and ``old_database``::

    PYTHONPATH=tests python -m support.make_old_database

It plays three days in which everything happens that a database can be left in the midst of, stops the bot there, and
packs the file with what stood in Slack at that moment. The steps stop with an error when one does not come about.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import sqlite3
import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
from support.bot_harness import CALLBACK_TOKEN, words
from support.old_database import CONVERSATIONS, DATABASE, EARLIER, FILES, LATE, STORIES, OldBotHarness, up

from sandbox.slack.faults import Fault
from storage.inbox import PushMessage
from storage.store import open_store
from tracking.channel_settings import ChannelSettings

if TYPE_CHECKING:
    from sandbox.slack.workspace import Message

AGES = 99  # times that a fault is met: until the bot is stopped


class Maker(OldBotHarness):
    """The harness, with what the maker does."""

    async def choose(self, channel: str, **settings: str) -> None:
        """A channel's settings."""
        assert self.bot is not None
        chosen = ChannelSettings(**settings)  # type: ignore[arg-type]  # the plain strings among them
        channel_id = self.slack.workspace.channel(channel).id
        await self.bot.store.channels.save_settings(self.clock(), channel_id, chosen, "U0MEI00001")

    def alarm(self, name: str) -> Message:
        """The alarm of an order, which was raised."""
        said = [m for m in self.replies_of(STORIES[name]) if "Not moving" in words(m)]
        [found] = [m for m in said if self._tells(m, name)]
        return found

    def _tells(self, message: Message, name: str) -> bool:
        card = self.slack.workspace.channels[message.channel].messages[message.thread_ts]
        return STORIES[name].order_id in f"{card.text} {json.dumps(card.blocks)}"

    async def first_days(self) -> None:
        """Orders are watched and told of; three stand still, and people answer their alarms."""
        for name, story in STORIES.items():
            if name != "opening":
                answer = await self.ask(f"/panda watch {story.order_id} all", channel=f"#{story.channel}")
                assert "Watching" in answer, answer
        await self.ask("/panda watch all problems", channel="#everything")
        await self.choose("evening", quiet_from="20:00", quiet_to="22:30")
        await self.choose("night", quiet_from="21:00", quiet_to="07:00")
        await self.choose("orders", digest_at="09:00")
        for hours in EARLIER[:2]:
            await self.pass_to(hours)
        await self.ask(f"/panda unwatch {STORIES['unwatched'].order_id}")
        await self.pass_to(46.3)
        await self.until(lambda: len([m for m in self.channel() if "Not moving" in words(m)]) == 3)
        for name, act in (("seen", "alarm_seen:1"), ("snoozed", "alarm_snooze:1")):
            assert (await self.slack.press("tom", self.alarm(name), act)).ok
        await self._push(STORIES["told"].order_id)
        await self.pass_to(47.2)
        await self.until(lambda: any("The day's digest" in words(m) for m in self.channel()))
        await self.pass_to(EARLIER[2])
        await self.until(lambda: all(self.told(name)[:3] == [1, 1, 1] for name in ("told", "night", "lost", "closed")))

    async def _push(self, order_id: str) -> None:
        """PandaPon says that an order moved."""
        assert self.bot is not None
        url = f"http://127.0.0.1:{self.bot.http_port}/pandapon/callbacks/{CALLBACK_TOKEN}"
        body = {"messageType": "1688_LOGISTICS_BUYER_VIEW_TRACE", "messageBody": {"orderId": order_id}}
        async with aiohttp.ClientSession() as session, session.post(url, data=json.dumps(body)) as answer:
            assert answer.status == 200

    async def last_evening(self) -> None:
        """Quiet hours begin, one of them ends, and then everything goes wrong at once."""
        await self.ask("/panda mute 3d", channel="#muted")
        await self.ask(f"/panda mute {STORIES['seen'].order_id} 3d")
        for hours in (60.15, 60.3):
            await self.pass_to(hours)
        await self.states("held", 4)
        for channel in ("evening", "waiting", "fresh"):
            self._fault("chat.postMessage", channel, AGES, retry_after=60)
        self._fault("chat.postMessage", "doubt", 1, drop=True, applied=True)
        self._fault("chat.postMessage", "lost", 1, drop=True)
        for channel in ("doubt", "lost"):
            self._fault("conversations.replies", channel, AGES, retry_after=60)
        self.slack.workspace.channel("closed").is_archived = True
        await self.pass_to(60.55)
        await self.states("batched", 2)
        await self.pass_to(LATE + 0.01)
        assert (await self.type(f"/panda watch {STORIES['opening'].order_id} all", channel="#fresh")).ok
        await self.states("uncertain", 2)
        await self.states("held", 3)
        await self.states("pending", 3)
        self.clock.advance(timedelta(minutes=1))

    def _fault(self, method: str, channel: str, times: int, **more: bool | int) -> None:
        channel_id = self.slack.workspace.channel(channel).id
        self.slack.faults.plan(Fault(method, times, channel=channel_id, **more))  # type: ignore[arg-type]  # by name

    async def states(self, state: str, count: int) -> None:
        """Wait until so many posts are in this state."""
        sql = "SELECT COUNT(*) FROM outbox WHERE state = ? AND kind <> 'refresh'"

        def found() -> bool:
            with closing(sqlite3.connect(self.settings.database_path)) as conn:
                return bool(conn.execute(sql, (state,)).fetchone()[0] == count)

        await self.until(found)


async def make(folder: Path) -> tuple[bytes, bytes]:
    """The database's bytes, and the conversations' as JSON."""
    async with up(Maker(folder)) as harness:
        assert isinstance(harness, Maker)
        await harness.start_bot()
        await harness.first_days()
        await harness.last_evening()
        await harness.stop_bot()
        store = await open_store(folder / "bot.db")
        hint = PushMessage(
            "pushed-before-the-end", "1688_LOGISTICS_BUYER_VIEW_TRACE", (STORIES["told"].order_id,), harness.clock()
        )
        await store.inbox.put(hint)
        await store.close()
        with closing(sqlite3.connect(folder / "bot.db", isolation_level=None)) as conn:
            conn.execute("DROP TRIGGER guard_states")  # the harness's
            conn.execute("PRAGMA journal_mode=DELETE")
            conn.execute("VACUUM")
        said = json.dumps(harness.conversations(), ensure_ascii=False, default=sorted)
        return (folder / "bot.db").read_bytes(), said.encode()


def main() -> None:
    """Make both files anew."""
    with tempfile.TemporaryDirectory() as folder:
        database, said = asyncio.run(make(Path(folder)))
    FILES.mkdir(exist_ok=True)
    for path, content in ((DATABASE, database), (CONVERSATIONS, said)):
        path.write_bytes(gzip.compress(content, 9, mtime=0))


if __name__ == "__main__":
    main()
