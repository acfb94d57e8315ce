"""The one reader of order ids and waybills in people's words: for commands, shortcuts and forms alike."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from handlers.wire.text import clean, unescape

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARKUP = re.compile(r"<([^<>]*)>")
_URL = re.compile(r"https?://[^\s<>|\"']+", re.IGNORECASE)
_SHOPS = re.compile(r"(?:^|\.)(?:1688|taobao|tmall|pandapon)\.com$", re.IGNORECASE)
_IN_PATH = re.compile(r"/(?:orders?|trades?)/(?:[a-z_]+/)*([0-9]{12,20})(?![0-9])", re.IGNORECASE)
_IN_URL = re.compile(r"(?:order|trade)_?(?:id|no)=([0-9]{12,20})(?![0-9])", re.IGNORECASE)

# A number that is part of a longer word, an amount, a decimal or a mail address is no id; one behind the name of what
# it is (order-2542…), or behind another id, is.
_NAMES = "1688|alibaba|taobao|tmall|tb|orders?|trade|ids?|nos?|nr|number|po|waybill|parcel|track(?:ing)?"
_BEFORE = (
    rf"(?:(?<![0-9A-Za-z])(?i:{_NAMES})[-_]|(?<=[0-9]{{12}}[-_])"
    r"|(?<![0-9A-Za-z@¥￥$€+])(?<![0-9A-Za-z][-_])(?<![0-9]\.))"
)
_AFTER = r"(?![0-9A-Za-z@]|[-_](?![0-9]{12,20}(?![0-9A-Za-z]))[0-9A-Za-z]|\.[0-9]{1,6}(?![0-9]))"
_NUMBER = re.compile(rf"{_BEFORE}([0-9]{{12,20}}){_AFTER}")
_WAYBILL = re.compile(rf"{_BEFORE}([A-Za-z]{{2,4}}[0-9]{{10,20}}|[A-Za-z]{{2}}[0-9]{{9}}[A-Za-z]{{2}}){_AFTER}")
# JD numbers the boxes of a parcel behind its waybill: JDX012345678901-1-1-.
_JD = re.compile(rf"{_BEFORE}(JD[A-Z]{{0,2}}[0-9]{{10,20}})(?:-[0-9]{{1,3}}){{2}}-?(?![0-9A-Za-z])", re.IGNORECASE)

_NOT_IDS = re.compile(
    r"1[5-9][0-9]{11}"  # milliseconds since 1970, for the years 2017 to 2033
    r"|(?:00)?861[3-9][0-9]{9}"  # a Chinese mobile number with its country code
    r"|0[0-9]{11,}"  # a landline, an account: order ids do not start with 0
    r"|20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9](?:[0-9]{3})?)?"
)
# What a number is called, before or behind it; a currency, a country code or a mail address is no name of an id.
_ASIDE = r"[^0-9A-Za-z@¥$€+]"
_LABELLED = re.compile(
    rf"{_ASIDE}*(?:(?:{_NAMES}){_ASIDE}+)*(?P<core>[0-9A-Za-z](?:.*[0-9A-Za-z])?){_ASIDE}*", re.IGNORECASE | re.DOTALL
)
_NAME = re.compile(
    rf"(?:{_NAMES}|(?:order|tracking|waybill|parcel)(?:ids?|nos?|number))"
    "|(?:子?订单|运单|快递|物流|交易|包裹|货运|追踪|跟踪)?(?:编?号码?|单号|id)|子?订单|运单|快递|物流|包裹",
    re.IGNORECASE,
)


def in_text(text: str) -> Iterator[str]:
    """Ids of one text as Slack sends it, in order: links are looked into where they stand."""
    at = 0
    text = _visible(text)
    for match in _MARKUP.finditer(text):
        yield from _in_words(text[at : match.start()])
        yield from _in_markup(match[1])
        at = match.end()
    yield from _in_words(text[at:])


def in_url(url: str) -> list[str]:
    """Order ids named as such, on any site; in the path only on the platforms' own order pages."""
    found = _IN_URL.findall(unquote(url))
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:  # an address that is none, e.g. http://[
        return found
    return found + (_IN_PATH.findall(parts.path) if _SHOPS.search(host) else [])


def in_word(word: str) -> list[str]:
    """The ids of which a single word consists, names and punctuation aside; empty where there is more in it.

    A command's word is meant as an id, so that numbers count that in a message would be moments or phones.
    """
    spans = _spans(word)
    rest, at = "", 0
    for start, end, _number in spans:
        rest, at = f"{rest}{word[at:start]} ", end
    others = re.findall(r"[0-9A-Za-z]+", rest + word[at:])
    is_more = any(not _NAME.fullmatch(one) for one in others) or re.search(r"[@¥$€+]", rest)
    return [] if is_more else [number for _start, _end, number in spans]


def bare(word: str) -> str:
    """A word without what it is called and the punctuation around it: 订单号：2542…, 运单号SF…, SF…?"""
    match = _LABELLED.fullmatch(word)
    return match["core"] if match else word


def is_name(word: str) -> bool:
    """Whether a word only says what the number beside it is, or nothing at all."""
    letters = re.sub(r"[^\w]|_", "", word)
    return not letters or (bool(_NAME.fullmatch(letters)) and not letters.isdigit())


def _visible(text: str) -> str:
    return "".join(one for one in clean(text) if unicodedata.category(one) != "Cf")


def _in_markup(inside: str) -> Iterator[str]:
    """A link's address and its label; users, channels and dates hold no ids."""
    target, _bar, label = inside.partition("|")
    if target[:1] in {"@", "#", "!"} or target.startswith("mailto:"):
        return
    yield from _in_words(unescape(target))
    yield from _in_words(unescape(label))


def _in_words(text: str) -> Iterator[str]:
    at = 0
    for match in _URL.finditer(text):
        yield from _numbers(text[at : match.start()])
        yield from in_url(unescape(match[0]))
        at = match.end()
    yield from _numbers(text[at:])


def _numbers(text: str) -> Iterator[str]:
    for _start, _end, number in _spans(text):
        if not _NOT_IDS.fullmatch(number):
            yield number


def _spans(text: str) -> list[tuple[int, int, str]]:
    """Where each number begins and ends, and the number, in order."""
    hits = [*_NUMBER.finditer(text), *_WAYBILL.finditer(text), *_JD.finditer(text)]
    return [(hit.start(1), hit.end(), hit[1].upper()) for hit in sorted(hits, key=lambda hit: hit.start(1))]
