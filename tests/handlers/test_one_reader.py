"""Numbers are read in all spellings, and in the same way by commands, shortcuts and forms."""

from __future__ import annotations

import itertools

import pytest
from support.commands import parse

from handlers.parsing.message_ids import find_ids
from handlers.wire.errors import UsageError
from handlers.wire.requests import ListOrders, Mute, ShowOrder, Track, Unwatch, WatchOrders, Why

A, B = "2542285634920880794", "3305075341149134260"
SUB = "200048859480"  # a Taobao sub-order: 12 digits, which Slack takes for a telephone's number
SF, JD = "SF1234567890123", "JDX012345678901"

SPELLINGS = [
    ("{}", "as it is"),
    ("<tel:{0}|{0}>", "taken for a telephone's by Slack"),
    ("<tel:{0}>", "the same without a label"),
    ("订单号：{}", "label and full-width colon"),
    ("订单号:{}", "label and colon"),
    ("订单编号{}", "label alone"),
    ("运单号{}", "waybill's label"),
    ("快递单号：{}。", "label and full stop"),
    ("我的订单是{}，", "within a sentence"),
    ("订单号：<tel:{0}|{0}>", "label before a telephone"),
    ("order:{}", "English label"),
    ("order-{}", "English label and hyphen"),
    ("ORDER_ID={}", "as in an address"),
    ("PO#{}", "number sign"),
    ("No.{}", "number"),
    ("{}?", "question mark"),
    ("{}？！", "full-width question mark"),
    ("({})", "brackets"),
    ("【{}】", "Chinese brackets"),
    ("[{}],", "square brackets"),
    ("<{}>", "angle brackets"),
    ("“{}”", "curly quotes"),
    ('"{}"', "quotes"),
    ("'{}'", "single quotes"),
    ("「{}」", "Chinese quotes"),
    ("{},", "comma"),
    ("、{}；", "Chinese comma"),
    ("*{}*", "bold"),
    ("`{}`", "code"),
    ("~{}~", "struck through"),
    ("> {}", "quoted"),
    ("{}\u200b", "zero-width space"),
    ("\u200e{}\u202c", "direction marks"),
    ("\ufeff{}", "byte order mark"),
    ("<https://trade.1688.com/order/detail.htm?orderId={0}|{0}>", "link"),
]


def in_full_width(text: str) -> str:
    """In full-width letters and digits."""
    return "".join(chr(ord(char) + 0xFEE0) if char.isascii() and char.isalnum() else char for char in text)


def with_invisible(text: str) -> str:
    """With invisible characters between its own."""
    return "\u200b\u200d".join(text)


@pytest.mark.parametrize(
    "number",
    [A, B, SUB, SF, "YT8801234567890", "LP123456789CN", JD, in_full_width(A), in_full_width(SF), with_invisible(A)],
)
@pytest.mark.parametrize(("spelling", "_about"), SPELLINGS)
def test_every_spelling_everywhere(number: str, spelling: str, _about: str) -> None:
    """Commands, the shortcut on a text, the form: one number, the same one."""
    plain = next(iter(find_ids({"text": number}).ids))
    typed = spelling.format(number)
    if spelling.startswith("<https") and not plain.isdigit():
        return  # an order's page names the order by digits
    if plain.isdigit() or not spelling.startswith("<tel"):
        assert find_ids({"text": typed}).ids == (plain,)
    assert parse(f"track {typed}") == Track(plain)
    assert parse(typed, command="/panda-track") == Track(plain)
    assert parse(f"watch {typed}") == WatchOrders((plain,))
    assert parse(f"unwatch {typed}") == Unwatch((plain,))
    assert parse(f"mute {typed} 24h") == Mute((plain,))
    assert parse(f"why {typed}") == Why(plain)
    if plain.isdigit():
        assert parse(f"order {typed}") == ShowOrder(plain)


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("JDX012345678901-1-1-", (JD,)),
        ("运单号JDX012345678901-1-1-", (JD,)),
        ("JDVA00012345678-2-3", ("JDVA00012345678",)),
        ("jdx012345678901-1-1-，", (JD,)),
        (f"{A}/{B}", (A, B)),
        (f"{A}&amp;{SF}", (A, SF)),
        (f"订单号：{A}，运单号{SF}", (A, SF)),
        (f"{A}_{SUB}", (A, SUB)),
        (f"订单号 {A} 运单号 {SF}", (A, SF)),
        (f"order id {A}", (A,)),
        (f"tracking no. {SF}", (SF,)),
        (f"子订单 {SUB} 、 {SUB}", (SUB,)),
        (f"{A} - {SF}", (A, SF)),
        ("YT-12345-678", ("YT-12345-678",)),
        ("123456789012345-1", ("123456789012345-1",)),
        ("1714552800000", ("1714552800000",)),
        ("订单号1714552800000", ("1714552800000",)),
    ],
)
def test_several_in_a_word_and_names_beside_them(typed: str, ids: tuple[str, ...]) -> None:
    """What says what a number is may stand before it in words of its own."""
    assert parse(f"watch {typed}") == WatchOrders(ids)


