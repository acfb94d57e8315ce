"""What is installed from a wheel works without the checkout: nothing of it is missing, and nothing else is in it."""

from __future__ import annotations

import os
import site
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("bot", "handlers", "storage", "tracking", "pandapon", "sandbox")
BUILD = "import hatchling.build, sys; print(hatchling.build.build_wheel(sys.argv[1]))"
# What reads a file beside its module: translations, the manifest, the page, the table of carriers.
READ = """
import bot, pathlib
from bot.commands import manifest
from handlers.blocks import i18n
from storage.sqlite.opening import open_file
assert pathlib.Path(bot.__file__).is_relative_to({environment!r}), bot.__file__
assert "slash_commands" in str(manifest.read())
open_file(pathlib.Path("bot.db")).close()
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, as a release is built."""
    folder = tmp_path_factory.mktemp("wheel")
    name = run([sys.executable, "-c", BUILD, str(folder)], ROOT).stdout.split()[-1]
    return folder / name


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment with the wheel and the packages of this one, but not its checkout."""
    folder = tmp_path_factory.mktemp("environment")
    run([sys.executable, "-m", "venv", str(folder)], folder)
    run([str(folder / "bin" / "python"), "-m", "pip", "install", "--no-index", "--no-deps", str(wheel)], folder)
    [packages] = folder.glob("lib/python*/site-packages")
    (packages / "locked.pth").write_text("\n".join(site.getsitepackages()))  # a .pth in there is not followed
    return folder


def run(command: list[str], folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, with no settings but these. Raises AssertionError with what it printed."""
    given = {"PATH": os.environ["PATH"], "HOME": str(folder)} | settings
    done = subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, check=False)  # noqa: S603  ours
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_every_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    """Translations, schemas, the demo's page, data: whatever lies beside the code."""
    packed = set(zipfile.ZipFile(wheel).namelist())
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file()]
    expected = {path.relative_to(ROOT).as_posix() for path in files if "__pycache__" not in path.parts}
    assert expected - packed == set()
    extra = {name for name in packed - expected if ".dist-info/" not in name}
    assert extra == {"bot/manifest.yml"}


def test_an_installed_bot_needs_no_checkout(environment: Path, tmp_path: Path) -> None:
    """From any folder: its help, its version, the manifest, a new database, each with every file that they read."""
    pandabot = str(environment / "bin" / "pandabot")
    assert "check" in run([pandabot, "--help"], tmp_path).stdout
    assert "0." in run([pandabot, "--version"], tmp_path).stdout
    run([str(environment / "bin" / "python"), "-c", READ.format(environment=str(environment))], tmp_path)


def test_an_installed_bot_checks_its_settings(environment: Path, tmp_path: Path) -> None:
    """Without settings it names the missing ones, in a sentence each."""
    pandabot = str(environment / "bin" / "pandabot")
    given = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run([pandabot, "check"], cwd=tmp_path, env=given, capture_output=True, text=True, check=False)  # noqa: S603  ours
    assert done.returncode != 0
    assert "SLACK_BOT_TOKEN" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
