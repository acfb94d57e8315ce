"""Tries each operation that reads, once, at most one call a second. Nothing is written to the account."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.commands.contract.guesses import GUESSES
from bot.commands.contract.requests import KnownIds, MissingIdError, readers, request_for
from pandapon.client import Config, PandaPon
from pandapon.errors import AuthError, DecodeError, NotShippedError, PandaPonError, UnknownPathError
from pandapon.operations.answers import rows_of
from pandapon.operations.differences import Difference, differences

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable
    from datetime import datetime

    from pandapon.operations.catalogue import AnyOperation
    from pandapon.signing import Unit

EVERY = 1.0  # seconds between two calls
ROWS = 5  # rows of an answer that are compared


class TrialResult(StrEnum):
    """The result of a trial of an operation, as the report shows it."""

    MATCHES = "matches"
    DIFFERS = "differs"  # from the contract
    ANSWERS = "answers"  # the contract does not know the answer's fields, or the answer had none
    REFUSED = "refused"
    NOT_TRIED = "not tried"
    NO_PATH = "no path"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one operation. ``words`` holds codes and kinds, never a value of the account."""

    operation: AnyOperation
    path: str
    verdict: TrialResult
    words: str = ""
    differences: tuple[Difference, ...] = ()
    fits: bool = False  # a guessed path answered


@dataclass
class Trial:
    """One run over all operations."""

    config: Config
    clock: Callable[[], datetime]
    pause: float = EVERY
    known: KnownIds = field(default_factory=KnownIds)
    unit: Unit | None = None  # of the timestamps that PandaPon accepted; None: neither, or not tried yet

    async def run(self) -> AsyncIterator[Outcome]:
        """Yield the outcome of each operation. Nothing is yielded when neither unit of the timestamp is accepted."""
        self.unit = await self._accepted_unit()
        if self.unit is None:
            return
        for operation in readers():
            yield await self._try(operation)

    async def _accepted_unit(self) -> Unit | None:
        first: Unit = self.config.timestamp_unit
        other: Unit = "ms" if first == "s" else "s"
        for unit in (first, other):
            try:
                async with PandaPon(replace(self.config, timestamp_unit=unit), clock=self.clock) as client:
                    await client.probe()
            except AuthError:
                await asyncio.sleep(self.pause)
                continue
            return unit
        return None

    async def _try(self, operation: AnyOperation) -> Outcome:
        """Try an operation at its own path. If that is unknown or refused, try the guessed paths."""
        own = self.config.paths.get(operation.name, operation.path)
        outcome = Outcome(operation, own, TrialResult.NO_PATH, "nobody published it")
        for path in filter(None, (own, *GUESSES.get(operation.name, ()))):
            outcome = await self._call(operation, path)
            if outcome.verdict is TrialResult.NOT_TRIED:
                break
            if outcome.verdict not in {TrialResult.REFUSED, TrialResult.NO_PATH}:
                return replace(outcome, fits=path != own)
        return Outcome(operation, own, outcome.verdict, outcome.words)

    async def _call(self, operation: AnyOperation, path: str) -> Outcome:
        try:
            request = request_for(operation, self.known)
        except MissingIdError as error:
            return Outcome(operation, path, TrialResult.NOT_TRIED, f"needs {error}")
        await asyncio.sleep(self.pause)
        unit = self.unit or self.config.timestamp_unit
        config = replace(self.config, timestamp_unit=unit, paths={**self.config.paths, operation.name: path})
        query, body = operation.encode(request, config.taobao_amounts)
        try:
            async with PandaPon(config, clock=self.clock) as client:
                data = await client.call(operation.name, query=query, body=body)
            answer = operation.read(data, request, config.taobao_amounts)
        except NotShippedError:
            return Outcome(operation, path, TrialResult.ANSWERS, "not shipped yet")
        except DecodeError as error:
            return Outcome(operation, path, TrialResult.DIFFERS, str(error))
        except UnknownPathError:
            return Outcome(operation, path, TrialResult.NO_PATH)
        except PandaPonError as error:
            return Outcome(operation, path, TrialResult.REFUSED, error.brief)
        self.known.learn(answer)
        return _compared(operation, path, answer, data)


def _compared(operation: AnyOperation, path: str, answer: Any, data: Any) -> Outcome:
    if operation.answer is None:
        return Outcome(operation, path, TrialResult.ANSWERS, _shape(data))
    differing = tuple(dict.fromkeys(_differences(answer, data)))
    return Outcome(operation, path, TrialResult.DIFFERS if differing else TrialResult.MATCHES, _shape(data), differing)


def _differences(answer: Any, data: Any) -> Iterable[Difference]:
    for row, raw in zip(list(rows_of(answer))[:ROWS], _raw_rows(data), strict=False):
        yield from differences(row, raw)


def _raw_rows(data: Any) -> list[Any]:
    """Return the JSON objects of an answer's rows."""
    if isinstance(data, list):
        return data
    inner = (
        next((value for value in data.values() if isinstance(value, list)), None) if isinstance(data, dict) else None
    )
    known_lists = {"data", "result", "list", "records", "items", "rows"}
    return inner if inner is not None and known_lists & data.keys() else [data]


def _shape(data: Any) -> str:
    """Return the shape of an answer in words, without any of its values."""
    if isinstance(data, list):
        return f"a list of {len(data)}"
    if isinstance(data, dict):
        return f"an object with {', '.join(sorted(data)[:12])}"
    return type(data).__name__
