"""Addresses as people type them. Only an open form holds them: no log, message or record of a write does."""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass, field


@dataclass(frozen=True, slots=True)
class TypedAddress:
    """An address in China. Its repr is empty, so that no log can hold it."""

    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    province: str = field(default="", repr=False)
    city: str = field(default="", repr=False)
    district: str = field(default="", repr=False)
    address: str = field(default="", repr=False)

    def fingerprint(self, salt: str) -> str:
        """Return a keyed digest that recognises the same address without revealing it.

        ``salt``: of one write, so that the fingerprints of two writes cannot be compared.
        """
        parts = "\x1f".join(" ".join(part.split()) for part in astuple(self))
        return hashlib.blake2b(parts.encode(), key=salt.encode()[:64], digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class TypedReceiver:
    """A receiver abroad. Its repr is empty, so that no log can hold it. ``country``: the two letters of ISO 3166."""

    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    country: str = field(default="", repr=False)
    state: str = field(default="", repr=False)
    city: str = field(default="", repr=False)
    postcode: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    tax_id: str = field(default="", repr=False)


NOBODY = TypedReceiver()  # nothing is typed yet
