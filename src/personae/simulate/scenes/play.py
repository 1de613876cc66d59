"""The loop of a scene: who is next, what they do, who hears it, until it ends."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from personae.agent import Agent
from personae.errors import UsageError
from personae.models.ledger import Ledger, Metered
from personae.persona.formats.json_text import printable
from personae.simulate.scenes.actors import check_cast, environment, on_stage
from personae.simulate.scenes.journal import Journal
from personae.simulate.scenes.played import Ending, Played, Turn
from personae.simulate.scenes.scene import END, ENVIRONMENT, Line, Scene
from personae.simulate.scenes.speakers import AsWritten, Choice, NextSpeaker, Stage, decide
from personae.simulate.scenes.tidy import own_lines, without_repeated_opening
from personae.simulate.scenes.view import seen_by
from personae.types import Model, Settings

#: Most turns of a scene (CoSER).
ROUNDS = 20

#: Told of each turn as it is made.
OnTurn = Callable[[Turn, Choice], None]


@dataclass(frozen=True)
class Staging:
    """How scenes are played, whatever the scene.

    `next_speaker` proposes who is next; `environment` is the model behind the surroundings (None: they stay silent);
    `rounds` the most turns, given ones among them; `continue_from` how many turns of the script are given; `seed`
    decides where a proposal is overruled.
    """

    next_speaker: NextSpeaker
    environment: Model | None = None
    rounds: int = ROUNDS
    continue_from: int = 0
    seed: int = 0
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        if self.rounds < 1 or self.continue_from < 0 or self.continue_from > self.rounds:
            raise UsageError(
                f"cannot play {self.rounds!r} rounds of which {self.continue_from!r} are given; "
                "rounds begin at 1, and at most all of them are given"
            )


async def play(
    scene: Scene,
    cast: Mapping[str, Agent],
    staging: Staging,
    *,
    journal: Journal | None = None,
    on_turn: OnTurn | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Played:
    """The scene played by a cast (part → agent): at most `rounds` turns and as many questions for the next speaker.

    With a journal every step is kept, and a journal that was begun goes on. Raises a `ModelError` where a model gives
    no answer at all – the journal then holds what was played – and UsageError where cast and scene do not fit.
    """
    return await _Play(
        scene, cast, staging, journal or Journal(), on_turn or (lambda turn, choice: None), clock
    ).to_end()


class _Play:
    """One play under way."""

    def __init__(
        self,
        scene: Scene,
        cast: Mapping[str, Agent],
        staging: Staging,
        journal: Journal,
        on_turn: OnTurn,
        clock: Callable[[], float],
    ) -> None:
        _check(scene, cast, staging)
        self.scene, self.staging, self.journal, self.on_turn = scene, staging, journal, on_turn
        agents = dict(cast)
        self.actors = {name: on_stage(agent, scene, name) for name, agent in agents.items()}
        if staging.environment is not None:
            self.actors[ENVIRONMENT] = environment(staging.environment, scene, staging.settings)
        self.ledger = Ledger()
        self.clock = clock
        self.facts = facts_of(scene, agents, staging)
        kept = journal.begin(self.facts)
        self.turns, self.choices = list(kept.turns), list(kept.choices)
        for entry in kept.entries:
            self.ledger.add(entry)
        self.written = len(self.ledger.entries)

    async def to_end(self) -> Played:
        while (ended := self._ended()) is None:
            if len(self.choices) == len(self.turns):
                self._keep(await self._choose())
            else:
                self._keep(await self._speak(self.choices[-1].speaker))
                self.on_turn(self.turns[-1], self.choices[-1])
        return Played(self.scene, tuple(self.turns), tuple(self.choices), ended, self.facts, self.ledger.summary())

    def _ended(self) -> Ending | None:
        if self.choices and self.choices[-1].speaker == END:
            return "chosen"
        return "rounds" if len(self.turns) >= self.staging.rounds else None

    async def _choose(self) -> Choice:
        place, script = len(self.turns), self.scene.script
        if place < self.staging.continue_from:
            return Choice(script[place].speaker, "given")
        if place == 0:
            return Choice(_first(self.scene, tuple(self.actors)), "first")
        stage = Stage(self.scene, self._lines(), tuple(self.actors), self.ledger)
        return decide(await self.staging.next_speaker(stage), stage, self._chance(place))

    async def _speak(self, name: str) -> Turn:
        place = len(self.turns)
        if place < self.staging.continue_from:
            return Turn(name, self.scene.script[place].text, given=True)
        turn = await self._prepared(name, place).reply(seen_by(name, self._lines()))
        outcome = turn.completion.outcome
        if outcome in ("refused", "empty"):
            return Turn(name, "", outcome)
        others = [other for other in self.actors if other != name]
        before = [turn.text for turn in self.turns if turn.speaker == name]
        text, removed = without_repeated_opening(own_lines(printable(turn.message.content), others), before)
        return Turn(name, text, outcome if text.strip() else "empty", removed=removed)

    def _prepared(self, name: str, place: int) -> Agent:
        """The actor for this turn: calls on its account, and a seed of the turn's own."""
        actor = self.actors[name]
        settings = actor.settings
        if settings.seed is not None:
            settings = dataclasses.replace(settings, seed=settings.seed + place)
        model = Metered(actor.model, self.ledger, name, clock=self.clock)
        return dataclasses.replace(actor, model=model, settings=settings)

    def _lines(self) -> tuple[Line, ...]:
        return tuple(turn.line for turn in self.turns)

    def _chance(self, place: int) -> random.Random:
        """Chance for this turn alone, so that a resumed play draws as the first one would have."""
        digest = hashlib.sha256(f"{self.staging.seed}\0{self.scene.id}\0{place}".encode("utf-8", "surrogatepass"))
        return random.Random(int.from_bytes(digest.digest()[:8], "big"))

    def _keep(self, step: Choice | Turn) -> None:
        if isinstance(step, Turn):
            self.turns.append(step)
        else:
            self.choices.append(step)
        self.journal.keep(step, self.ledger.entries[self.written :])
        self.written = len(self.ledger.entries)


