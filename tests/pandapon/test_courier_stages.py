"""The stages of the reader, each looked into alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pandapon.courier import Action, Holder, Reason, read_entry, read_trace
from pandapon.courier.aspect import Aspect
from pandapon.courier.events import parse
from pandapon.courier.lexicon import expand, is_word, sections
from pandapon.courier.normalization import normalize
from pandapon.courier.tags import Tag
from pandapon.courier.tokens import tokenize
from pandapon.shipment import Milestone

M, T, A = Milestone, Tag, Aspect
START = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "normalized"),
    [
        ("快件已簽收，請憑取件碼", "快件已签收,请凭取件码"),
        ("已签<b>收</b>", "已签收"),
        ("已 签 收", "已签收"),
        ("ＳＦ　１２３：已签收。", "sf 123:已签收;"),
        ("快件异常&mdash;破损", "快件异常,破损"),
    ],
)
def test_form(text: str, normalized: str) -> None:
    """What a person reads alike has one form."""
    assert normalize(text) == normalized


def test_a_name_is_no_act() -> None:
    """Words of trouble in a centre's name say what the centre is for; in brackets a short name is a name."""
    assert [token.tag for token in tokenize(normalize("快件到达异常件处理中心"))] == [T.PARCEL, T.ARRIVE, T.HUB]
    assert read_entry("快件到达异常件处理中心").milestone is M.IN_TRANSIT
    assert read_entry("到达【丢件坡】中转场").milestone is M.IN_TRANSIT


def test_a_noun_of_an_act_is_no_act() -> None:
    """A receipt's number is not a signature."""
    assert T.SIGN not in {token.tag for token in tokenize(normalize("签收码已发送"))}


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("已签收", A.DONE),
        ("签收", A.BARE),
        ("未签收", A.NEGATED),
        ("尚未签收", A.NOT_YET),
        ("签收失败", A.FAILED),
        ("签收作废", A.REVOKED),
        ("请签收", A.ASKED),
        ("预计明日签收", A.PLANNED),
        ("如需签收", A.CONDITIONAL),
        ("签收前", A.MENTIONED),
        ("Not yet delivered", A.NOT_YET),
        ("Will be delivered", A.PLANNED),
        ("has been delivered", A.DONE),
    ],
)
def test_aspect(text: str, aspect: Aspect) -> None:
    """One act in all its aspects."""
    assert [event.aspect for event in parse(tokenize(normalize(text))).events if event.act is T.SIGN] == [aspect]


@pytest.mark.parametrize("language", ["zh", "th"])
def test_a_word_stands_once(language: str) -> None:
    """A word under two meanings would mean whichever comes last."""
    listed = [word for tags, words in sections(language).items() if tags != (T.TAIL,) for word in words]
    assert sorted(listed) == sorted(set(listed))


@pytest.mark.parametrize("language", ["zh", "th", "en"])
def test_a_formed_word_has_one_meaning(language: str) -> None:
    """Two patterns that form the same word must agree on it."""
    meanings: dict[str, set[tuple[Tag, ...]]] = {}
    for tags, patterns in sections(language).items():
        for word in (word for pattern in patterns if "{" in pattern for word in expand(pattern)):
            meanings.setdefault(word, set()).add(tags)
    assert [word for word, readings in meanings.items() if len(readings) > 1] == []


@pytest.mark.parametrize("language", ["zh", "th", "en"])
def test_every_word_is_known_when_it_is_asked_for(language: str) -> None:
    """The words are formed by their first characters, and only as texts need them."""
    patterns = (pattern for tags, listed in sections(language).items() if tags != (T.TAIL,) for pattern in listed)
    assert [word for pattern in patterns for word in expand(pattern) if not is_word(word)] == []


