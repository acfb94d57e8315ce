"""Forms of several pages: fill, review, confirm, done; whoever forges, replays or repeats a page does nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import throwaway_wizard
from support.bot_harness import running
from support.wizard_steps import open_by, press_in_page, send_page, text_of, typed, view_of

from handlers.features.all import FEATURES
from pandapon.shipment import Platform
from sandbox.pandapon.trading import products
from sandbox.pandapon.trading.routes import OWN_PATHS
from tracking.writes import WriteState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from support.bot_harness import BotHarness


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[BotHarness]:
    """The bot with a form of two pages."""
    features = (*FEATURES, throwaway_wizard.FEATURE)
    async with running(tmp_path, features=features, pandapon_paths=OWN_PATHS, writes="cart") as harness:
        yield harness


async def open_form(harness: BotHarness) -> None:
    """Press the button, and wait for the filled first page."""
    await harness.ask("/panda rehearse")
    await open_by(harness, "Buy")


def says(harness: BotHarness, text: str) -> bool:
    """Whether the form has these words."""
    return text in text_of(harness)


def in_cart(harness: BotHarness) -> list[int]:
    """The quantities in the cart."""
    return [entry.quantity for entry in harness.pandapon.account.carts[Platform.ALIBABA].values()]


async def test_fill_review_go_back_and_confirm(harness: BotHarness) -> None:
    """A wrong field is marked; back keeps the content; the confirmation is done once and says so."""
    await open_form(harness)
    assert await send_page(harness, typed(pieces="many")) == {"pieces": "A number, please."}
    assert await send_page(harness, typed(pieces="1000")) == {"pieces": "Too many."}
    await send_page(harness, typed(pieces="5"))
    assert says(harness, "5 pieces?")
    await press_in_page(harness, "◀ Back")
    assert says(harness, "Pieces")
    await send_page(harness, typed(pieces="7"))
    await send_page(harness)
    assert says(harness, "Added")
    assert in_cart(harness) == [7]


async def test_a_press_changes_the_page(harness: BotHarness) -> None:
    """Its argument comes back, and the page is made anew."""
    await open_form(harness)
    await press_in_page(harness, "Rename")
    assert says(harness, "now red")


async def test_a_confirmation_that_comes_again_shows_the_result(harness: BotHarness) -> None:
    """A double click, and a replay of the page after the end."""
    await open_form(harness)
    await send_page(harness, typed(pieces="5"))
    page = dict(view_of(harness))
    await send_page(harness)
    harness.slack.workspace.views[page["id"]] = page
    await send_page(harness)
    assert says(harness, "Added")
    assert in_cart(harness) == [5]


async def test_a_page_of_an_earlier_revision_does_nothing(harness: BotHarness) -> None:
    """The review of five pieces, sent after the person went back and wrote seven: the present page is shown."""
    await open_form(harness)
    await send_page(harness, typed(pieces="5"))
    old = dict(view_of(harness))
    await press_in_page(harness, "◀ Back")
    await send_page(harness, typed(pieces="7"))
    present = view_of(harness)
    harness.slack.workspace.views[present["id"]] = present | {"private_metadata": old["private_metadata"]}
    await send_page(harness)
    assert says(harness, "out of date")
    assert says(harness, "7 pieces?")
    assert in_cart(harness) == []


@pytest.mark.parametrize("forged", ["", "x", "A" * 24 + ".1", "A" * 24, "….1", "{id}", "{id}.99", "{id}.1.1"])
async def test_a_forged_id_does_nothing(harness: BotHarness, forged: str) -> None:
    """An unknown id, no id, a revision that does not exist."""
    await open_form(harness)
    await send_page(harness, typed(pieces="5"))
    view = view_of(harness)
    own = view["private_metadata"].partition(".")[0]
    harness.slack.workspace.views[view["id"]] = view | {"private_metadata": forged.replace("{id}", own)}
    await send_page(harness)
    assert in_cart(harness) == []


async def test_another_persons_form_is_refused_and_recorded(harness: BotHarness) -> None:
    """Tom sends the page that Mei opened."""
    await open_form(harness)
    await send_page(harness, typed(pieces="5"))
    await send_page(harness, user="tom")
    assert in_cart(harness) == []
    assert harness.bot is not None
    newest = (await harness.bot.store.writes.newest(0, 1))[0][0]
    assert (newest.state, newest.reason) == (WriteState.REFUSED, "foreign_form")


async def test_after_a_refusal_the_person_goes_back_and_tries_again(harness: BotHarness) -> None:
    """PandaPon refuses more than its stock; with fewer pieces the same form succeeds."""
    await open_form(harness)
    account = harness.pandapon.account
    sku = products.skus(account.world.goods[0])[0]
    account.take(sku, account.stock(sku) - 10)
    await send_page(harness, typed(pieces="999"))
    await send_page(harness)
    assert says(harness, "Not done")
    await press_in_page(harness, "◀ Back")
    assert says(harness, "999 pieces?")
    await press_in_page(harness, "◀ Back")
    await send_page(harness, typed(pieces="5"))
    await send_page(harness)
    assert says(harness, "Added")
    assert in_cart(harness) == [5]


async def test_a_restart_keeps_the_form(harness: BotHarness) -> None:
    """The page that was open goes on with the next process."""
    await open_form(harness)
    await send_page(harness, typed(pieces="5"))
    await harness.stop_bot()
    await harness.start_bot()
    await send_page(harness)
    assert says(harness, "Added")
    assert in_cart(harness) == [5]
