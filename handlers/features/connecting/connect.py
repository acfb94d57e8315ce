"""Connects a workspace to its PandaPon account: `/panda connect`, the button, and the form for the keys."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim
from handlers.access.subjects import Subject
from handlers.blocks.forms import value_of
from handlers.blocks.help_page import HelpPage
from handlers.blocks.i18n import _
from handlers.commands.declarations import Answer, Command, Feature, Form, HelpGroup, Opener, Overview, WrongFieldsError
from handlers.features.connecting import views
from handlers.interactions.ports import AccountKeys
from handlers.parsing.words import Verb
from handlers.wire import payloads
from handlers.wire.errors import ForbiddenError, UsageError
from handlers.wire.slack import FAILURES, code_of
from pandapon.errors import AuthError, TimestampError
from pandapon.signing import Signer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.commands.declarations import View
    from handlers.interactions.interaction import Interaction
    from handlers.interactions.ports import Connector
    from handlers.parsing.typed_command import TypedCommand

log = logging.getLogger(__name__)

ADMIN_SECONDS = 2.5  # seconds to wait for Slack to say who is an admin; the form must open within three
ADMIN_FLAGS = ("is_admin", "is_owner", "is_primary_owner")  # of users.info, in a workspace or an organisation


@dataclass(frozen=True, slots=True)
class Connect:
    """The request to connect the workspace, or to change its keys."""

    def command(self) -> str:
        """The canonical text after ``/panda``."""
        return "connect"


@dataclass(frozen=True, slots=True)
class FilledKeys:
    """The filled form. ``wrong``: sentences by field."""

    keys: AccountKeys = field(repr=False)
    wrong: Mapping[str, str] = field(default_factory=dict)


def read_connect(command: TypedCommand) -> Connect:
    """Read ``connect``. Raises UsageError for arguments, and does not repeat them: they may be keys."""
    if command.tokens:
        problem = _("{command} takes nothing after it; the keys go into the form").format(command="`/panda connect`")
        raise UsageError(problem=problem, suggestion="/panda connect")
    return Connect()


async def offer(interaction: Interaction, _request: Any) -> Message:
    """Say whether the workspace is connected, with the button that opens the form."""
    return views.connected() if _connector(interaction).is_connected else views.not_connected()


async def open_form(_interaction: Interaction, _nothing: Any) -> View:
    """Make the empty form."""
    return views.form()


def read_form(values: dict[str, Any]) -> FilledKeys:
    """Read the form's ``state.values``. The result has a sentence for each wrong field."""
    names = (views.KEY, views.SECRET, views.USER)
    typed = {name: value_of(values, name, "value").strip() for name in names}
    wrong = {name: _("Copy it from PandaPon's console.") for name, value in typed.items() if not value}
    for name in (views.KEY, views.USER):
        try:
            Signer(typed[name], "")
        except ValueError:
            wrong[name] = _("It holds a space or a sign that no key has. Was it copied with something else?")
    return FilledKeys(AccountKeys(typed[views.KEY], typed[views.SECRET], typed[views.USER]), wrong)


async def connect(interaction: Interaction, _subject: Any, filled: FilledKeys) -> View:
    """Try the keys and store them. Nothing is stored where PandaPon refuses them or does not answer.

    Raises WrongFieldsError for refused keys, and the other errors of ``Connector.connect``.
    """
    try:
        address = await _connector(interaction).connect(filled.keys, interaction.user)
    except TimestampError:  # a wrong clock says nothing about the keys
        raise
    except AuthError:
        words = _("PandaPon refuses this key and secret. Copy both again; resetting a secret ends the old one.")
        raise WrongFieldsError({views.SECRET: words}) from None
    return views.done(address)


async def _manager(interaction: Interaction, given: Any) -> Claim:
    """Check that the person manages the workspace. Raises ForbiddenError for anybody else."""
    if interaction.user != _connector(interaction).installer and not await _is_admin(interaction):
        raise ForbiddenError(
            _("Only the workspace's admins and the person who installed me can connect it to PandaPon.")
        )
    return Claim(given)


async def _is_admin(interaction: Interaction) -> bool:
    """Whether Slack says that the person is an admin; False where Slack does not answer."""
    try:
        async with asyncio.timeout(ADMIN_SECONDS):
            answer = await interaction.client.users_info(user=interaction.user)
    except FAILURES as error:
        log.info("Slack did not say who is an admin", extra={"error": code_of(error) or error})
        return False
    person = payloads.table(answer.data, "user")
    places = (person, payloads.table(person, "enterprise_user"))
    return any(place.get(flag) is True for place in places for flag in ADMIN_FLAGS)


def _connector(interaction: Interaction) -> Connector:
    connector = interaction.ctx.connector
    assert connector is not None, "only an installation that serves many workspaces has this feature"
    return connector


def _help() -> HelpPage:
    words = _("Enter the keys of your PandaPon account, or change them. For admins and the person who installed me.")
    return HelpPage(_("Connect PandaPon"), words, (("/panda connect", ""),))


def _overview() -> list[Example]:
    return [("/panda connect", _("enter or change the keys of your PandaPon account"))]


MANAGER = Subject("the PandaPon account of this workspace, for those who manage the workspace", _manager)

FEATURE = Feature(
    commands=(Command(Verb("connect", ("连接", "绑定")), read_connect, _help),),
    answers=(Answer(Connect, offer, is_repeatable=True),),
    openers=(Opener("action", views.CONNECT, MANAGER, open_form),),
    forms=(Form(views.CONNECT, MANAGER, read_form, connect, views.trying, views.page),),
    overview=Overview(HelpGroup.TROUBLE, _overview),
)
