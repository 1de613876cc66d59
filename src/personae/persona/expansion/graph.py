"""Facts from a persona commonsense graph on the user's disk, in the format PeaCoK was released in.

Three shapes are read: the release (head → attributes → labels), head → relation → tails, and rows of
"head TAB relation TAB tail", as a JSON list or as plain lines. The graph itself is not part of the toolkit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from personae.errors import FormatError, UnsafeFile
from personae.files import MEGABYTE, read_limited
from personae.metrics.overlap import unigram_f1
from personae.metrics.text import words
from personae.persona.expansion.facts import SLOTS, Fact, Proposed, Slot
from personae.persona.formats.decode import decode_text
from personae.persona.parts import Statement
from personae.persona.statements import person_of
from personae.types import Embedder

MAX_BYTES = 256 * MEGABYTE
#: A tail longer than this is no fact.
MAX_TAIL_CHARS = 200

#: How the release names the relations, and how we do.
RELATIONS: Mapping[str, Slot] = {
    "characteristic": "characteristic",
    "chara": "characteristic",
    "routine_habit": "routine",
    "routine": "routine",
    "habit": "routine",
    "goal_plan": "goal",
    "goal": "goal",
    "plan": "goal",
    "experience": "experience",
    "relationship": "relationship",
}
#: How a bare tail becomes a sentence.
_FRAMES: Mapping[Slot, str] = {
    "characteristic": "I am {}.",
    "routine": "I regularly {}.",
    "goal": "I want to {}.",
    "experience": "I have {}.",
    "relationship": "Somebody close to me is {}.",
}


@dataclass(frozen=True)
class Graph:
    """Head → facts about such a person, (slot, sentence) each; `skipped` counts what was no fact, by reason."""

    facts: Mapping[str, tuple[tuple[Slot, str], ...]]
    skipped: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(map(len, self.facts.values()))


def read_graph(path: Path | str) -> Graph:
    """The graph in a file of at most 256 MB. Raises FormatError where it holds no fact at all.

    Heads, relations and tails that are not understood are counted in `skipped`, not guessed.
    """
    name = Path(path).name
    text = decode_text(read_limited(path, MAX_BYTES), name)
    tree = _json(text, name) if text.lstrip()[:1] in ("{", "[") else text.splitlines()
    found: dict[str, list[tuple[Slot, str]]] = {}
    skipped: dict[str, int] = {}
    for head, relation, tail in _triples(tree):
        slot = RELATIONS.get(relation.strip().lower()) if isinstance(relation, str) else None
        sentence = _sentence(tail, slot) if slot else None
        if slot is None or sentence is None:
            reason = "relation" if slot is None else "tail"
            skipped[reason] = skipped.get(reason, 0) + 1
        elif (slot, sentence) not in (facts := found.setdefault(_key(head), [])):
            facts.append((slot, sentence))
    if not found:
        raise FormatError(f"{name!r} holds no persona fact; a graph is JSON: head → relation or attributes → tails")
    return Graph({head: tuple(facts) for head, facts in found.items()}, skipped)


@dataclass(frozen=True)
class GraphFacts:
    """The facts of the head a statement is nearest to: the same words, or else a cosine of at least `floor`.

    Without an embedder nearness is the F1 of shared words. The nearness is the facts' confidence.
    """

    graph: Graph
    embedder: Embedder | None = None
    floor: float = 0.6
    language: str = "en"

    async def __call__(self, statement: Statement) -> Proposed:
        """Facts of the nearest head; none if no head is near."""
        head, nearness = self._nearest(statement.text)
        if nearness < self.floor:
            return Proposed(missing={"no head": 1})
        facts = sorted(self.graph.facts[head], key=lambda fact: SLOTS.index(fact[0]))
        return Proposed(tuple(Fact(text, slot, statement, nearness) for slot, text in facts))

    def _nearest(self, text: str) -> tuple[str, float]:
        if _key(text) in self.graph.facts:
            return _key(text), 1.0
        heads = list(self.graph.facts)
        if self.embedder is None:
            scores = [
                unigram_f1(text, head, tokeniser="words") if words(head) and words(text) else 0.0 for head in heads
            ]
        else:
            scores = (self._heads @ self.embedder.embed([text])[0]).tolist()
        best = max(range(len(heads)), key=scores.__getitem__)
        return heads[best], min(1.0, float(scores[best]))

    @cached_property
    def _heads(self) -> Any:
        assert self.embedder is not None
        return self.embedder.embed(list(self.graph.facts))


def _json(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise FormatError(f"{name!r}, line {error.lineno}: not valid JSON: {error.msg}") from error
    except RecursionError as error:
        raise UnsafeFile(f"{name!r}: JSON nested too deep to be a graph") from error


def _key(head: str) -> str:
    return " ".join(words(head)) or head.strip()


def _triples(tree: Any) -> Iterator[tuple[str, Any, Any]]:
    """(head, relation, tail) of whatever shape a graph has."""
    if isinstance(tree, list):
        for row in tree:
            parts = row.split("\t") if isinstance(row, str) else row
            if isinstance(parts, list) and len(parts) >= 3 and isinstance(parts[0], str) and parts[0].strip():
                yield parts[0], parts[1], parts[2]
    elif isinstance(tree, dict):
        for head, about in tree.items():
            if isinstance(about, dict) and head.strip():
                yield from ((head, relation, tail) for relation, tail in _labelled(about))


def _labelled(about: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    attributes = about.get("attributes", about.get("phrases"))
    if isinstance(attributes, dict):
        for tail, labels in attributes.items():
            yield _relation(labels), tail
        return
    for relation, tails in about.items():
        if isinstance(tails, list | dict):
            yield from ((relation, tail) for tail in tails)


def _relation(labels: Any) -> str | None:
    """The relation among a tail's labels, those most annotators chose where the file says which they are; a fact that
    is also labelled "relationship" is about somebody else."""
    for key in ("final", "majority"):
        labels = labels.get(key, labels) if isinstance(labels, dict) else labels
    names = [text.strip().lower() for text in _strings(labels)]
    known = (name for name in names if name in RELATIONS)
    return "relationship" if "relationship" in names else next(known, None)


def _strings(labels: Any, depth: int = 4) -> Iterator[str]:
    if isinstance(labels, str):
        yield labels
    elif isinstance(labels, dict | list) and depth:
        for part in labels.values() if isinstance(labels, dict) else labels:
            yield from _strings(part, depth - 1)


def _sentence(tail: Any, slot: Slot) -> str | None:
    if not isinstance(tail, str) or not tail.strip() or len(tail) > MAX_TAIL_CHARS:
        return None
    text = tail.strip().rstrip(".")
    if person_of(text) != "first":
        text = _FRAMES[slot].format(text.removeprefix("to ") if slot == "goal" else text).rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."
