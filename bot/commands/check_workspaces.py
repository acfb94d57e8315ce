"""`pandabot check` where one installation serves many workspaces: the database, the keys, and each workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp

from bot.clients.pandapon import api_config
from bot.clients.slack import EXPIRED, web_client
from bot.clients.slack_errors import FAILURES, classify
from bot.commands.check_machine import Finding
from bot.postgres import server_of
from bot.process.clock import utc_now
from bot.process.proxies import hide_from_libraries
from bot.workspaces.secrets import open_account, open_installation
from bot.workspaces.vault import MissingKeyError, SealedError, Vault
from pandapon.client import PandaPon
from pandapon.errors import PandaPonError
from storage.errors import StorageError
from storage.workspaces import moves
from storage.workspaces.opening import open_directory

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.workspaces.settings import HostSettings
    from storage.workspaces.directory import Directory
    from storage.workspaces.records import Account, Installation

NEW_KEY = "Put the missing key back into PANDABOT_KEYS, behind the others, and run `pandabot keys rotate`."


async def check(settings: HostSettings) -> AsyncIterator[Finding]:
    """Yield each finding. The shared tables are made where they are missing."""
    hide_from_libraries()
    yield Finding("settings", ok=True, words="complete and well-formed, for many workspaces")
    if not settings.public_url:
        words = "not set: Slack leads installers to the app's first redirect address, and push addresses are not shown"
        yield Finding("PUBLIC_URL", ok=True, words=words, mend="Set it to https://… of this installation.")
    database = server_of(settings)
    try:
        await database.open()
        directory = await open_directory(database)
        await directory.engine.read(moves.check)
        async for finding in _workspaces(settings, directory):
            yield finding
    except StorageError as error:
        yield Finding("database", ok=False, words=str(error), mend="Check STORAGE_URL and the server.")
    finally:
        await database.close()


async def _workspaces(settings: HostSettings, directory: Directory) -> AsyncIterator[Finding]:
    installations = [row for row in await directory.installations.listed() if row.revoked_at is None]
    accounts = {account.id: account for account in await directory.accounts.listed()}
    yield Finding("database", ok=True, words=f"{len(installations)} workspaces have installed the app")
    async with aiohttp.ClientSession() as session:
        for installation in installations:
            if at := await directory.restoring.pending(installation.id):
                words, mend = "its bot does not start: it is to be marked", f"Run `pandabot restored --at {at}`."
                yield Finding(f"{installation.id} database", ok=False, words=words, mend=mend)
            yield await _slack(settings, session, installation)
            yield await _pandapon(settings, installation.id, accounts.get(installation.id))


async def _slack(settings: HostSettings, session: aiohttp.ClientSession, installation: Installation) -> Finding:
    name = f"{installation.id} Slack"
    try:
        token = open_installation(Vault(settings.keys), installation).bot_token
    except SealedError as error:
        return _unreadable(name, error, "Install the app there again.")
    own = settings.of_workspace(token, None, None)
    try:
        await web_client(own, session, patient=True, on_rate_limit=lambda: None).auth_test()
    except FAILURES as error:
        code = classify(error).code
        if code == EXPIRED:
            words = "Slack's token has expired, and `pandabot run` has not renewed it"
            return Finding(name, ok=False, words=words, mend="Start pandabot; if it stays so, install the app again.")
        return Finding(name, ok=False, words=f"Slack refuses the token or fails: {code}", mend="Install the app again.")
    return Finding(name, ok=True, words="Slack takes the token")


async def _pandapon(settings: HostSettings, id_: str, account: Account | None) -> Finding:
    name = f"{id_} PandaPon"
    if account is None:
        return Finding(name, ok=True, words="not connected yet", mend="Its admins connect it by `/panda connect`.")
    try:
        keys = open_account(Vault(settings.keys), account)
    except SealedError as error:
        return _unreadable(name, error, f"Enter its keys again: `pandabot workspaces connect {id_} …`.")
    config = api_config(settings.of_workspace("", keys, account.rate_per_second))
    async with PandaPon(config, clock=utc_now) as api:
        try:
            await api.probe()
        except PandaPonError as error:
            return Finding(name, ok=False, words=error.brief, mend="Enter its keys again by `/panda connect`.")
    return Finding(name, ok=True, words="a signed read succeeded")


def _unreadable(name: str, error: SealedError, mend: str) -> Finding:
    is_missing = isinstance(error, MissingKeyError)
    return Finding(name, ok=False, words=f"its data {error}", mend=NEW_KEY if is_missing else mend)
