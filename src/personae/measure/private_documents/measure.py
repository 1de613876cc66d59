"""Does a model answer questions about somebody from their private documents, and with what is true today?

The documents are the persona's, written by `generator`, or those of a copy of PersonaBench. Beside the answers stands
what retrieval found; "gold" shows the evidence itself (a ceiling), "none" nothing (a floor).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from personae.agent import Agent
from personae.errors import UsageError
from personae.files import bundled
from personae.measure.items import mean, share
from personae.measure.private_documents.answers import word_scores
from personae.measure.private_documents.documents import DocumentQuestion, Person
from personae.measure.private_documents.generator import Changed, write_documents
from personae.measure.private_documents.released import read_personabench
from personae.measure.private_documents.retrieval import ROWS, Found, K, retrieve
from personae.measure.private_documents.run import missing_of, numbers
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.models.scoring import looks_refused
from personae.persona.persona import Persona
from personae.types import Embedder, Measurement, Message

Shown = Literal["retrieved", "gold", "none"]

#: Tokens of an answer that names something and nothing else.
ANSWER_TOKENS = 64


@dataclass(frozen=True)
class PrivateDocuments:
    """Word-set F1 of answers, with precision, recall and stale words beside it, by kind of question.

    folder:  PersonaBench's; without one the documents are written of the persona.
    shown:   what the model sees: the k retrieved chunks, those that hold the answer, or none.
    noise:   share of sessions that hold no fact (a released level, where there is a folder).
    changed: facts of the persona that were others before.
    n:       the first so many questions of all, in turn from each person; None for all.
    embedder: the embedded one without one.
    tokens:  the most an answer may have; a longer one is cut off, and counted as such.
    """

    folder: str | None = None
    shown: Shown = "retrieved"
    noise: float = 0.5
    k: int = K
    changed: tuple[Changed, ...] = ()
    n: int | None = None
    embedder: Embedder | None = None
    tokens: int = ANSWER_TOKENS
    seed: int = 0
    name: str = "private_documents"
    _plans: dict[str, Plan] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.shown not in get_args(Shown):
            raise UsageError(f"shown is {self.shown!r}; give one of {', '.join(get_args(Shown))}")
        if self.k < 1 or (self.n is not None and self.n < 1):
            raise UsageError(f"k is {self.k!r}, n {self.n!r}; give 1 or more")

    def plan(self, persona: Persona) -> Plan:
        """One case per question; what is shown and how well it was found travel with it."""
        key = "" if self.folder else persona.content_hash
        if key not in self._plans:
            people = self._people(persona)
            found = _in_turn([retrieve(person, self._embedder, self.k) for person in people])
            some = found if self.n is None else found[: self.n]
            texts = {(person.name, chunk.id): chunk.text for person in people for chunk in person.chunks}
            self._plans[key] = Plan(tuple(self._case(each, texts) for each in some), missing_of(people))
        return self._plans[key]

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Ask the agent's model, not as the persona but about it; the value is the F1 of the answer's words."""
        settings = dataclasses.replace(agent.settings, temperature=0.0, max_tokens=self.tokens)
        completion = await agent.model.generate(messages(case), settings)
        outcome, text = completion.outcome, completion.text.strip()
        if outcome == "answered" and looks_refused(text):
            outcome = "refused"
        if outcome != "answered":
            return Observation(case.id, outcome, None, text, {"kind": case.data["kind"]})
        scores = word_scores(text, case.data["gold"], case.data["outdated"])
        data = {"kind": case.data["kind"], "difficulty": case.data["difficulty"], **dataclasses.asdict(scores)}
        return Observation(case.id, "answered", scores.f1, text, data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """F1, precision, recall, stale words, F1 by kind of question; then what retrieval found, without a model."""
        missing = missing_by_outcome(plan, observations)
        there = [o for o in observations if o.value is not None]
        details = {"shown": self.shown, "k": self.k, "noise": self.noise}
        told = [share(self.name, {o.case_id: o.data["f1"] for o in there}, missing, details=details)]
        for part in ("precision", "recall"):
            told.append(share(f"{self.name}.{part}", {o.case_id: o.data[part] for o in there}, missing))
        stale = {o.case_id: o.data["stale"] for o in there if o.data["stale"] is not None}
        if any(case.data["outdated"] for case in plan.cases):
            told.append(share(f"{self.name}.stale", stale, missing))
        for row, (kind, difficulty) in ROWS.items():
            some = {
                o.case_id: o.data["f1"]
                for o in there
                if o.data["kind"] == kind and difficulty in ("", o.data["difficulty"])
            }
            if some:
                told.append(mean(f"{self.name}.{row}", some, {}, unit="share"))
        return [*told, *self._found(plan)]

    @property
    def _embedder(self) -> Embedder:
        from personae.models.embedder import MiniLM

        return self.embedder or MiniLM()

    def _people(self, persona: Persona) -> list[Person]:
        if self.folder:
            return read_personabench(self.folder, self.noise)
        return [write_documents(persona, noise=self.noise, changed=self.changed, seed=self.seed)]

    def _case(self, found: Found, texts: Mapping[tuple[str, str], str]) -> Case:
        question = found.question
        gold = dict.fromkeys(ids[0] for ids in question.evidence)
        ids = {"retrieved": found.ranked, "gold": tuple(gold), "none": ()}[self.shown]
        data = {
            "person": found.person,
            "kind": question.kind,
            "difficulty": question.difficulty,
            "gold": list(question.answer),
            "outdated": list(question.outdated),
            "recall": found.recall,
            "ndcg": found.ndcg,
            "documents": [texts[found.person, id] for id in ids],
        }
        return Case(f"{found.person}/{question.id}", question.question, data)

    def _found(self, plan: Plan) -> list[Measurement]:
        details = {"embedder": self._embedder.name, "k": self.k, "noise": self.noise}
        return numbers(f"{self.name}.retrieval", [_found(case) for case in plan.cases], {}, details, empty=False)


def _found(case: Case) -> Found:
    """What retrieval found, as the case says."""
    data = case.data
    question = DocumentQuestion(case.id, case.input, (), data["kind"], data["difficulty"])
    return Found(data["person"], question, (), data["recall"], data["ndcg"])


def messages(case: Case) -> tuple[Message, ...]:
    """What the model reads for a case."""
    wording = bundled(__package__, "texts/documents.en.yaml")
    asked = wording["ask"]
    shown = "\n\n".join(case.data["documents"]) or wording["nothing"]
    for name, value in (("name", case.data["person"]), ("question", case.input), ("documents", shown)):
        asked = asked.replace(f"{{{name}}}", value)
    return (Message("system", wording["system"].strip()), Message("user", asked.strip()))


def _in_turn(groups: Sequence[Sequence[Found]]) -> list[Found]:
    """One of each group, then the next of each."""
    longest = max((len(group) for group in groups), default=0)
    return [group[at] for at in range(longest) for group in groups if at < len(group)]
