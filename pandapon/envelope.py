"""The envelope around every answer: ``code`` 200 is a success, every other code becomes one of our errors."""

from __future__ import annotations

import hashlib
import re
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
from pandapon.fields import flag, loads, text
from pandapon.unclear import leaves_open
from pandapon.waits import retry_after

if TYPE_CHECKING:
    from pandapon.transport import Head

SUCCESS = "200"
# The vendor's error table could not be read. Errors are told apart by the upstream's codes and words [upstream] and by
# plain words of the trade [inferred]; any other error is an ApiError with its own code and text.
_NOT_SHIPPED = re.compile(r"500_2|尚未发货|未发货|没有物流|无物流|暂无物流|no logistics|not shipped", re.IGNORECASE)
_NOT_FOUND = re.compile(r"不存在|未找到|查无|nopermission|no permission|not found|not exist", re.IGNORECASE)
REFUSED = "PandaPon refused: "  # begins the message of a refusal whose kind is not known
_TIMESTAMP = re.compile(r"timestamp|时间戳|请求已?过期|请求时间.{0,4}(?:过期|无效|误差|不正确)", re.IGNORECASE)
_AUTH = re.compile(
    r"signature|\bsign\b|签名|验签|access.?key|access.?secret|nonce|unauthori|鉴权|未授权|无权限|\btoken\b",
    re.IGNORECASE,
)
_RATE = re.compile(r"rate.?limit|too many|频繁|限流|请求过多|次数超|\bquota\b", re.IGNORECASE)
_FAILED = re.compile(r"5\d\d")
# The words of a refusal that a log may repeat at DEBUG: words of the trade, which name no person and no place.
_TRADE = re.compile(
    r"时间戳|签名|验签|过期|无效|错误|失败|不正确|不能为空|缺少|参数|格式|重复|权限|授权|鉴权|密钥|账号|用户|限流|频繁|次数"
    r"|超时|系统|服务|异常|繁忙|维护|订单|子订单|商品|物流|运单|发货|退款|支付|取消"
    r"|不存在|未找到|查无|没有|暂无|尚未|不支持"
    r"|\b(?:timestamp|signature|sign|nonce|access.?key|token|expired|invalid|missing|required|parameter|format"
    r"|duplicate|permission|unauthori[sz]ed|denied|rate.?limit|too many|quota|timeout|internal|server|error|failed"
    r"|busy|order|goods|logistics|shipped|refund|payment|cancel(?:led)?|not|no|found|exist|supported)\b",
    re.IGNORECASE,
)
_AUTH_CODES = frozenset({"401", "403"})
_MARK = b'"data":'


def fingerprint(body: bytes) -> bytes | None:
    """Return a 16-byte hash of a successful answer's data, without decoding it; None: the data are not found for sure.

    requestId and msg change from call to call, so they must come before the data. The marker of the data must occur
    once, behind a head with the code of success, so that an error never has the fingerprint of an earlier answer.
    """
    at = body.find(_MARK)
    if at < 0 or body.find(_MARK, at + 1) >= 0 or body.find(b'"requestId"', at) >= 0:
        return None
    if b'"code":200,' not in body[:at].replace(b" ", b""):
        return None
    return hashlib.blake2b(body[at:], digest_size=16).digest()


def open_envelope(response: Head, body: bytes, *, writes: bool = False) -> Any:
    """Return the ``data`` of a successful answer. Raises the fitting PandaPonError for any other answer.

    Data that are a JSON text are decoded; missing or blank ones are None. ``writes``: the call changes the account.
    Then an answer that leaves open whether the change was made raises ServerError.
    """
    status = response.status_code
    envelope = _decoded(body)
    if envelope is None:
        raise _without_envelope(response, writes=writes)
    code, words = text(envelope, "code")[:1000], _text(envelope.get("msg"))
    call_id = _line(_text(envelope.get("requestId")), 64)
    if code != SUCCESS or status >= 300:  # noqa: PLR2004  beyond the HTTP statuses of success
        code = code if code not in {"", SUCCESS} else str(status)
        _check_open(response, code, words, call_id, writes=writes)
        raise _refusal(response, code, words, call_id)
    data = envelope.get("data")
    if isinstance(data, str):
        data = _unpacked(data.strip()) if data.strip() else None
    _check_inner(data, response, call_id, writes=writes)
    return data


def request_id(body: bytes) -> str:
    """Return the vendor's id of the call in an answer, for a support request; empty where there is none."""
    return _line(_text((_decoded(body) or {}).get("requestId")), 64)


def trade_words(refusal: str) -> str:
    """Return the words of a refusal that a log may hold: those of the trade. Others may name people and addresses."""
    return " ".join(_TRADE.findall(refusal)) or "none of the trade"


def _decoded(body: bytes) -> dict[str, Any] | None:
    try:
        envelope = loads(body)
    except ValueError:
        return None
    return envelope if isinstance(envelope, dict) else None


