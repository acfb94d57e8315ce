"""`pandabot workspaces` and `pandabot keys`: the shared tables, from the command line. Secrets go in and never out."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.commands import manifest
from bot.postgres import server_of
from bot.process.clock import utc_now
from bot.process.errors import StartError
from bot.workspaces.accounts import Accounts
from bot.workspaces.aliases import alias_of
from bot.workspaces.installing import RETURN
from bot.workspaces.vault import SealedError, Vault
from handlers.interactions.ports import AccountKeys
from pandapon.signing import Signer
from storage.workspaces import moves
from storage.workspaces.opening import drop_schema, open_directory
from storage.workspaces.schemas import schema_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime

    from bot.workspaces.settings import HostSettings
    from storage.postgres.database import PostgresServer
    from storage.workspaces.directory import Directory
    from storage.workspaces.records import Account, Installation

LEAVING = ("app_uninstalled", "tokens_revoked")


@contextlib.asynccontextmanager
async def _opened(settings: HostSettings) -> AsyncIterator[tuple[PostgresServer, Directory]]:
    database = server_of(settings)
    try:
        await database.open()
        yield database, await open_directory(database)
    finally:
        await database.close()


@contextlib.asynccontextmanager
async def _to_change(settings: HostSettings) -> AsyncIterator[tuple[PostgresServer, Directory]]:
    """Open the shared tables to change them. Raises MovedError if their rows were moved: the change would be lost."""
    async with _opened(settings) as (database, directory):
        await directory.engine.read(moves.check)
        yield database, directory


async def lines(settings: HostSettings) -> list[str]:
    """Return a line for each installation. Raises StorageError."""
    async with _opened(settings) as (_database, directory):
        accounts = {account.id: account for account in await directory.accounts.listed()}
        installations = await directory.installations.listed()
    if not installations:
        return ["No workspace has installed the app yet."]
    return [_line(each, accounts.get(each.id), alias_of(each.id, settings.keys)) for each in installations]


def _line(installation: Installation, account: Account | None, alias: str) -> str:
    kind = "organisation" if installation.is_for_organisation else "workspace"
    parts = [
        f"{kind} {installation.id}",
        installation.name,
        f"installed {installation.installed_at:%Y-%m-%d %H:%M} UTC",
    ]
    if installation.revoked_at is not None:
        parts.append(f"uninstalled {installation.revoked_at:%Y-%m-%d %H:%M} UTC")
    parts.append(f"in reports {alias}")
    if account is None:
        parts.append("not connected to PandaPon")
    else:
        rate = "" if account.rate_per_second is None else f", at most {account.rate_per_second:g} requests a second"
        by = f"by {account.connected_by}" if account.connected_by else "by the operator"
        parts.append(f"connected {_time(account.connected_at)} {by}{rate}")
    return " · ".join(part for part in parts if part)


def _time(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC"


async def connect(settings: HostSettings, id_: str, *, key: str, secret: str, user_id: str, rate: float | None) -> str:
    """Try the keys and store them. Returns a sentence. Raises PandaPonError, StorageError, ValueError, StartError."""
    Signer(key, "", user_id)
    async with _to_change(settings) as (_database, directory):
        if await directory.installations.get(id_) is None:
            raise StartError(f"the app is not installed in {id_}; `pandabot workspaces list` shows where it is")
        accounts = Accounts(directory, Vault(settings.keys), settings, utc_now, lambda: None)
        await accounts.connect(id_, AccountKeys(key, secret, user_id), "", rate)
    return f"{id_} is connected: PandaPon takes the keys. Its bot starts within seconds."


async def remove(settings: HostSettings, id_: str, *, with_data: bool) -> str:
    """Forget a workspace. Returns a sentence. Raises StorageError, StartError and ValueError."""
    schema = schema_of(id_)
    async with _to_change(settings) as (database, directory):
        is_known = await directory.installations.remove(id_)
        if not is_known and not with_data:
            raise StartError(f"there is no {id_}; `pandabot workspaces list` shows where the app is installed")
        if with_data:
            await drop_schema(database, schema)
            await directory.restoring.done(id_)  # there is nothing left to mark
    kept = "Its data is deleted." if with_data else f"Its data stays in the schema {schema}."
    return f"{id_} is forgotten. {kept} Remove the app in Slack, too: until then it answers that it is not installed."


def manifest_text(public_url: str) -> str:
    """Return the manifest, as JSON, of an app that many workspaces install and that is reached at ``public_url``."""
    content = manifest.read()
    events = f"{public_url}/slack/events"
    for command in content["features"]["slash_commands"]:
        command["url"] = events
    content["oauth_config"]["redirect_urls"] = [f"{public_url}{RETURN}"]
    settings = content["settings"]
    settings["event_subscriptions"]["request_url"] = events
    settings["event_subscriptions"]["bot_events"] += LEAVING
    settings["interactivity"]["request_url"] = events
    settings |= {"socket_mode_enabled": False, "org_deploy_enabled": True}
    return json.dumps(content, ensure_ascii=False, indent=2)


@dataclass(frozen=True, slots=True)
class Rotation:
    """The outcome of a rotation. ``unreadable``: the rows that no key opens."""

    renewed: int
    current: int
    unreadable: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The outcome in sentences."""
        text = f"{self.renewed} rows encrypted anew, {self.current} had the newest key already."
        if not self.unreadable:
            return f"{text} The older keys can be taken out of PANDABOT_KEYS now."
        listed = "".join(f"\n  {row}" for row in self.unreadable)
        return f"{text} Keep the older keys: these rows could not be read:{listed}"


async def rotate(settings: HostSettings) -> Rotation:
    """Encrypt all rows with the newest key. A row that changes meanwhile is read again. Raises StorageError."""
    vault = Vault(settings.keys)
    async with _to_change(settings) as (_database, directory):
        tables = (directory.installations, directory.accounts)
        rows = [(table, row.id, row.sealed) for table in tables for row in await table.listed() if row.sealed]
        outcomes = [await _renewed(vault, table.replace, table.get, id_, sealed) for table, id_, sealed in rows]
    unreadable = tuple(outcome for outcome in outcomes if isinstance(outcome, str))
    return Rotation(outcomes.count(True), outcomes.count(False), unreadable)


async def _renewed(
    vault: Vault,
    replace: Callable[[str, str, str], Awaitable[bool]],
    get: Callable[[str], Awaitable[Installation | Account | None]],
    id_: str,
    sealed: str,
) -> bool | str:
    """Return whether a row was encrypted anew, or a text that says why the row could not be read."""
    while not vault.is_newest(sealed):
        try:
            renewed = vault.renew(sealed)
        except SealedError as error:
            return f"{id_}: {error}"
        if await replace(id_, sealed, renewed):
            return True
        row = await get(id_)
        if row is None or not row.sealed:
            break
        sealed = row.sealed
    return False
