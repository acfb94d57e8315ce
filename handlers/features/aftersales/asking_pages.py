"""The pages of the form that asks for a refund: lines, reason, review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.forms import VALUE, Choice, field, radio, select
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.labels import platform_name
from handlers.blocks.locale_data import number
from handlers.blocks.parts import short_name
from handlers.blocks.punctuation import bracketed, labelled
from handlers.blocks.text import escape, plain, truncate, yuan
from handlers.features.aftersales import asking_fields as names
from handlers.features.aftersales.claims import LINES, least_of, most_of, platform_link
from handlers.features.aftersales.state_words import capitalised
from handlers.wire.files import ENDINGS
from handlers.writing.steps import Page
from pandapon.aftersales import GoodsState
from pandapon.shipment import OrderRef, Platform
from tracking.flows import AskingRefund

if TYPE_CHECKING:
    from handlers.blocks.message import Block
    from pandapon.aftersales import RefundRequest
    from tracking.flows import ClaimableLine, Flow

TITLE, VARIANT, REASON, WORDS = 60, 40, 70, 500  # characters that are shown
MOST_CHARACTERS = 500  # characters of a description, the bot's own limit: the platforms' forms take a few hundred
MOST_PIECES = 1_000_000
PICTURES = 5  # of a claim, the bot's own limit
REASONS, FEW = 100, 10  # reasons in a menu; lines that are shown as radio buttons


def content(flow: Flow) -> AskingRefund:
    """The form's content."""
    assert isinstance(flow.content, AskingRefund)
    return flow.content


def request_of(asking: AskingRefund) -> RefundRequest:
    """Return the request as filled in so far. Every page after the page of lines has one."""
    assert asking.ask is not None
    return asking.ask


def most_pieces(line: ClaimableLine) -> int:
    """How many pieces of a line may be claimed: its quantity, or MOST_PIECES where the order does not give it."""
    return min(line.pieces or MOST_PIECES, MOST_PIECES)


def lines_page(flow: Flow) -> Page:
    """Ask for the lines and pieces, where the goods are, and whether to return them."""
    asking = content(flow)
    blocks = [el.section(_("Which products is it about?") + f"\n{_order(asking)}")]
    blocks += _taobao_lines(asking) if asking.platform is Platform.TAOBAO else _alibaba_lines(asking)
    if len(asking.lines) > LINES:
        link = platform_link(OrderRef(asking.platform, asking.order_id))
        note = _("More than {n} products: ask for the others there: {link}.")
        blocks.append(el.context(note.format(n=LINES, link=link)))
    if asking.is_shipped is not False:
        ask = asking.ask
        goods = ask.goods if ask else ""
        kind = "return" if ask and ask.with_return else "refund"
        blocks += [
            field(_("Have the products arrived?"), names.GOODS, _goods_menu(asking, goods)),
            field(_("What do you want?"), names.KIND, radio(_kind_choices(), kind)),
        ]
    return Page(blocks, _("Next"))


def reason_page(flow: Flow) -> Page:
    """Ask for amount, reason, description and pictures."""
    asking = content(flow)
    ask, terms = request_of(asking), asking.terms
    most = most_of(asking, ask)
    blocks = [el.section(_moved(*asking.moved))] if asking.moved else []
    blocks += [el.section("\n".join(_chosen(asking)))]
    blocks.append(_amount_field(_("Refund amount in yuan"), names.AMOUNT, f"{ask.amount:.2f}", _limits(asking, most)))
    if asking.shipping_fen and asking.platform is Platform.ALIBABA:
        hint = _("Up to {amount}, if you want the shipping back, too.").format(amount=yuan(asking.shipping_fen))
        label = _("Shipping to refund, in yuan")
        blocks.append(_amount_field(label, names.SHIPPING, f"{ask.shipping:.2f}", hint, optional=True))
    if terms:
        reasons = [Choice(each.reason_id, _label(each.words, REASON)) for each in terms.reasons[:REASONS]]
        blocks.append(field(_("Reason"), names.REASON, select(reasons, ask.reason_id)))
    blocks.append(_words_field(ask))
    blocks += _pictures(asking)
    return Page(blocks, _("Review"))


