"""Parcels without numbers, as the API answers them: each keeps its stand-in, wherever in the answer it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.pandapon_api import api_server, client_of, ok
from support.tracking_cases import REF, TrackedOrder, order

from pandapon.shipment import OrderRef, Platform
from tracking.orders import FetchedOrder
from tracking.renumber import live

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from support.pandapon_api import Api

    from pandapon.client import PandaPon

TAOBAO = OrderRef(Platform.TAOBAO, "200048859480")
PICKED = ("2026-03-02 08:00:00", "已揽收")
IN_GZ = ("2026-03-02 20:00:00", "【广州市】快件已到达 广州分拨中心")
IN_SH = ("2026-03-02 21:00:00", "【上海市】快件已到达 上海分拨中心")
NEXT = ("2026-03-03 09:00:00", "【东莞市】快件已到达 东莞分拨中心")
A, B = (PICKED, IN_GZ), (PICKED, IN_SH)
Scans = tuple[tuple[str, str], ...]


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    """An API that answers what a test tells it to."""
    async with api_server() as server:
        yield server


def parcel(scans: Scans, number: str | None = None) -> dict[str, Any]:
    return {"logisticsBillNo": number, "logisticsSteps": [{"acceptTime": at, "remark": text} for at, text in scans]}


def package(scans: Scans, number: str | None = None) -> dict[str, Any]:
    return {"mailNo": number, "logisticsTraces": [{"time": at, "desc": text} for at, text in scans]}


async def poll(tracked: TrackedOrder, client: PandaPon, ref: OrderRef = REF) -> list[str]:
    """One poll beside what is stored. Returns the words that it tells."""
    reading = await client.trace(ref)
    assert reading.trace
    known = tracked.stored.shipment.nodes if tracked.stored else ()
    decided = tracked.poll(FetchedOrder(ref, order(), reading.trace.shipment(known)))
    news = decided.news
    return [*(node.text for node in news.nodes), *news.added, *map(str, news.renumbered)] if news else []


@pytest.mark.parametrize(
    ("then", "told"),
    [
        ([B, A], []),
        ([B, (*A, NEXT)], [NEXT[1]]),
        ([B], []),
        ([(*B, NEXT), A], [NEXT[1]]),
        ([A[1:], B[1:]], []),
        ([B[1:], A[1:]], []),
        ([(IN_SH,), (IN_GZ,)], []),
    ],
)
async def test_parcels_that_swap_places_are_not_told_again(then: list[Scans], told: list[str], api: Api) -> None:
    """What their places gave them stays theirs, with either platform's stand-ins."""
    for ref, made, wrapped in ((REF, parcel, "logisticsTrace"), (TAOBAO, package, "pnmLogisticsDetails")):
        api.queue(*(ok({wrapped: [made(scans) for scans in answer]}) for answer in ([A, B], then)))
        tracked = TrackedOrder()
        async with client_of(api) as client:
            assert await poll(tracked, client, ref) == []
            assert await poll(tracked, client, ref) == told


async def test_a_further_parcel_gets_a_stand_in_of_its_own(api: Api) -> None:
    """It is told as one more, and the others stay what they were, also where they shared their first scan."""
    new = (PICKED, NEXT)
    api.queue(*(ok([parcel(scans) for scans in answer]) for answer in ([A, B], [new, B, A], [B, new, A])))
    tracked = TrackedOrder()
    async with client_of(api) as client:
        await poll(tracked, client)
        assert sorted(await poll(tracked, client)) == sorted([PICKED[1], NEXT[1], "parcel-3"])
        assert await poll(tracked, client) == []


async def test_a_number_comes_for_one_of_two(api: Api) -> None:
    """The parcel with the number takes over its own scans, whatever place the other one has then."""
    api.queue(
        ok([parcel(A), parcel(B)]), ok([parcel(B), parcel(A, "SF1234567")]), ok([parcel(A, "SF1234567"), parcel(B)])
    )
    tracked = TrackedOrder()
    async with client_of(api) as client:
        await poll(tracked, client)
        assert await poll(tracked, client) == ["('parcel-1', 'SF1234567')"]
        assert await poll(tracked, client) == []
    assert tracked.last
    assert [each.waybill for each in live(tracked.last.shipment.parcels)] == ["parcel-2", "SF1234567"]


async def test_a_parcel_without_scans_gives_way(api: Api) -> None:
    """It keeps a stand-in of its own while the other one moves to its place."""
    api.queue(
        ok([parcel(()) | {"logisticsStatus": "CONSIGN"}, parcel(B)]),
        ok([parcel(B), parcel(()) | {"logisticsStatus": "CONSIGN"}]),
    )
    tracked = TrackedOrder()
    async with client_of(api) as client:
        await poll(tracked, client)
        assert await poll(tracked, client) == []
    assert tracked.last
    assert [each.waybill for each in tracked.last.shipment.parcels] == ["parcel-1", "parcel-2"]


async def test_a_number_that_replaced_a_stand_in_does_not_meet_another_parcel(api: Api) -> None:
    """A new parcel at the old place is new, and the old stand-in stays replaced."""
    api.queue(ok([parcel(A)]), ok([parcel(A, "SF1234567")]), ok([parcel((PICKED, NEXT)), parcel(A, "SF1234567")]))
    tracked = TrackedOrder()
    async with client_of(api) as client:
        await poll(tracked, client)
        assert await poll(tracked, client) == ["('parcel-1', 'SF1234567')"]
        assert sorted(await poll(tracked, client)) == sorted([PICKED[1], NEXT[1], "parcel-2"])
