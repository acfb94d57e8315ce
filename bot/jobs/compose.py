"""From an outbox row to the message it becomes, from what is true at the moment it is sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot import records
from handlers.channel_settings import load
from handlers.i18n import use_language
from handlers.views import digest, notices, stalls, tracking
from storage.records import Post, PostKind, WatchState

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.languages import Languages
    from handlers.views.message import Message
    from storage.protocol import Store
    from storage.records import Watch


class Composer:
    """Renders posts. What no longer matters when its turn comes is rendered as None."""

    def __init__(self, store: Store, languages: Languages) -> None:
        self._store, self._languages = store, languages

    async def compose(self, post: Post, now: datetime) -> Message | None:
        """The message of a post in its channel's language, or None when there is nothing to say any more."""
        with use_language(self._languages.of(post.channel)):
            return await self._compose(post, now)

    async def _compose(self, post: Post, now: datetime) -> Message | None:
        match post.kind:
            case PostKind.NOTICE:
                return notices.notice(json.loads(post.payload))
            case PostKind.SUMMARY:
                return digest.summary(digest.load_summary(post.payload), now)
            case PostKind.DIGEST:
                return await self._digest(post, now)
            case _:
                return await self._of_watch(post, now)

    async def _of_watch(self, post: Post, now: datetime) -> Message | None:
        watch = await self._store.watch(post.watch_id) if post.watch_id is not None else None
        stored = (await self._store.load([post.key])).get(post.key) if post.key else None
        if watch is None or stored is None:
            return None
        look = records.look(stored)
        if post.kind is not PostKind.NEWS:
            alarm = (await self._store.alarms([post.key])).get(post.key)
            return tracking.card(look, watch, now, alarm=alarm)
        news = records.load_news(post.payload)
        if news.stall:
            alarm = (await self._store.alarms([post.key])).get(post.key)
            return stalls.alarm(news, look, watch, alarm, now)
        cleared = await self._store.alarm_cleared(post.key, post.created_at)
        return tracking.news(news, look, watch, now, cleared=cleared)

    async def _digest(self, post: Post, now: datetime) -> Message | None:
        """Orders that are watched no more are left out: nobody asks about them."""
        told: list[tuple[Post, Watch]] = []
        for member in await self._store.folded(post.id):
            watch = await self._store.watch(member.watch_id) if member.watch_id is not None else None
            if watch is not None and watch.state is not WatchState.ENDED:
                told.append((member, watch))
        if not told:
            return None
        return digest.folded([(records.load_news(member.payload), watch) for member, watch in told], now)


def goes_to_thread(post: Post) -> bool:
    """Whether the post is a reply under its card."""
    return post.kind is PostKind.NEWS and bool(post.thread_ts) and load(post.settings).threads != "channel"


def is_broadcast(post: Post) -> bool:
    """Whether a reply is shown in the channel as well."""
    return load(post.settings).shows(post.level)
