"""Finds a message that may have been sent, by the opaque token in its metadata.

Slack lets apps that are distributed outside its Marketplace ask for a history once a minute, and shows 15 messages.
So the search begins where the message most likely is, with one page of 15. A search that Slack interrupts by a pause
goes on where it stopped; otherwise the search of a busy channel would never end.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError

from bot.clients.slack_errors import Verdict, classify
from bot.jobs.reconcile import fact_ids_in
from handlers.wire.slack import EndlessError, code_of, cursor_of, pages, rows, ts_of
from storage.tokens import tokens_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from slack_sdk.web.async_client import AsyncWebClient

    from storage.post import Post

MARGIN = timedelta(minutes=5)  # allowed difference between our clock and Slack's
# A claimed post is sent within seconds; the hour is for a machine that slept in between. Without an end the search
# would read everything written since, perhaps over a long weekend.
AFTER = timedelta(hours=1)
PAGES = 50  # of 200 messages, where Slack gives so many: more than a channel writes in that time
PAGE, FIRST_PAGE = 200, 15  # messages
# Around the claim, for the first page: most posts are sent within a second, and most clocks are right.
SHORTLY_BEFORE, SHORTLY_AFTER = timedelta(seconds=30), timedelta(minutes=2)
Place = tuple[str, "datetime", "datetime"]  # a thread, empty for the channel, and the time that is searched there


class GaveUpError(Exception):
    """The channel has more messages in that time than are searched: the post may or may not be among them."""


@dataclass(slots=True)
class PostSearch:
    """The state and the result of a search for one post.

    ``fact_ids``: after a restore, the fact ids in our messages, each with the ``ts`` of its message.
    """

    now: datetime  # by our clock
    clock_offset: timedelta = timedelta()  # Slack's clock minus ours, by the ``Date`` of Slack's last answer
    tokens: frozenset[str] = frozenset()  # the tokens that the post's message may have in Slack
    ts: str = ""  # of the message with the post's token; empty when there is none
    fact_ids: dict[str, str] = field(default_factory=dict)
    done: set[Place] = field(default_factory=set)  # places searched to the end
    cursors: dict[Place, str] = field(default_factory=dict)  # the next page of each place whose search has begun
    pages: Counter[Place] = field(default_factory=Counter)  # how many pages were read of each place


async def find_post(slack: AsyncWebClient, post: Post, event_type: str, search: PostSearch) -> PostSearch:
    """Look for the message that carries the post's token.

    A reply is searched in its thread and then in the channel, where other settings may have put it. ``search``: a new
    one, or one that was interrupted; it holds how far the search came. Needs channels:history or groups:history.
    Raises GaveUpError and what slack_sdk raises.
    """
    search.tokens = tokens_of(post)
    if post.thread_ts:
        await _in_thread(slack, post, event_type, search)
    if not search.ts:
        await _search(slack, post, event_type, "", search)
    return search


async def _in_thread(slack: AsyncWebClient, post: Post, event_type: str, search: PostSearch) -> None:
    """Search the thread. When its card was deleted, only the channel may still show the reply."""
    try:
        await _search(slack, post, event_type, post.thread_ts, search)
    except SlackApiError as error:
        if classify(error).verdict is not Verdict.CARD_GONE:
            raise


async def _search(slack: AsyncWebClient, post: Post, event_type: str, thread: str, search: PostSearch) -> None:
    """Search around our time of the post and, when Slack's clock differs, around Slack's time of it too.

    Our clock may have been set since the post, and a post that is not found is sent again.
    """
    began, ended = _window(post)
    await _near(slack, post, event_type, thread, search)
    if search.ts:
        return
    await _between(slack, post, event_type, thread, search=search, window=(began, ended))
    if not search.ts and abs(search.clock_offset) > MARGIN:
        shifted = began + search.clock_offset, ended + search.clock_offset
        await _between(slack, post, event_type, thread, search=search, window=shifted)


async def _near(slack: AsyncWebClient, post: Post, event_type: str, thread: str, search: PostSearch) -> None:
    """Read the one page where the message most likely is. In a busy channel it shows only a part of that time."""
    claimed = _claimed(post)
    near = claimed - SHORTLY_BEFORE, claimed + SHORTLY_AFTER
    if (thread, *near) not in search.done:
        answer = await _page(slack, post.channel, near, None, thread, FIRST_PAGE)
        _page_has_post(answer, post, event_type, search)
        search.done.add((thread, *near))


async def _between(
    slack: AsyncWebClient,
    post: Post,
    event_type: str,
    thread: str,
    *,
    search: PostSearch,
    window: tuple[datetime, datetime],
) -> None:
    place = (thread, *window)
    if place in search.done:
        return

    async def page(cursor: str | None) -> Any:
        if search.pages[place] >= PAGES:
            raise GaveUpError(f"more than {PAGES} pages")
        return await _page(slack, post.channel, window, cursor, thread, PAGE)

    try:
        async for answer in pages(page, PAGES, search.cursors.get(place, "")):
            search.pages[place] += 1
            if _page_has_post(answer, post, event_type, search):
                return
            search.cursors[place] = cursor_of(answer)
    except EndlessError as error:
        raise GaveUpError(str(error)) from error
    except SlackApiError as error:
        if code_of(error) != "invalid_cursor" or not search.cursors.pop(place, ""):
            raise
        # The cursor of the interrupted search has expired, so this place is searched anew.
        await _between(slack, post, event_type, thread, search=search, window=window)
        return
    search.done.add(place)


def _page_has_post(answer: Any, post: Post, event_type: str, search: PostSearch) -> bool:
    """Return whether a page holds the message, and note Slack's clock and the fact ids."""
    search.clock_offset = _date(answer.headers, search.now) - search.now
    return any(_is_post(message, post, event_type, search) for message in rows(answer, "messages"))


