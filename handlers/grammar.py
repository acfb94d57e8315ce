"""What was typed becomes a request, or a refusal that carries the corrected command."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from handlers import order_states
from handlers.channel_grammar import is_about_all, mute, settings, unmute, unwatch_all, watch_all, why
from handlers.i18n import _, ngettext
from handlers.options import Command, read_options
from handlers.order_ids import sift
from handlers.refusal import Refusal
from handlers.requests import (
    HELP_WORDS,
    Help,
    ListOrders,
    Request,
    Search,
    ShowOrder,
    Status,
    Track,
)
from handlers.text import code
from handlers.tokens import Kind, Token, escape_wire, folded, tokenise
from handlers.verbs import MEANINGS, TOPICS, VERBS, meaning, nearest, unglued
from handlers.watch_grammar import list_watches, one_id, unwatch, watch

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Refusal", "parse"]

MAX_KEYWORD = 200  # characters; a button that carries the search must hold it
CORRECTIONS = 8  # mistakes in one command that are corrected one after the other


def parse(text: str, *, command: str = "/panda") -> Request:
    """Read what followed a slash command, as Slack sends it. Raises nothing but Refusal, whose ``try_`` is readable."""
    prefix = command.removeprefix("/panda").removeprefix("-")
    wire = f"{prefix} {text}"
    try:
        return _read(tokenise(wire), named=bool(prefix))
    except Refusal as refusal:
        refusal.try_ = _readable(refusal.try_)
        raise


def _readable(try_: str) -> str:
    """A correction may hold the next mistake: correct that too, so that what is offered always works."""
    for _attempt in range(CORRECTIONS):
        if not try_:
            return ""
        try:
            _read(tokenise(escape_wire(try_.removeprefix("/panda"))), named=False)
        except Refusal as refusal:
            try_ = refusal.try_
        else:
            return try_
    return "/panda help"


def _read(tokens: list[Token], *, named: bool) -> Request:
    """``named``: the verb came with the slash command, so that it was not left out on purpose."""
    if not tokens:
        return Help()
    first, rest = tokens[0], tokens[1:]
    word = folded(first.text)
    verb = meaning(word) if first.kind is Kind.WORD else None
    if verb is None and first.kind is Kind.WORD and (parts := unglued(word)):
        verb, rest = meaning(parts[0]), [Token(Kind.WORD, first.text[len(parts[0]) :]), *rest]
    if verb is None:
        return _without_verb(tokens)
    if rest and verb != "help" and _asks_for_help(rest):
        return Help(verb)
    if not rest and named and verb not in {"watch", "orders"}:
        return Help(verb)
    return _READERS[verb](Command(verb, tuple(rest)))


def _asks_for_help(tokens: list[Token]) -> bool:
    return len(tokens) == 1 and tokens[0].kind is Kind.WORD and folded(tokens[0].text) in HELP_WORDS


def _without_verb(tokens: list[Token]) -> Request:
    """An id alone is tracked; a mistyped verb is corrected; other words are offered as a search."""
    ids = sift(tokens, waybills=True)
    is_number = len(tokens) == 1 and re.search(r"[0-9]{5}", tokens[0].target or tokens[0].text)
    if is_number or (ids.good and not ids.bad) or ids.rejoined:
        return _track(Command("track", tuple(tokens)))
    first, rest = tokens[0], tuple(tokens[1:])
    typed = Command(first.typed(), rest)
    # Only the verbs themselves: short synonyms are near to anything, and a wrong guess may watch or search an id.
    known = nearest(folded(first.text), {verb: verb for verb in VERBS}) if first.kind is Kind.WORD else None
    problem = _("{word} is not a command. Commands: {verbs}").format(
        word=code(first.text, 40), verbs=", ".join(f"`{verb}`" for verb in VERBS)
    )
    if known:
        raise typed.refuse(problem, try_=Command(known, rest).typed())
    if ids.good:
        raise typed.refuse(problem, try_=f"/panda track {ids.good[0]}")
    if rest or not first.text.isascii():
        raise typed.refuse(problem, try_=Command("search", tuple(tokens)).typed())
    raise typed.refuse(problem, try_="/panda help")


def _search(command: Command) -> Search:
    options, words = read_options(command)
    keyword = " ".join(" ".join(word.text for word in words).split())
    if not keyword:
        raise command.refuse(
            _("the words to search for are missing, e.g. {example}").format(example="`/panda search 连衣裙`"),
            try_="/panda help search",
        )
    request = Search(keyword, options.platform, options.page, options.sort, options.price_min, options.price_max)
    if len(keyword) > MAX_KEYWORD:
        problem = ngettext(
            "a search has at most {most} characters, this one has {n}",
            "a search has at most {most} characters, this one has {n}",
            len(keyword),
        )
        shorter = replace(request, keyword=keyword[:MAX_KEYWORD].rstrip())
        raise command.refuse(problem.format(most=MAX_KEYWORD, n=len(keyword)), try_=_typed(shorter))
    if request.price_min is not None and request.price_max is not None and request.price_min > request.price_max:
        swapped = replace(request, price_min=request.price_max, price_max=request.price_min)
        problem = _("the lowest price, {low}, is above the highest, {high}")
        raise command.refuse(problem.format(low=request.price_min, high=request.price_max), try_=_typed(swapped))
    return request


def _order(command: Command) -> ShowOrder:
    options, words = read_options(command)
    return ShowOrder(one_id(command, words, waybills=False), options.platform)


def _track(command: Command) -> Track:
    options, words = read_options(command)
    return Track(one_id(command, words, waybills=True), options.platform, options.all_nodes)


def _orders(command: Command) -> ListOrders:
    options, words = read_options(command)
    if not words:
        return ListOrders("", options.platform, options.page)
    known = {**{state: state for state in order_states.STATES}, **order_states.SYNONYMS}
    status = known.get(folded(words[0].text))
    if len(words) == 1 and status is not None:
        return ListOrders(status, options.platform, options.page)
    typed = " ".join(word.text for word in words)
    ids = sift(words, waybills=True)
    if (ids.good and not ids.bad) or re.fullmatch(r"[0-9]{5,}", folded(typed)):
        one = ids.good[0] if ids.good else typed
        problem = _("this lists many orders; `/panda order` shows one")
        raise command.refuse(problem, try_=f"/panda {'order' if one.isdigit() else 'track'} {one}")
    if len(words) == 1 and folded(typed) in {"1688", "taobao"}:
        problem = _("the platform is given with two hyphens")
        raise command.refuse(problem, try_=f"/panda orders --{folded(typed)}")
    guess = status if status is not None else nearest(folded(words[0].text), known)
    problem = _("{word} is not an order state. States: {states}").format(
        word=code(typed, 40), states=", ".join(f"`{state}`" for state in order_states.STATES)
    )
    raise command.refuse(problem, try_=_typed(ListOrders(guess or "", options.platform, options.page)))


def _help(command: Command) -> Help:
    if not command.tokens:
        return Help()
    word = folded(command.tokens[0].text).removeprefix("/").removeprefix("panda-")
    topic = word if word in TOPICS else meaning(word)
    if topic and len(command.tokens) == 1:
        return Help("" if topic == "help" else topic)
    known = {**MEANINGS, **{one: one for one in TOPICS}, "shortcut": "shortcuts"}
    guess = topic or nearest(word, known) or ""
    problem = _("there is no help on {word}. Topics: {topics}").format(
        word=code(" ".join(token.text for token in command.tokens), 40),
        topics=", ".join(f"`{one}`" for one in TOPICS),
    )
    raise command.refuse(problem, try_=_typed(Help("" if guess == "help" else guess)))


def _status(command: Command) -> Status:
    if not command.tokens:
        return Status()
    if re.search(r"[0-9]{5}", command.tokens[0].text):
        problem = _("this says how the bot is doing; `/panda order` shows an order")
        raise command.refuse(problem, try_=Command("order", command.tokens).typed())
    raise command.refuse(_("{command} takes nothing after it").format(command="`/panda status`"), try_="/panda status")


def _typed(request: Request) -> str:
    """A request as one would type it."""
    return Command("", tuple(tokenise(request.command()))).typed()


_READERS: dict[str, Callable[[Command], Request]] = {
    "search": _search,
    "order": _order,
    "orders": _orders,
    "track": _track,
    "watch": lambda command: watch_all(command) if is_about_all(command) else watch(command),
    "unwatch": lambda command: unwatch_all(command) if is_about_all(command) else unwatch(command),
    "watches": list_watches,
    "mute": mute,
    "unmute": unmute,
    "settings": settings,
    "why": why,
    "status": _status,
    "help": _help,
}
