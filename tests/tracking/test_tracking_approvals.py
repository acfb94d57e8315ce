"""Approvals: no decision but those of the table, nobody decides for themselves, and the right list for each amount."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.store import open_store
from tracking.approvals import (
    TRANSITIONS,
    Absence,
    Approval,
    ApprovalPolicy,
    ApprovalState,
    Deed,
    Refusal,
    Rule,
    RuleError,
    mentioned_ids,
    read_channel,
    read_rules,
    refusal,
    represented_people,
)

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 2, tzinfo=UTC)
DEED = Deed("order", "F" * 24, 70_000, ("杭州锦绣", "连衣裙 红色 M × 10"), "wrap it", "M** · 杭州")
ASKED = Approval(0, DEED, "U0MEI", "F" * 24, "C0ORDERS", frozenset({"U0TOM", "U0ANN"}), NOW, NOW + timedelta(days=3))
PEOPLE = ("U0MEI", "U0TOM", "U0ANN", "U0BOB")
people = st.sampled_from(PEOPLE)
lists = st.frozensets(people, min_size=1)
policies = st.dictionaries(st.integers(0, 900), lists, max_size=4).map(
    lambda by_amount: ApprovalPolicy(tuple(Rule(over, who) for over, who in by_amount.items()))
)
absences = st.lists(st.builds(Absence, people, people), max_size=4)


def test_a_request_ends_once() -> None:
    """From the first state each other is reached, and from those none."""
    assert set(TRANSITIONS) == set(ApprovalState)
    assert TRANSITIONS[ApprovalState.WAITING] == set(ApprovalState) - {ApprovalState.WAITING}
    assert all(not TRANSITIONS[state] for state in ApprovalState if state is not ApprovalState.WAITING)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    tried=st.lists(
        st.tuples(st.sampled_from([*TRANSITIONS[ApprovalState.WAITING]]), people, st.integers(0, 5)), max_size=6
    )
)
async def test_the_first_decision_in_time_counts(tmp_path: Path, tried: list[tuple[ApprovalState, str, int]]) -> None:
    """Whatever is decided, by whom, in whatever order, on whatever day: the database keeps the first."""
    store = await open_store(tmp_path / "approvals.db")
    try:
        made = await store.approvals.ask(NOW, replace(ASKED, deed=replace(DEED, target=str(len(tried)) + repr(tried))))
        first: tuple[ApprovalState, str] | None = None
        for state, by, days in tried:
            is_late = days >= 3 and state in {ApprovalState.APPROVED, ApprovalState.DECLINED}
            counts = first is None and not is_late and made.state is ApprovalState.WAITING
            assert await store.approvals.decide(NOW + timedelta(days=days), made.id, state, by) is counts
            first = (state, by) if counts else first
            stored = await store.approvals.get(made.id)
            assert stored is not None
            assert (stored.state, stored.by) == (first or (ApprovalState.WAITING, ""))
            made = stored
    finally:
        await store.close()


@given(policy=policies, amount=st.integers(0, 1000), asker=people)
def test_the_list_of_the_highest_exceeded_threshold(policy: ApprovalPolicy, amount: int, asker: str) -> None:
    """None below all of them; never a list of the asker alone; a higher one only where the right one is theirs."""
    approvers = policy.approvers(amount, asker)
    exceeded = [rule for rule in policy.rules if amount > rule.over_fen]
    assert (approvers is None) == (not exceeded)
    if approvers is None:
        return
    assert approvers == frozenset() or approvers - {asker}
    right = max(exceeded, key=lambda rule: rule.over_fen)
    if right.approvers != {asker}:
        assert approvers == right.approvers


@given(person=people, asker=people, away=absences)
def test_nobody_decides_for_or_as_the_asker(person: str, asker: str, away: list[Absence]) -> None:
    """Whoever has named whom."""
    stands_for = represented_people(person, asker, away, NOW)
    assert asker not in stands_for
    assert bool(stands_for) == (person != asker)
    assert asker not in mentioned_ids(PEOPLE, asker, away, NOW)


@given(person=people, state=st.sampled_from(ApprovalState), days=st.integers(0, 6), may=st.booleans())
def test_a_decision_counts_only_while_it_waits(person: str, state: ApprovalState, days: int, *, may: bool) -> None:
    """By an approver who did not ask, in time."""
    reason = refusal(replace(ASKED, state=state), person, NOW + timedelta(days=days), is_approver=may)
    is_good = person != "U0MEI" and may and state is ApprovalState.WAITING and days < 3
    assert (reason is None) == is_good
    if person == "U0MEI":
        assert reason is Refusal.OWN_REQUEST


def test_an_absence_ends() -> None:
    """At its time, not before."""
    away = [Absence("U0TOM", "U0BOB", NOW + timedelta(days=1))]
    assert represented_people("U0BOB", "U0MEI", away, NOW) == ["U0BOB", "U0TOM"]
    assert represented_people("U0BOB", "U0MEI", away, NOW + timedelta(days=1)) == ["U0BOB"]
    assert mentioned_ids(["U0TOM", "S0FIN"], "U0MEI", away, NOW) == ["S0FIN", "U0BOB"]
    assert mentioned_ids(["U0TOM"], "U0MEI", away, NOW + timedelta(days=1)) == ["U0TOM"]


@pytest.mark.parametrize(
    ("other", "is_covered"),
    [
        ({}, True),
        ({"amount_fen": 69_999}, True),
        ({"amount_fen": 70_001}, False),
        ({"kind": "pay"}, False),
        ({"target": "G" * 24}, False),
        ({"summary": ("杭州锦绣", "电视机 × 1")}, False),
        ({"note": "send it to my home"}, False),
        ({"place": "X** · 上海"}, False),
        ({"exactly": "another address that looks the same"}, False),
    ],
)
def test_an_approval_covers_the_same_for_no_more(other: dict[str, object], *, is_covered: bool) -> None:
    """Less money, but no other thing, place or note."""
    assert DEED.covers(replace(DEED, **other)) is is_covered  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("", ()),
        ("500:U0LEAD", (Rule(50_000, frozenset({"U0LEAD"})),)),
        (
            " 5000 : S0FINANCE + U0BOSS , 0.01:W0ANN,".replace(" : ", ":"),
            (Rule(1, frozenset({"W0ANN"})), Rule(500_000, frozenset({"S0FINANCE", "U0BOSS"}))),
        ),
    ],
)
def test_the_setting_is_read(text: str, rules: tuple[Rule, ...]) -> None:
    """The lowest first, whatever the order."""
    assert read_rules(text) == rules


@pytest.mark.parametrize(
    "text",
    [
        "500",
        "500:",
        ":U0LEAD",
        "500:@lead",
        "500:lead",
        "500:C0ORDERS",
        "500:U0LEAD+",
        "-5:U0LEAD",
        "5.001:U0LEAD",
        "5e3:U0LEAD",
        "500:U0LEAD,500.00:U0BOSS",
        "500:U0LEAD;5000:U0BOSS",
        "1234567890:U0LEAD",
        "٥:U0LEAD",
    ],
)
def test_a_wrong_setting_is_refused(text: str) -> None:
    """With a sentence that has an example."""
    with pytest.raises(RuleError, match="500:U0LEAD,5000:S0FINANCE"):
        read_rules(text)


@pytest.mark.parametrize("text", ["orders", "#orders", "U0TOM", "c0orders", "C"])
def test_a_wrong_channel_is_refused(text: str) -> None:
    """A name, a person."""
    with pytest.raises(RuleError, match="no Slack id of a channel"):
        read_channel(text)
