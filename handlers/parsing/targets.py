"""The orders and the channel that a command names. An unclear command is refused: a typo must never do too much."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from handlers.blocks.i18n import _, ngettext
from handlers.blocks.text import code
from handlers.parsing.order_ids import MAX_IDS, sift_ids
from handlers.parsing.tokens import Kind, Token
from handlers.parsing.words import FILTERS, nearest
from handlers.wire.command_text import is_channel_id
from handlers.wire.text import folded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.parsing.order_ids import SiftedIds
    from handlers.parsing.typed_command import TypedCommand
    from handlers.wire.errors import UsageError
    from tracking.values import Filter

_CHANNEL_NAME = re.compile(r"[\w-]{1,80}")
# A channel as ``TypedChannel.shown`` writes it, and as people copy it from an answer.
_WIRE_CHANNEL = re.compile(r"<#([CGD][A-Z0-9]+)(?:\|[^<>]*)?>")
_IN = frozenset({"in", "to", "into", "在", "到"})
_HERE = frozenset({"here", "这里", "本频道"})
CHANNEL_ID_LENGTH = 9  # characters of Slack's shortest channel ids
_SHOWN = 3  # bad words that are explained; the others are counted
EXAMPLE = "2542285634920880794"


def one_id(command: TypedCommand, words: Sequence[Token], *, waybills: bool) -> str:
    """The id of a command that takes exactly one. Raises UsageError for no id, for several, and for any other word.

    ``waybills``: whether a waybill counts as an id.
    """
    sifted = sift_ids(words, waybills=waybills)
    if not sifted.good and not sifted.bad:
        raise _missing(command, waybills=waybills)
    if sifted.bad:
        raise _bad(command, sifted, [], ())
    if len(sifted.good) > 1:
        problem = _("one order at a time, and you named {n}").format(n=len(sifted.good))
        raise command.refuse(problem, suggestion=f"/panda {command.verb} {sifted.good[0]}")
    return sifted.good[0]


@dataclass(frozen=True, slots=True)
class TypedChannel:
    """The channel that a command names: an id, or a lower-case name; None: the channel of the command.

    ``shown``: the channel as a person would type it; empty where the command names none.
    """

    channel: str | None = None
    shown: str = ""

    def typed(self) -> list[str]:
        """The words that name the channel in a command."""
        return ["in", self.shown] if self.shown else []


def ids_or_none(command: TypedCommand, words: Sequence[Token], where: TypedChannel) -> tuple[str, ...]:
    """The order ids and waybills among the words; empty without words. Raises UsageError as :func:`take_ids` does."""
    return take_ids(command, words, where) if words else ()


def take_channel(command: TypedCommand, words: Sequence[Token]) -> tuple[TypedChannel, list[Token]]:
    """Take ``in #channel``, ``#channel`` or ``here`` out of the words. Returns the channel and the other words.

    Raises UsageError for a second channel, for an "in" without a channel, and for a ``#`` apart from its name.
    """
    _refuse_lone_sign(command, words)
    channels: list[TypedChannel] = []
    remaining: list[Token] = []
    queue = list(words)
    while queue:
        token = queue.pop(0)
        if token.kind is Kind.WORD and folded(token.text) in _IN:
            channels.append(_after_in(command, token, queue))
        elif (where := _channel(token)) and _is_marked(token):
            channels.append(where)
        else:
            remaining.append(token)
    if len(set(channels)) > 1:
        raise command.refuse(
            _("one channel at a time, and you named {n}").format(n=len(channels)),
            instead=[*remaining, Token(Kind.WORD, "in"), Token(Kind.WORD, channels[0].shown or "here")],
        )
    return (channels[0] if channels else TypedChannel()), remaining


def _refuse_lone_sign(command: TypedCommand, words: Sequence[Token]) -> None:
    """Refuse ``# orders``, a slip for ``#orders``. Without the refusal, the command would act on its own channel."""
    for sign, name in pairwise(words):
        is_alone = sign.kind is Kind.WORD and not sign.text.strip("#＃")
        where = _channel(name) if is_alone else None
        if where and where.shown:
            joined = Token(Kind.WORD, where.shown)
            corrected = [joined if token is name else token for token in command.tokens if token is not sign]
            raise command.refuse(_("a channel's name is written right behind its `#`"), instead=corrected)


def _after_in(command: TypedCommand, token: Token, queue: list[Token]) -> TypedChannel:
    where = _channel(queue[0]) if queue else None
    if where is not None:
        queue.pop(0)
        return where
    person = queue[0] if queue and queue[0].kind is Kind.PERSON else None
    remaining = [other for other in command.tokens if other is not token and other is not person]
    if person:
        problem = _("updates go to channels, not to people such as {who}").format(who=code(person.text, 40))
    else:
        problem = _("the name of a channel is missing after {word}").format(word=code(token.text, 10))
    raise command.refuse(problem, instead=remaining)


