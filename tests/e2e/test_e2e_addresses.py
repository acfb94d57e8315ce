"""The saved addresses through Slack and PandaPon: shown to the asker alone, saved once, and kept nowhere else."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support import forged
from support.bot_harness import running, words
from support.logged import everything_logged
from support.patience import PATIENCE
from support.wizard_steps import open_by, press_in_page, send_page, text_of, view_of

from pandapon.shipment import Platform
from sandbox.pandapon.trading import products
from sandbox.pandapon.trading.account import CartEntry
from sandbox.pandapon.trading.routes import OWN_PATHS
from storage.sqlite.database import thread_of
from tracking.writes import WriteState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from support.bot_harness import BotHarness

    from tracking.writes import Write

SAVE, LIST = "/v2/open/address/addOrUpdate", OWN_PATHS["address.get"]
MING = {
    "name": "王小明",
    "phone": "13812345678",
    "province": "浙江省",
    "city": "杭州市",
    "district": "西湖区",
    "address": "文三路 1 号 3 幢",
}
SECRETS = ("王小明", "13812345678", "138 1234 5678", "文三路", "西湖区")
LOSSES: dict[str, dict[str, Any]] = {"cut": {"cut": True}, "5xx": {"status": 503}, "down": {"down": True}}


@asynccontextmanager
async def sending(folder: Path, **extra: Any) -> AsyncIterator[BotHarness]:
    """A bot that may change everything, with the stand-in's own paths."""
    async with running(folder, **({"pandapon_paths": OWN_PATHS, "writes": "all"} | extra)) as harness:
        yield harness


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[BotHarness]:
    """Both stand-ins and the production bot between them."""
    async with sending(tmp_path) as harness:
        yield harness


# --- steps ------------------------------------------------------------------------------------------------------------


def saved(harness: BotHarness) -> list[dict[str, Any]]:
    """The addresses at PandaPon."""
    return list(harness.pandapon.account.addresses.values())


def have(harness: BotHarness, number: int = 7, **other: str) -> None:
    """Let an address be saved, past the bot."""
    harness.pandapon.account.addresses[number] = MING | other


def fields(**other: str) -> dict[str, Any]:
    """The values of the form."""
    given = MING | other
    entries: dict[str, Any] = {name: {"value": {"value": text}} for name, text in given.items()}
    option = {"value": given["province"], "text": {"type": "plain_text", "text": "?"}}
    entries["province"] = {"value": {"type": "static_select", "selected_option": option}}
    return entries


async def open_form(harness: BotHarness, label: str = "Add…") -> None:
    """Show the addresses and press a button of the list."""
    await harness.ask("/panda address")
    await open_by(harness, label)


async def writes(harness: BotHarness) -> list[Write]:
    """The records of writes, the newest first."""
    assert harness.bot is not None
    return (await harness.bot.store.writes.newest(0, 100))[0]


async def states(harness: BotHarness) -> list[WriteState]:
    """Their states, the newest first."""
    return [write.state for write in await writes(harness)]


async def until_state(harness: BotHarness, state: WriteState) -> None:
    """Wait until the newest write has this state."""
    async with asyncio.timeout(PATIENCE):
        while (await states(harness))[0] is not state:  # noqa: ASYNC110  the database wakes nobody
            await asyncio.sleep(0.02)


def lose(harness: BotHarness, path: str, kind: str) -> None:
    """Let PandaPon's answers at this address be lost; ``cut`` comes after the work was done."""
    harness.pandapon.faults.path = path
    for name, value in LOSSES[kind].items():
        setattr(harness.pandapon.faults, name, value)


# --- the list ---------------------------------------------------------------------------------------------------------


async def test_the_list_is_masked_until_its_reader_asks(harness: BotHarness) -> None:
    """Only the asker sees it at all; Show makes it whole, and Hide masks it again."""
    have(harness)
    shown = await harness.ask("/panda address")
    assert "1 saved address" in shown
    assert "王∗∗ · 杭州市 · ∗∗78" in shown
    assert not [secret for secret in SECRETS if secret in shown]
    whole = await harness.press("Show")
    assert "王小明" in whole
    assert "文三路" in whole
    assert "13812345678" in whole
    assert "王小明" not in await harness.press("Hide")
    assert all(
        message.viewer for message in harness.slack.visible("#orders", "mei") if "saved address" in words(message)
    )
    assert [message for message in harness.slack.visible("#orders", "tom") if "杭州" in words(message)] == []


