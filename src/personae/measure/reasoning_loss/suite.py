"""The reasoning audit: the same questions as every persona and as a human; what is lost, and by which way.

[Bias Runs Deep: Implicit Reasoning Biases in Persona-Assigned LLMs, 2024]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from personae.errors import UsageError
from personae.files import bundled
from personae.measure.reasoning_loss.numbers import MITIGATED, Losses
from personae.measure.reasoning_loss.statuses import read_row
from personae.measure.sweep import Design, Instruction, Item, Row, Subject, instruction
from personae.measure.sweep.role_loss import role_marks
from personae.measure.sweep.suite import Judged
from personae.measure.sweep.wording import THREE
from personae.measure.text_scorers.refusal.answers import Extractor
from personae.types import Measurement, Settings

#: 1,024 tokens, greedily (Bias Runs Deep, 2024).
SETTINGS = Settings(temperature=0.0, top_p=1.0, max_tokens=1024)
REPEATS = (0, 1, 2)


@dataclass(frozen=True)
class ReasoningSuite:
    """What each persona loses against a human.

    questions:   items, of `read_questions`.
    mitigations: of `mitigations()`; each is asked on the third instruction, next to the plain one.
    extractor:   how an answer is read: "strict", or "published", which takes any bracketed letter.
    seeds:       of repeats; three, as published.
    """

    questions: tuple[Item, ...]
    instructions: tuple[str, ...] = THREE
    mitigations: tuple[str, ...] = ()
    extractor: Extractor = "strict"
    seeds: tuple[int, ...] = REPEATS
    settings: Settings = SETTINGS
    name: str = field(default="reasoning_loss", init=False)

    def __post_init__(self) -> None:
        if unknown := [name for name in self.mitigations if name not in mitigations()]:
            raise UsageError(f"no mitigation is called {unknown[0]!r}; there are {', '.join(mitigations())}")
        for name in self.instructions:
            instruction(name)

    def design(self, subjects: Sequence[Subject]) -> Design:
        """Every question under every instruction, and under the third with each mitigation."""
        plain = list(self.instructions)
        if self.mitigations and MITIGATED not in plain:
            plain.append(MITIGATED)
        told: list[Instruction] = [instruction(name) for name in plain]
        told += [instruction(MITIGATED, suffix=mitigations()[name], id=f"{MITIGATED}+{name}")
                 for name in self.mitigations]  # fmt: skip
        return Design.of(tuple(subjects), tuple(told), self.questions, self.seeds, self.settings)

    async def judge(self, design: Design, rows: Sequence[Row]) -> list[Mapping[str, Any]]:
        """Marks: "status", "picked", "right"; "value" is 1 for a right answer, None for an invalid reply."""
        items = {item.id: item.data for item in design.items}
        phrases = {subject.id: subject.phrase for subject in design.subjects}
        found: list[Mapping[str, Any]] = []
        for row in rows:
            about = items[row.item]
            read = read_row(row, about["letters"], phrases[row.persona], self.extractor)
            right = read.picked == about["gold"]
            value = None if read.status == "invalid" else float(right)
            marks = {"status": read.status, "picked": read.picked, "right": right, "reason": read.reason}
            speaks = read.status in ("answered", "hedged", "unparsed")
            found.append({**marks, "value": value, **(role_marks(row.text) if speaks else {})})
        return found

    def summarise(self, design: Design, judged: Sequence[Judged]) -> list[Measurement]:
        """The loss first, then accuracy, what was not answered, and what each mitigation moved."""
        return Losses(design, judged, self.extractor, self.mitigations).measurements()


def mitigations() -> Mapping[str, str]:
    """What may be added to an instruction, by name.

    >>> list(mitigations())
    ['no_refusal', 'no_stereotypes', 'on_par', 'expertise']
    """
    held: Mapping[str, str] = bundled(__package__, "texts/mitigations.en.yaml")
    return held
