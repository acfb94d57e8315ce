"""The messages and forms about the PandaPon account of a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.blocks import elements as el
from handlers.blocks.forms import field
from handlers.blocks.i18n import _
from handlers.blocks.pages import answer_page, orders_page
from handlers.blocks.text import code

if TYPE_CHECKING:
    from handlers.blocks.message import Block, Message

View = dict[str, Any]

CONNECT = "connect_pandapon"  # the button that opens the form, and the form's callback id
# The fields of the form.
KEY, SECRET, USER = "access_key", "access_secret", "user_id"
LONGEST = 200  # characters of each field


def not_connected() -> Message:
    """The answer to everything in a workspace without an account."""
    return el.message(
        [
            el.section("🔌 " + _("This workspace is not connected to PandaPon yet.")),
            el.context(_who()),
            *el.actions([el.button(_("Connect PandaPon…"), f"{CONNECT}:1", "connect", "primary")]),
        ]
    )


def connected() -> Message:
    """The answer in a workspace with an account, with a button to change its keys."""
    return el.message(
        [
            el.section("✅ " + _("This workspace is connected to PandaPon.")),
            el.context(_who()),
            *el.actions([el.button(_("Change the keys…"), f"{CONNECT}:1", "connect")]),
        ]
    )


def form() -> View:
    """Ask for the keys of the account. The person enters them anew each time: no form shows stored keys."""
    intro = _("You find the keys in PandaPon's console. They are tried once and stored encrypted; nobody can see them.")
    fields = [
        field(_("App Key"), KEY, _input()),
        field(
            _("App Secret"), SECRET, _input(), hint=_("Slack shows it while you type, so make sure nobody looks on.")
        ),
        field(_("User ID"), USER, _input()),
    ]
    page = orders_page([el.section(intro), *fields], submit=_("Connect"), title=_title())
    return page | {"callback_id": CONNECT}


def trying() -> View:
    """The page that is shown while PandaPon is asked whether the keys are right."""
    return orders_page([el.section("⏳ " + _("Trying the keys…"))], title=_title())


def done(push_address: str) -> View:
    """The page after the keys were stored. ``push_address``: the URL for PandaPon's push messages; empty: unknown."""
    words = _("This workspace is connected to PandaPon. {command} shows how to begin.").format(command="`/panda help`")
    blocks: list[Block] = [el.section(f"✅ {words}")]
    if push_address:
        hint = _("To get updates within seconds, enter this address for push messages in PandaPon's console: {address}")
        blocks.append(el.section(hint.format(address=code(push_address, 500))))
        blocks.append(el.context(_("Whoever knows the address can make me look at your orders, so keep it secret.")))
    return orders_page(blocks, title=_title())


def page(message: Message) -> View:
    """The page that explains an error."""
    return answer_page(message, title=_title())


def _input() -> Block:
    return {"type": "plain_text_input", "action_id": "value", "max_length": LONGEST}


def _title() -> str:
    return _("Connect PandaPon")


def _who() -> str:
    return _("The workspace's admins and the person who installed me can do that.")
