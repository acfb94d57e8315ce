"""The client: typed calls of the endpoints in the catalogue. The wire signs, paces and repeats them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from pandapon import carts, sellers, spans
from pandapon.config import TAOBAO_REFUND_CODES, Config
from pandapon.envelope import open_envelope, request_id
from pandapon.errors import NotFoundError, PandaPonError, UnknownProductError
from pandapon.logistics import TraceResult, read_trace
from pandapon.operations import goods, orders
from pandapon.operations.catalogue import Catalogue, fill_path
from pandapon.operations.requests import make_request
from pandapon.order_lines import lines_of
from pandapon.products import is_empty
from pandapon.shipment import Platform
from pandapon.signing import WINDOW
from pandapon.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime, timedelta

    import httpx

    from pandapon.carts import CartLine
    from pandapon.models import Order, Page, PictureQuery, Product, ProductQuery
    from pandapon.operations.operation import Answered, Asked, Operation
    from pandapon.order_lines import OrderLine
    from pandapon.products import ProductDetail, ProductRef
    from pandapon.sellers import OrderSeller
    from pandapon.shared_pace import SharedPace
    from pandapon.shipment import OrderRef
    from pandapon.transport import Answer

__all__ = ["Config", "PandaPon", "TraceResult", "Written"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Written(Generic[T]):
    """The answer to a call that changed the account, and the vendor's id of the call."""

    answer: T
    request_id: str


