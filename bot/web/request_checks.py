"""Checks the size, time, form and signature of each request before a handler sees it.

The cheapest check comes first: the head, then the body within its time, the signature over its raw bytes, and last its
contents.
"""

from __future__ import annotations

import asyncio
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import hdrs, web
from aiohttp.http import HttpProcessingError
from slack_sdk.signature import SignatureVerifier

from bot.web.connections import ClientConnection
from bot.web.payloads import MalformedPayloadError, read

if TYPE_CHECKING:
    from bot.web.connections import Connections

BODY_LIMIT = 1024 * 1024  # bytes; Slack's payloads are well below this
UNSIGNED_LIMIT = 1024  # bytes; Slack's only unsigned request is its certificate check
STAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"
_STAMP, _SIGNATURE = re.compile(r"[0-9]{1,12}"), re.compile(r"v0=[0-9a-f]{64}")
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


class RefusedError(Exception):
    """The request is refused. Its sender and the log get only the text of this error."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status


def guard(connections: Connections) -> Any:
    """Return the middleware that answers refusals and tells the connection how far its request is."""

    @web.middleware
    async def around(request: web.Request, handler: Any) -> web.StreamResponse:
        connection = request.protocol
        assert isinstance(connection, ClientConnection), "served by a bot.web.connections.Site"
        connection.head_received()
        if not request.can_read_body:
            connection.request_received()
        try:
            answer: web.StreamResponse = await handler(request)
        except RefusedError as refused:
            connections.refusals.note(f"{refused.status} {refused}")
            return short(refused.status, str(refused))
        except ConnectionError:  # closed by us or by the sender: nobody gets the answer
            return short(HTTPStatus.BAD_REQUEST, "the connection was lost")
        else:
            return answer
        finally:
            connection.request_answered()

    return around


def short(status: HTTPStatus, line: str) -> web.Response:
    """Return an answer of one line, which closes the connection."""
    answer = web.Response(status=status, text=f"{line}\n")
    answer.force_close()
    return answer


async def body(request: web.Request, limit: int = BODY_LIMIT) -> bytes:
    """Read the raw body within the request's time. Raises RefusedError, and ConnectionError for a lost sender."""
    connection = request.protocol
    assert isinstance(connection, ClientConnection), "served by a bot.web.connections.Site"
    if request.headers.get(hdrs.CONTENT_ENCODING, "identity").lower() != "identity":
        raise RefusedError(HTTPStatus.BAD_REQUEST, "compressed bodies are not taken")
    try:
        async with asyncio.timeout_at(connection.deadline):
            content = await _read(request, limit)
    except TimeoutError:
        raise RefusedError(HTTPStatus.REQUEST_TIMEOUT, "the request did not come in time") from None
    except (web.RequestPayloadError, HttpProcessingError):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "the body is broken") from None
    connection.request_received()
    return content


async def _read(request: web.Request, limit: int) -> bytes:
    _check_size(request.content_length or 0, limit)
    parts = bytearray()
    async for part in request.content.iter_any():
        parts += part
        _check_size(len(parts), limit)
    return bytes(parts)


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the request is too large")


class SlackVerifier:
    """Admits only requests that Slack has signed."""

    def __init__(self, signing_secret: str) -> None:
        self._verifier = SignatureVerifier(signing_secret)

    async def admit(self, request: web.Request) -> dict[str, Any]:
        """Return the payload of a request that Slack signed within five minutes; ``{}`` for its certificate check.

        Raises RefusedError: 400 for a wrong form, 401 for a wrong signature, 408 and 413 for a body too slow or large.
        """
        kind = request.content_type
        if kind not in {FORM, JSON} or (request.charset or "utf-8").lower() not in {"utf-8", "utf8"}:
            raise RefusedError(HTTPStatus.BAD_REQUEST, "the content type is neither a form nor JSON")
        if STAMP not in request.headers and SIGNATURE not in request.headers and kind == FORM:
            return await self._unsigned(request)
        stamp, signature = _single_header(request, STAMP, _STAMP), _single_header(request, SIGNATURE, _SIGNATURE)
        raw = await body(request)
        try:
            genuine = self._verifier.is_valid(raw, stamp, signature)
        except UnicodeDecodeError:
            raise RefusedError(HTTPStatus.BAD_REQUEST, "the body is not UTF-8") from None
        if not genuine:
            raise RefusedError(HTTPStatus.UNAUTHORIZED, "the signature is wrong or older than five minutes")
        try:
            return read(raw.decode(), is_json=kind == JSON)
        except MalformedPayloadError as error:
            raise RefusedError(HTTPStatus.BAD_REQUEST, str(error)) from None

    async def _unsigned(self, request: web.Request) -> dict[str, Any]:
        """Accept Slack's certificate check, an unsigned ``ssl_check=1&token=…``. It has no effect."""
        if request.content_length is not None and request.content_length <= UNSIGNED_LIMIT:
            fields = (await body(request, UNSIGNED_LIMIT)).split(b"&")
            if b"ssl_check=1" in fields:
                return {}
        raise RefusedError(HTTPStatus.UNAUTHORIZED, "the request is not signed")


def _single_header(request: web.Request, name: str, form: re.Pattern[str]) -> str:
    values = request.headers.getall(name, [])
    if len(values) != 1 or not form.fullmatch(values[0]):
        raise RefusedError(HTTPStatus.UNAUTHORIZED, f"{name} is missing or malformed")
    return str(values[0])
