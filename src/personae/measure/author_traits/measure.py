"""Traits called forth as a measure of a persona: does what it writes show the trait a question calls for?"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.author_traits.interview import (
    FORMS,
    NEUTRAL,
    TRAITS,
    WORDS,
    ByProbe,
    ByQuestionnaire,
    Elicited,
    TextReader,
    activation,
    asked,
    measured,
    taken,
)
from personae.measure.author_traits.pieces import MIN_WORDS
from personae.measure.author_traits.questionnaire import AuthorQuestionnaire
from personae.measure.covered import covered
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.measure.separability.leaks import leak_report
from personae.persona.persona import Persona
from personae.psychometrics.own import own_interview
from personae.types import Conversation, Measurement, Message

#: Tokens an answer may take, per word asked for.
TOKENS_PER_WORD = 2


@dataclass(frozen=True, slots=True)
class AuthorTraits:
    """Twelve questions, each in a neutral form and in one for every trait; every answer is read for all five traits.

    reader:    who reads; the model under test by the questionnaire about the author where there is none. Nobody has
               tested it on people unless it is a probe, and the details say so. per_trait: sentences it rates then.
    questions: the first so many of the twelve. words: length asked for. min_words: shorter answers are missing.
    """

    reader: TextReader | None = None
    questions: int = 12
    words: int = WORDS
    min_words: int = MIN_WORDS
    per_trait: int | None = None
    name: str = "author_traits"

    def __post_init__(self) -> None:
        if not 1 <= self.questions <= len(own_interview()) or self.words < 1:
            raise UsageError(
                f"{self.questions!r} questions of {self.words!r} words; there are 1 to {len(own_interview())}"
            )

    def plan(self, persona: Persona) -> Plan:
        """One case per question and form; questions are English, so another language has none."""
        if persona.language.lower().partition("-")[0] != "en":
            return Plan((), {f"language_{persona.language}": self.questions * len(FORMS)})
        return Plan(
            tuple(
                Case(f"{one.id}-{form}", asked(one, form, self.words), {"question": one.id, "form": form})
                for one in own_interview()[: self.questions]
                for form in FORMS
            )
        )

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """An answer, read; the value is the score of the trait the form calls for (of all traits: neutral)."""
        settings = dataclasses.replace(agent.settings, max_tokens=TOKENS_PER_WORD * self.words)
        turn = await dataclasses.replace(agent, settings=settings).reply(Conversation((Message("user", case.input),)))
        said = dataclasses.replace(turn.completion, text=turn.message.content)
        reader = self.reader or self._own(agent)
        found = await taken(case.data["question"], case.data["form"], said, reader, self.min_words)
        data = {"scores": dict(found.scores), "why": found.why, **case.data}
        value = _value(found) if found.outcome == "answered" else None
        if value is None:
            outcome = "unparsed" if found.outcome == "answered" else found.outcome
            return Observation(case.id, outcome, text=found.text, data=data)
        return Observation(case.id, "answered", value, found.text, data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """How far questions move the trait they call for, in the reader's unit; how far they move the others; the
        difference; then each trait. Paired with the neutral answer to the same question, intervals over questions."""
        answers = [
            Elicited(o.data["question"], o.data["form"], o.text, o.outcome, o.data["scores"], o.data["why"])
            for o in observations
            if "form" in o.data
        ]
        missing = missing_by_outcome(plan, observations)
        leaks = leak_report([answer.text for answer in answers if answer.outcome == "answered"])
        details: dict[str, Any] = {
            "reader": _standing(self.reader),
            "warning": leaks.warning,
            "forms": list(FORMS),
        }
        numbers = measured(self.name, activation(answers), missing, details)
        return [covered(numbers[0], self.questions), *numbers[1:]]

    def _own(self, agent: Agent) -> TextReader:
        return ByQuestionnaire(
            AuthorQuestionnaire(agent.model, per_trait=self.per_trait, min_words=self.min_words, limit=1)
        )


def _standing(reader: TextReader | None) -> dict[str, Any]:
    """Who read, and what stands for it: only a probe was tested on labels."""
    if isinstance(reader, ByProbe):
        tested = {
            trait: {"accuracy": found.accuracy.value, "majority": found.majority}
            for trait, found in reader.probe.tested.items()
        }
        return {"name": reader.name, "standing": "tested on unseen authors", "tested": tested}
    return {"name": reader.name if reader else "the model under test", "standing": "untested"}


def _value(found: Elicited) -> float | None:
    """The score of the trait called for; the mean of all for a neutral form."""
    if found.form != NEUTRAL:
        return found.scores.get(found.form)
    there = [value for trait in TRAITS if (value := found.scores.get(trait)) is not None]
    return sum(there) / len(there) if there else None
