"""The messages and forms of addresses and freight abroad, made by their own builders from tame and hostile values."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from support.view_samples import HOSTILE, ID, NOW, snapshot

from handlers.blocks import write_words
from handlers.features.cart import check
from handlers.features.goods import categories
from handlers.features.shipping import (
    address_form,
    address_view,
    booking_form,
    estimate_form,
    freight,
    parcels_form,
    results,
)
from handlers.wire.requests import ShowAddresses, ShowCategories
from handlers.writing.plans import Outcome
from handlers.writing.receivers import SavedAddress
from pandapon.carts import CartLine
from pandapon.errors import ApiError, UnknownPathError
from pandapon.operations.goods import CategoryInfo
from pandapon.order_lines import OrderLine
from pandapon.shipment import Platform
from tracking.addresses import TypedAddress, TypedReceiver
from tracking.changes.address import AddressChange
from tracking.changes.freight import DomesticParcels, FreightBooking
from tracking.flows import Addressing, Estimating, Flow, Parcelling, Shipping
from tracking.freight import Earlier, Offer, OrderToShip, Preview, TypedParcel
from tracking.writes import Write, WriteState

if TYPE_CHECKING:
    from pandapon.products import ProductDetail

MEI, FLOW = "U0123ABCD", "A" * 24


def _page(wizard: Any, step: str, content: Any) -> Any:
    return wizard.view(Flow(FLOW, MEI, "C0123ABCD", content, step))


def _said(change: Any, state: WriteState, **fields: Any) -> Any:
    made = Write("w", "k", "freight.book", MEI, "", NOW - timedelta(hours=1), state, change, **fields)
    error = ApiError(HOSTILE, code="X") if state is WriteState.REFUSED else None
    return results.result(Outcome(made, error), "…").blocks


def samples(product: ProductDetail) -> dict[str, Any]:
    """The messages and pages by name: the builder's module and function, and a word for the case."""
    return _addresses() | _estimates(product) | _bookings() | _parcels() | _written() | _shelves()


def _addresses() -> dict[str, Any]:
    tame = SavedAddress("7", "王小明", "浙江省", "杭州市", "西湖区", "文三路 1 号", "13812345678", is_default=True)
    hostile = SavedAddress("x" * 60, HOSTILE * 3, HOSTILE, HOSTILE, HOSTILE, HOSTILE * 3, HOSTILE)
    many, request = [tame] * 20 + [hostile] * 5, ShowAddresses()
    typed = TypedAddress("王小明", "13812345678", "浙江省", "杭州市", "西湖区", "文三路 1 号")
    rude = TypedAddress(*[HOSTILE] * 6)
    unknown = UnknownPathError("the path is not known")
    form = address_form.WIZARD
    return {
        "shipping.address_view.listing": address_view.listing(many, request, may_save=True),
        "shipping.address_view.listing whole": address_view.listing(
            many, ShowAddresses(3, is_whole=True), may_save=True
        ),
        "shipping.address_view.listing none": address_view.listing([], request, may_save=False),
        "shipping.address_view.unreadable": address_view.unreadable(unknown, may_save=True),
        "shipping.address_form new": _page(form, "fill", Addressing(TypedAddress())),
        "shipping.address_form change": _page(form, "fill", Addressing(typed, "7")),
        "shipping.address_form review": _page(form, "review", Addressing(typed)),
        "shipping.address_form hostile": _page(form, "review", Addressing(rude, "7")),
    }


OFFERS = (
    Offer("SEA-TH", "Panda Line", "SEA", 6840, days="9-14"),
    Offer("AIR-TH", HOSTILE, HOSTILE, 123_456_789_00, "USD", HOSTILE),
    Offer("X", fen=None),
)
SOMCHAI = TypedReceiver("Somchai", "+66823456789", "TH", "", "Bangkok", "10110", "99 Sukhumvit")
LINES = (
    OrderLine(product_id="1", sku_id="2", title="红色连衣裙", variant="红色 / M", quantity=20),
    OrderLine(product_id="1", sku_id="3", title=HOSTILE * 5, quantity=1_000_000),
)
ORDER = OrderToShip(Platform.ALIBABA, ID, "红色连衣裙 +1", LINES)
MANY = OrderToShip(Platform.TAOBAO, "3305075341149134260", HOSTILE, LINES * 10)


