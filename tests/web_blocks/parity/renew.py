"""Draw all samples with another Block Kit renderer, npm's ``slack-blocks-to-jsx``, and keep what one sees as data.

Run it from the checkout after messages or samples have changed; it needs Node and a way to npm's packages::

    PYTHONPATH=tests .venv/bin/python -m web_blocks.parity.renew
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from support.block_parity import EXPECTED, FOLDER, PEOPLE, ROOMS, ZONE, comparable, fingerprint, samples

NO_NODE = "Node is absent, so there is nothing to compare with: install nodejs and npm, then run this again."


def renew() -> int:
    """The exit code."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        sys.stderr.write(f"{NO_NODE}\n")
        return 1
    drawn = _drawn(node, npm, json.dumps(_question()))
    kept = {name: {"sample": fingerprint(blocks), "strings": drawn[name]} for name, blocks in sorted(samples().items())}
    EXPECTED.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(kept)} samples in {EXPECTED.name}\n")
    return 0


def _question() -> dict[str, object]:
    return {"users": PEOPLE, "channels": ROOMS, "samples": comparable(samples())}


def _drawn(node: str, npm: str, question: str) -> dict[str, list[str]]:
    # In a folder of its own: the checkout keeps no node_modules.
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "generate.mjs"):
            shutil.copy(FOLDER / name, Path(folder, name))
        subprocess.run([npm, "install", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True)  # noqa: S603  ours
        done = subprocess.run(  # noqa: S603  our own script
            [node, "generate.mjs"],
            cwd=folder,
            input=question,
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"TZ": ZONE, "LANG": "en_US.UTF-8"},
        )
    strings: dict[str, list[str]] = json.loads(done.stdout)
    return strings


if __name__ == "__main__":
    sys.exit(renew())
