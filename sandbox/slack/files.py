"""Files: those that the bot uploads, and those that people share in messages or put into a form."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sandbox.slack.arguments import parsed
from sandbox.slack.workspace import BOT_USER, TEAM, SlackError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.slack.arguments import Answer, Arguments, Method
    from sandbox.slack.workspace import Channel, Workspace

TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "heic": "image/heic",
    "csv": "text/csv",
    "pdf": "application/pdf",
    "txt": "text/plain",
}


@dataclass
class File:
    """A file. ``length``: the announced number of bytes. ``content`` None: the bytes have not arrived yet.

    ``channels``: where it was shared. ``is_given``: a person put it into a form of the app, which may read it then.
    """

    id: str
    name: str
    length: int
    content: bytes | None = None
    user: str = BOT_USER
    at: int = 0  # Unix time
    channels: set[str] = field(default_factory=set)
    is_given: bool = False
    details: dict[str, Any] = field(default_factory=dict)  # further fields of its description

    @property
    def mimetype(self) -> str:
        """The type, which Slack guesses from the name."""
        return TYPES.get(self.name.rpartition(".")[2].lower(), "application/octet-stream")


class Files:
    """Announced, uploaded and shared files. The bot's own files become links in a message: the page draws no files."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._announced: dict[str, File] = {}  # by the ticket in the upload's address
        self._numbers: Iterator[int] = itertools.count(1)
        self.shared: dict[str, File] = {}  # by id
        self.base_url = ""
        self.team = TEAM  # the workspace's id on the wire, which is part of its files' addresses

    def methods(self) -> dict[str, Method]:
        """Return the methods by name."""
        return {
            "files.getUploadURLExternal": self._announce,
            "files.completeUploadExternal": self._share,
            "files.info": self._info,
        }

    def take(self, ticket: str, content: bytes) -> bool:
        """Take the bytes of an announced file. False: an unknown ticket, or another number of bytes."""
        file = self._announced.get(ticket)
        if file is None or len(content) != file.length:
            return False
        file.content = content
        return True

    # --- files of people --------------------------------------------------------------------------------------------

    def keep(self, user: str, name: str, content: bytes, **details: Any) -> File:
        """Keep a file that a person has chosen and not shared yet. ``details``: further fields of its description."""
        at = int(float(self._workspace.next_ts()))
        file = File(self._next_id(), name, len(content), content, user=user, at=at, details=details)
        self.shared[file.id] = file
        return file

    def share(self, file: File, channel: Channel) -> dict[str, Any]:
        """Share a person's file in a conversation, and return its description."""
        file.channels.add(channel.id)
        return self.described(file)

    def given(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return a form's values with the chosen files described instead of named by id. The app may read them now."""
        return {
            block: {action: self._given(entry) for action, entry in entries.items()}
            for block, entries in values.items()
        }

    def _given(self, entry: Any) -> Any:
        if not isinstance(entry, dict) or entry.get("type") != "file_input":
            return entry
        files = [file for chosen in entry.get("files") or [] if (file := self.shared.get(str(chosen.get("id"))))]
        for file in files:
            file.is_given = True
        return {**entry, "files": [self.described(file) for file in files]}

    def described(self, file: File) -> dict[str, Any]:
        """Return the description of a file, as in Slack's events and answers."""
        place = f"{self.base_url}/files-pri/{self.team}-{file.id}"
        title, kind = quote(file.name), file.name.rpartition(".")[2].lower()
        return {
            "id": file.id,
            "created": file.at,
            "timestamp": file.at,
            "name": file.name,
            "title": file.name,
            "mimetype": file.mimetype,
            "filetype": kind,
            "pretty_type": kind.upper(),
            "user": file.user,
            "user_team": TEAM,
            "editable": False,
            "size": file.length,
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": bool(file.channels),
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": f"{place}/{title}",
            "url_private_download": f"{place}/download/{title}",
            "permalink": f"{self.base_url}/files/{file.id}/{title}",
            "has_rich_preview": False,
            "file_access": "visible",
        } | file.details

    def readable(self, file_id: str) -> File | None:
        """Return a file if the bot may read it; else None.

        The bot may read its own files, files in its channels, and files that people put into its forms.
        """
        file = self.shared.get(file_id)
        if file is None or file.content is None:
            return None
        rooms = (self._workspace.channels.get(channel) for channel in file.channels)
        is_there = any(room is not None and BOT_USER in room.members for room in rooms)
        return file if is_there or file.is_given or file.user == BOT_USER else None

    def _info(self, arguments: Arguments) -> Answer:
        file = self.readable(str(arguments["file"]))
        if file is None:
            raise SlackError("file_not_found")
        return {"file": self.described(file), "comments": []}

    # --- files of the bot -------------------------------------------------------------------------------------------

    def _next_id(self) -> str:
        """Return a new id. Ids are counted, so that a replayed conversation names the same files as its recording."""
        return f"F0{next(self._numbers):08d}"

    def _announce(self, arguments: Arguments) -> Answer:
        length = str(arguments["length"])
        if not length.isdecimal() or not int(length):
            raise SlackError("invalid_arguments")
        file = File(self._next_id(), str(arguments["filename"]), int(length))
        ticket = secrets.token_urlsafe(16)
        self._announced[ticket] = file
        return {"upload_url": f"{self.base_url}/upload/v1/{ticket}", "file_id": file.id}

    def _share(self, arguments: Arguments) -> Answer:
        """Share uploaded files in one conversation of which the bot is a member. Raises SlackError."""
        announced = {file.id: file for file in self._announced.values()}
        wanted = [announced.get(str(entry.get("id"))) for entry in parsed(arguments["files"]) or []]
        files = [file for file in wanted if file is not None and file.content is not None]
        if not files or len(files) != len(wanted):
            raise SlackError("file_not_found")
        channel = self._workspace.joined_by_bot(str(arguments.get("channel_id") or ""))
        if channel.is_archived:
            raise SlackError("is_archived")
        for file in files:
            self.shared[file.id] = file
        links = [f"<{self.base_url}/files/{file.id}/{quote(file.name)}|📎 {file.name}>" for file in files]
        text = "\n".join([str(arguments.get("initial_comment") or ""), *links]).strip()
        self._workspace.post(channel, BOT_USER, text, blocks=[], thread_ts=str(arguments.get("thread_ts") or ""))
        return {"files": [{"id": file.id, "title": file.name, "name": file.name} for file in files]}
