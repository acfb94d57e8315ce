"""The declarations of a feature, from which parsing, help, listeners and the checks of rights are derived."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, Protocol

from handlers.blocks.failures import Asked
from handlers.blocks.i18n import _
from handlers.blocks.text import code
from handlers.parsing.typed_command import text_of

if TYPE_CHECKING:
    from handlers.access.permissions import Need
    from handlers.access.subjects import Subject
    from handlers.blocks.help_page import Example, HelpPage
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand
    from handlers.parsing.words import Verb
    from handlers.wire.requests import Request
    from tracking.messages import ChannelChange

View = dict[str, Any]
Act = Callable[["Interaction", Any], Awaitable["Message"]]


def asking() -> str:
    """Return the line that most requests and forms show while PandaPon is asked."""
    return _("Checking with PandaPon…")


def could_not_run(request: Request) -> str:
    """Return the words for a failed request of any kind. They leave the channel out, since it is an id by then."""
    anywhere = replace(request, channel=None) if hasattr(request, "channel") else request  # type: ignore[type-var]  # a dataclass
    return _("Couldn't run {command}").format(command=code(text_of(anywhere)))


@dataclass(frozen=True, slots=True)
class Command:
    """A verb of ``/panda``, and the function that reads its arguments. ``read`` raises UsageError."""

    verb: Verb
    read: Callable[[TypedCommand], Request]
    help: Callable[[], HelpPage] | None = None  # None: help on this verb is the overview
    slash: str = ""  # usage hint of the verb's own slash command, ``/panda-<verb>``; empty: the verb has none
    stands_alone: bool = False  # the slash command works without arguments; without this, it shows the help then


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one type of request, from commands and buttons alike."""

    request: type[Request]
    act: Act
    need: Need | Callable[[Any], Need] | None = None  # the right to its channel; None: the request has no channel
    working: Callable[[], str] = asking  # makes the line that is shown while the answer takes long
    failed: Callable[[Any], str] = could_not_run  # makes the words for a request that failed, as Slack text
    is_repeatable: bool = False  # the request changes nothing, so [Try again] may be offered after a failure

    def need_of(self, request: Request) -> Need | None:
        """Return the right to its channel that this request needs; None: the request concerns no channel."""
        return self.need(request) if callable(self.need) else self.need

    def asked(self, request: Request) -> Asked:
        """Return the request in the form in which the explanation of an error names it and offers to repeat it."""
        return Asked(self.failed(request), request if self.is_repeatable else None)


@dataclass(frozen=True, slots=True)
class Button:
    """A button whose answer is a message. ``id``: the prefix of its action ids; the subject reads its value."""

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
    """A button or a global shortcut that opens a form. Slack allows three seconds, so only the check comes before.

    ``view`` gets the checked subject. ``refused`` makes the page that explains an error; without it, a message explains
    the error.
    """

    kind: Literal["action", "shortcut"]
    id: str
    subject: Subject
    view: Callable[[Interaction, Any], Awaitable[View]]
    refused: Callable[[Message], View] | None = None


class WrongFieldsError(Exception):
    """A form's ``answer`` found wrong fields. ``wrong``: a sentence for each of them, by the field's name."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        super().__init__(", ".join(wrong))
        self.wrong = wrong


class Filled(Protocol):
    """A filled form, as its ``read`` returns it."""

    @property
    def wrong(self) -> Mapping[str, str]:
        """A sentence for each wrong field, by the field's name; empty: all fields are right."""
        ...


@dataclass(frozen=True, slots=True)
class Form:
    """A form. When a person sends it, wrong fields are marked in it; otherwise ``answer`` makes its next page."""

    callback_id: str
    subject: Subject  # its ``find`` gets the filled form
    read: Callable[[dict[str, Any]], Filled]
    # Gets the subject and the filled form. It raises WrongFieldsError for fields that are wrong for this subject.
    answer: Callable[[Interaction, Any, Any], Awaitable[View]]
    working: Callable[[], View]
    page: Callable[[Message], View]  # makes the page that explains an error or a late answer
    # For a form of several pages: the type of its flow's content, and what opens the form where it was left.
    again: tuple[type[Any], Callable[[Interaction, str], Awaitable[None]]] | None = None
    changes: bool = False  # the form may change the account, so its last page is told even if it was closed meanwhile


@dataclass(frozen=True, slots=True)
class Listener:
    """Any other listener. The payload is acknowledged, and ``handle`` checks the subject and does the work."""

    kind: Literal["action", "event", "view_closed"]
    name: str  # the event's type; for an action or a closed form the beginning of its id
    subject: Subject
    handle: Callable[[Subject, Interaction], Awaitable[None]]


class HelpGroup(StrEnum):
    """The groups of the help's overview, in the order in which people see them."""

    FIND = "find"
    BUY = "buy"
    FOLLOW = "follow"
    CHANNEL = "channel"
    TROUBLE = "trouble"


@dataclass(frozen=True, slots=True)
class Overview:
    """A feature's lines in the help's overview, and the group in which they stand."""

    group: HelpGroup
    lines: Callable[[], list[Example]]


@dataclass(frozen=True, slots=True)
class Feature:
    """The parts that one module adds to the bot."""

    commands: tuple[Command, ...] = ()
    answers: tuple[Answer, ...] = ()
    buttons: tuple[Button, ...] = ()
    message_shortcuts: tuple[MessageShortcut, ...] = ()
    openers: tuple[Opener, ...] = ()
    forms: tuple[Form, ...] = ()
    listeners: tuple[Listener, ...] = ()
    overview: Overview | None = None  # None: the help's overview does not name it
    topics: Mapping[str, Callable[[], HelpPage]] = field(default_factory=dict)  # help on topics other than commands
    # By the type of a change: the function that undoes it, unless somebody changed the same again since, and tells the
    # channel. It gets the channel's id and the change, and returns whether anything was undone.
    undo: Mapping[type[ChannelChange], Callable[[Interaction, str, Any], Awaitable[bool]]] = field(default_factory=dict)
