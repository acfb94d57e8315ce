"""``picture``: find products that look like a picture, which is in a message, uploaded, or behind a link."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from handlers.access.subjects import MESSAGE_TO_LOOK_AT, PERSON
from handlers.blocks import action_ids
from handlers.blocks.addresses import picture_address
from handlers.blocks.forms import value_of
from handlers.blocks.help_page import HelpPage
from handlers.blocks.i18n import _
from handlers.blocks.text import code
from handlers.commands.declarations import (
    Answer,
    Command,
    Feature,
    Form,
    HelpGroup,
    MessageShortcut,
    Opener,
    Overview,
    WrongFieldsError,
)
from handlers.features.goods import picture_views, products
from handlers.interactions.files import fetch
from handlers.interactions.platforms import ask_each
from handlers.interactions.public_web import not_public
from handlers.parsing.message_pictures import find_pictures
from handlers.parsing.options import PLATFORMS, read_options
from handlers.parsing.typed_command import text_of
from handlers.parsing.words import Verb
from handlers.wire import payloads
from handlers.wire.errors import FileError, ForbiddenError
from handlers.wire.files import shared_files
from handlers.wire.requests import SearchPicture
from handlers.wire.slack import FAILURES
from handlers.writing.flows import open_flow
from pandapon.models import PictureQuery
from pandapon.shipment import Platform
from tracking.flows import ShownPictures

if TYPE_CHECKING:
    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.commands.declarations import View
    from handlers.interactions.files import Picture
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.message_pictures import FoundPicture
    from handlers.parsing.typed_command import TypedCommand
    from tracking.files import SharedFile

PAGE_SIZE = 10  # products on a page; halved when both platforms share it
EXAMPLE = "https://cbu01.alicdn.com/img/dress.jpg"
_STORED_FILE = re.compile(r"(?P<flow>[A-Za-z0-9_-]{24})\.(?P<at>[1-9])")  # a flow's id, and a file's number


def read_picture(command: TypedCommand) -> SearchPicture:
    """Read ``picture [LINK]``. Raises UsageError."""
    options, words = read_options(command)
    platform, limited = options.platform, bool(options.sort) or options.price_min or options.price_max
    picture = (words[0].target or words[0].text) if words else ""
    if len(words) > 1 or (picture and not (picture_address(picture) or _STORED_FILE.fullmatch(picture))):
        problem = _("{word} is not a link to a picture").format(word=code(words[-1].text, 60))
        raise command.refuse(problem, suggestion="/panda picture")
    if limited and platform is Platform.TAOBAO:
        problem = _("Taobao can neither sort picture results nor limit their prices")
        raise command.refuse(problem, suggestion=text_of(SearchPicture(picture, platform)))
    platform = Platform.ALIBABA if limited else platform
    return SearchPicture(picture, platform, options.page, options.sort, options.price_min, options.price_max)


async def search_picture(interaction: Interaction, request: SearchPicture) -> Message:
    """Show one page of products; without a picture, open the form that asks for one.

    Raises FileError where the picture cannot be fetched, ForbiddenError where it is another person's file or too old,
    and PandaPonError where no platform answers.
    """
    if not request.picture:
        return await _ask_for_picture(interaction, request.platform)
    return await _results(interaction, request, await _picture(interaction, request.picture))


async def search_message(interaction: Interaction, message: dict[str, Any]) -> Message:
    """Search by the picture of a message; if it has several, let the person choose. Raises FileError without one."""
    every = find_pictures(message)
    usable = tuple(picture for picture in every if picture.file or picture_address(picture.address))
    if not usable:
        raise FileError(not_public() if every else picture_views.no_picture())
    requests = await _requests(interaction, usable)
    if len(usable) > 1:
        return picture_views.choice(list(zip(usable, requests, strict=True)))
    return await interaction.ctx.commands.perform(interaction, requests[0])


async def _requests(interaction: Interaction, pictures: tuple[FoundPicture, ...]) -> list[SearchPicture]:
    """The search for each picture. Files are stored under an opaque id, so that nobody can name another one."""
    files = [picture.file for picture in pictures if picture.file]
    flow_id = (await open_flow(interaction, ShownPictures(tuple(files)))).id if files else ""
    return [
        SearchPicture(
            f"{flow_id}.{files.index(picture.file) + 1}" if picture.file else picture_address(picture.address)
        )
        for picture in pictures
    ]


async def _ask_for_picture(interaction: Interaction, platform: Platform | None) -> Message:
    trigger = payloads.text(interaction.body, "trigger_id")
    try:
        await interaction.client.views_open(trigger_id=trigger, view=picture_views.form(platform))
    except FAILURES:
        return picture_views.ask_for_picture(is_open=False)  # a press of its button brings a new trigger
    return picture_views.ask_for_picture(is_open=True)


async def _picture(interaction: Interaction, named: str) -> Picture:
    """Fetch the picture that a request names. Raises FileError, and ForbiddenError."""
    stored = _STORED_FILE.fullmatch(named)
    if not stored:
        return await interaction.ctx.public_web.picture(named)
    return await fetch(interaction.client, await _file(interaction, stored["flow"], int(stored["at"])))


async def _file(interaction: Interaction, flow_id: str, at: int) -> SharedFile:
    flow = await interaction.ctx.store.writes.flow(interaction.ctx.clock(), flow_id)
    if flow is None or not isinstance(flow.content, ShownPictures) or at > len(flow.content.files):
        raise ForbiddenError(_("This form or list is too old. Please open it again."))
    if flow.owner != interaction.user:
        raise ForbiddenError(_("This belongs to somebody else, so nothing was done."))
    return flow.content.files[at - 1]


async def _results(interaction: Interaction, request: SearchPicture, picture: Picture) -> Message:
    platforms = [request.platform] if request.platform else list(Platform)
    query = PictureQuery(
        picture.content,
        page=request.page,
        page_size=PAGE_SIZE // len(platforms),
        sort=request.sort,
        price_min=request.price_min,
        price_max=request.price_max,
    )
    api = interaction.ctx.api
    pages, errors = await ask_each(platforms, lambda platform: api.search_picture(platform, query))
    return products.results(request, pages, errors)


# --- the form -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FilledPicture:
    """The filled form. ``platform`` None: both; ``wrong``: sentences by field."""

    file: SharedFile | None
    platform: Platform | None = None
    wrong: dict[str, str] = field(default_factory=dict)


def read_form(values: dict[str, Any]) -> FilledPicture:
    """Read the form's ``state.values``."""
    files = shared_files(payloads.part(values, "picture", "value", "files"))
    chosen = value_of(values, "platform", "selected_option")
    platform = Platform(chosen) if chosen in set(Platform) else None
    wrong = {} if files else {"picture": _("Choose a picture.")}
    return FilledPicture(files[0] if files else None, platform, wrong)


