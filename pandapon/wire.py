"""One exchange with the API: signed, paced, read whole, and tried again only where that can do no harm."""

from __future__ import annotations

import asyncio
import builtins
import json
import logging
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx
import stamina

from pandapon import budget
from pandapon import transport as http
from pandapon.envelope import open_envelope, trade_words
from pandapon.errors import (
    PandaPonError,
    RateLimitError,
    ServerError,
    TimeoutError,  # noqa: A004  named as httpx names its own
    TimestampError,
    TransportError,
)
from pandapon.lanes import Lane, lanes
from pandapon.signing import Signer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from pandapon.config import Config

log = logging.getLogger(__name__)

SKEW_EVERY = 50  # calls between two looks at the server's clock
SKEW_CORRECTED = timedelta(seconds=300)  # half of what the API tolerates
WORTH_A_TRY = 0.3  # seconds that have to be left of a question for a second try
PAUSE = 1.0  # seconds, when the API asks to slow down and does not say for how long

Answer = tuple[httpx.Response, bytes]


@dataclass(frozen=True, slots=True)
class _Job:
    """A request that can be made again: signed anew each time, because a signature holds for 600 s only."""

    method: str
    url: str
    content: bytes | None
    lane: Lane


class Wire:
    """Sends requests of one account. Raises PandaPonError and nothing else of its own."""

    def __init__(
        self, config: Config, *, clock: Callable[[], datetime], transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.skew: timedelta | None = None  # the server's clock less ours, None until seen
        self.answered_at: datetime | None = None  # when it last did its part, be it to refuse an order
        self._clock, self._retries = clock, config.retries
        self._base = config.base_url.rstrip("/")
        self._http = http.Client(config, transport)
        self._timeout = self._http.timeout.as_dict()
        self._deadline = http.CONNECT + 2 * config.read_timeout
        self._signer = Signer(config.access_key, config.access_secret, config.user_id, config.timestamp_unit)
        self._background, self._people = lanes(config)
        self._calls = 0

    async def aclose(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    def clock_moved(self, by: timedelta) -> None:
        """Our clock was set, by so much (zero: not known). What was seen of the difference changes with it.

        The next answer tells it anew.
        """
        if self.skew is not None:
            self.skew -= by
        if self.answered_at is not None:
            self.answered_at += by
        self._calls = 0

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        background: bool = False,
        writes: bool = False,
    ) -> Answer:
        """The answer, whatever it says, but for those that a retry, a pause or the right clock is about.

        A call that writes is sent once. Raises TransportError, ServerError, RateLimitError, TimestampError,
        DecodeError.
        """
        url = self._base + path
        if query:
            url = f"{url}?{urlencode(query, errors='replace')}"
        content = json.dumps(body, ensure_ascii=False).encode(errors="replace") if body is not None else None
        job = _Job(method, url, content, self._background if background else self._people)
        try:
            return await self._once(job)
        except (TransportError, ServerError) as error:
            tries = 0 if writes else self._tries(error, background=background)
            if not tries or budget.within(1.0) < WORTH_A_TRY:
                raise
            return await self._again(job, tries, error)

    def _tries(self, error: Exception, *, background: bool) -> int:
        """How often it is tried again. A poll has its next tick; only a kept-alive connection that died is mended."""
        return min(1, self._retries) if background and _is_stale(error) else 0 if background else self._retries

    async def _again(self, job: _Job, tries: int, first: Exception) -> Answer:
        """At once after a lost connection, else after a moment with jitter."""
        waits = 0 if _is_stale(first) else 1
        async for attempt in stamina.retry_context(
            on=(TransportError, ServerError),
            attempts=tries + waits,
            timeout=budget.within(10.0),
            wait_initial=0.1,
            wait_max=2.0,
            wait_jitter=0.5,
        ):
            with attempt:
                if attempt.num <= waits:
                    raise first
                return await self._once(job)
        raise AssertionError("stamina returns or raises")

    async def _once(self, job: _Job) -> Answer:
        """One signed request. Raises what the retries are about; other refusals are found when it is opened."""
        response, content = await self._sent(job)
        self._calls += 1
        if self._calls % SKEW_EVERY == 1 or response.status_code in {401, 403}:
            self._observe(response)
        if response.status_code == httpx.codes.OK and b'"code":200,' in content[:200]:
            self.answered_at = self._clock()
            return response, content
        return await self._checked(job, response, content)

    async def _checked(self, job: _Job, response: httpx.Response, content: bytes) -> Answer:
        """An answer that is no plain success: find out what a retry, a pause or the right clock can mend."""
        try:
            _look_at(response, content)
        except RateLimitError as error:
            self._background.pause(error.retry_after or PAUSE)
            raise
        except TimestampError:
            if not self._corrects(response):
                raise
            return await self._sent(job)
        except (TransportError, ServerError):
            raise
        except PandaPonError:
            pass  # the caller opens the envelope itself and meets it there
        self.answered_at = self._clock()
        return response, content

    def _corrects(self, response: httpx.Response) -> bool:
        """Whether the server's clock shows a correction that the refused request did not have yet."""
        before = self._correction()
        self._observe(response)
        if self._correction() == before:
            return False
        log.warning("machine's clock differs from PandaPon's, requests are signed with theirs", extra={"by": self.skew})
        return True

    async def _sent(self, job: _Job) -> Answer:
        """In its lane, and no longer than whoever asked has time. Raises as :meth:`send` does."""
        if budget.left() is None:
            return await self._in_lane(job)
        try:
            async with asyncio.timeout(budget.left()):
                return await self._in_lane(job)
        except builtins.TimeoutError as error:
            raise TimeoutError("no answer within the time that a question has") from error

    async def _in_lane(self, job: _Job) -> Answer:
        async with job.lane:
            return await http.exchange(self._http, self._request(job), self._deadline)

    def _request(self, job: _Job) -> httpx.Request:
        headers = self._signer.headers(self._clock() + self._correction())
        headers["accept"] = "application/json"
        headers["accept-encoding"] = "gzip, deflate"
        if job.content is not None:
            headers["content-type"] = "application/json; charset=utf-8"
        try:
            return httpx.Request(
                job.method, job.url, headers=headers, content=job.content, extensions={"timeout": self._timeout}
            )
        except httpx.InvalidURL as error:
            raise TransportError("the request's address cannot be used") from error

    def _correction(self) -> timedelta:
        return self.skew if self.skew is not None and abs(self.skew) >= SKEW_CORRECTED else timedelta()

    def _observe(self, response: httpx.Response) -> None:
        try:
            theirs = parsedate_to_datetime(response.headers["date"])
        except (KeyError, ValueError, TypeError, OverflowError):
            return
        if theirs.tzinfo is not None:
            self.skew = theirs - self._clock()


def _look_at(response: httpx.Response, content: bytes) -> None:
    """Raises what :func:`open_envelope` raises, and tells it to whoever looks for the cause."""
    try:
        open_envelope(response, content)
    except PandaPonError as error:
        log.debug("PandaPon refused or failed", extra={"error": error.brief, "words": trade_words(str(error))})
        raise


def _is_stale(error: Exception) -> bool:
    """A lost connection, as when the server has just closed one that was kept alive."""
    return isinstance(error, TransportError) and not isinstance(error, TimeoutError)
