"""Fetches a file that a person shared in Slack. The bot's token goes to Slack's own hosts alone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp

from handlers.blocks.i18n import _
from handlers.blocks.locale_data import number
from handlers.blocks.text import escape, truncate
from handlers.wire.errors import FileError
from handlers.wire.files import PICTURES, is_slack_address, kind_of, shared_file
from handlers.wire.slack import FAILURES, code_of
from pandapon import budget

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_sdk.web.async_client import AsyncWebClient

    from tracking.files import SharedFile

log = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
MOST = 5 * MEGABYTE  # the bot's own limit: base64 adds a third, and PandaPon documents no limit
SECONDS = 8.0  # for a whole file
CHUNK = 64 * 1024
NAME = 60  # characters of a name in a sentence
OK, REDIRECTS, GONE = 200, range(300, 400), {404, 410}


@dataclass(frozen=True, slots=True)
class Picture:
    """A fetched picture. ``kind``: its type by its first bytes, such as ``image/png``."""

    content: bytes
    kind: str
    name: str = ""


async def fetch(client: AsyncWebClient, file: SharedFile, *, most: int = MOST) -> Picture:
    """Fetch a picture: JPEG, PNG, GIF or WebP, of at most ``most`` bytes. Needs the scope ``files:read``.

    Slack's own preview is taken if the file is too large, or of a kind such as HEIC that others can't read. Raises
    FileError, whose sentence says why there is no picture, and slack_sdk's errors if Slack fails to describe the file.
    """
    if not (file.address or file.preview or file.is_gone):
        file = await _described(client, file)
    _check(file, most)
    address = file.address
    if file.preview and (file.size > most or file.mimetype not in PICTURES):
        address = file.preview
    if not is_slack_address(address, client.base_url):
        log.warning("a file's address is not Slack's", extra={"file": file.id})
        raise FileError(_("{name} is kept outside Slack. Upload it to Slack itself.").format(name=name_of(file)))
    return as_picture(await _download(client, file, address, most), file)


def as_picture(content: bytes, file: SharedFile) -> Picture:
    """Return the picture in a file's bytes. Raises FileError if they are no JPEG, PNG, GIF or WebP."""
    kind = kind_of(content)
    if not kind:
        words = _("{name} is not a picture that I can read. JPEG, PNG, GIF and WebP work.")
        raise FileError(words.format(name=name_of(file)))
    return Picture(content, kind, file.name)


def name_of(file: SharedFile) -> str:
    """The file's name, as Slack text."""
    return escape(truncate(file.name, NAME)) or _("The file")


def _check(file: SharedFile, most: int) -> None:
    name = name_of(file)
    if file.is_gone:
        raise FileError(_("Slack no longer has {name}.").format(name=name))
    if file.is_elsewhere:
        raise FileError(_("{name} is kept outside Slack. Upload it to Slack itself.").format(name=name))
    if file.size > most and not file.preview:
        raise too_large(file, most, file.size)
    if file.mimetype and not file.mimetype.startswith("image/"):
        raise FileError(_("{name} is not a picture that I can read. JPEG, PNG, GIF and WebP work.").format(name=name))


