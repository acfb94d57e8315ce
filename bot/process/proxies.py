"""The one rule about proxies and certificates, for Slack and for PandaPon.

slack_sdk reads HTTPS_PROXY and HTTP_PROXY by itself and ignores NO_PROXY; httpx's transport ignores all of them. So
the variables are settings here, hidden from the libraries, and this module alone interprets them.
"""

from __future__ import annotations

import ipaddress
import os
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from bot.settings import Shared

VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
PORTS = {"https": 443, "wss": 443, "http": 80, "ws": 80}


def proxy_for(url: str, settings: Shared) -> str | None:
    """Return the proxy for this address; None when none is set, or NO_PROXY excepts the host."""
    proxy = settings.https_proxy or settings.all_proxy or settings.http_proxy
    return proxy.get_secret_value() if proxy and not is_excepted(url, settings.no_proxy) else None


def is_excepted(url: str, no_proxy: str) -> bool:
    """Return whether NO_PROXY names this host.

    ``no_proxy``: entries divided by commas or blanks. An entry is a domain (its subdomains are meant too, with or
    without a dot before it), an IP address, a network (10.0.0.0/8), or ``*`` for every host. It may end with a port.
    """
    parts = urlsplit(url)
    host, port = (parts.hostname or "").rstrip("."), parts.port or PORTS.get(parts.scheme, 0)
    return any(_names(entry, host, port) for entry in re.split(r"[\s,]+", no_proxy.lower()) if entry)


def _names(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    name, wanted_port = entry, ""
    if match := re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::(\d+))?", entry):
        name, wanted_port = match[1].strip("[]"), match[2] or ""
    if wanted_port and int(wanted_port) != port:
        return False
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(name, strict=False)
    except ValueError:
        domain = name.removeprefix("*").strip(".")
        return bool(domain) and (host == domain or host.endswith(f".{domain}"))


def hide_from_libraries() -> None:
    """Remove the variables from the environment, so that the settings alone decide, in every library."""
    for name in VARIABLES:
        os.environ.pop(name, None)
        os.environ.pop(name.lower(), None)


def without_password(proxy: str) -> str:
    """Return the proxy's address without user and password, as people are shown it."""
    parts = urlsplit(proxy)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
