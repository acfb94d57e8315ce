"""``address``: the account's saved addresses. Only the person who asks sees them, masked until they press Show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks.help_page import HelpPage
from handlers.blocks.i18n import _
from handlers.commands.declarations import Answer, Command, Feature, HelpGroup, Overview
from handlers.features.shipping import address_view
from handlers.parsing.options import read_options
from handlers.parsing.words import Verb
from handlers.wire.requests import ShowAddresses
from handlers.wire.text import folded
from handlers.writing.receivers import saved_addresses
from pandapon.errors import UnknownPathError
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand

SHOW = frozenset({"show", "显示"})


def read_addresses(command: TypedCommand) -> ShowAddresses:
    """Read ``address [show]``. Raises UsageError."""
    options, words = read_options(command)
    is_whole = [folded(word.text) for word in words[:1] if folded(word.text) in SHOW] != []
    if words[1 if is_whole else 0 :]:
        problem = _("{command} takes nothing after it; a button adds an address").format(command="`/panda address`")
        raise command.refuse(problem, suggestion="/panda address")
    return ShowAddresses(options.page, is_whole=is_whole)


async def show_addresses(interaction: Interaction, request: ShowAddresses) -> Message:
    """Show one page of the addresses. Raises PandaPonError where they cannot be read."""
    ctx = interaction.ctx
    may_save = ctx.gate.allows(WriteScope.ALL)
    try:
        saved = await saved_addresses(ctx)
    except UnknownPathError as error:  # an address can still be added: the path that saves one is published
        return address_view.unreadable(error, may_save=may_save)
    return address_view.listing(saved, request, may_save=may_save)


def _not_shown(_request: ShowAddresses) -> str:
    return _("Couldn't read the saved addresses")


def _help() -> HelpPage:
    return HelpPage(
        _("Saved addresses"),
        _(
            "The addresses in China that are saved at PandaPon. Only you see the answer, with names and numbers masked "
            "until you press Show. Buttons add an address or change one."
        ),
        (("/panda address", _("the saved addresses")),),
    )


def _overview() -> list[Example]:
    return [("/panda address", _("the saved addresses: add one, change one"))]


VERB = Verb("address", ("addresses", "addr", "地址", "收货地址", "地址管理"), frozenset({"page"}))

FEATURE = Feature(
    commands=(Command(VERB, read_addresses, _help),),
    answers=(Answer(ShowAddresses, show_addresses, failed=_not_shown, is_repeatable=True),),
    overview=Overview(HelpGroup.BUY, _overview),
)
