"""Which way of choosing a reply keeps to the persona: given candidates re-ranked, and samples of a model chosen from.

    python benchmarks/decoding.py [--only ranking turns simoap mmi] [--out benchmarks/results/decoding.md]

Needs the reference data (PERSONAE_DATA). `ranking` and `turns` take a minute or two; `simoap` and `mmi` ask the
embedded model, about a quarter of an hour each on two cores. Samples are kept in results/decoding_samples.jsonl and
drawn again only where that file misses them; log-probabilities are kept with --cache FILE.
What contradicts is judged by the pair scorer; --eval-scorer names another for the C-score, so that the judge is not
the one who chose.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import datetime
import json
import os
import random
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from engine import machine

from personae.agent import Agent
from personae.agent.decoding import (
    MMI,
    NearPersona,
    NearTalk,
    NLIRerank,
    PersonaPrompted,
    PlusPersona,
    SharesWords,
    SimOAP,
    fresh_wording,
    select,
)
from personae.agent.roles import Score
from personae.errors import PersonaeError
from personae.files import write_atomic
from personae.measure.ranking import RankingCase, among_distractors, at_one, change_at_one, picks, read_ranking
from personae.metrics.tfidf import TfIdf
from personae.models import Cached, Scripted, open_model, open_pair_scorer
from personae.models.embedder import MiniLM
from personae.persona.own import own_texts
from personae.persona.persona import Persona
from personae.stats.intervals import bootstrap, wilson
from personae.stats.paired import compare
from personae.types import CONTRADICTION, ENTAILMENT, Completion, Conversation, Message, Model, PairScorer, Settings

HERE = Path(__file__).parent
DATA = Path(os.environ.get("PERSONAE_DATA", HERE.parents[1] / "shared" / "data"))
SAMPLING = Settings(temperature=1.0, top_p=0.95, max_tokens=80, stop=("\n",))

#: Replies that fit almost any message, written for this table.
GENERIC = (
    "I don't know.", "That sounds good.", "Oh, nice.", "That is great.", "I see.", "Me too.", "What do you mean?",
    "How about you?", "I am not sure.", "Yes, of course.", "No, not really.", "That is interesting.", "I like that.",
    "Cool, tell me more.", "What do you do?", "I am doing well, thanks.", "Sounds like fun.", "Maybe.",
    "I think so too.", "That is a good question.",
)  # fmt: skip


class Remembering:
    """An embedder that computes each text once."""

    def __init__(self, embedder: MiniLM) -> None:
        self._embedder, self.name, self._known = embedder, embedder.name, {}

    def embed(self, texts: Sequence[str]) -> Any:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._embedder.embed(new), strict=True))
        return np.array([self._known[text] for text in texts])


@dataclasses.dataclass(frozen=True)
class Setup:
    """What the tables share."""

    embedder: Remembering
    scorer: PairScorer | None
    judge: PairScorer | None
    model: Callable[[], Model]
    turns: int
    samples: int
    kept: Path
    first: int


async def ranking(setup: Setup) -> list[str]:
    """The kind on top in 271 dialogues of 31 candidates each; re-ranked ways beside their bases."""
    cases = read_ranking(DATA / "nli-compiled" / "nli_test_dnli_rank.jsonl")
    words = SharesWords(TfIdf.fit([t for c in cases for t in (*c.candidates, *c.persona)], tokeniser="whitespace"))
    near, talk = NearPersona(setup.embedder), NearTalk(setup.embedder)
    ways: dict[str, tuple[Score, str | None]] = {
        "words shared with the persona (TF-IDF)": (words, None),
        "near to the persona (MiniLM cosine)": (near, None),
        "near to the last turn": (talk, None),
        "near to the last turn + .5 · near to the persona": (PlusPersona(talk, near), None),
    }
    if setup.scorer:
        ways |= {
            f"{name}, **NLIRerank** λ = {weight:g}": (NLIRerank(setup.scorer, ways[name][0], weight=weight).rank, name)
            for name in list(ways)
            for weight in ((0.5, 1.0) if "MiniLM" in name else (1.0,))
        }
        ways["**SimOAP** (its two sieves)"] = (SimOAP(setup.scorer).rank, None)
        ways["entailed by the whole persona (SimOAP, all kept)"] = (SimOAP(setup.scorer, keep=99).rank, None)
    lines = [
        "## Given candidates: Dialogue NLI, dialogues 0–270",
        "",
        "31 candidates (1 gold, 10 that entail, 10 neutral, 10 that contradict a statement), shuffled. Share of "
        "dialogues with that kind on top, in %, 95 % interval (Wilson). Chance: 3.2, then 32.3 each. Reference: TF-IDF "
        "26.9 / 39.5 / 24.4, MiniLM 28.4 / 40.6 / 25.8 (gold / entail / contradict). Targets for the re-ranked cosine: "
        "contradict ≤ 12, and at least 5 points below the cosine.",
        "",
        "| way | gold | entail | neutral | contradict | contradict, change to its base | sign test p |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    found = {}
    for name, (score, base) in ways.items():
        found[name] = await picks(cases, score)
        cells = [f"{100 * m.value:.1f} [{100 * m.low:.0f}, {100 * m.high:.0f}]" for m in at_one(found[name])]
        change = "– | –"
        if base:
            difference = change_at_one(found[name], found[base], "contradict")
            change = f"{100 * difference.value:+.1f} | {difference.details['sign_p']:.2g}"
        lines.append(f"| {name} | {' | '.join(cells)} | {change} |")
    note = "SimOAP's first sieve keeps 16 of 31 by the words they share with the last turn, which says little here."
    return [*lines, "", note] if setup.scorer else lines


async def turns(setup: Setup) -> list[str]:
    """The true reply among 19 replies of other turns."""
    cases = among_distractors(persona_chat(range(0, 7000, 7)))
    near, talk = NearPersona(setup.embedder), NearTalk(setup.embedder)
    ways: dict[str, tuple[Score, str]] = {
        "context only": (talk, ".411"),
        "+ .05 · persona": (PlusPersona(talk, near, 0.05), ""),
        "+ .5 · persona": (PlusPersona(talk, near, 0.5), ".573"),
        "+ 1 · persona": (PlusPersona(talk, near, 1.0), ".611"),
        "**P5**, k = 1": (PersonaPrompted(NearTalk(setup.embedder, None), setup.embedder, k=1, turns=1).rank, ""),
        "**P5**, k = 2": (PersonaPrompted(NearTalk(setup.embedder, None), setup.embedder, k=2, turns=1).rank, ""),
    }
    lines = [
        "## The reply among 19 others: 1,000 PersonaChat turns",
        "",
        "MiniLM cosine with the last turn as the selector. P@1 with its interval (Wilson), and the gain over the "
        "selector alone (paired bootstrap).",
        "",
        "| way | P@1 | reference | gain |",
        "|---|--:|--:|--:|",
    ]
    hits: dict[str, list[float]] = {}
    for name, (score, reference) in ways.items():
        hits[name] = [float(pick.kind == "gold") for pick in (await picks(cases, score)).values()]
        share = wilson(int(sum(hits[name])), len(cases))
        gains = [now - then for now, then in zip(hits[name], hits["context only"], strict=True)]
        gain = "–" if name == "context only" else _signed(bootstrap(gains, seed=0))
        lines.append(f"| {name} | {share.value:.3f} [{share.low:.3f}, {share.high:.3f}] | {reference} | {gain} |")
    return lines


async def simoap(setup: Setup) -> list[str]:
    """Samples of the embedded model on PersonaChat turns: C-score of what each way picks, and of the average sample."""
    if not setup.scorer or not setup.judge:
        return ["## Samples", "", "Not run: no pair scorer is installed."]
    ways: dict[str, Score] = {
        "first sample": lambda context, persona, texts: [0.0] * len(texts),
        "fresh wording": fresh_wording,
        "near to the persona (cosine)": NearPersona(setup.embedder),
        "**SimOAP**": SimOAP(setup.scorer, setup.samples).rank,
        "SimOAP, 4 kept by their words": SimOAP(setup.scorer, setup.samples, keep=4).rank,
        "SimOAP, 4 kept, without the echo penalty": SimOAP(setup.scorer, setup.samples, keep=4, echo=0.0).rank,
        "**NLIRerank** of fresh wording": NLIRerank(setup.scorer, k=setup.samples).rank,
        "**NLIRerank** of near to the persona": NLIRerank(
            setup.scorer, NearPersona(setup.embedder), k=setup.samples
        ).rank,
    }
    picked: dict[str, dict[str, float]] = {name: {} for name in ways}
    average, unusable, judged = {}, 0, {}
    for row, samples in (await recorded(setup)).items():
        persona, context = await played(row)
        scores = await c_scores(setup.judge, [sample.text for sample in samples], own_texts(persona))
        judged[row] = scores
        usable = [index for index, sample in enumerate(samples) if sample.outcome == "answered"]
        unusable += len(samples) - len(usable)
        if len(usable) < 2:
            continue
        average[row] = float(np.mean([scores[index] for index in usable]))
        for name, score in ways.items():
            choice = await select(context, persona, samples, score)
            picked[name][row] = scores[choice.index or 0]
    keep(setup, judged)
    lines = [
        f"## Samples: {len(average)} PersonaChat turns × {setup.samples} replies of the embedded model",
        "",
        f"C-score of the picked reply (statements entailed − contradicted, judged by {setup.judge.name}, "
        f"{setup.judge.provenance.get('checkpoint', '')}; picked by {setup.scorer.name}). A random pick has the mean "
        f"of all usable samples. {unusable} samples were empty, refused or cut off. Where judge and chooser are one "
        "network, SimOAP is judged by its own measure: read the difference as an upper bound.",
        "",
        "| way | mean C-score | more than a random pick | p (sign flips) |",
        "|---|--:|--:|--:|",
        f"| random pick | {np.mean(list(average.values())):+.3f} | – | – |",
    ]
    for name, values in picked.items():
        gain = compare(values, average)
        lines.append(f"| {name} | {np.mean(list(values.values())):+.3f} | {_signed_difference(gain)} | {gain.p:.2g} |")
    return lines


async def mmi(setup: Setup) -> list[str]:
    """How often a generic reply is put first: the true reply, four of other turns and five of twenty generic ones."""
    model, rng = setup.model(), random.Random(0)
    cases = among_distractors(persona_chat(range(0, 7000, 7000 // (2 * setup.turns)))[: 2 * setup.turns], distractors=4)
    tables = []
    for case in cases:
        persona = case.as_persona()
        prompted = await Agent(persona, model).prompted(Conversation(case.context()))
        texts = [*case.candidates, *rng.sample(GENERIC, 5)]
        columns = await MMI(model=model).rank(prompted.messages, persona, texts)
        tables.append({name: np.array(columns[name], dtype=float) for name in ("forward", "backward", "tokens")})
    weights = {
        "likelihood": lambda t: t["forward"],
        "likelihood per token": lambda t: t["forward"] / t["tokens"],
        "**MMI** λ = .5, γ = .1": lambda t: t["forward"] + 0.5 * t["backward"] + 0.1 * t["tokens"],
        "MMI λ = 1, γ = .1": lambda t: t["forward"] + t["backward"] + 0.1 * t["tokens"],
        "MMI λ = .5, γ = 1": lambda t: t["forward"] + 0.5 * t["backward"] + t["tokens"],
        "MMI λ = .5, γ = 2": lambda t: t["forward"] + 0.5 * t["backward"] + 2 * t["tokens"],
    }
    lines = [
        f"## Generic replies: {len(cases)} PersonaChat turns, embedded model",
        "",
        "Candidates: the true reply, replies of 4 other turns, 5 of 20 generic replies (listed in this script). By "
        "chance 50 % generic, 10 % true.",
        "",
        "| way | generic on top | true reply on top |",
        "|---|--:|--:|",
    ]
    for name, total in weights.items():
        tops = [int(np.argmax(total(table))) for table in tables]
        shares = (wilson(sum(top >= 5 for top in tops), len(tops)), wilson(sum(top == 0 for top in tops), len(tops)))
        cells = [f"{100 * s.value:.0f} % [{100 * s.low:.0f}, {100 * s.high:.0f}]" for s in shares]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def persona_chat(rows: range) -> list[tuple[list[str], list[str], str]]:
    """Turns of the PersonaChat validation set: persona, the partner's last line, reply."""
    said, replies, personas = (
        (DATA / "personachat" / f"{part}-val.txt").read_text("utf-8").splitlines() for part in ("src", "tgt", "per")
    )
    return [(personas[row].split("</s>"), [said[row]], replies[row]) for row in rows]


