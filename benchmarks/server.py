"""A bare PandaPon with a fixed latency, in its own process: 12 scans an order, one more on demand.

The server uses only asyncio's protocol layer, so that the client's side decides the figures.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from datetime import datetime, timedelta
from multiprocessing import Pipe, Process, Value
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pandapon import alibaba
from pandapon.fields import loads
from pandapon.shipment import OrderRef, Platform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

    from pandapon.shipment import Shipment

FIRST_SCANS = 12
HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: keep-alive\r\n\r\n"
FIRST_SCAN = datetime.now(ZoneInfo("Asia/Shanghai")) - timedelta(hours=12)  # recent, so that no order counts as stalled
STEP = (
    '{{"action":"TRANSPORT","areaCode":"440100","encrypt":"CN","acceptTime":"{at:%Y-%m-%d %H:%M:%S}",'
    '"remark":"【广州市】快件{tail}已到达 广州分拨中心，第{number}站","facilityType":"分拨中心",'
    '"facilityNo":"5100{number}","facilityName":"广州分拨中心"}}'
)


def body(order_id: str, scans: int, request: int) -> bytes:
    """Return the answer with an order's trace of ``scans`` scans, in the documented shape."""
    tail = order_id[-11:]  # part of every text, because couriers' texts are seldom the same for two parcels
    steps = ",".join(
        STEP.format(number=number, tail=tail, at=FIRST_SCAN + timedelta(minutes=number)) for number in range(scans)
    )
    return (
        f'{{"requestId":"{request:032x}","code":200,"developId":null,"msg":"成功","data":[{{"logisticsId":"AL{order_id}",'
        f'"orderId":{order_id},"logisticsBillNo":"78{tail}","logisticsSteps":null,"traceNodeList":[{steps}],'
        f'"logisticsStatus":"TRANSPORT"}}]}}'
    ).encode()


def first_reading(order_id: str) -> Shipment:
    """Return an order's first reading without a request."""
    ref = OrderRef(Platform.ALIBABA, order_id)
    return alibaba.trace(loads(body(order_id, FIRST_SCANS, 0))["data"], ref).shipment()


class _Answering(asyncio.Protocol):
    def __init__(self, latency: float, scans: Any, tenth: Any, served: Any) -> None:
        self.latency, self.scans, self.tenth, self.served = latency, scans, tenth, served
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head, self.buffer = self.buffer[:end], self.buffer[end + 4 :]
            order_id = head.split(b"orderId=", 1)[-1].split(b" ", 1)[0].decode()
            asyncio.get_running_loop().call_later(self.latency, self._answer, order_id)

    def _answer(self, order_id: str) -> None:
        self.served.value += 1
        scans = self.scans.value + (self.tenth.value if order_id.endswith("0") else 0)
        content = body(order_id, scans, self.served.value)
        if not self.transport.is_closing():
            self.transport.write(HEAD.format(len(content)).encode() + content)  # type: ignore[attr-defined]  # typed as a BaseTransport


class LatencyServer:
    """The running server: its address, how many requests it has answered, and how many scans an order has."""

    def __init__(self, url: str, scans: Any, tenth: Any, served: Any) -> None:
        self.url, self._scans, self._tenth, self._served = url, scans, tenth, served

    @property
    def served(self) -> int:
        """The number of requests answered so far."""
        return int(self._served.value)

    def scan_again(self) -> None:
        """Give every order one more scan from now on."""
        self._scans.value += 1

    def scan_a_tenth_again(self) -> None:
        """Give one order in ten one more scan from now on."""
        self._tenth.value += 1


@contextlib.contextmanager
def latency_server(latency: float) -> Iterator[LatencyServer]:
    """Serve in another process during the block. ``latency`` is in seconds."""
    scans, tenth, served = Value("i", FIRST_SCANS), Value("i", 0), Value("i", 0, lock=False)
    here, there = Pipe()
    process = Process(target=_serve, args=(latency, scans, tenth, served, there), daemon=True)
    process.start()
    try:
        yield LatencyServer(f"http://127.0.0.1:{here.recv()}", scans, tenth, served)
    finally:
        process.terminate()
        process.join()


def _serve(latency: float, scans: Any, tenth: Any, served: Any, ready: Connection) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: _Answering(latency, scans, tenth, served), "127.0.0.1", 0, backlog=1024
        )
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
    sys.exit(0)
