"""What the client has to know about the account and its pace."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pandapon.signing import Unit


@dataclass(frozen=True, slots=True)
class Config:
    """Everything about the account and the pace. ``rate_per_second`` 0: no limit. Timeouts are in seconds."""

    base_url: str
    access_key: str = field(repr=False)
    access_secret: str = field(repr=False)
    user_id: str
    timestamp_unit: Unit = "s"
    paths: Mapping[str, str] = field(default_factory=dict)  # endpoint name -> path, over the catalogue's own
    rate_per_second: float = 200.0
    concurrency: int = 64  # requests in flight
    background_share: float = 0.8  # of slots and rate; the rest is kept for people who wait
    retries: int = 2  # of a read; a call that writes is never repeated
    read_timeout: float = 8.0  # between two pieces of an answer; a whole answer may take twice that
    taobao_amounts: Literal["fen", "yuan"] = "fen"  # the upstream counts fen, the vendor does not say
    proxy: str | None = field(default=None, repr=False)  # an HTTP proxy's address; the environment is not asked
    certificates: str | None = None  # a file of certificates to trust beside the system's
