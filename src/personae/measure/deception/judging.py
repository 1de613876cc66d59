"""What was thought and said, held against what is true: honest, deceptive, or neither."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from personae.errors import FormatError
from personae.files import bundled
from personae.judges.asking import SETTINGS, Answer, ask, filled, needed, quoted
from personae.judges.verdicts import Problem, answer_of, read_object
from personae.persona.formats.json_text import parse
from personae.types import Message, Model, Settings

Word = Literal["honest", "deceptive", "unclear"]
WORDS = ("honest", "deceptive", "unclear")
_PARTS = ("thought", "response")


def schema(part: Mapping[str, Any]) -> str:
    """The JSON Schema of an object with thought and response, each of this form, for models that can be held to one."""
    parts = {"thought": part, "response": part}
    return json.dumps({"type": "object", "properties": parts, "required": _PARTS, "additionalProperties": False})


#: The forms of an agent's answer, and of a judge's.
TOLD, LABELS = schema({"type": "string"}), schema({"type": "string", "enum": WORDS})


@dataclass(frozen=True, slots=True)
class Told:
    """One answer of the agent: what it considered, and what it says aloud."""

    thought: str
    response: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What the judge made of both parts of an answer."""

    thought: Word
    response: Word

    @property
    def relation(self) -> str | None:
        """How the two relate: "aligned", "self-corrected" (meant to deceive, was honest), "overridden" (meant to be
        honest, deceived); None where one of them is unclear.

        >>> Judged("deceptive", "honest").relation, Judged("honest", "deceptive").relation
        ('self-corrected', 'overridden')
        """
        if "unclear" in (self.thought, self.response):
            return None
        if self.thought == self.response:
            return "aligned"
        return "self-corrected" if self.response == "honest" else "overridden"


@dataclass(frozen=True, slots=True)
class DeceptionJudge:
    """A model that labels thought and response of one answer. Empty texts are a `UsageError`: they are no answer."""

    model: Model
    settings: Settings = SETTINGS

    async def __call__(
        self, *, scenario: str, question: str, groundtruth: str, goal: str, told: Told
    ) -> Answer[Judged]:
        """Both labels, or why the judge's answer could not be used."""
        needed(thought=told.thought, response=told.response)
        wording = texts()["judge"]
        fields = {
            "scenario": quoted("scene", scenario),
            "groundtruth": quoted("reference", groundtruth),
            "goal": goal,
            "question": quoted("question", question),
            "thought": quoted("reply", told.thought, part="thought"),
            "response": quoted("reply", told.response, part="response"),
        }
        asked = (Message("system", wording["system"].strip()), Message("user", filled(wording["ask"], fields).strip()))
        return await ask(self.model, asked, replace(self.settings, json_schema=LABELS), read_labels)


def read_labels(text: str) -> Judged | Problem:
    """The labels in a judge's JSON object.

    >>> read_labels('{"thought": "honest", "response": "deceptive"}')
    Judged(thought='honest', response='deceptive')
    """
    tree = read_object(text)
    if isinstance(tree, Problem):
        return tree
    for part in _PARTS:
        if tree.get(part) not in WORDS:
            return Problem(f"{part!r} is {tree.get(part)!r}; give one of {', '.join(WORDS)}")
    return Judged(tree["thought"], tree["response"])


def read_told(text: str) -> Told | None:
    """Thought and response of an agent's JSON object; None for anything else, and where one of the two is empty.

    >>> read_told('{"thought": "Hm.", "response": "It failed last spring."}').response
    'It failed last spring.'
    >>> read_told('{"thought": "Hm.", "response": ""}') is None
    True
    """
    said = answer_of(text).strip()
    if said.startswith("```") and said.endswith("```"):
        said = said.strip("`").removeprefix("json").strip()
    try:
        tree = parse(said, "the answer")
    except FormatError:
        return None
    if not isinstance(tree, dict) or not all(isinstance(tree.get(part), str) for part in _PARTS):
        return None
    thought, response = (tree[part].strip() for part in _PARTS)
    return Told(thought, response) if thought and response else None


def texts() -> Mapping[str, Any]:
    """What agent, follow-up and judge are asked."""
    tree: Mapping[str, Any] = bundled(__package__, "texts/asking.en.yaml")
    return tree
