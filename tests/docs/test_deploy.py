"""The files for running it: the figures that they name exist, and what they say of the process is what it does."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import yaml
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.registry import Collector
from support.bot_harness import running
from support.postgres import open_postgres

from bot.settings import load
from bot.web import metrics
from storage.postgres.gauges import MEANINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prometheus_client import Metric

    from storage.store import Store

DEPLOY = Path(__file__).parents[2] / "deploy"
ALERTS, DASHBOARD = DEPLOY / "monitoring/alerts.yml", DEPLOY / "monitoring/dashboard.json"
ALERTS_TEST = Path(__file__).with_name("alerts_test.yml")
OPERATION, WORKSPACES = DEPLOY.parent / "docs/operation.md", DEPLOY.parent / "docs/workspaces.md"
SYSTEMD = DEPLOY / "systemd"
ROLES = {"web", "poll", "send", "jobs"}
FIGURE = re.compile(r"pandabot_[a-z_]+")


def expressions() -> Iterator[str]:
    """Every expression of the rules and of the dashboard."""
    for group in yaml.safe_load(ALERTS.read_text())["groups"]:
        yield from (rule["expr"] for rule in group["rules"])
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        yield from (target["expr"] for target in panel["targets"])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The text of ``/metrics`` of a running bot that has looked for due orders."""
    return asyncio.run(served_in(tmp_path_factory.mktemp("bot")))


async def served_in(folder: Path) -> str:
    async with running(folder) as harness, aiohttp.ClientSession() as session:
        await harness.several_ticks(1)
        assert harness.bot is not None
        async with session.get(f"http://127.0.0.1:{harness.bot.http_port}/metrics") as answer:
            return await answer.text()


def promtool(*arguments: str | Path, given: str = "") -> None:
    """Run Prometheus' own checker, and fail if it finds anything."""
    checker = shutil.which("promtool")
    if checker is None:
        pytest.skip("promtool is not installed")
    command = [checker, *arguments]
    result = subprocess.run(command, input=given, capture_output=True, text=True, check=False)  # noqa: S603  its own path
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_figure_that_is_asked_for_is_served(served: str) -> None:
    """A renamed figure would be an alert that never comes."""
    asked = {name for expression in expressions() for name in FIGURE.findall(expression)}
    assert asked
    of_workspaces = FIGURE.findall(WORKSPACES.read_text())  # served where there are many
    assert asked <= {*FIGURE.findall(served), *(f"pandabot_{name}" for name in MEANINGS), *of_workspaces}


def test_a_rule_watches_every_figure_of_workspaces() -> None:
    """With many workspaces these say what is wrong, and a stopped job is a number of workspaces."""
    source = (DEPLOY.parent / "bot/workspaces/health.py").read_text()
    served = {f"pandabot_{name}" for name in re.findall(r'gauge\(\s*"(workspaces_\w+)"', source)} | {
        "pandabot_workspaces"
    }
    rules = ALERTS.read_text()
    assert served <= set(FIGURE.findall(rules))
    assert served <= set(FIGURE.findall(WORKSPACES.read_text()))
    assert "pandabot_jobs_stopped > 0" in rules


def test_every_figure_that_is_served_is_documented(served: str) -> None:
    """With its type, its labels and the words that Prometheus gets, in one table and in the same order."""
    assert documented(lambda name: name not in MEANINGS) == list(rows_of(served))


async def test_every_figure_of_postgresql_is_documented_and_lints(tmp_path: Path) -> None:
    """Those of a real server, with dead rows in its tables, as ``/metrics`` serves them."""
    store = await open_postgres(tmp_path)
    try:
        text = await served_of(store)
    finally:
        await store.close()
    rows = [row for row in rows_of(text) if "_database_" in row]
    assert documented(lambda name: name in MEANINGS) == rows
    assert re.search(r'^pandabot_database_dead_rows\{table="outbox"\} \d', text, re.MULTILINE)
    assert float(re.findall(r"^pandabot_database_bytes (\S+)", text, re.MULTILINE)[0]) > 1e6
    promtool("check", "metrics", given=text)


async def served_of(store: Store) -> str:
    """What ``/metrics`` tells of the engine."""
    health = await store.upkeep.health(datetime.now(UTC))
    registry = CollectorRegistry()
    registry.register(FixedCollector(list(metrics.of_engine(health.gauges))))
    return generate_latest(registry).decode()


class FixedCollector(Collector):
    """Families that were made before."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> list[Metric]:
        return self._families


def documented(is_meant: Callable[[str], bool]) -> list[str]:
    """The rows of the document's tables of figures whose names are meant."""
    rows = [row for row in OPERATION.read_text().splitlines() if row.startswith("| `pandabot_")]
    return [row for row in rows if is_meant(row.split("`")[1].removeprefix("pandabot_"))]


