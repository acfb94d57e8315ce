"""Checks addresses from the settings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_HOST = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(?:\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*\.?")
_IPV6 = re.compile(r"[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
_PATH = re.compile(r"[A-Za-z0-9._~/-]*")
_LONGEST_HOST = 253


def base_url(value: str) -> str:
    """Return the address without its trailing slash. Raises ValueError, which never shows the value.

    The scheme is https, or http on this machine. Request paths are appended and signed, so a query or fragment is
    refused, as are a user, a password, and line breaks, which urlsplit would drop silently.
    """
    parts = web_address(value)
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user or a password: the keys have settings of their own")
    if "?" in value or "#" in value:
        raise ValueError("must end with its host or path, without ? or #")
    if not _PATH.fullmatch(parts.path) or "/../" in f"{parts.path}/" or "//" in parts.path:
        raise ValueError("has a path with signs that do not belong there; A-Z, a-z, 0-9, . _ ~ - and / do")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("must be https unless the host is this machine")
    return value.rstrip("/")


def proxy_address(value: str) -> str:
    """Return the proxy's address with its scheme, http by default. Raises ValueError, which never shows the value."""
    address = value if "://" in value else f"http://{value}"
    try:
        parts = web_address(address)
    except ValueError:
        raise ValueError("must be the address of an HTTP proxy such as http://proxy.example:3128") from None
    if parts.path not in {"", "/"} or "?" in address or "#" in address:
        raise ValueError("must be the address of an HTTP proxy and nothing more, such as http://proxy.example:3128")
    return address.rstrip("/")


def passwords(proxies: Iterable[str]) -> list[str]:
    """Return the passwords in proxies' addresses, each as written and percent-decoded, for the log's redaction."""
    written = [urlsplit(proxy).password for proxy in proxies]
    return [form for password in written if password for form in dict.fromkeys((password, unquote(password)))]


def web_address(value: str) -> SplitResult:
    """Return the parts of an http(s) address with a valid host and port. Raises ValueError without the value."""
    if any(sign.isspace() or not sign.isprintable() or sign == "\\" for sign in value):
        raise ValueError("must be one address without spaces, line breaks or backslashes, also at its ends")
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("must be an http(s) address whose port, if it has one, is 1 to 65535") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise ValueError("must be an http(s) address such as https://api.pandapon.com")
    if len(host) > _LONGEST_HOST or not (_HOST.fullmatch(host) or _IPV6.fullmatch(host)):
        raise ValueError("must name a host by letters, digits, dots and hyphens, or by its IP address")
    if port == 0 or parts.netloc.endswith(":"):
        raise ValueError("must be an http(s) address whose port, if it has one, is 1 to 65535")
    return parts
