"""The fields of a receiver abroad: in a form, read from it, and as words for the person who filled them in."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from babel import Locale

from handlers.blocks.forms import Choice, field, grouped_select
from handlers.blocks.freight_words import country as country_name
from handlers.blocks.i18n import _
from handlers.blocks.text import code, escape
from handlers.features.shipping.entries import NAME, STREET, TAX_ID, TOWN, Entries, text_field
from tracking.addresses import TypedReceiver

if TYPE_CHECKING:
    from handlers.blocks.message import Block

PHONE, POSTCODE = 40, 20  # characters that are shown
LETTERS = 2  # of a country's code
# No destinations abroad: China, and CLDR's codes for unions, parts of countries, tests and places without addresses.
NO_DESTINATION = frozenset(
    ("CN", "AC", "AQ", "BV", "CP", "CQ", "DG", "EA", "EU", "EZ", "HM", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ")
)


def fields(now: TypedReceiver) -> list[Block]:
    """The fields, with what was typed before. Countries have their names in the reader's language."""
    menu = grouped_select([(_("Countries and regions"), _countries())], now.country, _("Choose a country"))
    return [
        field(_("Country or region"), "country", menu),
        field(_("Name of the recipient"), "name", text_field(now.name)),
        field(
            _("Telephone"), "phone", text_field(now.phone), hint=_("With the country code, such as +66 81 234 5678.")
        ),
        field(_("Street, house number, building"), "address", text_field(now.address)),
        field(_("City"), "city", text_field(now.city)),
        field(_("State or province"), "state", text_field(now.state), optional=True),
        field(_("Postal code"), "postcode", text_field(now.postcode)),
        field(_("Email"), "email", text_field(now.email), optional=True),
        field(_("Tax ID"), "tax_id", text_field(now.tax_id), optional=True, hint=_("If customs there ask for it.")),
    ]


def read(entries: Entries) -> TypedReceiver:
    """Read the fields; wrong ones are noted in ``entries``."""
    country = entries.chosen("country")
    if country not in _codes():
        entries.refuse("country", _("Choose a country."))
    return TypedReceiver(
        name=entries.words("name", NAME),
        phone=entries.phone_abroad("phone"),
        country=country,
        state=entries.words("state", TOWN, optional=True),
        city=entries.words("city", TOWN),
        postcode=entries.postcode("postcode"),
        address=entries.words("address", STREET),
        email=entries.email("email"),
        tax_id=entries.note("tax_id", TAX_ID),
    )


def words(receiver: TypedReceiver) -> str:
    """The receiver as Slack text, for a view that only the person sees."""
    place = " ".join(part for part in (receiver.address, receiver.city, receiver.state) if part)
    country = escape(country_name(receiver.country))
    return "\n".join(
        [
            f"*{escape(receiver.name)}* {code(receiver.phone, PHONE)}",
            escape(place),
            f"{code(receiver.postcode, POSTCODE)} {country}",
        ]
    )


@cache
def _codes() -> frozenset[str]:
    """The ISO 3166 codes of the countries and regions that parcels go to, without mainland China."""
    every = map(str, Locale.parse("en").territories)
    return frozenset(iso for iso in every if len(iso) == LETTERS and iso.isalpha()) - NO_DESTINATION


def _countries() -> list[Choice]:
    named = ((country_name(iso), iso) for iso in _codes())
    return [Choice(iso, name) for name, iso in sorted(named)]
