"""All rows go from one engine to the other and back: the same rows, the same numbers, and nothing by halves."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from support.moving import PASSWORD, contents, eventful, killed, migrate, new_database, open_at
from support.store_harness import LEASE, ORDERS_CHANNEL, baseline

from bot.commands import migrate as command
from bot.process.leader import leading
from storage.errors import StorageError
from storage.migrations.step import Step
from storage.migrations.steps import NAMES, STEPS
from storage.move import copy_rows
from storage.post import PostState
from storage.postgres import migrate as postgres_steps
from storage.postgres.end import PostgresEnd
from storage.postgres.transfer import empty_schema
from storage.sqlite.transfer import source_file
from storage.store import open_store
from storage.tables import Key, Table, Tally, differences
from storage.watch import NewWatch
from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime(2026, 12, 1, tzinfo=UTC)
SOON = timedelta(minutes=1)
GUARDS = """
SELECT indexdef AS guard FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT conrelid::regclass || ' ' || conname || ': ' || pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace ORDER BY guard
"""


async def move(folder: Path, source: str, target: str, *, dry_run: bool = False) -> tuple[int, list[str]]:
    """Run the command; return its exit code and what it printed."""
    output: list[str] = []
    return await command.migrate(source, target, folder / "backups", output.append, dry_run=dry_run), output


def without_marker(tables: dict[str, list[tuple[object, ...]]]) -> dict[str, list[tuple[object, ...]]]:
    """The contents of a database from which the rows were moved, as they were before."""
    return tables | {"facts": [row for row in tables["facts"] if "moved" not in row]}


async def at_rest(url: str) -> dict[str, list[tuple[object, ...]]]:
    """The contents of a database whose leases are void, as after a start."""
    store = await open_at(url)
    await store.outbox.recover_after_crash(NOW)
    await store.close()
    return contents(url)


def test_both_engines_have_the_same_tables(tmp_path: Path) -> None:
    """Names, columns and their kinds, unique keys, numbered rows: a step that forgets an engine is seen here."""
    asyncio.run(_made(tmp_path / "bot.db"))
    with source_file(tmp_path / "bot.db") as file, empty_schema(new_database()) as schema:
        assert differences(file.tables(), schema.tables()) == []
        assert len(file.tables()) >= 22


async def _made(path: Path) -> None:
    await (await open_store(path)).close()


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"a": Table("a", {"x": "text"})},
        {"a": Table("a", {"x": "integer", "y": "text"})},
        {"a": Table("a", {"x": "text", "y": "jsonb"})},
        {"a": Table("a", {"x": "text", "y": "text"}, frozenset([Key(("x",), is_partial=True)]))},
        {"a": Table("a", {"x": "text", "y": "text"}, identity="x")},
    ],
)
def test_a_difference_is_named(changed: dict[str, Table]) -> None:
    """A missing table, column or key, another type, and a column that nobody can copy."""
    assert differences({"a": Table("a", {"x": "text", "y": "text"})}, changed)
    assert "jsonb" not in str(changed) or differences(changed, changed)


def test_a_checksum_sees_one_value_and_no_order() -> None:
    """The same rows in another order are equal; one other value, one row twice, and None for '' are not."""

    def checksum(*rows: tuple[object, ...]) -> str:
        tally = Tally()
        list(tally.counted([list(rows)]))
        return tally.checksum

    assert checksum((1, "a"), (2, "b")) == checksum((2, "b"), (1, "a"))
    different = [((1, "a"),), ((1, "a"), (2, "c")), ((1, "b"), (2, "a")), ((1, None), (2, "b")), ((1, "a"), (1, "a"))]
    assert len({checksum((1, "a"), (2, "b")), *(checksum(*rows) for rows in different)}) == 1 + len(different)


@pytest.mark.parametrize("kinds", [["bytes", "text", "bytes"], ["bytes", "bytes", "bytes"]])
def test_a_checksum_sees_each_byte(kinds: list[str]) -> None:
    """Also one that moves to the next column, and none for no bytes; and the NUL bytes among them stay."""
    second = "x" if "text" in kinds else b"x"
    pairs = [(b"a\0b", None), (b"a\0", b"b"), (b"a\0b", b""), (b"a", b"\0b"), (b"a\0c", None)]
    rows = [(first, second, third) for first, third in pairs]
    checksums = set()
    for row in rows:
        tally = Tally(kinds)
        assert list(tally.counted([[row]])) == [[row]]
        assert tally.nuls == 0
        checksums.add(tally.checksum)
    assert len(checksums) == len(rows)


async def test_there_and_back(tmp_path: Path) -> None:
    """Rows in every table, of an earlier version's busy day: equal on PostgreSQL, and equal in a file again."""
    file, server, back = eventful(tmp_path / "bot.db"), new_database(), f"sqlite:///{tmp_path / 'back.db'}"
    before = await at_rest(file)
    assert all(before.values())
    code, output = await move(tmp_path, file, server)
    assert code == 0, output
    assert contents(server) == before
    assert without_marker(contents(file)) == before
    code, output = await move(tmp_path, server, back)
    assert code == 0, output
    assert contents(back) == before
    assert output[-1] == f"STORAGE_URL={back}"
    assert "password" not in output[-2]


