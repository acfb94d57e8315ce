"""Finds a message that may have been sent, by the opaque token in its metadata."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError

from bot.jobs.reconcile import fact_ids_in
from bot.jobs.slack_errors import Verdict, understand
from handlers.wire.slack import EndlessError, pages, rows, ts_of
from storage.tokens import tokens_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from slack_sdk.web.async_client import AsyncWebClient

    from storage.post import Post

MARGIN = timedelta(minutes=5)  # allowed difference between our clock and Slack's
# A claimed post is sent within seconds. The rest is for a machine that slept in between. Without an end the search
# would read everything written since, perhaps over a long weekend.
AFTER = timedelta(hours=1)
PAGES = 50  # of 200 messages: more than a channel writes in so short a time


class GaveUpError(Exception):
    """The channel has more messages in that time than are searched: the post may or may not be among them."""


@dataclass(slots=True)
class Found:
    """The result of a search. ``fact_ids``: after a restore, those of our messages, each with its message's ``ts``."""

    now: datetime  # by our clock
    apart: timedelta = timedelta()  # Slack's clock less ours, as its answer tells
    tokens: frozenset[str] = frozenset()  # under which the post may stand in Slack
    ts: str = ""  # of the message with the post's token; empty when there is none
    fact_ids: dict[str, str] = field(default_factory=dict)


async def find_post(slack: AsyncWebClient, post: Post, event_type: str, now: datetime) -> Found:
    """Look for the message that carries the post's token.

    A reply is searched in its thread and then in the channel, where other settings may have put it. ``now``: by our
    clock. Needs channels:history or groups:history. Raises GaveUpError and what slack_sdk raises.
    """
    found = Found(now, tokens=tokens_of(post))
    if post.thread_ts:
        await _in_thread(slack, post, event_type, found)
    if not found.ts:
        await _search(slack, post, event_type, "", found)
    return found


async def _in_thread(slack: AsyncWebClient, post: Post, event_type: str, found: Found) -> None:
    """Search the thread. When its card was deleted, only the channel may still show the reply."""
    try:
        await _search(slack, post, event_type, post.thread_ts, found)
    except SlackApiError as error:
        if understand(error).verdict is not Verdict.CARD_GONE:
            raise


async def _search(slack: AsyncWebClient, post: Post, event_type: str, thread: str, found: Found) -> None:
    """Search around our time of the post and, when Slack's clock differs, around Slack's time of it too.

    Our clock may have been set since the post, and a post that is not found is sent again.
    """
    began, ended = _window(post)
    await _between(slack, post, event_type, thread, found=found, window=(began, ended))
    if not found.ts and abs(found.apart) > MARGIN:
        shifted = began + found.apart, ended + found.apart
        await _between(slack, post, event_type, thread, found=found, window=shifted)


async def _between(
    slack: AsyncWebClient, post: Post, event_type: str, thread: str, *, found: Found, window: tuple[datetime, datetime]
) -> None:
    async def page(cursor: str | None) -> Any:
        return await _page(slack, post.channel, window, cursor, thread)

    try:
        async for answer in pages(page, PAGES):
            found.apart = _date(answer.headers, found.now) - found.now
            for message in rows(answer, "messages"):
                if _is_it(message, post, event_type, found):
                    return
    except EndlessError as error:
        raise GaveUpError(f"more than {PAGES * 200} messages: {error}") from error


def _is_it(message: Any, post: Post, event_type: str, found: Found) -> bool:
    """Return whether the message has the post's token, and note its fact ids. Without a ``ts`` it is passed over."""
    if not isinstance(message, dict) or not (ts := ts_of(message)):
        return False
    payload = _payload(message, event_type)
    if payload.get("id") in found.tokens:
        found.ts = ts
    elif post.restored_at is not None and _is_before(ts, post.restored_at):
        found.fact_ids |= dict.fromkeys(fact_ids_in(payload), ts)
    return bool(found.ts)


def _date(headers: Mapping[str, str], otherwise: datetime) -> datetime:
    """Return the time of Slack's answer by its ``Date`` header; ``otherwise`` when that is unreadable."""
    date = next((value for name, value in headers.items() if name.lower() == "date"), "")
    try:
        when = parsedate_to_datetime(date)
    except (ValueError, TypeError, OverflowError):
        return otherwise
    return when if when.tzinfo else otherwise


def _is_before(ts: str, restored_at: datetime) -> bool:
    """Only messages before the restore count: a price that changed back since then is news again."""
    return float(ts) <= (restored_at + MARGIN).timestamp()


def _window(post: Post) -> tuple[datetime, datetime]:
    """Return the times between which the message was posted, if it was."""
    began = post.claimed_at or post.created_at
    return began - MARGIN, (post.restored_at or began) + AFTER


async def _page(
    slack: AsyncWebClient, channel: str, window: tuple[datetime, datetime], cursor: str | None, thread: str
) -> Any:
    oldest, latest = window
    wanted: dict[str, Any] = {
        "channel": channel,
        "oldest": f"{oldest.timestamp():.6f}",
        "latest": f"{latest.timestamp():.6f}",
        "limit": 200,
        "include_all_metadata": True,
        "cursor": cursor,
    }
    if thread:
        return await slack.conversations_replies(ts=thread, **wanted)
    return await slack.conversations_history(**wanted)


def _payload(message: dict[str, Any], event_type: str) -> dict[str, Any]:
    metadata = message.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("event_type") != event_type:
        return {}
    payload = metadata.get("event_payload")
    return payload if isinstance(payload, dict) else {}
