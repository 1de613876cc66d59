"""Example replies that calibrate a rubric judge: one for each score, written by a model for one persona and question.

A widely used benchmark never showed its judges their examples. So what is written is checked, and what is shown is
checked again in the rendered prompt (`personae.judges.rubric`).
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from personae.errors import UsageError
from personae.judges.asking import SETTINGS, Answer, ask, filled, needed, quoted, texts
from personae.judges.rubric_files import SCORES, Rubric
from personae.judges.verdicts import Problem, read_object
from personae.types import Message, Model, Settings

#: An example of fewer words shows nothing.
MIN_WORDS = 3
#: Questions one call may write examples for.
MOST_QUESTIONS = 5
#: Written with some freedom, for five replies of five qualities must differ.
WRITING = dataclasses.replace(SETTINGS, temperature=0.7, max_tokens=4096)

#: Example replies for the scores 1 … 5, in this order.
Examples = tuple[str, ...]

_WORD = re.compile(r"\w+")


async def write_examples(
    model: Model,
    rubric: Rubric,
    persona: str,
    questions: Sequence[str],
    *,
    settings: Settings = WRITING,
) -> Answer[tuple[Examples, ...]]:
    """Example replies for each of up to five questions to one persona, in one call, which is repeated once if need be.

    The value has one tuple of five replies per question, all of ≥ 3 words and different from each other. Raises
    `UsageError` for no questions, more than five, or an empty text.
    """
    if not 1 <= len(questions) <= MOST_QUESTIONS:
        raise UsageError(f"examples are written for 1 to {MOST_QUESTIONS} questions at once, got {len(questions)}")
    needed(persona=persona, **{f"question {place}": text for place, text in enumerate(questions, 1)})
    settings = dataclasses.replace(settings, json_schema=_schema(len(questions)))
    return await ask(
        model, example_messages(rubric, persona, questions), settings, partial(read_examples, count=len(questions))
    )


def example_messages(rubric: Rubric, persona: str, questions: Sequence[str]) -> tuple[Message, ...]:
    """What the writer of examples reads."""
    wording = texts("examples")
    shape = {f"question {place}": {str(score): "…" for score in SCORES} for place in range(1, len(questions) + 1)}
    fields = {
        "title": rubric.title,
        "task": rubric.task,
        "criteria": criteria_lines(rubric),
        "persona": quoted("persona", persona),
        "questions": "\n\n".join(quoted("question", text, number=place) for place, text in enumerate(questions, 1)),
        "shape": json.dumps(shape, ensure_ascii=False),
    }
    return (Message("system", filled(wording["system"], fields)), Message("user", filled(wording["ask"], fields)))


def read_examples(text: str, count: int) -> tuple[Examples, ...] | Problem:
    """The replies of an answer `{"question 1": {"1": "…", …, "5": "…"}, …}`, or what is wrong with it.

    >>> read_examples('{"question 1": {"1": "No."}}', 1).text
    "'question 1' has the scores ['1']; give '1' to '5', each a reply"
    """
    tree = read_object(text)
    if isinstance(tree, Problem):
        return tree
    keys = [f"question {place}" for place in range(1, count + 1)]
    if sorted(tree) != sorted(keys):
        return Problem(f"it has the keys {sorted(tree)[:9]}; give exactly {keys}")
    found = []
    for key in keys:
        replies = tree[key]
        if not isinstance(replies, dict) or sorted(replies) != [str(score) for score in SCORES]:
            got = sorted(replies)[:9] if isinstance(replies, dict) else replies
            return Problem(f"{key!r} has the scores {got!r}; give '1' to '5', each a reply")
        examples = tuple(replies[str(score)] for score in SCORES)
        flaw = flaw_of(examples)
        if flaw:
            return Problem(f"in {key!r} {flaw}")
        found.append(tuple(example.strip() for example in examples))
    return tuple(found)


def flaw_of(examples: Sequence[object]) -> str:
    """Why these cannot be the example replies of a rubric; "" if they can.

    >>> flaw_of(["a", "b", "c", "d", "e"])
    "the example for score 1 is 'a', which has fewer than 3 words"
    """
    if isinstance(examples, str) or len(examples) != len(SCORES):
        return f"there are {len(examples)} example replies; give {len(SCORES)}, one for each score"
    for score, example in zip(SCORES, examples, strict=True):
        if not isinstance(example, str) or len(_WORD.findall(example)) < MIN_WORDS:
            return f"the example for score {score} is {str(example)[:60]!r}, which has fewer than {MIN_WORDS} words"
    if len({" ".join(str(example).split()).casefold() for example in examples}) < len(SCORES):
        return "two example replies are the same; write five different ones"
    return ""


def _schema(count: int) -> str:
    """The form of the answer, for backends that can hold a model to it."""
    replies = _object({str(score): {"type": "string"} for score in SCORES})
    return json.dumps(_object({f"question {place}": replies for place in range(1, count + 1)}))


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def criteria_lines(rubric: Rubric) -> str:
    """One line per score."""
    return "\n".join(f"Score {score}: {text}" for score, text in zip(SCORES, rubric.criteria, strict=True))
