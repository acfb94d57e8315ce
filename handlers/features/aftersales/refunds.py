"""``refund``: an order's refunds, and a button that asks for one. ``refunds``: all refunds, or one of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.blocks.error_messages import platform_error
from handlers.blocks.help_page import ID, HelpPage
from handlers.blocks.i18n import _
from handlers.blocks.paging import of_answers
from handlers.blocks.text import code
from handlers.commands.declarations import Answer, Command, Feature, HelpGroup, Overview
from handlers.features.aftersales import asking, reading, refunds_view
from handlers.features.aftersales.claims import claimable
from handlers.interactions.platforms import ask_each
from handlers.parsing.options import PLATFORMS, read_options
from handlers.parsing.targets import one_id
from handlers.parsing.words import Verb
from handlers.wire.errors import RequestError
from handlers.wire.requests import AskRefund, ShowRefund, ShowRefunds
from pandapon import aftersales, refund_reading
from pandapon.errors import PandaPonError
from pandapon.shipment import Platform
from tracking.changes.refunds import asking_target, refund_target
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.interactions.context import Context
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand
    from pandapon.aftersales import Letter, Refund
    from pandapon.models import Order
    from tracking.writes import Write

_REFUND_ID = re.compile(r"[A-Za-z0-9_-]{3,40}")
_ORDER_ID = re.compile(r"[0-9]{6,20}")


def read_refund(command: TypedCommand) -> AskRefund | ShowRefunds:
    """Read ``refund [ORDER]``; without an order, the list of refunds is meant. Raises UsageError."""
    options, words = read_options(command)
    if not words:
        return ShowRefunds()
    return AskRefund(one_id(command, words, waybills=False), options.platform)


def read_refunds(command: TypedCommand) -> ShowRefunds | ShowRefund | AskRefund:
    """Read ``refunds [REFUND [ORDER]]``. Raises UsageError.

    A refund is meant only with a platform and words that can be its id; otherwise the words name an order.
    """
    options, words = read_options(command)
    if not words:
        return ShowRefunds(options.page)
    refund_id, *order_ids = [token.text for token in words]
    is_refund = bool(_REFUND_ID.fullmatch(refund_id)) and len(order_ids) <= 1
    if options.platform and is_refund and all(_ORDER_ID.fullmatch(each) for each in order_ids):
        return ShowRefund(refund_id, options.platform, *order_ids)
    return AskRefund(one_id(command, words, waybills=False), options.platform)


async def show_refunds(interaction: Interaction, request: ShowRefunds) -> Message:
    """List the refunds of both platforms, and why some are missing. Raises PandaPonError where neither can be read."""
    ctx = interaction.ctx
    answers, errors = await ask_each(list(Platform), lambda platform: reading.page_of(ctx, platform, request.page))
    errors |= {platform: platform_error(answer.error) for platform, answer in answers.items() if answer.error}
    pages = [answer.page for answer in answers.values()]
    refunds = [refund for page in pages for refund in page.items]
    return refunds_view.listing(refunds, of_answers(request, pages), errors, ctx.clock())


async def show_order(interaction: Interaction, request: AskRefund) -> Message:
    """Show an order's refunds, and the button that asks for one. Raises PandaPonError."""
    ctx = interaction.ctx
    snapshot = await ctx.tracker.lookup(request.order_id, request.platform)
    order = await ctx.api.order(snapshot.ref)
    refunds = await reading.of_order(ctx.api, order)
    refusal = _refusal(order)
    why_not = refusal or _why_not_here(ctx, order)
    ask = "" if why_not else asking.value_of(order.ref)
    pending = await _pending(ctx, asking_target(order.platform, order.order_id), interaction.user)
    return refunds_view.of_order(
        order, refunds, ctx.clock(), ask=ask, why_not=why_not, is_possible=not refusal, pending=pending
    )


async def show_refund(interaction: Interaction, request: ShowRefund) -> Message:
    """Show one refund with its messages. Raises PandaPonError."""
    ctx = interaction.ctx
    refund = await refund_reading.refund(ctx.api, request.platform, request.refund_id)
    if not refund.order_id:
        refund = refund.model_copy(update={"order_id": request.order_id})
    if not refund.title and refund.order_id:
        refund = refund.model_copy(update={"title": await _title(ctx, refund)})
    letters, no_letters = await _letters(ctx, refund)
    return refunds_view.detail(
        refund,
        letters,
        ctx.clock(),
        may_act=ctx.gate.allows(WriteScope.ALL),
        no_letters=no_letters,
        pending=await _pending(ctx, refund_target(refund.platform, refund.refund_id), interaction.user),
    )


