"""`personae serve` as a process of its own: real sockets, real signals, a scripted model that takes its time.

Run as a program it is the command `personae` with one more model: "slow/PIECESxMILLISECONDS" speaks so many words with
a pause after each, and tells on stderr when it is stopped before the end. PATIENCE_S is how long it waits for clients.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from personae.types import Completion, Message, OptionScores, Settings, Usage

READY_S = 60.0


@dataclass
class Slow:
    """Says "1 2 3 …" and then what it was asked, so that every answer tells which request it belongs to."""

    spec: str
    last_words: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"slow/{self.spec}"

    async def generate(self, messages: Sequence[Message], settings: Settings) -> Completion:
        text = "".join([piece async for piece in self.stream(messages, settings)])
        return Completion(text, Usage(10, len(text.split())))

    async def stream(self, messages: Sequence[Message], settings: Settings) -> AsyncIterator[str]:
        pieces, pause_ms = map(int, self.spec.split("x"))
        words = [*map(str, range(1, pieces)), f"<{messages[-1].content[:60]}>"]
        spoken = 0
        try:
            for spoken, word in enumerate(words, 1):
                yield f" {word}" if spoken > 1 else word
                await asyncio.sleep(pause_ms / 1000)
        finally:
            if spoken < pieces:
                print(f"stopped after {spoken} of {pieces} pieces", file=sys.stderr, flush=True)

    async def logprobs(self, messages: Sequence[Message], options: Sequence[str]) -> OptionScores:
        raise NotImplementedError


def open_slow(spec: str | None, **options: Any) -> Slow:
    return Slow(spec or "10x0")


@dataclass
class Served:
    """A server that runs, and what it wrote to stderr."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def chat(self) -> str:
        return f"{self.url}/v1/chat/completions"

    def told(self) -> str:
        return self.log.read_text("utf-8")

    def metric(self, line: str, **headers: str) -> float:
        """The number behind this line of /metrics, 0 where there is none."""
        text = httpx.get(f"{self.url}/metrics", headers=headers).text
        found = re.search(rf"^{re.escape(line)} (\S+)$", text, re.MULTILINE)
        return float(found[1]) if found else 0.0

    def rss_mib(self) -> float:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def stop(self, how: signal.Signals = signal.SIGTERM, within_s: float = 30.0) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(within_s)


@contextmanager
def served(*arguments: object, log: Path, env: dict[str, str] | None = None, page: bool = False) -> Iterator[Served]:
    """A server on a free port, killed at the end if it still runs."""
    command = [sys.executable, __file__, "serve", *map(str, arguments), "--port", "0"]
    command += [] if page else ["--no-page"]
    with log.open("ab") as stderr:
        process = subprocess.Popen(command, stderr=stderr, stdout=stderr, env=os.environ | (env or {}))
    try:
        yield Served(process, _address(process, log), log)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    end = time.monotonic() + READY_S
    while time.monotonic() < end and process.poll() is None:
        if found := re.findall(r"^model .* at (http://\S+)/v1$", log.read_text("utf-8"), re.MULTILINE):
            return str(found[-1])
        time.sleep(0.02)
    raise RuntimeError(f"no server: {log.read_text('utf-8')}")


def until(true: Any, within_s: float = 20.0) -> bool:
    """Wait until something holds; whether it did."""
    end = time.monotonic() + within_s
    while not (held := true()) and time.monotonic() < end:
        time.sleep(0.02)
    return bool(held)


if __name__ == "__main__":
    from personae.cli.main import main
    from personae.models import registry
    from personae.serve.protocol import Patient

    Patient.head_s = Patient.read_s = float(os.environ.get("PATIENCE_S", Patient.read_s))
    sys.modules["child"] = sys.modules["__main__"]
    registry.BACKENDS["slow"] = "child:open_slow"
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main(sys.argv[1:])
