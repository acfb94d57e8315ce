"""The second stage: the text as a line of tokens, found by longest match in the lexicon.

A name is one token, and so is a noun that a tail makes of an act (签收 + 单).
"""

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
    UNEXPANDED,
    WORDS,
    expand_words,
)
from pandapon.courier.normalization import is_japanese
from pandapon.courier.person_names import SURNAMES, name_end
from pandapon.courier.tags import ACTORS, PLACES, Tag

T = Tag


class Token(NamedTuple):
    """One word of a text with one tag. A word with several tags gives several tokens that start together."""

    tag: Tag
    text: str
    start: int  # index in the normalized text
    end: int


_MARKS = {",": T.COMMA, ";": T.STOP, "!": T.STOP, "?": T.STOP, "\n": T.STOP, ":": T.COLON, "(": T.OPEN, ")": T.CLOSE}
_NUMBER = re.compile(r"[0-9][0-9a-z*.:/%#-]*")
# A character that means an act where it stands alone, but not within an unknown word.
_WEAK = frozenset("凡取领拿放收送退拒停反缺要问想堵改转投搁慢存发")
_PREFIXED = 2  # characters of a word with a prefix: 已取, 已交
_OPEN, _CLOSE = "[", "]"
_PERFECT = ("了", "啦")
_GOES_ON = frozenset("为将再会即由给才需可统方便")  # 后 before one of these means "after", and is no part of a name
_TITLES = ("先生", "女士", "小姐", "太太", "**")
_PARTICLES = frozenset("啊哦哟呢呀吧呗喔嘛一两下个")
_TAILED = frozenset({T.OTHER, T.NOTE, T.PARCEL})  # a word with another tag is not split to get a tail
_SEPARATORS: dict[str, tuple[Tag, ...]] = {" ": (), _OPEN: (T.OTHER,), _CLOSE: (T.OTHER,)}
# A word that means an act, but not where it begins an unknown word: 已签发, 放心.
_FRAGILE = frozenset("取领拿收签发") | {"已取", "已领", "已签"}
# Acts of which a tail makes a noun: a receipt, a code, a task.
_NOMINAL = frozenset(
    {T.SIGN, T.CARRY, T.COLLECT, T.TAKE, T.FETCH, T.REFUSE, T.RETURN, T.PROXY, T.SHIP, T.REACH, T.RECEIVE, T.DAMAGE}
    | {T.LOSE, T.INTERCEPT, T.COMPENSATE, T.DELAY, T.PREPARE, T.DECLARE, T.PAID, T.STORE}
)
# Tags that tell the purpose of a centre, and no act, in front of its name: 异常件处理中心.
_PURPOSES = frozenset(
    {
        T.CARRY,
        T.RETURN,
        T.REVERSE,
        T.TROUBLE,
        T.INSPECT,
        T.DECLARE,
        T.HANDLE,
        T.LOSE,
        T.COLLECT,
        T.TAKE,
        T.FETCH,
        T.MOVE,
    }
    | {T.DAMAGE, T.COMPENSATE, T.CUSTOMS, T.FORBIDDEN, T.PARCEL, T.FLY, T.HOLD, T.SERVICE, T.FORWARD}
)
_PARTS_OF_NAMES = frozenset({T.HUB, T.BRANCH, T.LAST_BRANCH, T.WAREHOUSE, T.PORT})
_PURPOSE_VERBS = frozenset(["退回", "退至", "退往", "转退", "退返", "返回", "派送至", "正在派送"])
_DIRECTIONS = frozenset("在至往到于")
_TOWNS = frozenset({"小店", "超市", "商店"})
_POINTS = (T.LOCKER, T.POINT)
_LONGEST_NAME = 8  # characters in brackets


def tokenize(text: str) -> list[Token]:
    """Return the tokens of a normalized text (see :func:`pandapon.courier.normalization.normalize`), in order.

    A Japanese text is one unknown token.
    """
    if is_japanese(text):
        return [Token(T.OTHER, text, 0, len(text))]
    return _reduced(_scan(text))


