"""The form for one act on a refund: a message, a return shipment, a change, a cancellation. Each is done once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from handlers.blocks import elements as el
from handlers.blocks.forms import value_of
from handlers.blocks.i18n import _
from handlers.blocks.locale_data import number as in_digits
from handlers.blocks.people import name
from handlers.blocks.text import money
from handlers.blocks.write_words import DONE, outcome_words
from handlers.commands.declarations import WrongFieldsError
from handlers.features.aftersales import handling_pages as pages
from handlers.features.aftersales.announcing import read_soon
from handlers.features.aftersales.asking_pages import MOST_CHARACTERS
from handlers.features.aftersales.claims import read_amount, yuan_of
from handlers.features.aftersales.refunds_view import MAY_BE_CHANGED
from handlers.wire.errors import RequestError
from handlers.writing.plans import Plan
from handlers.writing.steps import Done, Goto, Step
from handlers.writing.wizard import Wizard
from pandapon import aftersales, carts, refund_reading
from pandapon.aftersales import RefundChange, ReturnCarrier
from pandapon.refunds import OVER, RefundState, refund_state
from pandapon.shipment import OrderRef, Platform
from storage.errors import StorageError
from tracking.changes import refunds as changes
from tracking.flows import HandlingRefund
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from handlers.interactions.context import Context
    from handlers.interactions.interaction import Interaction
    from handlers.writing.steps import Nothing
    from pandapon.aftersales import Refund
    from tracking.flows import Flow

_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{4,38}[A-Z0-9]")


@dataclass(frozen=True, slots=True)
class FilledAct:
    """A filled page, as typed and chosen."""

    words: str = ""
    carrier: str = ""
    number: str = ""
    amount: str = ""
    reason: str = ""
    wrong: dict[str, str] = field(default_factory=dict)


def read(values: dict[str, Any]) -> FilledAct:
    """Read any page of the form."""
    words, number, amount = (
        value_of(values, name_, "value").strip() for name_ in (pages.WORDS, pages.NUMBER, pages.AMOUNT)
    )
    carrier, reason = (value_of(values, name_, "selected_option") for name_ in (pages.CARRIER, pages.REASON))
    return FilledAct(words, carrier, number, amount, reason)


# --- filling ----------------------------------------------------------------------------------------------------------


async def fill_letter(_interaction: Interaction, flow: Flow, filled: FilledAct) -> Goto:
    """Take the message. Raises WrongFieldsError."""
    if not filled.words:
        raise WrongFieldsError({pages.WORDS: _("Write a message.")})
    if len(filled.words) > pages.MOST_LETTER:
        words = _("Too long: {n} characters at most.").format(n=in_digits(pages.MOST_LETTER))
        raise WrongFieldsError({pages.WORDS: words})
    return Goto("letter_review", replace(pages.content(flow), words=filled.words))


async def fill_return(_interaction: Interaction, flow: Flow, filled: FilledAct) -> Goto:
    """Take carrier and number. Raises WrongFieldsError."""
    handling, wrong = pages.content(flow), {}
    number = "".join(filled.number.split()).upper()
    if filled.carrier not in {each.code for each in handling.carriers}:
        wrong[pages.CARRIER] = _("Choose a carrier.")
    if not _NUMBER.fullmatch(number):
        wrong[pages.NUMBER] = _("A tracking number has 6 to 40 letters and digits.")
    if wrong:
        raise WrongFieldsError(wrong)
    return Goto("return_review", replace(handling, carrier=filled.carrier, number=number))


async def fill_change(_interaction: Interaction, flow: Flow, filled: FilledAct) -> Goto:
    """Take the new amount, reason and description. Raises WrongFieldsError."""
    handling, fen = pages.content(flow), read_amount(filled.amount)
    terms = handling.terms
    most = terms.most if terms else None
    if not fen:
        example = _("Write an amount in yuan, such as {example}.").format(example="36.80")
        raise WrongFieldsError({pages.AMOUNT: example})
    if most is not None and fen > carts.fen(most):
        raise WrongFieldsError({pages.AMOUNT: _("At most {most}.").format(most=money(most))})
    if filled.reason and filled.reason not in {each.reason_id for each in (terms.reasons if terms else ())}:
        raise WrongFieldsError({pages.REASON: _("Choose a reason.")})
    if len(filled.words) > MOST_CHARACTERS:
        words = _("Too long: {n} characters at most.").format(n=in_digits(MOST_CHARACTERS))
        raise WrongFieldsError({pages.WORDS: words})
    after = replace(handling, amount_fen=fen, reason_id=filled.reason, words=filled.words)
    if not pages.differences(after):
        raise WrongFieldsError({pages.AMOUNT: _("Nothing is different from what the refund asks for now.")})
    return Goto("change_review", after)


# --- doing ------------------------------------------------------------------------------------------------------------


async def send_letter(interaction: Interaction, flow: Flow, _nothing: Nothing) -> Done:
    """Send the message, once."""
    handling, api = pages.content(flow), interaction.ctx.api

    async def plan(refund: Refund) -> Plan:
        digests = [changes.digest_of(letter.words) for letter in await refund_reading.letters(api, refund.refund_id)]
        digest = changes.digest_of(handling.words)
        change = changes.LetterSent(*_ids(handling), digest, digests.count(digest), len(digests))
        return Plan(aftersales.message(refund.refund_id, handling.words), change)

    return await _carry_out(interaction, flow, plan)


async def send_return(interaction: Interaction, flow: Flow, _nothing: Nothing) -> Done:
    """Tell the seller the carrier and tracking number of the return, once."""
    handling = pages.content(flow)
    unnamed = ReturnCarrier(code=handling.carrier, name=handling.carrier)
    carrier = next((each for each in handling.carriers if each.code == handling.carrier), unnamed)

    async def plan(refund: Refund) -> Plan:
        if refund_state(refund.code) is not RefundState.AGREED:
            raise RequestError(_("The refund has changed since you saw it, so nothing was done."))
        change = changes.ReturnSent(*_ids(handling), carrier.name, handling.number, refund.code)
        return Plan(aftersales.return_shipment(refund.platform, refund.refund_id, carrier, handling.number), change)

    return await _carry_out(interaction, flow, plan)


async def change_refund(interaction: Interaction, flow: Flow, _nothing: Nothing) -> Done:
    """Change what the refund asks for, once. Raises RequestError for a refund that has changed since it was shown."""
    handling = pages.content(flow)
    shown, fen = handling.refund, handling.amount_fen or 0

    async def plan(refund: Refund) -> Plan:
        before = changes.asks_for(refund)
        if before != changes.asks_for(shown) or refund_state(refund.code) not in MAY_BE_CHANGED:
            raise RequestError(_changed_words(shown, refund))
        fields = {"amount": yuan_of(fen), "reason_id": handling.reason_id or refund.reason_id}
        fields["description"] = handling.words or refund.description
        after = changes.asks_for(refund, **fields)
        change = changes.RefundChanged(*_ids(handling), fen, before, after)
        request = RefundChange(yuan_of(fen), handling.reason_id or None, handling.words or None)
        return Plan(aftersales.modification(refund.refund_id, request), change, fen)

    return await _carry_out(interaction, flow, plan)


async def cancel_refund(interaction: Interaction, flow: Flow, _nothing: Nothing) -> Done:
    """Cancel the refund, once."""
    handling = pages.content(flow)

    async def plan(refund: Refund) -> Plan:
        change = changes.RefundWithdrawn(*_ids(handling), refund.code)
        return Plan(aftersales.withdrawal(refund.refund_id), change)

    return await _carry_out(interaction, flow, plan)


def require_open(refund: Refund) -> None:
    """Check that a refund is not over. Raises RequestError."""
    if refund_state(refund.code) in OVER:
        raise RequestError(_("This refund is over, so nothing was done."))


async def _carry_out(interaction: Interaction, flow: Flow, plan: Callable[[Refund], Awaitable[Plan]]) -> Done:
    """Read the refund anew and do the act, once. Raises what :meth:`Writer.make` raises."""
    ctx, refund = interaction.ctx, pages.content(flow).refund

    async def planned() -> Plan:
        now = await refund_reading.refund(ctx.api, refund.platform, refund.refund_id)
        require_open(now)
        try:
            return await plan(now)
        except ValueError as error:  # from pydantic: an id that cannot be sent
            raise RequestError(_("PandaPon's description of this refund lacks what a change needs.")) from error

    target = changes.refund_target(refund.platform, refund.refund_id)
    outcome = await ctx.writer.make(WIZARD.act_of(flow), target, planned)
    if outcome.write.state in DONE:
        await _read_soon(ctx, refund)
    is_over = outcome.write.state in DONE or not outcome.error
    notes = [_("By {user}").format(user=name(outcome.write.actor))]
    notes.append(_("`/panda refunds` shows what is next."))
    blocks = [el.section(outcome_words(outcome.write, outcome.error)), el.context(" · ".join(notes))]
    return Done(blocks, (outcome.write.id,) if is_over else ())


async def _read_soon(ctx: Context, refund: Refund) -> None:
    try:
        await read_soon(ctx, OrderRef(refund.platform, refund.order_id))
    except StorageError:  # the poller reads it a little later
        return


def _ids(handling: HandlingRefund) -> tuple[Platform, str, str]:
    refund = handling.refund
    return refund.platform, refund.refund_id, refund.order_id


def _changed_words(shown: Refund, now: Refund) -> str:
    words = _("The refund has changed since you saw it ({before} → {after}), so nothing was done. Open it again.")
    amounts = [money(each.amount) if each.amount is not None else _("not given") for each in (shown, now)]
    return words.format(before=amounts[0], after=amounts[1])


WIZARD = Wizard(
    "refund_act",
    HandlingRefund,
    WriteScope.ALL,
    lambda: _("Refund"),
    {
        "letter": Step(pages.letter_page, fill_letter, read),
        "letter_review": Step(pages.letter_review, send_letter, back="letter"),
        "return": Step(pages.return_page, fill_return, read),
        "return_review": Step(pages.return_review, send_return, back="return"),
        "change": Step(pages.change_page, fill_change, read),
        "change_review": Step(pages.change_review, change_refund, back="change"),
        "cancel": Step(pages.cancel_page, cancel_refund),
    },
    forgets=True,
)
