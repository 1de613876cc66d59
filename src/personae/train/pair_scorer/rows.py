"""What the network is trained on: the files of a mix, what is held out, and what is dropped because a test has it.

Mix "open" makes the weights that ship: SNLI's development half (CC BY-SA 4.0), the revised pairs of CAD (Apache-2.0,
from SNLI), ConjNLI (MIT), pairs from our own slots and characters, and pairs our own rules make of PersonaChat's
training half (CC BY 4.0). Mix "research" adds data whose licences are unclear or non-commercial; its weights stay on
your machine.
"""

from __future__ import annotations

import json
import random
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from personae.errors import FormatError, UsageError
from personae.train.pair_scorer.characters import character_pairs
from personae.train.pair_scorer.dialogue_pairs import (
    DialogueMaker,
    Embed,
    read_personas,
    read_turns,
    reworded,
    swapped,
)
from personae.train.pair_scorer.persona_pairs import Bearing, Maker, Pair
from personae.types import CONTRADICTION, ENTAILMENT, NEUTRAL

MixName = Literal["open", "research"]

LABELS = {"C": CONTRADICTION, "N": NEUTRAL, "E": ENTAILMENT}
LICENCES: Mapping[str, str] = {
    "snli_dev": "CC BY-SA 4.0", "cad_train": "Apache-2.0 (revised from SNLI, CC BY-SA 4.0)", "conj_train": "MIT",
    "slots": "own", "characters": "own",
    "personachat": "CC BY 4.0", "dnli_train": "unclear, often CC BY-NC 4.0", "compac_pos": "unclear",
    "sick_train": "CC BY-NC-SA 3.0", "persona_extend": "none stated",
}  # fmt: skip
OPEN, RESEARCH = ("snli_dev", "cad_train", "conj_train"), ("dnli_train", "compac_pos", "sick_train")
#: Dialogue files: there a row is dropped already when its utterance alone occurs in a test.
DIALOGUE = ("dnli_train", "compac_pos", "personachat")
TESTS = ("snli_test", "dnli_valid", "breaking", "conj_dev", "sick_test")
#: ConjNLI is long and of a kind of its own; so many of its rows are taken at most.
CONJ_ROWS = 5_000
SLOT_PAIRS, SLOT_BEARINGS = 18_000, 6_000
SWAPPED_CAPTIONS = 3_000
#: One premise in so many.
HELD_OUT = 20


@dataclass(frozen=True)
class Mix:
    """Training and held-out pairs, bearings (mix "research" only), rows by source, and rows dropped as leaks."""

    name: MixName
    pairs: tuple[Pair, ...]
    held_out: tuple[Pair, ...]
    bearings: tuple[Bearing, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)


def read_mix(
    data: Path, embed: Embed, *, name: MixName = "open", seed: int = 0, say: Callable[[str], None] = lambda _: None
) -> Mix:
    """The rows of a mix from the folder that holds `nli-compiled` and `personachat`.

    Raises UsageError when a folder is missing, FormatError for a line that cannot be read.
    """
    for needed in ("nli-compiled", "personachat"):
        if not (data / needed).is_dir():
            raise UsageError(
                f"{str(data)!r} has no folder {needed!r}; name the data folder with --data or PERSONAE_DATA"
            )
    rng = random.Random(seed)
    say("reading labelled pairs")
    pairs = _released(data / "nli-compiled" / "nli_train.jsonl", OPEN if name == "open" else OPEN + RESEARCH, rng)
    say("making persona pairs")
    maker = Maker(seed)
    pairs += maker.pairs(SLOT_PAIRS) + character_pairs(rng)
    say("reading dialogues")
    people = data / "personachat"
    dialogues = DialogueMaker(read_turns(people), read_personas(people / "train_personas.json"), embed, seed)
    pairs += [Pair(p.premise, p.hypothesis, p.label, f"personachat: {p.source}") for p in dialogues.pairs()]
    pairs += _swaps(pairs, rng)
    bearings = []
    if name == "research":  # labels of our own teach no head that beats the embedder's cosine
        bearings = [*maker.bearings(SLOT_BEARINGS), *dialogues.bearings()]
        bearings += _silver(data / "nli-compiled" / "relevance_train.jsonl")
    say("looking for leaks")
    kept, dropped = without_leaks(pairs, read_tests(data / "nli-compiled"))
    train, held_out = hold_out(kept)
    counts = Counter(origin(pair.source) for pair in kept)
    counts.update(f"{origin(bearing.source)}, relevance" for bearing in bearings)
    return Mix(name, tuple(train), tuple(held_out), tuple(bearings), dict(counts), dropped)


