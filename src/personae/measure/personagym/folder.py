"""A run of PersonaGym on disk: everything is there before the first call, and every persona as soon as it is done.

gym.json          what is run: protocol, models, subjects
calls.sqlite      every answer of every model, so that nothing is paid twice
ledger.jsonl      every call, on the account of "persona/step", verdicts on "persona/judge/step"
personas/ID.json  one interview: questions, answers, examples, grades and the judges' words
scores.json       the numbers, once all personas are done
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from personae.errors import RunError
from personae.files import MEGABYTE, read_limited, write_atomic
from personae.judges.rubric_files import load_rubric
from personae.measure.personagym.interview import Interview
from personae.measure.personagym.protocol import TASKS, Protocol, Subject
from personae.types import Measurement

MAX_BYTES = 64 * MEGABYTE
FORMAT = 1


@dataclass(frozen=True, slots=True)
class GymFolder:
    """The folder of one run and its files."""

    path: Path

    @property
    def manifest(self) -> Path:
        """What is run."""
        return self.path / "gym.json"

    @property
    def calls(self) -> Path:
        """The cache of answers."""
        return self.path / "calls.sqlite"

    @property
    def ledger(self) -> Path:
        """The list of calls."""
        return self.path / "ledger.jsonl"

    @property
    def scores(self) -> Path:
        """The numbers."""
        return self.path / "scores.json"

    def claim(self, wanted: Mapping[str, Any], *, resume: bool) -> None:
        """Begin the run here, or take up the one that is here. Raises `RunError` where that is another run."""
        if not self.manifest.is_file():
            write_atomic(self.manifest, _json(wanted))
            return
        where = repr(str(self.path))
        if not resume:
            raise RunError(f"{where} already holds a run; finish it with --resume, or choose another --out")
        begun = _read(self.manifest)
        for key, value in wanted.items():
            if begun.get(key) != value:
                raise RunError(
                    f"cannot resume {where}: {key} was {_short(begun.get(key))} and is now {_short(value)}; "
                    "choose another --out"
                )

    def read_interview(self, subject: Subject) -> Interview | None:
        """The finished interview of a subject, or None. Raises `RunError` for a file that is none."""
        file = self._of(subject.id)
        if not file.is_file():
            return None
        try:
            found = Interview.from_data(_read(file))
        except (TypeError, KeyError, ValueError) as error:
            raise RunError(f"{str(file)!r} holds no interview: {error}; delete it and --resume") from error
        return found if found.checksum == subject.checksum else None

    def write_interview(self, interview: Interview) -> None:
        """Keep a finished interview."""
        write_atomic(self._of(interview.id), json.dumps(interview.to_data(), ensure_ascii=False) + "\n")

    def write_scores(self, measurements: Sequence[Measurement], calls: Mapping[str, Any]) -> None:
        """Keep the numbers, and what they took."""
        tree = {"measurements": [each.to_dict() for each in measurements], "calls": dict(calls)}
        write_atomic(self.scores, _json(tree))

    def _of(self, id: str) -> Path:
        return self.path / "personas" / f"{id}.json"


def manifest_of(
    subjects: Sequence[Subject],
    protocol: Protocol,
    model: str,
    judges: Sequence[str],
    writer: str,
    places: Sequence[str],
) -> dict[str, Any]:
    """Everything that decides the numbers of a run, as plain JSON."""
    return {
        "format": FORMAT,
        "model": model,
        "judges": list(judges),
        "writer": writer,
        "protocol": asdict(protocol),
        "rubrics": {task: f"{load_rubric(task).id}/{load_rubric(task).checksum}" for task in TASKS},
        "subjects": [[subject.id, subject.checksum] for subject in subjects],
        "environments": hashlib.sha256("\n".join(places).encode("utf-8", "surrogatepass")).hexdigest()[:12],
    }


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(read_limited(path, MAX_BYTES))
    except (ValueError, RecursionError) as error:
        raise RunError(f"{str(path)!r} is no readable JSON: {error}") from error
    if not isinstance(data, dict):
        raise RunError(f"{str(path)!r} holds {type(data).__name__} where an object is expected")
    return data


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}…"


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"
