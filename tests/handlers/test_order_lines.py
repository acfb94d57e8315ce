"""One line for each order of a list: the link, the title and the id, whatever the title holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from support.message_checks import check, shown
from support.view_samples import (
    CARD,
    HOSTILE,
    ID,
    LINKS,
    NOW,
    REF,
    VERY_HOSTILE,
    listed,
    order,
    watch,
)

from handlers.blocks import elements as el
from handlers.blocks.links import Links
from handlers.blocks.order_lines import Title, collapsed_line, order_line
from handlers.blocks.standing import standing
from handlers.features.home import home_view
from handlers.features.watching import watches_view
from handlers.posts import digest
from handlers.wire.requests import ListWatches
from pandapon.courier import Reason
from pandapon.shipment import Milestone
from sandbox.slack.blocks import check_view
from sandbox.slack.schemas import errors
from storage.channel import Channel
from storage.subscription import Subscription
from storage.watch import WatchedOrder, WatchedOrders
from tracking.daily_digest import DailyDigest, DigestEntry
from tracking.values import Filter, Leg, News, Step

HERE = "C0123ABCD"
LINK = "https://panda.slack.com/archives/C0123ABCD/p1779264000000100"
ARABIC = "فستان أحمر صيفي"
TITLES = [HOSTILE, VERY_HOSTILE, "", "裙" * 200, ARABIC, "שמלה אדומה " * 20, "👗" * 200, "a|b>c<d&e" * 30]
MOVING = standing(Milestone.IN_TRANSIT)


def line(title: str, link: str = LINK, items: int = 1) -> str:
    return order_line(MOVING, Title(REF, title, items, link))


def test_a_line_begins_with_the_state_and_leads_to_the_card() -> None:
    """The id is short where the card is a click away, and whole where it is not."""
    assert line("红色连衣裙", items=3) == f"🚚 *In transit* · <{LINK}|红色连衣裙> +2 · …880794"
    assert line("红色连衣裙", "") == f"🚚 *In transit* · 红色连衣裙 · `{ID}`"


def test_an_order_without_a_title_goes_by_its_id() -> None:
    """The id stands once in the link, or whole beside the words that no link carries."""
    assert line("") == f"🚚 *In transit* · <{LINK}|1688 …880794>"
    assert line("", "") == f"🚚 *In transit* · 1688 …880794 · `{ID}`"


def test_a_problem_has_its_reason_and_parcels_their_number() -> None:
    """Behind the id, and beside the state."""
    broken = standing(Milestone.EXCEPTION, reason=Reason.DAMAGED)
    text = order_line(replace(broken, part="1 of 2 parcels delivered"), Title(REF, "x", 1, LINK), ["🔕"])
    assert text.endswith(f"* (1 of 2 parcels delivered) · <{LINK}|x> · …880794 · damaged · 🔕")


@pytest.mark.parametrize("title", TITLES)
def test_a_title_stays_within_its_link(title: str) -> None:
    """It cannot end the link, name another address, notify anybody or change the direction of what follows."""
    text = line(title)
    check(el.message([el.section(text)]))
    assert text.count("<") == text.count(">") == 1
    assert text.split("|")[0].endswith(f"<{LINK}")
    assert len(text) < 500


def test_a_title_from_right_to_left_is_fenced_off() -> None:
    """So that the id behind it stays behind it."""
    assert line(ARABIC) == f"🚚 *In transit* · \u2068<{LINK}|{ARABIC}>\u2069 · …880794"


@pytest.mark.parametrize(
    ("workspace", "channel", "ts"),
    [
        ("", HERE, CARD),
        ("http://panda.slack.com/", HERE, CARD),
        ("https://panda.slack.com/x|y>", HERE, CARD),
        ("javascript:alert(1)", HERE, CARD),
        ("https://panda.slack.com/", "D0123ABCD", CARD),
        ("https://panda.slack.com/", "", CARD),
        ("https://panda.slack.com/", HERE, ""),
        ("https://panda.slack.com/", HERE, "None"),
        ("https://panda.slack.com/", "C0/../x", CARD),
    ],
)
def test_no_link_is_made_of_something_else(workspace: str, channel: str, ts: str) -> None:
    """Unknown workspace, channel or card: no link, and the line is whole without."""
    links = Links()
    links.learn(workspace)
    assert links.to(channel, ts) == ""


@pytest.mark.parametrize(
    "workspace", ["https://panda.slack.com/", "https://acme.enterprise.slack.com", "https://g.slack-gov.com/"]
)
def test_links_have_the_form_of_slacks_own(workspace: str) -> None:
    """As ``chat.getPermalink`` shows it, in a Grid too."""
    links = Links()
    links.learn(workspace)
    assert links.to("C1H9RESGA", "1358546515.000008") == f"{workspace.rstrip('/')}/archives/C1H9RESGA/p1358546515000008"


def test_a_collapsed_group() -> None:
    """The number and some names."""
    assert collapsed_line("✅ *2 delivered*", ["a", "b"], 2) == "✅ *2 delivered*: a, b"
    assert collapsed_line("✅ *12 delivered*", list("abcdefghijkl"), 12).endswith("i, j, 2 more")
    assert collapsed_line("✅ *9 delivered*", [], 9) == "✅ *9 delivered*"


# --- the messages that consist of such lines -------------------------------------------------------------------------


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("n", [1, 40, 400])
def test_a_digest_of_any_size_and_title_fits(title: str, n: int) -> None:
    """Slack takes it; the delivered ones are named at its end, however many problems come before."""
    entries = [DigestEntry(f"1688:{10**17 + i}", Milestone.IN_TRANSIT, title, 1, card_ts=CARD) for i in range(n)]
    held = [replace(entry, milestone=Milestone.EXCEPTION, alarm=Leg.DOMESTIC) for entry in entries]
    arrived = [replace(entry, milestone=Milestone.DELIVERED) for entry in entries]
    told = shown(check(digest.daily(DailyDigest("2026-05-20", (*entries, *arrived), tuple(held), n), HERE, LINKS)))
    assert f"✅ *{n} delivered*" in told
    assert told.index("*Needs attention*") < told.index("✅ *")


def test_the_digest_in_full() -> None:
    """Every part of it, word for word."""
    base = DigestEntry(
        REF.key, Milestone.OUT_FOR_DELIVERY, "红色连衣裙", 2, items=2, parcels=2, delivered=1, card_ts=CARD
    )
    held = DigestEntry("1688:100000000001", Milestone.EXCEPTION, "马克杯", reason=Reason.DAMAGED, card_ts=CARD)
    silent = DigestEntry("taobao:100000000002", Milestone.IN_TRANSIT, "数据线", alarm=Leg.DOMESTIC)
    arrived = DigestEntry("1688:100000000003", Milestone.DELIVERED, "衬衫", 1, card_ts=CARD)
    summary = DailyDigest("2026-05-20", (base, arrived), (held, silent), 9)
    assert check(digest.daily(summary, HERE, LINKS)).text.splitlines() == [
        "📰 *Today's summary · 9 orders*",
        "*Needs attention*",
        f"⚠️ *{standing(Milestone.EXCEPTION).words}* · <{LINK}|马克杯> · …000001 · damaged",
        "🚚 *In transit* · 数据线 · `100000000002` · ⏰ No movement",
        "*Updates*",
        f"🛵 *Out for delivery* (1 of 2 parcels delivered) · <{LINK}|红色连衣裙> +1 · …880794",
        f"✅ *1 delivered*: <{LINK}|衬衫>",
    ]


def test_a_day_without_news() -> None:
    """One order, and nothing of it; and no order at all."""
    assert "1 order*" in check(digest.daily(DailyDigest("2026-05-20", watched=1), HERE, LINKS)).text
    assert "nothing needs attention" in check(digest.daily(DailyDigest("2026-05-20"), HERE, LINKS)).text


def batched(*told: tuple[Milestone, str]) -> str:
    news = [
        (News(replace(REF, order_id=f"10000000000{n}"), after, steps=(Step(Milestone.SHIPPED, after),)), title)
        for n, (after, title) in enumerate(told)
    ]
    rows = [(decision, watch(key=decision.ref.key, order=order(title, 1), card_ts=CARD)) for decision, title in news]
    return shown(check(digest.batch(rows, LINKS)))


def test_a_batch_has_the_parts_of_the_digest() -> None:
    """What needs attention, the updates, and the delivered ones by name."""
    text = batched((Milestone.IN_TRANSIT, "a"), (Milestone.DELIVERED, "b"), (Milestone.LOST, "c"))
    assert text.splitlines()[0] == "📬 *Updates on 3 orders*"
    assert text.index("*Needs attention*") < text.index("|c>") < text.index("*Updates*\n") < text.index("|a>")
    assert f"✅ *1 delivered*: <{LINK}|b>" in text


@pytest.mark.parametrize("title", TITLES)
def test_a_batch_of_any_title_fits(title: str) -> None:
    """Sixty orders at once."""
    batched(*((milestone, title) for milestone in [*Milestone] * 4))


@pytest.mark.parametrize("title", TITLES)
def test_a_home_of_any_title_fits(title: str) -> None:
    """As many orders as are read for it, each in many channels, stay below 100 blocks."""
    row = watch(order=order(title, 5), card_ts=CARD)
    rows = tuple(replace(row, id=n, channel=f"C0123ABC{n}") for n in range(9))
    lists = {
        group: WatchedOrders((WatchedOrder(group, rows, None, 1, 2),) * most, {group: 500})
        for group, most in home_view.MAX_ORDERS.items()
    }
    view = home_view.home(home_view.HomeOrders(lists, unread=7), NOW, LINKS)
    assert check_view(view) == []
    assert errors("Home", view) == []
    assert len(view["blocks"]) < 40
    text = "\n".join(str(block.get("text", "")) for block in view["blocks"])
    assert text.index("*Needs attention* · 500") < text.index("*On the way* · 500") < text.index("500 delivered")
    assert "<#C0123ABC0> <#C0123ABC1> <#C0123ABC2> +6" in text


def test_watches_say_that_all_are_watched() -> None:
    """At the head, with the state and the filter, above the mute of the channel."""
    subscriptions = [
        Subscription(HERE, "", Filter.ALL, "U1", 1),
        Subscription(HERE, "paid", Filter.PROBLEMS, "U1", 2),
    ]
    muted = Channel(HERE, muted_until=NOW + timedelta(hours=2), muted_by="U1")
    rows = listed(watch(1, card_ts=CARD), watch(2, milestone=Milestone.LOST))
    request = ListWatches(HERE)
    message = watches_view.listing(request, rows, muted, NOW, LINKS, page_size=10, subscriptions=subscriptions)
    head = check(message).blocks[0]["text"]["text"].splitlines()
    assert head[0] == f"*2 orders are watched in <#{HERE}>*"
    assert "`watch all` is on: new orders are added automatically" in head[1]
    assert "in the state `paid`" in head[2]
    assert "🔕 Muted by" in head[3]


@pytest.mark.parametrize("title", TITLES)
def test_watches_of_any_title_fit(title: str) -> None:
    """A page of ten."""
    rows = [watch(n, order=order(title), card_ts=CARD if n % 2 else "") for n in range(10)]
    check(watches_view.listing(ListWatches(HERE), listed(*rows), Channel(HERE), NOW, LINKS, page_size=10))
