"""Tries the keys of a PandaPon account and stores them: from a form in Slack, or from the command line."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.clients.pandapon import api_config
from bot.process.redaction import hide
from bot.workspaces.secrets import AccountSecret, open_account, seal_account
from bot.workspaces.vault import SealedError
from pandapon.client import PandaPon
from storage.workspaces.records import Account

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.workspaces.settings import HostSettings
    from bot.workspaces.vault import Vault
    from handlers.interactions.ports import AccountKeys
    from storage.workspaces.directory import Directory

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of all workspaces. ``on_change`` is called after each change."""

    directory: Directory
    vault: Vault
    settings: HostSettings
    clock: Callable[[], datetime]
    on_change: Callable[[], None]

    async def connect(self, id_: str, keys: AccountKeys, person: str, rate: float | None = None) -> str:
        """Try the keys with a read-only call, and store them. Returns the token at the end of the push address.

        ``person``: the id of who entered them; empty: the operator. ``rate``: requests a second; None: as before, or
        the setting's. Raises PandaPonError and StorageError; then nothing was stored.
        """
        hide([keys.access_key, keys.access_secret])
        former = await self.directory.accounts.get(id_)
        token = self._token(former) or secrets.token_urlsafe(32)
        secret = AccountSecret(keys.access_key, keys.access_secret, keys.user_id, token)
        async with PandaPon(api_config(self.settings.of_workspace("", secret, rate)), clock=self.clock) as api:
            await api.probe()
        if rate is None and former is not None:
            rate = former.rate_per_second
        now = self.clock()
        sealed = seal_account(self.vault, id_, secret)
        await self.directory.accounts.save(now, Account(id_, sealed, rate, now, person))
        log.info("workspace was connected to PandaPon", extra={"workspace": id_, "user": person or None})
        self.on_change()
        return token

    def _token(self, former: Account | None) -> str:
        """Return the present token of the push address, which stays when keys are changed; empty: there is none."""
        if former is None:
            return ""
        try:
            return open_account(self.vault, former).callback_token
        except SealedError:
            return ""


@dataclass(frozen=True, slots=True)
class WorkspaceConnector:
    """The connector of one workspace. It cannot reach another workspace's account."""

    accounts: Accounts
    id: str
    installer: str
    is_connected: bool

    async def connect(self, keys: AccountKeys, person: str) -> str:
        """See :class:`handlers.interactions.ports.Connector`."""
        token = await self.accounts.connect(self.id, keys, person)
        public = self.accounts.settings.public_url
        return f"{public}/pandapon/callbacks/{token}" if public else ""
