"""The check of isolation is sharp: whatever keeps two workspaces apart is taken out here, and each time it is seen.

Where two walls stand behind each other, as the router and the admission of each bot, one of them is taken out alone:
what is seen then is that a bot heard of an act in another workspace, or that people got no answer.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.oauth.state_utils import OAuthStateUtils
from slack_sdk.signature import SignatureVerifier
from support.host_harness import A, hosted
from support.isolation import leaks

import bot.app
import bot.clients.slack
import bot.web.callbacks
import bot.wiring.context
import bot.wiring.resources
import bot.workspaces.accounts
import bot.workspaces.installation_lookup
import bot.workspaces.launcher
import bot.workspaces.registry
import bot.workspaces.router
import bot.workspaces.stores
import bot.workspaces.tokens
import bot.workspaces.vault
import handlers.access.admission
import handlers.blocks.people
import handlers.interactions.files
import handlers.listeners
import storage.postgres.database
from bot.workspaces.secrets import open_account, open_installation
from handlers.wire import payloads

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Patch = pytest.MonkeyPatch


async def test_two_workspaces_are_apart(tmp_path: Path) -> None:
    """The check finds nothing in the bot as it is."""
    async with hosted(tmp_path) as harness:
        assert await leaks(harness) == []


def once(make: Callable[..., Any]) -> Callable[..., Any]:
    """Return what makes a thing the first time, and gives the same thing to everybody afterwards."""
    made: list[Any] = []

    def share(*args: Any, **kwargs: Any) -> Any:
        if not made:
            made.append(make(*args, **kwargs))
        return made[0]

    return share


def shared(name: str, patch: Patch) -> None:
    """All bots of the process get the same part, as if it were kept without the workspace."""
    places = [module for module in (bot.app, bot.wiring.resources, bot.wiring.context) if hasattr(module, name)]
    part = once(getattr(places[0], name))
    for module in places:
        patch.setattr(module, name, part)


# --- the way in -------------------------------------------------------------------------------------------------------


def router_takes_the_first(patch: Patch) -> None:
    patch.setattr(bot.workspaces.registry.Registry, "find", lambda self, _ids: next(iter(self.all()), None))


def router_takes_the_first_and_it_admits_all(patch: Patch) -> None:
    """Both walls are out: the bot of another workspace answers."""
    router_takes_the_first(patch)
    patch.setattr(handlers.access.admission, "_is_for", lambda *_args: True)


def router_believes_the_person(patch: Patch) -> None:
    """The team of whoever acts decides, and not the installation that Slack names."""
    known = bot.workspaces.installation_lookup.candidate_ids

    def candidate_ids(asked: Any) -> list[str]:
        body = asked.body
        theirs = payloads.text(body, "user", "team_id") or payloads.text(body, "event", "user_team")
        return [theirs, *known(asked)]

    patch.setattr(bot.workspaces.router, "candidate_ids", candidate_ids)


def router_believes_the_outer_team(patch: Patch) -> None:
    """Of an event, the team that it happened in decides, and not the authorizations."""
    known = bot.workspaces.installation_lookup.candidate_ids
    patch.setattr(
        bot.workspaces.router, "candidate_ids", lambda asked: [payloads.text(asked.body, "team_id"), *known(asked)]
    )


def router_does_not_ask_who_posted(patch: Patch) -> None:
    patch.setattr(bot.workspaces.installation_lookup, "_poster", lambda _asked: "")


def gate_checks_no_signature(patch: Patch) -> None:
    patch.setattr(SignatureVerifier, "is_valid", lambda *_args, **_kwargs: True)


def any_browser_ends_an_installation(patch: Patch) -> None:
    patch.setattr(OAuthStateUtils, "is_valid_browser", lambda *_args, **_kwargs: True)


def any_state_ends_an_installation(patch: Patch) -> None:
    async def consume(*_args: Any) -> bool:
        return True

    patch.setattr(bot.workspaces.stores.OAuthStates, "async_consume", consume)


def pushes_go_to_the_first(patch: Patch) -> None:
    patch.setattr(
        bot.workspaces.registry.Registry,
        "callbacks",
        lambda self, _token: next(workspace.bot.callbacks for workspace in self.all() if workspace.bot),
    )


def pushes_go_to_the_first_unchecked(patch: Patch) -> None:
    pushes_go_to_the_first(patch)
    patch.setattr(bot.web.callbacks.Callbacks, "_admit", lambda *_args: None)


# --- the data ---------------------------------------------------------------------------------------------------------


def all_stores_on_one_schema(patch: Patch) -> None:
    patch.setattr(bot.workspaces.launcher, "schema_of", lambda _id: f"team_{A.lower()}")


def sessions_keep_their_schema(patch: Patch) -> None:
    """A connection is not turned to the schema of its next transaction."""
    set_up = storage.postgres.database.PostgresServer._set_up

    def once_for_all(self: Any, raw: Any, schema: str) -> None:
        if raw.schema is None:
            set_up(self, raw, schema)

    patch.setattr(storage.postgres.database.PostgresServer, "_set_up", once_for_all)


def keys_are_stored_for_the_first(patch: Patch) -> None:
    connect = bot.workspaces.accounts.Accounts.connect

    async def for_the_first(self: Any, _id: str, *args: Any, **kwargs: Any) -> str:
        return await connect(self, A, *args, **kwargs)

    patch.setattr(bot.workspaces.accounts.Accounts, "connect", for_the_first)


def seals_of_others_are_opened(patch: Patch) -> None:
    """A secret's owner is not compared."""
    patch.setattr(bot.workspaces.vault, "_is_of", lambda _content, _owner: True)


