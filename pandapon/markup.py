"""The words in a courier's or seller's text without the markup around them: tags, entities, marks that nobody sees.

Only the standard library's entities are used of it: its parser takes quadratic time on some unfinished tags.
"""

from __future__ import annotations

import html
import re

ROUNDS = 3  # texts are escaped up to twice on their way here: &amp;lt;br/&amp;gt;


def _names(spaced: str) -> frozenset[str]:
    return frozenset(spaced.split())


_BLOCKS = _names(
    "address article aside blockquote body br caption center dd details div dl dt fieldset figure footer form h1 h2 h3 "
    "h4 h5 h6 head header hr html legend li main menu nav ol option p pre section select summary table tbody tfoot "
    "thead tr ul"
)
_CELLS = frozenset({"td", "th"})
# The last ones are a mini program's.
_INLINE = _names(
    "a abbr acronym area audio b base basefont bdi bdo big blink button canvas cite code col colgroup data del dfn dir "
    "em embed font frame frameset i iframe img input ins kbd label link map mark marquee meta meter nobr noscript "
    "object output param picture progress q rp rt ruby s samp script small source span strike strong style sub sup svg "
    "template textarea time title track tt u var video wbr xml view text image navigator"
)
_NAMES = _BLOCKS | _CELLS | _INLINE
# A tag ends at the next > outside quotes, or at the next > where a quote never ends. No part of it holds a <, so each
# character is looked at by one attempt.
_TAG = re.compile(
    r"""<(/?)([a-zA-Z][a-zA-Z0-9:._-]*+)((?:[^<>"']|"[^"<]*"|'[^'<]*')*+|[^<>]*+)>"""
    r"|<!\[CDATA\[|\]\]>|<[!?][^<>]*+>"
    r"|<(/?)([a-zA-Z]*+)((?:[\s/][^<>]*+)?)\Z"  # cut off at the end
)
_ATTRIBUTES = re.compile(r"\s+[a-zA-Z_:][\w:.-]*\s*=|\s*/\Z")
_HIDDEN = re.compile(r"<!--|<(script|style)(?=[\s>])[^<>]*+>", re.IGNORECASE)
_HIDES = {"script": re.compile(r"</script\s*>", re.IGNORECASE), "style": re.compile(r"</style\s*>", re.IGNORECASE)}
# A name needs its semicolon, or an address with ?a=1&copy=2 would be damaged; these few are often written without one.
_ENTITY = re.compile(
    r"&(?:#[0-9]{1,7}(?![0-9]);?|#[xX][0-9a-fA-F]{1,6}(?![0-9a-fA-F]);?|[a-zA-Z][a-zA-Z0-9]{1,31};"
    r"|(?:nbsp|amp|lt|gt|quot)(?![a-zA-Z0-9=;]))"
)
# Zero-width marks and soft hyphens: they stand between the halves of a word, and nobody sees them.
_UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_BLANKS = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n[ \n]*")
_MARKED = re.compile("[<&\u00a0\u00ad\u200b-\u200d\u2060\ufeff]")


def plain(text: str) -> str:
    """What a person reads in it: tags dropped, a break kept as a line feed, entities decoded, split words joined.

    A text without markup comes back as it is. In linear time, whatever it holds.
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
    """Without comments, scripts and styles; a script that never ends hides what follows it."""
    kept, at, unclosed = [], 0, False
    while (opened := _HIDDEN.search(text, at)) is not None:
        kept.append(text[at : opened.start()])
        if opened[1]:
            closed = _HIDES[opened[1].lower()].search(text, opened.end())
            at = closed.end() if closed else len(text)
        else:  # of a comment that never ends, which may be an arrow, only the mark is left out
            end = -1 if unclosed else text.find("-->", opened.end())
            unclosed = end < 0
            at = opened.end() if unclosed else end + len("-->")
    return "".join([*kept, text[at:]]) if kept else text


def _gap(tag: re.Match[str]) -> str:
    """What stands in its place: nothing, so that the halves of a word join; a break where the page would have one.

    A word, a place or a waybill in angle brackets is no tag: whatever else is one has attributes, or closes.
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
    """The character that it names; the entity itself where it names none."""
    return html.unescape(entity[0])
