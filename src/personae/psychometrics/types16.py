"""Four type letters read from a Big-Five profile, for readers who think in them. No type questionnaire is administered.

E/I is extraversion, S/N openness, T/F agreeableness, J/P conscientiousness, each cut at a norm mean. A cut through the
middle of a bell curve parts people who hardly differ, so a letter comes with its probability, an "X" where the interval
reaches over the cut, and always with the warning. [MBTI for LLMs 2023, as a view of the Big Five]
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from personae.errors import UsageError
from personae.psychometrics.instrument import Instrument
from personae.psychometrics.norms import Norms
from personae.psychometrics.scoring import Answers, ScaleScore, score

#: Domain, the letter above the cut, the letter below it, and |r| between the two scales in people (unverified figures).
AXES = (("E", "E", "I", 0.74), ("O", "N", "S", 0.72), ("A", "F", "T", 0.44), ("C", "J", "P", 0.49))

WARNING = (
    "Type letters discard most of what a profile says: people near a cut are split, people far apart get one letter, "
    "emotional stability is left out, and the link to type questionnaires is partial "
    "(|r| about .74, .72, .44 and .49, unverified). Report the profile; a letter is a way of speaking."
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One of the four letters.

    letter:      of `above` and `below` the one the score is on, "X" where the interval holds the cut, "?" where there
                 is no score (`reason`).
    probability: of `above`, over bootstrap samples of the items; a sample at the cut counts half. None without a score.
    value, low, high: the score and its 95 % interval, in points per item, as `scoring.score` gives them.
    cut:         where the letters part, in the same points; `link` is |r| with the type scale in people (unverified).
    """

    domain: str
    above: str
    below: str
    letter: str
    probability: float | None
    value: float | None
    low: float | None
    high: float | None
    cut: float
    link: float
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class TypeView:
    """Four letters, where the cuts come from, and the warning that goes with them wherever they are shown."""

    letters: tuple[Letter, ...]
    cuts: str
    warning: str = WARNING

    @property
    def code(self) -> str:
        """The letters in the usual order, such as "INXP"."""
        return "".join(each.letter for each in self.letters)

    def __str__(self) -> str:
        return f"{self.code} (cuts: {self.cuts})\n{self.warning}"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data, the warning included."""
        return {"code": self.code, **dataclasses.asdict(self)}


def type_letters(
    instrument: Instrument,
    answers: Answers,
    cuts: Norms | Mapping[str, float] | None = None,
    *,
    seed: int = 0,
    n_resamples: int = 2_000,
) -> TypeView:
    """The letters of one respondent, from answers in points by item id; None is a missing answer.

    `cuts` are norms, or points per item by domain; without any, the middle of the response scale, and the view says so.
    Raises `UsageError` for an instrument without the domains E, O, A and C, and for cuts outside the response scale.

    >>> from personae.psychometrics.library import load
    >>> pool = load("big-five-60")
    >>> type_letters(pool, {item.id: 3 for item in pool.items}).code
    'XXXX'
    """
    if absent := [axis[0] for axis in AXES if axis[0] not in instrument.domains]:
        raise UsageError(f"type letters need the domains E, O, A and C; {instrument.id!r} has no {', '.join(absent)}")
    scores = {each.scale: each for each in score(instrument, answers) if each.level == "domain"}
    places, source = _cuts(instrument, cuts)
    rng = np.random.default_rng(seed)
    letters = []
    for domain, above, below, link in AXES:
        keyed = np.array([
            instrument.keyed(id, answer)
            for id in instrument.scale(domain).keys
            if (answer := answers.get(id)) is not None
        ])  # fmt: skip
        found, cut = scores[domain], places[domain]
        probability = None if found.value is None else _above(keyed, cut, rng, n_resamples)
        letter = _letter(found, cut, above, below)
        letters.append(
            Letter(
                domain, above, below, letter, probability, found.value, found.low, found.high, cut, link, found.reason
            )
        )
    return TypeView(tuple(letters), source)


def _letter(found: ScaleScore, cut: float, above: str, below: str) -> str:
    if found.value is None:
        return "?"
    if found.low is None or found.high is None or found.low <= cut <= found.high:
        return "X"
    return above if found.value > cut else below


def _above(keyed: Any, cut: float, rng: np.random.Generator, n_resamples: int) -> float:
    """The share of samples of the items, drawn with replacement, whose mean lies above the cut."""
    means = rng.choice(keyed, size=(n_resamples, len(keyed))).mean(axis=1)
    level = np.abs(means - cut) < 1e-9
    return float(np.where(level, 0.5, means > cut).mean())


def _cuts(instrument: Instrument, cuts: Norms | Mapping[str, float] | None) -> tuple[dict[str, float], str]:
    ends = instrument.response
    if cuts is None:
        return {axis[0]: ends.middle for axis in AXES}, "the middle of the response scale; there are no norms"
    if isinstance(cuts, Norms):
        if any(len(instrument.scale(axis[0]).keys) != cuts.items(axis[0]) for axis in AXES):
            raise UsageError(f"{cuts.name} do not fit {instrument.id!r}")
        known, source = {axis[0]: cuts.item_mean(axis[0]) for axis in AXES}, cuts.name
    else:
        known, source = {axis[0]: cuts.get(axis[0]) for axis in AXES}, "given"
    found = {domain: cut for domain, cut in known.items() if cut is not None and ends.low <= cut <= ends.high}
    if missing := [domain for domain in known if domain not in found]:
        wrong = f"{known[missing[0]]!r} for {missing[0]!r}"
        raise UsageError(f"a cut lies between {ends.low} and {ends.high} points per item; got {wrong}")
    return found, source
