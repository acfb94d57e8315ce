"""The tables as a series of numbered steps. Times are integer microseconds since 1970 UTC, ids are text.

All steps that a database lacks are applied in one transaction, so no step may commit or need to run outside of a
transaction. A step that has landed never changes. A new step is a module of its own beside this one, and a line here.
While a release rolls out, processes of the former release still work on the new tables: a step only adds, and columns
that the old code needs are removed a release later.
"""

from __future__ import annotations

from storage.migrations import (
    m0019_lanes,
    m0020_schedule,
    m0021_traces,
    m0022_packed_news,
    m0023_unpacked,
    m0024_roles,
    m0025_money_shown,
    m0026_outages,
    m0027_processes,
    postgres_first,
    sqlite_first,
)
from storage.migrations.step import Step

STEPS = (
    Step("0001_first_tables", sqlite_first.FIRST_TABLES),
    Step("0003_delivery", sqlite_first.DELIVERY),
    Step("0004_inbox", sqlite_first.INBOX),
    Step("0005_scans", sqlite_first.SCANS),
    Step("0006_health", sqlite_first.HEALTH),
    Step("0007_unknown_pushes", sqlite_first.UNKNOWN_PUSHES),
    Step("0008_reach", sqlite_first.REACH),
    Step("0009_tracking_numbers", sqlite_first.TRACKING_NUMBERS),
    Step("0010_vocabulary", sqlite_first.VOCABULARY),
    Step("0011_reason", sqlite_first.REASON),
    Step("0012_readers", sqlite_first.READERS),
    Step("0013_expected", sqlite_first.EXPECTED),
    Step("0014_writes", sqlite_first.WRITES),
    Step("0015_flows", sqlite_first.FLOWS),
    Step("0016_pick_up_by", sqlite_first.PICK_UP_BY),
    Step("0017_refunds", sqlite_first.REFUNDS),
    Step("0018_approvals", sqlite_first.APPROVALS, postgres_first.TABLES),
    Step("0018_early_versions", ""),  # storage/sqlite/early_versions.py; before any step that reads what it adds
    m0019_lanes.STEP,
    m0020_schedule.STEP,
    m0021_traces.STEP,
    m0022_packed_news.STEP,
    m0023_unpacked.STEP,
    m0024_roles.STEP,
    m0025_money_shown.STEP,
    m0026_outages.STEP,
    m0027_processes.STEP,
)
NAMES = frozenset(step.name for step in STEPS)
