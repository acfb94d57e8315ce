"""The second stage: the text as a line of words with their meanings. A name is one word, and so is a noun of an act."""

from __future__ import annotations

import re
from typing import NamedTuple

from pandapon.courier.normalization import is_japanese
from pandapon.courier.lexicon import (
    LATIN,
    LATIN_LENGTHS,
    LATIN_WORDS,
    LENGTHS,
    LONGEST_TAIL,
    TAILS,
    UNFORMED,
    WORDS,
    form,
)
from pandapon.courier.person_names import SURNAMES, name_end
from pandapon.courier.tags import ACTORS, PLACES, Sign

S = Sign


class Token(NamedTuple):
    """One word."""

    sign: Sign
    text: str
    start: int
    end: int


_MARKS = {",": S.COMMA, ";": S.STOP, "!": S.STOP, "?": S.STOP, "\n": S.STOP, ":": S.COLON, "(": S.OPEN, ")": S.CLOSE}
_NUMBER = re.compile(r"[0-9][0-9a-z*.:/%#-]*")
# Characters that mean an act only where they stand alone, and not within an unknown word.
_WEAK = frozenset("凡取领拿放收送退拒停反缺要问想堵改转投搁慢存发")
_PREFIXED = 2  # characters of 已取, 已交
_OPEN, _CLOSE = "[", "]"
_PERFECT = ("了", "啦")
_GOES_ON = frozenset("为将再会即由给才需可统方便")  # these begin the clause behind 后
_TITLES = ("先生", "女士", "小姐", "太太", "**")
_PARTICLES = frozenset("啊哦哟呢呀吧呗喔嘛一两下个")
_TAILED = frozenset({S.OTHER, S.NOTE, S.PARCEL})  # a known word is not split for a tail
_SEPARATORS: dict[str, tuple[Sign, ...]] = {" ": (), _OPEN: (S.OTHER,), _CLOSE: (S.OTHER,)}
# These mean an act only where they do not begin an unknown word: 已签发, 放心.
_FRAGILE = frozenset("取领拿收签发") | {"已取", "已领", "已签"}
# A tail can make a noun of these: a receipt, a code, a task.
_NOMINAL = frozenset(
    {S.SIGN, S.CARRY, S.COLLECT, S.TAKE, S.FETCH, S.REFUSE, S.RETURN, S.PROXY, S.SHIP, S.REACH, S.RECEIVE, S.DAMAGE}
    | {S.LOSE, S.INTERCEPT, S.COMPENSATE, S.DELAY, S.PREPARE, S.DECLARE, S.PAID, S.STORE}
)
# In a centre's name these name its purpose.
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
_PARTS_OF_NAMES = frozenset({S.HUB, S.BRANCH, S.LAST_BRANCH, S.WAREHOUSE, S.PORT})
_PURPOSE_VERBS = frozenset(["退回", "退至", "退往", "转退", "退返", "返回", "派送至", "正在派送"])
_DIRECTIONS = frozenset("在至往到于")
_TOWNS = frozenset({"小店", "超市", "商店"})
_POINTS = (S.LOCKER, S.POINT)
_LONGEST_NAME = 8  # characters in brackets


def tokens(text: str) -> list[Token]:
    """Return the words of a folded text (see :func:`pandapon.courier.normalization.fold`), in order.

    A text in a language that the bot does not read is one unknown word.
    """
    if is_japanese(text):
        return [Token(S.OTHER, text, 0, len(text))]
    return _reduced(_scan(text))


def _scan(text: str) -> list[Token]:
    """The known words from left to right; a bracket is a word of its own."""
    found: list[Token] = []
    at, size, unknown = 0, len(text), -1
    while at < size:
        if text[at] in SURNAMES and unknown < 0:
            end = name_end(text, at, found[-1].sign if found else None, _word_end)
            if end > at:
                found.append(Token(S.OTHER, text[at:end], at, end))
                at = end
                continue
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
    """The meanings and the end of the word that begins at a place; no meanings: a blank, None: an unknown word."""
    char = text[at]
    if char in _MARKS:
        return (_MARKS[char],), at + 1
    if char in _SEPARATORS:
        return _SEPARATORS[char], at + 1
    signs, end = _latin(text, at) if char.isascii() and (char.isalnum() or char in "'&") else _word(text, at)
    if not signs:
        return None, end
    if end == at + 1 and text.startswith(_TITLES, end):  # 拒先生
        return None, end
    behind = text[end : end + 1]  # 小李收了 and 请下楼领 are acts
    is_part = in_word and end == at + 1 and char in _WEAK and behind and behind not in _PERFECT
    return (None if is_part else signs), end


def _word(text: str, at: int) -> tuple[tuple[Sign, ...], int]:
    if text[at] in UNFORMED:
        form(text[at])
    for length in LENGTHS.get(text[at : at + 2], ()):
        signs = WORDS.get(text[at : at + length])
        if signs:
            if length == _PREFIXED and text[at] == "已" and _word(text, at + 1)[1] > at + length:
                return WORDS["已"], at + 1  # 已|交航, not 已交|航
            return signs, at + length
    return WORDS.get(text[at], ()), at + 1


