"""What a feature declares of itself. Parsing, help, listeners and the checks of who may do what follow from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from handlers.blocks.i18n import _

if TYPE_CHECKING:
    from handlers.access.permissions import Need
    from handlers.access.subjects import Subject
    from handlers.blocks.help_page import Example, HelpPage
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand
    from handlers.parsing.words import Verb
    from handlers.requests import Request

View = dict[str, Any]
Act = Callable[["Interaction", Any], Awaitable["Message"]]


def asking() -> str:
    """The working line of most requests."""
    return _("Asking PandaPon…")


@dataclass(frozen=True, slots=True)
class Command:
    """A word behind ``/panda``, and how what follows it is read. ``read`` raises UsageError."""

    verb: Verb
    read: Callable[[TypedCommand], Request]
    help: Callable[[], HelpPage] | None = None  # None: the overview
    slash: str = ""  # the usage hint of its own slash command, ``/panda-<verb>``; empty: it has none
    stands_alone: bool = False  # that slash command does something with nothing behind it; others show their help


@dataclass(frozen=True, slots=True)
class Answer:
    """How requests of one type are answered, from commands and buttons alike."""

    request: type[Request]
    act: Act
    need: Need | Callable[[Any], Need] | None = None  # of the channel that it names or stands in; None: it needs none
    working: Callable[[], str] = asking  # the line that stands there while it takes a while

    def need_of(self, request: Request) -> Need | None:
        """What this request needs of its channel."""
        return self.need(request) if callable(self.need) else self.need


@dataclass(frozen=True, slots=True)
class Button:
    """A button that is answered with a message. Its id begins with ``id``; the subject reads what it carries."""

    id: str
    subject: Subject
    act: Act
    replaces: bool = False  # the answer takes the place of the message that holds the button


@dataclass(frozen=True, slots=True)
class MessageShortcut:
    """An entry in the menu of every message."""

    callback_id: str
    subject: Subject
    act: Act


@dataclass(frozen=True, slots=True)
class Opener:
    """A button or a global shortcut that opens a form: within three seconds, so nothing slow but the check goes before.

    ``refused`` makes the page that says why it does not open; without it that is said like any other answer.
    """

    kind: Literal["action", "shortcut"]
    id: str
    subject: Subject
    view: Callable[[Interaction, Any], Awaitable[View]]
    refused: Callable[[Message], View] | None = None


class Filled(Protocol):
    """What was filled in."""

    @property
    def wrong(self) -> Mapping[str, str]:
        """What is wrong, by the name of the field; nothing where all is well."""
        ...


@dataclass(frozen=True, slots=True)
class Form:
    """A form that was sent. Wrong fields are marked in it; otherwise its next page is the answer."""

    callback_id: str
    subject: Subject  # found in what was filled in
    read: Callable[[dict[str, Any]], Filled]
    answer: Callable[[Interaction, Any, Any], Awaitable[View]]  # with the subject and what was filled in
    working: Callable[[], View]
    page: Callable[[Message], View]  # an error, or that it takes too long


@dataclass(frozen=True, slots=True)
class Listener:
    """Anything else: it is acknowledged, and the feature does the rest, the check of its subject included."""

    kind: Literal["action", "event"]
    name: str
    subject: Subject
    handle: Callable[[Subject, Interaction], Awaitable[None]]


def _no_examples() -> list[Example]:
    return []


@dataclass(frozen=True, slots=True)
class Feature:
    """Everything that one module adds to the bot."""

    commands: tuple[Command, ...] = ()
    answers: tuple[Answer, ...] = ()
    buttons: tuple[Button, ...] = ()
    message_shortcuts: tuple[MessageShortcut, ...] = ()
    openers: tuple[Opener, ...] = ()
    forms: tuple[Form, ...] = ()
    listeners: tuple[Listener, ...] = ()
    overview: Callable[[], list[Example]] = _no_examples  # its lines in the overview of the help
    topics: Mapping[str, Callable[[], HelpPage]] = field(default_factory=dict)  # help on what is no command
    # How a change that was told to a whole channel is taken back, by the name of its line; with channel and facts.
    undo: Mapping[str, Callable[[Interaction, str, dict[str, Any]], Awaitable[None]]] = field(default_factory=dict)
