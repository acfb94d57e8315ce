"""The secrets of workspaces as the vault keeps them."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from bot.process.errors import StartError
from bot.workspaces.vault import MissingKeyError, SealedError
from storage.workspaces.records import owner_of_account, owner_of_installation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.workspaces.vault import Vault
    from storage.workspaces.records import Account, Installation

log = logging.getLogger(__name__)

ROTATION = ("refresh_token", "renew_at", "expires_at")  # fields that only a token that expires needs


@dataclass(frozen=True, slots=True)
class InstallationSecret:
    """An installation's bot token, the token's lifetime, and the ids that belong to it."""

    bot_token: str = field(repr=False)
    bot_user_id: str
    bot_id: str
    app_id: str
    installer: str  # the id of the person who installed the app
    scopes: tuple[str, ...] = ()
    # Of an app with token rotation: fetches the next token, once. Empty: the token does not expire.
    refresh_token: str = field(default="", repr=False)
    renew_at: float = 0.0  # when the next token is fetched, in seconds since 1970
    expires_at: float = 0.0  # likewise


@dataclass(frozen=True, slots=True)
class AccountSecret:
    """The keys of a PandaPon account, and the secret end of the address to which its push messages come."""

    access_key: str = field(repr=False)
    access_secret: str = field(repr=False)
    user_id: str = field(repr=False)
    callback_token: str = field(repr=False)


def seal_installation(vault: Vault, id_: str, secret: InstallationSecret) -> str:
    """Return an installation's secret for the database."""
    content = asdict(secret)
    if not secret.refresh_token:  # so that the previous version, which knows no rotation, can read it
        for name in ROTATION:
            del content[name]
    return vault.seal(owner_of_installation(id_), content)


def open_installation(vault: Vault, installation: Installation) -> InstallationSecret:
    """Return an installation's secret. Raises SealedError."""
    content = vault.open(owner_of_installation(installation.id), installation.sealed)
    try:
        return InstallationSecret(**{**content, "scopes": tuple(content.get("scopes", ()))})
    except TypeError:
        raise SealedError("has fields that this version does not know") from None


def seal_account(vault: Vault, id_: str, secret: AccountSecret) -> str:
    """Return an account's secret for the database."""
    return vault.seal(owner_of_account(id_), asdict(secret))


def open_account(vault: Vault, account: Account) -> AccountSecret:
    """Return an account's secret. Raises SealedError."""
    content = vault.open(owner_of_account(account.id), account.sealed)
    try:
        return AccountSecret(**content)
    except TypeError:
        raise SealedError("has fields that this version does not know") from None


def require_keys(vault: Vault, installations: Iterable[Installation], accounts: Iterable[Account]) -> None:
    """Check that the keys of all rows are there. Raises StartError with what to do.

    Damaged rows stop only their own workspace.
    """
    for installation in installations:
        if installation.sealed:
            _require(partial(open_installation, vault, installation), installation.id)
    for account in accounts:
        _require(partial(open_account, vault, account), account.id)


def _require(open_it: Callable[[], object], id_: str) -> None:
    try:
        open_it()
    except MissingKeyError as error:
        raise StartError(
            f"The data of the workspace {id_} {error}. Put that key back behind the others, and run `pandabot keys "
            "rotate` before it is taken out."
        ) from None
    except SealedError as error:
        log.error("data of a workspace cannot be read", extra={"workspace": id_, "error": str(error)})  # noqa: TRY400  the error's sentence suffices
