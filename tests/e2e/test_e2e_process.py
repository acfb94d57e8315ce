"""The process as an operator runs it: run, check, api, and what they say when something is wrong."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.patience import in_time, until
from support.process_harness import SECRETS, ProcessHarness, port_of
from support.store_harness import mark_as_newer_version

from sandbox.pandapon.demo import FIRST
from storage import moved
from storage.sqlite.backup import back_up
from storage.sqlite.database import thread_of
from storage.store import open_store


async def test_run_watches_tells_and_stops_cleanly(process_harness: ProcessHarness) -> None:
    """A whole life of the process: connect, watch, tell, SIGTERM; nothing secret in the log at the finest level."""
    process = await process_harness.spawn("run")
    try:
        await until(lambda: bool(process_harness.slack.sockets.open))
        assert (await process_harness.slack.slash("mei", "#orders", "/panda", f"watch {FIRST}")).ok
        orders = process_harness.slack.workspace.channel("orders")
        await until(lambda: any(m.by_bot for m in orders.messages.values()))
        await asyncio.sleep(0.3)
        process_harness.world.add_node(FIRST, "快件正在派送中，派送员：张三 13812345678", status="DELIVERING")
        await until(lambda: any(m.thread_ts for m in orders.messages.values()))
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = await process.communicate()
    log = out.decode() + err.decode()
    assert process.returncode == 0, log
    assert "pandabot has stopped" in log
    assert "Traceback" not in log
    for canary in (*SECRETS.values(), "13812345678", "仓储路1号", "/commands/T0"):
        assert canary not in log


async def test_five_hundred_unfinished_requests_at_256_files(process_harness: ProcessHarness) -> None:
    """Commands are acknowledged, and the process never comes near its limit."""
    process = await process_harness.spawn_with_files(256, SLACK_MODE="http")
    writers = []
    try:
        port = await port_of(process)
        process_harness.slack.request_url = f"http://127.0.0.1:{port}/slack/events"
        for number in range(500):
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"POST /slack/events HTTP/1.1\r\nHost: x\r\n" if number % 2 else b"")
            writers.append(writer)
            if number % 100 == 99:
                await in_time(accepted(port))
                ack = await process_harness.slack.slash("mei", "#orders", "/panda", "help")
                assert ack.ok
                assert ack.seconds < 3
                assert open_files(process.pid) < 200
    finally:
        for writer in writers:
            writer.close()
        process.send_signal(signal.SIGTERM)
        _out, err = await process.communicate()
    assert process.returncode == 0
    assert "Traceback" not in err.decode()
    assert "out of system resource" not in err.decode()
    assert err.decode().count("too many connections") <= 3


async def accepted(port: int) -> None:
    """Wait until the connections so far are accepted: this one is the last, and answered or shown out.

    In the rush itself a command from the rush's own address may be taken for one of its slow requests.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    with contextlib.suppress(ConnectionError):
        await reader.read()
    writer.close()


