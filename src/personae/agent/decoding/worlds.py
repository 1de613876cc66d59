"""Decoding over several worlds: the persona's own prompt beside one without it, or beside other people's.

It knows which worlds there are, how one prompt becomes another's, and what to do with a model that shows no logits.
The formulas stand in `mixing.py`, the token loop in the model's room.
"""

from __future__ import annotations

import random
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol, TypeGuard

from personae.agent.decoding.mixing import RANKING, Guidance, SelfConscious
from personae.agent.roles import Decode, Decoded, OnText, Prompted
from personae.errors import UsageError
from personae.models.mixes import Mix
from personae.persona.persona import Persona
from personae.persona.render import render
from personae.types import Completion, Embedder, Message, Model, Settings

#: Sections of a prompt that say who the persona is; everything else is the same in all worlds.
OF_THE_PERSONA = ("lore before", "persona", "examples", "lore after", "state")

#: Stands where nothing else is left: without any system message some chat templates put in a persona of their own.
NOBODY = "You are one of two people in a conversation."

#: Embedding ranks that distractors are drawn from: near enough to be confused with, far enough not to be the same.
RANKS = (10, 50)

Worlds = Sequence[Sequence[Message]]
ChooseMix = Callable[[Prompted, Persona], Awaitable[Mix]]


class MixesWorlds(Protocol):
    """A model that shows its logits, and so can speak from several prompts at once."""

    async def step_worlds(self, prompts: Worlds, mix: Mix, settings: Settings) -> Completion:
        """The next turn, every token taken from a mixture of these prompts."""
        ...


def mixes_worlds(model: object) -> TypeGuard[MixesWorlds]:
    """Whether a model can do so; a cache or a ledger around it passes the ability on, though only when asked."""
    return hasattr(model, "step_worlds")


class ScoresWorlds(Protocol):
    """A model that can say how likely a mixture of prompts is to give each of several answers."""

    async def score_worlds(
        self, prompts: Worlds, candidates: Sequence[str], mixes: Sequence[Mix]
    ) -> list[list[tuple[float, ...]]]:
        """For every mix and candidate, the log-probability of each of the candidate's tokens."""
        ...


@dataclass(frozen=True, slots=True)
class MixedDecoded(Decoded):
    """What `MultiWorld` gives: `how` says whether worlds were mixed or the fallback had to answer, `note` why."""

    how: Literal["worlds", "fallback"] = "worlds"


@dataclass(frozen=True)
class MultiWorld:
    """Speaks from several prompts at once; takes as many model passes per token as there are worlds.

    mix:       how worlds are mixed, or a function of the turn that says how (`AutoIntensity`).
    others:    the worlds beside the persona's own: other personas, or None for nobody. Memory and talk are the same
               in all of them; the persona's own lore, examples and state are left out of the others.
    otherwise: what answers when the model hides its logits (any API model): a re-ranking `Decode`. The result says
               so. Without it such a model raises `UsageError`.
    """

    mix: Mix | ChooseMix = field(default_factory=Guidance)
    others: tuple[Persona | None, ...] = (None,)
    otherwise: Decode | None = None

    async def __call__(
        self, model: Model, prompted: Prompted, settings: Settings, *, persona: Persona, on_text: OnText | None = None
    ) -> MixedDecoded:
        """The answer; `on_text` hears it whole."""
        if not mixes_worlds(model):
            return await fallback(
                self.otherwise, "MultiWorld", model, prompted, settings, persona=persona, on_text=on_text
            )
        mix = await self.mix(prompted, persona) if callable(self.mix) else self.mix
        prompts = [prompted.messages, *(world(prompted, persona, other) for other in self.others)]
        completion = await model.step_worlds(prompts, mix, settings)
        if on_text is not None:
            on_text(completion.text)
        return MixedDecoded(completion, note=f"{len(prompts)} worlds, {mix!r}")


def self_conscious(*distractors: Persona, alpha: float = 2.0, beta: float = 0.5) -> MultiWorld:
    """Pragmatic self-consciousness against these personas; the paper takes two (Kim et al. 2020)."""
    return MultiWorld(SelfConscious(alpha, beta), distractors)


