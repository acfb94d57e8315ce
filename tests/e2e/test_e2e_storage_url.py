"""STORAGE_URL: each command speaks truly of a PostgreSQL server, and its password is shown nowhere."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import psycopg
import pytest
from pydantic import SecretStr
from support import postgres
from support.bot_harness import ORDER, running
from support.moving import eventful
from support.patience import until
from support.process_harness import SECRETS, ProcessHarness

from bot.commands.doctor.report import report
from bot.process.clock import utc_now
from bot.settings import SettingsError, load
from bot.settings.storage_url import file_of, passwords_of, shown
from sandbox.pandapon.demo import FIRST

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "canary-p%40ss-0123"  # the server of the tests trusts everybody
NEEDED = {name: SECRETS[name] for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")} | {
    "PANDAPON_ACCESS_KEY": "key",
    "PANDAPON_ACCESS_SECRET": "secret",
    "PANDAPON_USER_ID": "1",
}


def with_password(url: str) -> str:
    return url.replace("pandabot@", f"pandabot:{PASSWORD}@")


async def test_a_process_on_a_server_and_the_commands_beside_it(
    process_harness: ProcessHarness, tmp_path: Path
) -> None:
    """run, check, audit, doctor, backup, restore and courier, while the bot runs: no word holds the password."""
    url = with_password(postgres.new_database(tmp_path))
    process = await process_harness.spawn("run", STORAGE_URL=url)
    try:
        await until(lambda: bool(process_harness.slack.sockets.open))
        assert (await process_harness.slack.slash("mei", "#orders", "/panda", f"watch {FIRST}")).ok
        orders = process_harness.slack.workspace.channel("orders")
        await until(lambda: any(m.by_bot for m in orders.messages.values()))
        results = {
            name: await process_harness.run(*name.split(), STORAGE_URL=url)
            for name in ("check", "audit", "doctor", "backup", "restore", "courier unknown", "run --standby")
        }
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    codes = {name: code for name, (code, _text) in results.items()}
    wrong = {"backup": 2, "restore": 2, "run --standby": 78}
    assert codes == dict.fromkeys(codes, 0) | wrong, results
    assert "PostgreSQL" in results["check"][1]
    assert "1 watches" in results["check"][1]
    assert "pg_dump" in results["backup"][1]
    assert "pg_restore" in results["restore"][1]
    assert "there is no standby" in results["run --standby"][1]
    assert "| rows of watches |" in results["doctor"][1]
    assert "| watches by state | active 1 |" in results["doctor"][1]
    assert not (process_harness.folder / "data").exists()
    for text in (out.decode() + err.decode(), *(text for _code, text in results.values())):
        assert "canary" not in text
        assert "Traceback" not in text


async def test_the_status_says_whose_the_backups_are(tmp_path: Path) -> None:
    """No backup is missed that the bot cannot make; the version is the server's."""
    async with running(tmp_path, storage_url=SecretStr(postgres.new_database(tmp_path))) as harness:
        await harness.ask(f"/panda watch {ORDER}")
        status = await harness.ask("/panda status")
        assert harness.bot is not None
        jobs = {job.name for job in harness.bot.scheduler._jobs}
        text = await report(harness.settings, utc_now)
    assert "✅" in status
    assert "Its backups are made there" in status
    assert "PostgreSQL" in status
    assert "no backup yet" not in status
    assert jobs.isdisjoint({"backup", "check", "log"})
    assert "STORAGE_URL | given" in text


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://pandabot:canary-pass@127.0.0.1:9/none", "PostgreSQL does not answer"),
        ("postgresql://pandabot@/nowhere?host={folder}&password=canary-pass", "does not exist"),
        ("postgresql://x:canary-pa ss@host/db", "without spaces"),
        ("postgresql://x:canary%zz@host/db", "%40 %3A %2F"),
        ("postgresql://x:canary-pass@host", "name of a database"),
        ("postgres://x:canary-pass@127.0.0.1:abc/db", "from 1 to 65535 as its port"),
        ("postgres://x:canary-pass@127.0.0.1:5432,127.0.0.1:70000/db", "from 1 to 65535 as its port"),
        ("mysql://x:canary-pass@host/db", "sqlite:///data/pandabot.db or postgresql://"),
        ("data/bot.db", "sqlite:///data/pandabot.db or postgresql://"),
        ("sqlite:///", "sqlite:///data/pandabot.db or postgresql://"),
    ],
)
async def test_a_wrong_address_is_one_sentence(process_harness: ProcessHarness, url: str, says: str) -> None:
    """Whatever is wrong with it, the start says so without the address, and changes nothing."""
    folder = str(postgres.server().folder)
    code, text = await process_harness.run("run", STORAGE_URL=url.format(folder=folder))
    assert code == (75 if "does not answer" in says else 78), text  # a server may come back; a setting may not
    assert says in text
    assert text.count("\n") <= 3, text
    assert "canary" not in text
    assert "Traceback" not in text


