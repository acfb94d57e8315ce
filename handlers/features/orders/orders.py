"""``orders``: the list of the account's orders, whole or by state, day, seller and words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.blocks import order_states
from handlers.blocks.help_page import HelpPage
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.punctuation import listed
from handlers.blocks.text import code
from handlers.commands.declarations import Answer, Command, Feature, HelpGroup, Overview
from handlers.features.orders import export, list_view
from handlers.features.orders.order_list import gather
from handlers.parsing.days import span_of
from handlers.parsing.options import PLATFORMS, read_options
from handlers.parsing.order_ids import sift_ids
from handlers.parsing.tokens import Kind, tokenise
from handlers.parsing.typed_command import TypedCommand, text_of
from handlers.parsing.words import Verb, nearest
from handlers.wire.errors import UsageError
from handlers.wire.requests import FILTER_TEXT, ExportOrders, ListOrders
from handlers.wire.text import folded
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.options import Options
    from handlers.parsing.tokens import Token

LONGEST_PHRASE = 4  # words that together name a state or a span of days
_ENDED = frozenset({"yesterday", "last-week", "last-month"})  # spans that end before today


def read_orders(command: TypedCommand) -> ListOrders | ExportOrders:
    """Read ``orders``: a state, a span of days, words to search for, and options. Raises UsageError."""
    options, tokens = read_options(command)
    listed = _read_list(command, options, tokens)
    return ExportOrders(replace(listed, page=1)) if options.as_csv else listed


def _read_list(command: TypedCommand, options: Options, tokens: list[Token]) -> ListOrders:
    status, words = _take_phrase(tokens, order_states.listed_words())
    day, words = _take_span(words)
    if status is None:  # the state may stand behind the days
        status, words = _take_phrase(words, order_states.listed_words())
    if words:
        _refuse_mistakes(command, words, options, status=status)
    text = " ".join(" ".join(word.text for word in words).split())
    if len(text) > FILTER_TEXT:
        problem = ngettext(
            "a search in orders has at most {most} characters, and yours has {n}",
            "a search in orders has at most {most} characters, and yours has {n}",
            len(text),
        )
        shorter = _request(options, status or "", day, text[:FILTER_TEXT].rstrip())
        raise command.refuse(problem.format(most=FILTER_TEXT, n=len(text)), suggestion=text_of(shorter))
    return _request(options, status or "", day, text)


def read_back(command: TypedCommand, options: Options) -> ListOrders | None:
    """The list from which a person opened an order, from the option ``back``; None where its text is no such list."""
    tokens = tokenise(options.back)
    if not tokens or folded(tokens[0].text) != VERB.name:
        return None
    try:
        request = read_orders(TypedCommand(VERB.name, tuple(tokens[1:]), command.vocabulary))
    except UsageError:
        return None
    return request if isinstance(request, ListOrders) else None


async def list_orders(interaction: Interaction, request: ListOrders) -> Message:
    """Show one page of the account's orders, newest first, with the newest known state of each.

    Raises PandaPonError where no platform answers, and UsageError for a wrong span of days.
    """
    page = await gather(interaction, request)
    may_act = interaction.ctx.gate.allows(WriteScope.ORDERS)
    return list_view.listing(request, page, interaction.ctx.clock(), may_act=may_act)


def _request(options: Options, status: str, day: str, words: str) -> ListOrders:
    """Make the request. ``day``: a span of days typed without an option; options go before it."""
    until = day if day in _ENDED else ""
    return ListOrders(
        status,
        options.platform,
        options.page,
        seller=options.seller,
        since=options.since or day,
        until=options.until or until,
        words=words,
    )


def _take_phrase(tokens: list[Token], known: Mapping[str, str]) -> tuple[str | None, list[Token]]:
    """Take the longest known phrase from the beginning. Return its meaning (or None) and the remaining tokens.

    A word in quotes is part of no phrase: it is searched for as it is.
    """
    for count in range(min(LONGEST_PHRASE, len(tokens)), 0, -1):
        phrase = tokens[:count]
        meaning = known.get(" ".join(folded(token.text) for token in phrase))
        if meaning is not None and all(token.kind is Kind.WORD for token in phrase):
            return meaning, tokens[count:]
    return None, tokens


def _take_span(tokens: list[Token]) -> tuple[str, list[Token]]:
    """Take a span of days such as "this week" from anywhere. Return it (empty: none) and the remaining tokens."""
    for count in range(min(LONGEST_PHRASE, len(tokens)), 0, -1):
        for start in range(len(tokens) - count + 1):
            phrase = tokens[start : start + count]
            if any(token.kind is not Kind.WORD for token in phrase):
                continue
            if day := span_of([folded(token.text) for token in phrase]):
                return day, [*tokens[:start], *tokens[start + count :]]
    return "", tokens


def _refuse_mistakes(command: TypedCommand, words: list[Token], options: Options, *, status: str | None) -> None:
    """Refuse words that nobody means to search for: a whole id, a platform, a mistyped state."""
    typed = " ".join(word.text for word in words)
    ids = sift_ids(words, waybills=True)
    if ids.good and not ids.bad and all(word.kind is not Kind.QUOTED for word in words):
        problem = _("this lists many orders; `/panda order` shows one")
        verb = "order" if ids.good[0].isdigit() else "track"
        raise command.refuse(problem, suggestion=f"/panda {verb} {ids.good[0]}")
    if len(words) > 1 or words[0].kind is not Kind.WORD or status is not None:
        return
    if folded(typed) in {"1688", "taobao"}:
        problem = _("write the platform with two hyphens")
        raise command.refuse(problem, suggestion=f"/panda orders --{folded(typed)}")
    guess = nearest(folded(typed), order_states.listed_words())
    if guess is not None:
        problem = _("{word} is not an order state (to search for it, put it in quotes). States: {states}").format(
            word=code(typed, 40), states=listed(f"`{state}`" for state in order_states.LISTED)
        )
        raise command.refuse(problem, suggestion=text_of(_request(options, guess, "", "")))


def _not_listed(_request: ListOrders) -> str:
    return _("Couldn't list your orders")


def _help() -> HelpPage:
    return HelpPage(
        _("List orders"),
        _(
            "The account's orders, newest first: `unpaid`, `paid`, `shipped`, `done`, `cancelled`, `attention`, "
            "or all. Other words are searched for in titles, IDs, tracking numbers and sellers. Days are in China time."
        ),
        (
            ("/panda orders", _("all")),
            ("/panda orders attention", _("those for which somebody has to do something")),
            ("/panda orders shipped --taobao --page 2", _("in one state, on one platform")),
            ("/panda orders 连衣裙 --seller 锦绣", _("by words of the title, and a seller's name")),
            ("/panda orders last month --csv", _("as a file, sent to you alone")),
            ("/panda orders --since 2026-11-01 --until 2026-11-20", _("by day; `--days 7` and `this week` work too")),
        ),
    )


def _overview() -> list[Example]:
    return [("/panda orders shipped", _("the account's orders"))]


VERB = Verb(
    "orders",
    ("订单列表", "所有订单", "全部订单"),
    PLATFORMS | {"page", "seller", "since", "until", "days", "csv"},
)

FEATURE = Feature(
    commands=(Command(VERB, read_orders, _help, stands_alone=True),),
    answers=(
        Answer(ListOrders, list_orders, failed=_not_listed, is_repeatable=True),
        Answer(ExportOrders, export.export_orders, failed=_not_listed, is_repeatable=True),
    ),
    overview=Overview(HelpGroup.FIND, _overview),
)