def _is_post(message: Any, post: Post, event_type: str, search: PostSearch) -> bool:
    """Return whether the message has the post's token, and note its fact ids. A message without a ``ts`` is skipped."""
    if not isinstance(message, dict) or not (ts := ts_of(message)):
        return False
    payload = _payload(message, event_type)
    if payload.get("id") in search.tokens:
        search.ts = ts
    elif post.restored_at is not None and _is_before(ts, post.restored_at):
        search.fact_ids |= dict.fromkeys(fact_ids_in(payload), ts)
    return bool(search.ts)


def _date(headers: Mapping[str, str], default: datetime) -> datetime:
    """Return the time of Slack's answer by its ``Date`` header; ``default`` when that is unreadable."""
    date = next((value for name, value in headers.items() if name.lower() == "date"), "")
    try:
        when = parsedate_to_datetime(date)
    except (ValueError, TypeError, OverflowError):
        return default
    return when if when.tzinfo else default


def _is_before(ts: str, restored_at: datetime) -> bool:
    """Return whether a message is from before the restore. Later ones don't count: a price may have changed back."""
    return float(ts) <= (restored_at + MARGIN).timestamp()


def _window(post: Post) -> tuple[datetime, datetime]:
    """Return the times between which the message was posted, if it was."""
    began = _claimed(post)
    return began - MARGIN, (post.restored_at or began) + AFTER


def _claimed(post: Post) -> datetime:
    return post.claimed_at or post.created_at


async def _page(  # noqa: PLR0917  the parameters of one request
    slack: AsyncWebClient, channel: str, window: tuple[datetime, datetime], cursor: str | None, thread: str, limit: int
) -> Any:
    oldest, latest = window
    wanted: dict[str, Any] = {
        "channel": channel,
        "oldest": f"{oldest.timestamp():.6f}",
        "latest": f"{latest.timestamp():.6f}",
        "limit": limit,
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
