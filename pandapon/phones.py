"""Masks the middle of telephone numbers in texts from outside, for messages and for the log."""

from __future__ import annotations

import re

MASK = "∗∗∗∗"

# ASCII and full-width digits, and the dashes, dots and blanks that people put between them.
_D = "[0-9０-９]"
_GAP = r"[-－‐‑‒–—.·\s]{0,2}"
# A number does not begin inside a longer number or a waybill. In the log it may follow an escape (\n, \x1b, \u8bdd,
# %3A), whose last character is no part of the number.
_START = (
    r"(?:(?<![0-9０-９A-Za-z])|(?<=\\[abefnrtv])|(?<=\\x[0-9A-Fa-f]{2})|(?<=\\u[0-9A-Fa-f]{4})|(?<=%[0-9A-Fa-f]{2}))"
)
_END = rf"(?!{_D})"
_CHINA = rf"[+＋]?(?:[0０]{{2}})?[8８][6６]{_GAP}"
_MOBILE = rf"((?:(?:{_CHINA}|[(（]\s?{_CHINA}[)）]{_GAP}))?[1１][3-9３-９]{_D}){_GAP}{_D}{{4}}{_GAP}({_D}{{4}})"
# An area code begins with 0 or with the country code.
_AREA = rf"(?:(?:[+＋]|[0０]{{2}})[8８][6６]{_GAP}[1-9１-９]{_D}{{1,2}}|[0０][1-9１-９]{_D}{{1,2}})"
_LANDLINE = rf"((?:{_AREA}|[(（]{_AREA}[)）]){_GAP}){_D}{{3,4}}{_GAP}({_D}{{4}})"
_HOTLINE = rf"([48４８][0０]{{2}}){_GAP}{_D}{{3}}{_GAP}({_D}{{4}})"
# Thai mobiles (08x, 09x, 06x), with or without the country code: buyers on 1688 have goods sent there.
_THAI = rf"((?:[+＋][6６]{{2}}{_GAP}(?:[(（][0０][)）])?{_GAP}|[0０])[689６８９]){_D}{_GAP}{_D}{{3}}{_GAP}({_D}{{4}})"
_PHONES = tuple(re.compile(_START + number + _END) for number in (_MOBILE, _HOTLINE, _THAI, _LANDLINE))


def mask_phones(text: str, mask: str = MASK) -> str:
    """Return the text with ``mask`` in place of the middle of every telephone number.

    Chinese mobiles and landlines, hotlines (400, 800) and Thai mobiles are masked, with or without +86, 0086 or +66,
    blanks, dashes or brackets, and in full-width digits. A longer number, such as an order's 19 digits, is not masked.
    """
    for pattern in _PHONES:
        text = pattern.sub(rf"\1{mask}\2", text)
    return text
