"""One exchange with the API: signed, paced, read whole, and repeated only where a second call does no harm."""

from __future__ import annotations

import asyncio
import builtins
import json
import logging
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

import httpx
import stamina

from pandapon import budget
from pandapon import transport as http
from pandapon.envelope import open_envelope, trade_words
from pandapon.errors import (
    DecodeError,
    PandaPonError,
    RateLimitError,
    ServerError,
    TimeoutError,  # noqa: A004  named as httpx names its own
    TimestampError,
    TransportError,
)
from pandapon.limiter import BACKGROUND, limiters
from pandapon.signing import QuerySigner, Signer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from pandapon.config import Config
    from pandapon.shared_pace import SharedPace
    from pandapon.transport import Answer, Head

log = logging.getLogger(__name__)

SKEW_EVERY = 50  # calls between two readings of the server's clock
SKEW_CORRECTED = timedelta(seconds=300)  # half of the difference that the API tolerates
WORTH_A_TRY = 0.3  # seconds; with less left for a person's question there is no second try
PAUSE = 1.0  # seconds, if the API asks to slow down and names no time


class _Job(NamedTuple):
    """A request before it is signed. Each try is signed anew, because a signature holds for 600 s only [stated]."""

    method: str
    url: str
    content: bytes | None
    background: bool  # the request is the poller's or another job's
    writes: bool = False  # the request changes the account
    signed: Any = None  # the body, for an operation that takes the second signature, too
    ready: Callable[[], None] = lambda: None  # called just before the request is sent; an exception stops it


