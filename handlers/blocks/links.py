"""Links to messages, made without asking Slack for each: a list may name hundreds of cards."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORKSPACE = re.compile(r"https://[A-Za-z0-9.-]+")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,20}")
_TS = re.compile(r"[0-9]{6,12}\.[0-9]{6}")


@dataclass(slots=True)
class Links:
    """Makes links to messages of the bot's workspace.

    The form is that of Slack's own permalinks, as the page of ``chat.getPermalink`` shows it for a message that is no
    reply: ``https://team.slack.com/archives/C1H9RESGA/p135854651500008``. Links to replies have more parts.
    """

    workspace: str = ""  # its address as ``auth.test`` gives it, also in an Enterprise Grid; empty: not known

    def learn(self, workspace: str) -> None:
        """Note the workspace's address. Anything but https is no address that people could open, and makes no links."""
        address = workspace.rstrip("/")
        self.workspace = address if _WORKSPACE.fullmatch(address) else ""

    def to(self, channel: str, ts: str) -> str:
        """The address of a message that is no reply; empty where the workspace, the channel or the message is unknown.

        ``ts``: Slack's id of the message, such as ``1358546515.000008``. Messages in direct conversations get no link.
        """
        if not self.workspace or not _CHANNEL.fullmatch(channel) or not _TS.fullmatch(ts):
            return ""
        return f"{self.workspace}/archives/{channel}/p{ts.replace('.', '')}"