def _scan(text: str) -> list[Token]:
    """The tokens from left to right, by longest match; a bracket is a token of its own."""
    tokens: list[Token] = []
    at, size, unknown = 0, len(text), -1
    while at < size:
        if text[at] in SURNAMES and unknown < 0:
            end = name_end(text, at, tokens[-1].tag if tokens else None, _word_end)
            if end > at:
                tokens.append(Token(T.OTHER, text[at:end], at, end))
                at = end
                continue
        tags, end = _at(text, at, in_word=unknown >= 0)
        if tags is None:
            unknown, at = (at if unknown < 0 else unknown), end
            continue
        if unknown >= 0:
            tokens.append(Token(T.OTHER, text[unknown:at], unknown, at))
            unknown = -1
        word = text[at:end]
        tokens += [Token(tag, word, at, end) for tag in tags]
        at = end
    if unknown >= 0:
        tokens.append(Token(T.OTHER, text[unknown:], unknown, size))
    return tokens


def _at(text: str, at: int, *, in_word: bool) -> tuple[tuple[Tag, ...] | None, int]:
    """The tags and the end of the word that begins at an index. No tags: a blank; None: an unknown word."""
    char = text[at]
    if char in _MARKS:
        return (_MARKS[char],), at + 1
    if char in _SEPARATORS:
        return _SEPARATORS[char], at + 1
    tags, end = _latin(text, at) if char.isascii() and (char.isalnum() or char in "'&") else _word(text, at)
    if not tags:
        return None, end
    if end == at + 1 and text.startswith(_TITLES, end):  # 拒先生
        return None, end
    after = text[end : end + 1]  # before 了, and at the end of the text, the character is an act: 小李收了, 请下楼领
    is_part = in_word and end == at + 1 and char in _WEAK and after and after not in _PERFECT
    return (None if is_part else tags), end


def _word(text: str, at: int) -> tuple[tuple[Tag, ...], int]:
    if text[at] in UNEXPANDED:
        expand_words(text[at])
    for length in LENGTHS.get(text[at : at + 2], ()):
        tags = WORDS.get(text[at : at + length])
        if tags:
            if length == _PREFIXED and text[at] == "已" and _word(text, at + 1)[1] > at + length:
                return WORDS["已"], at + 1  # 已|交航, not 已交|航
            return tags, at + length
    return WORDS.get(text[at], ()), at + 1


def _word_end(text: str, at: int) -> int:
    """The end of the longest known word that begins at an index; the next index when there is none."""
    tags, end = _word(text, at)
    return end if tags else at + 1


def _latin(text: str, at: int) -> tuple[tuple[Tag, ...], int]:
    if text[at] in UNEXPANDED:
        expand_words(text[at])
    word = LATIN.match(text, at)
    assert word is not None
    for length in LATIN_LENGTHS.get(word[0], ()):
        end = at + length
        tags = LATIN_WORDS.get(text[at:end])
        if tags and not (text[end : end + 1].isascii() and text[end : end + 1].isalnum()):
            return tags, end
    owner = LATIN_WORDS.get(word[0].removesuffix("'s"), ())
    if len(owner) == 1 and owner[0] in ACTORS:  # addressee's
        return (*owner, T.OF), word.end()
    number = _NUMBER.match(text, at)
    if number:
        return (T.NUMBER,), max(number.end(), word.end())
    return (), word.end()


def _reduced(tokens: list[Token]) -> list[Token]:
    line: list[Token] = []
    opened: list[int] = []
    for token in tokens:
        if token.tag is T.OTHER and token.text == _OPEN:
            opened.append(len(line))
        elif token.tag is T.OTHER and token.text == _CLOSE:
            if opened:
                _close_name(line, opened.pop())
        else:
            _append(line, token)
    return line


def _is_part_of_word(word: Token, after: Token) -> bool:
    """Whether a short act is only the beginning of an unknown word: 已签发."""
    is_joined = after.tag is T.OTHER and after.start == word.end
    return is_joined and word.text in _FRAGILE and "一" <= after.text[0] <= "鿿" and after.text[0] not in _PARTICLES


