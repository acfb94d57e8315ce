"""`pandabot check`: tries every part once and says what is wrong and how to mend it."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clients.pandapon import api_config
from bot.clients.slack import connection_options
from bot.commands import check_telemetry, manifest
from bot.commands.check_machine import Finding, machine
from bot.process.clock import utc_now
from bot.process.proxies import hide_from_libraries, proxy_for, without_password
from pandapon.client import PandaPon
from pandapon.errors import ApiError, AuthError, PandaPonError, TimestampError, TransportError
from storage.sqlite.private import is_open_to_others

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from bot.settings import Settings

ENV_FILE = Path(".env")


async def check(settings: Settings) -> AsyncIterator[Finding]:
    """Yield each finding. The database is only opened while no bot runs; it is then created or updated."""
    hide_from_libraries()
    yield Finding("settings", ok=True, words="complete and well-formed")
    for finding in (*_env_file(ENV_FILE), *_way(settings)):
        yield finding
    for finding in await machine(settings):
        yield finding
    async for finding in _slack(settings):
        yield finding
    async for finding in _pandapon(settings):
        yield finding
    yield _pushes(settings)
    async for finding in _telemetry(settings):
        yield finding


async def _telemetry(settings: Settings) -> AsyncIterator[Finding]:
    """Warn where traces or error reports would get lost: the bot itself works without them."""
    if settings.collector:
        wrong = await check_telemetry.traces(settings)
        mend = "Check OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS, and the collector." if wrong else ""
        yield Finding("traces", ok=True, words=wrong or "the collector takes them", mend=mend)
    if settings.sentry_dsn is not None:
        wrong = await check_telemetry.error_reports(settings)
        mend = "Copy the DSN from the project's settings (Client Keys) into SENTRY_DSN." if wrong else ""
        yield Finding("error reports", ok=True, words=wrong or "the service takes them", mend=mend)


def _env_file(path: Path) -> Iterator[Finding]:
    """Warn of a file with secrets that every user of the machine may read."""
    with contextlib.suppress(OSError):
        if is_open_to_others(path):
            yield Finding(str(path), ok=True, words="others on this machine may read it", mend=f"chmod 600 {path}")


def _way(settings: Settings) -> Iterator[Finding]:
    """Say through which proxy each service is reached; nothing when none is set."""
    services = {"Slack": settings.slack_api_url, "PandaPon": settings.pandapon_base_url}
    proxies = {name: proxy_for(url, settings) for name, url in services.items()}
    if any(proxies.values()) or (settings.no_proxy and _has_proxy(settings)):
        routes = [
            f"{name} {f'through {without_password(proxy)}' if proxy else 'directly'}" for name, proxy in proxies.items()
        ]
        yield Finding("proxy", ok=True, words=", ".join(routes))


def _has_proxy(settings: Settings) -> bool:
    return any((settings.https_proxy, settings.all_proxy, settings.http_proxy))


async def _slack(settings: Settings) -> AsyncIterator[Finding]:
    client = AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
        timeout=10,
        **connection_options(settings),
    )
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        yield Finding(
            "Slack bot token",
            ok=False,
            words=f"Slack refuses it: {error.response.get('error')}",
            mend="Copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions into SLACK_BOT_TOKEN.",
        )
        return
    except (OSError, TimeoutError, aiohttp.ClientError) as error:
        yield Finding(
            "Slack",
            ok=False,
            words=f"cannot be reached ({type(error).__name__})",
            mend="Check this machine's way to the internet, its proxy, and SLACK_API_URL.",
        )
        return
    yield Finding("Slack bot token", ok=True, words=f"{answer.get('user')} in {answer.get('team')}")
    yield _scopes({name.lower(): value for name, value in answer.headers.items()})
    if settings.slack_mode == "socket":
        yield await _socket(settings, client)


def _scopes(headers: dict[str, str]) -> Finding:
    if "x-oauth-scopes" not in headers:
        return Finding("Slack scopes", ok=True, words="not told by this server; not checked")
    granted = {scope.strip() for scope in headers["x-oauth-scopes"].split(",")}
    missing = sorted(manifest.scopes() - granted)
    if not missing:
        return Finding("Slack scopes", ok=True, words=f"all {len(manifest.scopes())} granted")
    return Finding(
        "Slack scopes",
        ok=False,
        words=f"missing: {', '.join(missing)}",
        mend="Update the app's manifest from manifest.yml, then reinstall the app to the workspace.",
    )


async def _socket(settings: Settings, client: AsyncWebClient) -> Finding:
    assert settings.slack_app_token is not None
    try:
        await client.apps_connections_open(app_token=settings.slack_app_token.get_secret_value())
    except SlackApiError as error:
        return Finding(
            "Slack app token",
            ok=False,
            words=f"Slack refuses it: {error.response.get('error')}",
            mend="Make an app-level token with connections:write (Basic Information) and set SLACK_APP_TOKEN to it.",
        )
    except (OSError, TimeoutError, aiohttp.ClientError) as error:
        return Finding("Slack app token", ok=False, words=type(error).__name__, mend="Try again.")
    return Finding("Slack app token", ok=True, words="Socket Mode can connect")


async def _pandapon(settings: Settings) -> AsyncIterator[Finding]:
    unit = settings.pandapon_timestamp_unit
    other = "ms" if unit == "s" else "s"
    first = await _probe(settings, unit)
    if first is None:
        yield Finding("PandaPon", ok=True, words=f"a signed read succeeded (timestamps in {unit})")
        return
    if isinstance(first, AuthError) and await _probe(settings, other) is None:
        yield Finding(
            "PandaPon",
            ok=False,
            words=f"refuses timestamps in {unit!r} and takes them in {other!r}",
            mend=f"Set PANDAPON_TIMESTAMP_UNIT={other}.",
        )
        return
    yield Finding("PandaPon", ok=False, words=str(first), mend=_mend(first, settings))


def _pushes(settings: Settings) -> Finding:
    """Say whether push messages are on. The address is shown without its token, since people paste this output."""
    if not settings.callback_tokens:
        return Finding("push messages", ok=True, words="off (no CALLBACK_TOKEN): news waits for the next poll")
    words = (
        "on: enter https://<your host>/pandapon/callbacks/<CALLBACK_TOKEN> at PandaPon; a proxy must lead it to "
        f"http://{settings.http_host}:{settings.http_port}"
    )
    return Finding("push messages", ok=True, words=words)


async def _probe(settings: Settings, unit: str) -> PandaPonError | None:
    config = api_config(settings.model_copy(update={"pandapon_timestamp_unit": unit}))
    async with PandaPon(config, clock=utc_now) as api:
        try:
            await api.probe()
        except PandaPonError as error:
            return error
    return None


def _mend(error: PandaPonError, settings: Settings) -> str:
    match error:
        case TimestampError():
            return "Set this machine's clock (NTP): PandaPon refuses a request that is more than 10 minutes off."
        case AuthError():
            return "Copy the Access Key and Access Secret from the console; resetting the secret ends the old one."
        case TransportError():
            proxy = proxy_for(settings.pandapon_base_url, settings)
            way = f"the proxy {without_password(proxy)}" if proxy else "its proxy (HTTPS_PROXY: none is set)"
            return f"Check this machine's way to the internet, {way}, and PANDAPON_BASE_URL."
        case ApiError():
            return "The key works; the account may lack the right to this call. Ask PandaPon with the request id."
        case _:
            return "Try again later; ask PandaPon if it stays."
