"""The resources of a bot: its database, its clients of PandaPon and Slack, and the names that it keeps in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.clients.account import account_of
from bot.clients.account_pace import AccountPace
from bot.clients.pandapon import api_config
from bot.clients.slack import SlackClient, slack_session, web_client
from bot.database import OpenDatabase, open_to_run
from bot.process.failpoints import point
from bot.process.figures import Figures
from handlers.blocks import team_glosses
from handlers.blocks.links import Links
from handlers.blocks.people import People
from handlers.interactions.languages import Languages
from pandapon.client import PandaPon
from storage import moved

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    import aiohttp

    from bot.clients.account import Account
    from bot.jobs.backups import Backups
    from bot.settings import Settings
    from bot.wiring.setup import Setup
    from storage.store import Store


@dataclass(frozen=True, slots=True)
class Resources:
    """The database, the account's rows, both network clients, languages and names as stored, links, and the figures."""

    store: Store
    account: Account
    backups: Backups | None
    api: PandaPon
    session: aiohttp.ClientSession
    slack: SlackClient
    languages: Languages
    people: People
    links: Links
    figures: Figures


async def open_resources(setup: Setup, opened: AsyncExitStack) -> Resources:
    """Open the resources, each to be closed by ``opened``. Raises StorageError."""
    settings = setup.settings
    figures = setup.hosting.figures if setup.hosting else Figures()
    database = await _open_database(setup, opened)
    account = (setup.hosting and setup.hosting.account) or account_of(database.store)
    api = _pandapon(setup, account, figures)
    opened.push_async_callback(api.aclose)
    session = slack_session()
    await opened.enter_async_context(session)
    _use_glosses(settings)
    return Resources(
        store=database.store,
        account=account,
        backups=database.backups,
        api=api,
        session=session,
        slack=web_client(
            settings,
            session,
            patient=False,
            on_rate_limit=figures.limited_by_slack,
            token=setup.hosting.token if setup.hosting else None,
        ),
        languages=await _languages(settings, database.store),
        people=await _people(database.store),
        links=Links(),
        figures=figures,
    )


async def _open_database(setup: Setup, opened: AsyncExitStack) -> OpenDatabase:
    if setup.hosting:
        database = OpenDatabase(await setup.hosting.open_store(), None)
    else:
        database = await open_to_run(setup.settings, setup.clock, point)
    opened.push_async_callback(database.store.close)
    await database.store.engine.read(moved.check)
    return database


def _pandapon(setup: Setup, account: Account, figures: Figures) -> PandaPon:
    return PandaPon(
        api_config(setup.settings),
        clock=setup.clock,
        on_rate_limit=figures.limited_by_pandapon,
        pace=AccountPace(account, setup.clock) if setup.part.shares else None,
    )


def _use_glosses(settings: Settings) -> None:
    team_glosses.use(team_glosses.load(settings.glosses) if settings.glosses else ())


async def _languages(settings: Settings, store: Store) -> Languages:
    languages = Languages(settings.language)
    await languages.learn(store)
    return languages


async def _people(store: Store) -> People:
    people = People()
    await people.learn(store)
    return people
