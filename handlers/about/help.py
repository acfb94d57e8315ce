"""How to use the bot: one page for all, and one for each command or topic, with examples that work as they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks import help_page
from handlers.blocks.i18n import _
from handlers.blocks.text import code
from handlers.commands.declarations import Answer, Command, Feature
from handlers.parsing.typed_command import text_of
from handlers.parsing.words import Verb, nearest
from handlers.requests import Help
from handlers.wire.text import folded

if TYPE_CHECKING:
    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.commands.registry import Commands
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand


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
        topics=", ".join(f"`{name}`" for name in topics),
    )
    raise command.refuse(problem, suggestion=text_of(Help(guess if guess in topics else "")))


async def show_help(interaction: Interaction, request: Help) -> Message:
    """Answer with the help page on the requested topic, or with the overview."""
    return page(interaction.ctx.commands, request.topic)


def page(commands: Commands, topic: str = "") -> Message:
    """Make the help page on a topic; the overview for an empty topic, or one that does not exist."""
    make_page = commands.pages.get(topic)
    return help_page.show(make_page()) if make_page else _show_overview(commands.overview())


def _show_overview(lines: list[Example]) -> Message:
    return el.message(
        [
            el.section(_("*pandabot* follows what you buy on 1688 and Taobao.")),
            el.section(help_page.bullets(lines)),
            el.context(
                _("Or open a message's menu (⋮): “Track orders in message” and “Watch orders in message”."),
                _("Only you see the answers; news of watched orders is posted for everybody."),
            ),
        ]
    )


def _overview() -> list[Example]:
    return [("/panda help watch", _("more about one of these"))]


FEATURE = Feature(
    commands=(Command(Verb("help", ("?", "h", "--help", "-h", "帮助")), read_help),),
    answers=(Answer(Help, show_help, is_repeatable=True),),
    overview=_overview,
)
