"""Removes markup from the texts of couriers and sellers: tags, entities, invisible characters.

The standard library serves with its table of entities only: its parser takes quadratic time on some unfinished tags.
"""

from __future__ import annotations

import html
import re

ROUNDS = 3  # texts may be escaped up to twice: &amp;lt;br/&amp;gt;


def _names(spaced: str) -> frozenset[str]:
    return frozenset(spaced.split())


_BLOCKS = _names(
    "address article aside blockquote body br caption center dd details div dl dt fieldset figure footer form h1 h2 h3 "
    "h4 h5 h6 head header hr html legend li main menu nav ol option p pre section select summary table tbody tfoot "
    "thead tr ul"
)
_CELLS = frozenset({"td", "th"})
# The last names are tags of mini programs.
_INLINE = _names(
    "a abbr acronym area audio b base basefont bdi bdo big blink button canvas cite code col colgroup data del dfn dir "
    "em embed font frame frameset i iframe img input ins kbd label link map mark marquee meta meter nobr noscript "
    "object output param picture progress q rp rt ruby s samp script small source span strike strong style sub sup svg "
    "template textarea time title track tt u var video wbr xml view text image navigator"
)
_NAMES = _BLOCKS | _CELLS | _INLINE
# A tag ends at the next > outside quotes, or at the next > if a quote never ends. No part of a tag holds a <, so each
# character is tried in one match only, and the time is linear.
_TAG = re.compile(
    r"""<(/?)([a-zA-Z][a-zA-Z0-9:._-]*+)((?:[^<>"']|"[^"<]*"|'[^'<]*')*+|[^<>]*+)>"""
    r"|<!\[CDATA\[|\]\]>|<[!?][^<>]*+>"
    r"|<(/?)([a-zA-Z]*+)((?:[\s/][^<>]*+)?)\Z"  # cut off at the end
)
_ATTRIBUTES = re.compile(r"\s+[a-zA-Z_:][\w:.-]*\s*=|\s*/\Z")
_HIDDEN = re.compile(r"<!--|<(script|style)(?=[\s>])[^<>]*+>", re.IGNORECASE)
_HIDES = {"script": re.compile(r"</script\s*>", re.IGNORECASE), "style": re.compile(r"</style\s*>", re.IGNORECASE)}
# A named entity needs its semicolon, or an address with ?a=1&copy=2 would be damaged. The five names in the last line
# often lack it.
_ENTITY = re.compile(
    r"&(?:#[0-9]{1,7}(?![0-9]);?|#[xX][0-9a-fA-F]{1,6}(?![0-9a-fA-F]);?|[a-zA-Z][a-zA-Z0-9]{1,31};"
    r"|(?:nbsp|amp|lt|gt|quot)(?![a-zA-Z0-9=;]))"
)
# Zero-width characters and soft hyphens, which part a word without being seen.
_UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_BLANKS = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n[ \n]*")
_MARKED = re.compile("[<&\u00a0\u00ad\u200b-\u200d\u2060\ufeff]")


def plain(text: str) -> str:
    """Return a text without markup: tags dropped, breaks as line feeds, entities decoded, split words joined.

    A text without markup is returned unchanged. The time is linear in the length of any text.
    """
    if _MARKED.search(text) is None:
        return text
    for _round in range(ROUNDS):
        before = text
        text = _ENTITY.sub(_character, _TAG.sub(_gap, _shown(text)))
        if text == before:
            break
    text = _TAG.sub(_gap, _shown(text))
    return _BREAKS.sub("\n", _BLANKS.sub(" ", _UNSEEN.sub("", text))).strip()


def _shown(text: str) -> str:
    """The text without comments, scripts and styles. An unclosed script or style hides the rest of the text."""
    kept, at, unclosed = [], 0, False
    while (opened := _HIDDEN.search(text, at)) is not None:
        kept.append(text[at : opened.start()])
        if opened[1]:
            closed = _HIDES[opened[1].lower()].search(text, opened.end())
            at = closed.end() if closed else len(text)
        else:  # an unclosed comment may be an arrow (<!--): only the mark is removed
            end = -1 if unclosed else text.find("-->", opened.end())
            unclosed = end < 0
            at = opened.end() if unclosed else end + len("-->")
    return "".join([*kept, text[at:]]) if kept else text


def _gap(tag: re.Match[str]) -> str:
    """The replacement of a tag: a break or blank where a page shows one, else nothing, so that split words join.

    A word, a place or a waybill in angle brackets stays: an unknown name is a tag only if it has a namespace or
    attributes, or closes (``</x>``, ``<x/>``).
    """
    if tag[5] is not None:
        return "" if _is_cut_off(tag) else tag[0]
    name = (tag[2] or "").lower()
    if not name:
        return ""
    if name in _BLOCKS:
        return "\n"
    if name in _CELLS:
        return " "
    return "" if name in _INLINE or tag[1] or ":" in name or _ATTRIBUTES.match(tag[3]) else tag[0]


def _is_cut_off(tag: re.Match[str]) -> bool:
    name = tag[5].lower()
    return bool(tag[4]) if not name else name in _NAMES and bool(tag[4] or tag[6])


def _character(entity: re.Match[str]) -> str:
    """The character of an entity; the entity itself if it names none."""
    return html.unescape(entity[0])
