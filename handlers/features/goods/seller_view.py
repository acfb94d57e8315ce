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
    """How a seller is reached. ``name``: the Wangwang name; ``link``: to the chat; ``page``: of the product or order.

    ``problem``: why neither could be read, as Slack text. ``needs_login``: the settings lack what the link needs.
    """

    platform: Platform
    name: str = ""
    link: str = ""
    seller: str = ""
    page: str = ""
    problem: str = ""
    needs_login: bool = False


def contact(of: Contact, message: str, *, order: OrderRef | None = None) -> Message:
    """Show the seller, the way to the chat, and the message to copy, to the person who asked alone."""
    seller = escape(truncate(of.seller, SELLER)) or platform_name(of.platform)
    lines = [_("💬 *Message the seller: {seller}*").format(seller=seller), *_ways(of)]
    page = el.link(of.page, _("Open the order") if order else _("Open the product"))
    small = [order_name(order)] if order else []
    small += [page] if web_address(of.page) else []
    blocks = [el.section("\n".join(lines)), el.section(copyable(message))]
    return el.message([*blocks, *([el.context(" · ".join(small))] if small else [])])


def _ways(of: Contact) -> list[str]:
    if link := _chat(of.link):
        words = _("Open the chat with the seller")
        return [f"<{link}|{words}>", _("The link is only for you: it opens the account.")]
    if of.name:
        return [
            _("Wangwang name: {name}").format(name=code(of.name, NAME)),
            _("Search for this name in Wangwang (旺旺), or open the chat from the page below."),
        ]
    if of.problem:
        return [_("⚠️ The chat can't be shown: {reason}").format(reason=of.problem)]
    if of.needs_login:
        return [
            _("Open the chat from the page below. For a link to it, your pandabot admin can set {settings}.").format(
                settings="`PANDAPON_LOGIN_NAME`, `PANDAPON_LOGIN_PASSWORD`"
            )
        ]
    return [_("PandaPon doesn't name the chat. Open it from the page below.")]


def _chat(url: str) -> str:
    """The link to a chat, ready for Slack; empty where it leads anywhere but to Taobao."""
    address = web_address(url, LONGEST)
    try:
        host = (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return ""
    is_taobaos = any(host == known or host.endswith(f".{known}") for known in _CHATS)
    return address.replace("&", "&amp;") if is_taobaos and address.startswith("https://") and "@" not in host else ""