class PandaPon:
    """A client for one account, used for the life of the process.

    Every call raises PandaPonError (the tree is in :mod:`pandapon.errors`) and no error of a library.
    """

    def __init__(
        self,
        config: Config,
        *,
        clock: Callable[[], datetime],
        transport: httpx.AsyncBaseTransport | None = None,
        on_rate_limit: Callable[[], None] = lambda: None,
        pace: SharedPace | None = None,
    ) -> None:
        """``clock`` returns the present time, aware. ``transport`` replaces the connections, for tests.

        ``on_rate_limit`` is called for each answer that asks to slow down. ``pace``: where several processes share the
        rate of requests.
        Raises ValueError for an unusable path override, key or user id.
        """
        self.catalogue = Catalogue(config.paths)
        self._wire = Wire(config, clock=clock, transport=transport, on_rate_limit=on_rate_limit, pace=pace)
        self._amounts = config.taobao_amounts
        self.refund_codes: Mapping[str, int] = {**TAOBAO_REFUND_CODES, **config.taobao_refund_codes}

    @property
    def skew(self) -> timedelta | None:
        """The server's time minus this machine's, from the server's Date header; None: not seen yet."""
        return self._wire.skew

    @property
    def clock_is_off(self) -> bool:
        """Whether this machine's clock and the server's differ by more than the API's 600 s, as far as seen."""
        return self.skew is not None and abs(self.skew.total_seconds()) > WINDOW

    @property
    def answered_at(self) -> datetime | None:
        """When PandaPon last gave a proper answer (aware), a refusal of one order included; None: not yet."""
        return self._wire.answered_at

    def pause(self, seconds: float) -> None:
        """Send no request of the poller or of a job for a while: PandaPon asked another process for that."""
        self._wire.pause(seconds)

    def clock_moved(self, by: timedelta) -> None:
        """Adapt to a change of this machine's clock by ``by``."""
        self._wire.clock_moved(by)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._wire.aclose()

    # --- typed calls ------------------------------------------------------------------------------------------------

    async def run(self, operation: Operation[Asked, Answered], request: Asked, *, background: bool = False) -> Answered:
        """Call an operation and return its answer, typed. ``background``: a call of the poller.

        Raises UnknownPathError for an operation whose path nobody published and no setting gives.
        """
        query, body = operation.encode(request, self._amounts)
        data = await self.call(operation.name, query=query, body=body, background=background)
        return operation.read(data, request, self._amounts)

    async def write(
        self, operation: Operation[Asked, Answered], request: Asked, *, ready: Callable[[], None] = lambda: None
    ) -> Written[Answered]:
        """Call an operation that changes the account, once, and return its answer with the vendor's id of the call.

        ``ready`` is called when the pace lets the call go, which may be long after; what it raises stops the call.
        Raises what :meth:`run` raises. After a TransportError, ServerError or DecodeError nobody knows whether it was
        done; every other error says that it was not.
        """
        query, body = operation.encode(request, self._amounts)
        response, content = await self._exchange(operation.name, query, body, background=False, ready=ready)
        data = open_envelope(response, content, writes=True)
        return Written(operation.read(data, request, self._amounts), request_id(content))

    async def search(self, platform: Platform, query: ProductQuery) -> Page[Product]:
        """Return one page of products for a keyword. Prices are yuan."""
        operation, request = goods.SEARCH[platform]
        return await self.run(operation, make_request(request, query))

    async def search_picture(self, platform: Platform, query: PictureQuery) -> Page[Product]:
        """Return one page of products that look like a picture. Prices are yuan.

        Raises UnknownPathError for Taobao where no setting gives the path, which nobody has published.
        """
        operation, request = goods.PICTURE_SEARCH[platform]
        return await self.run(operation, make_request(request, query))

    async def product(self, platform: Platform, product_id: str) -> ProductDetail:
        """Return one product in detail. Prices are yuan. Raises UnknownProductError for an unknown id."""
        operation, request, detail = goods.PRODUCT[platform]
        try:
            answer = await self.run(operation, make_request(request, product_id))
        except NotFoundError as error:
            raise UnknownProductError(str(error), code=error.code, request_id=error.request_id) from error
        if is_empty(answer):
            raise UnknownProductError(f"PandaPon has no product {product_id!r}")
        return detail(answer, product_id)

    async def find_product(self, product: ProductRef) -> ProductDetail:
        """Return a product, from whichever platform has it. Raises PandaPonError."""
        platforms = [product.platform] if product.platform else list(Platform)
        answers = await asyncio.gather(
            *(self.product(platform, product.product_id) for platform in platforms), return_exceptions=True
        )
        errors = []
        for answer in answers:
            if not isinstance(answer, BaseException):
                return answer
            if not isinstance(answer, PandaPonError):
                raise answer
            errors.append(answer)
        raise next((error for error in errors if not isinstance(error, NotFoundError)), errors[0])

    async def cart(self, platform: Platform, *, background: bool = False) -> tuple[CartLine, ...]:
        """Return the entries of a platform's cart. Prices are yuan. ``background``: a call of a job."""
        operation = carts.LIST[platform]
        return carts.lines_of(platform, await self.run(operation, operation.request(), background=background))

    async def order(self, ref: OrderRef, *, background: bool = False) -> Order:
        """Return one order of the account. Amounts are yuan, times aware. Raises NotFoundError for an unknown id.

        ``background``: a call of the poller, which keeps to its share of the pace.
        """
        operation, request = orders.DETAIL[ref.platform]
        return await self.run(operation, make_request(request, ref.order_id), background=background)

    async def order_lines(self, ref: OrderRef) -> tuple[OrderLine, ...]:
        """Return the lines of an order with their products' and variants' ids. Raises NotFoundError for an unknown id.

        The order's model leaves these ids out: nothing that is stored or shown needs them.
        """
        return lines_of(ref.platform, await self._order_as_sent(ref), self._amounts)

    async def order_seller(self, ref: OrderRef) -> OrderSeller:
        """Return what an order says of its seller, beyond the name of the shop. Raises NotFoundError."""
        return sellers.of_order(ref.platform, await self._order_as_sent(ref))

    async def _order_as_sent(self, ref: OrderRef) -> Any:
        operation, request = orders.DETAIL[ref.platform]
        query, body = operation.encode(make_request(request, ref.order_id), self._amounts)
        return await self.call(operation.name, query=query, body=body)

    async def chat_name(self, seller_id: str, product_id: str = "") -> str:
        """Return the Wangwang name of a 1688 seller by the opaque id that products and carts carry."""
        request = make_request(lambda: orders.Wangwang(open_uid=seller_id, offer_id=product_id or None))
        return sellers.chat_name(await self.run(orders.WANGWANG, request))

    async def chat_link(self, login: str, password: str, product_id: str) -> str:
        """Return the address of the chat with a Taobao product's seller. The API wants the account's own login."""
        about = {"sourceType": "item", "bizId": product_id}  # [stated for v1]
        request = make_request(lambda: orders.ImLink(login_name=login, password=password, page_param_map=about))
        return sellers.chat_link(await self.run(orders.TAOBAO_IM, request))

    async def orders(
        self,
        platform: Platform,
        *,
        status: str = "",
        page: int = 1,
        page_size: int = 20,
        created: tuple[datetime | None, datetime | None] = (None, None),
    ) -> Page[Order]:
        """Return one page of the account's orders, from page 1. ``status``: the platform's own code; empty: all.

        ``created``: the earliest and latest time of an order (aware). It only saves pages: 1688's upstream has this
        filter, Taobao's has none, and nobody knows whether PandaPon passes it on. So the caller checks the orders, too.
        """
        operation, request = orders.LIST[platform]
        return await self.run(operation, make_request(request, status, page, page_size, created))

    async def trace(
        self,
        ref: OrderRef,
        *,
        sub_orders: Sequence[str] = (),
        known: bytes | None = None,
        background: bool = False,
    ) -> TraceResult:
        """Return every parcel of an order. An order that is not shipped yet has none, which is no error.

        1688 takes one call. Taobao takes one call for each of ``sub_orders``, or one with the order's id where they are
        not known. An answer whose fingerprint equals ``known`` is not decoded. ``background``: a call of the poller.
        """
        return await read_trace(partial(self._exchange, background=background), ref, sub_orders, known)

    # --- anything ---------------------------------------------------------------------------------------------------

    async def call(
        self,
        name: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        background: bool = False,
    ) -> Any:
        """Call one operation of the catalogue and return its ``data``. Placeholders in the path are filled from ``query``.

        Raises KeyError for a name that is not in the catalogue, UnknownPathError for an endpoint whose path or whose
        value for a place in it is unknown, and the other PandaPonErrors.
        """
        response, content = await self._exchange(name, query, body, background=background)
        return open_envelope(response, content, writes=self.catalogue[name].writes)

    def prepared(self, name: str, *, query: Mapping[str, str] | None = None, body: Any = None) -> httpx.Request:
        """Return the signed request that :meth:`call` would send, without sending it. Raises what ``call`` raises."""
        operation, path = self.catalogue[name], self.catalogue.path(name)
        if "{" in path:
            path, query = fill_path(path, query or {})
        signs_query = operation.signature == "query"
        return self._wire.prepared(operation.method, path, query=query, body=body, signs_query=signs_query)

    async def probe(self) -> None:
        """Make one cheap signed call that reads. Raises PandaPonError when key, signature or clock are not accepted."""
        await self.run(orders.ALIBABA_ORDERS, orders.ListAlibaba(page_size=1))

    async def _exchange(
        self,
        name: str,
        query: Mapping[str, str] | None,
        body: Any = None,
        *,
        background: bool,
        ready: Callable[[], None] = lambda: None,
    ) -> Answer:
        operation, path = self.catalogue[name], self.catalogue.path(name)
        if "{" in path:
            path, query = fill_path(path, query or {})
        with spans.span("pandapon", operation=name, background=background) as span:
            response, content = await self._wire.send(
                operation.method,
                path,
                query=query,
                body=body,
                background=background,
                writes=operation.writes,
                signs_query=operation.signature == "query",
                ready=ready,
            )
            span.note(status=response.status_code, bytes=len(content))
        return response, content
