"""Traces as a collector gets them: a real receiver of OTLP over HTTP, and every attribute looked through."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import signal
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest
from e2e.test_e2e_canaries import every_entrance
from support.bot_harness import ORDER, running
from support.canaries import SHORT, FailingPandaPon, leaks_in, logged
from support.patience import until
from support.process_harness import SECRETS, ProcessHarness
from support.receiver import ReceivedSpan, Receiver

from bot.process.observability import observed
from pandapon import spans
from sandbox.pandapon.demo import FIRST
from sandbox.slack.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ID = re.compile(r"[0-9]{5,}|\b[UCDTB]0[A-Z0-9]{6,}")  # an order, a parcel, a channel, a person, a time of a message


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    """The bot puts OpenTelemetry's variables into the environment, where the next test would find them."""
    before = dict(os.environ)
    yield
    for name in os.environ.keys() - before.keys():
        del os.environ[name]
    os.environ.update(before)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def of(receiver: Receiver, name: str) -> list[ReceivedSpan]:
    return [span for span in receiver.spans() if span.name.partition(" ")[0] == name or span.name == name]


def is_safe(span: ReceivedSpan) -> bool:
    """Whether nothing of a span names an order, a person, a place or a secret."""
    texts = [span.name, *(str(value) for value in span.attributes.values())]
    return not span.has_text and not any(leaks_in(text) or ID.search(text) for text in texts)


async def test_a_command_a_reading_and_a_post_become_traces(tmp_path: Path, receiver: Receiver) -> None:
    """Each with its parts inside it, their operations by name, and how it ended."""
    async with running(tmp_path, otel_exporter_otlp_endpoint=receiver.url) as harness:
        with observed(harness.settings):
            assert "Watching" in await harness.ask(f"/panda watch {ORDER}")
            [card] = harness.channel()
            harness.scan("快件正在派送中，派送员：张三 13812345678")
            await harness.replies(card, 1)
            await harness.several_ticks(2)
    seen = receiver.spans()
    command = next(span for span in seen if span.name == "slack.event")
    assert command.attributes["pandabot.kind"] == "command"
    assert command.attributes["pandabot.listener"] == "/panda"
    assert command.attributes["pandabot.request"] == "WatchOrders"
    inside = {span.name for span in seen if span.trace == command.trace}
    assert "storage watches.open" in inside
    assert any(name.startswith("pandapon taobao.order.") for name in inside), inside
    tick = next(span for span in seen if span.name == "poll tick" and span.attributes["pandabot.orders"] == 1)
    assert {"poll claim", "storage orders.claim_due", "poll record", "storage orders.record"} <= {
        span.name for span in seen if span.trace == tick.trace
    }
    read = next(span for span in seen if span.name == "poll read" and tick.trace in span.links)
    assert any(span.name.startswith("pandapon ") and span.parent == read.id for span in seen)
    news = next(span for span in seen if span.name == "post" and span.attributes["pandabot.kind"] == "news")
    assert news.attributes["pandabot.outcome"] == "sent"
    assert news.attributes["pandabot.severity"] == "milestone"
    assert not news.parent
    assert {"slack chat.postMessage", "storage outbox.mark_sent"} <= {
        span.name for span in seen if span.trace == news.trace
    }
    assert receiver.resource()["service.name"] == "pandabot"
    assert [span for span in seen if not is_safe(span)] == []


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_nothing_that_anybody_sends_gets_into_a_trace(tmp_path: Path, receiver: Receiver, mode: str) -> None:
    """Canaries in every field of every payload, in PandaPon's failures, in couriers' scans and in Slack's refusals."""
    options: dict[str, Any] = {"mode": mode, "otel_exporter_otlp_endpoint": receiver.url}
    async with FailingPandaPon() as url, running(tmp_path, pandapon_base_url=url, **options) as harness:
        with observed(harness.settings):
            await every_entrance(harness)
            await harness.several_ticks()
    (tmp_path / "told").mkdir()
    async with running(tmp_path / "told", **options) as harness:
        with observed(harness.settings):
            await harness.ask(f"/panda watch {ORDER}")
            for error in ("invalid_blocks", "internal_error", "fatal_error"):
                harness.slack.faults.plan(Fault("chat.postMessage", error=error))
                harness.scan(f"{error} {SHORT}")
                await harness.several_ticks()
    seen = receiver.spans()
    assert len(seen) > 200
    assert {"slack.event", "post", "poll tick"} <= {span.name for span in seen}
    assert [span for span in seen if not is_safe(span)] == []
    assert any(span.attributes.get("pandabot.outcome") == "refused" for span in seen if span.name == "post")
    assert any(span.is_error and span.attributes["error.type"] for span in seen if span.name.startswith("pandapon"))
    bodies = b"".join(request.body for request in receiver.requests)
    assert ORDER.encode() not in bodies
    assert not any(secret.encode() in bodies for secret in ("张三", "王大山", "canaryhookpart"))


