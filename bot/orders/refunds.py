"""Reads the details of refunds that an order names: the amount, the deadline, why the seller refused.

The order itself tells the state. :mod:`bot.orders.reading` says when the details are read. A failure to read them stops
nothing: the paths of these operations are inferred in part.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from pandapon.errors import ApiError, DecodeError, InvalidRequestError, PandaPonError, UnknownPathError
from pandapon.operations import refunds as ops
from pandapon.operations.requests import Request, make_request
from pandapon.refunds import RefundDetail, claims, is_same_state
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from pandapon.client import PandaPon
    from pandapon.models import Order
    from pandapon.operations.operation import Operation
    from pandapon.refunds import Claim

Asked = TypeVar("Asked", bound=Request)
Answered = TypeVar("Answered")

log = logging.getLogger(__name__)

MOST = 5  # refunds of one order that are asked for
# After this many refusals in a row the operation itself counts as refused, not a single refund. It is asked again only
# after a while: a refused path does not begin to work at once.
REFUSED_AFTER, ASK_AGAIN = 3, timedelta(hours=1)
REFUSALS = (ApiError, DecodeError, InvalidRequestError, UnknownPathError)  # the same question would meet these again


@dataclass(frozen=True, slots=True)
class _Refusal:
    error: str = ""  # the name of the last error
    at: datetime | None = None
    count: int = 0  # in a row


class RefundReader:
    """Reads details of refunds, and remembers which operations PandaPon refuses."""

    def __init__(self, api: PandaPon, clock: Callable[[], datetime]) -> None:
        self._api, self._clock = api, clock
        self._refused: dict[str, _Refusal] = {}  # by operation; removed when the operation answers again
        self._missed: set[str] = set()  # keys of orders with a refund that PandaPon did not answer for the last time

    @property
    def refused(self) -> dict[str, str]:
        """The operations that PandaPon refused when they were last asked, each with the name of the error."""
        return {name: refusal.error for name, refusal in self._refused.items()}

    def lacks(self, key: str) -> bool:
        """Whether the last details of this order lack a refund that PandaPon neither told nor refused."""
        return key in self._missed

    async def details(self, order: Order, *, background: bool = False) -> tuple[RefundDetail, ...]:
        """Return the details of the refunds that an order names, as far as they can be read, of :data:`MOST` at most.

        Never raises PandaPonError: a refund that cannot be read is left out.
        """
        self._missed.discard(order.ref.key)
        named = claims(order)[:MOST]
        if not named:
            return ()
        ids = list(dict.fromkeys(claim.refund_id for claim in named if claim.refund_id))
        read = [detail for refund_id in ids if (detail := await self._detail(order, refund_id, background=background))]
        if order.platform is Platform.TAOBAO and (nameless := [claim for claim in named if not claim.refund_id]):
            read += await self._listed(order, nameless, background=background)
        return tuple(read)

    async def _detail(self, order: Order, refund_id: str, *, background: bool) -> RefundDetail | None:
        if order.platform is Platform.ALIBABA:
            answer = await self._asked(ops.ALIBABA_DETAIL, order, background=background, refund_id=refund_id)
            return _of_1688(answer, refund_id) if answer else None
        whole = await self._asked(ops.TAOBAO_DETAIL, order, background=background, refund_id=refund_id)
        aggregate = whole.refund_order_aggregate if whole else None
        refund = aggregate.refund_order if aggregate else None
        return _of_taobao(refund, refund_id) if refund else None

    async def _listed(self, order: Order, nameless: Sequence[Claim], *, background: bool) -> list[RefundDetail]:
        """Return the refunds of Taobao's list whose state fits a refund that the order names without an id."""
        facts = {"purchase_order_id": order.order_id, "page_size": MOST}
        page = await self._asked(ops.TAOBAO_LIST, order, background=background, **facts)
        rows = page.items[:MOST] if page else ()
        return [
            _of_taobao(row, row.refund_id)
            for row in rows
            if row.refund_id and any(is_same_state(row.refund_status, claim.code) for claim in nameless)
        ]

    async def _asked(
        self, operation: Operation[Asked, Answered], order: Order, *, background: bool, **facts: object
    ) -> Answered | None:
        """Ask one operation; None when it fails, and without a call while the operation counts as refused."""
        refusal = self._refused.get(operation.name, _Refusal())
        if refusal.count >= REFUSED_AFTER and self._is_recent(refusal.at):
            return None
        try:
            request = make_request(partial(operation.request, **facts))
            answer = await self._api.run(operation, request, background=background)
        except REFUSALS as error:
            if not refusal.count:
                log.warning("PandaPon refuses to tell refunds", extra={"operation": operation.name, "error": error})
            again = _Refusal(type(error).__name__, self._clock(), refusal.count + 1)
            self._refused[operation.name] = again
        except PandaPonError as error:
            log.debug("refund not read", extra={"operation": operation.name, "error": error})
            self._missed.add(order.ref.key)
        else:
            self._refused.pop(operation.name, None)
            return answer
        return None

    def _is_recent(self, at: datetime | None) -> bool:
        return at is not None and timedelta() <= self._clock() - at < ASK_AGAIN


def _of_1688(refund: ops.AlibabaRefund, refund_id: str) -> RefundDetail:
    asked = [amount for amount in (refund.apply_payment, refund.apply_carriage) if amount is not None]
    amount = refund.refund_payment or (sum(asked[1:], asked[0]) if asked else None)
    return RefundDetail(refund_id, refund.status, amount, refund.gmt_time_out, refund.reject_reason)


def _of_taobao(refund: ops.TaobaoRefund, refund_id: str) -> RefundDetail:
    return RefundDetail(
        refund_id, refund.refund_status, refund.refund_fee, refund.timeout_date, refund.seller_refuse_reason
    )
