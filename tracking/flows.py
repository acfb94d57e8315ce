"""What an open form or an answer with buttons was made from. It is kept by the bot under an opaque id.

Slack's payloads carry the id alone, so that nobody can make the bot act on a product, price or quantity of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from pandapon.aftersales import (  # noqa: TC001  likewise
    Refund,
    RefundRequest,
    RefundTerms,
    ReturnCarrier,
)
from pandapon.carts import CartLine  # noqa: TC001  pydantic reads these annotations when the program runs
from pandapon.models import Order  # noqa: TC001
from pandapon.products import ProductDetail  # noqa: TC001
from pandapon.shipment import Platform  # noqa: TC001
from tracking.addresses import NOBODY, TypedAddress, TypedReceiver
from tracking.changes.order_acts import Submitted  # noqa: TC001
from tracking.files import SharedFile  # noqa: TC001
from tracking.freight import Earlier, Offer, OrderToShip, Preview, TypedParcel  # noqa: TC001

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Adding:
    """A form that adds a product to the cart: the product with the prices that the person was shown."""

    product: ProductDetail


@dataclass(frozen=True, slots=True)
class ShownCart:
    """A page of the cart that a person sees, whose buttons change its lines."""

    lines: tuple[CartLine, ...]
    page: int = 1


@dataclass(frozen=True, slots=True)
class SellerCost:
    """The cost of one seller's order, in fen. None: PandaPon does not say."""

    platform: Platform
    seller: str
    goods: int | None = None
    freight: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class MovedPrice:
    """An amount that is another than the one that the person was shown, in fen. ``name``: product or seller."""

    name: str
    before: int | None
    now: int | None


@dataclass(frozen=True, slots=True)
class Ordering:
    """An order that a person makes: its lines, the address's id, notes to sellers, and the costs as they were shown.

    ``products``: those that are bought without the cart, in the order of the lines. ``addresses``: the id and the
    masked line of each saved one. ``marks``: the mark of each with ``salt``, by its id: the address has to stay as it
    was when the form was opened. ``notes``: words by the seller's name.
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

    ``act``: a key of ``STEPS`` in ``handlers.features.buying.acts``. ``arrived``: whether all parcels of
    the order are delivered; None: it is not known. ``warehouse``: name and address of the new one.
    """

    act: Literal["pay", "pay_all", "cancel", "receive", "warehouse"]
    orders: tuple[Order, ...]
    arrived: bool | None = True
    warehouse: tuple[str, str] = ("", "")
    moved: tuple[MovedPrice, ...] = ()
    submitted: tuple[Submitted, ...] = ()  # the earlier payments that the person was shown


@dataclass(frozen=True, slots=True)
class Finished:
    """A flow that has done its work: it does nothing any more, and shows what became of it."""

    writes: tuple[str, ...]  # their ids


@dataclass(frozen=True, slots=True)
class ShownPictures:
    """The files of which one is searched for, or was: the buttons below the results ask for other pages."""

    files: tuple[SharedFile, ...]


@dataclass(frozen=True, slots=True)
class Addressing:
    """A form that saves an address, with the address as it was typed so far."""

    typed: TypedAddress
    address_id: str = ""  # of the saved one that is changed; empty: a new one


@dataclass(frozen=True, slots=True)
class Estimating:
    """A form that asks what freight abroad costs for a product, with what was filled in and answered so far."""

    product: ProductDetail
    variant: int = 0  # a position in the product's variants
    quantity: int = 1
    receiver: TypedReceiver = NOBODY
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class Shipping:
    """A form that previews and books freight abroad for orders, with what was filled in and answered so far."""

    orders: tuple[OrderToShip, ...]
    may_book: bool  # as the settings say when it is opened; booking asks again
    receiver: TypedReceiver = NOBODY
    offers: tuple[Offer, ...] = ()
    chosen: str = ""  # the service's id
    remark: str = ""
    previews: tuple[Preview, ...] = ()
    former: tuple[Preview, ...] = ()  # the prices that were shown before they moved; empty: they have not
    earlier: tuple[Earlier, ...] = ()

    @property
    def service(self) -> Offer | None:
        """The chosen service; None: none is chosen."""
        return next((offer for offer in self.offers if offer.service_id == self.chosen), None)


@dataclass(frozen=True, slots=True)
class Parcelling:
    """A form that tells the warehouse in which parcels an order's lines come."""

    order: OrderToShip
    known: tuple[tuple[str, str], ...]  # tracking number and carrier of the order's parcels, as the bot knows them
    parcels: tuple[TypedParcel, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimableLine:
    """A line of an order of which a refund may be asked for.

    ``fen``: of the whole line; None: unknown. ``is_taken``: it has an open refund.
    """

    entry_id: str
    title: str
    variant: str
    pieces: int
    fen: int | None
    is_taken: bool = False


@dataclass(frozen=True, slots=True)
class Proof:
    """A picture that proves a claim: its address at the platform, or why it has none, as Slack text."""

    name: str
    address: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class AskingRefund:
    """A form that asks for a refund: the order as the person was shown it, and what they have filled in.

    Amounts are fen; None: unknown. ``is_shipped``, ``is_over``: how far the order is; None: nobody knows whether the
    seller has sent it, and the form asks. ``ask``, ``terms``: None until the lines are chosen. ``moved``: the most that
    could be asked back before and now, where it changed.
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
    """A form for one act on a refund, which was read when it was opened, and what the person has filled in.

    ``words``: a message, or the new description. ``amount_fen``, ``reason_id``: of a change.
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
    """One open form or answer. ``channel``: where it was asked for; empty: nowhere.

    A form of several pages has a ``step``, and each change of its content makes the next ``revision``: a page of an
    earlier one does nothing.
    """

    id: str
    owner: str  # Slack user id
    channel: str
    content: FlowContent
    step: str = ""
    revision: int = 1
    kept_until: datetime | None = None  # at least; None: for a day after its last change
