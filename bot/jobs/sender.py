"""One post to Slack: a card, a reply under it, an edited card; at full length or as a short text."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.clients.slack_errors import LateError
from bot.jobs import reconcile
from bot.jobs.compose import goes_to_thread, is_broadcast
from handlers.blocks.message import Message
from handlers.blocks.text import truncate_mrkdwn
from handlers.wire import payloads
from handlers.wire.slack import OddAnswerError, ts_of
from storage.post import Post, PostKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from slack_sdk.web.async_client import AsyncWebClient

    from storage.store import Store

EVENT_TYPE = "pandabot_post"  # the metadata's type; its payload is an opaque token and opaque fact ids
# Counted from the claim. A process that stood still for longer does not send: another one may be taking the post.
SENT_WITHIN = timedelta(seconds=90)
SHORT = 1000  # characters of the short text
EDITS = frozenset({PostKind.REFRESH, PostKind.APPROVAL_EDIT})  # of a message that was posted before


class Sent(NamedTuple):
    """Where Slack put a message. ``channel``: for a message to a person, the id of the conversation with them."""

    ts: str
    channel: str


class Sender:
    """Sends, and raises what slack_sdk raises: the failure policy decides what follows."""

    def __init__(self, store: Store, slack: AsyncWebClient, clock: Callable[[], datetime]) -> None:
        self._store, self._slack, self._clock = store, slack, clock

    async def send(self, post: Post, message: Message) -> Sent:
        """Post or update. Raises OddAnswerError when Slack returns no ``ts``, and LateError."""
        content: dict[str, Any] = {"text": message.text, "blocks": message.blocks}
        if post.kind in EDITS:
            self._require_time(post)
            await self._slack.chat_update(channel=post.channel, ts=post.thread_ts, **content)
            return Sent(post.thread_ts, post.channel)
        if goes_to_thread(post):
            content |= {"thread_ts": post.thread_ts, "reply_broadcast": is_broadcast(post)}
        payload = await reconcile.metadata_payload(self._store, post)
        self._require_time(post)
        response = await self._slack.chat_postMessage(
            channel=post.channel,
            metadata={"event_type": EVENT_TYPE, "event_payload": payload},
            unfurl_links=False,
            unfurl_media=False,
            **content,
        )
        ts = ts_of(response)
        if not ts and post.kind is not PostKind.NOTICE:  # nobody ever refers to a notice
            raise OddAnswerError("Slack took a post and did not say under which ts")
        return Sent(ts, payloads.text(response.data, "channel") or post.channel)

    def _require_time(self, post: Post) -> None:
        """Raise LateError for a post that was claimed too long ago. No await may stand between this and the call."""
        now = self._clock()
        if now - (post.claimed_at or now) > SENT_WITHIN:
            raise LateError

    async def send_short(self, post: Post, message: Message) -> Sent:
        """Send the text alone, shortened: not every workspace takes newer blocks, and limits change."""
        return await self.send(post, Message(truncate_mrkdwn(message.text, SHORT), []))
