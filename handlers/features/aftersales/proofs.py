"""Pictures as proof of a claim: fetched from Slack, uploaded once each. The form names a picture that fails."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from handlers.blocks.error_messages import platform_error
from handlers.blocks.i18n import _
from handlers.blocks.write_words import DONE
from handlers.features.aftersales.asking_pages import PICTURES
from handlers.interactions.files import fetch, name_of
from handlers.wire.errors import FileError
from handlers.wire.slack import FAILURES
from handlers.writing.plans import Act, Plan
from pandapon.aftersales import voucher_addresses, voucher_upload
from pandapon.errors import PandaPonError
from tracking.changes.refunds import ProofSent, proof_target
from tracking.flows import Proof

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.interactions.interaction import Interaction
    from tracking.files import SharedFile
    from tracking.flows import AskingRefund, Flow

log = logging.getLogger(__name__)


async def upload(
    interaction: Interaction, flow: Flow, asking: AskingRefund, files: Sequence[SharedFile]
) -> tuple[Proof, ...]:
    """Upload the pictures that are not uploaded yet. Raises StorageError.

    Returns the pictures that were uploaded before, then the new ones. A new one that failed has a ``problem``.
    """
    ready = {proof.name: proof for proof in asking.proofs if proof.address}
    new = [file for file in dict.fromkeys(files) if file.id not in ready][: PICTURES - len(ready)]
    made = await asyncio.gather(*(_upload(interaction, flow, asking, file) for file in new))
    return (*ready.values(), *made)


async def _upload(interaction: Interaction, flow: Flow, asking: AskingRefund, file: SharedFile) -> Proof:
    try:
        picture = await fetch(interaction.client, file)
    except FileError as error:
        return Proof(file.id, problem=str(error))
    except FAILURES as error:
        log.info("Slack did not describe a picture", extra={"error": error})
        words = _("Slack did not send {name}. Try again in a minute.").format(name=name_of(file))
        return Proof(file.id, problem=words)

    async def plan() -> Plan:
        change = ProofSent(asking.platform, asking.order_id, file.id, flow.id)
        return Plan(voucher_upload(picture.content), change, made=voucher_addresses)

    # The key names the revision, so that a person who goes back after a lost answer can try again.
    act = Act(f"proof:{flow.id}:{flow.revision}:{file.id}", interaction.user, flow.channel)
    try:
        outcome = await interaction.ctx.writer.make(act, proof_target(flow.id, file.id), plan)
    except PandaPonError as error:
        return Proof(file.id, problem=_problem(file, error))
    if outcome.write.state in DONE and outcome.write.made:
        return Proof(file.id, outcome.write.made[0])
    return Proof(file.id, problem=_problem(file, outcome.error))


def _problem(file: SharedFile, error: PandaPonError | None) -> str:
    reason = platform_error(error) if error else _("PandaPon did not say where the picture is.")
    return _("{name}: {reason}").format(name=name_of(file), reason=reason)
