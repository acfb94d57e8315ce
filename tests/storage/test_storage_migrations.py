"""A migration that is killed at any step: the file is as it was before, and the next start finishes."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.old_database import VERSIONS, migration_of, unpack
from support.store_harness import mark_as_newer_version

from benchmarks.kill import inherited
from storage import codec, enqueue, traces
from storage.errors import DiskFullError, NewerSchemaError
from storage.migrations.steps import STEPS
from storage.packing import unpack as unpack_text
from storage.rows import to_int
from storage.sqlite import migrate
from storage.sqlite.connection import SqliteConnection
from storage.sqlite.opening import open_file
from tracking.daily_digest import DailyDigest

if TYPE_CHECKING:
    from collections.abc import Iterator

DIGESTS = 8  # the version of this migration posted digests under the tokens of today
NAMES = [step.name for step in STEPS]
OLDEST = VERSIONS[0]
SHORT = {OLDEST, "0018_early_versions"}  # few moments: see KILLER; a step that finds nothing to do
# Opens one copy of a file after the other, each in a process of its own, which dies at the next moment of that work: at
# its first statement that may write, its second one, and so on, and whenever a statement has taken so many steps. Of
# several migrations only the first is looked at, of the others the end, and the end of all. It names the copies at
# which a process died; the last process came through.
KILLER = """
import os, shutil, signal, sqlite3, sys
from pathlib import Path

STEPS = 400  # of SQLite's virtual machine

def begins(statement: str) -> bool:
    return statement == "COMMIT" or "journal_mode" in statement

def is_record(*statement: str) -> bool:
    return bool(statement) and is_insert(statement[0])

def is_insert(statement: str) -> bool:
    return statement.upper().startswith("INSERT") and "_sqlite_migrations" in statement

def open_and_die(path: Path, moment: int) -> None:
    from storage.sqlite import opening
    passed, is_looked_at, is_reading = 0, False, False

    def pass_moment(*statement: str) -> None:
        nonlocal passed, is_looked_at, is_reading
        if statement:
            is_reading = statement[0].lower().startswith("select")
            is_looked_at = begins(*statement) or (is_looked_at and not is_record(*statement))
        passed += (is_looked_at and not is_reading) or is_record(*statement)
        if passed > moment:
            os.kill(os.getpid(), signal.SIGKILL)

    class Mortal(opening.SqliteConnection):
        def __init__(self, *args: object, **more: object) -> None:
            super().__init__(*args, **more)
            self.set_trace_callback(pass_moment)
            self.set_progress_handler(pass_moment, STEPS)

    connect = sqlite3.connect
    sqlite3.connect = lambda *args, **more: connect(*args, **more | {"factory": Mortal})
    opening.open_file(path)
    os._exit(0)

def main(source: Path, folder: Path) -> None:
    import storage.sqlite.opening
    for moment in range(10_000):
        path = folder / f"{moment}.db"
        if source.exists():
            shutil.copyfile(source, path)
        child = os.fork()
        if not child:
            open_and_die(path, moment)
        if os.waitpid(child, 0)[1] != signal.SIGKILL:
            return
        print(path, flush=True)

main(Path(sys.argv[1]), Path(sys.argv[2]))
"""
# Something in each table as soon as there is one, in the words of that version: no migration is edited once it is out.
ROWS = {
    "0001_first_tables": """
INSERT INTO orders (key, platform, order_id, fingerprint, detail, sub_orders, next_poll_at, created_at)
  VALUES ('1688:1', '1688', '1', x'01', '', '[]', 5, 1), ('taobao:2', 'taobao', '2', x'02', '', '["21"]', NULL, 2);
INSERT INTO parcels (key, waybill, carrier, status_code, milestone)
  VALUES ('1688:1', 'yt 88-01', '圆通速递', 'TRANSIT', 'in_transit'), ('taobao:2', 'SF1', '', '', NULL);
INSERT INTO nodes (key, identity, content, waybill, at, raw_time, time_basis, text, code, place, sequence, seen_at)
  VALUES ('1688:1', 'n', 'c', 'yt 88-01', 3, '', 'china', '已揽收', 'GOT', '', 0, 4);
INSERT INTO watches (key, channel, filter, state, created_by, created_at)
  VALUES ('1688:1', 'C1', 'all', 'active', 'U1', 1), ('taobao:2', 'C2', 'problems', 'ended', 'U2', 2);