def rows_of(text: str) -> Iterator[str]:
    """The rows of the table, made from what is served."""
    for name, meaning, kind, samples in re.findall(r"# HELP (\S+) (.+)\n# TYPE \S+ (\w+)\n((?:[^#].*\n)*)", text):
        labels = [label for label in dict.fromkeys(re.findall(r'(\w+)="', samples)) if label != "le"]
        yield f"| `{name}` | {kind} | {', '.join(f'`{label}`' for label in labels)} | {meaning} |".replace(
            "|  |", "| |"
        )


def test_the_figures_pass_the_linter(served: str) -> None:
    """Names and units as Prometheus expects them."""
    promtool("check", "metrics", given=served)


def test_the_rules_pass_their_checker() -> None:
    """Prometheus' own."""
    promtool("check", "rules", ALERTS)


def test_the_rules_fire_when_they_should() -> None:
    """And are silent otherwise: series made by hand, and what becomes of them."""
    promtool("test", "rules", ALERTS_TEST)


def test_the_expressions_of_the_dashboard_can_be_read(tmp_path: Path) -> None:
    """By the same checker, as if each were a rule."""
    rules = [{"record": f"panel:{at}", "expr": each} for at, each in enumerate(expressions())]
    path = tmp_path / "panels.yml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    promtool("check", "rules", path)


def test_every_rule_says_what_happened_and_how_bad_it_is() -> None:
    """For whoever is woken by it."""
    for group in yaml.safe_load(ALERTS.read_text())["groups"]:
        for rule in group["rules"]:
            assert rule["labels"]["severity"] in {"page", "ticket"}
            assert rule["annotations"]["summary"]


@pytest.mark.parametrize(
    ("file", "unit"),
    [
        ("pandabot.service", "pandabot.service"),
        ("pandabot@.service", "pandabot@web.service"),
        ("pandabot@.service", r"pandabot@poll\x2csend\x2cjobs.service"),
    ],
)
def test_a_unit_passes_its_checker(tmp_path: Path, file: str, unit: str) -> None:
    """Systemd's own, with a program in the place of the bot's."""
    checker = shutil.which("systemd-analyze")
    if checker is None:
        pytest.skip("systemd-analyze is not installed")
    path = tmp_path / unit
    text = (SYSTEMD / file).read_text()
    path.write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text))
    result = subprocess.run([checker, "verify", path], capture_output=True, text=True, check=False)  # noqa: S603  its own path
    if "Failed to connect" in result.stderr:
        pytest.skip("systemd-analyze does not work here")
    assert "pandabot" not in result.stderr, result.stderr


