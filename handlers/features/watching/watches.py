"""``watches``: the list of a channel's watches; and the Resume buttons of paused ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim, Need
from handlers.access.subjects import CHANNEL, Subject, rows
from handlers.blocks import action_ids
from handlers.blocks.help_page import HelpPage
from handlers.blocks.i18n import _
from handlers.blocks.punctuation import listed
from handlers.blocks.text import code
from handlers.commands.declarations import Answer, Button, Command, Feature, HelpGroup, Overview
from handlers.features.watching import watch_views, watches_view
from handlers.parsing.options import read_options
from handlers.parsing.targets import take_channel
from handlers.parsing.words import Verb
from handlers.posts import notices
from handlers.wire import payloads
from handlers.wire.requests import ListWatches
from handlers.wire.text import folded
from tracking.attention import GROUPS, Group

if TYPE_CHECKING:
    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand
    from storage.watch import Watch

PAGE_SIZE = 10  # watches
# The groups by the words that people type for them, the groups' own values among them.
_GROUPS: dict[str, Group] = {
    **{group.value: group for group in GROUPS},
    **dict.fromkeys(("problem", "problems", "需要处理", "异常"), Group.ATTENTION),
    **dict.fromkeys(("unshipped", "待发货", "未发货"), Group.WAITING),
    **dict.fromkeys(("transit", "on-the-way", "在途", "运输中"), Group.ON_THE_WAY),
    **dict.fromkeys(("done", "已签收"), Group.DELIVERED),
}


def read_watches(command: TypedCommand) -> ListWatches:
    """Read ``watches [attention|waiting|moving|delivered]``. Raises UsageError."""
    options, words = read_options(command)
    where, words = take_channel(command, words)
    groups = [_GROUPS.get(folded(word.text)) for word in words]
    if len(groups) > 1 or None in groups:
        problem = _("{word} is neither a channel nor one of {groups}").format(
            word=code(" ".join(word.text for word in words), 40), groups=listed(f"`{group}`" for group in GROUPS)
        )
        raise command.refuse(problem, suggestion=" ".join(["/panda watches", *where.typed()]))
    return ListWatches(where.channel, options.page, next(iter(groups), None))


async def list_watches(interaction: Interaction, request: ListWatches) -> Message:
    """Show one page of a channel's watches: state, filter, who and when. Orders that need attention come first."""
    ctx, channel = interaction.ctx, request.channel or interaction.channel
    start = (request.page - 1) * PAGE_SIZE
    page = await ctx.store.watches.listed([channel], start, PAGE_SIZE, group=request.group)
    stored, subscriptions = await ctx.store.channels.get(channel), await ctx.store.subscriptions.active(channel)
    shown = ListWatches(channel or None, request.page, request.group)
    return watches_view.listing(
        shown,
        page,
        stored,
        ctx.clock(),
        ctx.links,
        page_size=PAGE_SIZE,
        subscriptions=subscriptions,
        is_elsewhere=channel != interaction.channel,
    )


async def resume(interaction: Interaction, watch: Watch | None) -> Message:
    """Resume a watch that was paused because Slack refused its posts. ``watch`` None: it no longer exists."""
    resumed = watch and await interaction.ctx.store.watches.resume(interaction.ctx.clock(), watch.id, interaction.user)
    interaction.ctx.wake()
    return watch_views.resumed(resumed)


async def resume_channel(interaction: Interaction, channel: str) -> Message:
    """Resume every paused watch of a channel. The button is in a direct message to the watches' owner."""
    resumed = await interaction.ctx.store.watches.resume_channel(interaction.ctx.clock(), channel, interaction.user)
    interaction.ctx.wake()
    return notices.resumed(channel, len(resumed))


async def _watch(interaction: Interaction, _given: Any) -> Claim:
    [row] = rows(payloads.value(interaction.body), most=1)
    watch = await interaction.ctx.store.watches.get(row)
    return Claim(watch, (watch.channel,) if watch else ())


def _help() -> HelpPage:
    return HelpPage(
        _("What is watched"),
        _("The channel's watches: state, filter, who and when."),
        (
            ("/panda watches", _("here")),
            ("/panda watches attention", _("only those that need attention; also `waiting`, `moving` and `delivered`")),
            ("/panda watches in #purchasing", _("in another channel")),
        ),
    )


def _overview() -> list[Example]:
    return [("/panda watches", _("what this channel watches"))]


VERB = Verb("watches", ("list", "ls", "watching", "watched", "关注列表"), frozenset({"page"}))
WATCH = Subject("the watch whose number the button carries, and its channel", _watch)

FEATURE = Feature(
    commands=(Command(VERB, read_watches, _help),),
    answers=(Answer(ListWatches, list_watches, Need.READ, is_repeatable=True),),
    buttons=(
        Button(action_ids.RESUME_WATCH, WATCH, resume),
        Button(action_ids.RESUME_CHANNEL, CHANNEL, resume_channel),
    ),
    overview=Overview(HelpGroup.FOLLOW, _overview),
)