def _is_within_name(line: list[Token], after: Token) -> bool:
    """Whether 前 or 后 is part of a street's name: it stands between a place and an unknown word, with no gap."""
    if after.tag is not T.OTHER or line[-1].text not in {"前", "后"}:
        return False
    if after.text[0] in _GOES_ON:
        return False
    front, middle = line[-2] if line[1:] else after, line[-1]
    is_joined = front.end == middle.start and middle.end == after.start
    return is_joined and front.tag in {T.OTHER, *_PARTS_OF_NAMES}


def _append(line: list[Token], token: Token) -> None:
    last = line[-1] if line else None
    if last is None or last.end != token.start:
        line.append(token)
    elif _is_within_name(line, token):  # 站前路店
        front = line[-2]
        line[-2:] = [Token(T.OTHER, front.text + last.text + token.text, front.start, token.end)]
    elif _is_part_of_word(last, token):
        while line and line[-1].start == last.start:
            line.pop()
        line.append(Token(T.OTHER, last.text + token.text, last.start, token.end))
    elif last.tag in _PARTS_OF_NAMES and token.tag in _PARTS_OF_NAMES:  # 集运仓营业部: the last word decides the tag
        line[-1] = Token(token.tag, last.text + token.text, last.start, token.end)
    elif token.tag is T.HUB and last.tag in _PURPOSES and not _is_verb(last):
        line.pop()
        _append(line, Token(T.HUB, last.text + token.text, last.start, token.end))
    else:
        noun = _noun(last, token) if last.tag in _NOMINAL else None
        if noun is None:
            line.append(token)
        else:
            line[-1] = noun


def _is_verb(word: Token) -> bool:
    return word.text in _PURPOSE_VERBS or word.text[-1] in _DIRECTIONS


def _noun(act: Token, after: Token) -> Token | None:
    """The noun that a tail makes of an act: 签收 + 单."""
    tail = _tail(after.text)
    is_tail = after.tag in _TAILED or tail == after.text
    if (
        not tail
        or not is_tail
        or (act.tag is T.REACH and act.text[-1] in _DIRECTIONS)
        or after.tag in {T.DONE, T.FAILED, T.OK}
    ):
        return None
    return Token(T.COURIER if tail == "员" else T.NOTE, act.text + tail, act.start, after.end)


def _tail(text: str) -> str:
    return next((text[:n] for n in range(min(LONGEST_TAIL, len(text)), 0, -1) if text[:n] in TAILS), "")


def _close_name(line: list[Token], begin: int) -> None:
    """Merge the tokens in brackets into one name, if they name a place or a point."""
    inside = [token for token in line[begin:] if token.tag not in {T.OPEN, T.CLOSE}]
    if not inside:
        return
    line[begin:] = inside
    tags = [token.tag for token in inside]
    kind = next((point for point in _POINTS if point in tags), None)
    if kind is None or _is_named_like_a_shop(inside, tags):
        kind = tags[-1] if tags[-1] in PLACES else None
    if kind is None and _is_name(inside):
        kind = T.OTHER
    if kind is not None and not (kind in _POINTS and T.SIGN in tags):
        text = "".join(token.text for token in inside)
        line[begin:] = [Token(kind, text, inside[0].start, inside[-1].end)]


def _is_named_like_a_shop(inside: list[Token], tags: list[Tag]) -> bool:
    """Whether the name is an outlet's whose town is called like a shop by chance: 小店公司."""
    return tags[-1] is T.BRANCH and any(token.text in _TOWNS for token in inside)


def _is_name(inside: list[Token]) -> bool:
    """Whether the tokens are a short name that contains a known word by chance: 丢件坡."""
    tags = {token.tag for token in inside}
    length = sum(len(token.text) for token in inside)
    return length <= _LONGEST_NAME and T.OTHER in tags and not tags & {T.DONE, T.COLON, T.OK, T.MIDST, T.FAILED}
