"""Adding and changing saved addresses: planned from the present list, and looked for in it after a lost answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks.i18n import _
from handlers.wire.errors import RequestError
from handlers.wire.text import number_of
from handlers.writing.plans import Plan, Verdict, new_id
from handlers.writing.receivers import SavedAddress
from pandapon.errors import UnknownPathError
from pandapon.operations import addresses
from pandapon.operations.addresses import SaveAddress
from pandapon.operations.requests import Nothing, make_request
from tracking.changes.address import AddressChange, judge
from tracking.writes import WriteState

if TYPE_CHECKING:
    from datetime import timedelta

    from pandapon.client import PandaPon
    from tracking.addresses import TypedAddress

ID_DIGITS = 18  # of an address's id, at most: a 64-bit number


async def plan_address(api: PandaPon, wanted: TypedAddress, address_id: str = "") -> Plan:
    """Plan to save an address. ``address_id``: the id of the address to change; empty: add a new one.

    Raises PandaPonError, and RequestError if this exact address is saved already or the address to change is gone. The
    list's path is not published; while no setting names it, addresses are saved without these checks, and a lost answer
    cannot be looked for.
    """
    number = _number(address_id)
    try:
        before, was_read = await _read(api), True
    except UnknownPathError:
        before, was_read = {}, False
    if was_read and address_id and address_id not in before:
        raise RequestError(_("This address is no longer saved at PandaPon, so nothing was done."))
    if wanted in before.values():
        raise RequestError(_("This exact address is saved already, so nothing was done."))
    salt = new_id()
    former = before[address_id].fingerprint(salt) if address_id in before else ""
    change = AddressChange(address_id, tuple(before), salt, former, wanted.fingerprint(salt), was_read)
    request = make_request(
        lambda: SaveAddress(
            id=number,
            name=wanted.name,
            province=wanted.province,
            city=wanted.city,
            district=wanted.district or None,
            address=wanted.address,
            phone=wanted.phone,
        )
    )
    return Plan((addresses.SAVE, request), change)


async def verify(api: PandaPon, change: AddressChange, age: timedelta) -> Verdict | None:
    """Look for an unclear change in the list of addresses. Raises PandaPonError."""
    try:
        saved = await _read(api)
    except UnknownPathError:
        return Verdict(WriteState.UNKNOWABLE)
    seen = {id_: address.fingerprint(change.salt) for id_, address in saved.items()}
    state, address_id = judge(change, seen, age)
    return Verdict(state, (address_id,) if address_id else ()) if state else None


async def _read(api: PandaPon) -> dict[str, TypedAddress]:
    answers = await api.run(addresses.LIST, Nothing())
    return {answer.id: SavedAddress.of(answer).typed for answer in answers if answer.id}


def _number(address_id: str) -> int | None:
    """The id as the operation takes it; None for an empty one. Raises RequestError for an id that is no number."""
    if not address_id:
        return None
    number = number_of(address_id, ID_DIGITS)
    if number is None:
        raise RequestError(_("PandaPon's description of this address lacks what a change needs, so nothing was done."))
    return number