def _unpacked(data: str) -> Any:
    """The data, decoded if they are a JSON text within the JSON."""
    if data[:1] not in {"{", "["}:
        return data
    try:
        return loads(data)
    except ValueError:
        return data


def _check_open(response: Head, code: str, words: str, request_id: str, *, writes: bool) -> None:
    """Raise ServerError for an answer to a write that leaves open whether the change was made.

    Code and words decide (see :func:`pandapon.unclear.leaves_open`). An HTTP status 5xx leaves it open as well, unless
    the words give a reason for which nothing was begun.
    """
    status, described = response.status_code, f"{code} {words}"
    is_named = any(pattern.search(described) for pattern in (_NOT_SHIPPED, _TIMESTAMP, _RATE))
    if writes and (leaves_open(status, code, words) or (status >= 500 and not is_named)):  # noqa: PLR2004  of HTTP
        raise ServerError(f"PandaPon failed: {_quoted(code, words)}", code=code, request_id=request_id)


def _without_envelope(response: Head, *, writes: bool) -> PandaPonError:
    """The error of an answer without an envelope, such as a proxy's page: only its HTTP status counts."""
    status = response.status_code
    if writes and status in {408, 499}:  # a proxy gave up waiting
        return ServerError(f"PandaPon failed with HTTP {status}", code=str(status))
    if status >= 500 or status == 429:  # noqa: PLR2004  HTTP statuses
        return _refusal(response, str(status), "", "")
    if status in {401, 403, 404}:
        return _refusal(response, str(status), "no JSON in the answer", "")
    if status >= 300:  # noqa: PLR2004  beyond the HTTP statuses of success
        return ApiError(f"PandaPon refused with HTTP {status}", code=str(status))
    return DecodeError("the answer is not the JSON object that it should be")


def _check_inner(data: Any, response: Head, request_id: str, *, writes: bool) -> None:
    """Raise the error of a refusal within the data, where some 1688 operations put it [stated for v1]."""
    if isinstance(data, dict) and flag(data.get("success")) is False:
        words = _text(data.get("errorInfo")) or _text(data.get("errorMsg")) or _text(data.get("errorMessage"))
        code = _text(data.get("errorCode"))
        _check_open(response, code, words, request_id, writes=writes)
        raise _refusal_by_words(response, code, words, request_id)


def _refusal(response: Head, code: str, words: str, request_id: str) -> PandaPonError:
    """The error of a refusal: by its code and words first, by the HTTP status second."""
    status = response.status_code
    if status == 429 or code == "429":  # noqa: PLR2004  the HTTP status
        return _too_fast(response, code, words, request_id)
    if status in {401, 403} or code in _AUTH_CODES:
        kind = TimestampError if _TIMESTAMP.search(words) else AuthError
        return kind(f"PandaPon refused the signature: {_quoted(code, words)}", code=code, request_id=request_id)
    error = _refusal_by_words(response, code, words, request_id)
    if status >= 500 and type(error) is ApiError:  # noqa: PLR2004  the HTTP status class
        message = f"PandaPon failed with HTTP {status}: {_quoted(code, words)}"
        return ServerError(message, code=code, request_id=request_id)
    return error


def _refusal_by_words(response: Head, code: str, words: str, request_id: str) -> PandaPonError:
    """The error of a refusal by its code and words alone."""
    quoted, described = _quoted(code, words), f"{code} {words}"
    if _RATE.search(described):
        return _too_fast(response, code, words, request_id)
    if _FAILED.fullmatch(code) and not _NOT_SHIPPED.search(described) and not _TIMESTAMP.search(described):
        return ServerError(f"PandaPon failed: {quoted}", code=code, request_id=request_id)
    for kind, pattern, sentence in _KINDS:
        if pattern.search(described):
            return kind(f"{sentence}: {quoted}", code=code, request_id=request_id)
    if code == "404":
        return NotFoundError(f"PandaPon knows no such thing: {quoted}", code=code, request_id=request_id)
    return ApiError(f"{REFUSED}{quoted}", code=code, request_id=request_id)


_KINDS: tuple[tuple[type[ApiError], re.Pattern[str], str], ...] = (
    (NotShippedError, _NOT_SHIPPED, "not shipped yet"),
    (TimestampError, _TIMESTAMP, "PandaPon refused the timestamp"),
    (NotFoundError, _NOT_FOUND, "PandaPon knows no such thing"),
    (AuthError, _AUTH, "PandaPon refused the signature"),
)


def _too_fast(response: Head, code: str, words: str, request_id: str) -> RateLimitError:
    message = f"PandaPon asks to slow down: {_quoted(code, words)}"
    return RateLimitError(message, retry_after=retry_after(response.headers), code=code, request_id=request_id)


def _quoted(code: str, words: str) -> str:
    return f"{_line(words, 200) or 'no reason given'} (code {_line(code, 40) or 'missing'})"


def _line(text: str, longest: int) -> str:
    """The text as one short printable line, so that the vendor's words never look like log lines of ours."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:longest]


def _text(value: Any) -> str:
    return "" if value is None else str(value)[:1000]
