"""The section of the page that says what a run did not test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from personae.measure.coverage import coverage
from personae.persona.persona import Persona
from personae.report.judged import stands_apart
from personae.types import Measurement


def coverage_view(persona: Persona, measures: Sequence[str], measurements: Mapping[str, Measurement]) -> dict[str, Any]:
    """What was tested with which measures, and what was not, in words.

    Only measures with a number count, and none that rests on a judge nobody qualified.
    """
    numbers = [m.name for m in measurements.values() if m.value is not None and not stands_apart(m)]
    done = [name for name in measures if any(each == name or each.startswith(f"{name}.") for each in numbers)]
    found = coverage(done, persona)
    return {
        "tested": [{"dimension": name, "by": by} for name, by in found.dimensions.items() if by],
        "untested": found.in_words("dimensions"),
        "lines": found.in_words("lines"),
        "personas": found.in_words("personas"),
        "kinds": found.persona,
        "risks": found.risks,
        "without": [name for name in measures if name not in done],
        "untagged": found.untagged,
    }