def test_words_are_formed() -> None:
    """Each verb with each result, each with its blanks in order; a written word goes before."""
    assert expand("{压,摔}{坏,碎}") == ["压坏", "压碎", "摔坏", "摔碎"]
    assert expand("left at {the ,}door") == ["left at the door", "left at door"]
    assert read_entry("外箱被砸裂").reason is Reason.DAMAGED
    assert read_entry("箱子磕裂，内件戳穿").reason is Reason.DAMAGED


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("收件人拒收", Reason.REFUSED),
        ("派送失败，收件人电话无人接听", Reason.NO_CONTACT),
        ("派件未成功，家中无人", Reason.ABSENT),
        ("收件地址不详，无法派送", Reason.ADDRESS),
        ("地址超出派送范围", Reason.OUT_OF_AREA),
        ("受暴雨影响，快件延误", Reason.DELAYED),
        ("Parcel found damaged", Reason.DAMAGED),
        ("到货少一箱", Reason.MISSING),
        ("快件错发至温州", Reason.MISSORTED),
        ("查出锂电池，禁止空运", Reason.FORBIDDEN),
        ("快件滞留，等待处理", Reason.HELD),
        ("海关查验", Reason.CUSTOMS_INSPECTION),
        ("快件被海关扣留", Reason.CUSTOMS_HELD),
        ("Held by customs", Reason.CUSTOMS_HELD),
        ("请补充清关资料，上传身份证", Reason.PAPERS),
        ("等待收件人缴纳关税", Reason.DUTY),
        ("快件已被成功拦截", Reason.INTERCEPTED),
        ("柜内超时未取，快递员已收回", Reason.NOT_FETCHED),
        ("揽收失败，商家无货", Reason.NOT_COLLECTED),
        ("虚假签收，网点核实", Reason.SIGNATURE_DISPUTED),
        ("快件已丢失", Reason.LOST),
        ("疑似丢失，核查中", Reason.LOST),
        ("快件遗失，赔付完成", Reason.COMPENSATED),
        ("理赔款已到账", Reason.COMPENSATED),
        ("已由海关销毁", Reason.DESTROYED),
        ("货物被海关没收", Reason.SEIZED),
        ("快件作弃件处理", Reason.ABANDONED),
        ("快件转寄杭州", Reason.FORWARDED),
        ("共3件，部分签收", Reason.PARTIAL),
    ],
)
def test_each_reason(text: str, reason: Reason) -> None:
    """The finer kind of each problem and end."""
    assert read_entry(text).reason is reason


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("清关异常已处理完毕，等待提货", M.IN_TRANSIT),  # words that end a problem
        ("滞留误会已排除，继续运输", M.IN_TRANSIT),
        ("SENT_SCAN", M.OUT_FOR_DELIVERY),  # a text that is a code
        ("GTMS_SIGNED", M.DELIVERED),
        ("FAILED", M.ATTEMPT_FAILED),
        ("站内找不到该件，已上报仲裁", M.EXCEPTION),  # sought, not yet lost
        ("全网查找无果，按遗失结案", M.LOST),
        ("等待寄件人确认：重派或退回", M.EXCEPTION),  # a choice that is still to be made
        ("非本网点派送范围，快件退回【漯河中转部】", M.EXCEPTION),  # back to whoever sorted it
        ("无法投递，退回【漯河分部】", M.ATTEMPT_FAILED),
        ("投递失败后退回寄件人", M.RETURNING),
        ("客户让周六再来", M.ATTEMPT_FAILED),
        ("驿站已收到寄件人的包裹", M.PICKED_UP),
        ("等待快递员领件", M.ARRIVED),  # who is to take it: an outlet's courier, or the recipient
        ("包裹在【喜鹊驿站】，等待客户领取", M.READY_FOR_PICKUP),
        ("驿站小二已领件，正在为您送货上门", M.OUT_FOR_DELIVERY),
        ("用户扫码开柜，快件取出", M.DELIVERED),
        ("小哥带着您的快件出门了", M.OUT_FOR_DELIVERY),
        ("送货时客户出门了", M.ATTEMPT_FAILED),
        ("签收人：拒先生", M.DELIVERED),  # a name
        ("丢件，正赔付流程中", M.EXCEPTION),  # nothing is paid yet
        ("丢件，已赔付", M.LOST),
        ("箱子进水，产品报废", M.EXCEPTION),
        ("快件已报废", M.LOST),
        ("退货入库完成", M.RETURNED),
        ("包裹已退至驿站，请前往领取", M.READY_FOR_PICKUP),
        ("订单超过24小时未付款，已取消", M.CANCELLED),
        ("面单已回收作废，未揽收", M.CANCELLED),
        ("昨日派送时您不在家，正在第2次派件", M.OUT_FOR_DELIVERY),
        ("正在第2次派件，昨日派送时您不在家", M.OUT_FOR_DELIVERY),
    ],
)
def test_more_entries(text: str, claim: Milestone) -> None:
    """Kinds that the grammar tells apart."""
    assert read_entry(text).milestone is claim


