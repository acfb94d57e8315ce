"""The demo's sandbox: the production bot between both stand-ins, on free ports and a temporary database."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from bot.app import build
from bot.commands import manifest
from bot.orders.reading import DETAIL_EVERY
from bot.process.clock import utc_now
from bot.settings import Settings
from handlers.blocks import action_ids
from sandbox.clock import SimClock
from sandbox.pandapon.demo import demo_world, living_world, save_addresses
from sandbox.pandapon.goods import PICTURES, PICTURES_HOST
from sandbox.pandapon.server import PandaPonServer
from sandbox.pandapon.trading.routes import OWN_PATHS
from sandbox.slack.server import SlackServer
from sandbox.terminal.sandbox import Sandbox
from sandbox.web import prelude
from storage.post import PostState
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import datetime

    from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

    from bot.running import Bot
    from sandbox.slack.workspace import Message

BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-demo", "xapp-demo", "demo"  # the stand-ins' own
ACCESS_KEY, ACCESS_SECRET, USER_ID = "demo-key", "demo-access", "2100007341207"
LOGIN_PASSWORD = "demo-login"  # noqa: S105  the stand-in's own
# The jobs, each after those that bring it work. Six polls, because an order's price is read at every sixth poll only.
JOBS = ("discover", *("poll",) * DETAIL_EVERY, "stalls", "digests", "deliver")
ALARM_BUTTONS = frozenset({action_ids.ALARM_SEEN, action_ids.ALARM_SNOOZE, action_ids.ALARM_TAKE})
APPROVED_ABOVE = 300  # yuan; a purchase of the demo above this needs a second person
LONGEST_CATCH_UP = 15.0  # seconds of this machine's time
GOING_ON, LIVED_IN = "going-on", "lived-in"


class DemoSettings(Settings):
    """Settings that come from this module alone: no variable and no .env of the machine reaches the demo."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  the signature is pydantic-settings'
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the same
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the same
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the constructor's arguments and nothing else."""
        return (init_settings,)


@contextlib.asynccontextmanager
async def running_sandbox(start: datetime, scene: str = "") -> AsyncIterator[Sandbox]:
    """Run both stand-ins and the production bot, its clock beginning at ``start`` (aware).

    Without a scene the account is dated around ``start`` and gets no further order, which scripts and tests rely upon.
    In the scene ``GOING_ON`` new orders arrive and meet trouble without end. ``LIVED_IN`` adds people and channels of
    three languages, and is dated around the end of the prelude, which :func:`sandbox.web.prelude.play` plays.
    """
    clock = SimClock(start)
    is_lived_in = scene == LIVED_IN
    moment = start + prelude.LENGTH if is_lived_in else start
    world = living_world(clock, moment) if scene else demo_world(clock)
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pandabot-demo-")))
        pandapon = PandaPonServer(
            world,
            clock=clock,
            access_key=ACCESS_KEY,
            access_secret=ACCESS_SECRET,
            user_id=USER_ID,
            pictures=PICTURES,
        )
        base_url = await pandapon.start()
        save_addresses(pandapon.account)
        stack.push_async_callback(pandapon.stop)
        slack = SlackServer(
            clock,
            bot_token=BOT_TOKEN,
            app_token=APP_TOKEN,
            signing_secret=SIGNING_SECRET,
            manifest=manifest.read(),
            rights_clock=utc_now,  # at a thousand times the speed, trigger ids would expire before anybody could press
        )
        if is_lived_in:
            prelude.furnish(slack.workspace)
        await slack.start()
        stack.push_async_callback(slack.stop)
        approvers = [user.id for user in slack.workspace.users.values() if not user.is_bot]
        settings = _settings(slack.api_url, base_url, folder / "pandabot.db", approvers)
        bot = await stack.enter_async_context(await build(settings, clock=clock, stand_ins={PICTURES_HOST: base_url}))
        if is_lived_in:
            await _set_languages(bot, prelude.LANGUAGES)
        yield Sandbox(
            slack=slack,
            pandapon=pandapon,
            world=world,
            clock=clock,
            settled=partial(_settled, bot),
            caught_up=partial(_caught_up, bot),
            is_alarm=is_alarm,
            scene=scene,
            starts={code: part.channel for code, part in prelude.PARTS.items()} if is_lived_in else {},
        )


def sandbox_of(recording: Mapping[str, Any], start: datetime) -> contextlib.AbstractAsyncContextManager[Sandbox]:
    """Run the sandbox in which a recording of the page can be played; ``start`` (aware) is when it began."""
    return running_sandbox(start, str(recording.get("scene") or ""))


def is_alarm(message: Message) -> bool:
    """Whether a message is an alarm that nobody has dealt with: it has an alarm's buttons."""
    elements = [element for block in message.blocks for element in block.get("elements") or []]
    names = {str(element.get("action_id", "")).partition(":")[0] for element in elements if isinstance(element, dict)}
    return message.by_bot and not message.viewer and bool(names & ALARM_BUTTONS)


def _settings(slack_url: str, pandapon_url: str, database: Path, approvers: Sequence[str]) -> Settings:
    return DemoSettings(
        slack_mode="socket",
        slack_bot_token=SecretStr(BOT_TOKEN),
        slack_app_token=SecretStr(APP_TOKEN),
        slack_signing_secret=SecretStr(SIGNING_SECRET),
        slack_api_url=slack_url,
        pandapon_base_url=pandapon_url,
        pandapon_access_key=SecretStr(ACCESS_KEY),
        pandapon_access_secret=SecretStr(ACCESS_SECRET),
        pandapon_user_id=USER_ID,
        pandapon_login_name="panda-trading",
        pandapon_login_password=SecretStr(LOGIN_PASSWORD),
        pandapon_paths=OWN_PATHS,
        writes=WriteScope.ALL,
        approvals=f"{APPROVED_ABOVE}:{'+'.join(approvers)}",
        database_path=database,
        http_port=0,
        poll_interval_seconds=1,
        cadence_factor=0,
        slack_messages_per_second=100,
        channel_messages_per_second=10,  # the stand-in refuses none, unless its switch says so
    )


async def _set_languages(bot: Bot, languages: Mapping[str, prelude.Language]) -> None:
    """Give channels their languages, as their settings form would."""
    for channel, language in languages.items():
        settings = replace((await bot.store.channels.get(channel)).settings, language=language)
        await bot.store.channels.save_settings(bot.clock(), channel, settings, "")
        bot.context.languages.put(channel, language)


async def _settled(bot: Bot) -> None:
    """Wait until the bot has finished all answers."""
    while in_hand := set(bot.context.in_hand):
        await asyncio.wait(in_hand)


async def _caught_up(bot: Bot) -> None:
    """Run the bot's jobs now, and wait until their posts are sent, for :data:`LONGEST_CATCH_UP` at most."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_CATCH_UP):
            for job in JOBS:
                await bot.scheduler.complete(job)
            posted = bot.deliverer.next_settled()
            while await _is_posting(bot):
                await posted.wait()
                posted = bot.deliverer.next_settled()


async def _is_posting(bot: Bot) -> bool:
    unsent = (await bot.store.upkeep.health(bot.clock())).outbox
    return any(unsent.get(state) for state in (PostState.PENDING, PostState.SENDING, PostState.UNCERTAIN))
