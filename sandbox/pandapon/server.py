"""The PandaPon server: it verifies signature headers, answers in the shapes of the contract, and fails on demand."""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

from pandapon.shipment import Platform
from pandapon.signing import SignatureError, StaleError, Unit, sorted_signature, verify
from pandapon.times import parse_time
from sandbox.loopback import serve
from sandbox.pandapon import replies
from sandbox.pandapon.goods import picture
from sandbox.pandapon.refusals import RefusedError
from sandbox.pandapon.search import positive, search_products
from sandbox.pandapon.trading import pay_page, routes
from sandbox.pandapon.trading.account import Account
from sandbox.pandapon.trading.fields import Fields
from sandbox.partial_answers import send_half, send_slowly

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, timedelta

    from sandbox.pandapon.world import World

MAX_PAGE = 50  # our own limit: the vendor states none
LARGEST = 16 * 1024 * 1024  # bytes of a request; pictures are sent as base64


@dataclass
class Faults:
    """Faults that can be switched on and off at any time.

    ``path`` limits the faults to addresses that contain it. With ``$`` at its end it means this address alone.
    """

    delay: float = 0.0  # seconds
    drip: float = 0.0  # seconds between two bytes of the answer
    status: int = 0  # answer with this HTTP status
    malformed: bool = False  # half of the JSON
    cut: bool = False  # the connection is reset in the middle of the answer
    wrong_types: bool = False  # data is a string
    rate_limited: int = 0  # answer with 429 and this Retry-After, in seconds
    empty: bool = False  # code 200 with an empty list
    down: bool = False  # the connection is reset
    clock_skew: timedelta | None = None  # the server's clock is off by this
    path: str = ""

    def concerns(self, path: str) -> bool:
        """Whether a request to an address meets the faults."""
        return path == self.path[:-1] if self.path.endswith("$") else self.path in path

    def clear(self) -> None:
        """Switch every fault off."""
        self.__init__()  # type: ignore[misc]  # back to the defaults


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """A request that arrived, without its headers."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    at: datetime
    status: int


@dataclass
class PandaPonServer:
    """The stand-in's server: point the bot's PANDAPON_BASE_URL at the address that :meth:`start` returns.

    Each listener of ``on_request`` gets the request, its headers and the text of the answer.
    """

    world: World
    clock: Callable[[], datetime]
    access_key: str = "sandbox-key"
    access_secret: str = "sandbox-secret"  # noqa: S105  a stand-in's secret
    user_id: str = "2100007341207"
    timestamp_unit: Unit = "s"
    faults: Faults = field(default_factory=Faults)
    requests: list[ReceivedRequest] = field(default_factory=list)
    on_request: list[Callable[[ReceivedRequest, Mapping[str, str], str], None]] = field(default_factory=list)
    pictures: str = ""  # the base address of the goods' pictures; empty: this server's own
    base_url: str = ""
    hides_refund_ids: bool = False  # orders name refunds by their state alone
    _runner: web.AppRunner | None = None

    def __post_init__(self) -> None:
        """Create the state of the account beside its orders."""
        self.account = Account(self.world, self.clock)

    async def start(self, port: int = 0) -> str:
        """Listen on loopback; port 0 is any free one. Returns the base address."""
        app = web.Application(client_max_size=LARGEST)
        app.router.add_get("/img/{name}.png", self._picture)
        pay_page.attach(app, self.account)
        app.router.add_route("*", "/{path:.*}", self._on_request)
        self._runner, self.base_url = await serve(app, port)
        self.account.pay_pages = self.base_url
        return self.base_url

    async def stop(self) -> None:
        """Close the server."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()

    def count(self, path: str) -> int:
        """Count the requests to addresses that contain ``path``."""
        return sum(path in seen.path for seen in self.requests)

    async def _on_request(self, request: web.Request) -> web.StreamResponse:
        body = await _json_body(request)
        self.world.arrive()
        fault = self.faults if self.faults.concerns(request.path) else Faults()
        if fault.delay:
            await asyncio.sleep(fault.delay)
        response = self._faulty(request, fault) or self._answer(request, body, fault)
        seen = ReceivedRequest(request.method, request.path, dict(request.query), body, self.clock(), response.status)
        self.requests.append(seen)
        for listener in self.on_request:
            listener(seen, request.headers, response.text or "")
        if fault.drip:
            return await send_slowly(request, (response.text or "").encode(), lambda: fault.drip)
        if fault.cut:
            return await send_half(request, (response.text or "").encode())
        response.headers["Date"] = format_datetime(self._now(), usegmt=True)
        return response

    def _faulty(self, request: web.Request, fault: Faults) -> web.Response | None:
        if fault.down:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=502)
        if fault.rate_limited:
            return web.Response(status=429, headers={"Retry-After": str(fault.rate_limited)}, text="{}")
        return web.Response(status=fault.status, text="upstream failure") if fault.status else None

    def _answer(self, request: web.Request, body: Any, fault: Faults) -> web.Response:
        try:
            verify(
                request.headers,
                access_key=self.access_key,
                access_secret=self.access_secret,
                unit=self.timestamp_unit,
                now=self._now(),
            )
            data = self._data(request, body if isinstance(body, dict) else {})
            envelope = _envelope(200, "成功", data)
        except StaleError as error:
            envelope = _envelope(401, f"timestamp 时间戳无效: {error}", None)
        except SignatureError as error:
            envelope = _envelope(401, f"签名错误: {error}", None)
        except RefusedError as error:
            envelope = _envelope(error.code, error.text, None)
        if fault.wrong_types:
            envelope["data"] = "oops"
        if fault.empty and envelope["code"] == 200:  # noqa: PLR2004  success
            envelope["data"] = []
        text = json.dumps(envelope, ensure_ascii=False)
        return web.Response(text=text[: len(text) // 2] if fault.malformed else text, content_type="application/json")

    def _data(self, request: web.Request, body: dict[str, Any]) -> Any:  # noqa: PLR0911  a return for each address
        match request.method, request.path:
            case "GET", "/v2/alibaba/order/logistics":
                return self._trace_1688(request.query.get("orderId", ""))
            case "GET", "/v2/taobao/order/logistics/detail/get":
                return self._trace_taobao(request.query.get("subPurchaseOrderId", ""))
            case "POST", "/v2/alibaba/order/detail":
                return self._order(Platform.ALIBABA, str(body.get("orderId", "")))
            case "GET", "/v2/taobao/order/detail":
                return self._order(Platform.TAOBAO, request.query.get("orderId", ""))
            case "POST", "/v2/alibaba/order/page":
                return self._orders(Platform.ALIBABA, body, str(body.get("orderStatus") or ""), body.get("page"))
            case "POST", "/v2/taobao/order/page":
                status = body.get("status")
                return self._orders(Platform.TAOBAO, body, "" if status is None else str(status), body.get("pageNo"))
            case "POST", "/v2/alibaba/product/keywords/query":
                return search_products(self.world, Platform.ALIBABA, body, body.get("beginPage"), self._pictures)
            case "POST", "/v2/taobao/product/item/search":
                return search_products(self.world, Platform.TAOBAO, body, body.get("pageNo"), self._pictures)
        return self._trade(request, body)

    def _trade(self, request: web.Request, body: dict[str, Any]) -> Any:
        """Answer an operation that buys, returns or ships. Raises RefusedError."""
        if (route := routes.find(request.method, request.path)) is None:
            raise RefusedError(404, "no such address")
        self.account.pictures = self._pictures
        sent = dict(request.query)
        signed = sorted_signature({"timestamp": sent.get("timestamp")}, self.access_secret)
        if route.signs_query and sent.get("sign") != signed:
            raise RefusedError(401, "签名错误: sign")
        return route.handler(self.account, Fields(sent if request.method == "GET" else body))

    def _trace_1688(self, order_id: str) -> Any:
        order = self.world.orders.get(order_id)
        if order is None or order.platform is not Platform.ALIBABA:
            raise RefusedError("404", "订单不存在")
        if order.hidden:
            return []
        if not any(package.shipped_at <= self.clock() for package in order.packages):
            raise RefusedError("500_2", "订单尚未发货")
        return replies.trace_1688(order, self.clock())

    def _trace_taobao(self, sub_order: str) -> Any:
        order = self.world.by_sub_order(sub_order)
        if order is None:
            raise RefusedError("404", "订单不存在")
        if not any(package.shipped_at <= self.clock() for package in order.packages):
            raise RefusedError("500_2", "订单尚未发货")
        return replies.trace_taobao(order, sub_order, self.clock())

    def _order(self, platform: Platform, order_id: str) -> Any:
        order = self.world.orders.get(order_id)
        if order is None or order.platform is not platform:
            raise RefusedError("404", "订单不存在")
        if platform is Platform.ALIBABA:
            return replies.order_1688(order, self.clock(), detail=True, pictures=self._pictures)
        answer = replies.order_taobao(order, self.clock(), self._pictures)
        if self.hides_refund_ids:
            for line in answer["subPurchaseOrders"]:
                line["refundId"] = None
        return answer

    def _orders(self, platform: Platform, body: dict[str, Any], status: str, number: Any) -> Any:
        now = self.clock()
        first, last = (parse_time(body.get(name))[0] for name in ("createStartTime", "createEndTime"))
        matching = [
            order
            for order in self.world.of(platform)
            if order.created_at <= now
            and replies.matches(order, now, status)
            and body.get("refundStatus") in {None, "", order.refund(now).status}
            and str(body.get("outerPurchaseId") or order.outer_id) == order.outer_id
            and (first is None or order.created_at >= first)
            and (last is None or order.created_at <= last)
        ]
        number, size = positive(number, 1), min(positive(body.get("pageSize"), 20), MAX_PAGE)
        rows = [
            replies.order_1688(order, now, detail=False, pictures=self._pictures)
            if platform is Platform.ALIBABA
            else replies.order_taobao(order, now, self._pictures)
            for order in replies.page(matching, number, size)
        ]
        return {"result": rows, "totalRecord": len(matching), "pageSize": size, "currentPage": number}

    @property
    def _pictures(self) -> str:
        return self.pictures or self.base_url

    def _now(self) -> datetime:
        return self.clock() + self.faults.clock_skew if self.faults.clock_skew else self.clock()

    async def _picture(self, request: web.Request) -> web.Response:
        return web.Response(body=picture(request.match_info["name"]), content_type="image/png")


def _envelope(code: int | str, text: str, data: Any) -> dict[str, Any]:
    return {"requestId": secrets.token_hex(16), "code": code, "developId": None, "msg": text, "data": data}


async def _json_body(request: web.Request) -> Any:
    try:
        return json.loads(await request.text() or "null")
    except ValueError:
        return None
