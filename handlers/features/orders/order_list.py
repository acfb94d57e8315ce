"""Gathers the orders of a list: a page of the platforms' lists, or all orders that pass the bot's own filters."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from handlers.blocks import order_states
from handlers.blocks.error_messages import platform_error
from handlers.blocks.paging import Paging, of_answers, of_rows, rows_on
from handlers.features.orders.order_filter import ListedOrder, OrderFilter, filter_of
from handlers.features.orders.scan import scan
from handlers.interactions.platforms import ask_each
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from handlers.interactions.interaction import Interaction
    from handlers.wire.requests import ListOrders
    from pandapon.models import Order, Page

PAGES = 4  # of each platform's list that are read at most: a person waits for them
PAGE_SIZE = 10  # orders on a page; halved when both platforms share it
MAX_STORED = 200  # stored orders that are added to a list
_NO_TIME = datetime.min.replace(tzinfo=UTC)
# Lists that the bot knows better than the platforms, which call a delivered parcel shipped.
_KNOWN_BETTER = frozenset({"shipped", "done", order_states.ATTENTION})


@dataclass(frozen=True, slots=True)
class Sum:
    """The number of orders, and the sum of their totals in yuan. ``without``: orders that name no total."""

    count: int
    amount: Decimal
    without: int = 0

    @classmethod
    def of(cls, listed: Iterable[ListedOrder]) -> Sum:
        """Add up the totals of orders."""
        totals = [row.order.total_amount for row in listed]
        amounts = [total for total in totals if total is not None]
        return cls(len(totals), sum(amounts, Decimal(0)), len(totals) - len(amounts))


@dataclass(frozen=True, slots=True)
class OrderList:
    """One page of a list of orders, newest first.

    ``sum``: of this page; of all orders that pass the filters where ``is_sum_of_all``. ``days``: the first and the last
    day of the filter; None: no limit. ``totals``: by platform, the length of its list, where that list is shown page by
    page. ``read_in_part``: by platform, the number of orders read and the length of the list (None: unknown), for lists
    that were not read to their end. ``elsewhere``: orders that the platform lists in this state, and that the bot knows
    in another. ``errors``: by platform, the reason as Slack text. ``asked``: the platforms that answered.
    """

    rows: tuple[ListedOrder, ...]
    paging: Paging
    sum: Sum
    days: tuple[date | None, date | None] = (None, None)
    is_sum_of_all: bool = False
    totals: dict[Platform, int] = field(default_factory=dict)
    read_in_part: dict[Platform, tuple[int, int | None]] = field(default_factory=dict)
    elsewhere: tuple[ListedOrder, ...] = ()
    errors: dict[Platform, str] = field(default_factory=dict)
    asked: tuple[Platform, ...] = ()


@dataclass(frozen=True, slots=True)
class Matches:
    """All orders that pass the filters, newest first, as far as the lists were read; see OrderList for the fields."""

    rows: tuple[ListedOrder, ...]
    read_in_part: dict[Platform, tuple[int, int | None]]
    errors: dict[Platform, str]
    asked: tuple[Platform, ...]


async def gather(interaction: Interaction, request: ListOrders) -> OrderList:
    """Gather a page. Raises PandaPonError where no platform answers, and UsageError for a wrong span of days."""
    order_filter = filter_of(request, interaction.ctx.clock())
    if request.is_filtered or request.status in _KNOWN_BETTER:
        return await _matching(interaction, request, order_filter)
    return await _page(interaction, request)


async def _page(interaction: Interaction, request: ListOrders) -> OrderList:
    """A page of each platform's own list."""
    platforms = _platforms(request)
    pages, errors = await ask_each(
        platforms,
        lambda platform: interaction.ctx.api.orders(
            platform,
            status=order_states.code(request.status, platform),
            page=request.page,
            page_size=PAGE_SIZE // len(platforms),
        ),
    )
    listed = await _with_stored(interaction, [order for page in pages.values() for order in page.items])
    return merge_pages(request, pages, errors, listed)