def open_files(pid: int) -> int:
    """Of another process."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


async def test_a_killed_process_repeats_nothing(process_harness: ProcessHarness) -> None:
    """SIGKILL in the middle, start again: every scan is told once."""
    process = await process_harness.spawn("run")
    await until(lambda: bool(process_harness.slack.sockets.open))
    await process_harness.slack.slash("mei", "#orders", "/panda", f"watch {FIRST}")
    orders = process_harness.slack.workspace.channel("orders")
    await until(lambda: any(m.by_bot for m in orders.messages.values()))
    for number in range(4):
        process_harness.world.add_node(FIRST, f"第{number}站：快件已到达 广州分拨中心")
        await asyncio.sleep(0.25)
        process.kill()
        await process.communicate()
        process = await process_harness.spawn("run")
        await until(lambda: bool(process_harness.slack.sockets.open))
    try:
        texts = [f"第{number}站" for number in range(4)]
        await until(lambda: all(any(t in m.text for m in orders.messages.values()) for t in texts))
        await asyncio.sleep(1)
    finally:
        process.send_signal(signal.SIGTERM)
        await process.communicate()
    replies = [m.text for m in orders.messages.values() if m.thread_ts]
    assert [sum(text in reply for reply in replies) for text in texts] == [1, 1, 1, 1]
    assert sum(not m.thread_ts and m.by_bot for m in orders.messages.values()) == 1


async def test_check_finds_all_well(process_harness: ProcessHarness) -> None:
    """With everything right, each finding is ticked and the exit code is 0."""
    code, text = await process_harness.run("check")
    assert code == 0, text
    assert text.count("✓") == 7
    assert "push messages" in text
    assert "CALLBACK_TOKEN" in text
    assert "pandabot run" in text


async def test_check_names_the_callback_address_without_its_token(process_harness: ProcessHarness) -> None:
    """What to enter at PandaPon is said; the secret in it is not, since people paste this into tickets."""
    code, text = await process_harness.run("check", CALLBACK_TOKEN="canary-callback-token-0123456789")
    assert code == 0, text
    assert "/pandapon/callbacks/<CALLBACK_TOKEN>" in text
    assert "canary" not in text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "Bot User OAuth Token"),
        ({"SLACK_APP_TOKEN": "xapp-wrong"}, "connections:write"),
        ({"PANDAPON_ACCESS_SECRET": "wrong"}, "Access Secret"),
        ({"PANDAPON_BASE_URL": "http://127.0.0.1:9"}, "PANDAPON_BASE_URL"),
        ({"SLACK_API_URL": "http://127.0.0.1:9/api/"}, "SLACK_API_URL"),
        ({"DATABASE_PATH": "/proc/nowhere/bot.db"}, "DATABASE_PATH"),
        ({"SLACK_APP_TOKEN": ""}, "SLACK_APP_TOKEN"),
        ({"BACKUP_PATH": "/proc/nowhere"}, "BACKUP_PATH"),
        ({"HTTP_HOST": "nowhere.invalid"}, "HTTP_HOST"),
    ],
)
async def test_check_says_what_is_wrong_and_how_to_mend_it(
    process_harness: ProcessHarness, wrong: dict[str, str], words: str
) -> None:
    """Each fault is one line with its remedy, and the exit code tells."""
    code, text = await process_harness.run("check", **wrong)
    assert code != 0
    assert words in text
    assert "Traceback" not in text
    assert "canary" not in text


async def test_check_sees_what_a_start_would_refuse(process_harness: ProcessHarness) -> None:
    """A port that another program has, a file that is damaged, and one whose data went on elsewhere."""
    file = process_harness.folder / "bot.db"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, text = await process_harness.run("check", DATABASE_PATH=str(file), HTTP_PORT=str(taken.getsockname()[1]))
    assert (code, "HTTP_PORT" in text, "Address already in use" in text) == (1, True, True), text
    store = await open_store(file)
    await store.engine.run(lambda conn: moved.mark(conn, "postgresql://db/bot", datetime.now(UTC)))
    await store.close()
    code, text = await process_harness.run("check", DATABASE_PATH=str(file))
    assert (code, "Set STORAGE_URL to where the data are" in text) == (1, True), text
    file.write_bytes(b"SQLite format 3\0" + b"\xff" * 9000)
    code, text = await process_harness.run("check", DATABASE_PATH=str(file))
    assert (code, "it takes the newest sound copy" in text, "DATABASE_PATH" in text) == (1, True, False), text


async def test_check_leaves_a_running_bots_database_alone(process_harness: ProcessHarness) -> None:
    """A second write connection could damage the file, so the check only says that it is in use."""
    process = await process_harness.spawn("run")
    try:
        await until(lambda: bool(process_harness.slack.sockets.open))
        code, text = await process_harness.run("check")
        assert code == 0, text
        assert "in use by a running pandabot" in text
    finally:
        process.send_signal(signal.SIGTERM)
        await process.communicate()


async def test_an_unusable_folder_is_one_sentence(process_harness: ProcessHarness) -> None:
    """A start that cannot make its folder names the setting, without a traceback."""
    code, text = await process_harness.run("run", DATABASE_PATH="/proc/nowhere/bot.db")
    assert code == 78
    assert "DATABASE_PATH" in text
    assert "Traceback" not in text


async def test_a_file_that_another_program_holds_is_no_wrong_setting(process_harness: ProcessHarness) -> None:
    """It passes by itself, so a service manager shall start the bot again: it does not after 78."""
    path = process_harness.folder / "data/bot.db"
    await (await open_store(path)).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        code, text = await process_harness.run("run")
    assert (code, "is held by another process" in text) == (75, True), text


@pytest.mark.parametrize(("command", "code"), [("run", 78), ("check", 1), ("backup", 1), ("restore", 1)])
async def test_the_database_of_a_newer_version_is_refused_in_one_sentence(
    process_harness: ProcessHarness, command: str, code: int
) -> None:
    """Whatever the operator tries, with its newest copy too: what is wrong, what to do, and every byte as it was."""
    folder = process_harness.folder / "data"
    store = await open_store(folder / "bot.db")
    copy = await back_up(thread_of(store.engine), folder / "backups", datetime.now(UTC))
    await store.close()
    for path in (folder / "bot.db", copy):
        mark_as_newer_version(path)
    before = databases(folder)
    result, text = await process_harness.run(command)
    assert result == code, text
    assert text.count("was written by a newer version of pandabot") == 1
    assert "Traceback" not in text
    assert "DATABASE_PATH to a file" not in text
    assert databases(folder) == before


def databases(folder: Path) -> dict[str, bytes]:
    """All files in a folder but the mark of who leads."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"]
    return {str(path): path.read_bytes() for path in files}


