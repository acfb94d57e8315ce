"""An upgrade of two processes on one PostgreSQL, one after the other: meanwhile both versions work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import postgres
from support.store_harness import LEASE, MEI, NOW, ORDER, ORDERS_CHANNEL, OTHER, baseline, changed, words

from storage.errors import NewerSchemaError
from storage.migrations import steps
from storage.migrations.step import Step
from storage.watch import NewWatch
from tracking.values import Filter

if TYPE_CHECKING:
    from pathlib import Path

    from storage.store import Store

# What a step may do while a release rolls out: it adds, and what the former version does not know has a default.
NEXT = Step(
    "9998_next",
    "",
    """
ALTER TABLE watches ADD COLUMN colour TEXT COLLATE "C" NOT NULL DEFAULT 'grey';
ALTER TABLE outbox ADD COLUMN mood BIGINT;
CREATE TABLE moods (id BIGINT PRIMARY KEY);
CREATE INDEX outbox_mood ON outbox (mood) WHERE mood IS NOT NULL;
""",
)


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The code of the next version, until it is undone."""
    for module in ("storage.postgres.migrate", "storage.migrations.steps"):
        monkeypatch.setattr(f"{module}.STEPS", (*steps.STEPS, NEXT))
        monkeypatch.setattr(f"{module}.NAMES", steps.NAMES | {NEXT.name})
    return monkeypatch


async def works(store: Store, key: str, number: str) -> None:
    """Watch, read, tell and send with one of the processes."""
    await store.orders.add(NOW, baseline(key))
    await store.watches.open(NOW, [NewWatch(key, ORDERS_CHANNEL, Filter.ALL, MEI)])
    (ours,) = await store.orders.claim_due(NOW, 10, LEASE, [key])
    await store.orders.record(NOW, [changed(key, ours.fence, number, next_poll_at=NOW)])
    told = []
    while posts := await store.outbox.claim(NOW, 10, LEASE, ()):
        for post in posts:
            told.append(words(post))
            assert await store.outbox.mark_sent(NOW, post, f"ts-{post.id}")
    assert number in told


async def test_both_versions_work_on_the_tables_of_the_next(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """The old process goes on beside the new one; started again, it says that it is too old, and changes nothing."""
    old = await postgres.open_postgres(tmp_path)
    for number in range(12):  # so often that its statements are prepared
        await works(old, ORDER, f"before {number}")
    patched: pytest.MonkeyPatch = request.getfixturevalue("next_version")
    new = await postgres.open_postgres(tmp_path)
    await works(new, OTHER, "by the new one")
    await works(old, ORDER, "by the old one")
    await works(new, OTHER, "by the new one again")
    await old.close()
    patched.undo()
    with pytest.raises(NewerSchemaError, match="newer version"):
        await postgres.open_postgres(tmp_path)
    await works(new, OTHER, "and on")
    await new.close()