def _first(scene: Scene, names: tuple[str, ...]) -> str:
    """Who begins: the one the scene names, or the first of the script or the cast who is there."""
    wanted = [scene.first] if scene.first else []
    wanted += [*(line.speaker for line in scene.script), *scene.cast]
    return next(name for name in wanted if name in names)


def _check(scene: Scene, cast: Mapping[str, Agent], staging: Staging) -> None:
    check_cast(scene, list(cast))
    if staging.continue_from > len(scene.script):
        raise UsageError(
            f"{scene.id!r} has a script of {len(scene.script)} turns, {staging.continue_from} cannot be given"
        )
    if isinstance(staging.next_speaker, AsWritten) and not scene.script:
        raise UsageError(f"{scene.id!r} has no script to take the speakers from; choose another policy")
    if scene.first and scene.first not in (*cast, ENVIRONMENT):
        raise UsageError(f"{scene.first!r} should begin but is not in the scene; in it are {', '.join(cast)}")


def facts_of(scene: Scene, cast: Mapping[str, Agent], staging: Staging) -> dict[str, Any]:
    """Everything the play depends on, as plain JSON data."""
    facts = {
        "scene": scene.content_hash,
        "cast": {name: _agent_facts(agent) for name, agent in cast.items()},
        "next speaker": staging.next_speaker.name,
        "environment": staging.environment and staging.environment.name,
        "environment settings": staging.environment and _plain(staging.settings),
        "rounds": staging.rounds,
        "continue from": staging.continue_from,
        "seed": staging.seed,
    }
    plain: dict[str, Any] = json.loads(json.dumps(facts))
    return plain


def _agent_facts(agent: Agent) -> dict[str, Any]:
    roles = {role: getattr(agent, role) for role in ("memory", "prompt", "decode", "refine", "adapt")}
    return {
        "persona": agent.persona.name,
        "hash": agent.persona.content_hash,
        "model": agent.model.name,
        "settings": _plain(agent.settings),
        **{role: getattr(value, "name", type(value).__name__) for role, value in roles.items() if value is not None},
    }


def _plain(settings: Settings) -> dict[str, Any]:
    """The settings without patience, which changes no answer."""
    fields = dataclasses.asdict(settings)
    del fields["timeout_s"]
    return fields
