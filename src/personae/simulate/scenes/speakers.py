"""Whose turn is next: policies that propose a speaker, and the rules by which a proposal is taken or overruled.

A policy proposes; the loop decides. A proposal that names nobody in the scene, the last speaker again, or the end
before its time is overruled by a seeded choice among the major characters and the environment, and counted.
"""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from personae.agent.prompting.fitting import fitting
from personae.agent.roles import Prompted
from personae.errors import UsageError
from personae.models.ledger import Ledger, Metered
from personae.persona.formats.json_text import printable
from personae.simulate.scenes.actors import asked
from personae.simulate.scenes.scene import END, ENVIRONMENT, Line, Scene
from personae.simulate.scenes.texts import texts
from personae.simulate.scenes.view import listed, watched
from personae.types import Model, Outcome, Settings

#: The first round, counted from 0, after which an end is accepted (CoSER).
EARLIEST_END = 5
#: On whose account the director's calls go.
DIRECTOR = "director"

#: Why somebody speaks. "first", "given" (by the script) and "chosen" (by the policy) are regular; the others overruled
#: a proposal: of somebody who is not there, of the last speaker, of an end too early, or no answer at all.
Why = Literal["first", "given", "chosen", "unparsed", "repeated", "early end", "refused", "empty", "truncated"]
REGULAR: tuple[Why, ...] = ("first", "given", "chosen")


@dataclass(frozen=True, slots=True)
class Stage:
    """What a policy sees: the scene, the turns so far, who may speak, and the ledger its calls belong in."""

    scene: Scene
    lines: tuple[Line, ...]
    names: tuple[str, ...]
    ledger: Ledger

    @property
    def last(self) -> str:
        """Who spoke last; empty before the first turn."""
        return self.lines[-1].speaker if self.lines else ""

    @property
    def may_end(self) -> bool:
        """Would an end be accepted now?"""
        return len(self.lines) > EARLIEST_END


@dataclass(frozen=True, slots=True)
class Proposal:
    """A policy's answer as it came. A `binding` one follows a script: a speaker may go on, a scene end early."""

    answer: str
    outcome: Outcome = "answered"
    binding: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """Who speaks next (or `END`), why, and the answer behind it."""

    speaker: str
    why: Why
    answer: str = ""


class NextSpeaker(Protocol):
    """A policy for the next speaker."""

    @property
    def name(self) -> str:
        """What a transcript calls it; part of what must be equal when a scene is resumed."""
        ...

    async def __call__(self, stage: Stage) -> Proposal:
        """Who should speak after these turns. Raises a `ModelError` when the model it asks gives no answer."""
        ...


@dataclass(frozen=True)
class Asked:
    """A director: a model that sees everybody's visible turns and names one of the cast, the environment or the end."""

    model: Model
    settings: Settings = field(default_factory=lambda: Settings(temperature=0.0, max_tokens=24))

    @property
    def name(self) -> str:
        """The policy and its model."""
        return f"asked {self.model.name}"

    async def __call__(self, stage: Stage) -> Proposal:
        """The director's answer."""
        model = Metered(self.model, stage.ledger, DIRECTOR)
        prompted = await _prompted(self.model, stage, self.settings)
        completion = await model.generate(prompted.messages, self.settings)
        outcome = completion.outcome
        if outcome == "truncated" and named(completion.text, stage.names) is not None:
            outcome = "answered"
        return Proposal(completion.text, outcome)


@dataclass(frozen=True)
class Likeliest:
    """A director for models too small to be asked: the most probable name, per token, of those who may speak."""

    model: Model

    @property
    def name(self) -> str:
        """The policy and its model."""
        return f"likeliest {self.model.name}"

    async def __call__(self, stage: Stage) -> Proposal:
        """The likeliest name. The end is an option where it would be accepted."""
        options = [name for name in stage.names if name != stage.last] + ([END] if stage.may_end else [])
        if len(options) < 2:
            return Proposal(options[0] if options else stage.last, binding=not options)
        prompted = await _prompted(self.model, stage, Settings())
        scores = await Metered(self.model, stage.ledger, DIRECTOR).logprobs(prompted.messages, options)
        best = scores.best(normalised=True)
        outcome = scores.outcome if scores.outcome != "answered" or best is not None else "unparsed"
        return Proposal("" if best is None else options[best], outcome)


