"""``discover category``: 1688's categories, from the top ones down; each leads to its subcategories or to a search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.i18n import _, language
from handlers.blocks.message import LIST_ROOM, Layout
from handlers.blocks.parts import run_button, show_button
from handlers.blocks.text import escape, sanitize_id, truncate
from handlers.commands.declarations import Answer, Feature
from handlers.wire.requests import Search, ShowCategories
from pandapon.operations import goods
from pandapon.operations.requests import make_request
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blocks.message import Block, Message
    from handlers.interactions.interaction import Interaction
    from pandapon.operations.goods import CategoryInfo

TOP = "0"  # the id whose subcategories are the top categories [upstream]
NAME, SHOWN = 60, 40  # characters of a name; categories in a message
LANGUAGES = {"zh_CN": "zh", "th": "th"}  # by our code: the language of 1688's names [upstream]; else English


async def show_categories(interaction: Interaction, request: ShowCategories) -> Message:
    """Show the subcategories of a category. Raises PandaPonError, such as NotFoundError for an unknown one."""
    spoken = LANGUAGES.get(language(), "en")
    asked = make_request(lambda: goods.Category(category_id=request.category_id, language=spoken))
    answer = await interaction.ctx.api.run(goods.CATEGORY, asked)
    return _listing([category for category in answer if category.category_id], request)


def _listing(categories: Sequence[CategoryInfo], request: ShowCategories) -> Message:
    back = [run_button(_("◀ Top categories"), 1, ShowCategories())] if request.category_id != TOP else []
    layout = Layout([el.header(_("Categories of 1688"))], tail=el.actions(back), room=LIST_ROOM)
    for at, category in enumerate(categories[:SHOWN], 2):
        if not layout.add(el.section(_words(category), _button(category, request, at))):
            break
    if not categories:
        layout.add(el.section(_("There are no categories here.")))
    return el.message(layout.blocks)


def _words(category: CategoryInfo) -> str:
    name = escape(truncate(category.translated_name or category.chinese_name, NAME)) or _("(without a name)")
    chinese = escape(truncate(category.chinese_name, NAME)) if category.translated_name else ""
    shown = chinese if chinese != name else ""
    return " · ".join(part for part in (f"*{name}*", shown, f"`{sanitize_id(category.category_id)}`") if part)


def _button(category: CategoryInfo, request: ShowCategories, at: int) -> Block | None:
    """The button that opens a category with subcategories, or searches by the Chinese name of any other one."""
    if not _is_leaf(category) and category.category_id != request.category_id:
        return run_button(_("Open"), at, ShowCategories(sanitize_id(category.category_id)))
    keyword = truncate(category.chinese_name, NAME).strip()
    return show_button(_("Search"), at, Search(keyword, Platform.ALIBABA)) if keyword else None


def _is_leaf(category: CategoryInfo) -> bool:
    return bool(category.leaf)


def _not_shown(_request: ShowCategories) -> str:
    return _("Couldn't read the categories")


FEATURE = Feature(answers=(Answer(ShowCategories, show_categories, failed=_not_shown, is_repeatable=True),))
