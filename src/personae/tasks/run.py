"""One run: several measures of one persona with one model, into one folder, resumable at any point.

Inspect runs the tasks and keeps their logs; answers are kept in the run's own cache, so a run that was killed goes
on where it was and pays for nothing twice.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from inspect_ai import Task, eval_set
from inspect_ai.log import EvalLog, list_eval_logs, read_eval_log

from personae.errors import RunError, UsageError
from personae.files import write_atomic
from personae.measure.as_inspect import MeasureTask, NothingToMeasure, observations_in
from personae.measure.progress import Listener, listening
from personae.measure.run_folder import Manifest, RunFolder, installed_versions
from personae.models.inspect import from_inspect
from personae.persona.find import find, starter_paths
from personae.persona.formats import dumps
from personae.types import Measurement

#: Measures in the order they run and are reported; each is a task of the same name.
MEASURES = (
    "self_knowledge", "grounding", "trait_accuracy", "consistency", "drift", "style", "cost", "sharp", "personality",
    "say_do", "personagym",
)  # fmt: skip

#: Measures that run only when they are named; one of JUDGED also where there is a judge.
ON_REQUEST = ("sharp", "personality", "say_do", "personagym")

#: Measures that take `n`, the most statements (of `sharp`: pairs of claims) to ask about.
TAKES_N = ("self_knowledge", "grounding", "consistency", "sharp", "say_do")

#: Measures that take `judges` and `judge_cards`, and the light form in which they run beside the others.
JUDGED: dict[str, dict[str, int]] = {"personagym": {"n": 1, "batch": 1}}

#: Short names that are ours: Inspect knows them as `personae/…`. (`hf/…` alone is Inspect's own.)
OURS = ("embedded", "http", "scripted")

#: A measure with its plan: a task, or the reason why there is none.
Part = MeasureTask | NothingToMeasure

OnStep = Callable[[str, int, int], None]


def measure_persona(
    persona: str,
    out: Path | str,
    *,
    model: str = "embedded",
    base_url: str | None = None,
    model_args: Mapping[str, Any] | None = None,
    measures: Sequence[str] | None = None,
    n: int | None = None,
    seed: int = 0,
    temperature: float = 0.7,
    prices: tuple[float, float] | None = None,
    judges: Sequence[str] = (),
    judge_cards: Sequence[Path | str] = (),
    resume: bool = False,
    command: str = "",
    on_step: OnStep | None = None,
) -> list[Measurement]:
    """Measure a persona (path or starter) with a model (ours, or any Inspect model string) into the folder `out`.

    Returns the measurements, which also lie in `out/measurements.json`. With `resume` a run that stopped is finished:
    the folder's manifest must ask for the same thing. `prices` are money per million tokens read and written; `judges`
    are models that grade, `judge_cards` the files of their examination. Without `measures` all are taken but those
    of `ON_REQUEST`, and `personagym` where there is a judge.
    `on_step(measure, done, planned)` is told of progress. Raises UsageError for an unknown measure or persona, RunError
    when the folder holds another run or the model failed for good; what was answered until then is kept.
    """
    folder = RunFolder(Path(out).resolve())
    name, content = _snapshot(persona)
    who = find(persona)
    manifest = Manifest(
        persona=persona,
        persona_name=who.name,
        persona_file=name,
        content_hash=who.content_hash,
        model=inspect_model(model),
        base_url=base_url,
        model_args=dict(model_args or {}),
        measures=chosen(measures, judges),
        seed=seed,
        n=n,
        temperature=temperature,
        prices=prices,
        judges=tuple(judges),
        judge_cards=tuple(str(Path(card).resolve()) for card in judge_cards),
        command=command,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        versions=installed_versions(),
    )
    from_inspect(manifest.model, base_url=base_url, **manifest.model_args)  # fails before a folder is begun
    manifest = _claim(folder, manifest, content, resume)
    snapshot = str(folder.path / manifest.persona_file)
    parts = {name: _part(name, snapshot, manifest, str(folder.calls)) for name in manifest.measures}
    planned = {name: len(part.plan.cases) for name, part in parts.items()}
    with listening(_counting(on_step, planned)):
        logs = _evaluate([part for part in parts.values() if isinstance(part, MeasureTask)], manifest, folder)
    measurements = summarise(parts, logs)
    folder.finish(manifest, measurements)
    return measurements


def chosen(measures: Sequence[str] | None, judges: Sequence[str]) -> tuple[str, ...]:
    """The measures to take: those named, or all that need not be asked for.

    >>> set(chosen(None, ["openai/gpt-4o"])) - set(chosen(None, []))
    {'personagym'}
    """
    if measures is None:
        return tuple(name for name in MEASURES if name not in ON_REQUEST or (judges and name in JUDGED))
    if unknown := [name for name in measures if name not in MEASURES]:
        raise UsageError(f"no measure is called {unknown[0]!r}; there are {', '.join(MEASURES)}")
    return tuple(measures)


def summarise(parts: Mapping[str, Part], logs: Sequence[EvalLog]) -> list[Measurement]:
    """The numbers of all measures, in order, from their plans and logs."""
    by_name = {log.eval.task.rpartition("/")[2]: log for log in logs}
    measurements: list[Measurement] = []
    for name, part in parts.items():
        observations = observations_in(by_name[name]) if name in by_name else []
        measurements += part.measure.summarise(part.plan, observations)
    return measurements


def inspect_model(name: str) -> str:
    """The Inspect name of a model: ours by their short names, any other as it is.

    >>> inspect_model("embedded"), inspect_model("openai/gpt-4o")
    ('personae/embedded', 'openai/gpt-4o')
    """
    return f"personae/{name}" if name.partition("/")[0] in OURS else name


def _claim(folder: RunFolder, manifest: Manifest, content: bytes, resume: bool) -> Manifest:
    """Start the run in its folder, or take up the one that is there."""
    if not folder.exists():
        write_atomic(folder.path / manifest.persona_file, content)
        folder.write_manifest(manifest)
        return manifest
    if not resume:
        raise RunError(f"{str(folder.path)!r} already holds a run; finish it with --resume, or choose another --out")
    begun = folder.read_manifest()
    if reason := begun.same_run(manifest):
        raise RunError(f"cannot resume {str(folder.path)!r}: {reason}; choose another --out")
    return begun


def _snapshot(persona: str) -> tuple[str, bytes]:
    """The persona's file as it is kept in the run: name and bytes; one picked out of many profiles becomes YAML."""
    source = Path(persona) if Path(persona).is_file() else starter_paths().get(persona)
    if source is not None:
        return f"persona{source.suffix.lower()}", source.read_bytes()
    return "persona.yaml", dumps(find(persona), "yaml")


