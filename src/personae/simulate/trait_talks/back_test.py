"""The back-test: a blind reader of one side says which pole it shows. Only talks that pass are kept."""

from __future__ import annotations

import dataclasses
import random
import re
from dataclasses import dataclass, field

from personae.judges.asking import SETTINGS, ask, filled
from personae.metrics.text import words
from personae.simulate.groups.answers import letter_schema, read_letter
from personae.simulate.trait_talks.poles import SIGNS, Pole, Sign, pole
from personae.simulate.trait_talks.talk import Side, TraitTalk
from personae.simulate.trait_talks.texts import texts
from personae.types import Message, Model, Outcome, Settings

SHORT = dataclasses.replace(SETTINGS, max_tokens=24)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of one side: the sign it named, or how the attempt ended.

    first: the sign that was shown as option A. outright: whether the side used the name of its pole.
    """

    side: str
    trait: str
    assigned: Sign
    named: Sign | None
    outcome: Outcome = "answered"
    first: Sign = "high"
    outright: bool = False

    @property
    def recovered(self) -> bool | None:
        """Whether the reader named the assigned pole; None where it named none."""
        return None if self.named is None else self.named == self.assigned


@dataclass(frozen=True, slots=True)
class Reader:
    """A model that reads one side blind: without names, without the other side, without the assignment."""

    model: Model
    settings: Settings = field(default=SHORT)

    async def __call__(self, talk: TraitTalk, side: Side, *, seed: int = 0) -> Reading:
        """Which pole of the side's trait its turns show. The order of the two is chance, by seed, talk and side."""
        first: Sign = random.Random(f"{seed}/{talk.id}/{side.name}").choice(SIGNS)
        ends = [pole(side.pole.trait, sign) for sign in (first, *(sign for sign in SIGNS if sign != first))]
        said = "\n".join(f"- {masked(text, talk)}" for text in talk.said_by(side.name))
        fields = {"said": said, "a": ends[0].shows, "b": ends[1].shows}
        question = filled(texts("prompts", side.persona.language)["reader"].strip(), fields)
        settings = dataclasses.replace(self.settings, json_schema=letter_schema("AB"))
        answer = await ask(self.model, [Message("user", question)], settings, lambda text: read_letter(text, "AB"))
        named = None if answer.value is None else ends["AB".index(answer.value)].sign
        return Reading(
            side.name,
            side.pole.trait,
            side.pole.sign,
            named,
            answer.reason or "answered",
            first,
            outright(talk, side.name, side.pole),
        )


def masked(text: str, talk: TraitTalk) -> str:
    """A turn without the speakers' names, whole or first.

    >>> from personae.persona.persona import Persona
    >>> ana, rui = (Side(Persona(name=name), pole("openness", "high")) for name in ("Ana Paz", "Rui"))
    >>> masked("Ana, says Rui, come!", TraitTalk("1", "tea", (ana, rui), ()))
    '…, says …, come!'
    """
    names = {name for side in talk.sides for name in (side.name, side.name.split()[0])}
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "…", text)
    return text


def outright(talk: TraitTalk, name: str, assigned: Pole) -> bool:
    """Whether one side's turns hold the name of its pole."""
    named = " ".join(words(assigned.name.replace("-", " ")))
    return any(f" {named} " in f" {' '.join(words(text.replace('-', ' ')))} " for text in talk.said_by(name))
