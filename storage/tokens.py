"""The tokens of one post: each engine derives its own, and another engine's database may have sent the post."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from storage.post import PostKind
from storage.sqlite.connection import post_token

if TYPE_CHECKING:
    from storage.post import Post


def tokens_of(post: Post) -> frozenset[str]:
    """Return the tokens that the post's message may carry: its own and, if that is derived, the other engine's."""
    text = (post.channel, post.key, _seed(post))
    derived = {post_token(*text), _by_postgres(*text)}
    return frozenset(derived if post.token in derived else {post.token})


def _seed(post: Post) -> str:
    """Return the part of a derived token that names the event; see :mod:`storage.enqueue`."""
    if post.kind is PostKind.CARD:
        return f"card:{post.watch_id}"
    if post.kind is PostKind.DAILY_DIGEST:
        return post.event_id.replace("daily_digest:", "summary:", 1)
    return post.event_id


def _by_postgres(channel: str, key: str, seed: str) -> str:
    """Return the same token as the function ``post_token`` of the PostgreSQL tables."""
    return hashlib.md5(f"{channel}\x1f{key}\x1f{seed}".encode(), usedforsecurity=False).hexdigest()
