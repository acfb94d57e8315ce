"""Finds order ids and waybills in people's words, for commands, shortcuts and forms alike."""

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

# A number that is part of a longer word, an amount, a decimal or a mail address is no id. A number right behind a name
# such as "order-", or behind another id and a hyphen, is an id.
_NAMES = "1688|alibaba|taobao|tmall|tb|orders?|trade|ids?|nos?|nr|number|po|waybill|parcel|track(?:ing)?"
_BEFORE = (
    rf"(?:(?<![0-9A-Za-z])(?i:{_NAMES})[-_]|(?<=[0-9]{{12}}[-_])"
    r"|(?<![0-9A-Za-z@¥￥$€+])(?<![0-9A-Za-z][-_])(?<![0-9]\.))"
)
_AFTER = r"(?![0-9A-Za-z@]|[-_](?![0-9]{12,20}(?![0-9A-Za-z]))[0-9A-Za-z]|\.[0-9]{1,6}(?![0-9]))"
_NUMBER = re.compile(rf"{_BEFORE}([0-9]{{12,20}}){_AFTER}")
_WAYBILL = re.compile(rf"{_BEFORE}([A-Za-z]{{2,4}}[0-9]{{10,20}}|[A-Za-z]{{2}}[0-9]{{9}}[A-Za-z]{{2}}){_AFTER}")
# JD appends the numbers of a parcel's boxes to the waybill: JDX012345678901-1-1-.
_JD = re.compile(rf"{_BEFORE}(JD[A-Z]{{0,2}}[0-9]{{10,20}})(?:-[0-9]{{1,3}}){{2}}-?(?![0-9A-Za-z])", re.IGNORECASE)

_NOT_IDS = re.compile(
    r"1[5-9][0-9]{11}"  # milliseconds since 1970, for the years 2017 to 2033
    r"|(?:00)?861[3-9][0-9]{9}"  # a Chinese mobile number with its country code
    r"|0[0-9]{11,}"  # a landline, an account: order ids do not start with 0
    r"|20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9](?:[0-9]{3})?)?"
)
# A number and the name before or behind it. Signs of a currency, a country code or a mail address rule an id out.
_ASIDE = r"[^0-9A-Za-z@¥$€+]"
_LABELLED = re.compile(
    rf"{_ASIDE}*(?:(?:{_NAMES}){_ASIDE}+)*(?P<core>[0-9A-Za-z](?:.*[0-9A-Za-z])?){_ASIDE}*", re.IGNORECASE | re.DOTALL
)
_NAME = re.compile(
    rf"(?:{_NAMES}|(?:order|tracking|waybill|parcel)(?:ids?|nos?|number))"
    "|(?:子?订单|运单|快递|物流|交易|包裹|货运|追踪|跟踪)?(?:编?号码?|单号|id)|子?订单|运单|快递|物流|包裹",
    re.IGNORECASE,
)


def ids_in_text(text: str) -> Iterator[str]:
    """The ids in a text as Slack sends it, in order, including the ids in the addresses and labels of links."""
    at = 0
    text = _visible(text)
    for match in _MARKUP.finditer(text):
        yield from _in_words(text[at : match.start()])
        yield from _in_markup(match[1])
        at = match.end()
    yield from _in_words(text[at:])


def ids_in_url(url: str) -> list[str]:
    """The order ids in a web address: in parameters such as ``orderId=`` of any site, and in the platforms' paths."""
    ids = _IN_URL.findall(unquote(url))
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:  # no valid address, e.g. http://[
        return ids
    return ids + (_IN_PATH.findall(parts.path) if _SHOPS.search(host) else [])


def ids_in_word(word: str) -> list[str]:
    """The ids in a word that consists of ids, their names and punctuation; empty for any other word.

    A word of a command is meant as an id, so numbers count that :func:`ids_in_text` takes for timestamps or phones.
    """
    spans = _spans(word)
    between, at = "", 0
    for start, end, _number in spans:
        between, at = f"{between}{word[at:start]} ", end
    words = re.findall(r"[0-9A-Za-z]+", between + word[at:])
    has_others = any(not _NAME.fullmatch(other) for other in words) or re.search(r"[@¥$€+]", between)
    return [] if has_others else [number for _start, _end, number in spans]


def without_label(word: str) -> str:
    """A word without the punctuation and the name of the number around it: 订单号：2542? becomes 2542."""
    match = _LABELLED.fullmatch(word)
    return match["core"] if match else word


def is_name(word: str) -> bool:
    """Whether a word is only the name of a number, such as "order", or has no letters and digits at all."""
    letters = re.sub(r"[^\w]|_", "", word)
    return not letters or (bool(_NAME.fullmatch(letters)) and not letters.isdigit())


def _visible(text: str) -> str:
    return "".join(character for character in clean(text) if unicodedata.category(character) != "Cf")


def _in_markup(inside: str) -> Iterator[str]:
    """The ids in a link's address and label. The markup of users, channels and dates holds none."""
    target, _bar, label = inside.partition("|")
    if target[:1] in {"@", "#", "!"} or target.startswith("mailto:"):
        return
    yield from _in_words(unescape(target))
    yield from _in_words(unescape(label))


def _in_words(text: str) -> Iterator[str]:
    at = 0
    for match in _URL.finditer(text):
        yield from _numbers(text[at : match.start()])
        yield from ids_in_url(unescape(match[0]))
        at = match.end()
    yield from _numbers(text[at:])


def _numbers(text: str) -> Iterator[str]:
    for _start, _end, number in _spans(text):
        if not _NOT_IDS.fullmatch(number):
            yield number


def _spans(text: str) -> list[tuple[int, int, str]]:
    """The start, the end and the text of each number, in order."""
    hits = [*_NUMBER.finditer(text), *_WAYBILL.finditer(text), *_JD.finditer(text)]
    return [(hit.start(1), hit.end(), hit[1].upper()) for hit in sorted(hits, key=lambda hit: hit.start(1))]
