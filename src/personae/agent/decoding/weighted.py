"""A way of decoding with the knobs of `knobs.py`, and the dial for how often the persona asks back."""

from __future__ import annotations

import functools
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from personae.agent.decoding.knobs import DEFAULTS, Knobs, checked
from personae.agent.decoding.relatedness import Relatedness, common_words
from personae.agent.decoding.worlds import MixedDecoded, fallback, mixes_worlds
from personae.agent.roles import Decode, OnText, Prompted
from personae.errors import UsageError
from personae.files import bundled
from personae.metrics.nidf import Nidf
from personae.persona.persona import Persona
from personae.types import Message, Model, Settings

#: The best of all settings for engagement (3.07; See et al. 2019): seven replies of ten hold a question.
BEST_QUESTIONS = 7

#: Weight of question words where a question is wished for (less this, where it is not); ours, for models too small to
#: follow the instruction alone.
PULL = 3.0


@dataclass(frozen=True)
class Weighted:
    """One sample whose words are weighted; needs a model that shows its logits.

    weights:   knob → weight; the knobs stand in `knobs.KNOBS`, their defaults are those of See et al. (2019).
    questions: 0 … 10: in how many of ten replies the persona should ask back; None leaves it to the model. For each
               reply a coin is thrown (by the seed and the length of the talk): the prompt then asks for a question or
               for none, and question words gain or lose `PULL`.
    rarity:    how rare words are; None for an estimate from the frequency order of the embedder's vocabulary.
    relate:    what relatedness was learnt from.
    otherwise: what answers when the model hides its logits; without it such a model raises `UsageError`.
    """

    weights: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULTS))
    questions: int | None = None
    rarity: Nidf | None = None
    relate: Relatedness = field(default_factory=Relatedness)
    otherwise: Decode | None = None

    def __post_init__(self) -> None:
        checked(self.weights)
        if self.questions is not None and not 0 <= self.questions <= 10:
            raise UsageError(f"questions is {self.questions!r}; give 0 (never) … 10 (always) replies of ten")

    async def __call__(
        self, model: Model, prompted: Prompted, settings: Settings, *, persona: Persona, on_text: OnText | None = None
    ) -> MixedDecoded:
        """The answer; `on_text` hears it whole."""
        asks = None if self.questions is None else wants_question(self.questions, prompted, settings.seed)
        if asks is not None:
            prompted = asking(prompted, asks)
        if not mixes_worlds(model):
            return await fallback(
                self.otherwise, "Weighted", model, prompted, settings, persona=persona, on_text=on_text
            )
        knobs = self.knobs(prompted.messages, asks)
        completion = await model.step_worlds([prompted.messages], knobs, settings)
        if on_text is not None:
            on_text(completion.text)
        return MixedDecoded(completion, note=f"knobs {checked(knobs.weights)!r}")

    def knobs(self, messages: tuple[Message, ...], asks: bool | None = None) -> Knobs:
        """The mix for the turn that follows these messages; `asks` as `wants_question` says."""
        said = {role: tuple(m.content for m in messages if m.role == role) for role in ("assistant", "user")}
        rarity = (self.rarity or estimated_nidf()).values if self.weights.get("nidf") else {}
        pull = 0.0 if asks is None else PULL if asks else -PULL
        weights = {**self.weights, "question": self.weights.get("question", 0.0) + pull}
        return Knobs(weights, said["assistant"], said["user"], rarity, self.relate)


def wants_question(questions: int, prompted: Prompted, seed: int | None) -> bool:
    """Whether this reply is one of the `questions` in ten that ask back; the same for equal talks and seeds."""
    chance = random.Random(None if seed is None else f"{seed}:{len(prompted.messages)}")
    return chance.random() < questions / 10


@functools.cache
def estimated_nidf() -> Nidf:
    """NIDF of English words where no replies were given to count on: by Zipf's law over `common_words`."""
    return Nidf.from_ranking(common_words())


def asking(prompted: Prompted, asks: bool) -> Prompted:
    """The prompt with the wish at the end of its first system message (of a new one if there is none).

    >>> asking(Prompted((Message("system", "You are Ana."),)), False).messages[0].content.splitlines()[-1]
    'Do not ask a question in this reply.'
    """
    wish = _texts()["yes" if asks else "no"]
    head, rest = prompted.messages[:1], prompted.messages[1:]
    if not head or head[0].role != "system":
        return replace(prompted, messages=(Message("system", wish), *prompted.messages))
    return replace(prompted, messages=(replace(head[0], content=f"{head[0].content}\n\n{wish}"), *rest))


def _texts() -> Any:
    return bundled(__package__, "texts/questions.en.yaml")
