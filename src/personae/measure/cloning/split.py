"""Which items tell about a person, and which have to be predicted."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited
from personae.psychometrics.instrument import Instrument

#: The keys of a split file: the released names, and plain ones.
NAMES = (("train_index", "test_index"), ("profile", "test"))
#: Share of the items that tell about a person where a split is drawn (PAPI: 120 of 300).
PROFILE_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Split:
    """Item ids in two sets without an item in both. Everything that is tuned is tuned on `profile` alone."""

    profile: tuple[str, ...]
    test: tuple[str, ...]

    def __post_init__(self) -> None:
        every = (*self.profile, *self.test)
        if not self.profile or not self.test:
            raise UsageError(f"{len(self.profile)} profile and {len(self.test)} test items; a split needs both")
        if len(set(every)) < len(every):
            twice = next(id for id in every if every.count(id) > 1)
            raise UsageError(f"the item {twice!r} stands twice in the split; what is known cannot be predicted")


def read_split(path: Path | str, instrument: Instrument) -> Split:
    """The split of a JSON file: {"train_index": […], "test_index": […]} or {"profile": […], "test": […]} of item ids.

    Raises `FormatError` for another file, and for items that the instrument does not have or that stand in both.
    """
    try:
        tree = json.loads(read_limited(path, MEGABYTE))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{str(path)!r} is no split: {error!s:.120}") from error
    names = next((pair for pair in NAMES if isinstance(tree, dict) and all(name in tree for name in pair)), None)
    if names is None or not all(_listed(tree[name]) for name in names):
        raise FormatError(f"{str(path)!r} is no split: lists under 'train_index' and 'test_index' are wanted")
    try:
        split = Split(*(tuple(str(id) for id in tree[name]) for name in names))
        for id in (*split.profile, *split.test):
            instrument.item(id)
    except UsageError as error:
        raise FormatError(f"{str(path)!r}: {error}") from error
    return split


def drawn_split(instrument: Instrument, *, share: float = PROFILE_SHARE, seed: int = 0) -> Split:
    """A seeded split with the same share of every facet (or domain, without facets); one item of each at least.

    Raises `UsageError` for a share that is not between 0 and 1.
    """
    if not 0 < share < 1:
        raise UsageError(f"a share of {share!r} of the items; give one between 0 and 1")
    rng = random.Random(f"split/{seed}")
    groups: dict[str, list[str]] = {}
    for item in instrument.items:
        if item.key:
            groups.setdefault(item.facet or item.domain, []).append(item.id)
    profile: set[str] = set()
    for ids in groups.values():
        profile |= set(rng.sample(ids, min(max(1, round(share * len(ids))), max(1, len(ids) - 1))))
    scored = [item.id for item in instrument.items if item.key]
    return Split(_those(scored, profile, True), _those(scored, profile, False))


def _those(ids: Sequence[str], chosen: set[str], inside: bool) -> tuple[str, ...]:
    return tuple(id for id in ids if (id in chosen) == inside)


def _listed(value: Any) -> bool:
    return isinstance(value, list) and all(type(id) in (int, str) for id in value)
