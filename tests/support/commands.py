"""The bot's commands, and the help on them, for tests without a running bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.commands.registry import Commands
from handlers.features.about.help import page
from handlers.features.all import FEATURES

if TYPE_CHECKING:
    from handlers.blocks.message import Message

COMMANDS = Commands(FEATURES)
parse = COMMANDS.read
TOPICS = COMMANDS.vocabulary.topics
MEANINGS = COMMANDS.vocabulary.meanings
VERBS = tuple(COMMANDS.declared)


def help_page(topic: str = "") -> Message:
    """The help on a topic."""
    return page(COMMANDS, topic)
