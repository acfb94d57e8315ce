"""The account's saved addresses, shared by every form that sends something somewhere.

Addresses are private. The pages of a person's own form show them whole, menus show a masked line, channels see the
masked line at most, and no log and no table has them. A form stores the address's id alone and reads the address again
with :func:`address_of`.

If no address is saved, a form shows :func:`no_address_blocks`. Its button has the action id ``action_ids.ADD_ADDRESS``
and opens the form of the addresses' feature that adds an address.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import ValidationError

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.forms import Choice
from handlers.blocks.i18n import _
from handlers.blocks.text import code, escape, truncate
from handlers.wire.errors import RequestError
from pandapon.operations import addresses
from pandapon.operations.addresses import AlibabaReceiver, TaobaoReceiver
from pandapon.operations.requests import Nothing
from tracking.addresses import TypedAddress

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from handlers.blocks.message import Block
    from handlers.interactions.context import Context
    from pandapon.operations.addresses import Address

MOST = 100  # addresses of a menu, which is Slack's limit
CITY, PHONE = 30, 40  # characters
DIGITS = 2  # last digits of the telephone number in a masked line


@dataclass(frozen=True, slots=True)
class SavedAddress:
    """An address of the account. Its repr has its id alone."""

    id: str
    name: str = field(default="", repr=False)
    province: str = field(default="", repr=False)
    city: str = field(default="", repr=False)
    district: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    is_default: bool = False

    @classmethod
    def of(cls, answer: Address) -> SavedAddress:
        """Make the value from an address of PandaPon's list."""
        return cls(
            answer.id,
            answer.name,
            answer.province,
            answer.city,
            answer.district,
            answer.address,
            answer.phone,
            bool(answer.is_default),
        )

    @property
    def masked(self) -> str:
        """A line of plain text to tell addresses apart: first character of the name, city, last digits; else the id."""
        digits = "".join(sign for sign in self.phone if sign.isdigit())
        parts = [f"{self.name[:1]}**" if self.name else "", truncate(self.city, CITY)]
        return " · ".join(part for part in [*parts, f"**{digits[-DIGITS:]}" if digits else ""] if part) or self.id

    @property
    def full(self) -> str:
        """The whole address as Slack text, for forms that this person alone sees."""
        place = " ".join(part for part in (self.province, self.city, self.district, self.address) if part)
        first = [f"*{escape(self.name)}*" if self.name else "", code(self.phone, PHONE) if self.phone else ""]
        return "\n".join(line for line in (" ".join(part for part in first if part), escape(place)) if line)

    @property
    def typed(self) -> TypedAddress:
        """The address as a person would type it."""
        return TypedAddress(self.name, self.phone, self.province, self.city, self.district, self.address)

    def alibaba(self) -> AlibabaReceiver:
        """Return the address in the form that 1688 takes. Raises RequestError for an address that lacks a part."""
        try:
            return AlibabaReceiver(
                full_name=self.name,
                mobile=self.phone,
                province_text=self.province,
                city_text=self.city,
                area_text=self.district or None,
                address=self.address,
            )
        except ValidationError:
            raise _incomplete() from None

    def taobao(self) -> TaobaoReceiver:
        """Return the address in the form that Taobao takes. Raises RequestError for an address that lacks a part."""
        try:
            return TaobaoReceiver(
                name=self.name,
                mobile_phone=self.phone,
                state=self.province,
                city=self.city,
                district=self.district or None,
                address=self.address,
            )
        except ValidationError:
            raise _incomplete() from None


async def saved_addresses(ctx: Context) -> tuple[SavedAddress, ...]:
    """Read the account's addresses, the default one first. Raises PandaPonError, such as UnknownPathError."""
    answers = await ctx.api.run(addresses.LIST, Nothing())
    saved = [SavedAddress.of(answer) for answer in answers if answer.id]
    return tuple(sorted(saved, key=lambda address: not address.is_default))


async def address_of(ctx: Context, address_id: str) -> SavedAddress:
    """Read one address again. Raises RequestError if it is no longer saved, and PandaPonError."""
    for address in await saved_addresses(ctx):
        if address.id == address_id:
            return address
    raise RequestError(_("This address is no longer saved at PandaPon. Choose another one."))


async def read_receivers(
    ctx: Context, address_id: str, salt: str, fingerprints: Mapping[str, str]
) -> tuple[AlibabaReceiver, TaobaoReceiver]:
    """Read an address again, in the forms that 1688 and Taobao take.

    ``fingerprints``: the pairs of :func:`fingerprints_of` as a mapping. The id alone is not enough: if somebody changes
    the saved address meanwhile, a reviewed or approved order would go to another place. Raises the errors of
    :func:`address_of`, and RequestError for an address that was changed since, or lacks a part.
    """
    address = await address_of(ctx, address_id)
    if fingerprints.get(address_id) != address.typed.fingerprint(salt):
        words = _("The saved address has been changed since this form was opened, so nothing was ordered. Order again.")
        raise RequestError(words)
    return address.alibaba(), address.taobao()


def fingerprints_of(saved: Sequence[SavedAddress], salt: str) -> tuple[tuple[str, str], ...]:
    """Return pairs of an address's id and its salted fingerprint, by which :func:`read_receivers` notices a change."""
    return tuple((address.id, address.typed.fingerprint(salt)) for address in saved[:MOST])


def address_choices(saved: Sequence[SavedAddress]) -> list[Choice]:
    """The entries of a menu of addresses. Each value is the address's id."""
    return [Choice(address.id, address.masked) for address in saved[:MOST]]


def no_address_blocks() -> list[Block]:
    """The blocks of a form for an account without an address: a sentence, and the button that adds an address."""
    words = _("📭 No address is saved at PandaPon yet. Add one, then open this form again.")
    return [el.section(words), *el.actions([el.button(_("Add an address"), f"{action_ids.ADD_ADDRESS}:1", "new")])]


def _incomplete() -> RequestError:
    return RequestError(
        _("The saved address lacks a part that the platform wants: name, telephone, province, city or street.")
    )
