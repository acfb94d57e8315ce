"""The parts that a bot is given before it is built."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.process.clock import utc_now
from bot.roles import Part

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from bot.clients.account import Account
    from bot.clients.slack import BotToken
    from bot.process.figures import Figures
    from bot.settings import Settings
    from handlers.commands.registry import Commands
    from handlers.interactions.ports import Connector
    from storage.store import Store


@dataclass(frozen=True, slots=True)
class Hosting:
    """The parts that a process with many workspaces gives to the bot of one of them."""

    open_store: Callable[[], Awaitable[Store]]
    commands: Commands
    connector: Connector
    account: Account | None  # the rows of its PandaPon account; None: it has none yet
    figures: Figures  # of the process
    is_working: bool  # whether its jobs run; without an account there is nothing to do
    is_first: bool  # no former bot of this process has worked for the workspace; False: it may still be at work
    token: BotToken  # of Slack, which the process renews


@dataclass(frozen=True, slots=True)
class Setup:
    """The settings, commands, clock and part of the work that a bot is given from outside.

    ``stand_ins``: by a public host name, the base URL of a local server in its place, such as the demo's for pictures.
    ``hosting``: for the bot of one workspace among many; None for the only bot of a process.
    """

    settings: Settings
    commands: Commands
    clock: Callable[[], datetime] = utc_now
    part: Part = field(default_factory=Part)
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    hosting: Hosting | None = None
