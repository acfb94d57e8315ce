"""Messages that Slack does not take directly, and the threads in which their readers find them instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import alarms, approval_posts

if TYPE_CHECKING:
    from storage.connection import Connection
    from storage.post import Post


def move_to_thread(conn: Connection, post: Post) -> bool:
    """Move a notice whose person takes no direct messages into its thread. False: there is no such thread."""
    return approval_posts.say_in_thread(conn, post) or alarms.say_in_thread(conn, post)
