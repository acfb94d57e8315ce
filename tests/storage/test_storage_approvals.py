"""Requests for approvals in the database: their forms live as long, old ones go, and none waits in a closed channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.store_harness import LEASE, MEI, MINUTE, NOW, ORDERS_CHANNEL

from storage.post import PostKind
from tracking.approvals import Approval, ApprovalState, Deed
from tracking.flows import Finished, Flow
from tracking.messages import ApprovalMessage, ApprovalPart
from tracking.writes import Write, WriteState

if TYPE_CHECKING:
    from datetime import datetime

    from support.store_harness import StoreHarness

    from storage.post import Post

TOM, FLOW, DAY = "U0TOM", "F" * 24, timedelta(days=1)
DEED = Deed("order", FLOW, 70_000, ("a seller: a product × 10",), "wrap it", "M** · 杭州")
ASKED = Approval(0, DEED, MEI, FLOW, ORDERS_CHANNEL, frozenset({TOM, "S0FIN"}), NOW, NOW + 3 * DAY)


async def ask(harness: StoreHarness) -> Approval:
    """Store the form and the request that it waits for."""
    await harness.store.writes.put_flow(NOW, Flow(FLOW, MEI, ORDERS_CHANNEL, Finished(())))
    return await harness.store.approvals.ask(NOW, ASKED)


async def claimed(harness: StoreHarness, channel: str) -> list[Post]:
    """The posts that can be sent now to a channel or a person."""
    posts = await harness.store.outbox.claim(NOW + MINUTE, 50, LEASE, [])
    return [post for post in posts if post.channel == channel]


@pytest.mark.parametrize(
    ("state", "lives", "until"),
    [
        (None, 3 * DAY, None),
        (ApprovalState.APPROVED, 5 * DAY, NOW + 5 * DAY),
        (ApprovalState.DECLINED, DAY, None),
        (ApprovalState.WITHDRAWN, DAY, None),
    ],
)
async def test_a_form_lives_while_it_waits(
    harness: StoreHarness, state: ApprovalState | None, lives: timedelta, until: datetime | None
) -> None:
    """And no longer: what was typed into it is forgotten then. Closing it does not forget it."""
    asked = await ask(harness)
    if state:
        await harness.store.approvals.decide(NOW, asked.id, state, TOM, until=until)
    await harness.store.writes.close_flow(FLOW, MEI)
    assert await harness.store.writes.flow(NOW + lives - MINUTE, FLOW) is not None
    await harness.store.writes.forget_flows(NOW + lives - MINUTE)
    assert await harness.store.writes.flow(NOW + lives - MINUTE, FLOW) is not None
    await harness.store.writes.forget_flows(NOW + lives + 2 * MINUTE)
    assert await harness.store.writes.flow(NOW, FLOW) is None


async def test_a_request_does_not_wait_in_a_paused_channel(harness: StoreHarness) -> None:
    """Its watches are paused and hold the channel's posts: the approver who is named gets it directly, once."""
    await harness.active()
    asked = await ask(harness)
    await harness.store.watches.pause_channel(NOW, ORDERS_CHANNEL, "not_in_channel")
    assert await harness.store.approvals.tend(NOW) == 1
    assert await harness.store.approvals.tend(NOW) == 0
    [to_tom] = await claimed(harness, TOM)
    assert to_tom.kind is PostKind.NOTICE
    assert to_tom.notice == ApprovalMessage(asked.id, ApprovalPart.REQUEST, TOM)


async def test_a_decision_while_the_request_is_on_its_way_edits_it(harness: StoreHarness) -> None:
    """Slack takes the message a moment after Tom decided in the list."""
    asked = await ask(harness)
    [post] = await claimed(harness, ORDERS_CHANNEL)
    assert await harness.store.approvals.decide(NOW, asked.id, ApprovalState.DECLINED, TOM, reason="no")
    assert await harness.store.outbox.mark_sent(NOW, post, "1.2")
    [edit] = await claimed(harness, ORDERS_CHANNEL)
    assert (edit.kind, edit.thread_ts) == (PostKind.APPROVAL_EDIT, "1.2")


async def test_old_requests_are_pruned_and_their_numbers_not_used_again(harness: StoreHarness) -> None:
    """One that waits stays."""
    asked = await ask(harness)
    [post] = await claimed(harness, ORDERS_CHANNEL)
    await harness.store.outbox.mark_sent(NOW, post, "1.2")
    await harness.store.approvals.decide(NOW, asked.id, ApprovalState.DECLINED, TOM, reason="no")
    waits = await harness.store.approvals.ask(NOW, replace(ASKED, deed=replace(DEED, target="other")))
    while await harness.store.upkeep.prune(NOW + 90 * DAY, 100):
        pass
    assert await harness.store.approvals.get(asked.id) is None
    assert await harness.store.approvals.get(waits.id) == waits
    await harness.store.approvals.decide(NOW, waits.id, ApprovalState.WITHDRAWN, MEI)
    while await harness.store.upkeep.prune(NOW + 90 * DAY, 100):
        pass
    assert (await harness.store.approvals.ask(NOW, ASKED)).id == waits.id + 1


@pytest.mark.parametrize("harness", ["sqlite"], indirect=True)  # whose log shows it
async def test_an_idle_look_writes_nothing(harness: StoreHarness) -> None:
    """The job runs every minute."""
    await ask(harness)
    before = harness.path.with_name(harness.path.name + "-wal").stat().st_size
    for _ in range(5):
        assert await harness.store.approvals.tend(NOW) == 0
    assert harness.path.with_name(harness.path.name + "-wal").stat().st_size == before


@pytest.mark.parametrize("end", [ApprovalState.APPROVED, ApprovalState.WITHDRAWN])
async def test_requests_wait_until_they_are_decided_or_too_old(harness: StoreHarness, end: ApprovalState) -> None:
    """Two wait, one is decided, the other runs out."""
    asked = await harness.store.approvals.ask(NOW, ASKED)
    await harness.store.approvals.ask(NOW, replace(ASKED, deed=replace(DEED, target="other")))
    assert (await harness.store.upkeep.health(NOW)).approvals_waiting == 2
    await harness.store.approvals.decide(NOW, asked.id, end, TOM)
    assert (await harness.store.upkeep.health(NOW)).approvals_waiting == 1
    assert (await harness.store.upkeep.health(ASKED.until)).approvals_waiting == 0


async def test_an_approval_knows_what_it_was_used_for(harness: StoreHarness) -> None:
    """The write of the form that it was granted to, once that is over; nothing that came to nothing."""
    store, asked = harness.store, await ask(harness)
    assert await store.approvals.uses([asked.id]) == {}
    await store.approvals.decide(NOW, asked.id, ApprovalState.APPROVED, TOM, until=NOW + DAY)
    await store.approvals.find_covering(NOW, MEI, DEED, FLOW)
    refused, ordered = (
        Write(f"w{n}", f"order:{FLOW}:{n}", "1688.order.create", MEI, ORDERS_CHANNEL, NOW + MINUTE, approved_by=TOM)
        for n in range(2)
    )
    for write in (refused, ordered):
        await store.writes.begin(write)
    await store.writes.settle(refused.id, WriteState.REFUSED, NOW + MINUTE)
    assert await store.approvals.uses([asked.id]) == {}
    await store.writes.settle(ordered.id, WriteState.DONE, NOW + MINUTE, made=("2542287000000000001",))
    [used] = (await store.approvals.uses([asked.id, 99]))[asked.id]
    assert used.made == ("2542287000000000001",)