@pytest.mark.parametrize("line", ["/panda address", "/panda 地址", "/panda 收货地址", "/panda addr"])
async def test_without_an_address_the_list_leads_to_the_first(harness: BotHarness, line: str) -> None:
    """In either language."""
    assert "No address is saved" in await harness.ask(line)
    await open_by(harness, "Add…")
    await send_page(harness, fields())
    await send_page(harness)
    assert saved(harness) == [MING]


async def test_a_long_list_has_pages(harness: BotHarness) -> None:
    """Ten a page; the last page where there are fewer."""
    for number in range(1, 24):
        have(harness, number, city=f"第{number}市")
    assert "第10市" in await harness.ask("/panda address")
    assert "第11市" in await harness.press("Next page")
    assert "第23市" in await harness.ask("/panda address --page 9")


@pytest.mark.parametrize("scope", ["off", "cart", "orders"])
async def test_without_the_right_setting_nothing_can_be_saved(tmp_path: Path, scope: str) -> None:
    """No buttons, and a forged press is refused and says which setting it wants."""
    async with sending(tmp_path, writes=scope) as harness:
        have(harness)
        await harness.ask("/panda address")
        with pytest.raises(AssertionError, match="no button"):
            harness.button("Change…", "mei", "#orders")
        assert (await forged.send(harness, forged.press(harness, "change_address:0", "7"))).ok
        await harness.until(lambda: "WRITES=all" in text_of(harness))


async def test_people_who_may_not_write_are_told_whom_to_ask(tmp_path: Path) -> None:
    """Tom is not among the writers."""
    async with sending(tmp_path, writers="U0MEI00001") as harness:
        await harness.ask("/panda address", user="tom")
        await open_by(harness, "Add…", user="tom")
        assert "Only some people may" in text_of(harness)
        assert "your pandabot admin" in text_of(harness)


async def test_an_unpublished_list_does_not_stop_an_addition(tmp_path: Path) -> None:
    """The setting is named before anything is filled in. A lost answer can then not be looked for: that is said."""
    async with sending(tmp_path, pandapon_paths={}) as harness:
        assert "PANDAPON_PATHS" in await harness.ask("/panda address")
        await open_by(harness, "Add…")
        await send_page(harness, fields())
        lose(harness, SAVE, "cut")
        await send_page(harness)
        assert "Please check the list of saved addresses" in text_of(harness)
        assert await states(harness) == [WriteState.UNKNOWABLE]
        assert harness.pandapon.count(SAVE) == 1


# --- the form ---------------------------------------------------------------------------------------------------------


async def test_an_address_is_filled_in_reviewed_and_saved(harness: BotHarness) -> None:
    """Back keeps what was typed; the result says what, who and what is next; it is in the list."""
    await open_form(harness)
    assert await send_page(harness, fields(phone="+86 138-1234-5678", name=" 王小明 ")) == {}
    review = text_of(harness)
    assert "王小明" in review
    assert "13812345678" in review
    await press_in_page(harness, "◀ Back")
    assert "'initial_value': '王小明'" in text_of(harness)
    await send_page(harness, fields())
    await send_page(harness)
    assert "Saved the new address." in text_of(harness)
    assert "By mei" in text_of(harness)
    assert saved(harness) == [MING]
    [write] = await writes(harness)
    assert (write.state, write.operation, write.amount_fen) == (WriteState.DONE, "address.save", None)
    assert "杭州市" in await harness.ask("/panda address")


async def test_an_address_is_changed(harness: BotHarness) -> None:
    """The form begins with the saved one; without a change nothing is sent."""
    have(harness)
    await open_form(harness, "Change…")
    assert "文三路" in text_of(harness)
    assert await send_page(harness, fields()) == {"name": "Nothing has been changed yet."}
    await send_page(harness, fields(address="天目山路 2 号"))
    await send_page(harness)
    assert "Changed the saved address" in text_of(harness)
    assert saved(harness) == [MING | {"address": "天目山路 2 号"}]


async def test_the_same_address_is_not_saved_twice(harness: BotHarness) -> None:
    """Another form for what is saved already."""
    have(harness)
    await open_form(harness)
    await send_page(harness, fields())
    await send_page(harness)
    assert "saved already" in text_of(harness)
    assert harness.pandapon.count(SAVE) == 0


