"""A small feature, as somebody would add one: a command with a button and a form. No part of the bot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from handlers.access.subjects import PERSON, button
from handlers.blocks import elements as el
from handlers.blocks.action_ids import MENU
from handlers.blocks.forms import field as form_field
from handlers.blocks.forms import plain, value_of
from handlers.blocks.help_page import HelpPage
from handlers.blocks.parts import form_option, run_option
from handlers.commands.declarations import Answer, Button, Command, Feature, Form, HelpGroup, Opener, Overview
from handlers.parsing.words import Verb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.blocks.message import Message
    from handlers.commands.declarations import View
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand

AGAIN, ASK, ASKED = "greet_again", "greet_whom", "greet_form"


@dataclass(frozen=True, slots=True)
class Greet:
    """Greet somebody."""

    whom: str = "everybody"

    def command(self) -> str:
        """The canonical text."""
        return f"greet {self.whom}"


def read(command: TypedCommand) -> Greet:
    """Read ``greet``, with a name or without."""
    if len(command.tokens) > 1:
        raise command.refuse("one name at a time", instead=command.tokens[:1])
    return Greet(*(token.text for token in command.tokens))


async def greet(_interaction: Interaction, request: Greet) -> Message:
    """The greeting, with buttons to do it again and to ask for another name, and a menu with more."""
    menu = el.overflow([run_option("Greet Tom", Greet("Tom")), form_option("Ask whom", ASK, "ask")], f"{MENU}1")
    buttons = [el.button("Again", f"{AGAIN}:1", request.command()), el.button("Whom…", f"{ASK}:1", "ask"), menu]
    return el.message([el.section(f"Hello, {request.whom}!"), *el.actions(buttons)])


async def open_form(_interaction: Interaction, _nothing: Any) -> View:
    """The form that asks for a name."""
    element = {"type": "plain_text_input", "action_id": "value"}
    return _page(form_field("Whom?", "whom", element)) | {"callback_id": ASKED, "submit": plain("Greet")}


@dataclass(frozen=True, slots=True)
class FilledName:
    """The name, and what is wrong with it."""

    whom: str
    wrong: Mapping[str, str] = field(default_factory=dict)


def read_form(values: dict[str, Any]) -> FilledName:
    """What was filled in; a name has no digits."""
    whom = value_of(values, "whom", "value")
    return FilledName(whom, {"whom": "A name has no digits."} if any(char.isdigit() for char in whom) else {})


async def answer_form(_interaction: Interaction, _nothing: Any, filled: FilledName) -> View:
    """The greeting as the form's next page."""
    return _page(el.section(f"Hello, {filled.whom}!"))


def _page(*blocks: dict[str, Any]) -> View:
    return {"type": "modal", "title": plain("Greet"), "close": plain("Close"), "blocks": list(blocks)}


def _working() -> View:
    return _page(el.section("⏳"))


def _answered(message: Message) -> View:
    return _page(*message.blocks)


def _help() -> HelpPage:
    return HelpPage("Greet", "Says hello.", (("/panda greet Mei", "to Mei"),))


FEATURE = Feature(
    commands=(Command(Verb("greet", ("hello", "你好啊")), read, _help, slash="name"),),
    answers=(Answer(Greet, greet),),
    buttons=(Button(AGAIN, button("the greeting's own command", Greet), greet, replaces=True),),
    openers=(Opener("action", ASK, PERSON, open_form, _answered),),
    forms=(Form(ASKED, PERSON, read_form, answer_form, _working, _answered),),
    overview=Overview(HelpGroup.FIND, lambda: [("/panda greet Mei", "says hello")]),
)