INSERT INTO outbox (position, watch_id, what, kind, channel, key, payload, state, token, created_at)
  VALUES (1, 1, 'card', 'card', 'C1', '1688:1', '', 'sent', 't1', 1),
    (2, 1, 'n', 'news', 'C1', '1688:1', '', 'uncertain', 't2', 2);
INSERT INTO audit (at, actor, action, channel, key, detail) VALUES (1, 'U1', 'watch', 'C1', '1688:1', 'all');
INSERT INTO deliveries VALUES ('Ev1', 1);
""",
    "0003_delivery": """
INSERT INTO channels (channel, settings) VALUES ('C1', '{"digest_at": "09:00"}');
INSERT INTO news (key, what, at, level, audience, payload) VALUES ('1688:1', 'n', 3, 'node', '["all"]', '{}');
INSERT INTO subscriptions (channel, status, filter, state, created_by, created_at, scanned_at)
  VALUES ('C1', '', 'all', 'active', 'U1', 1, 9);
INSERT INTO alarms (key, what, leg, facts, state, raised_at, snoozed_until, actor)
  VALUES ('1688:1', 'a', 'domestic', '{}', 'snoozed', 5, 9, 'U1');
INSERT INTO facts VALUES ('rules', '1', 1);
UPDATE outbox SET state = 'held', held_until = 9 WHERE what = 'n';
""",
    "0009_tracking_numbers": """
INSERT INTO outbox (id, position, watch_id, what, kind, channel, key, payload, level, state, token, created_at)
  VALUES (10, 3, NULL, 'digest:2', 'digest', 'C1', '', '[11, 12]', '', 'sending', 't3', 3),
    (11, 4, 1, 'n2', 'news', 'C1', '1688:1', '', 'milestone', 'folded', 't4', 3),
    (12, 5, NULL, 'detail:11', 'digest', 'C1', '1688:1', '', '', 'pending', 't5', 3),
    (13, 6, NULL, 'summary:2026-03-02', 'summary', 'C1', '', '{}', '', 'sent', 't6', 3);
UPDATE outbox SET folded_into = 12 WHERE id = 11;
UPDATE orders SET doubtful_since = 3, detail = '{"seller": "x"}' WHERE key = '1688:1';
""",
    "0004_inbox": "INSERT INTO inbox (dedup, kind, ids, body, received_at) VALUES ('d', 'k', '[\"1\"]', '', 4);",
}


def database_before(path: Path, name: str) -> None:
    """A database to which this migration is the next, with rows in its tables; no file before the first."""
    if name == OLDEST:
        unpack(path, OLDEST)
        return
    for number, applied in enumerate(NAMES[: NAMES.index(name)], 1):
        with closing(sqlite3.connect(path, isolation_level=None, factory=SqliteConnection)) as conn:
            migrate.apply(conn, stop_before=NAMES[number])
            conn.executescript(ROWS.get(applied, ""))


def contents(path: Path) -> dict[str, list[Any]]:
    """Every table's rows, and the schema without its spaces; of the migrations their names."""
    with closing(sqlite3.connect(path)) as conn:
        schema = conn.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name")
        tables = {"": [(kind, name, " ".join((sql or "").split())) for kind, name, sql in schema]}
        for kind, name, _sql in tables[""]:
            if kind == "table":
                columns = "name" if name == "_sqlite_migrations" else "*"
                tables[name] = sorted(conn.execute(f"SELECT {columns} FROM {name}").fetchall(), key=repr)  # noqa: S608  its own
    return tables


def left_behind(path: Path) -> tuple[bytes, ...]:
    """All that a process left of a database; most moments of a transaction leave the same."""
    files = (path.with_name(path.name + suffix) for suffix in ("", "-wal", "-journal"))
    return tuple(hashlib.sha256(file.read_bytes()).digest() if file.exists() else b"" for file in files)


def schema_now(folder: Path) -> list[Any]:
    """Of a database that is made today."""
    return contents(fresh(folder))[""]


def fresh(folder: Path) -> Path:
    """A database that is made today."""
    path = folder / "fresh.db"
    open_file(path).close()
    return path


def shape(path: Path) -> dict[str, Any]:
    """The columns of each table in any order, and the text of each index."""
    with closing(sqlite3.connect(path)) as conn:
        schema = conn.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").fetchall()
        indexes = {name: " ".join(sql.split()) for kind, name, sql in schema if kind == "index" and sql}
        tables = {name: conn.execute(f"PRAGMA table_info({name})") for kind, name, _sql in schema if kind == "table"}
        ends = {
            name: sql.rpartition(")")[2].strip() for kind, name, sql in schema if kind == "table"
        }  # STRICT and so on
        return indexes | {name: (ends[name], {row[1:] for row in columns}) for name, columns in tables.items()}