@pytest.mark.parametrize(
    "text",
    [
        *("签收方式已改为：本人当面签收", "派送方式变更为客户自提", "诚邀您参与签收评价", "代收服务已开通"),
        *("商家承诺丢失破损包赔", "快件遗失最高按运费三倍赔付", "超时赔付红包已发放", "Is your parcel delivered?"),
        *("通知单已投", "催领单已送达", "订单取消中", "取消申请审核中"),
    ],
)
def test_a_setting_a_rule_or_a_slip_is_no_end(text: str) -> None:
    """What may come, what is paid in which case, and a note that was brought: the parcel has no end by them."""
    ends = {M.DELIVERED, M.RETURNED, M.LOST, M.CANCELLED}
    assert read_entry(text).milestone not in ends


@pytest.mark.parametrize(
    ("text", "milestone", "holder", "action", "reason"),
    [
        # of faults.md, and siblings of the same kinds
        ("已签收,签收人是(快递已送代理点如有问题请联系)先生", M.READY_FOR_PICKUP, Holder.AGENT, Action.PICK_UP, None),
        ("已签收，签收人：（已放喜鹊便利店，有事打电话）先生", M.READY_FOR_PICKUP, Holder.AGENT, Action.PICK_UP, None),
        ("快件已被海关销毁", M.LOST, None, None, Reason.DESTROYED),
        ("包裹已被海关没收", M.LOST, None, None, Reason.SEIZED),
        ("Item destroyed by customs", M.LOST, None, None, Reason.DESTROYED),
        ("由寄方签收", M.RETURNED, Holder.SENDER, None, None),
        ("邮件已退回妥投", M.RETURNED, Holder.SENDER, None, None),
        ("收件人拒收，邮件退回", M.RETURNING, None, None, Reason.REFUSED),
        ("【上海市】已取件", M.PICKED_UP, None, None, None),
        ("【义乌市佛堂公司】 已收件 取件人: 王大山 (13000000002)", M.PICKED_UP, None, None, None),
        ("已投妥", M.DELIVERED, None, None, None),
        ("完成配送", M.DELIVERED, None, None, None),
        ("未投妥", M.ATTEMPT_FAILED, None, None, None),
        ("试投未成功", M.ATTEMPT_FAILED, None, None, None),
        ("正在转寄", M.IN_TRANSIT, None, None, Reason.FORWARDED),
        ("海关查验", M.IN_TRANSIT, None, None, Reason.CUSTOMS_INSPECTION),
        ("派送不成功，快件退回【鄞州邱隘网点】，等待再次派送", M.ATTEMPT_FAILED, None, None, None),
        ("外包装破损，转问题件处理", M.EXCEPTION, None, None, Reason.DAMAGED),
        ("揽收失败，已取消", M.EXCEPTION, None, None, Reason.NOT_COLLECTED),
    ],
)  # fmt: skip
def test_an_entry(
    text: str, milestone: Milestone, holder: Holder | None, action: Action | None, reason: Reason | None
) -> None:
    """What it claims, who has the parcel, what somebody has to do, and why."""
    entry = read_entry(text)
    assert (entry.milestone, entry.holder, entry.action, entry.reason) == (milestone, holder, action, reason)


