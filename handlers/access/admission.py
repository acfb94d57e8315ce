"""Who may use the bot: no other workspace or app, and guests and other companies only if the settings admit them."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, TypeVar

from slack_sdk.errors import SlackApiError

from handlers.blocks.i18n import _
from handlers.wire import payloads
from handlers.wire.errors import ForbiddenError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.wire.payloads import Body

log = logging.getLogger(__name__)

T = TypeVar("T")
Outsiders = Literal["none", "guests", "all"]

PATIENCE = 4.0  # seconds that Slack has to say who a person is
KNOWN_FOR = 600.0  # seconds before Slack is asked again about a person
# Error codes with which Slack withholds a profile: the scope `users:read` is missing, as in an older installation, or
# the server does not know the method. Everybody from the bot's own workspace then counts as its member.
WITHHELD = frozenset({"missing_scope", "no_permission", "not_allowed_token_type", "unknown_method", "user_not_found"})


class Membership(StrEnum):
    """A person's relation to the workspace."""

    MEMBER = "member"
    GUEST = "guest"  # of this workspace, in one channel or several
    STRANGER = "stranger"  # of another company, in a channel that both share (Slack Connect)


@dataclass(frozen=True, slots=True)
class Person:
    """A person who may use the bot. ``is_member``: they may look into any public channel, as in Slack itself."""

    user: str
    is_member: bool = True
    locale: str = ""  # of their Slack, such as ``zh-CN``; empty where Slack does not tell it
    time_zone: str = ""  # an IANA name, likewise


@dataclass(frozen=True, slots=True)
class Installation:
    """The installation to which the bot's token belongs. An empty id is unknown and is not compared."""

    team: str = ""
    enterprise: str = ""
    app: str = ""
    whole_enterprise: bool = False  # installed for all workspaces of the organisation


class Admission:
    """Asks Slack about the bot's own installation and about people, and remembers the answers."""

    def __init__(self, outsiders: Outsiders = "none", clock: Callable[[], float] = time.monotonic) -> None:
        self._outsiders, self._clock = outsiders, clock
        self._own: Installation | None = None
        self._known: dict[str, tuple[Membership, Body, float]] = {}  # by user, with their profile, until a time

    async def admit(self, client: AsyncWebClient, body: Body) -> Person:
        """Return the person who sent a payload. Raises ForbiddenError with the reason if they may not use the bot."""
        user = payloads.user(body)
        own = self._own or await _in_time(self._find_own(client)) or Installation()
        if not user or not _is_for(own, body):
            log.warning("request refused", extra={"reason": "sent for another workspace or app, or by nobody"})
            raise ForbiddenError(_("I work for another workspace, so I do nothing here."))
        membership, profile = await self._membership(client, own, user, payloads.users_team(body))
        if membership is None:
            raise ForbiddenError(
                _("Slack did not confirm who you are, so nothing was done. Please try again in a minute.")
            )
        if not self._lets_in(membership):
            raise ForbiddenError(_refused())
        locale, time_zone = payloads.text(profile, "locale"), payloads.text(profile, "tz")
        return Person(user, is_member=membership is Membership.MEMBER, locale=locale, time_zone=time_zone)

    def _lets_in(self, membership: Membership) -> bool:
        if membership is Membership.STRANGER:
            return self._outsiders == "all"
        return membership is Membership.MEMBER or self._outsiders != "none"

    async def _find_own(self, client: AsyncWebClient) -> Installation:
        """Ask for the bot's own installation, and keep it: it does not change while the process runs."""
        answer = (await client.auth_test()).data
        self._own = Installation(
            payloads.text(answer, "team_id"),
            payloads.text(answer, "enterprise_id"),
            payloads.text(answer, "app_id") or await _app(client, payloads.text(answer, "bot_id")),
            payloads.part(answer, "is_enterprise_install") is True,
        )
        return self._own

    async def _membership(
        self, client: AsyncWebClient, own: Installation, user: str, team: str
    ) -> tuple[Membership | None, Body]:
        """A person's membership and profile. If Slack does not answer, its last answer counts, however old it is.

        Membership None: Slack never answered about this person.
        """
        former, last, until = self._known.get(user, (None, {}, 0.0))
        if former and self._clock() < until:
            return former, last
        profile = await _in_time(_profile(client, user))
        if profile is None:
            return former, last
        membership = _judge(own, profile, team)
        self._known[user] = membership, profile, self._clock() + KNOWN_FOR
        return membership, profile


def _is_for(own: Installation, body: Body) -> bool:
    """Whether a payload was sent for the bot's own installation."""
    app, teams, enterprises = payloads.text(body, "api_app_id"), payloads.teams(body), payloads.enterprises(body)
    if own.app and app and app != own.app:
        return False
    if own.whole_enterprise and own.enterprise:
        return not enterprises or own.enterprise in enterprises
    return not own.team or not teams or own.team in teams


def _judge(own: Installation, profile: Body, team: str) -> Membership:
    """A person's membership by their profile (see ``_profile``) and by the workspace that the payload names, if any."""
    theirs = payloads.text(profile, "team_id") or team
    enterprise = payloads.text(profile, "enterprise_user", "enterprise_id")
    same_company = bool(own.enterprise) and enterprise == own.enterprise
    is_other = bool(own.team and theirs) and theirs != own.team and not same_company
    if is_other or profile.get("is_stranger") is True:
        return Membership.STRANGER
    is_guest = profile.get("is_restricted") is True or profile.get("is_ultra_restricted") is True
    return Membership.GUEST if is_guest else Membership.MEMBER


async def _profile(client: AsyncWebClient, user: str) -> Body:
    """A person's user object of ``users.info``; empty where Slack withholds it from this app."""
    try:
        return payloads.table((await client.users_info(user=user, include_locale=True)).data, "user")
    except SlackApiError as error:
        if _code(error) in WITHHELD:
            return {}
        raise


async def _app(client: AsyncWebClient, bot: str) -> str:
    """The app's id, which ``auth.test`` leaves out for bots; empty where Slack withholds it."""
    try:
        return payloads.text((await client.bots_info(bot=bot)).data, "bot", "app_id")
    except SlackApiError as error:
        log.info("app's own id not known", extra={"error": _code(error)})
        return ""


async def _in_time(question: Awaitable[T]) -> T | None:
    """Slack's answer; None where it fails or takes longer than ``PATIENCE``."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await question
    except Exception as error:  # noqa: BLE001  no failure of any kind confirms who a person is
        log.warning("Slack did not say who a person is", extra={"error": error})
        return None


def _code(error: SlackApiError) -> str:
    return payloads.text(error.response if isinstance(error.response, dict) else error.response.data, "error")


def _refused() -> str:
    return _(
        "I show a company's orders, so only full members of its workspace can use me, not guests or people of other "
        "companies. Your pandabot admin can change that."
    )
