"""How to use the bot: an overview, and a page for each command or topic. The examples work as they stand."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from handlers.blocks import action_ids, help_page
from handlers.blocks import elements as el
from handlers.blocks.i18n import _
from handlers.blocks.parts import run_button
from handlers.blocks.punctuation import listed
from handlers.blocks.text import code
from handlers.commands.declarations import Answer, Command, Feature, HelpGroup, Overview
from handlers.parsing.typed_command import text_of
from handlers.parsing.words import Verb, nearest
from handlers.wire.requests import Help, ListOrders, ShowSettings
from handlers.wire.text import folded
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Block, Message
    from handlers.commands.registry import Commands
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand

log = logging.getLogger(__name__)

OWN_IDS = 2  # order ids that the examples use


def read_help(command: TypedCommand) -> Help:
    """Read ``help``, or ``help`` and a topic. Raises UsageError."""
    if not command.tokens:
        return Help()
    vocabulary = command.vocabulary
    topics = vocabulary.topics
    word = folded(command.tokens[0].text).removeprefix("/").removeprefix("panda-")
    topic = word if word in topics else vocabulary.meaning(word)
    if topic and len(command.tokens) == 1:
        return Help(topic if topic in topics else "")
    known = {**vocabulary.meanings, **{name: name for name in topics}, "shortcut": "shortcuts"}
    guess = topic or nearest(word, known) or ""
    problem = _("there is no help on {word}. Topics: {topics}").format(
        word=code(" ".join(token.text for token in command.tokens), 40),
        topics=listed(f"`{name}`" for name in topics),
    )
    raise command.refuse(problem, suggestion=text_of(Help(guess if guess in topics else "")))


async def show_help(interaction: Interaction, request: Help) -> Message:
    """Answer with the help page on the requested topic, or the overview. The examples name the account's own orders."""
    try:
        own = await interaction.ctx.store.orders.newest(OWN_IDS)
    except StorageError as error:  # help is needed most where something fails
        log.warning("own orders not read for the help", extra={"error": error})
        own = []
    return page(interaction.ctx.commands, request.topic, own)


def page(commands: Commands, topic: str = "", order_ids: Sequence[str] = ()) -> Message:
    """Make the help page on a topic, or the overview where the topic is empty or unknown.

    ``order_ids``: the orders that the examples name; without any, the examples have made-up ids.
    """
    make_page = commands.pages.get(topic)
    return help_page.show(make_page(), order_ids) if make_page else _show_overview(commands.overview(), order_ids)


def buttons() -> list[Block]:
    """Return the buttons below the overview: the account's orders, the form that tracks orders, the settings."""
    return el.actions(
        [
            run_button(_("My orders"), 1, ListOrders()),
            el.button(_("Track…"), f"{action_ids.FIND_ORDERS}:1", "help"),
            run_button(_("Settings"), 2, ShowSettings()),
        ]
    )


def _show_overview(lines: Mapping[HelpGroup, list[Example]], order_ids: Sequence[str]) -> Message:
    headings = {
        HelpGroup.FIND: _("Find"),
        HelpGroup.BUY: _("Buy"),
        HelpGroup.FOLLOW: _("Follow"),
        HelpGroup.CHANNEL: _("This channel"),
        HelpGroup.TROUBLE: _("Trouble"),
    }
    groups = [
        el.section(f"*{headings[group]}*\n{help_page.with_ids(help_page.bullets(examples), order_ids)}")
        for group, examples in lines.items()
        if examples
    ]
    notes = el.context(
        _("Or open a message's menu (⋮): “Track orders in message” and “Watch orders in message”."),
        _("Only you see the answers; updates of watched orders are posted for everybody."),
    )
    head = el.section(_("*pandabot* follows what you buy on 1688 and Taobao."))
    return el.message([head, *groups, *buttons(), notes])


def _overview() -> list[Example]:
    return [("/panda help watch", _("help with one command"))]


FEATURE = Feature(
    commands=(Command(Verb("help", ("?", "h", "--help", "-h", "帮助")), read_help),),
    answers=(Answer(Help, show_help, is_repeatable=True),),
    overview=Overview(HelpGroup.TROUBLE, _overview),
)
