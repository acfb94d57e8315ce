"""Telephone numbers in somebody else's words: all but the ends are blotted out, in messages and in the log alike."""

from __future__ import annotations

import re

MASK = "∗∗∗∗"

# Digits as ASCII and Chinese keyboards type them, and the strokes, dots and blanks that people put between them.
_D = "[0-9０-９]"
_GAP = r"[-－‐‑‒–—.·\s]{0,2}"
# Not inside a longer number or a waybill. In the log a number may follow an escape (\n, \x1b, \u8bdd, %3A), whose last
# sign is no part of it.
_START = (
    r"(?:(?<![0-9０-９A-Za-z])|(?<=\\[abefnrtv])|(?<=\\x[0-9A-Fa-f]{2})|(?<=\\u[0-9A-Fa-f]{4})|(?<=%[0-9A-Fa-f]{2}))"
)
_END = rf"(?!{_D})"
_CHINA = rf"[+＋]?(?:[0０]{{2}})?[8８][6６]{_GAP}"
_MOBILE = rf"((?:(?:{_CHINA}|[(（]\s?{_CHINA}[)）]{_GAP}))?[1１][3-9３-９]{_D}){_GAP}{_D}{{4}}{_GAP}({_D}{{4}})"
# An area code begins with 0, or with the country's code in its place.
_AREA = rf"(?:(?:[+＋]|[0０]{{2}})[8８][6６]{_GAP}[1-9１-９]{_D}{{1,2}}|[0０][1-9１-９]{_D}{{1,2}})"
_LANDLINE = rf"((?:{_AREA}|[(（]{_AREA}[)）]){_GAP}){_D}{{3,4}}{_GAP}({_D}{{4}})"
_HOTLINE = rf"([48４８][0０]{{2}}){_GAP}{_D}{{3}}{_GAP}({_D}{{4}})"
# Thailand, where 1688's buyers have goods sent: 08x, 09x and 06x mobiles, with or without the country's code.
_THAI = rf"((?:[+＋][6６]{{2}}{_GAP}(?:[(（][0０][)）])?{_GAP}|[0０])[689６８９]){_D}{_GAP}{_D}{{3}}{_GAP}({_D}{{4}})"
_PHONES = tuple(re.compile(_START + one + _END) for one in (_MOBILE, _HOTLINE, _THAI, _LANDLINE))


def mask_phones(text: str, mask: str = MASK) -> str:
    """The text with the middle of every telephone number blotted out.

    Mainland mobiles and landlines, hotlines (400, 800) and Thai mobiles; with +86, 0086 or +66; with blanks, strokes or
    brackets; in full-width digits. A longer number (an order's 19 digits) is none.
    """
    for pattern in _PHONES:
        text = pattern.sub(rf"\1{mask}\2", text)
    return text
