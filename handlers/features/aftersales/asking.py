"""The form that asks for a refund of an order, in three pages. The limits are read again before it is sent, once."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim
from handlers.access.subjects import Subject, claimed
from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.i18n import _
from handlers.blocks.locale_data import number
from handlers.blocks.people import name
from handlers.blocks.text import yuan
from handlers.blocks.write_words import DONE, outcome_words
from handlers.commands.declarations import Listener, WrongFieldsError
from handlers.features.aftersales import asking_fields as names
from handlers.features.aftersales import asking_pages as pages
from handlers.features.aftersales.announcing import announce_refund
from handlers.features.aftersales.claims import claimable, least_of, most_of, read_amount, yuan_of
from handlers.features.aftersales.proofs import upload
from handlers.features.aftersales.reading import terms_of
from handlers.wire import payloads
from handlers.wire.errors import OutdatedError, RequestError
from handlers.wire.text import number_of
from handlers.writing.plans import Plan
from handlers.writing.refund_verifiers import code_of, refunds_of
from handlers.writing.steps import Done, Goto, Step
from handlers.writing.wizard import Wizard
from pandapon import aftersales
from pandapon.aftersales import GoodsState, RefundLine, RefundRequest
from pandapon.errors import UnknownPathError
from pandapon.operations.refunds import ALIBABA_VOUCHER
from pandapon.shipment import Milestone, OrderRef, Platform
from tracking.changes.refunds import RefundAsked, asking_target
from tracking.flows import AskingRefund
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from handlers.features.aftersales.asking_fields import FilledLines, FilledReason
    from handlers.interactions.context import Context
    from handlers.interactions.interaction import Interaction
    from handlers.writing.steps import Nothing
    from pandapon.client import PandaPon
    from pandapon.models import Order
    from tracking.flows import Flow

_VALUE = re.compile(r"(?P<platform>1688|taobao)\.(?P<order>[0-9]{6,20})")
DIGITS = 7  # of a number of pieces, at most
LEAST_CHARACTERS = 4  # characters, the bot's own limit: a shorter description explains nothing


def value_of(ref: OrderRef) -> str:
    """Return the value of a button that opens the form for an order, such as ``1688.2542285634920880794``."""
    return f"{ref.platform.value}.{ref.order_id}"


async def open_form(subject: Subject, interaction: Interaction) -> None:
    """Open the form at once, and fill it when PandaPon has described the order."""

    async def begin() -> Goto:
        ref: OrderRef = await claimed(interaction, subject)
        api = interaction.ctx.api
        for operation in (aftersales.ASK[ref.platform], aftersales.TERMS[ref.platform]):
            api.catalogue.path(operation.name)  # the person learns of an unknown path before filling anything in
        order = await api.order(ref)
        known = await _stored_milestone(interaction.ctx, order)
        return Goto("lines", claimable(order, takes_proofs=_takes_proofs(api), known=known))

    await WIZARD.open(interaction, begin)


async def choose_lines(interaction: Interaction, flow: Flow, filled: FilledLines) -> Goto:
    """Take the lines, and read the reasons and limits for them.

    Raises WrongFieldsError, PandaPonError, and RequestError where PandaPon names no reason, or ids that can't be sent.
    """
    asking = pages.content(flow)
    former = asking.ask
    goods, with_return = _goods_and_return(asking, filled)
    lines = _taobao_line(asking, filled) if asking.platform is Platform.TAOBAO else _alibaba_lines(asking, filled)
    ask = RefundRequest(
        platform=asking.platform,
        order_id=asking.order_id,
        lines=lines,
        goods=goods,
        with_return=with_return,
        is_over=asking.is_over,
        reason_id=former.reason_id if former else "",
        description=former.description if former else "",
    )
    after = replace(asking, ask=ask, terms=await terms_of(interaction.ctx.api, ask), moved=None)
    if not after.terms or not after.terms.reasons:
        raise RequestError(_("PandaPon names no reason for which this may be refunded, so nothing can be asked for."))
    most = most_of(after, ask)
    same_lines = former is not None and former.lines == lines
    amount = former.amount if former and same_lines else yuan_of(most or 0)
    return Goto("reason", replace(after, ask=ask.model_copy(update={"amount": amount})))


async def give_reason(interaction: Interaction, flow: Flow, filled: FilledReason) -> Goto:
    """Take amount, reason and description, and upload the pictures. Raises WrongFieldsError."""
    asking = pages.content(flow)
    ask, wrong = pages.request_of(asking), {}
    amount, shipping = read_amount(filled.amount), read_amount(filled.shipping or "0")
    if problem := _wrong_amount(asking, amount):
        wrong[names.AMOUNT] = problem
    if shipping is None or shipping > asking.shipping_fen:
        wrong[names.SHIPPING] = _("Up to {amount}.").format(amount=yuan(asking.shipping_fen))
    if filled.reason not in {each.reason_id for each in (asking.terms.reasons if asking.terms else ())}:
        wrong[names.REASON] = _("Choose a reason.")
    if len(filled.words) > pages.MOST_CHARACTERS:
        wrong[names.WORDS] = _("Too long: {n} characters at most.").format(n=number(pages.MOST_CHARACTERS))
    elif len(filled.words) < LEAST_CHARACTERS and (filled.words or ask.platform is Platform.ALIBABA):
        wrong[names.WORDS] = _("Say in a few words what is wrong.")
    if wrong:
        raise WrongFieldsError(wrong)
    proofs = await upload(interaction, flow, asking, filled.files) if asking.takes_proofs else ()
    facts = {
        "amount": yuan_of(amount or 0),
        "shipping": yuan_of(shipping or 0) if asking.platform is Platform.ALIBABA else Decimal(),
        "reason_id": filled.reason,
        "description": filled.words,
        "vouchers": tuple(proof.address for proof in proofs if proof.address),
    }
    return Goto("review", replace(asking, ask=ask.model_copy(update=facts), proofs=proofs, moved=None))


async def confirm(interaction: Interaction, flow: Flow, _nothing: Nothing) -> Goto | Done:
    """Ask for the refund, once. Where the limit has changed since the review, show the old and the new one instead.

    Raises RequestError where the order allows no refund any more, and what :meth:`Writer.make` raises.
    """
    ctx, asking = interaction.ctx, pages.content(flow)
    ask, act = pages.request_of(asking), WIZARD.act_of(flow)
    ref = OrderRef(ask.platform, ask.order_id)
    if not await ctx.store.writes.of_key(act.key):
        now = await _refreshed(ctx, asking, await ctx.api.order(ref))
        before, after = most_of(asking, ask), most_of(now, ask)
        if before != after:
            await ctx.writer.note_refusal(act, aftersales.ASK[ask.platform].name, "price_moved")
            return Goto("reason", replace(now, moved=(before, after)))

    is_first = False

    async def plan() -> Plan:
        nonlocal is_first
        is_first = True  # the writer calls this once for an act, however often the person confirms it
        order = await ctx.api.order(ref)  # another form may have asked for a refund meanwhile
        await _refreshed(ctx, asking, order)
        return await _plan(ctx.api, asking, order)

    outcome = await ctx.writer.make(act, asking_target(ask.platform, ask.order_id), plan)
    if outcome.write.state in DONE and is_first:
        await announce_refund(ctx, outcome.write)
    notes = [_("By {user}").format(user=name(outcome.write.actor))]
    notes += [pages.done_notes(ask.platform)] if outcome.write.state in DONE else []
    is_over = outcome.write.state in DONE or not outcome.error
    blocks = [el.section(outcome_words(outcome.write, outcome.error)), el.context(" · ".join(notes))]
    return Done(blocks, (outcome.write.id,) if is_over else ())


async def _stored_milestone(ctx: Context, order: Order) -> Milestone | None:
    stored = await ctx.tracker.stored(order.order_id, order.platform)
    return stored.milestone if stored else None


async def _refreshed(ctx: Context, asking: AskingRefund, order: Order) -> AskingRefund:
    """The form's content for the order as it is now.

    Raises RequestError where a chosen line is no longer free, or the order was shipped since the person saw it.
    """
    known, ask = await _stored_milestone(ctx, order), pages.request_of(asking)
    now = claimable(order, takes_proofs=asking.takes_proofs, known=known)
    free_pieces = {line.entry_id: pages.most_pieces(line) for line in now.lines if not line.is_taken}
    is_sent = asking.is_shipped is False and now.is_shipped is not False
    if is_sent or any(free_pieces.get(chosen.entry_id, 0) < chosen.pieces for chosen in ask.lines):
        raise RequestError(_("The order has changed since you saw it, so nothing was sent. Open the form again."))
    terms = await terms_of(ctx.api, ask) if ask.platform is Platform.TAOBAO else asking.terms
    return replace(now, ask=ask, terms=terms, proofs=asking.proofs)


async def _plan(api: PandaPon, asking: AskingRefund, order: Order) -> Plan:
    ask = pages.request_of(asking)
    by_entry = {line.entry_id: line for line in asking.lines}
    change = RefundAsked(
        ask.platform,
        ask.order_id,
        tuple(line.entry_id for line in ask.lines),
        by_entry[ask.lines[0].entry_id].title,
        sum(line.pieces for line in ask.lines),
        pages.total_fen(ask),
        ask.with_return,
        tuple(await refunds_of(api, order)),
        code_of(order),
    )
    try:
        return Plan(
            aftersales.application(ask, api.refund_codes), change, change.fen, made=aftersales.created_refund_ids
        )
    except ValueError as error:  # from pydantic: the order lacks ids that the call needs
        raise RequestError(_("PandaPon's description of this order lacks what a refund needs.")) from error


def _goods_and_return(asking: AskingRefund, filled: FilledLines) -> tuple[GoodsState, bool]:
    """Return where the goods are, and whether they are sent back. Raises WrongFieldsError."""
    if asking.is_shipped is False:
        return GoodsState.NOT_SHIPPED, False
    if asking.is_shipped is None and filled.goods not in set(GoodsState):
        raise WrongFieldsError({names.GOODS: _("Choose where the products are.")})
    if asking.is_shipped is None and filled.goods == GoodsState.NOT_SHIPPED:
        return GoodsState.NOT_SHIPPED, _require_no_return(filled)
    goods = GoodsState.RECEIVED if filled.goods == GoodsState.RECEIVED else GoodsState.NOT_RECEIVED
    return goods, filled.kind == "return" if goods is GoodsState.RECEIVED else _require_no_return(filled)


def _require_no_return(filled: FilledLines) -> bool:
    """Return False: nothing is sent back. Raises WrongFieldsError where the person wants to return the goods."""
    if filled.kind == "return":
        raise WrongFieldsError({names.KIND: _("Only what has arrived can be sent back.")})
    return False


def _taobao_line(asking: AskingRefund, filled: FilledLines) -> tuple[RefundLine, ...]:
    at = int(filled.line) if re.fullmatch("[0-9]{1,2}", filled.line) else len(asking.lines)
    if at >= len(asking.lines) or asking.lines[at].is_taken:
        raise WrongFieldsError({names.LINE: _("Choose a product.")})
    line = asking.lines[at]
    return (RefundLine(entry_id=line.entry_id, pieces=max(1, line.pieces)),)


def _alibaba_lines(asking: AskingRefund, filled: FilledLines) -> tuple[RefundLine, ...]:
    chosen, wrong = [], {}
    for at, line in enumerate(asking.lines):
        pieces = number_of(filled.pieces.get(at, "") or "0", DIGITS)
        if line.is_taken:
            continue
        if pieces is None or pieces > pages.most_pieces(line):
            words = _("Write a whole number from 0 to {n}.").format(n=number(pages.most_pieces(line)))
            wrong[f"{names.PIECES}{at}"] = words
        elif pieces:
            chosen.append(RefundLine(entry_id=line.entry_id, pieces=pieces))
    if not chosen and not wrong:
        first = next(at for at, line in enumerate(asking.lines) if not line.is_taken)
        wrong = {f"{names.PIECES}{first}": _("Write how many pieces of at least one product.")}
    if wrong:
        raise WrongFieldsError(wrong)
    return tuple(chosen)


def _wrong_amount(asking: AskingRefund, fen: int | None) -> str:
    """Why an amount cannot be asked for; empty where it can."""
    if fen is None:
        return _("Write an amount in yuan, such as {example}.").format(example="36.80")
    least, most = least_of(asking), most_of(asking, pages.request_of(asking))
    if fen < least:
        return _("At least {least}.").format(least=yuan(least))
    if most is not None and fen > most:
        return _("At most {most}.").format(most=yuan(most))
    return ""


def _takes_proofs(api: PandaPon) -> bool:
    try:
        api.catalogue.path(ALIBABA_VOUCHER.name)
    except UnknownPathError:
        return False
    return True


async def _claim_order(interaction: Interaction, _given: Any) -> Claim:
    """Read the button's value, which anybody can forge; PandaPon knows only the account's own orders."""
    match = _VALUE.fullmatch(payloads.value(interaction.body))
    if match is None:
        raise OutdatedError
    await interaction.ctx.gate.require(interaction.client, WriteScope.ALL, interaction.user, interaction.channel)
    return Claim(OrderRef(Platform(match["platform"]), match["order"]))


ORDER = Subject("an order that is read again, for a person who may ask for refunds", _claim_order)

WIZARD = Wizard(
    "refund",
    AskingRefund,
    WriteScope.ALL,
    lambda: _("Ask for a refund"),
    {
        "lines": Step(pages.lines_page, choose_lines, names.read_lines),
        "reason": Step(pages.reason_page, give_reason, names.read_reason, back="lines"),
        "review": Step(pages.review_page, confirm, back="reason"),
    },
    forgets=True,
)

FEATURE = WIZARD.feature(Listener("action", action_ids.ASK_REFUND, ORDER, open_form))
