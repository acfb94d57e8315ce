"""Searching goods on both platforms."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from handlers.errors_in_words import platform_error
from handlers.views import products
from pandapon.errors import PandaPonError
from pandapon.models import ProductQuery
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from handlers.context import Context
    from handlers.requests import Search
    from handlers.views.message import Message

T = TypeVar("T")

PAGE_SIZE = 10  # products on a page; halved when both platforms share it


async def search(ctx: Context, request: Search) -> Message:
    """One page of results; a platform that fails says so while the other one shows."""
    platforms = [request.platform] if request.platform else list(Platform)
    query = ProductQuery(
        keyword=request.keyword,
        page=request.page,
        page_size=PAGE_SIZE // len(platforms),
        sort=request.sort,
        price_min=request.price_min,
        price_max=request.price_max,
    )
    pages, errors = await from_each(platforms, lambda platform: ctx.api.search(platform, query))
    return products.results(request, pages, errors)


async def from_each(
    platforms: list[Platform], call: Callable[[Platform], Awaitable[T]]
) -> tuple[dict[Platform, T], dict[Platform, str]]:
    """Ask each platform at once. Returns answers and failures in words; raises when no platform answered."""
    answers = await asyncio.gather(*(call(platform) for platform in platforms), return_exceptions=True)
    good: dict[Platform, T] = {}
    errors: dict[Platform, str] = {}
    for platform, answer in zip(platforms, answers, strict=True):
        if isinstance(answer, PandaPonError):
            errors[platform] = platform_error(answer)
        elif isinstance(answer, BaseException):
            raise answer
        else:
            good[platform] = answer
    if not good:
        raise next(answer for answer in answers if isinstance(answer, BaseException))
    return good, errors
