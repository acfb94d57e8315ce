"""Measures the cost of spans, without a tracer and with one, against the work that they enclose."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult

from benchmarks.table import show
from bot.process.redaction import Redaction
from bot.process.tracing import OpenTelemetry
from pandapon import spans
from storage.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from opentelemetry.sdk.trace import ReadableSpan

CALLS, TRANSACTIONS, ROUNDS = 20_000, 1_000, 5


class _Nowhere(SpanExporter):
    """Takes spans and drops them."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:  # noqa: ARG002  the library's name
        return SpanExportResult.SUCCESS


def _tracer() -> OpenTelemetry:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(_Nowhere()))
    return OpenTelemetry(provider, Redaction(("a-secret-of-the-process",)))


def _span() -> None:
    with spans.span("pandapon", operation="1688.order.get", background=True) as span:
        span.note(status=200)


def _microseconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    for _ in range(CALLS):
        work()
    return (time.perf_counter() - began) / CALLS * 1e6


async def measure() -> None:
    """Measure each case in turn, several times, and print the best of each."""
    tracer = _tracer()
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(Path(folder) / "bot.db")

        async def transaction() -> float:
            began = time.perf_counter()
            for _ in range(TRANSACTIONS):
                await store.watches.of_orders(["1688:1"])
            return (time.perf_counter() - began) / TRANSACTIONS * 1e6

        off, on, plain, traced = [], [], [], []
        for _ in range(ROUNDS):
            off.append(_microseconds(_span))
            plain.append(await transaction())
            spans.install(tracer)
            on.append(_microseconds(_span))
            with spans.span("benchmark"):
                traced.append(await transaction())
            spans.install(None)
        await store.close()
    unit = min(plain)
    rows = [
        ["a read of the database, no tracer", f"{unit:.1f}", "1.000"],
        ["the same, traced", f"{min(traced):.1f}", f"{min(traced) / unit:.3f}"],
        ["a span with three attributes, no tracer", f"{min(off):.2f}", f"{min(off) / unit:.3f}"],
        ["the same, traced", f"{min(on):.2f}", f"{min(on) / unit:.3f}"],
    ]
    show("What spans cost", ["", "microseconds", "of a read"], rows)


if __name__ == "__main__":
    asyncio.run(measure())
