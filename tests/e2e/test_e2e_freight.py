"""Freight abroad through Slack and PandaPon: estimate, preview, booking, and the parcels that come to the warehouse."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from support import forged
from support.bot_harness import ORDER, running
from support.logged import everything_logged
from support.wizard_steps import WAITING, open_by, press_in_page, send_page, text_of, view_of

from sandbox.pandapon.demo import SECOND, TAOBAO
from sandbox.pandapon.trading import freight as stand_in
from sandbox.pandapon.trading import routes
from sandbox.pandapon.trading.routes import OWN_PATHS
from sandbox.slack import payloads
from storage.sqlite.database import thread_of
from tracking.writes import WriteState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from support.bot_harness import BotHarness

    from sandbox.slack.workspace import Message
    from tracking.writes import Write

ROOT = "/v2/open/pp/logistics/"
ESTIMATE, PREVIEW = f"{ROOT}itemLogisticsPrice", f"{ROOT}orderRenderFreight"
BOOK, TELL = f"{ROOT}orderBookingFreight", f"{ROOT}updateLogisticInfo"
PRODUCT, TAOBAO_PRODUCT = "1688:A000-1688-demo", "taobao:T000-taobao-demo"
SOMCHAI = {
    "country": "TH",
    "name": "Somchai Jaidee",
    "phone": "+66 82 345 6789",
    "address": "99/1 Sukhumvit Road",
    "city": "Bangkok",
    "state": "Watthana",
    "postcode": "10110",
    "email": "",
    "tax_id": "",
}
SECRETS = ("Somchai", "82 345 6789", "823456789", "Sukhumvit", "10110")
LOSSES: dict[str, dict[str, Any]] = {
    "cut": {"cut": True},
    "5xx": {"status": 503},
    "down": {"down": True},
    "half": {"malformed": True},
}


@asynccontextmanager
async def shipping(folder: Path, **extra: Any) -> AsyncIterator[BotHarness]:
    """A bot that may change everything, with the stand-in's own paths."""
    async with running(folder, **({"pandapon_paths": OWN_PATHS, "writes": "all"} | extra)) as harness:
        yield harness


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[BotHarness]:
    """Both stand-ins and the production bot between them."""
    async with shipping(tmp_path) as harness:
        yield harness


# --- steps ------------------------------------------------------------------------------------------------------------


def fields(**other: str) -> dict[str, Any]:
    """The values of a receiver's fields, and of those beside them."""
    given = SOMCHAI | other
    menus = {"country", "variant", "service"} & set(given)
    return {
        name: {"value": _chosen(text) if name in menus else {"type": "plain_text_input", "value": text}}
        for name, text in given.items()
    }


def _chosen(value: str) -> dict[str, Any]:
    option = {"value": value, "text": {"type": "plain_text", "text": "?"}}
    return {"type": "static_select", "selected_option": option}


def service(value: str = "SEA-TH", remark: str = "") -> dict[str, Any]:
    """The values of the second page."""
    chosen = _chosen(value) | {"type": "radio_buttons"}
    return {"service": {"value": chosen}, "remark": {"value": {"type": "plain_text_input", "value": remark}}}


async def open_booking(harness: BotHarness, *orders: str) -> None:
    """Name the orders and open the form."""
    await harness.ask(f"/panda freight {' '.join(orders or (ORDER,))}")
    await open_by(harness, "Services and prices…")


async def to_review(harness: BotHarness, *orders: str, **other: str) -> None:
    """Fill in both pages."""
    await open_booking(harness, *orders)
    assert await send_page(harness, fields(**other)) == {}
    await harness.until(lambda: WAITING not in text_of(harness))
    assert await send_page(harness, service()) == {}
    await harness.until(lambda: WAITING not in text_of(harness))


async def confirm(harness: BotHarness, user: str = "mei") -> str:
    """Press the last page's button; return the words of the next page."""
    await send_page(harness, user=user)
    await harness.until(lambda: WAITING not in text_of(harness))
    return text_of(harness)


async def writes(harness: BotHarness) -> list[Write]:
    """The records of writes, the newest first."""
    assert harness.bot is not None
    return (await harness.bot.store.writes.newest(0, 100))[0]


