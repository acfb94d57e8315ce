"""What a refusal says, and that it says so in one line."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from pandapon.envelope import open_envelope
from pandapon.errors import ApiError, PandaPonError

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
    said = str(refusal(status, **envelope))
    assert said.isprintable()
    assert "拒绝 2026-03-02 08:00:00 INFO bot" in said
    assert len(said.splitlines()) == 1


def test_words_are_kept_in_length() -> None:
    """A page of text is cut to a sentence's length, after its white space was folded."""
    said = str(refusal(code=400, msg="\n" * 300 + "x " * 400))
    assert said.endswith(" (code 400)")
    assert "x x x" in said
    assert len(said) < 260


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
