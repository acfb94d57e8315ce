"""The configuration of the client: the account and the pace."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pandapon.signing import Signed, Unit

# The numbers by which Taobao's refund operations name the kind of a refund and whether the goods have arrived. The
# vendor does not publish them [inferred].
TAOBAO_REFUND_CODES: Mapping[str, int] = {"refund": 1, "return": 2, "not_received": 1, "received": 2}


@dataclass(frozen=True, slots=True)
class Config:
    """The account and the pace. ``rate_per_second`` 0: no limit. Times are in seconds."""

    base_url: str
    access_key: str = field(repr=False)
    access_secret: str = field(repr=False)
    user_id: str
    timestamp_unit: Unit = "s"
    paths: Mapping[str, str] = field(default_factory=dict)  # endpoint name -> path, instead of the catalogue's
    rate_per_second: float = 200.0
    concurrency: int = 64  # requests in flight
    background_share: float = 0.8  # of requests in flight and rate; the rest is for people who wait
    retries: int = 2  # of a call that only reads; a call that writes is never repeated
    read_timeout: float = 8.0  # between two parts of an answer; a whole answer may take twice this, and 3 s to connect
    taobao_amounts: Literal["fen", "yuan"] = "fen"  # the upstream counts fen [upstream], the vendor does not say
    taobao_refund_codes: Mapping[str, int] = field(default_factory=dict)  # override TAOBAO_REFUND_CODES by name
    freight_signature: Signed = "query"  # what the freight operations' second signature covers [inferred]
    proxy: str | None = field(default=None, repr=False)  # address of an HTTP proxy; the environment is ignored
    certificates: str | None = None  # file of certificates that are trusted beside the system's