async def test_a_refusal_blames_no_setting_that_was_not_used(process_harness: ProcessHarness, tmp_path: Path) -> None:
    """The address may be that of an option: the sentence names these, too."""
    eventful(tmp_path / "bot.db")
    target = f"postgresql://pandabot@/nowhere?host={postgres.server().folder}"
    code, text = await process_harness.run("migrate", "--to", target, DATABASE_PATH=str(tmp_path / "bot.db"))
    assert (code, "--to or --from" in text, "does not exist" in text) == (1, True, True), text


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1", "EUC_CN"])
async def test_another_encoding_is_one_sentence(process_harness: ProcessHarness, tmp_path: Path, encoding: str) -> None:
    """A server that was set up without a locale has SQL_ASCII: text would come back as bytes. No table is made."""
    url = postgres.new_database(tmp_path, encoding)
    eventful(tmp_path / "bot.db")
    for command in ("run", "check", "doctor", "audit"):
        code, text = await (process_harness.run if command == "run" else process_harness.run_here)(
            command, STORAGE_URL=url
        )
        assert f"in the encoding {encoding}" in text, (command, text)
        assert "createdb --encoding=UTF8" in text
        assert code != 0 or command == "doctor"
        assert "Traceback" not in text
    code, text = await process_harness.run_here("migrate", "--to", url, DATABASE_PATH=str(tmp_path / "bot.db"))
    assert (code, f"in the encoding {encoding}" in text) == (1, True), text
    with psycopg.connect(url) as conn:
        assert conn.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


async def test_a_user_that_may_not_make_tables_is_told_how(process_harness: ProcessHarness, tmp_path: Path) -> None:
    """Since PostgreSQL 15 only the owner of a database may, unless somebody grants it."""
    url = postgres.new_database(tmp_path)
    name = f"user_{postgres.schema_of(tmp_path)}"
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(f"CREATE ROLE {name} LOGIN".encode())
        conn.execute(b"REVOKE CREATE ON SCHEMA public FROM PUBLIC")  # the default since 15
    try:
        for command in ("run", "check"):
            code, text = await process_harness.run(command, STORAGE_URL=url.replace("pandabot@", f"{name}@"))
            assert code != 0
            assert "ALTER DATABASE … OWNER TO …" in text
            assert "Traceback" not in text
            assert name not in text
    finally:
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute(f"DROP ROLE {name}".encode())


async def test_the_environment_does_not_choose_the_encoding(process_harness: ProcessHarness, tmp_path: Path) -> None:
    """PGCLIENTENCODING is for other programs: with it, Chinese text would not get into the database, or as bytes."""
    url = postgres.new_database(tmp_path)
    process = await process_harness.spawn("run", STORAGE_URL=url, PGCLIENTENCODING="LATIN1")
    try:
        await until(lambda: bool(process_harness.slack.sockets.open))
        assert (await process_harness.slack.slash("mei", "#orders", "/panda", f"watch {FIRST}")).ok
        orders = process_harness.slack.workspace.channel("orders")
        await until(lambda: any(m.by_bot and "义乌" in m.text for m in orders.messages.values()))
        for encoding in ("LATIN1", "SQL_ASCII"):
            code, text = await process_harness.run("doctor", STORAGE_URL=url, PGCLIENTENCODING=encoding)
            assert (code, "| watches by state | active 1 |" in text) == (0, True), text
    finally:
        process.send_signal(signal.SIGTERM)
        _out, err = await process.communicate()
    assert (process.returncode, "Traceback" in err.decode()) == (0, False)


def test_two_databases_are_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody guesses which of them is meant."""
    monkeypatch.chdir(tmp_path)
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("STORAGE_URL", "postgresql://u:canary@h/d")
    assert load().database_file is None
    monkeypatch.setenv("DATABASE_PATH", "x.db")
    with pytest.raises(SettingsError, match="both name a database: keep one") as refused:
        load()
    assert "canary" not in str(refused.value)
    monkeypatch.setenv("DATABASE_PATH", "")
    monkeypatch.setenv("STORAGE_URL", "sqlite:////var/lib/pandabot/bot.db")
    assert str(load().database_file) == "/var/lib/pandabot/bot.db"
    assert str(load().backups) == "/var/lib/pandabot/backups"


async def test_without_the_driver_it_is_one_sentence(process_harness: ProcessHarness) -> None:
    """The extra is not installed: what to type."""
    (process_harness.folder / "psycopg.py").write_text("raise ImportError('no')", encoding="utf-8")
    code, text = await process_harness.run("run", STORAGE_URL="postgresql://u:canary@127.0.0.1/d", PYTHONPATH=".")
    assert code == 78
    assert "`make extras` adds it" in text
    assert "canary" not in text


def test_what_is_read_of_an_address() -> None:
    """Passwords in each place, as written and decoded; the shown form has none, and no user."""
    several = "postgresql://me:a%40b@h1:5432,h2:5433/db?sslpassword=c%20d&host=x"
    assert set(passwords_of(several)) == {"a%40b", "a@b", "c d"}
    assert shown(several) == "postgresql://h1:5432,h2:5433/db"
    assert shown("postgresql://me@/db?host=/var/run") == "postgresql:///var/run/db"
    assert file_of("sqlite:///data/bot.db") == file_of("sqlite:///data%2Fbot.db?x=1")
    assert file_of(several) is None
