"""Names and signs of milestones, platforms, order states, reasons and required actions, and the progress bar.

The views show them through :mod:`handlers.blocks.standing`.
"""

from __future__ import annotations

from handlers.blocks.i18n import _
from pandapon.courier import Action, Reason
from pandapon.milestones import fold_code
from pandapon.shipment import PROGRESS, Milestone, Platform

M = Milestone

_SIGNS: dict[Milestone, str] = {
    M.ORDERED: "🛒",
    M.PAID: "💳",
    M.SHIPPED: "📤",
    M.PICKED_UP: "📦",
    M.IN_TRANSIT: "🚚",
    M.ARRIVED: "📍",
    M.OUT_FOR_DELIVERY: "🛵",
    M.READY_FOR_PICKUP: "🏪",
    M.DELIVERED: "✅",
    M.ATTEMPT_FAILED: "⚠️",
    M.EXCEPTION: "⚠️",
    M.RETURNING: "↩️",
    M.RETURNED: "↩️",
    M.CANCELLED: "✖️",
    M.LOST: "❌",
}

# The bar has one sign for each stage. Nine would not fit a phone, and some milestones mean the same to a buyer.
_STAGES: tuple[frozenset[Milestone], ...] = (
    frozenset({M.ORDERED}),
    frozenset({M.PAID}),
    frozenset({M.SHIPPED, M.PICKED_UP}),
    frozenset({M.IN_TRANSIT, M.ARRIVED}),
    frozenset({M.OUT_FOR_DELIVERY, M.READY_FOR_PICKUP}),
    frozenset({M.DELIVERED}),
)


def milestone_name(milestone: Milestone | None) -> str:
    """The milestone in words; where a person has to act, the words say so: "Pick it up". None: it is not known yet."""
    names = {
        M.ORDERED: _("Ordered"),
        M.PAID: _("Waiting for the seller to ship"),
        M.SHIPPED: _("Shipped"),
        M.PICKED_UP: _("Picked up"),
        M.IN_TRANSIT: _("In transit"),
        M.ARRIVED: _("At the local depot"),
        M.OUT_FOR_DELIVERY: _("Out for delivery"),
        M.READY_FOR_PICKUP: _("Pick it up"),
        M.DELIVERED: _("Delivered"),
        M.ATTEMPT_FAILED: _("Delivery attempt failed"),
        M.EXCEPTION: _("Delivery problem"),
        M.RETURNING: _("On its way back to the sender"),
        M.RETURNED: _("Returned to sender"),
        M.CANCELLED: _("Cancelled"),
        M.LOST: _("Lost"),
    }
    return names[milestone] if milestone else _("State not known yet")


def milestone_emoji(milestone: Milestone | None) -> str:
    """The milestone's emoji, as a character rather than Slack's ``:code:``, so that a terminal shows it too."""
    return _SIGNS[milestone] if milestone else "❔"


def bar(milestone: Milestone | None, reached: Milestone | None = None) -> str:
    """The bar of six stages with the reached ones filled, and their number: ``▰▰▰▰▱▱ 4 of 6``; empty: none is reached.

    Both signs are no emoji and from one block of Unicode, so that they have the same size in every font; the number is
    for screen readers. A problem is no stage: its bar ends at ``reached``, the furthest progress before the problem.
    """
    at = reached if milestone and milestone.is_problem else milestone
    n, total = next((n for n, stage in enumerate(_STAGES, 1) if at in stage), 0), len(_STAGES)
    return "▰" * n + "▱" * (total - n) + " " + _("{n} of {total}").format(n=n, total=total) if n else ""


