"""Nothing of one workspace ever shows in another: whatever is typed, pressed, sent or pushed there."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from support import forged
from support.buying import ADDRESS, goods, open_order, put_into_cart, to_review
from support.canaries import logged
from support.host_harness import CANARY, SIGNING, A, B, HostHarness, WorkspaceHarness, hosted, keys_of
from support.intruder import MINE, ForeignValues, attack, attempts_on, pairs
from support.wizard_steps import send_page

from handlers import listeners
from handlers.access.subjects import PERSON
from handlers.blocks import action_ids
from handlers.commands.declarations import Button, Feature, Listener, MessageShortcut
from handlers.features.all import FEATURES
from handlers.listeners import declarations
from pandapon import spans
from pandapon.shipment import OrderRef, Platform
from sandbox.pandapon.demo import FIRST
from sandbox.pandapon.trading.routes import OWN_PATHS
from sandbox.slack.delivery import post_signed
from storage.alarm import Alarm
from tracking.values import Filter, Leg, News, NewsToPost, Severity, Stall

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from handlers.access.subjects import Subject
    from handlers.interactions.interaction import Interaction

# What people of B could change in A, if anything could.
STANDING = ("watches", "alarms", "approvals", "absences", "writes", "flows", "audit", "channels", "subscriptions")
ASKED = (
    "orders",
    f"order {MINE[0]}",
    f"track {MINE[1]}",
    f"track {MINE[2]}",
    "search 连衣裙",
    "cart",
    "watches",
    "refunds",
    "addresses",
    "settings",
    "status",
    "why",
    "audit",
)
MOST_PRESSES = 12  # of one answer


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[HostHarness]:
    """Both workspaces, connected; everything that writes is switched on."""
    extra: dict[str, Any] = {
        "writes": "all",
        "approvals": "1:U0TOM00002",
        "answer_seconds": 30.0,
        "pandapon_paths": OWN_PATHS,
    }
    async with hosted(tmp_path, **extra) as harness:
        await harness.connect(A)
        await harness.connect(B)
        yield harness


async def lived_in(alpha: WorkspaceHarness) -> None:
    """A's people watch, look, open every form that a button opens, ask for an approval, and meet an alarm."""
    store, now = alpha.bot.store, alpha.clock()
    await alpha.ask(f"/panda watch {MINE[0]} {MINE[1]} {MINE[2]}")
    await alpha.ask(f"/panda unwatch {MINE[1]}")
    key, stall = OrderRef(Platform.ALIBABA, MINE[0]).key, Stall(Leg.DOMESTIC, now, timedelta(hours=48))
    told = NewsToPost("stall:1", News(OrderRef.from_key(key), None, stall=stall), Severity.PROBLEM, frozenset(Filter))
    await store.alarms.open(now, Alarm(key, "stall:1", stall), told, None)
    await alpha.bot.deliverer.drain()
    alpha.pandapon.account.addresses[1] = ADDRESS | {"name": CANARY, "address": f"{CANARY}路1号"}
    for at in (0, 1):
        put_into_cart(alpha, goods(alpha, Platform.ALIBABA, at), 4)
    await alpha.ask("/panda cart")
    await open_order(alpha)
    await to_review(alpha)
    await send_page(alpha)
    assert len(alpha.rows("TABLE approvals")) == 1
    await alpha.bot.deliverer.drain()
    for line in ASKED:
        await alpha.ask(f"/panda {line}")
        await press_everything(alpha)
    await alpha.idle()


async def press_everything(workspace: WorkspaceHarness) -> None:
    """Press each button of the newest answer once; forms open, and nothing is confirmed."""
    message = workspace.private()[-1]
    for action_id, value in list(pairs(message.blocks))[:MOST_PRESSES]:
        if not action_id.startswith((action_ids.RUN, "cart_")):
            option = value if action_id.startswith(action_ids.MENU) else None
            with contextlib.suppress(LookupError, StopIteration):
                await workspace.slack.press("mei", message, action_id, value=option)
    await workspace.idle()


def standing(workspace: WorkspaceHarness) -> dict[str, str]:
    return {table: str(sorted(map(str, workspace.rows(f"TABLE {table}")))) for table in STANDING}


