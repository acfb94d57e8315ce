"""The pages of the form for one act on a refund: a message, a return shipment, a change, a cancellation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.forms import VALUE, Choice, field, select
from handlers.blocks.i18n import _
from handlers.blocks.labels import platform_name
from handlers.blocks.parts import short_name
from handlers.blocks.punctuation import labelled
from handlers.blocks.text import escape, money, plain, sanitize_id, truncate, yuan
from handlers.features.aftersales.asking_pages import MOST_CHARACTERS
from handlers.features.aftersales.claims import yuan_of
from handlers.features.aftersales.state_words import heading
from handlers.writing.steps import Page
from pandapon import carts
from pandapon.shipment import OrderRef
from tracking.flows import HandlingRefund

if TYPE_CHECKING:
    from handlers.blocks.message import Block
    from tracking.flows import Flow

WORDS, CARRIER, NUMBER, AMOUNT, REASON = "words", "carrier", "number", "amount", "reason"  # the fields
SHOWN, NAME = 500, 70  # characters of a text and of a name that are shown
CHOICES = 100  # in a menu
MOST_LETTER = 200  # characters of a message, the bot's own limit


def content(flow: Flow) -> HandlingRefund:
    """The form's content."""
    assert isinstance(flow.content, HandlingRefund)
    return flow.content


def letter_page(flow: Flow) -> Page:
    """Ask for the message."""
    handling = content(flow)
    element: Block = {"type": "plain_text_input", "action_id": VALUE, "multiline": True, "max_length": MOST_LETTER}
    element |= {"initial_value": handling.words} if handling.words else {}
    hint = _("In Chinese, if you can. No address or phone number, please.")
    return Page([_refund(handling), field(_("Message to the seller"), WORDS, element, hint=hint)], _("Review"))


def letter_review(flow: Flow) -> Page:
    """Show the message before it is sent."""
    handling = content(flow)
    message = labelled(_("Your message"), escape(truncate(handling.words, SHOWN)))
    return Page([_refund(handling), el.section(message), _nothing_yet()], _("Send message"))


def return_page(flow: Flow) -> Page:
    """Ask for carrier and tracking number."""
    handling = content(flow)
    carriers = [Choice(each.code, _label(each.name)) for each in handling.carriers[:CHOICES]]
    number: Block = {"type": "plain_text_input", "action_id": VALUE, "max_length": 40}
    number |= {"initial_value": handling.number} if handling.number else {}
    blocks = [
        _refund(handling),
        field(_("Carrier"), CARRIER, select(carriers, handling.carrier)),
        field(_("Tracking number"), NUMBER, number, hint=_("As it stands on the carrier's receipt.")),
    ]
    return Page(blocks, _("Review"))


def return_review(flow: Flow) -> Page:
    """Show carrier and number before they are sent."""
    handling = content(flow)
    name = next((each.name for each in handling.carriers if each.code == handling.carrier), handling.carrier)
    facts = [
        labelled(_("Carrier"), escape(truncate(name, NAME))),
        labelled(_("Tracking number"), f"`{sanitize_id(handling.number)}`"),
    ]
    return Page([_refund(handling), el.section("\n".join(facts)), _nothing_yet()], _("Tell the seller"))


def change_page(flow: Flow) -> Page:
    """Ask for the new amount, reason and description."""
    handling = content(flow)
    refund, terms = handling.refund, handling.terms
    fen = handling.amount_fen
    if fen is None and refund.amount is not None:
        fen = carts.fen(refund.amount)
    amount: Block = {"type": "number_input", "action_id": VALUE, "is_decimal_allowed": True, "min_value": "0"}
    amount |= {"initial_value": f"{yuan_of(fen):.2f}"} if fen is not None else {}
    most = terms.most if terms else None
    hint = _("Up to {amount}.").format(amount=money(most)) if most is not None else ""
    blocks = [_refund(handling), field(_("Refund amount in yuan"), AMOUNT, amount, hint=hint)]
    if terms and terms.reasons:
        reasons = [Choice(each.reason_id, _label(each.words)) for each in terms.reasons[:CHOICES]]
        blocks.append(field(_("Reason"), REASON, select(reasons, handling.reason_id or refund.reason_id)))
    words: Block = {"type": "plain_text_input", "action_id": VALUE, "multiline": True, "max_length": MOST_CHARACTERS}
    former = handling.words or truncate(refund.description, MOST_CHARACTERS)
    words |= {"initial_value": former} if former else {}
    blocks.append(field(_("What is wrong?"), WORDS, words, optional=True))
    return Page(blocks, _("Review"))


def change_review(flow: Flow) -> Page:
    """Show what changes before it is sent."""
    handling = content(flow)
    return Page([_refund(handling), el.section("\n".join(differences(handling))), _nothing_yet()], _("Change refund"))


def cancel_page(flow: Flow) -> Page:
    """Ask whether to cancel."""
    handling = content(flow)
    platform = platform_name(handling.refund.platform)
    words = _("⚠️ A cancelled refund can't be reopened, and {platform} may not allow another one for this product.")
    return Page([_refund(handling), el.section(words.format(platform=platform))], _("Cancel refund"))


def differences(handling: HandlingRefund) -> list[str]:
    """The differences from what the refund asks for now, a line for each."""
    refund, lines = handling.refund, []
    if handling.amount_fen is not None and (refund.amount is None or carts.fen(refund.amount) != handling.amount_fen):
        former = money(refund.amount) if refund.amount is not None else _("not given")
        change = _("{before} → {after}").format(before=former, after=yuan(handling.amount_fen))
        lines.append(labelled(_("Amount"), change))
    if handling.reason_id and handling.reason_id != refund.reason_id:
        reasons = handling.terms.reasons if handling.terms else ()
        after = next((each.words for each in reasons if each.reason_id == handling.reason_id), handling.reason_id)
        change = _("{before} → {after}").format(before=_shown(refund.reason), after=_shown(after))
        lines.append(labelled(_("Reason"), change))
    if handling.words and " ".join(handling.words.split()) != " ".join(refund.description.split()):
        lines.append(labelled(_("Description"), escape(truncate(handling.words, SHOWN))))
    return lines


def _refund(handling: HandlingRefund) -> Block:
    refund = handling.refund
    amount = f" · {money(refund.amount)}" if refund.amount is not None else ""
    lines = [f"*{heading(refund.code)}{amount}*", escape(truncate(refund.title, NAME))]
    order = [short_name(OrderRef(refund.platform, refund.order_id))] if refund.order_id else []
    lines.append(" · ".join([*order, _("refund {id}").format(id=f"`{sanitize_id(refund.refund_id)}`")]))
    return el.section("\n".join(line for line in lines if line))


def _nothing_yet() -> Block:
    return el.context(_("The seller reads this. Nothing is sent until you confirm."))


def _shown(words: str) -> str:
    return escape(truncate(words, NAME)) or _("not given")


def _label(remote: str) -> str:
    # Plain text notifies nobody in Slack; "<" is replaced for other programs that read the payload.
    return truncate(plain(remote), NAME).replace("<", "＜") or "–"
