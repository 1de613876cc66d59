"""Identity cards in text: is a name looked up on its card, or is anybody in the picture taken for the one asked about?

Cards `<name>: reference` say who looks how; a scene shows one of them. Every scene is asked about twice: about the one
it shows, which has an answer, and about another, where "this is not Ann" is right. Who does not read the names gives
one answer to both and is right in exactly one of them, so chance is one half by construction. [Personalized Visual
Instruction Tuning 2024, without pictures and faces]
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from personae.agent import Agent
from personae.errors import UsageError
from personae.files import bundled
from personae.measure.items import grouped_share, share
from personae.measure.protocol import Case, Observation, Plan, missing_by_outcome
from personae.persona.persona import Persona
from personae.types import Measurement, Message

LOOKS = ("hair", "wears", "mark")


@dataclass(frozen=True, slots=True)
class IdentityCard:
    """Who looks how.

    >>> IdentityCard("Ann", "a person with red hair").render()
    '<Ann>: a person with red hair'
    """

    name: str
    reference: str

    def render(self) -> str:
        """The card as a line of a prompt."""
        return f"<{self.name}>: {self.reference}"


@dataclass(frozen=True, slots=True)
class Question:
    """One question on a scene. `options` are what the person does, and that it is somebody else; `right` the place of
    the right one: 0 where it can be answered, 1 where it cannot."""

    id: str
    scene_id: str
    cards: tuple[IdentityCard, ...]
    scene: str
    name: str
    question: str
    options: tuple[str, str]
    right: int

    def prompt(self) -> str:
        """All of it, as it is shown."""
        cards = "\n".join(card.render() for card in self.cards)
        return str(_texts()["prompt"]).format(cards=cards, scene=self.scene, question=self.question).strip()


def make_questions(
    n_scenes: int, *, n_cards: int = 3, seed: int = 0, names: Sequence[str] = ()
) -> tuple[Question, ...]:
    """Two questions a scene, the same but for the name: one that can be answered and one that cannot, in seeded order.

    names: those on the cards; ours without any. The same seed gives the same people under other names, in the same
    order, so that renaming changes nothing else.

    >>> one, other = make_questions(1)
    >>> sorted((one.right, other.right)), one.scene == other.scene, one.cards == other.cards
    ([0, 1], True, True)
    """
    texts = _texts()
    known = list(names or texts["names"])
    most = min(len(known), *(len(texts[look]) for look in LOOKS))
    if n_scenes < 1 or not 2 <= n_cards <= most or len(set(known)) != len(known):
        raise UsageError(f"{n_scenes} scenes with {n_cards} cards; give 1 or more, 2 … {most} cards, different names")
    found: list[Question] = []
    for at in range(n_scenes):
        found += _pair(f"scene-{at + 1:04}", known, n_cards, random.Random(f"{seed}/{at}"))
    return tuple(found)


def renamed(questions: Sequence[Question], to: Mapping[str, str]) -> tuple[Question, ...]:
    """The same questions with other names. Raises UsageError where two people would share one.

    >>> first = renamed(make_questions(1), {"Ann": "Zoe"})[0]
    >>> "Ann" in first.prompt()
    False
    """
    fitting = {card.name for one in questions for card in one.cards}
    after = [to.get(name, name) for name in fitting]
    if len(set(after)) != len(after):
        raise UsageError("two people would share a name; give each one of its own")
    texts = _texts()
    return tuple(_renamed(one, to, texts) for one in questions)


@dataclass(frozen=True)
class IdentityCards:
    """Share of questions answered right, over both kinds alike; beside it each kind, and scenes with both right.

    questions: those of `make_questions`; 100 scenes of ours without any.
    """

    questions: tuple[Question, ...] = ()
    seed: int = 0
    name: str = "identity_cards"

    def plan(self, persona: Persona | None = None) -> Plan:
        """One case per question."""
        asked = self.questions or make_questions(100, seed=self.seed)
        return Plan(tuple(Case(one.id, one.prompt(), _data(one)) for one in asked))

    async def observe(self, agent: Agent, case: Case) -> Observation:
        """The likelier of the two answers per token; no answer is an outcome, not an error."""
        options = list(case.data["options"])
        scores = await agent.model.logprobs((Message("user", case.input),), options)
        best = scores.best(normalised=True)
        if best is None:
            outcome = scores.outcome if scores.outcome != "answered" else "unparsed"
            return Observation(case.id, outcome, data=dict(case.data))
        data = {**case.data, "chosen": best, "method": scores.method}
        return Observation(case.id, "answered", float(best == case.data["right"]), options[best], data)

    def summarise(self, plan: Plan, observations: Sequence[Observation]) -> list[Measurement]:
        """All questions (chance .5; the interval over scenes), answerable ones, unanswerable ones, scenes with both."""
        missing = missing_by_outcome(plan, observations)
        scenes: dict[str, list[bool]] = {}
        kinds: list[dict[str, float]] = [{}, {}]
        for one in observations:
            if one.value is not None:
                scenes.setdefault(str(one.data["scene_id"]), []).append(one.value == 1.0)
                kinds[int(one.data["right"])][one.case_id] = one.value
        both = {scene: float(all(hits)) for scene, hits in scenes.items() if len(hits) == 2}
        return [
            grouped_share(self.name, scenes, missing),
            share(f"{self.name}.answerable", kinds[0], {}),
            share(f"{self.name}.unanswerable", kinds[1], {}),
            share(f"{self.name}.both", both, {}, details={"chance": 0.25, "name_blind": 0.0}),
        ]


def _pair(scene_id: str, names: Sequence[str], n_cards: int, rng: random.Random) -> list[Question]:
    texts = _texts()
    looks = [rng.sample(texts[look], n_cards) for look in LOOKS]
    people = [dict(zip(LOOKS, each, strict=True)) for each in zip(*looks, strict=True)]
    named = [names[place] for place in rng.sample(range(len(names)), n_cards)]
    does, shown = rng.choice(texts["does"]), rng.randrange(n_cards)
    other = rng.choice([at for at in range(n_cards) if at != shown])
    cards = tuple(
        IdentityCard(name, str(texts["reference"]).format(**look)) for name, look in zip(named, people, strict=True)
    )
    scene = str(texts["scene"]).format(does=does, **people[shown])
    found = []
    for kind, who in (("answerable", shown), ("unanswerable", other)):
        name = named[who]
        options = (str(texts["answer"]).format(name=name, does=does), str(texts["absent"]).format(name=name))
        asks = str(texts["question"]).format(name=name)
        found.append(
            Question(f"{scene_id}-{kind}", scene_id, cards, scene, name, asks, options, int(kind == "unanswerable"))
        )
    rng.shuffle(found)
    return found


def _renamed(one: Question, to: Mapping[str, str], texts: Any) -> Question:
    name = to.get(one.name, one.name)
    doing = one.options[0].removeprefix(f"{one.name} ").removesuffix(".")
    return Question(
        one.id,
        one.scene_id,
        tuple(IdentityCard(to.get(card.name, card.name), card.reference) for card in one.cards),
        one.scene,
        name,
        str(texts["question"]).format(name=name),
        (str(texts["answer"]).format(name=name, does=doing), str(texts["absent"]).format(name=name)),
        one.right,
    )


def _data(one: Question) -> dict[str, Any]:
    return {"scene_id": one.scene_id, "name": one.name, "options": list(one.options), "right": one.right}


def _texts() -> Any:
    return bundled(__package__, "texts/cards.en.yaml")