WRONG = [
    ("name", "", "letters"),
    ("name", "123", "letters"),
    ("name", "\u200b\u202e", "letters"),
    ("name", "王" * 41, "40 characters"),
    ("name", "<!channel>", "The sign < "),
    ("phone", "", "11 digits"),
    ("phone", "1381234567", "11 digits"),
    ("phone", "23812345678", "11 digits"),
    ("phone", "call me", "11 digits"),
    ("phone", "13812345678; DROP", "11 digits"),
    ("province", "Bavaria", "Choose a province."),
    ("province", "", "Choose a province."),
    ("city", "", "letters"),
    ("city", "杭州 3", "no digits"),
    ("city", "杭" * 41, "40 characters"),
    ("district", "1", "letters"),
    ("district", "西湖`区`", "The sign ` "),
    ("address", "", "letters"),
    ("address", "路" * 201, "200 characters"),
    ("address", "{{7*7}} 路", "The sign { "),
]


@pytest.mark.parametrize(("name", "text", "sentence"), WRONG)
async def test_each_field_says_what_is_wrong_with_it(harness: BotHarness, name: str, text: str, sentence: str) -> None:
    """One sentence at the field; nothing is sent, and the form stays for another try."""
    await open_form(harness)
    wrong = await send_page(harness, fields(**{name: text}))
    assert list(wrong) == [name]
    assert sentence in wrong[name]
    await send_page(harness, fields())
    await send_page(harness)
    assert saved(harness) == [MING]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("138 1234 5678", "13812345678"),
        ("＋86 １３８１２３４５６７８", "13812345678"),
        ("008613812345678", "13812345678"),
        ("(0571) 8888-8888", "0571-88888888"),
        ("010 6552 1234", "010-65521234"),
        ("<tel:13812345678|138 1234 5678>", "13812345678"),
    ],
)
async def test_telephone_numbers_are_read_in_every_usual_form(harness: BotHarness, typed: str, sent: str) -> None:
    """And sent in one."""
    await open_form(harness)
    assert await send_page(harness, fields(phone=typed)) == {}
    await send_page(harness)
    assert saved(harness)[0]["phone"] == sent


# --- once -------------------------------------------------------------------------------------------------------------


async def test_a_confirmation_that_comes_often_is_carried_out_once(harness: BotHarness) -> None:
    """A double click, a redelivery, a replay after the end and after a restart."""
    await open_form(harness)
    await send_page(harness, fields())
    page = dict(view_of(harness))
    sent = [forged.submission(harness, page["callback_id"], page["private_metadata"], {}) for _ in range(3)]
    await asyncio.gather(*(forged.send(harness, payload) for payload in (*sent, sent[0])))
    assert saved(harness) == [MING]
    await harness.stop_bot()
    await harness.start_bot()
    await forged.send(harness, forged.submission(harness, page["callback_id"], page["private_metadata"], {}))
    assert harness.pandapon.count(SAVE) == 1


@pytest.mark.parametrize("label", ["Add…", "Change…"])
async def test_a_lost_answer_is_found_in_the_list(harness: BotHarness, label: str) -> None:
    """It is not sent again."""
    have(harness)
    await open_form(harness, label)
    await send_page(harness, fields(address="天目山路 2 号"))
    lose(harness, SAVE, "cut")
    await send_page(harness)
    assert "the list of saved addresses shows it" in text_of(harness)
    assert await states(harness) == [WriteState.FOUND_DONE]
    assert harness.pandapon.count(SAVE) == 1
    assert [address["address"] for address in saved(harness)][-1] == "天目山路 2 号"


@pytest.mark.parametrize("label", ["Add…", "Change…"])
@pytest.mark.parametrize("kind", ["5xx", "down"])
async def test_what_was_not_done_is_unclear_until_that_is_sure(harness: BotHarness, label: str, kind: str) -> None:
    """After a minute the list proves it, and another form may be sent."""
    have(harness)
    await open_form(harness, label)
    await send_page(harness, fields(address="天目山路 2 号"))
    lose(harness, SAVE, kind)
    await send_page(harness)
    assert "It is unclear" in text_of(harness)
    harness.pandapon.faults.clear()
    await open_form(harness, label)
    await send_page(harness, fields(address="天目山路 2 号"))
    await send_page(harness)
    assert "still unclear" in text_of(harness)
    harness.clock.advance(timedelta(seconds=61))
    harness.hurry("writes")
    await until_state(harness, WriteState.FOUND_UNDONE)
    await open_form(harness, label)
    await send_page(harness, fields(address="天目山路 2 号"))
    await send_page(harness)
    assert (await states(harness))[0] is WriteState.DONE


