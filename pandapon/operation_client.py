"""Calls the operations of the catalogue for one account. The wire signs, paces and repeats the calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from pandapon import spans
from pandapon.config import TAOBAO_REFUND_CODES
from pandapon.envelope import open_envelope, request_id
from pandapon.operations.catalogue import Catalogue, fill_path
from pandapon.signing import WINDOW
from pandapon.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, timedelta

    import httpx

    from pandapon.config import Config
    from pandapon.operations.operation import Answered, Asked, Operation
    from pandapon.shared_pace import SharedPace
    from pandapon.transport import Answer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Written(Generic[T]):
    """The answer to a call that changed the account, and the vendor's id of the call (empty: none was sent)."""

    answer: T
    request_id: str


class OperationClient:
    """A client for one account that calls operations by their declaration or name.

    Every call raises a PandaPonError (the tree is in :mod:`pandapon.errors`), never an error of a library.
    """

    def __init__(
        self,
        config: Config,
        *,
        clock: Callable[[], datetime],
        transport: httpx.AsyncBaseTransport | None = None,
        on_rate_limit: Callable[[], None] = lambda: None,
        pace: SharedPace | None = None,
    ) -> None:
        """``clock`` returns the present time, aware. ``transport`` replaces the connections, for tests.

        ``on_rate_limit`` is called for each answer that asks to slow down. ``pace``: the common rate of several
        processes that call the account; None: there is one process. Raises ValueError for an unusable path override,
        key or user id.
        """
        self.catalogue = Catalogue(config.paths)
        self._wire = Wire(config, clock=clock, transport=transport, on_rate_limit=on_rate_limit, pace=pace)
        self._amounts = config.taobao_amounts
        self.refund_codes: Mapping[str, int] = {**TAOBAO_REFUND_CODES, **config.taobao_refund_codes}

    @property
    def skew(self) -> timedelta | None:
        """The server's time minus this machine's, from the server's Date header; None: not seen yet."""
        return self._wire.skew

    @property
    def clock_is_off(self) -> bool:
        """Whether the two clocks are known to differ by more than the 600 s that the API allows [stated]."""
        return self.skew is not None and abs(self.skew.total_seconds()) > WINDOW

    @property
    def answered_at(self) -> datetime | None:
        """When PandaPon last answered (aware), refusals of a call included; None: not yet.

        An answer that says that PandaPon failed, asks to slow down or refuses the timestamp does not count.
        """
        return self._wire.answered_at

    def pause(self, seconds: float) -> None:
        """Send no request of the poller or of a job for a while: PandaPon has asked another process to slow down.

        ``seconds`` beyond an hour count as an hour.
        """
        self._wire.pause(seconds)

    def clock_moved(self, by: timedelta) -> None:
        """Adapt to a change of this machine's clock by ``by``; zero: by an unknown time."""
        self._wire.clock_moved(by)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._wire.aclose()

    async def run(self, operation: Operation[Asked, Answered], request: Asked, *, background: bool = False) -> Answered:
        """Call an operation and return its answer, typed. ``background``: a call of the poller or of a job.

        Raises UnknownPathError for an operation whose path is neither published nor set, and the other PandaPonErrors.
        """
        query, body = operation.encode(request, self._amounts)
        data = await self.call(operation.name, query=query, body=body, background=background)
        return operation.read(data, request, self._amounts)

    async def write(
        self, operation: Operation[Asked, Answered], request: Asked, *, ready: Callable[[], None] = lambda: None
    ) -> Written[Answered]:
        """Call an operation that changes the account, once, and return its answer with the vendor's id of the call.

        ``ready`` is called just before the call is sent, which may be long after: the pace may hold it back. An
        exception that ``ready`` raises stops the call. Raises what :meth:`run` raises. After a TransportError,
        ServerError or DecodeError nobody knows whether the change was made; every other PandaPonError means that it was
        not.
        """
        query, body = operation.encode(request, self._amounts)
        response, content = await self._exchange(operation.name, query, body, background=False, ready=ready)
        data = open_envelope(response, content, writes=True)
        return Written(operation.read(data, request, self._amounts), request_id(content))

    async def call(
        self,
        name: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        background: bool = False,
    ) -> Any:
        """Call an operation of the catalogue by its name and return its ``data``, decoded but untyped.

        Placeholders in the path are filled from ``query``. Raises KeyError for a name that is not in the catalogue,
        UnknownPathError for an operation whose path or placeholder's value is unknown, and the other PandaPonErrors.
        """
        response, content = await self._exchange(name, query, body, background=background)
        return open_envelope(response, content, writes=self.catalogue[name].writes)

    def prepared(self, name: str, *, query: Mapping[str, str] | None = None, body: Any = None) -> httpx.Request:
        """Return the signed request that :meth:`call` would send, without sending it.

        Raises KeyError and UnknownPathError like :meth:`call`, and TransportError for an unusable address.
        """
        operation, path = self.catalogue[name], self.catalogue.path(name)
        if "{" in path:
            path, query = fill_path(path, query or {})
        signs_query = operation.signature == "query"
        return self._wire.prepared(operation.method, path, query=query, body=body, signs_query=signs_query)

    async def _exchange(
        self,
        name: str,
        query: Mapping[str, str] | None,
        body: Any = None,
        *,
        background: bool,
        ready: Callable[[], None] = lambda: None,
    ) -> Answer:
        operation, path = self.catalogue[name], self.catalogue.path(name)
        if "{" in path:
            path, query = fill_path(path, query or {})
        with spans.span("pandapon", operation=name, background=background) as span:
            response, content = await self._wire.send(
                operation.method,
                path,
                query=query,
                body=body,
                background=background,
                writes=operation.writes,
                signs_query=operation.signature == "query",
                ready=ready,
            )
            span.note(status=response.status_code, bytes=len(content))
        return response, content
