"""Web addresses in remote text: which of them become links, and which Slack may fetch as pictures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pandapon.shipment import Platform

if TYPE_CHECKING:
    from pandapon.shipment import OrderRef

MAX_URL = 300  # Slack allows addresses of 3000; ten of those would fill a message
_WEB = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:[/?][A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*)?")
_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
# The last part of a public name has a letter first: that leaves out IP addresses in every way of writing them.
_NAME = re.compile(rf"(?:{_LABEL}\.)+[a-z][a-z0-9-]{{0,61}}[a-z0-9]")
# Last parts of the names that networks give to their own machines [RFC 6761, 6762, 8375, 9476; ICANN reserved
# .internal; the others are custom].
_PRIVATE = re.compile("localhost|localdomain|local|internal|intranet|private|corp|home|lan|arpa|alt|onion|test|invalid")

# The pages on which a buyer sees an order. They are public addresses of both marketplaces; that the buyer behind an
# account of this API can open them is inferred.
_PAGE_1688 = "https://trade.1688.com/order/new_step_order_detail.htm?orderId={id}"
_PAGE_TAOBAO = "https://buyertrade.taobao.com/trade/itemlist/list_bought_items.htm"


def order_page(ref: OrderRef) -> str:
    """The address of an order's page on its platform; for a Taobao order, the page that lists all orders.

    The API's number of a Taobao order is not Taobao's own, so it cannot address the order there.
    """
    is_number = ref.order_id.isascii() and ref.order_id.isdigit()
    return _PAGE_1688.format(id=ref.order_id) if ref.platform is Platform.ALIBABA and is_number else _PAGE_TAOBAO


def web_address(url: str, longest: int = MAX_URL) -> str:
    """``url`` where it is a plain http or https address of at most ``longest`` characters; empty otherwise.

    ``//host/…`` gets the scheme https.
    """
    address = f"https:{url}" if url.startswith("//") else url
    return address if len(address) <= longest and _WEB.fullmatch(address) else ""


def picture_address(url: str) -> str:
    """The https address of a picture on a public host; empty otherwise.

    The vendor chooses the address, and Slack or a person's browser opens it, so it must not lead into a private
    network. A public name can still resolve to a private address; the program that opens the address has to check that.
    """
    address = web_address(url)
    if address.startswith("http://"):
        address = address.replace("http://", "https://", 1)
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    is_public = _NAME.fullmatch(host) and not _PRIVATE.fullmatch(host.rpartition(".")[2])
    return address if is_public and port in {None, 443} else ""
