"""Repeated acts on the same thing, of which only the newest counts, such as each letter typed into a field."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

REMEMBERED = 1000  # things


class Newest:
    """Carries out acts on the same thing one after the other, and leaves out those that a newer one overtook."""

    def __init__(self) -> None:
        # By thing: the number of its newest act, and the lock under which its acts run.
        self._turns: OrderedDict[str, tuple[int, asyncio.Lock]] = OrderedDict()

    def turn(self, thing: str) -> int:
        """Note an act when it arrives. Returns the act's number, for :meth:`run`."""
        number, lock = self._turns.pop(thing, (0, None))
        self._turns[thing] = number + 1, lock or asyncio.Lock()
        if len(self._turns) > REMEMBERED:
            self._turns.popitem(last=False)
        return number + 1

    async def run(self, thing: str, number: int, work: Callable[[], Awaitable[object]]) -> None:
        """Do the work, unless a newer act has arrived. Raises the errors of the work."""
        turn = self._turns.get(thing)
        if turn is None:  # forgotten meanwhile, so no newer act is known
            await work()
            return
        async with turn[1]:
            if self._turns.get(thing, (number,))[0] == number:
                await work()
