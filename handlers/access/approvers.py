"""Who may decide about a request for an approval. No other module decides this."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.access.user_groups import UserGroups
from tracking.approvals import ApprovalPolicy, represented_people
from tracking.write_policy import groups_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from slack_sdk.web.async_client import AsyncWebClient

    from tracking.approvals import Absence, Approval


class Approvers:
    """Decides who may approve, by the settings and Slack's user groups."""

    def __init__(self, policy: ApprovalPolicy | None = None, groups: UserGroups | None = None) -> None:
        self.policy, self._groups = policy or ApprovalPolicy(), groups or UserGroups()

    async def may_decide(
        self, client: AsyncWebClient, approval: Approval, person: str, absences: Iterable[Absence], now: datetime
    ) -> bool:
        """Whether a person may decide about a request, by the present settings or in place of somebody who is away.

        Raises ForbiddenError where Slack does not say who is in a user group.
        """
        present = self.policy.approvers(approval.deed.amount_fen, approval.asker)
        listed = approval.approvers if present is None else present
        for each in represented_people(person, approval.asker, absences, now):
            if await self._is_among(client, listed, each):
                return True
        return False

    async def is_approver(self, client: AsyncWebClient, person: str) -> bool:
        """Whether a person is among the approvers of any amount. Raises ForbiddenError as :meth:`may_decide` does."""
        return await self._is_among(client, self.policy.everybody, person)

    async def people(self, client: AsyncWebClient, listed: Iterable[str]) -> frozenset[str]:
        """Return the user ids in a list, with the members of its user groups. Raises ForbiddenError likewise."""
        named = frozenset(listed)
        people = {each for each in named if not each.startswith("S")}
        for group in groups_of(named):
            people |= await self._groups.members(client, group)
        return frozenset(people)

    async def _is_among(self, client: AsyncWebClient, listed: frozenset[str], person: str) -> bool:
        if person in listed:
            return True
        for group in groups_of(listed):
            if person in await self._groups.members(client, group):
                return True
        return False
