"""PandaPon's push messages, one for each change in the world; they can be repeated, lost or out of order.

The messages are the six kinds of the vendor's navigation (price, status and refund, each for Taobao and for 1688), and
1688's messages about logistics. Names and bodies of the price messages are stated; the others are the upstream's
[inferred], see :mod:`pandapon.pushes`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import aiohttp

from pandapon.shipment import Platform
from sandbox.pandapon.replies import epoch_ms, fen, naive

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sandbox.pandapon.world import SandboxOrder, World

TIMEOUT = aiohttp.ClientTimeout(total=1.0)  # the sender waits 1,000 ms [stated]
REPEATS = 5  # at most, half an hour apart [stated]; here ``pause`` seconds apart
TRACE, STATUS, PRICE, REFUND = "trace", "status", "price", "refund"
_VIEW = "ORDER_BUYER_VIEW_"
# The upstream's topics by the state that an order reaches [upstream]; Taobao has one message for all states.
_TOPICS = {
    "waitbuyerpay": "BUYER_MAKE",
    "waitsellersend": "ORDER_PAY",
    "waitbuyerreceive": "ANNOUNCE_SENDGOODS",
    "success": "ORDER_COMFIRM_RECEIVEGOODS",  # as the upstream spells it
    "cancel": "ORDER_BUYER_CLOSE",
}
_RECEIVED = frozenset({"success", "11"})
# Taobao's states as the upstream's messages spell them [upstream].
_RAW = {"0": "WAIT_BUYER_P", "10": "WAIT_SELLER_SEND_GOODS", "11": "WAIT_BUYER_CONFIRM_GOODS", "4": "TRADE_CLOSED"}


@dataclass
class PushFaults:
    """Faults on the way to the receiver. They can be switched on and off at any time."""

    lost: bool = False  # never sent
    duplicate: bool = False  # sent twice
    mixed: bool = False  # the second of each pair of messages is sent first
    as_text: bool = False  # the body is a string that holds JSON


@dataclass
class Push:
    """A message and the HTTP status of each attempt to send it; 0 stands for no answer."""

    kind: str  # messageType with its platform
    order_id: str
    statuses: list[int] = field(default_factory=list)

    @property
    def arrived(self) -> bool:
        """Whether the receiver acknowledged the message."""
        return 200 in self.statuses  # noqa: PLR2004  no other HTTP status counts [stated]


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
        """``every``: seconds between two looks at the world. ``pause``: seconds between two attempts to send."""
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
                before = self._seen.get(order_id, now | {STATUS: ""})  # of a new order only the status is news
                self._seen[order_id] = now
                for family in (name for name, value in now.items() if before.get(name) != value):
                    self._post(family, order)
            await asyncio.sleep(self._every)

    def _snapshot(self, order: SandboxOrder) -> dict[str, Any]:
        """Return the facts that messages are about, by the family of the message."""
        now = self._clock()
        scans = [scan for package in order.packages for scan in package.scans if scan.at <= now]
        facts = {TRACE: (order.hidden, scans), STATUS: order.status(now), PRICE: order.total(now)}
        return facts | {REFUND: order.refund(now)}

    def _post(self, family: str, order: SandboxOrder) -> None:
        push = Push(_kind(family, order, self._clock()), order.order_id)
        self.sent.append(push)
        if self.faults.lost:
            return
        self._held.append((push, self._message(push.kind, family, order)))
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

    def _message(self, kind: str, family: str, order: SandboxOrder) -> dict[str, Any]:
        body = _BODIES[order.platform](family, order, self._clock())
        return {
            "messageType": kind,
            "messageBody": json.dumps(body, ensure_ascii=False) if self.faults.as_text else body,
            "messagePlatform": 0 if order.platform is Platform.TAOBAO else 1,
            "timestamp": str(epoch_ms(self._clock())),
        }


def _kind(family: str, order: SandboxOrder, now: datetime) -> str:
    """The type of a message. Taobao's types for status and refund are not published: these are ours [inferred]."""
    if order.platform is Platform.TAOBAO:
        topics = {STATUS: "ORDER_STATUS_MODIFY", REFUND: "ORDER_BUYER_REFUND", TRACE: "ORDER_STATUS_MODIFY"}
        return f"TAOBAO_{_VIEW}{topics.get(family, 'ORDER_PRICE_MODIFY')}"
    status = order.status(now)
    if family == TRACE:
        return "1688_LOGISTICS_BUYER_VIEW_TRACE"
    if family == REFUND:
        return f"1688_{_VIEW}{'ORDER_REFUND_AFTER_SALES' if status in _RECEIVED else 'ORDER_BUYER_REFUND_IN_SALES'}"
    return f"1688_{_VIEW}{_TOPICS.get(status, 'ORDER_PAY') if family == STATUS else 'ORDER_PRICE_MODIFY'}"


def _body_1688(family: str, order: SandboxOrder, now: datetime) -> dict[str, Any]:
    """The fields of a message of 1688. Ids are numbers where the samples have numbers."""
    if family == PRICE:
        base = {"id": int(order.order_id), "idOfStr": order.order_id, "totalAmount": float(order.total(now))}
        return {"baseInfo": base}
    body: dict[str, Any] = {
        "orderId": int(order.order_id),
        "currentStatus": order.status(now),
        "msgSendTime": naive(now),
        "buyerMemberId": "b2b-1000",
        "sellerMemberId": "b2b-2000",
    }
    if family == REFUND:
        refund = order.refund(now)
        body |= {"refundId": refund.refund_id or None, "refundAction": refund.status, "operator": "seller"}
    return body


def _body_taobao(family: str, order: SandboxOrder, now: datetime) -> dict[str, Any]:
    """The fields of a message of Taobao. A message about a parcel names only the sub-orders."""
    if family == PRICE:
        fee = fen(order.total(now) - order.shipping)
        return {"salesOrderId": order.order_id, "purchaseOrderPriceDTO": {"purchaseProductFee": fee}}
    if family == TRACE:
        return {"sub_purchase_orders": [{"subPurchaseOrderId": line.sub_order} for line in order.lines]}
    if family == REFUND:
        refund = order.refund(now)
        return {"refundId": refund.refund_id, "orderId": order.order_id, "refundStatus": refund.number}
    lines = [{"order_line_no": line.sub_order, "status": _RAW.get(order.status(now))} for line in order.lines]
    return {
        "business_time": epoch_ms(now),
        "purchase_id": int(order.order_id),
        "status": _RAW.get(order.status(now)),
        "sku_list": lines,
    }


_BODIES = {Platform.ALIBABA: _body_1688, Platform.TAOBAO: _body_taobao}