def too_large(file: SharedFile, most: int, size: int = 0) -> FileError:
    """The error for a file of more than ``most`` bytes. ``size``: the file's size in bytes; 0: not known."""
    if not size:
        words = _("{name} is too large: I take up to {most} MB.")
        return FileError(words.format(name=name_of(file), most=number(most // MEGABYTE)))
    words = _("{name} is too large: it has {size} MB, and I take up to {most} MB.")
    megabytes = number(-(-size // MEGABYTE))
    return FileError(words.format(name=name_of(file), size=megabytes, most=number(most // MEGABYTE)))


async def _described(client: AsyncWebClient, file: SharedFile) -> SharedFile:
    """Ask Slack for the description of a file that a payload only names. Raises FileError if Slack gives none."""
    try:
        answer = await client.files_info(file=file.id)
    except FAILURES as error:
        if (refused := _refused(code_of(error), file)) is not None:
            raise refused from error
        raise
    described = shared_file(answer.get("file"))
    if described is None or not (described.address or described.preview or described.is_gone):
        raise FileError(_("Slack doesn't say where {name} is. Upload it again.").format(name=name_of(file)))
    return described


def _refused(code: str, file: SharedFile) -> FileError | None:
    """The error for a refusal that says something about the file; None for any other refusal."""
    if code == "missing_scope":
        words = _(
            "I may not read files here: the app lacks the permission files:read. Ask your pandabot admin to add it "
            "and to install the app again."
        )
        return FileError(words)
    if code == "file_deleted":
        return FileError(_("Slack no longer has {name}.").format(name=name_of(file)))
    if code in {"file_not_found", "access_denied", "not_visible"}:
        words = _("Slack doesn't show me {name}: I have to be in its channel. Invite me (/invite @pandabot).")
        return FileError(words.format(name=name_of(file)))
    return None


async def _download(client: AsyncWebClient, file: SharedFile, address: str, most: int) -> bytes:
    """Return the bytes at one of Slack's addresses. Raises FileError."""
    try:
        async with asyncio.timeout(budget.within(SECONDS)):
            content = await _bytes(client, address, most)
    except TimeoutError:
        raise FileError(_("Slack took too long to send {name}. Try again.").format(name=name_of(file))) from None
    except TooManyBytesError:
        raise too_large(file, most) from None
    except _SignInError:
        raise await _why_refused(client, file) from None
    except _StatusError as error:
        if error.status in GONE:
            raise FileError(_("Slack no longer has {name}.").format(name=name_of(file))) from None
        words = _("Slack didn't send {name} (HTTP {status}). Try again in a minute.")
        raise FileError(words.format(name=name_of(file), status=error.status)) from None
    except (aiohttp.ClientError, OSError) as error:
        log.warning("file not fetched", extra={"file": file.id, "error": type(error).__name__})
        raise FileError(_("Slack didn't send {name}. Try again in a minute.").format(name=name_of(file))) from None
    if not content:
        raise FileError(_("{name} is empty.").format(name=name_of(file)))
    return content


async def _why_refused(client: AsyncWebClient, file: SharedFile) -> FileError:
    """Find out why Slack sent its sign-in page: it sends this page instead of an error code."""
    try:
        await client.files_info(file=file.id)
    except Exception as error:  # noqa: BLE001  whatever it is, the person gets a sentence
        if (refused := _refused(code_of(error), file)) is not None:
            return refused
    words = _("Slack didn't let me read {name}. Ask your pandabot admin if the app has the permission files:read.")
    return FileError(words.format(name=name_of(file)))


class TooManyBytesError(Exception):
    """An answer has more bytes than are read."""


class _SignInError(Exception):
    pass


class _StatusError(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


async def _bytes(client: AsyncWebClient, address: str, most: int) -> bytes:
    """Return the bytes. Redirects are not followed: they could carry the token to any other host.

    Raises TooManyBytesError for more than ``most`` bytes, _StatusError, _SignInError and aiohttp's errors.
    If the token lacks the scope or the bot may not see the file, Slack redirects to its sign-in page or sends that page
    with the status 200 [seen by users; Slack documents neither].
    """
    headers = {"Authorization": f"Bearer {client.token}"}
    async with (
        _session(client) as session,
        session.get(
            address, headers=headers, allow_redirects=False, proxy=client.proxy, ssl=client.ssl or True
        ) as answer,
    ):
        if answer.status in REDIRECTS or (answer.status == OK and answer.content_type == "text/html"):
            raise _SignInError
        if answer.status != OK:
            raise _StatusError(answer.status)
        return await read_up_to(answer, most)


@contextlib.asynccontextmanager
async def _session(client: AsyncWebClient) -> AsyncIterator[aiohttp.ClientSession]:
    if client.session is not None:
        yield client.session
    else:
        async with aiohttp.ClientSession() as session:
            yield session


async def read_up_to(answer: aiohttp.ClientResponse, most: int) -> bytes:
    """Return an answer's bytes. Raises TooManyBytesError as soon as there are more than ``most``."""
    if (answer.content_length or 0) > most:
        raise TooManyBytesError
    content = bytearray()
    async for chunk in answer.content.iter_chunked(CHUNK):
        content += chunk
        if len(content) > most:
            raise TooManyBytesError
    return bytes(content)
