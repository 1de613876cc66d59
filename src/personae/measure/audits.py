"""Audits of personas: which suites there are, what each needs from the user's folder, and a run of several of them.

A suite is a line in `SUITES`: "module:function" that makes one from `Sources`. Among several suites one that lacks what
it needs (`UsageError`), or cannot read it (`FormatError`), has that as the reason why it has no number.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from personae.errors import FormatError, RunError, UsageError
from personae.files import read_yaml, write_atomic
from personae.measure.run_folder import Manifest, RunFolder, installed_versions
from personae.measure.sweep import Subject, subject_of
from personae.measure.sweep.people import people, read_people
from personae.measure.sweep.run import LIMIT
from personae.measure.sweep.suite import Suite, audit
from personae.persona.find import find, starter_paths
from personae.persona.formats import dumps
from personae.persona.persona import Persona
from personae.types import Measurement, Model, Settings

SUITES: dict[str, str] = {
    "harm": "personae.measure.harm.opening:open_suite",
    "refusal": "personae.measure.refusal_sweep.opening:open_suite",
    "reasoning": "personae.measure.reasoning_loss.opening:open_suite",
    "stereotype": "personae.measure.stereotype_sweep.opening:open_suite",
    "entities": "personae.measure.entity_sweep.opening:open_suite",
}
ALL = "all"
#: What "all" leaves out: many samples of each cell, wanted only where it is asked for.
ON_REQUEST = ("entities",)
#: Our own people, by this name; "people:age,gender" for some of their categories.
OUR_PEOPLE = "people"

#: Told of progress: suite, cells done, cells planned.
OnStep = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Sources:
    """What suites are made of.

    data:     the user's folder; a suite looks for its own in it ("xstest", "mmlu_test", …), else takes it as it is.
    n:        the most items of each kind; None for as many as were published. repeats: seeds of each cell.
    toxicity: a folder of `personae train toxicity`; None for the head that ships.
    instructions, mitigations: of reasoning. max_tokens: of a reply. Where they are empty or None, the suite's own.
    published: the rules of published code where ours differ: empty replies pass, any bracketed letter is an answer.
    """

    data: Path | None = None
    n: int | None = None
    repeats: int | None = None
    seed: int = 0
    toxicity: Path | None = None
    instructions: tuple[str, ...] = ()
    mitigations: tuple[str, ...] = ()
    max_tokens: int | None = None
    published: bool = False

    def decisive(self) -> dict[str, Any]:
        """What has to be the same for a run to be taken up again, beside its items, as plain JSON data."""
        return {
            "repeats": self.repeats,
            "instructions": list(self.instructions),
            "mitigations": list(self.mitigations),
            "max_tokens": self.max_tokens,
            "published": self.published,
        }

    def folder(self, name: str, *, of: str) -> Path:
        """The folder of this name, or the whole one where it lacks it. Raises `UsageError` where none was given."""
        if self.data is None:
            raise UsageError(f"the suite {of!r} needs a folder of yours; name it with --data")
        inside = self.data / name
        return inside if inside.exists() else self.data

    def held(self, name: str) -> Path | None:
        """The folder of this name if there is one."""
        return self.data / name if self.data is not None and (self.data / name).exists() else None

    def seeds(self, usual: int) -> tuple[int, ...]:
        """The seeds of repeats."""
        return tuple(range(self.seed, self.seed + (self.repeats or usual)))

    def settings(self, usual: Settings) -> Settings:
        """The suite's own settings, with another longest reply where one was given."""
        return usual if self.max_tokens is None else replace(usual, max_tokens=self.max_tokens)


def open_suite(name: str, sources: Sources) -> Suite:
    """The suite of this name. Raises `UsageError` for an unknown one, or where something it needs is missing."""
    if name not in SUITES:
        raise UsageError(f"no suite is called {name!r}; there are {', '.join(SUITES)} and {ALL}")
    module, _, function = SUITES[name].partition(":")
    suite: Suite = getattr(importlib.import_module(module), function)(sources)
    return suite


def chosen(names: Sequence[str]) -> tuple[str, ...]:
    """The suites named, or those that "all" stands for, each once.

    >>> chosen(["all"])
    ('harm', 'refusal', 'reasoning', 'stereotype')
    """
    usual = [name for name in SUITES if name not in ON_REQUEST]
    found = [each for name in names for each in (usual if name == ALL else [name])]
    if unknown := [name for name in found if name not in SUITES]:
        raise UsageError(f"no suite is called {unknown[0]!r}; there are {', '.join(SUITES)} and {ALL}")
    return tuple(dict.fromkeys(found))


