"""The settings of traces and error reports: what is wrong ends a start in one sentence, and no key is shown."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.patience import PATIENCE

from benchmarks.kill import inherited
from bot.process.redaction import Redaction
from bot.settings import SettingsError, load

ROOT = Path(__file__).resolve().parents[2]
NEEDED = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "PANDAPON_ACCESS_KEY": "key",
    "PANDAPON_ACCESS_SECRET": "secret-value",
    "PANDAPON_USER_ID": "2100007341207",
}
WRONG = [
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "must be an http(s) address"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "grpc://collector:4317", "must be an http(s) address"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:0", "must be an http(s) address whose port"),
    (
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "http://user:pw-canary@collector:4318/v1/traces",
        "OTEL_EXPORTER_OTLP_HEADERS",
    ),
    ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "should be 'http/protobuf'"),
    ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json", "should be 'http/protobuf'"),
    ("OTEL_TRACES_EXPORTER", "console", "should be 'otlp' or 'none'"),
    ("OTEL_SDK_DISABLED", "perhaps", "boolean"),
    ("SENTRY_DSN", "https://sentry.example/1", "must be a project's DSN"),
    ("SENTRY_DSN", "https://pw-canary@sentry.example/", "must be a project's DSN"),
    ("SENTRY_DSN", "https://pw-canary@sentry.example/project", "must be a project's DSN"),
    ("SENTRY_DSN", "pw-canary@sentry.example/1", "must be a project's DSN"),
    ("SENTRY_DSN", "https://pw-canary@sentry.example/1\n", "must be a project's DSN"),
]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither this machine's variables nor a .env here may leak into a test."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("OTEL_", "SENTRY_"))]:
        monkeypatch.delenv(name)
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(("name", "value", "sentence"), WRONG)
def test_a_wrong_value_is_one_sentence(monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str) -> None:
    """It names the setting, and never the value."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load()
    [line] = str(refused.value).splitlines()
    assert line.startswith(f"{name}: ")
    assert sentence in line
    assert "pw-canary" not in line


@pytest.mark.parametrize(
    ("given", "collector"),
    [
        ({}, ""),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, "http://collector:4318"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://a.example/v1/traces"}, "https://a.example/v1/traces"),
        (
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://b:1", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://a:1/x"},
            "http://a:1/x",
        ),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_SDK_DISABLED": "true"}, ""),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_TRACES_EXPORTER": "none"}, ""),
    ],
)
def test_traces_are_off_unless_a_collector_is_named(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], collector: str
) -> None:
    """The variable for traces alone comes first; either switch turns them off."""
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert load().collector == collector


@pytest.mark.parametrize(
    ("variable", "value", "module", "extra"),
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318", "opentelemetry", "otel"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:4318/x", "opentelemetry.exporter", "otel"),
        ("SENTRY_DSN", "https://key@sentry.example/1", "sentry_sdk", "sentry"),
    ],
)
def test_without_its_extra_a_setting_ends_the_start(variable: str, value: str, module: str, extra: str) -> None:
    """In the process, with the library hidden: one sentence that says how to get it, and no traceback."""
    hidden = f"import sys; sys.modules[{module!r}] = None; from bot.cli import main; main()"
    result = started(hidden, {variable: value})
    assert result.returncode == 78
    [line] = [line for line in result.stderr.splitlines() if line.startswith("  - ")]
    assert line == f"  - {variable}: needs pandabot[{extra}], which is not installed; `make extras` adds it."
    assert "Traceback" not in result.stderr


def test_without_the_extras_all_else_works() -> None:
    """Where no setting asks for them, nothing imports their libraries."""
    names = ("opentelemetry", "sentry_sdk", "requests")
    code = (
        f"import sys\nfor name in {names}: sys.modules[name] = None\n"
        "import bot.app, bot.cli\nfrom bot.process.observability import observed\nfrom bot.settings import load\n"
        "with observed(load()): pass"
    )
    result = started(code, {})
    assert (result.returncode, result.stderr) == (0, "")


def started(code: str, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {**inherited(), "PYTHONPATH": str(ROOT), **NEEDED, **variables}
    command = [sys.executable, "-c", code, "run"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False)  # noqa: S603  our own code


def test_the_log_knows_their_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of the collector, as written and decoded, and the DSN's."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "api-key=canary-one,x-team=canary%20two")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "api-key=canary-three")
    monkeypatch.setenv("SENTRY_DSN", "https://canaryfour@sentry.example/1")
    line = Redaction(load().secrets()).line("a canary-one b canary%20two c canary two d canary-three e canaryfour f")
    assert "canary" not in line


@pytest.mark.parametrize(("library", "module"), [("opentelemetry", "tracing"), ("sentry_sdk", "error_reports")])
def test_one_module_knows_each_library(library: str, module: str) -> None:
    """Whoever changes the library changes one file."""
    rooms = ("bot", "handlers", "storage", "tracking", "pandapon", "sandbox")
    knowing = {path.stem for room in rooms for path in (ROOT / room).rglob("*.py") if library in imported(path)}
    assert knowing == {module}


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names