def _is_marked(token: Token) -> bool:
    """Whether a word names a channel even without "in" before it. ``#2542…`` does not, since it is an order id."""
    if token.kind is Kind.CHANNEL or folded(token.text) in _HERE or _WIRE_CHANNEL.fullmatch(token.text):
        return True
    return token.text[0] in "#＃" and not token.text.lstrip("#＃").isdigit()


def _channel(token: Token) -> TypedChannel | None:
    """The channel that a token names; None where the token cannot be a channel."""
    if token.kind is Kind.CHANNEL and is_channel_id(token.target):
        return TypedChannel(token.target, token.typed())
    if token.kind is not Kind.WORD:
        return None
    if folded(token.text) in _HERE:
        return TypedChannel()
    if match := _WIRE_CHANNEL.fullmatch(token.text):
        return TypedChannel(match[1], token.text)
    return _named(token.text.rstrip(",，;；、").lstrip("#＃"))


def _named(name: str) -> TypedChannel | None:
    """A channel typed as a bare id or as a name. ``access.channel_lookup`` later finds the id of a name."""
    if is_channel_id(name) and len(name) >= CHANNEL_ID_LENGTH:
        return TypedChannel(name, f"<#{name}>")
    name = name.lower()
    if not _CHANNEL_NAME.fullmatch(name) or re.fullmatch(r"[0-9]{5,}", name):
        return None
    return TypedChannel(name, f"#{name}")


def take_filters(words: Sequence[Token]) -> tuple[list[Filter], list[Token]]:
    """Take the filters out of the words. Returns the filters, each once, and the other words."""
    filters: dict[Filter, None] = {}
    remaining = []
    for token in words:
        filter_ = FILTERS.get(folded(token.text).strip(",;、")) if token.kind is Kind.WORD else None
        if filter_:
            filters[filter_] = None
        else:
            remaining.append(token)
    return list(filters), remaining


def take_ids(
    command: TypedCommand, words: Sequence[Token], where: TypedChannel, extra: Sequence[str] = ()
) -> tuple[str, ...]:
    """The order ids and waybills, 1 to ``MAX_IDS``. Raises UsageError for no id, for more, and for any other word.

    ``extra``: words that the corrected command keeps behind the ids and the channel.
    """
    sifted = sift_ids(words, waybills=True)
    if not sifted.good and not sifted.bad:
        raise _missing(command, waybills=True)
    if sifted.bad:
        raise _bad(command, sifted, where.typed(), extra)
    if len(sifted.good) > MAX_IDS:
        problem = _("at most {most} orders at a time, and you named {n}").format(most=MAX_IDS, n=len(sifted.good))
        raise command.refuse(problem, suggestion=_again(command, sifted.good[:MAX_IDS], where.typed(), extra))
    return sifted.good


def _missing(command: TypedCommand, *, waybills: bool) -> UsageError:
    example, lister = code(f"/panda {command.verb} {EXAMPLE}"), f"/panda {command.declared.ids_shown_by}"
    if lister != "/panda orders":
        problem = _("which order? E.g. {example}. {list} shows what is watched here")
    elif waybills:
        problem = _("which order or tracking number? E.g. {example}. {list} shows your orders")
    else:
        problem = _("which order? E.g. {example}. {list} shows your orders")
    return command.refuse(problem.format(example=example, list=f"`{lister}`"), suggestion=lister)


def _bad(command: TypedCommand, sifted: SiftedIds, channel: list[str], extra: Sequence[str]) -> UsageError:
    """Refuse the whole command, explain the words that are no ids, and suggest the command with the good ids."""
    reasons = [bad.why for bad in sifted.bad[:_SHOWN]]
    hidden = len(sifted.bad) - len(reasons)
    problem = "; ".join(reasons)
    if hidden:
        problem += "; " + ngettext("and {n} other is wrong too", "and {n} others are wrong too", hidden).format(
            n=hidden
        )
    return command.refuse(problem, suggestion=_corrected(command, sifted, channel, extra))


def _corrected(command: TypedCommand, sifted: SiftedIds, channel: list[str], extra: Sequence[str]) -> str:
    if sifted.rejoined:
        joined = sifted.rejoined[:1] if command.declared.takes_one_id else sifted.rejoined[:MAX_IDS]
        return _again(command, joined, channel, extra)
    if misspelt := _near_filter(sifted) if command.declared.takes_filters and not extra else None:
        extra = [misspelt]
    if sifted.good:
        good = sifted.good[:1] if command.declared.takes_one_id else sifted.good[:MAX_IDS]
        return _again(command, good, channel, extra)
    if waybill := next((bad.waybill for bad in sifted.bad if bad.waybill), ""):
        return f"/panda track {waybill}"
    return f"/panda {command.declared.ids_shown_by}"


def _near_filter(sifted: SiftedIds) -> str | None:
    words = [bad.text for bad in sifted.bad if not any(character.isdigit() for character in bad.text)]
    return nearest(words[0].casefold(), FILTERS) if words else None


def _again(command: TypedCommand, ids: Sequence[str], channel: list[str], extra: Sequence[str]) -> str:
    return " ".join(["/panda", command.verb, *ids, *channel, *extra])