class Wire:
    """Sends the requests of one account. Raises PandaPonError and no error of a library."""

    def __init__(
        self,
        config: Config,
        *,
        clock: Callable[[], datetime],
        transport: httpx.AsyncBaseTransport | None = None,
        on_rate_limit: Callable[[], None] = lambda: None,
        pace: SharedPace | None = None,
    ) -> None:
        """``on_rate_limit`` is called for each answer that asks to slow down. ``pace``: see RequestLimiter."""
        self._pace = pace
        self.skew: timedelta | None = None  # the server's time minus ours; None: not seen yet
        self.answered_at: datetime | None = None  # when the API last answered, see PandaPon.answered_at
        self._clock, self._retries, self._on_rate_limit = clock, config.retries, on_rate_limit
        self._base = config.base_url.rstrip("/")
        self._http = http.Client(config, transport)
        self._timeout = self._http.timeout.as_dict()
        self._signer = Signer(config.access_key, config.access_secret, config.user_id, config.timestamp_unit)
        self._query_signer = QuerySigner(config.access_secret, config.timestamp_unit, config.freight_signature)
        self._background, self._people = limiters(config, pace)
        self._calls = 0

    async def aclose(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    def pause(self, seconds: float) -> None:
        """Send no request of the poller or of a job for a while."""
        self._background.pause(seconds)

    def clock_moved(self, by: timedelta) -> None:
        """Adapt to a change of our clock by ``by`` (zero: unknown). The next answer gives the difference anew."""
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
        signs_query: bool = False,
        ready: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Send a request and return its answer. A call that writes is sent again only after a refused timestamp.

        Raises TransportError, ServerError, RateLimitError, TimestampError and DecodeError. Any other refusal is
        returned like an answer, and raised when the caller opens the envelope. ``ready`` is called just before each
        sending; an exception that it raises stops the request.
        """
        job = self._job(method, path, query, body, background=background, signs_query=signs_query)
        job = job._replace(writes=writes, ready=ready)
        try:
            return await self._once(job)
        except (TransportError, ServerError) as error:
            tries = 0 if writes else self._tries(error, background=background)
            if not tries or budget.within(1.0) < WORTH_A_TRY:
                raise
            return await self._again(job, tries, error)

    def prepared(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        signs_query: bool = False,
    ) -> httpx.Request:
        """Return the signed request that :meth:`send` would send now. Raises TransportError for an unusable address."""
        job = self._job(method, path, query, body, background=False, signs_query=signs_query)
        return self._request(job, whole=True)

    def _job(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: Any,
        *,
        background: bool,
        signs_query: bool,
    ) -> _Job:
        url = self._base + path
        if query:
            url = f"{url}?{urlencode(query, errors='replace')}"
        content = json.dumps(body, ensure_ascii=False).encode(errors="replace") if body is not None else None
        return _Job(method, url, content, background, signed=(body or {}) if signs_query else None)

    def _tries(self, error: Exception, *, background: bool) -> int:
        """How often a call is repeated. A poll comes again anyway, so it is repeated only after a lost connection."""
        if background:
            return min(1, self._retries) if _is_lost_connection(error) else 0
        return self._retries

    async def _again(self, job: _Job, tries: int, first: Exception) -> Answer:
        """Repeat a call: at once after a lost connection, else after a short wait with jitter."""
        waits = 0 if _is_lost_connection(first) else 1
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
        """Send one signed request. Raises the errors of :meth:`send`."""
        response, content = await self._sent(job)
        self._calls += 1
        if self._calls % SKEW_EVERY == 1 or response.status_code in {401, 403}:
            self._observe(response)
        if response.status_code == httpx.codes.OK and b'"code":200,' in content[:200]:
            self.answered_at = self._clock()
            return response, content
        return await self._checked(job, response, content)

    async def _checked(self, job: _Job, response: Head, content: bytes) -> Answer:
        """Handle an answer that is no plain success: pause, correct the clock, or raise an error to be retried."""
        try:
            _check_envelope(response, content, writes=job.writes)
        except RateLimitError as error:
            self._on_rate_limit()
            self._background.pause(error.retry_after or PAUSE)
            if self._pace is not None:
                await self._pace.pause(BACKGROUND, error.retry_after or PAUSE)
            raise
        except TimestampError:
            if not self._corrects(response):
                raise
            return await self._sent(job)
        except (TransportError, ServerError):
            raise
        except DecodeError:
            return response, content  # a proxy may have sent it; opening the envelope raises the error again
        except PandaPonError:
            pass  # raised again when the caller opens the envelope
        self.answered_at = self._clock()
        return response, content

    def _corrects(self, response: Head) -> bool:
        """Whether the server's Date header gives another correction than the refused request was signed with."""
        before = self._correction()
        self._observe(response)
        if self._correction() == before:
            return False
        log.warning("machine's clock differs from PandaPon's, requests are signed with theirs", extra={"by": self.skew})
        return True

    async def _sent(self, job: _Job) -> Answer:
        """Send a request within the pace and the time left for a question. Raises the errors of :meth:`send`."""
        if budget.left() is None:
            return await self._limited(job)
        try:
            async with asyncio.timeout(budget.left()):
                return await self._limited(job)
        except builtins.TimeoutError as error:
            raise TimeoutError("no answer within the time that a question has") from error

    async def _limited(self, job: _Job) -> Answer:
        async with self._background if job.background else self._people:
            job.ready()
            if job.background and self._http.bypass:
                url, headers = self._signed(job)
                return await self._http.bypass.exchange(job.method, url, headers, job.content)
            return await http.exchange(self._http, self._request(job))

    def _request(self, job: _Job, *, whole: bool = False) -> httpx.Request:
        """Sign a request. ``whole``: the request is shown, not sent, so its body stays in one piece."""
        url, headers = self._signed(job)
        try:
            content = job.content if whole else http.request_body(job.content, headers)
            return httpx.Request(
                job.method, url, headers=headers, content=content, extensions={"timeout": self._timeout}
            )
        except httpx.InvalidURL as error:
            raise TransportError(http.UNUSABLE) from error

    def _signed(self, job: _Job) -> tuple[str, dict[str, str]]:
        """Sign a request for this moment. Returns its address and its headers."""
        now = self._clock() + self._correction()
        url, headers = job.url, self._signer.headers(now)
        if job.signed is not None:
            url = f"{url}{'&' if '?' in url else '?'}{urlencode(self._query_signer.query(now, job.signed))}"
        headers["accept"] = "application/json"
        headers["accept-encoding"] = "gzip, deflate"
        if job.content is not None:
            headers["content-type"] = "application/json; charset=utf-8"
        return url, headers

    def _correction(self) -> timedelta:
        return self.skew if self.skew is not None and abs(self.skew) >= SKEW_CORRECTED else timedelta()

    def _observe(self, response: Head) -> None:
        try:
            theirs = parsedate_to_datetime(response.headers["date"])
        except (KeyError, ValueError, TypeError, OverflowError):
            return
        if theirs.tzinfo is not None:
            self.skew = theirs - self._clock()


def _check_envelope(response: Head, content: bytes, *, writes: bool) -> None:
    """Open the envelope and log its error at DEBUG. Raises the errors of :func:`open_envelope`."""
    try:
        open_envelope(response, content, writes=writes)
    except PandaPonError as error:
        log.debug("PandaPon refused or failed", extra={"error": error.brief, "words": trade_words(str(error))})
        raise


def _is_lost_connection(error: Exception) -> bool:
    """Whether the connection was lost, as when the server has just closed a kept one."""
    return isinstance(error, TransportError) and not isinstance(error, TimeoutError)
