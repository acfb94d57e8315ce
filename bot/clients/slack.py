"""The clients of Slack's Web API, and the Bolt app around one of them."""

from __future__ import annotations

import asyncio
import logging
import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypedDict

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.process.proxies import proxy_for
from pandapon import budget, spans
from pandapon.connector import Connector
from pandapon.transport import trusted
from pandapon.waits import retry_after

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from ssl import SSLContext

    from slack_bolt.context.async_context import AsyncBoltContext
    from slack_sdk.http_retry.request import HttpRequest
    from slack_sdk.http_retry.response import HttpResponse
    from slack_sdk.http_retry.state import RetryState

    from bot.settings import Settings, Shared

log = logging.getLogger(__name__)

SECONDS = 10.0  # for one call; less when a person waits
HTTP_SECONDS = 15  # for one HTTP request; a call may make several
TOO_MANY = 429
LONGEST_PAUSE = 5.0  # the longest pause in seconds that a person waits for; after a longer one they get the error
PERSONS_PAUSE = 1.0  # seconds that a person's call waits when Slack gives no usable time
DEFAULT_PAUSE = 30.0  # seconds that any other call waits when Slack gives no usable time
RETRY_AFTER = "Retry-After"
EXPIRED = "token_expired"  # Slack's error code
# Error codes after which another process may have a newer token of an app with token rotation.
STALE = frozenset({EXPIRED, "token_revoked", "invalid_auth"})


class ConnectionOptions(TypedDict):
    """slack_sdk's arguments for the connection."""

    proxy: str | None
    ssl: SSLContext | None


@dataclass(slots=True)
class BotToken:
    """The token of one bot, which all its clients share: with Slack's token rotation it changes while they run.

    ``renew`` fetches the next token after Slack refused this one, whose error code it gets; None: the token never
    expires. ``renew_at``: when the next token is fetched without a refusal. ``revision``: that of the stored token.
    """

    value: str = field(repr=False)
    renew: Callable[[str], Awaitable[None]] | None = None
    renew_at: datetime | None = None
    revision: int = 0


class SlackClient(AsyncWebClient):
    """A client with a time limit for each call. An answer that is no JSON object counts as a failed call."""

    on_rate_limit: Callable[[], None] = staticmethod(lambda: None)  # called for each answer that asks to slow down

    def __init__(self, bot_token: BotToken, **options: Any) -> None:
        self.bot_token = bot_token
        super().__init__(**options)

    @property
    def token(self) -> str | None:
        """The present token, for the next call."""
        return self.bot_token.value

    @token.setter
    def token(self, _value: str | None) -> None:
        """Ignore the value: Bolt sets the token that it got at the beginning of a request, which may be older."""

    async def _request(self, *, http_verb: str, api_url: str, req_args: dict[str, Any]) -> dict[str, Any]:
        """See AsyncWebClient. An unreadable body becomes ``{"ok": False}``, which slack_sdk raises as an error."""
        with spans.inner("slack", operation=api_url.rpartition("/")[2]) as span:
            answer = await self._with_valid_token(http_verb, api_url, req_args)
            span.note(status=answer["status_code"], ok=bool(answer["data"].get("ok")))
        return answer

    async def _with_valid_token(self, http_verb: str, api_url: str, req_args: dict[str, Any]) -> dict[str, Any]:
        """Call, and once more with the next token if Slack refuses this one: a refused call has done nothing."""
        used = self.token
        answer = await self._answer(http_verb, api_url, req_args)
        code = str(answer["data"].get("error"))
        if code not in STALE or self.bot_token.renew is None:
            return answer
        if self.token == used:
            await self.bot_token.renew(code)
        if self.token == used:
            return answer
        headers = {**req_args.get("headers", {}), "Authorization": f"Bearer {self.token}"}
        return await self._answer(http_verb, api_url, {**req_args, "headers": headers})

    async def _answer(self, http_verb: str, api_url: str, req_args: dict[str, Any]) -> dict[str, Any]:
        try:
            async with asyncio.timeout(budget.within(SECONDS)):
                answer = await super()._request(http_verb=http_verb, api_url=api_url, req_args=req_args)
        except SlackApiError as error:  # the body is no JSON; error.response is aiohttp's
            answer = {"headers": error.response.headers, "status_code": error.response.status}
        except (ValueError, RecursionError) as error:  # the body's bytes are no text, or it is nested too deeply
            log.warning("Slack's answer cannot be read", extra={"error": error})
            answer = {"headers": {}, "status_code": 200}
        if not isinstance(answer.get("data"), dict):
            answer["data"] = {"ok": False}
        if answer["status_code"] == TOO_MANY:
            self.on_rate_limit()
            answer["headers"] = _sane(answer["headers"])
        return answer