def review_page(flow: Flow) -> Page:
    """Show everything that the seller will read, before it is sent."""
    asking = content(flow)
    ask = request_of(asking)
    facts = [
        labelled(_("Amount"), f"*{yuan(total_fen(ask))}*"),
        labelled(_("Wanted"), kind_words(with_return=ask.with_return)),
        labelled(_("Products"), _goods_words(ask.goods)),
        labelled(_("Reason"), escape(truncate(reason_of(asking), REASON))),
    ]
    blocks = [el.section("\n".join(_chosen(asking))), el.section("\n".join(facts))]
    if ask.description:
        blocks.append(el.section(labelled(_("Description"), escape(truncate(ask.description, WORDS)))))
    blocks += _proofs(asking)
    blocks.append(el.context(_("The seller reads this. Nothing is sent until you confirm.")))
    return Page(blocks, _("Ask for refund"))


def total_fen(ask: RefundRequest) -> int:
    """Return the amount that the buyer asks back, shipping included, in fen."""
    return int((ask.amount + ask.shipping) * 100)


def reason_of(asking: AskingRefund) -> str:
    """The chosen reason in the platform's words."""
    reasons = asking.terms.reasons if asking.terms else ()
    reason_id = request_of(asking).reason_id
    return next((each.words for each in reasons if each.reason_id == reason_id), reason_id)


def kind_words(*, with_return: bool) -> str:
    """Say whether the buyer returns the goods or wants the money alone."""
    return _("return and refund") if with_return else _("refund only, no return")


def name_of(line: ClaimableLine) -> str:
    """A line's title and variant, as Slack text."""
    title = escape(truncate(line.title, TITLE)) or _("(no title)")
    return bracketed(title, escape(truncate(line.variant, VARIANT)))


def _alibaba_lines(asking: AskingRefund) -> list[Block]:
    pieces = {line.entry_id: line.pieces for line in asking.ask.lines} if asking.ask else {}
    is_only = len(asking.lines) == 1
    return [
        _pieces_field(line, at, pieces.get(line.entry_id, line.pieces if is_only and not asking.ask else 0))
        for at, line in enumerate(asking.lines[:LINES])
        if not line.is_taken
    ]


def _pieces_field(line: ClaimableLine, at: int, pieces: int) -> Block:
    element: Block = {
        "type": "number_input",
        "action_id": VALUE,
        "is_decimal_allowed": False,
        "min_value": "0",
        "max_value": str(most_pieces(line)),
        "initial_value": str(pieces),
    }
    label = _label(" · ".join(part for part in (line.title, line.variant) if part), TITLE + VARIANT)
    of_all = ngettext("pieces, of {n}", "pieces, of {n}", line.pieces).format(n=number(line.pieces))
    facts = [of_all if line.pieces else "", yuan(line.fen) if line.fen is not None else ""]
    hint = " · ".join(fact for fact in facts if fact)
    return field(label or line.entry_id, f"{names.PIECES}{at}", element, optional=True, hint=hint)


def _taobao_lines(asking: AskingRefund) -> list[Block]:
    free_lines = [(at, line) for at, line in enumerate(asking.lines[:LINES]) if not line.is_taken]
    entry_id = asking.ask.lines[0].entry_id if asking.ask else ""
    at_first = next((str(at) for at, line in free_lines if line.entry_id == entry_id), "")
    choices = [Choice(str(at), _choice(line)) for at, line in free_lines]
    menu = radio(choices, at_first) if len(choices) <= FEW else select(choices, at_first)
    hint = _("Taobao refunds one product at a time.") if len(asking.lines) > 1 else ""
    return [field(_("Product"), names.LINE, menu, hint=hint)]


def _choice(line: ClaimableLine) -> str:
    amount = yuan(line.fen) if line.fen is not None else ""
    count = f"× {number(line.pieces)}" if line.pieces else ""
    facts = [_label(line.title, 28), _label(line.variant, 12), count, amount]
    return " · ".join(fact for fact in facts if fact)


def _label(remote: str, limit: int) -> str:
    # Plain text notifies nobody in Slack; "<" is replaced for other programs that read the payload.
    return truncate(plain(remote), limit).replace("<", "＜")


def _goods_menu(asking: AskingRefund, chosen: str) -> Block:
    """The menu of where the goods are. It has no default where nobody knows whether the order was shipped."""
    states = [GoodsState.RECEIVED, GoodsState.NOT_RECEIVED]
    states += [GoodsState.NOT_SHIPPED] if asking.is_shipped is None else []
    menu = radio([Choice(state.value, capitalised(_goods_words(state))) for state in states], chosen)
    if asking.is_shipped is None and not chosen:
        del menu["initial_option"]
    return menu