async def fallback(
    decode: Decode | None,
    method: str,
    model: Model,
    prompted: Prompted,
    settings: Settings,
    *,
    persona: Persona,
    on_text: OnText | None,
) -> MixedDecoded:
    """The answer of another method, marked as such. Raises `UsageError` if there is none."""
    if decode is None:
        raise UsageError(
            f"{method} needs a model that shows its logits, and {model.name!r} does not; open 'hf/…' or 'embedded', "
            "or give `otherwise=`, a way of re-ranking"
        )
    decoded = await decode(model, prompted, settings, persona=persona, on_text=on_text)
    note = f"{model.name!r} shows no logits: {type(decode).__name__} answered instead of {method}"
    return MixedDecoded(decoded.completion, decoded.candidates, note, "fallback")


def world(prompted: Prompted, persona: Persona, other: Persona | None) -> tuple[Message, ...]:
    """The same prompt with another persona in it, or with none (then the name alone stays).

    Raises `UsageError` for a prompt that does not say which part of it is the persona.
    """
    own = {section.name: section.text for section in prompted.sections if section.name in OF_THE_PERSONA}
    first = prompted.messages[0] if prompted.messages else None
    if first is None or first.role != "system" or "persona" not in own:
        raise UsageError("the prompt has no section 'persona' in its first message; use RolePlayPrompt or name one")
    told = render(other, "second_person") if other is not None else ""
    kept = []
    for section in (section for section in prompted.sections if section.text in first.content):
        if section.name not in OF_THE_PERSONA:
            kept.append(section.text)
        elif section.name == "persona" and told:
            kept.append("\0")
    text = "\n\n".join(kept) or NOBODY
    if other is not None:
        for name in {persona.name, persona.identity.nickname or persona.name}:
            text = re.sub(rf"\b{re.escape(name)}\b", lambda _: other.name, text)
    return (replace(first, content=text.replace("\0", told)), *prompted.messages[1:])


def random_distractors(persona: Persona, pool: Sequence[Persona], *, n: int = 2, seed: int = 0) -> tuple[Persona, ...]:
    """`n` other personas of the pool, by chance. Raises `UsageError` where there are fewer."""
    return _drawn([other for other in pool if other.content_hash != persona.content_hash], n, seed)


def near_distractors(
    persona: Persona,
    pool: Sequence[Persona],
    embedder: Embedder,
    *,
    n: int = 2,
    ranks: tuple[int, int] = RANKS,
    seed: int = 0,
) -> tuple[Persona, ...]:
    """`n` personas drawn from those that come `ranks[0]`-th to `ranks[1]`-th nearest by their statements' meaning."""
    others = [other for other in pool if other.content_hash != persona.content_hash]
    vectors = embedder.embed([" ".join(s.text for s in each.statements) or each.name for each in (persona, *others)])
    nearness = (vectors[1:] @ vectors[0]).tolist()
    ranked = sorted(range(len(others)), key=lambda number: -nearness[number])
    return _drawn([others[number] for number in ranked[ranks[0] - 1 : ranks[1]]], n, seed)


def _drawn(pool: Sequence[Persona], n: int, seed: int) -> tuple[Persona, ...]:
    if len(pool) < n:
        raise UsageError(f"{n} distractors wanted, the pool offers {len(pool)}; give more personas")
    return tuple(random.Random(seed).sample(list(pool), n))


async def rank_worlds(
    model: ScoresWorlds, prompts: Worlds, candidates: Sequence[str], mix: Mix = RANKING
) -> tuple[float, ...]:
    """Mean log-probability per token of each candidate under the mix, ≤ 0, higher is better; one per candidate.

    With the default this is mean log S₁ (α 8, β 1): prompts[0] is the persona's world, the others are distractors.
    """
    (scores,) = await model.score_worlds(prompts, candidates, [mix])
    return tuple(sum(path) / len(path) for path in scores)
