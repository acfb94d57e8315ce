"""The five headers, and what a server must refuse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandapon import signing
from pandapon.signing import SignatureError, Signer, StaleError

NOW = datetime(2026, 3, 2, 1, 2, 3, 456000, tzinfo=UTC)
KEY, SECRET, USER, NONCE = "a" * 32, "s" * 32, "2100007341207", "n" * 32
SIGNER = Signer(KEY, SECRET, USER)


def test_signature_is_stable() -> None:
    """The digest of known parts stays what it is: a regression value of our own, the vendor publishes none."""
    assert signing.signature(KEY, "1772413323", NONCE, SECRET) == "6D43B47744ED7DD444CB67395DA14317"


@pytest.mark.parametrize(("unit", "sent"), [("s", "1772413323"), ("ms", "1772413323456")])
def test_timestamp_has_the_unit_of_the_setting(unit: signing.Unit, sent: str) -> None:
    """Seconds have 10 digits, milliseconds 13."""
    assert Signer(KEY, SECRET, USER, unit).headers(NOW)["timestamp"] == sent


def test_headers_are_the_documented_five() -> None:
    """All five travel as headers; the nonce has 32 characters and is new each time."""
    first, other = SIGNER.headers(NOW), SIGNER.headers(NOW)
    assert set(first) == {"access-key", "timestamp", "nonce-str", "user-id", "signature"}
    assert len(first["nonce-str"]) == 32
    assert first["nonce-str"] != other["nonce-str"]
    assert SECRET not in "".join(first.values())


def test_user_id_takes_no_part_in_the_signature() -> None:
    """Another sub-account, same signature."""
    other = Signer(KEY, SECRET, "7")
    assert SIGNER.headers(NOW, NONCE)["signature"] == other.headers(NOW, NONCE)["signature"]


def test_order_and_separator_can_be_changed() -> None:
    """Both knobs change the string that is signed."""
    default = SIGNER.headers(NOW, NONCE)["signature"]
    secret_first = Signer(KEY, SECRET, USER, order=("secret", "access-key", "timestamp", "nonce-str"))
    assert secret_first.headers(NOW, NONCE)["signature"] != default
    assert Signer(KEY, SECRET, USER, separator="&").headers(NOW, NONCE)["signature"] != default


@given(nonce=st.none() | st.text("abc123", min_size=32, max_size=32), unit=st.sampled_from(["s", "ms"]))
def test_what_is_signed_is_accepted(nonce: str | None, unit: signing.Unit) -> None:
    """A server that knows the secret accepts every signed request within the window."""
    headers = Signer(KEY, SECRET, USER, unit).headers(NOW, nonce)
    for offset in (-599, 0, 599):
        now = NOW + timedelta(seconds=offset)
        signing.verify(headers, access_key=KEY, access_secret=SECRET, unit=unit, now=now)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"signature": "0" * 32}, "signature mismatch"),
        ({"nonce-str": "m" * 32}, "signature mismatch"),
        ({"access-key": "b" * 32}, "unknown access-key"),
        ({"nonce-str": "short"}, "32 characters"),
        ({"user-id": ""}, "missing header: user-id"),
        ({"access-key": "密钥"}, "unknown access-key"),
    ],
)
def test_a_changed_header_is_refused(change: dict[str, str], reason: str) -> None:
    """Whatever is tampered with, the refusal says which check failed."""
    headers = {**SIGNER.headers(NOW, NONCE), **change}
    with pytest.raises(SignatureError, match=reason):
        signing.verify(headers, access_key=KEY, access_secret=SECRET, now=NOW)


@pytest.mark.parametrize("offset", [-601, 601, 86_400])
def test_a_stale_or_future_request_is_refused(offset: int) -> None:
    """More than 600 seconds off, in either direction, is stale."""
    with pytest.raises(StaleError, match="600 s"):
        signing.verify(SIGNER.headers(NOW), access_key=KEY, access_secret=SECRET, now=NOW + timedelta(seconds=offset))


def test_the_other_unit_is_refused_as_stale() -> None:
    """Milliseconds read as seconds lie in a far future."""
    headers = Signer(KEY, SECRET, USER, "ms").headers(NOW)
    with pytest.raises(StaleError):
        signing.verify(headers, access_key=KEY, access_secret=SECRET, unit="s", now=NOW)


@pytest.mark.parametrize("sent", ["", "now", "１７７２４１３３２３", "-5"])
def test_a_timestamp_that_is_no_number_is_refused(sent: str) -> None:
    """Only plain digits are a timestamp."""
    with pytest.raises(SignatureError):
        signing.verify({**SIGNER.headers(NOW), "timestamp": sent}, access_key=KEY, access_secret=SECRET, now=NOW)


@pytest.mark.parametrize("key", ["key with space", "line\nfeed", "密钥", "tab\t"])
def test_a_key_that_no_header_can_carry_is_refused_without_being_repeated(key: str) -> None:
    """A key copied with something else is found at start, and the message does not show it."""
    with pytest.raises(ValueError, match="access key") as caught:
        Signer(key, SECRET, USER)
    assert key not in str(caught.value)


def test_the_secret_is_not_in_the_repr() -> None:
    """A signer can be logged."""
    assert SECRET not in repr(SIGNER)
