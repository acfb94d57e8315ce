"""What people type, as they type it: phones, Chinese keyboards, pasted links, slips."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from support.commands import parse

from handlers.blocks import order_states
from handlers.wire.errors import UsageError
from handlers.wire.requests import (
    Help,
    ListOrders,
    ListWatches,
    Mute,
    Search,
    ShowOrder,
    Start,
    Status,
    Track,
    Unwatch,
    WatchAll,
    WatchOrders,
)
from pandapon.shipment import Platform
from tracking.values import Filter

if TYPE_CHECKING:
    from handlers.wire.requests import Request

A, B = "2542285634920880794", "3305075341149134260"
ALIBABA, TAOBAO = Platform.ALIBABA, Platform.TAOBAO


def refused(text: str, command: str = "/panda") -> UsageError:
    with pytest.raises(UsageError) as caught:
        parse(text, command=command)
    return caught.value


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("", Start()),
        ("   ", Start()),
        ("help", Help()),
        ("?", Help()),
        ("？", Help()),
        ("帮助", Help()),
        ("help watch", Help("watch")),
        ("help follow", Help("watch")),
        ("help /panda-search", Help("search")),
        ("help shortcuts", Help("shortcuts")),
        ("search help", Help("search")),
        ("watch --help", Help("watch")),
        ("status", Status()),
        ("search 连衣裙", Search("连衣裙")),
        ("搜索连衣裙", Search("连衣裙")),
        ("SEARCH: red   dress", Search("red dress")),
        ("s 手机 壳", Search("手机 壳")),
        ("find 👗✨ 连衣裙", Search("👗✨ 连衣裙")),
        ("search 👨‍👩‍👧 相框", Search("👨‍👩‍👧 相框")),
        ("search 连衣裙 --1688", Search("连衣裙", ALIBABA)),
        ("search 连衣裙 --taobao", Search("连衣裙", TAOBAO)),
        ("search 连衣裙 --taobao --1688", Search("连衣裙")),
        ("search 连衣裙 --sort price", Search("连衣裙", sort="price")),
        ("search 连衣裙 --sort -price", Search("连衣裙", sort="-price")),
        ("search 连衣裙 --sort=sales", Search("连衣裙", sort="sales")),
        ("search 连衣裙 --max 80", Search("连衣裙", price_max=Decimal(80))),
        ("search 连衣裙 --max=¥80", Search("连衣裙", price_max=Decimal(80))),
        ("search 连衣裙 --max 80元 --min 20.50", Search("连衣裙", price_min=Decimal("20.5"), price_max=Decimal(80))),
        ("search 连衣裙 --max 1,200", Search("连衣裙", price_max=Decimal(1200))),
        ("search 连衣裙 —max 80", Search("连衣裙", price_max=Decimal(80))),
        ("search 连衣裙 －－ｍａｘ　８０", Search("连衣裙", price_max=Decimal(80))),
        ("search 连衣裙 -max 80", Search("连衣裙", price_max=Decimal(80))),
        ("search 连衣裙 --page 3", Search("连衣裙", page=3)),
        ("search ｉＰｈｏｎｅ１５　手机壳", Search("iPhone15 手机壳")),
        ('search "red dress"', Search("red dress")),
        ("search “red  dress” --max 80", Search("red dress", price_max=Decimal(80))),
        ("search 'red dress' men's", Search("red dress men's")),
        ("search 'men's shoes'", Search("men's shoes")),
        ("search ‘men’s shoes’ 'red'", Search("men’s shoes red")),
        ("search 'dogs' and 'cats'", Search("dogs and cats")),
        ('search "unclosed dress', Search('"unclosed dress')),
        ('search "--max" cap', Search("--max cap")),
        ('search "help"', Search("help")),
        ("search -20度 羽绒服", Search("-20度 羽绒服")),
        ("search a&amp;b &lt;c&gt;", Search("a&b <c>")),
        ("search <https://example.com/x|example.com>", Search("example.com")),
        ("search <#C0123ABCD|ops> shirt", Search("#ops shirt")),
        ("search 1688 dress", Search("1688 dress")),
        (f"order {A}", ShowOrder(A)),
        (f"order {A} --taobao", ShowOrder(A, TAOBAO)),
        (f"订单 {A}", ShowOrder(A)),
        ("orders", ListOrders()),
        ("orders shipped --page 2", ListOrders("shipped", page=2)),
        ("orders 已发货 --淘宝", ListOrders("shipped", TAOBAO)),
        ("orders all", ListOrders()),
        (f"track {A}", Track(A)),
        (f"track {A} --all", Track(A, all_nodes=True)),
        ("track sf1234567890123", Track("SF1234567890123")),
        ("track 78753196186473", Track("78753196186473")),
        ("物流 ＹＴ１２３４５６７８９０１２３", Track("YT1234567890123")),
        ("track JDVA00012345678-1-2", Track("JDVA00012345678")),
        (f"track <https://trade.1688.com/order/new_step_order_detail.htm?orderId={A}&amp;tracelog=1|x>", Track(A)),
        (f"track https://trade.1688.com/order/detail.htm?orderId={A}", Track(A)),
        (f"track <https://example.com/{A}>", Track(A)),
        (f"track #{A}.", Track(A)),
        (f"track {A} {A}", Track(A)),
        (A, Track(A)),
        (f"watch {A}", WatchOrders((A,))),
        (f"watch {A},{B}", WatchOrders((A, B))),
        (f"watch {A}、{B}；{A}", WatchOrders((A, B))),
        (f"watch\n{A}\n{B}", WatchOrders((A, B))),
        (f"关注{A}", WatchOrders((A,))),
        (f"watch {A} in <#C0123ABCD|ops>", WatchOrders((A,), "C0123ABCD")),
        (f"watch {A} in <#C0123ABCD>", WatchOrders((A,), "C0123ABCD")),
        (f"watch {A} in &lt;#C0123ABCD&gt;", WatchOrders((A,), "C0123ABCD")),
        (f"watch {A} <#C0123ABCD|> problems", WatchOrders((A,), "C0123ABCD", Filter.PROBLEMS)),
        (f"watch {A} in #Ops", WatchOrders((A,), "ops")),
        (f"watch {A} in ops, problem", WatchOrders((A,), "ops", Filter.PROBLEMS)),
        (f"watch {A} in C0123ABCD", WatchOrders((A,), "C0123ABCD")),
        (f"watch {A} #采购", WatchOrders((A,), "采购")),
        (f"watch {A} here milestones", WatchOrders((A,), None, Filter.MILESTONES)),
        (f"watch {A} --problems --1688", WatchOrders((A,), None, Filter.PROBLEMS, ALIBABA)),
        (f"watch {A} all", WatchOrders((A,), None, Filter.ALL)),
        ("watch SF187002985992", WatchOrders(("SF187002985992",))),
        ("watch all SF187002985992", WatchOrders(("SF187002985992",), None, Filter.ALL)),
        ("watch all in team-2026-1234", WatchAll("team-2026-1234")),
        ("unwatch sf187002985992", Unwatch(("SF187002985992",))),
        ("mute SF187002985992 3d", Mute(("SF187002985992",), None, timedelta(days=3))),
        ("mute SF187002985992 1.5 小时", Mute(("SF187002985992",), None, timedelta(minutes=90))),
        ("mute until 6:30pm here", Mute(until="18:30")),
        ("watch", WatchOrders(())),
        ("watch list", ListWatches()),
        (f"unwatch {A}", Unwatch((A,))),
        (f"stop {A} in #ops", Unwatch((A,), "ops")),
        (f"取消关注 {A}", Unwatch((A,))),
        ("watches", ListWatches()),
        ("list --page 2", ListWatches(page=2)),
        ("watches in <#C0123ABCD|ops>", ListWatches("C0123ABCD")),
    ],
)
def test_reads_what_people_type(text: str, request_: Request) -> None:
    """Each way of typing a command means the same request, and the request says itself so that it reads back."""
    assert parse(text) == request_
    assert parse(request_.command()) == request_


@pytest.mark.parametrize(
    ("command", "text", "request_"),
    [
        ("/panda-search", "连衣裙 --max 80", Search("连衣裙", price_max=Decimal(80))),
        ("/panda-search", "", Help("search")),
        ("/panda-order", A, ShowOrder(A)),
        ("/panda-order", "", Help("order")),
        ("/panda-track", A, Track(A)),
        ("/panda-track", "help", Help("track")),
        ("/panda-watch", f"{A} problems", WatchOrders((A,), None, Filter.PROBLEMS)),
        ("/panda-watch", "", WatchOrders(())),
    ],
)
def test_other_commands_bring_their_verb(command: str, text: str, request_: Request) -> None:
    """The four commands made for discovery go through the same grammar."""
    assert parse(text, command=command) == request_


@pytest.mark.parametrize(
    ("text", "says", "suggestion"),
    [
        ("serch red dress", "serch", "/panda search red dress"),
        ("trak " + A, "trak", f"/panda track {A}"),
        ("unwach " + A, "unwach", f"/panda unwatch {A}"),
        ("foo " + A, "foo", f"/panda track {A}"),
        ("delete " + A, "delete", f"/panda track {A}"),
        ("delete SF187002985992 now", "delete", "/panda track SF187002985992"),
        ("连衣裙 红色", "连衣裙", "/panda search 连衣裙 红色"),
        ("xyzzy", "xyzzy", "/panda search xyzzy"),
        ("help watc", "watc", "/panda help watch"),
        ("search", "What should I search for?", "/panda help search"),
        ("search --1688", "What should I search for?", "/panda help search"),
        ("search dress --max", "--max", "/panda search dress"),
        ("search dress --max --1688", "--max", "/panda search dress --1688"),
        ("search dress --max abc", "abc", "/panda search dress"),
        ("search dress --max -5", "-5", "/panda search dress"),
        ("search dress --max 0", "0", "/panda search dress"),
        ("search dress --max 99999999", "99999999", "/panda search dress"),
        ("search dress --max 1.234", "1.234", "/panda search dress"),
        ("search dress --max ٨٠", "٨٠", "/panda search dress"),
        ("search dress --page 0", "0", "/panda search dress"),
        ("search dress --page two", "two", "/panda search dress"),
        ("search dress --sort size", "size", "/panda search dress"),
        ("search dress --mx 80", "--mx", "/panda search dress --max 80"),
        ("search dress --tabao", "--tabao", "/panda search dress --taobao"),
        ("search dress --min 90 --max 20", "above", "/panda search dress --min 20 --max 90"),
        ("search dress --mxa 80 --page 0", "--mxa", "/panda search dress --max 80"),
        ("track", "which order or tracking number?", "/panda orders"),
        ("track 12345", "`12345` is too short", "/panda orders"),
        ("12345", "`12345` is too short", "/panda orders"),
        ("track 13812345678", "`13812345678` is too short", "/panda orders"),
        ("track 123456789012345678901", "`123456789012345678901` is too long", "/panda orders"),
        ("track 2542 2856 3492 0880 794", "`2542` is too short", f"/panda track {A}"),
        ("track YT 8812-3456 78901", "8812-3456", "/panda track YT8812345678901"),
        ("track sf 1234567890123", "sf", "/panda track SF1234567890123"),
        ("track JDX0123 45678901", "jdx0123", "/panda track JDX012345678901"),
        (f"track {A} {B}", "you named 2", f"/panda track {A}"),
        (f"track {A} --max 5", "--max", f"/panda track {A}"),
        ("order SF1234567890123", "is a tracking number", "/panda track SF1234567890123"),
        ("order", "which order?", "/panda orders"),
        ("orders shiped", "shiped", "/panda orders shipped"),
        ("orders taobao", "hyphens", "/panda orders --taobao"),
        (f"orders {A}", "/panda order", f"/panda order {A}"),
        (f"status {A}", "/panda order", f"/panda order {A}"),
        ("status now", "nothing after", "/panda status"),
        (f"watch {A} 12345 in #ops problems", "`12345` is too short", f"/panda watch {A} in #ops problems"),
        (f"watch {A} problms", "problms", f"/panda watch {A} problems"),
        (f"watch {A} all problems", "two filters", f"/panda watch {A} all"),
        (f"watch {A} in", "missing", f"/panda watch {A}"),
        (f"watch {A} in # orders", "right behind", f"/panda watch {A} in #orders"),
        (f"watch {A} # orders problems", "right behind", f"/panda watch {A} #orders problems"),
        (f"unwatch {A} in ＃ orders", "right behind", f"/panda unwatch {A} in #orders"),
        (f"watch {A} in <@U0123ABCD|li>", "people", f"/panda watch {A}"),
        (f"watch {A} in #ops in #home", "one channel", f"/panda watch {A} in #ops"),
        (f"watch {A} in <#C0123ABCD|ops> in <#C0999ABCD|>", "one channel", f"/panda watch {A} in #ops"),
        ("watch problems", "which order or tracking number?", "/panda orders"),
        ("watch in #ops", "which order or tracking number?", "/panda orders"),
        ("watch SF12345", "neither an order ID nor a tracking number", "/panda orders"),
        ("watch <https://example.com/page>", "example.com", "/panda orders"),
        ("unwatch", "which order?", "/panda watches"),
        ("unwatch foo", "foo", "/panda watches"),
        (f"unwatch {A} --1688", "--1688", f"/panda unwatch {A}"),
        ("watches of mine", "of mine", "/panda watches"),
    ],
)
def test_refuses_with_the_corrected_command(text: str, says: str, suggestion: str) -> None:
    """A refusal says what is wrong and offers a command that works as it stands."""
    refusal = refused(text)
    assert says in refusal.problem
    assert refusal.suggestion == suggestion
    parse(refusal.suggestion.removeprefix("/panda"))


def test_repeats_what_was_understood() -> None:
    """The refusal quotes the whole command, harmlessly."""
    refusal = refused("track <!channel> `x` 5")
    assert refusal.typed == "`/panda track &lt;!channel&gt; ˋxˋ 5`"


def test_one_bad_id_stops_all() -> None:
    """A typo never widens, nor half does, what was asked."""
    refusal = refused(f"unwatch {A} {B[:-10]}")
    assert B[:-10] in refusal.problem
    assert refusal.suggestion == f"/panda unwatch {A}"


def test_many_ids_are_refused() -> None:
    """25 orders at a time; the correction has the first 25."""
    ids = [f"{10**17 + n}" for n in range(26)]
    assert parse("watch " + " ".join(ids[:25])) == WatchOrders(tuple(ids[:25]))
    refusal = refused("watch " + " ".join(ids))
    assert "26" in refusal.problem
    assert refusal.suggestion.split() == ["/panda", "watch", *ids[:25]]


def test_many_bad_ids_are_counted() -> None:
    """Three are explained, the others counted."""
    assert "7 others" in refused("watch " + " ".join(f"bad{n}x" for n in range(10))).problem


def test_a_long_keyword_is_refused() -> None:
    """A search longer than a button can carry is refused with its beginning."""
    refusal = refused("search " + "裙" * 300)
    assert "200" in refusal.problem
    assert refusal.suggestion == "/panda search " + "裙" * 200


def test_states_have_each_platforms_code() -> None:
    """Every word for a state, synonyms included, can be asked of both platforms; none asks for all."""
    words = {*order_states.STATES, *order_states.SYNONYMS.values()}
    assert all(order_states.code(word, platform) or not word for word in words for platform in Platform)
    assert order_states.code("paid", TAOBAO) == "10"


def test_an_invented_command_is_refused() -> None:
    """A slash command that nobody registered is answered like a mistyped verb."""
    assert refused("red dress", command="/panda-serch").suggestion == "/panda search red dress"
