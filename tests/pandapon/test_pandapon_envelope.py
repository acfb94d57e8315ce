"""What a refusal says, and that it says so in one line."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from pandapon.envelope import open_envelope
from pandapon.errors import ApiError, AuthError, PandaPonError, RateLimitError, ServerError

FORGED = "拒绝\r\n2026-03-02 08:00:00 INFO  bot\u2028all is well\x1b[2K\x00\x85\u200bend"


def refusal(status: int = 200, **envelope: Any) -> PandaPonError:
    """What is raised for this answer."""
    with pytest.raises(PandaPonError) as caught:
        open_envelope(httpx.Response(status), json.dumps(envelope).encode())
    return caught.value


@pytest.mark.parametrize(
    ("status", "envelope"),
    [
        (200, {"code": 400, "msg": FORGED}),
        (200, {"code": FORGED, "msg": "no"}),
        (200, {"code": 429, "msg": FORGED}),
        (200, {"code": 401, "msg": FORGED}),
        (200, {"code": 501, "msg": FORGED}),
        (200, {"code": "500_2", "msg": FORGED}),
        (503, {"code": 9, "msg": FORGED}),
        (200, {"code": 200, "data": {"success": False, "errorInfo": FORGED, "errorCode": FORGED}}),
    ],
)
def test_the_vendors_words_are_one_line(status: int, envelope: dict[str, Any]) -> None:
    """No answer can forge a line of the log, or move its cursor."""
    text = str(refusal(status, **envelope))
    assert text.isprintable()
    assert "拒绝 2026-03-02 08:00:00 INFO bot" in text
    assert len(text.splitlines()) == 1


def test_words_are_kept_in_length() -> None:
    """A page of text is cut to a sentence's length, after its white space was folded."""
    text = str(refusal(code=400, msg="\n" * 300 + "x " * 400))
    assert text.endswith(" (code 400)")
    assert "x x x" in text
    assert len(text) < 260


def test_the_requests_id_is_one_line_too() -> None:
    """It is logged beside the words."""
    error = refusal(code=400, msg="no", requestId=FORGED + "7" * 90)
    assert error.request_id.isprintable()
    assert len(error.request_id) <= 64


def test_ordinary_words_stay_as_they_are() -> None:
    """What a person reads is what the vendor wrote."""
    error = refusal(code=400, msg="参数错误：orderId", requestId="a" * 32)
    assert str(error) == "PandaPon refused: 参数错误：orderId (code 400)"
    assert isinstance(error, ApiError)
    assert (error.code, error.request_id) == ("400", "a" * 32)


def error_kind(envelope: dict[str, Any], status: int = 200, *, writes: bool = True) -> type[PandaPonError]:
    """The kind of error that this answer is."""
    with pytest.raises(PandaPonError) as caught:
        open_envelope(httpx.Response(status), json.dumps(envelope).encode(), writes=writes)
    return type(caught.value)


@pytest.mark.parametrize(
    "envelope",
    [
        {"code": "isp.remote-service-timeout", "msg": "Remote service timeout"},
        {"code": -1, "msg": "系统繁忙，请稍后重试"},
        {"code": "-1", "msg": "服务超时"},
        {"code": "500_1", "msg": "系统异常"},
        {"code": "500_2", "msg": "系统超时"},
        {"code": "SYSTEM_ERROR", "msg": ""},
        {"code": 10500, "msg": "接口调用超时"},
        {"code": 10500, "msg": ""},
        {"code": 1001, "msg": "签名服务内部错误"},
        {"code": 1001, "msg": "账户 token 服务内部错误"},
        {"code": 1001, "msg": "请求过多，调用超时"},
        {"code": 408, "msg": ""},
        {"code": 0, "msg": "success"},
        {"msg": "成功"},
        {"code": 200, "data": {"success": False, "errorCode": "SYSTEM_ERROR", "errorMsg": "系统异常"}},
        {"code": 200, "data": {"success": False, "errorCode": "isp.top-remote-connection-timeout"}},
        {"code": 200, "data": {"success": False}},
    ],
)
def test_a_failure_that_may_have_come_after_the_work_is_no_refusal_of_a_write(envelope: dict[str, Any]) -> None:
    """A second order is dearer than a look at the account."""
    assert error_kind(envelope) is ServerError


@pytest.mark.parametrize(
    "envelope",
    [
        {"code": "STOCK_NOT_ENOUGH", "msg": "库存不足，剩余 2 件"},
        {"code": "STOCK_NOT_ENOUGH", "msg": ""},
        {"code": "500_2", "msg": "订单尚未发货"},
        {"code": "isv.logistics-offline-service-error:B60", "msg": "服务错误"},
        {"code": 1001, "msg": "订单超时未支付，已关闭"},
        {"code": 1001, "msg": "订单状态异常"},
        {"code": 400, "msg": ""},
        {"code": 401, "msg": "系统签名错误"},
        {"code": 429, "msg": "系统繁忙"},
        {"code": 1002, "msg": "操作频繁"},
        {"code": "404", "msg": "订单不存在"},
        {"code": 200, "data": {"success": False, "errorCode": "ORDER_STATUS_ERROR", "errorInfo": "不允许该操作"}},
    ],
)
def test_a_refusal_that_names_its_reason_stays_one(envelope: dict[str, Any]) -> None:
    """The person reads the reason at once."""
    assert issubclass(error_kind(envelope), ApiError | RateLimitError)


def test_http_says_it_of_a_write_too() -> None:
    """A proxy that gave up waiting, and a server that broke whatever its words name; one that refuses by its gate."""
    assert error_kind({"code": 1001, "msg": "token"}, 500) is ServerError
    assert error_kind({"code": 1001, "msg": "token"}, 500, writes=False) is AuthError
    assert error_kind({"code": 1001, "msg": "系统异常"}, 403) is AuthError
    with pytest.raises(ServerError):
        open_envelope(httpx.Response(408), b"<html>", writes=True)


def test_a_reading_keeps_its_error() -> None:
    """It is asked again anyway."""
    assert error_kind({"code": "SYSTEM_ERROR", "msg": "系统异常"}, writes=False) is ApiError