async def test_nothing_of_a_workspace_is_ever_in_another(harness: HostHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every listener of B with every id of A; the same shows A's contents in A itself."""
    alpha, beta = harness.of(A), harness.of(B)
    await lived_in(alpha)
    assert CANARY in str(alpha.slack.calls), "the canary would be seen"
    assert CANARY in harness.dump(f"team_{A.lower()}")
    foreign = ForeignValues.of(alpha)
    assert len(foreign.forms) > 6
    assert len(alpha.rows("TABLE flows")) > 3
    before, asked_before = standing(alpha), len(alpha.slack.calls)
    heard = hear_listeners(monkeypatch)
    with logged("debug") as log:
        answers = await attack(beta, foreign)
        await beta.several_ticks()
    assert len(answers) > 1500
    assert CANARY not in str(answers)
    assert heard == {named(declared.kind, declared.name) for declared in declarations(beta.bot.app)}
    assert standing(alpha) == before
    assert {call.method for call in alpha.slack.calls[asked_before:]} <= {"auth.test"}  # a job of A
    everything = str([(call.method, call.arguments, call.answer) for call in beta.slack.calls])
    everything += str(
        [vars(message) for room in beta.slack.workspace.channels.values() for message in room.messages.values()]
    )
    everything += str((beta.slack.workspace.ephemeral, beta.slack.workspace.views, beta.slack.workspace.homes))
    secrets = [keys_of(A).access_key, keys_of(A).access_secret, harness.slack.teams[A].token, CANARY]
    for secret in secrets:
        assert secret not in everything
        assert secret not in harness.dump(f"team_{B.lower()}")
        assert secret not in log.getvalue()


def hear_listeners(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """Collect the kind and the name of each listener that Bolt calls from now on."""
    heard: set[tuple[str, str]] = set()

    class Spans:
        @staticmethod
        def span(name: str, **attributes: Any) -> Any:
            heard.add((attributes["kind"], attributes["listener"]))
            return spans.span(name, **attributes)

    monkeypatch.setattr(listeners, "spans", Spans)
    return heard


def named(kind: str, name: Any) -> tuple[str, str]:
    return kind, name if isinstance(name, str) else "any"


async def test_a_listener_that_is_added_later_is_tried_as_well(tmp_path: Path) -> None:
    """The attack follows the declarations: a new button, shortcut, form's end and event get A's ids in B."""
    heard: list[tuple[str, str]] = []

    async def note(_subject: Subject, interaction: Interaction) -> None:
        heard.append(("listener", str(interaction.body)))

    async def act(interaction: Interaction, _given: Any) -> Any:
        heard.append(("act", str(interaction.body)))
        raise LookupError

    throwaway = Feature(
        buttons=(Button("later_button", PERSON, act),),
        message_shortcuts=(MessageShortcut("later_shortcut", PERSON, act),),
        listeners=(
            Listener("action", "later_action", PERSON, note),
            Listener("event", "reaction_added", PERSON, note),
            Listener("view_closed", "later_form", PERSON, note),
        ),
    )
    async with hosted(tmp_path, features=(*FEATURES, throwaway)) as harness:
        alpha, beta = await harness.connect(A), await harness.connect(B)
        await alpha.ask(f"/panda watch {MINE[0]}")
        foreign = ForeignValues.of(alpha)
        await attack(beta, foreign, lambda declared: "later" in str(declared.name) or declared.name == "reaction_added")
        for name in ("later_button", "later_shortcut", "later_action", "reaction_added", "later_form"):
            assert any(name in body and MINE[0] in body for _, body in heard), name
        assert all(attempts_on(declared, beta, foreign) for declared in declarations(beta.bot.app))


# --- the request checks and the push messages -------------------------------------------------------------------------


async def test_a_team_id_without_slacks_signature_does_nothing(harness: HostHarness) -> None:
    """A forged command for A, signed by another secret, unsigned, too old, or under another team's signature."""
    alpha = harness.of(A)
    payload = alpha.slack.names.on_the_wire(forged.command(alpha, f"watch {MINE[0]}"))
    url = f"{harness.base_url}/slack/events"
    before, calls = standing(alpha), len(alpha.slack.calls)
    async with aiohttp.ClientSession() as session:
        for secret, sent_at in (("another-secret", None), (SIGNING, 1_700_000_000.0)):
            ack = await post_signed(session, url, secret, "slash_commands", payload, 10, sent_at=sent_at)
            assert ack.status == 401
        async with session.post(url, data=payload) as answer:
            assert answer.status == 401
        for kind, changed in (
            ("slash_commands", {**payload, "team_id": A}),
            ("events_api", {"type": "x", "team_id": A}),
        ):
            ack = await post_signed(session, url, "guessed", kind, changed, 10)
            assert ack.status == 401
        async with session.post(url, data={"ssl_check": "1", "token": "t", "team_id": A}) as answer:
            assert (answer.status, await answer.text()) == (200, "")
        challenge = {"type": "url_verification", "challenge": "canary-9", "token": "t"}
        ack = await post_signed(session, url, SIGNING, "events_api", challenge, 10)
        assert ack.payload == {"challenge": "canary-9"}
    await asyncio.sleep(0.2)
    assert standing(alpha) == before
    assert {call.method for call in alpha.slack.calls[calls:]} <= {"auth.test"}


async def test_a_replayed_request_acts_once(harness: HostHarness) -> None:
    """The same signed command, three times, and once more after the process started anew: one watch, one card."""
    beta = harness.of(B)
    payload = beta.slack.names.on_the_wire(forged.command(beta, f"watch {FIRST}"))
    for again in (False, False, True):
        if again:
            await harness.stop_host()
            await harness.start_host()
            await harness.until_state(B, "running")
        assert (await forged.send(beta, payload, "slash_commands")).ok
        await beta.idle()
    await beta.until(beta.channel)
    await beta.several_ticks()
    assert len(beta.rows("TABLE watches")) == 1
    assert len(beta.channel()) == 1
    assert harness.of(A).rows("TABLE watches") == []


async def test_a_push_message_reaches_the_inbox_of_its_token_alone(harness: HostHarness) -> None:
    """Each account has an address of its own; any other is 404."""
    alpha, beta = harness.of(A), harness.of(B)
    assert harness.host is not None
    vault, rows = harness.host.vault, harness.rows("TABLE accounts")
    tokens = {row["id"]: vault.open(f"account:{row['id']}", row["sealed"])["callback_token"] for row in rows}
    body = {"messageType": "1688_LOGISTICS_BUYER_VIEW_TRACE", "messageBody": {"orderId": MINE[0]}}
    async with aiohttp.ClientSession() as session:
        for token, status in ((tokens[B], 200), ("x" * 32, 404), (tokens[A][:-1], 404), ("", 404)):
            async with session.post(f"{harness.base_url}/pandapon/callbacks/{token}", json=body) as answer:
                assert answer.status == status
    assert alpha.rows("TABLE inbox") == []
    assert tokens[A] != tokens[B]
    assert len(beta.rows("TABLE inbox")) == 1


async def test_one_store_names_the_tables_of_its_schema_alone(harness: HostHarness) -> None:
    """Not even a statement that names another's tables without their schema reaches them."""
    alpha, beta = harness.of(A), harness.of(B)
    await alpha.ask(f"/panda watch {MINE[0]}")

    def look(conn: Any) -> list[Any]:
        return [tuple(row) for row in conn.execute("SELECT current_schema(), count(*) FROM watches")]

    assert await alpha.bot.store.engine.read(look) == [(f"team_{A.lower()}", 1)]
    assert await beta.bot.store.engine.read(look) == [(f"team_{B.lower()}", 0)]
    assert alpha.bot.store is not beta.bot.store
    assert alpha.bot.api is not beta.bot.api
    assert alpha.bot.context.admission is not beta.bot.context.admission


async def test_one_connection_serves_all_schemas_in_turn_and_after_rollbacks(harness: HostHarness) -> None:
    """Sessions are set up once; each transaction sees its own schema all the same, whatever was before it."""
    assert harness.host is not None
    engines = {
        f"team_{A.lower()}": harness.of(A).bot.store.engine,
        f"team_{B.lower()}": harness.of(B).bot.store.engine,
        "public": harness.host.directory.engine,
    }

    def look(conn: Any) -> str:
        return str(conn.execute("SELECT current_schema()").fetchone()[0])

    def fail(conn: Any) -> str:
        look(conn)
        raise RuntimeError

    async def once(schema: str, number: int) -> None:
        engine = engines[schema]
        if number % 3 == 0:
            with pytest.raises(RuntimeError):
                await engine.run(fail)
        assert await (engine.read if number % 2 else engine.run)(look) == schema

    await asyncio.gather(*(once(schema, number) for number in range(40) for schema in engines))
