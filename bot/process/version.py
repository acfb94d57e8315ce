"""The one place where the version is read."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("pandabot")
except PackageNotFoundError:  # run from a tree that was never installed
    VERSION = "unknown"
