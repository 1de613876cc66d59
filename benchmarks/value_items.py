"""How long value items take with the embedded model: the person and the scale read once, or with every item.

    python benchmarks/value_items.py [--people 4] [--repeats 2] [--out benchmarks/results/value_items.md]

A sample is measured, one process with one thread, and extrapolated to the size that the measure is meant for: 200
people, 21 items, 5 repeats. CPU time is that of the process and is what two processes on two free cores would each
spend on their half; wall time is as it was, with the load of the machine beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import os
import platform
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from personae.agent import Agent
from personae.measure.value_stability import random_people, read_items
from personae.measure.value_stability.asking import _listed, rate
from personae.models.choices.ways import opened
from personae.models.embedded import Embedded
from personae.types import Conversation, Message

WHOLE = 200 * 21 * 5
CORES = 2
LIMIT_S = 3600


@dataclass(frozen=True)
class Row:
    way: str
    items: int
    cpu_s: float
    wall_s: float

    @property
    def hours(self) -> float:
        """The whole on two cores, each with a process of its own."""
        return WHOLE * self.cpu_s / self.items / CORES / 3600


async def timed(way: str, items: int, work: Callable[[], Awaitable[None]]) -> Row:
    cpu, wall = time.process_time(), time.perf_counter()
    await work()
    return Row(way, items, time.process_time() - cpu, time.perf_counter() - wall)


async def measure(people: int, repeats: int, listed: int) -> list[Row]:
    items, crowd = read_items(), random_people(people)
    async with Embedded(threads=1) as model:
        agents = [Agent(person, model) for person in crowd]
        await model.logprobs((await agents[0].prompted(_nothing())).messages, ("A", "B"))  # starts the server
        put = await opened(model, "letters")

        async def once_each() -> None:
            for number, agent in enumerate(agents):
                await rate(agent, items, repeats=repeats, seed=0, who=str(number))

        async def with_every_item() -> None:
            for item in items.items[:listed]:
                await _listed(agents[-1], put, items, item, range(len(items.scale)))

        return [
            await timed("person and scale read once per repeat", people * repeats * len(items.items), once_each),
            await timed("scale listed with every item", listed, with_every_item),
        ]


def _nothing() -> Conversation:
    return Conversation((Message("user", "Good evening."),))


def report(rows: list[Row], people: int, repeats: int) -> str:
    first = rows[0]
    verdict = "met" if first.hours * 3600 < LIMIT_S else "missed"
    loads = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    lines = [
        "# Value items with the embedded model",
        "",
        f"{datetime.datetime.now(datetime.UTC).date()}; {platform.machine()}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}, load averages at the end {loads}. SmolLM2-135M, one thread, four labels, "
        f"{people} people × {repeats} repeats × 21 items.",
        "",
        "| way | items | CPU ms/item | wall ms/item | 21,000 items on two cores, hours |",
        "|---|--:|--:|--:|--:|",
        *(
            f"| {row.way} | {row.items} | {1000 * row.cpu_s / row.items:.0f} | {1000 * row.wall_s / row.items:.0f} "
            f"| {row.hours:.2f} |"
            for row in rows
        ),
        "",
        f"Target: 21,000 items in less than an hour on two cores: {verdict} by extrapolation. The figure is CPU time "
        "per item × 21,000 / 2, so it supposes two processes that share nothing and two cores that are free; the whole "
        "was not run. With one process and one thread it takes twice as long.",
        "",
        f"Reading person and scale once saves {rows[1].cpu_s / rows[1].items / (first.cpu_s / first.items):.1f} times.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=4)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--listed", type=int, default=21, help="items asked with the scale listed each time")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results" / "value_items.md")
    options = parser.parse_args()
    rows = asyncio.run(measure(options.people, options.repeats, options.listed))
    text = report(rows, options.people, options.repeats)
    print(text)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
