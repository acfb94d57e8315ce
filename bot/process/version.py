"""The version of the installed package. Only this module reads it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("pandabot")
except PackageNotFoundError:  # run from a tree that was never installed
    VERSION = "unknown"
