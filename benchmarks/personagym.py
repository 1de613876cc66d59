"""PersonaGym, the serial protocol beside ours: same endpoint, same personas, same prompts, same number of calls.

    python benchmarks/personagym.py [--quick] [--out benchmarks/results/personagym.md]

The serial side does what the released code does, call for call: one persona after the other, one call at a time, by
the OpenAI SDK, nothing kept – 50 answers, 10 sets of example replies, 20 verdicts per persona. It is written by us,
with our prompts, so that both sides send the same texts. Every side runs in a process of its own against endpoint.py,
whose fixed reply is made to be a readable answer to all of it. Loopback only; ends by itself, after about 13 minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import datetime
import hashlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DEADLINE_S = 1500
CONNECTIONS, JUDGES, CALLS = 32, ("judge-one", "judge-two"), 80
#: Latency in ms → personas on both sides.
PERSONAS = {20: 200, 200: 20}
QUICK = {20: 8, 200: 2}
TARGET_RATIO, TARGET_WALL_S = {20: 10.0, 200: 20.0}, 35.0


def fixed_reply() -> str:
    """One text that reads as an answer, as five verdicts (1 to 5), and as example replies for five questions."""
    verdicts = "\n".join(f"Reply {n}\nFits well enough. Therefore, the final score is {n}." for n in range(1, 6))
    words = ("one", "two", "three", "four", "five")
    replies = {str(score): f"A reply that is worth {word} points." for score, word in enumerate(words, 1)}
    return f"{verdicts}\n```json\n{json.dumps({f'question {n}': replies for n in range(1, 6)})}\n```"


def serve(latency_ms: float) -> None:
    sys.path.insert(0, str(HERE))
    import endpoint

    endpoint.ANSWER["choices"][0]["message"]["content"] = fixed_reply()
    endpoint.REPLY = endpoint.http(json.dumps(endpoint.ANSWER).encode())
    asyncio.run(endpoint.serve(latency_ms / 1000))


def people(count: int) -> tuple[list[Any], str]:
    """The personas asked, and where they come from."""
    from personae.measure.personagym.protocol import TASKS, Subject
    from personae.measure.personagym.released import load_subjects

    folder = Path(os.environ.get("PERSONAE_DATA", HERE.parents[1] / "shared" / "data")) / "personagym"
    if folder.is_dir():
        return list(load_subjects(folder, limit=count)), "released personas and questions"
    made = [
        Subject(
            f"person-{n:03}",
            f"A {20 + n % 60}-year-old baker from valley {n}, who sings in a choir and repairs old radios.",
            {
                task: [f"The oven fails in case {q} of {task} in valley {n}; what now, and then?" for q in range(10)]
                for task in TASKS
            },
        )
        for n in range(count)
    ]
    return made, "made-up personas and questions"


Call = Callable[[str, Sequence[Any], Any], str]


def serial(subjects: Sequence[Any], call: Call) -> list[float]:
    """The released protocol, call for call; the PersonaScore of everybody."""
    from personae.judges.asking import SETTINGS
    from personae.judges.examples import WRITING, _schema, example_messages, read_examples
    from personae.judges.rubric import RubricItem, rubric_messages
    from personae.judges.rubric_files import load_rubric
    from personae.judges.verdicts import read_scores
    from personae.measure.personagym.block import framed
    from personae.measure.personagym.protocol import TASKS, Protocol

    protocol, found = Protocol(), []
    for who in subjects:
        answers = {
            task: [call("model", framed(who.text, q), protocol.answering(n)) for n, q in enumerate(who.questions[task])]
            for task in TASKS
        }
        means = []
        for task in TASKS:
            rubric, grades = load_rubric(task), []
            for start in (0, 5):
                asked, said = who.questions[task][start : start + 5], answers[task][start : start + 5]
                settings = dataclasses.replace(WRITING, json_schema=_schema(5))
                examples = read_examples(call(JUDGES[0], example_messages(rubric, who.text, asked), settings), 5)
                items = [RubricItem(who.text, q, a.strip(), e) for q, a, e in zip(asked, said, examples, strict=True)]
                for judge in JUDGES:
                    grades += read_scores(call(judge, rubric_messages(rubric, items), SETTINGS), 5)
            means.append(sum(grades) / len(grades))
        found.append(sum(means) / len(means))
    return found


def by_sdk(url: str) -> Call:
    """One call at a time by the OpenAI SDK, with the fields that ours sends."""
    import openai

    client = openai.OpenAI(base_url=url, api_key="none")

    def call(model: str, messages: Sequence[Any], settings: Any) -> str:
        form: dict[str, Any] = {}
        if settings.json_schema:
            schema = {"name": "answer", "schema": json.loads(settings.json_schema), "strict": True}
            form["response_format"] = {"type": "json_schema", "json_schema": schema}
        done = client.chat.completions.create(
            model=model,
            messages=[{"role": message.role, "content": message.content} for message in messages],
            temperature=settings.temperature,
            top_p=settings.top_p,
            max_tokens=settings.max_tokens,
            seed=settings.seed,
            **form,
        )
        return str(done.choices[0].message.content)

    return call


async def ours(subjects: Sequence[Any], models: dict[str, Any], folder: str) -> Any:
    from personae.measure.personagym.run import run_gym

    judges = [models[name] for name in JUDGES]
    return await run_gym(subjects, models["model"], judges, folder, connections=CONNECTIONS, resume=True)


def cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def one_side(side: str, url: str, count: int, folder: str) -> None:
    """Run one side and print what it took, as JSON."""
    from personae.models.http import HttpModel

    subjects, _ = people(count)
    if side == "serial":
        call = by_sdk(url)
    else:
        import personae.measure.personagym.run  # noqa: F401 — importing is start-up, not work

        models = {name: HttpModel(name, url, connections=CONNECTIONS) for name in ("model", *JUDGES)}
    start_up, start = cpu_s(), time.perf_counter()
    if side == "serial":
        scores = serial(subjects, call)
        score = sum(scores) / len(scores)
    else:
        score = asyncio.run(ours(subjects, models, folder)).measurements[0].value
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps({"wall_s": time.perf_counter() - start, "cpu_s": cpu_s() - start_up, "score": score, "rss_mb": peak})
    )


def same_prompts(count: int = 2) -> tuple[bool, int, int]:
    """Whether both sides send the same texts to the same models with the same settings; calls; tokens per persona."""
    from personae.models.scripted import Scripted
    from personae.persona.tokens import estimate_tokens

    subjects, _ = people(count)
    sent: list[str] = []
    tokens = 0

    def record(model: str, messages: Sequence[Any], settings: Any) -> str:
        nonlocal tokens
        tokens += sum(estimate_tokens(message.content) for message in messages)
        sent.append(_line(model, messages, settings))
        return fixed_reply()

    serial(subjects, record)
    models = {name: Scripted(lambda messages: fixed_reply(), name) for name in ("model", *JUDGES)}
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(ours(subjects, models, folder))
    asked = [_line(name, call.messages, call.settings) for name, model in models.items() for call in model.history]
    return sorted(sent) == sorted(asked), len(asked) // count, tokens // count


def _line(model: str, messages: Sequence[Any], settings: Any) -> str:
    said = [(message.role, message.content) for message in messages]
    sampled = (settings.temperature, settings.top_p, settings.max_tokens, settings.seed, settings.json_schema)
    return hashlib.sha256(repr((model, said, sampled)).encode()).hexdigest()


@dataclass(frozen=True)
class Row:
    """What one side took; `most` and `share` are connections in flight, as the endpoint saw them."""

    latency_ms: int
    side: str
    personas: int
    calls: int
    wall_s: float
    cpu_ms: float
    most: int
    share: float
    rss_mb: float
    score: float


class Endpoint:
    """The endpoint as a process of its own."""

    def __init__(self, latency_ms: int) -> None:
        command = [sys.executable, __file__, "--serve", str(latency_ms)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.url = self.process.stdout.readline().strip()

    def stats(self) -> dict[str, Any]:
        """What it saw since it was last asked."""
        with urllib.request.urlopen(self.url.removesuffix("/v1") + "/stats", timeout=10) as answer:
            return dict(json.load(answer))

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(timeout=10)


def started(side: str, url: str, count: int, folder: str) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, "--side", side, url, str(count), folder]
    environment = os.environ | {"PYTHONPATH": str(HERE.parent / "src"), "PERSONAE_API_KEY": "", "OPENAI_API_KEY": ""}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def measured(side: str, at: Endpoint, latency_ms: int, count: int, end: float) -> Row:
    at.stats()
    with tempfile.TemporaryDirectory() as folder, started(side, at.url, count, folder) as process:
        try:
            said, _ = process.communicate(timeout=max(1.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            raise SystemExit(f"{side} at {latency_ms} ms did not end in time") from None
    figures, seen = json.loads(said.splitlines()[-1]), at.stats()
    share = seen["busy_s"] / (seen["span_s"] * CONNECTIONS)
    cpu_ms = 1000 * figures["cpu_s"] / seen["requests"]
    wall, rss, score = figures["wall_s"], figures["rss_mb"], figures["score"]
    return Row(latency_ms, side, count, seen["requests"], wall, cpu_ms, seen["most"], share, rss, score)


def killed(at: Endpoint, count: int, end: float) -> tuple[int, int, float]:
    """Kill a run of ours half-way and resume it: calls before the kill, calls repeated, wall seconds of the rest."""
    at.stats()
    with tempfile.TemporaryDirectory() as folder:
        with started("ours", at.url, count, folder) as process:
            while process.poll() is None and calls_in(Path(folder) / "ledger.jsonl") < count * CALLS / 2:
                time.sleep(0.02)
            process.send_signal(signal.SIGKILL)
        time.sleep(0.5)
        before = at.stats()["requests"]
        with started("ours", at.url, count, folder) as process:
            said, _ = process.communicate(timeout=max(1.0, end - time.monotonic()))
        after = at.stats()["requests"]
    return before, before + after - count * CALLS, json.loads(said.splitlines()[-1])["wall_s"]


def calls_in(ledger: Path) -> int:
    return ledger.read_bytes().count(b"\n") if ledger.exists() else 0


COLUMNS = (
    "latency", "side", "personas", "calls", "wall s", "calls/s", "CPU ms/call", "most in flight", "in-flight share",
    "peak RSS MB", "PersonaScore",
)  # fmt: skip
SIDES = {"serial": "serial protocol, OpenAI SDK", "ours": f"**Personae gym**, {CONNECTIONS} connections"}


def table(rows: Sequence[Row]) -> list[str]:
    lines = [f"| {' | '.join(COLUMNS)} |", f"|--:|---|{'--:|' * (len(COLUMNS) - 2)}"]
    for row in rows:
        cells = (
            f"{row.latency_ms} ms", SIDES[row.side], f"{row.personas}", f"{row.calls:,}", f"{row.wall_s:.1f}",
            f"{row.calls / row.wall_s:.0f}", f"{row.cpu_ms:.2f}", f"{row.most}",
            f"{row.share:.0%}" if row.side == "ours" else "–", f"{row.rss_mb:.0f}", f"{row.score:g}",
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def verdicts(rows: Sequence[Row]) -> list[str]:
    lines = []
    for latency_ms, target in TARGET_RATIO.items():
        both = {row.side: row for row in rows if row.latency_ms == latency_ms}
        if len(both) < 2:
            continue
        ratio = both["serial"].wall_s / both["ours"].wall_s
        met = "met" if ratio >= target else "**missed**"
        equal = "the same number of calls" if both["serial"].calls == both["ours"].calls else "**unequal calls**"
        lines.append(f"- {latency_ms} ms: **{ratio:.1f} times** faster, {equal} (target ≥ {target:g}: {met}).")
        if latency_ms == 20 and both["ours"].personas == 200:
            inside = "met" if both["ours"].wall_s <= TARGET_WALL_S else "**missed**"
            lines.append(
                f"- 200 personas at 20 ms in {both['ours'].wall_s:.1f} s (target ≤ {TARGET_WALL_S:g} s: {inside})."
            )
    return lines


def report(rows: Sequence[Row], resumed: tuple[int, int, float], where: str, about: str) -> str:
    same, calls, tokens = same_prompts()
    before, repeated, rest_s = resumed
    lines = [
        "# PersonaGym, serial and ours",
        "",
        f"{datetime.date.today().isoformat()}; {about}. {where.capitalize()}; fixed latency; a judge that says 1 to 5.",
        "CPU is user + system time of the client process after its imports, per call.",
        "",
        *table(rows),
        "",
        *verdicts(rows),
        f"- Prompts, models and settings of both sides are {'equal, text for text' if same else '**not equal**'}: "
        f"{calls} calls and about {tokens:,} prompt tokens per persona.",
        f"- Killed after {before:,} calls and resumed: {repeated} calls were repeated (target ≤ {CONNECTIONS}: "
        f"{'met' if repeated <= CONNECTIONS else '**missed**'}), the rest took {rest_s:.1f} s.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few personas, nothing written")
    parser.add_argument("--out", type=Path, default=HERE / "results" / "personagym.md")
    parser.add_argument("--serve", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--side", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve is not None:
        return serve(options.serve)
    if options.side:
        side, url, count, folder = options.side
        return one_side(side, url, int(count), folder)
    sys.path.insert(0, str(HERE))
    from engine import machine

    end, about, rows = time.monotonic() + DEADLINE_S, machine(), []
    personas = QUICK if options.quick else PERSONAS
    for latency_ms, count in personas.items():
        at = Endpoint(latency_ms)
        for side in ("ours", "serial"):
            print(f"{side}, {count} personas at {latency_ms} ms …", file=sys.stderr, flush=True)
            rows.append(measured(side, at, latency_ms, count, end))
        if latency_ms == 20:
            resumed = killed(at, count, end)
        at.close()
    text = report(rows, resumed, people(1)[1], about)
    print(text)
    if not options.quick:
        options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
