"""Behind a proxy: Slack and PandaPon by one rule, counted by a real proxy on loopback."""

from __future__ import annotations

import asyncio
import io
import signal
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from support.patience import until
from support.proxy import Proxy
from support.restored_logging import restored_logging

from bot.app import build
from bot.process.log import configure
from bot.settings import load
from sandbox.pandapon.demo import FIRST

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from support.process_harness import ProcessHarness

    Life = Callable[..., Awaitable[str]]

DIRECT = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"), "")
DIRECT |= {name.lower(): "" for name in DIRECT}


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    async with Proxy() as proxy:
        yield proxy


def ports(process_harness: ProcessHarness) -> tuple[int, int]:
    """Slack's and PandaPon's."""
    slack, pandapon = urlsplit(process_harness.slack.api_url).port, urlsplit(process_harness.pandapon.base_url).port
    assert slack
    assert pandapon
    return slack, pandapon


async def use_bot(process_harness: ProcessHarness) -> None:
    """A command, its answer by the response URL, a card."""
    await until(lambda: bool(process_harness.slack.sockets.open))
    assert (await process_harness.slack.slash("mei", "#orders", "/panda", f"watch {FIRST}")).ok
    orders = process_harness.slack.workspace.channel("orders")
    await until(lambda: any(m.by_bot for m in orders.messages.values()))
    await until(lambda: any(m.viewer for m in process_harness.slack.visible("#orders", "mei")))
    await asyncio.sleep(0.5)


async def as_process(process_harness: ProcessHarness, **extra: str) -> str:
    """A short life of the process. Returns the log."""
    process = await process_harness.spawn("run", **(DIRECT | extra))
    try:
        await use_bot(process_harness)
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = await process.communicate()
    return out.decode() + err.decode()


async def in_process(process_harness: ProcessHarness, **extra: str) -> str:
    """The same of a bot with these variables here."""
    stream = io.StringIO()
    with restored_logging(), pytest.MonkeyPatch.context() as patch:
        for name, value in (process_harness.environment | extra).items():
            patch.setenv(name, value)
        settings = load(None)
        configure("debug", settings.secrets(), stream)
        bot = await build(settings)
        try:
            await bot.start()
            await use_bot(process_harness)
        finally:
            await bot.stop()
    return stream.getvalue()


@pytest.mark.parametrize(
    ("live", "variable"),
    [
        (as_process, "HTTPS_PROXY"),
        (in_process, "https_proxy"),
        (in_process, "HTTP_PROXY"),
        (in_process, "ALL_PROXY"),
    ],
)
async def test_everything_goes_through_the_proxy(
    process_harness: ProcessHarness, proxy: Proxy, live: Life, variable: str
) -> None:
    """The Web API, the socket, the answers and PandaPon."""
    log = await live(process_harness, **{variable: proxy.url.replace("//", "//panda:proxy-canary@")})
    slack, pandapon = ports(process_harness)
    targets = [urlsplit(target) for _method, target in proxy.seen]
    assert any(target.path == "/api/chat.postMessage" for target in targets)
    assert any(target.path.startswith("/link") for target in targets)
    assert any(target.path.startswith("/commands/") for target in targets)
    assert proxy.count(slack) == len(process_harness.slack.calls) + 1  # the socket is no call
    assert proxy.count(pandapon) == len(process_harness.pandapon.requests)
    assert len(proxy.authorized) == len(proxy.seen)
    assert "proxy-canary" not in log


@pytest.mark.parametrize(
    ("live", "no_proxy", "to_slack", "to_pandapon"),
    [
        (in_process, "127.0.0.1", False, False),
        (in_process, "example.com, 127.0.0.0/8", False, False),
        (in_process, "*", False, False),
        (in_process, "127.0.0.1:{slack}", False, True),
        (as_process, "localhost,127.0.0.1:{pandapon}", True, False),
    ],
)
async def test_no_proxy_is_heeded_for_both(
    process_harness: ProcessHarness, proxy: Proxy, live: Life, no_proxy: str, *, to_slack: bool, to_pandapon: bool
) -> None:
    """By host, network, or host and port."""
    slack, pandapon = ports(process_harness)
    await live(process_harness, HTTPS_PROXY=proxy.url, NO_PROXY=no_proxy.format(slack=slack, pandapon=pandapon))
    assert (proxy.count(slack) > 0, proxy.count(pandapon) > 0) == (to_slack, to_pandapon)


async def test_check_tells_the_proxy(process_harness: ProcessHarness, proxy: Proxy) -> None:
    """Which way each service is reached, without the password, also where the variables stand in .env."""
    _slack, pandapon = ports(process_harness)
    given = proxy.url.replace("//", "//panda:proxy-canary@")
    env_file = process_harness.folder / ".env"
    env_file.write_text(f"HTTPS_PROXY={given}\nNO_PROXY=127.0.0.1:{pandapon}\n")
    env_file.chmod(0o644)
    code, text = await process_harness.run("check", **DIRECT)
    assert code == 0, text
    assert f"proxy: Slack through {proxy.url}, PandaPon directly" in text
    assert "! .env: others on this machine may read it" in text
    assert "chmod 600 .env" in text
    assert "canary" not in text
    assert proxy.count(pandapon) == 0
    env_file.chmod(0o600)
    assert "others on this machine" not in (await process_harness.run("check", **DIRECT))[1]


async def test_check_blames_the_proxy_that_does_not_answer(process_harness: ProcessHarness) -> None:
    """Not the base address alone."""
    code, text = await process_harness.run("check", **DIRECT | {"HTTPS_PROXY": "http://127.0.0.1:9"})
    assert code == 1
    assert "the proxy http://127.0.0.1:9, and PANDAPON_BASE_URL" in text
    assert "Traceback" not in text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"HTTPS_PROXY": "socks5://127.0.0.1:1080"}, "HTTPS_PROXY: must be the address of an HTTP proxy"),
        ({"HTTP_PROXY": "http://u:proxy-canary@"}, "HTTP_PROXY: must be the address of an HTTP proxy"),
        ({"ALL_PROXY": "http://proxy.example:99999"}, "ALL_PROXY: must be the address of an HTTP proxy"),
        ({"HTTPS_PROXY": "http://proxy.example/x?y"}, "HTTPS_PROXY: must be the address of an HTTP proxy"),
        ({"SSL_CERT_FILE": "/nowhere.pem"}, "SSL_CERT_FILE: must be a file of certificates"),
        ({"REQUESTS_CA_BUNDLE": __file__}, "REQUESTS_CA_BUNDLE: must be a file of certificates"),
    ],
)
async def test_a_wrong_way_is_one_sentence(
    process_harness: ProcessHarness, wrong: dict[str, str], sentence: str
) -> None:
    """Before anything is tried, and without what it holds."""
    code, text = await process_harness.run("run", **DIRECT | wrong)
    assert code == 78
    assert sentence in text
    assert "canary" not in text