async def open_form(_interaction: Interaction, _nothing: Any) -> View:
    """Make the empty form."""
    return picture_views.form()


async def answer(interaction: Interaction, _nothing: Any, filled: FilledPicture) -> View:
    """Show the first page of results.

    Raises WrongFieldsError where the file cannot be fetched or is no picture, and PandaPonError where no platform
    answers.
    """
    assert filled.file is not None
    try:
        picture = await fetch(interaction.client, filled.file)
    except FileError as error:
        raise WrongFieldsError({"picture": str(error)}) from error
    flow = await open_flow(interaction, ShownPictures((filled.file,)))
    request = SearchPicture(f"{flow.id}.1", filled.platform)
    return picture_views.results(await _results(interaction, request, picture))


# --- the declaration ------------------------------------------------------------------------------------------------


def _searching() -> str:
    return _("Searching…")


def _not_searched(_request: SearchPicture) -> str:
    return _("Couldn't search by this picture")


def _help() -> HelpPage:
    return HelpPage(
        _("Search by picture"),
        _(
            "Finds products that look like a picture. On a message with a picture, open its menu (⋮) and choose "
            "“Search this picture”. Only 1688 can sort the results and limit prices."
        ),
        (
            ("/panda picture", _("upload a picture")),
            (f"/panda picture {EXAMPLE}", _("a picture behind a link; `--1688 --sort price` works too")),
        ),
    )


def _overview() -> list[Example]:
    return [("/panda picture", _("products that look like a picture"))]


VERB = Verb(
    "picture",
    ("image", "photo", "pic", "图片", "找图", "搜图", "识图", "以图搜图", "图片搜索", "拍照"),
    PLATFORMS | {"sort", "min", "max", "page"},
)

FEATURE = Feature(
    commands=(Command(VERB, read_picture, _help),),
    answers=(Answer(SearchPicture, search_picture, working=_searching, failed=_not_searched, is_repeatable=True),),
    message_shortcuts=(MessageShortcut(action_ids.SEARCH_PICTURE, MESSAGE_TO_LOOK_AT, search_message),),
    openers=(Opener("action", action_ids.SEARCH_PICTURE, PERSON, open_form, picture_views.results),),
    forms=(Form(action_ids.SEARCH_PICTURE, PERSON, read_form, answer, picture_views.searching, picture_views.results),),
    overview=Overview(HelpGroup.FIND, _overview),
)
