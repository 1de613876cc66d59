"""Flaw lists: what may be wrong with a played scene, the list a critic writes, and the exact penalty score.

CoSER (2025): score = clip(100 − 5·(Σ severity − 0.3·n), 0, 100), n = messages of actors, so that a longer scene may
have a little more wrong with it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from personae.errors import UsageError
from personae.judges.verdicts import Problem, read_object
from personae.types import Conversation

Dimension = Literal["Storyline Consistency", "Anthropomorphism", "Character Fidelity", "Storyline Quality"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)

#: Points a unit of severity costs, and the severity each actor message may have for nothing (CoSER).
WEIGHT, ALLOWANCE = 5.0, 0.3
#: The form of the answer, for backends that can hold a model to it.
SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            "flaws": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "instance": {"type": "string"},
                        "type": {"type": "string"},
                        "severity": {"type": "integer", "enum": [1, 2, 3, 4, 5]},
                    },
                    "required": ["instance", "type", "severity"],
                    "additionalProperties": False,
                },
            }
        },
        "required": ["flaws"],
        "additionalProperties": False,
    }
)
#: More flaws than this are a loop, not a list.
MOST_FLAWS = 200


@dataclass(frozen=True, slots=True)
class Flaw:
    """One flaw: where it shows, what kind it is, and how bad, 1 (slight) to 5 (ruins the scene)."""

    instance: str
    type: str
    severity: int


def penalty_score(severities: Sequence[int], actor_messages: int) -> float:
    """0 … 100 from the severities of all flaws and the number of messages by actors.

    Raises `UsageError` for no message or a severity outside 1 … 5.

    >>> penalty_score([2, 3, 2, 3], 11)
    66.5
    >>> penalty_score([5] * 40, 11), penalty_score([], 11)
    (0.0, 100.0)
    """
    if actor_messages < 1:
        raise UsageError(f"a scene needs at least one message by an actor, got {actor_messages!r}")
    if wrong := [severity for severity in severities if not _is_severity(severity)]:
        raise UsageError(f"the severity {wrong[0]!r} is no whole number from 1 to 5")
    return min(100.0, max(0.0, 100.0 - WEIGHT * sum(severities) + WEIGHT * ALLOWANCE * actor_messages))


def read_flaws(text: str, dimension: str) -> tuple[Flaw, ...] | Problem:
    """The flaws of an answer `{"flaws": [{"instance": "…", "type": "…", "severity": 1–5}, …]}`.

    The object may stand under the dimension's name. A severity that is no whole number spoils the whole list: leaving
    the flaw out would raise the score.

    >>> listed = '{"flaws": [{"instance": "Lear jokes.", "type": "tone", "severity": 2}]}'
    >>> read_flaws(listed, "Storyline Quality")
    (Flaw(instance='Lear jokes.', type='tone', severity=2),)
    >>> read_flaws(listed.replace("2", '"2"'), "Storyline Quality").text
    "the severity '2' of flaw 1 is no whole number from 1 to 5"
    """
    tree = read_object(text)
    if isinstance(tree, Problem):
        return tree
    if list(tree) == [dimension] and isinstance(tree[dimension], dict):
        tree = tree[dimension]
    listed = tree.get("flaws")
    if list(tree) != ["flaws"] or not isinstance(listed, list):
        return Problem(f"it has the keys {list(tree)[:5]}; give one key 'flaws' with a list")
    if len(listed) > MOST_FLAWS:
        return Problem(f"it lists {len(listed)} flaws; list each once, at most {MOST_FLAWS}")
    flaws = []
    for place, entry in enumerate(listed, 1):
        flaw = _flaw(entry, place)
        if isinstance(flaw, Problem):
            return flaw
        flaws.append(flaw)
    return tuple(flaws)


def heard(text: str) -> str:
    """A message as others hear it: speech and (actions), without [inner thoughts].

    Brackets may be nested. A thought that is never closed hides the rest: rather too little is shown than a thought.

    >>> heard("[He must not know.] Good evening. (bows)")
    'Good evening. (bows)'
    """
    depth = 0
    kept = []
    for letter in text:
        if letter == "[":
            depth += 1
        elif letter == "]":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(letter)
    return "".join(kept).strip()


def actor_messages(scene: Conversation, narrator: str = "Environment") -> int:
    """How many messages are by actors: somebody other than the narrator, with something to hear."""
    return sum(
        message.role != "system" and message.name != narrator and bool(heard(message.content)) for message in scene
    )


def _flaw(entry: object, place: int) -> Flaw | Problem:
    if not isinstance(entry, dict) or not {"instance", "type", "severity"} <= entry.keys():
        return Problem(f"flaw {place} is no object with 'instance', 'type' and 'severity'")
    instance, kind, severity = entry["instance"], entry["type"], entry["severity"]
    if not (isinstance(instance, str) and isinstance(kind, str) and instance.strip() and kind.strip()):
        return Problem(f"'instance' and 'type' of flaw {place} must be texts")
    if not _is_severity(severity):
        return Problem(f"the severity {severity!r} of flaw {place} is no whole number from 1 to 5")
    return Flaw(instance.strip(), kind.strip(), severity)


def _is_severity(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 5
