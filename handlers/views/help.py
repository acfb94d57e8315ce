"""How to use the bot: one page for all, and one for each topic, with examples that work as they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.i18n import _
from handlers.views import elements as el

if TYPE_CHECKING:
    from handlers.views.message import Message

ID = "2542285634920880794"
ID2 = "3305075341149134260"


def help(topic: str = "") -> Message:  # noqa: A001  it is what the command is called
    """The page on a topic; the overview for none, or for one that does not exist."""
    pages = _pages()
    if topic not in pages:
        return _overview()
    title, words, examples = pages[topic]
    shown = "\n".join(f"• `{command}`  {meaning}" for command, meaning in examples)
    blocks = [el.section(f"*{title}*\n{words}"), *([el.section(shown)] if shown else [])]
    return el.message([*blocks, el.context(_("Everything else: {command}").format(command="`/panda help`"))])


def _overview() -> Message:
    lines = [
        ("/panda search 连衣裙 --max 80", _("goods on 1688 and Taobao")),
        (f"/panda order {ID}", _("one order: state, amounts, items, parcels")),
        ("/panda orders shipped", _("the account's orders")),
        (f"/panda track {ID}", _("every parcel, by order id or waybill")),
        (f"/panda watch {ID}", _("news of an order, posted here automatically")),
        (f"/panda unwatch {ID}", _("stop that")),
        ("/panda watches", _("what this channel watches")),
        ("/panda watch all", _("news of every order of the account, here")),
        ("/panda mute 24h", _("quiet for a while; `/panda settings` has quiet hours and a daily digest")),
        (f"/panda why {ID}", _("why something was posted here, or not")),
        ("/panda status", _("how the bot is doing")),
        ("/panda help watch", _("more about one of these")),
    ]
    return el.message(
        [
            el.section(_("*pandabot* follows what you buy on 1688 and Taobao.")),
            el.section("\n".join(f"• `{command}`  {meaning}" for command, meaning in lines)),
            el.context(
                _("Or open a message's menu (⋮): “Track orders in message” and “Watch orders in message”."),
                _("Only you see the answers; news of watched orders is posted for everybody."),
            ),
        ]
    )


def _pages() -> dict[str, tuple[str, str, list[tuple[str, str]]]]:
    """Title, words and examples of each topic."""
    return {**_asking(), **_watching(), **_choosing()}


def _choosing() -> dict[str, tuple[str, str, list[tuple[str, str]]]]:
    return {
        "mute": (
            _("Keep quiet for a while"),
            _("No news of these orders, or of any, is posted here. Cards and the log are kept up to date."),
            [
                ("/panda mute", _("the whole channel, for 24 hours")),
                (f"/panda mute {ID} 3d", _("one order, for three days; `h`, `d` and `w` are hours, days, weeks")),
            ],
        ),
        "unmute": (
            _("News again"),
            _("Ends a mute early."),
            [("/panda unmute", _("the channel")), (f"/panda unmute {ID}", _("one order"))],
        ),
        "settings": (
            _("Channel settings"),
            _(
                "Which news, where it appears, quiet hours, digest, language and time zone; "
                "and what they meant last week."
            ),
            [("/panda settings", _("here")), ("/panda settings in #purchasing", _("in another channel"))],
        ),
        "why": (
            _("Why was that posted, or not?"),
            _("The log of an order in this channel: each piece of news, and what became of it."),
            [(f"/panda why {ID}", _("here")), (f"/panda why {ID} in #purchasing", _("in another channel"))],
        ),
    }


def _asking() -> dict[str, tuple[str, str, list[tuple[str, str]]]]:
    return {
        "search": (
            _("Search goods"),
            _(
                "Finds goods on both platforms, or on one. Prices are in yuan. "
                "Put words in quotes to search for them as typed."
            ),
            [
                ("/panda search 连衣裙", _("both platforms")),
                (
                    "/panda search 连衣裙 --1688 --sort price",
                    _("one platform, cheapest first; `-price` and `sales` work too"),
                ),
                ("/panda search 手机壳 --min 5 --max 80 --page 2", _("a range of prices, another page")),
                ("/panda-search 连衣裙", _("the same, shorter")),
            ],
        ),
        "order": (
            _("Show an order"),
            _("State, amounts, items, seller and parcels. The platform is detected automatically."),
            [(f"/panda order {ID}", _("one order")), (f"/panda order {ID} --1688", _("only if it is on 1688"))],
        ),
        "orders": (
            _("List orders"),
            _("The account's orders: `unpaid`, `paid`, `shipped`, `done`, `cancelled`, or all."),
            [
                ("/panda orders", _("all")),
                ("/panda orders shipped --taobao --page 2", _("in one state, on one platform")),
            ],
        ),
        "track": (
            _("Track parcels"),
            _("Every parcel with the courier's entries, newest first. Times are in your own time zone."),
            [
                (f"/panda track {ID}", _("by order id")),
                ("/panda track SF1234567890123", _("by waybill")),
                (f"/panda track {ID} --all", _("with all entries")),
            ],
        ),
        "status": (_("Status"), _("Whether PandaPon answers, and what is waiting."), [("/panda status", "")]),
    }


def _watching() -> dict[str, tuple[str, str, list[tuple[str, str]]]]:
    return {
        "watch": (
            _("Watch orders"),
            _(
                "A card here always shows the current state; news is posted in its thread, milestones, problems and "
                "money in the channel too (`/panda settings`). Choose `all`, `milestones` or `problems`."
            ),
            [
                (f"/panda watch {ID}", _("here, all news")),
                (f"/panda watch {ID} {ID2} problems", _("two orders, problems only")),
                (f"/panda watch {ID} in #purchasing", _("in another channel; invite me there first if it is private")),
                ("/panda watch all", _("every order of the account, new ones too")),
                ("/panda watch all shipped problems", _("all that are on their way, problems only")),
            ],
        ),
        "unwatch": (
            _("Stop watching"),
            _("Stops for these orders in this channel, and offers Undo."),
            [
                (f"/panda unwatch {ID}", _("here")),
                (f"/panda unwatch {ID} in #purchasing", _("in another channel")),
                ("/panda unwatch all", _("end `watch all` and the watches that it added")),
            ],
        ),
        "watches": (
            _("What is watched"),
            _("The channel's watches: state, filter, who and when."),
            [("/panda watches", _("here")), ("/panda watches in #purchasing", _("in another channel"))],
        ),
        "shortcuts": (
            _("Shortcuts on messages"),
            _(
                "Open a message's menu (⋮), then “More message shortcuts”. “Track orders in message” shows up to ten "
                "orders and parcels that it mentions; “Watch orders in message” watches its orders in that channel."
            ),
            [],
        ),
    }
