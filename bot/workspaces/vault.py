"""Encrypts the tokens and keys of workspaces for the database.

Fernet has no associated data, so each secret is sealed together with the name of its owner, which is compared when the
secret is opened: a row that was copied to another workspace cannot be read there. The fingerprint of its key stands in
front of the ciphertext, so that a missing key can be told from damaged data.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

if TYPE_CHECKING:
    from collections.abc import Sequence

FINGERPRINT_DIGITS = 8  # hexadecimal digits; two of a few keys have the same fingerprint in one of four billion cases
_SEALED = re.compile(rf"([0-9a-f]{{{FINGERPRINT_DIGITS}}}):(.+)", re.DOTALL)


class SealedError(Exception):
    """A sealed secret that cannot be opened: it is damaged, or it is another owner's. The message says which."""


class MissingKeyError(SealedError):
    """The secret was sealed with a key that PANDABOT_KEYS does not name."""


class Vault:
    """Seals secrets with the newest key, and opens those that were sealed with any of the keys."""

    def __init__(self, keys: Sequence[str]) -> None:
        """``keys``: Fernet keys, the newest first. Raises ValueError without one, or for a text that is no key."""
        if not keys:
            raise ValueError("needs a key; `pandabot keys new` prints one")
        try:
            fernets = [Fernet(key) for key in keys]
        except ValueError:
            raise ValueError(
                "holds a text that is no key: 44 signs that end in =, several joined by commas, the newest first; "
                "`pandabot keys new` prints one"
            ) from None
        self._newest = fernets[0]
        self._by_fingerprint = dict(zip(map(fingerprint_of, keys), fernets, strict=True))
        self._fingerprint = fingerprint_of(keys[0])

    def seal(self, owner: str, secret: dict[str, Any]) -> str:
        """Return the secret, a JSON object, sealed for its owner."""
        text = json.dumps({"owner": owner, "secret": secret}, ensure_ascii=False)
        return f"{self._fingerprint}:{self._newest.encrypt(text.encode()).decode()}"

    def open(self, owner: str, sealed: str) -> dict[str, Any]:
        """Return the secret. Raises MissingKeyError, and SealedError when it is damaged or another owner's."""
        fernet, ciphertext = self._key_of(sealed)
        try:
            content = json.loads(fernet.decrypt(ciphertext))
        except InvalidToken:
            raise SealedError("is damaged") from None
        if not _is_of(content, owner):
            raise SealedError("belongs to another workspace")
        return dict(content["secret"])

    def is_newest(self, sealed: str) -> bool:
        """Whether a secret is sealed with the newest key."""
        return sealed.startswith(f"{self._fingerprint}:")

    def renew(self, sealed: str) -> str:
        """Return the secret sealed with the newest key. Raises as :meth:`open` does."""
        fernet, ciphertext = self._key_of(sealed)
        try:
            renewed = MultiFernet([self._newest, fernet]).rotate(ciphertext)
        except InvalidToken:
            raise SealedError("is damaged") from None
        return f"{self._fingerprint}:{renewed.decode()}"

    def _key_of(self, sealed: str) -> tuple[Fernet, bytes]:
        match = _SEALED.fullmatch(sealed)
        if match is None:
            raise SealedError("is damaged")
        if match[1] not in self._by_fingerprint:
            raise MissingKeyError(f"was sealed with the key {match[1]}, which PANDABOT_KEYS does not name")
        return self._by_fingerprint[match[1]], match[2].encode()


def _is_of(content: dict[str, Any], owner: str) -> bool:
    return bool(content["owner"] == owner)


def new_key() -> str:
    """Return a new key."""
    return Fernet.generate_key().decode()


def fingerprint_of(key: str) -> str:
    """Return the fingerprint of a key, by which rows and messages name the key. It tells nothing about the key."""
    return hashlib.sha256(key.encode()).hexdigest()[:FINGERPRINT_DIGITS]
