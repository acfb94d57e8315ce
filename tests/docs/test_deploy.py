"""The files for running it: the figures that they name exist, and what they say of the process is what it does."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import yaml
from support.bot_harness import running

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPLOY = Path(__file__).parents[2] / "deploy"
ALERTS, DASHBOARD = DEPLOY / "monitoring/alerts.yml", DEPLOY / "monitoring/dashboard.json"
FIGURE = re.compile(r"pandabot_[a-z_]+")


def expressions() -> Iterator[str]:
    """Every expression of the rules and of the dashboard."""
    for group in yaml.safe_load(ALERTS.read_text())["groups"]:
        yield from (rule["expr"] for rule in group["rules"])
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        yield from (target["expr"] for target in panel["targets"])


async def test_every_figure_that_is_asked_for_is_served(tmp_path: Path) -> None:
    """By a running bot; a renamed figure would be an alert that never comes."""
    async with running(tmp_path) as harness, aiohttp.ClientSession() as session:
        assert harness.bot is not None
        async with session.get(f"http://127.0.0.1:{harness.bot.http_port}/metrics") as answer:
            served = set(FIGURE.findall(await answer.text()))
    asked = {name for expression in expressions() for name in FIGURE.findall(expression)}
    assert asked
    assert asked <= served


def test_the_rules_pass_their_checker() -> None:
    """Prometheus' own."""
    checker = shutil.which("promtool")
    if checker is None:
        pytest.skip("promtool is not installed")
    result = subprocess.run([checker, "check", "rules", ALERTS], capture_output=True, text=True, check=False)  # noqa: S603  its own path
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_rule_says_what_happened_and_how_bad_it_is() -> None:
    """For whoever is woken by it."""
    for group in yaml.safe_load(ALERTS.read_text())["groups"]:
        for rule in group["rules"]:
            assert rule["labels"]["severity"] in {"page", "ticket"}
            assert rule["annotations"]["summary"]


def test_the_unit_passes_its_checker(tmp_path: Path) -> None:
    """Systemd's own, with a program in the place of the bot's."""
    checker = shutil.which("systemd-analyze")
    if checker is None:
        pytest.skip("systemd-analyze is not installed")
    unit = tmp_path / "pandabot.service"
    text = (DEPLOY / "systemd/pandabot.service").read_text()
    unit.write_text(re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text))
    result = subprocess.run([checker, "verify", unit], capture_output=True, text=True, check=False)  # noqa: S603  its own path
    if "Failed to connect" in result.stderr:
        pytest.skip("systemd-analyze does not work here")
    assert "pandabot.service" not in result.stderr, result.stderr


def test_containers_run_without_rights_on_what_they_cannot_write() -> None:
    """As a user without a name, on a read-only root, with the folder of the database alone to write to."""
    compose = yaml.safe_load((DEPLOY / "container/compose.yml").read_text())["services"]["pandabot"]
    assert compose["read_only"]
    assert compose["cap_drop"] == ["ALL"]
    documents = list(yaml.safe_load_all((DEPLOY / "kubernetes/pandabot.yml").read_text()))
    deployment = next(each for each in documents if each["kind"] == "Deployment")["spec"]
    assert (deployment["replicas"], deployment["strategy"]["type"]) == (1, "Recreate"), "the database is one file"
    [container] = deployment["template"]["spec"]["containers"]
    security: dict[str, Any] = container["securityContext"]
    assert security["readOnlyRootFilesystem"]
    assert not security["allowPrivilegeEscalation"]
    assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/data", "/tmp"}  # noqa: S108  in the container


def test_the_image_takes_every_package_of_the_program() -> None:
    """A new package at the top level has to be copied, and to pass the list of what the builder may see."""
    root = DEPLOY.parent
    dockerfile, ignored = (DEPLOY / "container/Dockerfile").read_text(), (root / ".dockerignore").read_text()
    packages = re.search(r"^packages = \[(.*)\]$", (root / "pyproject.toml").read_text(), re.MULTILINE)
    assert packages
    for package in re.findall(r'"(\w+)"', packages[1]):
        assert f"COPY {package} {package}\n" in dockerfile
        assert f"!{package}\n" in ignored
