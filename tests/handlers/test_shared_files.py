"""Files that people share, fetched from the Slack stand-in over HTTP: each failure is one sentence."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient
from support.fake_slack import BOT_TOKEN, MEI, ORDERS, RANDOM, SCOPES, stand_in

from handlers.interactions import files
from handlers.interactions.public_web import PublicResolver, PublicWeb, is_public
from handlers.wire.errors import FileError
from handlers.wire.files import is_slack_address, kind_of, shared_file
from sandbox.clock import SimClock
from sandbox.pandapon import pictures
from sandbox.slack.faults import Fault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.slack.server import SlackServer

PNG = pictures.draw("dress", "red")
JPEG, GIF, WEBP = b"\xff\xd8\xff\xe0rest", b"GIF89a rest", b"RIFF\0\1\2\3WEBPVP8 "
READ = "files:read"


@asynccontextmanager
async def slack_with(*scopes: str) -> AsyncIterator[tuple[SlackServer, AsyncWebClient]]:
    async with (
        stand_in(SimClock(datetime(2026, 3, 2, tzinfo=UTC)), *SCOPES, *scopes) as slack,
        aiohttp.ClientSession() as session,
    ):
        yield slack, AsyncWebClient(token=BOT_TOKEN, base_url=slack.api_url, session=session)


async def shared(slack: SlackServer, content: bytes, name: str = "dress.png", room: str = ORDERS, **fields: Any) -> Any:
    """A file in a message of Mei's, as the message describes it."""
    kept = slack.web_api.files.keep(MEI, name, content, **fields)
    message = await slack.say(MEI, room, "look", files=[kept])
    return message.wire()["files"][0]


async def refusal(client: AsyncWebClient, described: Any, most: int = files.MOST) -> str:
    file = shared_file(described)
    assert file is not None
    with pytest.raises(FileError) as caught:
        await files.fetch(client, file, most=most)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PNG, "dress.png", "image/png"),
        (JPEG, "a.jpg", "image/jpeg"),
        (GIF, "a.gif", "image/gif"),
        (WEBP, "a.webp", "image/webp"),
        (JPEG, "really a photo.png", "image/jpeg"),
    ],
)
async def test_a_picture_is_fetched(content: bytes, name: str, kind: str) -> None:
    """The kind is that of its bytes, whatever its name says."""
    async with slack_with(READ) as (slack, client):
        file = shared_file(await shared(slack, content, name))
        assert file is not None
        picture = await files.fetch(client, file)
        assert (picture.content, picture.kind, picture.name) == (content, kind, name)
        assert not [call for call in slack.calls if call.method == "files.info"]


async def test_a_hidden_description_is_asked_for() -> None:
    """Slack Connect sends a file's id alone, to be looked up."""
    async with slack_with(READ) as (slack, client):
        described = await shared(slack, PNG)
        file = shared_file({"id": described["id"], "file_access": "check_file_info"})
        assert file is not None
        assert (await files.fetch(client, file)).content == PNG


async def test_a_preview_takes_the_place_of_what_is_too_large_or_unreadable() -> None:
    """Slack makes smaller JPEGs of large photos, and of those in HEIC."""
    async with slack_with(READ) as (slack, client):
        small = await shared(slack, JPEG, "small.jpg")
        heic = await shared(slack, b"....ftypheic", "IMG_1.heic", thumb_720=small["url_private"])
        large = await shared(slack, PNG, "large.png", size=90_000_000, thumb_1024=small["url_private"])
        for described in (heic, large):
            file = shared_file(described)
            assert file is not None
            assert (await files.fetch(client, file)).content == JPEG


async def test_without_the_scope() -> None:
    """Slack answers with its page for signing in, as a redirect or as a success: both name the permission."""
    async with slack_with() as (slack, client):
        assert "permission files:read" in await refusal(client, await shared(slack, PNG))
        assert "permission files:read" in await refusal(client, {"id": "F012345"})
    async with slack_with(READ) as (slack, client):
        described = await shared(slack, PNG)
        slack.faults.plan(Fault("files.download", text="<html>Sign in</html>"))
        assert "permission files:read" in await refusal(client, described)


