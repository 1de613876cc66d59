"""Talks on disk as style vectors, turn by turn: transcripts, one talk per line, or one turn per line.

    {"event": "message", "role": "user", …}                    a transcript of `personae chat`: one file, one talk
    {"id": "t1", "messages": [{"role": "user", "content": …}]}  a talk per line
    {"talk": "t1", "user": …, "bot": …}                         a turn per line; texts, or vectors of eight numbers

A talk may say under what `condition` it was held; "static" means that the voice was not adapted.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from personae.agent.transcript import read as read_transcript
from personae.errors import FormatError
from personae.files import read_limited
from personae.metrics.style import DIMENSIONS, FloatArray, style_vector
from personae.metrics.text import words

#: A log larger than this is not read.
MAX_BYTES = 200 * 1024 * 1024

#: What the partner said and what the voice answered.
Pair = tuple[Any, Any]


@dataclass(frozen=True, eq=False)
class StyleTalk:
    """The turns of one talk: what the partner said and what the voice answered, raw vectors of shape (turns, 8)."""

    id: str
    users: FloatArray
    bots: FloatArray
    condition: str = ""


@dataclass(frozen=True)
class StyleLog:
    """All talks of one or more logs, and how many turns could not be used, by reason."""

    talks: tuple[StyleTalk, ...]
    missing: Mapping[str, int] = field(default_factory=dict)


def read_style_log(paths: Iterable[Path | str], *, language: str = "en") -> StyleLog:
    """The talks in these files. Turns without words ("empty") and without an answer ("unanswered") are counted.

    Raises FormatError for a line that is none of the three kinds, with its number, and for logs without any turn.
    """
    talks: dict[str, tuple[str, list[Pair]]] = {}
    missing: Counter[str] = Counter()
    for path in paths:
        for id, condition, pairs in _talks(Path(path), missing):
            talks.setdefault(id, (condition, []))[1].extend(pairs)
    found = [_measured(id, condition, pairs, missing, language) for id, (condition, pairs) in talks.items()]
    kept = tuple(talk for talk in found if len(talk.users))
    if not kept:
        raise FormatError("no turn in these logs has words on both sides; nothing can be compared")
    return StyleLog(kept, dict(missing))


def _talks(path: Path, missing: Counter[str]) -> Iterator[tuple[str, str, list[Pair]]]:
    lines = read_limited(path, MAX_BYTES).decode("utf-8", "replace").split("\n")
    if '"event"' in lines[0]:
        yield path.stem, "", _pairs([(m.role, m.content) for m in read_transcript(path)], missing)
        return
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _talk(json.loads(line), f"{path.stem}/{number}", missing)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise FormatError(
                f"line {number} of {str(path)!r} is no talk and no turn: {line[:60]!r}; it needs 'messages' with "
                "'role' and 'content', or 'talk', 'user' and 'bot'"
            ) from error


def _talk(tree: Any, otherwise: str, missing: Counter[str]) -> tuple[str, str, list[Pair]]:
    condition = str(tree.get("condition", ""))
    if "messages" in tree:
        said = [(each["role"], each["content"]) for each in tree["messages"]]
        if not all(isinstance(text, str) for _, text in said):
            raise TypeError("a content that is no text")
        return str(tree.get("id", otherwise)), condition, _pairs(said, missing)
    return str(tree["talk"]), condition, [(_side(tree["user"]), _side(tree["bot"]))]


def _side(given: Any) -> str | FloatArray:
    """A text as it is, or a vector checked."""
    if isinstance(given, str):
        return given
    numbers = [float(value) for value in given if type(value) in (int, float)]
    if len(numbers) != len(DIMENSIONS) or len(given) != len(numbers) or not all(map(math.isfinite, numbers)):
        raise ValueError(f"a style vector has {len(DIMENSIONS)} finite numbers")
    return np.array(numbers)


def _pairs(said: Sequence[tuple[str, str]], missing: Counter[str]) -> list[Pair]:
    """Each turn of the user with the first answer after it; what stands before the first turn is a greeting."""
    pairs, heard = list[Pair](), None
    for role, text in said:
        if role == "user":
            missing["unanswered"] += heard is not None
            heard = text
        elif role == "assistant" and heard is not None:
            pairs.append((heard, text))
            heard = None
    missing["unanswered"] += heard is not None
    return pairs


def _measured(id: str, condition: str, pairs: Sequence[Pair], missing: Counter[str], language: str) -> StyleTalk:
    kept = [pair for pair in pairs if all(not isinstance(side, str) or words(side) for side in pair)]
    missing["empty"] += len(pairs) - len(kept)

    def vectors(side: int) -> FloatArray:
        found = (pair[side] for pair in kept)
        rows = [style_vector(each, language=language) if isinstance(each, str) else each for each in found]
        return np.array(rows, dtype=np.float64).reshape(-1, len(DIMENSIONS))

    return StyleTalk(id, vectors(0), vectors(1), condition)
