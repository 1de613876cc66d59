"""How far a persona agrees with itself on questions with short answers, and whether feedback makes it right more often.

[Internal Consistency and Self-Feedback, 2024]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from personae.agent import Agent
from personae.errors import FormatError, UsageError
from personae.files import bundled, read_yaml
from personae.measure.answers_alike import normalised
from personae.measure.covered import covered
from personae.measure.internal_consistency.agreement import Agreement, agreement
from personae.measure.internal_consistency.feedback import settle
from personae.measure.internal_consistency.levels import SAMPLES, decoding, latent
from personae.measure.items import difference, mean, share
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.persona.persona import Persona
from personae.types import Conversation, Measurement, Message

LEVELS = ("response", "decoding", "latent")
_CHARS = 200


@dataclass(frozen=True, slots=True)
class Question:
    """A question with a short answer. `gold` is the right one, if there is one; `options` are for the latent level."""

    id: str
    text: str
    gold: str | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InternalConsistency:
    """The share of a persona's answers that are its most frequent one, over re-samples; at other levels where asked.

    levels:  of `LEVELS`; "latent" reads the layers of a model in torch, for questions with options.
    samples: how often each question is asked; rounds: of feedback at most, 0 for none.
    """

    questions: tuple[Question, ...] = field(default_factory=lambda: own_questions())
    n: int | None = None
    samples: int = SAMPLES
    rounds: int = 2
    levels: tuple[str, ...] = ("response", "decoding")
    name: str = "internal_consistency"

    def __post_init__(self) -> None:
        if self.samples < 2 or self.rounds < 0 or not set(self.levels) <= set(LEVELS) or "response" not in self.levels:
            raise UsageError(
                f"{self.samples!r} samples, {self.rounds!r} rounds, levels {self.levels!r}; give 2 or more, 0 or more, "
                f"and response, perhaps with others of {', '.join(LEVELS)}"
            )

    def plan(self, persona: Persona) -> Plan:
        """One case per question."""
        return Plan(tuple(Case(one.id, one.text) for one in self.questions[: self.n]))

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """All levels of one question; the value is the agreement of re-samples without feedback."""
        question = next(one for one in self.questions if one.id == case.id)
        asked = f"{question.text}\n{_texts()['ask']}"
        messages = (await agent.prompted(Conversation() + Message("user", asked))).messages
        settled = await settle(agent.model, messages, agent.settings, read_short, n=self.samples, rounds=self.rounds)
        levels: dict[str, Any] = {"response": _data(settled.before, settled.rounds[0])}
        if "decoding" in self.levels:
            found = await decoding(agent.model, messages, agent.settings, read_short)
            levels["decoding"] = _data(agreement(list(found.answers.values())), found)
        if "latent" in self.levels and len(question.options) > 1:
            found = await latent(agent.model, messages, question.options)
            levels["latent"] = _data(agreement(list(found.answers.values())), found)
        data = {
            "levels": levels,
            "after": _data(settled.after, settled.rounds[settled.best]),
            "rounds": len(settled.rounds) - 1,
            "gold": question.gold,
        }
        if settled.before.share is None:
            lost = dict(settled.rounds[0].missing)
            outcome: Any = max(lost, key=lost.__getitem__, default="unparsed")
            return Observation(case.id, outcome, data=data | {"error": settled.before.reason})
        data["explanation"] = "; ".join(f"{name}: {list(one['answers'].values())}" for name, one in levels.items())
        return Observation(case.id, "answered", settled.before.share, settled.before.mode or "", data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """Agreement of re-samples first, its entropy, the other levels, the agreement after feedback; and on questions
        with a right answer how often the most frequent one was right before and after, paired."""
        told = {o.case_id: o for o in observations if o.value is not None}
        missing = missing_by_outcome(plan, observations)
        values = {id: float(o.value or 0.0) for id, o in told.items()}
        details = {"samples": self.samples, "rounds": self.rounds, "note": "consistency is not correctness"}
        found = [covered(mean(self.name, values, missing, unit="share", details=details), len(plan.cases))]
        entropies = {id: o.data["levels"]["response"]["entropy"] for id, o in told.items()}
        found.append(mean(f"{self.name}.entropy", entropies, missing, unit="nats"))
        found += [self._level(level, told, missing) for level in LEVELS[1:] if level in self.levels]
        after = {id: o.data["after"]["share"] for id, o in told.items()}
        found.append(difference(f"{self.name}.rise", after, values, missing, unit="share"))
        gold = {id: o for id, o in told.items() if o.data["gold"] is not None}
        if gold:
            before = {id: _right(o.data["levels"]["response"], o.data["gold"]) for id, o in gold.items()}
            then = {id: _right(o.data["after"], o.data["gold"]) for id, o in gold.items()}
            found += [
                share(f"{self.name}.accuracy", before, missing),
                difference(f"{self.name}.gain", then, before, missing, unit="share"),
            ]
        return found

    def _level(self, level: str, told: dict[str, Observation], missing: dict[str, int]) -> Measurement:
        values, lost = {}, dict(missing)
        for id, o in told.items():
            seen = o.data["levels"].get(level)
            if seen is not None and seen["share"] is not None:
                values[id] = seen["share"]
            else:
                lost["too_few_answers"] = lost.get("too_few_answers", 0) + 1
        return covered(mean(f"{self.name}.{level}", values, lost, unit="share"))


def read_short(text: str) -> str | None:
    """The first line of a short answer, marks aside; None for nothing, or an answer that is not short.

    >>> read_short("It is 7.\\nFor twelve less five is seven."), read_short("…")
    ('It is 7.', None)
    """
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= _CHARS and normalised(line) else None


def own_questions() -> tuple[Question, ...]:
    """Ours: eight with a right answer, two of taste."""
    return tuple(Question(**one) for one in _texts()["questions"])


def read_questions(path: str | Path) -> tuple[Question, ...]:
    """From a YAML list of {id, text, gold?, options?}. Raises FormatError for anything else, or two of one id."""
    tree = read_yaml(path)
    found = [_question(one, f"{str(path)!r}, question {number}") for number, one in
             enumerate(tree if isinstance(tree, list) else [], 1)]  # fmt: skip
    if not found or len({one.id for one in found}) < len(found):
        raise FormatError(f"{str(path)!r} is no list of questions, each with an id of its own")
    return tuple(found)


def _question(one: Any, where: str) -> Question:
    if not isinstance(one, dict) or not {"id", "text"} <= one.keys() <= {"id", "text", "gold", "options"}:
        raise FormatError(f"{where} needs an id and a text, and may have gold and options")
    options = one.get("options") or []
    if not str(one["text"]).strip() or not isinstance(options, list) or not all(str(o).strip() for o in options):
        raise FormatError(f"{where} has an empty text or option")
    gold = one.get("gold")
    return Question(str(one["id"]), str(one["text"]), None if gold is None else str(gold), tuple(map(str, options)))


def _data(found: Agreement, answers: Any) -> dict[str, Any]:
    return {
        "mode": found.mode,
        "share": found.share,
        "entropy": found.entropy,
        "n": found.n,
        "reason": found.reason,
        "answers": dict(answers.answers),
        "missing": dict(answers.missing),
    }


def _right(level: dict[str, Any], gold: str) -> float:
    """Whether the most frequent answer holds the right one as whole words."""
    said, wanted = f" {level['mode'] or ''} ", f" {normalised(gold)} "
    return float(wanted in said)


def _texts() -> Any:
    return bundled(__package__, "texts/internal_consistency.en.yaml")
