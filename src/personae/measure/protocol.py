"""What a measure is: cases to try, one observation per case, and numbers from all observations.

The three steps are kept apart so that the same measure runs in a plain loop, as an Inspect task, and again from
a finished log without a single new call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from personae.agent import Agent
from personae.persona.persona import Persona
from personae.types import Measurement, Outcome


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to try. `id` is stable between runs, `input` what a reader sees first, `data` plain JSON."""

    id: str
    input: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """The cases of a measure on one persona, and how many statements could not become a case, by reason."""

    cases: tuple[Case, ...]
    missing: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observation:
    """What came of a case. `value` sums it up in one number where it was answered; `data` is plain JSON."""

    case_id: str
    outcome: Outcome
    value: float | None = None
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (self.value is None) == (self.outcome == "answered"):
            raise ValueError(f"case {self.case_id!r} ended {self.outcome!r} with the value {self.value!r}")


class Measure(Protocol):
    """A measure. Its parameters are the fields of a frozen dataclass."""

    @property
    def name(self) -> str:
        """What its first number, its task and its folder are called."""
        ...

    def plan(self, persona: Persona) -> Plan:
        """What to try on this persona; the same persona and parameters give the same plan."""
        ...

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Try one case. A model that gives no usable answer is an outcome, a `ModelError` is raised."""
        ...

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """Numbers from what was observed, in any order; the first carries the measure's own name."""
        ...


def missing_by_outcome(plan: Plan, observations: Sequence[Observation]) -> dict[str, int]:
    """How many of the planned things carry no value, by reason; cases never tried count as "not_run".

    >>> missing_by_outcome(Plan((Case("a", ""), Case("b", ""))), [Observation("a", "refused")])
    {'refused': 1, 'not_run': 1}
    """
    counts = dict(plan.missing)
    for observation in observations:
        if observation.outcome != "answered":
            counts[observation.outcome] = counts.get(observation.outcome, 0) + 1
    not_run = len(plan.cases) - len(observations)
    if not_run:
        counts["not_run"] = not_run
    return counts
