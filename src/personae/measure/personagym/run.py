"""Many personas through PersonaGym: a bounded number of calls at once, nothing paid twice, nothing lost when stopped.

Few personas are under way at a time, just enough to keep all connections busy, so that finished ones are on disk early.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from personae.errors import UsageError
from personae.judges.qualification.card import judge_note
from personae.measure.consistency.matrix import Readable
from personae.measure.personagym.block import STEPS, Crew, framed, together
from personae.measure.personagym.folder import GymFolder, manifest_of
from personae.measure.personagym.interview import Desk, Interview, interview
from personae.measure.personagym.nli import nli_consistency
from personae.measure.personagym.protocol import CallPlan, Protocol, Subject, plan
from personae.measure.personagym.questions import own_environments
from personae.measure.personagym.scores import Scored, Standing, persona_score
from personae.models.cache import Cached
from personae.models.embedder import supported
from personae.models.ledger import Entry, Ledger, Metered
from personae.types import Completion, Measurement, Message, Model, OptionScores, PairScorer, Settings

#: Calls under way at once, unless told otherwise.
CONNECTIONS = 20
#: One persona asks for about so many calls at once that this many connections stay busy.
CONNECTIONS_PER_PERSONA = 16

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")

#: Told of every call: (calls done, calls planned).
OnCall = Callable[[int, int], None]


@dataclass(frozen=True)
class GymRun:
    """What came of a run.

    calls: by step, "planned", "made" for these interviews (more than planned where an answer had to be asked for
    again) and "sent" to models over all sittings of the run; answers taken "from_cache"; "outcomes" of the calls made;
    the "usage" of those sent, in tokens and seconds.
    """

    measurements: tuple[Measurement, ...]
    interviews: tuple[Interview, ...]
    plan: CallPlan
    calls: Mapping[str, Any]


@dataclass(frozen=True)
class Gate:
    """A model that lets only so many calls through at once; several models may share one semaphore."""

    model: Model
    semaphore: asyncio.Semaphore

    @property
    def name(self) -> str:
        """The wrapped model's name."""
        return self.model.name

    def __getattr__(self, attribute: str) -> Any:
        """What else the model can tell of itself."""
        if attribute in ("context", "count_tokens", "fingerprint"):
            return getattr(self.model, attribute)
        raise AttributeError(f"{type(self).__name__!r} has no attribute {attribute!r}")

    async def generate(self, messages: Sequence[Message], settings: Settings) -> Completion:
        """The model's answer, once there is room."""
        async with self.semaphore:
            return await self.model.generate(messages, settings)

    async def logprobs(self, messages: Sequence[Message], options: Sequence[str]) -> OptionScores:
        """The model's scores, once there is room."""
        async with self.semaphore:
            return await self.model.logprobs(messages, options)


