"""The form that saves an address: fill, review, confirm. It opens from the list, and where none is saved yet."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim
from handlers.access.subjects import Subject, claimed
from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.forms import field as form_field
from handlers.blocks.forms import grouped_select
from handlers.blocks.i18n import _
from handlers.commands.declarations import Listener, WrongFieldsError
from handlers.features.shipping import provinces
from handlers.features.shipping.entries import NAME, STREET, Entries, text_field
from handlers.features.shipping.results import result
from handlers.wire import payloads
from handlers.wire.errors import OutdatedError
from handlers.wire.text import is_number
from handlers.writing.address_changes import ID_DIGITS, plan_address
from handlers.writing.receivers import SavedAddress, address_of
from handlers.writing.steps import Done, Goto, Page, Step
from handlers.writing.wizard import Wizard
from pandapon.operations import addresses
from tracking.addresses import TypedAddress
from tracking.changes.address import target_of
from tracking.flows import Addressing
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from handlers.blocks.message import Block
    from handlers.interactions.interaction import Interaction
    from handlers.writing.plans import Plan
    from tracking.flows import Flow

FILL, REVIEW = "fill", "review"


@dataclass(frozen=True, slots=True)
class FilledAddress:
    """The filled form."""

    typed: TypedAddress
    wrong: dict[str, str] = field(default_factory=dict)


def read_address(values: dict[str, Any]) -> FilledAddress:
    """Read the form's ``state.values``."""
    entries = Entries(values)
    province = provinces.known(entries.chosen("province"))
    if not province:
        entries.refuse("province", _("Choose a province."))
    address = TypedAddress(
        name=entries.words("name", NAME),
        phone=entries.chinese_phone("phone"),
        province=province,
        city=entries.town("city"),
        district=entries.town("district", optional=True),
        address=entries.words("address", STREET),
    )
    return FilledAddress(address, entries.wrong)


def _fill(flow: Flow) -> Page:
    """The fields, with what was typed or saved before."""
    now = _content(flow).typed
    menu = grouped_select(
        [(_("Provinces"), provinces.choices())], provinces.known(now.province), _("Choose a province")
    )
    return Page(
        [
            form_field(_("Name of the recipient"), "name", text_field(now.name)),
            form_field(_("Telephone"), "phone", text_field(now.phone), hint=_("A Chinese mobile or landline number.")),
            form_field(_("Province"), "province", menu),
            form_field(_("City"), "city", text_field(now.city), hint=_("In Chinese, such as 杭州市.")),
            form_field(_("District or county"), "district", text_field(now.district), optional=True),
            form_field(_("Street, house number, building"), "address", text_field(now.address)),
        ],
        _("Review"),
    )


def _review(flow: Flow) -> Page:
    content = _content(flow)
    head = _("Change the saved address to this?") if content.address_id else _("Save this address?")
    note = _("Only you see this. I keep it until this form is done, and then only PandaPon has it.")
    return Page([el.section(head), el.section(_whole(content.typed)), el.context(note)], _("Save"))


def _whole(address: TypedAddress) -> str:
    saved = SavedAddress(
        "", address.name, address.province, address.city, address.district, address.address, address.phone
    )
    return saved.full


async def _to_review(_interaction: Interaction, flow: Flow, filled: FilledAddress) -> Goto:
    """Go on to the review. Raises WrongFieldsError where nothing was changed."""
    content = _content(flow)
    if content.address_id and filled.typed == content.typed and flow.revision == 1:
        raise WrongFieldsError({"name": _("Nothing has been changed yet.")})
    return Goto(REVIEW, replace(content, typed=filled.typed))


async def _save(interaction: Interaction, flow: Flow, _filled: Any) -> Done:
    """Save the address, once. Raises what ``Writer.make`` raises."""
    content, ctx = _content(flow), interaction.ctx

    async def plan() -> Plan:
        return await plan_address(ctx.api, content.typed, content.address_id)

    outcome = await ctx.writer.make(WIZARD.act_of(flow), target_of(content.address_id), plan)
    return result(outcome, _("`/panda address` shows the saved addresses."))


def _saving() -> str:
    return _("Saving the address…")


WIZARD = Wizard(
    "address",
    Addressing,
    WriteScope.ALL,
    lambda: _("Address"),
    {FILL: Step(_fill, _to_review, read_address), REVIEW: Step(_review, _save, back=FILL, working=_saving)},
    forgets=True,
)


async def _open_new(subject: Subject, interaction: Interaction) -> None:
    async def begin() -> Goto:
        await claimed(interaction, subject)
        return Goto(FILL, Addressing(TypedAddress()))

    await WIZARD.open(interaction, begin)


async def _open_saved(subject: Subject, interaction: Interaction) -> None:
    async def begin() -> Goto:
        address_id: str = await claimed(interaction, subject)
        return Goto(FILL, Addressing((await address_of(interaction.ctx, address_id)).typed, address_id))

    await WIZARD.open(interaction, begin)


async def _to_add(interaction: Interaction, _given: Any) -> Claim:
    await _require(interaction)
    return Claim()


async def _to_change(interaction: Interaction, _given: Any) -> Claim:
    """Read the button's value, which anybody can forge; the address itself is looked up at PandaPon."""
    address_id = payloads.value(interaction.body)
    if not is_number(address_id, ID_DIGITS):
        raise OutdatedError
    await _require(interaction)
    return Claim(address_id)


async def _require(interaction: Interaction) -> None:
    ctx = interaction.ctx
    await ctx.gate.require(interaction.client, WriteScope.ALL, interaction.user, interaction.channel)
    ctx.api.catalogue.path(addresses.SAVE.name)  # the person learns of an unknown path before filling anything in


def _content(flow: Flow) -> Addressing:
    assert isinstance(flow.content, Addressing)
    return flow.content


ADDING = Subject("nothing but the list of addresses, for a person who may change it", _to_add)
CHANGING = Subject("a saved address that is looked up again, for a person who may change it", _to_change)

FEATURE = WIZARD.feature(
    Listener("action", action_ids.ADD_ADDRESS, ADDING, _open_new),
    Listener("action", action_ids.CHANGE_ADDRESS, CHANGING, _open_saved),
)


def change_button(address: SavedAddress, at: int) -> Block | None:
    """The button that opens the form for a saved address; None for an id that the operation does not take."""
    if not is_number(address.id, ID_DIGITS):
        return None
    return el.button(_("Change…"), f"{action_ids.CHANGE_ADDRESS}:{at}", address.id)
