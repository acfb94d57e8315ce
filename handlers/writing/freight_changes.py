"""Freight abroad: the calls that read prices and the plans of the writes, made from the contents of a form."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from handlers.blocks.error_messages import platform_error
from handlers.blocks.freight_words import service as service_words
from handlers.blocks.i18n import _
from handlers.blocks.punctuation import sentences
from handlers.blocks.text import code
from handlers.wire.errors import RequestError
from handlers.writing.plans import Plan, Verdict
from pandapon import carts, fields, shapes
from pandapon.errors import ApiError, AuthError, NotFoundError
from pandapon.operations import freight
from pandapon.operations.addresses import AbroadReceiver
from pandapon.operations.freight import (
    BookFreight,
    DomesticLine,
    DomesticParcel,
    EstimateFreight,
    FreightItem,
    FreightOffer,
    FreightService,
    PreviewFreight,
    UpdateDomestic,
    WarehouseOrder,
)
from pandapon.operations.requests import make_request
from tracking.changes.freight import DomesticParcels, FreightBooking
from tracking.freight import YUAN, Offer, Preview, cheapest_first, common_services
from tracking.writes import WriteState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from pandapon.client import PandaPon
    from pandapon.errors import PandaPonError
    from pandapon.operations.operation import Operation
    from pandapon.order_lines import OrderLine
    from tracking.addresses import TypedReceiver
    from tracking.freight import OrderToShip, TypedParcel

T = TypeVar("T")


def receiver_of(typed: TypedReceiver) -> AbroadReceiver:
    """Return a receiver as the operations take it. The country is sent as its two letters of ISO 3166 [inferred]."""
    return make_request(
        lambda: AbroadReceiver(
            name=typed.name,
            email=typed.email or None,
            mobile_phone=typed.phone,
            address=typed.address,
            tax_id=typed.tax_id or None,
            country=typed.country,
            city=typed.city,
            zip=typed.postcode,
            state=typed.state or None,
        )
    )


async def estimate(api: PandaPon, line: OrderLine, receiver: TypedReceiver) -> tuple[Offer, ...]:
    """Ask for each service's price for one line. Raises RequestError for a refusal, and PandaPonError otherwise."""
    request = make_request(
        lambda: EstimateFreight(
            item_id=line.product_id,
            sku_id=line.sku_id,
            quantity=line.quantity,
            price=line.price or Decimal(),
            receiver_address=receiver_of(receiver),
        )
    )
    answers = await _asked(api, freight.ESTIMATE, request)
    return cheapest_first(tuple(_offer(answer) for answer in answers if answer.service_id))


async def estimate_all(api: PandaPon, lines: Sequence[OrderLine], receiver: TypedReceiver) -> tuple[Offer, ...]:
    """Return the services that carry all lines, with the sums of their prices. Raises the errors of ``estimate``."""
    answers = await asyncio.gather(*(estimate(api, line, receiver) for line in lines), return_exceptions=True)
    if error := next((answer for answer in answers if isinstance(answer, BaseException)), None):
        raise error
    return common_services([answer for answer in answers if isinstance(answer, tuple)])


async def preview(api: PandaPon, order: OrderToShip, service: Offer, receiver: TypedReceiver) -> Preview:
    """Ask for the price of an order's shipment. Raises RequestError for a refusal, and PandaPonError otherwise."""
    request = make_request(
        lambda: PreviewFreight(receiver_address=receiver_of(receiver), render_items=_items(order.lines, service))
    )
    answer = await _asked(api, freight.PREVIEW, request)
    if not answer.render_id:
        raise RequestError(_("PandaPon's answer has no preview that could be booked, so nothing was done."))
    fen = carts.fen(answer.total_price) if answer.total_price is not None else None
    return Preview(order.order_id, answer.render_id, fen, answer.currency or YUAN)