async def test_check_tries_the_other_timestamp_unit(process_harness: ProcessHarness) -> None:
    """A server that wants milliseconds is recognised and the setting named."""
    process_harness.pandapon.timestamp_unit = "ms"
    code, text = await process_harness.run("check")
    assert code == 1
    assert "PANDAPON_TIMESTAMP_UNIT=ms" in text


async def test_missing_scopes_are_named(process_harness: ProcessHarness) -> None:
    """An app installed from an older manifest is told which scopes it lacks."""
    process_harness.slack.web_api.scopes -= {"groups:history"}
    code, text = await process_harness.run("check")
    assert code == 1
    assert "groups:history" in text


async def test_a_second_process_says_so(process_harness: ProcessHarness) -> None:
    """Two bots on one database would tell everything twice; the second one exits at once."""
    process = await process_harness.spawn("run")
    try:
        await until(lambda: bool(process_harness.slack.sockets.open))
        code, text = await process_harness.run("run")
        assert code == 75
        assert "--standby" in text
    finally:
        process.send_signal(signal.SIGTERM)
        await process.communicate()


async def test_run_names_the_host_that_is_not_its_own(process_harness: ProcessHarness) -> None:
    """Another port would not help."""
    for host in ("nosuch.host.invalid", "192.0.2.1"):
        code, text = await process_harness.run("run", HTTP_HOST=host)
        assert (code, f"HTTP_HOST {host} is no address of this machine" in text) == (78, True), text
        assert "Choose another HTTP_PORT" not in text


async def test_run_refuses_a_bad_token_in_words(process_harness: ProcessHarness) -> None:
    """A token that Slack refuses is no reason for a stack trace."""
    code, text = await process_harness.run("run", SLACK_BOT_TOKEN="xoxb-wrong")
    assert code == 78
    assert "SLACK_BOT_TOKEN" in text
    code, text = await process_harness.run("run", SLACK_APP_TOKEN="xapp-wrong")
    assert code == 78
    assert "Slack refuses SLACK_APP_TOKEN (invalid_auth)" in text
    assert "Traceback" not in text
    assert "Traceback" not in text


async def test_api_reads_any_endpoint_and_guards_those_that_write(process_harness: ProcessHarness) -> None:
    """The way to check an inferred path with a live key: reads go, writes ask for --yes."""
    code, text = await process_harness.run("api", "1688.order.logistics", "-q", f"orderId={FIRST}")
    assert code == 0
    assert "78012345678901" in text
    code, text = await process_harness.run("api", "1688.order.cancel", "--body", "{}")
    assert code == 2
    assert "--yes" in text
    code, text = await process_harness.run("api", "list")
    assert code == 0
    assert "/v2/alibaba/order/logistics" in text
    code, text = await process_harness.run("api", "nonsense")
    assert code == 2
    assert "nonsense" in text