def _kind_choices() -> list[Choice]:
    return [
        Choice("refund", _("Refund only, no return")),
        Choice("return", _("Return the products and get a refund")),
    ]


def _goods_words(goods: GoodsState) -> str:
    return {
        GoodsState.NOT_SHIPPED: _("not shipped yet"),
        GoodsState.NOT_RECEIVED: _("not received"),
        GoodsState.RECEIVED: _("received"),
    }[goods]


def _order(asking: AskingRefund) -> str:
    total = f" · {yuan(asking.total_fen)}" if asking.total_fen is not None else ""
    return short_name(OrderRef(asking.platform, asking.order_id)) + total


def _chosen(asking: AskingRefund) -> list[str]:
    by_entry = {line.entry_id: line for line in asking.lines}
    lines = [f"*{_order(asking)}*"]
    for chosen in request_of(asking).lines:
        line = by_entry[chosen.entry_id]
        is_counted = line.pieces or asking.platform is Platform.ALIBABA  # Taobao's form asks for no number
        lines.append(f"• {number(chosen.pieces)} × {name_of(line)}" if is_counted else f"• {name_of(line)}")
    return lines


def _amount_field(label: str, name: str, value: str, hint: str, *, optional: bool = False) -> Block:
    element: Block = {
        "type": "number_input",
        "action_id": VALUE,
        "is_decimal_allowed": True,
        "min_value": "0",
        "initial_value": value,
    }
    return field(label, name, element, hint=hint, optional=optional)


def _limits(asking: AskingRefund, most: int | None) -> str:
    least = least_of(asking)
    if most is None:
        return _("At least {least}.").format(least=yuan(least))
    return _("From {least} to {most}.").format(least=yuan(least), most=yuan(most))


def _words_field(ask: RefundRequest) -> Block:
    element: Block = {"type": "plain_text_input", "action_id": VALUE, "multiline": True, "max_length": MOST_CHARACTERS}
    element |= {"initial_value": ask.description} if ask.description else {}
    hint = _("In Chinese, if you can: the seller reads it. No address or phone number, please.")
    is_optional = ask.platform is Platform.TAOBAO
    return field(_("What is wrong?"), names.WORDS, element, hint=hint, optional=is_optional)


def _pictures(asking: AskingRefund) -> list[Block]:
    if asking.platform is Platform.TAOBAO:
        link = platform_link(OrderRef(asking.platform, asking.order_id))
        words = _("PandaPon takes no pictures for Taobao. Add them there afterwards: {link}.")
        return [el.context(words.format(link=link))]
    if not asking.takes_proofs:
        setting = "`PANDAPON_PATHS` (1688.refund.voucher)"
        words = _("Pictures can't be sent: PandaPon's address for them is not published. Your admin can set {setting}.")
        return [el.context(words.format(setting=setting))]
    element: Block = {"type": "file_input", "action_id": VALUE, "filetypes": list(ENDINGS), "max_files": PICTURES}
    hint = _("Up to {n} pictures of the damage, the label or the packing.").format(n=PICTURES)
    return [*_proofs(asking), field(_("Pictures"), names.PICTURES, element, optional=True, hint=hint)]


def _proofs(asking: AskingRefund) -> list[Block]:
    """The number of attached pictures, and the problem of each picture that could not be attached."""
    attached = [proof for proof in asking.proofs if proof.address]
    words = ngettext("📎 {n} picture is attached.", "📎 {n} pictures are attached.", len(attached))
    lines = [words.format(n=number(len(attached)))] if attached else []
    problems = [proof.problem for proof in asking.proofs if not proof.address]
    lines += [_("⚠️ Not attached: {problem}").format(problem=problem) for problem in problems]
    return [el.section("\n".join(lines))] if lines else []


def _moved(before: int | None, now: int | None) -> str:
    unknown = _("not given")
    words = _("⚠️ *The most that can be refunded has changed: {before} → {now}.* Nothing was sent. Check the amount.")
    amounts = [yuan(fen) if fen is not None else unknown for fen in (before, now)]
    return words.format(before=amounts[0], now=amounts[1])


def done_notes(platform: Platform) -> str:
    """Say who acts next, once the buyer has asked for a refund."""
    words = _("The seller answers on {platform}. `/panda refunds` shows what is next.")
    return words.format(platform=platform_name(platform))
