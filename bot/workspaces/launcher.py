"""Builds and starts the bot of one workspace: its own store, its own clients of Slack and PandaPon, its own app."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.app import build
from bot.clients.account import shared_account
from bot.process.errors import StartError
from bot.process.redaction import hide
from bot.roles import ALL
from bot.wiring.setup import Hosting
from bot.workspaces.accounts import WorkspaceConnector
from bot.workspaces.secrets import open_account
from handlers.commands.registry import Commands
from handlers.features.all import FEATURES
from handlers.features.connecting import connect
from handlers.features.connecting.unconnected import UnconnectedCommands
from storage.workspaces.schemas import schema_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime

    from bot.process.figures import Figures
    from bot.roles import Role
    from bot.running import Bot
    from bot.workspaces.accounts import Accounts
    from bot.workspaces.secrets import AccountSecret
    from bot.workspaces.tokens import StoredToken, Tokens
    from handlers.commands.declarations import Feature
    from storage.store import Store
    from storage.workspaces.marks import Mark


@dataclass(frozen=True, slots=True)
class WorkspaceLauncher:
    """Starts bots. ``open_store`` gets the name of a schema, and creates the schema if it is missing."""

    accounts: Accounts
    tokens: Tokens
    open_store: Callable[[str], Awaitable[Store]]
    figures: Figures
    clock: Callable[[], datetime]
    features: Sequence[Feature] = FEATURES
    roles: frozenset[Role] = ALL
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    started: set[str] = field(default_factory=set)  # ids of workspaces whose bots this process has started before

    def is_stale(self, bot: Bot, mark: Mark) -> bool:
        """Whether a running bot's token was renewed by another process, or is to be renewed."""
        token = bot.slack.bot_token
        return token.revision != mark.token or self.tokens.is_due(token.renew_at)

    async def renew_token(self, id_: str, bot: Bot) -> None:
        """Give a running bot the newest token. Raises StorageError and SealedError."""
        current = await self.tokens.renew(id_)
        if current.apply_to(bot.slack.bot_token):
            bot.deliverer.failures.note_token("")
            bot.deliverer.wake()

    async def launch(self, id_: str) -> Bot:
        """Return the started bot of an installation. Raises StartError, StorageError and SealedError."""
        directory, vault = self.accounts.directory, self.accounts.vault
        installation, account = await directory.installations.get(id_), await directory.accounts.get(id_)
        if installation is None or installation.revoked_at is not None:
            raise StartError("The app is not installed there any more.")
        if at := await directory.restoring.pending(id_):
            raise StartError(
                f"`pandabot restored --at {at}` was begun and has not reached this workspace: run it again."
            )
        current = await self.tokens.of(installation)
        keys = open_account(vault, account) if account else None
        hide([current.secret.bot_token, *([keys.access_key, keys.access_secret] if keys else [])])
        rate = account.rate_per_second if account else None
        settings = self.accounts.settings.of_workspace(current.secret.bot_token, keys, rate)
        hosting = self._hosting(id_, current, keys)
        bot = await build(settings, clock=self.clock, stand_ins=self.stand_ins, roles=self.roles, hosting=hosting)
        try:
            await bot.start()
        except BaseException:  # a cancelled start, too, must leave nothing running
            await bot.stop()
            raise
        self.started.add(id_)
        return bot

    def _hosting(self, id_: str, current: StoredToken, keys: AccountSecret | None) -> Hosting:
        is_connected = keys is not None
        return Hosting(
            open_store=lambda: self.open_store(schema_of(id_)),
            commands=Commands((*self.features, connect.FEATURE)) if is_connected else UnconnectedCommands(),
            connector=WorkspaceConnector(self.accounts, id_, current.secret.installer, is_connected=is_connected),
            account=shared_account(self.accounts.directory, keys.access_key) if keys else None,
            figures=self.figures,
            is_working=is_connected,
            is_first=id_ not in self.started,
            token=self.tokens.of_bot(id_, current),
        )
