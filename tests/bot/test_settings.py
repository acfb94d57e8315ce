"""The settings: complete ones are read, anything else is one clear sentence a line."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import certifi
import pytest

from bot.settings import Settings, SettingsError, load
from tracking.cadence import Cadence
from tracking.stalls import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

NEEDED = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "PANDAPON_ACCESS_KEY": "key",
    "PANDAPON_ACCESS_SECRET": "secret-value",
    "PANDAPON_USER_ID": "2100007341207",
}

CERTIFICATES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")

ADDRESSES = [
    ("https://user:pw-canary@api.pandapon.com", "must not hold a user"),
    ("https://@api.pandapon.com", "must not hold a user"),
    ("https://api.pandapon.com?x=1", "must end with its host or path"),
    ("https://api.pandapon.com/v2?", "must end with its host or path"),
    ("https://api.pandapon.com#pw-canary", "must end with its host or path"),
    ("https://api.pandapon.com\nX-Evil: 1", "must be one address without spaces"),
    ("https://api.panda\tpon.com", "must be one address without spaces"),
    ("https://api.pandapon.com ", "must be one address without spaces"),
    ("\u00a0https://api.pandapon.com", "must be one address without spaces"),
    ("https:\\\\api.pandapon.com", "must be one address without spaces"),
    ("ftp://api.pandapon.com", "must be an http(s) address"),
    ("file:///etc/passwd", "must be an http(s) address"),
    ("https://", "must be an http(s) address"),
    ("https://:443", "must be an http(s) address"),
    ("https://api.pandapon.com:0", "must be an http(s) address whose port"),
    ("https://api.pandapon.com:70000", "must be an http(s) address whose port"),
    ("https://api.pandapon.com:abc", "must be an http(s) address whose port"),
    ("https://api.pandapon.com:", "must be an http(s) address whose port"),
    ("https://[::1", "must be an http(s) address whose port"),
    ("https://api..pandapon.com", "must name a host"),
    ("https://api.panda_pon.com", "must name a host"),
    ("https://api.pandapon.com/a/../b", "has a path"),
    ("https://api.pandapon.com/a%2fb", "has a path"),
]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither this machine's variables nor a .env here may leak into a test."""
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_MODE", "SLACK_SIGNING_SECRET", "SLACK_API_URL", "HTTP_PORT", "PANDAPON_BASE_URL", *NEEDED):
        monkeypatch.delenv(name, raising=False)


def put(monkeypatch: pytest.MonkeyPatch, **extra: str) -> None:
    for name, value in {**NEEDED, **extra}.items():
        monkeypatch.setenv(name, value)


def test_needed_settings_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first block of .env.example is all that a start needs."""
    put(monkeypatch)
    settings = load()
    assert settings.slack_mode == "socket"
    assert settings.slack_api_url == "https://slack.com/api/"


def test_env_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A .env in the working directory fills what the environment leaves open."""
    put(monkeypatch, HTTP_PORT="9001")
    (tmp_path / ".env").write_text("HTTP_PORT=9002\nLOG_LEVEL=debug\n", encoding="utf-8")
    settings = load()
    assert (settings.http_port, settings.log_level) == (9001, "debug")


def test_every_missing_setting_is_named() -> None:
    """A start without settings lists each one that is needed."""
    with pytest.raises(SettingsError) as caught:
        load()
    lines = str(caught.value).splitlines()
    assert {line.split(" ")[0] for line in lines} == {
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "PANDAPON_ACCESS_KEY",
        "PANDAPON_ACCESS_SECRET",
        "PANDAPON_USER_ID",
    }
    assert all(line.endswith("(see .env.example).") for line in lines)


@pytest.mark.parametrize("name", ["", "vm-poll,send,jobs", "pandabot-worker-5f8c9d7b6-x2x4z", f"{'h' * 63}-web"])
def test_a_process_may_have_its_machines_and_its_roles_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """As the systemd unit, a container and a pod give it."""
    for variable, value in (NEEDED | {"WORKER": name}).items():
        monkeypatch.setenv(variable, value)
    assert load(None).worker == name


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"SLACK_MODE": "http"}, "SLACK_SIGNING_SECRET is missing"),
        ({"SLACK_BOT_TOKEN": "xoxp-user"}, "SLACK_BOT_TOKEN: must start with xoxb-"),
        ({"SLACK_APP_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN: must start with xapp-"),
        ({"PANDAPON_BASE_URL": "http://api.pandapon.com"}, "PANDAPON_BASE_URL: must be https"),
        ({"PANDAPON_BASE_URL": "api.pandapon.com"}, "PANDAPON_BASE_URL: must be an http(s) address"),
        *(({"PANDAPON_BASE_URL": value}, f"PANDAPON_BASE_URL: {why}") for value, why in ADDRESSES),
        *(({"SLACK_API_URL": value}, f"SLACK_API_URL: {why}") for value, why in ADDRESSES),
        ({"HTTP_PORT": "eighty"}, "HTTP_PORT: "),
        ({"HTTP_PORT": "70000"}, "HTTP_PORT: "),
        ({"POLL_INTERVAL_SECONDS": "0"}, "POLL_INTERVAL_SECONDS: "),
        ({"WORKER": "two words"}, "WORKER: "),
        ({"PANDAPON_PATHS": "{oops"}, "PANDAPON_PATHS: must be a JSON object"),
        ({"PANDAPON_PATHS": '{"nope": "/v2/x"}'}, "PANDAPON_PATHS: no endpoint is called 'nope'"),
        ({"PANDAPON_PATHS": '{"taobao.order.list": "v2/x"}'}, "PANDAPON_PATHS: the path of 'taobao.order.list'"),
        ({"PANDAPON_ACCESS_KEY": "two words"}, "PANDAPON_ACCESS_KEY: the access key holds a space"),
        ({"PANDAPON_ACCESS_KEY": "键"}, "PANDAPON_ACCESS_KEY: the access key holds"),
        ({"PANDAPON_USER_ID": "张三"}, "PANDAPON_USER_ID: the user id holds"),
        ({"DEFAULT_FILTER": "loud"}, "DEFAULT_FILTER: "),
        ({"STALL_HOURS": "48"}, "STALL_HOURS: "),
        ({"STALL_HOURS": "{48}"}, "STALL_HOURS: must be a JSON object such as"),
        ({"STALL_HOURS": '{"domestik": 48}'}, "STALL_HOURS.DOMESTIK: "),
        ({"STALL_HOURS": '{"domestic": 0}'}, "STALL_HOURS.DOMESTIC: "),
        ({"POLL_MINUTES": '{"moving": "often"}'}, "POLL_MINUTES.MOVING: "),
        ({"STALL_REST": "sunday"}, "STALL_REST: 'sunday' is neither a weekday"),
        ({"STALL_REST": "2027-02-12..2027-02-05"}, "STALL_REST: '2027-02-12..2027-02-05' must run forwards"),
        ({"STALL_REST": "2027-02-30"}, "STALL_REST: '2027-02-30' is neither"),
        ({"STALL_REST": "mon tue wed thu fri sat sun"}, "STALL_REST: at least one day"),
    ],
)
def test_a_malformed_setting_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str], sentence: str
) -> None:
    """The sentence names the variable and what it should be, and never shows its value."""
    put(monkeypatch, **wrong)
    with pytest.raises(SettingsError) as caught:
        load()
    assert str(caught.value).startswith(sentence)
    assert len(str(caught.value).splitlines()) == 1
    assert "xoxp-user" not in str(caught.value)
    assert "canary" not in str(caught.value)


