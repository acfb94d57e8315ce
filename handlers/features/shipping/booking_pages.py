"""The pages of the form that sends orders abroad: receiver, service, review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks import freight_words
from handlers.blocks.forms import Choice, field, radio
from handlers.blocks.freight_words import price
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.text import code, escape, truncate
from handlers.features.shipping import receiver_fields
from handlers.features.shipping.entries import text_field
from handlers.writing.steps import Page
from tracking.flows import Shipping
from tracking.writes import WriteState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracking.flows import Flow
    from tracking.freight import Earlier, Offer, OrderToShip, Preview

OFFERS = 10  # services to choose from: Slack's limit of radio buttons
TITLE, LINE, CHOICE = 60, 60, 26  # characters
LINES = 6  # of each order in the review


def content_of(flow: Flow) -> Shipping:
    """The form's content."""
    assert isinstance(flow.content, Shipping)
    return flow.content


def total_of(previews: Sequence[Preview]) -> int | None:
    """The sum in hundredths of the currency; None where a price is missing, or the currencies differ."""
    known = [each.fen for each in previews if each.fen is not None]
    is_whole = len(known) == len(previews) and len({each.currency for each in previews}) == 1
    return sum(known) if is_whole else None


def receiver_page(flow: Flow) -> Page:
    """Ask for the receiver."""
    content = content_of(flow)
    note = _("Only you see this. I keep it until this form is done, and then only PandaPon has it.")
    blocks = [el.section("\n".join(_order(order) for order in content.orders))]
    return Page([*blocks, *receiver_fields.fields(content.receiver), el.context(note)], _("Show services"))


def _order(order: OrderToShip) -> str:
    n = sum(line.quantity for line in order.lines)
    pieces = ngettext("{n} pc", "{n} pcs", n).format(n=n)
    return f"*{escape(truncate(order.title, TITLE))}* · {code(order.order_id)} · {pieces}"


def service_page(flow: Flow) -> Page:
    """Offer the services that carry all orders."""
    content = content_of(flow)
    where = escape(freight_words.country(content.receiver.country))
    if not content.offers:
        return Page([el.section(_("PandaPon offers no service to {country} for all of this.").format(country=where))])
    menu = radio([Choice(offer.service_id, _choice(offer)) for offer in content.offers[:OFFERS]], content.chosen)
    note = _("Estimates. The next page asks PandaPon for the price that is booked; nothing is booked yet.")
    return Page(
        [
            field(
                _("Service to {country}").format(country=freight_words.country(content.receiver.country)),
                "service",
                menu,
            ),
            field(_("Note to the warehouse"), "remark", text_field(content.remark), optional=True),
            el.context(note),
        ],
        _("Preview"),
    )


def _choice(offer: Offer) -> str:
    parts = [price(offer.fen, offer.currency), freight_words.service(offer, CHOICE), freight_words.days(offer)]
    return " · ".join(part for part in parts if part).replace("<", "＜")


def review_page(flow: Flow) -> Page:
    """Show what would be booked, and for how much."""
    content = content_of(flow)
    offer = content.service
    assert offer is not None
    service = " · ".join(part for part in (freight_words.service(offer), freight_words.days(offer)) if part)
    blocks = [el.section(_moved(content))] if content.former else []
    blocks += [el.section(_with_lines(order, content)) for order in content.orders]
    blocks += [el.section(f"*{escape(service)}*\n{receiver_fields.words(content.receiver)}")]
    blocks += [el.section(f"*{_total(content.previews)}*")] if len(content.previews) > 1 else []
    blocks += [el.context(escape(content.remark))] if content.remark else []
    blocks += [el.section(_earlier(earlier)) for earlier in content.earlier]
    if not content.may_book:
        off = _("Booking is switched off. Your pandabot admin can allow it: `{setting}`").format(setting="WRITES=all")
        return Page([*blocks, el.context(off)])
    note = _("PandaPon books and bills this at once, and it can't be cancelled from here.")
    return Page([*blocks, el.context(note)], _("Book again") if content.earlier else _("Book"))


def _with_lines(order: OrderToShip, content: Shipping) -> str:
    preview = next((each for each in content.previews if each.order_id == order.order_id), None)
    cost = price(preview.fen, preview.currency) if preview else price(None)
    lines = [
        f"• {escape(truncate(line.title or line.product_id, LINE))} × {line.quantity}" for line in order.lines[:LINES]
    ]
    if (remaining := len(order.lines) - LINES) > 0:
        lines.append(ngettext("and {n} more item", "and {n} more items", remaining).format(n=remaining))
    return "\n".join([f"{_order(order)} · *{cost}*", *lines])


def _total(previews: Sequence[Preview]) -> str:
    return _("Total: {amount}").format(amount=_amount(previews))


def _amount(previews: Sequence[Preview]) -> str:
    """The sum of each currency in words; that of an unknown price where a price is missing."""
    if any(each.fen is None for each in previews):
        return price(None)
    by_currency: dict[str, list[Preview]] = {}
    for each in previews:
        by_currency.setdefault(each.currency, []).append(each)
    return " + ".join(price(total_of(group), currency) for currency, group in by_currency.items())


def _moved(content: Shipping) -> str:
    words = _("⚠️ *The price has changed: {former} → {now}.* Nothing was booked. Press the button to accept it.")
    return words.format(former=_amount(content.former), now=_amount(content.previews))


def _earlier(earlier: Earlier) -> str:
    order = code(earlier.order_id)
    at = f"<!date^{earlier.at}^{{date_short_pretty}} {{time}}|–>"
    if earlier.state is WriteState.UNKNOWABLE:
        words = _(
            "⚠️ Nobody knows whether a booking of order {id} of {time} was done. Check {place} before you book again."
        )
        return words.format(id=order, time=at, place=freight_words.shipments())
    return _("⚠️ Freight abroad for order {id} was booked here already: {time}.").format(id=order, time=at)
