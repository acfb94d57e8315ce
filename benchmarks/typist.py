"""The senders of the ack benchmark: a Slack that sends slash commands at a fixed pace and times each answer.

It runs in a process of its own, and has only those parts of Slack that the bot needs to start, answer and post.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

SECRET = "bench-signing-secret"
PER_SECOND = 25
SECONDS = 15

Payload = dict[str, str]


def typist(pipe_end: Connection) -> None:
    """Run the process: send its address, then for each target (a bot's address or "socket") the figures of a salvo."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_Slack(pipe_end).run())


class _Slack:
    def __init__(self, pipe_end: Connection) -> None:
        self._pipe, self._url = pipe_end, ""
        self._socket: web.WebSocketResponse | None = None
        self._answers: dict[str, asyncio.Future[None]] = {}
        self._numbers = itertools.count(1)
        self._posts = 0

    async def run(self) -> None:
        app = web.Application()
        app.router.add_get("/link", self._link)
        app.router.add_route("*", "/{tail:.*}", self._method)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self._url = f"127.0.0.1:{runner.addresses[0][1]}"
        self._pipe.send(f"http://{self._url}")
        loop = asyncio.get_running_loop()
        while target := await loop.run_in_executor(None, self._pipe.recv):
            before = self._posts
            seconds = await self._salvo(str(target))
            self._pipe.send((seconds, self._posts - before))
        await runner.cleanup()

    async def _method(self, request: web.Request) -> web.Response:
        await request.read()
        known: dict[str, Any] = {"ok": True, "team_id": "T1", "user_id": "UBOT", "bot_id": "B1", "team": "bench"}
        if request.path.endswith("apps.connections.open"):
            known["url"] = f"ws://{self._url}/link"
        if request.path.endswith(("chat.postMessage", "chat.update")):
            self._posts += 1
            known |= {"ts": f"1700000000.{next(self._numbers):06d}", "channel": "C1"}
        return web.json_response(known)

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        self._socket = socket
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                answer = self._answers.pop(json.loads(message.data).get("envelope_id", ""), None)
                if answer is not None and not answer.done():
                    answer.set_result(None)
        return socket

    async def _salvo(self, target: str) -> list[float]:
        """Return the seconds until each acknowledgement. Commands are sent on time, answered or not."""
        async with aiohttp.ClientSession() as session:
            tasks = []
            began = time.perf_counter()
            for number in range(PER_SECOND * SECONDS):
                await asyncio.sleep(max(0.0, began + number / PER_SECOND - time.perf_counter()))
                command = self._over_socket() if target == "socket" else self._over_http(session, target)
                tasks.append(asyncio.create_task(command))
            return await asyncio.gather(*tasks)

    async def _over_socket(self) -> float:
        assert self._socket is not None
        number, began = next(self._numbers), time.perf_counter()
        answer = self._answers[f"e{number}"] = asyncio.get_running_loop().create_future()
        await self._socket.send_json(
            {
                "envelope_id": f"e{number}",
                "type": "slash_commands",
                "payload": self._payload(number),
                "accepts_response_payload": True,
            }
        )
        await answer
        return time.perf_counter() - began

    async def _over_http(self, session: aiohttp.ClientSession, target: str) -> float:
        body, stamp = urlencode(self._payload(next(self._numbers))), str(int(time.time()))
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": str(SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body)),
        }
        began = time.perf_counter()
        async with session.post(f"{target}/slack/events", data=body, headers=headers) as answer:
            await answer.read()
            assert answer.status == 200, answer.status
        return time.perf_counter() - began

    def _payload(self, number: int) -> Payload:
        return {
            "command": "/panda",
            "text": "help",
            "user_id": "U1",
            "team_id": "T1",
            "channel_id": "C1",
            "trigger_id": f"{time.time_ns()}.{number}",
            "response_url": f"http://{self._url}/commands/{number}",
        }
