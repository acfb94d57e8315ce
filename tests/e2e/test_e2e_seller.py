"""A seller is reached from a product, an order, a card and an alarm: a chat name or link, and a message to copy."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr
from support.bot_harness import ORDER, BotHarness, running

from handlers.features.goods import seller_view
from handlers.features.goods.seller_view import Contact
from handlers.wire.requests import ContactSeller
from pandapon import sellers
from pandapon.errors import DecodeError
from pandapon.products import ProductRef
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

PASSWORD = "canary-password-of-the-account"
DECRYPT, CHAT = "/v2/alibaba/product/openuid/decrypt", "/v2/taobao/order/page/link/get"


def taobao_order(harness: BotHarness) -> str:
    return next(order.order_id for order in harness.world.of(Platform.TAOBAO) if order.lines[0].picture)


async def test_the_seller_of_a_product_on_1688(harness: BotHarness) -> None:
    """A button of the product's page: the Wangwang name, and a message with the product's id."""
    await harness.ask("/panda product 1688:A000-1688-demo")
    answer = await harness.press("Message the seller")
    assert "Wangwang name: `杭州锦绣服饰厂:客服`" in answer
    assert "```您好，想咨询商品 A000-1688-demo：" in answer
    asked = next(request for request in harness.pandapon.requests if request.path == DECRYPT)
    assert asked.body["openUid"].startswith("BBB")
    assert harness.channel() == []


async def test_the_seller_of_an_order_on_1688(harness: BotHarness) -> None:
    """The order names its product, that its seller's open id, and that the chat name."""
    await harness.ask(f"/panda order {ORDER}")
    answer = await harness.press("Message the seller")
    assert "Wangwang name: `" in answer
    assert f"您好，订单 {ORDER} " in answer
    assert "Open the order" in answer


async def test_from_the_card_and_by_its_command(harness: BotHarness) -> None:
    """The card's menu ⋯ and the typed command give the same, to the person alone."""
    await harness.ask(f"/panda watch {ORDER}")
    await harness.until(lambda: bool(harness.channel()))
    before = len(harness.channel())
    picked = await harness.pick("Message the seller")
    assert "Wangwang name" in picked
    assert await harness.ask(f"/panda 联系卖家 {ORDER}") == picked
    assert len(harness.channel()) == before


@pytest.mark.parametrize(
    ("status", "scan", "asked"),
    [
        ("TRANSPORT", "快件离开【杭州转运中心】", "正在运输中。请问大概什么时候可以送达"),
        ("DELIVERING", "快递员正在派送", "请问今天可以送达吗"),
        ("AGENT_SIGN", "快件已到达菜鸟驿站，请凭取件码领取", "请问取件码和取件地址"),
    ],
)
async def test_the_message_asks_what_is_open_where_the_parcel_is(
    harness: BotHarness, status: str, scan: str, asked: str
) -> None:
    """On its way, with the courier, or at the pickup point, where it has arrived already."""
    harness.scan(scan, status=status)
    assert asked in await harness.ask(f"/panda seller {ORDER}")


async def test_the_pickup_point_of_the_demo(harness: BotHarness) -> None:
    """The same order that `track` calls ready."""
    assert "Ready for pickup" in await harness.ask("/panda track 2542285634920881037")
    answer = await harness.ask("/panda seller 2542285634920881037")
    assert "取件点" in answer
    assert "什么时候可以送达" not in answer


