"""Writes: no state follows but those of the table, what a reading says of a lost answer, and who may write."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pandapon.shipment import Platform
from storage.store import open_store
from tracking.changes.cart import CartChange, judge
from tracking.write_policy import WhoError, WritePolicy, WriteScope, groups_of, is_among, read_ids
from tracking.writes import ANSWERED, ARRIVES_WITHIN, FIRST, OPEN, TRANSITIONS, TransitionError, Write, WriteState

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 2, tzinfo=UTC)
CHANGE = CartChange(Platform.ALIBABA, "p", "s", "", "title", "M", 2, 6)
SETTLED = set(WriteState) - OPEN


def test_the_table_has_every_state_and_ends() -> None:
    """From each state in which nobody knows the end an end can be reached; only an answer follows another end."""
    assert set(TRANSITIONS) == set(WriteState)
    assert all(TRANSITIONS[state] <= ANSWERED for state in SETTLED)
    assert all(not TRANSITIONS[state] for state in ANSWERED)
    assert all(TRANSITIONS[state] & SETTLED for state in OPEN)
    reached = set(FIRST)
    for _ in WriteState:
        reached |= {after for state in reached for after in TRANSITIONS[state]}
    assert reached == set(WriteState)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(tried=st.lists(st.sampled_from(list(WriteState)), max_size=8))
async def test_no_other_transition_happens(tmp_path: Path, tried: list[WriteState]) -> None:
    """Whatever is asked for, in whatever order: the database refuses what the table does not have."""
    path = tmp_path / "writes.db"
    store = await open_store(path)
    try:
        number = (await store.writes.newest(0, 1))[1]
        change = replace(
            CHANGE, product_id=f"p{number}", sku_id=f"s{number}"
        )  # a target that no other example left open
        write = Write(f"w{number}", f"k{number}", "1688.cart.add", "U1", "C1", NOW, change=change)
        assert await store.writes.begin(write) is None
        present = WriteState.BEGUN
        for state in tried:
            if state in TRANSITIONS[present]:
                await store.writes.settle(write.id, state, NOW)
                present = state
            else:
                with pytest.raises(TransitionError):
                    await store.writes.settle(write.id, state, NOW)
            stored = await store.writes.get(write.id)
            assert stored is not None
            assert stored.state is present
            assert (stored.settled_at is None) == (present in OPEN)
    finally:
        await store.close()


async def test_a_restart_makes_unclear_what_was_being_sent_and_nothing_else(tmp_path: Path) -> None:
    """One record of each state."""
    store = await open_store(tmp_path / "writes.db")
    for state in WriteState:
        await store.writes.begin(Write(state, state, "1688.cart.add", "U1", "", NOW, state, CHANGE))
    assert await store.writes.abandon(NOW - timedelta(seconds=1)) == 0
    assert await store.writes.abandon() == 1
    after = {write.id: write.state for write in (await store.writes.newest(0, 99))[0]}
    assert after == {state: state for state in WriteState} | {"begun": WriteState.UNCLEAR}
    assert {write.id for write in await store.writes.unclear(99)} == {"begun", "unclear"}
    await store.close()


async def test_an_act_is_recorded_once(tmp_path: Path) -> None:
    """The second record of the same act is not made: the first one comes back."""
    store = await open_store(tmp_path / "writes.db")
    first = Write("a", "key", "1688.cart.add", "U1", "C1", NOW, change=CHANGE, amount_fen=2**40)
    assert await store.writes.begin(first) is None
    assert await store.writes.begin(Write("b", "key", "1688.cart.add", "U2", "C2", NOW)) == first
    assert await store.writes.open_of(CHANGE.target) == first
    await store.close()


ages = st.timedeltas(timedelta(), timedelta(days=9))


@given(before=st.integers(0, 9), wanted=st.integers(0, 9), seen=st.integers(0, 9), age=ages)
def test_a_reading_never_says_more_than_it_shows(before: int, wanted: int, seen: int, age: timedelta) -> None:
    """Done only where the wanted quantity is there; not done only late, and where the former one still is."""
    change = CartChange(Platform.TAOBAO, "p", "s", "", "", "", before, wanted)
    end = judge(change, seen, age)
    assert end is None or end in TRANSITIONS[WriteState.UNCLEAR]
    assert (end is WriteState.FOUND_DONE) == (seen == wanted)
    if end is WriteState.FOUND_UNDONE:
        assert seen == before
        assert age >= ARRIVES_WITHIN
    if end is None:
        assert age < ARRIVES_WITHIN


@given(scope=st.sampled_from(list(WriteScope)), needed=st.sampled_from([WriteScope.CART, WriteScope.ORDERS]))
def test_more_includes_less_and_off_nothing(scope: WriteScope, needed: WriteScope) -> None:
    """``all`` includes ``orders``, which includes ``cart``."""
    order = list(WriteScope)
    allowed = WritePolicy(scope).allows(needed)
    assert allowed == (scope is not WriteScope.OFF and order.index(needed) <= order.index(scope))


def test_who_is_among_the_writers() -> None:
    """An empty list is everybody; else a person, their channel or one of their groups has to be named."""
    assert is_among(frozenset(), "U1", "")
    listed = read_ids(" U0MEI00001,S0BUYERS01 , C0ORDERS01 ")
    assert groups_of(listed) == ["S0BUYERS01"]
    assert is_among(listed, "U0MEI00001", "")
    assert is_among(listed, "U0TOM00002", "C0ORDERS01")
    assert is_among(listed, "U0TOM00002", "", ["S0BUYERS01"])
    assert not is_among(listed, "U0TOM00002", "C0OTHER001", ["S0OTHERS01"])
    assert not is_among(listed, "", "", [])


@pytest.mark.parametrize("text", ["@mei", "mei", "u0mei00001", "U0MEI00001 U0TOM00002", "#orders", "<@U0MEI00001>"])
def test_another_form_of_a_name_is_refused(text: str) -> None:
    """Rather than letting nobody, or everybody, write."""
    with pytest.raises(WhoError, match="no Slack id"):
        read_ids(text)
