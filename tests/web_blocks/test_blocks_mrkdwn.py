"""Mrkdwn as the page draws it: Slack's boundary rules, entities, mentions, links, emoji, quotations and fences."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from support.block_board import Board

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("*b* _i_ ~s~", "<strong>b</strong> <em>i</em> <s>s</s>"),
        ("_*both*_", "<em><strong>both</strong></em>"),
        ("(*b*), *c*!", "(<strong>b</strong>), <strong>c</strong>!"),
        ("📦*b*", "📦<strong>b</strong>"),
        ("snake_case_name 2*3*4", "snake_case_name 2*3*4"),
        ("中*文*字", "中*文*字"),
        ("* a * b *", "* a * b *"),
        ("** _ ~~", "** _ ~~"),
        ("*a\nb*", "*a<br>b*"),
        ("*a `*` b*", '<strong>a <code class="bk-code">*</code> b</strong>'),
        ("`*b* &amp; :package:`", '<code class="bk-code">*b* &amp; :package:</code>'),
        ("a`b`c", "a`b`c"),
        ("\u200b*b*\u200b", "\u200b<strong>b</strong>\u200b"),
        ("&lt;b&gt; &amp;amp; &quot;", "&lt;b&gt; &amp;amp; &amp;quot;"),
        (
            "<!here> <!channel>",
            '<span class="bk-mention bk-broadcast">@here</span> <span class="bk-mention bk-broadcast">@channel</span>',
        ),
        (":package: :thumbsup::skin-tone-3: :nothing_known: 10:30:20", "📦 👍🏼 :nothing_known: 10:30:20"),
    ],
)
async def test_styles(board: Board, typed: str, drawn: str) -> None:
    """Marks format at the edges of words only, within a line, and never in code."""
    assert await board.markup(typed) == drawn


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("<@U1> and <@U9|@zoe> and <@U9>", "@Mei Lin and @zoe and @U9"),
        ("<#C1|old-name> <#C9|gone> <#C9>", "#orders #gone #C9"),
        ("<!subteam^S1|@buyers> <!subteam^S1>", "@buyers @S1"),
        ("<!unheard^of|as told> <!unheard>", "as told <!unheard>"),
        ("<mailto:a@b.cn|a@b.cn> <tel:+861234>", "a@b.cn +861234"),
        ("<https://x.cn/?a=1&amp;b=2>", "https://x.cn/?a=1&b=2"),
        ("<> a < b > c", "<> a < b > c"),
    ],
)
async def test_angle_brackets(board: Board, typed: str, seen: str) -> None:
    """Mentions show present names, or the label, or the id; what is unknown shows as it stands."""
    assert (await board.write(typed)).strip() == seen


async def test_links(board: Board) -> None:
    """A link opens elsewhere and tells nobody whence; a bare address is one too, unless the text is verbatim."""
    await board.write("<https://x.cn/?a=1&amp;b=2|the *shop*> see https://y.cn/z.")
    shop, bare = (
        board.page.get_by_role("link", name="the *shop*"),
        board.page.get_by_role("link", name="https://y.cn/z"),
    )
    await expect(shop).to_have_attribute("href", "https://x.cn/?a=1&b=2")
    await expect(shop).to_have_attribute("rel", "noopener noreferrer")
    await expect(bare).to_have_attribute("href", "https://y.cn/z")
    await board.draw({"type": "section", "text": {"type": "mrkdwn", "text": "https://y.cn/z", "verbatim": True}})
    await expect(board.root.get_by_role("link")).to_have_count(0)


async def test_unsafe_link(board: Board) -> None:
    """An address that could run a script is no link: only its words are shown."""
    assert await board.write("<javascript:alert(1)|press> <data:text/html,x|me>") == "press me"
    await expect(board.root.get_by_role("link")).to_have_count(0)


async def test_quotes_and_fences(board: Board) -> None:
    """Lines after > are quoted together, after >>> all that follows; fences keep marks and line breaks."""
    await board.write("a\n&gt; q1\n&gt;*q2*\nb\n```\n*raw* &lt;\n  x\n```\nc\n&gt;&gt;&gt;rest\n```code```")
    quotes = board.root.locator("blockquote")
    await expect(quotes).to_have_count(2)
    assert await quotes.first.inner_text() == "q1\nq2"
    await expect(quotes.first.locator("strong")).to_have_text("q2")
    assert await board.root.locator("pre").all_inner_texts() == ["*raw* <\n  x", "code"]
    await expect(quotes.nth(1).locator("pre")).to_have_text("code")


@pytest.mark.parametrize("hostile", ["*a " * 3400, "_*~" * 3400, "<" * 10_000, "`" * 10_001, "> *" * 3400, ":a" * 5000])
async def test_long_hostile_text(board: Board, hostile: str) -> None:
    """Ten thousand marks that never close are drawn at once, and as they stand."""
    began = time.monotonic()
    seen = await board.write(hostile)
    assert time.monotonic() - began < 2
    assert len(seen) > 2000


async def test_markup_stays_text(board: Board) -> None:
    """Tags, scripts and direction marks in a text are letters: nothing runs, nothing is loaded."""
    text = '&lt;script&gt;alert(1)&lt;/script&gt; <img src=x onerror="alert(1)"> \u202eRTL\u202c "&lt;b'
    seen = await board.write(text)
    assert "<script>alert(1)</script>" in seen
    assert await board.root.locator("script, img, b").count() == 0
