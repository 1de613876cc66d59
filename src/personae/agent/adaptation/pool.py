"""Facts that anybody might tell of themselves: where a persona finds what its profile does not say.

`Pool.ours()` holds some three hundred short facts of our own writing; a user's own pool is a file: one fact a line,
PersonaChat profiles in any shape, or YAML or JSON with facts at its ends.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, bundled, read_limited
from personae.metrics.text import words
from personae.persona.formats.decode import decode_text, parse_json
from personae.persona.formats.yaml_nodes import compose
from personae.persona.statements import person_of
from personae.types import Embedder

MAX_BYTES = 50 * MEGABYTE
MAX_CHARS = 200  #: a longer line is no short fact
K1, B = 1.2, 0.75  #: BM25's usual constants
_PROFILE = re.compile(r"^\s*(?:\d+\s+)?(?:your|partner's) persona:\s*(?P<fact>.+?)\s*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Pool:
    """Short facts in the first person; the same words twice count once.

    >>> pool = Pool(("I have a dog.", "I drive a bus.", "I grow roses."))
    >>> [pool.facts[index] for index, _ in pool.nearest("Do you have a dog?", 1)]
    ['I have a dog.']
    """

    facts: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.facts:
            raise UsageError("the pool is empty; give it at least one fact")

    @staticmethod
    def ours() -> Pool:
        """The facts that come with the toolkit; the same object every time, so that they are embedded once."""
        return _ours()

    @classmethod
    def read(cls, path: Path | str) -> Pool:
        """The first-person facts of at most 200 characters in a file. Raises FormatError if there is none."""
        name = Path(path).name
        text = decode_text(read_limited(path, MAX_BYTES), name)
        found = {" ".join(words(line)): line for line in _lines(text, name) if _is_fact(line)}
        if not found:
            raise FormatError(f"{name!r} holds no short fact in the first person; write one a line")
        return cls(tuple(found.values()))

    def nearest(self, query: str, count: int, embedder: Embedder | None = None) -> list[tuple[int, float]]:
        """(index, similarity) of the facts nearest to a text, best first; ties keep the pool's order.

        With an embedder the similarity is the cosine; without, BM25 divided by the best fact's, and facts that share
        no word with the text are left out.
        """
        if embedder is not None:
            cosines = (self._vectors(embedder) @ embedder.embed([query])[0]).tolist()
            return [(index, float(cosines[index])) for index in _highest(cosines, count)]
        scores = self.bm25(query)
        top = max(scores)
        return [(index, scores[index] / top) for index in _highest(scores, count) if scores[index] > 0]

    def bm25(self, query: str) -> list[float]:
        """BM25 (k1 1.2, b .75) of each fact for the words of a text, ≥ 0."""
        idf, counts, mean = self._index
        asked = set(words(query)) & idf.keys()
        scores = []
        for found in counts:
            norm = K1 * (1 - B + B * found.total() / mean)
            scores.append(sum(idf[word] * found[word] * (K1 + 1) / (found[word] + norm) for word in asked))
        return scores

    @cached_property
    def _index(self) -> tuple[dict[str, float], list[Counter[str]], float]:
        counts = [Counter(words(fact)) for fact in self.facts]
        spread = Counter(word for found in counts for word in found)
        idf = {word: math.log(1 + (len(counts) - df + 0.5) / (df + 0.5)) for word, df in spread.items()}
        return idf, counts, max(1.0, sum(found.total() for found in counts) / len(counts))

    @cached_property
    def _embedded(self) -> dict[str, Any]:
        return {}

    def _vectors(self, embedder: Embedder) -> Any:
        if embedder.name not in self._embedded:
            self._embedded[embedder.name] = embedder.embed(self.facts)
        return self._embedded[embedder.name]


def covering(facts: Sequence[str], similarities: Sequence[float], count: int, temperature: float = 0.1) -> list[int]:
    """`count` indices which together stand for what the answer may be, the best single one first.

    Every retrieved fact may be the answer, with a probability that falls with its distance (softmax of the similarities
    at `temperature`). The first fact is the one whose expected word F1 with the answer is highest (minimum Bayes risk);
    each further one adds most to the expected F1 of the best among those taken.

    >>> covering(["I have a dog.", "I have a big dog.", "I drive a bus."], [0.6, 0.6, 0.5], 2)
    [0, 2]
    """
    if not facts:
        return []
    top = max(similarities)
    weights = [math.exp((value - top) / temperature) for value in similarities]
    total = sum(weights)
    shared = _shared([Counter(words(fact)) for fact in facts])
    covered, taken = [0.0] * len(facts), list[int]()
    while len(taken) < min(count, len(facts)):
        gains = [
            -1.0 if index in taken else sum(w * max(0.0, s - c) for w, s, c in zip(weights, row, covered, strict=True))
            for index, row in enumerate(shared)
        ]
        best = max(range(len(facts)), key=lambda index: (round(gains[index] / total, 12), similarities[index], -index))
        taken.append(best)
        covered = [max(c, s) for c, s in zip(covered, shared[best], strict=True)]
    return taken


def _shared(counts: Sequence[Counter[str]]) -> list[list[float]]:
    """Word F1 of each with each, 0 … 1."""
    sizes = [count.total() for count in counts]
    table = [[1.0] * len(counts) for _ in counts]
    for row, one in enumerate(counts):
        for column in range(row):
            other = counts[column]
            both = sum(min(number, other[word]) for word, number in one.items() if word in other)
            table[row][column] = table[column][row] = 2 * both / max(1, sizes[row] + sizes[column])
    return table


def _highest(scores: Sequence[float], count: int) -> list[int]:
    return sorted(range(len(scores)), key=lambda index: -scores[index])[:count]


def _is_fact(line: str) -> bool:
    return len(line.split()) >= 3 and len(line) <= MAX_CHARS and bool(words(line)) and person_of(line) == "first"


def _lines(text: str, name: str) -> Iterator[str]:
    if text.lstrip()[:1] in ("{", "["):
        yield from _leaves(parse_json(text, name))
    elif profile := _PROFILE.findall(text):
        yield from profile
    elif name.endswith((".yaml", ".yml")):
        yield from _leaves(compose(text, name).plain())
    else:
        yield from (line.strip() for line in text.replace("</s>", "\n").splitlines())


def _leaves(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree.strip()
    elif isinstance(tree, dict | list):
        for part in tree.values() if isinstance(tree, dict) else tree:
            yield from _leaves(part)


@cache
def _ours() -> Pool:
    tree = bundled(__package__, "texts/pool.en.yaml")
    return Pool(tuple(_leaves(tree)))