def _estimates(product: ProductDetail) -> dict[str, Any]:
    form = estimate_form.WIZARD
    asked = Estimating(product, 0, 20, SOMCHAI, OFFERS)
    return {
        "shipping.estimate_form": _page(form, "fill", Estimating(product)),
        "shipping.estimate_form offers": _page(form, "offers", asked),
        "shipping.estimate_form no offer": _page(form, "offers", Estimating(product, 0, 20, SOMCHAI)),
    }


def _bookings() -> dict[str, Any]:
    form = booking_form.WIZARD
    previews = (Preview(ID, "FF1", 6840), Preview(MANY.order_id, "FF2", 100))
    earlier = (Earlier(ID, WriteState.DONE, 1_700_000_000), Earlier(ID, WriteState.UNKNOWABLE, 1_700_000_000))
    whole = Shipping(
        (ORDER, MANY),
        may_book=True,
        receiver=SOMCHAI,
        offers=OFFERS,
        chosen="AIR-TH",
        remark=HOSTILE,
        previews=previews,
        former=(Preview(ID, "FF0", 5000),),
        earlier=earlier,
    )
    orders = [snapshot(), snapshot()]
    return {
        "shipping.freight orders": freight._orders(orders, may_tell=True),
        "shipping.freight orders read only": freight._orders(orders[:1], may_tell=False),
        "shipping.booking_pages receiver": _page(form, "receiver", Shipping((ORDER, MANY), may_book=True)),
        "shipping.booking_pages service": _page(form, "service", whole),
        "shipping.booking_pages no service": _page(
            form, "service", Shipping((ORDER,), may_book=True, receiver=SOMCHAI)
        ),
        "shipping.booking_pages review": _page(form, "review", whole),
        "shipping.booking_pages preview only": _page(
            form,
            "review",
            Shipping((ORDER,), may_book=False, receiver=SOMCHAI, offers=OFFERS, chosen="SEA-TH", previews=previews[:1]),
        ),
    }


def _parcels() -> dict[str, Any]:
    form = parcels_form.WIZARD
    known = (("78012345678901", "中通快递"), ("SF1234567890123", HOSTILE))
    content = Parcelling(MANY, known, tuple(TypedParcel(at, *known[at % 2]) for at in range(20)))
    return {
        "shipping.parcels_form": _page(form, "fill", content),
        "shipping.parcels_form review": _page(form, "review", content),
    }


def _written() -> dict[str, Any]:
    changes = {
        "address new": AddressChange("", (), "s", "", "m"),
        "address change": AddressChange("7", ("7",), "s", "f", "m"),
        "booking": FreightBooking(Platform.ALIBABA, ID, "FF1", HOSTILE, "TH", 2),
        "parcels": DomesticParcels(Platform.ALIBABA, ID, ("78012345678901", "SF1234567890123")),
    }
    made = {"booking": ("PP1",)}
    return {
        f"shipping.results {name} {state}": {"blocks": _said(change, state, made=made.get(name, ()))}
        for name, change in changes.items()
        for state in WriteState
    } | {
        "blocks.write_words freight": {
            "blocks": [
                {"type": "section", "text": {"type": "mrkdwn", "text": write_words.refusal(_refused(reason))}}
                for reason in ("not_allowed", "price_moved")
            ]
        }
    }


def _refused(reason: str) -> Write:
    return Write("w", "k", "freight.book", MEI, "", NOW, WriteState.REFUSED, None, reason=reason)


def _shelves() -> dict[str, Any]:
    line = CartLine(platform=Platform.TAOBAO, entry_id="1", product_id="9", title=HOSTILE, variant=HOSTILE, quantity=3)
    told = ["", check._problem(line, None, {"9": HOSTILE}), check._problem(line, None, {}), "⛔"]
    rows = [CategoryInfo(category_id=str(n), chinese_name="连衣裙", translated_name=HOSTILE) for n in range(60)]
    return {
        "cart.check": check._shown([(line, problem) for problem in told * 20], []),
        "cart.check all": check._shown([(line, "")] * 3, []),
        "goods.categories": categories._listing(rows, ShowCategories()),
        "goods.categories none": categories._listing([], ShowCategories("7")),
    }