@dataclass(frozen=True)
class InTurn:
    """One after the other in the order of the cast; the environment comes after everybody, if it is `included`."""

    included: bool = False
    name: str = "in turn"

    async def __call__(self, stage: Stage) -> Proposal:
        """The next of the round."""
        ring = [name for name in stage.names if self.included or name != ENVIRONMENT] or list(stage.names)
        spoken = [line.speaker for line in stage.lines if line.speaker in ring]
        place = ring.index(spoken[-1]) + 1 if spoken else 0
        return Proposal(ring[place % len(ring)], binding=len(ring) == 1)


@dataclass(frozen=True)
class AsWritten:
    """The speakers of the scene's own script in their order; the scene ends with the script."""

    name: str = "as written"

    async def __call__(self, stage: Stage) -> Proposal:
        """Who spoke at this place."""
        script = [line.speaker for line in stage.scene.script]
        return Proposal(script[len(stage.lines)] if len(stage.lines) < len(script) else END, binding=True)


#: Name on the command line → the policy, given the director's model.
POLICIES: dict[str, Callable[[Model], NextSpeaker]] = {
    "asked": Asked,
    "likeliest": Likeliest,
    "in-turn": lambda _model: InTurn(),
    "as-written": lambda _model: AsWritten(),
}


def policy(name: str, model: Model) -> NextSpeaker:
    """The policy of this name. Raises UsageError for an unknown one."""
    if name not in POLICIES:
        raise UsageError(f"no policy is called {name!r}; choose one of {', '.join(POLICIES)}")
    return POLICIES[name](model)


def decide(proposal: Proposal, stage: Stage, rng: random.Random) -> Choice:
    """The proposal taken, or overruled by chance among the major characters and the environment."""
    answer = printable(proposal.answer).strip()
    if proposal.binding and (answer == END or answer in stage.names):
        return Choice(answer, "given", answer)
    why = _fault(proposal, stage)
    if why is None:
        return Choice(named(answer, stage.names) or "", "chosen", answer)
    majors = [name for name in stage.scene.major or stage.scene.cast if name in stage.names]
    candidates = dict.fromkeys([*majors, *(name for name in stage.names if name == ENVIRONMENT)])
    others = [name for name in candidates if name != stage.last] or [n for n in stage.names if n != stage.last]
    return Choice(rng.choice(others or list(stage.names)), why, answer)


def named(answer: str, names: Sequence[str]) -> str | None:
    """The one of `names`, or `END`, that an answer means: its first line, without label, markup or full stop.

    >>> named("**Next speaker:** king lear.", ["King Lear", "Fool"]), named("<END CHAT>", []), named("Both!", ["Fool"])
    ('King Lear', '<END CHAT>', None)
    """
    line = next((line for line in answer.splitlines() if line.strip()), "").casefold()
    known = {name.casefold(): name for name in names} | {END.casefold(): END}
    whole = line.strip(" \t*_#`\"'“”.!,")
    for text in (whole, re.split(r"[:：]", whole)[-1], re.split(r"[:：]", whole)[0]):
        if found := known.get(text.strip(" \t*_#`\"'“”.!,")):
            return found
    return None


def _fault(proposal: Proposal, stage: Stage) -> Why | None:
    if proposal.outcome != "answered":
        return "unparsed" if proposal.outcome == "failed" else proposal.outcome
    name = named(proposal.answer, stage.names)
    if name is None:
        return "unparsed"
    if name == END:
        return None if stage.may_end else "early end"
    return "repeated" if name == stage.last else None


async def _prompted(model: Model, stage: Stage, settings: Settings) -> Prompted:
    say, scene = texts(stage.scene.language), stage.scene
    told = [say["director"].format(cast=listed(scene.cast))]
    if ENVIRONMENT in stage.names:
        told.append(say["director_environment"].format(environment=ENVIRONMENT))
    told.append(say["scenario"].format(scenario=scene.scenario))
    names = [name for name in stage.names if name != stage.last]
    question = say["director_asks"].format(last=stage.last, names=", ".join(names), end=END)
    talk = watched(stage.lines)
    build = functools.partial(asked, "\n\n".join(told), talk, question, who=DIRECTOR)
    return await fitting(model, build, answer_tokens=settings.max_tokens)
