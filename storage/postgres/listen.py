"""Listens for notices that another process queued posts or made orders due. Without a notice the next tick finds them.

Each process has one more connection for this. A pooler in transaction mode passes no notices on, so there is no
listening behind one.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import psycopg

from storage.postgres.connecting import OPTIONS, PROCESS, is_pooled
from storage.postgres.wakes import CHANNEL, Wake, read

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

AGAIN_SECONDS = 5.0  # between a lost connection and the next try


class Listener:
    """Listens for the notices of all schemas until it is stopped. It connects again by itself."""

    def __init__(
        self, url: str, wake: Callable[[Wake, str | None], None], *, again_seconds: float = AGAIN_SECONDS
    ) -> None:
        """``wake`` is called on the event loop, with the schema in which there is something to do.

        After each connecting it is called for each kind with None, since notices of any schema may have been missed.
        """
        self._url, self._wake, self._again = url, wake, again_seconds
        self._task: asyncio.Task[None] | None = None
        self.is_listening = False

    def start(self) -> None:
        """Start listening. Call it on the event loop."""
        self._task = asyncio.create_task(self._run(), name="listener")

    async def stop(self) -> None:
        """Close the connection. Safe to call at any stage."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                if not await self._listened():
                    return
            except psycopg.Error as error:
                kind = type(error).__name__  # the error's text may name the server
                log.log(logging.INFO if self.is_listening else logging.DEBUG, "no notices", extra={"error": kind})
            self.is_listening = False
            await asyncio.sleep(self._again)

    async def _listened(self) -> bool:
        """Listen until the connection is lost. False: listening is useless, since a pooler passes no notices on."""
        connecting = psycopg.AsyncConnection.connect(self._url, autocommit=True, **OPTIONS)
        async with await connecting as conn:
            if is_pooled(await (await conn.execute(PROCESS)).fetchone(), conn.info):
                return False
            await conn.execute(f"LISTEN {CHANNEL}")
            self.is_listening = True
            for kind in Wake:
                self._wake(kind, None)
            async for notice in conn.notifies():
                schema, kinds = read(notice.payload)
                for kind in kinds:
                    self._wake(kind, schema)
        return True