def test_the_roles_of_an_instance_are_what_systemd_escapes() -> None:
    """The name of the unit for several roles, as its head says to make it."""
    escape = shutil.which("systemd-escape")
    if escape is None:
        pytest.skip("systemd-escape is not installed")
    command = [escape, "--unescape", r"poll\x2csend\x2cjobs"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  its own path
    assert result.stdout.strip() == "poll,send,jobs"


def directives(file: str) -> dict[str, list[str]]:
    """The directives of a unit by name, each with its values."""
    values: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", (SYSTEMD / file).read_text(), re.MULTILINE):
        values.setdefault(name, []).append(value)
    return values


def test_an_instance_has_no_more_rights_than_the_single_process() -> None:
    """The template differs in its roles, its settings and its words."""
    single, template = directives("pandabot.service"), directives("pandabot@.service")
    own = {"Description", "After", "EnvironmentFile", "Environment", "ExecStart"}
    assert {name: value for name, value in template.items() if name not in own} == {
        name: value for name, value in single.items() if name not in own
    }
    assert template["ExecStart"] == [f"{single['ExecStart'][0]} --roles %I"]
    assert template["Environment"] == ["WORKER=%l-%I"], "a name of its own, and no file of a database"


def services(file: str) -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load((DEPLOY / "container" / file).read_text())["services"]
    return parsed


CONTAINERS = [(file, name) for file in ("compose.yml", "compose.postgres.yml") for name in services(file)]


@pytest.mark.parametrize(("file", "name"), CONTAINERS)
def test_containers_run_without_rights_on_what_they_cannot_write(file: str, name: str) -> None:
    """On a read-only root, without a capability, and never without a limit."""
    service = services(file)[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["restart"] == "unless-stopped"
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), "for this machine alone"


def test_the_containers_on_postgresql_share_the_work() -> None:
    """Every role is played, two workers play those that may be shared, and none keeps a file of its own."""
    given = services("compose.postgres.yml")
    played = {name: roles_of(given[name]["command"]) for name in ("web", "worker")}
    assert played == {"web": {"web"}, "worker": ROLES - {"web"}}
    assert given["worker"]["deploy"]["replicas"] == 2
    for name in played:
        assert given[name]["environment"]["STORAGE_URL"].startswith("postgresql://")
        assert given[name]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
        assert given[name]["volumes"] == ["/data"]  # without a name: nothing in it is kept or shared
        assert given[name]["build"]["args"] == {"TARGET": "extras"}
        assert "exec pandabot" in given[name]["entrypoint"][2]  # so that the process gets SIGTERM


def test_a_container_goes_on_under_its_own_name() -> None:
    """Compose has no variable for it, so a shell sets it, and passes every argument on."""
    if not Path("/etc/hostname").exists():
        pytest.skip("this machine has no /etc/hostname")
    shell, flag, script, *arguments = services("compose.postgres.yml")["worker"]["entrypoint"]
    shows = """exec sh -c 'printf "%s|" "$WORKER" "$@"' shown"""
    words = script.replace("$$", "$").replace("exec pandabot", shows)
    command = [shell, flag, words, *arguments, "run", "--roles", "poll,send, jobs"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603  our own
    assert output.split("|")[1:] == ["run", "--roles", "poll,send, jobs", ""]
    assert output.split("|")[0] == Path("/etc/hostname").read_text(encoding="utf-8").strip()


def test_only_the_bot_reaches_postgresql() -> None:
    """It publishes no port, stands in a network without a way outside, and its password stands in no file."""
    text = (DEPLOY / "container/compose.postgres.yml").read_text()
    whole = yaml.safe_load(text)
    database = whole["services"]["postgres"]
    assert "ports" not in database
    assert database["networks"] == ["database"]
    assert whole["networks"]["database"] == {"internal": True}
    assert set(re.findall(r"(?:PGPASSWORD|POSTGRES_PASSWORD): (.*?)(?:  #.*)?$", text, re.MULTILINE)) == {
        "${POSTGRES_PASSWORD:?set it in .env}"
    }


def image_environment() -> dict[str, str]:
    """The settings that the image itself gives."""
    [block] = re.findall(r"^ENV ((?:.*\\\n)*.*)$", (DEPLOY / "container/Dockerfile").read_text(), re.MULTILINE)
    return dict(re.findall(r"([A-Z_]+)=(\S+)", block))


def pod_environment(file: str, name: str) -> dict[str, str]:
    """Its settings beside those of the Secret; a field of the pod is its name, the only one that is taken."""
    [container] = deployments(file)[name]["template"]["spec"]["containers"]
    given = {variable["name"]: variable.get("value", POD_NAME) for variable in container.get("env", [])}
    fields = [variable["valueFrom"] for variable in container.get("env", []) if "valueFrom" in variable]
    assert fields in ([], [{"fieldRef": {"fieldPath": "metadata.name"}}])
    return given


def environments() -> Iterator[tuple[str, dict[str, str], bool]]:
    """Each way to run the image: its name, its settings beside .env, and whether it is on PostgreSQL."""
    server = {"STORAGE_URL": "postgresql://pandabot:secret@db.example/pandabot?sslmode=verify-full"}  # of the Secret
    yield "compose.yml", {}, False
    for name in ("web", "worker"):
        yield f"compose.postgres.yml {name}", services("compose.postgres.yml")[name]["environment"], True
    for file, name in PODS:
        on_server = file == "pandabot-postgres.yml"
        yield f"{file} {name}", {**(server if on_server else {}), **pod_environment(file, name)}, on_server


def test_the_settings_of_every_container_are_complete(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With the image's own settings and the first block of .env the process starts, on the database that is meant."""
    needed = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "PANDAPON_ACCESS_KEY": "key",
        "PANDAPON_ACCESS_SECRET": "secret-value",
        "PANDAPON_USER_ID": "2100007341207",
    }
    monkeypatch.chdir(tmp_path)
    for name, given, is_on_server in environments():
        with monkeypatch.context() as patch:
            for variable, value in {**needed, **image_environment(), **given}.items():
                patch.setenv(variable, value)
            settings = load()
        assert (settings.database_file is None) is is_on_server, name
        assert settings.worker == (POD_NAME if name.startswith("pandabot-postgres.yml") else ""), name
        assert is_on_server or settings.database_file == Path("/data/pandabot.db"), name
        assert settings.http_host == "0.0.0.0", name  # noqa: S104  in the container


def roles_of(command: list[str]) -> set[str]:
    assert command[:2] == ["run", "--roles"]
    return set(command[2].split(","))


def deployments(file: str) -> dict[str, Any]:
    """The deployments of a file by their names."""
    documents = yaml.safe_load_all((DEPLOY / "kubernetes" / file).read_text())
    return {each["metadata"]["name"]: each["spec"] for each in documents if each["kind"] == "Deployment"}


POD_NAME = "pandabot-worker-5f8c9d7b6-x2x4z"  # as a Deployment makes them
PODS = [(file, name) for file in ("pandabot.yml", "pandabot-postgres.yml") for name in deployments(file)]


@pytest.mark.parametrize(("file", "name"), PODS)
def test_pods_run_without_rights_on_what_they_cannot_write(file: str, name: str) -> None:
    """As a user without a name, on a read-only root, with two folders to write to."""
    pod = deployments(file)[name]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not pod["automountServiceAccountToken"]
    [container] = pod["containers"]
    security: dict[str, Any] = container["securityContext"]
    assert security["readOnlyRootFilesystem"]
    assert not security["allowPrivilegeEscalation"]
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert container["resources"]["limits"]["memory"]
    assert {container[probe]["httpGet"]["path"] for probe in ("livenessProbe", "readinessProbe")} == {
        "/healthz",
        "/readyz",
    }
    assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/data", "/tmp"}  # noqa: S108  in the container


def test_a_command_has_the_settings_the_volume_and_no_more_rights_than_the_bot() -> None:
    """The pod of one command is that of the bot, but for what asks whether it lives."""
    pod = yaml.safe_load((DEPLOY / "kubernetes/command.yml").read_text())["spec"]
    bot = deployments("pandabot.yml")["pandabot"]["template"]["spec"]
    [command], [container] = pod.pop("containers"), bot.pop("containers")
    assert pod == {name: value for name, value in bot.items() if name != "terminationGracePeriodSeconds"} | {
        "restartPolicy": "Never"
    }
    assert command.pop("args")[0] == "restore"
    of_a_server = {"ports", "livenessProbe", "readinessProbe"}
    assert command == {name: value for name, value in container.items() if name not in of_a_server}


def test_one_pod_has_the_file_and_several_share_a_server() -> None:
    """A file has one pod, which is stopped before the next; on PostgreSQL pods are replaced one by one."""
    [single] = deployments("pandabot.yml").values()
    assert (single["replicas"], single["strategy"]["type"]) == (1, "Recreate"), "the database is one file"
    several = deployments("pandabot-postgres.yml")
    played = {name: roles_of(spec["template"]["spec"]["containers"][0]["args"]) for name, spec in several.items()}
    assert played == {"pandabot-web": {"web"}, "pandabot-worker": ROLES - {"web"}}
    for spec in several.values():
        assert spec["replicas"] == 2
        assert spec.get("strategy", {}).get("type", "RollingUpdate") == "RollingUpdate"
        assert spec["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items()
        assert [volume for volume in spec["template"]["spec"]["volumes"] if "emptyDir" not in volume] == []


def test_the_image_takes_every_package_of_the_program() -> None:
    """A new package at the top level has to be copied, and to pass the list of what the builder may see."""
    root = DEPLOY.parent
    dockerfile, ignored = (DEPLOY / "container/Dockerfile").read_text(), (root / ".dockerignore").read_text()
    assert "!requirements-extras.lock\n" in ignored
    assert re.search(r"^COPY .*\brequirements\.lock requirements-extras\.lock\b", dockerfile, re.MULTILINE)
    packages = re.search(r"^packages = \[(.*)\]$", (root / "pyproject.toml").read_text(), re.MULTILINE)
    assert packages
    for package in re.findall(r'"(\w+)"', packages[1]):
        assert f"COPY {package} {package}\n" in dockerfile
        assert f"!{package}\n" in ignored


def test_an_installed_bot_finds_everything_compiled(tmp_path: Path) -> None:
    """Beside the sources, as in a container or under systemd it may write nowhere: else each start compiles it all."""
    makefile = (DEPLOY.parent / "Makefile").read_text()
    given = re.search(r"^install: .*\n\t@(.*) \|\| true$", makefile, re.MULTILINE)
    packages = re.search(r"^PACKAGES := (.*)$", makefile, re.MULTILINE)
    assert given
    assert packages
    for package in packages[1].split():
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    (tmp_path / "lib").mkdir()
    words = {"$(BIN)/python": sys.executable, "$(VENV)": ".", "$(PACKAGES)": packages[1]}
    command = re.sub("|".join(map(re.escape, words)), lambda match: words[match[0]], given[1])
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path / "elsewhere")}  # as for all that make runs
    subprocess.run(command, shell=True, cwd=tmp_path, env=environment, check=True)  # noqa: S602  our own recipe
    assert {path.parent.parent.name for path in tmp_path.glob("*/__pycache__/*.pyc")} == set(packages[1].split())
    root = DEPLOY.parent
    assert {path.parent.name for path in root.glob("*/__init__.py")} - {"benchmarks"} == set(packages[1].split())
