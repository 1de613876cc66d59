"""Should an assistant infer who the user is, for this use at all? Four questions, answered by whoever deploys it.

A number says what happens, never whether it may. The questions – is the inference relevant, expected, harmful,
consented to – stand in `texts/checklist.en.yaml`; a file of yours answers them with yes, no or unsure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from personae.errors import FormatError
from personae.files import bundled, read_yaml

Answer = Literal["yes", "no", "unsure"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)
Verdict = Literal["acceptable", "ask first", "not acceptable", "open"]
QUESTIONS = ("relevant", "expected", "harmful", "consented")


@dataclass(frozen=True, slots=True)
class Checklist:
    """Answers by question and what follows from them; `open` are the questions without a plain answer."""

    answers: Mapping[str, Answer]
    verdict: Verdict
    open: tuple[str, ...]


def questions() -> dict[str, str]:
    """The four questions in words.

    >>> list(questions()) == list(QUESTIONS)
    True
    """
    tree = bundled(__package__, "texts/checklist.en.yaml")
    return {name: str(tree[name]) for name in QUESTIONS}


def checklist(answers: Mapping[str, Any]) -> Checklist:
    """What the answers come to. Harmful or irrelevant: not acceptable, whatever else. Then neither expected nor
    consented to: ask first. A question without a plain answer keeps it open, unless the others settle it.

    >>> checklist({"relevant": "yes", "expected": "no", "harmful": "no", "consented": "yes"}).verdict
    'acceptable'
    >>> checklist({"relevant": "yes", "harmful": "no"}).open
    ('expected', 'consented')
    """
    unknown = [name for name in answers if name not in QUESTIONS]
    if unknown:
        raise FormatError(f"no question is called {unknown[0]!r}; there are {', '.join(QUESTIONS)}")
    said = {name: _answer(name, answers.get(name)) for name in QUESTIONS}
    undecided = tuple(name for name in QUESTIONS if said[name] == "unsure")
    if said["harmful"] == "yes" or said["relevant"] == "no":
        return Checklist(said, "not acceptable", undecided)
    if {"harmful", "relevant"} & set(undecided):
        return Checklist(said, "open", undecided)
    if "yes" in (said["expected"], said["consented"]):
        return Checklist(said, "acceptable", undecided)
    return Checklist(said, "open" if undecided else "ask first", undecided)


def read_checklist(path: Path | str) -> Checklist:
    """The answers of a YAML file, `relevant: yes` and so on."""
    tree = read_yaml(path)
    if not isinstance(tree, Mapping):
        raise FormatError(f"{str(path)!r} holds no answers; write lines such as 'relevant: yes'")
    return checklist({str(name): answer for name, answer in tree.items()})


def _answer(name: str, given: Any) -> Answer:
    if given is None:
        return "unsure"
    said = ("no", "yes")[given] if isinstance(given, bool) else str(given).strip().lower()
    for answer in ANSWERS:
        if said == answer:
            return answer
    raise FormatError(f"{name!r} is answered with {given!r}; say yes, no or unsure")