@pytest.mark.parametrize(
    "typed",
    [
        "订单号",
        "id",
        "¥2542285634920880",
        "+8613812345678",
        f"a@{A}",
        f"{A}.5",
        f"{A}个x",
        f"{A} 谢谢",
        "12345?",
    ],
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    """A name without a number, an amount, a telephone, a mail address, a part of something longer."""
    for verb in ("track", "watch", "unwatch", "order"):
        with pytest.raises(UsageError):
            parse(f"{verb} {typed}")


def test_telephones_of_a_message_stay_telephones() -> None:
    """The shortcut takes no number from them, however Slack marks them."""
    for text in (
        "<tel:+8613812345678|+86 138 1234 5678>",
        "<tel:8613812345678|8613812345678>",
        "<tel:021-12345678|电话>",
    ):
        assert find_ids({"text": text}).ids == ()


def test_a_bare_number_with_its_name() -> None:
    """Without a command it is tracked; 订单 is also the command that shows an order."""
    assert parse(f"运单号 {SF}") == Track(SF)
    assert parse(f"单号：{SF}") == Track(SF)
    assert parse(f"<tel:{SUB}|{SUB}>") == Track(SUB)
    assert parse(f"订单号：{A}") == ShowOrder(A)
    assert parse(f"订单号 {A}") == ShowOrder(A)
    assert parse(f"快递 {SF}") == Track(SF)
    assert parse("订单列表") == ListOrders()


# --- ids in pieces ----------------------------------------------------------------------------------------------------

PIECES = [
    A[:18] + "|" + A[18:],
    A[:13] + "|" + A[13:],
    A[:1] + "|" + A[1:],
    "2542|2856|3492|0880|794",
    "254228|563492|0880794",
]
JOINTS = [" ", "\n", " \n ", "\u3000", "-", " - ", "–", " —", "－", "，", ", ", "\u00a0", "\t"]


@pytest.mark.parametrize(("pieces", "joint"), list(itertools.product(PIECES, JOINTS)))
@pytest.mark.parametrize("verb", ["track", "order", "watch", "unwatch", "mute", "why", ""])
def test_an_id_in_pieces_is_offered_whole(pieces: str, joint: str, verb: str) -> None:
    """The one that was meant, never another order's; and nothing is done about it unasked."""
    with pytest.raises(UsageError) as refused:
        parse(f"{verb} {pieces.replace('|', joint)}")
    assert refused.value.suggestion == f"/panda {verb or 'track'} {A}"


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (f"watch {A} {B[:18]} {B[18:]}", f"/panda watch {A} {B}"),
        (f"watch {A[:18]} {A[18:]} {B[:10]} {B[10:]}", f"/panda watch {A} {B}"),
        (f"watch {A[:18]} {A[18:]} in #ops problems", f"/panda watch {A} in #ops problems"),
        (f"watch {SF} {A[:18]} {A[18:]}", f"/panda watch {SF} {A}"),
        (f"track 订单号：{A[:18]} {A[18:]}", f"/panda track {A}"),
        (f"watch {A} 777", f"/panda watch {A}"),
        (f"watch {A} 7", f"/panda watch {A}"),
        ("unwatch 2000 4885 9480", f"/panda unwatch {SUB}"),
        (f"watch {SUB} 1234 {SUB}", f"/panda watch {SUB}"),  # before it or behind it? nobody knows
        ("track 1234 5678", "/panda orders"),
        (f"orders 订单号：{A}", f"/panda order {A}"),
        (f"orders {SF}", f"/panda track {SF}"),
    ],
)
def test_what_is_offered_where_some_are_whole(typed: str, offered: str) -> None:
    """Whole ids stay, pieces are put together where there is one way to do it."""
    with pytest.raises(UsageError) as refused:
        parse(typed)
    assert refused.value.suggestion == offered
