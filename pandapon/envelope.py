"""The envelope around every answer: success is ``code`` 200, everything else is one of our errors."""

from __future__ import annotations

import hashlib
import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pandapon.errors import (
    ApiError,
    AuthError,
    DecodeError,
    NotFoundError,
    NotShippedError,
    PandaPonError,
    RateLimitError,
    ServerError,
    TimestampError,
)

if TYPE_CHECKING:
    import httpx

SUCCESS = 200
# The vendor's error table could not be read. What is matched here are upstream codes and words [upstream], and plain
# words of the trade [inferred]; anything else stays an ApiError that shows its own code and text.
_NOT_SHIPPED = re.compile(r"500_2|尚未发货|未发货|没有物流|无物流|暂无物流|no logistics|not shipped", re.IGNORECASE)
_NOT_FOUND = re.compile(r"订单不存在|不存在|未找到|查无|nopermission|no permission|not found|not exist", re.IGNORECASE)
_TIMESTAMP = re.compile(r"timestamp|时间戳|请求过期|请求已过期|请求时间", re.IGNORECASE)
_AUTH = re.compile(r"sign|签名|access.?key|access.?secret|nonce|unauthori|鉴权|未授权|无权限|token", re.IGNORECASE)
_RATE = re.compile(r"rate.?limit|too many|频繁|限流|请求过多|次数超|quota", re.IGNORECASE)
_AUTH_CODES = frozenset({"401", "403"})
_MARK = b'"data":'


def fingerprint(body: bytes) -> bytes | None:
    """16 bytes over the part of a successful answer that matters; None when that part is not plain to see.

    requestId and msg change from call to call. The marker must be alone, and the head before it must say success, so
    an error can never look like what was read before.
    """
    at = body.find(_MARK)
    if at < 0 or body.find(_MARK, at + 1) >= 0 or not _says_success(body[:at]):
        return None
    return hashlib.blake2b(body[at:], digest_size=16).digest()


def _says_success(head: bytes) -> bool:
    return b'"code":200,' in head.replace(b" ", b"")


def open_envelope(response: httpx.Response, body: bytes) -> Any:
    """The ``data`` of a successful answer. Raises one of our errors for anything else."""
    if response.status_code == 429:  # noqa: PLR2004  the HTTP status
        raise RateLimitError("PandaPon asks to slow down", retry_after=retry_after(response))
    if response.status_code >= 500:  # noqa: PLR2004  the HTTP status class
        raise ServerError(f"PandaPon failed with HTTP {response.status_code}")
    envelope = decode(body, response.status_code)
    code, text = str(envelope.get("code", "")), str(envelope.get("msg") or "")
    request_id = str(envelope.get("requestId") or "")
    if code != str(SUCCESS) or response.status_code >= 400:  # noqa: PLR2004  the same
        raise _refusal(response, code or str(response.status_code), text, request_id)
    data = unwrapped(envelope.get("data"))
    _check_inner(data, request_id)
    return data


def decode(body: bytes, status: int) -> dict[str, Any]:
    """The envelope. Integers stay exact, fractions are Decimal. Raises DecodeError, or NotFoundError for HTTP 404."""
    try:
        found = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    if status == 404:  # noqa: PLR2004  the HTTP status
        raise NotFoundError("PandaPon knows no such address (HTTP 404)", code="404")
    if status >= 400:  # noqa: PLR2004  the HTTP status class
        raise ApiError(f"PandaPon refused with HTTP {status}", code=str(status))
    raise DecodeError("the answer is not the JSON object that it should be")


def unwrapped(data: Any) -> Any:
    """Data that came as a JSON text within the JSON, unpacked."""
    if isinstance(data, str) and data[:1] in {"{", "["}:
        try:
            return json.loads(data, parse_float=Decimal)
        except (ValueError, RecursionError):
            return data
    return data


def retry_after(response: httpx.Response) -> float | None:
    """Seconds, when the server says a sensible number of them."""
    text = response.headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 6 else None  # noqa: PLR2004  a day and more


def _check_inner(data: Any, request_id: str) -> None:
    """Some 1688 calls nest a second verdict in their data."""
    if isinstance(data, dict) and str(data.get("success", "")).casefold() == "false":
        code, text = str(data.get("errorCode") or ""), str(data.get("errorInfo") or data.get("errorMsg") or "")
        raise _named(code, text, request_id)


def _refusal(response: httpx.Response, code: str, text: str, request_id: str) -> PandaPonError:
    if code == "429":
        return RateLimitError("PandaPon asks to slow down", retry_after=retry_after(response), request_id=request_id)
    if response.status_code in {401, 403} or code in _AUTH_CODES:
        kind = TimestampError if _TIMESTAMP.search(text) else AuthError
        return kind(f"PandaPon refused the signature: {_said(code, text)}", code=code, request_id=request_id)
    return _named(code, text, request_id)


def _named(code: str, text: str, request_id: str) -> PandaPonError:  # noqa: PLR0911  one line an error
    said, both = _said(code, text), f"{code} {text}"
    if _NOT_SHIPPED.search(both):
        return NotShippedError(f"not shipped yet: {said}", code=code, request_id=request_id)
    if _TIMESTAMP.search(both):
        return TimestampError(f"PandaPon refused the timestamp: {said}", code=code, request_id=request_id)
    if _RATE.search(both):
        return RateLimitError(f"PandaPon asks to slow down: {said}", request_id=request_id)
    if code == "404" or _NOT_FOUND.search(both):
        return NotFoundError(f"PandaPon knows no such thing: {said}", code=code, request_id=request_id)
    if _AUTH.search(both):
        return AuthError(f"PandaPon refused the signature: {said}", code=code, request_id=request_id)
    if re.fullmatch(r"5\d\d", code):
        return ServerError(f"PandaPon failed: {said}", request_id=request_id)
    return ApiError(f"PandaPon refused: {said}", code=code, request_id=request_id)


def _said(code: str, text: str) -> str:
    return f"{text[:200] or 'no reason given'} (code {code[:40]})"
