"""The process dies over an address, a booking or the parcels to the warehouse: each is sent once at most."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from support.killed import found_later, recorded
from support.patience import in_time, until

from benchmarks.kill import KillHarness, kill, now
from sandbox.clock import SimClock
from sandbox.pandapon.demo import FIRST, demo_world
from sandbox.pandapon.trading.routes import OWN_PATHS
from tracking.writes import LATE, WriteState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
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


class ShippingHarness(KillHarness):
    """Stand-ins with an order to ship, and a bot that may change everything."""

    @property
    def environment(self) -> dict[str, str]:
        """As for other kills, with every write switched on."""
        return super().environment | {"WRITES": "all", "PANDAPON_PATHS": json.dumps(OWN_PATHS)}

    @property
    def page(self) -> dict[str, Any]:
        """The newest form."""
        return list(self.slack.workspace.views.values())[-1]

    async def send(self, values: dict[str, Any]) -> None:
        """Send the page, and wait for the next one."""
        before = self.page["private_metadata"]
        assert (await self.slack.submit("mei", self.page["id"], values)).ok
        await until(lambda: self.page["private_metadata"] not in {"", before})


@asynccontextmanager
async def shipping(folder: Path) -> AsyncIterator[ShippingHarness]:
    """Start everything but the bot."""
    harness = ShippingHarness(folder, 1)
    harness.world.add_order(demo_world(SimClock(now())).orders[FIRST])
    await harness.slack.start()
    await harness.pandapon.start()
    try:
        yield harness
    finally:
        await harness.slack.stop()
        await harness.pandapon.stop()


async def to_last_page(harness: ShippingHarness, form: Form) -> dict[str, Any]:
    """Open the form and fill it in. Returns the last page."""
    said, views, where = harness.slack.workspace.ephemeral, harness.slack.workspace.views, harness.channels[0]
    count = len(said)
    await harness.slack.slash("mei", where, "/panda", form.command)
    await until(lambda: len(said) > count and form.button in str(said[-1].blocks))
    assert (await harness.slack.press("mei", said[-1], form.button)).ok
    await until(lambda: any(view["private_metadata"] for view in views.values()))
    for values in form.pages:
        await harness.send(values)
    return dict(harness.page)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", list(FORMS))
@pytest.mark.parametrize(("moment", "calls"), [("before_write", 0), ("during", 1), ("after_write", 1)])
async def test_dying_over_a_write_sends_it_once_at_most(tmp_path: Path, name: str, moment: str, calls: int) -> None:
    """The next process looks for it where that is possible, and the page that is sent again does nothing more."""
    form = FORMS[name]
    async with shipping(tmp_path) as harness:
        process = await harness.spawn("" if moment == "during" else moment)
        await harness.connected(process)
        page = await to_last_page(harness, form)
        if moment == "during":  # the stand-in has done it, and its answer goes to nobody
            harness.pandapon.on_request.append(lambda seen, *_: process.kill() if seen.path == form.path else None)
        await harness.slack.submit("mei", page["id"], {})
        await in_time(process.wait())
        await kill(process, harness)
        assert (await recorded(harness)).state is S.BEGUN
        harness.pandapon.on_request.clear()

        process = await harness.spawn()
        await harness.connected(process)
        harness.slack.workspace.views[page["id"]] = page
        assert (await harness.slack.submit("mei", page["id"], {})).ok
        await asyncio.sleep(2)
        await kill(process, harness)
        first, last = form.ends(moment)
        assert (await recorded(harness)).state is first
        assert await found_later(harness, LATE) is last
        assert harness.pandapon.count(form.path) == calls
