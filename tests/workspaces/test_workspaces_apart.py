"""Nothing of one workspace ever shows in another: whatever is typed, pressed, sent or pushed there."""

from __future__ import annotations

import asyncio
import contextlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from support import forged
from support.buying import ADDRESS, goods, open_order, put, to_review
from support.canaries import logged
from support.commands import VERBS
from support.host_harness import CANARY, OFFSET, SIGNING, A, B, HostHarness, WorkspaceHarness, hosted, keys_of
from support.wizard_steps import send_page

from handlers.blocks import action_ids
from handlers.listeners import declarations
from pandapon.shipment import OrderRef, Platform
from sandbox.pandapon.demo import FIRST, SECOND, TAOBAO
from sandbox.pandapon.trading.routes import OWN_PATHS
from sandbox.slack import payloads
from sandbox.slack.delivery import post_signed
from storage.alarm import Alarm
from tracking.values import Filter, Leg, News, NewsToPost, Severity, Stall

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

Json = dict[str, Any]
MINE = [str(int(order) + OFFSET) for order in (FIRST, SECOND, TAOBAO)]  # orders of A
# What people of B could change in A, if anything could.
STANDING = ("watches", "alarms", "approvals", "absences", "writes", "flows", "audit", "channels", "subscriptions")
CARRIED = ("watches", "alarms", "approvals", "flows", "writes", "outbox")  # their ids stand in buttons and forms
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
AT_ONCE = 8  # payloads that are sent at the same time


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[HostHarness]:
    """Both workspaces, connected; everything that writes is switched on."""
    extra: dict[str, Any] = {
        "writes": "all",
        "approvals": "1:U0TOM00002",
        "answer_seconds": 30.0,
        "pandapon_paths": OWN_PATHS,
    }
    async with hosted(tmp_path, **extra) as one:
        await one.connect(A)
        await one.connect(B)
        yield one


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
        put(alpha, goods(alpha, Platform.ALIBABA, at), 4)
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


def pairs(value: Any) -> Iterator[tuple[str, str]]:
    """Yield each button and option in blocks: its action id and its value."""
    if isinstance(value, list):
        for each in value:
            yield from pairs(each)
    elif isinstance(value, dict):
        if "action_id" in value:
            for carrier in (value, *(value.get("options") or ())):
                if carrier.get("value"):
                    yield str(value["action_id"]), str(carrier["value"])
        for each in value.values():
            yield from pairs(each)


def sent(workspace: WorkspaceHarness) -> list[Any]:
    """Everything that the bot has sent to Slack: blocks and views as values."""
    values = []
    for call in workspace.slack.calls:
        for value in call.arguments.values():
            with contextlib.suppress(ValueError, TypeError):
                values.append(json.loads(value) if isinstance(value, str) else value)
    return values


def forms(workspace: WorkspaceHarness) -> set[tuple[str, str]]:
    """The callback id and the metadata of each form that was shown."""
    views = [value for value in sent(workspace) if isinstance(value, dict) and "callback_id" in value]
    return {(view["callback_id"], str(view.get("private_metadata", ""))) for view in views}


def numbers(workspace: WorkspaceHarness) -> list[str]:
    """Every id of A's that a button or form could carry."""
    found = [str(row["id"]) for table in CARRIED for row in workspace.rows(f"TABLE {table}")]
    orders = [*MINE, *(f"alibaba {one}" for one in MINE), *(f"alibaba.{one}" for one in MINE)]
    parcels = [row["waybill"] for row in workspace.rows("SELECT waybill FROM parcels")]
    with_places = [f"{one}.0" for one in found if not one.isdigit()]
    return [*dict.fromkeys([*found, *with_places, *orders, *parcels])]


async def attack(beta: WorkspaceHarness, alpha: WorkspaceHarness) -> int:
    """Try every declared listener of B with everything of A; return how many payloads were sent."""
    harvest: dict[str, set[str]] = {}
    for action, value in pairs(sent(alpha)):
        harvest.setdefault(action.partition(":")[0], set()).add(value)
    ids, shown = numbers(alpha), forms(alpha)
    work: list[tuple[Json, str]] = []
    for declared in declarations(beta.bot.app):
        name = declared.name if isinstance(declared.name, str) else ""
        if declared.kind == "action":
            values = [*harvest.get(name.partition(":")[0], ()), *(ids if name else ids[:3])]
            prefix = name if name.endswith(":") else f"{name}:1"
            work += [(forged.press(beta, prefix, value), "interactive") for value in values]
            work += [(forged.press_in_home(beta, prefix, value), "interactive") for value in values[:2]]
        elif declared.kind in {"view", "view_closed"}:
            known = [metadata for callback, metadata in shown if callback.startswith(name)]
            work += [(sent_form(beta, declared.kind, name, value), "interactive") for value in [*known, *ids]]
        elif declared.kind == "shortcut":
            work += [(shortcut, "interactive") for shortcut in shortcuts(beta, name or "unknown")]
    asked = [f"{verb} {given}" for verb in VERBS for given in (*MINE, *ids[-2:])]
    work += [(forged.command(beta, text), "slash_commands") for text in (*asked, *VERBS, *MINE)]
    turns = asyncio.Semaphore(AT_ONCE)

    async def send(payload: Json, kind: str) -> None:
        async with turns:
            payload = beta.slack.names.on_the_wire(payload)
            slack = beta.slack
            assert slack._session is not None
            ack = await post_signed(slack._session, slack.request_url, SIGNING, kind, payload, 30)
            assert ack.ok, payload
            answers.append(ack.payload)

    answers: list[Any] = []
    await asyncio.gather(*(send(payload, kind) for payload, kind in work))
    await beta.idle()
    assert CANARY not in str(answers)
    return len(work)


def sent_form(beta: WorkspaceHarness, kind: str, callback: str, metadata: str) -> Json:
    form = forged.submission(beta, callback or "unknown", metadata, {})
    if kind == "view":
        return form
    return payloads.view_closed(beta.slack.workspace.user("mei"), form["view"], everything=False)


def shortcuts(beta: WorkspaceHarness, callback: str) -> Iterator[Json]:
    person, room = beta.slack.workspace.user("mei"), beta.slack.workspace.channel("orders")
    message = beta.slack.workspace.post(room, person.id, " ".join(MINE))
    url = beta.slack.base_url + beta.slack.interactions.new_url("actions", room.id, person.id)
    trigger = beta.slack.interactions.new_trigger()
    yield payloads.message_shortcut(person, room, message, callback, trigger=trigger, url=url)
    yield payloads.global_shortcut(person, callback, trigger=beta.slack.interactions.new_trigger(), ts=message.ts)


def standing(workspace: WorkspaceHarness) -> dict[str, str]:
    return {table: str(sorted(map(str, workspace.rows(f"TABLE {table}")))) for table in STANDING}


@pytest.mark.timeout(600)
async def test_nothing_of_a_workspace_is_ever_in_another(harness: HostHarness) -> None:
    """Every command, button, form and shortcut of B with every id of A; the same shows A's contents in A itself."""
    alpha, beta = harness.of(A), harness.of(B)
    await lived_in(alpha)
    assert CANARY in str(alpha.slack.calls), "the canary would be seen"
    assert CANARY in harness.dump(f"team_{A.lower()}")
    assert len(forms(alpha)) > 6
    assert len(alpha.rows("TABLE flows")) > 3
    before, asked_before = standing(alpha), len(alpha.slack.calls)
    with logged("debug") as log:
        count = await attack(beta, alpha)
        await beta.several_ticks()
    assert count > 1500
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


# --- the gate and the push messages -----------------------------------------------------------------------------------


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
