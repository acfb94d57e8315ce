"""Finds a message that may have been sent, by the opaque id in its metadata."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError

from bot.jobs.reconcile import fact_ids_in
from bot.jobs.slack_errors import Verdict, understand
from handlers.wire.slack import EndlessError, pages, rows, ts_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from slack_sdk.web.async_client import AsyncWebClient

    from storage.post import Post

MARGIN = timedelta(minutes=5)  # that our clock and Slack's may differ by
# A claimed post leaves within seconds, and after its lease somebody else has it. The rest is for a machine that was
# asleep in between. Without an end the search would go through all that was written since, be it over a long weekend.
AFTER = timedelta(hours=1)
PAGES = 50  # of 200 messages: more than a channel writes in so short a time


class GaveUpError(Exception):
    """The channel wrote more in that time than is looked through: the message may stand there or not."""


@dataclass(slots=True)
class Found:
    """What the search saw. ``fact_ids``: after a restore, those of what our messages tell, each with its ``ts``."""

    now: datetime  # by our clock
    apart: timedelta = timedelta()  # Slack's clock less ours, as its answer tells
    ts: str = ""  # of the message that carries the post's token; empty: the channel does not hold it
    fact_ids: dict[str, str] = field(default_factory=dict)


async def find_post(slack: AsyncWebClient, post: Post, event_type: str, now: datetime) -> Found:
    """Look for the message that carries the post's token.

    A reply is looked for in its thread and then in the channel, where other settings may have put it. Needs
    channels:history or groups:history. Raises GaveUpError and what slack_sdk raises.
    """
    found = Found(now)
    if post.thread_ts:
        await _in_thread(slack, post, event_type, found)
    if not found.ts:
        await _search(slack, post, event_type, "", found)
    return found


async def _in_thread(slack: AsyncWebClient, post: Post, event_type: str, found: Found) -> None:
    """A thread whose card was deleted holds nothing; what was said in it may still stand in the channel."""
    try:
        await _search(slack, post, event_type, post.thread_ts, found)
    except SlackApiError as error:
        if understand(error).verdict is not Verdict.CARD_GONE:
            raise


async def _search(slack: AsyncWebClient, post: Post, event_type: str, thread: str, found: Found) -> None:
    """Around our clock's time of the post; where Slack's clock shows another time now, around that one too.

    Our clock may have been set between the post and now, and a post that is not found is sent again.
    """
    began, ended = _window(post)
    await _between(slack, post, event_type, thread, found, (began, ended))
    if not found.ts and abs(found.apart) > MARGIN:
        await _between(slack, post, event_type, thread, found, (began + found.apart, ended + found.apart))


async def _between(  # noqa: PLR0917  what is looked for, where and when
    slack: AsyncWebClient, post: Post, event_type: str, thread: str, found: Found, window: tuple[datetime, datetime]
) -> None:
    async def page(cursor: str | None) -> Any:
        return await _page(slack, post.channel, window, cursor, thread)

    try:
        async for one in pages(page, PAGES):
            found.apart = _date(one.headers, found.now) - found.now
            for message in rows(one, "messages"):
                if _is_it(message, post, event_type, found):
                    return
    except EndlessError as error:
        raise GaveUpError(f"more than {PAGES * 200} messages: {error}") from error


def _is_it(message: Any, post: Post, event_type: str, found: Found) -> bool:
    """Whether it carries the post's token; what else it tells is noted. One without a ``ts`` can be neither."""
    if not isinstance(message, dict) or not (ts := ts_of(message)):
        return False
    payload = _payload(message, event_type)
    if payload.get("id") == post.token:
        found.ts = ts
    elif post.restored_at is not None and _is_before(ts, post.restored_at):
        found.fact_ids |= dict.fromkeys(fact_ids_in(payload), ts)
    return bool(found.ts)


def _date(headers: Mapping[str, str], otherwise: datetime) -> datetime:
    """When Slack says that it answered."""
    said = next((value for name, value in headers.items() if name.lower() == "date"), "")
    try:
        when = parsedate_to_datetime(said)
    except (ValueError, TypeError, OverflowError):
        return otherwise
    return when if when.tzinfo else otherwise


def _is_before(ts: str, restored_at: datetime) -> bool:
    """What was told since then is known: a price that came back to what it was is news again."""
    return float(ts) <= (restored_at + MARGIN).timestamp()


def _window(post: Post) -> tuple[datetime, datetime]:
    """Between which moments the message was posted, if it was."""
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
