"""Who may make the bot change the account at PandaPon, and who may read the audit trail of these changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.access.user_groups import UserGroups
from handlers.blocks.i18n import _
from handlers.blocks.people import name
from handlers.blocks.punctuation import listed
from handlers.wire.errors import ForbiddenError
from tracking.write_policy import WritePolicy, WriteScope, groups_of, is_among

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

NAMED = 6  # people and channels in a refusal


class WriteGate:
    """Decides who may write, by the settings and Slack's user groups. No other module decides this."""

    def __init__(self, policy: WritePolicy | None = None, groups: UserGroups | None = None) -> None:
        self.policy, self._groups = policy or WritePolicy(), groups or UserGroups()

    def allows(self, needed: WriteScope) -> bool:
        """Whether writes of this kind are switched on. Messages leave out the buttons of writes that are not."""
        return self.policy.allows(needed)

    async def require(self, client: AsyncWebClient, needed: WriteScope, user: str, channel: str) -> None:
        """Check that a person may make writes of this kind. Raises ForbiddenError, which says whom to ask.

        ``channel``: the id of the channel in which they act, as Slack or the bot's own record names it; empty: none.
        Raises ForbiddenError also where Slack does not say who is in a user group.
        """
        if not self.policy.allows(needed):
            words = _("Changing anything at PandaPon is switched off. Your pandabot admin can allow it: `{setting}`")
            raise ForbiddenError(words.format(setting=f"WRITES={needed.value}"))
        await self._require_one_of(client, self.policy.writers, user, channel, _("change the cart or buy"))

    async def require_reader(self, client: AsyncWebClient, user: str, channel: str) -> None:
        """Check that a person may read the audit trail. Raises ForbiddenError, which says whom to ask."""
        await self._require_one_of(client, self.policy.readers, user, channel, _("read the audit trail"))

    async def _require_one_of(
        self, client: AsyncWebClient, allowed: frozenset[str], user: str, channel: str, act: str
    ) -> None:
        if is_among(allowed, user, channel):
            return
        groups = [group for group in groups_of(allowed) if user in await self._groups.members(client, group)]
        if not is_among(allowed, user, channel, groups):
            words = _("Only some people may {act}. Ask {who}, or your pandabot admin.")
            raise ForbiddenError(words.format(act=act, who=_who(allowed)))


def _who(allowed: frozenset[str]) -> str:
    """The people and channels that are allowed, or a member of a group, as Slack text that notifies nobody."""
    people = [name(each) for each in sorted(allowed) if each[0] in "UW"]
    channels = [f"<#{each}>" for each in sorted(allowed) if each[0] in "CG"]
    known = [*dict.fromkeys([*people, *channels])][:NAMED]
    return listed(known) if known else _("a member of the group that may")
