"""PandaPon by TLS through a proxy's tunnel, with a company's own certificate."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from support.proxy import Proxy

from pandapon.client import Config, PandaPon
from pandapon.errors import TransportError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")


def certificate(folder: Path) -> tuple[Path, Path]:
    """One for this machine that no system trusts, and its key."""
    made, key = folder / "own.pem", folder / "own.key"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", str(key)]
    subprocess.run([*command, "-out", str(made), *subject], check=True, capture_output=True)  # noqa: S603  our own words
    return made, key


async def test_a_tunnel_and_an_own_certificate(tmp_path: Path) -> None:
    """CONNECT is asked of the proxy with its password; without the certificate nothing is trusted."""
    made, key = certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made, key)

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response({"code": 200, "data": {"data": []}})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    port = runner.addresses[0][1]
    async with Proxy() as proxy:
        config = Config(
            base_url=f"https://localhost:{port}",
            access_key="k",
            access_secret="s",
            user_id="u",
            retries=0,
            proxy=proxy.url.replace("//", "//panda:pw@"),
            certificates=str(made),
        )
        async with PandaPon(config, clock=lambda: datetime.now(UTC)) as api:
            await api.probe()
            await api.call("1688.order.list", body={}, background=True)  # the poller's way
        assert set(proxy.seen) == {("CONNECT", f"localhost:{port}")}
        assert len(proxy.authorized) == len(proxy.seen)
        stranger = Config(**{name: getattr(config, name) for name in Config.__slots__} | {"certificates": None})
        async with PandaPon(stranger, clock=lambda: datetime.now(UTC)) as api:
            for background in (False, True):
                with pytest.raises(TransportError):
                    await api.call("1688.order.list", body={}, background=background)
    await runner.cleanup()
