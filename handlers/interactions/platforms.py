"""Asks several platforms at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from handlers.blocks.error_messages import platform_error
from pandapon.errors import PandaPonError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pandapon.shipment import Platform

T = TypeVar("T")


async def ask_each(
    platforms: list[Platform], call: Callable[[Platform], Awaitable[T]]
) -> tuple[dict[Platform, T], dict[Platform, str]]:
    """Ask the platforms at once. Return the answers, and for each platform that failed the reason as Slack text.

    Raises the first platform's PandaPonError if no platform answered, and every other error in any case.
    """
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
