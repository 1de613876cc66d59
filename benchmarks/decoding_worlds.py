"""Several worlds and weighted words, with SmolLM2 in torch: ranking, intensity, automatic intensity, knobs.

    python benchmarks/decoding_worlds.py [--part ranking|alpha|auto|knobs] [--n 150] [--turns 50]

Needs PERSONAE_DATA (nli-compiled, personachat) and the extras train and embedded. Every dialogue and turn is one line
in runs/decoding_worlds/PART.jsonl, written as it is done: a killed run goes on where it was. Without --part all parts
run; the table of whatever is there goes to benchmarks/results/decoding_worlds.md.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import json
import math
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from engine import machine

from personae.agent.decoding.intensity import auto_weight
from personae.agent.decoding.knobs import Knobs
from personae.agent.decoding.mixing import RANKING, Guidance, SelfConscious
from personae.agent.decoding.nli_rerank import NLIRerank
from personae.agent.decoding.relatedness import Relatedness, word_ids
from personae.agent.decoding.weighted import Weighted, asking, estimated_nidf, wants_question
from personae.agent.decoding.worlds import near_distractors, random_distractors
from personae.agent.roles import Prompted
from personae.metrics.diversity import distinct, ngrams
from personae.metrics.nidf import content_words
from personae.metrics.text import words
from personae.models import open_pair_scorer
from personae.models.embedder import MiniLM
from personae.models.gguf_file import default_weights
from personae.models.hf import HfModel
from personae.models.mixes import Mix, Vocabulary
from personae.persona.persona import Persona
from personae.stats.correlation import spearman
from personae.stats.distributions import binomial_two_sided_half
from personae.stats.paired import sign_flip
from personae.types import Embedder, Message, Settings

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("PERSONAE_DATA", ROOT.parent / "shared" / "data"))
RUNS = ROOT / "runs" / "decoding_worlds"
RESULTS = ROOT / "benchmarks" / "results" / "decoding_worlds.md"

FRAME = "You are one of two people who get to know each other. Answer in one short sentence, in the first person."
MAX_MESSAGES = 5
TOKENS = Settings(temperature=0, max_tokens=24, timeout_s=3600)
SAMPLED = Settings(temperature=0.7, top_p=0.95, max_tokens=24, timeout_s=3600)
ALPHAS = (0.0, 0.5, 1.0, 1.5)


@dataclass(frozen=True)
class Among:
    """A mix of some of the worlds only, so that several sets of distractors share one reading."""

    mix: Mix
    worlds: tuple[int, ...]

    def begin(self, worlds: int, vocabulary: Vocabulary) -> Among:
        return replace(self, mix=self.mix.begin(len(self.worlds), vocabulary))

    def scores(self, logprobs: Any) -> Any:
        return self.mix.scores(logprobs[list(self.worlds)])

    def said(self, token: int) -> None:
        self.mix.said(token)


#: World 0 is the persona's, 1 and 2 random others, 3 and 4 from the ranks 10 to 50 by meaning.
SPEAKERS = {
    "S0": Among(SelfConscious(0.0), (0, 1)),
    "S1 α=2 β=.5, random": Among(SelfConscious(2.0, 0.5), (0, 1, 2)),
    "S1 α=8 β=1, random": Among(RANKING, (0, 1, 2)),
    "S1 α=2 β=.5, near": Among(SelfConscious(2.0, 0.5), (0, 3, 4)),
    "S1 α=8 β=1, near": Among(RANKING, (0, 3, 4)),
}

#: Knob → five weights, from the least of its attribute to the most.
SETTINGS: dict[str, tuple[float, ...]] = {
    "own_bigram": (-3.5, -1.5, 0.0, 2.0, 4.0),
    "own_word": (-math.inf, -2.0, 0.0, 1.0, 2.0),
    "reply_word": (-math.inf, -2.0, 0.0, 1.0, 2.0),
    "partner_bigram": (-3.5, -1.5, 0.0, 2.0, 4.0),
    "nidf": (-4.0, -2.0, 0.0, 4.0, 8.0),
    "question": (0.0, 0.75, 1.5, 2.25, 3.0),
    "relatedness": (-5.0, -2.5, 0.0, 2.5, 5.0),
    "questions (of ten)": (0, 3, 5, 7, 10),
}


# Data


def prompt(statements: Sequence[str], history: Sequence[str]) -> tuple[Message, ...]:
    """The frame, the persona if any, and the last messages, the newest of which is the partner's."""
    told = "\n\nThis is you, in your own words:\n" + "\n".join(f"- {text}" for text in statements) if statements else ""
    recent = list(history)[-MAX_MESSAGES:]
    roles = ("user", "assistant")
    talk = [Message(roles[(len(recent) - 1 - place) % 2], text) for place, text in enumerate(recent)]
    return (Message("system", FRAME + told), *talk)


