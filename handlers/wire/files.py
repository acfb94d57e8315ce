"""Files in Slack's payloads: their descriptions, the hosts that serve them, and what their first bytes say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from handlers.wire.payloads import text
from tracking.files import SharedFile

if TYPE_CHECKING:
    from collections.abc import Mapping

_ID = re.compile(r"F[A-Z0-9]{2,30}")
_SLACK = ("slack.com", "slack-gov.com")  # the token is sent to these hosts and those below them
_PREVIEWS = ("thumb_1024", "thumb_960", "thumb_800", "thumb_720", "thumb_480", "thumb_360")
_GONE = frozenset({"tombstone", "hidden_by_limit"})  # values of ``mode`` for files that Slack no longer serves
_NAME = 200  # characters of a name that are kept
# The kinds of pictures, and the pattern of their first bytes.
_MAGIC: Mapping[str, re.Pattern[bytes]] = {
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
}
PICTURES = frozenset(_MAGIC)
ENDINGS = ("jpg", "jpeg", "png", "gif", "webp")  # file name extensions of these kinds


def shared_file(described: Any) -> SharedFile | None:
    """Read Slack's description of a file, from a payload or an answer; None where the value is no such description.

    ``size`` is in bytes, 0 where Slack does not give it. ``address`` and ``preview`` are empty where Slack sends no
    address, as for a hidden file.
    """
    file_id = text(described, "id")
    if not _ID.fullmatch(file_id):
        return None
    size = described.get("size")
    return SharedFile(
        id=file_id,
        name=(text(described, "name") or text(described, "title"))[:_NAME],
        mimetype=text(described, "mimetype"),
        size=size if isinstance(size, int) and not isinstance(size, bool) and size > 0 else 0,
        address=text(described, "url_private_download") or text(described, "url_private"),
        preview=next((address for name in _PREVIEWS if (address := text(described, name))), ""),
        is_elsewhere=described.get("is_external") is True,
        is_gone=text(described, "mode") in _GONE,
    )


def shared_files(described: Any) -> tuple[SharedFile, ...]:
    """Read a list of files, such as the files of a message or a form. Entries that are no files are left out."""
    entries = described if isinstance(described, list) else []
    return tuple(file for entry in entries if (file := shared_file(entry)))


def kind_of(content: bytes) -> str:
    """The kind of a picture by its first bytes, such as ``image/png``; empty where they are no picture's.

    The file's name and declared type do not count: the sender chose both.
    """
    return next((kind for kind, pattern in _MAGIC.items() if pattern.match(content)), "")


def is_slack_address(address: str, api_url: str) -> bool:
    """Whether the bot's token may be sent to an address: one of Slack's hosts, or the one of ``api_url``.

    ``api_url``: the base address of the Web API, which a setting may give.
    """
    try:
        parts, api = urlsplit(address), urlsplit(api_url)
        host, is_same = (parts.hostname or "").rstrip("."), parts.netloc == api.netloc and parts.scheme == api.scheme
        port = parts.port
    except ValueError:
        return False
    if is_same and parts.scheme in {"http", "https"}:
        return True
    is_known = any(host == known or host.endswith(f".{known}") for known in _SLACK)
    return is_known and parts.scheme == "https" and port in {None, 443} and "@" not in parts.netloc