async def test_what_somebody_else_changed_meanwhile_is_not_guessed(harness: BotHarness) -> None:
    """Neither the former address nor the wanted one: the person is asked to look."""
    have(harness)
    await open_form(harness, "Change…")
    await send_page(harness, fields(address="天目山路 2 号"))
    lose(harness, SAVE, "down")
    await send_page(harness)
    harness.pandapon.faults.clear()
    have(harness, address="别人的地址")
    harness.clock.advance(timedelta(seconds=61))
    harness.hurry("writes")
    await until_state(harness, WriteState.UNKNOWABLE)


async def test_pandapons_refusal_is_told_and_the_form_goes_on(harness: BotHarness) -> None:
    """The address was deleted meanwhile: nothing is done."""
    have(harness)
    await open_form(harness, "Change…")
    await send_page(harness, fields(address="天目山路 2 号"))
    harness.pandapon.account.addresses.clear()
    await send_page(harness)
    assert "no longer saved" in text_of(harness)
    assert harness.pandapon.count(SAVE) == 0


async def test_another_person_cannot_send_the_form(harness: BotHarness) -> None:
    """It is refused and recorded."""
    await open_form(harness)
    await send_page(harness, fields())
    await send_page(harness, user="tom")
    assert saved(harness) == []
    assert [(write.state, write.reason) for write in await writes(harness)] == [(WriteState.REFUSED, "foreign_form")]


@pytest.mark.parametrize("value", ["", "x", "7 OR 1", "９", "1" * 30, "8"])
async def test_a_forged_address_opens_nothing(harness: BotHarness, value: str) -> None:
    """Not even one that PandaPon does not know."""
    have(harness)
    views = len(harness.slack.workspace.views)
    assert (await forged.send(harness, forged.press(harness, "change_address:0", value))).ok
    await harness.until(lambda: len(harness.slack.workspace.views) > views and "⏳" not in text_of(harness))
    assert "文三路" not in text_of(harness)
    assert "older version" in text_of(harness) or "no longer saved" in text_of(harness)


# --- nothing stays ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", ["", "cut", "5xx"])
async def test_neither_log_nor_database_has_the_address_afterwards(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, loss: str
) -> None:
    """With every line of the log as JSON at debug level, and the bytes of the database's file after a stop."""
    with everything_logged(caplog) as stream:
        async with sending(tmp_path) as harness:
            await open_form(harness)
            await send_page(harness, fields())
            assert await stored(harness), "the open form holds it"
            if loss:
                lose(harness, SAVE, loss)
            await send_page(harness)
            assert await stored(harness) == []
            harness.pandapon.faults.clear()
            await harness.ask("/panda address")
            await harness.ask("/panda audit")
    logged = stream.getvalue() + caplog.text
    assert logged
    assert [secret for secret in SECRETS if secret in logged or json.dumps(secret)[1:-1] in logged] == []
    for file in await asyncio.to_thread(lambda: list(tmp_path.glob("bot.db*"))):
        content = await asyncio.to_thread(file.read_bytes)
        assert [secret for secret in SECRETS if secret.encode() in content] == [], file.name


async def stored(harness: BotHarness) -> list[str]:
    """The parts of the address that any table has."""
    assert harness.bot is not None
    dump = await thread_of(harness.bot.store.engine).direct(lambda conn: "\n".join(conn.iterdump()))
    return [secret for secret in SECRETS if secret in dump]


async def test_an_order_without_an_address_leads_to_the_form(harness: BotHarness) -> None:
    """It opens on top of the order's form, and closing it leads back there."""
    goods = next(goods for goods in harness.world.goods if goods.platform is Platform.ALIBABA)
    account = harness.pandapon.account
    entry = CartEntry(account.next_number(), products.skus(goods)[0], 4)
    account.carts[Platform.ALIBABA][entry.number] = entry
    await harness.ask("/panda cart")
    below = await open_by(harness, "Order")
    assert "No address is saved" in text_of(harness)
    await press_in_page(harness, "Add an address")
    await harness.until(lambda: view_of(harness)["id"] != below["id"] and "Name of the recipient" in text_of(harness))
    assert view_of(harness)["root_view_id"] == below["id"]
    await send_page(harness, fields())
    await send_page(harness)
    assert saved(harness) == [MING]