async def played(row: str) -> tuple[Persona, Sequence[Message]]:
    """The persona of a PersonaChat turn, and the prompt it is played with."""
    ((statements, history, reply),) = persona_chat(range(int(row), int(row) + 1))
    case = RankingCase(row, tuple(statements), tuple(history), (reply,), ("gold",))
    agent = Agent(case.as_persona(), Scripted())
    return agent.persona, (await agent.prompted(Conversation(case.context()))).messages


async def recorded(setup: Setup) -> dict[str, list[Completion]]:
    """The samples of each turn, by row: read where they were kept, else drawn, and kept turn by turn."""
    rows = [str(row) for row in range(setup.first, 7801, 7798 // setup.turns)][: setup.turns]
    kept = {line["row"]: [Completion(text, stop=stop) for text, stop in line["samples"]] for line in lines_of(setup)}
    model = setup.model()
    for row in rows:
        if len(kept.get(row, ())) < setup.samples:
            _, context = await played(row)
            seeds = range(setup.samples)
            kept[row] = [await model.generate(context, dataclasses.replace(SAMPLING, seed=seed)) for seed in seeds]
            lines = [{"row": row, "samples": [[s.text, s.stop] for s in samples]} for row, samples in kept.items()]
            write_atomic(setup.kept, "".join(json.dumps(line) + "\n" for line in lines))
    return {row: kept[row][: setup.samples] for row in rows}


def lines_of(setup: Setup) -> list[dict[str, Any]]:
    """What was kept of each turn."""
    return [json.loads(line) for line in setup.kept.read_text("utf-8").splitlines()] if setup.kept.is_file() else []


def keep(setup: Setup, judged: Mapping[str, list[float]]) -> None:
    """Writes the judge's C-scores beside the samples, unless the judge is the one who chooses."""
    if setup.judge is setup.scorer or not setup.judge:
        return
    lines = lines_of(setup)
    for line in lines:
        if line["row"] in judged:
            line |= {"judge": setup.judge.provenance["checkpoint"], "c_scores": judged[line["row"]]}
    write_atomic(setup.kept, "".join(json.dumps(line) + "\n" for line in lines))


async def c_scores(judge: PairScorer, texts: Sequence[str], statements: Sequence[str]) -> list[float]:
    """Statements a text entails minus those it contradicts; nan for an empty text."""
    spoken = [index for index, text in enumerate(texts) if text.strip()]
    rows = await judge.score([texts[index] for index in spoken for _ in statements], list(statements) * len(spoken))
    labels = rows.argmax(axis=1).reshape(len(spoken), len(statements))
    result = np.full(len(texts), np.nan)
    result[spoken] = (labels == ENTAILMENT).sum(axis=1) - (labels == CONTRADICTION).sum(axis=1)
    return [float(value) for value in result]


def _signed(interval: Any) -> str:
    return f"{interval.value:+.3f} [{interval.low:+.3f}, {interval.high:+.3f}]"


def _signed_difference(gain: Any) -> str:
    return f"{gain.difference:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}]"


TABLES: Mapping[str, Callable[[Setup], Awaitable[list[str]]]] = {
    "ranking": ranking,
    "turns": turns,
    "simoap": simoap,
    "mmi": mmi,
}


async def section(name: str, setup: Setup) -> str:
    """One table, with the day, the machine and the scorer it was made with."""
    started, scorer = machine(), "no pair scorer"
    if setup.scorer:
        scorer = f"pair scorer {setup.scorer.name} ({', '.join(map(': '.join, setup.scorer.provenance.items()))})"
    table = await TABLES[name](setup)
    return "\n".join([*table, "", f"{datetime.date.today().isoformat()}; {started}; {scorer}.", ""])


def merged(path: Path, made: Mapping[str, str]) -> str:
    """The page with these sections, and those it had already."""
    old = path.read_text("utf-8") if path.is_file() else ""
    sections = dict(re.findall(r"<!-- (\w+) -->\n(.*?)(?=\n<!-- |\Z)", old, re.DOTALL)) | made
    return "\n".join(["# Choosing the reply", "", *(f"<!-- {n} -->\n{sections[n]}" for n in TABLES if n in sections)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(TABLES), default=list(TABLES))
    parser.add_argument("--scorer", default="embedded", help="the pair scorer that chooses")
    parser.add_argument("--eval-scorer", help="the pair scorer that judges; the chooser if none is named")
    parser.add_argument("--model", default="embedded", help="the model that is sampled")
    parser.add_argument("--turns", type=int, default=50)
    parser.add_argument("--first", type=int, default=81, help="row of the first turn; other turns are fresh ones")
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--kept", type=Path, default=HERE / "results" / "decoding_samples.jsonl", help="the samples")
    parser.add_argument("--cache", type=Path, help="a file that keeps the model's log-probabilities")
    parser.add_argument("--out", type=Path, default=HERE / "results" / "decoding.md")
    options = parser.parse_args()

    def model() -> Model:
        opened = open_model(options.model)
        return Cached(opened, options.cache) if options.cache else opened

    scorer = opened_scorer(options.scorer)
    judge = opened_scorer(options.eval_scorer) if options.eval_scorer else scorer
    setup = Setup(
        Remembering(MiniLM()), scorer, judge, model, options.turns, options.samples, options.kept, options.first
    )
    for name in options.only:
        made = asyncio.run(section(name, setup))
        print(made)
        write_atomic(options.out, merged(options.out, {name: made}))


def opened_scorer(name: str) -> PairScorer | None:
    try:
        return open_pair_scorer(name)
    except (PersonaeError, ModuleNotFoundError) as error:
        print(f"no pair scorer {name!r}: {error}")
        return None


if __name__ == "__main__":
    main()