def merge_pages(
    request: ListOrders, pages: dict[Platform, Page[Order]], errors: dict[Platform, str], listed: Sequence[ListedOrder]
) -> OrderList:
    """Make one page from the platforms' own lists. ``listed``: all orders of ``pages``, with their stored snapshots."""
    rows = [row for row in listed if not row.snapshot or order_states.is_listed_at(request.status, row.milestone)]
    return OrderList(
        tuple(_newest_first(rows)),
        of_answers(request, pages.values()),
        Sum.of(rows),
        totals={platform: page.total for platform, page in pages.items() if page.total is not None},
        elsewhere=tuple(row for row in listed if row not in rows),
        errors=errors,
        asked=tuple(pages),
    )


async def find_matches(interaction: Interaction, request: ListOrders, order_filter: OrderFilter, pages: int) -> Matches:
    """Find all orders that pass the filters: on up to ``pages`` pages of each platform's list, and in the store.

    Raises PandaPonError where no platform answers.
    """
    scans, errors = await ask_each(
        _platforms(request),
        lambda platform: scan(
            interaction.ctx.api, platform, _code(request.status, platform), order_filter.range, pages
        ),
    )
    listed = await _with_stored(interaction, [order for scanned in scans.values() for order in scanned.orders])
    seen = {row.order.ref.key for row in listed}
    listed += [row for row in await _stored(interaction, request) if row.order.ref.key not in seen]
    return Matches(
        tuple(_newest_first(row for row in listed if order_filter.matches(row))),
        {platform: (len(scanned.orders), scanned.total) for platform, scanned in scans.items() if not scanned.is_whole},
        errors | {platform: platform_error(scanned.error) for platform, scanned in scans.items() if scanned.error},
        tuple(scans),
    )


async def _matching(interaction: Interaction, request: ListOrders, order_filter: OrderFilter) -> OrderList:
    """One page of the orders that pass the filters, and the sum of all of them."""
    matches = await find_matches(interaction, request, order_filter, PAGES)
    return OrderList(
        rows_on(request.page, matches.rows, PAGE_SIZE),
        of_rows(request, len(matches.rows), PAGE_SIZE),
        Sum.of(matches.rows),
        days=(order_filter.first, order_filter.last),
        is_sum_of_all=True,
        read_in_part=matches.read_in_part,
        errors=matches.errors,
        asked=matches.asked,
    )


async def _with_stored(interaction: Interaction, orders: Sequence[Order]) -> list[ListedOrder]:
    """The orders of the platforms' lists, each with its stored snapshot and its alarm."""
    keys = [order.ref.key for order in orders]
    known, alarms = await asyncio.gather(
        interaction.ctx.tracker.listed(orders), interaction.ctx.store.alarms.of_orders(keys)
    )
    return [ListedOrder(order, known.get(order.ref.key), alarms.get(order.ref.key)) for order in orders]


async def _stored(interaction: Interaction, request: ListOrders) -> list[ListedOrder]:
    """The stored orders that may belong in a list. A platform may list them in another state, or too far down."""
    if not request.status:
        return []
    store = interaction.ctx.store
    keys = await store.orders.at_milestones(order_states.milestones_of(request.status), MAX_STORED)
    if request.status == order_states.ATTENTION:
        refunds = await store.orders.refunds_to_act_on(MAX_STORED)
        keys = list(dict.fromkeys([*keys, *refunds, *await store.alarms.live(MAX_STORED)]))
    stored, alarms = await asyncio.gather(store.orders.load_readable(keys), store.alarms.of_orders(keys))
    snapshots = [order.snapshot() for order in stored.values() if order.ref.platform in _platforms(request)]
    return [ListedOrder.stored(snapshot, alarms.get(snapshot.ref.key)) for snapshot in snapshots]


def _code(status: str, platform: Platform) -> str:
    return "" if status == order_states.ATTENTION else order_states.code(status, platform)


def _platforms(request: ListOrders) -> list[Platform]:
    return [request.platform] if request.platform else list(Platform)


def _newest_first(listed: Iterable[ListedOrder]) -> list[ListedOrder]:
    """Sort by the time at which the orders were made; orders without a time come last."""
    return sorted(listed, key=lambda row: row.order.created_at or _NO_TIME, reverse=True)
