"""PersonaGym as a measure: one case per block of questions, the grades of all judges as its observation."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from personae.agent import Agent
from personae.errors import UsageError
from personae.judges.qualification.card import judge_note, read_card
from personae.measure.personagym.block import Crew, Graded, framed
from personae.measure.personagym.interview import Desk, run_block
from personae.measure.personagym.protocol import TASKS, Block, Protocol, Subject, subject_of
from personae.measure.personagym.scores import Scored, Standing, persona_score
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.persona.persona import Persona
from personae.types import Completion, Conversation, Measurement, Message, Model, Outcome

#: The light form: one question per task.
LIGHT = Protocol(n=1, batch=1)
NO_JUDGE = "no judge is named; give one, for example --judge openai/gpt-4o"


@dataclass(frozen=True)
class PersonaGym:
    """PersonaScore of the persona given, or of the `subjects` where these are named.

    `judges` grade; the first writes questions and examples. Without a judge there is no case, and the score has that as
    its reason. The model answers under the frame of the protocol, or, with `as_agent`, as the agent it is part of, with
    the agent's own prompt; it is sampled as the protocol says either way.

    >>> PersonaGym().summarise(Plan(()), [])[0].reason
    'no judge is named; give one, for example --judge openai/gpt-4o'
    """

    judges: tuple[Model, ...] = ()
    protocol: Protocol = LIGHT
    subjects: tuple[Subject, ...] = ()
    as_agent: bool = False
    standings: Mapping[str, Standing] = field(default_factory=dict)
    name: str = "personagym"
    _desks: dict[Protocol, Desk] = field(default_factory=dict, repr=False, compare=False)

    def plan(self, persona: Persona) -> Plan:
        """One case per block and subject, five tasks each."""
        who = self.subjects or (subject_of(persona),)
        blocks = list(self.protocol.blocks())
        if not self.judges:
            return Plan((), {"questions without a judge": len(who) * len(TASKS) * self.protocol.n})
        return Plan(tuple(self._case(subject, block) for subject in who for block in blocks))

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Ask, answer, and have graded; the value is the mean over the questions of the block that have one."""
        known = {each.id: each for each in self.subjects}
        subject, block = known.get(case.data["who"]) or subject_of(agent.persona), Block(**case.data["block"])
        settings = self.protocol.answering

        async def respond(question: str, number: int) -> Completion:
            if not self.as_agent:
                return await agent.model.generate(framed(subject.text, question), settings(number))
            speaker = dataclasses.replace(agent, settings=settings(number))
            return (await speaker.reply(Conversation((Message("user", question),)))).completion

        desk = self._desks.setdefault(self.protocol, Desk(self.protocol))
        graded, _ = await run_block(Crew(self.judges), desk, subject, block, respond)
        return observed(case.id, subject.id, graded)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """PersonaScore, the five tasks and the judges' agreement; or the one reason why there is nothing."""
        if not self.judges:
            return [Measurement(self.name, reason=NO_JUDGE, missing=dict(plan.missing))]
        if not plan.cases or not observations:
            reason = "nothing was asked"
            return [Measurement(self.name, reason=reason, missing=missing_by_outcome(plan, observations))]
        by_subject: dict[str, list[Any]] = {}
        for observation in sorted(observations, key=lambda each: each.case_id):
            items = _items(observation)
            by_subject.setdefault(observation.data.get("who", ""), []).extend(items)
        names = [judge.name for judge in self.judges]
        measurements = persona_score(
            self.name,
            [Scored(who, items) for who, items in by_subject.items()],
            judges=[self.standings.get(name) or judge_note(name, None) for name in names],
            min_coverage=self.protocol.min_coverage,
            details={"protocol": {"n": self.protocol.n, "batch": self.protocol.batch, "seed": self.protocol.seed}},
        )
        lost = missing_by_outcome(plan, [each for each in observations if each.data.get("graded")])
        first = measurements[0]
        if lost.get("not_run") and first.value is not None:
            reason = f"{lost['not_run']} of {len(plan.cases)} blocks were not run"
            gone = dict(first.missing) | {"blocks not run": lost["not_run"]}
            first = dataclasses.replace(first, value=None, low=None, high=None, reason=reason, missing=gone)
        return [first, *measurements[1:]]

    def _case(self, subject: Subject, block: Block) -> Case:
        asked = subject.questions[block.task][block.start : block.stop] if subject.questions else ()
        data = {"who": subject.id, "block": dataclasses.asdict(block)}
        several = f"{subject.id}/" if self.subjects else ""
        return Case(f"{several}{block.id}", "\n".join(asked) or block.task.replace("_", " "), data)


def standings(judges: Sequence[str], cards: Sequence[Path | str]) -> dict[str, Standing]:
    """What is known of each judge, from the files of its examination. Raises `UsageError` for a card of somebody else.

    >>> standings(["openai/some-model"], [])["openai/some-model"]["standing"]
    'untested'
    """
    known = {card.model: card for card in map(read_card, cards)}
    if strangers := [model for model in known if model not in judges]:
        raise UsageError(f"the card of {strangers[0]!r} is of none of the judges {', '.join(judges)}")
    return {name: judge_note(name, known.get(name)) for name in judges}


def observed(case_id: str, who: str, graded: Graded) -> Observation:
    """A graded block as an observation; without any grade the outcome is that of its first item."""
    values = [item.value for item in graded.items if item.value is not None]
    data = {"who": who, "graded": graded.to_data(), "explanation": explained(graded)}
    text = "\n\n".join(item.answer for item in graded.items)
    if not values:
        return Observation(case_id, _outcome(graded.items[0].missing or ""), text=text, data=data)
    return Observation(case_id, "answered", sum(values) / len(values), text, data)


def explained(graded: Graded) -> str:
    """A block for a reader: each question with its answer and grades, then what the judges wrote."""
    lines = []
    for item in graded.items:
        grades = ", ".join(
            f"{judge}: {column['value'] if column['value'] is not None else column['reason']}"
            for judge, column in item.columns.items()
        )
        lines += [
            f"**{item.number + 1}. {item.question or '(no question)'}**",
            item.answer or "(no answer)",
            f"Grade: {f'{item.value:g}' if item.value is not None else item.missing}{f' ({grades})' if grades else ''}",
        ]
        lines += [f"- worth {score}: {example}" for score, example in enumerate(item.examples, 1)]
        lines.append("")
    for judge, raw in graded.reasons.items():
        lines += [f"**{judge}:**", *raw, ""]
    return "\n\n".join(lines).strip()


def _items(observation: Observation) -> Sequence[Any]:
    graded = observation.data.get("graded")
    return Graded.from_data(graded).items if graded else ()


def _outcome(missing: str) -> Outcome:
    """How a step ended: the last word of "answer empty"; a judge's own reasons are "failed" here."""
    last = missing.rpartition(" ")[2]
    known: dict[str, Outcome] = {
        "refused": "refused", "unparsed": "unparsed", "empty": "empty", "truncated": "truncated",
    }  # fmt: skip
    return known.get(last, "failed")
