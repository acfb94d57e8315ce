"""The stores that Bolt's installation flow uses, on the shared tables. Nothing in them can be read without the keys."""

from __future__ import annotations

import logging
import secrets
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from slack_bolt.error import BoltError
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.installation import Installation as SlackInstallation
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.workspaces.secrets import InstallationSecret, open_installation, seal_installation
from bot.workspaces.tokens import lifetime
from storage.errors import StorageError
from storage.workspaces.records import Installation

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from slack_sdk.oauth.installation_store.models.bot import Bot as SlackBot

    from bot.workspaces.vault import Vault
    from storage.workspaces.directory import Directory

log = logging.getLogger(__name__)

STATE_LASTS = timedelta(minutes=10)  # from the click on "Add to Slack" to the return from Slack


class SealedInstallations(AsyncInstallationStore):
    """The installations, with sealed tokens. ``on_change`` is called after each change."""

    def __init__(
        self, directory: Directory, vault: Vault, clock: Callable[[], datetime], on_change: Callable[[], None]
    ) -> None:
        self._directory, self._vault, self._clock, self._on_change = directory, vault, clock, on_change

    @property
    def logger(self) -> logging.Logger:
        """The log."""
        return log

    async def async_save(self, installation: SlackInstallation) -> None:
        """Store an installation in the place of the former one. Raises BoltError, which Bolt shows as a page."""
        id_ = id_of(installation.enterprise_id, installation.team_id, installation.is_enterprise_install)
        if not id_ or not installation.bot_token:
            raise BoltError("Slack sent no bot token, or named neither a workspace nor an organisation")
        if installation.bot_token_expires_at is not None and not installation.bot_refresh_token:
            raise BoltError("Slack sent a token that expires, and nothing to renew it with")
        now = self._clock()
        row = Installation(
            id_,
            installation.enterprise_id or "",
            "" if installation.is_enterprise_install else installation.team_id or "",
            (installation.enterprise_name if installation.is_enterprise_install else installation.team_name) or "",
            seal_installation(self._vault, id_, _secret(installation, now)),
            now,
        )
        try:
            await self._directory.installations.save(now, row)
        except StorageError as error:
            raise BoltError(str(error)) from error
        log.info("app was installed", extra={"workspace": id_})
        self._on_change()

    async def async_save_bot(self, bot: SlackBot) -> None:
        """Not supported: installations are saved whole, and Bolt's flow never calls this."""
        raise NotImplementedError

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> SlackInstallation | None:
        """Return the installation of a workspace or organisation; None: there is none, or it was revoked.

        It is the same for every person, since the app asks for no person's token. Its refresh token is left out:
        ``bot.workspaces.tokens`` alone renews tokens.
        """
        del user_id
        row = await self._directory.installations.get(id_of(enterprise_id, team_id, is_enterprise_install))
        if row is None or row.revoked_at is not None:
            return None
        return _as_slack_has_it(row, open_installation(self._vault, row))

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> SlackBot | None:
        """Return the same as :meth:`async_find_installation`, without the person."""
        installation = await self.async_find_installation(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        return installation.to_bot() if installation else None

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Do nothing: the app has no tokens of people."""

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Mark the installation as revoked and forget its token. An organisation's has no ``team_id``."""
        id_ = id_of(enterprise_id, team_id, not team_id)
        if await self._directory.installations.revoke(self._clock(), id_):
            log.info("installation was revoked", extra={"workspace": id_})
            self._on_change()


class OAuthStates(AsyncOAuthStateStore):
    """The states of installations under way, each for one use within :data:`STATE_LASTS`."""

    def __init__(self, directory: Directory, clock: Callable[[], datetime]) -> None:
        self._directory, self._clock = directory, clock

    @property
    def logger(self) -> logging.Logger:
        """The log."""
        return log

    async def async_issue(self, *_args: object, **_kwargs: object) -> str:
        """Return a new state."""
        state = secrets.token_urlsafe(32)
        await self._directory.oauth_states.put(self._clock(), state, STATE_LASTS)
        return state

    async def async_consume(self, state: str) -> bool:
        """Use up a state. False: it is unknown, used, or too old."""
        return await self._directory.oauth_states.take(self._clock(), state)


def id_of(enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None) -> str:
    """Return the id of an installation: the organisation's where the app was installed for all of it."""
    return (enterprise_id if is_enterprise_install else team_id) or ""


def _as_slack_has_it(row: Installation, secret: InstallationSecret) -> SlackInstallation:
    return SlackInstallation(
        app_id=secret.app_id,
        enterprise_id=row.enterprise_id or None,
        team_id=row.team_id or None,
        team_name=row.name,
        bot_token=secret.bot_token,
        bot_id=secret.bot_id,
        bot_user_id=secret.bot_user_id,
        bot_scopes=secret.scopes,
        user_id=secret.installer,
        is_enterprise_install=row.is_for_organisation,
        installed_at=row.installed_at.timestamp(),
    )


def _secret(installation: SlackInstallation, now: datetime) -> InstallationSecret:
    secret = InstallationSecret(
        bot_token=installation.bot_token or "",
        bot_user_id=installation.bot_user_id or "",
        bot_id=installation.bot_id or "",
        app_id=installation.app_id or "",
        installer=installation.user_id or "",
        scopes=tuple(installation.bot_scopes or ()),
    )
    if installation.bot_token_expires_at is None:
        return secret
    seconds = installation.bot_token_expires_at - time.time()  # Bolt has added the system's time to Slack's seconds
    renew_at, expires_at = lifetime(now, seconds)
    return replace(secret, refresh_token=installation.bot_refresh_token or "", renew_at=renew_at, expires_at=expires_at)
