"""For all tests: examples have no deadline, as a slow machine is no failure; and one browser for each worker."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from hypothesis import settings
from support.restored_logging import restored_logging

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from playwright.async_api import Browser

# All connections of tests are local and unencrypted. Each start of a bot would read the machine's certificates twice,
# for longer than all the rest of it. A proxy of the machine's would be asked for them until the first bot hides it.
PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", *PROXIES, *map(str.lower, PROXIES)):
    os.environ.pop(name, None)

settings.register_profile("pandabot", deadline=None, print_blob=True)
settings.load_profile("pandabot")


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """Undo the log that a command sets up for its process."""
    with restored_logging():
        yield


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    from support.chromium import chromium  # noqa: PLC0415  only the page's tests need Playwright

    async with chromium() as launched:
        yield launched