@pytest.mark.parametrize(
    ("texts", "place"),
    [
        # C1: back to the depot is no return
        (["正在派件", "派送不成功，快件退回【邱隘网点】，待再次派送", "正在派件", "已签收，签收人：本人"], M.DELIVERED),
        # a real one ends as returned
        (["正在派件", "客户拒收，快件退回寄件人", "快件离开【宁波分拨中心】", "已签收，签收人：本人"], M.RETURNED),
        # taken back before it moved
        (["正在派件", "客户拒收，快件退回寄件人", "客户同意收货，正在派件", "已签收，签收人：本人"], M.DELIVERED),
        (["正在派件", "快件办理退件", "退回取消，继续派送", "已签收，签收人：本人"], M.DELIVERED),
        # an end corrected
        (["已签收，签收人：本人", "签收有误，收件人未收到"], M.EXCEPTION),
        # what was ready is fetched; the same words at the start are the courier's
        (["快件已存放至菜鸟驿站", "已取件"], M.DELIVERED),
        (["已取件", "离开【宁波分拨中心】"], M.IN_TRANSIT),
        # nothing comes after the end
        (["等待清关", "快件已被海关销毁", "快件到达【曼谷分拨中心】"], M.LOST),
        (["快件丢失，正在理赔", "快件已找回，继续派送"], M.ARRIVED),
        # a warehouse's signature is the end of a leg; what was there before counts again with the next movement
        (["已揽收", "快件已签收，签收人：收货处", "【东莞集运仓】到仓称重"], M.IN_TRANSIT),
        (["到达【苏州网点】，待派件", "正在派件", "已签收，签收人：本人", "【苏州网点】装车扫描"], M.DELIVERED),
        # intercepted: a scan between places does not set it free
        (["已揽收", "已成功拦截快件，准备退回", "快件到达【泉州中转场】"], M.EXCEPTION),
        (["已揽收", "已成功拦截快件，准备退回", "派件中，派件员：方舟"], M.OUT_FOR_DELIVERY),
        # brought after all, once words tell it; what was told as a last outlet was none when the parcel leaves it
        (["快件已存放至菜鸟驿站", "客户要求上门，派件员方舟正在派送"], M.OUT_FOR_DELIVERY),
        (["已揽收", "快件已到【丰县网点】", "快件离开【丰县网点】，发往【徐州转运中心】"], M.IN_TRANSIT),
        (["正在派件", "【丰县网点】出站"], M.OUT_FOR_DELIVERY),
        # the courier's way to the sender is no last leg, however it is told: the first pick-up takes it back
        (["商家已发货", "小哥正赶往您处", "收件员方舟已揽收", "离开【宁波分拨中心】"], M.IN_TRANSIT),
        (["商家已发货", "快件已存放至菜鸟驿站", "快递员已揽收"], M.PICKED_UP),
        (["已揽收", "到达【丰县网点】", "正在派件", "快递员已揽收"], M.OUT_FOR_DELIVERY),
        # taken by whoever: before the pick-up by the courier, after it lay ready by the recipient
        (["商家已发货", "百世快运已提货"], M.PICKED_UP),
        (["商家已发货", "江湾公司-骆志高-取件成功", "【江湾公司】装车"], M.IN_TRANSIT),
        (["已揽收", "快件已存放至菜鸟驿站", "取件成功"], M.DELIVERED),
        # at the shop: packed, prepared, set right, given to a courier
        (["付款成功", "包裹已打包"], M.PAID),
        (["商家已发货", "已出库，准备发往下一站"], M.SHIPPED),
        (["商家已发货", "收件人地址已更新"], M.SHIPPED),
        (["商家已发货", "货物已交给快递员李磊"], M.PICKED_UP),
        (["到达【丰县网点】，待派件", "货物已交给快递员李磊"], M.OUT_FOR_DELIVERY),
        # the first outlet is the sender's; a warehouse begins another leg
        (["已揽收", "快件到达【丰县网点】"], M.IN_TRANSIT),
        (["已揽收", "到达【丰县网点】，待派件"], M.ARRIVED),
        (["已揽收", "正在派件", "客户拒收", "订单已支付"], M.ATTEMPT_FAILED),
        (["已揽收", "【白云】派件中", "已签收，签收人：集运仓库", "【广州仓】包裹入仓"], M.IN_TRANSIT),
        # what is sent back after an interception; a delivery into the wrong hands; a return given up
        (["已揽收", "【常德中心】已拦截", "【常德中心】调回【石湾】"], M.RETURNING),
        (["已揽收", "【常德中心】已拦截", "【常德中心】发往【石湾】"], M.EXCEPTION),
        (["已揽收", "正在派件", "已签收", "核实：误送邻居，已取回"], M.EXCEPTION),
        (["已揽收", "正在派件", "已签收", "Delivered scan in error, parcel is still on the van"], M.OUT_FOR_DELIVERY),
        (["已揽收", "正在派件", "已签收", "签收有误，重新派送中"], M.OUT_FOR_DELIVERY),
        (["正在派件", "客户不愿意收", "退件，退回发件网点", "退件作废，客户肯收", "再次派送中"], M.OUT_FOR_DELIVERY),
        # the rest of several pieces
        (["已揽收", "正在派件", "部分签收，剩余1件未到", "剩余1件派送中，司机李磊"], M.OUT_FOR_DELIVERY),
    ],
)  # fmt: skip
def test_a_trace(texts: list[str], place: Milestone) -> None:
    """What an entry changes depends on what stood before; the list may run either way."""
    rows = [(START + timedelta(hours=hour), text, "") for hour, text in enumerate(texts)]
    expected = {place} if place is not M.ARRIVED else {M.ARRIVED, M.IN_TRANSIT, M.OUT_FOR_DELIVERY}
    assert read_trace(rows) in expected
    assert read_trace(rows[::-1]) in expected