def _part(name: str, persona: str, manifest: Manifest, cache: str) -> Part:
    """The task of a measure; without a case to try, the measure and its empty plan all the same."""
    build: Callable[..., MeasureTask] = getattr(importlib.import_module(f"personae.tasks.{name}.{name}"), name)
    some: dict[str, Any] = {"n": manifest.n} if name in TAKES_N else {}
    if name == "cost" and manifest.prices:
        some = dict(zip(("price_in", "price_out"), manifest.prices, strict=True))
    if name in JUDGED:
        some = {**JUDGED[name], "judges": ",".join(manifest.judges), "judge_cards": ",".join(manifest.judge_cards)}
    try:
        return build(persona=persona, seed=manifest.seed, temperature=manifest.temperature, cache=cache, **some)
    except NothingToMeasure as nothing:
        return nothing


def _evaluate(tasks: Sequence[MeasureTask], manifest: Manifest, folder: RunFolder) -> list[EvalLog]:
    if not tasks:
        return []
    # The embedded model answers one call at a time, and one talk at a time keeps its prompt read.
    _, logs = eval_set(
        list[Task](tasks),
        log_dir=str(folder.logs),
        model=manifest.model,
        model_base_url=manifest.base_url,
        model_args=dict(manifest.model_args),
        retry_attempts=1,
        max_tasks=1,
        max_samples=1 if manifest.model.startswith("personae/embedded") else None,
        display="none",
        log_realtime=False,
        score_display=False,
        log_dir_allow_dirty=True,
    )
    done = [
        info for info in list_eval_logs(str(folder.logs)) if read_eval_log(info, header_only=True).status == "success"
    ]
    finished = [read_eval_log(info) for info in done]
    if {log.eval.task.rpartition("/")[2] for log in finished} != {task.name for task in tasks}:
        errors = [log.error for log in logs if log.status != "success" and log.error is not None]
        reason = _said(errors[0].message) if errors else "it was interrupted"
        raise RunError(f"the run stopped: {reason}; what was answered is kept, go on with --resume")
    return finished


def _said(message: str) -> str:
    """What an error said, without the name and quotes that Inspect puts around it.

    >>> _said("RateLimited('wait a minute')")
    'wait a minute'
    """
    match = re.fullmatch(r"\w+\((['\"])(.*)\1\)", message, re.DOTALL)
    return match[2] if match else message


def _counting(on_step: OnStep | None, planned: Mapping[str, int]) -> Listener | None:
    """Turn "this case is finished" into "so many of so many"; announces every measure with 0 first."""
    if on_step is None:
        return None
    done = dict.fromkeys(planned, 0)
    for name, count in planned.items():
        on_step(name, 0, count)

    def heard(name: str, case_id: str) -> None:
        done[name] += 1
        on_step(name, done[name], planned[name])

    return heard
