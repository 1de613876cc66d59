"""How far to follow the partner's style: the eight policies, and a replay of them on recorded style vectors.

All of them are one step with different numbers: move from where the voice is towards the partner, by a share, by
at most so much, not at all when near enough, and never further than so far from home. Source of the policies and
their default numbers: the Synchrony–Stability Frontier (2025).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError
from personae.metrics.style import FloatArray, cosine, mean_defined, register_flips


@dataclass(frozen=True, slots=True)
class StylePolicy:
    """One step of adaptation in z-space.

    rate:    share of the way towards the partner, 0 (stay) … 1 (all the way)
    cap:     longest step
    keep_at: cosine with the partner from which on nothing moves
    radius:  greatest distance from the persona's own centre
    """

    rate: float = 1.0
    cap: float = math.inf
    keep_at: float | None = None
    radius: float = math.inf

    def step(self, voice: FloatArray, partner: FloatArray, centre: FloatArray) -> FloatArray:
        """Where the voice goes when it hears the partner; arrays of one axis, in z-space.

        >>> StylePolicy(cap=0.25).step(np.zeros(2), np.array([3.0, 4.0]), np.zeros(2))
        array([0.15, 0.2 ])
        """
        if self.keep_at is not None:
            near = cosine(partner, voice, as_published=True)
            if near is not None and near >= self.keep_at:
                return voice
        moved = voice + _at_most(self.rate * (partner - voice), self.cap)
        return centre + _at_most(moved - centre, self.radius) if math.isfinite(self.radius) else moved


#: The policies by name. Numbers are the paper's: cap .25, rate .5, dead band 1 − .1, radius .75, cache .99.
POLICIES: Mapping[str, StylePolicy] = {
    "static": StylePolicy(rate=0.0),
    "uncapped": StylePolicy(),
    "cap": StylePolicy(cap=0.25),
    "ema": StylePolicy(rate=0.5),
    "dead_band": StylePolicy(keep_at=0.9),
    "hybrid": StylePolicy(rate=0.5, cap=0.25),
    "hybrid_radius": StylePolicy(rate=0.5, cap=0.25, radius=0.75),
    "hybrid_cache": StylePolicy(rate=0.5, cap=0.25, keep_at=0.99),
}


@dataclass(frozen=True, slots=True)
class Replay:
    """What a policy would have done: means per talk, then over talks; None where nothing is defined.

    synchrony: cosine of voice and partner. stability: cosine of each turn's voice with the one before.
    flips:     share of steps at which the voice's informality changes its sign.
    talks:     number of talks; undefined: turns whose synchrony has no value.
    """

    synchrony: float | None
    stability: float | None
    flips: float | None
    talks: int
    undefined: int


def replay(
    talks: Sequence[npt.ArrayLike], policy: StylePolicy, centre: npt.ArrayLike, *, as_published: bool = False
) -> Replay:
    """Let a policy answer recorded partners; each talk is (turns, dimensions) in z-space, informality first.

    The voice starts at `centre`. `as_published` counts the step away from that start into the stability, and
    takes the cosine of vectors of almost no length; by default both are undefined.
    """
    home = np.asarray(centre, dtype=np.float64)
    if not talks:
        raise UsageError("no talks to replay")
    in_step: list[float | None] = []
    steady: list[float | None] = []
    flips: list[float | None] = []
    undefined = 0
    for talk in talks:
        partner = np.asarray(talk, dtype=np.float64)
        voices = [home]
        for heard in partner:
            voices.append(policy.step(voices[-1], heard, home))
        with_partner = [
            cosine(voice, heard, as_published=as_published) for voice, heard in zip(voices[1:], partner, strict=True)
        ]
        own = voices if as_published else voices[1:]
        with_self = [cosine(now, before, as_published=as_published) for before, now in pairwise(own)]
        undefined += with_partner.count(None)
        in_step.append(mean_defined(with_partner))
        steady.append(mean_defined(with_self))
        flips.append(register_flips([voice[0] for voice in voices[1:]]))
    return Replay(mean_defined(in_step), mean_defined(steady), mean_defined(flips), len(talks), undefined)


def _at_most(step: FloatArray, longest: float) -> FloatArray:
    length = float(np.linalg.norm(step))
    return step * (longest / length) if length > longest else step
