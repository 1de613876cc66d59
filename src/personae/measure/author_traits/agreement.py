"""How often a reader agrees with the labels, beside what always saying the commoner pole would give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from personae.errors import UsageError
from personae.measure.author_traits.profile import AuthorProfile
from personae.metrics.classification import macro_f1
from personae.psychometrics.trait_prompts import DOMAINS, Pole
from personae.stats.clustered import clustered_share
from personae.stats.intervals import NOTHING, Interval
from personae.stats.paired import mcnemar

#: Ways to read a pole off a profile: the side of its numbers, and the choice with high or with low listed first.
READINGS = ("numbers", "high_first", "low_first")


@dataclass(frozen=True, slots=True)
class Agreement:
    """A reader's poles against the labels of the same texts.

    accuracy: share told right of those it told, 0 … 1, with an interval over authors. f1: mean over both poles.
    majority, majority_f1: the same for always saying the commoner label. p: two-sided McNemar test against it.
    kappa:    agreement beyond chance (Cohen, 1960); None where a side never varies.
    missing:  texts that got no pole, by reason.
    """

    trait: str
    accuracy: Interval
    f1: float | None = None
    majority: float | None = None
    majority_f1: float | None = None
    kappa: float | None = None
    p: float | None = None
    missing: Mapping[str, int] = field(default_factory=dict)


def agreement(
    trait: str,
    told: Sequence[Pole | None],
    high: Sequence[bool],
    authors: Sequence[str] = (),
    missing: Mapping[str, int] | None = None,
) -> Agreement:
    """The agreement of what was `told` with whether each text's author is `high`; None is missing, never wrong.

    >>> found = agreement("E", ["high", "low", "low", "high"], [True, False, True, True])
    >>> found.accuracy.value, found.majority, round(found.kappa, 3)
    (0.75, 0.75, 0.5)
    """
    if len(told) != len(high) or (authors and len(authors) != len(high)):
        raise UsageError(f"{len(told)} poles and {len(high)} labels; give one label per text")
    names = list(authors) or [str(number) for number in range(len(high))]
    rows = [(pole == "high", label, who) for pole, label, who in zip(told, high, names, strict=True) if pole]
    lost = (
        dict(missing) if missing is not None else ({"no_pole": len(high) - len(rows)} if len(rows) < len(high) else {})
    )
    if not rows:
        return Agreement(trait, NOTHING, missing=lost)
    marks: dict[str, list[bool]] = {}
    for said, label, who in rows:
        marks.setdefault(who, []).append(said == label)
    labels, said_high = [label for _, label, _ in rows], [said for said, _, _ in rows]
    common = sum(labels) * 2 >= len(labels)
    right = [said == label for said, label in zip(said_high, labels, strict=True)]
    base = [label == common for label in labels]
    only_reader = sum(a and not b for a, b in zip(right, base, strict=True))
    only_base = sum(b and not a for a, b in zip(right, base, strict=True))
    return Agreement(
        trait,
        clustered_share(marks),
        macro_f1(list(map(int, labels)), list(map(int, said_high))),
        sum(base) / len(base),
        macro_f1(list(map(int, labels)), [int(common)] * len(labels)),
        _kappa(said_high, labels),
        mcnemar(only_reader, only_base),
        lost,
    )


def agreements(
    profiles: Sequence[AuthorProfile],
    labels: Sequence[Mapping[str, bool]],
    authors: Sequence[str] = (),
    *,
    middle: float = 3,
) -> dict[str, dict[str, Agreement]]:
    """Reading (see `READINGS`) → trait → agreement, over texts that have a label of the trait.

    `labels` are trait (name or letter) → high. Traits without any label are left out.
    """
    traits = list(dict.fromkeys(trait for profile in profiles for trait in profile.traits))
    found: dict[str, dict[str, Agreement]] = {reading: {} for reading in READINGS}
    names = list(authors) or [str(number) for number in range(len(profiles))]
    for trait in traits:
        rows = [
            (profile, label, who)
            for profile, each, who in zip(profiles, labels, names, strict=True)
            if (label := each.get(trait, each.get(DOMAINS.get(trait, "")))) is not None
        ]
        for reading in READINGS if rows else ():
            poles = [_pole(profile, trait, reading, middle) for profile, _, _ in rows]
            high, who = [label for _, label, _ in rows], [name for _, _, name in rows]
            reasons = Counter(
                profile.traits[trait].reason or "no_pole"
                for (profile, _, _), p in zip(rows, poles, strict=True)
                if not p
            )
            found[reading][trait] = agreement(trait, poles, high, who, dict(reasons))
    return found


def _pole(profile: AuthorProfile, trait: str, reading: str, middle: float) -> Pole | None:
    read = profile.traits[trait]
    if reading != "numbers":
        return read.by_order[READINGS.index(reading) - 1]
    if read.value is None or read.value == middle:
        return None
    return "high" if read.value > middle else "low"


def _kappa(said: Sequence[bool], labels: Sequence[bool]) -> float | None:
    n = len(labels)
    a, b = sum(said) / n, sum(labels) / n
    chance = a * b + (1 - a) * (1 - b)
    observed = sum(x == y for x, y in zip(said, labels, strict=True)) / n
    return (observed - chance) / (1 - chance) if chance < 1 else None
