"""The synchrony–stability frontier of a log: what each policy would have given, under two scales, beside what was.

Every policy answers the recorded partners (`style_policies.replay`). Under each scale the recorded replies stand beside
the policies, and where the log has talks in which nothing adapted, these are the floor: a stability is worth only what
it has more than theirs. Source: the Synchrony–Stability Frontier (2025) and our reading of its released data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from personae.errors import UsageError
from personae.measure.style_logs import StyleLog, StyleTalk
from personae.metrics.style import mean_defined, register_flips, stability, synchrony
from personae.metrics.style_policies import POLICIES, Replay, replay
from personae.metrics.style_space import Scale, StyleSpace

#: The condition of talks in which nothing adapted.
STATIC = "static"

#: What each scale is, in words.
SCALES: dict[Scale, str] = {
    "both": "robust, fitted on both sides, cut off at ±3",
    "one": "mean and standard deviation of one side's replies, nothing cut off",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One point: a policy, or recorded replies. `policy` is empty for what was recorded."""

    name: str
    policy: str
    synchrony: float | None
    stability: float | None
    flips: float | None
    talks: int
    undefined: int = 0


@dataclass(frozen=True)
class Frontier:
    """All points on one scale, the warnings about this scale, and the relative gain in stability over uncapped."""

    scale: Scale
    dimensions: tuple[str, ...]
    rows: tuple[Row, ...]
    warnings: tuple[str, ...]
    gains: dict[str, float]

    def to_data(self) -> dict[str, Any]:
        """Plain JSON data."""
        return asdict(self) | {"about": SCALES[self.scale]}


def frontiers(log: StyleLog, policies: Sequence[str] = tuple(POLICIES)) -> list[Frontier]:
    """The frontier on both scales. Raises UsageError for an unknown policy, or texts that do not differ."""
    if unknown := [name for name in policies if name not in POLICIES]:
        raise UsageError(f"no style policy is called {unknown[0]!r}; there are {', '.join(POLICIES)}")
    return [_frontier(log.talks, policies, scale) for scale in SCALES]


def caveats(found: Sequence[Frontier], log: StyleLog) -> list[str]:
    """What has to be known before the numbers are used; each line stands by itself."""
    lines = [
        "Policies are replayed on vectors: this is what a voice would be told, not what a model makes of it.",
        "The voice starts at its centre, and the step away from it does not count as instability.",
        "A register flip is a change of sign of informality on this scale; the published figure has no definition.",
        "An order of policies that differs between the two scales is an order of scales.",
    ]
    lines += [f"On the scale “{each.scale}”: {warning}." for each in found for warning in each.warnings]
    floor = any(talk.condition == STATIC for talk in log.talks)
    if not floor:
        lines.append("The log has no talk marked static, so the stability of replies nobody adapted is not known.")
    lines += [f"{count} turns were left out: {reason}." for reason, count in log.missing.items() if count]
    return lines


def _frontier(talks: Sequence[StyleTalk], policies: Sequence[str], scale: Scale) -> Frontier:
    users, bots = (np.concatenate([getattr(talk, side) for talk in talks]) for side in ("users", "bots"))
    unadapted = [talk.bots for talk in talks if talk.condition == STATIC]
    own = np.concatenate(unadapted) if unadapted else bots
    space = StyleSpace.fit(users, bots, own=own, scale=scale)
    heard = [space.scaler.transform(talk.users) for talk in talks]
    rows = [_row(name, replay(heard, POLICIES[name], space.centre), space) for name in policies]
    conditions = sorted({talk.condition for talk in talks})
    for condition in conditions:
        rows.append(_recorded([talk for talk in talks if talk.condition == condition], condition, space))
    return Frontier(scale, space.names, tuple(rows), space.warnings, _gains(rows))


def _row(name: str, found: Replay, space: StyleSpace) -> Row:
    flips = found.flips if space.informality == 0 else None
    return Row(name, name, found.synchrony, found.stability, flips, found.talks, found.undefined)


def _recorded(talks: Sequence[StyleTalk], condition: str, space: StyleSpace) -> Row:
    """The replies as they were: the no-adaptation floor where the condition is "static"."""
    said = [space.scaler.transform(talk.bots) for talk in talks]
    heard = [space.scaler.transform(talk.users) for talk in talks]
    place = space.informality
    flips = [register_flips(each[:, place]) for each in said] if place is not None else []
    return Row(
        f"recorded, {condition}" if condition else "recorded",
        "",
        mean_defined(synchrony(ours, theirs) for ours, theirs in zip(said, heard, strict=True)),
        mean_defined(stability(each) for each in said),
        mean_defined(flips),
        len(talks),
    )


def _gains(rows: Sequence[Row]) -> dict[str, float]:
    """Relative gain in stability over `uncapped`, e.g. .6 for 60 % more."""
    base = next((row.stability for row in rows if row.policy == "uncapped"), None)
    if not base or base <= 0:
        return {}
    return {row.name: row.stability / base - 1 for row in rows if row.policy and row.stability is not None}
