"""Markup in couriers' texts: people never read it, and it hides no word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandapon.markup import plain

MARKED = [
    ("已签<b>收</b>", "已签收"),
    ("已<FONT color='red'>签</FONT>收，签收人：前台", "已签收，签收人：前台"),
    ("已签<wbr>收 已签&#8203;收 已签&shy;收", "已签收 已签收 已签收"),
    ('到达<br/>【丰巢】请取件 <a href="https://x.cn/?a>b&c=1">点击查看</a>&nbsp;', "到达\n【丰巢】请取件 点击查看"),
    ("one<BR>two<br />three", "one\ntwo\nthree"),
    ("<p>已到达</p><p>【杭州】</p>", "已到达\n【杭州】"),
    ("<table><tr><td>杭州</td><td>已签收</td></tr></table>", "杭州 已签收"),
    ("Delivered&nbsp;&mdash; front&#32;desk &#x7b7e;&#25910;", "Delivered — front desk 签收"),
    ("&lt;b&gt;已签收&lt;/b&gt;", "已签收"),
    ("&amp;lt;br/&amp;gt;已签收", "已签收"),
    ("超重&amp;lt;5kg", "超重<5kg"),
    ("<![CDATA[已签收]]>", "已签收"),
    ("<!-- 模板 -->已签收", "已签收"),
    ("<style>b{color:red}</style><script>alert('已丢失')</script>已签收", "已签收"),
    ("已签收<o:p></o:p><custom-card id=1></custom-card>", "已签收"),
    ("已签收 <a href='https://x", "已签收"),
    ('已签收 <a href="https://x>详情</a>', "已签收 详情"),
]
UNMARKED = [
    "快件已到达【杭州】",
    "<Beijing> arrived",
    "快件<SF1234567890>到达<上海转运中心>",
    "重量<5kg, 体积>3",
    "1 < 2 and 3 > 2",
    "R&D, AT&T: https://x.cn/?a=1&copy=2&reg=cn&lt=3",
    "上海 -> 北京 <- 天津",
    "二行\n已签收",
]


@pytest.mark.parametrize(("text", "read"), MARKED)
def test_markup_is_never_read_and_joins_the_words_it_split(text: str, read: str) -> None:
    assert plain(text) == read


@pytest.mark.parametrize("text", UNMARKED)
def test_what_only_looks_like_markup_stays(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize(
    "text", ["&#0;", "&#x110000;", "&#99999999999999999999;", "&#" + "9" * 5000, "&unknown;", "&;", "&#;", "&#x;"]
)
def test_an_impossible_entity_raises_nothing(text: str) -> None:
    assert plain(text) in {text, "�"}


@given(st.lists(st.sampled_from([*"<>/&;#!-'\"= \n", "a", "b", "br", "script", "lt", "amp", "签", "<b>", "&lt;"])))
def test_no_text_makes_it_fail_and_no_known_tag_stays(parts: list[str]) -> None:
    read = plain("".join(parts))
    assert "<b>" not in read
    assert "<br>" not in read


@pytest.mark.parametrize(
    "unit", ["<", "</", '<a "', "<a '\"", "<!--", "<script>", "&#9", "&amp;", "&lt;!--", '<a "<a ']
)
def test_hostile_texts_of_200000_characters_are_read_once_through(unit: str) -> None:
    """Quadratic time would be minutes here; the test's own limit is the measure."""
    for size in (2_000, 200_000):
        plain(unit * (size // len(unit)))
