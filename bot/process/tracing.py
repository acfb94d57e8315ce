"""The tracer of the process: OpenTelemetry, sent by OTLP over HTTP. The only module that imports OpenTelemetry.

The standard variables apply (``OTEL_*`` of OpenTelemetry's specification: endpoint, headers, sampler, batches, limits,
resource), also from ``.env``. Proxy and certificates are the bot's own, as for Slack and PandaPon.
"""

from __future__ import annotations

import logging
import os
import threading
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import requests
from dotenv import dotenv_values
from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanKind, Status, StatusCode

from bot.process.log_throttle import WarningRelay
from bot.process.proxies import proxy_for
from bot.process.version import VERSION
from pandapon import spans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bot.process.redaction import Redaction
    from bot.settings import Shared

log = logging.getLogger(__name__)

SERVICE = "pandabot"
FLUSH_SECONDS = 3.0  # how long a stop waits for spans that are not sent yet
LONGEST = 100  # characters of an attribute
REPEAT_EVERY = 600.0  # seconds between two log lines about the same trouble: a collector may be down for long
# Calls to other services, and Slack's calls to this one; every other span is internal.
KINDS = {"pandapon": SpanKind.CLIENT, "slack": SpanKind.CLIENT, "slack.event": SpanKind.SERVER}


@contextmanager
def traced(settings: Shared, redaction: Redaction, env_file: Path | None) -> Iterator[None]:
    """Trace the block, and send the unsent spans at its end. ``env_file``: may hold further ``OTEL_*`` variables."""
    _export_variables(settings, env_file)
    WarningRelay(log, "traces cannot be sent", REPEAT_EVERY).take("opentelemetry")
    provider = TracerProvider(resource=_resource(), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(_exporter(settings)))
    spans.install(OpenTelemetry(provider, redaction))
    try:
        yield
    finally:
        spans.install(None)
        closing = threading.Thread(target=provider.shutdown, name="traces", daemon=True)
        closing.start()
        closing.join(FLUSH_SECONDS)  # a collector that is down must not delay a stop by its own patience


def _export_variables(settings: Shared, env_file: Path | None) -> None:
    """Put the variables of the settings and of the file into the environment, where OpenTelemetry looks for them."""
    headers = (settings.otel_exporter_otlp_headers, settings.otel_exporter_otlp_traces_headers)
    given = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": settings.otel_exporter_otlp_endpoint or "",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": settings.otel_exporter_otlp_traces_endpoint or "",
        "OTEL_EXPORTER_OTLP_HEADERS": headers[0].get_secret_value() if headers[0] else "",
        "OTEL_EXPORTER_OTLP_TRACES_HEADERS": headers[1].get_secret_value() if headers[1] else "",
    }
    for name, value in {**(dotenv_values(env_file) if env_file else {}), **given}.items():
        if name.startswith("OTEL_") and value:
            os.environ.setdefault(name, value)


def _resource() -> Resource:
    """Return the attributes of the process: its name and version, and those that the operator gives."""
    ours = Resource({"service.name": SERVICE, "service.version": VERSION})
    return Resource.create().merge(ours).merge(OTELResourceDetector().detect())


def _exporter(settings: Shared) -> OTLPSpanExporter:
    session = requests.Session()
    session.trust_env = False  # bot.process.proxies alone decides
    if proxy := proxy_for(settings.collector, settings):
        session.proxies = {"http": proxy, "https": proxy}
    if settings.certificates:
        os.environ.setdefault("OTEL_EXPORTER_OTLP_CERTIFICATE", str(settings.certificates))
    return OTLPSpanExporter(session=session)


class OpenTelemetry:
    """Makes OpenTelemetry's spans; the tracer of :mod:`pandapon.spans`."""

    def __init__(self, provider: TracerProvider, redaction: Redaction) -> None:
        self._tracer = provider.get_tracer(SERVICE, VERSION)
        # The texts come from the code, so there are only a few hundred.
        self._clean = lru_cache(maxsize=1000)(partial(redaction.line, longest=LONGEST))

    def span(self, name: str, attributes: Mapping[str, spans.Value]) -> AbstractContextManager[spans.Span]:
        """Open a span inside the present one, or at the root of a new trace."""
        return self._opened(name, attributes)

    def inner(self, name: str, attributes: Mapping[str, spans.Value]) -> AbstractContextManager[spans.Span]:
        """Open a span inside the present one; none where there is none."""
        return self._opened(name, attributes) if _is_inside() else spans.NO_SPAN

    def linked(self, name: str, attributes: Mapping[str, spans.Value]) -> AbstractContextManager[spans.Span]:
        """Open a span at the root of a new trace, with a link to the present one."""
        links = [Link(trace.get_current_span().get_span_context())] if _is_inside() else []
        return self._opened(name, attributes, contexts.Context(), links)

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Open a block that belongs to no span."""
        token = contexts.attach(contexts.Context())
        try:
            yield
        finally:
            contexts.detach(token)

    def note(self, attributes: Mapping[str, spans.Value]) -> None:
        """Add attributes to the present span, where one is open."""
        span = trace.get_current_span()
        if span.is_recording():
            _Noted(span, self._clean).note(**attributes)

    def ids(self) -> Mapping[str, str]:
        """Return the ids of the present span in hex; empty where there is none."""
        here = trace.get_current_span().get_span_context()
        if not here.is_valid:
            return spans.NO_IDS
        return {"trace_id": trace.format_trace_id(here.trace_id), "span_id": trace.format_span_id(here.span_id)}

    @contextmanager
    def _opened(
        self,
        name: str,
        attributes: Mapping[str, spans.Value],
        context: contexts.Context | None = None,
        links: Sequence[Link] = (),
    ) -> Iterator[spans.Span]:
        operation = attributes.get("operation")
        with self._tracer.start_as_current_span(
            f"{name} {operation}" if operation else name,
            context=context,
            kind=KINDS.get(name, SpanKind.INTERNAL),
            links=links,
            record_exception=False,  # an error's text may quote data
            set_status_on_exception=False,
        ) as span:
            noted = _Noted(span, self._clean)
            noted.note(**attributes)
            try:
                yield noted
            except Exception as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(Status(StatusCode.ERROR))
                raise


class _Noted:
    """An open span. Its texts pass the log's redaction, though they come from the code."""

    def __init__(self, span: trace.Span, clean: Callable[[str], str]) -> None:
        self._span, self._clean = span, clean

    def note(self, **attributes: spans.Value) -> None:
        if self._span.is_recording():  # otherwise the sampler left the span out
            for name, value in attributes.items():
                self._span.set_attribute(f"pandabot.{name}", self._clean(value) if isinstance(value, str) else value)


def _is_inside() -> bool:
    is_valid: bool = trace.get_current_span().get_span_context().is_valid
    return is_valid
