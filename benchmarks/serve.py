"""What serving adds to a model that answers at once, how many streams one process holds, and what it takes of memory.

python benchmarks/serve.py            writes benchmarks/results/serve.md
python benchmarks/serve.py --quick    a few requests of each, written nowhere
"""

from __future__ import annotations

import asyncio
import datetime
import http.client
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine import machine

from personae.agent import Agent
from personae.agent.prompting import RolePlayPrompt
from personae.memory.store import open_store
from personae.models.embedder import installed_embedder
from personae.models.scripted import Scripted
from personae.persona.find import find
from personae.serve.api import Door
from personae.serve.app import create_app
from personae.serve.hosting import Host
from personae.serve.running import listening, run
from personae.types import Conversation, Message

HERE = Path(__file__).parent
RESULT = HERE / "results" / "serve.md"
SAID = "The lamp room is cold tonight, and the boat to Marta has not come back yet."
MODEL = "ilse-marten"
LINES = (
    "Where did you leave the red boat?",
    "I can't stand opera, but I love the sea.",
    "Who keeps the light in winter?",
)
USERS, TURNS = 25, 8
#: Between two requests: none, and so much that what a server does after a reply does not meet the next one; but then
#: the processor has idled, and everything takes longer.
PAUSES_MS = (0, 20)


#: Asks for one reply: the user, and the messages so far.
Ask = Callable[[str, list[dict[str, str]]], None]


@dataclass(frozen=True)
class Timed:
    """Milliseconds of one way to get the same replies, by the clock and of the processor."""

    name: str
    each_ms: tuple[float, ...]
    cpu_ms: tuple[float, ...]

    def at(self, share: float) -> float:
        """The quantile."""
        return statistics.quantiles(self.each_ms, n=100)[round(share * 100) - 1]


def persona_agent() -> Agent:
    """A starter persona whose model answers at once."""
    return Agent(find("lighthouse-keeper"), Scripted(lambda _: SAID), prompt=RolePlayPrompt(greeting=None))


def talks(users: int, turns: int) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """User and messages of each request: every user talks on for some turns, all in turn."""
    for turn in range(turns):
        for user in range(users):
            said = [f"{LINES[n % 3]} ({user}, {n})" for n in range(turn + 1)]
            messages = [{"role": "user", "content": said[0]}]
            for line in said[1:]:
                messages += [{"role": "assistant", "content": SAID}, {"role": "user", "content": line}]
            yield f"user{user}", messages


@contextmanager
def server(host: Host) -> Iterator[int]:
    """The port of a server that runs in a thread of this process."""
    door = Door(host)
    listener = listening("127.0.0.1", 0)
    thread = threading.Thread(target=run, args=(create_app(door), listener), daemon=True)
    thread.start()
    yield int(listener.getsockname()[1])


