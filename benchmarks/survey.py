"""What a survey costs: 20 personas × 120 items × 4 option orders against an endpoint of 200 ms, and a log at the end.

    python benchmarks/survey.py [--quick] [--out benchmarks/results/survey.md]

Every system runs in its own process with the same prompts, twice, with a small and a large number of people; CPU per
call is the slope between the two, so that imports and warming up do not count. Ours asks everything; the peers, which
take longer, a stated part. At the end the whole run is killed half-way and resumed. About three minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import endpoint
from engine import machine, stats

HERE = Path(__file__).parent
LIMIT, LATENCY_MS, PEOPLE, ORDERS, ITEMS = 100, 200, 20, 4, 120
CALLS_EACH = ITEMS * ORDERS
SAID = "moderately accurate"
MOST_CPU_MS, LEAST_SHARE = 3.0, 0.90
LABELS = {
    "loop": "**Personae administer**, rows on disk",
    "ours": "**Personae administer**, rows and Inspect log",
    "sdk": "OpenAI SDK, the same prompts, nothing kept",
    "inspect": "Inspect's own loop, `personae/http`, lean log",
}
#: How many people each system is put to, small and large; a person is 480 calls.
SIZES = {"loop": (5, 20), "ours": (5, 20), "sdk": (2, 6), "inspect": (1, 3)}


@dataclass(frozen=True)
class Row:
    """The figures of one system; the share of the connection limit in flight is of the larger run."""

    calls: int
    cpu_ms: float
    wall_s: float
    calls_per_s: float
    most: int
    share: float
    rss_mb: float
    more: dict[str, Any]


def instrument() -> Any:
    """The IPIP-NEO-120 where its file is; else our sixty items in both wordings, on the same labels."""
    from personae.psychometrics.instrument import Instrument, Item, Licence, Response
    from personae.psychometrics.library import load

    if os.environ.get("PERSONAE_DATA"):
        return load("ipip-neo-120")
    ours = load("big-five-60")
    items = [Item(f"{i.id}-{n}", text, i.domain, i.key) for i in ours.items for n, text in enumerate((i.text, *i.also))]
    labels = ("very inaccurate", "moderately inaccurate", "neither", "moderately accurate", "very accurate")
    return Instrument("big-five-60, two wordings", tuple(items[:ITEMS]), Response(labels), Licence("MIT"))


def people(n: int) -> list[Any]:
    from personae.measure.value_stability.people import random_people
    from personae.psychometrics.administration import respondent_of

    return [respondent_of(person, f"person {at}") for at, person in enumerate(random_people(n, seed=0))]


def design() -> Any:
    from personae.psychometrics.administration import Design

    return Design.crossed(options=5, orders=ORDERS)


def prompts(n: int) -> list[list[dict[str, str]]]:
    from personae.psychometrics.administration.prompt import prompt

    put = instrument()
    jobs = design().jobs(people(n), put)
    asked = (prompt(job.respondent, job.items, put.response, job.cell) for job in jobs)
    return [[{"role": message.role, "content": message.content} for message in messages] for messages in asked]


def run_ours(url: str, n: int, folder: str, *, log: bool) -> Callable[[], dict[str, Any]]:
    from personae import run
    from personae.models.http import HttpModel
    from personae.psychometrics.administration import ANSWER, administer

    if log:
        from personae.tasks.survey_log import write_survey_log
    put, who, model = instrument(), people(n), HttpModel("stub", url, connections=LIMIT)

    def work() -> dict[str, Any]:
        done = run(administer(model, who, put, design(), out=folder, limit=LIMIT))
        told = {"by_status": done.by_status, "asked": done.asked}
        if log:
            start = time.process_time()
            path = write_survey_log(Path(folder) / "log", done.rows, put, who, settings=ANSWER, usage=done.usage)
            spent = time.process_time() - start
            told |= {"log_ms": 1000 * spent / len(done.rows), "log_bytes": path.stat().st_size / len(done.rows)}
        return told

    return work


def run_sdk(url: str, n: int) -> Callable[[], dict[str, Any]]:
    import openai

    asked = prompts(n)

    async def main() -> None:
        queue = iter(asked)
        async with openai.AsyncOpenAI(base_url=url, api_key="none") as client:

            async def work() -> None:
                for messages in queue:
                    more: dict[str, Any] = {"temperature": 0.0, "top_p": 1.0, "max_tokens": 32, "seed": 0}
                    reply = await client.chat.completions.create(model="stub", messages=messages, **more)  # type: ignore[arg-type]
                    assert reply.choices[0].message.content == SAID

            await asyncio.gather(*(work() for _ in range(LIMIT)))

    def run() -> dict[str, Any]:
        asyncio.run(main())
        return {}

    return run


def run_inspect(url: str, n: int, folder: str) -> Callable[[], dict[str, Any]]:
    from inspect_ai import Task, eval
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.model import ChatMessageSystem, ChatMessageUser
    from inspect_ai.scorer import includes
    from inspect_ai.solver import generate

    kinds = {"system": ChatMessageSystem, "user": ChatMessageUser}
    chats = [[kinds[m["role"]](content=m["content"]) for m in messages] for messages in prompts(n)]
    samples = [Sample(chat, target=SAID, id=at) for at, chat in enumerate(chats)]

    def run() -> dict[str, Any]:
        task = Task(dataset=MemoryDataset(samples), solver=generate(), scorer=includes())
        limits = {"max_connections": LIMIT, "max_samples": LIMIT, "max_tokens": 32}
        lean: dict[str, Any] = {"log_realtime": False, "score_display": False, "display": "none", "log_dir": folder}
        (log,) = eval(task, model="personae/http/stub", model_base_url=url, **limits, **lean)
        assert log.status == "success", log.error
        return {}

    return run


def child(name: str, url: str, n: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        folder = os.environ.get("SURVEY_FOLDER", folder)
        work = {
            "loop": lambda: run_ours(url, n, folder, log=False),
            "ours": lambda: run_ours(url, n, folder, log=True),
            "sdk": lambda: run_sdk(url, n),
            "inspect": lambda: run_inspect(url, n, folder),
        }[name]()
        start_cpu, start = cpu_s(), time.perf_counter()
        told = work()
        figures = {"cpu_s": cpu_s() - start_cpu, "wall_s": time.perf_counter() - start, "calls": n * CALLS_EACH}
        rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(figures | {"rss_mb": rss_mb} | told), flush=True)


def cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def command(name: str, url: str, n: int) -> list[str]:
    return [sys.executable, str(HERE / "survey.py"), "--system", name, "--url", url, "--people", str(n)]


def once(name: str, url: str, n: int, **environment: str) -> dict[str, Any]:
    done = subprocess.run(command(name, url, n), capture_output=True, text=True, env=clean(environment), timeout=300)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def clean(more: dict[str, str]) -> dict[str, str]:
    source = {"PYTHONPATH": str(HERE.parent / "src"), "PERSONAE_API_KEY": "", "OPENAI_API_KEY": ""}
    return os.environ | source | more


def measure(name: str, url: str, sizes: Sequence[int]) -> Row:
    stats(url)
    small = once(name, url, sizes[0])
    stats(url)
    large = once(name, url, sizes[1])
    seen = stats(url)
    calls = large["calls"] - small["calls"]
    return Row(
        large["calls"],
        1000 * (large["cpu_s"] - small["cpu_s"]) / calls,
        large["wall_s"],
        large["calls"] / large["wall_s"],
        seen["most"],
        seen["busy_s"] / (seen["span_s"] * LIMIT) if seen["span_s"] else 0.0,
        large["rss_mb"],
        {key: large[key] for key in ("log_ms", "log_bytes", "by_status") if key in large},
    )


def killed_and_resumed(url: str, n: int) -> str:
    """Kill the run when half of the rows are there, go on, and count what was asked twice."""
    total = n * CALLS_EACH
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.jsonl"
        stats(url)
        with subprocess.Popen(command("loop", url, n), env=clean({"SURVEY_FOLDER": folder})) as process:
            end = time.monotonic() + 120
            while time.monotonic() < end and not (rows.exists() and lines(rows) >= total / 2):
                time.sleep(0.05)
            os.kill(process.pid, signal.SIGKILL)
        there = lines(rows)
        done = once("loop", url, n, SURVEY_FOLDER=folder)
        asked = stats(url)["requests"]
        cells = {tuple(json.loads(line)[key] for key in ("persona", "item", "order")) for line in rows.open("rb")}
        assert lines(rows) == len(cells) == total, (lines(rows), len(cells), total)
    return (
        f"Killed (SIGKILL) after {there:,} of {total:,} rows and resumed: {asked - total:,} calls were asked again, "
        f"those in flight; the other {done['asked']:,} took {done['wall_s']:.1f} s; no row is there twice."
    )


def lines(path: Path) -> int:
    return path.read_bytes().count(b"\n")


def report(rows: dict[str, Row], about: str, resumed: str, name: str) -> str:
    out = [
        "# A survey on the fast path",
        "",
        f"{datetime.date.today().isoformat()}; {about}.",
        f"{name}: {ITEMS} items × {ORDERS} option orders per person, one item per prompt, replies parsed; endpoint "
        f"latency {LATENCY_MS} ms, {LIMIT} connections.",
        "CPU is user + system time of the client process, the slope between two numbers of people.",
        "",
        "| system | people | calls | CPU ms/call | wall s | calls/s | most in flight | in-flight share | peak RSS MB |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for system, row in rows.items():
        figures = (
            f"{row.calls // CALLS_EACH} | {row.calls:,} | {row.cpu_ms:.2f} | {row.wall_s:.1f} | {row.calls_per_s:.0f}"
        )
        out.append(f"| {LABELS[system]} | {figures} | {row.most} | {row.share:.0%} | {row.rss_mb:.0f} |")
    ours, loop = rows["ours"], rows["loop"]
    met = "met" if ours.cpu_ms <= MOST_CPU_MS else "**missed**"
    held = "met" if loop.share >= LEAST_SHARE else "**missed**"
    out += [
        "",
        f"- CPU per call with rows and log ≤ {MOST_CPU_MS:g} ms: {met} ({ours.cpu_ms:.2f} ms, of which the log "
        f"{ours.more['log_ms']:.2f}).",
        f"- Share of the connection limit in flight ≥ {LEAST_SHARE:.0%}: {held} ({loop.share:.0%}).",
        f"- Ideal wall time {loop.calls * LATENCY_MS / 1000 / LIMIT:.1f} s, taken {loop.wall_s:.1f} s.",
        f"- The log has {ours.more['log_bytes']:.0f} bytes per answer; outcomes: {ours.more['by_status']}.",
        *(
            f"- {LABELS[peer]} uses {rows[peer].cpu_ms / ours.cpu_ms:.1f} times our CPU with everything kept, "
            f"{rows[peer].cpu_ms / loop.cpu_ms:.1f} times that of our loop."
            for peer in ("sdk", "inspect")
        ),
        f"- {resumed}",
    ]
    return "\n".join(out) + "\n"


def serve() -> None:
    """The endpoint of endpoint.py, which says a label in place of its sentence."""
    choice = endpoint.ANSWER["choices"][0] | {"message": {"role": "assistant", "content": SAID}}  # type: ignore[index]
    endpoint.REPLY = endpoint.http(json.dumps(endpoint.ANSWER | {"choices": [choice]}).encode())
    asyncio.run(endpoint.serve(LATENCY_MS / 1000))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few people only; nothing is written")
    parser.add_argument("--out", type=Path, default=HERE / "results" / "survey.md")
    parser.add_argument("--endpoint", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--system", choices=LABELS, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--people", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.endpoint:
        return serve()
    if options.system:
        return child(options.system, options.url, options.people)
    about = machine()
    with subprocess.Popen(
        [sys.executable, str(HERE / "survey.py"), "--endpoint"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout
        assert server.stdin
        url = server.stdout.readline().strip()
        rows = {}
        for name in LABELS:
            print(f"{name} …", file=sys.stderr, flush=True)
            rows[name] = measure(name, url, (1, 2) if options.quick else SIZES[name])
        resumed = killed_and_resumed(url, 2 if options.quick else PEOPLE)
        server.stdin.close()
    text = report(rows, about, resumed, instrument().id)
    print(text)
    if not options.quick:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
