"""A validity study: many simulated respondents answer an instrument, another method and criteria, all by one model.

It is what the gate asks for before a score of that model may be printed. It holds for the model, the instrument's exact
items and the way of asking it was made with, and for nothing else. [Personality Traits in LLMs, 2023]
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from personae.errors import FormatError
from personae.files import MEGABYTE, read_limited, write_atomic
from personae.psychometrics.instrument import Instrument, Scale
from personae.psychometrics.scoring import Answers, score
from personae.stats.correlation import pearson
from personae.stats.distributions import normal_quantile
from personae.stats.internal_consistency import internal_consistency
from personae.stats.intervals import FloatArray

#: What each domain has to go with (+1) or against (-1) outside the questionnaire.
CRITERIA: Mapping[str, Mapping[str, int]] = {
    "E": {"positive_affect": 1, "negative_affect": -1},
    "A": {"aggression": -1},
    "C": {"achievement": 1},
    "N": {"negative_affect": 1},
    "O": {"creativity": 1},
}

#: Fewer people in common than this give no correlation.
FEWEST_PAIRS = 10


@dataclass(frozen=True, slots=True)
class ScaleStudy:
    """What a study found about one scale; None where it could not be had.

    alpha, lambda6, omega: internal consistency over the respondents.
    convergent:   correlation with the same trait by the other method.
    discriminant: 1 - mean |correlation| with every other trait by the other method, both ways round.
    criterion:    share of the expected relations that are there: right sign, 95 % interval without 0.
    """

    alpha: float | None = None
    lambda6: float | None = None
    omega: float | None = None
    convergent: float | None = None
    discriminant: float | None = None
    criterion: float | None = None


@dataclass(frozen=True)
class Study:
    """Of which model, with which instrument (`sha256` of its items and keys), how asked, over how many respondents."""

    model: str
    instrument: str
    sha256: str
    mode: str
    route: str
    respondents: int
    scales: Mapping[str, ScaleStudy] = field(default_factory=dict)


def study(
    instrument: Instrument,
    answers: Mapping[str, Answers],
    other: Mapping[str, Mapping[str, float]],
    criteria: Mapping[str, Mapping[str, float]],
    *,
    model: str,
    mode: str,
    route: str,
    expected: Mapping[str, Mapping[str, int]] = CRITERIA,
) -> Study:
    """A study from the answers of simulated respondents, by their names.

    answers:  points by item id.
    other:    scores of the same domains by another method: a second questionnaire, the situational test.
    criteria: scores on what the domains should go with, by the names in `expected`.
    Respondents without a score on a side are left out of its correlations; `respondents` counts those with answers.
    """
    mine = {who: {s.scale: s.value for s in score(instrument, given)} for who, given in answers.items()}
    people = [who for who, scores in mine.items() if any(value is not None for value in scores.values())]
    own = _columns(mine, people, instrument.domains)
    theirs = _columns(other, people, instrument.domains)
    outside = _columns(criteria, people, sorted({name for names in expected.values() for name in names}))
    found = {}
    for domain in instrument.domains:
        table = _keyed_PI(instrument, instrument.scale(domain), [answers[who] for who in people])
        consistency = internal_consistency(table, n_resamples=0) if people else None
        across = [abs(r) for r in _off_diagonal(own, theirs, domain) if r is not None]
        found[domain] = ScaleStudy(
            alpha=consistency.alpha.value if consistency else None,
            lambda6=consistency.lambda6.value if consistency else None,
            omega=consistency.omega.value if consistency else None,
            convergent=_r(own[domain], theirs[domain])[0],
            discriminant=1 - sum(across) / len(across) if across else None,
            criterion=_criterion(own[domain], outside, expected.get(domain, {})),
        )
    return Study(model, instrument.id, instrument.sha256, mode, route, len(people), found)


def _columns(
    scores: Mapping[str, Mapping[str, float | None]] | Mapping[str, Mapping[str, float]],
    people: Sequence[str],
    names: Sequence[str],
) -> dict[str, FloatArray]:
    rows = [scores.get(who, {}) for who in people]
    return {
        name: np.array([math.nan if (x := row.get(name)) is None else x for row in rows], dtype=np.float64)
        for name in names
    }


def _keyed_PI(instrument: Instrument, scale: Scale, answers: Sequence[Answers]) -> FloatArray:
    return np.array(
        [
            [math.nan if (x := given.get(id)) is None else instrument.keyed(id, x) for id in scale.keys]
            for given in answers
        ],
        dtype=np.float64,
    )


def _off_diagonal(own: Mapping[str, FloatArray], theirs: Mapping[str, FloatArray], domain: str) -> list[float | None]:
    others = [name for name in own if name != domain]
    return [_r(own[domain], theirs[name])[0] for name in others] + [_r(own[name], theirs[domain])[0] for name in others]


def _criterion(own: FloatArray, outside: Mapping[str, FloatArray], expected: Mapping[str, int]) -> float | None:
    found = [(_r(own, outside[name]), sign) for name, sign in expected.items()]
    signs = [(r, n, sign) for (r, n), sign in found if r is not None]
    return sum(as_expected(r, n, sign) for r, n, sign in signs) / len(found) if signs else None


def as_expected(r: float, n: int, sign: int) -> bool:
    """Whether a correlation over n respondents surely has the sign: its 95 % interval (Fisher's z) leaves out 0.

    >>> as_expected(-0.45, 1250, -1), as_expected(0.04, 1250, 1)
    (True, False)
    """
    if n < FEWEST_PAIRS:
        return False
    z = math.atanh(max(-1 + 1e-12, min(1 - 1e-12, r)))
    return sign * z > normal_quantile(0.975) / math.sqrt(n - 3)


def _r(x: FloatArray, y: FloatArray) -> tuple[float | None, int]:
    both = np.isfinite(x) & np.isfinite(y)
    n = int(both.sum())
    if n < FEWEST_PAIRS:
        return None, n
    r = pearson(x[both], y[both])
    return (None if math.isnan(r) else r), n


def write_study(path: Path | str, found: Study) -> None:
    """Keep a study as JSON."""
    write_atomic(path, json.dumps(asdict(found), indent=1, ensure_ascii=False) + "\n")


def read_study(path: Path | str) -> Study:
    """A study from its file. Raises `FormatError` that names the place, `UnsafeFile` above 1 MB."""
    try:
        return _StudyShape.model_validate_json(read_limited(path, MEGABYTE)).built()
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise FormatError(f"{str(path)!r} holds no validity study: {place}: {first['msg']}") from error


_Value = Annotated[float | None, Field(ge=-10, le=1, allow_inf_nan=False)]


class _ScaleShape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    alpha: _Value = None
    lambda6: _Value = None
    omega: _Value = None
    convergent: _Value = None
    discriminant: _Value = None
    criterion: _Value = None


class _StudyShape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    model: str
    instrument: str
    sha256: str
    mode: str
    route: str
    respondents: int = Field(ge=0)
    scales: dict[str, _ScaleShape] = Field(default_factory=dict, max_length=500)

    def built(self) -> Study:
        scales = {name: ScaleStudy(**each.model_dump()) for name, each in self.scales.items()}
        return Study(**(self.model_dump() | {"scales": scales}))
