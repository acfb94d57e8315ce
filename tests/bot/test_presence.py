"""Which processes work on a PostgreSQL database: what shows them, and what refuses to begin beside them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import aiohttp
import psycopg
from support import postgres
from support.bot_harness import running
from support.moving import SETTINGS
from support.patience import until
from support.store_harness import NOW
from typer.testing import CliRunner

from bot.cli import app
from bot.process.version import VERSION
from bot.roles import ALL, Role
from storage.workers import AT_WORK, FORGOTTEN, Worker, by_role

if TYPE_CHECKING:
    from pathlib import Path

    from storage.store import Store


async def test_who_was_seen_lately_is_at_work(store: Store) -> None:
    """A process that stops in order is gone at once, one that dies after a minute; its row is deleted a day later."""
    await store.workers.seen(Worker("a", "poll,send", "1.0", NOW))
    await store.workers.seen(Worker("b", "poll", "1.1", NOW))
    await store.workers.seen(Worker("b", "poll", "1.2", NOW + AT_WORK / 2))
    assert by_role(await store.workers.at_work(NOW)) == {"poll": 2, "send": 1}
    assert [worker.version for worker in await store.workers.at_work(NOW + AT_WORK)] == ["1.2"]
    await store.workers.left("b")
    assert await store.workers.at_work(NOW + AT_WORK) == []
    assert len(await store.workers.at_work(NOW)) == 1, "the row of a process that died"
    later = NOW + FORGOTTEN + timedelta(seconds=1)
    await store.workers.seen(Worker("c", "jobs", "1.2", later))
    assert [worker.id for worker in await store.workers.at_work(NOW - timedelta(days=9))] == ["c"]


def workers_of(url: str) -> list[tuple[str, str]]:
    """The processes of a database, at work or not, with their roles."""
    with psycopg.connect(url) as conn:
        return conn.execute("SELECT id, roles FROM workers").fetchall()


def command(url: str, *arguments: str) -> tuple[int, str]:
    """Run a command on that database. Returns its exit code and what it prints."""
    result = CliRunner(env=SETTINGS | {"STORAGE_URL": url}).invoke(app, list(arguments))
    return result.exit_code, " ".join(result.output.split())


async def test_a_restore_is_not_marked_while_a_process_works(tmp_path: Path) -> None:
    """The refusal changes nothing and names the process. After an orderly stop it is taken at once."""
    url = postgres.new_database(tmp_path)
    at = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    async with running(tmp_path, storage_url=url, worker="machine-7", roles=frozenset({Role.POLL})) as harness:
        assert harness.bot is not None
        store = harness.bot.store
        await until(lambda: workers_of(url))
        harness.bot.scheduler.pause()  # its clock is the harness's, and that of the commands is the machine's
        await store.workers.seen(Worker("machine-7", "poll", VERSION, datetime.now(UTC)))
        code, output = await asyncio.to_thread(command, url, "restored", "--at", at)
        assert code == 1
        assert "A process of the bot (machine-7: poll) was at work" in output
        assert "Stop every process" in output
        code, output = await asyncio.to_thread(command, url, "migrate", "--to", f"sqlite:///{tmp_path / 'there.db'}")
        assert (code, "was at work" in output) == (1, True)
        assert not (tmp_path / "there.db").exists()
        health = await store.upkeep.health(datetime.now(UTC))
        assert health.workers == {"poll": 1}
        code, output = await asyncio.to_thread(command, url, "doctor")
        assert (code, f"1 × poll ({VERSION})" in output, "machine-7" in output) == (0, True, False), output
    code, output = await asyncio.to_thread(command, url, "restored", "--at", at)
    assert code == 0, output
    assert "as unconfirmed" in output
    with psycopg.connect(url) as conn:  # the bot runs on this machine now, and the same script on another one
        seen_at = int(datetime.now(UTC).timestamp() * 1_000_000)
        conn.execute("INSERT INTO workers VALUES ('machine-7', 'poll', '1.0', %s)", (seen_at,))
    code, output = await asyncio.to_thread(command, url, "restored", "--at", at)
    assert (code, "was done already" in output) == (0, True), output


async def test_a_process_that_was_killed_counts_for_a_minute(tmp_path: Path) -> None:
    """Its row stays. It is no reason any more when it is older than a minute."""
    url = postgres.new_database(tmp_path)
    at = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    async with running(tmp_path, storage_url=url) as harness:
        assert harness.bot is not None
    for seconds, expected in ((30, 1), (61, 0)):
        with psycopg.connect(url) as conn:
            seen_at = int((datetime.now(UTC).timestamp() - seconds) * 1_000_000)
            conn.execute("DELETE FROM workers")
            conn.execute("INSERT INTO workers VALUES ('killed', 'send', '1.0', %s)", (seen_at,))
        code, output = await asyncio.to_thread(command, url, "restored", "--at", at)
        assert code == expected, output


async def test_metrics_and_readiness_count_the_processes(tmp_path: Path) -> None:
    """Two of them, of which one does everything and one only polls; the second leaves."""
    url = postgres.new_database(tmp_path)
    async with running(tmp_path, storage_url=url) as first:
        assert first.bot is not None
        await until(lambda: workers_of(url))
        other = Worker("other", "poll", VERSION, first.clock())
        await first.bot.store.workers.seen(other)
        async with aiohttp.ClientSession() as session:
            base = f"http://127.0.0.1:{first.bot.http_port}"
            async with session.get(f"{base}/metrics") as answer:
                text = await answer.text()
            counts = {role: 2.0 if role is Role.POLL else 1.0 for role in ALL}
            for role, count in counts.items():
                assert f'pandabot_workers{{role="{role}"}} {count}' in text
            await first.bot.store.workers.left("other")
            async with session.get(f"{base}/readyz") as answer:
                assert (await answer.json())["workers"] == dict.fromkeys(sorted(ALL), 1)
    assert not workers_of(url), "it took its row away"
