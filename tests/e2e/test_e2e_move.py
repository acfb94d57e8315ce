"""The bot goes on on the other engine where it stopped, and on a database that forgot its last minutes: once each."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr
from support.bot_harness import ORDER, BotHarness, running, words
from support.moving import VERSION, contents, new_database
from support.old_database import LATE, LATER, NIGHT_ENDS, OldBotHarness, left_behind, running_stand_ins

from bot.commands.migrate import migrate
from bot.commands.restored import run
from storage.errors import MovedError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sandbox.slack.workspace import Message

FIRST, SECOND, THIRD = (
    "第一站：快件已发往 广州分拨中心",
    "第二站：快件已到达 广州分拨中心",
    "第三站：快件已到达 白云营业部",
)


@pytest.fixture
async def old(tmp_path: Path) -> AsyncIterator[OldBotHarness]:
    """Both stand-ins as an earlier version left them in the midst of things, and no bot yet."""
    async with running_stand_ins(left_behind(tmp_path, VERSION)) as harness:
        yield harness


async def moved(harness: BotHarness, source: str, target: str) -> None:
    """Move the data while no bot runs; the next one starts there."""
    output: list[str] = []
    assert await migrate(source, target, harness.folder / "backups", output.append, dry_run=False) == 0, output
    harness.extra["storage_url"] = SecretStr(target)


def posted(harness: BotHarness) -> int:
    """How many messages of the bot stand in channels."""
    channels = harness.slack.workspace.channels.values()
    return sum(message.by_bot for channel in channels for message in channel.messages.values())


async def test_what_waited_is_delivered_once_on_the_other_engine(old: OldBotHarness) -> None:
    """Refused for now, in doubt, in a batch, held for the night: told on PostgreSQL; what comes then, in a file again.

    Neither engine's bot says again what another one said.
    """
    file, server, back = old.folder / "bot.db", new_database(), old.folder / "back.db"
    await moved(old, f"sqlite:///{file}", server)
    await old.start_bot()
    await old.pass_to(LATE + 0.1)
    await old.until(lambda: all(all(old.scan_counts(name)) for name in ("waiting", "in doubt", "lost", "batch")))
    assert old.scan_counts("night") == [1, 1, 1, 0, 0]
    await old.until(lambda: len(old.channel("#fresh")) == 1)
    await old.pass_to(NIGHT_ENDS + 0.1)
    await old.until(lambda: all(old.scan_counts("night")))
    await old.stop_bot()
    posts = posted(old)
    await moved(old, server, f"sqlite:///{back}")
    await old.start_bot()
    await old.several_ticks(12)
    assert posted(old) == posts
    for name in ("waiting", "in doubt", "lost", "batch", "night"):
        assert set(old.scan_counts(name)) == {1}, name
    await old.pass_to(LATER + 0.1)
    await old.until(lambda: all(old.scan_counts("told")))
    assert old.scan_counts("told") == [1, 1, 1, 1]


def scan_positions(harness: BotHarness, card: Message) -> list[list[int]]:
    """For each of the three scans, the positions of the replies that tell it."""
    replies = [words(message) for message in harness.thread(card)]
    return [[n for n, reply in enumerate(replies) if scan in reply] for scan in (FIRST, SECOND, THIRD)]


async def forgot_the_second_scan(harness: BotHarness, engine: str) -> tuple[Message, str]:
    """A database of the moment before the second scan was told is in use; no bot runs. Returns the card and the time.

    A standby that took over does so, or a file that somebody put back by hand.
    """
    assert "Watching" in await harness.ask(f"/panda watch {ORDER}")
    [card] = harness.channel("#orders")
    harness.scan(FIRST)
    await harness.replies(card, 1)
    await harness.stop_bot()
    at, url = harness.clock(), harness.settings.storage_address
    if engine == "postgres":
        standby = new_database(template=url)
    else:
        shutil.copyfile(harness.folder / "bot.db", harness.folder / "old.db")
    await harness.start_bot()
    harness.scan(SECOND)
    await harness.replies(card, 2)
    await harness.stop_bot()
    if engine == "postgres":
        harness.extra["storage_url"] = SecretStr(standby)
    else:
        shutil.copyfile(harness.folder / "old.db", harness.folder / "bot.db")
    return card, at.isoformat()


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_posts_whose_marks_were_lost_are_looked_up(tmp_path: Path, engine: str) -> None:
    """The second scan was told and the database does not know: it is found in the channel; the third is told."""
    extra: dict[str, Any] = {"storage_url": SecretStr(new_database())} if engine == "postgres" else {}
    async with running(tmp_path, **extra) as harness:
        card, at = await forgot_the_second_scan(harness, engine)
        output: list[str] = []
        assert await run(harness.settings, at, harness.clock(), output.append) == 0
        assert "Marked what happened after" in output[0]
        marked = contents(harness.settings.storage_address)
        again: list[str] = []
        assert await run(harness.settings, at, harness.clock(), again.append) == 0
        assert "was done already" in again[0]
        assert contents(harness.settings.storage_address) == marked
        await harness.start_bot()
        await harness.several_ticks(8)
        assert scan_positions(harness, card) == [[0], [1], []]
        harness.scan(THIRD)
        await harness.replies(card, 3)
        assert scan_positions(harness, card) == [[0], [1], [2]]


async def test_without_the_command_it_would_be_told_twice(tmp_path: Path) -> None:
    """The test above sees what it is about."""
    async with running(tmp_path, storage_url=SecretStr(new_database())) as harness:
        card, _at = await forgot_the_second_scan(harness, "postgres")
        await harness.start_bot()
        await harness.replies(card, 3)
        assert scan_positions(harness, card) == [[0], [1, 2], []]


async def test_a_bot_starts_on_a_moved_database_only_on_purpose(tmp_path: Path) -> None:
    """The refusal names the way back; on that way nothing is told twice either."""
    async with running(tmp_path) as harness:
        assert "Watching" in await harness.ask(f"/panda watch {ORDER}")
        [card] = harness.channel("#orders")
        await harness.stop_bot()
        here, server = harness.settings.storage_address, new_database()
        await moved(harness, here, server)
        await harness.start_bot()
        harness.scan(FIRST)
        await harness.replies(card, 1)
        await harness.stop_bot()
        del harness.extra["storage_url"]
        with pytest.raises(MovedError, match="The data moved to postgresql://") as refused:
            await harness.start_bot()
        command = str(refused.value).split("`")[1].split()
        assert command[:3] == ["pandabot", "restored", "--at"]
        output: list[str] = []
        assert await run(harness.settings, harness.clock().isoformat(), harness.clock(), output.append) == 0
        assert "may start on this database again" in output[0]
        await harness.start_bot()
        await harness.several_ticks(8)
        assert scan_positions(harness, card) == [[0], [], []]
        harness.scan(SECOND)
        await harness.replies(card, 2)
        assert scan_positions(harness, card) == [[0], [1], []]
