"""For all tests: a slow machine is no failure, so examples have no deadline."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("pandabot", deadline=None, print_blob=True)
settings.load_profile("pandabot")
