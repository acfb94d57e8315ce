"""The forwarding warehouse: estimate, preview and booking of a shipment abroad, and the parcels to the warehouse."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.pandapon.refusals import RefusedError

if TYPE_CHECKING:
    from sandbox.pandapon.trading.account import Account
    from sandbox.pandapon.trading.fields import Fields

Json = dict[str, Any]
# By the service's id: company, kind, yuan for each piece, yuan for the shipment, days. All invented.
SERVICES = {
    "SEA-TH": ("Panda Line", "SEA", Decimal("1.20"), Decimal(15), "9-14"),
    "AIR-TH": ("Panda Line", "AIR", Decimal("4.50"), Decimal(28), "3-5"),
}
COUNTRIES = frozenset({"TH", "VN", "MY", "SG", "ID", "PH"})


def estimate(_account: Account, fields: Fields) -> list[Json]:
    """The price of each service for one item. The request is stated, the answer ours [inferred]."""
    _receiver(fields)
    quantity = _item(fields)
    return _printed([_offer(service, quantity) for service in SERVICES])


def preview(account: Account, fields: Fields) -> Json:
    """The price of a shipment, and the id by which it is booked. The request is stated, the answer ours [inferred]."""
    _receiver(fields)
    total = Decimal()
    offers = []
    for row in fields.rows("renderItems"):
        service = _service(row)
        offers.append(_offer(service, _item(row)))
        total += offers[-1]["price"]
    render_id = f"FF20240802{account.next_number():05d}"
    account.freight[render_id] = total
    return {"renderId": render_id, "totalPrice": str(total), "currency": "CNY", "freightInfos": _printed(offers)}


def book(account: Account, fields: Fields) -> Json:
    """Book a shipment whose freight was previewed. Each preview can be booked once."""
    _receiver(fields)
    render_id = fields.id("renderId")
    if render_id not in account.freight:
        raise RefusedError("RENDER_NOT_EXIST", "运费预览不存在或已使用")
    for row in fields.rows("lineItems"):
        _service(row)
        _item(row)
    _known(account, fields.part("tmallOrderInfo").id("tmallOrderId"))
    total = account.freight.pop(render_id)
    return {"logisticsOrderId": f"PP{account.next_number():010d}", "totalPrice": str(total), "currency": "CNY"}


def domestic(account: Account, fields: Fields) -> bool:
    """Announce parcels to the warehouse."""
    _known(account, fields.id("orderId"))
    for row in fields.rows("logisticInfos"):
        row.id("logisticsNo")
        row.part("lineItem").quantity()
    return True


def _known(account: Account, order_id: str) -> None:
    if order_id not in account.world.orders:
        raise RefusedError("404", "订单不存在")


def _receiver(fields: Fields) -> None:
    receiver = fields.part("receiverAddress")
    for name in ("name", "mobilePhone", "address", "city", "zip"):
        receiver.words(name)
    if receiver.words("country") not in COUNTRIES:
        raise RefusedError("COUNTRY_NOT_SUPPORTED", "不支持该国家")


def _item(fields: Fields) -> int:
    for name in ("itemId", "skuId"):
        fields.id(name)
    fields.words("currency")
    fields.yuan("price")
    return fields.quantity()


def _service(fields: Fields) -> str:
    service = fields.part("freightInfo").id("serviceId")
    if service not in SERVICES:
        raise RefusedError("SERVICE_NOT_EXIST", "物流服务不存在")
    return service


def _offer(service: str, quantity: int) -> Json:
    company, category, piece, shipment, days = SERVICES[service]
    return {
        "serviceId": service,
        "companyName": company,
        "serviceCategory": category,
        "price": piece * quantity + shipment,
        "currency": "CNY",
        "days": days,
    }


def _printed(offers: list[Json]) -> list[Json]:
    return [offer | {"price": str(offer["price"])} for offer in offers]
