"""The content from which an open form, or an answer with buttons, was made. The bot keeps it under an opaque id.

Slack's payloads carry only the id, so that nobody can make the bot act on an invented product, price or quantity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from pandapon.aftersales import (  # noqa: TC001  pydantic reads the fields of what is stored
    Refund,
    RefundRequest,
    RefundTerms,
    ReturnCarrier,
)
from pandapon.carts import CartLine  # noqa: TC001  pydantic reads these annotations when the program runs
from pandapon.models import Order  # noqa: TC001  pydantic reads the fields of what is stored
from pandapon.products import ProductDetail  # noqa: TC001  pydantic reads the fields of what is stored
from pandapon.shipment import Platform  # noqa: TC001  pydantic reads the fields of what is stored
from tracking.addresses import NOBODY, TypedAddress, TypedReceiver
from tracking.changes.order_acts import Submitted  # noqa: TC001  pydantic reads the fields of what is stored
from tracking.files import SharedFile  # noqa: TC001  pydantic reads the fields of what is stored
from tracking.freight import Earlier, Offer, OrderToShip, Preview, TypedParcel  # noqa: TC001  pydantic reads the fields of what is stored

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Adding:
    """A form that adds a product to the cart: the product with the prices that the person was shown."""

    product: ProductDetail


@dataclass(frozen=True, slots=True)
class ShownCart:
    """A page of the cart as a person was shown it; the page's buttons change its lines."""

    lines: tuple[CartLine, ...]
    page: int = 1


@dataclass(frozen=True, slots=True)
class SellerCost:
    """The cost of one seller's order, in fen. None: PandaPon does not name it."""

    platform: Platform
    seller: str
    goods: int | None = None
    freight: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class MovedPrice:
    """An amount, in fen, that changed after the person was shown it. ``name``: of the product or seller."""

    name: str
    before: int | None
    now: int | None


@dataclass(frozen=True, slots=True)
class Ordering:
    """An order that a person makes: its lines, the address's id, notes to sellers, and the costs as they were shown.

    ``products``: the products that are bought without the cart, in the order of the lines. ``addresses``: pairs of id
    and masked line of each saved address. ``marks``: pairs of id and fingerprint of each saved address, made with
    ``salt``: the chosen address has to stay as it was when the form was opened. ``notes``: pairs of a seller's name and
    the words to that seller.
    """

    lines: tuple[CartLine, ...]
    products: tuple[ProductDetail, ...] = ()
    addresses: tuple[tuple[str, str], ...] = ()
    salt: str = ""
    marks: tuple[tuple[str, str], ...] = ()
    address: str = ""
    notes: tuple[tuple[str, str], ...] = ()
    costs: tuple[SellerCost, ...] = ()
    moved: tuple[MovedPrice, ...] = ()


@dataclass(frozen=True, slots=True)
class Acting:
    """An act on orders of one platform, with the orders as the person was shown them.

    ``act``: a key of ``STEPS`` in ``handlers.features.buying.acts``. ``arrived``: whether all parcels of the order are
    delivered; None: unknown. ``warehouse``: name and address of the new warehouse.
    """

    act: Literal["pay", "pay_all", "cancel", "receive", "warehouse"]
    orders: tuple[Order, ...]
    arrived: bool | None = True
    warehouse: tuple[str, str] = ("", "")
    moved: tuple[MovedPrice, ...] = ()
    submitted: tuple[Submitted, ...] = ()  # the earlier payments that the person was shown


@dataclass(frozen=True, slots=True)
class Finished:
    """A flow that has done its work: it does nothing any more, and shows the results of its writes."""

    writes: tuple[str, ...]  # ids of the flow's writes


@dataclass(frozen=True, slots=True)
class ShownPictures:
    """The pictures of a message, for a search by picture: its buttons choose a picture or ask for other pages."""

    files: tuple[SharedFile, ...]


@dataclass(frozen=True, slots=True)
class Addressing:
    """A form that saves an address, with the address as typed so far."""

    typed: TypedAddress
    address_id: str = ""  # of the saved address that is changed; empty: a new address is added


