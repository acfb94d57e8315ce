"""A form of two pages that puts pieces at one yuan each into the cart. Above an amount it needs an approval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support import throwaway_wizard as throwaway

from handlers.access.subjects import PERSON, claimed
from handlers.blocks import elements as el
from handlers.blocks.write_words import DONE, outcome_words
from handlers.commands.declarations import Answer, Command, Feature, Listener
from handlers.parsing.words import Verb
from handlers.writing.additions import plan_addition, variant_of, variants
from handlers.writing.approval_check import Deed, check_approval
from handlers.writing.cart_changes import change_cart
from handlers.writing.steps import Done, Goto, Step
from handlers.writing.wizard import Wizard
from pandapon.shipment import Platform
from tracking.flows import Adding
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from handlers.interactions.interaction import Interaction
    from handlers.writing.plans import Plan
    from pandapon.carts import CartLine
    from tracking.flows import Flow

NAME = "approved"
PLACE = "M** · 杭州 · **34"
NOTE = "please wrap it <!channel> and call 13812345678"


def deed_of(flow: Flow) -> Deed:
    """What the approvers are shown."""
    assert isinstance(flow.content, Adding)
    product, pieces = flow.content.product, flow.content.product.min_quantity or 1
    return Deed("order", flow.id, pieces * 100, (f"{product.seller} <@U0TOM00002>", product.title), NOTE, PLACE)


async def confirm(interaction: Interaction, flow: Flow, _filled: Any) -> Done:
    """Put the pieces into the cart, or ask for the approval that this needs."""
    allowed = await check_approval(interaction, flow, deed_of(flow))
    if isinstance(allowed, Done):
        return allowed
    assert isinstance(flow.content, Adding)
    product = flow.content.product
    sku, pieces = variants(product)[0], product.min_quantity or 1

    def plan(lines: tuple[CartLine, ...]) -> Plan:
        made = plan_addition(product, sku, pieces, lines)
        return type(made)(made.call, made.change, pieces * 100, approved_by=allowed)

    outcome = await change_cart(interaction.ctx, WIZARD.act_of(flow), variant_of(product, sku), plan)
    is_over = outcome.write.state in DONE or not outcome.error
    return Done([el.section(outcome_words(outcome.write, outcome.error))], (outcome.write.id,) if is_over else ())


async def renew(interaction: Interaction, flow: Flow) -> Goto:
    """Read the product again, with the wanted pieces."""
    assert isinstance(flow.content, Adding)
    former = flow.content.product
    assert former.platform is not None
    now = await interaction.ctx.api.product(former.platform, former.product_id)
    return Goto("second", Adding(now.model_copy(update={"min_quantity": former.min_quantity})))


async def open_it(subject: Any, interaction: Interaction) -> None:
    """Open the form."""

    async def begin() -> Goto:
        await claimed(interaction, subject)
        product = await interaction.ctx.api.product(Platform.ALIBABA, "A000-1688-demo")
        return Goto("first", Adding(product))

    await WIZARD.open(interaction, begin)


WIZARD = Wizard(
    NAME,
    Adding,
    WriteScope.CART,
    lambda: "Approved",
    {
        "first": Step(throwaway.first, throwaway.review, throwaway.read),
        "second": Step(throwaway.second, confirm, back="first"),
    },
    {"rename": throwaway.rename},
    renew=renew,
)
OWN = WIZARD.feature()
FEATURE = Feature(
    commands=(Command(Verb("rehearse", (), frozenset()), throwaway._read, throwaway._help),),
    answers=(Answer(throwaway.Purchase, throwaway.show),),
    forms=OWN.forms,
    listeners=(
        *OWN.listeners,
        Listener("action", throwaway.OPEN, PERSON, open_it),
    ),
)
