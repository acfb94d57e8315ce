"""The account's addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.pandapon.refusals import RefusedError

if TYPE_CHECKING:
    from sandbox.pandapon.trading.account import Account
    from sandbox.pandapon.trading.fields import Fields

REQUIRED = ("name", "province", "city", "address", "phone")


def listing(account: Account, _fields: Fields) -> list[dict[str, Any]]:
    """All addresses. The answer is not published [inferred]."""
    return [{"id": number, **address} for number, address in account.addresses.items()]


def save(account: Account, fields: Fields) -> None:
    """Add an address, or change the address with the id that is sent. The answer has no data [stated]."""
    address = {name: fields.words(name) for name in REQUIRED} | {"district": fields.optional("district") or None}
    number = fields.number("id") if "id" in fields else account.next_number()
    if "id" in fields and number not in account.addresses:
        raise RefusedError("404", "地址不存在")
    account.addresses[number] = address
