"""The list of saved addresses as a message to one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.error_messages import platform_error
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.locale_data import number
from handlers.blocks.message import Layout
from handlers.blocks.paging import of_rows, rows_on, within
from handlers.blocks.parts import run_button
from handlers.blocks.text import escape
from handlers.features.shipping.address_form import change_button
from handlers.wire.requests import ShowAddresses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blocks.message import Block, Message
    from handlers.blocks.paging import Paging
    from handlers.writing.receivers import SavedAddress
    from pandapon.errors import UnknownPathError

PAGE_SIZE = 10
SHOW = 3  # number of a button; the paging has 1 and 2


def listing(saved: Sequence[SavedAddress], request: ShowAddresses, *, may_save: bool) -> Message:
    """Show a page of addresses, or the last one where there are fewer. ``may_save``: with buttons to change them."""
    if not saved:
        return _empty(may_save=may_save)
    request = within(request, len(saved), PAGE_SIZE)
    paging = of_rows(request, len(saved), PAGE_SIZE)
    label = _("Hide") if request.is_whole else _("Show")
    other = ShowAddresses(request.page, not request.is_whole)
    buttons = [run_button(label, SHOW, other), *_add(may_save=may_save), *paging.buttons()]
    n = len(saved)
    head = ngettext("{n} saved address", "{n} saved addresses", n).format(n=number(n))
    layout = Layout([el.header(head)], tail=[el.context(_small_print(paging)), *el.actions(buttons)])
    for at, address in enumerate(rows_on(request.page, saved, PAGE_SIZE)):
        words = address.full if request.is_whole else escape(address.masked)
        mark = " · " + _("default") if address.is_default else ""
        layout.add(el.section(words + mark, change_button(address, at) if may_save else None))
    return el.message(layout.blocks)


def unreadable(error: UnknownPathError, *, may_save: bool) -> Message:
    """Say that the path of the list is not known, and offer to add an address, which works all the same."""
    return el.message([el.section(f"⚠️ {platform_error(error)}"), *el.actions(_add(may_save=may_save))])


def _empty(*, may_save: bool) -> Message:
    return el.message([el.section(_("📭 No address is saved at PandaPon yet.")), *el.actions(_add(may_save=may_save))])


def _small_print(paging: Paging) -> str:
    page = paging.words() if paging.last > 1 else ""
    return " · ".join(part for part in (page, _("Only you can see this.")) if part)


def _add(*, may_save: bool) -> list[Block]:
    return [el.button(_("Add…"), f"{action_ids.ADD_ADDRESS}:1", "new")] if may_save else []