def test_intervals_and_silences_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is named is changed, the rest stays as it is."""
    put(
        monkeypatch,
        POLL_MINUTES='{"moving": 30}',
        STALL_HOURS='{"domestic": 72.5}',
        STALL_REST="sun, 2027-02-05..2027-02-12 2027-10-01",
    )
    settings = load()
    assert settings.cadence == Cadence(moving=timedelta(minutes=30))
    assert settings.limits.domestic == timedelta(hours=72.5)
    assert settings.limits.first_scan == Limits().first_scan
    assert settings.limits.rest_days.weekdays == {6}
    assert settings.limits.rest_days.spans[1] == (date(2027, 10, 1), date(2027, 10, 1))


def test_plain_http_is_allowed_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand-ins on loopback need no certificate."""
    put(monkeypatch, PANDAPON_BASE_URL="http://127.0.0.1:9/", SLACK_API_URL="http://localhost:8/api")
    settings = load()
    assert settings.pandapon_base_url == "http://127.0.0.1:9"
    assert settings.slack_api_url == "http://localhost:8/api/"


def test_an_address_may_have_a_port_and_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a gateway of the company has them."""
    put(monkeypatch, PANDAPON_BASE_URL="https://gateway.example:8443/pandapon/", SLACK_API_URL="http://[::1]:8/api/")
    settings = load()
    assert settings.pandapon_base_url == "https://gateway.example:8443/pandapon"
    assert settings.slack_api_url == "http://[::1]:8/api/"


def test_secrets_are_masked_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A settings object in a log or traceback shows no secret."""
    put(monkeypatch)
    assert "secret-value" not in repr(load())
    assert "xoxb-1" not in str(load())


READ_AS: dict[str, Callable[[Settings], Path | None]] = {
    "DATABASE_PATH": lambda settings: settings.database_file,
    "STORAGE_URL": lambda settings: settings.database_file,
    "BACKUP_PATH": lambda settings: settings.backups,
    "GLOSSES": lambda settings: settings.glosses,
    "SSL_CERT_FILE": lambda settings: settings.certificates,
    "REQUESTS_CA_BUNDLE": lambda settings: settings.certificates,
}


def test_every_path_among_the_settings_is_tried_here() -> None:
    """A new one has to be of the same form."""
    fields = {name.upper() for name, field in Settings.model_fields.items() if "Path" in str(field.annotation)}
    assert fields | {"STORAGE_URL"} == READ_AS.keys()


@pytest.mark.parametrize("name", READ_AS)
def test_a_path_is_read_as_a_shell_would_read_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    """``~`` is the home folder, and no folder of that name is made; blanks at the ends are none of the path."""
    home = tmp_path / "at home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    scheme = "sqlite:///" if name == "STORAGE_URL" else ""
    blank = "" if scheme else " "
    (home / "file").write_text(Path(certifi.where()).read_text() if name in CERTIFICATES else "text,en\n", "utf-8")
    (tmp_path / "file").write_bytes((home / "file").read_bytes())
    put(monkeypatch, **{name: f"{scheme}{blank}~/file{blank}"})
    assert READ_AS[name](load()) == home / "file"
    put(monkeypatch, **{name: f"{scheme}{blank}file{blank}"})
    assert READ_AS[name](load()) == Path("file")
    for wrong, sentence in ((f"{scheme}$HOME/file", "without $"), (f"{scheme}~nobody-here/file", "begins with ~")):
        put(monkeypatch, **{name: wrong})
        with pytest.raises(SettingsError, match=rf"^{name}: [^\n]*{re.escape(sentence)}[^\n]*$"):
            load()
    put(monkeypatch, **{name: f"{scheme}  "})
    with pytest.raises(SettingsError, match=rf"^{name}: must [^\n]*$"):
        load()
