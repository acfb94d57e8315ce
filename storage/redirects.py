"""Moves messages that Slack does not deliver directly into the threads where their readers find them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import alarms, approval_posts

if TYPE_CHECKING:
    from storage.connection import Connection
    from storage.post import Post


def move_to_thread(conn: Connection, post: Post) -> bool:
    """Move a notice that cannot be sent directly into the thread of its request or order. False: there is no thread."""
    return approval_posts.say_in_thread(conn, post) or alarms.say_in_thread(conn, post)
