"""Reads what people are shown of refunds: a page of the account's, those of one order, and the terms of a request.

1688 has no list of refunds. The known ones are those that its list of orders names, and those asked for here.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.blocks.paging import rows_on
from handlers.features.aftersales.claims import is_open, lacks_ids
from handlers.writing.refund_verifiers import code_of, refunds_of
from pandapon import refund_reading
from pandapon.aftersales import ASK, Refund
from pandapon.errors import ApiError, PandaPonError
from pandapon.models import Page
from pandapon.operations.orders import ALIBABA_ORDERS, ListAlibaba
from pandapon.shipment import OrderRef, Platform
from tracking.changes.refunds import RefundAsked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from handlers.interactions.context import Context
    from pandapon.aftersales import RefundRequest, RefundTerms
    from pandapon.client import PandaPon
    from pandapon.models import Order
    from tracking.writes import Write

log = logging.getLogger(__name__)

PAGE_SIZE = 5  # refunds of each platform on a page; the details of each cost a call
ORDERS, ASKED_HERE = 20, 50  # orders read for each refund state; refunds asked for here that are read
OPEN = ("waitselleragree", "waitbuyermodify", "waitbuyersend", "waitsellerreceive")  # 1688's codes [upstream]


@dataclass(frozen=True, slots=True)
class RefundsRead:
    """A page of a platform's refunds. ``error``: why some refunds are missing in it; None: all of them were read."""

    page: Page[Refund]
    error: PandaPonError | None = None


async def page_of(ctx: Context, platform: Platform, page: int) -> RefundsRead:
    """Return a page of a platform's refunds with the details of each. Raises PandaPonError."""
    if platform is Platform.TAOBAO:
        listed = await refund_reading.taobao_refunds(ctx.api, page=page, page_size=PAGE_SIZE)
        return RefundsRead(listed.model_copy(update={"items": await detailed(ctx.api, listed.items)}))
    refunds, error = await _known(ctx)
    items = await detailed(ctx.api, rows_on(page, refunds, PAGE_SIZE))
    return RefundsRead(Page[Refund](items=items, page=page, page_size=PAGE_SIZE, total=len(refunds)), error)


async def detailed(api: PandaPon, refunds: Sequence[Refund]) -> tuple[Refund, ...]:
    """Return the refunds with their details. One whose details are refused stays as it is. Raises PandaPonError."""
    return tuple(await asyncio.gather(*(_detailed(api, refund) for refund in refunds)))


async def of_order(api: PandaPon, order: Order) -> tuple[Refund, ...]:
    """Return an order's refunds. One that the platform names no id for has an empty id. Raises PandaPonError."""
    base = Refund(platform=order.platform, refund_id="", order_id=order.order_id, code=code_of(order))
    by_id = await refunds_of(api, order)
    if not by_id:
        return (base,) if is_open(base.code) else ()
    return tuple(
        (refund or base).model_copy(update={"refund_id": refund_id, "order_id": order.order_id})
        for refund_id, refund in by_id.items()
    )


async def terms_of(api: PandaPon, ask: RefundRequest) -> RefundTerms:
    """Read the reasons and limits that a request may give.

    Raises PandaPonError, and RequestError for ids that cannot be sent.
    """
    try:
        return await refund_reading.terms(api, ask)
    except ValueError as error:  # from pydantic: PandaPon's own id of a line has a space or is too long
        raise lacks_ids(OrderRef(ask.platform, ask.order_id)) from error


async def _known(ctx: Context) -> tuple[list[Refund], PandaPonError | None]:
    """The known refunds of 1688, the open ones first, and the error of a list of orders that cannot be read.

    Raises PandaPonError where none of the lists can be read.
    """
    requests = [ListAlibaba(refund_status=code, page_size=ORDERS) for code in OPEN]
    answers = await asyncio.gather(*(ctx.api.run(ALIBABA_ORDERS, each) for each in requests), return_exceptions=True)
    pages: list[Page[Order]] = []
    error: PandaPonError | None = None
    for code, answer in zip(OPEN, answers, strict=True):
        if isinstance(answer, PandaPonError):
            log.info("refunds read in part", extra={"platform": Platform.ALIBABA.value, "state": code, "error": answer})
            error = error or answer
        elif isinstance(answer, BaseException):
            raise answer
        else:
            pages.append(answer)
    if error and not pages:
        raise error
    orders = {order.order_id: order for page in pages for order in page.items if is_open(code_of(order))}
    writes = await ctx.store.writes.made_by(ASK[Platform.ALIBABA].name, ASKED_HERE)
    return _merged(orders.values(), writes), error


def _merged(orders: Iterable[Order], writes: Iterable[Write]) -> list[Refund]:
    """Merge the refunds of orders and of writes, each once. A write gives the id where the order does not name it."""
    ids: dict[str, Write] = {write.made[0]: write for write in writes if write.made}
    of_orders = {write.change.order_id: id_ for id_, write in ids.items() if isinstance(write.change, RefundAsked)}
    known: dict[str, Refund] = {}
    for order in orders:
        refund_id = order.refund_id or next((item.refund_id for item in order.items if item.refund_id), "")
        refund_id = refund_id or of_orders.get(order.order_id, "")
        title = order.items[0].title if order.items else ""
        facts = {"order_id": order.order_id, "code": code_of(order), "title": title}
        known[refund_id or order.order_id] = Refund(platform=Platform.ALIBABA, refund_id=refund_id, **facts)
    for refund_id, write in ids.items():
        if refund_id not in known and isinstance(write.change, RefundAsked):
            facts = {"order_id": write.change.order_id, "title": write.change.title}
            known[refund_id] = Refund(platform=Platform.ALIBABA, refund_id=refund_id, **facts)
    return list(known.values())


async def _detailed(api: PandaPon, base: Refund) -> Refund:
    if not base.refund_id:
        return base
    try:
        refund = await refund_reading.refund(api, base.platform, base.refund_id)
    except (ApiError, ValueError):  # refused, or its id cannot be sent (pydantic); the others are shown with theirs
        return base
    kept = {name: getattr(base, name) for name in ("order_id", "title", "code") if not getattr(refund, name)}
    return refund.model_copy(update=kept)