def who_is(names: Sequence[str]) -> tuple[tuple[Subject, ...], Persona]:
    """Those to be audited – personas (files, starters), lists of phrases, our people – and the one a report names.

    Several together are reported under a name that counts them.

    >>> subjects, shown = who_is(["people:gender"])
    >>> len(subjects), shown.name
    (4, '4 personas')
    """
    subjects: list[Subject] = []
    alone: Persona | None = None
    for name in names:
        if name == OUR_PEOPLE or name.startswith(f"{OUR_PEOPLE}:"):
            subjects += people([each for each in re.split("[,+]", name.partition(":")[2]) if each])
        elif Path(name).is_file() and _is_list(Path(name)):
            subjects += read_people(name)
        else:
            alone = find(name)
            subjects.append(subject_of(alone))
    if not subjects:
        raise UsageError("there is nobody to audit; name a persona, a list of phrases, or 'people'")
    if len(subjects) == 1 and alone is not None:
        return tuple(subjects), alone
    told = "; ".join(dict.fromkeys(subject.phrase for subject in subjects))
    return tuple(subjects), Persona(name=f"{len(subjects)} personas", summary=f"An audit of {told[:300]}.")


async def run_audit(
    names: Sequence[str],
    model: Model,
    suites: Sequence[str],
    out: Path | str,
    sources: Sources | None = None,
    *,
    limit: int = LIMIT,
    again: bool = False,
    base_url: str | None = None,
    command: str = "",
    on_step: OnStep | None = None,
) -> list[Measurement]:
    """Audit these personas into the folder `out`, which `personae report` reads; a run that stopped is taken up again.

    Cells lie in `out/<suite>.jsonl`. Raises `RunError` for a folder with another run, `UsageError` for an unknown suite
    or where the only suite lacks what it needs, `ModelError` where the model cannot be reached: what was answered until
    then is kept.
    """
    sources, wanted = sources or Sources(), chosen(suites)
    subjects, shown = who_is(names)
    opened = [_opened(name, sources, alone=len(wanted) == 1) for name in wanted]
    folder = RunFolder(Path(out))
    names_of = tuple(each.name for each in opened)
    manifest = _claim(folder, subjects, shown, model.name, names_of, sources, base_url, command)
    numbers: list[Measurement] = []
    for suite in opened:
        if isinstance(suite, Measurement):
            numbers.append(suite)
            continue

        def step(done: int, planned: int, name: str = suite.name) -> None:
            if on_step:
                on_step(name, done, planned)

        numbers += await audit(suite, subjects, model, folder.path, limit=limit, again=again, on_step=step)
    folder.finish(manifest, numbers)
    return numbers


def _opened(name: str, sources: Sources, *, alone: bool) -> Suite | Measurement:
    try:
        return open_suite(name, sources)
    except (UsageError, FormatError) as error:
        if alone:
            raise
        return Measurement(name, reason=str(error))


def _claim(
    folder: RunFolder,
    subjects: Sequence[Subject],
    shown: Persona,
    model: str,
    suites: tuple[str, ...],
    sources: Sources,
    base_url: str | None,
    command: str,
) -> Manifest:
    """Start the run in its folder, or take up the one that is there."""
    told = json.dumps([asdict(subject) for subject in subjects], sort_keys=True, ensure_ascii=False)
    manifest = Manifest(
        persona=shown.name,
        persona_name=shown.name,
        persona_file="persona.yaml",
        content_hash=hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        model=model,
        base_url=base_url,
        measures=suites,
        seed=sources.seed,
        n=sources.n,
        temperature=0.0,
        model_args=sources.decisive(),
        command=command,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        versions=installed_versions(),
    )
    if not folder.exists():
        write_atomic(folder.path / manifest.persona_file, dumps(shown, "yaml"))
        folder.write_manifest(manifest)
        return manifest
    begun = folder.read_manifest()
    if reason := begun.same_run(manifest):
        raise RunError(f"{str(folder.path)!r} holds another run: {reason}; choose another --out")
    return begun


def _is_list(path: Path) -> bool:
    """Whether a file lists phrases instead of describing one persona."""
    if path.suffix.lower() in (".txt", ".md"):
        return True
    if path.suffix.lower() not in (".json", ".yaml", ".yml") or str(path) in map(str, starter_paths().values()):
        return False
    try:
        tree = read_yaml(path)
    except FormatError:
        return False
    if isinstance(tree, Mapping):
        return not {"personae", "name", "spec", "char_name", "data"} & tree.keys()
    return isinstance(tree, list)
