"""Numbers that rest on a judge: which judge, what its card says of it, and which numbers have to stand apart.

Read from `details["judge"]`, which others may have written: a judge that is called qualified but brings no card is
untested, and so is one whose standing is no known word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from personae.types import Measurement

#: Standing → what a reader is told.
WORDS = {"qualified": "qualified", "unqualified": "not qualified", "untested": "untested"}


@dataclass(frozen=True, slots=True)
class Judged:
    """The judge behind a number: its name, `standing` in our words, and its card in short, if there is one."""

    name: str
    standing: str
    card: Mapping[str, Any] | None

    @property
    def beside(self) -> str:
        """What stands beside each of its numbers."""
        return f"judge {self.name}: {WORDS[self.standing]}"

    @property
    def line(self) -> str:
        """The figures of the card, as one line; without a card, how to get one.

        >>> Judged("m", "qualified", {"top_1": 0.61, "low": 0.51, "high": 0.7, "baseline": 0.245, "n": 97}).line
        'It tells who speaks in 61.0 % of 97 items (95 % interval 51.0 to 70.0 %; shared words or guessing 24.5 %).'
        """
        if self.card is None:
            return f"It has no card; personae judge qualify --model {self.name} makes one."
        top, low, high = (_share(self.card.get(key)) for key in ("top_1", "low", "high"))
        said = f"It tells who speaks in {top} % of {_count(self.card.get('n'))} items"
        facts = [f"95 % interval {low} to {high} %", f"shared words or guessing {_share(self.card.get('baseline'))} %"]
        brier, uniform = self.card.get("brier"), self.card.get("uniform_brier")
        if _is_number(brier) and _is_number(uniform):
            facts.append(f"Brier {brier:.3f}, uniform {uniform:.3f}")
        place = self.card.get("place_p")
        if _is_number(place) and place < 0.001:
            facts.append("follows the place of an option, p < .001")
        return f"{said} ({'; '.join(facts)})."

    @property
    def about(self) -> str:
        """When and how it was examined."""
        card = self.card or {}
        return ", ".join(f"{word} {card[key]}" for key, word in (("date", "examined"), ("way", "by")) if card.get(key))

    @property
    def probes(self) -> list[tuple[str, str]]:
        """Each probe of the card with its value."""
        found = (self.card or {}).get("probes")
        pairs = found.items() if isinstance(found, Mapping) else ()
        return [(str(name).replace("_", " "), f"{value:.2f}" if _is_number(value) else "–") for name, value in pairs]

    @property
    def reasons(self) -> list[str]:
        """What speaks against it."""
        found = (self.card or {}).get("reasons")
        return [str(reason) for reason in found] if isinstance(found, list | tuple) else []


def judge_of(measurement: Measurement) -> Judged | None:
    """The judge a number rests on; None for a number without one."""
    note = measurement.details.get("judge")
    if not isinstance(note, Mapping):
        return None
    card = note.get("card") if isinstance(note.get("card"), Mapping) else None
    standing = str(note.get("standing"))
    if standing not in WORDS or (standing == "qualified" and card is None):
        standing = "untested"
    return Judged(str(note.get("name") or "a judge without a name"), standing, card)


def stands_apart(measurement: Measurement) -> bool:
    """Whether the number rests on a judge that is not qualified: it leads nowhere and gets no light."""
    judge = judge_of(measurement)
    return judge is not None and judge.standing != "qualified"


def judges_view(measurements: Iterable[Measurement]) -> list[dict[str, Any]]:
    """Every judge of a run once, the qualified first, with the names of its numbers."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for measurement in measurements:
        judge = judge_of(measurement)
        if judge is not None:
            key = (judge.name, judge.standing, judge.line)
            row = {"judge": judge, "standing": WORDS[judge.standing], "apart": judge.standing != "qualified"}
            found.setdefault(key, row | {"numbers": []})["numbers"].append(measurement.name)
    return sorted(found.values(), key=lambda row: list(WORDS).index(row["judge"].standing))


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _share(value: Any) -> str:
    return f"{100 * value:.1f}" if _is_number(value) else "–"


def _count(value: Any) -> str:
    return f"{value:,.0f}" if _is_number(value) else "–"
