"""The long forms of two proofs that are tests too: every fault, and random histories against a simple model."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

from benchmarks.table import show

ROOT = Path(__file__).resolve().parents[1]
FAULTS = ("tests/e2e/test_e2e_fault_matrix.py", "tests/e2e/test_e2e_faults.py", "tests/e2e/test_e2e_restore.py")
MACHINES = (
    "tests/e2e/test_e2e_machine.py",
    "tests/storage/test_storage_machine.py",
    "tests/bot/test_tracking_properties.py",
    "tests/handlers/test_grammar_properties.py",
)
FUZZ = ("tests/e2e/test_e2e_fuzz.py",)


async def faults() -> None:
    """Prove for each fault, with news meanwhile: no loss, no repetition, recovery in the time of docs/operation.md."""
    await _prove("Faults of PandaPon, Slack, the disk, the clock and the database, with news meanwhile", FAULTS)


async def machine() -> None:
    """Try hundreds of random histories of watches, scans, edits, restarts, faults and leaps in time."""
    await _prove("Random histories against a simple model", MACHINES, PANDABOT_LONG="1")


async def fuzz() -> None:
    """Send 500 signed and malformed payloads in either mode, 500 unsigned requests, and 300 callbacks."""
    await _prove("Malformed requests: no 5xx, no traceback, 3 s, memory and files as before", FUZZ, PANDABOT_LONG="1")


async def _prove(title: str, files: tuple[str, ...], **environment: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        # No time limit for a test, as long histories are wanted here.
        command = (sys.executable, "-m", "pytest", "-q", "--timeout=0", f"--junitxml={report}", *files)
        process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=os.environ | environment, stdout=asyncio.subprocess.DEVNULL
        )
        await process.wait()
        rows = [_row(case) for case in ET.parse(report).iter("testcase")]  # noqa: S314  written by our own pytest
    show(title, ["what", "seconds", "result"], rows)
    if process.returncode:
        raise SystemExit(process.returncode)


def _row(case: ET.Element) -> list[str]:
    failed = any(case.find(kind) is not None for kind in ("failure", "error"))
    skipped = case.find("skipped") is not None
    words = str(case.get("name")).removeprefix("test_").replace("_", " ")
    return [words, f"{float(case.get('time') or 0):.1f}", "FAILED" if failed else "skipped" if skipped else "ok"]
