"""One post to Slack: a card, a reply under it, an edited card; at full length or as a short text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.jobs import reconcile
from bot.jobs.compose import goes_to_thread, is_broadcast
from handlers.blocks.message import Message
from handlers.blocks.text import truncate_mrkdwn
from handlers.wire.slack import OddAnswerError, ts_of
from storage.post import Post, PostKind

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from storage.store import Store

EVENT_TYPE = "pandabot_post"  # the metadata's type; its payload is an opaque token and opaque fact ids
SHORT = 1000  # characters of the short text


class Sender:
    """Sends, and raises what slack_sdk raises: the failure policy decides what follows."""

    def __init__(self, store: Store, slack: AsyncWebClient) -> None:
        self._store, self._slack = store, slack

    async def send(self, post: Post, message: Message) -> str:
        """Post or update. Returns the message's ``ts``. Raises OddAnswerError when Slack returns no ``ts``."""
        content: dict[str, Any] = {"text": message.text, "blocks": message.blocks}
        if post.kind is PostKind.REFRESH:
            await self._slack.chat_update(channel=post.channel, ts=post.thread_ts, **content)
            return post.thread_ts
        if goes_to_thread(post):
            content |= {"thread_ts": post.thread_ts, "reply_broadcast": is_broadcast(post)}
        response = await self._slack.chat_postMessage(
            channel=post.channel,
            metadata={"event_type": EVENT_TYPE, "event_payload": await reconcile.identity(self._store, post)},
            unfurl_links=False,
            unfurl_media=False,
            **content,
        )
        ts = ts_of(response)
        if not ts and post.kind is not PostKind.NOTICE:  # nobody ever refers to a notice
            raise OddAnswerError("Slack took a post and did not say under which ts")
        return ts

    async def send_short(self, post: Post, message: Message) -> str:
        """Send the text alone, shortened: not every workspace takes newer blocks, and limits change."""
        return await self.send(post, Message(truncate_mrkdwn(message.text, SHORT), []))