class RateLimitRetry(AsyncRetryHandler):
    """Retries after the pause that Slack asks for, if a person can wait that long."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        del state, request, error
        return response is not None and response.status_code == TOO_MANY and _fits(_wait(response))

    async def prepare_for_next_attempt_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> None:
        """Wait for the pause that Slack asked for."""
        del request, error
        assert response is not None
        state.next_attempt_requested = True
        await asyncio.sleep(_wait(response))
        state.increment_current_attempt()


def _wait(response: HttpResponse) -> float:
    seconds = retry_after(response.headers, now=datetime.now(UTC))
    return PERSONS_PAUSE if seconds is None else seconds


def _sane(headers: Any) -> dict[str, str]:
    """Return the headers with a Retry-After in whole seconds: Slack's libraries use any value unchecked."""
    seconds = retry_after(headers, now=datetime.now(UTC))
    kept = {str(name): str(value) for name, value in headers.items() if str(name).lower() != RETRY_AFTER.lower()}
    return kept | {RETRY_AFTER: str(math.ceil(DEFAULT_PAUSE if seconds is None else seconds))}


def _fits(seconds: float) -> bool:
    return seconds <= budget.within(LONGEST_PAUSE)


def slack_session() -> aiohttp.ClientSession:
    """Return the session of all calls to Slack, on the running event loop. Its connections are kept and used again."""
    return aiohttp.ClientSession(connector=Connector(), timeout=aiohttp.ClientTimeout(total=HTTP_SECONDS))


def web_client(
    settings: Settings,
    session: aiohttp.ClientSession,
    *,
    patient: bool,
    on_rate_limit: Callable[[], None],
    token: BotToken | None = None,
) -> SlackClient:
    """Return a Web API client.

    ``patient``: it retries after short pauses. A client for posts must not be patient: a retried post could come twice.
    ``token``: the bot's token, which may be renewed while the client runs; None: the token of the settings.
    """
    client = SlackClient(
        token or BotToken(settings.slack_bot_token.get_secret_value()),
        base_url=settings.slack_api_url,
        session=session,
        timeout=round(SECONDS),
        retry_handlers=[RateLimitRetry(max_retry_count=2)] if patient else [],
        **connection_options(settings),
    )
    client.on_rate_limit = on_rate_limit
    return client


def connection_options(settings: Shared) -> ConnectionOptions:
    """Return the proxy and certificates for Slack. The client passes them on to the socket and to response URLs."""
    certificates = settings.certificates
    return {
        "proxy": proxy_for(settings.slack_api_url, settings),
        "ssl": trusted(str(certificates)) if certificates else None,
    }


def bolt_app(client: SlackClient, **options: Any) -> AsyncApp:
    """Return the app whose listeners all use this client. ``options``: Bolt's own.

    By default Bolt makes a new client for each request, and calls auth.test before it acknowledges the first one.
    While Slack answers auth.test with a pause, nobody would get an answer.
    """

    async def one_client(context: AsyncBoltContext, next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002  Bolt's
        context["client"] = client
        await next()

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=client.token)

    connection: ConnectionOptions = {"proxy": client.proxy, "ssl": client.ssl}
    bare = AsyncWebClient(base_url=client.base_url, session=client.session, retry_handlers=[], **connection)
    # Without a name Bolt reads the source of the whole call stack for one: half of the time of building the bot.
    return AsyncApp(client=bare, authorize=authorize, before_authorize=one_client, name="pandabot", **options)
