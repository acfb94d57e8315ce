"""`pandabot check`: whether the collector of traces and the service of error reports answer and take their keys.

The check sends an empty export to the collector and an empty envelope to Sentry; neither keeps anything of it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import aiohttp

from bot.process.proxies import proxy_for
from bot.process.version import VERSION
from pandapon.transport import trusted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import SecretStr

    from bot.settings import Settings

SECONDS = 10.0
REFUSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


async def traces(settings: Settings) -> str:
    """Send an empty export to the collector. Returns what is wrong; empty: nothing."""
    specific = settings.otel_exporter_otlp_traces_endpoint
    url = specific or f"{settings.collector.rstrip('/')}/v1/traces"
    headers = settings.otel_exporter_otlp_traces_headers or settings.otel_exporter_otlp_headers
    return await _posted(settings, url, b"", {"Content-Type": "application/x-protobuf", **dict(_pairs(headers))})


async def error_reports(settings: Settings) -> str:
    """Send an empty envelope to Sentry. Returns what is wrong; empty: nothing."""
    assert settings.sentry_dsn is not None
    dsn = urlsplit(settings.sentry_dsn.get_secret_value())
    before, _, project = dsn.path.rpartition("/")
    host = dsn.netloc.rpartition("@")[2]
    key = f"Sentry sentry_version=7, sentry_client=pandabot/{VERSION}, sentry_key={dsn.username}"
    url = f"{dsn.scheme}://{host}{before}/api/{project}/envelope/"
    headers = {"Content-Type": "application/x-sentry-envelope", "X-Sentry-Auth": key}
    return await _posted(settings, url, b"{}\n", headers)


async def _posted(settings: Settings, url: str, body: bytes, headers: dict[str, str]) -> str:
    certificates = trusted(str(settings.certificates)) if settings.certificates else True
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(url, data=body, headers=headers, proxy=proxy_for(url, settings), ssl=certificates) as answer,
        ):
            status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return f"cannot be reached ({type(error).__name__})"
    if status in REFUSED:
        return f"refuses the key ({status})"
    is_there = status <= HTTPStatus.BAD_REQUEST  # 400: some servers do not take an empty export
    return "" if is_there else f"answers with status {status}"


def _pairs(headers: SecretStr | None) -> Iterator[tuple[str, str]]:
    for pair in headers.get_secret_value().split(",") if headers else ():
        name, _, value = pair.partition("=")
        yield name.strip(), unquote(value.strip())
