"""The news of a reading: everything that the reading found about an order, in one piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.shipment import Milestone, by_shipping
from tracking import severity
from tracking.renumber import live
from tracking.values import Expected, News

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from pandapon.models import Order
    from tracking.lines import Line
    from tracking.orders import StoredOrder
    from tracking.values import RefundStep


def news_of(
    base: StoredOrder,
    order: Order | None,
    lines: Sequence[Line],
    refunds: tuple[RefundStep, ...],
    milestone: Milestone | None,
    *,
    late: Expected | None,
) -> News | None:
    """Return one piece of news for all that a reading found; None: nothing new. Edits alone are news, too. Pure.

    ``base``: as stored. ``order``, ``milestone``: as merged. ``late``: the passed range to be told; None: none.
    """
    parcels = tuple(parcel.without_nodes() for parcel in by_shipping(live(line.after for line in lines)))
    steps = tuple(step for line in lines for step in line.steps)
    news = News(
        ref=base.ref,
        milestone=milestone,
        nodes=tuple(node for line in lines for node in line.nodes_to_tell),
        edited=tuple(node for line in lines for node in line.edits),
        steps=steps + severity.order_step(base.milestone, milestone, steps, len(parcels)),
        parcels=parcels,
        added=tuple(line.after.waybill for line in lines if line.is_added),
        renumbered=tuple(pair for line in lines for pair in line.renumbered),
        price=_price(base.order, order),
        refunds=refunds,
        refunded=_refunded(base.order, order),
        settled=milestone is base.milestone and _is_settled(base.order, order),
        late=late,
    )
    return None if severity.says_nothing(news) else news


def _is_settled(before: Order | None, after: Order | None) -> bool:
    """Whether the buyer's payment is no longer awaited, though no milestone says so: a finance team handles it."""
    return bool(before and after and before.is_unpaid and after.is_settled)


def _price(before: Order | None, after: Order | None) -> tuple[Decimal, Decimal] | None:
    """The total before and after, in yuan; None: it did not change, or one of the two is unknown."""
    if before is None or after is None or before.total_amount is None or after.total_amount is None:
        return None
    return None if before.total_amount == after.total_amount else (before.total_amount, after.total_amount)


def _refunded(before: Order | None, after: Order | None) -> tuple[Decimal | None, Decimal] | None:
    """The amount paid back before and after, in yuan; None: it did not change, or the upstream does not name it."""
    if before is None or after is None or after.refunded_amount in {None, before.refunded_amount}:
        return None
    assert after.refunded_amount is not None
    return before.refunded_amount, after.refunded_amount
