"""Answers that other memory systems have given, as mem0, Zep and Memobase publish them: to be scored anew.

A record holds question, answer or response, gold (or gold_answer, ground_truth), category and, where a judge has read
it, label. Which of the names a file uses is found out once per record; two names for one thing are an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from personae.errors import FormatError
from personae.memory.formats.reading import Loose, Shape, Text, read_records, shaped

GOLD = ("gold", "gold_answer", "ground_truth", "golden_answer")
SAID = ("response", "answer", "prediction", "hypothesis")
#: What a judge's label may say.
LABELS = {"correct": True, "wrong": False, "true": True, "false": False, "1": True, "0": False}


@dataclass(frozen=True, slots=True)
class AnsweredProbe:
    """A question, its gold, what a system answered, the code of the question, and what a judge said of it, if one did.

    With neither answer nor gold word the score is nobody's; both may be "".
    """

    question: str
    gold: str
    answer: str
    code: str = ""
    accepted: bool | None = None
    history: str = ""


class _Record(Shape):
    question: Text
    gold: Loose
    answer: Loose
    category: Loose = ""
    label: Loose = ""
    history: Loose = ""


def load(path: Path | str) -> tuple[AnsweredProbe, ...]:
    """Every answer of a file: a list, an object a line, or history → list.

    Raises FormatError naming file, record and key: without question, answer or gold, and for a label that is none of
    `LABELS`.
    """
    found = tuple(_answered(tree, name, history) for name, tree, history in _records(path))
    if not found:
        raise FormatError(f"{str(path)!r} holds no answer")
    return found


def _records(path: Path | str) -> Iterator[tuple[str, Any, str]]:
    for name, tree in read_records(path):
        if isinstance(tree, dict) and "question" not in tree and all(isinstance(each, list) for each in tree.values()):
            for history, listed in tree.items():
                yield from ((f"{name}, {history}, record {n}", each, history) for n, each in enumerate(listed))
        else:
            yield name, tree, ""


def _answered(tree: Any, name: str, history: str) -> AnsweredProbe:
    if not isinstance(tree, dict):
        raise FormatError(f"{name!r}: {str(tree)[:60]!r} is no object with question, answer and gold")
    gold = [key for key in GOLD if key in tree]
    said = [key for key in SAID if key in tree]
    if not gold and said == ["response", "answer"]:  # mem0: `answer` is the gold, `response` what was said
        gold, said = ["answer"], ["response"]
    for what, keys, names in (("gold", gold, GOLD), ("answer", said, SAID)):
        if len(keys) != 1:
            had = " and ".join(repr(key) for key in keys) or "none"
            raise FormatError(f"{name!r}: the {what} stands under one of {', '.join(names)}; this record has {had}")
    plain = {**tree, "gold": tree[gold[0]], "answer": tree[said[0]], "history": history or tree.get("history", "")}
    plain["label"] = str(tree.get("label", "") or "").lower() if tree.get("label") is not False else "false"
    read = shaped(_Record, plain, name)
    if read.label and read.label not in LABELS:
        raise FormatError(f"{name!r}: label: {read.label[:40]!r} is none of {', '.join(LABELS)}")
    return AnsweredProbe(read.question, read.gold, read.answer, read.category, LABELS.get(read.label), read.history)