def rankings() -> list[dict[str, Any]]:
    path = DATA / "nli-compiled" / "nli_test_dnli_rank.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def named(statements: Sequence[str]) -> Persona:
    return Persona(name="x", statements=[{"id": str(n), "text": text} for n, text in enumerate(statements)])


def turns(least_own: int) -> Iterator[dict[str, Any]]:
    """One turn of each PersonaChat dialogue: its persona, the talk so far, and the own and partner's turns apart."""
    persona: list[str] = []
    talk: list[tuple[str, str]] = []
    lines = (DATA / "personachat" / "valid_self_original_no_cands.txt").read_text("utf-8").splitlines()
    for line in [*lines, "1 end"]:
        number, _, text = line.partition(" ")
        if number == "1":
            if len(talk) > least_own:
                flat = [said for pair in talk[:least_own] for said in pair] + [talk[least_own][0]]
                yield {"persona": persona, "history": flat, "own": flat[1::2], "partner": flat[::2]}
            persona, talk = [], []
        if text.startswith("your persona: "):
            persona.append(text.removeprefix("your persona: "))
        elif "\t" in text:
            partner, own = text.split("\t")[:2]
            talk.append((partner, own))


# Runs that go on


async def each(
    part: str, items: Sequence[Any], work: Callable[[int, Any], Awaitable[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """The results for all items; those on disk are not computed again."""
    path = RUNS / f"{part}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    done = {row["number"]: row for row in map(json.loads, _whole_lines(path))}
    started, new = time.perf_counter(), 0
    for number, item in enumerate(items):
        if number in done:
            continue
        done[number] = {"number": number, **await work(number, item)}
        with path.open("a") as file:
            file.write(json.dumps(done[number]) + "\n")
        new += 1
        pace = (time.perf_counter() - started) / new
        left = pace * (len(items) - number - 1)
        print(f"{part} {number + 1}/{len(items)}: {pace:.1f} s each, {left / 60:.0f} min left", file=sys.stderr)
    return [done[number] for number in range(len(items))]


def _whole_lines(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        path.write_text(whole, encoding="utf-8")  # a line torn by a crash
    return whole.splitlines()


# Ranking


class Remembering:
    """An embedder that embeds every text once."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder, self.name = embedder, embedder.name
        self.known: dict[str, Any] = {}

    def embed(self, texts: Sequence[str]) -> Any:
        new = list(dict.fromkeys(text for text in texts if text not in self.known))
        self.known |= zip(new, self.embedder.embed(new), strict=True)
        return np.stack([self.known[text] for text in texts])


async def ranking(model: HfModel, n: int) -> list[str]:
    dialogues = rankings()
    scorer, embedder = open_pair_scorer("embedded"), Remembering(MiniLM())
    pool = list({tuple(row["persona"]): named(row["persona"]) for row in dialogues}.values())

    async def work(number: int, row: dict[str, Any]) -> dict[str, Any]:
        persona = named(row["persona"])
        near = near_distractors(persona, pool, embedder, seed=number)
        worlds = [persona, *random_distractors(persona, pool, seed=number), *near]
        prompts = [prompt([s.text for s in each.statements], row["history"]) for each in worlds]
        found = await model.score_worlds(prompts, row["candidates"], list(SPEAKERS.values()))
        scores = {name: [fmean(path) for path in paths] for name, paths in zip(SPEAKERS, found, strict=True)}
        return {"scores": scores}

    rows = dialogues[:n]
    scored = [row["scores"] for row in await each("ranking", rows, work)]
    picked: dict[str, list[str]] = {name: [] for name in SPEAKERS}
    for name in SPEAKERS:
        picked[f"{name} + NLI re-rank"] = []
    for row, scores in zip(rows, scored, strict=True):
        persona = named(row["persona"])
        for name in SPEAKERS:
            picked[name].append(row["kinds"][_best(scores[name])])
            rerank = NLIRerank(scorer, lambda *_, values=scores[name]: values)
            ranked = await rerank.rank((), persona, row["candidates"])
            picked[f"{name} + NLI re-rank"].append(row["kinds"][_best(ranked["score"])])
    return [f"## Ranking: {len(rows)} dialogues, 31 candidates each", "", *_ranking_table(picked), ""]


def _best(scores: Sequence[float | None]) -> int:
    return max(range(len(scores)), key=lambda index: -math.inf if scores[index] is None else scores[index])


def _ranking_table(picked: dict[str, list[str]]) -> list[str]:
    head = "gold@1 | entail@1 | neutral@1 | contradict@1 | fewer contradictions than S0, p | more gold or entailed, p"
    lines = [f"| ranked by | {head} |", "|---|--:|--:|--:|--:|--:|--:|"]
    base = picked["S0"]
    for name, kinds in picked.items():
        shares = [f"{100 * kinds.count(kind) / len(kinds):.1f}" for kind in ("gold", "entail", "neutral", "contradict")]
        tests = ["", ""]
        if name != "S0":
            for place, wanted in enumerate((("gold", "entail", "neutral"), ("gold", "entail"))):
                better = sum(b not in wanted and k in wanted for b, k in zip(base, kinds, strict=True))
                worse = sum(b in wanted and k not in wanted for b, k in zip(base, kinds, strict=True))
                p = binomial_two_sided_half(better, better + worse) if better + worse else 1.0
                tests[place] = f"{better}:{worse}, {p:.3f}"
        lines.append(f"| {name} | {' | '.join(shares)} | {' | '.join(tests)} |")
    return [*lines, "", "S0: mean log-probability per token after the persona's prompt. S1: mean log S₁, two "
            "distractors. The sign tests are two-sided, better:worse dialogues against S0. Chance: 3.2, then 32.3 each."
            ]  # fmt: skip


# Intensity


async def alpha(model: HfModel, n: int) -> list[str]:
    items = list(turns(1))[:n]
    scorer = open_pair_scorer("embedded")
    mixes = [Guidance(1 + a, plausible) for plausible in (0.0, 0.1) for a in ALPHAS]

    async def work(number: int, turn: dict[str, Any]) -> dict[str, Any]:
        prompts = [prompt(turn["persona"], turn["history"]), prompt((), turn["history"])]
        answers = await model.step_many([(prompts, mix) for mix in mixes], TOKENS)
        return {"replies": [answer.text for answer in answers]}

    rows = await each("alpha", items, work)
    lines = [f"## Intensity: {len(items)} turns, greedy, 24 tokens", ""]
    lines += ["| α | w | plausible | relevance of the reply to its nearest statement | against α = 0, p | distinct-1 |"]
    lines += ["|--:|--:|--:|--:|--:|--:|"]
    plain: list[float] = []
    for place, mix in enumerate(mixes):
        said = [row["replies"][place].strip() or "…" for row in rows]
        values = []
        for turn, reply in zip(items, said, strict=True):
            relevance = await scorer.relevance(turn["persona"], [reply] * len(turn["persona"]), to="reply")
            values.append(float(max(relevance)))
        plain = plain or values
        p = f"{sign_flip([x - y for x, y in zip(values, plain, strict=True)]):.3f}" if mix.w > 1 else ""
        lines.append(
            f"| {mix.w - 1:g} | {mix.w:g} | {mix.plausible:g} | {fmean(values):.3f} | {p} | {distinct(said):.3f} |"
        )
    return [*lines, ""]


async def auto(_: HfModel, n: int) -> list[str]:
    """Automatic intensity on PersonaChat: turns whose true reply uses a statement against those that use none."""
    scorer = open_pair_scorer("embedded")
    path = DATA / "nli-compiled" / "relevance_test.jsonl"
    asked: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        asked.setdefault((row["query"], row["response"]), []).append(row)
    weights: dict[bool, list[float]] = {True: [], False: []}
    for (query, _reply), rows in list(asked.items())[: 4 * n]:
        uses = any(row["score"] > 0.5 for row in rows)
        weights[uses].append(await auto_weight(scorer, [row["persona"] for row in rows], query))
    return ["## Automatic intensity", "", "| the true reply | turns | mean w |", "|---|--:|--:|",
            f"| uses a statement | {len(weights[True])} | {fmean(weights[True]):.3f} |",
            f"| uses none | {len(weights[False])} | {fmean(weights[False]):.3f} |", ""]  # fmt: skip


# Knobs


async def knobs(model: HfModel, n: int) -> list[str]:
    items = list(turns(3))[:n]
    rarity = estimated_nidf()

    async def work(number: int, turn: dict[str, Any]) -> dict[str, Any]:
        messages = prompt(turn["persona"], turn["history"])
        asks = []
        for name, weights in SETTINGS.items():
            for weight in weights:
                if name.startswith("questions"):
                    asked = wants_question(int(weight), Prompted(messages), seed=number)
                    weighted = Weighted({}, questions=int(weight))
                    asks.append(([asking(Prompted(messages), asked).messages], weighted.knobs(messages, asked)))
                else:
                    asks.append(([messages], Knobs({name: weight}, turn["own"], turn["partner"], rarity.values)))
        answers = iter(await model.step_many(asks, SAMPLED))
        return {"replies": {name: [next(answers).text for _ in weights] for name, weights in SETTINGS.items()}}

    rows = await each("knobs", items, work)
    related = Relatedness()
    await model.count_tokens("load")
    lines = [f"## Knobs: {len(items)} turns, temperature 0.7, 24 tokens", ""]
    lines += ["| knob | attribute | its five settings | its five means | Spearman |", "|---|---|---|---|--:|"]
    for name, weights in SETTINGS.items():
        means = []
        for place in range(len(weights)):
            values = [
                _attribute(name, row["replies"][name][place], turn, model, related)
                for row, turn in zip(rows, items, strict=True)
            ]
            means.append(fmean([value for value in values if value is not None]))
        ranks = spearman(range(len(weights)), means)
        lines.append(f"| {name} | {ATTRIBUTES[name]} | {', '.join(f'{w:g}' for w in weights)} | "
                     f"{', '.join(f'{mean:.3f}' for mean in means)} | {ranks:.2f} |")  # fmt: skip
    forbidden = [row["replies"]["reply_word"][0] for row in rows]
    repeats = sum(len(said) - len(set(said)) for said in map(content_words, forbidden))
    return [*lines, "", f"Content words said twice in a reply at −∞: {repeats}.", ""]


ATTRIBUTES = {
    "own_bigram": "share of pairs from own earlier replies",
    "own_word": "share of content words from own earlier replies",
    "reply_word": "share of content words said before in the reply",
    "partner_bigram": "share of pairs from the partner's turns",
    "nidf": "mean NIDF",
    "question": "replies with a question mark",
    "relatedness": "mean cosine with the partner's last turn",
    "questions (of ten)": "replies with a question mark",
}


def _attribute(name: str, reply: str, turn: dict[str, Any], model: HfModel, related: Relatedness) -> float | None:
    pairs, content = ngrams(words(reply), 2), content_words(reply)
    if name in ("own_bigram", "partner_bigram"):
        said = turn["own" if name == "own_bigram" else "partner"]
        heard = {pair for text in said for pair in ngrams(words(text), 2)}
        return fmean([pair in heard for pair in pairs]) if pairs else None
    if name == "own_word":
        before = {word for text in turn["own"] for word in content_words(text)}
        return fmean([word in before for word in content]) if content else None
    if name == "reply_word":
        return 1 - len(set(content)) / len(content) if content else None
    if name == "nidf":
        return estimated_nidf().mean(reply)
    if name == "relatedness":
        cosines, ids = _cosines(model, related, turn["partner"][-1])
        known = [float(cosines[ids[word]]) for word in words(reply) if word in ids]
        return fmean(known) if known else None
    return float("?" in reply)


def _cosines(model: HfModel, related: Relatedness, text: str) -> tuple[Any, dict[str, int]]:
    vocabulary = model.vocabulary
    if text not in _CACHE:
        _CACHE[text] = related(vocabulary, text)
    return _CACHE[text], vocabulary.once(word_ids)


_CACHE: dict[str, Any] = {}
PARTS = {"ranking": ranking, "alpha": alpha, "auto": auto, "knobs": knobs}


async def run(chosen: Sequence[str], n: int, n_turns: int, threads: int) -> None:
    model = HfModel(default_weights(), threads=threads)
    for part in chosen:
        text = "\n".join(await PARTS[part](model, n if part == "ranking" else n_turns))
        print(text)
        (RUNS / f"{part}.md").write_text(text + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=PARTS, action="append")
    parser.add_argument("--n", type=int, default=150, help="ranking dialogues, up to 271")
    parser.add_argument("--turns", type=int, default=50)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    RUNS.mkdir(parents=True, exist_ok=True)
    asyncio.run(run(options.part or list(PARTS), options.n, options.turns, options.threads))
    head = f"# Several worlds and weighted words\n\n{datetime.date.today().isoformat()}; {machine()}; SmolLM2-135M.\n\n"
    parts = [RUNS / f"{part}.md" for part in PARTS]
    RESULTS.write_text(head + "\n".join(path.read_text("utf-8") for path in parts if path.exists()), "utf-8")


if __name__ == "__main__":
    main()
