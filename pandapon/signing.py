"""The five headers of a request, and their verification, which the stand-ins use.

The vendor's manual says that access-key, timestamp and nonce-str take part in the signature, and its samples show 32
upper-case hexadecimal digits [stated]. The signed text (plain concatenation, the secret last, MD5) is read in a single
public client [one client], and no call was seen to succeed with it. Its order and separator can be changed here, the
unit of the timestamp in the settings.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Unit = Literal["s", "ms"]
Signed = Literal["query", "all"]  # the parameters that the freight operations' signature covers

WINDOW = 600.0  # seconds by which the timestamp may differ from the server's clock [stated]
NONCE_LENGTH = 32  # [stated]
ORDER = ("access-key", "timestamp", "nonce-str", "secret")  # [one client]


class SignatureError(Exception):
    """A server must refuse the request; the message says which check failed."""


class StaleError(SignatureError):
    """The timestamp is outside the window."""


def signature(
    access_key: str, timestamp: str, nonce: str, secret: str, *, order: tuple[str, ...] = ORDER, separator: str = ""
) -> str:
    """Return the signature: MD5 over the parts in this order, as 32 upper-case hexadecimal digits [one client]."""
    parts = {"access-key": access_key, "timestamp": timestamp, "nonce-str": nonce, "secret": secret}
    text = separator.join(parts[name] for name in order)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()


def timestamp(now: datetime, unit: Unit) -> str:
    """Return an aware time as the decimal text of its epoch, in seconds or milliseconds."""
    seconds = now.timestamp()
    return str(int(seconds * 1000) if unit == "ms" else int(seconds))


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs the requests of one account."""

    access_key: str
    access_secret: str = field(repr=False)
    user_id: str = ""
    unit: Unit = "s"
    order: tuple[str, ...] = ORDER
    separator: str = ""

    def __post_init__(self) -> None:
        """Check key and user id. Raises ValueError for one that no header can carry; the message does not repeat it."""
        for name, value in (("access key", self.access_key), ("user id", self.user_id)):
            if not value.isascii() or any(sign <= " " or sign == "\x7f" for sign in value):
                raise ValueError(f"the {name} holds a space or a sign that no key has: copied with something else?")

    def headers(self, now: datetime, nonce: str | None = None) -> dict[str, str]:
        """Return the five headers of a request sent at ``now`` (aware). The user id is not signed [stated].

        ``nonce``: 32 characters [stated]; None: a random one.
        """
        nonce = nonce or secrets.token_hex(NONCE_LENGTH // 2)
        sent_at = timestamp(now, self.unit)
        return {
            "access-key": self.access_key,
            "timestamp": sent_at,
            "nonce-str": nonce,
            "user-id": self.user_id,
            "signature": signature(
                self.access_key, sent_at, nonce, self.access_secret, order=self.order, separator=self.separator
            ),
        }


@dataclass(frozen=True, slots=True)
class QuerySigner:
    """Signs the freight operations, which want ``timestamp`` and ``sign`` in the query [stated].

    The vendor does not publish how ``sign`` is made. The only clue is a public file that names no vendor: parameters
    sorted and joined like a query, the secret last, MD5 in upper-case hexadecimal [inferred]. ``covers``: whether the
    body's fields are signed as parameters, too.
    """

    access_secret: str = field(repr=False)
    unit: Unit = "s"
    covers: Signed = "query"

    def query(self, now: datetime, body: Any = None) -> dict[str, str]:
        """Return the two parameters of a request sent at ``now`` (aware)."""
        sent_at = timestamp(now, self.unit)
        fields = body if self.covers == "all" and isinstance(body, dict) else {}
        return {"timestamp": sent_at, "sign": sorted_signature({**fields, "timestamp": sent_at}, self.access_secret)}


def sorted_signature(parameters: Mapping[str, Any], secret: str) -> str:
    """Return the signature over sorted parameters: ``a=1&b=2&secret=…``; null values and ``sign`` are left out."""
    pairs = [f"{name}={_flat(value)}" for name, value in sorted(parameters.items()) if _is_signed(name, value)]
    text = "&".join([*pairs, f"secret={secret}"])
    return hashlib.md5(text.encode(errors="replace"), usedforsecurity=False).hexdigest().upper()


def _is_signed(name: str, value: Any) -> bool:
    return name != "sign" and value is not None


def _flat(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def verify(
    headers: Mapping[str, str],
    *,
    access_key: str,
    access_secret: str,
    unit: Unit = "s",
    now: datetime,
    window: float = WINDOW,
) -> None:
    """Check a request's headers as a server does. Raises SignatureError, for a wrong timestamp its subclass StaleError.

    ``now``: aware. ``window``: seconds by which the timestamp may differ.
    """
    sent = {name: headers.get(name, "") for name in ("access-key", "timestamp", "nonce-str", "user-id", "signature")}
    missing = [name for name, value in sent.items() if not value]
    if missing:
        raise SignatureError(f"missing header: {', '.join(missing)}")
    if len(sent["nonce-str"]) != NONCE_LENGTH:
        raise SignatureError(f"nonce-str must have {NONCE_LENGTH} characters")
    if not hmac.compare_digest(sent["access-key"].encode(), access_key.encode()):
        raise SignatureError("unknown access-key")
    _check_age(sent["timestamp"], unit, now, window)
    expected = signature(access_key, sent["timestamp"], sent["nonce-str"], access_secret)
    if not hmac.compare_digest(sent["signature"].encode(), expected.encode()):
        raise SignatureError("signature mismatch")


def _check_age(sent: str, unit: Unit, now: datetime, window: float) -> None:
    if not (sent.isascii() and sent.isdigit()):
        raise StaleError("timestamp is not a number")
    seconds = int(sent) / 1000 if unit == "ms" else int(sent)
    if abs(now.timestamp() - seconds) > window:
        raise StaleError(f"timestamp is not within {window:.0f} s of UTC")
