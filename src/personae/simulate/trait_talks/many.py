"""Many trait talks: who is given which pole, all talks at once, every side read back, a JSON Lines file to keep.

With a file to write to, every answer of the models is kept beside it until the file is written whole, so that a run
that was killed goes on and pays for nothing twice.
"""

from __future__ import annotations

import asyncio
import dataclasses
import glob
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from personae.errors import AuthenticationFailed, FormatError, PersonaeError, RunError, UsageError
from personae.files import MEGABYTE, read_limited, write_atomic
from personae.models.cache import Cached
from personae.persona.persona import Persona
from personae.simulate.trait_talks.back_test import Reader, Reading
from personae.simulate.trait_talks.poles import Pole, poles
from personae.simulate.trait_talks.talk import Line, Side, TraitTalk, talk
from personae.simulate.trait_talks.texts import texts
from personae.types import Model, Outcome, Settings

MAX_BYTES = 1024 * MEGABYTE

OnDone = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Plan:
    """What is to be generated: `n` talks of `turns` turns, at most `words` words each.

    traits: which are assigned. Poles are dealt so that over every 2·len(traits) talks each side gets each pole once.
    """

    n: int = 10
    turns: int = 8
    words: int = 40
    traits: tuple[str, ...] = ("openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism")
    topics: tuple[str, ...] = ()
    seed: int = 0
    settings: Settings = dataclasses.field(default_factory=Settings)

    def __post_init__(self) -> None:
        if self.n < 1 or not self.traits:
            raise UsageError(f"{self.n!r} talks on the traits {self.traits!r}; give one or more of each")
        poles(self.traits)


@dataclass(frozen=True)
class Dialogue:
    """A talk as it is kept: plain data, with what the reader made of each side.

    `sides` are name, trait, sign and pole; `failed` tells why a model could not be asked at all. A dialogue is `kept`
    if it was said whole and the reader named the assigned pole of every side it read.
    """

    id: str
    topic: str
    sides: tuple[dict[str, str], ...]
    lines: tuple[Line, ...]
    readings: tuple[Reading, ...]
    outcome: Outcome = "answered"
    failed: str | None = None

    @property
    def kept(self) -> bool:
        """Whether it passed the back-test."""
        return self.outcome == "answered" and bool(self.readings) and all(r.recovered for r in self.readings)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {**dataclasses.asdict(self), "kept": self.kept}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Dialogue:
        """The inverse of `to_dict`. Raises FormatError for anything else."""
        try:
            fields = {key: value for key, value in data.items() if key != "kept"}
            fields["sides"] = tuple(dict(side) for side in fields["sides"])
            fields["lines"] = tuple(Line(**line) for line in fields["lines"])
            fields["readings"] = tuple(Reading(**reading) for reading in fields["readings"])
            return cls(**fields)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise FormatError(
                f"this is no trait talk ({error!s:.80}); write them by `personae simulate trait-talks`"
            ) from error


def bundled_roles(language: str = "en") -> tuple[Persona, ...]:
    """Our own people for trait talks: what they are, nothing of how they are.

    >>> len(bundled_roles())
    12
    """
    told = texts("roles", language)["roles"]
    return tuple(Persona(name=one["name"], language=language, description=one["profile"]) for one in told)


def dealt(plan: Plan, roles: Sequence[Persona]) -> tuple[tuple[str, tuple[Side, Side], str], ...]:
    """Id, sides and topic of every talk; the same plan and roles give the same. Raises UsageError for one role.

    >>> plan = Plan(n=20, traits=("openness",))
    >>> [side.pole.sign for _, sides, _ in dealt(plan, bundled_roles()) for side in sides].count("high")
    20
    """
    if len({role.name for role in roles}) < 2:
        raise UsageError(f"{len(roles)} roles cannot talk to each other; give two or more, each with its own name")
    rng = random.Random(f"{plan.seed}/deal")
    topics = list(plan.topics or texts("topics", roles[0].language)["topics"])
    rng.shuffle(topics)
    ends = list(poles(plan.traits))
    hands: tuple[list[Pole], list[Pole]] = ([], [])
    found = []
    for number in range(plan.n):
        for hand in hands:
            if not hand:
                hand += rng.sample(ends, len(ends))
        who = rng.sample([*{role.name: role for role in roles}.values()], 2)
        sides = (Side(who[0], hands[0].pop()), Side(who[1], hands[1].pop()))
        found.append((f"talk-{number:05d}", sides, topics[number % len(topics)]))
    return tuple(found)


