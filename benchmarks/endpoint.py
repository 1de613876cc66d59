"""A chat endpoint that answers every request after a fixed time, cheaply, and says what it saw.

A process of its own on the loopback address; it ends with its parent (when its standard input closes).
`GET /stats` returns requests, the most in flight, and the busy time: the integral of requests in flight over time.

    python benchmarks/endpoint.py --latency-ms 200      prints the base URL
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from typing import Any

LARGEST = 4_000_000
ANSWER = {
    "id": "chatcmpl-0",
    "object": "chat.completion",
    "created": 1,
    "model": "stub",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "A fixed answer of moderate length, as good as any other."},
            "finish_reason": "stop",
            "logprobs": None,
        }
    ],
    "usage": {"prompt_tokens": 201, "completion_tokens": 12, "total_tokens": 213},
}


def http(body: bytes, status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


REPLY = http(json.dumps(ANSWER).encode())


class Stats:
    """What the server saw since the last reset."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.requests = self.now = self.most = 0
        self.busy_s = self.first = self.last = 0.0

    def change(self, step: int) -> None:
        moment = time.monotonic()
        if self.requests == 0:
            self.first = self.last = moment
        self.busy_s += self.now * (moment - self.last)
        self.last = moment
        self.now += step
        self.requests += step > 0
        self.most = max(self.most, self.now)

    def json(self) -> bytes:
        figures: dict[str, Any] = {
            "requests": self.requests,
            "most": self.most,
            "busy_s": self.busy_s,
            "span_s": self.last - self.first,
        }
        return json.dumps(figures).encode()


class Connection(asyncio.Protocol):
    def __init__(self, stats: Stats, latency_s: float) -> None:
        self.stats = stats
        self.latency_s = latency_s
        self.seen = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.seen += data
        while (end := self.seen.find(b"\r\n\r\n")) >= 0:
            head = self.seen[:end].lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0]) if b"content-length:" in head else 0
            if length > LARGEST:
                self.transport.abort()
                return
            if len(self.seen) < end + 4 + length:
                return
            self.seen = self.seen[end + 4 + length :]
            self.answer(head)

    def answer(self, head: bytes) -> None:
        if head.startswith(b"get /stats"):
            self.transport.write(http(self.stats.json()))
            self.stats.reset()
            return
        self.stats.change(+1)
        asyncio.get_running_loop().call_later(self.latency_s, self.reply)

    def reply(self) -> None:
        self.stats.change(-1)
        if not self.transport.is_closing():
            self.transport.write(REPLY)


async def serve(latency_s: float) -> None:
    stats = Stats()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(stats, latency_s), "127.0.0.1", 0, backlog=1000)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    async with server:
        await loop.run_in_executor(None, sys.stdin.read)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--latency-ms", type=float, default=200.0)
    asyncio.run(serve(parser.parse_args().latency_ms / 1000))


if __name__ == "__main__":
    main()
