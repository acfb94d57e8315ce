"""Processes wake each other on PostgreSQL, and do without it: a notice says only that there is something to do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import psycopg
import pytest
from support import postgres
from support.patience import until
from support.store_harness import NOW, ORDER, StoreHarness

from storage.postgres.database import PostgresEngine, PostgresServer
from storage.postgres.listen import Listener
from storage.postgres.wakes import Wake, payload, read
from storage.store import Store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from storage.connection import Connection

ENGINES = ["postgres"]


class NoticeListener:
    """What a process hears."""

    def __init__(self, path: Path) -> None:
        self.heard: list[Wake] = []
        self._schema = postgres.schema_of(path)
        self.listener = Listener(postgres.server().url, self._hear, again_seconds=0.1)

    def _hear(self, kind: Wake, schema: str | None) -> None:
        if schema in {None, self._schema}:
            self.heard.append(kind)

    async def listen(self) -> None:
        """Wait until it listens; what it did on connecting is forgotten."""
        await until(lambda: self.heard == list(Wake))
        self.heard.clear()


@pytest.fixture
async def ear(harness: StoreHarness) -> AsyncIterator[NoticeListener]:
    made = NoticeListener(harness.path)
    made.listener.start()
    await made.listen()
    yield made
    await made.listener.stop()


async def test_news_and_due_orders_are_heard_once_a_transaction(harness: StoreHarness, ear: NoticeListener) -> None:
    """Whatever a transaction queues is one notice; one that queues nothing is silent."""
    await harness.active()
    await until(lambda: ear.heard)
    ear.heard.clear()
    await harness.tell("moved")
    await until(lambda: ear.heard)
    await harness.store.orders.mark_due([ORDER], NOW)
    await until(lambda: len(ear.heard) > 1)
    await harness.claim()
    await harness.store.orders.load([ORDER])
    await asyncio.sleep(0.3)
    assert ear.heard == [Wake.POSTS, Wake.DUE]


async def test_what_is_rolled_back_wakes_nobody(harness: StoreHarness, ear: NoticeListener) -> None:
    """The notice is part of the transaction."""
    await harness.active()
    await until(lambda: ear.heard)
    ear.heard.clear()

    def fails(conn: Connection) -> None:
        conn.execute(
            "INSERT INTO outbox (position, event_id, kind, channel, key, payload, state, token, created_at) "
            "VALUES (1, 'x', 'notice', 'C', '', '', 'pending', 't', 1)"
        )
        raise LookupError

    with pytest.raises(LookupError):
        await harness.store.engine.run(fails)
    await asyncio.sleep(0.3)
    assert ear.heard == []


async def test_other_workspaces_are_not_heard(harness: StoreHarness, ear: NoticeListener, tmp_path: Path) -> None:
    """Each notice names its schema."""
    other = StoreHarness(tmp_path / "other.db", postgres.open_postgres)
    await other.open()
    await other.active()
    await other.tell("moved")
    await other.close()
    await asyncio.sleep(0.3)
    assert ear.heard == []


async def test_it_listens_again_after_its_connection_broke(harness: StoreHarness, ear: NoticeListener) -> None:
    """And looks once for all that it may have missed."""
    with psycopg.connect(postgres.server().url, autocommit=True) as conn:
        conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN pandabot' AND pid <> "
            "pg_backend_pid()"
        )
    await ear.listen()
    await harness.active()
    await until(lambda: Wake.POSTS in ear.heard)


async def test_silence_can_be_chosen(harness: StoreHarness, ear: NoticeListener) -> None:
    """STORAGE_NOTIFY=off: nothing is said, and everything is done."""
    server = PostgresServer(postgres.server().url, notifies=False)
    engine = PostgresEngine(server, postgres.schema_of(harness.path))
    await engine.open()
    await harness.close()
    harness._open = Store(engine)
    await harness.active()
    await harness.tell("moved")
    await asyncio.sleep(0.3)
    assert ear.heard == []
    assert await harness.send_all() != []


def test_a_notice_of_a_newer_version_is_read_as_far_as_it_is_known() -> None:
    """While a release rolls out."""
    assert read(payload("t_1", {Wake.DUE, Wake.POSTS})) == ("t_1", [Wake.DUE, Wake.POSTS])
    assert read("t_1 due,dreams") == ("t_1", [Wake.DUE])
    assert read(" posts") == ("", [Wake.POSTS])
