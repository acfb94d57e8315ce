"""The client: typed calls over the catalogue, signed, paced, retried where that is safe."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import urlencode

import httpx
import stamina

from pandapon import alibaba, taobao
from pandapon import transport as http
from pandapon.catalogue import Catalogue
from pandapon.envelope import fingerprint, open_envelope
from pandapon.errors import (
    NotFoundError,
    NotShippedError,
    PandaPonError,
    RateLimitError,
    ServerError,
    TimeoutError,  # noqa: A004  named as httpx names its own
    TimestampError,
    TransportError,
)
from pandapon.lanes import Lane
from pandapon.shipment import Platform, Shipment
from pandapon.signing import Signer, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from decimal import Decimal

    from pandapon.models import Order, Page, Product
    from pandapon.shipment import OrderRef

log = logging.getLogger(__name__)

SKEW_EVERY = 50  # calls between two looks at the server's clock
SKEW_CORRECTED = timedelta(seconds=300)  # half of what the API tolerates
NOT_SHIPPED = hashlib.blake2b(b"not shipped yet", digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Config:
    """Everything about the account and the pace. ``rate_per_second`` 0: no limit. Timeouts are in seconds."""

    base_url: str
    access_key: str = field(repr=False)
    access_secret: str = field(repr=False)
    user_id: str
    timestamp_unit: Unit = "s"
    paths: Mapping[str, str] = field(default_factory=dict)
    rate_per_second: float = 200.0
    concurrency: int = 64
    background_share: float = 0.8  # of slots and rate; the rest is kept for people who wait
    retries: int = 2
    read_timeout: float = 8.0
    taobao_amounts: str = "fen"  # "fen" | "yuan": the upstream counts fen, the vendor does not say


@dataclass(frozen=True, slots=True)
class ProductQuery:
    """What to search for. Prices are yuan, pages start at 1."""

    keyword: str
    page: int = 1
    page_size: int = 10
    sort: str = ""  # "" | "price" | "-price" | "sales"
    price_min: Decimal | None = None
    price_max: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of an order's logistics. ``shipment`` is None when the answer equals the known fingerprint."""

    fingerprint: bytes  # 16 bytes over what matters of the answer
    shipment: Shipment | None


