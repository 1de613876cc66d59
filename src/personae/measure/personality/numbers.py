"""The numbers of a questionnaire: what was answered, whether it may be called a score, and the crowd around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from personae.psychometrics.certificate import Certificate, certify
from personae.psychometrics.gate import Gate, gate
from personae.psychometrics.indices import Acquiescence, Position, acquiescence, agreement_shares, position
from personae.psychometrics.instrument import Instrument
from personae.psychometrics.norms import Norms, t_scores
from personae.psychometrics.rows import Row
from personae.psychometrics.scoring import Answers, Respondent, ScaleScore, by_respondent, constant, pooled, score
from personae.stats.internal_consistency import cronbach_alpha
from personae.stats.intervals import wilson
from personae.types import Measurement

#: From so many people on the crowd's own alpha is given.
FEWEST_PEOPLE = 10

Missing = Mapping[str, int]
NotValid = Callable[[Respondent, str], tuple[str, ...]]


def numbers(
    name: str,
    instrument: Instrument,
    own: Sequence[Row],
    crowd: Sequence[Row],
    missing: Missing,
    norms: Norms | None,
    not_valid: NotValid,
) -> list[Measurement]:
    """All numbers of the persona's rows `own`, with the crowd's in the details of the first.

    `not_valid` says for a respondent and a domain why the model's scores are not valid; () where they are.
    """
    names = [f"{name}.{domain}" for domain in instrument.domains]
    if not any(row.answer is not None for row in own):
        rest = [*names, f"{name}.acquiescence", f"{name}.place"]
        return [Measurement(each, reason="no item was answered", missing=missing) for each in (name, *rest)]
    found = pooled(own)
    whole = certify(own, instrument)
    places = position(own, len(instrument.response.labels))
    lean = acquiescence(instrument, found.answers)
    who = next(iter(by_respondent(own)))
    scores = [each for each in score(instrument, found.answers, found.why) if each.level == "domain"]
    warning = constant([a for a in found.answers.values() if a is not None], instrument.response)
    measured = []
    for each in scores:
        certificate = certify(own, instrument, each.scale)
        shut = gate((certificate, whole), not_valid(who, each.scale), places, lean)
        measured.append(_domain(f"{name}.{each.scale}", instrument, each, found.answers, certificate, shut, norms))
    details = {
        "instrument": {"id": instrument.id, "title": instrument.title, "items": len(instrument.items),
                       "sha256": instrument.sha256, "licence": instrument.licence.name},
        "asked": {"model": who.model, "mode": who.mode, "route": who.route},
        "labels": list(instrument.response.labels),
        "certificate": whole.about(),
        "named": [each for each in (places.named, lean.named, warning) if each],
        "agreement": agreement_shares(instrument, found.answers),
        "population": population(instrument, crowd),
        "order": [each.scale for each in scores],
    }  # fmt: skip
    return [
        _keeps_side(name, _sided(own, found.answers, instrument), whole, details, missing),
        *measured,
        _leaning(f"{name}.acquiescence", lean, missing),
        _placed(f"{name}.place", places, missing),
    ]


def _domain(
    name: str,
    instrument: Instrument,
    found: ScaleScore,
    answers: Answers,
    certificate: Certificate,
    shut: Gate,
    norms: Norms | None,
) -> Measurement:
    """One domain; only what may be reported is offered to comparisons, item by item."""
    answered: dict[str, Any] = {
        "mean": None if found.value is None else round(found.value, 4),
        "pomp": None if found.pomp is None else round(found.pomp, 2),
        "low": found.low,
        "high": found.high,
        "least": round(found.least, 4),
        "most": round(found.most, 4),
        "answered": found.answered,
        "items": found.items,
    }
    if norms is not None:
        (t,) = t_scores([found], norms)
        answered["t"] = {"value": t.value, "low": t.low, "high": t.high, "reason": t.reason, "norms": norms.name}
    details: dict[str, Any] = {
        "called": instrument.name_of(found.scale),
        "range": [instrument.response.low, instrument.response.high],
        "answered": answered,
        "certificate": certificate.about(),
        "gate": list(shut.reasons),
    }
    facts: dict[str, Any] = {"n": found.answered, "missing": found.missing, "unit": "points", "details": details}
    if found.value is None:
        return Measurement(name, reason=f"not reportable: {found.reason}", **facts)
    if not shut.open:
        return Measurement(name, reason=shut.line, **facts)
    keys = instrument.scale(found.scale).keys
    details["values"] = {id: instrument.keyed(id, a) for id in keys if (a := answers.get(id)) is not None}
    return Measurement(name, found.value, low=found.low, high=found.high, **facts)


def _sided(rows: Sequence[Row], answers: Answers, instrument: Instrument) -> list[str]:
    """The answered items that left the middle of the scale at least once."""
    sided = {row.item for row in rows if row.answer not in (None, instrument.response.middle)}
    return [id for id, answer in answers.items() if answer is not None and id in sided]


def _keeps_side(
    name: str, sided: Sequence[str], whole: Certificate, details: Mapping[str, Any], missing: Missing
) -> Measurement:
    """The share of items with a side whose answer never crosses the middle, whichever way they are asked."""
    if whole.flips is None or not sided:
        reason = "asked in one way only" if whole.flips is None else "every answer is the middle of the scale"
        return Measurement(name, reason=reason, missing=missing, unit="share", details=details)
    values = {id: float(id not in whole.flipped) for id in sided}
    found = wilson(int(sum(values.values())), len(values))
    return Measurement(
        name, found.value, None, found.low, found.high, found.n, missing, "share", {**details, "values": values}
    )


def _leaning(name: str, lean: Acquiescence, missing: Missing) -> Measurement:
    if lean.index is None:
        return Measurement(name, reason="no domain has items keyed both ways", missing=missing, unit="points")
    details = {"named": lean.named, "domains": lean.domains}
    return Measurement(name, lean.index, None, lean.low, lean.high, lean.domains, missing, "points", details)


def _placed(name: str, places: Position, missing: Missing) -> Measurement:
    """The share of items for which the place was kept when the scale was turned; with equal p for every place."""
    details = {
        "counts": list(places.counts),
        "p": None if places.test is None else places.test.p,
        "followed": places.followed,
        "named": places.named,
    }
    if not places.turned:
        reason = "no option was chosen with the scale in both directions"
        return Measurement(name, reason=reason, missing=missing, unit="share", details=details)
    found = wilson(places.kept, places.turned)
    return Measurement(name, found.value, None, found.low, found.high, places.turned, missing, "share", details)


def population(instrument: Instrument, rows: Sequence[Row]) -> dict[str, Any]:
    """What a crowd answered: mean points per person and domain, and how well each domain's items go together in it."""
    people = {who.persona: pooled(each).answers for who, each in by_respondent(rows).items()}
    if not people:
        return {}
    scored = {who: {s.scale: s.value for s in score(instrument, answers)} for who, answers in people.items()}
    return {
        "people": len(people),
        "scores": {
            domain: {who: round(v, 4) for who, s in scored.items() if (v := s[domain]) is not None}
            for domain in instrument.domains
        },
        "alpha": {domain: _alpha(instrument, domain, list(people.values())) for domain in instrument.domains},
    }


def _alpha(instrument: Instrument, domain: str, people: Sequence[Answers]) -> float | None:
    if len(people) < FEWEST_PEOPLE:
        return None
    keys = instrument.scale(domain).keys
    table = [[np.nan if (x := a.get(id)) is None else instrument.keyed(id, x) for id in keys] for a in people]
    return cronbach_alpha(table).value