async def states(harness: BotHarness) -> list[WriteState]:
    """Their states, the newest first."""
    return [write.state for write in await writes(harness)]


def lose(harness: BotHarness, path: str, kind: str) -> None:
    """Let PandaPon's answers at this address be lost; ``cut`` and ``half`` come after the work was done."""
    harness.pandapon.faults.path = path
    for name, value in LOSSES[kind].items():
        setattr(harness.pandapon.faults, name, value)


def buttons(message: Message) -> dict[str, str]:
    """The action ids of a message's buttons, by their labels."""
    every = [each for block in message.blocks for each in block.get("elements") or [] if "action_id" in each]
    return {each["text"]["text"]: each["action_id"] for each in every}


def sent_to(harness: BotHarness, path: str) -> list[Any]:
    """The bodies that PandaPon got at an address."""
    return [request.body for request in harness.pandapon.requests if request.path == path]


# --- estimate ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("product", [PRODUCT, TAOBAO_PRODUCT])
async def test_an_estimate_compares_the_services(harness: BotHarness, product: str) -> None:
    """From the product's page: the cheapest first, price and days of each; nobody needs a right to write."""
    await harness.ask(f"/panda product {product}")
    await open_by(harness, "Freight abroad")
    assert await send_page(harness, fields(variant="1", quantity="20")) == {}
    shown = text_of(harness)
    assert "1. *¥39.00* · Panda Line · SEA · 9-14 days · cheapest" in shown
    assert "2. *¥118.00* · Panda Line · AIR · 3-5 days · quickest" in shown
    assert "Thailand" in shown
    assert await writes(harness) == []


async def test_an_estimate_goes_on_with_other_numbers(tmp_path: Path) -> None:
    """Back keeps what was typed. It only reads, so it works while writes are off."""
    async with shipping(tmp_path, writes="off") as harness:
        await harness.ask(f"/panda 运费 {PRODUCT}")
        await open_by(harness, "Estimate…")
        await send_page(harness, fields(variant="0", quantity="2"))
        assert "¥17.40" in text_of(harness)
        await press_in_page(harness, "◀ Back")
        assert "Somchai" in text_of(harness)
        await send_page(harness, fields(variant="0", quantity="100"))
        assert "¥135.00" in text_of(harness)


WRONG = [
    ("country", "CN", "Choose a country."),
    ("country", "XX", "Choose a country."),
    ("country", "Thailand", "Choose a country."),
    ("name", "", "letters"),
    ("name", "S" * 41, "40 characters"),
    ("name", "<!here>", "The sign < "),
    ("phone", "none", "country code"),
    ("phone", "12", "country code"),
    ("phone", "1" * 16, "country code"),
    ("address", "99", "letters"),
    ("address", "R" * 201, "200 characters"),
    ("city", "", "letters"),
    ("state", "5", "letters"),
    ("postcode", "", "postal code"),
    ("postcode", "<b>", "postal code"),
    ("postcode", "1" * 13, "postal code"),
    ("email", "nobody", "name@example.com"),
    ("email", "a@b.c", "name@example.com"),
    ("tax_id", "9" * 41, "40 characters"),
    ("quantity", "0", "whole number"),
    ("quantity", "1.5", "whole number"),
    ("quantity", "9" * 9, "whole number"),
]


@pytest.mark.parametrize(("name", "text", "sentence"), WRONG)
async def test_each_field_says_what_is_wrong_with_it(harness: BotHarness, name: str, text: str, sentence: str) -> None:
    """One sentence at the field, and nothing is asked."""
    await harness.ask(f"/panda freight {PRODUCT}")
    await open_by(harness, "Estimate…")
    wrong = await send_page(harness, fields(**({"variant": "0", "quantity": "5"} | {name: text})))
    assert list(wrong) == [name]
    assert sentence in wrong[name]
    assert harness.pandapon.count(ESTIMATE) == 0


async def test_a_refusal_says_that_the_signature_is_unverified(harness: BotHarness) -> None:
    """PandaPon's words, and honestly what else may be the cause."""
    await harness.ask(f"/panda freight {PRODUCT}")
    await open_by(harness, "Estimate…")
    await send_page(harness, fields(variant="0", quantity="5", country="DE"))
    assert "不支持该国家" in text_of(harness)
    assert "PANDAPON_FREIGHT_SIGNATURE" in text_of(harness)


