"""The settings of a process that serves many workspaces, the start's sentences, and to whom a request belongs."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from support.patience import PATIENCE
from typer.testing import CliRunner

from bot import settings as single
from bot.cli import app
from bot.settings import SettingsError
from bot.workspaces.installation_lookup import candidate_ids
from bot.workspaces.secrets import AccountSecret
from bot.workspaces.settings import load
from storage.workspaces.schemas import schema_of

if TYPE_CHECKING:
    from pathlib import Path

KEY = "a" * 43 + "="  # of the form of a key; made anew, it would give each test process other names of tests
NEEDED = {
    "SLACK_MODE": "http",
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "client-secret-1",
    "SLACK_SIGNING_SECRET": "signing-canary",
    "PANDABOT_KEYS": KEY,
    "STORAGE_URL": "postgresql://panda:pw-canary@db/panda",
}
PLAIN = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "DATABASE_PATH", "APPROVALS_CHANNEL", "PUBLIC_URL", "CALLBACK_TOKEN")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither this machine's variables nor a .env here may leak into a test."""
    monkeypatch.chdir(tmp_path)
    for name in (*NEEDED, *PLAIN):
        monkeypatch.delenv(name, raising=False)


def test_complete_settings_are_read_and_those_of_a_workspace_made_from_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workspace's own values take nothing from the environment."""
    for name, value in (NEEDED | {"CALLBACK_TOKEN": "c" * 30, "SLACK_BOT_TOKEN": "xoxb-environment"}).items():
        monkeypatch.setenv(name, value)
    settings = load(None)
    assert settings.keys == [KEY]
    assert {"client-secret-1", "signing-canary", "pw-canary", KEY} <= set(settings.secrets())
    assert not any(secret in repr(settings) for secret in settings.secrets())
    own = settings.of_workspace("xoxb-own", AccountSecret("k", "s", "7", "t" * 30), 5.0)
    assert (own.slack_bot_token.get_secret_value(), own.pandapon_rate_per_second) == ("xoxb-own", 5.0)
    assert own.callback_tokens == ("t" * 30,)
    assert settings.of_workspace("xoxb-own", None, None).callback_tokens == ()
    assert settings.of_workspace("xoxb-own", None, None).cadence == settings.of_workspace("x", None, None).cadence


@pytest.mark.parametrize("name", [name for name in NEEDED if name != "SLACK_MODE"])
def test_each_missing_setting_is_one_sentence(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """It names the variable."""
    for other, value in NEEDED.items():
        monkeypatch.setenv(other, "" if other == name else value)
    with pytest.raises(SettingsError) as refused:
        load(None)
    assert str(refused.value).startswith(f"{name} is missing: ")
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SLACK_MODE", "socket", "SLACK_MODE: must be http where SLACK_CLIENT_ID is set"),
        ("SLACK_MODE", "", "SLACK_MODE: must be http where SLACK_CLIENT_ID is set"),
        ("STORAGE_URL", "sqlite:///data/x.db", "STORAGE_URL: must be postgresql://…"),
        ("STORAGE_URL", "mysql://pw-canary@x/y", "STORAGE_URL: must be sqlite"),
        ("PANDABOT_KEYS", "not-a-key-canary", "PANDABOT_KEYS: holds a text that is no key"),
        ("PANDABOT_KEYS", f"{KEY},pw-canary", "PANDABOT_KEYS: holds a text that is no key"),
        ("PANDABOT_KEYS", " , ", "PANDABOT_KEYS: needs a key"),
        ("PUBLIC_URL", "http://panda.example", "PUBLIC_URL: must be https"),
        ("APPROVALS_CHANNEL", "C0ORDERS01", "APPROVALS_CHANNEL: is a channel of one workspace"),
        ("DATABASE_PATH", "data/x.db", "STORAGE_URL and DATABASE_PATH both name a database"),
    ],
)
def test_each_wrong_setting_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    """The sentence never shows a secret."""
    for other, right in (NEEDED | {name: value}).items():
        monkeypatch.setenv(other, right)
    with pytest.raises(SettingsError) as refused:
        load(None)
    assert str(refused.value).startswith(sentence)
    assert "canary" not in str(refused.value)
    assert KEY not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "hosted"),
    [("SLACK_CLIENT_ID", True), ("SLACK_CLIENT_SECRET", True), ("SLACK_SIGNING_SECRET", False), ("", False)],
)
def test_either_credential_of_the_app_turns_it_on(monkeypatch: pytest.MonkeyPatch, name: str, hosted: bool) -> None:
    """So that a forgotten one is named, and not silently another mode started."""
    if name:
        monkeypatch.setenv(name, "x")
    assert single.is_hosted(None) is hosted


