"""A pooler that no setting tells of: many managed servers give its address first."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from support import pgbouncer, postgres

from storage.postgres.database import PostgresEngine, PostgresServer
from storage.postgres.listen import Listener

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from storage.connection import Connection

ROUNDS = 150
MARK = (
    "INSERT INTO facts (name, value, at) VALUES ('whose', ?, 0) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


async def test_two_schemas_stay_apart_through_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A session changes hands after each transaction. A schema that was set for it would be another's next one."""
    url = pgbouncer.new_database(tmp_path)
    engines = [PostgresEngine(PostgresServer(url), name) for name in ("team_a", "team_b")]
    with caplog.at_level(logging.WARNING):
        for engine in engines:
            await engine.open()
    try:
        seen = await asyncio.gather(*(_marks(engine) for engine in engines))
    finally:
        for engine in engines:
            await engine.close()
    assert seen == [{"team_a"}, {"team_b"}]
    assert [engine.server.behind_pooler for engine in engines] == [True, True]
    assert "STORAGE_POOLER" in caplog.text


async def test_a_server_itself_is_none(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """There the schema is set once, and statements stay prepared."""
    engine = PostgresEngine(PostgresServer(postgres.new_database(tmp_path)))
    await engine.open()
    await engine.close()
    assert not engine.server.behind_pooler
    assert "STORAGE_POOLER" not in caplog.text


async def test_nobody_listens_through_it(tmp_path: Path) -> None:
    """It passes no notice on, and the session that listens would be another client's next."""
    listener = Listener(pgbouncer.new_database(tmp_path), lambda _kind, _schema: None, again_seconds=0.05)
    listener.start()
    assert listener._task is not None
    await asyncio.wait_for(listener._task, 30)
    assert not listener.is_listening


async def _marks(engine: PostgresEngine) -> set[str]:
    """Mark the schema with its name again and again, and return all the marks that were read back."""

    def mark(conn: Connection) -> None:
        conn.execute(MARK, (engine.schema,))

    def marked(conn: Connection) -> str:
        return str(conn.execute("SELECT value FROM facts WHERE name = 'whose'").fetchone()[0])

    marks = set()
    for _ in range(ROUNDS):
        await engine.run(mark)
        marks.add(await engine.read(marked))
    return marks