async def test_a_wrong_signature_is_not_blamed_on_the_key(tmp_path: Path) -> None:
    """The stand-in takes the other of the two ways."""
    async with shipping(tmp_path, pandapon_freight_signature="all") as harness:
        await open_booking(harness)
        await send_page(harness, fields())
        assert "refused the signature of this freight call" in text_of(harness)
        assert "PANDAPON_FREIGHT_SIGNATURE" in text_of(harness)


# --- preview and booking ----------------------------------------------------------------------------------------------


async def test_an_order_is_previewed_reviewed_and_booked(harness: BotHarness) -> None:
    """From the order's answer: receiver, service, price; the record has everything but the receiver."""
    await harness.ask(f"/panda order {ORDER}")
    assert "Nothing is booked yet" in await harness.press("Freight abroad")
    await open_by(harness, "Services and prices…")
    await send_page(harness, fields())
    assert "¥68.40 · Panda Line · SEA · 9-14 days" in text_of(harness)
    await send_page(harness, service(remark="Fragile"))
    review = text_of(harness)
    for words in ("¥68.40", "Somchai", "Thailand", "夏季新款红色连衣裙", "× 20", "Fragile", "be cancelled from here"):
        assert words in review
    assert harness.pandapon.count(BOOK) == 0
    done = await confirm(harness)
    assert "Booked freight abroad" in done
    assert "PandaPon's number: `PP" in done
    assert "By mei" in done
    [body] = sent_to(harness, BOOK)
    assert body["tmallOrderInfo"] == {"tmallOrderId": ORDER}
    assert [line["quantity"] for line in body["lineItems"]] == [20, 12]
    assert (body["receiverAddress"]["country"], body["remark"]) == ("TH", "Fragile")
    [write] = await writes(harness)
    assert (write.state, write.operation, write.amount_fen) == (WriteState.DONE, "freight.book", 6840)
    assert write.change is not None
    assert write.made[0].startswith("PP")
    assert not [secret for secret in SECRETS if secret in write.change.details]
    assert "freight" in (await harness.ask("/panda audit")).lower()


async def test_several_orders_are_booked_one_by_one(harness: BotHarness) -> None:
    """Of both platforms, with the sum before, and a record for each."""
    await to_review(harness, ORDER, SECOND, TAOBAO)
    assert "Total: ¥" in text_of(harness)
    done = await confirm(harness)
    assert done.count("Booked freight abroad") == 3
    assert [body["tmallOrderInfo"]["tmallOrderId"] for body in sent_to(harness, BOOK)] == [ORDER, SECOND, TAOBAO]
    assert await states(harness) == [WriteState.DONE] * 3


@pytest.mark.parametrize("scope", ["off", "cart", "orders"])
async def test_a_preview_needs_no_right_and_a_booking_does(tmp_path: Path, scope: str) -> None:
    """There is no button, and a forged confirmation is refused and recorded."""
    async with shipping(tmp_path, writes=scope) as harness:
        await to_review(harness)
        assert "WRITES=all" in text_of(harness)
        assert not view_of(harness).get("submit")
        assert "WRITES=all" in await confirm(harness)
        assert harness.pandapon.count(BOOK) == 0
        assert [(write.state, write.reason) for write in await writes(harness)] == [(WriteState.REFUSED, "not_allowed")]


async def test_people_who_may_not_write_cannot_book(tmp_path: Path) -> None:
    """Mei is not among the writers."""
    async with shipping(tmp_path, writers="U0TOM00002") as harness:
        await to_review(harness)
        assert "Only some people may" in await confirm(harness)
        assert harness.pandapon.count(BOOK) == 0


