"""Reads an order's logistics, in one call or several, and decodes the answers only if they differ from the last ones.

An unchanged answer is the common case of a poll, so answers are compared by a fingerprint of their bytes.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import httpx

from pandapon import alibaba, taobao
from pandapon.envelope import fingerprint, open_envelope
from pandapon.errors import DecodeError, NotShippedError
from pandapon.operations import orders
from pandapon.shipment import OrderRef, Platform

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence

    from pandapon.operations.operation import Operation
    from pandapon.traces import Trace
    from pandapon.transport import Answer, Head

NOT_SHIPPED = b"not shipped yet."  # 16 bytes, the length of a fingerprint


class _Logistics(NamedTuple):
    """How a platform's logistics of an order are read: in one call, or in one call for each sub-order."""

    operation: Operation[Any, Any]
    queries: Callable[[OrderRef, Sequence[str]], list[dict[str, str]]]  # one for each call
    read: Callable[[Sequence[tuple[str, Any]], OrderRef], Trace]  # reads pairs of the requested id and the data


def _alibaba_queries(ref: OrderRef, _sub_orders: Sequence[str]) -> list[dict[str, str]]:
    return [{"orderId": ref.order_id}]


def _taobao_queries(ref: OrderRef, sub_orders: Sequence[str]) -> list[dict[str, str]]:
    return [{"subPurchaseOrderId": sub_order} for sub_order in tuple(sub_orders) or (ref.order_id,)]


def _alibaba_trace(answers: Sequence[tuple[str, Any]], ref: OrderRef) -> Trace:
    return alibaba.trace(answers[0][1], ref)


_LOGISTICS = {
    Platform.ALIBABA: _Logistics(orders.ALIBABA_LOGISTICS, _alibaba_queries, _alibaba_trace),
    Platform.TAOBAO: _Logistics(orders.TAOBAO_LOGISTICS, _taobao_queries, taobao.trace),
}


class TraceResult(NamedTuple):
    """The result of reading an order's logistics. ``trace`` None: the answer has the known fingerprint."""

    fingerprint: bytes  # a 16-byte hash of the data of all answers
    trace: Trace | None


async def read_trace(
    exchange: Callable[[str, Mapping[str, str]], Awaitable[Answer]],
    ref: OrderRef,
    sub_orders: Sequence[str],
    known: bytes | None,
) -> TraceResult:
    """Return every parcel of an order; see :meth:`pandapon.client.PandaPon.trace`. Raises PandaPonError.

    ``exchange`` calls an operation by its name, with a query.
    """
    logistics = _LOGISTICS[ref.platform]
    queries = logistics.queries(ref, sub_orders)
    answers = await _all([_read(exchange(logistics.operation.name, query)) for query in queries])
    mark = _digest(b"".join(answer.mark for answer in answers)) if len(answers) > 1 else answers[0].mark
    if mark == known:
        return TraceResult(mark, None)
    asked = [(next(iter(query.values())), answer.data()) for query, answer in zip(queries, answers, strict=True)]
    return TraceResult(mark, logistics.read(asked, ref))


class _Read(NamedTuple):
    """One answer, decoded on demand."""

    mark: bytes  # its fingerprint
    response: Head
    content: bytes
    decoded: Any = None

    def data(self) -> Any:
        """Return the ``data``; an empty list if nothing is shipped yet. Raises PandaPonError."""
        if not self.content:
            return self.decoded
        try:
            return open_envelope(self.response, self.content)
        except NotShippedError:  # a refusal within the data of a successful answer
            return []


async def _read(call: Awaitable[Answer]) -> _Read:
    response, content = await call
    if response.status_code == httpx.codes.OK and (mark := fingerprint(content)) is not None:
        return _Read(mark, response, content)
    try:
        data = open_envelope(response, content)
    except NotShippedError:
        return _Read(NOT_SHIPPED, response, b"", decoded=[])
    return _Read(_canonical(data), response, b"", decoded=data)


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()


def _canonical(data: Any) -> bytes:
    """Fingerprint the decoded data, where the bytes of the answer cannot be compared. Raises DecodeError."""
    try:
        return _digest(json.dumps(data, sort_keys=True, default=str, ensure_ascii=False).encode(errors="replace"))
    except RecursionError as error:
        raise DecodeError("the answer is nested too deeply") from error


async def _all(calls: Sequence[Coroutine[Any, Any, _Read]]) -> list[_Read]:
    """Await all calls, then raise the first failure: no call is left running."""
    if len(calls) == 1:
        return [await calls[0]]
    results = await asyncio.gather(*calls, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return cast("list[_Read]", results)
