"""Our own items, from `items/`: invented people, scenes and answers, so that a judge can be examined offline."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from personae.files import bundled
from personae.judges.qualification.scenes import speaker_items
from personae.judges.qualification.speakers import Candidate, SpeakerItem, checksum

#: The sets beside role identification, as their files are called.
PROBES = ("order_swap", "contrast", "vague", "verbosity", "self_preference", "certainty")


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A turn of a scene."""

    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class OwnScene:
    """A scene of `items/speakers.yaml`, which is written as scene files are."""

    id: str
    scenario: str
    parts: tuple[Candidate, ...]
    script: tuple[OwnLine, ...]


@cache
def speakers() -> tuple[SpeakerItem, ...]:
    """Our role-identification items.

    >>> len(speakers()) >= 60
    True
    """
    return speaker_items(own_scenes())


def own_scenes() -> tuple[OwnScene, ...]:
    """The scenes our items are made of."""
    return tuple(
        OwnScene(
            tree["id"],
            tree["scenario"],
            tuple(Candidate(who["name"], who["profile"]) for who in tree["characters"]),
            tuple(OwnLine(line["speaker"], line["text"]) for line in tree["dialogue"]),
        )
        for tree in _load("speakers")
    )


def probe(name: str) -> tuple[Mapping[str, Any], ...]:
    """The items of a set of `PROBES`, as they stand in its file, each with an `id`; one for each choice of a person."""
    trees = [
        {"profile": tree["who"], **choice} if "who" in tree else choice
        for tree in _load(name)
        for choice in tree.get("choices", [tree])
    ]
    return tuple({"id": f"{name}-{number:02}", **tree} for number, tree in enumerate(trees, 1))


@cache
def checksums() -> dict[str, str]:
    """The checksum of each set, "speakers" first: what a card must have been made on to count today."""
    return {"speakers": checksum(speakers())} | {name: _hash(probe(name)) for name in PROBES}


def _hash(items: tuple[Mapping[str, Any], ...]) -> str:
    return hashlib.sha256(json.dumps(items, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def _load(name: str) -> Any:
    return bundled(__package__, f"items/{name}.yaml")
