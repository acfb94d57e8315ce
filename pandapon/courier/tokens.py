"""The second stage: the text as a line of words with their meanings, names and nouns made of acts whole."""

from __future__ import annotations

import re
from typing import NamedTuple

from pandapon.courier.lexicon import (
    LATIN,
    LATIN_LENGTHS,
    LATIN_WORDS,
    LENGTHS,
    LONGEST_TAIL,
    TAILS,
    WORDS,
)
from pandapon.courier.signs import PLACES, Sign

S = Sign


class Token(NamedTuple):
    """One word."""

    sign: Sign
    text: str
    start: int
    end: int


_MARKS = {",": S.COMMA, ";": S.STOP, "!": S.STOP, "?": S.STOP, "\n": S.STOP, ":": S.COLON, "(": S.OPEN, ")": S.CLOSE}
_NUMBER = re.compile(r"[0-9][0-9a-z*.:/%#-]*")
# Characters that mean an act only where they stand alone: within an unknown word they are a part of it.
_WEAK = frozenset("取领拿放收送退拒停反缺要问想堵改转投搁慢存")
_OPEN, _CLOSE = "[", "]"
_SEPARATORS: dict[str, tuple[Sign, ...]] = {" ": (), _OPEN: (S.OTHER,), _CLOSE: (S.OTHER,)}
# A noun can be made of these: a receipt, a code, a task.
_NOMINAL = frozenset(
    {S.SIGN, S.CARRY, S.COLLECT, S.TAKE, S.FETCH, S.REFUSE, S.RETURN, S.PROXY, S.SHIP, S.REACH, S.RECEIVE, S.DAMAGE}
    | {S.LOSE, S.INTERCEPT, S.COMPENSATE, S.DELAY, S.PREPARE, S.DECLARE, S.PAID, S.STORE}
)
# In a centre's name these say what the centre is for.
_PURPOSES = frozenset(
    {
        S.CARRY,
        S.RETURN,
        S.REVERSE,
        S.TROUBLE,
        S.INSPECT,
        S.DECLARE,
        S.HANDLE,
        S.LOSE,
        S.COLLECT,
        S.TAKE,
        S.FETCH,
        S.MOVE,
    }
    | {S.DAMAGE, S.COMPENSATE, S.CUSTOMS, S.FORBIDDEN, S.PARCEL, S.FLY, S.HOLD, S.COMPENSATE, S.SERVICE, S.FORWARD}
)
_PURPOSE_VERBS = frozenset(["退回", "退至", "退往", "转退", "退返", "返回", "派送至", "正在派送"])
_POINTS = (S.LOCKER, S.POINT)
_LONGEST_NAME = 8  # characters in brackets


def tokens(text: str) -> list[Token]:
    """The words of a folded text (see :func:`pandapon.courier.form.fold`), in order."""
    return _reduced(_scan(text))


def _scan(text: str) -> list[Token]:
    """The known words from left to right; brackets stand as words of their own."""
    found: list[Token] = []
    at, size, unknown = 0, len(text), -1
    while at < size:
        signs, end = _at(text, at, in_word=unknown >= 0)
        if signs is None:
            unknown, at = (at if unknown < 0 else unknown), end
            continue
        if unknown >= 0:
            found.append(Token(S.OTHER, text[unknown:at], unknown, at))
            unknown = -1
        word = text[at:end]
        found += [Token(sign, word, at, end) for sign in signs]
        at = end
    if unknown >= 0:
        found.append(Token(S.OTHER, text[unknown:], unknown, size))
    return found


def _at(text: str, at: int, *, in_word: bool) -> tuple[tuple[Sign, ...] | None, int]:
    """The meanings of what begins here and where it ends: none for a blank, None for what no list knows."""
    char = text[at]
    if char in _MARKS:
        return (_MARKS[char],), at + 1
    if char in _SEPARATORS:
        return _SEPARATORS[char], at + 1
    signs, end = _latin(text, at) if char.isascii() and (char.isalnum() or char in "'&") else _word(text, at)
    if not signs or (in_word and end == at + 1 and char in _WEAK):
        return None, end
    return signs, end


def _word(text: str, at: int) -> tuple[tuple[Sign, ...], int]:
    for length in LENGTHS.get(text[at], ()):
        signs = WORDS.get(text[at : at + length])
        if signs:
            return signs, at + length
    return (), at + 1


def _latin(text: str, at: int) -> tuple[tuple[Sign, ...], int]:
    word = LATIN.match(text, at)
    assert word is not None
    for length in LATIN_LENGTHS.get(word[0], ()):
        end = at + length
        signs = LATIN_WORDS.get(text[at:end])
        if signs and not (text[end : end + 1].isascii() and text[end : end + 1].isalnum()):
            return signs, end
    number = _NUMBER.match(text, at)
    if number:
        return (S.NUMBER,), max(number.end(), word.end())
    return (), word.end()


def _reduced(found: list[Token]) -> list[Token]:
    line: list[Token] = []
    opened: list[int] = []
    for token in found:
        if token.sign is S.OTHER and token.text == _OPEN:
            opened.append(len(line))
        elif token.sign is S.OTHER and token.text == _CLOSE:
            if opened:
                _close_name(line, opened.pop())
        else:
            _append(line, token)
    return line


def _append(line: list[Token], token: Token) -> None:
    last = line[-1] if line else None
    if last is not None and last.end == token.start:
        if token.sign is S.HUB and last.sign in _PURPOSES and last.text not in _PURPOSE_VERBS:
            line.pop()
            _append(line, Token(S.HUB, last.text + token.text, last.start, token.end))
            return
        if last.sign in _NOMINAL:
            tail = _tail(token.text)
            if tail and token.sign not in {S.DONE, S.FAILED, S.OK}:
                line[-1] = Token(S.NOTE, last.text + tail, last.start, token.end)
                return
    line.append(token)


def _tail(text: str) -> str:
    return next((text[:n] for n in range(min(LONGEST_TAIL, len(text)), 0, -1) if text[:n] in TAILS), "")


def _close_name(line: list[Token], begin: int) -> None:
    """Words in brackets are one name where a place or a point is named in them."""
    inside = [token for token in line[begin:] if token.sign not in {S.OPEN, S.CLOSE}]
    if not inside:
        return
    line[begin:] = inside
    signs = [token.sign for token in inside]
    kind = next((point for point in _POINTS if point in signs), None)
    if kind is None:
        kind = signs[-1] if signs[-1] in PLACES else None
    if kind is None and _is_name(inside):
        kind = S.OTHER
    if kind is not None and not (kind in _POINTS and S.SIGN in signs):
        text = "".join(token.text for token in inside)
        line[begin:] = [Token(kind, text, inside[0].start, inside[-1].end)]


def _is_name(inside: list[Token]) -> bool:
    """丢件坡: a short name of which a part happens to be a word."""
    signs = {token.sign for token in inside}
    length = sum(len(token.text) for token in inside)
    return length <= _LONGEST_NAME and S.OTHER in signs and not signs & {S.DONE, S.COLON, S.OK, S.MIDST, S.FAILED}