@pytest.mark.parametrize(
    ("value", "is_kept"),
    [("1688.order.get", True), ("13912345671", False), ("xoxb-house-secret", False), ("/commands/T0/1/abc", False)],
)
async def test_the_logs_redaction_holds_for_attributes_too(
    tmp_path: Path, receiver: Receiver, value: str, is_kept: bool
) -> None:
    """A second net: a later hand may give an attribute a text that it should not."""
    async with running(tmp_path, otel_exporter_otlp_endpoint=receiver.url) as harness:
        with observed(harness.settings), spans.span("test", text=value):
            pass
    [span] = of(receiver, "test")
    assert (value in str(span.attributes)) is is_kept


async def test_an_error_marks_its_span_by_its_type_alone(tmp_path: Path, receiver: Receiver) -> None:
    """Its words may quote a name, an address or a key."""
    async with running(tmp_path, otel_exporter_otlp_endpoint=receiver.url) as harness:
        with observed(harness.settings), pytest.raises(ValueError, match="王大山"), spans.span("test"):
            raise ValueError(f"王大山 {SHORT}")
    [span] = of(receiver, "test")
    assert (span.is_error, span.attributes) == (True, {"error.type": "ValueError"})
    assert is_safe(span)


async def test_log_lines_bear_the_ids_of_their_trace(tmp_path: Path, receiver: Receiver) -> None:
    """In either form; and none where nothing is traced."""
    with logged("info", "json") as log:
        async with running(tmp_path, otel_exporter_otlp_endpoint=receiver.url) as harness:
            with observed(harness.settings), spans.span("test"):
                logging.getLogger("bot").info("inside")
            logging.getLogger("bot").info("outside")
    [span] = of(receiver, "test")
    lines = {line["event"]: line for line in map(json.loads, log.getvalue().splitlines())}
    assert (lines["inside"]["trace_id"], lines["inside"]["span_id"]) == (span.trace, span.id)
    assert "trace_id" not in lines["outside"]


async def test_a_collector_that_is_down_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot answers, the log says so once, and names no secret."""
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    with Receiver(status=400) as receiver, logged("info") as log:
        headers = "api-key=canary-collector-key"
        async with running(
            tmp_path, otel_exporter_otlp_endpoint=receiver.url, otel_exporter_otlp_headers=headers
        ) as harness:
            with observed(harness.settings):
                for _ in range(3):
                    assert ORDER[-6:] in await harness.ask(f"/panda track {ORDER}")
                    await asyncio.sleep(0.2)
    assert len(receiver.requests) > 1
    assert receiver.requests[0].headers["api-key"] == "canary-collector-key"
    assert log.getvalue().count("traces cannot be sent") == 1
    assert "canary-collector-key" not in log.getvalue()


@pytest.mark.parametrize("listens", [True, False])
async def test_a_collector_that_never_answers_delays_no_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listens: bool
) -> None:
    """It takes the connection and is silent, or nothing listens there; its own patience is ten seconds."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if listens:
            silent.listen(10)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
        async with running(tmp_path, otel_exporter_otlp_endpoint=url) as harness:
            with observed(harness.settings):
                with spans.span("test"):
                    pass
                began = time.monotonic()
            assert time.monotonic() - began < 6


def test_without_a_tracer_no_span_is_made() -> None:
    """Every span is one and the same object."""
    assert not spans.is_on()
    assert spans.span("a", operation="b") is spans.inner("c") is spans.linked("d", n=1) is spans.NO_SPAN
    with spans.span("a") as span:
        span.note(x=1)
    assert spans.apart() is spans.apart()
    assert spans.ids() == {}


