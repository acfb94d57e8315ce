"""Previews of links that people post: the event link_shared, and the method chat.unfurl."""

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
COMPOSER, POSTED = "composer", "conversations_history"  # values of ``source``; this stand-in sends only the latter


class Links:
    """The links in the domains of the app's manifest, and their previews."""

    def __init__(self, workspace: Workspace, manifest: dict[str, Any]) -> None:
        self._workspace = workspace
        self._domains = [str(domain) for domain in (manifest.get("features") or {}).get("unfurl_domains") or []]
        subscriptions = (manifest.get("settings") or {}).get("event_subscriptions") or {}
        self._listens = "link_shared" in (subscriptions.get("bot_events") or [])

    def methods(self) -> dict[str, Method]:
        """Return the methods by name."""
        return {"chat.unfurl": self._unfurl}

    def shared(self, message: Message) -> dict[str, Any] | None:
        """Return the event for a message with links of the app; None without links or without a subscription."""
        links = self._of_the_app(message)
        if not links or not self._listens:
            return None
        event = {
            "type": "link_shared",
            "user": message.user,
            "channel": message.channel,
            "is_bot_user_member": BOT_USER in self._workspace.channels[message.channel].members,
            "message_ts": message.ts,
            "links": [{"url": url, "domain": domain} for url, domain in links.items()],
            "unfurl_id": _id(message),
            "source": POSTED,
        }
        return event | ({"thread_ts": message.thread_ts} if message.thread_ts else {})

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
        # A second call for the same link replaces the first preview.
        previews = {attachment.get("app_unfurl_url"): attachment for attachment in message.attachments}
        for url, attachment in zip(unfurls, given, strict=True):
            origin = {"app_unfurl_url": url, "is_app_unfurl": True, "app_id": APP, "bot_id": BOT}
            previews[url] = {"fallback": "[no preview available]", **attachment, **origin}
        message.attachments = [{**preview, "id": number} for number, preview in enumerate(previews.values(), start=1)]
        self._workspace.touch()
        return {}

    def _named(self, arguments: Arguments) -> Message:
        """Return the message named by channel and ts, or by the event's unfurl_id and source. Raises SlackError."""
        if arguments.get("unfurl_id") or arguments.get("source"):
            return self._by_id(arguments)
        for name in ("channel", "ts"):
            if not arguments.get(name):
                raise SlackError(f"missing_{name}")
        # An app gets links from all channels, even from channels without its bot.
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
        """Return the links of a person's message in the app's domains or their subdomains, each with its domain."""
        links: dict[str, str] = {}
        for match in LINK.finditer("" if message.by_bot else message.text):
            url = html.unescape(match[0])
            host = (urlsplit(url).hostname or "").casefold()
            for domain in self._domains:
                if host == domain or host.endswith(f".{domain}"):
                    links.setdefault(url, domain)
        return links


def _id(message: Message) -> str:
    place = f"{message.channel}.{message.ts}"
    return f"{place}.{hashlib.sha256(place.encode()).hexdigest()}"