def _word_end(text: str, at: int) -> int:
    """The end of the longest known word that begins at a place; the next place when there is none."""
    signs, end = _word(text, at)
    return end if signs else at + 1


def _latin(text: str, at: int) -> tuple[tuple[Sign, ...], int]:
    if text[at] in UNFORMED:
        form(text[at])
    word = LATIN.match(text, at)
    assert word is not None
    for length in LATIN_LENGTHS.get(word[0], ()):
        end = at + length
        signs = LATIN_WORDS.get(text[at:end])
        if signs and not (text[end : end + 1].isascii() and text[end : end + 1].isalnum()):
            return signs, end
    owner = LATIN_WORDS.get(word[0].removesuffix("'s"), ())
    if len(owner) == 1 and owner[0] in ACTORS:  # addressee's
        return (*owner, S.OF), word.end()
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


def _is_part_of_word(word: Token, behind: Token) -> bool:
    """Whether a short act is only the beginning of an unknown word."""
    is_joined = behind.sign is S.OTHER and behind.start == word.end
    return is_joined and word.text in _FRAGILE and "一" <= behind.text[0] <= "鿿" and behind.text[0] not in _PARTICLES


def _is_within_name(line: list[Token], behind: Token) -> bool:
    """Whether 前 or 后 belongs to a street's name: it stands between a place's word and an unknown one."""
    if behind.sign is not S.OTHER or line[-1].text not in {"前", "后"}:
        return False
    if behind.text[0] in _GOES_ON:
        return False
    front, middle = line[-2] if line[1:] else behind, line[-1]
    is_joined = front.end == middle.start and middle.end == behind.start
    return is_joined and front.sign in {S.OTHER, *_PARTS_OF_NAMES}


def _append(line: list[Token], token: Token) -> None:
    last = line[-1] if line else None
    if last is None or last.end != token.start:
        line.append(token)
    elif _is_within_name(line, token):  # 站前路店
        front = line[-2]
        line[-2:] = [Token(S.OTHER, front.text + last.text + token.text, front.start, token.end)]
    elif _is_part_of_word(last, token):
        while line and line[-1].start == last.start:
            line.pop()
        line.append(Token(S.OTHER, last.text + token.text, last.start, token.end))
    elif last.sign in _PARTS_OF_NAMES and token.sign in _PARTS_OF_NAMES:  # 集运仓营业部: the last word tells the kind
        line[-1] = Token(token.sign, last.text + token.text, last.start, token.end)
    elif token.sign is S.HUB and last.sign in _PURPOSES and not _is_verb(last):
        line.pop()
        _append(line, Token(S.HUB, last.text + token.text, last.start, token.end))
    else:
        noun = _noun(last, token) if last.sign in _NOMINAL else None
        if noun is None:
            line.append(token)
        else:
            line[-1] = noun


def _is_verb(word: Token) -> bool:
    return word.text in _PURPOSE_VERBS or word.text[-1] in _DIRECTIONS


def _noun(act: Token, behind: Token) -> Token | None:
    """The noun that a tail makes of an act: 签收 + 单."""
    tail = _tail(behind.text)
    is_tail = behind.sign in _TAILED or tail == behind.text
    if (
        not tail
        or not is_tail
        or (act.sign is S.REACH and act.text[-1] in _DIRECTIONS)
        or behind.sign in {S.DONE, S.FAILED, S.OK}
    ):
        return None
    return Token(S.COURIER if tail == "员" else S.NOTE, act.text + tail, act.start, behind.end)


def _tail(text: str) -> str:
    return next((text[:n] for n in range(min(LONGEST_TAIL, len(text)), 0, -1) if text[:n] in TAILS), "")


def _close_name(line: list[Token], begin: int) -> None:
    """Make one name of the words in brackets, if they name a place or a point."""
    inside = [token for token in line[begin:] if token.sign not in {S.OPEN, S.CLOSE}]
    if not inside:
        return
    line[begin:] = inside
    signs = [token.sign for token in inside]
    kind = next((point for point in _POINTS if point in signs), None)
    if kind is None or _is_a_towns(inside, signs):
        kind = signs[-1] if signs[-1] in PLACES else None
    if kind is None and _is_name(inside):
        kind = S.OTHER
    if kind is not None and not (kind in _POINTS and S.SIGN in signs):
        text = "".join(token.text for token in inside)
        line[begin:] = [Token(kind, text, inside[0].start, inside[-1].end)]


def _is_a_towns(inside: list[Token], signs: list[Sign]) -> bool:
    """Whether an outlet belongs to a town whose name is a shop's word by chance: 小店公司."""
    return signs[-1] is S.BRANCH and any(token.text in _TOWNS for token in inside)


def _is_name(inside: list[Token]) -> bool:
    """Whether a short name contains a known word by chance: 丢件坡."""
    signs = {token.sign for token in inside}
    length = sum(len(token.text) for token in inside)
    return length <= _LONGEST_NAME and S.OTHER in signs and not signs & {S.DONE, S.COLON, S.OK, S.MIDST, S.FAILED}
