"""Watches new orders in the channel where they were ordered. A job later watches those that are missed here."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.error_messages import channel_error
from handlers.blocks.i18n import _, ngettext
from handlers.interactions.ports import WatchResult
from pandapon import budget
from pandapon.errors import PandaPonError
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.interactions.interaction import Interaction
    from handlers.interactions.ports import WatchOutcome
    from pandapon.models import Order
    from pandapon.shipment import OrderRef

log = logging.getLogger(__name__)

SECONDS = 6.0  # for the cards of all new orders; a person waits
_WATCHED = frozenset({WatchResult.WATCHING, WatchResult.ALREADY, WatchResult.FILTER_CHANGED, WatchResult.QUEUED})


@dataclass(frozen=True, slots=True)
class NewOrderWatches:
    """The watches of new orders.

    ``links``: of the cards that are posted. ``is_pending``: a job watches the missing orders later.
    ``has_no_channel``: no channel was named, so nothing is watched.
    """

    channel: str = ""
    outcomes: tuple[WatchOutcome, ...] = ()
    links: tuple[str, ...] = ()
    is_pending: bool = False
    has_no_channel: bool = False

    @property
    def orders(self) -> tuple[Order, ...]:
        """The orders as they were read."""
        orders = [outcome.snapshot.order for outcome in self.outcomes if outcome.snapshot]
        return tuple(order for order in orders if order)

    def words(self) -> str:
        """Say where the orders are watched, as Slack text; empty where no order was made."""
        if self.has_no_channel:
            return _("The order is not watched: a form outside a channel names none. `/panda watch` does it.")
        watched = [outcome for outcome in self.outcomes if outcome.result in _WATCHED]
        refused = [outcome for outcome in self.outcomes if outcome.result is WatchResult.REFUSED]
        lines = [self._watched(len(watched))] if watched else []
        if refused:
            lines.append(f"⚠️ {channel_error(refused[0].reason, self.channel)}")
        if self.is_pending or len(watched) + len(refused) < len(self.outcomes):
            lines.append(_("⏳ The card follows in a minute."))
        return "\n".join(lines)

    def _watched(self, n: int) -> str:
        where = el.channel(self.channel) or _("here")
        words = ngettext("👀 {n} order is watched in {where}.", "👀 {n} orders are watched in {where}.", n)
        links = " ".join(el.link(link, _("card {n}").format(n=at)) for at, link in enumerate(self.links, 1))
        return " ".join(part for part in (words.format(n=n, where=where), links) if part)


async def watch_new_orders(interaction: Interaction, channel: str, refs: Sequence[OrderRef]) -> NewOrderWatches:
    """Watch new orders in a channel.

    A timeout and the errors of PandaPon, Slack and the database are not raised: the orders are made already.
    """
    if not refs:
        return NewOrderWatches()
    if not channel:
        return NewOrderWatches(has_no_channel=True)
    outcomes: list[WatchOutcome] = []
    try:
        async with asyncio.timeout(budget.within(SECONDS)):
            for platform in dict.fromkeys(ref.platform for ref in refs):
                ids = [ref.order_id for ref in refs if ref.platform is platform]
                settings = (await interaction.ctx.store.channels.get(channel)).settings
                outcomes += await interaction.ctx.tracker.watch(
                    ids,
                    channel=channel,
                    filter_=None,
                    user=interaction.user,
                    platform=platform,
                    default=settings.filter or interaction.ctx.default_filter,
                )
    except (TimeoutError, PandaPonError, StorageError) as error:
        log.info("new orders are not watched yet", extra={"error": error})
        return NewOrderWatches(channel, tuple(outcomes), is_pending=True)
    links = interaction.ctx.links
    cards = tuple(link for o in outcomes if o.watch and (link := links.to(channel, o.watch.card_ts or "")))
    return NewOrderWatches(channel, tuple(outcomes), cards)
