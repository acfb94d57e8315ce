"""The one rule about proxies and certificates, for Slack and for PandaPon.

slack_sdk reads HTTPS_PROXY and HTTP_PROXY by itself and never NO_PROXY, httpx's transport reads none of them: so the
variables are settings here, are hidden from the libraries, and what they mean is worked out once.
"""

from __future__ import annotations

import ipaddress
import os
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from bot.addresses import web_address

if TYPE_CHECKING:
    from bot.settings import Settings

VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
PORTS = {"https": 443, "wss": 443, "http": 80, "ws": 80}


def proxy_address(value: str) -> str:
    """The proxy's address with its scheme. Raises ValueError, which shows nothing of it."""
    whole = value if "://" in value else f"http://{value}"
    try:
        parts = web_address(whole)
    except ValueError:
        raise ValueError("must be the address of an HTTP proxy such as http://proxy.example:3128") from None
    if parts.path not in {"", "/"} or "?" in whole or "#" in whole:
        raise ValueError("must be the address of an HTTP proxy and nothing more, such as http://proxy.example:3128")
    return whole.rstrip("/")


def proxy_for(url: str, settings: Settings) -> str | None:
    """The proxy that leads to this address; None: none does, or NO_PROXY excepts it."""
    proxy = settings.https_proxy or settings.all_proxy or settings.http_proxy
    return proxy.get_secret_value() if proxy and not is_excepted(url, settings.no_proxy) else None


def is_excepted(url: str, no_proxy: str) -> bool:
    """Whether NO_PROXY names this host.

    Names divided by commas or blanks: a domain with all below it, with or without a dot before it; an IP address or a
    network (10.0.0.0/8); ``*`` for everything. Each may end with a port.
    """
    parts = urlsplit(url)
    host, port = (parts.hostname or "").rstrip("."), parts.port or PORTS.get(parts.scheme, 0)
    return any(_names(entry, host, port) for entry in re.split(r"[\s,]+", no_proxy.lower()) if entry)


def _names(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    name, wanted = entry, ""
    if found := re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::(\d+))?", entry):
        name, wanted = found[1].strip("[]"), found[2] or ""
    if wanted and int(wanted) != port:
        return False
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(name, strict=False)
    except ValueError:
        domain = name.removeprefix("*").strip(".")
        return bool(domain) and (host == domain or host.endswith(f".{domain}"))


def hide_from_libraries() -> None:
    """From here on the settings decide alone, also in what a library opens by itself."""
    for name in VARIABLES:
        os.environ.pop(name, None)
        os.environ.pop(name.lower(), None)


def without_password(proxy: str) -> str:
    """The proxy's address for people."""
    parts = urlsplit(proxy)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def passwords(settings: Settings) -> list[str]:
    """What of the proxies' addresses must reach no log, as it is written and as it is meant."""
    given = [one.get_secret_value() for one in (settings.https_proxy, settings.http_proxy, settings.all_proxy) if one]
    found = [urlsplit(proxy).password for proxy in given]
    return [word for one in found if one for word in dict.fromkeys((one, unquote(one)))]
