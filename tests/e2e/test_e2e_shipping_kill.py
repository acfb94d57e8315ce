"""The process dies over an address, a booking or the parcels to the warehouse: each is sent once at most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from support.write_kill_harness import WriteKillHarness, found_later, recorded

from benchmarks.kill import now
from sandbox.clock import SimClock
from sandbox.pandapon.demo import FIRST, demo_world
from tracking.writes import ARRIVES_WITHIN, WriteState

if TYPE_CHECKING:
    from pathlib import Path

S = WriteState
PLAIN = {
    "name": "王小明",
    "phone": "13812345678",
    "city": "杭州市",
    "district": "",
    "address": "文三路 1 号",
}
ABROAD = {
    "name": "Somchai Jaidee",
    "phone": "+66 82 345 6789",
    "address": "99 Sukhumvit Road",
    "city": "Bangkok",
    "state": "",
    "postcode": "10110",
    "email": "",
    "tax_id": "",
}


def _values(typed: dict[str, str], **chosen: str) -> dict[str, Any]:
    option = {name: {"value": value, "text": {"type": "plain_text", "text": "?"}} for name, value in chosen.items()}
    fields: dict[str, Any] = {
        name: {"value": {"type": "plain_text_input", "value": text}} for name, text in typed.items()
    }
    return fields | {
        name: {"value": {"type": "static_select", "selected_option": each}} for name, each in option.items()
    }


@dataclass(frozen=True)
class Form:
    """How a form is opened and filled in up to its last page, and what is known of its write after a death."""

    command: str
    button: str
    pages: tuple[dict[str, Any], ...]
    path: str
    is_readable: bool

    def ends(self, moment: str) -> tuple[WriteState, WriteState]:
        """The states after the next start, and when a call could no longer arrive."""
        if not self.is_readable:
            return S.UNKNOWABLE, S.UNKNOWABLE
        return (S.UNCLEAR, S.FOUND_UNDONE) if moment == "before_write" else (S.FOUND_DONE, S.FOUND_DONE)


FORMS = {
    "address": Form(
        "address",
        "add_address:1",
        (_values(PLAIN, province="浙江省"),),
        "/v2/open/address/addOrUpdate",
        is_readable=True,
    ),
    "booking": Form(
        f"freight {FIRST}",
        "ship_abroad:1",
        (_values(ABROAD, country="TH"), _values({"remark": ""}, service="SEA-TH")),
        "/v2/open/pp/logistics/orderBookingFreight",
        is_readable=False,
    ),
    "parcels": Form(
        f"freight {FIRST}",
        "tell_parcels:0",
        (_values({"waybill-0": "78012345678901", "carrier-0": "", "waybill-1": "", "carrier-1": ""}),),
        "/v2/open/pp/logistics/updateLogisticInfo",
        is_readable=False,
    ),
}


async def to_last_page(harness: WriteKillHarness, form: Form) -> dict[str, Any]:
    """Open the form and fill it in. Returns the last page."""
    await harness.open_form(form.command, form.button)
    for values in form.pages:
        await harness.send(values)
    return harness.page


@pytest.mark.parametrize("name", list(FORMS))
@pytest.mark.parametrize(("moment", "calls"), [("before_write", 0), ("during", 1), ("after_write", 1)])
async def test_dying_over_a_write_sends_it_once_at_most(tmp_path: Path, name: str, moment: str, calls: int) -> None:
    """The next process looks for it where that is possible, and the page that is sent again does nothing more."""
    form = FORMS[name]
    harness = WriteKillHarness(tmp_path, "all")
    harness.world.add_order(demo_world(SimClock(now())).orders[FIRST])
    async with harness.served():
        page = await harness.die_over(moment, form.path, lambda: to_last_page(harness, form))
        assert (await recorded(harness)).state is S.BEGUN
        await harness.send_again(page)
        first, last = form.ends(moment)
        assert (await recorded(harness)).state is first
        assert await found_later(harness, ARRIVES_WITHIN) is last
        assert harness.pandapon.count(form.path) == calls
