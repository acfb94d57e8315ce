"""Reads refunds: what may be asked for, one refund, Taobao's list, messages, and the carriers of returns."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pandapon.aftersales import (
    ALIBABA,
    TERMS,
    AskedRefund,
    Letter,
    RefundTerms,
    ReturnCarrier,
    goods_of,
    read_alibaba,
    read_taobao,
    read_taobao_detail,
    reasons_of,
    stage_of,
    type_of,
)
from pandapon.errors import NotFoundError
from pandapon.models import Page
from pandapon.operations import refunds as ops
from pandapon.operations.requests import Nothing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.aftersales import RefundAsk
    from pandapon.client import PandaPon
    from pandapon.shipment import Platform

LETTERS = 50  # messages of a refund that are read


async def terms(api: PandaPon, ask: RefundAsk) -> RefundTerms:
    """Return the reasons and limits of a refund. Raises PandaPonError, and ValueError for ids that cannot be sent."""
    if ask.platform is ALIBABA:
        entries = tuple(line.entry_id for line in ask.lines)
        question = ops.RefundReasons(order_id=ask.order_id, order_entry_ids=entries or None, goods_status=stage_of(ask))
        return RefundTerms(reasons=reasons_of(await api.run(TERMS[ALIBABA], question)))
    codes = api.refund_codes
    asked = ops.RenderRefund(
        sub_order_id=ask.lines[0].entry_id,
        refund_type=type_of(codes, with_return=ask.with_return),
        goods_status=goods_of(codes, ask.goods),
    )
    template = (await api.run(ops.TAOBAO_RENDER, asked)).refund_order_template
    if template is None:
        return RefundTerms()
    limits = template.max_refund_fee
    least, most = (limits.min_refund_fee, limits.refund_fee) if limits else (None, None)
    return RefundTerms(reasons=reasons_of(template.refund_reasons), least=least, most=most)


async def refund(api: PandaPon, platform: Platform, refund_id: str) -> AskedRefund:
    """Return one refund. Raises NotFoundError for an unknown id, and the other PandaPonErrors."""
    asked = ops.RefundId(refund_id=refund_id)
    if platform is ALIBABA:
        answer = await api.run(ops.ALIBABA_DETAIL, asked)
        if answer.id or answer.status or answer.apply_payment is not None:
            return read_alibaba(answer, refund_id)
    else:
        detail = (await api.run(ops.TAOBAO_DETAIL, asked)).refund_order_aggregate
        if detail is not None and (found := detail.refund_order) and (found.refund_id or found.refund_status):
            return read_taobao_detail(detail, refund_id, api.refund_codes)
    raise NotFoundError(f"PandaPon has no refund {refund_id!r}")


async def taobao_refunds(
    api: PandaPon, *, page: int = 1, page_size: int = 20, order_id: str | None = None
) -> Page[AskedRefund]:
    """Return a page of Taobao's refunds, those of one order where its id is given. Raises PandaPonError."""
    asked = ops.ListRefunds(page_no=page, page_size=page_size, purchase_order_id=order_id)
    rows = await api.run(ops.TAOBAO_LIST, asked)
    made = tuple(read_taobao(row, row.refund_id, api.refund_codes) for row in rows.items if row.refund_id)
    return Page[AskedRefund](items=made, page=page, page_size=page_size, total=rows.total)


async def details(api: PandaPon, refunds: Sequence[AskedRefund]) -> tuple[AskedRefund, ...]:
    """Return these refunds with everything that is known of each. Raises PandaPonError."""
    return tuple(await asyncio.gather(*(refund(api, each.platform, each.refund_id) for each in refunds)))


async def letters(api: PandaPon, refund_id: str) -> tuple[Letter, ...]:
    """Return the messages of a Taobao refund, the oldest first where their times are known. Raises PandaPonError."""
    page = await api.run(ops.TAOBAO_MESSAGES, ops.RefundMessages(refund_id=refund_id, page_size=LETTERS))
    made = [Letter(author=row.owner_nick, words=row.content, at=row.create_time) for row in page.items]
    return tuple(sorted(made, key=lambda each: each.at.timestamp() if each.at else 0.0))


async def carriers(api: PandaPon, platform: Platform, refund_id: str) -> tuple[ReturnCarrier, ...]:
    """Return the carriers that a return may name. Raises PandaPonError."""
    if platform is ALIBABA:
        rows = await api.run(ops.ALIBABA_CARRIERS, Nothing())
        named = [(row.company_no or row.id, row.company_name) for row in rows]
    else:
        answer = await api.run(ops.TAOBAO_RETURN_RENDER, ops.RefundId(refund_id=refund_id))
        named = [(row.company_name or row.company_no, row.company_name) for row in answer.logistics_companies]
    return tuple(ReturnCarrier(code=code, name=name or code) for code, name in dict(named).items() if code)