@pytest.mark.parametrize("name", [*NAMES, OLDEST])
def test_a_process_that_dies_in_a_migration_leaves_the_old_file_or_the_new(tmp_path: Path, name: str) -> None:
    """Whenever it dies: all rows are there in the tables of before or of after, and the next start ends as any does."""
    source, whole, copies = tmp_path / "source.db", tmp_path / "whole.db", tmp_path / "copies"
    copies.mkdir()
    database_before(source, name)
    if source.exists():
        shutil.copyfile(source, whole)
    open_file(whole).close()
    old, new = contents(source), contents(whole)
    assert new[""] == schema_now(tmp_path)
    killed = subprocess.run(  # noqa: S603  the program above
        [sys.executable, "-c", KILLER, str(source), str(copies)],
        capture_output=True,
        check=True,
        text=True,
        env={**inherited(), "PYTHONPATH": ":".join(sys.path)},
    ).stdout.split()
    assert len(killed) > (len(STEPS) if name == OLDEST else 3 if name in SHORT else 10)
    for path in {left_behind(Path(folder)): Path(folder) for folder in killed}.values():
        left = contents(path) if path.exists() else {"": []}
        assert left in (old, new)
        open_file(path).close()
        assert contents(path) == new


@pytest.mark.parametrize("version", VERSIONS)
def test_the_file_of_every_released_version_gets_the_tables_of_today(tmp_path: Path, version: str) -> None:
    """They are those of a new file, and no table has fewer rows than it had."""
    path = tmp_path / "bot.db"
    unpack(path, version)
    old = contents(path)
    assert max(old["_sqlite_migrations"])[0].startswith(version[:4])
    open_file(path).close()
    new = contents(path)
    assert shape(path) == shape(fresh(tmp_path))
    kept = set(old) & set(new) - {"", "_sqlite_migrations"}
    assert {name for name in kept if len(new[name]) < len(old[name])} == set()
    assert set(old) - set(new) == {"nodes"}
    assert sum(len(codec.unpack_entries(packed)) for *_parcel, packed in new["traces"]) == len(old["nodes"])


def test_a_disk_without_room_for_the_update_leaves_the_old_file(tmp_path: Path) -> None:
    """The refusal names the disk; the rows of before are there, and with room again the update ends as any does."""
    path, roomy = tmp_path / "bot.db", tmp_path / "roomy.db"
    unpack(path, OLDEST)
    shutil.copyfile(path, roomy)
    open_file(roomy).close()
    old = contents(path)
    for pages in (0, 1, 5, 20):
        with closing(sqlite3.connect(path)) as conn:
            used = conn.execute("PRAGMA page_count").fetchone()[0]
        with pytest.raises(DiskFullError, match="disk is full"), limited(used + pages):
            open_file(path)
        assert contents(path) == old
    open_file(path).close()
    assert contents(path) == contents(roomy)


@contextmanager
def limited(pages: int) -> Iterator[None]:
    """Let every connection meet a disk on which a database has room for so many pages."""

    def small(conn: SqliteConnection, wal_limit: int) -> None:
        set_up(conn, wal_limit)
        conn.execute(f"PRAGMA max_page_count = {pages}")

    set_up = SqliteConnection.set_up
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqliteConnection, "set_up", small)
        yield


@pytest.mark.parametrize("version", [OLDEST, VERSIONS[-1]])
def test_a_step_of_a_newer_version_is_refused_and_nothing_touched(tmp_path: Path, version: str) -> None:
    """Whichever version made the file, and although it lacks steps of today: no byte and no name changes."""
    path = tmp_path / "bot.db"
    unpack(path, version)
    mark_as_newer_version(path)
    before = path.read_bytes()
    with pytest.raises(NewerSchemaError, match="newer version of pandabot"):
        open_file(path)
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("bot.db", before)]


