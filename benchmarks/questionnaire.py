"""What the embedded model answers to our questionnaire, in six ways, and what it costs.

    python benchmarks/questionnaire.py [--persona lighthouse-keeper] [--domains E,N] [--out FILE]

One process, one thread. A way is a wording with an order of the options; answers are log-probabilities of the numbers.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import os
import platform
import resource
import time
from pathlib import Path

from personae.agent import Agent
from personae.measure.personality import Personality
from personae.models.registry import open_model
from personae.persona.find import find
from personae.types import Measurement


def main() -> None:
    """Ask, and print or write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--persona", default="lighthouse-keeper")
    parser.add_argument("--domains", default="E,N")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    text = asyncio.run(measured(given.persona, tuple(given.domains.split(","))))
    if given.out:
        given.out.write_text(text, encoding="utf-8")
    else:
        print(text)


async def measured(persona: str, domains: tuple[str, ...]) -> str:
    """Every item in every way, and the page about it."""
    measure, who = Personality(domains=domains), find(persona)
    agent, plan = Agent(who, open_model("embedded")), measure.plan(who)
    start, spent = time.perf_counter(), cpu_s()
    seen = [await measure.observe(agent, case) for case in plan.cases]
    wall, used = time.perf_counter() - start, cpu_s() - spent
    calls = sum(len(each.data["rows"]) for each in seen)
    return page(persona, {m.name: m for m in measure.summarise(plan, seen)}, calls, wall, used)


def page(persona: str, found: dict[str, Measurement], calls: int, wall: float, used: float) -> str:
    """The figures as Markdown."""
    whole = found["personality"].details["certificate"]
    lean, place = found["personality.acquiescence"], found["personality.place"]
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    lines = [
        "# Our questionnaire and the embedded model",
        "",
        f"{datetime.date.today()}; {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()},"
        f" load averages at the end {load}. SmolLM2-135M as {persona}, one thread, {calls} calls:"
        f" {1000 * used / calls:.0f} ms CPU and {1000 * wall / calls:.0f} ms wall each.",
        "",
        f"Certificate: **{whole['verdict']}** ({'; '.join(whole['reasons'])}). Named: "
        f"{', '.join(found['personality'].details['named']) or 'nothing'}.",
        "",
        f"Lean to agreeing {shown(lean)} points. Same place with the scale turned: {shown(place)} of the pairs; answers"
        f" per place {place.details['counts']}.",
        "",
        "| domain | answered | 95 % interval | as a trait |",
        "|---|--:|---|---|",
    ]
    for each in found.values():
        if said := each.details.get("answered"):
            interval = f"{said['low']:.2f} … {said['high']:.2f}"
            lines.append(
                f"| {each.details['called']} | {said['mean']:.2f} | {interval} | {each.reason or each.value} |"
            )
    return "\n".join(lines) + "\n"


def shown(found: Measurement) -> str:
    """A value, or the reason why there is none."""
    return found.reason or f"{found.value:.2f}"


def cpu_s() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
