"""Continue a chat as one of its speakers: how near is that to what the person really wrote next?

At places spread over the chat an agent that plays the speaker sees what was said before and gives the next message.
Three answers: how far its style lies from the person's own, how far its statistics do, and whether the real next
message is nearer to it than other messages of the same person (chance is 1 / `options`). [REALTALK 2025]
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from personae.agent import Agent
from personae.errors import UsageError
from personae.measure.chat_statistics.chat import Chat, ChatMessage, speakers
from personae.measure.chat_statistics.labels import Classifier, Labels
from personae.measure.chat_statistics.statistics import of_speaker
from personae.measure.items import mean, share
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.metrics.style import RobustScaler, style_vector
from personae.metrics.text import words
from personae.models.embedder import MiniLM
from personae.persona.persona import Persona
from personae.types import Conversation, Embedder, Measurement, Message

#: Statistics that are held side by side, and by how much each may differ at most.
COMPARED = {"emotion_diversity": None, "sentiment_diversity": None, "sentiment_stability": 1.0, "reflective": 1.0}
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ContinueAs:
    """Style distance, statistics distance and identification of a simulated speaker.

    speaker: whom to play; the persona's own name without one.
    n:       the most places; context: messages seen before each; options: real messages to pick from.
    classifier: labels both sides for the statistics; without one that distance has a reason.
    """

    chat: Chat
    speaker: str | None = None
    n: int = 40
    context: int = 20
    options: int = 8
    seed: int = 0
    classifier: Classifier | None = None
    embedder: Embedder = field(default_factory=MiniLM, compare=False)
    name: str = "continue_as"

    def __post_init__(self) -> None:
        if self.n < 1 or self.context < 1 or self.options < 2:
            raise UsageError(f"n {self.n}, context {self.context}, options {self.options}; give 1, 1 and 2 or more")

    def who(self, persona: Persona) -> str:
        """The speaker to play. Raises UsageError where the chat has no such one."""
        name, known = self.speaker or persona.name, speakers(self.chat)
        if name not in known:
            raise UsageError(f"nobody in the chat is called {name!r}; there are {', '.join(known)}")
        return name

    def plan(self, persona: Persona) -> Plan:
        """One case per place; the real next message and the others to tell it from are in its data."""
        who = self.who(persona)
        own = [at for at, one in enumerate(self.chat) if one.speaker == who]
        places = [at for at in own if at and self.chat[at - 1].speaker != who]
        texts = {self.chat[at].text for at in own}
        if len(texts) < self.options:
            return Plan((), {"too few messages": len(places)})
        some = [places[round(at)] for at in np.linspace(0, len(places) - 1, min(self.n, len(places)))] if places else []
        return Plan(tuple(self._case(at, who, sorted(texts)) for at in dict.fromkeys(some)))

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """Continue; the value is 1 where the real next message is the nearest one."""
        turn = await agent.reply(self._seen(int(case.data["at"]), str(case.data["speaker"])))
        text, outcome = turn.message.content, turn.completion.outcome
        if outcome in ("refused", "empty"):
            return Observation(case.id, outcome, text=text)
        if not words(text):
            return Observation(case.id, "unparsed", text=text)
        choices = list(case.data["options"])
        vectors = np.asarray(self.embedder.embed([text, *choices]), dtype=np.float64)
        cosines = vectors[1:] @ vectors[0]
        real = choices.index(case.data["real"])
        rank = 1 + int((cosines > cosines[real]).sum())
        data: dict[str, Any] = {"rank": rank, "cosine": round(float(cosines[real]), 4), "real": case.data["real"]}
        if self.classifier is not None:
            before = self.chat[: int(case.data["at"])][-1:]
            data["labels"] = [
                _plain((await self.classifier.label([*before, ChatMessage(case.data["speaker"], each)]))[-1])
                for each in (text, case.data["real"])
            ]
        return Observation(case.id, "answered", float(rank == 1), text, data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """Identification, cosine to the real message, style distance beside the partner's, statistics distance."""
        missing = missing_by_outcome(plan, observations)
        place = {case.id: int(case.data["at"]) for case in plan.cases}
        answered = sorted((o for o in observations if o.outcome == "answered"), key=lambda o: place[o.case_id])
        hits = {o.case_id: float(o.data["rank"] == 1) for o in answered}
        cosines = {o.case_id: float(o.data["cosine"]) for o in answered}
        who = str(plan.cases[0].data["speaker"]) if plan.cases else ""
        return [
            share(self.name, hits, missing, details={"chance": 1 / self.options, "speaker": who}),
            mean(f"{self.name}.cosine", cosines, missing, unit="cosine"),
            *self._styles(who, [o.text for o in answered], missing),
            self._statistics(who, answered, missing),
        ]

    def _case(self, at: int, who: str, texts: Sequence[str]) -> Case:
        real = self.chat[at].text
        rng = random.Random(f"{self.seed}/{at}")
        options = [real, *rng.sample([text for text in texts if text != real], self.options - 1)]
        rng.shuffle(options)
        return Case(
            f"turn-{at:05}", self.chat[at - 1].text, {"at": at, "speaker": who, "real": real, "options": options}
        )

    def _seen(self, at: int, who: str) -> Conversation:
        """What was said before, from the speaker's side; it begins with the other one."""
        before = list(self.chat[max(0, at - self.context) : at])
        while before and before[0].speaker == who:
            before.pop(0)
        return Conversation(
            tuple(Message("assistant" if one.speaker == who else "user", one.text, one.speaker) for one in before)
        )

    @cached_property
    def _scale(self) -> RobustScaler:
        return RobustScaler.fit(np.array([style_vector(one.text) for one in self.chat if words(one.text)]))

    def _styles(self, who: str, texts: Sequence[str], missing: Mapping[str, int]) -> list[Measurement]:
        """From the simulated messages' middle to the speaker's own, and to the other speakers'."""
        names = (f"{self.name}.style_distance", f"{self.name}.style_distance_to_others")
        others = [one.text for one in self.chat if one.speaker != who]
        own = [one.text for one in self.chat if one.speaker == who]
        try:
            simulated = self._centre(texts)
            to = [float(np.sqrt(np.mean((simulated - self._centre(side)) ** 2))) for side in (own, others)]
        except UsageError as error:
            return [Measurement(name, reason=str(error), missing=missing, unit="z") for name in names]
        return [
            Measurement(name, value, n=len(texts), missing=missing, unit="z")
            for name, value in zip(names, to, strict=True)
        ]

    def _centre(self, texts: Sequence[str]) -> Vector:
        vectors = [style_vector(text) for text in texts if words(text)]
        if not vectors:
            raise UsageError("there are no words on one side; a style needs some")
        return np.median(self._scale.transform(np.array(vectors)), axis=0)

    def _statistics(self, who: str, answered: Sequence[Observation], missing: Mapping[str, int]) -> Measurement:
        """Mean absolute difference of the statistics of the simulated and the real messages, each within 0 … 1."""
        name = f"{self.name}.statistics_distance"
        if self.classifier is None:
            return Measurement(name, reason="no classifier was given", missing=missing, unit="share")
        sides: list[dict[str, Measurement]] = []
        for side in (0, 1):
            chat = [ChatMessage(who, o.text) for o in answered]
            labels = [Labels(**o.data["labels"][side]) for o in answered]
            sides.append({one.name: one for one in of_speaker(chat, labels, who)})
        gaps: dict[str, float] = {}
        for each, most in COMPARED.items():
            one, other = sides[0][each], sides[1][each]
            if one.value is None or other.value is None:
                return Measurement(name, reason=one.reason or other.reason, missing=missing, unit="share")
            kinds = {*one.details.get("counts", ()), *other.details.get("counts", ())}
            gaps[each] = abs(one.value - other.value) / (most or float(np.log(max(2, len(kinds)))))
        details = {"labels": self.classifier.name, "by": gaps}
        value = float(np.mean(list(gaps.values())))
        return Measurement(name, value, n=len(answered), missing=missing, unit="share", details=details)


def _plain(labels: Labels) -> dict[str, Any]:
    return {name: getattr(labels, name) for name in Labels.__slots__}