def over_http(host: Host, stack: ExitStack, *, stream: bool = False) -> Ask:
    """Asks a server on one connection that stays open, and reads to the last byte."""
    connection = http.client.HTTPConnection("127.0.0.1", stack.enter_context(server(host)))

    def ask(user: str, messages: list[dict[str, str]]) -> None:
        body = json.dumps({"model": MODEL, "messages": messages, "user": user, "stream": stream})
        connection.request("POST", "/v1/chat/completions", body, {"content-type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status == 200, text

    return ask


def in_process(loop: asyncio.AbstractEventLoop, *, agent: bool) -> Ask:
    """Calls the model, or the agent without memory, in this process."""
    whole = persona_agent()

    def ask(user: str, messages: list[dict[str, str]]) -> None:
        talk = tuple(Message(one["role"], one["content"]) for one in messages)  # type: ignore[arg-type]
        if agent:
            loop.run_until_complete(replace(whole, user=user).reply(Conversation(talk)))
        else:
            loop.run_until_complete(whole.model.generate(talk, whole.settings))

    return ask


def latencies(users: int, turns: int, pause_ms: int) -> list[Timed]:
    """All ways, one after the other at every request, so that what else the machine does meets all of them."""
    loop = asyncio.new_event_loop()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        words = Host.of([persona_agent()], open_store(folder / "words.db"))
        meaning = Host.of([persona_agent()], open_store(folder / "meaning.db"), installed_embedder())
        ways = {
            "the model called directly": in_process(loop, agent=False),
            "the agent called directly": in_process(loop, agent=True),
            "served": over_http(Host.of([persona_agent()]), stack),
            "served, as a stream": over_http(Host.of([persona_agent()]), stack, stream=True),
            "served, memory by words": over_http(words, stack),
            "served, memory by words and meaning": over_http(meaning, stack),
        }
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
        for user, messages in [("warm", [{"role": "user", "content": "Hello."}])] * 5 + list(talks(users, turns)):
            for name, ask in ways.items():
                time.sleep(pause_ms / 1000)
                start, cpu = time.perf_counter(), time.process_time()
                ask(user, messages)
                taken[name].append((1000 * (time.perf_counter() - start), 1000 * (time.process_time() - cpu)))
    return [Timed(name, *zip(*each[5:], strict=True)) for name, each in taken.items()]


def held(number: int, pieces: int, pause_ms: int, *, memory: bool) -> dict[str, float]:
    """Streams at once from a process of its own, a tenth of them slow and a tenth vanishing."""
    sys.path.insert(0, str(HERE.parent))
    from tests.serve import child, load

    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        kept = ("--memory", at / "m.db") if memory else ()
        model = f"slow/{pieces}x{pause_ms}"
        with child.served("lighthouse-keeper", "--model", model, *kept, "--at-once", 5000, log=at / "log") as running:
            for _ in range(2):  # the second time they are recalled, for which the embedder must be there
                asyncio.run(load.Load(running.port, MODEL, pieces).run(reads=5))
            before, cpu, start = running.rss_mib(), _cpu_s(running.process.pid), time.perf_counter()
            some = number // 10
            clients = load.Load(running.port, MODEL, pieces)
            ended = asyncio.run(clients.run(number - 2 * some, some, some))
            wall, spent = clients.ended_at - start, _cpu_s(running.process.pid) - cpu
            wrong = {key: many for key, many in ended.items() if key[1] not in ("done", "gone")}
            assert not wrong, wrong
            return {
                "streams": number,
                "pieces": pieces,
                "seconds": wall,
                "at best": pieces * pause_ms / 1000,
                "CPU seconds": spent,
                "MiB before": before,
                "MiB more": running.rss_mib() - before,
            }


def a_second(seconds: float) -> float:
    """Whole replies a second, from 16 clients at once."""
    with server(Host.of([persona_agent()])) as port:
        end, done = time.perf_counter() + seconds, [0] * 16

        def ask(number: int) -> None:
            connection = http.client.HTTPConnection("127.0.0.1", port)
            body = json.dumps({"model": MODEL, "messages": [{"role": "user", "content": LINES[0]}]})
            while time.perf_counter() < end:
                connection.request("POST", "/v1/chat/completions", body, {"content-type": "application/json"})
                connection.getresponse().read()
                done[number] += 1

        threads = [threading.Thread(target=ask, args=(n,)) for n in range(len(done))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return sum(done) / seconds


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def page(machine: str, timed: dict[int, list[Timed]], loads: list[dict[str, float]], rate: float) -> str:
    """The result as Markdown."""
    lines = [
        "# Serving",
        "",
        f"{datetime.date.today()}, {machine}, {os.getloadavg()[0]:.1f} at the end; `python benchmarks/serve.py`.",
        f"A scripted model that answers at once, {USERS * TURNS} requests of {USERS} users in turn, whose talks",
        f"grow to {TURNS} lines; one client, all ways in turn at every request; memory in a file on its disk. The time",
        "of the processor is that of client and server together; where other work holds the machine, believe it first.",
    ]
    for pause, ways in timed.items():
        between = f"{pause} ms between two requests, so that the processor idles" if pause else "No pause"
        lines += [
            "",
            f"{between}:",
            "",
            "| way | p50 ms | p95 ms | added p50 ms | added p95 ms | CPU p50 ms |",
            "|---|---|---|---|---|---|",
        ]
        for one in ways:
            p50, p95 = one.at(0.5), one.at(0.95)
            added = f"{p50 - ways[0].at(0.5):.2f} | {p95 - ways[0].at(0.95):.2f}"
            lines.append(f"| {one.name} | {p50:.2f} | {p95:.2f} | {added} | {statistics.median(one.cpu_ms):.2f} |")
    lines += [
        "",
        f"Whole replies a second, 16 clients, without memory, client and server in one process: {rate:.0f}.",
        "",
    ]
    lines += [
        "Streams at once from a server of its own process; a tenth of the clients read a byte a second until the",
        "others are done, a tenth vanish after the first piece. All that stayed read every piece of their own reply.",
        "",
        "| " + " | ".join(loads[0]) + " |",
        "|" + "---|" * len(loads[0]),
    ]
    lines += [
        "| " + " | ".join(value if isinstance(value, str) else f"{value:.4g}" for value in one.values()) + " |"
        for one in loads
    ]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> None:
    """Measure, print, and write."""
    quick, at_start = "--quick" in arguments, machine()
    timed = {pause: latencies(*((5, 4) if quick else (USERS, TURNS)), pause) for pause in PAUSES_MS}
    sizes: list[Callable[[], dict[str, Any]]] = [lambda: {"memory": "no"} | held(200, 50, 20, memory=False)]
    if not quick:
        sizes += [
            lambda: {"memory": "no"} | held(1000, 50, 100, memory=False),
            lambda: {"memory": "yes"} | held(200, 50, 20, memory=True),
        ]
    text = page(at_start, timed, [size() for size in sizes], a_second(1 if quick else 5))
    print(text)
    if not quick:
        RESULT.write_text(text, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