def plan_booking(
    order: OrderToShip, shown: Preview, service: Offer, receiver: TypedReceiver, remark: str, *, approved_by: str = ""
) -> Plan:
    """Plan to book the shipment of an order. ``approved_by``: the approver's Slack id; empty: none was needed."""
    request = make_request(
        lambda: BookFreight(
            render_id=shown.render_id,
            receiver_address=receiver_of(receiver),
            line_items=_items(order.lines, service),
            tmall_order_info=WarehouseOrder(tmall_order_id=order.order_id),
            remark=remark or None,
        )
    )
    change = FreightBooking(
        order.platform, order.order_id, shown.render_id, service_words(service), receiver.country, len(order.lines)
    )
    amount = shown.fen if shown.currency == YUAN else None
    return Plan((freight.BOOK, request), change, amount, made=_number, approved_by=approved_by)


def plan_parcels(order: OrderToShip, parcels: Sequence[TypedParcel]) -> Plan:
    """Plan to tell the warehouse which parcels bring an order's lines. ``parcel.line``: index in ``order.lines``."""
    request = make_request(
        lambda: UpdateDomestic(
            order_id=order.order_id,
            logistic_infos=tuple(_domestic(order.lines[parcel.line], parcel) for parcel in parcels),
        )
    )
    change = DomesticParcels(order.platform, order.order_id, tuple(parcel.waybill for parcel in parcels))
    return Plan((freight.DOMESTIC, request), change)


async def verify(_api: PandaPon, _change: FreightBooking | DomesticParcels, _age: timedelta) -> Verdict:
    """Report the write as unknowable: no published operation reads a booking or the warehouse's parcels back."""
    return Verdict(WriteState.UNKNOWABLE)


def unverified() -> str:
    """The note on the second signature, for answers in which PandaPon refused."""
    return _(
        "Freight calls need a second signature that PandaPon hasn't documented, so that may be the reason. "
        "Your pandabot admin can try the other value of {setting}."
    ).format(setting="`PANDAPON_FREIGHT_SIGNATURE`")


def refusal(error: PandaPonError | None) -> str:
    """The note for the error of a write, as Slack text; empty for None and for errors that are no refusal."""
    return unverified() if isinstance(error, ApiError) and not isinstance(error, NotFoundError) else ""


async def _asked(api: PandaPon, operation: Operation[Any, T], request: Any) -> T:
    try:
        return await api.run(operation, request)
    except ApiError as error:
        if isinstance(error, AuthError):
            words = _("PandaPon refused the signature of this freight call.")
        else:
            words = platform_error(error)
        lines = [sentences([words, refusal(error)])]
        if error.request_id:
            lines.append(_("PandaPon's number for this request: {id}").format(id=code(error.request_id, 64)))
        raise RequestError("\n".join(lines)) from error


def _items(lines: Sequence[OrderLine], service: Offer) -> tuple[FreightItem, ...]:
    info = FreightService(
        service_id=service.service_id,
        company_name=service.company or None,
        service_category=service.category or None,
    )
    return tuple(
        FreightItem(
            item_id=line.product_id,
            sku_id=line.sku_id,
            quantity=line.quantity,
            freight_info=info,
            price=line.price or Decimal(),
            title=line.title or None,
            image_url=line.image_url or None,
        )
        for line in lines
    )


def _domestic(line: OrderLine, parcel: TypedParcel) -> DomesticParcel:
    item = DomesticLine(item_id=line.product_id, sku_id=line.sku_id, quantity=line.quantity)
    return DomesticParcel(line_item=item, logistics_no=parcel.waybill, logistics_company=parcel.carrier or None)


def _offer(answer: FreightOffer) -> Offer:
    fen = carts.fen(answer.price) if answer.price is not None else None
    return Offer(
        answer.service_id, answer.company_name, answer.service_category, fen, answer.currency or YUAN, answer.days
    )


def _number(answer: Any) -> tuple[str, ...]:
    """The number of a booked shipment; the names of its field are inferred, since the answer is not documented."""
    number = fields.text(shapes.unwrapped(answer), "logisticsOrderId", "logisticOrderId", "orderId", "id")
    return (number[:60].replace(",", ""),) if number else ()