# What commits of the first days made otherwise than the steps do now: see storage/sqlite/early_versions.py.
VARIANTS = {
    "0001_first_tables": "DROP INDEX outbox_sending; DROP INDEX outbox_position; DROP INDEX outbox_live;"
    "CREATE INDEX outbox_live ON outbox (channel, position) WHERE state IN ('pending', 'sending', 'uncertain')",
    "0003_delivery": "ALTER TABLE orders DROP COLUMN leased; DROP INDEX outbox_leased; DROP INDEX outbox_news;"
    "DROP INDEX watches_order; DROP INDEX watches_subscription",
    "0006_health": "DROP INDEX outbox_stuck;"
    "CREATE INDEX outbox_stuck ON outbox (state) WHERE state IN ('held', 'failed')",
    "0008_reach": "CREATE TABLE former_settings (id INTEGER PRIMARY KEY, channel TEXT NOT NULL) STRICT",
}


@pytest.mark.parametrize("step", VARIANTS)
def test_a_file_of_the_early_versions_is_completed(tmp_path: Path, step: str) -> None:
    """Its steps were made by an earlier text of theirs, and are not made again."""
    path = tmp_path / "bot.db"
    database_before(path, NAMES[NAMES.index(step) + 1])
    with closing(sqlite3.connect(path)) as conn:
        conn.executescript(VARIANTS[step])
    open_file(path).close()
    assert shape(path) == shape(fresh(tmp_path))


def test_posts_that_wait_keep_their_place_under_the_names_of_today(tmp_path: Path) -> None:
    """A batch on its way, what it tells word for word, the news in it, and a day's digest that was sent."""
    path = tmp_path / "bot.db"
    database_before(path, "0010_vocabulary")
    open_file(path).close()
    with closing(sqlite3.connect(path)) as conn:
        sql = "SELECT id, event_id, kind, state, severity, batch_id, payload FROM outbox WHERE id >= 10 ORDER BY id"
        assert conn.execute(sql).fetchall() == [
            (10, "batch:2", "batch", "sending", "", None, "[11, 12]"),
            (11, "n2", "news", "batched", "milestone", 12, ""),
            (12, "detail:11", "batch", "pending", "", None, ""),
            (13, "daily_digest:2026-03-02", "daily_digest", "sent", "", None, "{}"),
        ]
        order = "SELECT order_json, unconfirmed_since FROM orders WHERE key = '1688:1'"
        assert conn.execute(order).fetchall() == [('{"seller": "x"}', 3)]


def test_a_days_digest_has_the_token_under_which_an_earlier_version_posted_it(tmp_path: Path) -> None:
    """In a restored database it is looked up by that, whichever version posted it."""
    unpack(tmp_path / "bot.db", next(version for version in VERSIONS if migration_of(version) == DIGESTS))
    sql = "SELECT channel, substr(what, 9), token FROM outbox WHERE kind = 'summary' ORDER BY id"
    with closing(sqlite3.connect(tmp_path / "bot.db")) as conn:
        posted = conn.execute(sql).fetchall()
    assert posted
    with closing(open_file(tmp_path / "bot.db")) as conn:
        for channel, day, token in posted:
            enqueue.daily_digest(conn, datetime(2026, 12, 1, tzinfo=UTC), day, channel, DailyDigest(day))
            assert conn.execute("SELECT token FROM outbox ORDER BY id DESC LIMIT 1").fetchone()[0] == token


def test_entries_and_news_are_packed_and_read_as_they_were(tmp_path: Path) -> None:
    """Each entry of each parcel that an earlier version stored, in its place, and the contents of each news."""
    path = tmp_path / "bot.db"
    database_before(path, "0021_traces")
    nodes = "SELECT key, waybill, identity, at, raw_time, text, place, milestone FROM nodes ORDER BY key, waybill, at"
    with closing(sqlite3.connect(path)) as conn:
        conn.execute(
            "INSERT INTO nodes SELECT key, 'untimed', content, waybill, NULL, raw_time, time_basis, text, code, place,"
            " milestone, 9, seen_at FROM nodes"
        )
        old, news = conn.execute(nodes).fetchall(), conn.execute("SELECT id, event_id, payload FROM news").fetchall()
        conn.commit()
    assert len(old) > 1
    assert news
    with closing(open_file(path)) as conn:
        stored = [
            (
                key,
                waybill,
                node.identity,
                to_int(node.at),
                node.raw_time,
                node.text,
                node.place,
                node.milestone,
            )
            for key, parcels in traces.load(conn, [row[0] for row in old]).items()
            for waybill, trace in parcels.items()
            for node in trace
        ]
        assert stored == old
        assert [(i, e, unpack_text(p)) for i, e, p in conn.execute("SELECT id, event_id, payload FROM news")] == news
