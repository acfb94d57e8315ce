"""The version of the installed package. Only here is it read."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("pandabot")
except PackageNotFoundError:  # run from a tree that was never installed
    VERSION = "unknown"
