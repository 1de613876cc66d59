"""Replies beside reference replies: a judge reads both, metric by metric, in both orders. The design is MMRole's.

References come from the persona's own statements, from a file, or from another model that plays the same persona.
Without a judge there is only surface overlap, which sees wording and nothing else.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from personae.agent import Agent
from personae.errors import FormatError
from personae.files import MEGABYTE, read_limited
from personae.judges.qualification.card import judge_note
from personae.judges.relative import METRICS, RelativeItem, RelativeJudge, relative_report
from personae.judges.roles import Verdict
from personae.judges.summary import too_few
from personae.measure.items import mean
from personae.measure.probes import probe_of
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.metrics.surface import bleu, rouge_l
from personae.metrics.text import tokenise
from personae.persona.formats.decode import decode_text, parse_json, validated
from personae.persona.formats.json_text import printable
from personae.persona.formats.yaml_nodes import compose
from personae.persona.persona import Persona
from personae.persona.render import render
from personae.types import Conversation, Measurement, Message, Model

MAX_BYTES = 20 * MEGABYTE
IMAGE = "image_text_relevance"


@dataclass(frozen=True, slots=True)
class Reference:
    """A question with the reply to compare with; `caption` tells what is in the picture the question is about."""

    id: str
    question: str
    reply: str = ""
    caption: str = ""

    @property
    def asked(self) -> str:
        """The question as it is put to the persona, the caption before it."""
        return f"(A picture lies before you: {self.caption})\n{self.question}" if self.caption else self.question


@dataclass(frozen=True, slots=True)
class BesideReference:
    """The mean log-ratio of judged scores, reply over reference, over metrics and both orders; 0 is as good.

    references: what is asked; None takes the persona's statements, each the reference reply to its own question.
    judge:      scores both replies 1 … 10; `about_judge` says on what ground (`judge_note`).
    other:      a model whose replies, as this persona, are the references instead.
    """

    references: tuple[Reference, ...] | None = None
    judge: Model | None = field(default=None, compare=False)
    about_judge: Mapping[str, Any] | None = field(default=None, compare=False)
    other: Model | None = field(default=None, compare=False)
    n: int | None = None
    seed: int = 0
    name: str = "mmrole"

    def plan(self, persona: Persona) -> Plan:
        """One case per question; of a file those with no reference are missing unless a model gives it."""
        every = own_references(persona) if self.references is None else self.references
        usable = [each for each in every if each.reply or self.other is not None]
        missing = {"no_reference": len(every) - len(usable)} if len(usable) < len(every) else {}
        return Plan(tuple(Case(each.id, each.asked, dataclasses.asdict(each)) for each in usable[: self.n]), missing)

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Ask, and put the reply beside the reference; the value is the mean log-ratio, or ROUGE-L without a judge."""
        asked = Reference(**case.data)
        talk = Conversation((Message("user", asked.asked),))
        turn = await agent.reply(talk)
        text, outcome = turn.message.content, turn.completion.outcome
        if outcome in ("refused", "empty"):
            return Observation(case.id, outcome, text=text)
        if self.other is not None:
            given = await dataclasses.replace(agent, model=self.other).reply(talk)
            if given.completion.outcome in ("refused", "empty"):
                return Observation(case.id, "failed", text=text, data={"error": "the other model gave no reference"})
            asked = dataclasses.replace(asked, reply=given.message.content)
        data: dict[str, Any] = {"reference": asked.reply, "cut_off": outcome == "truncated", **_surface(text, asked)}
        if self.judge is None:
            if "rouge_l" not in data:
                return Observation(case.id, "unparsed", text=text, data=data)
            return Observation(case.id, "answered", data["rouge_l"], text=text, data=data)
        verdicts = await self._verdicts(render(agent.persona), asked, text)
        data["judged"] = {metric: verdict.to_dict() for metric, verdict in verdicts.items()}
        data["explanation"] = _explained(verdicts, self._note())
        if lost := next((verdict.reason for verdict in verdicts.values() if verdict.reason), None):
            return Observation(case.id, lost, text=text, data=data)  # type: ignore[arg-type]
        values = [verdict.value for verdict in verdicts.values() if verdict.value is not None]
        return Observation(case.id, "answered", sum(values) / len(values), text=text, data=data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """The log-ratio over all metrics, each metric's ratio, log-ratios and order effect, then surface overlap.

        The numbers of a judge below its floors stand apart, as `mmrole.not_qualified`.
        """
        missing = missing_by_outcome(plan, observations)
        surface = [
            mean(f"{self.name}.surface overlap ({label})", _column(observations, key), {}, unit="share")
            for label, key in (("BLEU", "bleu"), ("ROUGE-L", "rouge_l"))
        ]
        if self.judge is None:
            return [Measurement(self.name, reason="no judge was given; surface overlap stands below"), *surface]
        note = self._note()
        unfit = note["standing"] == "unqualified"
        stem = f"{self.name}.not_qualified" if unfit else self.name
        by_metric: dict[str, list[Verdict]] = {}
        for observation in observations:
            for metric, verdict in observation.data.get("judged", {}).items():
                by_metric.setdefault(metric, []).append(Verdict(**verdict))
        found = [self._whole(stem, plan, observations, missing)]
        for metric, verdicts in by_metric.items():
            found += [
                dataclasses.replace(m, name=f"{stem}.{metric}.{m.name}")
                for m in relative_report(verdicts, seed=self.seed)
            ]
        found = [dataclasses.replace(m, details={**m.details, "judge": note}) for m in found]
        if unfit:
            reason = "the judge is not qualified; its scores stand apart as not_qualified"
            found = [Measurement(self.name, reason=reason, details={"judge": note}), *found]
        return [*found, *surface]

    def _whole(
        self, name: str, plan: Plan, observations: Sequence[Observation], missing: Mapping[str, int]
    ) -> Measurement:
        values = {o.case_id: o.value for o in observations if o.value is not None}
        found = mean(name, values, missing, unit="log ratio")
        if reason := too_few(len(values), len(plan.cases)):
            return dataclasses.replace(found, value=None, reason=reason, low=None, high=None)
        return found

    async def _verdicts(self, persona: str, asked: Reference, reply: str) -> dict[str, Verdict]:
        assert self.judge is not None
        item = RelativeItem(persona, asked.question, reply, asked.reply, asked.caption)
        judges = [RelativeJudge(self.judge, metric) for metric in METRICS if asked.caption or metric != IMAGE]
        found = await asyncio.gather(*(judge(item) for judge in judges))
        return {judge.metric: verdict for judge, verdict in zip(judges, found, strict=True)}

    def _note(self) -> dict[str, Any]:
        return dict(self.about_judge or judge_note(self.judge.name if self.judge else "", None))


def own_references(persona: Persona) -> tuple[Reference, ...]:
    """The persona's statements in the first person, each as the reply to the question that brings it to light.

    >>> ana = Persona(name="Ana", statements=[{"id": "job", "kind": "work", "text": "I mend nets."}])
    >>> own_references(ana)[0].reply
    'I mend nets.'
    """
    own = [each for each in persona.statements if each.person == "first" and each.speaker == "self"]
    return tuple(Reference(each.id, probe_of(each, persona.language).question, each.text) for each in own)


def load_references(path: Path | str) -> tuple[Reference, ...]:
    """The questions of a file, YAML or JSON, with their reference replies.

        references: 1
        items:
          - {id: fog, question: What do you see?, reply: "Fog, thank heaven.", caption: A grey sea.}

    Raises FormatError with file, key and reason, UnsafeFile where reading would be unsafe.
    """
    source = Path(path)
    data = read_limited(source, MAX_BYTES)
    if source.suffix.lower() == ".json":
        tree = parse_json(data, source.name)
    else:
        tree = compose(decode_text(data, source.name), source.name).plain()
    if not isinstance(tree, dict):
        raise FormatError(f"{source.name!r} holds no references; such a file begins with `references: 1`")
    items = validated(ReferenceFile, tree, source.name).items
    ids = [each.id for each in items]
    if len(set(ids)) < len(ids):
        raise FormatError(f"{source.name!r} uses an id twice: {next(id for id in ids if ids.count(id) > 1)!r}")
    return tuple(Reference(each.id, each.question, each.reply, each.caption) for each in items)


def _surface(text: str, asked: Reference) -> dict[str, float]:
    """BLEU and ROUGE-L of the reply; nothing where there are no words to compare."""
    if not tokenise(text, "unicode") or not tokenise(asked.reply, "unicode"):
        return {}
    return {"bleu": bleu(text, [asked.reply], smoothing="add one"), "rouge_l": rouge_l(text, asked.reply)}


def _column(observations: Sequence[Observation], key: str) -> dict[str, float]:
    return {o.case_id: o.data[key] for o in observations if key in o.data}


def _explained(verdicts: Mapping[str, Verdict], note: Mapping[str, Any]) -> str:
    lines = [f"by {note['name']} ({note['standing']}); reply : reference, shown first and shown second"]
    for metric, verdict in verdicts.items():
        orders = ", ".join(f"{order['reply']:g} : {order['reference']:g}" for order in verdict.details["orders"])
        lines.append(f"{metric}: {orders}" + (f" – {verdict.reason}" if verdict.reason else ""))
    return "\n".join(lines)


def _plain(value: Any) -> Any:
    return printable(value).strip() if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_plain), Field(max_length=20_000)]


class ReferenceItem(BaseModel):
    """A question in a file."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    id: Annotated[str, Field(pattern=r"^[\w.-]{1,80}$")]
    question: Annotated[Text, Field(min_length=1)]
    reply: Text = ""
    caption: Text = ""


class ReferenceFile(BaseModel):
    """A file of questions with reference replies."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    references: Literal[1]
    items: tuple[ReferenceItem, ...] = Field(min_length=1, max_length=20_000)