def all_bots_have_the_first_token(patch: Patch) -> None:
    patch.setattr(bot.workspaces.tokens, "open_installation", once(open_installation))


def all_bots_have_the_first_account(patch: Patch) -> None:
    patch.setattr(bot.workspaces.launcher, "open_account", once(open_account))


# --- what people get --------------------------------------------------------------------------------------------------


def homes_are_kept_by_person(patch: Patch) -> None:
    """A home is kept by the person's id, without the workspace."""
    publish, kept = bot.clients.slack.SlackClient.views_publish, dict[str, Any]()

    async def from_memory(self: Any, *, user_id: str, view: Any, **fields: Any) -> Any:
        return await publish(self, user_id=user_id, view=kept.setdefault(user_id, view), **fields)

    patch.setattr(bot.clients.slack.SlackClient, "views_publish", from_memory)


def answers_go_to_a_kept_url(patch: Patch) -> None:
    """The way to answer a person is kept by their and the channel's ids, without the workspace."""
    interaction, kept = handlers.listeners._interaction, dict[tuple[str, str], Any]()

    def from_memory(ctx: Any, body: Any, respond: Any, client: Any) -> Any:
        key = payloads.user(body), payloads.channel(body)
        return interaction(ctx, body, kept.setdefault(key, respond), client)

    patch.setattr(handlers.listeners, "_interaction", from_memory)


def people_are_kept_in_a_module(patch: Patch) -> None:
    """A cache beside the code, as anybody may add one, by the person's id alone."""
    meet, kept = handlers.blocks.people.People.meet, dict[str, Any]()
    patch.setattr(handlers.blocks.people, "kept", kept, raising=False)

    def keep(self: Any, body: Any) -> str:
        kept[payloads.user(body)] = body
        return meet(self, body)

    patch.setattr(handlers.blocks.people.People, "meet", keep)


SHARED = ("PandaPon", "web_client", "Admission", "Languages", "People", "Links")  # parts of each bot


def files_are_fetched_by_the_first(patch: Patch) -> None:
    fetch, kept = handlers.interactions.files._bytes, list[Any]()

    async def by_the_first(client: Any, *args: Any) -> bytes:
        kept.append(client)
        return await fetch(kept[0], *args)

    patch.setattr(handlers.interactions.files, "_bytes", by_the_first)


BREAKAGES: dict[str, Callable[[Patch], None]] = {
    **{
        breakage.__name__: breakage
        for breakage in (
            router_takes_the_first,
            router_takes_the_first_and_it_admits_all,
            router_believes_the_person,
            router_believes_the_outer_team,
            router_does_not_ask_who_posted,
            gate_checks_no_signature,
            any_browser_ends_an_installation,
            any_state_ends_an_installation,
            pushes_go_to_the_first,
            pushes_go_to_the_first_unchecked,
            all_stores_on_one_schema,
            sessions_keep_their_schema,
            keys_are_stored_for_the_first,
            seals_of_others_are_opened,
            all_bots_have_the_first_token,
            all_bots_have_the_first_account,
            homes_are_kept_by_person,
            answers_go_to_a_kept_url,
            files_are_fetched_by_the_first,
            people_are_kept_in_a_module,
        )
    },
    **{f"all_bots_share_{name}": partial(shared, name) for name in SHARED},
}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # a broken bot may leave connections
@pytest.mark.parametrize("breakage", BREAKAGES)
async def test_each_wall_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, breakage: str) -> None:
    """Without it, the check says what came through."""
    BREAKAGES[breakage](monkeypatch)
    async with hosted(tmp_path) as harness:
        assert await leaks(harness, seconds=10) != []
