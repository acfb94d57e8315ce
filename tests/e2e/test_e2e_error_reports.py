"""Error reports as Sentry gets them: a real receiver of envelopes, and nothing secret in any of them."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from support.bot_harness import ORDER, running
from support.canaries import SHORT, TEXT, leaks_in, logged
from support.patience import until
from support.receiver import Receiver

from bot.process.observability import observed
from bot.process.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PERSON, CHANNEL = "U0MEI00001", "C0ORDERS01"
EVENT_KEYS = {
    *("event_id", "level", "timestamp", "logger", "logentry", "contexts", "exception"),
    *("platform", "release", "environment", "server_name", "sdk", "_meta"),
}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def spoil(*_given: object, **_more: object) -> None:
    """Fail as a fault of ours would, with secrets in the words, in the causes, and in the variables on the way."""
    hidden = {"text": TEXT, "order": ORDER}
    try:
        raise KeyError(TEXT)
    except KeyError as error:
        raise ValueError(f"{SHORT} {hidden['text']}") from error


async def spoiled(*_given: object, **_more: object) -> None:
    spoil()


def nothing_leaks(receiver: Receiver) -> None:
    """Neither in the decoded events nor in the raw bodies, addresses and headers."""
    for event in receiver.events():
        assert set(event) <= EVENT_KEYS, set(event) - EVENT_KEYS
        assert set(event["contexts"]) <= {"log"}
        assert leaks_in(json.dumps(event, ensure_ascii=False)) == []
        assert not any(
            "vars" in frame for exception in event["exception"]["values"] for frame in exception["stacktrace"]["frames"]
        )
    raw = "\n".join(request.body.decode() + request.path for request in receiver.requests)
    assert leaks_in(raw) == []
    for private in (ORDER, PERSON, CHANNEL, "/panda", "response_url"):
        assert private not in raw, private


def kinds(event: dict[str, Any]) -> list[str]:
    return [exception["type"] for exception in event["exception"]["values"]]


async def test_a_fault_in_a_job(tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """The poller stumbles over an order; then a whole job fails."""
    async with running(tmp_path, sentry_dsn=receiver.dsn) as harness:
        assert harness.bot is not None
        with logged("info"), observed(harness.settings):
            await harness.ask(f"/panda watch {ORDER}")
            monkeypatch.setattr(harness.bot.poller, "_claim", spoiled)
            await harness.several_ticks(3)
    [event] = [report for report in receiver.events() if report["logentry"]["message"].startswith("job failed")]
    assert kinds(event) == ["KeyError", "ValueError"], "the cause first"
    assert event["contexts"]["log"]["job"] == "poll"
    frames = event["exception"]["values"][-1]["stacktrace"]["frames"]
    assert frames[-1]["function"] == "spoil"
    assert any(frame["module"] == "bot.jobs.poll" and frame["in_app"] for frame in frames)
    assert (event["release"], event["level"], event["environment"]) == (VERSION, "error", "production")
    nothing_leaks(receiver)


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_fault_in_a_listener(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """The person gets an id that the report bears too, and the report has nothing of what they typed."""
    async with running(tmp_path, mode=mode, sentry_dsn=receiver.dsn) as harness:
        assert harness.bot is not None
        with logged("info"), observed(harness.settings):
            monkeypatch.setattr(type(harness.bot.context.tracker), "lookup", spoiled, raising=False)
            monkeypatch.setattr(type(harness.bot.api), "search", spoiled)
            answer = await harness.ask(f"/panda search {SHORT.splitlines()[0]}")
    [event] = receiver.events()
    assert event["logentry"]["message"] == "unexpected error"
    assert kinds(event) == ["KeyError", "ValueError"]
    assert event["contexts"]["log"]["request"] in answer
    nothing_leaks(receiver)


async def test_what_a_log_line_quotes_is_redacted(tmp_path: Path, receiver: Receiver) -> None:
    """The text of an event with its arguments, an error among them, fields, and what nobody caught."""
    async with running(tmp_path, sentry_dsn=receiver.dsn) as harness:
        with logged("info"), observed(harness.settings):
            log = logging.getLogger("bot")
            log.error("%s", ValueError(TEXT))
            log.error("quoted %s", " ".join(TEXT.split()[4:]), extra={"order": ORDER, "channel": CHANNEL})
            log.critical("lost", extra={"error": RuntimeError(TEXT), "reason": " ".join(TEXT.split()[4:])})
            log.warning("only a warning %s", TEXT)
    events = receiver.events()
    assert [report["level"] for report in events] == ["error", "error", "fatal"]
    assert events[2]["contexts"]["log"]["error"] == "RuntimeError"
    for event in events:
        assert set(event["contexts"]["log"]) <= {"error", "reason"}
        # Names and places in the words of an event cannot be told from others; no event of ours quotes them.
        assert [secret for secret in leaks_in(json.dumps(event, ensure_ascii=False)) if secret not in TEXT[:60]] == []


async def test_a_fault_that_repeats_is_reported_once_a_minute(tmp_path: Path, receiver: Receiver) -> None:
    """Another fault meanwhile is reported."""
    async with running(tmp_path, sentry_dsn=receiver.dsn) as harness:
        with logged("info"), observed(harness.settings):
            log = logging.getLogger("bot")
            for number in range(50):
                log.error("fault %s", number)
            log.error("another fault")
    assert [report["logentry"]["message"] for report in receiver.events()] == ["fault 0", "another fault"]


@pytest.mark.parametrize("status", [429, 503, 413])
async def test_a_service_that_refuses_stops_nothing(tmp_path: Path, status: int) -> None:
    """The bot answers, and its log is as it was."""
    with Receiver(status=status) as receiver, logged("info") as log:
        async with running(tmp_path, sentry_dsn=receiver.dsn) as harness:
            with observed(harness.settings):
                logging.getLogger("bot").error("fault")
                await until(lambda: bool(receiver.requests))
                assert "Watching" in await harness.ask(f"/panda watch {ORDER}")
    assert "canarydsnkey0123456789" not in log.getvalue()
    assert log.getvalue().count("ERROR") == 1


async def test_a_service_that_cannot_be_reached_is_told_once(tmp_path: Path) -> None:
    """As a warning, which is no report itself; a stop waits for two seconds at most."""
    with logged("info") as log:
        async with running(tmp_path, sentry_dsn="http://canarydsnkey0123456789@127.0.0.1:9/7") as harness:
            with observed(harness.settings):
                for number in range(5):
                    logging.getLogger("bot").error("fault of kind %s", number, extra={"of": {"any": ["shape"]}})
                    logging.getLogger("bot").error(f"fault {number}")  # noqa: G004  another event each time
                await until(lambda: "error reports cannot be sent" in log.getvalue())
    assert log.getvalue().count("error reports cannot be sent") == 1
    assert "Logging error" not in log.getvalue()
    assert "canarydsnkey0123456789" not in log.getvalue()


async def test_nothing_is_reported_by_default(tmp_path: Path, receiver: Receiver) -> None:
    """Without a DSN, whatever Sentry's own variables say."""
    async with running(tmp_path) as harness:
        with logged("info"), observed(harness.settings):
            logging.getLogger("bot").error("fault")
    assert receiver.requests == []