def origin(source: str) -> str:
    """The file or generator a row comes from: the key of `LICENCES`.

    >>> origin("personachat: negated"), origin("paraphrase"), origin("snli_dev")
    ('personachat', 'slots', 'snli_dev')
    """
    name = source.partition(":")[0]
    return name if name in LICENCES else "slots"


def read_pairs(file: Path) -> list[Pair]:
    """Rows `{"p", "h", "y", "src"}` of a JSONL file."""
    pairs = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            pairs.append(Pair(row["p"], row["h"], LABELS[row["y"]], str(row["src"])))
        except (ValueError, KeyError, TypeError) as error:
            raise FormatError(f"line {number} of {str(file)!r} is no labelled pair: {error!r}") from error
    return pairs


def read_tests(folder: Path) -> list[Pair]:
    """Every pair of the test files, and each line and statement of the ranking dialogues as a pair."""
    pairs = [pair for name in TESTS for pair in read_pairs(folder / f"nli_test_{name}.jsonl")]
    for line in (folder / "nli_test_dnli_rank.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        said = [*row["history"], *(str(candidate) for candidate in row["candidates"])]
        pairs += [Pair(text, statement, NEUTRAL, "rank") for text in said for statement in row["persona"]]
    return pairs


def without_leaks(pairs: Sequence[Pair], tests: Sequence[Pair]) -> tuple[list[Pair], dict[str, int]]:
    """Pairs no test has, and how many were dropped by source: equal but for case, spacing and punctuation is equal.

    Of dialogue rows the utterance alone decides.
    """
    seen = {(normal(test.premise), normal(test.hypothesis)) for test in tests}
    said = {normal(test.premise) for test in tests if test.source in ("rank", "dnli_valid")}
    kept, dropped = [], Counter[str]()
    for pair in pairs:
        premise, name = normal(pair.premise), origin(pair.source)
        # Bare statements ("i love dogs") are nobody's utterance in particular; lines of five words and more are.
        line = name in DIALOGUE and premise in said and len(premise.split()) >= 5
        if line or (premise, normal(pair.hypothesis)) in seen:
            dropped[name] += 1
        else:
            kept.append(pair)
    return kept, dict(dropped)


def normal(text: str) -> str:
    """Lower case, words only.

    >>> normal("I'm  fine, thanks!")
    "i'm fine thanks"
    """
    return " ".join(re.findall(r"[a-z0-9']+", text.lower()))


def hold_out(pairs: Iterable[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Pairs to train on, and 5 % held out: a premise is held out or not by its words alone, whatever the seed."""
    train, out = list[Pair](), list[Pair]()
    for pair in pairs:
        (out if zlib.crc32(normal(pair.premise).encode()) % HELD_OUT == 0 else train).append(pair)
    return train, out


def _released(file: Path, sources: Sequence[str], rng: random.Random) -> list[Pair]:
    pairs = [pair for pair in read_pairs(file) if pair.source in sources]
    conj = [pair for pair in pairs if pair.source == "conj_train"]
    few = rng.sample(conj, min(CONJ_ROWS, len(conj)))
    return [pair for pair in pairs if pair.source != "conj_train"] + few


def _swaps(pairs: Sequence[Pair], rng: random.Random) -> list[Pair]:
    """Captions beside themselves with one word exchanged, by one that shuts it out or by a synonym."""
    captions = sorted({pair.premise for pair in pairs if pair.source in ("snli_dev", "cad_train")})
    made = []
    for caption in rng.sample(captions, min(SWAPPED_CAPTIONS, len(captions))):
        other, same = swapped(caption, rng), reworded(caption, rng)
        made += [Pair(caption, text, CONTRADICTION, "snli_dev: swapped") for text in other[:1]]
        made += [Pair(caption, text, ENTAILMENT, "snli_dev: reworded") for text in same[:1]]
    return made


def _silver(file: Path) -> list[Bearing]:
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found.append(Bearing(row["persona"], row["query"], "query", float(row["score"]), "persona_extend"))
        found.append(Bearing(row["persona"], row["response"], "reply", float(row["score"]), "persona_extend"))
    return found
