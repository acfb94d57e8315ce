"""Cuts the text after a slash command into words, quoted parts, links, channels and people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from handlers.wire.text import DASHES, DOUBLE_QUOTES, SINGLE_QUOTES, clean, quoted, unescape

_MARKUP = re.compile(
    r"<(?:(?P<sign>[#@])(?P<id>[A-Z0-9]{2,})|(?P<url>(?:https?|mailto):[^<>|\s]+))(?:\|(?P<label>[^<>]*))?>"
)
# An apostrophe inside a word does not end the quotation: 'men's shoes'.
_SINGLE_QUOTED = re.compile(
    rf"[{SINGLE_QUOTES}]((?:[^{SINGLE_QUOTES}]|(?<=\w)[{SINGLE_QUOTES}](?=\w))*)[{SINGLE_QUOTES}](?=\s|$)"
)
# The three alternatives exclude each other, so that a long run of backslashes takes linear time.
_DOUBLE_QUOTED = re.compile(
    rf"[{DOUBLE_QUOTES}]((?:[^\\{DOUBLE_QUOTES}]|\\[\\{DOUBLE_QUOTES}]|\\(?![\\{DOUBLE_QUOTES}]))*)[{DOUBLE_QUOTES}]"
)
_DOUBLE_QUOTED_PLAIN = re.compile(rf"[{DOUBLE_QUOTES}]([^{DOUBLE_QUOTES}]*)[{DOUBLE_QUOTES}]")
_ESCAPED = re.compile(rf"\\([\\{DOUBLE_QUOTES}])")
_BARE_URL = re.compile(r"https?://\S+", re.IGNORECASE)


class Kind(StrEnum):
    """The kind of a token."""

    WORD = "word"
    QUOTED = "quoted"  # text between quotes, which is never an option or a keyword
    CHANNEL = "channel"
    PERSON = "person"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a command. ``text``: as a reader sees it; ``target``: the id or address behind a channel or link."""

    kind: Kind
    text: str
    target: str = ""

    def typed(self) -> str:
        """The piece as a person would type it again."""
        match self.kind:
            case Kind.QUOTED:
                return quoted(self.text)
            case Kind.LINK:
                return self.target
            case Kind.CHANNEL if self.text == "#":
                return f"<#{self.target}>"
            case _:
                return self.text


def tokenise(wire: str) -> list[Token]:
    """Cut the text that Slack sends into tokens. Never fails: an unclosed quote or angle bracket is ordinary text."""
    return _Scanner(clean(wire)).run()


class _Scanner:
    """Reads the text once, character by character."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._word: list[str] = []
        self._tokens: list[Token] = []

    def run(self) -> list[Token]:
        while self._at < len(self._text):
            character = self._text[self._at]
            if character.isspace():
                self._flush()
                self._at += 1
            elif not (character == "<" and self._take_markup()) and not self._take_quoted(character):
                self._word.append(character)
                self._at += 1
        self._flush()
        return self._tokens

    def _flush(self) -> None:
        if self._word:
            text = unescape("".join(self._word))
            kind = Kind.LINK if _BARE_URL.fullmatch(text) else Kind.WORD
            self._tokens.append(Token(kind, text, text if kind is Kind.LINK else ""))
            self._word.clear()

    def _take_markup(self) -> bool:
        match = _MARKUP.match(self._text, self._at)
        if not match:
            return False
        self._flush()
        self._at = match.end()
        label = " ".join(unescape(match["label"] or "").split())
        if match["url"]:
            url = unescape(match["url"])
            self._tokens.append(Token(Kind.LINK, label or url, url))
        else:
            kind = Kind.CHANNEL if match["sign"] == "#" else Kind.PERSON
            self._tokens.append(Token(kind, match["sign"] + label.replace(" ", "-"), match["id"]))
        return True

    def _take_quoted(self, opening: str) -> bool:
        in_option = bool(self._word) and self._word[0] in DASHES and self._word[-1] in "=＝"
        if self._word and not in_option:
            return False
        quotation = self._closed(opening)
        if quotation is None:
            return False
        content, self._at = quotation
        if in_option:
            self._word.append(content)
        elif text := " ".join(unescape(content).split()):
            self._tokens.append(Token(Kind.QUOTED, text))
        return True

    def _closed(self, opening: str) -> tuple[str, int] | None:
        """The text up to the closing quote, and the position behind that quote; None where no quote closes it."""
        if opening in DOUBLE_QUOTES:
            return self._closed_double()
        if opening in SINGLE_QUOTES:  # the pattern passes over apostrophes in words
            match = _SINGLE_QUOTED.match(self._text, self._at)
            return (match[1], match.end()) if match else None
        return None

    def _closed_double(self) -> tuple[str, int] | None:
        match = _DOUBLE_QUOTED.match(self._text, self._at)
        if match:
            return _ESCAPED.sub(r"\1", match[1]), match.end()
        match = _DOUBLE_QUOTED_PLAIN.match(self._text, self._at)  # the last backslash is literal, as in "C:\"
        return (match[1], match.end()) if match else None