async def test_a_moved_database_starts_no_bot(tmp_path: Path) -> None:
    """The next move says so too; no password is printed or stored, and the line for .env has a place for it."""
    file, server = eventful(tmp_path / "bot.db"), new_database()
    code, output = await move(tmp_path, file, server)
    assert (code, output[-1]) == (0, "STORAGE_URL=" + server.replace(PASSWORD, "PASSWORD"))
    assert "with the password in its place" in output[-2]
    code, again = await move(tmp_path, file, new_database())
    assert code == 1
    assert "moved to postgresql://" in again[-1]
    assert "pandabot restored --at" in again[-1]
    assert PASSWORD not in "".join([*output, *again, str(contents(file)["facts"])])


@pytest.mark.parametrize("to_server", [True, False], ids=["to PostgreSQL", "to SQLite"])
async def test_a_dry_run_keeps_nothing(tmp_path: Path, to_server: bool) -> None:
    """It reports every table, and leaves the target empty and the source without a marker."""
    source, target = eventful(tmp_path / "bot.db"), new_database()
    if not to_server:
        await move(tmp_path, source, target)
        source, target = target, f"sqlite:///{tmp_path / 'back.db'}"
    before = contents(source)
    code, output = await move(tmp_path, source, target, dry_run=True)
    assert code == 0, output
    assert "dry run" in output[-1]
    assert {line.split()[0] for line in output} >= {"orders", "outbox", "approvals", "lanes"}
    assert (contents(source), contents(target)) == (before, {})
    assert not any(".moving" in name for name in os.listdir(tmp_path))  # noqa: PTH208  the event loop may wait for it


async def test_numbers_go_on_after_the_last_one(tmp_path: Path) -> None:
    """Also where the last rows were deleted: an id that Slack's messages may bear is given once."""
    file, server = eventful(tmp_path / "bot.db"), new_database()
    with closing(sqlite3.connect(tmp_path / "bot.db")) as conn:
        conn.execute("UPDATE sqlite_sequence SET seq = 900 WHERE name = 'watches'")
        [(posts, position)] = conn.execute("SELECT MAX(id), MAX(position) FROM outbox").fetchall()
        conn.commit()
    back = f"sqlite:///{tmp_path / 'back.db'}"
    await move(tmp_path, file, server)
    await move(tmp_path, server, back)
    for url in (server, back):
        store = await open_at(url)
        key = "1688:2542285634920880999"
        await store.orders.add(NOW, baseline(key))
        [opened] = await store.watches.open(NOW, [NewWatch(key, ORDERS_CHANNEL, Filter.ALL, "U1")])
        await store.close()
        assert opened.watch.id == 901
    with psycopg.connect(server) as raw:
        newest = raw.execute("SELECT id, position FROM outbox ORDER BY id DESC LIMIT 1").fetchone()
    assert newest is not None
    assert newest[0] > posts
    assert newest[1] > position


async def test_a_post_on_its_way_is_looked_up_there(tmp_path: Path) -> None:
    """The process that sent it is gone: nobody knows whether Slack has it."""
    file, server = eventful(tmp_path / "bot.db"), new_database()
    store = await open_at(file)
    claimed = await store.outbox.claim(NOW, 50, LEASE, [])
    assert claimed
    await store.close()
    code, output = await move(tmp_path, file, server)
    assert code == 0
    assert any("were being sent" in line for line in output)
    store = await open_at(server)
    again = {post.id: post for post in await store.outbox.claim(NOW + SOON, 50, LEASE, [])}
    await store.close()
    assert all(again[post.id].state is PostState.UNCERTAIN for post in claimed)
    assert {again[post.id].token for post in claimed} == {post.token for post in claimed}


