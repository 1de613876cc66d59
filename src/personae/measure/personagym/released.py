"""The released personas, questions and places of PersonaGym, from a folder the user names. Nothing of it is shipped.

personas.json                 a list of descriptions
questions_benchmark_v1.json   description → task → questions; the tasks by their published names
environments.json             a list of places (read by `questions.load_environments`)
published_scores.json         what others reported (read by `published`)
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited
from personae.measure.personagym.protocol import MOST_QUESTIONS, TASKS, Subject, task_named

MAX_BYTES = 64 * MEGABYTE


def data_folder(given: str | Path | None = None) -> Path:
    """The folder named, or `personagym` in the one that PERSONAE_DATA names. Raises UsageError where there is none."""
    home = os.environ.get("PERSONAE_DATA")
    folder = Path(given) if given else Path(home) / "personagym" if home else None
    if folder is None or not folder.is_dir():
        where = f"there is no folder {str(folder)!r}" if folder else "no folder is named"
        raise UsageError(f"{where}; give --data DIR with the released files, or set PERSONAE_DATA")
    return folder


def load_subjects(folder: Path | str, *, limit: int | None = None) -> tuple[Subject, ...]:
    """The personas with their questions, in the order of `personas.json`; the first `limit` of them.

    A persona's id is made from its text, so it stays when others come or go. Raises FormatError for a file that is not
    as described above, a persona without questions, one listed twice, or tasks of unequal or too great length.
    """
    people = _read(Path(folder) / "personas.json")
    asked = _read(Path(folder) / "questions_benchmark_v1.json")
    if not isinstance(people, list) or not all(isinstance(text, str) and text.strip() for text in people):
        raise FormatError(f"personas.json in {str(folder)!r} is no list of descriptions")
    if not isinstance(asked, dict):
        raise FormatError(f"questions_benchmark_v1.json in {str(folder)!r} is no object of questions by description")
    if len(set(people)) < len(people):
        raise FormatError(f"personas.json in {str(folder)!r} lists a persona twice")
    return tuple(Subject(subject_id(text), text, _questions(text, asked)) for text in people[:limit])


def subject_id(text: str) -> str:
    """A released persona has no name; its id is ten hex digits of its text.

    >>> subject_id("A baker from Graz")
    'p-7b3f42a7e3'
    """
    return f"p-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"


def questions_per_task(subject: Subject) -> int:
    """How many questions there are for each task; 0 where none are written yet."""
    return min(map(len, subject.questions.values()), default=0) if subject.questions else 0


def _questions(text: str, asked: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    by_task = asked.get(text)
    if not isinstance(by_task, dict):
        raise FormatError(f"there are no questions for the persona {text[:60]!r}")
    found = {}
    for name, questions in by_task.items():
        listed = isinstance(questions, list) and all(isinstance(each, str) and each.strip() for each in questions)
        if not listed or not 1 <= len(questions) <= MOST_QUESTIONS:
            raise FormatError(f"the questions for {text[:60]!r}, {name!r} are no list of 1 to {MOST_QUESTIONS} texts")
        try:
            found[task_named(name)] = tuple(each.strip() for each in questions)
        except UsageError as error:
            raise FormatError(f"the questions for {text[:60]!r}: {error}") from error
    if len(by_task) != len(TASKS) or set(found) != set(TASKS) or len({len(each) for each in found.values()}) > 1:
        raise FormatError(f"the persona {text[:60]!r} has no equal number of questions for each of {', '.join(TASKS)}")
    return {task: found[task] for task in TASKS}


def _read(path: Path) -> Any:
    try:
        return json.loads(read_limited(path, MAX_BYTES).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{str(path)!r} is no JSON in UTF-8: {error}") from error
