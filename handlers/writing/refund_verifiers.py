"""Looks for changes of refunds whose answer was lost: in the order's refunds, the refund itself, or its messages."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from handlers.writing.plans import Verdict
from pandapon import carts, refund_reading
from pandapon.errors import ApiError, UnknownPathError
from pandapon.shipment import OrderRef, Platform
from tracking.changes import refunds as changes
from tracking.writes import WriteState

if TYPE_CHECKING:
    from datetime import timedelta

    from pandapon.aftersales import Refund
    from pandapon.client import PandaPon
    from pandapon.models import Order

log = logging.getLogger(__name__)

OF_ORDER = 20  # refunds of one order that are read


async def refunds_of(api: PandaPon, order: Order) -> dict[str, Refund | None]:
    """Return an order's refunds by their ids; None stands for a refund that cannot be read. Raises PandaPonError.

    The paths of Taobao's list and of both details are inferred in part. If PandaPon refuses the list, the result has
    only the refunds that the order itself names.
    """
    listed = await _listed(api, order) if order.platform is Platform.TAOBAO else {}
    ids = dict.fromkeys([*listed, order.refund_id, *(item.refund_id for item in order.items)])
    return {id_: listed.get(id_) or await _read(api, order.platform, id_) for id_ in ids if id_}


async def _listed(api: PandaPon, order: Order) -> dict[str, Refund]:
    try:
        page = await refund_reading.taobao_refunds(api, page_size=OF_ORDER, order_id=order.order_id)
    except (ApiError, UnknownPathError) as error:
        log.info("Taobao's refunds are not listed", extra={"order": order.ref.key, "error": error})
        return {}
    return {each.refund_id: each for each in page.items}


def code_of(order: Order) -> str:
    """The refund state of an order, or of the first of its lines that has one."""
    return order.refund_status or next((item.refund_status for item in order.items if item.refund_status), "")


async def verify_asked(api: PandaPon, change: changes.RefundAsked, age: timedelta) -> Verdict | None:
    """Look for a refund that may have been asked for. Raises PandaPonError."""
    order = await api.order(OrderRef(change.platform, change.order_id))
    seen = {refund_id: _fen(each) for refund_id, each in (await refunds_of(api, order)).items()}
    judged = changes.judge_asked(change, seen, code_of(order), age)
    return Verdict(*judged) if judged else None


async def verify_changed(api: PandaPon, change: changes.RefundChanged, age: timedelta) -> Verdict | None:
    """Look for a change of what a refund asks for. Raises PandaPonError."""
    return _found(changes.judge_changed(change, await _of(api, change), age))


async def verify_withdrawn(api: PandaPon, change: changes.RefundWithdrawn, age: timedelta) -> Verdict | None:
    """Look whether a refund was cancelled. Raises PandaPonError."""
    return _found(changes.judge_withdrawn(change, await _of(api, change), age))


async def verify_letter(api: PandaPon, change: changes.LetterSent, age: timedelta) -> Verdict | None:
    """Look for a message to the seller among the refund's messages. Raises PandaPonError."""
    letters = await refund_reading.letters(api, change.refund_id)
    is_whole = len(letters) < refund_reading.LETTERS
    return _found(changes.judge_letter(change, letters, age, is_whole=is_whole))


async def verify_return(api: PandaPon, change: changes.ReturnSent, age: timedelta) -> Verdict | None:
    """Look whether the refund has the return's shipment. Raises PandaPonError."""
    return _found(changes.judge_return(change, await _of(api, change), age))


async def verify_proof(_api: PandaPon, _change: changes.ProofSent, _age: timedelta) -> Verdict:
    """Report the upload as unknowable: a picture without a known address cannot be found. It has no effect alone."""
    return Verdict(WriteState.UNKNOWABLE)


async def _of(api: PandaPon, change: changes.RefundChanged | changes.RefundWithdrawn | changes.ReturnSent) -> Refund:
    return await refund_reading.refund(api, change.platform, change.refund_id)


async def _read(api: PandaPon, platform: Platform, refund_id: str) -> Refund | None:
    try:
        return await refund_reading.refund(api, platform, refund_id)
    except (ApiError, UnknownPathError, ValueError):  # ValueError from pydantic: the id cannot be sent
        return None


def _fen(refund: Refund | None) -> int | None:
    return carts.fen(refund.amount) if refund is not None and refund.amount is not None else None


def _found(state: WriteState | None) -> Verdict | None:
    return Verdict(state) if state else None
