"""The client: typed calls over the catalogue. Signing, pace and retries are the wire's."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import quote

import httpx

from pandapon import alibaba, taobao
from pandapon.catalogue import Catalogue, UnknownPathError
from pandapon.config import Config
from pandapon.envelope import fingerprint, open_envelope
from pandapon.errors import DecodeError, NotFoundError, NotShippedError
from pandapon.shipment import Platform
from pandapon.signing import WINDOW
from pandapon.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence
    from datetime import datetime, timedelta

    from pandapon.models import Order, Page, Product, ProductQuery
    from pandapon.shipment import OrderRef
    from pandapon.traces import Trace

__all__ = ["Config", "PandaPon", "Reading"]

NOT_SHIPPED = b"not shipped yet."  # 16 bytes, as a fingerprint has
_SLOT = re.compile(r"\{(\w+)\}")  # a value that belongs into the path


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of an order's logistics. ``trace`` is None when the answer equals the known fingerprint."""

    fingerprint: bytes  # 16 bytes over what matters of the answer
    trace: Trace | None


class PandaPon:
    """One client for the life of the process. Every call raises PandaPonError and nothing else of its own."""

    def __init__(
        self, config: Config, *, clock: Callable[[], datetime], transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """``transport`` replaces the connections, for tests. Raises ValueError for a wrong override or key."""
        self.catalogue = Catalogue(config.paths)
        self._wire = Wire(config, clock=clock, transport=transport)
        self._fen = config.taobao_amounts == "fen"

    @property
    def skew(self) -> timedelta | None:
        """The server's clock less this machine's, from its Date header; None until seen."""
        return self._wire.skew

    @property
    def clock_is_off(self) -> bool:
        """Whether this machine's clock and the server's differ by more than the API tolerates, as far as seen."""
        return self.skew is not None and abs(self.skew.total_seconds()) > WINDOW

    @property
    def answered_at(self) -> datetime | None:
        """When PandaPon last did its part for whoever asked, be it to refuse an order; None before the first time."""
        return self._wire.answered_at

    def clock_moved(self, by: timedelta) -> None:
        """This machine's clock was set, by so much."""
        self._wire.clock_moved(by)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._wire.aclose()

    # --- goods ------------------------------------------------------------------------------------------------------

    async def search(self, platform: Platform, query: ProductQuery) -> Page[Product]:
        """One page of products for a keyword."""
        if platform is Platform.ALIBABA:
            return alibaba.products(await self.call("1688.goods.search", body=alibaba.search_body(query)), query)
        return taobao.products(await self.call("taobao.goods.search", body=taobao.search_body(query)), query)

    # --- orders -----------------------------------------------------------------------------------------------------

    async def order(self, ref: OrderRef, *, background: bool = False) -> Order:
        """One order. Raises NotFoundError when the account has none of that id."""
        if ref.platform is Platform.ALIBABA:
            body = alibaba.order_body(ref.order_id)
            data = await self.call("1688.order.detail", body=body, background=background)
        else:
            query = {"orderId": ref.order_id}
            data = await self.call("taobao.order.detail", query=query, background=background)
        if not data:
            raise NotFoundError(f"PandaPon has no order {ref.order_id!r} on {ref.platform.value}")
        if ref.platform is Platform.ALIBABA:
            return alibaba.order(data, ref.order_id)
        return taobao.order(data, ref.order_id, fen=self._fen)

    async def orders(self, platform: Platform, *, status: str = "", page: int = 1, page_size: int = 20) -> Page[Order]:
        """One page of the account's orders; ``status`` is the platform's own code, empty for all."""
        if platform is Platform.ALIBABA:
            data = await self.call("1688.order.list", body=alibaba.orders_body(status, page, page_size))
            return alibaba.orders(data, page, page_size)
        data = await self.call("taobao.order.list", body=taobao.orders_body(status, page, page_size))
        return taobao.orders(data, page, page_size, fen=self._fen)

    async def trace(
        self,
        ref: OrderRef,
        *,
        sub_orders: Sequence[str] = (),
        known: bytes | None = None,
        background: bool = False,
    ) -> Reading:
        """Every parcel of an order. An order that is not shipped yet has none, which is no error.

        1688 takes one call; Taobao one for each sub-order, or one with the order's own id where they are not known.
        An answer equal to ``known`` is not decoded.
        """
        if ref.platform is Platform.ALIBABA:
            answer = await self._traced("1688.order.logistics", {"orderId": ref.order_id}, background=background)
            return Reading(answer.mark, None if answer.mark == known else alibaba.trace(answer.data(), ref))
        subs = tuple(sub_orders) or (ref.order_id,)
        answers = await _all(
            [self._traced("taobao.order.logistics", {"subPurchaseOrderId": sub}, background=background) for sub in subs]
        )
        mark = _digest(b"".join(answer.mark for answer in answers)) if len(answers) > 1 else answers[0].mark
        if mark == known:
            return Reading(mark, None)
        return Reading(mark, taobao.trace([(sub, one.data()) for sub, one in zip(subs, answers, strict=True)], ref))

    # --- anything ---------------------------------------------------------------------------------------------------

    async def call(
        self,
        name: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        background: bool = False,
    ) -> Any:
        """The ``data`` of one endpoint of the catalogue. A value that the path has a place for is taken from ``query``.

        Raises KeyError for a name that is not in the catalogue, UnknownPathError where the path is not known.
        """
        response, content = await self._exchange(name, query, body, background=background)
        return open_envelope(response, content)

    async def probe(self) -> None:
        """One cheap signed read, to see whether key, signature and clock are accepted."""
        await self.call("1688.order.list", body=alibaba.orders_body("", 1, 1))

    async def _traced(self, name: str, query: Mapping[str, str], *, background: bool) -> _Answer:
        response, content = await self._exchange(name, query, background=background)
        if response.status_code == httpx.codes.OK and (mark := fingerprint(content)) is not None:
            return _Answer(mark, response, content)
        try:
            data = open_envelope(response, content)
        except NotShippedError:
            return _Answer(NOT_SHIPPED, response, b"", decoded=[])
        return _Answer(_canonical(data), response, b"", decoded=data)

    async def _exchange(
        self, name: str, query: Mapping[str, str] | None, body: Any = None, *, background: bool
    ) -> tuple[httpx.Response, bytes]:
        endpoint, path = self.catalogue[name], self.catalogue.path(name)
        if "{" in path:
            path, query = _filled(path, query or {})
        return await self._wire.send(
            endpoint.method, path, query=query, body=body, background=background, writes=endpoint.writes
        )


@dataclass(frozen=True, slots=True)
class _Answer:
    """A trace's answer, decoded only when somebody asks for it."""

    mark: bytes
    response: httpx.Response
    content: bytes
    decoded: Any = None

    def data(self) -> Any:
        """The ``data``, an empty list when nothing is shipped yet. Raises PandaPonError."""
        if not self.content:
            return self.decoded
        try:
            return open_envelope(self.response, self.content)
        except NotShippedError:  # said within the data of a successful answer
            return []


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()


def _canonical(data: Any) -> bytes:
    """A fingerprint for an answer whose plain bytes cannot be trusted to tell. Raises DecodeError."""
    try:
        return _digest(json.dumps(data, sort_keys=True, default=str, ensure_ascii=False).encode(errors="replace"))
    except RecursionError as error:
        raise DecodeError("the answer is nested too deeply") from error


def _filled(path: str, query: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The path with its places filled from the query, and what is left of that. Raises UnknownPathError."""
    left = dict(query)
    for name in _SLOT.findall(path):
        if not (value := left.pop(name, "")):
            raise UnknownPathError(f"the path {path} needs a value for {name!r}")
        path = path.replace(f"{{{name}}}", quote(value, safe="", errors="replace"))
    return path, left


async def _all(calls: Sequence[Coroutine[Any, Any, _Answer]]) -> list[_Answer]:
    """All of them; when one fails the others are awaited too, so that nothing runs on unattended."""
    if len(calls) == 1:
        return [await calls[0]]
    done = await asyncio.gather(*calls, return_exceptions=True)
    for one in done:
        if isinstance(one, BaseException):
            raise one
    return cast("list[_Answer]", done)
