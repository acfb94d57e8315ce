"""Many workspaces go on where they stopped: on another server, and on a database that forgot. Nothing is told twice."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr
from support.bot_harness import ORDER, words
from support.host_harness import OFFSET, A, B, HostHarness, WorkspaceHarness, hosted
from support.moving import new_database
from support.patience import until

from bot.commands.migrate_many import migrate
from bot.commands.restored_many import run
from bot.workspaces.vault import Vault
from bot.workspaces.workspace import State
from storage.facts import SHARED
from storage.workspaces import restoring

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sandbox.slack.workspace import Message

FIRST, SECOND = "第一站：快件已发往 广州分拨中心", "第二站：快件已到达 广州分拨中心"
ORDERS = {A: str(int(ORDER) + OFFSET), B: ORDER}
Cards = dict[str, "Message"]


@asynccontextmanager
async def watching(folder: Path) -> AsyncIterator[tuple[HostHarness, Cards]]:
    """Both workspaces, each with a watched order whose first scan was told."""
    async with hosted(folder, storage_url=SecretStr(new_database())) as harness:
        cards = {}
        for id_ in (A, B):
            workspace = await harness.connect(id_)
            assert "Watching" in await workspace.ask(f"/panda watch {ORDERS[id_]}")
            [cards[id_]] = workspace.channel("#orders")
        await scanned(harness, cards, FIRST, 1)
        yield harness, cards


async def scanned(harness: HostHarness, cards: Cards, text: str, count: int) -> None:
    """Both parcels are scanned, and it is told: then each thread has so many replies."""
    for id_, card in cards.items():
        workspace = harness.of(id_)
        workspace.world.add_node(ORDERS[id_], text)
        await workspace.replies(card, count)


def scan_counts(workspace: WorkspaceHarness, card: Message) -> list[int]:
    """How often each of the two scans was told."""
    replies = [words(message) for message in workspace.thread(card)]
    return [sum(scan in reply for reply in replies) for scan in (FIRST, SECOND)]


async def started(harness: HostHarness, *ids: str) -> None:
    """The process runs again, and the bots of these workspaces have looked at everything."""
    await harness.start_host()
    for id_ in ids:
        await harness.until_state(id_, "running")
        await harness.of(id_).several_ticks(8)


async def test_all_go_on_on_another_server(tmp_path: Path) -> None:
    """By way of a folder: what was told stays told, and what comes is told once."""
    async with watching(tmp_path) as (harness, cards):
        await harness.stop_host()
        vault, folder, server = Vault(harness.keys), f"sqlite:///{tmp_path / 'all'}", new_database()
        output: list[str] = []
        here = harness.settings.storage_address
        assert await migrate(here, folder, vault, output.append, dry_run=False) == 0, output
        assert await migrate(folder, server, vault, output.append, dry_run=False) == 0, output
        harness.extra["storage_url"] = SecretStr(server)
        await started(harness, A, B)
        assert [scan_counts(harness.of(id_), card) for id_, card in cards.items()] == [[1, 0], [1, 0]]
        await scanned(harness, cards, SECOND, 2)
        assert [scan_counts(harness.of(id_), card) for id_, card in cards.items()] == [[1, 1], [1, 1]]


@pytest.mark.parametrize("is_marked", [True, False], ids=["marked", "not marked"])
async def test_what_a_standby_forgot_is_looked_up(tmp_path: Path, is_marked: bool) -> None:
    """The second scan was told in both, and the database does not know. Without the command it is told twice."""
    async with watching(tmp_path) as (harness, cards):
        await harness.stop_host()
        at, standby = harness.clock(), new_database(template=harness.settings.storage_address)
        await started(harness, A, B)
        await scanned(harness, cards, SECOND, 2)
        await harness.stop_host()
        harness.extra["storage_url"] = SecretStr(standby)
        if is_marked:
            output: list[str] = []
            assert await run(standby, at.isoformat(), harness.clock(), output.append) == 0, output
            await started(harness, A, B)
            assert [scan_counts(harness.of(id_), card) for id_, card in cards.items()] == [[1, 1], [1, 1]]
        else:
            await harness.start_host()
            await until(lambda: all(scan_counts(harness.of(id_), card) == [1, 2] for id_, card in cards.items()))


async def test_a_workspace_that_was_not_reached_does_not_start(tmp_path: Path) -> None:
    """A run was killed before it: its bot would tell twice. The other one works, and a second run lets it start."""
    async with watching(tmp_path) as (harness, _cards):
        assert harness.host is not None
        now = harness.clock()
        await harness.host.directory.engine.run(lambda conn: restoring.begin(conn, [A], now, now))
        await harness.stop_host()
        await started(harness, B)
        await harness.until_state(A, State.FAILED.value)
        workspace = harness.host.registry.find([A])
        assert workspace is not None
        assert "has not reached this workspace" in workspace.reason
        await harness.stop_host()
        output: list[str] = []
        url = harness.settings.storage_address
        assert await run(url, now.isoformat(), harness.clock(), output.append) == 0, output
        await started(harness, A, B)
        assert await harness.host.directory.engine.read(lambda conn: SHARED.get(conn, f"restoring:{A}")) is None
