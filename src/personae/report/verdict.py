"""When a number may be called good or bad: only when its whole interval lies on one side of a line.

The lines are ours, drawn where a user would act; they are printed beside every light.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from personae.types import Measurement

Light = Literal["good", "bad", "open"]

#: An interval without width says that nothing varied, not that nothing is uncertain. With so many equal values a sign
#: test excludes chance at 5 % (2 · 0.5⁶ = 0.03); with fewer it cannot.
FEWEST_EQUAL = 6


@dataclass(frozen=True, slots=True)
class Line:
    """Good from `good` on, bad from `bad` on; `good` < `bad` means that small is good."""

    good: float
    bad: float

    def light(self, measurement: Measurement) -> Light | None:
        """Where the interval lies; "open" when it crosses a line, None when there is no interval at all."""
        low, high = measurement.low, measurement.high
        if low is None or high is None:
            return None
        if low == high and measurement.n < FEWEST_EQUAL:
            return "open"
        if self.good > self.bad:
            return "good" if low >= self.good else "bad" if high <= self.bad else "open"
        return "good" if high <= self.good else "bad" if low >= self.bad else "open"

    def __str__(self) -> str:
        sign, other = ("≥", "≤") if self.good > self.bad else ("≤", "≥")
        return f"good when the whole interval is {sign} {self.good:g}, bad when it is {other} {self.bad:g}"


#: Number → its line. What is not listed gets no light.
LINES: dict[str, Line] = {
    "self_knowledge": Line(good=0.8, bad=0.5),
    "self_knowledge.gain": Line(good=0.3, bad=0.1),
    "grounding": Line(good=0.7, bad=0.4),
    "drift": Line(good=-0.1, bad=-0.25),
    "drift.out_of_character": Line(good=0.1, bad=0.25),
    "drift.out_of_character.talk": Line(good=0.1, bad=0.25),
    "drift.repetition": Line(good=0.1, bad=0.3),
}


def light_of(measurement: Measurement) -> Light | None:
    """The light of a measurement, or None where no light is due.

    >>> light_of(Measurement("self_knowledge", 0.95, low=0.85, high=0.99, n=20))
    'good'
    >>> light_of(Measurement("self_knowledge", 0.75, low=0.55, high=0.9, n=20))
    'open'
    """
    line = LINES.get(measurement.name)
    if line is None:
        return None
    light = line.light(measurement)
    if light == "good" and measurement.name == "drift" and not _has_something_to_lose(measurement):
        return "open"
    return light


def _has_something_to_lose(drift: Measurement) -> bool:
    """Whether adherence before the talk was above chance; a guesser does not drift."""
    chance = drift.details.get("chance")
    lows = [
        point["low"]
        for point in drift.details.get("curve", ())
        if (point["condition"], point["turn"]) == ("pressure", 0)
    ]
    return chance is not None and bool(lows) and lows[0] is not None and lows[0] > chance
