"""How a seller is reached, in words, above the message to copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from handlers.blocks import elements as el
from handlers.blocks.addresses import web_address
from handlers.blocks.i18n import _
from handlers.blocks.labels import platform_name
from handlers.blocks.parts import order_name
from handlers.blocks.text import code, escape, truncate
from handlers.posts.seller_message import copyable

if TYPE_CHECKING:
    from handlers.blocks.message import Message
    from pandapon.shipment import OrderRef, Platform

SELLER, NAME = 60, 100  # characters that are shown
LONGEST = 2000  # characters of the link to a chat, which carries a token
# The hosts of the chats: the vendor shows links to the first; the others are Taobao's own.
_CHATS = ("taobao.global", "taobao.com", "tmall.com", "tmall.hk")


@dataclass(frozen=True, slots=True)
class Contact:
    """How a seller is reached. Empty texts are unknown.

    ``name``: the Wangwang name. ``link``: the URL of the chat. ``seller``: the shop's name. ``page``: the URL of the
    product or order. ``problem``: why neither name nor link could be read, as Slack text. ``needs_login``: the link
    needs a login that the settings do not have.
    """

    platform: Platform
    name: str = ""
    link: str = ""
    seller: str = ""
    page: str = ""
    problem: str = ""
    needs_login: bool = False


def contact(details: Contact, message: str, *, order: OrderRef | None = None) -> Message:
    """Show the seller, the way to the chat, and the message to copy. Only the person who asked may see the link."""
    seller = escape(truncate(details.seller, SELLER)) or platform_name(details.platform)
    lines = [_("💬 *Message the seller: {seller}*").format(seller=seller), *_chat_lines(details)]
    page = el.link(details.page, _("Open the order") if order else _("Open the product"))
    small = [order_name(order)] if order else []
    small += [page] if web_address(details.page) else []
    blocks = [el.section("\n".join(lines)), el.section(copyable(message))]
    return el.message([*blocks, *([el.context(" · ".join(small))] if small else [])])


def _chat_lines(details: Contact) -> list[str]:
    if link := _chat_url(details.link):
        words = _("Open the chat with the seller")
        return [f"<{link}|{words}>", _("The link is only for you: it opens the account.")]
    if details.name:
        return [
            _("Wangwang name: {name}").format(name=code(details.name, NAME)),
            _("Search for this name in Wangwang (旺旺), or open the chat from the page below."),
        ]
    if details.problem:
        return [_("⚠️ The chat can't be shown: {reason}").format(reason=details.problem)]
    if details.needs_login:
        return [
            _("Open the chat from the page below. For a link to it, your pandabot admin can set {settings}.").format(
                settings="`PANDAPON_LOGIN_NAME`, `PANDAPON_LOGIN_PASSWORD`"
            )
        ]
    return [_("PandaPon doesn't name the chat. Open it from the page below.")]


def _chat_url(url: str) -> str:
    """The URL of a chat, escaped for Slack; empty where it does not lead to Taobao by HTTPS."""
    address = web_address(url, LONGEST)
    try:
        host = (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return ""
    is_taobaos = any(host == known or host.endswith(f".{known}") for known in _CHATS)
    return address.replace("&", "&amp;") if is_taobaos and address.startswith("https://") and "@" not in host else ""