class PandaPon:
    """One client for the life of the process. Every call raises PandaPonError and nothing else of its own."""

    def __init__(
        self, config: Config, *, clock: Callable[[], datetime], transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """``transport`` replaces the connections, for tests. Raises ValueError for an override that is wrong."""
        self.catalogue = Catalogue(config.paths)
        self.skew: timedelta | None = None  # the server's clock less ours, None until seen
        self._config, self._clock = config, clock
        self._http = http.build(config, transport)
        self._timeout = self._http.timeout.as_dict()
        self._signer = Signer(config.access_key, config.access_secret, config.user_id, config.timestamp_unit)
        share = min(1.0, max(0.0, config.background_share))
        slots = round(config.concurrency * share)
        self._background = Lane(slots, config.rate_per_second * share)
        self._people = Lane(config.concurrency - slots, config.rate_per_second * max(1 - share, 0.1))
        self._calls = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._http.aclose()

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
        return self._order(ref, data)

    async def orders(self, platform: Platform, *, status: str = "", page: int = 1, page_size: int = 20) -> Page[Order]:
        """One page of the account's orders; ``status`` is the platform's own code, empty for all."""
        if platform is Platform.ALIBABA:
            data = await self.call("1688.order.list", body=alibaba.orders_body(status, page, page_size))
            return alibaba.orders(data or [], page, page_size)
        data = await self.call("taobao.order.list", body=taobao.orders_body(status, page, page_size))
        return taobao.orders(data or [], page, page_size, fen=self._fen)

    async def shipment(
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
            calls = [self._trace("1688.order.logistics", {"orderId": ref.order_id}, background=background)]
        else:
            calls = [
                self._trace("taobao.order.logistics", {"subPurchaseOrderId": one}, background=background)
                for one in sub_orders or (ref.order_id,)
            ]
        traces = [await calls[0]] if len(calls) == 1 else await _all(calls)
        mark = (
            traces[0].mark
            if len(traces) == 1
            else hashlib.blake2b(b"".join(trace.mark for trace in traces), digest_size=16).digest()
        )
        if mark == known:
            return Reading(mark, None)
        if ref.platform is Platform.ALIBABA:
            return Reading(mark, alibaba.shipment(traces[0].data(), ref))
        subs = sub_orders or (ref.order_id,)
        answers = [(sub, trace.data()) for sub, trace in zip(subs, traces, strict=True)]
        return Reading(mark, taobao.shipment(answers, ref))

    # --- anything ---------------------------------------------------------------------------------------------------

    async def call(
        self,
        name: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        background: bool = False,
    ) -> Any:
        """The ``data`` of one endpoint of the catalogue. Raises KeyError, UnknownPathError, PandaPonError."""
        response, content = await self._exchange(name, query, body, background=background)
        return open_envelope(response, content)

    async def probe(self) -> None:
        """One cheap signed read, to see whether key, signature and clock are accepted."""
        await self.call("1688.order.list", body=alibaba.orders_body("", 1, 1))

    def _order(self, ref: OrderRef, data: Any) -> Order:
        if ref.platform is Platform.ALIBABA:
            return alibaba.order(data, ref.order_id).model_copy(update={"order_id": ref.order_id})
        return taobao.order(data, ref.order_id, fen=self._fen).model_copy(update={"order_id": ref.order_id})

    @property
    def _fen(self) -> bool:
        return self._config.taobao_amounts == "fen"

    async def _trace(self, name: str, query: Mapping[str, str], *, background: bool) -> _Trace:
        response, content = await self._exchange(name, query, None, background=background)
        if response.status_code == httpx.codes.OK and (mark := fingerprint(content)) is not None:
            return _Trace(mark, response, content)
        try:
            data = open_envelope(response, content)
        except NotShippedError:
            return _Trace(NOT_SHIPPED, response, b"", decoded=[])
        text = json.dumps(data, sort_keys=True, default=str, ensure_ascii=False)
        return _Trace(hashlib.blake2b(text.encode(), digest_size=16).digest(), response, b"", decoded=data)

    async def _exchange(
        self, name: str, query: Mapping[str, str] | None, body: Any, *, background: bool
    ) -> tuple[httpx.Response, bytes]:
        """One call with its retries: only reads are tried again, and only where no answer or a 5xx came."""
        endpoint = self.catalogue[name]
        url = self._config.base_url + self.catalogue.path(name)
        content = json.dumps(body, ensure_ascii=False).encode() if body is not None else None
        if query:
            url = f"{url}?{urlencode(query)}"
        lane = self._background if background else self._people
        try:
            return await self._once(endpoint.method, url, content, lane)
        except (TransportError, ServerError) as error:
            tries = 0 if endpoint.writes else self._tries(error, background=background)
            if not tries:
                raise
        return await self._again(endpoint.method, url, content, lane, tries)

    def _tries(self, error: Exception, *, background: bool) -> int:
        """A poll has its next tick; it is only tried again where a kept-alive connection had died."""
        if not background:
            return self._config.retries
        is_stale = isinstance(error, TransportError) and not isinstance(error, TimeoutError)
        return min(1, self._config.retries) if is_stale else 0

    async def _again(
        self, method: str, url: str, content: bytes | None, lane: Lane, tries: int
    ) -> tuple[httpx.Response, bytes]:
        async for attempt in stamina.retry_context(
            on=(TransportError, ServerError),
            attempts=tries,
            timeout=10.0,
            wait_initial=0.2,
            wait_max=2.0,
            wait_jitter=0.5,
        ):
            with attempt:
                return await self._once(method, url, content, lane)
        raise AssertionError("stamina returns or raises")

    async def _once(self, method: str, url: str, content: bytes | None, lane: Lane) -> tuple[httpx.Response, bytes]:
        """One signed request. Raises what the retries are about; other refusals are found when it is opened."""
        async with lane.slot():
            response, answer = await http.exchange(self._http, self._request(method, url, content))
        self._calls += 1
        if self._calls % SKEW_EVERY == 1 or response.status_code in {401, 403}:
            self._observe(response)
        if response.status_code == httpx.codes.OK and b'"code":200' in answer[:200]:
            return response, answer
        return await self._checked(method, url, content, lane, response, answer)

    async def _checked(  # noqa: PLR0917  the whole exchange, to be able to repeat it
        self, method: str, url: str, content: bytes | None, lane: Lane, response: httpx.Response, answer: bytes
    ) -> tuple[httpx.Response, bytes]:
        """An answer that is no plain success: find out what a retry, a pause or the right clock can mend."""
        try:
            open_envelope(response, answer)
        except RateLimitError as error:
            self._background.pause(error.retry_after or 1.0)
            raise
        except TimestampError:
            before = self._correction()
            self._observe(response)
            if self._correction() == before:
                raise
            log.warning(
                "this machine's clock differs from PandaPon's by %s; requests are signed with theirs", self.skew
            )
            async with lane.slot():
                return await http.exchange(self._http, self._request(method, url, content))
        except (TransportError, ServerError):
            raise
        except PandaPonError:  # the caller opens the envelope itself and meets it there
            log.debug("an answer that is no success; its caller will say so")
        return response, answer

    def _request(self, method: str, url: str, content: bytes | None) -> httpx.Request:
        headers = self._signer.headers(self._clock() + self._correction())
        headers["accept"] = "application/json"
        headers["accept-encoding"] = "gzip, deflate"
        if content is not None:
            headers["content-type"] = "application/json; charset=utf-8"
        return httpx.Request(
            method if method != "?" else "POST",
            url,
            headers=headers,
            content=content,
            extensions={"timeout": self._timeout},
        )

    def _correction(self) -> timedelta:
        return self.skew if self.skew is not None and abs(self.skew) >= SKEW_CORRECTED else timedelta()

    def _observe(self, response: httpx.Response) -> None:
        try:
            theirs = parsedate_to_datetime(response.headers["date"])
        except (KeyError, ValueError, TypeError):
            return
        if theirs.tzinfo is not None:
            self.skew = theirs - self._clock()


@dataclass(frozen=True, slots=True)
class _Trace:
    """A trace's answer, decoded only when somebody asks for it."""

    mark: bytes
    response: httpx.Response
    content: bytes
    decoded: Any = None

    def data(self) -> Any:
        """The ``data``. Raises PandaPonError."""
        return open_envelope(self.response, self.content) if self.content else self.decoded


async def _all(calls: Sequence[Any]) -> list[_Trace]:
    """All of them; when one fails the others are awaited too, so that nothing runs on unattended."""
    done = await asyncio.gather(*calls, return_exceptions=True)
    for one in done:
        if isinstance(one, BaseException):
            raise one
    return cast("list[_Trace]", done)
