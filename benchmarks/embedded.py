"""The embedded model: tokens per second alone and batched, options scored per second, time to the first report.

    python benchmarks/embedded.py [--out benchmarks/results/embedded.md]

Writes Markdown. Option scoring is shown beside asking token by token for the top 1,000 probabilities.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from engine import machine

from personae.models.embedded import Embedded
from personae.types import Message, Settings

PERSONA = Message("system", "You are Ana, an archivist in Porto. " + "You keep the letters of the city in order. " * 20)
OPTIONS = ("I live in Porto.", "I live in Paris.", "I have no home.", "On the moon.")


def talk(number: int) -> tuple[Message, ...]:
    return (PERSONA, Message("user", f"Question {number}: what did you do today?"))


async def batched(parallel: int, calls: int = 8) -> tuple[float, float]:
    """Answer tokens per second with so many calls at once, and prompt tokens per second of the first call."""
    async with Embedded(parallel=parallel, context=1024) as model:
        await model.count_tokens("start")
        first = (await model.generate(talk(0), Settings(max_tokens=1))).usage
        started = time.perf_counter()
        answers = await asyncio.gather(
            *(model.generate(talk(n), Settings(max_tokens=40, seed=n)) for n in range(calls))
        )
        seconds = time.perf_counter() - started
    return sum(answer.usage.completion_tokens for answer in answers) / seconds, first.prompt_tokens / first.seconds


async def scored(calls: int = 5) -> tuple[float, float]:
    """Options per second: one request for each option, and one request for each token."""
    async with Embedded(context=1024) as model:
        await model.logprobs(talk(0), OPTIONS)
        started = time.perf_counter()
        for number in range(calls):
            await model.logprobs(talk(number), OPTIONS)
        ours = calls * len(OPTIONS) / (time.perf_counter() - started)
        server = await model._in_thread(lambda running: running)
        prompt = server.post("/tokenize", {"content": await model.prompt_text(talk(0)), "parse_special": True})[
            "tokens"
        ]
        started = time.perf_counter()
        for option in OPTIONS:
            ids = server.post("/tokenize", {"content": option})["tokens"]
            for end in range(len(ids)):
                asked = {"prompt": prompt + ids[:end], "n_predict": 1, "n_probs": 1000, "temperature": 0}
                server.post("/completion", asked)
        return ours, len(OPTIONS) / (time.perf_counter() - started)


def first_report(*more: str) -> float:
    """Seconds from the command to the report, on a starter persona."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "personae.cli.main", "measure", "lighthouse-keeper", "--out", f"{folder}/run"]
        started = time.perf_counter()
        subprocess.run([*command, *more], check=True, capture_output=True)
        return time.perf_counter() - started


async def report() -> str:
    lines = ["# The embedded model", "", f"{datetime.date.today().isoformat()}; {machine()}.", ""]
    lines += ["| calls at once | answer tokens/s | prompt tokens/s (cold) |", "|--:|--:|--:|"]
    for parallel in (1, 2, 4, 8):
        answer, prompt = await batched(parallel)
        lines.append(f"| {parallel} | {answer:.0f} | {prompt:.0f} |")
    lines += ["", "With one call at a time (the default) results are repeatable; see docs/reference/models.md.", ""]
    ours, token_by_token = await scored()
    lines += ["| scoring | options/s |", "|---|--:|", f"| one request per option (ours) | {ours:.1f} |"]
    lines += [f"| one request per token, top 1,000 | {token_by_token:.1f} |", ""]
    lines += ["| from command to report | s |", "|---|--:|"]
    short = ("--with", "self_knowledge", "--n", "5")
    lines.append(f"| `personae measure lighthouse-keeper {' '.join(short)}` | {first_report(*short):.0f} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results" / "embedded.md")
    options = parser.parse_args()
    text = asyncio.run(report())
    print(text)
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