@dataclass(frozen=True, slots=True)
class Estimating:
    """A form that estimates the freight abroad of a product, with the person's input and PandaPon's offers so far."""

    product: ProductDetail
    variant: int = 0  # its position in the product's variants, from 0
    quantity: int = 1
    receiver: TypedReceiver = NOBODY
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class Shipping:
    """A form that previews and books freight abroad for orders, with the input and PandaPon's answers so far."""

    orders: tuple[OrderToShip, ...]
    may_book: bool  # by the settings when the form was opened; they are checked again before booking
    receiver: TypedReceiver = NOBODY
    offers: tuple[Offer, ...] = ()
    chosen: str = ""  # the service's id
    remark: str = ""
    previews: tuple[Preview, ...] = ()
    former: tuple[Preview, ...] = ()  # the prices that were shown before they changed; empty: they did not change
    earlier: tuple[Earlier, ...] = ()

    @property
    def service(self) -> Offer | None:
        """The offer of the chosen service; None: no service is chosen."""
        return next((offer for offer in self.offers if offer.service_id == self.chosen), None)


@dataclass(frozen=True, slots=True)
class Parcelling:
    """A form that tells the warehouse in which parcels an order's lines arrive."""

    order: OrderToShip
    known: tuple[tuple[str, str], ...]  # (tracking number, carrier) of each parcel of the order that the bot knows
    parcels: tuple[TypedParcel, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimableLine:
    """A line of an order for which a refund may be requested.

    ``fen``: price of the whole line; None: unknown. ``is_taken``: the line has an open refund.
    """

    entry_id: str
    title: str
    variant: str
    pieces: int
    fen: int | None
    is_taken: bool = False


@dataclass(frozen=True, slots=True)
class Proof:
    """A picture that proves a claim: its address at the platform or, as Slack text, why it could not be uploaded."""

    name: str
    address: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class AskingRefund:
    """A form that requests a refund: the order as the person was shown it, and the person's input.

    Amounts are fen; None: unknown. ``is_shipped``: whether the seller has shipped the order; None: unknown, so the form
    asks. ``is_over``: whether the order is at its end. ``ask``, ``terms``: None until the lines are chosen. ``moved``:
    the highest amount that could be asked back before and now; None: it did not change.
    """

    platform: Platform
    order_id: str
    lines: tuple[ClaimableLine, ...]
    shipping_fen: int
    total_fen: int | None
    is_shipped: bool | None
    is_over: bool
    takes_proofs: bool
    ask: RefundRequest | None = None
    terms: RefundTerms | None = None
    proofs: tuple[Proof, ...] = ()
    moved: tuple[int | None, int | None] | None = None


@dataclass(frozen=True, slots=True)
class HandlingRefund:
    """A form for one act on a refund: the refund as it was when the form was opened, and the person's input.

    ``words``: a message, or the new description. ``amount_fen``, ``reason_id``: the new values of a changed refund.
    """

    refund: Refund
    carriers: tuple[ReturnCarrier, ...] = ()
    terms: RefundTerms | None = None
    words: str = ""
    carrier: str = ""  # its code
    number: str = ""
    amount_fen: int | None = None
    reason_id: str = ""


FlowContent = (
    Adding
    | ShownCart
    | ShownPictures
    | Addressing
    | Ordering
    | Acting
    | Estimating
    | Shipping
    | Parcelling
    | AskingRefund
    | HandlingRefund
    | Finished
)
CONTENTS: tuple[type[FlowContent], ...] = get_args(FlowContent)


@dataclass(frozen=True, slots=True)
class Flow:
    """One open form, or one answer with buttons. ``channel``: where it was asked for; empty: in no channel.

    A form of several pages has a ``step``. Each change of its content raises ``revision``, and a page of an earlier
    revision does nothing.
    """

    id: str
    owner: str  # Slack user id
    channel: str
    content: FlowContent
    step: str = ""
    revision: int = 1
    kept_until: datetime | None = None  # it is kept at least until then (aware); None: for a day after its last change
