"""Links that people post, and what the app shows under them: the event link_shared, and chat.unfurl."""

from __future__ import annotations

import hashlib
import html
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sandbox.slack.arguments import parsed
from sandbox.slack.attachments import checked
from sandbox.slack.workspace import APP, BOT, BOT_USER, SlackError

if TYPE_CHECKING:
    from sandbox.slack.arguments import Answer, Arguments, Method
    from sandbox.slack.workspace import Message, Workspace

LINK = re.compile(r"https?://[^\s<>|]+")
COMPOSER, POSTED = "composer", "conversations_history"  # where Slack may have found a link; here only the latter


class Links:
    """Which links are the app's, by the domains of its manifest, and what is attached for them."""

    def __init__(self, workspace: Workspace, manifest: dict[str, Any]) -> None:
        self._workspace = workspace
        self._domains = [str(one) for one in (manifest.get("features") or {}).get("unfurl_domains") or []]
        subscriptions = (manifest.get("settings") or {}).get("event_subscriptions") or {}
        self._listens = "link_shared" in (subscriptions.get("bot_events") or [])

    def methods(self) -> dict[str, Method]:
        """By name."""
        return {"chat.unfurl": self._unfurl}

    def shared(self, message: Message) -> dict[str, Any] | None:
        """The event that a person posted links of the app's domains; None where there is nothing to tell."""
        links = self._of_the_app(message)
        if not links or not self._listens:
            return None
        found = {
            "type": "link_shared",
            "user": message.user,
            "channel": message.channel,
            "is_bot_user_member": BOT_USER in self._workspace.channels[message.channel].members,
            "message_ts": message.ts,
            "links": [{"url": url, "domain": domain} for url, domain in links.items()],
            "unfurl_id": _id(message),
            "source": POSTED,
        }
        return found | ({"thread_ts": message.thread_ts} if message.thread_ts else {})

    def _unfurl(self, arguments: Arguments) -> Answer:
        unfurls = parsed(arguments.get("unfurls"), "invalid_unfurls_format")
        if not unfurls:
            raise SlackError("missing_unfurls")
        if not isinstance(unfurls, dict):
            raise SlackError("invalid_unfurls_format")
        message = self._named(arguments)
        if not unfurls.keys() <= self._of_the_app(message).keys():
            raise SlackError("cannot_unfurl_url")
        given = checked(list(unfurls.values()), malformed="cannot_parse_attachment")
        # A second call changes what the first one attached; it adds nothing to it.
        kept = {one.get("app_unfurl_url"): one for one in message.attachments}
        for url, one in zip(unfurls, given, strict=True):
            ours = {"app_unfurl_url": url, "is_app_unfurl": True, "app_id": APP, "bot_id": BOT}
            kept[url] = {"fallback": "[no preview available]", **one, **ours}
        message.attachments = [{**one, "id": number} for number, one in enumerate(kept.values(), start=1)]
        self._workspace.touch()
        return {}

    def _named(self, arguments: Arguments) -> Message:
        """The message: by channel and ts, or by the id and the source that the event had. Raises SlackError."""
        if arguments.get("unfurl_id") or arguments.get("source"):
            return self._by_id(arguments)
        for name in ("channel", "ts"):
            if not arguments.get(name):
                raise SlackError(f"missing_{name}")
        # Links are shared with an app wherever they are posted, also where its bot is not.
        channel = self._workspace.channels.get(str(arguments["channel"]))
        if channel is None:
            raise SlackError("cannot_find_channel")
        if str(arguments["ts"]) not in channel.messages:
            raise SlackError("cannot_find_message")
        return channel.messages[str(arguments["ts"])]

    def _by_id(self, arguments: Arguments) -> Message:
        for name in ("unfurl_id", "source"):
            if not arguments.get(name):
                raise SlackError(f"missing_{name}")
        if arguments["source"] not in {COMPOSER, POSTED}:
            raise SlackError("invalid_source")
        for channel in self._workspace.channels.values():
            for message in channel.messages.values():
                if _id(message) == arguments["unfurl_id"] and arguments["source"] == POSTED:
                    return message
        raise SlackError("invalid_unfurl_id")

    def _of_the_app(self, message: Message) -> dict[str, str]:
        """The links in a person's message that lie in the app's domains or below, each with the domain."""
        found: dict[str, str] = {}
        for match in LINK.finditer("" if message.by_bot else message.text):
            url = html.unescape(match[0])
            host = (urlsplit(url).hostname or "").casefold()
            for domain in self._domains:
                if host == domain or host.endswith(f".{domain}"):
                    found.setdefault(url, domain)
        return found


def _id(message: Message) -> str:
    place = f"{message.channel}.{message.ts}"
    return f"{place}.{hashlib.sha256(place.encode()).hexdigest()}"
