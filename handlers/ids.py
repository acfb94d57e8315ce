"""Finds the order ids and waybills that a Slack message mentions, wherever in it they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from handlers.order_ids import ids_in_url
from handlers.tokens import clean, unescape

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 10  # orders that one message shortcut takes on

# Where people's words stand in messages, blocks and attachments, in the order a reader meets them. Everything else
# (timestamps, user and channel ids, button values) holds numbers that are no orders; of a button, only its link counts.
_WORDS = ("pretext", "author_name", "title", "title_link", "from_url", "url", "text", "fallback", "footer")
_PARTS = ("blocks", "elements", "fields", "accessory", "rows", "actions", "attachments", "message_blocks", "message")
_SILENT = frozenset({"button", "user", "usergroup", "channel", "broadcast", "emoji", "date", "image", "overflow"})

_MARKUP = re.compile(r"<([^<>]*)>")
_URL = re.compile(r"https?://[^\s<>|\"']+", re.IGNORECASE)
_SHOPS = re.compile(r"(?:^|\.)(?:1688|taobao|tmall|pandapon)\.com$", re.IGNORECASE)
_IN_PATH = re.compile(r"/(?:orders?|trades?)/(?:[a-z_]+/)*([0-9]{12,20})(?![0-9])", re.IGNORECASE)

# A number that is part of a longer word, an amount, a decimal or a mail address is no id; one behind the name of what
# it is (order-2542…), or behind another id, is.
_NAMES = "1688|alibaba|taobao|tmall|tb|orders?|trade|id|no|po|waybill|parcel|track(?:ing)?"
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


@dataclass(frozen=True, slots=True)
class Found:
    """The ids of a message, each once, in order of appearance; ``skipped`` are those beyond the first ten."""

    ids: tuple[str, ...]
    skipped: tuple[str, ...] = ()


def find_ids(message: dict[str, Any]) -> Found:
    """Look through text, blocks, attachments and links of a message as Slack hands it to a shortcut."""
    found: dict[str, None] = {}
    for text in _texts(message):
        for one in _ids(text):
            found[one] = None
    ids = tuple(found)
    return Found(ids[:MOST], ids[MOST:])


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for one in part:
            yield from _texts(one)
    if not isinstance(part, dict):
        return
    if part.get("type") == "button" and isinstance(part.get("url"), str):  # a shop's bot links an order this way
        yield part["url"]
    if str(part.get("type")) in _SILENT:
        return
    for key in _WORDS:
        value = part.get(key)
        if isinstance(value, str):
            yield value
        else:  # a section's text is an object
            yield from _texts(value)
    if isinstance(part.get("value"), str):  # a field of an attachment; buttons do not come this far
        yield part["value"]
    for key in _PARTS:
        yield from _texts(part.get(key))


def _ids(text: str) -> Iterator[str]:
    """Ids of one text in order: links are looked into where they stand."""
    at = 0
    text = clean(text)
    for match in _MARKUP.finditer(text):
        yield from _in_words(text[at : match.start()])
        yield from _in_markup(match[1])
        at = match.end()
    yield from _in_words(text[at:])


def _in_markup(inside: str) -> Iterator[str]:
    """A link's address and its label; users, channels and dates hold no ids."""
    target, _bar, label = inside.partition("|")
    if target[:1] in {"@", "#", "!"} or target.startswith(("mailto:", "tel:")):
        return
    yield from _in_words(unescape(target))
    yield from _in_words(unescape(label))


def _in_words(text: str) -> Iterator[str]:
    at = 0
    for match in _URL.finditer(text):
        yield from _numbers(text[at : match.start()])
        yield from _in_url(unescape(match[0]))
        at = match.end()
    yield from _numbers(text[at:])


def _in_url(url: str) -> Iterator[str]:
    """Order ids named as such, on any site; in the path only on the platforms' own order pages."""
    yield from ids_in_url(unquote(url))
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:  # an address that is none, e.g. http://[
        return
    if _SHOPS.search(host):
        yield from _IN_PATH.findall(parts.path)


def _numbers(text: str) -> Iterator[str]:
    hits = [*_NUMBER.finditer(text), *_WAYBILL.finditer(text), *_JD.finditer(text)]
    for match in sorted(hits, key=lambda hit: hit.start(1)):
        if not _NOT_IDS.fullmatch(match[1]):
            yield match[1].upper()
