"""The buttons of a refund. Each reads the refund anew and opens the form for its act."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim
from handlers.access.subjects import Subject, claimed
from handlers.blocks import action_ids
from handlers.blocks.i18n import _
from handlers.commands.declarations import Listener
from handlers.features.aftersales.handling import WIZARD, require_open
from handlers.features.aftersales.refunds_view import MAY_BE_CHANGED
from handlers.wire import payloads
from handlers.wire.errors import OutdatedError, RequestError
from handlers.writing.steps import Goto
from pandapon import aftersales, refund_reading
from pandapon.aftersales import GoodsState, RefundLine, RefundRequest
from pandapon.errors import PandaPonError
from pandapon.operations import refunds as ops
from pandapon.refunds import RefundState, refund_state
from pandapon.shipment import Platform
from tracking.flows import HandlingRefund
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from handlers.interactions.interaction import Interaction
    from pandapon.aftersales import Refund
    from pandapon.client import PandaPon
    from pandapon.operations.operation import Operation

_VALUE = re.compile(r"(?P<platform>1688|taobao)\.(?P<refund>[A-Za-z0-9_-]{1,40})\.(?P<order>[0-9]{0,20})")


@dataclass(frozen=True, slots=True)
class NamedRefund:
    """A refund as a button names it."""

    platform: Platform
    refund_id: str
    order_id: str


@dataclass(frozen=True, slots=True)
class ActKind:
    """A kind of act: its first page, the operation that does it, and the operations that its form calls before.

    ``prepare``: reads the content of the first page.
    """

    step: str
    operation: Callable[[Platform], Operation[Any, Any] | None]  # None: the platform has none
    reads: Callable[[Platform], tuple[Operation[Any, Any], ...]]
    prepare: Callable[[PandaPon, Refund], Awaitable[HandlingRefund]]


def opener(kind: ActKind) -> Callable[[Subject, Interaction], Awaitable[None]]:
    """Make the handler of the button that opens the form for a kind of act."""

    async def open_form(subject: Subject, interaction: Interaction) -> None:
        async def begin() -> Goto:
            named: NamedRefund = await claimed(interaction, subject)
            api, operation = interaction.ctx.api, kind.operation(named.platform)
            if operation is None:
                raise OutdatedError
            for each in (operation, *kind.reads(named.platform)):
                api.catalogue.path(each.name)  # the person learns of an unknown path before filling anything in
            refund = await refund_reading.refund(api, named.platform, named.refund_id)
            require_open(refund)
            refund = refund.model_copy(update={"order_id": refund.order_id or named.order_id})
            return Goto(kind.step, await kind.prepare(api, refund))

        await WIZARD.open(interaction, begin)

    return open_form


async def _prepare_plain(_api: PandaPon, refund: Refund) -> HandlingRefund:
    return HandlingRefund(refund)


async def _prepare_with_carriers(api: PandaPon, refund: Refund) -> HandlingRefund:
    if refund_state(refund.code) is not RefundState.AGREED:
        raise RequestError(_("The seller has not agreed to a return, or it is entered already. Nothing was done."))
    carriers = await refund_reading.carriers(api, refund.platform, refund.refund_id)
    if not carriers:
        raise RequestError(_("PandaPon names no carrier for returns, so nothing can be entered."))
    return HandlingRefund(refund, carriers=carriers)


async def _prepare_with_terms(api: PandaPon, refund: Refund) -> HandlingRefund:
    """Prepare the form with the refund's limits. Where they can't be read, the platform checks the amount.

    They can't be read where PandaPon refuses them, and where the id of the refund's line is none that can be sent.
    """
    if refund_state(refund.code) not in MAY_BE_CHANGED:
        raise RequestError(_("The seller has agreed already, so this refund can't be changed any more."))
    if not refund.entry_id:
        return HandlingRefund(refund)
    ask = RefundRequest(
        platform=refund.platform,
        order_id=refund.order_id,
        lines=(RefundLine(entry_id=refund.entry_id, pieces=1),),
        goods=GoodsState.RECEIVED,
        with_return=bool(refund.with_return),
    )
    try:
        return HandlingRefund(refund, terms=await refund_reading.terms(api, ask))
    except (PandaPonError, ValueError):  # ValueError is from pydantic
        return HandlingRefund(refund)


async def _claim_refund(interaction: Interaction, _given: Any) -> Claim:
    """Read the button's value, which anybody can forge; PandaPon knows only the account's own refunds."""
    match = _VALUE.fullmatch(payloads.value(interaction.body))
    if match is None:
        raise OutdatedError
    await interaction.ctx.gate.require(interaction.client, WriteScope.ALL, interaction.user, interaction.channel)
    return Claim(NamedRefund(Platform(match["platform"]), match["refund"], match["order"]))


def _only_taobao(operation: Operation[Any, Any]) -> Callable[[Platform], Operation[Any, Any] | None]:
    return lambda platform: operation if platform is Platform.TAOBAO else None


def _reads_nothing(_platform: Platform) -> tuple[Operation[Any, Any], ...]:
    return ()


KINDS = {
    action_ids.REFUND_LETTER: ActKind(
        "letter", _only_taobao(ops.TAOBAO_MESSAGE), lambda _platform: (ops.TAOBAO_MESSAGES,), _prepare_plain
    ),
    action_ids.REFUND_RETURN: ActKind(
        "return", aftersales.SHIP.get, lambda platform: (aftersales.CARRIERS[platform],), _prepare_with_carriers
    ),
    action_ids.REFUND_CHANGE: ActKind("change", _only_taobao(ops.TAOBAO_CHANGE), _reads_nothing, _prepare_with_terms),
    action_ids.REFUND_CANCEL: ActKind("cancel", _only_taobao(ops.TAOBAO_CANCEL), _reads_nothing, _prepare_plain),
}
REFUND = Subject("a refund that is read again, for a person who may change refunds", _claim_refund)

FEATURE = WIZARD.feature(*(Listener("action", id_, REFUND, opener(kind)) for id_, kind in KINDS.items()))
