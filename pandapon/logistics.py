"""Reads an order's logistics, in one call or several, and decodes only what differs from the reading before.

An unchanged answer is the common case of a poll, so answers are compared by a fingerprint of their bytes.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import httpx

from pandapon.envelope import fingerprint, open_envelope
from pandapon.errors import DecodeError, NotShippedError
from pandapon.operations.orders import LOGISTICS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence

    from pandapon.shipment import OrderRef
    from pandapon.traces import Trace
    from pandapon.transport import Answer, Head

NOT_SHIPPED = b"not shipped yet."  # 16 bytes, the length of a fingerprint


class TraceResult(NamedTuple):
    """The result of reading an order's logistics. ``trace`` None: the answer equals the known fingerprint."""

    fingerprint: bytes  # 16 bytes over the data of the answer
    trace: Trace | None


async def read_trace(
    exchange: Callable[[str, Mapping[str, str]], Awaitable[Answer]],
    ref: OrderRef,
    sub_orders: Sequence[str],
    known: bytes | None,
) -> TraceResult:
    """Return every parcel of an order; see :meth:`pandapon.client.PandaPon.trace`. Raises PandaPonError.

    ``exchange`` calls an operation, by its name, with a query.
    """
    logistics = LOGISTICS[ref.platform]
    queries = logistics.queries(ref, sub_orders)
    answers = await _all([_read(exchange(logistics.operation.name, query)) for query in queries])
    mark = _digest(b"".join(answer.mark for answer in answers)) if len(answers) > 1 else answers[0].mark
    if mark == known:
        return TraceResult(mark, None)
    asked = [(next(iter(query.values())), answer.data()) for query, answer in zip(queries, answers, strict=True)]
    return TraceResult(mark, logistics.read(asked, ref))


class _Read(NamedTuple):
    """One answer, decoded on demand."""

    mark: bytes
    response: Head
    content: bytes
    decoded: Any = None

    def data(self) -> Any:
        """Return the ``data``; an empty list: nothing is shipped yet. Raises PandaPonError."""
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
