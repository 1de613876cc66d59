"""Does the persona keep one voice, and is it the voice of its examples?

Open lines are answered in a row of one-line talks; every reply becomes the 8-dimension style vector, put on a robust
scale that is fitted once on what the starter personas say in their examples. *Stability* is the mean cosine between
each reply and the next; *distance* is how far the replies lie from the centre of the persona's own examples, and it
means little without the distance to everybody else's examples, which stands beside it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from personae.agent import Agent
from personae.measure.items import mean
from personae.measure.probes import starter_personas
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.measure.texts import texts
from personae.metrics.style import DIMENSIONS, RobustScaler, cosine, style_vector
from personae.metrics.text import words
from personae.persona.persona import Persona
from personae.persona.voice import voice_lines
from personae.types import Conversation, Measurement, Message

#: An example voice needs this many lines before a distance to it is reported.
MIN_EXAMPLES = 3

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Style:
    """Stability of the style vector over `n` replies, and distance to the persona's examples in robust z-units."""

    n: int = 12
    seed: int = 0
    name: str = "style"

    def plan(self, persona: Persona) -> Plan:
        """One case per open line; word categories are known for English only, so other languages are missing."""
        lines = texts("open", persona.language)[: self.n]
        if persona.language != "en":
            return Plan((), {f"language_{persona.language}": len(lines)})
        examples = [list(map(float, style_vector(line))) for line in voice_lines(persona)]
        data = {"examples": examples, "persona": persona.name}
        return Plan(tuple(Case(f"open-{number:02}", line, data) for number, line in enumerate(lines, start=1)))

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Answer the line; the value is the length of the scaled style vector."""
        turn = await agent.reply(Conversation((Message("user", case.input),)))
        text, outcome = turn.message.content, turn.completion.outcome
        if outcome in ("refused", "empty"):
            return Observation(case.id, outcome, text=text)
        if not words(text):
            return Observation(case.id, "unparsed", text=text)
        vector = style_vector(text)
        scaled = population_scaler().transform(vector)
        data = {"vector": [round(float(value), 6) for value in vector], "cut_off": outcome == "truncated"}
        return Observation(case.id, "answered", float(np.linalg.norm(scaled)), text=text, data=data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """Stability and distance, each with its control."""
        scaler = population_scaler()
        missing = missing_by_outcome(plan, observations)
        in_order = sorted((o for o in observations if o.outcome == "answered"), key=lambda o: o.case_id)
        replies = {o.case_id: scaler.transform(np.array(o.data["vector"])) for o in in_order}
        details = {
            "dimensions": [DIMENSIONS[index] for index in scaler.live],
            "vectors": {id: [round(float(value), 3) for value in vector] for id, vector in replies.items()},
            "items": [{"id": o.case_id, "answer_text": o.text} for o in in_order],
        }
        stability = mean(self.name, _neighbour_cosines(replies), missing, unit="cosine", details=details)
        return [stability, *self._distances(plan, replies, missing)]

    def _distances(self, plan: Plan, replies: dict[str, Vector], missing: dict[str, int]) -> list[Measurement]:
        names = (f"{self.name}.distance", f"{self.name}.distance_to_others")
        if not plan.cases:
            return [mean(name, {}, missing, unit="z") for name in names]
        examples = plan.cases[0].data["examples"]
        if len(examples) < MIN_EXAMPLES:
            reason = f"{len(examples)} example lines; a voice needs at least {MIN_EXAMPLES}"
            return [Measurement(name, reason=reason, missing=missing, unit="z") for name in names]
        own = _centre(np.array(examples))
        others = [centre for name, centre in population_centres().items() if name != plan.cases[0].data["persona"]]
        to_own = {id: _distance(vector, own) for id, vector in replies.items()}
        to_others = {id: float(np.mean([_distance(vector, o) for o in others])) for id, vector in replies.items()}
        return [mean(name, values, missing, unit="z") for name, values in zip(names, (to_own, to_others), strict=True)]


@cache
def population_scaler() -> RobustScaler:
    """The scale: fitted on all lines the English starters say."""
    lines = [line for persona in _english_starters() for line in voice_lines(persona)]
    return RobustScaler.fit(np.array([style_vector(line) for line in lines]))


@cache
def population_centres() -> dict[str, Vector]:
    """The middle of each English starter's voice, scaled, by name."""
    voices = {persona.name: voice_lines(persona) for persona in _english_starters()}
    return {
        name: _centre(np.array([style_vector(line) for line in lines]))
        for name, lines in voices.items()
        if len(lines) >= MIN_EXAMPLES
    }


def _english_starters() -> list[Persona]:
    return [persona for persona in starter_personas() if persona.language == "en"]


def _centre(vectors: Vector) -> Vector:
    return np.median(population_scaler().transform(vectors), axis=0)


def _distance(a: Vector, b: Vector) -> float:
    """Root mean square difference over the dimensions, in robust z-units."""
    return float(np.sqrt(np.mean((a - b) ** 2)))


def _neighbour_cosines(replies: dict[str, Vector]) -> dict[str, float]:
    ids = list(replies)
    pairs = {later: cosine(replies[earlier], replies[later]) for earlier, later in itertools.pairwise(ids)}
    return {id: value for id, value in pairs.items() if value is not None}
