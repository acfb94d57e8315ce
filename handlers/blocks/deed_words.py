"""The words of each deed that :mod:`pandapon.courier` knows, for a gloss. ``{where}``: "at the Yiwu sorting centre"."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from handlers.blocks.i18n import _, language
from handlers.blocks.labels import reason_words
from pandapon.courier import Deed, Keeper, Reason

D, K, R = Deed, Keeper, Reason


def deed_words(deed: Deed, *, is_ongoing: bool = False, is_planned: bool = False) -> str:
    """Return the deed in words that begin in lower case. Those whose place matters contain ``{where}`` to fill in."""
    words = _all(language())
    if is_planned and deed in words.waiting:
        return words.waiting[deed]
    if is_ongoing and deed in words.ongoing:
        return words.ongoing[deed]
    return words.plain[deed]


def keeper_words(keeper: Keeper) -> str:
    """Return who has a parcel in place of the receiver, in words. Raises KeyError for the receiver and the door."""
    return {
        K.FRONT_DESK: _("the front desk"),
        K.FAMILY: _("a family member"),
        K.NEIGHBOUR: _("a neighbour"),
        K.COLLEAGUE: _("a colleague"),
        K.FRIEND: _("a friend"),
        K.SOMEBODY: _("someone on the receiver's behalf"),
        K.GUARD: _("the security guard"),
        K.PROPERTY: _("the building management"),
        K.MAIL_ROOM: _("the mail room"),
        K.STATION: _("a parcel station"),
        K.LOCKER: _("a parcel locker"),
        K.POST_OFFICE: _("a post office"),
    }[keeper]


class _Words(NamedTuple):
    """The words of one language."""

    plain: dict[Deed, str]
    ongoing: dict[Deed, str]
    waiting: dict[Deed, str]


@cache
def _all(_language: str) -> _Words:
    plain = _at_the_shop() | _on_the_way() | _last_leg() | _problems() | _ends()
    return _Words(plain, _ongoing(), _waiting())


def _at_the_shop() -> dict[Deed, str]:
    return {
        D.ORDER_PLACED: _("order placed"),
        D.UNPAID: _("waiting for payment"),
        D.PAID: _("payment received"),
        D.PREPARING: _("the seller is preparing the order"),
        D.ORDER_CHECKED: _("the order is being checked"),
        D.PACKING: _("the seller is packing the order"),
        D.MAKING: _("being made to order"),
        D.PRESALE: _("presale, not ready to ship yet"),
        D.TO_SHIP: _("the seller is going to ship it"),
        D.LABEL_MADE: _("shipping label created"),
        D.AWAITING_COLLECTION: _("waiting for the courier to pick it up"),
        D.SHIPPED: _("shipped by the seller"),
        D.PICKED_UP: _("picked up by the courier {where}"),
    }


def _on_the_way() -> dict[Deed, str]:
    return {
        D.ARRIVED: _("arrived at the next stop"),
        D.LEFT: _("sent on"),
        D.TOWARDS: _("sent on"),
        D.NEXT_STOP: _("on its way to the next stop"),
        D.MOVING: _("on its way"),
        D.HANDLED: _("processed {where}"),
        D.LOADED: _("loaded {where}"),
        D.UNLOADED: _("unloaded {where}"),
        D.SORTED: _("sorted {where}"),
        D.BAGGED: _("packed into a transport bag {where}"),
        D.UNBAGGED: _("taken out of the transport bag {where}"),
        D.WEIGHED: _("weighed {where}"),
        D.MERGED: _("combined with other parcels {where}"),
        D.SECURITY: _("security check {where}"),
        D.CHECKED: _("contents checked {where}"),
        D.STOCKED: _("taken into storage {where}"),
        D.PACKED: _("packed {where}"),
        D.RELABELLED: _("given a new label {where}"),
        D.SCANNED: _("scanned {where}"),
        D.RECEIVED: _("received {where}"),
        D.TRANSFERRED: _("handed over to another carrier"),
        D.REDIRECTED: _("redirected to another address"),
        D.FORWARDED: reason_words(R.FORWARDED),
        D.BY_AIR: _("on its way by air"),
        D.BY_SEA: _("on its way by sea"),
        D.BY_RAIL: _("on its way by rail"),
        D.BY_ROAD: _("on its way by truck"),
        D.TOOK_OFF: _("the flight has departed"),
        D.LANDED: _("landed {where}"),
        D.SAILED: _("the ship has departed"),
        D.BERTHED: _("the ship has arrived {where}"),
        D.AT_AIRLINE: _("handed over to the airline"),
        D.LEFT_COUNTRY: _("left the country of origin"),
        D.ENTERED_COUNTRY: _("entered the destination country"),
        D.CLEARING: _("customs clearance"),
        D.CLEARED: _("cleared by customs"),
        D.AWAITING_RELEASE: _("waiting for release by customs"),
        D.INSPECTED: reason_words(R.CUSTOMS_INSPECTION),
        D.RESUMED: _("back on its way"),
        D.RETURN_CALLED_OFF: _("the return was called off"),
    }


def _ongoing() -> dict[Deed, str]:
    return {
        D.HANDLED: _("being processed {where}"),
        D.LOADED: _("being loaded {where}"),
        D.UNLOADED: _("being unloaded {where}"),
        D.SORTED: _("being sorted {where}"),
        D.PACKED: _("being packed {where}"),
    }


def _waiting() -> dict[Deed, str]:
    processing = _("waiting to be processed {where}")
    moving = _("waiting to be sent on {where}")
    return {
        **dict.fromkeys((D.HANDLED, D.SORTED, D.SCANNED, D.CHECKED, D.PACKED, D.MERGED, D.UNBAGGED), processing),
        **dict.fromkeys((D.MOVING, D.LOADED, D.LEFT, D.TOWARDS, D.BY_AIR, D.BY_SEA, D.BY_RAIL, D.BY_ROAD), moving),
        **dict.fromkeys((D.TOOK_OFF, D.SAILED, D.AT_AIRLINE, D.LEFT_COUNTRY, D.TRANSFERRED), moving),
        D.CLEARING: _("waiting for customs clearance"),
        D.INSPECTED: _("waiting for a customs inspection"),
        D.UNLOADED: _("waiting to be unloaded {where}"),
    }


def _last_leg() -> dict[Deed, str]:
    return {
        D.AT_LAST_OUTLET: _("arrived at the local depot"),
        D.AWAITING_DELIVERY: _("waiting to be delivered"),
        D.OUT_FOR_DELIVERY: _("out for delivery {where}"),
        D.READY: _("ready for pickup"),
        D.DELIVERED: _("delivered"),
        D.COLLECTED: _("collected from the pickup point"),
        D.PARTIAL: reason_words(R.PARTIAL),
    }


def _problems() -> dict[Deed, str]:
    return {
        **{deed: reason_words(reason) for deed, reason in _REASONS.items()},
        D.NOT_ACCEPTED: _("not accepted there"),
        D.STUCK: _("could not go on"),
        D.OUT_OF_STOCK: _("out of stock"),
        D.RECALLED: _("being fetched back"),
        D.MISDELIVERED: _("delivered to the wrong person"),
        D.WRONGLY_SIGNED: _("wrongly marked as delivered"),
        D.WRONG_NUMBER: _("the receiver's phone number is wrong"),
        D.ANOTHER_TIME: _("to be delivered at another time"),
        D.CLOSED: _("closed when the courier came"),
        D.NO_ENTRY: _("the courier was not let in"),
        D.UNPAID_COD: _("the amount due on delivery was not paid"),
        D.ATTEMPT_FAILED: _("delivery attempt failed"),
        D.BACK_AT_DEPOT: _("taken back to the depot"),
        D.TAKEN_BACK: _("taken back by the courier"),
        D.MOVED: _("the receiver has moved"),
        D.WEATHER: _("delayed by the weather"),
        D.HOLIDAY: _("delayed by a holiday"),
        D.TRAFFIC: _("delayed by traffic or an accident"),
        D.BACKLOG: _("delayed by too many parcels"),
        D.NO_FLIGHT: _("delayed by a cancelled or diverted flight"),
        D.CLOSURE: _("delayed by closures"),
        D.BREAKDOWN: _("delayed by a breakdown"),
        D.STRIKE: _("delayed by a strike"),
        D.NO_UPDATE: _("no update for a long time"),
        D.PACKAGING: _("packaging damaged"),
        D.WET: _("wet"),
        D.LEAKING: _("leaking"),
        D.BROKEN: _("broken"),
        D.CRUSHED: _("crushed or dented"),
        D.BURNT: _("damaged by fire"),
        D.OPENED: _("opened on the way"),
        D.MAYBE_DESTROYED: _("to be destroyed"),
        D.MAYBE_SEIZED: _("to be confiscated"),
        D.UNCLAIMED: _("given up by its owner"),
        D.LOCKER_FULL: _("the parcel locker is full"),
        D.REGISTERED: _("registered as a problem parcel"),
        D.LABEL_LOST: _("the label is damaged or missing"),
        D.OVERSIZE: _("too heavy or too large"),
        D.SEARCHING: _("being searched for"),
        D.GOODS_DECLARED: _("the declaration of the goods is questioned"),
        D.DISPUTE: _("disputed"),
        D.PROBLEM: _("a problem was reported"),
    }


def _ends() -> dict[Deed, str]:
    return {
        D.RETURNING: _("being sent back to the sender"),
        D.TO_RETURN: _("to be sent back to the sender"),
        D.RETURNED: _("returned to the sender"),
        D.LOST: _("lost"),
        D.DESTROYED: reason_words(R.DESTROYED),
        D.SEIZED: reason_words(R.SEIZED),
        D.ABANDONED: _("given up by its owner"),
        D.CANCELLED: _("cancelled"),
    }


_REASONS = {
    D.REFUSED: R.REFUSED,
    D.NO_CONTACT: R.NO_CONTACT,
    D.ABSENT: R.ABSENT,
    D.ADDRESS: R.ADDRESS,
    D.OUT_OF_AREA: R.OUT_OF_AREA,
    D.DELAYED: R.DELAYED,
    D.DAMAGED: R.DAMAGED,
    D.MISSING: R.MISSING,
    D.MISSORTED: R.MISSORTED,
    D.FORBIDDEN: R.FORBIDDEN,
    D.HELD: R.HELD,
    D.CUSTOMS_HELD: R.CUSTOMS_HELD,
    D.PAPERS: R.PAPERS,
    D.DUTY: R.DUTY,
    D.INTERCEPTED: R.INTERCEPTED,
    D.NOT_FETCHED: R.NOT_FETCHED,
    D.NOT_COLLECTED: R.NOT_COLLECTED,
    D.SIGNATURE_DISPUTED: R.SIGNATURE_DISPUTED,
    D.MAYBE_LOST: R.LOST,
    D.COMPENSATED: R.COMPENSATED,
}
