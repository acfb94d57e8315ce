"""PandaPon's push messages, one for each change in the world; they can be repeated, lost or out of order.

The vendor documents the name and body of the price message. The others are inferred from the platforms' own messages.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import aiohttp

from pandapon.shipment import Platform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sandbox.pandapon.world import SandboxOrder, World

TIMEOUT = aiohttp.ClientTimeout(total=1.0)  # documented: the sender waits 1,000 ms
REPEATS = 5  # documented, half an hour apart
TRACE, STATUS, PRICE = "LOGISTICS_BUYER_VIEW_TRACE", "ORDER_STATUS", "ORDER_BUYER_VIEW_ORDER_PRICE_MODIFY"


@dataclass
class PushFaults:
    """Faults on the way to the receiver. They can be switched on and off at any time."""

    lost: bool = False  # never sent
    duplicate: bool = False  # sent twice
    mixed: bool = False  # of each two messages the second is sent first
    as_text: bool = False  # the body is a string that holds JSON


@dataclass
class Push:
    """A message and the HTTP status of each attempt to send it; 0 stands for no answer."""

    kind: str
    order_id: str
    statuses: list[int] = field(default_factory=list)

    @property
    def arrived(self) -> bool:
        """Whether the receiver acknowledged the message."""
        return 200 in self.statuses  # noqa: PLR2004  documented: no other status counts


class Pushes:
    """Watches the world and pushes its changes, for the length of an ``async with`` block."""

    def __init__(
        self,
        world: World,
        clock: Callable[[], datetime],
        url: str,
        *,
        every: float = 0.05,
        pause: float = 0.1,
        faults: PushFaults | None = None,
    ) -> None:
        """``every`` is the interval of the watch, ``pause`` that between two attempts, both in seconds."""
        self._world, self._clock, self.url = world, clock, url
        self._every, self._pause = every, pause
        self.faults = faults or PushFaults()
        self.sent: list[Push] = []
        self._held: list[tuple[Push, dict[str, Any]]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=TIMEOUT)
        self._seen = {order_id: self._snapshot(order) for order_id, order in self._world.orders.items()}
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_exc: object) -> None:
        for task in (self._task, *self._tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self._session.close()

    async def _run(self) -> None:
        while True:
            for order_id, order in list(self._world.orders.items()):
                now = self._snapshot(order)
                before = self._seen.get(order_id, {})
                self._seen[order_id] = now
                for kind in (name for name, value in now.items() if before.get(name) != value):
                    self._post(Push(kind, order_id), order)
            await asyncio.sleep(self._every)

    def _snapshot(self, order: SandboxOrder) -> dict[str, Any]:
        """Return the facts that messages are about, by kind of message."""
        now = self._clock()
        scans = [scan for package in order.packages for scan in package.scans if scan.at <= now]
        return {TRACE: (order.hidden, scans), STATUS: order.status(now), PRICE: order.total(self._clock())}

    def _post(self, push: Push, order: SandboxOrder) -> None:
        self.sent.append(push)
        if self.faults.lost:
            return
        self._held.append((push, self._message(push, order)))
        if self.faults.mixed and len(self._held) == 1:
            return
        held, self._held = self._held[::-1], []
        for held_push, message in held * (2 if self.faults.duplicate else 1):
            task = asyncio.create_task(self._deliver(held_push, message))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _deliver(self, push: Push, message: dict[str, Any]) -> None:
        for _attempt in range(1 + REPEATS):
            try:
                async with self._session.post(self.url, json=message) as answer:
                    await answer.read()
                    push.statuses.append(answer.status)
            except (aiohttp.ClientError, TimeoutError):
                push.statuses.append(0)
            if push.arrived:
                return
            await asyncio.sleep(self._pause)

    def _message(self, push: Push, order: SandboxOrder) -> dict[str, Any]:
        is_taobao = order.platform is Platform.TAOBAO
        body = dict(_body(push.kind, order, self._clock()))
        return {
            "messageType": f"{'TAOBAO' if is_taobao else '1688'}_{push.kind}",
            "messageBody": json.dumps(body, ensure_ascii=False) if self.faults.as_text else body,
            "messagePlatform": 0 if is_taobao else 1,
            "timestamp": str(int(self._clock().timestamp() * 1000)),
        }


def _body(kind: str, order: SandboxOrder, now: datetime) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a message. Ids are numbers where the vendor's samples have numbers.

    A Taobao trace message names the sub-orders.
    """
    if order.platform is Platform.ALIBABA:
        if kind == PRICE:
            yield (
                "baseInfo",
                {"id": int(order.order_id), "idOfStr": order.order_id, "totalAmount": float(order.total(now))},
            )
        else:
            yield "orderId", int(order.order_id)
            yield "currentStatus", order.status(now)
    elif kind == PRICE:
        yield "salesOrderId", order.order_id
        yield "purchaseOrderPriceDTO", {"purchaseProductFee": int((order.total(now) - order.shipping) * 100)}
    elif kind == STATUS:
        yield "purchase_id", int(order.order_id)
        yield "status", order.status(now)
    else:
        yield "sub_purchase_orders", [{"subPurchaseOrderId": line.sub_order} for line in order.lines]