async def test_texts_lose_their_nul_characters(tmp_path: Path) -> None:
    """PostgreSQL stores none. They are counted; a backslash with x00 is no such character, nor is a zero byte."""
    file, server = eventful(tmp_path / "bot.db"), new_database()
    with closing(sqlite3.connect(tmp_path / "bot.db")) as conn:
        conn.execute("UPDATE audit SET detail = ? WHERE id = 1", ("a\0b\\x00\0",))
        conn.execute("UPDATE schedule SET fingerprint = ?", (b"\0\0",))
        conn.commit()
    code, output = await move(tmp_path, file, server)
    assert code == 0, output
    assert any(line.startswith("2 NUL characters") for line in output)
    with psycopg.connect(server) as raw:
        assert raw.execute("SELECT detail FROM audit WHERE id = 1").fetchone() == ("ab\\x00",)
        assert raw.execute("SELECT DISTINCT fingerprint FROM schedule").fetchall() == [(b"\0\0",)]


async def test_a_table_of_a_later_step_is_moved_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here names tables: those that the databases have are moved, in an order that their references allow."""
    file, server = eventful(tmp_path / "bot.db"), new_database()
    columns = "(id {} PRIMARY KEY, watch_id {} REFERENCES watches (id), share {}, note TEXT NOT NULL)"
    with closing(sqlite3.connect(tmp_path / "bot.db")) as conn:
        conn.execute(f"CREATE TABLE aaa {columns.format('TEXT', 'INTEGER', 'REAL')} STRICT")
        conn.execute("INSERT INTO aaa SELECT 'n' || id, id, id / 7.0, 'x' FROM watches")
        conn.commit()
    code, output = await move(tmp_path, file, server)
    assert (code, "only one of them has the table aaa" in output[-1]) == (1, True)
    step = Step("9999_later", "", f"CREATE TABLE aaa {columns.format('TEXT', 'BIGINT', 'DOUBLE PRECISION')};")
    monkeypatch.setattr(postgres_steps, "STEPS", (*STEPS, step))
    monkeypatch.setattr(postgres_steps, "NAMES", NAMES | {step.name})
    code, output = await move(tmp_path, file, server)
    assert code == 0, output
    assert contents(server)["aaa"] == contents(file)["aaa"] != []


async def test_a_row_that_arrives_differently_stops_the_move(tmp_path: Path) -> None:
    """The comparison is made on what the target says it has, and nothing is kept."""
    file, server = eventful(tmp_path / "bot.db"), new_database()
    with source_file(tmp_path / "bot.db") as source, empty_schema(server) as target:
        target.raw.execute(
            "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN NEW.channel := lower(NEW.channel); RETURN NEW; END$$"
        )
        target.raw.execute("CREATE TRIGGER spoil BEFORE INSERT ON watches FOR EACH ROW EXECUTE FUNCTION spoil()")
        with pytest.raises(StorageError, match="rows of watches were read"):
            copy_rows(source, target, NOW)
    assert contents(server) == {}
    assert without_marker(contents(file)) == contents(file)


def _full(folder: Path) -> tuple[str, str]:
    asyncio.run(move(folder, eventful(folder / "first.db"), server := new_database()))
    return eventful(folder / "bot.db"), server


def _taken(folder: Path) -> tuple[str, str]:
    (folder / "taken.db").write_bytes(b"somebody's")
    return _full(folder)[1], f"sqlite:///{folder / 'taken.db'}"


def _foreign(folder: Path) -> tuple[str, str]:
    with psycopg.connect(server := new_database()) as raw:
        raw.execute("CREATE TABLE orders (id INTEGER)")
    return eventful(folder / "bot.db"), server


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (_full, "has rows of pandabot already"),
        (_taken, "There is a file"),
        (_foreign, "tables of another program"),
        (lambda folder: (f"sqlite:///{folder / 'none.db'}", new_database()), "There is no database at"),
        (lambda folder: (new_database(), f"sqlite:///{folder / 'a.db'}"), "no tables of pandabot"),
        (lambda folder: (eventful(folder / "bot.db"), f"sqlite:///{folder / 'a.db'}"), "Both databases are SQLite"),
        (lambda _: (new_database(), new_database()), "use pg_dump"),
        (lambda folder: (eventful(folder / "bot.db"), "postgresql://u:pw@127.0.0.1:1/x"), "does not answer"),
    ],
    ids=["full", "file", "foreign", "no source", "empty source", "two files", "two servers", "unreachable"],
)
def test_a_move_that_cannot_be_is_refused_in_a_sentence(
    tmp_path: Path, made: Callable[[Path], tuple[str, str]], sentence: str
) -> None:
    """And neither database is touched."""
    source, target = made(tmp_path)
    before = contents(source), (contents(target) if target.startswith("postgresql") and ":1/" not in target else {})
    code, output = asyncio.run(move(tmp_path, source, target))
    assert (code, sentence in output[-1]) == (1, True), output
    assert contents(source) == before[0]
    assert before[1] == {} or contents(target) == before[1]


async def test_a_bot_that_runs_is_not_moved_from_under_its_feet(tmp_path: Path) -> None:
    """A SQLite file is held by its process; on PostgreSQL somebody writes to the tables."""
    file, server = eventful(tmp_path / "bot.db"), new_database()
    async with leading(tmp_path / "bot.db", standby=False, stop=asyncio.Event()):
        assert (await move(tmp_path, file, server))[0] == 75
    await move(tmp_path, file, server)
    with psycopg.connect(server) as writer:
        writer.execute("UPDATE facts SET at = at")
        code, output = await move(tmp_path, server, f"sqlite:///{tmp_path / 'back.db'}")
    assert (code, "Somebody writes to the database" in output[-1]) == (1, True)
    assert not (tmp_path / "back.db").exists()


async def test_workers_that_were_seen_lately_stop_a_move(tmp_path: Path) -> None:
    """Whatever their processes do at the moment, they would go on on the old rows."""
    server, back = new_database(), f"sqlite:///{tmp_path / 'back.db'}"
    await move(tmp_path, eventful(tmp_path / "bot.db"), server)
    with psycopg.connect(server) as raw:
        raw.execute("INSERT INTO workers VALUES ('w1', 'poll', '1.0', extract(epoch FROM now())::bigint * 1000000)")
    code, output = await move(tmp_path, server, back)
    assert (code, "was at work" in output[-1]) == (1, True)
    with psycopg.connect(server) as raw:
        raw.execute("UPDATE workers SET seen_at = seen_at - 300 * 1000000")
    code, output = await move(tmp_path, server, back)
    assert "at work" not in output[-1]


POINTS = ["before_rows", "after_table:2", "after_table:15", "before_commit", "after_commit", "after_move"]


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("to_server", [True, False], ids=["to PostgreSQL", "to SQLite"])
async def test_a_move_that_is_killed_leaves_the_target_empty_or_whole(
    tmp_path: Path, point: str, to_server: bool
) -> None:
    """And the source as it was: the next try, on an empty target, moves everything."""
    source, target = eventful(tmp_path / "bot.db"), new_database()
    await at_rest(source)
    if not to_server:
        await move(tmp_path, source, target)
        source, target = target, f"sqlite:///{tmp_path / 'back.db'}"
    before = contents(source)
    ended = await asyncio.to_thread(killed, tmp_path, source, target, point)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    is_whole = point == "after_move" or (to_server and point == "after_commit")
    await asyncio.to_thread(_gone, target)
    assert contents(source) == before
    assert contents(target) == (before if is_whole else {})
    code, output = await asyncio.to_thread(migrate, tmp_path, source, target)
    assert code == (1 if is_whole else 0), output
    assert contents(target) == before
    assert (without_marker(contents(source)) == contents(source)) == is_whole


def _gone(url: str) -> None:
    """Wait until the server has noticed that the process is gone."""
    if url.startswith("postgresql"):
        with psycopg.connect(url, autocommit=True) as raw:
            sessions = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            while raw.execute(f"{sessions} AND backend_type = 'client backend'").fetchone():
                pass


def test_the_schema_is_made_in_the_moves_own_transaction(tmp_path: Path) -> None:
    """A target whose tables are there, but empty, serves as well."""
    server = new_database()
    asyncio.run(_close(server))
    code, output = asyncio.run(move(tmp_path, eventful(tmp_path / "bot.db"), server))
    assert code == 0, output
    with psycopg.connect(server) as raw:
        guards = raw.execute(GUARDS).fetchall()
        assert PostgresEnd(raw).tables()["traces"].references == {"orders"}
        analyzed = raw.execute("SELECT reltuples FROM pg_class WHERE relname = 'outbox'").fetchone()
    assert analyzed is not None
    assert analyzed[0] > 0
    with psycopg.connect(fresh := new_database()) as raw, empty_schema(fresh) as end:
        expected = end.raw.execute(GUARDS).fetchall()
    assert guards == expected
    assert sum("PRIMARY KEY" in guard for (guard,) in guards) >= 20
    assert sum("FOREIGN KEY" in guard for (guard,) in guards) >= 5


async def _close(url: str) -> None:
    await (await open_at(url)).close()


def test_differences_are_few_words() -> None:
    """The kinds of columns that both engines store alike pass."""
    table = Table("a", {"x": "text", "y": "real", "z": "bytes"}, frozenset([Key(("x",))]), frozenset(), "")
    assert differences({"a": table}, {"a": replace(table)}) == []
