"""Adds the times at which channels were shown changes of an order's price or refunds, which all processes count."""

from __future__ import annotations

from storage.migrations.step import Step

STEP = Step(
    "0025_money_shown",
    sqlite="ALTER TABLE orders ADD COLUMN money_shown TEXT NOT NULL DEFAULT ''",
    postgres="""ALTER TABLE orders ADD COLUMN money_shown TEXT COLLATE "C" NOT NULL DEFAULT ''""",
)
