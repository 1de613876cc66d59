"""Decisions whose determining memory is known, to try a retrieval on.

Each has one memory that says what to do, tied to the scenario by nothing but one sentence of the description, among
fifty that do not: some about the scenario's own topic, some tied to other parts of the description, the rest to nobody
in particular. (As specified in section 6 of the role-play specification.)
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from personae.errors import UsageError
from personae.files import bundled
from personae.measure.decisions.decision import Decision
from personae.measure.decisions.mapping import CharMap
from personae.stats.paired import mcnemar

#: Parts of a description, and memories beside the determining one.
PARTS, DISTRACTORS = 8, 50


@dataclass(frozen=True, slots=True)
class Known:
    """A decision and the index of the memory that determines it."""

    decision: Decision
    determining: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two retrievals on the same decisions: in how many the determining memory is among the first k.

    p: exact two-sided McNemar test on the decisions that only one of the two got right.
    """

    n: int
    k: int
    mapped: int
    plain: int
    only_mapped: int
    only_plain: int
    p: float

    @property
    def recall(self) -> tuple[float, float]:
        """recall@k of mapped and of plain retrieval."""
        return self.mapped / self.n, self.plain / self.n


def synthetic_decisions(n: int = 200, *, seed: int = 0) -> tuple[Known, ...]:
    """n seeded decisions of eight description parts and 51 memories each; the determining one stands anywhere.

    >>> known = synthetic_decisions(1)[0]
    >>> len(known.decision.memories), len(known.decision.parts)
    (51, 8)
    """
    if n < 1:
        raise UsageError(f"{n!r} decisions; make one at least")
    rng = random.Random(f"{seed}/decisions")
    return tuple(_one(f"synthetic-{number:03}", rng) for number in range(n))


def compare_retrieval(known: Sequence[Known], mapped: CharMap, plain: CharMap, *, k: int = 3) -> Comparison:
    """recall@k of two retrievals, and whether they differ. Raises `UsageError` for no decision.

    >>> found = compare_retrieval(synthetic_decisions(20), CharMap(), CharMap(mapped=False))
    >>> found.mapped > found.plain
    True
    """
    if not known:
        raise UsageError("there is no decision to compare on; give one at least")
    hits = [(_hit(each, mapped, k), _hit(each, plain, k)) for each in known]
    only_mapped, only_plain = hits.count((True, False)), hits.count((False, True))
    both = hits.count((True, True))
    p = mcnemar(only_mapped, only_plain)
    return Comparison(len(hits), k, both + only_mapped, both + only_plain, only_mapped, only_plain, p)


def _hit(known: Known, retrieve: CharMap, k: int) -> bool:
    parts = retrieve.bearing(known.decision) if retrieve.mapped else ()
    return known.determining in retrieve.ranking(known.decision, parts)[:k]


def _one(id: str, rng: random.Random) -> Known:
    told = _texts()
    name, options = rng.choice(told["names"]), told["options"]
    topics = rng.sample(told["topics"], PARTS)
    bridges = rng.sample(told["bridges"], len(told["bridges"]))
    gold = rng.randrange(len(options))
    parts = [_part(topic, bridge) for topic, bridge in zip(topics, bridges, strict=False)]
    others = [_memory(bridge, rng.choice(options)) for bridge in bridges[1:]]
    elsewhere = [lure for topic in told["topics"] if topic not in topics for lure in topic["lures"]]
    others += topics[0]["lures"]
    determining = _memory(bridges[0], options[gold])
    memories = [determining, *others, *rng.sample(elsewhere, DISTRACTORS - len(others))]
    decision = Decision(
        id,
        name,
        rng.choice(topics[0]["scenario"]).format(name=name),
        told["question"].format(name=name),
        tuple(option["text"].format(name=name) for option in options),
        gold,
        "\n".join(rng.sample(parts, PARTS)),
        tuple(rng.sample(memories, len(memories))),
    )
    return Known(decision, decision.memories.index(determining))


def _part(topic: Mapping[str, Any], bridge: str) -> str:
    """The sentence that ties a topic to a bridge; each topic has its own wording, so that few texts are to embed."""
    told = _texts()
    wording: str = told["part"][told["topics"].index(topic) % len(told["part"])]
    return wording.format(topic=topic["topic"], bridge=bridge)


def _memory(bridge: str, option: Mapping[str, Any]) -> str:
    told = _texts()
    place = told["bridges"].index(bridge)
    wording: str = told["memory"][place % len(told["memory"])]
    return wording.format(bridge=bridge, told=option["told"][place % len(option["told"])])


def _texts() -> Any:
    return bundled(__package__, "texts/synthetic.en.yaml")
