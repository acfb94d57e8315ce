"""A post that one engine's bot may have sent is found by the other one's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from support.store_harness import NOW, ORDERS_CHANNEL

from storage import enqueue
from storage.post import PostKind
from storage.sqlite.connection import post_token
from storage.tokens import tokens_of
from tracking.daily_digest import DailyDigest

if TYPE_CHECKING:
    from support.store_harness import StoreHarness


async def test_derived_tokens_are_known_on_both_engines(harness: StoreHarness) -> None:
    """Of news, of a first card and of a day's digest: the engine's own is among them, and so is SQLite's."""
    watch = await harness.active()
    await harness.tell("moved")
    news = await harness.claim_one()
    assert len(tokens_of(news)) == 2
    assert {news.token, post_token(news.channel, news.key, "moved")} <= tokens_of(news)
    await harness.store.outbox.mark_sent(NOW, news, "1.1")
    await harness.store.engine.run(
        lambda conn: enqueue.daily_digest(conn, NOW, "d1", ORDERS_CHANNEL, DailyDigest("d1"))
    )
    digest = await harness.claim_one()
    assert digest.kind is PostKind.DAILY_DIGEST
    assert {digest.token, post_token(digest.channel, "", "summary:d1")} <= tokens_of(digest)
    by_sqlite = post_token(news.channel, news.key, f"card:{watch.id}")
    card = replace(news, kind=PostKind.CARD, watch_id=watch.id, token=by_sqlite)
    assert len(tokens_of(card)) == 2


async def test_a_random_token_has_no_twin(harness: StoreHarness) -> None:
    """A card that a person asked for is another message than the one that came with news."""
    await harness.opening()
    card = await harness.claim_one()
    assert tokens_of(card) == {card.token}