def reason_words(reason: Reason) -> str:
    """The reason in words, to follow the milestone's name; empty for ``Reason.OTHER``, a problem without a reason."""
    return {
        Reason.REFUSED: _("refused by the receiver"),
        Reason.NO_CONTACT: _("the receiver cannot be reached"),
        Reason.ABSENT: _("nobody was there"),
        Reason.ADDRESS: _("the address is wrong or incomplete"),
        Reason.OUT_OF_AREA: _("outside the delivery area"),
        Reason.DELAYED: _("delayed"),
        Reason.DAMAGED: _("damaged"),
        Reason.MISSING: _("something is missing"),
        Reason.MISSORTED: _("sent the wrong way"),
        Reason.FORBIDDEN: _("products that are not allowed"),
        Reason.HELD: _("held back"),
        Reason.CUSTOMS_INSPECTION: _("inspected by customs"),
        Reason.CUSTOMS_HELD: _("held by customs"),
        Reason.PAPERS: _("papers are missing"),
        Reason.DUTY: _("duty or charges have to be paid"),
        Reason.INTERCEPTED: _("intercepted"),
        Reason.NOT_FETCHED: _("not fetched in time"),
        Reason.NOT_COLLECTED: _("not collected from the sender"),
        Reason.SIGNATURE_DISPUTED: _("the signature is disputed"),
        Reason.LOST: _("perhaps lost"),
        Reason.COMPENSATED: _("compensation agreed"),
        Reason.DESTROYED: _("destroyed"),
        Reason.SEIZED: _("confiscated"),
        Reason.ABANDONED: _("given up"),
        Reason.FORWARDED: _("sent on to another address"),
        Reason.PARTIAL: _("only a part has come"),
        Reason.OTHER: "",
        Reason.BY_BUYER: "",  # the person who cancelled the order knows, and the order's page says so
    }[reason]


def action_words(action: Action) -> str:
    """The action that a person has to take, and its reason, to follow "Action needed:"."""
    return {
        Action.PICK_UP: _("pick it up soon, or it goes back"),
        Action.ADDRESS: _("the address is wrong or incomplete"),
        Action.CONTACT: _("the courier cannot reach the receiver"),
        Action.PAPERS: _("papers are missing"),
        Action.PAY: _("duty or charges have to be paid"),
    }[action]


def furthest(milestones: list[Milestone | None]) -> Milestone | None:
    """The milestone with the highest rank among those that are in ``PROGRESS``; None where none is."""
    progress = [milestone for milestone in milestones if milestone in PROGRESS]
    return max(progress, key=lambda milestone: milestone.rank if milestone else -1, default=None)


def platform_name(platform: Platform) -> str:
    """The marketplace as its own customers write it, e.g. 淘宝 in Chinese."""
    return "1688" if platform is Platform.ALIBABA else _("Taobao")


def status_name(platform: Platform, code: str) -> str:
    """An order's state code in words. An unknown code is returned unchanged, since nobody knows what it means."""
    if platform is Platform.ALIBABA:
        return _alibaba_states().get(fold_code(code), code)
    return _taobao_states().get(fold_code(code), code)


def _alibaba_states() -> dict[str, str]:
    """1688's states by their folded codes. Upstream documents them, and the last two for a sibling of this API."""
    return {
        "waitbuyerpay": _("Waiting for payment"),
        "waitsellersend": _("Waiting for the seller to ship"),
        "waitlogisticstakein": _("Waiting for the courier to pick it up"),
        "waitbuyerreceive": _("Shipped"),
        "waitbuyersign": _("Waiting for the buyer to sign"),
        "signinsuccess": _("Signed for"),
        "confirmgoods": _("Receipt confirmed"),
        "success": _("Completed"),
        "cancel": _("Cancelled"),
        "terminated": _("Terminated"),
        "waitingforpayment": _("Waiting for payment"),
        "waitingforsent": _("Waiting for the seller to ship"),
    }


def _taobao_states() -> dict[str, str]:
    """Taobao's states by their numeric and folded named codes, both documented for a sibling of this API."""
    unpaid, unsent, sent = _("Waiting for payment"), _("Waiting for the seller to ship"), _("Shipped")
    closed = _("Cancelled or closed")
    return {
        **dict.fromkeys(("12", "buliding", "orderbuliding"), _("Being created")),
        **dict.fromkeys(("0", "waitbuyerp", "waitbuyerpay", "taobaoorderwaitbuyerpay"), unpaid),
        **dict.fromkeys(("1", "orderpaystatus"), _("Paid, waiting for the finance team")),
        **dict.fromkeys(("2", "orderfinancepassstatus"), _("Approved by the finance team")),
        **dict.fromkeys(("3", "orderfinancerefusestatus"), _("Rejected by the finance team")),
        **dict.fromkeys(("5", "waitfinancepay"), _("Waiting for the finance team's payment")),
        "10": unsent,
        "waitsellersendgoods": unsent,
        "11": sent,
        "waitbuyerconfirmgoods": sent,
        **dict.fromkeys(("4", "cancel", "tradeclosed"), closed),
        "9": _("Other"),
    }
