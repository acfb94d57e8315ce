"""Reads and checks the fields of an address, as people type them. Each refusal is one sentence."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from handlers.blocks.forms import VALUE, value_of
from handlers.blocks.i18n import _
from handlers.blocks.locale_data import number
from handlers.wire.text import clean

if TYPE_CHECKING:
    from handlers.blocks.message import Block

NAME, TOWN, STREET, POSTCODE, EMAIL, TAX_ID, REMARK = 40, 40, 200, 12, 100, 40, 200  # characters
_BETWEEN = re.compile(r"[\s().·-]+")
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")
_LANDLINE = re.compile(r"(?:\+?86|0086)?(010|02[0-9]|0[3-9][0-9]{2})([2-9][0-9]{6,7})")
_ABROAD = re.compile(r"\+?[0-9]{6,15}")
_POSTCODE = re.compile(r"[A-Z0-9][A-Z0-9 -]{1,11}")
_EMAIL = re.compile(r"[^@\s<>\"',;]+@[^@\s<>\"',;]+\.[^@\s<>\"',;.]{2,}")
_MARKS = re.compile(r"[<>{}\[\]\\^`|]")


class Entries:
    """The values of a form. Each method reads one field.

    The methods that check a field return an empty text for a wrong one, and note a sentence in ``wrong``, by its name.
    """

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values
        self.wrong: dict[str, str] = {}

    def typed(self, name: str) -> str:
        """The text of a field on one line, with full-width characters made narrow and invisible ones removed."""
        text = unicodedata.normalize("NFKC", clean(value_of(self._values, name, "value")))
        kept = (" " if sign.isspace() else sign for sign in text)
        return " ".join("".join(sign for sign in kept if unicodedata.category(sign)[0] != "C").split())

    def chosen(self, name: str) -> str:
        """The value of a menu."""
        return value_of(self._values, name, "selected_option")

    def words(self, name: str, most: int, *, optional: bool = False) -> str:
        """Read a name, a town or a street: it has at least one letter, and no sign that a label cannot print."""
        text = self.typed(name)
        if not text and optional:
            return ""
        if not any(sign.isalpha() for sign in text):
            return self._refuse(name, _("Please write this in letters."))
        if len(text) > most:
            return self._refuse(name, _too_long(most))
        if mark := _MARKS.search(text):
            return self._refuse(name, _("The sign {sign} can't stand in an address.").format(sign=mark.group()))
        return text

    def town(self, name: str, *, optional: bool = False) -> str:
        """Read a city or a district, which has no digits."""
        text = self.words(name, TOWN, optional=optional)
        if any(sign.isdigit() for sign in text):
            return self._refuse(name, _("A place has no digits. The house number goes with the street."))
        return text

    def chinese_phone(self, name: str) -> str:
        """Read a telephone number in China, with or without +86: a mobile, or a landline such as ``0571-88888888``."""
        digits = _BETWEEN.sub("", self.typed(name))
        if match := _MOBILE.fullmatch(digits):
            return match[1]
        if match := _LANDLINE.fullmatch(digits):
            return f"{match[1]}-{match[2]}"
        return self._refuse(
            name,
            _("Write a Chinese mobile number of 11 digits, or a landline with its area code such as 0571-88888888."),
        )

    def phone_abroad(self, name: str) -> str:
        """Read a telephone number of any country."""
        digits = _BETWEEN.sub("", self.typed(name))
        if not _ABROAD.fullmatch(digits):
            return self._refuse(name, _("Write the telephone number with its country code, such as +66 81 234 5678."))
        return digits

    def postcode(self, name: str) -> str:
        """Read a postal code of any country."""
        code = self.typed(name).upper()
        if not (_POSTCODE.fullmatch(code) and any(sign.isdigit() or sign.isalpha() for sign in code)):
            return self._refuse(name, _("Write the postal code: letters and digits, at most {n}.").format(n=POSTCODE))
        return code

    def email(self, name: str) -> str:
        """Read an email address, which may be left out."""
        text = self.typed(name)
        if text and (len(text) > EMAIL or not _EMAIL.fullmatch(text)):
            return self._refuse(name, _("Write an email address such as name@example.com, or leave this empty."))
        return text

    def note(self, name: str, most: int) -> str:
        """Read free text, which may be left out."""
        text = self.typed(name)
        return self._refuse(name, _too_long(most)) if len(text) > most else text

    def refuse(self, name: str, sentence: str) -> None:
        """Note the sentence for a wrong field."""
        self._refuse(name, sentence)

    def _refuse(self, name: str, sentence: str) -> str:
        self.wrong[name] = sentence
        return ""


def text_field(value: str, *, is_long: bool = False) -> Block:
    """A text input. ``value``: the text that it shows at first."""
    element: Block = {"type": "plain_text_input", "action_id": VALUE}
    element |= {"multiline": True} if is_long else {}
    return element | ({"initial_value": value} if value else {})


def _too_long(most: int) -> str:
    return _("That is too long: {n} characters at most.").format(n=number(most))