def test_the_process_says_what_is_missing(tmp_path: Path) -> None:
    """A real `pandabot run`; and the commands for a single workspace say that they are."""
    environment = {**{k: v for k, v in os.environ.items() if not k.startswith(("SLACK", "PANDA"))}}
    environment |= {"SLACK_CLIENT_ID": "1.2", "SLACK_MODE": "http"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603  our own program
            [sys.executable, "-m", "bot", *words],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    started = run("run")
    assert started.returncode == 78
    for name in ("SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET", "PANDABOT_KEYS", "STORAGE_URL"):
        assert f"{name} is missing" in started.stderr
    assert "Traceback" not in started.stderr
    assert "this command is for a single" in run("backup").stderr
    key = run("keys", "new").stdout.strip()
    assert len(key) == 44


@pytest.mark.parametrize("library", ["cryptography", "psycopg"])
@pytest.mark.parametrize("words", ["workspaces list", "workspaces manifest", "keys new", "keys rotate"])
def test_without_the_extra_a_command_says_what_to_install(tmp_path: Path, words: str, library: str) -> None:
    """`make install` leaves both out."""
    (tmp_path / f"{library}.py").write_text("raise ImportError('no')", encoding="utf-8")
    answer = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-m", "bot", *words.split()],
        env=dict(os.environ) | NEEDED | {"PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (answer.returncode, answer.stderr.count("\n")) == (2, 1)
    assert "`make extras` adds it" in answer.stderr


@pytest.mark.parametrize("words", [("workspaces", "list"), ("keys", "rotate")])
def test_without_an_app_a_command_says_that_there_is_one_workspace(words: tuple[str, ...]) -> None:
    """A list of the settings that many workspaces need would only mislead who serves one."""
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 2
    assert "serves one workspace" in answer.stderr
    assert "SLACK_CLIENT_ID" in answer.stderr


def test_the_manifest_needs_the_address_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The app is created from it, and only an app has a Client ID and secrets."""
    refused = CliRunner().invoke(app, ["workspaces", "manifest"])
    assert (refused.exit_code, "PUBLIC_URL is missing" in refused.stderr) == (78, True)
    monkeypatch.setenv("PUBLIC_URL", "https://panda.example/")
    answer = CliRunner().invoke(app, ["workspaces", "manifest"])
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert "https://panda.example/slack/oauth_redirect" in answer.stdout


# --- to whom a request belongs ----------------------------------------------------------------------------------------

T, E, OTHER = "T0AAAAAA1", "E0ORG00001", "T0BBBBBB2"
ORG = {"is_enterprise_install": True}


@pytest.mark.parametrize(
    ("payload", "ids"),
    [
        ({"command": "/panda", "team_id": T}, [T]),
        ({"command": "/panda", "team_id": T, "enterprise_id": E}, [T, E]),
        ({"command": "/panda", "team_id": T, "enterprise_id": E, "is_enterprise_install": "true"}, [E, T]),
        ({"type": "block_actions", "team": {"id": T}, "user": {"id": "U1", "team_id": T}}, [T]),
        (
            {"type": "block_actions", "team": None, "enterprise": {"id": E}, "user": {"id": "U1", "team_id": T}} | ORG,
            [E, T],
        ),
        ({"type": "block_actions", "team": {"id": OTHER}, "message": {"team": T}}, [T]),
        ({"type": "block_actions", "team": {"id": T}, "message": {}}, [T]),
        ({"type": "message_action", "team": {"id": T}, "message": {"team": OTHER}}, [T]),
        ({"type": "view_submission", "team": {"id": OTHER}, "view": {"app_installed_team_id": T}}, [T]),
        ({"type": "view_submission", "team": {"id": T}, "view": {"app_installed_team_id": T}}, [T]),
        ({"type": "event_callback", "team_id": OTHER, "authorizations": [{"team_id": T}]}, [T]),
        (
            {"type": "event_callback", "team_id": T, "authorizations": [{"team_id": T, "enterprise_id": E, **ORG}]},
            [E, T],
        ),
        ({"type": "event_callback", "team_id": T, "event": {"type": "app_uninstalled"}}, [T]),
        ({"type": "shortcut", "team": {"id": T}, "user": {"id": "U1", "team_id": OTHER}}, [T]),
        ({"type": "url_verification", "challenge": "x"}, []),
        ({"type": "event_callback", "team_id": "", "event": {"type": "x"}}, []),
    ],
)
def test_a_request_names_its_installation(payload: dict[str, Any], ids: list[str]) -> None:
    """By form, JSON, person, authorization, organisation, and in channels that companies share."""
    assert candidate_ids(AsyncBoltRequest(body=payload, mode="socket_mode")) == ids


@pytest.mark.parametrize("id_", ["", "t1", "T1 ", 'T1"; DROP', "T", "T0É", "../T1", "T" * 40])
def test_what_is_no_id_names_no_schema(id_: str) -> None:
    """A schema's name comes from Slack's ids alone, whose letters are capital: none of two is the same."""
    with pytest.raises(ValueError, match="is no workspace's"):
        schema_of(id_)
    assert schema_of("T0123ABCD") == "team_t0123abcd"