async def _pending(ctx: Context, target: str, reader: str) -> Write | None:
    """A change of the target whose answer was lost, after another look for its outcome; None where there is none."""
    write = await ctx.store.writes.open_of(target)
    return await ctx.writer.verify(write, reader) if write else None


async def _title(ctx: Context, refund: Refund) -> str:
    stored = await ctx.tracker.stored(refund.order_id, refund.platform)
    items = stored.order.items if stored and stored.order else ()
    return items[0].title if items else ""


async def _letters(ctx: Context, refund: Refund) -> tuple[tuple[Letter, ...], str]:
    """The messages of a refund, and why they cannot be read, as Slack text. 1688 gives no messages."""
    if refund.platform is Platform.ALIBABA:
        return (), ""
    try:
        return await refund_reading.letters(ctx.api, refund.refund_id), ""
    except PandaPonError as error:
        return (), platform_error(error)


def _refusal(order: Order) -> str:
    """Why an order allows no refund now, as Slack text; empty where it allows one."""
    try:
        claimable(order, takes_proofs=False)
    except RequestError as error:
        return str(error)
    return ""


def _why_not_here(ctx: Context, order: Order) -> str:
    """Why the bot cannot ask for a refund of an order, as Slack text; empty where it can."""
    if not ctx.gate.allows(WriteScope.ALL):
        words = _("Asking for refunds here is switched off. Your pandabot admin can allow it: `{setting}`")
        return words.format(setting=f"WRITES={WriteScope.ALL.value}")
    try:
        for operation in (aftersales.ASK[order.platform], aftersales.TERMS[order.platform]):
            ctx.api.catalogue.path(operation.name)
    except PandaPonError as error:
        return platform_error(error)
    return ""


def _not_listed(_request: ShowRefunds) -> str:
    return _("Couldn't list the refunds")


def _not_shown(request: ShowRefund) -> str:
    return _("Couldn't read refund {id}").format(id=code(request.refund_id))


def _not_of_order(request: AskRefund) -> str:
    return _("Couldn't read the refunds of order {id}").format(id=code(request.order_id))


def _help_refund() -> HelpPage:
    return HelpPage(
        _("Ask for a refund"),
        _(
            "The order's refunds, and a form for a new one: products, amount, the platform's reasons, pictures as "
            "proof. Nothing is sent before you confirm it."
        ),
        (
            (f"/panda refund {ID}", _("one order: its refunds, and a button that asks for one")),
            ("/panda refunds", _("all refunds")),
        ),
    )


def _help_refunds() -> HelpPage:
    return HelpPage(
        _("Refunds"),
        _(
            "The account's refunds and what is next in each. Details lead to messages with the seller, the return "
            "shipment, changes and cancelling, as far as PandaPon can do it."
        ),
        (("/panda refunds", _("all refunds")), (f"/panda refund {ID}", _("those of one order"))),
    )


def _overview() -> list[Example]:
    return [
        (f"/panda refund {ID}", _("ask for a refund or a return")),
        ("/panda refunds", _("refunds, and what is next")),
    ]


REFUND = Verb("refund", ("return", "退款", "退货"), PLATFORMS, takes_one_id=True)
REFUNDS = Verb("refunds", ("returns", "aftersales", "after-sales", "售后"), PLATFORMS | {"page"}, takes_one_id=True)

FEATURE = Feature(
    commands=(
        Command(REFUND, read_refund, _help_refund),
        Command(REFUNDS, read_refunds, _help_refunds),
    ),
    answers=(
        Answer(AskRefund, show_order, failed=_not_of_order, is_repeatable=True),
        Answer(ShowRefunds, show_refunds, failed=_not_listed, is_repeatable=True),
        Answer(ShowRefund, show_refund, failed=_not_shown, is_repeatable=True),
    ),
    overview=Overview(HelpGroup.BUY, _overview),
)
