"""The store keeps its promises on a server, a database or a role with other defaults."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import psycopg
import pytest
from support import postgres
from support.store_harness import NOW

from storage.errors import UnreachableError
from storage.postgres import migrate, shared
from storage.postgres.database import PostgresEngine, PostgresServer
from storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from storage.connection import Connection

SHOWN = """
SELECT current_setting('transaction_isolation') AS isolation, current_setting('transaction_read_only') AS is_read_only,
  current_setting('synchronous_commit') AS commits, current_setting('client_encoding') AS encoding
"""


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """The address of a database whose defaults are all contrary."""
    url = postgres.new_database(tmp_path)
    name = postgres.schema_of(tmp_path)
    with psycopg.connect(url, autocommit=True) as conn:
        for setting in (
            "default_transaction_isolation = 'serializable'",
            "default_transaction_read_only = on",
            "synchronous_commit = off",
            "statement_timeout = '150ms'",
            "client_encoding = 'LATIN1'",
        ):
            conn.execute(f"ALTER DATABASE {name} SET {setting}".encode())
    yield url
    with psycopg.connect(postgres.server().url, autocommit=True) as conn:
        conn.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.mark.parametrize("behind_pooler", [False, True])
async def test_each_transaction_is_as_the_store_needs_it(url: str, *, behind_pooler: bool) -> None:
    """A writer sees what others committed, and its commit is on the disk before it is answered."""
    engine = PostgresEngine(PostgresServer(url, behind_pooler=behind_pooler))
    await engine.open()
    try:
        written = await engine.run(_shown)
        read = await engine.read(_shown)
    finally:
        await engine.close()
    assert written == ("read committed", "off", "on", "UTF8")
    assert read == ("repeatable read", "on", "on", "UTF8")


async def test_a_stricter_durability_stays(url: str, tmp_path: Path) -> None:
    """A server with a standby may ask for more than ours; only less is made good."""
    with psycopg.connect(postgres.server().url, autocommit=True) as conn:
        conn.execute(f"ALTER DATABASE {postgres.schema_of(tmp_path)} SET synchronous_commit = remote_apply".encode())
    engine = PostgresEngine(PostgresServer(url))
    await engine.open()
    try:
        assert (await engine.run(_shown))[2] == "remote_apply"
    finally:
        await engine.close()


@pytest.mark.parametrize("makes", [migrate, shared], ids=["a bot's tables", "the tables of all workspaces"])
async def test_the_process_that_makes_tables_is_waited_for(url: str, makes: ModuleType) -> None:
    """Longer than a role's statements may take."""
    holds, lets_go = threading.Event(), threading.Event()

    def hold() -> None:
        with psycopg.connect(url) as conn:
            conn.execute("SELECT pg_advisory_xact_lock(%s)", (makes.LOCK,))
            holds.set()
            lets_go.wait()

    other = asyncio.create_task(asyncio.to_thread(hold))
    await asyncio.to_thread(holds.wait)
    engine = PostgresEngine(PostgresServer(url))
    if makes is shared:
        await engine.open()
    opening = asyncio.create_task(engine.open() if makes is migrate else engine.run(shared.prepare))
    try:
        await asyncio.sleep(3)  # several times all the tries with 150 ms
        assert not opening.done()
        lets_go.set()
        await opening
        assert (await Store(engine).upkeep.health(NOW)).watches == 0
    finally:
        lets_go.set()
        await other
        await engine.close()


def _shown(conn: Connection) -> tuple[str, ...]:
    return tuple(conn.execute(SHOWN).fetchone())


async def test_a_statement_that_the_server_breaks_off_is_told_as_such(url: str) -> None:
    """The server answers; whoever looks for a dead one is led astray."""
    engine = PostgresEngine(PostgresServer(url))
    await engine.open()
    try:
        with pytest.raises(
            UnreachableError, match=r"broke a statement off: a time limit, or an administrator \(57014\)"
        ):
            await engine.run(lambda conn: conn.execute("SELECT pg_sleep(1)").fetchall())
        assert (await engine.run(_shown))[0] == "read committed"
    finally:
        await engine.close()
