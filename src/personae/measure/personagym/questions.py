"""Where a persona is put, and what it is asked there: places from a list, questions written by a model.

Both answers are JSON, read strictly and asked for again up to five times (PersonaGym), every attempt counted.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited
from personae.judges.asking import SETTINGS, Answer, ask, filled, needed, quoted
from personae.judges.rubric_files import load_rubric
from personae.judges.verdicts import Problem, read_object
from personae.measure.personagym.protocol import texts
from personae.types import Message, Model, Settings

#: How often an answer that cannot be used is asked for again (PersonaGym: 5).
RETRIES = 5
#: Places chosen for a persona.
FEWEST_PLACES, MOST_PLACES = 3, 10
#: A question has at least this many words, and at most this many characters.
MIN_WORDS, MAX_CHARS = 4, 2000
#: With some freedom, so that the questions of a task differ.
WRITING = dataclasses.replace(SETTINGS, temperature=0.7, max_tokens=4096)

_WORD = re.compile(r"\w+")


@cache
def own_environments() -> tuple[str, ...]:
    """The places that come with the toolkit.

    >>> "a lifeboat" in own_environments(), len(own_environments()) >= 60
    (True, True)
    """
    return tuple(place for group in texts("environments").values() for place in group)


def load_environments(path: Path | str) -> tuple[str, ...]:
    """The places in a JSON file that is a list of names, such as the released one.

    Raises FormatError for anything else, UnsafeFile above 1 MB.
    """
    try:
        tree = json.loads(read_limited(path, MEGABYTE).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{str(path)!r} is no JSON in UTF-8: {error}") from error
    named = isinstance(tree, list) and all(isinstance(place, str) and place.strip() for place in tree)
    if not named or len({place.casefold() for place in tree}) < max(len(tree), FEWEST_PLACES):
        raise FormatError(f"{str(path)!r} is no list of at least {FEWEST_PLACES} different names of places")
    return tuple(place.strip() for place in tree)


async def choose_environments(
    writer: Model, persona: str, environments: Sequence[str], *, seed: int = 0, retries: int = RETRIES
) -> Answer[tuple[str, ...]]:
    """Three to ten of the places, as the writer chooses them for this persona. Raises UsageError for too few places."""
    needed(persona=persona)
    if len(environments) < FEWEST_PLACES:
        raise UsageError(f"{len(environments)} places are too few to choose from; give at least {FEWEST_PLACES}")
    most = min(MOST_PLACES, len(environments))
    fields = {
        "persona": quoted("persona", persona),
        "environments": "\n".join(f"- {place}" for place in environments),
        "least": str(FEWEST_PLACES),
        "most": str(most),
        "shape": '{"environments": ["…", "…", "…"]}',
    }
    settings = _holding("environments", seed, minItems=FEWEST_PLACES, maxItems=most)
    read = partial(read_environments, environments=environments, most=most)
    return await ask(writer, _messages("environments", fields), settings, read, retries=retries)


async def write_questions(
    writer: Model,
    persona: str,
    environments: Sequence[str],
    task: str,
    n: int,
    *,
    language: str = "en",
    seed: int = 0,
    retries: int = RETRIES,
) -> Answer[tuple[str, ...]]:
    """Exactly `n` questions for a task, set in the places given, none twice."""
    needed(persona=persona)
    rubric = load_rubric(task)
    fields = {
        "title": rubric.title,
        "task": rubric.task,
        "requirement": texts("questions")["requirements"][task],
        "persona": quoted("persona", persona),
        "environments": "\n".join(f"- {place}" for place in environments),
        "count": str(n),
        "language": language,
        "shape": json.dumps({"questions": ["…"] * min(n, 3)}, ensure_ascii=False),
    }
    settings = _holding("questions", seed, minItems=n, maxItems=n)
    return await ask(writer, _messages("questions", fields), settings, partial(read_questions, n=n), retries=retries)


def read_environments(text: str, environments: Sequence[str], most: int = MOST_PLACES) -> tuple[str, ...] | Problem:
    """The places an answer `{"environments": […]}` names, spelled as in the list, or what is wrong with it.

    >>> read_environments('{"environments": ["a lifeboat", "Mars"]}', ["a lifeboat", "a pub"]).text
    "'Mars' is none of the places; spell them as they stand in the list"
    """
    named = _read_list(text, "environments")
    if isinstance(named, Problem):
        return named
    known = {place.casefold(): place for place in environments}
    strangers = [name for name in named if name.strip().casefold() not in known]
    if strangers:
        return Problem(f"{strangers[0][:60]!r} is none of the places; spell them as they stand in the list")
    chosen = tuple(dict.fromkeys(known[name.strip().casefold()] for name in named))
    if not FEWEST_PLACES <= len(chosen) <= most:
        return Problem(f"it names {len(chosen)} different places; choose {FEWEST_PLACES} to {most}")
    return chosen


def read_questions(text: str, n: int) -> tuple[str, ...] | Problem:
    """The questions of an answer `{"questions": […]}`: exactly `n`, all different, each of four words or more.

    >>> read_questions('{"questions": ["Why did you stay?", "Why?"]}', 2).text
    "question 2 is 'Why?', which has fewer than 4 words"
    """
    asked = _read_list(text, "questions")
    if isinstance(asked, Problem):
        return asked
    if len(asked) != n:
        return Problem(f"it has {len(asked)} questions; write exactly {n}")
    questions = tuple(" ".join(question.split()) for question in asked)
    for number, question in enumerate(questions, 1):
        if len(_WORD.findall(question)) < MIN_WORDS:
            return Problem(f"question {number} is {question[:60]!r}, which has fewer than {MIN_WORDS} words")
        if len(question) > MAX_CHARS:
            return Problem(f"question {number} has {len(question)} characters; {MAX_CHARS} are the most")
    if len({question.casefold() for question in questions}) < n:
        return Problem("two questions are the same; write different ones")
    return questions


def _read_list(text: str, key: str) -> list[str] | Problem:
    tree = read_object(text)
    if isinstance(tree, Problem):
        return tree
    if list(tree) != [key]:
        return Problem(f"it has the keys {sorted(tree)[:9]}; give {key!r} and nothing else")
    found = tree[key]
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        return Problem(f"{key!r} is no list of texts; give one")
    return found


def _messages(use: str, fields: dict[str, str]) -> tuple[Message, ...]:
    wording = texts("questions")[use]
    return (Message("system", filled(wording["system"], fields)), Message("user", filled(wording["ask"], fields)))


def _holding(key: str, seed: int, **bounds: int) -> Settings:
    """The settings that hold a backend to a list of texts under `key`, where it can be held."""
    listed: dict[str, Any] = {"type": "array", "items": {"type": "string"}, **bounds}
    schema = {"type": "object", "properties": {key: listed}, "required": [key], "additionalProperties": False}
    return dataclasses.replace(WRITING, seed=seed, json_schema=json.dumps(schema))