async def test_a_price_that_moved_stops_it_and_shows_both(harness: BotHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """In fen; another press accepts the new price."""
    await to_review(harness)
    sea = stand_in.SERVICES["SEA-TH"]
    monkeypatch.setitem(stand_in.SERVICES, "SEA-TH", (*sea[:3], sea[3] + Decimal("0.01"), sea[4]))
    assert "¥68.40 → ¥68.42" in await confirm(harness)
    assert harness.pandapon.count(BOOK) == 0
    assert "Booked freight abroad" in await confirm(harness)
    assert (await writes(harness))[0].amount_fen == 6842


def answer_otherwise(monkeypatch: pytest.MonkeyPatch, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Let the stand-in's previews be changed before they are sent."""
    address = ("POST", PREVIEW)
    real = routes._BY_ADDRESS[address]
    other = routes.Route(lambda account, asked: change(real.handler(account, asked)), real.signs_query)
    monkeypatch.setitem(routes._BY_ADDRESS, address, other)


def priced(answer: dict[str, Any], **facts: Any) -> dict[str, Any]:
    """A preview with another price or currency."""
    infos = [info | facts for info in answer["freightInfos"]]
    return answer | {"freightInfos": infos} | ({"currency": facts["currency"]} if "currency" in facts else {})


@pytest.mark.parametrize("orders", [(ORDER,), (ORDER, SECOND)])
async def test_another_currency_is_another_price(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch, orders: tuple[str, ...]
) -> None:
    """The same number in dollars, of one order: both prices are shown, and nothing is booked."""
    await to_review(harness, *orders)
    calls = itertools.count()
    answer_otherwise(monkeypatch, lambda answer: answer if next(calls) else priced(answer, currency="USD"))
    shown = await confirm(harness)
    assert "The price has changed" in shown
    assert "USD" in shown.split(" → ")[1].split("*")[0]
    assert "USD" not in shown.split(" → ")[0]
    assert harness.pandapon.count(BOOK) == 0


async def test_a_price_that_was_unknown_is_shown_as_unknown(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never as nothing."""
    is_known: list[bool] = []
    answer_otherwise(
        monkeypatch, lambda answer: answer if is_known else priced(answer, price=None) | {"totalPrice": None}
    )
    await to_review(harness)
    is_known.append(True)
    assert "price not given → ¥68.40" in await confirm(harness)
    assert harness.pandapon.count(BOOK) == 0


async def test_a_confirmation_that_comes_often_is_carried_out_once(harness: BotHarness) -> None:
    """A double click, a redelivery, a replay after the end and after a restart."""
    await to_review(harness)
    page = dict(view_of(harness))
    sent = [forged.submission(harness, page["callback_id"], page["private_metadata"], {}) for _ in range(3)]
    await asyncio.gather(*(forged.send(harness, payload) for payload in (*sent, sent[0])))
    assert harness.pandapon.count(BOOK) == 1
    await harness.stop_bot()
    await harness.start_bot()
    await forged.send(harness, forged.submission(harness, page["callback_id"], page["private_metadata"], {}))
    assert harness.pandapon.count(BOOK) == 1


@pytest.mark.parametrize("kind", list(LOSSES))
async def test_a_booking_whose_answer_was_lost_is_never_sent_again(harness: BotHarness, kind: str) -> None:
    """Nothing reads it back: the person is told what to check, and may book again knowingly."""
    await to_review(harness)
    lose(harness, BOOK, kind)
    answer = await confirm(harness)
    assert "nobody knows whether this was done" in answer
    assert "Check the shipments in PandaPon's console before" in answer
    assert await states(harness) == [WriteState.UNKNOWABLE]
    assert harness.pandapon.count(BOOK) == 1
    harness.pandapon.faults.clear()
    harness.hurry("writes")
    await harness.several_ticks(2)
    assert harness.pandapon.count(BOOK) == 1
    await to_review(harness)
    assert "Nobody knows whether a booking of order" in text_of(harness)
    assert view_of(harness)["submit"]["text"] == "Book again"
    assert "Booked freight abroad" in await confirm(harness)


async def test_a_second_booking_of_an_order_is_made_knowingly(harness: BotHarness) -> None:
    """The review names the first one; a booking that comes between review and confirmation stops it."""
    await to_review(harness)
    page = dict(view_of(harness))
    await to_review(harness)
    await confirm(harness)
    assert harness.pandapon.count(BOOK) == 1
    harness.slack.workspace.views[page["id"]] = harness.slack.workspace.views.pop(page["id"]) | page
    assert "was booked here already" in await confirm(harness)
    assert harness.pandapon.count(BOOK) == 1
    assert "Booked freight abroad" in await confirm(harness)
    assert harness.pandapon.count(BOOK) == 2


async def test_two_forms_that_are_confirmed_at_once_book_once(harness: BotHarness) -> None:
    """Both have looked for earlier bookings before either was sent; the second one is stopped at the last moment."""
    await to_review(harness)
    mine = view_of(harness)["id"]
    await to_review(harness)
    harness.pandapon.faults.path, harness.pandapon.faults.delay = BOOK, 0.4
    submissions = (harness.slack.submit("mei", view, {}) for view in (mine, view_of(harness)["id"]))
    assert all(ack.ok for ack in await asyncio.gather(*submissions))
    await harness.idle()
    assert harness.pandapon.count(BOOK) == 1
    assert await states(harness) == [WriteState.DONE]
    shown = [str(harness.slack.workspace.views[mine]["blocks"]), text_of(harness)]
    assert sum("Another form has booked freight for this order" in each for each in shown) == 1


@pytest.mark.parametrize("other", [{"address": "7 Rama IV Road"}, {"name": "Somsri"}, {"phone": "+66 82 345 6780"}])
async def test_an_approved_booking_goes_to_the_same_receiver(tmp_path: Path, other: dict[str, str]) -> None:
    """The approver saw the country; another receiver there is asked for anew."""
    async with shipping(tmp_path, approvals="50:U0TOM00002") as harness:
        await to_review(harness)
        assert "Asked" in await confirm(harness)
        await harness.until(lambda: any("asks for approval" in message.text for message in harness.channel()))
        request = next(message for message in harness.channel() if "asks for approval" in message.text)
        every = [each for block in request.blocks for each in block.get("elements") or []]
        action = next(each["action_id"] for each in every if each.get("text", {}).get("text") == "Approve")
        assert (await harness.slack.press("tom", request, action)).ok
        await harness.idle()
        for _page in range(3):  # to the review, to the services, to the receiver
            await press_in_page(harness, "◀ Back")
        await send_page(harness, fields(**other))
        await send_page(harness, service())
        assert "Asked" in await confirm(harness)
        assert harness.pandapon.count(BOOK) == 0


async def test_a_booking_above_the_limit_is_approved(tmp_path: Path) -> None:
    """Tom sees orders, service, price and country, and no receiver; then Mei goes on, and the record names him."""
    async with shipping(tmp_path, approvals="50:U0TOM00002") as harness:
        await to_review(harness)
        assert "Asked" in await confirm(harness)
        assert harness.pandapon.count(BOOK) == 0
        await harness.until(lambda: "book freight abroad" in str(harness.channel()))
        asked = next(message for message in reversed(harness.channel()) if "book freight abroad" in message.text)
        for part in ("¥68.40", ORDER, "Panda Line · SEA", "Thailand"):
            assert part in asked.text
        assert not [secret for secret in SECRETS if secret in str(asked.blocks)]
        assert (await harness.slack.press("tom", asked, buttons(asked)["Approve"])).ok
        own = harness.slack.workspace.direct("U0MEI00001").messages
        await harness.until(lambda: any("Book" in buttons(message) for message in own.values()))
        told = list(own.values())[-1]
        views = len(harness.slack.workspace.views)
        assert (await harness.slack.press("mei", told, buttons(told)["Book"])).ok
        await harness.until(lambda: len(harness.slack.workspace.views) > views and WAITING not in text_of(harness))
        assert "Booked freight abroad" in await confirm(harness)
        assert (await writes(harness))[0].approved_by == "U0TOM00002"
        assert harness.pandapon.count(BOOK) == 1


async def test_another_person_cannot_send_the_form(harness: BotHarness) -> None:
    """It is refused and recorded."""
    await to_review(harness)
    await confirm(harness, user="tom")
    assert harness.pandapon.count(BOOK) == 0
    assert [(write.state, write.reason) for write in await writes(harness)] == [(WriteState.REFUSED, "foreign_form")]


@pytest.mark.parametrize("value", ["", "SEA-DE", "SEA-TH' OR 1", "０"])
async def test_a_service_that_was_not_offered_is_refused(harness: BotHarness, value: str) -> None:
    """As a forged payload can name one."""
    await open_booking(harness)
    await send_page(harness, fields())
    assert "Choose a service." in str(await send_page(harness, service(value)))
    assert harness.pandapon.count(PREVIEW) == 0


@pytest.mark.parametrize("action", ["ship_abroad:1", "tell_parcels:1"])
@pytest.mark.parametrize(
    "value",
    ["", "x", "1688:1", f"ebay:{ORDER}", f"1688:{ORDER},x", ",".join(f"1688:{ORDER[:-1]}{n}" for n in range(6))],
)
async def test_a_forged_order_opens_nothing(harness: BotHarness, action: str, value: str) -> None:
    """Neither another text, nor an order of nobody, nor too many."""
    views = len(harness.slack.workspace.views)
    assert (await forged.send(harness, forged.press(harness, action, value))).ok
    await harness.until(lambda: len(harness.slack.workspace.views) > views and WAITING not in text_of(harness))
    assert "older version" in text_of(harness)


async def test_pandapons_refusal_is_told_and_the_form_goes_on(
    harness: BotHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The preview was used up elsewhere: nothing is booked, and Back leads on."""
    await to_review(harness)
    real = stand_in.book

    def used_up(account: Any, fields: Any) -> Any:
        account.freight.clear()
        return real(account, fields)

    monkeypatch.setitem(routes._BY_ADDRESS, ("POST", BOOK), routes.Route(used_up, signs_query=True))
    answer = await confirm(harness)
    assert "Not done" in answer
    assert "nothing with this number" in answer
    monkeypatch.undo()
    await press_in_page(harness, "◀ Back")
    assert "Booked freight abroad" in await confirm(harness)


# --- the parcels to the warehouse -------------------------------------------------------------------------------------


def numbers(**typed: str) -> dict[str, Any]:
    """The values of the form of parcels."""
    return {
        name.replace("_", "-"): {"value": {"type": "plain_text_input", "value": text}} for name, text in typed.items()
    }


async def open_parcels(harness: BotHarness, order: str = ORDER) -> None:
    """Name the order and open the form."""
    await harness.ask(f"/panda freight {order}")
    await open_by(harness, "Parcels to the warehouse…")


async def test_the_warehouse_is_told_of_the_parcels(harness: BotHarness) -> None:
    """The bot's number and carrier stand in the fields; a changed one is sent."""
    await open_parcels(harness)
    assert text_of(harness).count("'initial_value': '78012345678901'") == 2
    await send_page(
        harness,
        numbers(waybill_0="78012345678901", carrier_0="中通快递", waybill_1="sf 1234567890123", carrier_1="顺丰"),
    )
    review = text_of(harness)
    assert "78012345678901" in review
    assert "SF1234567890123" in review
    assert "Told the warehouse of 2 parcels" in await confirm(harness)
    [body] = sent_to(harness, TELL)
    assert [(row["lineItem"]["quantity"], row["logisticsNo"]) for row in body["logisticInfos"]] == [
        (20, "78012345678901"),
        (12, "SF1234567890123"),
    ]
    [write] = await writes(harness)
    assert (write.state, write.operation) == (WriteState.DONE, "freight.domestic")


async def test_each_line_of_a_taobao_order_has_its_own_parcel(harness: BotHarness) -> None:
    """Taobao names the parcel of each line, 1688 does not: there nothing is guessed."""
    await open_parcels(harness, TAOBAO)
    assert text_of(harness).count("initial_value") == 4
    await open_parcels(harness, SECOND)
    assert text_of(harness).count("initial_value") == 0
    assert "Parcels of this order:" in text_of(harness)


@pytest.mark.parametrize("typed", ["", "1234567", "<script>12345", "SF" + "1" * 30, "面单12345678"])
async def test_a_wrong_number_is_marked_in_its_field(harness: BotHarness, typed: str) -> None:
    """None at all, too short, too long, hostile."""
    await open_parcels(harness)
    wrong = await send_page(harness, numbers(waybill_0=typed, carrier_0="", waybill_1="", carrier_1=""))
    assert list(wrong) == ["waybill-0"]
    assert harness.pandapon.count(TELL) == 0


@pytest.mark.parametrize("kind", list(LOSSES))
async def test_parcels_whose_answer_was_lost_are_never_sent_again(harness: BotHarness, kind: str) -> None:
    """Nothing reads them back."""
    await open_parcels(harness)
    await send_page(harness, numbers(waybill_0="78012345678901", carrier_0="中通快递"))
    lose(harness, TELL, kind)
    answer = await confirm(harness)
    assert "nobody knows whether this was done" in answer
    assert "Check the expected parcels" in answer
    assert await states(harness) == [WriteState.UNKNOWABLE]
    assert harness.pandapon.count(TELL) == 1


@pytest.mark.parametrize("scope", ["off", "cart", "orders"])
async def test_the_warehouse_is_told_only_where_that_is_allowed(tmp_path: Path, scope: str) -> None:
    """There is no button, and a forged press is refused."""
    async with shipping(tmp_path, writes=scope) as harness:
        await harness.ask(f"/panda freight {ORDER}")
        with pytest.raises(AssertionError, match="no button"):
            harness.button("Parcels to the warehouse…", "mei", "#orders")
        await forged.send(harness, forged.press(harness, "tell_parcels:0", f"1688:{ORDER}"))
        await harness.until(lambda: "WRITES=all" in text_of(harness))


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("/panda freight", "Freight for what?"),
        ("/panda freight x", "is not an order ID"),
        ("/panda freight 123456", "too short"),
        ("/panda freight " + " ".join(f"{ORDER[:-1]}{n}" for n in range(6)), "At most 5 orders"),
        ("/panda freight help", "Freight abroad"),
        ("/panda 国际物流 https://detail.1688.com/offer/712345678901.html", "product `712345678901`"),
    ],
)
async def test_the_command_says_what_it_wants(harness: BotHarness, line: str, sentence: str) -> None:
    """And reads links, ids and Chinese."""
    assert sentence in await harness.ask(line)


async def test_an_order_without_ids_says_so_before_anything_is_filled_in(harness: BotHarness) -> None:
    """The upstream sends nulls freely."""
    order = harness.world.orders[ORDER]
    order.lines = [type(line)(line.title, line.price, line.quantity, line.variant) for line in order.lines]
    await open_booking(harness)
    assert "lacks its items" in text_of(harness)


# --- nothing stays ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["booked", "lost", "closed"])
async def test_neither_log_nor_database_has_the_receiver_afterwards(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, end: str
) -> None:
    """After the booking, after a lost answer, and after its owner closed the form: also in the bytes of the file."""
    with everything_logged(caplog) as stream:
        async with shipping(tmp_path) as harness:
            await to_review(harness)
            assert await stored(harness), "the open form holds it"
            if end == "closed":
                who = harness.slack.workspace.user("mei")
                closed = payloads.view_closed(who, view_of(harness), everything=False)
                assert (await forged.send(harness, closed)).ok
                await harness.idle()
            else:
                if end == "lost":
                    lose(harness, BOOK, "cut")
                await confirm(harness)
            await asyncio.sleep(0.1)
            assert await stored(harness) == []
            harness.pandapon.faults.clear()
            await harness.ask("/panda audit")
    logged = stream.getvalue() + caplog.text
    assert logged
    assert [secret for secret in SECRETS if secret in logged] == []
    files = {file.name: file.read_bytes() for file in tmp_path.glob("bot.db*")}  # noqa: ASYNC240  nothing else runs
    assert [(name, secret) for name, content in files.items() for secret in SECRETS if secret.encode() in content] == []


async def test_only_its_owner_closes_a_form(harness: BotHarness) -> None:
    """A forged closing of Mei's form by Tom forgets nothing."""
    await to_review(harness)
    closed = payloads.view_closed(harness.slack.workspace.user("tom"), view_of(harness), everything=True)
    assert (await forged.send(harness, closed)).ok
    await harness.idle()
    assert "Booked freight abroad" in await confirm(harness)


async def stored(harness: BotHarness) -> list[str]:
    """The parts of the receiver that any table has."""
    assert harness.bot is not None
    dump = await thread_of(harness.bot.store.engine).direct(lambda conn: "\n".join(conn.iterdump()))
    return [secret for secret in SECRETS if secret in dump]
