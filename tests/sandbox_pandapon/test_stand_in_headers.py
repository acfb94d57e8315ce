"""The five headers at the PandaPon stand-in: what it lets in, and why it refuses the rest."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.fake_pandapon import KEY, SECRET, USER, FakePandaPon

from pandapon import errors
from pandapon.signing import Signer, signature
from sandbox.pandapon.demo import FIRST


async def test_a_signed_request(pandapon: FakePandaPon) -> None:
    """Five right headers open the account; the envelope has the vendor's fields."""
    envelope = await pandapon.ask("trace", orderId=FIRST)
    assert set(envelope) == {"requestId", "code", "developId", "msg", "data"}
    assert (envelope["code"], len(envelope["requestId"])) == (200, 32)
    assert envelope["data"][0]["logisticsBillNo"] == "78012345678901"


@pytest.mark.parametrize("name", ["access-key", "timestamp", "nonce-str", "user-id", "signature"])
async def test_each_header_is_needed(pandapon: FakePandaPon, name: str) -> None:
    """A request that lacks one of the five is refused, by that header's name."""
    headers = pandapon.headers()
    del headers[name]
    envelope = await pandapon.ask("trace", headers, orderId=FIRST)
    assert (envelope["code"], envelope["data"]) == (401, None)
    assert name in envelope["msg"]


@pytest.mark.parametrize(("shift", "code"), [(-601, 401), (-599, 200), (0, 200), (599, 200), (601, 401)])
async def test_the_window(pandapon: FakePandaPon, shift: float, code: int) -> None:
    """A timestamp counts for 600 seconds to either side of the server's clock."""
    envelope = await pandapon.ask("trace", pandapon.headers(shift), orderId=FIRST)
    assert envelope["code"] == code
    assert ("timestamp" in envelope["msg"]) == (code == 401)


async def test_a_wrong_secret_and_a_wrong_key(pandapon: FakePandaPon) -> None:
    """A signature by another secret and an unknown key are refused; neither is repeated."""
    wrong = await pandapon.ask("trace", pandapon.headers(secret="another-secret"), orderId=FIRST)
    unknown = await pandapon.ask("trace", pandapon.headers(key="another-key"), orderId=FIRST)
    assert [answer["code"] for answer in (wrong, unknown)] == [401, 401]
    assert "another" not in wrong["msg"] + unknown["msg"]
    assert SECRET not in wrong["msg"] + unknown["msg"]


@pytest.mark.parametrize(
    ("name", "value"), [("nonce-str", "short"), ("timestamp", "now"), ("timestamp", "١٢٣"), ("signature", "A" * 32)]
)
async def test_malformed_headers(pandapon: FakePandaPon, name: str, value: str) -> None:
    """A nonce of another length, a timestamp that is no number, and a made-up signature are refused."""
    headers = pandapon.headers() | {name: value}
    assert (await pandapon.ask("trace", headers, orderId=FIRST))["code"] == 401


async def test_the_nonce_is_signed(pandapon: FakePandaPon) -> None:
    """Another nonce needs another signature; the user id is free."""
    headers = pandapon.headers()
    other = {"nonce-str": "n" * 32}
    assert (await pandapon.ask("trace", headers | other, orderId=FIRST))["code"] == 401
    other["signature"] = signature(KEY, headers["timestamp"], "n" * 32, SECRET)
    assert (await pandapon.ask("trace", headers | other, orderId=FIRST))["code"] == 200
    assert (await pandapon.ask("trace", pandapon.headers() | {"user-id": "1"}, orderId=FIRST))["code"] == 200


async def test_the_other_unit(pandapon: FakePandaPon) -> None:
    """A server that counts in milliseconds refuses seconds as stale, and takes milliseconds."""
    pandapon.server.timestamp_unit = "ms"
    assert (await pandapon.ask("trace", orderId=FIRST))["code"] == 401
    headers = Signer(KEY, SECRET, USER, unit="ms").headers(pandapon.clock())
    assert (await pandapon.ask("trace", headers, orderId=FIRST))["code"] == 200


@pytest.mark.parametrize("minutes", [-11, 11])
async def test_a_clock_that_is_off(pandapon: FakePandaPon, minutes: int) -> None:
    """A server whose clock is eleven minutes off refuses, and its Date header tells why."""
    pandapon.server.faults.clock_skew = timedelta(minutes=minutes)
    envelope = await pandapon.ask("trace", orderId=FIRST)
    assert (envelope["code"], "timestamp" in envelope["msg"]) == (401, True)
    async with pandapon.client() as client:
        await client.probe()  # once refused, it reads the Date header and signs by the server's clock
        assert client.skew is not None
        assert client.skew.total_seconds() == pytest.approx(minutes * 60, abs=2)
    assert pandapon.server.count("/order/page") == 2


async def test_the_bots_client(pandapon: FakePandaPon) -> None:
    """The bot's client is let in with the right secret, and told that the signature is wrong without it."""
    async with pandapon.client() as client:
        await client.probe()
    pandapon.server.access_secret = "changed"
    async with pandapon.client() as client:
        with pytest.raises(errors.AuthError, match="签名"):
            await client.probe()


async def test_what_is_noted_of_a_request(pandapon: FakePandaPon) -> None:
    """Path, query and status are kept, the headers are not; listeners hear of the answer too."""
    heard: list[str] = []
    pandapon.server.on_request.append(lambda seen, headers, answer: heard.append(f"{seen.status} {answer[:9]}"))
    await pandapon.ask("trace", orderId=FIRST)
    [seen] = pandapon.server.requests
    assert (seen.method, seen.query, seen.status) == ("GET", {"orderId": FIRST}, 200)
    assert KEY not in repr(seen)
    assert heard == ['200 {"request']
    assert pandapon.server.count("logistics") == 1
