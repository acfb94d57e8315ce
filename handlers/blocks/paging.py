"""Lists shown page by page: the rows of a page, the buttons that turn the pages, and the number of the page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from handlers.blocks.i18n import _
from handlers.blocks.parts import run_button

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from handlers.blocks.message import Block
    from handlers.wire.requests import PagedRequest
    from pandapon.models import Page

T = TypeVar("T")
P = TypeVar("P", bound="PagedRequest")


@dataclass(frozen=True, slots=True)
class Paging:
    """One page of a list, and the pages around it. Pages are numbered from 1."""

    request: PagedRequest  # asks for this page; its buttons ask for the pages beside it
    last: int  # the last page known to exist; less than the request's page if that page is beyond the end
    has_next: bool
    count: int | None = None  # pages in all; None: unknown

    def buttons(self) -> list[Block]:
        """Previous and Next, each where there is such a page."""
        page, buttons = self.request.page, []
        if page > 1:
            before = replace(self.request, page=min(page - 1, self.last))
            buttons.append(run_button(_("◀ Previous page"), 1, before))
        if self.has_next:
            buttons.append(run_button(_("Next page ▶"), 2, replace(self.request, page=page + 1)))
        return buttons

    def words(self) -> str:
        """``page 2 of 3``, or ``page 2`` where the number of pages is not known."""
        if self.count is None:
            return _("page {page}").format(page=self.request.page)
        return _("page {page} of {pages}").format(page=self.request.page, pages=self.count)


def within(request: P, total: int, page_size: int) -> P:
    """The request for its page of a list whose length is known, or for the last page where the list has fewer."""
    return replace(request, page=min(request.page, _pages(total, page_size)))


def rows_on(page: int, rows: Sequence[T], page_size: int) -> tuple[T, ...]:
    """The rows of a list that are on a page; none where the page is beyond the end."""
    return tuple(rows[(page - 1) * page_size : page * page_size])


def of_rows(request: PagedRequest, total: int, page_size: int) -> Paging:
    """The paging of a list whose length is known."""
    count = _pages(total, page_size)
    return Paging(request, last=count, has_next=request.page < count, count=count)


def of_answers(request: PagedRequest, pages: Collection[Page[Any]]) -> Paging:
    """The paging of PandaPon's answers, a page from each platform.

    The platforms' lists differ in length, so no total number of pages is shown. If all answers are empty, the page is
    beyond the end, and the last page is the longest list's; page 1 where no platform gives its length.
    """
    has_next = any(_has_next(page, request.page) for page in pages)
    if any(page.items for page in pages):
        return Paging(request, request.page, has_next)
    return Paging(request, max((page.pages for page in pages if page.pages is not None), default=1), has_next)


def _pages(total: int, page_size: int) -> int:
    """The number of pages of a list. An empty list has one page."""
    return max(1, -(-total // page_size))


def _has_next(page: Page[Any], number: int) -> bool:
    """Whether another page follows. Where the API gives no number of pages, a full page is followed by another."""
    return number < page.pages if page.pages is not None else len(page.items) >= page.page_size
