"""Does a soft prompt carry a persona, and does the entailment task help? SmolLM2-135M on PersonaChat.

    python benchmarks/soft_prompt.py [--personas 2] [--steps 120] [--threads 1]

Needs PERSONAE_DATA (personachat) and the extra train. The people are the speakers of PersonaChat's validation half with
the most turns; of their dialogues every third is held out. Soft prompts and replies are kept in runs/soft_prompt: a run
that was killed goes on where it was. The table goes to benchmarks/results/soft_prompt.md.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from engine import machine

from personae.files import write_atomic
from personae.models import open_pair_scorer
from personae.models.gguf_file import default_weights
from personae.models.hf import HfModel
from personae.models.soft_prompt import read_soft_prompt
from personae.persona.kinds import kind_of
from personae.persona.own import own_texts
from personae.persona.persona import Persona
from personae.stats.intervals import wilson
from personae.stats.paired import compare
from personae.train.soft_prompt.make import make
from personae.train.soft_prompt.recipe import Recipe
from personae.train.soft_prompt.rows import Row, read_rows, read_split, texts
from personae.types import CONTRADICTION, ENTAILMENT, Message, Settings

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("PERSONAE_DATA", ROOT.parent / "shared" / "data"))
RUNS = ROOT / "runs" / "soft_prompt"
RESULTS = ROOT / "benchmarks" / "results" / "soft_prompt.md"
GREEDY = Settings(temperature=0, max_tokens=24, timeout_s=3600)
ARMS = {"tuned": False, "tuned, entailment": True}
SYSTEMS = ("untuned", "untuned, persona text", *ARMS)


@dataclass(frozen=True)
class Reply:
    """What one system said to one held-out message."""

    persona: str
    system: str
    number: int
    source: str
    text: str
    outcome: str


def people(count: int) -> list[Persona]:
    """The speakers with the most turns."""
    turns = Counter(frozenset(turn.persona) for turn in read_split(DATA / "personachat", "val"))
    found = []
    for number, (statements, _) in enumerate(sorted(turns.items(), key=lambda one: (-one[1], sorted(one[0])))[:count]):
        rows = [{"id": f"s{at}", "text": text, "kind": kind_of(text)} for at, text in enumerate(sorted(statements))]
        found.append(Persona(name=f"val-{number + 1}", statements=rows))
    return found


def tuned(persona: Persona, arm: str, steps: int, threads: int) -> Path:
    """The folder of a soft prompt, tuned now if it is not there."""
    recipe = Recipe(steps=steps, threads=threads, entailment=ARMS[arm])
    out = RUNS / f"{persona.name}-{steps}-{'with' if ARMS[arm] else 'without'}"
    started = time.perf_counter()

    def on_step(step: int, all_steps: int, loss: float) -> None:
        seconds = time.perf_counter() - started
        print(f"\r{out.name}: step {step}/{all_steps}, loss {loss:.3f}, {seconds:.0f} s ", end="", file=sys.stderr)

    folder = make(persona, DATA, out, recipe=recipe, on_step=on_step)
    print(file=sys.stderr)
    return folder


async def replies(persona: Persona, folders: Mapping[str, Path], asked: Sequence[Row], threads: int) -> list[Reply]:
    """One reply of every system to every held-out message; those that are on disk are not made again."""
    file = RUNS / f"{persona.name}-{'-'.join(sorted(read_soft_prompt(one).checksum for one in folders.values()))}.jsonl"
    kept = [Reply(**json.loads(line)) for line in file.read_text().splitlines()] if file.is_file() else []
    done = {(one.system, one.number) for one in kept}
    told = f"{' '.join(own_texts(persona))}\n\n{texts()['frame']}"
    for system in SYSTEMS:
        left = [(number, row) for number, row in enumerate(asked) if (system, number) not in done]
        if not left:
            continue
        model = HfModel(default_weights(), threads=threads, soft_prompt=folders.get(system))
        frame = Message("system", told if system == "untuned, persona text" else texts()["frame"])
        for number, row in left:
            said = await model.generate((frame, *row.messages), GREEDY)
            kept.append(Reply(persona.name, system, number, row.source, said.text.strip(), said.outcome))
            with file.open("a", encoding="utf-8") as out:
                out.write(json.dumps(vars(kept[-1])) + "\n")
        print(f"{persona.name}: {system} spoke", file=sys.stderr)
    return kept


async def verdicts(persona: Persona, said: Sequence[Reply]) -> dict[tuple[str, str], dict[str, float]]:
    """(system, verdict) → reply → 0 or 1: whether any statement is entailed, or contradicted, by a reply."""
    scorer, statements = open_pair_scorer("embedded"), own_texts(persona)
    found: dict[tuple[str, str], dict[str, float]] = {}
    for reply in said:
        if not reply.text:
            continue  # counted as missing in the table
        scores = await scorer.score([reply.text] * len(statements), statements)
        best = scores.argmax(axis=1)
        for verdict, column in (("entailed", ENTAILMENT), ("contradicted", CONTRADICTION)):
            key = f"{reply.persona}/{reply.source}/{reply.number}"
            found.setdefault((reply.system, verdict), {})[key] = float((best == column).any())
    return found


def check_unloading(folder: Path, threads: int) -> float:
    """Largest change of any logit of the base after a soft prompt was on it."""
    network, tokenizer = HfModel(default_weights(), threads=threads).loaded
    soft = read_soft_prompt(folder)
    ids = tokenizer("Where do you live?", return_tensors="pt")["input_ids"]
    with torch.inference_mode():
        before = network(ids).logits
        with soft.on(network):
            network(torch.cat([torch.tensor([soft.ids(network)]), ids], dim=1))
        return float((network(ids).logits - before).abs().max())


def loss_table(abouts: Mapping[tuple[str, str], dict]) -> Iterator[str]:
    yield "| persona | held-out answers | untuned | untuned, persona text | tuned | tuned, entailment |"
    yield "|---|--:|--:|--:|--:|--:|"
    sums: dict[str, list[tuple[float, int]]] = {}
    for name in dict.fromkeys(name for name, _ in abouts):
        plain, with_ = (abouts[name, arm]["nats_per_token"]["dialogue"] for arm in ARMS)
        figures = {"untuned": plain["untuned"], "text": plain["text"], "tuned": plain["tuned"], "with": with_["tuned"]}
        for column, value in figures.items():
            sums.setdefault(column, []).append((value, plain["answers"]))
        yield f"| {name} | {plain['answers']} | " + " | ".join(f"{value:.3f}" for value in figures.values()) + " |"
    answers = sum(count for _, count in sums["untuned"])
    means = {column: sum(value * count for value, count in found) / answers for column, found in sums.items()}
    yield f"| all, weighted | {answers} | " + " | ".join(f"{value:.3f}" for value in means.values()) + " |"
    yield (
        "| below untuned | | | "
        + " | ".join(f"{1 - means[column] / means['untuned']:.1%}" for column in ("text", "tuned", "with"))
        + " |"
    )


def reply_table(found: Mapping[tuple[str, str], dict[str, float]], said: Sequence[Reply], source: str) -> Iterator[str]:
    yield "| system | replies | empty | cut off | entails a statement | contradicts a statement |"
    yield "|---|--:|--:|--:|--:|--:|"
    for system in SYSTEMS:
        own = [one for one in said if one.system == system and one.source == source]
        cells = []
        for verdict in ("entailed", "contradicted"):
            values = _of(found.get((system, verdict), {}), source)
            share = wilson(int(sum(values.values())), len(values))
            cells.append(f"{share.value:.2f} ({share.low:.2f}–{share.high:.2f})" if share.value is not None else "–")
        empty, cut = (sum(one.outcome == outcome for one in own) for outcome in ("empty", "truncated"))
        yield f"| {system} | {len(own)} | {empty} | {cut} | " + " | ".join(cells) + " |"
    yield ""
    for verdict in ("entailed", "contradicted"):
        for one, other in (("tuned", "untuned"), ("tuned, entailment", "tuned")):
            diff = compare(*(_of(found.get((arm, verdict), {}), source) for arm in (one, other)))
            if diff.low is None or diff.p is None:
                continue
            yield (
                f"- {verdict}, *{one}* − *{other}*: {diff.difference:+.2f} ({diff.low:+.2f} to {diff.high:+.2f}), "
                f"p {diff.p:.3f}, {diff.n} pairs"
            )


def _of(values: Mapping[str, float], source: str) -> dict[str, float]:
    return {key: value for key, value in values.items() if f"/{source}/" in key}


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--personas", type=int, default=2)
    parser.add_argument("--steps", type=int, default=120)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    RUNS.mkdir(parents=True, exist_ok=True)
    where, abouts, said, found = machine(), {}, [], {}
    for persona in people(asked.personas):
        folders = {arm: tuned(persona, arm, asked.steps, asked.threads) for arm in ARMS}
        for arm, folder in folders.items():
            abouts[persona.name, arm] = dict(read_soft_prompt(folder).about)
        own = await replies(persona, folders, read_rows(persona, DATA, None).held_out, asked.threads)
        for key, values in (await verdicts(persona, own)).items():
            found.setdefault(key, {}).update(values)
        said += own
        moved = check_unloading(folders["tuned"], asked.threads)
        write_atomic(RESULTS, "\n".join(report(where, asked, abouts, said, found, moved)))
    print(RESULTS.read_text())


def report(where: str, asked: argparse.Namespace, abouts: dict, said: list, found: dict, moved: float) -> Iterator[str]:
    share = next(iter(abouts.values()))["trainable_share"]
    yield from ("# Soft prompts", "", f"{datetime.date.today()}; {where}; {asked.threads} thread(s) of torch.", "")
    yield f"SmolLM2-135M, frozen; 20 vectors ({share:.4%} of its numbers), {asked.steps} steps, 2 rows of each task a"
    yield "step; speakers of PersonaChat's validation half, dialogues held out whole. In *persona text* alone a prompt"
    yield f"says who speaks. Largest change of a logit after a soft prompt was taken off: {moved:.1g}."
    yield from ("", "## Loss on held-out dialogues, nats per token", "", *loss_table(abouts), "")
    yield from ("## Greedy replies, judged by the embedded pair scorer", "")
    yield "A reply entails (contradicts) when that is the likeliest verdict for any of the persona's statements; 95 %"
    yield from ("intervals, differences paired by message.", "")
    for source, title in (("dialogue", "To messages of held-out dialogues"), ("asked", "To held-out questions")):
        yield from (f"### {title}", "", *reply_table(found, said, source), "")


if __name__ == "__main__":
    asyncio.run(main())