async def test_where_the_bot_is_not() -> None:
    """A file of a channel without the bot: the sentence says to invite it."""
    async with slack_with(READ) as (slack, client):
        described = await shared(slack, PNG, room=RANDOM)
        assert "Invite me" in await refusal(client, described)
        assert "Invite me" in await refusal(client, {"id": described["id"]})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"size": 6_000_000}, "dress․png is too large: it has 6 MB, and I take up to 5 MB"),
        ({"mimetype": "application/pdf"}, "is not a picture that I can read"),
        ({"is_external": True}, "is kept outside Slack"),
        ({"mode": "tombstone"}, "Slack no longer has"),
        ({"mode": "hidden_by_limit"}, "Slack no longer has"),
        ({"url_private_download": "https://evil.example/files-pri/x"}, "is kept outside Slack"),
        ({"url_private_download": "http://169.254.169.254/latest"}, "is kept outside Slack"),
        ({"url_private_download": "http://127.0.0.1:1/api"}, "is kept outside Slack"),
        ({"name": "<!channel> *b* https://evil.example", "mode": "tombstone"}, "＜"),
    ],
)
async def test_what_is_not_fetched_at_all(fields: dict[str, Any], words: str) -> None:
    """The description says enough. No byte is asked for, least of all from another host with the bot's token."""
    async with slack_with(READ) as (slack, client):
        described = await shared(slack, PNG, **fields)
        sentence = await refusal(client, described)
        assert words in sentence or words == "＜"
        assert "<!" not in sentence
        assert "https://" not in sentence


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7", "is not a picture"),
        (b"<svg onload=alert(1)>", "is not a picture"),
        (PNG[:4], "is not a picture"),
        (b"RIFF\0\0\0\0WAVE", "is not a picture"),
    ],
)
async def test_bytes_that_are_no_picture(content: bytes, words: str) -> None:
    """The name and type say PNG, and the bytes decide."""
    async with slack_with(READ) as (slack, client):
        assert words in await refusal(client, await shared(slack, content))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault("files.download", status=404), "Slack no longer has"),
        (Fault("files.download", status=503), "HTTP 503"),
        (Fault("files.download", times=3, drop=True), "Slack didn't send"),
        (Fault("files.download", delay=1.0), "took too long"),
    ],
)
async def test_slack_fails(fault: Fault, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each failure of the download is a sentence of its own."""
    monkeypatch.setattr(files, "SECONDS", 0.3)
    async with slack_with(READ) as (slack, client):
        described = await shared(slack, PNG)
        slack.faults.plan(fault)
        assert words in await refusal(client, described)


async def test_more_bytes_than_were_said() -> None:
    """The limit holds for the bytes themselves, and reading ends there."""
    async with slack_with(READ) as (slack, client):
        described = await shared(slack, PNG + bytes(100_000), size=10)
        assert "too large" in await refusal(client, described, most=50_000)


def test_the_token_goes_to_slack_alone() -> None:
    """Slack's hosts over https, and the host of the configured API; nothing that only looks like one."""
    api = "http://127.0.0.1:4000/api/"
    for good in (
        "https://files.slack.com/files-pri/T-F/a.png",
        "https://panda.slack.com/x",
        "https://files.slack-gov.com/x",
        "http://127.0.0.1:4000/files-pri/T-F/a",
    ):
        assert is_slack_address(good, api), good
    for bad in (
        "",
        "http://files.slack.com/x",
        "https://files.slack.com.evil.example/x",
        "https://evilslack.com/x",
        "https://files.slack.com:8443/x",
        "https://files.slack.com@evil.example/x",
        "https://user@files.slack.com/x",
        "https://slack-files.com/x",
        "http://127.0.0.1:4001/x",
        "https://127.0.0.1:4000/x",
        "//files.slack.com/x",
        "https://files.slack.com:999999/x",
        "https://[",
        "file:///etc/passwd",
    ):
        assert not is_slack_address(bad, api), bad


@pytest.mark.parametrize("described", [None, [], "F012345", {"id": "x"}, {"id": 5}, {"id": "F1'; --"}, {"name": "a"}])
def test_what_is_no_file(described: Any) -> None:
    """Anything else in a payload is no file."""
    assert shared_file(described) is None


def test_only_public_addresses() -> None:
    """Private, local, reserved and mapped addresses are none of the internet's."""
    for good in ("93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"):
        assert is_public(good), good
    for bad in (
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
        "::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::",
        "ff02::1", "::", "x", "",
    ):  # fmt: skip
        assert not is_public(bad), bad


class FakeResolver(aiohttp.abc.AbstractResolver):
    """A name server whose answers the test chooses."""

    def __init__(self, *hosts: str, port: int = 0) -> None:
        self.hosts, self.port, self.asked = hosts, port, 0

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> Any:
        self.asked += 1
        at = {"hostname": host, "port": self.port or port, "family": 2, "proto": 6, "flags": 0}
        return [at | {"host": address} for address in self.hosts]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize("hosts", [("127.0.0.1",), ("10.0.0.8",), ("93.184.216.34", "127.0.0.1"), ("169.254.169.254",)])
async def test_a_public_name_of_a_private_machine(hosts: tuple[str, ...]) -> None:
    """The name is public and resolves to a private address: a server there is never asked."""
    asked: list[str] = []

    async def serve(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(body=PNG, content_type="image/png")

    app = web.Application()
    app.router.add_get("/{path:.*}", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    names = FakeResolver(*hosts, port=runner.addresses[0][1])
    with pytest.raises(FileError, match="couldn't open the link"):
        await PublicWeb(resolver=lambda: PublicResolver(names)).picture("https://pictures.example.com/a.png")
    await runner.cleanup()
    assert names.asked == 1
    assert asked == []


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1/a.png", "https://127.0.0.1/a.png", "https://localhost/a.png", "https://[::1]/a.png", "https://2130706433/a",
        "https://0x7f000001/a.png", "https://metadata.internal/a", "https://pandabot.local/a.png", "https://a.example:8080/a.png",
        "ftp://a.example/a.png", "https://user:pw@a.example/a.png", "", "a.png",
    ],
)  # fmt: skip
async def test_a_link_that_is_not_public(link: str) -> None:
    """It is refused before any name is looked up."""
    names = FakeResolver("127.0.0.1")
    with pytest.raises(FileError, match="only links to public web pages"):
        await PublicWeb(resolver=lambda: PublicResolver(names)).picture(link)
    assert names.asked == 0


async def test_links_of_a_stand_in() -> None:
    """A public name for which a local server stands; redirects are not followed, limits hold, HTML is no picture."""

    async def serve(request: web.Request) -> web.Response:
        path = request.path
        if path == "/away":
            raise web.HTTPFound("http://169.254.169.254/latest")
        if path == "/page":
            return web.Response(text="<html>", content_type="text/html")
        return web.Response(body=PNG if path == "/a.png" else bytes(files.MOST + 1))

    app = web.Application()
    app.router.add_get("/{path:.*}", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    outside = PublicWeb(stand_ins={"pictures.example.com": f"http://127.0.0.1:{runner.addresses[0][1]}"})
    assert (await outside.picture("https://pictures.example.com/a.png?x=1")).content == PNG
    for path, words in (("away", "couldn't open"), ("page", "not a picture"), ("large", "too large")):
        with pytest.raises(FileError, match=words):
            await outside.picture(f"https://pictures.example.com/{path}")
    await runner.cleanup()
    with pytest.raises(FileError, match="can't open links"):
        await PublicWeb(is_closed=True).picture("https://pictures.example.com/a.png")


def test_kinds_by_their_bytes() -> None:
    """Only whole signatures count."""
    assert [kind_of(content) for content in (PNG, JPEG, GIF, WEBP)] == [
        "image/png", "image/jpeg", "image/gif", "image/webp"
    ]  # fmt: skip
    assert not re.search("image", kind_of(b"BM....") + kind_of(b"<svg>") + kind_of(b""))
