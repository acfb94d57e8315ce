"""The commands of the demo's controls: place, faults, time, scans, and events of orders."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox.web import outcome
from sandbox.web.events import EVENTS, NO_SUCH_ORDER
from sandbox.web.session import CannotError
from sandbox.web.texts import SCAN_PRESETS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.web.page_json import Json
    from sandbox.web.session import Session

LONGEST = timedelta(days=60)  # the scans of the demo's orders end earlier
FASTEST = 100_000


async def _place(session: Session, body: Json) -> None:
    person = session.workspace.users[session.user]
    person.tz, person.locale = str(body["tz"]), str(body["locale"])
    session.record("place", tz=person.tz, locale=person.locale)
    session.workspace.touch()


async def _fault(session: Session, body: Json) -> None:
    name, on = str(body["name"]), bool(body["on"])
    session.hub.switches.turn(name, on=on)
    session.record("fault", name=name, on=on)
    session.workspace.touch()


async def _time(session: Session, body: Json) -> None:
    if "speed" in body:
        factor = float(body["speed"])
        if not 0 < factor <= FASTEST:
            raise CannotError("Time passes at a speed above 0 and up to {fastest}.", fastest=str(FASTEST))
        session.hub.set_speed(factor)
        session.record("time", speed=factor)
    else:
        seconds = float(body["forward"])
        if not 0 <= seconds <= LONGEST.total_seconds():
            raise CannotError("Time goes forward only, and {days} days at most.", days=str(LONGEST.days))
        session.record("time", forward=seconds)
        since = session.workspace.next_ts()
        session.hub.forward(seconds)
        session.hub.run(outcome.tell(session, seconds, since))


async def _add_node(session: Session, body: Json) -> None:
    moment, waybill = str(body.get("moment") or "transport"), str(body.get("waybill") or "")
    status, action = SCAN_PRESETS[moment]
    text, order_id = str(body["text"]).strip(), str(body["order"])
    if not text:
        raise CannotError("A scan needs a text: what would the courier write?")
    if order_id not in session.hub.sandbox.world.orders:
        raise CannotError(NO_SUCH_ORDER, order=order_id)
    try:
        session.hub.sandbox.world.add_node(order_id, text, waybill=waybill, status=status, action=action)
    except KeyError:
        raise CannotError("This order has no parcel yet, so no courier can scan it.") from None
    session.record("add_node", order=order_id, waybill=waybill, moment=moment, text=text)
    session.note("Scanned. Channels that watch the order get an update in a moment.")


async def _happen(session: Session, body: Json) -> None:
    """Let something happen to an order now."""
    name, order_id = str(body["event"]), str(body.get("order") or "")
    if name not in EVENTS:
        raise CannotError("This demo does not know {name}.", name=name)
    changed_id, words = EVENTS[name](session.hub.sandbox.world, order_id)
    session.record("happen", event=name, order=order_id)
    session.note(words, order=changed_id)
    session.hub.run(session.hub.sandbox.caught_up())


COMMANDS: dict[str, Callable[[Session, Json], Awaitable[None]]] = {
    "place": _place,
    "fault": _fault,
    "time": _time,
    "add_node": _add_node,
    "happen": _happen,
}
