"""The client: what the bot reads from PandaPon, as typed calls with values of both platforms."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from pandapon import carts, sellers
from pandapon.config import Config
from pandapon.errors import NotFoundError, PandaPonError, UnknownProductError
from pandapon.logistics import TraceResult, read_trace
from pandapon.operation_client import OperationClient
from pandapon.operations import goods, orders
from pandapon.operations.requests import make_request
from pandapon.order_lines import lines_of
from pandapon.products import is_empty
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pandapon.carts import CartLine
    from pandapon.models import Order, Page, PictureQuery, Product, ProductQuery
    from pandapon.order_lines import OrderLine
    from pandapon.products import ProductDetail, ProductRef
    from pandapon.sellers import OrderSeller
    from pandapon.shipment import OrderRef

__all__ = ["Config", "PandaPon", "TraceResult"]


class PandaPon(OperationClient):
    """A client for one account, used for the life of the process.

    Every call raises a PandaPonError (the tree is in :mod:`pandapon.errors`), never an error of a library.
    """

    async def search(self, platform: Platform, query: ProductQuery) -> Page[Product]:
        """Return one page of products for a keyword. Prices are yuan."""
        operation, request = goods.SEARCH[platform]
        return await self.run(operation, make_request(request, query))

    async def search_picture(self, platform: Platform, query: PictureQuery) -> Page[Product]:
        """Return one page of products that look like a picture. Prices are yuan.

        Raises UnknownPathError for Taobao unless a setting gives the path, which the vendor does not publish.
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
        """Return a product from its platform or, if none is named, from the first platform that has the product.

        Raises UnknownProductError if no platform has it, and another PandaPonError if a platform cannot tell.
        """
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

        ``background``: a call of the poller or of a job, which keeps to its share of the pace.
        """
        operation, request = orders.DETAIL[ref.platform]
        return await self.run(operation, make_request(request, ref.order_id), background=background)

    async def order_lines(self, ref: OrderRef) -> tuple[OrderLine, ...]:
        """Return the lines of an order with their products' and variants' ids. Raises NotFoundError for an unknown id.

        An :class:`Order` leaves these ids out, because nothing that is stored or shown needs them.
        """
        return lines_of(ref.platform, await self._order_as_sent(ref), self._amounts)

    async def order_seller(self, ref: OrderRef) -> OrderSeller:
        """Return the ids and the chat name of an order's seller, as far as the order has them.

        Raises NotFoundError for an unknown id.
        """
        return sellers.of_order(ref.platform, await self._order_as_sent(ref))

    async def _order_as_sent(self, ref: OrderRef) -> Any:
        operation, request = orders.DETAIL[ref.platform]
        query, body = operation.encode(make_request(request, ref.order_id), self._amounts)
        return await self.call(operation.name, query=query, body=body)

    async def chat_name(self, seller_id: str, product_id: str = "") -> str:
        """Return the Wangwang name of a 1688 seller by the opaque id that products and carts have [one client].

        Raises DecodeError for an answer without a name.
        """
        request = make_request(lambda: orders.Wangwang(open_uid=seller_id, offer_id=product_id or None))
        return sellers.chat_name(await self.run(orders.WANGWANG, request))

    async def chat_link(self, login: str, password: str, product_id: str) -> str:
        """Return the address of the chat with a Taobao product's seller. Raises DecodeError for an answer without it.

        ``login``, ``password``: the account's own, which the API requires [stated for v1].
        """
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

        ``created``: the earliest and latest creation time (aware). This filter only saves pages: 1688's upstream has it
        and Taobao's has not [upstream], and it is not known whether PandaPon passes it on. So the caller must check the
        orders' times as well.
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
        """Return every parcel of an order. An order that is not shipped yet has no parcels, which is no error.

        1688 takes one call. Taobao takes one call for each of ``sub_orders`` or, if they are not known, one call with
        the order's id. Answers that have the fingerprint ``known`` are not decoded, and the result has no trace.
        ``background``: a call of the poller or of a job.
        """
        return await read_trace(partial(self._exchange, background=background), ref, sub_orders, known)

    async def probe(self) -> None:
        """Make one cheap signed call that reads. Raises PandaPonError when key, signature or clock are not accepted."""
        await self.run(orders.ALIBABA_ORDERS, orders.ListAlibaba(page_size=1))