async def run_gym(
    subjects: Sequence[Subject],
    model: Model,
    judges: Sequence[Model],
    out: Path | str,
    *,
    protocol: Protocol | None = None,
    writer: Model | None = None,
    environments: Sequence[str] | None = None,
    standings: Mapping[str, Standing] | None = None,
    pairs: PairScorer | None = None,
    readable: Readable = supported,
    connections: int = CONNECTIONS,
    resume: bool = False,
    on_call: OnCall | None = None,
) -> GymRun:
    """Interview every subject with `model` and grade the answers by `judges`, into the folder `out`.

    `writer` writes questions and example replies (default: the first judge), `environments` are the places to choose
    from, `standings` what is known of judges by name; `pairs` adds the score of `nli_consistency`. With `resume` a run
    that stopped goes on: finished personas are read, answers that were given are not asked for again. Raises
    `UsageError` before any call for no or repeated subjects, too few questions, or judges of one name; `RunError` for a
    folder with another run; `ModelError` where a model cannot be reached – what was answered until then is kept.
    """
    protocol, places = protocol or Protocol(), tuple(environments or own_environments())
    crew = Crew(tuple(judges), writer, writer)
    _check(subjects, protocol, connections)
    folder, names = GymFolder(Path(out)), [judge.name for judge in judges]
    manifest = manifest_of(subjects, protocol, model.name, names, crew.writes_examples.name, places)
    folder.claim(manifest, resume=resume)
    planned = plan(subjects, protocol, len(judges))
    ledger = _Telling(folder.ledger, on_call, planned.total)
    office = _Office(crew, model, folder, ledger, asyncio.Semaphore(connections), Desk(protocol, places))
    try:
        done = await office.see_all(subjects, 1 + connections // CONNECTIONS_PER_PERSONA)
    finally:
        office.close()
    about = {"protocol": {"n": protocol.n, "batch": protocol.batch, "seed": protocol.seed}, "model": model.name}
    measurements = persona_score(
        "personagym",
        [Scored(each.id, each.items) for each in done],
        judges=[(standings or {}).get(name) or judge_note(name, None) for name in names],
        min_coverage=protocol.min_coverage,
        details=about | {"judges_itself": model.name in names},
    )
    if pairs is not None:
        answered = [(subject, each.items) for subject, each in zip(subjects, done, strict=True)]
        measurements.append(await nli_consistency(pairs, answered, readable=readable))
    calls = _calls(planned, ledger, done)
    folder.write_scores(measurements, calls)
    return GymRun(tuple(measurements), tuple(done), planned, calls)


class _Office:
    """The models of a run behind one gate, one cache and one ledger."""

    def __init__(
        self, crew: Crew, model: Model, folder: GymFolder, ledger: Ledger, gate: asyncio.Semaphore, desk: Desk
    ) -> None:
        self.folder, self.ledger, self.desk = folder, ledger, desk
        models = {id(each): each for each in (model, crew.writes_questions, crew.writes_examples, *crew.judges)}
        self._kept = {key: Cached(Gate(each, gate), folder.calls) for key, each in models.items()}
        self._crew, self._model = crew, model

    async def see_all(self, subjects: Sequence[Subject], at_once: int) -> list[Interview]:
        """The interviews of all, in order, so many under way at a time."""
        queue = iter(enumerate(subjects))
        done: dict[int, Interview] = {}

        async def work() -> None:
            for index, subject in queue:
                done[index] = self.folder.read_interview(subject) or await self._see(subject)

        await together(work() for _ in range(at_once))
        return [done[index] for index in range(len(subjects))]

    async def _see(self, subject: Subject) -> Interview:
        model = self._on_account(self._model, f"{subject.id}/answers")
        crew = Crew(
            tuple(self._on_account(each, f"{subject.id}/{each.name}/verdicts") for each in self._crew.judges),
            self._on_account(self._crew.writes_questions, f"{subject.id}/questions"),
            self._on_account(self._crew.writes_examples, f"{subject.id}/examples"),
        )

        async def respond(question: str, number: int) -> Completion:
            return await model.generate(framed(subject.text, question), self.desk.protocol.answering(number))

        made = await interview(crew, self.desk, subject, respond)
        self.folder.write_interview(made)
        return made

    def close(self) -> None:
        for kept in self._kept.values():
            kept.close()

    def _on_account(self, model: Model, who: str) -> Metered:
        return Metered(self._kept[id(model)], self.ledger, who)


class _Telling(Ledger):
    """A ledger that tells how far the run is."""

    def __init__(self, path: Path, on_call: OnCall | None, planned: int) -> None:
        super().__init__(path)
        self._on_call, self._planned = on_call, planned

    def add(self, entry: Entry) -> None:
        super().add(entry)
        if self._on_call:
            self._on_call(len(self.entries), self._planned)


def _check(subjects: Sequence[Subject], protocol: Protocol, connections: int) -> None:
    if not subjects:
        raise UsageError("there is nobody to interview; name a persona or a folder of released ones")
    if len({subject.id for subject in subjects}) < len(subjects):
        raise UsageError("a persona is named twice; name each one once")
    if strange := [subject.id for subject in subjects if not _ID.fullmatch(subject.id)]:
        raise UsageError(
            f"{strange[0][:60]!r} cannot name a file; an id has up to 80 letters, digits, '.', '_' and '-'"
        )
    if connections < 1:
        raise UsageError(f"connections must be at least 1, got {connections!r}")
    for subject in subjects:
        if subject.questions is not None and min(map(len, subject.questions.values()), default=0) < protocol.n:
            raise UsageError(f"{subject.id!r} has fewer than {protocol.n} questions for a task; ask for fewer")


def _calls(planned: CallPlan, ledger: Ledger, done: Sequence[Interview]) -> dict[str, Any]:
    """What was planned and what was done, in calls by step and in tokens."""
    sent = Counter(entry.who.rpartition("/")[2] for entry in ledger.entries if not entry.hit)
    ended = {step: Counter[str]() for step in STEPS}
    for each in done:
        for step, counted in each.outcomes.items():
            ended[step].update(counted)
    total = ledger.total()
    return {
        "planned": planned.to_dict(),
        "made": _with_total({step: ended[step].total() for step in STEPS}),
        "sent": _with_total({step: sent[step] for step in STEPS}),
        "from_cache": total.hits,
        "outcomes": {step: dict(counted) for step, counted in ended.items()},
        "usage": asdict(total.usage),
        "prefix_share": total.prefix_share,
    }


def _with_total(steps: dict[str, int]) -> dict[str, int]:
    return {**steps, "total": sum(steps.values())}
