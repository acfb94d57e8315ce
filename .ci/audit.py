"""Asks pip-audit about the locked packages; one line where all is well, or where its service cannot be reached."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

SECONDS = 300


def asked(lock: str) -> list[dict[str, Any]]:
    """Return pip-audit's verdict on each package; empty when its service cannot be reached."""
    tool = Path(sys.executable).with_name("pip-audit")
    options = ("--disable-pip", "--require-hashes", "--progress-spinner", "off", "--format", "json")
    answer = subprocess.run(  # noqa: S603  our own tool and files
        [str(tool), "-r", lock, *options], capture_output=True, text=True, timeout=SECONDS, check=False
    )
    try:
        packages: list[dict[str, Any]] = json.loads(answer.stdout)["dependencies"]
    except (ValueError, KeyError):
        print("pip-audit:", *answer.stderr.strip().splitlines()[-1:])
        return []
    return packages


def told(lock: str) -> bool:
    """Print what was found; whether it is nothing."""
    packages = asked(lock)
    known = [one for one in packages if "skip_reason" not in one]
    if not known:
        print(f"pip-audit: {lock} could not be looked up, its service cannot be reached from here")
        return True
    weak = [(one, weakness) for one in known for weakness in one["vulns"]]
    for one, weakness in weak:
        mended = ", ".join(weakness["fix_versions"]) or "no version"
        print(f"pip-audit: {one['name']} {one['version']}: {weakness['id']}, mended in {mended}")
    left_out = f", {len(packages) - len(known)} unknown to the service" if len(known) < len(packages) else ""
    print(f"pip-audit: {lock}: {len(known)} packages, {len(weak)} weaknesses{left_out}")
    return not weak


if __name__ == "__main__":
    sys.exit(0 if all([told(lock) for lock in sys.argv[1:]]) else 1)  # noqa: C419  all of them are told
