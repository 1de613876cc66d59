"""Cautious decoding beside plain sampling: how surprised the model is by its answers, and what a token costs.

    python benchmarks/cautious.py [--n 50] [--tokens 8]

Both ways answer 50 prompts with the embedded SmolLM2 at temperature 1 and top-p 1, with the same seeds. The table goes
to benchmarks/results/cautious.md.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import math
from pathlib import Path
from statistics import fmean

from engine import machine

from personae.agent.decoding.cautious import Cautious, CautiousDecoded
from personae.agent.roles import Prompted
from personae.measure.self_check.measure import own_questions
from personae.models import Embedded
from personae.persona.find import find
from personae.stats.paired import compare
from personae.types import Message, Settings

RESULTS = Path(__file__).parent / "results" / "cautious.md"
STARTERS = ("lighthouse-keeper", "detective", "pirate-cook", "tavern-keeper", "math-tutor")


async def answers(n: int, tokens: int) -> dict[str, list[CautiousDecoded]]:
    """The answers of each way, in the order of the prompts."""
    found: dict[str, list[CautiousDecoded]] = {"plain": [], "code": [], "paper": []}
    ways = {"plain": Cautious(most=1), "code": Cautious("code"), "paper": Cautious("paper")}
    async with Embedded(context=1024) as model:
        for number in range(n):
            who = find(STARTERS[number % len(STARTERS)])
            question = own_questions()[number // len(STARTERS) % len(own_questions())][1]
            prompted = Prompted((Message("system", f"You are {who.name}. {who.summary}"), Message("user", question)))
            settings = Settings(temperature=1.0, top_p=1.0, max_tokens=tokens, seed=number, timeout_s=3600)
            for way, decode in ways.items():
                done = await decode(model, prompted, settings, persona=who)
                assert isinstance(done, CautiousDecoded)
                found[way].append(done)
            print(number, *(f"{rows[-1].perplexity:.2f}" for rows in found.values()), flush=True)
    return found


def table(found: dict[str, list[CautiousDecoded]], tokens: int, about: str) -> str:
    """Perplexity and cost of each way, with the paired differences of log perplexity."""
    plain = found["plain"]
    lines = [
        "# Cautious decoding",
        "",
        f"{datetime.date.today().isoformat()}; {about}. {len(plain)} prompts of starters and our questions, embedded "
        f"SmolLM2, at most {tokens} tokens, T 1, top-p 1, the same seeds.",
        "",
        "| way | mean perplexity | mean −ln p | less than plain (paired) | trials at a decision | computed per token |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    base = {str(n): -fmean(one.logprobs) for n, one in enumerate(plain)}
    for way, rows in found.items():
        own = {str(n): -fmean(one.logprobs) for n, one in enumerate(rows)}
        pairs = compare(base, own)
        less = "" if way == "plain" else f"{pairs.difference:.2f}, p = {pairs.p:.2g}"
        perplexity, cost = (fmean(getattr(one, field) or math.nan for one in rows) for field in ("perplexity", "cost"))
        tried = fmean(tried for one in rows for tried in one.tried)
        lines.append(f"| {way} | {perplexity:.2f} | {fmean(own.values()):.2f} | {less} | {tried:.1f} | {cost:.1f} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=50)
    parser.add_argument("--tokens", type=int, default=8)
    asked = parser.parse_args()
    about = machine()
    found = asyncio.run(answers(asked.n, asked.tokens))
    RESULTS.write_text(table(found, asked.tokens, about), encoding="utf-8")
    print(RESULTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