async def run_once(process_harness: ProcessHarness, **environment: str) -> str:
    """Run the process for one command, stop it, and return its log."""
    process = await process_harness.spawn("run", **environment)
    try:
        await until(lambda: bool(process_harness.slack.sockets.open))
        assert (await process_harness.slack.slash("mei", "#orders", "/panda", f"watch {FIRST}")).ok
        orders = process_harness.slack.workspace.channel("orders")
        await until(lambda: any(m.by_bot for m in orders.messages.values()))
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode() + err.decode()


async def test_the_standard_variables_hold(process_harness: ProcessHarness, receiver: Receiver) -> None:
    """In the process as an operator starts it, from the environment and from .env; what is left at a stop is sent."""
    (process_harness.folder / ".env").write_text(
        "OTEL_RESOURCE_ATTRIBUTES=deployment.environment=test\nOTEL_SERVICE_NAME=other\n"
    )
    log = await run_once(
        process_harness,
        OTEL_EXPORTER_OTLP_ENDPOINT=receiver.url,
        OTEL_SERVICE_NAME="buying-bot",
        OTEL_EXPORTER_OTLP_HEADERS="api-key=canary-collector-key",
        OTEL_EXPORTER_OTLP_COMPRESSION="gzip",
        OTEL_BSP_SCHEDULE_DELAY="60000",
    )
    resource = receiver.resource()
    assert (resource["service.name"], resource["deployment.environment"]) == ("buying-bot", "test")
    assert receiver.requests[0].headers["api-key"] == "canary-collector-key"
    assert {"slack.event", "post", "poll tick"} <= {span.name for span in receiver.spans()}
    assert all(is_safe(span) for span in receiver.spans())
    everything = log + "".join(request.body.decode("latin-1") for request in receiver.requests)
    assert not any(secret in everything for secret in SECRETS.values())


@pytest.mark.parametrize(
    "off",
    [
        {"OTEL_SDK_DISABLED": "true"},
        {"OTEL_TRACES_EXPORTER": "none"},
        {"OTEL_TRACES_SAMPLER": "always_off"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
    ],
    ids=lambda off: next(iter(off)),
)
async def test_traces_can_be_switched_off(
    process_harness: ProcessHarness, receiver: Receiver, off: dict[str, str]
) -> None:
    """By each of the standard ways."""
    await run_once(process_harness, **({"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url} | off))
    assert receiver.spans() == []


@pytest.mark.parametrize(
    ("status", "words", "sign"),
    [
        (200, "takes them", "✓"),
        (400, "takes them", "✓"),
        (401, "refuses the key (401)", "!"),
        (403, "(403)", "!"),
        (404, "answers with status 404", "!"),
        (503, "answers with status 503", "!"),
        (0, "cannot be reached", "!"),
    ],
)
async def test_check_tries_the_collector_and_sentry(
    process_harness: ProcessHarness, status: int, words: str, sign: str
) -> None:
    """With their keys, which it does not show; it keeps nothing there, and a start does not depend on them."""
    with Receiver(status=status or 200) as receiver:
        url, dsn = receiver.url, receiver.dsn
        if not status:
            url, dsn = "http://127.0.0.1:9", "http://canarydsnkey0123456789@127.0.0.1:9/7"
        variables = {"OTEL_EXPORTER_OTLP_HEADERS": "api-key=canary%20collector-key", "SENTRY_DSN": dsn}
        code, text = await process_harness.run("check", OTEL_EXPORTER_OTLP_ENDPOINT=url, **variables)
    lines = [line for line in text.splitlines() if line.startswith((f"{sign} traces: ", f"{sign} error reports: "))]
    assert len(lines) == 2, text
    assert all(words in line for line in lines)
    assert code == 0
    assert "collector-key" not in text
    assert "canarydsnkey" not in text
    if status:
        export, envelope = receiver.requests
        assert (export.path, export.body, export.headers["api-key"]) == ("/v1/traces", b"", "canary collector-key")
        assert (envelope.path, envelope.body) == ("/api/7/envelope/", b"{}\n")
        assert "sentry_key=canarydsnkey0123456789" in envelope.headers["X-Sentry-Auth"]