async def generate(
    plan: Plan,
    model: Model,
    *,
    reader: Model | None = None,
    roles: Sequence[Persona] = (),
    limit: int = 8,
    on_done: OnDone | None = None,
) -> tuple[Dialogue, ...]:
    """All talks, at most `limit` at a time, each side read by `reader` (the same model where none is given).

    A talk whose model could not be asked is "failed" with the reason, and stops nobody else; after an
    `AuthenticationFailed` nothing more is asked.
    """
    if limit < 1:
        raise UsageError(f"limit must be at least 1, got {limit!r}")
    hands, read = dealt(plan, roles or bundled_roles()), Reader(reader or model)
    gate, barred, done = asyncio.Semaphore(limit), list[AuthenticationFailed](), 0

    async def one(id: str, sides: tuple[Side, Side], topic: str) -> Dialogue:
        nonlocal done
        async with gate:
            try:
                if barred:
                    raise barred[0]
                dialogue = await read_back(await _talked(id, sides, topic, plan, model), read, plan.seed)
            except PersonaeError as error:
                if isinstance(error, AuthenticationFailed):
                    barred.append(error)
                dialogue = Dialogue(id, topic, _plain(sides), (), (), "failed", str(error))
        done += 1
        if on_done:
            on_done("talks", done, plan.n)
        return dialogue

    tasks = [asyncio.ensure_future(one(*hand)) for hand in hands]
    try:
        return tuple(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()


async def read_back(said: TraitTalk, read: Reader, seed: int = 0, *, sides: int = 2) -> Dialogue:
    """A talk with what the reader makes of its first `sides` sides; a talk that broke off is not read."""
    whole = said.outcome == "answered"
    readings = [await read(said, side, seed=seed) for side in said.sides[:sides]] if whole else []
    return Dialogue(said.id, said.topic, _plain(said.sides), said.lines, tuple(readings), said.outcome)


async def generate_to(
    path: Path | str,
    plan: Plan,
    model: Model,
    *,
    reader: Model | None = None,
    roles: Sequence[Persona] = (),
    limit: int = 8,
    on_done: OnDone | None = None,
) -> tuple[Dialogue, ...]:
    """`generate`, written to a JSON Lines file, one talk a line; what it was made by stands in `<path>.about.json`.

    A file that holds these very talks is read, not made again; raises RunError where it holds others. As long as a
    talk has failed, the answers stay in a file beside it, and the same call tries again.
    """
    target = Path(path)
    roles = tuple(roles) or bundled_roles()
    facts = _facts(plan, model, reader, roles)
    if target.exists():
        if _about(target) != facts:
            raise RunError(f"{str(target)!r} holds other talks; name another file or remove it")
        there = load_dialogues(target)
        if not any(one.failed for one in there):
            return there
    target.parent.mkdir(parents=True, exist_ok=True)
    file = calls_of(target)
    kept = Cached(model, file)
    reading = kept if reader is None else Cached(reader, file)
    try:
        dialogues = await generate(plan, kept, reader=reading, roles=roles, limit=limit, on_done=on_done)
    finally:
        for one in {id(kept): kept, id(reading): reading}.values():
            one.close()
    write_atomic(_about_file(target), json.dumps(facts, ensure_ascii=True, indent=1) + "\n")
    write_atomic(target, "".join(json.dumps(one.to_dict(), ensure_ascii=True) + "\n" for one in dialogues))
    if not any(one.failed for one in dialogues):
        for part in target.parent.glob(f"{glob.escape(file.name)}*"):
            part.unlink(missing_ok=True)
    return dialogues


def load_dialogues(path: Path | str) -> tuple[Dialogue, ...]:
    """The talks in a JSON Lines file. Raises FormatError for anything else, naming the line."""
    found = []
    for number, line in enumerate(read_limited(path, MAX_BYTES).decode("utf-8", "replace").split("\n"), 1):
        if not line.strip():
            continue
        try:
            found.append(Dialogue.from_dict(json.loads(line)))
        except (ValueError, RecursionError, FormatError) as error:
            raise FormatError(f"line {number} of {str(path)!r} is no trait talk ({error!s:.80})") from error
    return tuple(found)


def calls_of(path: Path) -> Path:
    """Where the answers stand while talks are made."""
    return path.with_name(f"{path.name}.calls.db")


async def _talked(id: str, sides: tuple[Side, Side], topic: str, plan: Plan, model: Model) -> TraitTalk:
    return await talk(
        id, sides, topic, model, turns=plan.turns, words=plan.words, settings=plan.settings, seed=plan.seed
    )


def _plain(sides: Sequence[Side]) -> tuple[dict[str, str], ...]:
    return tuple(
        {"name": side.name, "trait": side.pole.trait, "sign": side.pole.sign, "pole": side.pole.name} for side in sides
    )


def _facts(plan: Plan, model: Model, reader: Model | None, roles: Sequence[Persona]) -> dict[str, Any]:
    facts = {
        "personae_trait_talks": 1,
        "model": model.name,
        "reader": (reader or model).name,
        "roles": [[role.name, role.content_hash] for role in roles],
        "plan": dataclasses.asdict(plan),
    }
    plain: dict[str, Any] = json.loads(json.dumps(facts))
    return plain


def _about_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.about.json")


def _about(path: Path) -> Any:
    try:
        return json.loads(read_limited(_about_file(path), MAX_BYTES))
    except (ValueError, FormatError):
        return None