async def test_a_login_that_an_order_names(harness: BotHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """1688's name of the seller in the order is the chat name, so nothing else is asked."""
    from sandbox.pandapon import replies  # noqa: PLC0415  the stand-in's answer is changed for this test

    made = replies.order_1688

    def with_login(*given: Any, **options: Any) -> dict[str, Any]:
        answer = made(*given, **options)
        answer["baseInfo"]["sellerLoginId"] = "锦绣服饰 <!channel>`"
        return answer

    monkeypatch.setattr(replies, "order_1688", with_login)
    answer = await harness.ask(f"/panda seller {ORDER}")
    assert "`锦绣服饰 ˋ`" in answer
    assert harness.pandapon.count(DECRYPT) == 0


async def test_taobao_without_the_login(harness: BotHarness) -> None:
    """The link needs the account's password: the settings are named, the page and the message are there."""
    await harness.ask("/panda product taobao:T000-taobao-demo")
    answer = await harness.press("Message the seller")
    assert "`PANDAPON_LOGIN_NAME`, `PANDAPON_LOGIN_PASSWORD`" in answer
    assert "```您好" in answer
    assert "PANDAPON_LOGIN" in await harness.ask(f"/panda seller {taobao_order(harness)}")
    assert harness.pandapon.count(CHAT) == 0


async def test_taobao_with_the_login(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The link to the chat of this product's seller, for this person alone; the password is in no log or message."""
    caplog.set_level("DEBUG")
    login: dict[str, Any] = {"pandapon_login_name": "buyer", "pandapon_login_password": SecretStr(PASSWORD)}
    async with running(tmp_path, **login) as harness:
        await harness.ask("/panda product taobao:T000-taobao-demo")
        answer = await harness.press("Message the seller")
        link = "https://distributor.taobao.global/im?token=sandbox&amp;item=T000-taobao-demo"
        assert f"<{link}|Open the chat with the seller>" in answer
        assert "Open the chat with the seller" in await harness.ask(f"/panda seller {taobao_order(harness)}")
        sent = [request.body for request in harness.pandapon.requests if request.path == CHAT]
        assert sent[0]["loginName"] == "buyer"
        assert sent[0]["password"] == PASSWORD
        assert json.loads(sent[0]["pageParamMap"]) == {"sourceType": "item", "bizId": "T000-taobao-demo"}
        assert harness.channel() == []
        everything = json.dumps([call.arguments for call in harness.slack.calls], default=str)
        assert PASSWORD not in everything + caplog.text
        assert harness.bot is not None
        assert PASSWORD in harness.bot.settings.secrets()
        assert PASSWORD not in repr(harness.bot.settings) + repr(harness.bot.context.chat_login)


async def test_pandapon_refuses_the_chat(harness: BotHarness) -> None:
    """The reason stands beside the message to copy."""
    harness.pandapon.faults.path, harness.pandapon.faults.status = DECRYPT, 503
    answer = await harness.ask("/panda seller 1688:A000-1688-demo")
    assert "The chat can't be shown: PandaPon is having problems" in answer
    assert "```您好" in answer


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("/panda seller", "order"),
        ("/panda seller hello", "hello"),
        ("/panda seller 123", "too short"),
        ("/panda seller 999999999999", "no order or parcel"),
        ("/panda seller 1688:A999-1688-demo", "Couldn't find the seller of"),
    ],
)
async def test_what_is_nobodys(harness: BotHarness, typed: str, sentence: str) -> None:
    """One sentence, and nothing is posted."""
    assert sentence in await harness.ask(typed)
    assert harness.channel() == []


@pytest.mark.parametrize(
    "link",
    [
        "http://distributor.taobao.global/im",
        "https://evil.example/im",
        "https://taobao.global.evil.example/im",
        "https://taobao.com@evil.example/im",
        "javascript:alert(1)",
        "https://distributor.taobao.global/im|<!channel>",
        "https://distributor.taobao.global/" + "a" * 2000,
        "https://[",
    ],
)
def test_a_link_to_elsewhere_is_none(link: str) -> None:
    """PandaPon names the address: only Taobao's own become a link."""
    shown = seller_view.contact(Contact(Platform.TAOBAO, link=link), "您好").text
    assert "Open the chat" not in shown
    assert "<!" not in shown


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("锦绣:客服", "锦绣:客服"),
        ({"loginId": "锦绣"}, "锦绣"),
        ([{"nickName": "锦绣"}], "锦绣"),
        ({"result": {"name": "锦绣"}}, "锦绣"),
        ({"result": "锦绣"}, "锦绣"),
    ],
)
def test_answers_that_name_a_chat(data: Any, name: str) -> None:
    """The vendor shows no answer: each usual shape is read."""
    assert sellers.chat_name(data) == name


@pytest.mark.parametrize(
    "data", [None, "", {}, [], 5, {"loginId": 5.5e300}, {"name": ["x"]}, "x" * 101, {"result": {}}]
)
def test_answers_that_name_none(data: Any) -> None:
    """Anything else is a clear error."""
    with pytest.raises(DecodeError, match="names no chat"):
        sellers.chat_name(data)


@pytest.mark.parametrize(
    "data", [None, [], "x", 5, {"baseInfo": []}, {"productItems": "x"}, {"baseInfo": {"sellerLoginId": {}}}]
)
def test_an_order_of_another_shape_names_nobody(data: Any) -> None:
    """Nothing is raised: the answer says that the chat is not named."""
    assert {sellers.of_order(platform, data) for platform in Platform} == {sellers.OrderSeller()}


@pytest.mark.parametrize(
    "request_",
    [
        ContactSeller(ProductRef("A000-1688-demo", Platform.ALIBABA)),
        ContactSeller(order_id=ORDER),
        ContactSeller(order_id=ORDER, platform=Platform.TAOBAO),
    ],
)
async def test_a_request_is_read_back(harness: BotHarness, request_: ContactSeller) -> None:
    """The text that a button carries is the same request."""
    assert harness.bot is not None
    assert harness.bot.context.commands.read(request_.command()) == request_
    assert not re.search(r"\s\s", request_.command())
