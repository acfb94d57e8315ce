"""The form that asks for a picture, and the choice between several pictures of a message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.forms import field, option
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.labels import platform_name
from handlers.blocks.pages import answer_page, orders_page
from handlers.blocks.text import escape, plain, truncate
from handlers.wire.files import ENDINGS
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blocks.message import Message
    from handlers.parsing.message_pictures import FoundPicture
    from handlers.wire.requests import SearchPicture

View = dict[str, Any]

NAME, ALT = 60, 40  # characters of a picture's name, and of its description


def form(chosen: Platform | None = None) -> View:
    """Ask for a picture. The fields are ``picture`` and ``platform``. ``chosen``: the platform at first; None: both."""
    platforms = [option("both", _("1688 and Taobao"))]
    platforms += [option(platform.value, platform_name(platform)) for platform in Platform]
    picture = {"type": "file_input", "action_id": "value", "filetypes": list(ENDINGS), "max_files": 1}
    platform_menu = {
        "type": "radio_buttons",
        "action_id": "value",
        "options": platforms,
        "initial_option": platforms[1 + list(Platform).index(chosen) if chosen else 0],
    }
    hint = _("One product on a plain background is found best. JPEG, PNG, GIF or WebP, up to 5 MB.")
    fields = [field(_("Picture"), "picture", picture, hint=hint), field(_("Where"), "platform", platform_menu)]
    return orders_page(fields, submit=_("Search"), title=title()) | {"callback_id": action_ids.SEARCH_PICTURE}


def title() -> str:
    """The title of the form and of its results."""
    return _("Search by picture")


def searching() -> View:
    """The page that is shown while the platforms are asked."""
    return orders_page([el.section("⏳ " + _("Searching…"))], title=title())


def results(message: Message) -> View:
    """The page with the results, or with an error."""
    return answer_page(message, title=title())


def ask_for_picture(*, is_open: bool) -> Message:
    """The answer to a command that names no picture. ``is_open``: Slack opened the form."""
    words = _("🖼️ Choose the picture in the form.") if is_open else _("🖼️ Which picture? Choose it in a form.")
    label = _("Open the form again") if is_open else _("Choose a picture…")
    return el.message([el.section(words), *el.actions([el.button(label, f"{action_ids.SEARCH_PICTURE}:1", "form")])])


def no_picture() -> str:
    """The sentence for a message without a picture."""
    return _("There is no picture in that message. You can upload one: `/panda picture`")


def choice(pictures: Sequence[tuple[FoundPicture, SearchPicture]]) -> Message:
    """Let the person choose one of several pictures of a message."""
    n = len(pictures)
    words = ngettext("{n} picture in that message. Which one?", "{n} pictures in that message. Which one?", n).format(
        n=n
    )
    blocks = [el.section(words)]
    for at, (picture, request) in enumerate(pictures, 1):
        name = truncate(plain(picture.name), NAME) or _("Picture {n}").format(n=at)
        shown = el.image(picture.address, name[:ALT]) if picture.address else None
        button = el.button(_("Search picture {n}").format(n=at), f"{action_ids.SHOW}{at}", request.command())
        blocks += [el.section(f"*{at}.* {escape(name)}", shown or button)]
        blocks += el.actions([button]) if shown else []
    return el.message(blocks)
