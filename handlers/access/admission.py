"""Who may use the bot at all: not another workspace or app, and outsiders only where whoever runs it said so."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, TypeVar

from slack_sdk.errors import SlackApiError

from handlers.blocks.i18n import _
from handlers.errors import ForbiddenError
from handlers.wire import payloads

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.wire.payloads import Body

log = logging.getLogger(__name__)

T = TypeVar("T")
Outsiders = Literal["none", "guests", "all"]

PATIENCE = 4.0  # seconds that a person waits for what Slack says about them
KNOWN_FOR = 600.0  # seconds for which somebody stays what Slack said they are
# Slack does not tell this app, so everybody who is sent by the own workspace counts as its member: `users:read` is
# missing, as in an installation from before it was asked for, or this is no Slack that knows the method.
UNTOLD = frozenset({"missing_scope", "no_permission", "not_allowed_token_type", "unknown_method", "user_not_found"})


class Standing(StrEnum):
    """What somebody is to the workspace."""

    MEMBER = "member"
    GUEST = "guest"  # of this workspace, in one channel or several
    STRANGER = "stranger"  # of another company, in a channel that both share (Slack Connect)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may use the bot. ``is_member``: they may look into any public channel, as in Slack itself."""

    user: str
    is_member: bool = True


@dataclass(frozen=True, slots=True)
class Home:
    """Where the bot lives. What is empty is not known and not compared."""

    team: str = ""
    enterprise: str = ""
    app: str = ""
    whole_enterprise: bool = False  # installed for all workspaces of the organisation


class Admission:
    """Asks Slack where the bot lives and what people are, and remembers it for a while."""

    def __init__(self, outsiders: Outsiders = "none", clock: Callable[[], float] = time.monotonic) -> None:
        self._outsiders, self._clock = outsiders, clock
        self._home: Home | None = None
        self._known: dict[str, tuple[Standing, float]] = {}

    async def admit(self, client: AsyncWebClient, body: Body) -> Person:
        """Who did this. Raises ForbiddenError with the reason for those who are not to use the bot."""
        user = payloads.user(body)
        home = self._home or await _in_time(self._settle(client)) or Home()
        if not user or not _is_for(home, body):
            log.warning("request refused", extra={"reason": "sent for another workspace or app, or by nobody"})
            raise ForbiddenError(_("I work for another workspace, so I do nothing here."))
        standing = await self._standing(client, home, user, payloads.users_team(body))
        if standing is None:
            raise ForbiddenError(
                _("Slack did not confirm who you are, so nothing was done. Please try again in a minute.")
            )
        if not self._lets_in(standing):
            raise ForbiddenError(_refused())
        return Person(user, is_member=standing is Standing.MEMBER)

    def _lets_in(self, standing: Standing) -> bool:
        if standing is Standing.STRANGER:
            return self._outsiders == "all"
        return standing is Standing.MEMBER or self._outsiders != "none"

    async def _settle(self, client: AsyncWebClient) -> Home:
        """Where the bot lives: asked until Slack has said so once."""
        answer = (await client.auth_test()).data
        home = Home(
            payloads.text(answer, "team_id"),
            payloads.text(answer, "enterprise_id"),
            payloads.text(answer, "app_id") or await _app(client, payloads.text(answer, "bot_id")),
            payloads.part(answer, "is_enterprise_install") is True,
        )
        self._home = home
        return home

    async def _standing(self, client: AsyncWebClient, home: Home, user: str, team: str) -> Standing | None:
        """What somebody is; None where Slack doesn't answer. In doubt the last answer counts, however old."""
        known, until = self._known.get(user, (None, 0.0))
        if known and self._clock() < until:
            return known
        told = await _in_time(_profile(client, user))
        if told is None:
            return known
        standing = _judge(home, told, team)
        self._known[user] = standing, self._clock() + KNOWN_FOR
        return standing


def _is_for(home: Home, body: Body) -> bool:
    """Whether it was sent for the installation that this token belongs to."""
    app, teams, enterprises = payloads.text(body, "api_app_id"), payloads.teams(body), payloads.enterprises(body)
    if home.app and app and app != home.app:
        return False
    if home.whole_enterprise and home.enterprise:
        return not enterprises or home.enterprise in enterprises
    return not home.team or not teams or home.team in teams


def _judge(home: Home, told: Body, team: str) -> Standing:
    """``told``: what Slack says of somebody, empty where it tells nothing; ``team``: theirs by the payload."""
    theirs = payloads.text(told, "team_id") or team
    same_company = bool(home.enterprise) and payloads.text(told, "enterprise_user", "enterprise_id") == home.enterprise
    is_other = bool(home.team and theirs) and theirs != home.team and not same_company
    if is_other or told.get("is_stranger") is True:
        return Standing.STRANGER
    is_guest = told.get("is_restricted") is True or told.get("is_ultra_restricted") is True
    return Standing.GUEST if is_guest else Standing.MEMBER


async def _profile(client: AsyncWebClient, user: str) -> Body:
    """What Slack says of somebody; empty where it does not tell this app."""
    try:
        return payloads.table((await client.users_info(user=user)).data, "user")
    except SlackApiError as error:
        if _code(error) in UNTOLD:
            return {}
        raise


async def _app(client: AsyncWebClient, bot: str) -> str:
    """The app's id, which ``auth.test`` does not name to bots; empty where Slack does not tell it either."""
    try:
        return payloads.text((await client.bots_info(bot=bot)).data, "bot", "app_id")
    except SlackApiError as error:
        log.info("app's own id not known", extra={"error": _code(error)})
        return ""


async def _in_time(asked: Awaitable[T]) -> T | None:
    """Slack's answer; None where it fails or takes longer than somebody waits."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await asked
    except Exception as error:  # noqa: BLE001  whatever came instead of an answer, it confirms nothing
        log.warning("Slack did not say who a person is", extra={"error": error})
        return None


def _code(error: SlackApiError) -> str:
    return payloads.text(error.response if isinstance(error.response, dict) else error.response.data, "error")


def _refused() -> str:
    return _(
        "I show a company's orders, so only full members of its workspace can use me, not guests or people of other "
        "companies. Whoever runs me can change that."
    )
