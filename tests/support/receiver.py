"""A receiver of traces and error reports: real HTTP on loopback, in a thread of its own beside the bot's."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
import zlib
from collections.abc import Callable  # noqa: TC003  the table below names it
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

UNPACK: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.decompress, "deflate": zlib.decompress, "": bytes}


@dataclass(frozen=True)
class ReceivedRequest:
    """One request. ``body`` is uncompressed."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class ReceivedSpan:
    """One span that arrived."""

    name: str
    trace: str
    id: str
    parent: str
    attributes: Mapping[str, Any]
    links: tuple[str, ...]  # trace ids
    is_error: bool
    has_text: bool  # a status text or an event, such as an exception with its words
    seconds: float


@dataclass
class Receiver:
    """Takes every POST, and answers it with ``status``."""

    status: int = 200
    requests: list[ReceivedRequest] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._runner = asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(10)
        return self

    def __exit__(self, *_exc: object) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def dsn(self) -> str:
        """The DSN of project 7, in Sentry's form."""
        return f"http://canarydsnkey0123456789@127.0.0.1:{self.port}/7"

    async def _serve(self) -> web.AppRunner:
        app = web.Application(client_max_size=2**24)
        app.router.add_post("/{tail:.*}", self._take)
        runner = web.AppRunner(app, access_log=None, auto_decompress=False)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.port = runner.addresses[0][1]
        return runner

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        unpack = UNPACK[request.headers.get("Content-Encoding", "")]
        self.requests.append(ReceivedRequest(request.path, dict(request.headers), unpack(body)))
        return web.json_response({}, status=self.status)

    def traces(self) -> list[ExportTraceServiceRequest]:
        """Return the requests of OTLP, decoded."""
        bodies = [request.body for request in self.requests if request.path.endswith("/v1/traces")]
        return [ExportTraceServiceRequest.FromString(body) for body in bodies]

    def spans(self) -> list[ReceivedSpan]:
        """Return every span that arrived."""
        scopes = (scope for each in self.traces() for of in each.resource_spans for scope in of.scope_spans)
        return [_seen(span) for scope in scopes for span in scope.spans]

    def resource(self) -> dict[str, Any]:
        """Return the attributes of the process that sent the first spans."""
        return _values(self.traces()[0].resource_spans[0].resource.attributes)

    def events(self) -> list[dict[str, Any]]:
        """Return every event in Sentry's envelopes, decoded."""
        return [
            item for request in self.requests if request.path.endswith("/envelope/") for item in _items(request.body)
        ]


def _seen(span: Any) -> ReceivedSpan:
    return ReceivedSpan(
        span.name,
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        _values(span.attributes),
        tuple(link.trace_id.hex() for link in span.links),
        span.status.code == span.status.STATUS_CODE_ERROR,
        bool(span.status.message or span.events),
        (span.end_time_unix_nano - span.start_time_unix_nano) / 1e9,
    )


def _values(attributes: Any) -> dict[str, Any]:
    return {attribute.key: getattr(attribute.value, attribute.value.WhichOneof("value")) for attribute in attributes}


def _items(envelope: bytes) -> Iterator[dict[str, Any]]:
    """Read Sentry's envelope: a header line, and then for each item a header line and its content."""
    _head, _, remaining = envelope.partition(b"\n")
    while remaining.strip():
        line, _, remaining = remaining.partition(b"\n")
        kind = json.loads(line)
        length = kind.get("length", len(remaining.partition(b"\n")[0]))
        if kind["type"] == "event":
            yield json.loads(remaining[:length])
        else:
            yield {"type": kind["type"]}
        remaining = remaining[length:].lstrip(b"\n")
