"""Fetches a picture to which a message links. Any author of a message chooses the address, so only public hosts count.

The host name is checked first, and each IP address that it resolves to is checked when the connection is made. So
neither a name nor a later answer of a name server leads into the network of the bot.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.resolver import DefaultResolver

from handlers.blocks.addresses import picture_address
from handlers.blocks.i18n import _
from handlers.interactions.files import MOST, OK, SECONDS, Picture, TooManyBytesError, as_picture, read_up_to, too_large
from handlers.wire.errors import FileError
from pandapon import budget
from tracking.files import SharedFile

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping
    from ssl import SSLContext

    from aiohttp.abc import ResolveResult

log = logging.getLogger(__name__)

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # IPv4 addresses inside IPv6 addresses [RFC 6052]


def not_public() -> str:
    """The sentence for an address that the bot does not open at all."""
    return _("I open only links to public web pages (https). Upload the picture to Slack instead.")


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet. An IPv4 address inside an IPv6 address counts as IPv4."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo and parsed.teredo[1])
        if parsed in _NAT64:
            inner = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        if inner:
            return is_public(str(inner))
    return parsed.is_global and not parsed.is_multicast


class PublicResolver(AbstractResolver):
    """Resolves names to public addresses alone. A name with even one other address is refused."""

    def __init__(self, inner: AbstractResolver | None = None) -> None:
        """``inner``: resolves the names; None: aiohttp's default resolver."""
        self._inner = inner or DefaultResolver()

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = 0,  # type: ignore[assignment]  # aiohttp's own default
    ) -> list[ResolveResult]:
        """Return the addresses of a name. Raises OSError where one of them is not public."""
        entries = await self._inner.resolve(host, port, family)
        if not all(is_public(entry["host"]) for entry in entries):
            raise OSError("the name leads into a private network")
        return entries

    async def close(self) -> None:
        """Close the resolver."""
        await self._inner.close()


@dataclass(frozen=True, slots=True)
class PublicWeb:
    """The public internet, as far as the bot opens links to it.

    ``is_closed``: no link is opened; set behind a proxy, which would resolve the names itself, unchecked.
    ``stand_ins``: by public host name, the base address of the local server that stands in for it (demo and tests).
    """

    ssl: SSLContext | None = None
    is_closed: bool = False
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    resolver: Any = PublicResolver  # a function that makes the resolver

    async def picture(self, link: str, *, most: int = MOST) -> Picture:
        """Fetch a picture of at most ``most`` bytes. Raises FileError, whose sentence says why there is no picture."""
        address = picture_address(link)
        if not address:
            raise FileError(not_public())
        if self.is_closed:
            words = _("I can't open links from here. Save the picture and upload it to Slack.")
            raise FileError(words)
        file = SharedFile("", urlsplit(address).path.rpartition("/")[2])
        return as_picture(await self._download(address, file, most), file)

    async def _download(self, address: str, file: SharedFile, most: int) -> bytes:
        try:
            async with asyncio.timeout(budget.within(SECONDS)):
                return await self._bytes(address, most)
        except TooManyBytesError:
            raise too_large(file, most) from None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            log.info("link not opened", extra={"error": type(error).__name__})
            words = _("I couldn't open the link to the picture. Save the picture and upload it to Slack.")
            raise FileError(words) from None

    async def _bytes(self, address: str, most: int) -> bytes:
        """Return the bytes. Redirects are not followed: they may lead anywhere. Raises aiohttp's errors and OSError."""
        parts = urlsplit(address)
        stand_in = self.stand_ins.get(parts.hostname or "", "")
        where = f"{stand_in}{parts.path}" if stand_in else address
        resolver = None if stand_in else self.resolver()
        connector = aiohttp.TCPConnector(resolver=resolver, ssl=self.ssl or True, use_dns_cache=False)
        async with (
            aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(where, allow_redirects=False, headers={"Accept": "image/*"}) as answer,
        ):
            if answer.status != OK:
                raise OSError(f"HTTP {answer.status}")
            return await read_up_to(answer, most)
