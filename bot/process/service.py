"""A part of the process that is started and stopped, for ``async with``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Self


class Service(ABC):
    """Runs for the length of an ``async with``. A start that fails stops what it has begun."""

    @abstractmethod
    async def start(self) -> None:
        """Start all parts."""

    @abstractmethod
    async def stop(self) -> None:
        """Stop all parts. Must be safe to call after a start that failed."""

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()
