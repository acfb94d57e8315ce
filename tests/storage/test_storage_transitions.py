"""The outbox's table of transitions: complete, and held by every database of the tests (``support.transitions``)."""

from __future__ import annotations

import sqlite3
from itertools import product
from typing import TYPE_CHECKING

import pytest

from storage.errors import StorageError
from storage.post import PostState
from storage.transitions import TRANSITIONS

if TYPE_CHECKING:
    from support.store_harness import StoreHarness

    from storage.connection import Connection


def test_every_state_stands_in_the_table() -> None:
    """No state is a dead end that a card's row could not leave, and none follows itself."""
    assert set(TRANSITIONS) == set(PostState)
    assert {after for afters in TRANSITIONS.values() for after in afters} == set(PostState)
    assert not any(before in afters for before, afters in TRANSITIONS.items())


@pytest.mark.parametrize("kind", ["news", "card"])
async def test_a_database_of_the_tests_refuses_what_is_not_in_it(harness: StoreHarness, kind: str) -> None:
    """Each pair of states, written as no code of ours would: the ones in the table pass, the others fail."""
    store = harness.store
    for before, after in product(PostState, PostState):
        is_settled = before in {PostState.SENT, PostState.SKIPPED, PostState.FAILED}
        may = before is after or (after in TRANSITIONS[before] and not (is_settled and kind == "news"))

        def change(conn: Connection, before: PostState = before, after: PostState = after) -> None:
            conn.execute("DELETE FROM outbox")
            conn.execute(
                "INSERT INTO outbox (position, event_id, kind, channel, key, payload, state, token, created_at) "
                "VALUES (1, 'x', ?, 'C1', '', '', ?, 't', 1)",
                (kind, before),
            )
            conn.execute("UPDATE outbox SET state = ?", (after,))

        if may:
            await store.engine.run(change)
        else:
            with pytest.raises((StorageError, sqlite3.IntegrityError)):
                await store.engine.run(change)
