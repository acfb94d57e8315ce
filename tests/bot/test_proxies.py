"""Which hosts NO_PROXY excepts, in the ways in which people write it."""

from __future__ import annotations

import pytest

from bot.process.proxies import is_excepted


@pytest.mark.parametrize(
    ("no_proxy", "url", "excepted"),
    [
        ("", "https://slack.com/api/", False),
        ("slack.com", "https://slack.com/api/", True),
        ("slack.com", "https://hooks.slack.com/commands/1", True),
        (".slack.com", "https://slack.com/api/", True),
        ("*.slack.com", "wss://wss-primary.slack.com/link", True),
        ("SLACK.com", "https://slack.com/api/", True),
        ("slack.com", "https://notslack.com/", False),
        ("slack.com", "https://slack.com.evil.example/", False),
        ("a.example b.example,\tslack.com ", "https://slack.com/api/", True),
        ("*", "https://api.pandapon.com", True),
        ("slack.com:443", "https://slack.com/api/", True),
        ("slack.com:8443", "https://slack.com/api/", False),
        ("10.0.0.0/8", "http://10.1.2.3:80/", True),
        ("10.0.0.0/8", "http://11.1.2.3/", False),
        ("::1", "http://[::1]:8080/", True),
        ("[::1]:8080", "http://[::1]:8080/", True),
        ("[::1]:8081", "http://[::1]:8080/", False),
        ("127.0.0.1", "http://localhost/", False),
        (",,", "https://slack.com/", False),
    ],
)
def test_no_proxy(no_proxy: str, url: str, *, excepted: bool) -> None:
    """A domain with all below it, a network, a port; nothing that merely looks like it."""
    assert is_excepted(url, no_proxy) is excepted
