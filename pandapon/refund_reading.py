"""Reads refunds: the terms of a request, a refund, Taobao's list, messages, and the carriers of returns."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pandapon.aftersales import (
    ALIBABA,
    TERMS,
    Letter,
    Refund,
    RefundTerms,
    ReturnCarrier,
    alibaba_goods_status,
    read_alibaba,
    read_taobao,
    read_taobao_detail,
    reasons_of,
    taobao_goods_status,
    taobao_refund_type,
)
from pandapon.errors import NotFoundError
from pandapon.models import Page
from pandapon.operations import refunds as ops
from pandapon.operations.requests import Nothing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.aftersales import RefundRequest
    from pandapon.client import PandaPon
    from pandapon.shipment import Platform

LETTERS = 50  # messages of a refund that are read


async def terms(api: PandaPon, ask: RefundRequest) -> RefundTerms:
    """Return the reasons and limits that a request may give. 1688 names reasons only, no limits [inferred].

    Raises PandaPonError, and ValueError for ids that cannot be sent.
    """
    if ask.platform is ALIBABA:
        entries = tuple(line.entry_id for line in ask.lines)
        reasons = ops.RefundReasons(
            order_id=ask.order_id, order_entry_ids=entries or None, goods_status=alibaba_goods_status(ask)
        )
        return RefundTerms(reasons=reasons_of(await api.run(TERMS[ALIBABA], reasons)))
    codes = api.refund_codes
    rendering = ops.RenderRefund(
        sub_order_id=ask.lines[0].entry_id,
        refund_type=taobao_refund_type(codes, with_return=ask.with_return),
        goods_status=taobao_goods_status(codes, ask.goods),
    )
    template = (await api.run(ops.TAOBAO_RENDER, rendering)).refund_order_template
    if template is None:
        return RefundTerms()
    limits = template.max_refund_fee
    least, most = (limits.min_refund_fee, limits.refund_fee) if limits else (None, None)
    return RefundTerms(reasons=reasons_of(template.refund_reasons), least=least, most=most)


async def refund(api: PandaPon, platform: Platform, refund_id: str) -> Refund:
    """Return one refund in detail. Raises NotFoundError for an unknown id, and the other PandaPonErrors."""
    request = ops.RefundId(refund_id=refund_id)
    if platform is ALIBABA:
        answer = await api.run(ops.ALIBABA_DETAIL, request)
        if answer.id or answer.status or answer.apply_payment is not None:
            return read_alibaba(answer, refund_id)
    else:
        detail = (await api.run(ops.TAOBAO_DETAIL, request)).refund_order_aggregate
        if detail is not None and (row := detail.refund_order) and (row.refund_id or row.refund_status):
            return read_taobao_detail(detail, refund_id, api.refund_codes)
    raise NotFoundError(f"PandaPon has no refund {refund_id!r}")


async def taobao_refunds(
    api: PandaPon, *, page: int = 1, page_size: int = 20, order_id: str | None = None
) -> Page[Refund]:
    """Return a page of Taobao's refunds, from page 1; only those of one order if ``order_id`` is given.

    The rows lack the order, the line and the return shipment (see :func:`details`). Raises PandaPonError.
    """
    request = ops.ListRefunds(page_no=page, page_size=page_size, purchase_order_id=order_id)
    rows = await api.run(ops.TAOBAO_LIST, request)
    refunds = tuple(read_taobao(row, row.refund_id, api.refund_codes) for row in rows.items if row.refund_id)
    return Page[Refund](items=refunds, page=page, page_size=page_size, total=rows.total)


async def details(api: PandaPon, refunds: Sequence[Refund]) -> tuple[Refund, ...]:
    """Read each of these refunds in detail, all at once. Raises PandaPonError if one cannot be read."""
    return tuple(await asyncio.gather(*(refund(api, each.platform, each.refund_id) for each in refunds)))


async def letters(api: PandaPon, refund_id: str) -> tuple[Letter, ...]:
    """Return up to 50 messages of a Taobao refund: those without a time, then the others, oldest first.

    Raises PandaPonError.
    """
    page = await api.run(ops.TAOBAO_MESSAGES, ops.RefundMessages(refund_id=refund_id, page_size=LETTERS))
    messages = [Letter(author=row.owner_nick, words=row.content, at=row.create_time) for row in page.items]
    return tuple(sorted(messages, key=lambda message: message.at.timestamp() if message.at else 0.0))


async def carriers(api: PandaPon, platform: Platform, refund_id: str) -> tuple[ReturnCarrier, ...]:
    """Return the carriers that a return shipment may name. Raises PandaPonError."""
    if platform is ALIBABA:
        rows = await api.run(ops.ALIBABA_CARRIERS, Nothing())
        named = [(row.company_no or row.id, row.company_name) for row in rows]
    else:
        answer = await api.run(ops.TAOBAO_RETURN_RENDER, ops.RefundId(refund_id=refund_id))
        named = [(row.company_name or row.company_no, row.company_name) for row in answer.logistics_companies]
    return tuple(ReturnCarrier(code=code, name=name or code) for code, name in dict(named).items() if code)
