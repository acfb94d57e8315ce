"""Who may decide about a request: by the settings of now, whoever was listed when it was asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers.access.approvers import Approvers
from tracking.approvals import Absence, Approval, ApprovalPolicy, Deed, read_rules

NOW = datetime(2026, 3, 2, tzinfo=UTC)
ASKER, LEAD, FORMER, ALIAS = "U0MEI00001", "U0LEAD0001", "U0OLD00001", "U0MEI00002"
ASKED = Approval(
    1,
    Deed("order", "f", 60000, (), "", ""),
    ASKER,
    "f",
    "C1",
    frozenset({LEAD, FORMER}),
    NOW,
    NOW + timedelta(days=3),
)


@pytest.mark.parametrize(
    ("rules", "person", "away", "may"),
    [
        (f"500:{LEAD}", LEAD, "", True),
        (f"500:{LEAD}", FORMER, "", False),
        (f"500:{ASKER}", FORMER, "", False),  # nobody but the asker is left
        (f"500:{ASKER}", LEAD, "", False),
        (f"900:{LEAD}", FORMER, "", True),  # it needs no approval any more; those who were asked may still close it
        (f"500:{LEAD}+{ASKER}", ALIAS, ASKER, False),  # named by the asker
        (f"500:{LEAD}", ALIAS, FORMER, False),  # named by somebody who is off the list
        (f"500:{LEAD}", ALIAS, LEAD, True),
        (f"500:{LEAD}+{ASKER}", ASKER, LEAD, False),
    ],
)
async def test_who_may_decide(rules: str, person: str, away: str, may: bool) -> None:
    """``away``: whoever named the person as their delegate."""
    absences = [Absence(away, person)] if away else []
    nobody: Any = None  # no user group is asked for
    approvers = Approvers(ApprovalPolicy(read_rules(rules)))
    assert await approvers.may_decide(nobody, ASKED, person, absences, NOW) is may