def test_scans_from_before_the_order_claim_nothing() -> None:
    """C5: a recycled number brings another parcel's end."""
    old = [(START - timedelta(days=360), "已揽收", ""), (START - timedelta(days=357), "已签收", "")]
    new = (START + timedelta(hours=5), "已被揽收", "")
    assert read_trace([*old, new], START) is M.PICKED_UP
    assert read_trace(old, START) is None
    assert read_trace(old) is M.DELIVERED


def test_a_scan_without_time_keeps_its_place() -> None:
    """Between its neighbours, whichever way the list runs."""
    rows = [
        (START, "已揽收", ""),
        (START + timedelta(hours=9), "正在派件", ""),
        (None, "外包装破损，转问题件处理", ""),
        (START + timedelta(hours=30), "【宁波网点】正在派件", ""),
    ]
    assert read_trace(rows[:3]) is M.EXCEPTION
    assert read_trace(rows) is M.OUT_FOR_DELIVERY
    assert read_trace(rows[::-1]) is M.OUT_FOR_DELIVERY


@pytest.mark.parametrize(
    ("status", "text", "claim"),
    [
        ("SIGN", "快件已由驿站代收", M.READY_FOR_PICKUP),  # words deny the code
        ("SIGN", "谢谢使用", M.DELIVERED),  # the code where words claim nothing
        ("TRANSPORT", "已签收，签收人：本人", M.DELIVERED),  # too coarse to overrule
        ("FAILED", "客户拒收", M.ATTEMPT_FAILED),  # the finer problem
        ("DELIVERING", "到达【宁波分拨中心】", M.OUT_FOR_DELIVERY),  # otherwise the code
    ],
)
def test_words_and_code(status: str, text: str, claim: Milestone) -> None:
    """The rule of who wins."""
    assert read_entry(text, status).milestone is claim
