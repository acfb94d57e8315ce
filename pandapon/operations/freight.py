"""The forwarding warehouse and shipments abroad. All four take a second signature (see :mod:`pandapon.signing`)."""

from __future__ import annotations

from pydantic import Field

from pandapon.operations.addresses import AbroadReceiver
from pandapon.operations.answers import Answer, Many, One, Plain, Rows, Text, Yuan, raw
from pandapon.operations.operation import Operation
from pandapon.operations.requests import Id, InYuan, Quantity, Request, Words


class FreightService(Request):
    """The carrier and the service of a shipment abroad [stated]; the estimate is expected to name them [inferred]."""

    service_id: Id
    company_name: Words | None = None
    service_category: Words | None = None


class EstimateFreight(Request):
    """One item whose freight is estimated. All fields are required [stated]."""

    item_id: Id
    sku_id: Id
    quantity: Quantity
    currency: Words = "CNY"
    price: InYuan
    receiver_address: AbroadReceiver


class FreightItem(Request):
    """One line of a shipment abroad [stated; title and image for v1's booking only]."""

    item_id: Id
    sku_id: Id
    quantity: Quantity
    freight_info: FreightService
    currency: Words = "CNY"
    price: InYuan
    title: Words | None = None
    image_url: Words | None = None


class PreviewFreight(Request):
    """A shipment abroad whose freight is previewed [stated]."""

    receiver_address: AbroadReceiver
    render_items: tuple[FreightItem, ...] = Field(min_length=1, max_length=100)


class WarehouseOrder(Request):
    """The order whose goods lie in the warehouse [stated for v1]."""

    tmall_order_id: Id


class BookFreight(Request):
    """A shipment abroad to be booked. ``render_id``: the preview's, e.g. FF2024080200007 [stated for v1]."""

    render_id: Id
    receiver_address: AbroadReceiver
    line_items: tuple[FreightItem, ...] = Field(min_length=1, max_length=100)
    tmall_order_info: WarehouseOrder
    remark: Words | None = None


class DomesticLine(Request):
    """One line of a parcel to the warehouse [stated for v1]."""

    item_id: Id
    sku_id: Id
    quantity: Quantity


class DomesticParcel(Request):
    """A parcel to the warehouse. ``lineItem`` is [stated for v1]; the names of number and carrier are [inferred]."""

    line_item: DomesticLine
    logistics_no: Id
    logistics_company: Words | None = None


class UpdateDomestic(Request):
    """The parcels that bring an order's goods to the warehouse [stated for v1]."""

    order_id: Id
    tmall_order_id: Id | None = None
    logistic_infos: tuple[DomesticParcel, ...] = Field(min_length=1, max_length=100)


class FreightOffer(Answer):
    """One service's offer. This answer is not published: the names are those of the request [inferred]."""

    service_id: Text = ""
    company_name: Plain = ""
    service_category: Plain = ""
    price: Yuan = None
    currency: Text = ""
    render_id: Text = ""
    days: Plain = ""


class FreightPreview(Answer):
    """The preview of a shipment. Only the form of the render id is [stated for v1]; all names are [inferred]."""

    render_id: Text = ""
    total_price: Yuan = None
    currency: Text = ""
    freight_infos: Rows[FreightOffer] = ()


ESTIMATE = Operation(
    "freight.estimate",
    "Overseas freight estimate",
    "POST",
    "/v2/open/pp/logistics/itemLogisticsPrice",
    "S",
    None,
    EstimateFreight,
    Many(FreightOffer),
    signature="query",
)
PREVIEW = Operation(
    "freight.preview",
    "Overseas freight of an order",
    "POST",
    "/v2/open/pp/logistics/orderRenderFreight",
    "S",
    None,
    PreviewFreight,
    One(FreightPreview),
    signature="query",
)
DOMESTIC = Operation(
    "freight.domestic",
    "Update domestic logistics",
    "POST",
    "/v2/open/pp/logistics/updateLogisticInfo",
    "I",
    None,
    UpdateDomestic,
    raw,
    writes=True,
    signature="query",
)
BOOK = Operation(
    "freight.book",
    "Book international logistics",
    "POST",
    "/v2/open/pp/logistics/orderBookingFreight",
    "I",
    None,
    BookFreight,
    raw,
    writes=True,
    signature="query",
)

OPERATIONS = (ESTIMATE, PREVIEW, DOMESTIC, BOOK)
