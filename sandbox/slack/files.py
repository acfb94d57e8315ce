"""Files that the bot uploads: an address for the bytes, and then a message with the file in a conversation."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from sandbox.slack.arguments import parsed
from sandbox.slack.workspace import BOT_USER, SlackError

if TYPE_CHECKING:
    from sandbox.slack.arguments import Answer, Arguments, Method
    from sandbox.slack.workspace import Workspace


@dataclass
class File:
    """A file. ``length`` is the number of bytes that was announced; ``content`` is None until they came."""

    id: str
    name: str
    length: int
    content: bytes | None = None


class Files:
    """Announced, uploaded and shared files. A message shows its file as a link, since the page draws no files."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._announced: dict[str, File] = {}  # by the ticket in the address for the bytes
        self.shared: dict[str, File] = {}  # by id
        self.base_url = ""

    def methods(self) -> dict[str, Method]:
        """Return the methods by name."""
        return {"files.getUploadURLExternal": self._announce, "files.completeUploadExternal": self._share}

    def take(self, ticket: str, content: bytes) -> bool:
        """Take the bytes of an announced file; False for an unknown address or another number of bytes."""
        file = self._announced.get(ticket)
        if file is None or len(content) != file.length:
            return False
        file.content = content
        return True

    def _announce(self, arguments: Arguments) -> Answer:
        length = str(arguments["length"])
        if not length.isdecimal() or not int(length):
            raise SlackError("invalid_arguments")
        file = File(f"F0{secrets.token_hex(4).upper()}", str(arguments["filename"]), int(length))
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
