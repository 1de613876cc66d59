"""From scored talks to measurements. Units of every interval are talks, for the replies of one hang together."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from personae.measure.consistency.apc import (
    apc,
    apc_of_asked,
    apc_share,
    delta_apc,
    delta_apc_per_asked,
    over_turns,
)
from personae.measure.consistency.cells import Cell, missed, shown, violated, worst
from personae.measure.consistency.family import c_score, coh_con, p_score
from personae.measure.consistency.matrix import Matrix
from personae.measure.consistency.recoverability import recovered
from personae.measure.drift import SPOKEN
from personae.measure.items import grouped_share, mean, share
from personae.measure.protocol import Observation, Plan, missing_by_outcome
from personae.types import CONTRADICTION, ENTAILMENT, Measurement

#: Why a reply of a talk is not in its matrix; reasons of statements are counted once, in the plan.
REPLY_REASONS = ("empty", "unread_reply", "unjudged_reply", "unjudged_query")

Matrices = Mapping[str, Matrix]


def numbers(
    name: str, plan: Plan, observations: Sequence[Observation], provenance: Mapping[str, str]
) -> list[Measurement]:
    """All measurements from the observations of talks, in any order; the first carries `name` and the whole matrix."""
    scored = sorted((o for o in observations if o.outcome == "answered"), key=lambda o: o.case_id)
    matrices = {o.case_id: Matrix.from_data(o.data["matrix"]) for o in scored}
    missing = _missing(plan, observations)
    recited = {o.case_id: Matrix.from_data(o.data["recited"]) for o in scored if o.data["recited"]["replies"]}
    measured = [
        *_on_targets(name, matrices, scored, missing),
        *_shares(name, matrices, missing),
        _recited(name, recited, missing),
        *_apc(name, matrices, missing),
        *_scores(name, matrices, missing),
        _self_contradiction(f"{name}.self_contradiction", scored, missing),
        *_recoverability(name, scored, missing),
    ]
    first = next(iter(matrices.values()), None)
    facts = dict(first.scorer) if first is not None else dict(provenance)
    trust = {"scorer": facts, "validity": facts.get("validity", "ok")}
    details = [dict(m.details) | trust for m in measured]
    details[0] |= _whole(matrices, scored)
    return [dataclasses.replace(m, details=d) for m, d in zip(measured, details, strict=True)]


def on_target(matrix: Matrix, targets: Mapping[str, str | None]) -> list[int]:
    """What each reply did to the statement it was asked for; `targets` maps replies to statements, by id.

    Replies without a target (small talk) are not in the list.
    """
    columns = {each.id: column for column, each in enumerate(matrix.statements)}
    kinds = matrix.kinds
    asked = [(row, targets.get(each.id)) for row, each in enumerate(matrix.exchanges)]
    return [int(kinds[row, columns[target]]) for row, target in asked if target in columns]


def _on_targets(
    name: str, matrices: Matrices, scored: Sequence[Observation], missing: Mapping[str, int]
) -> list[Measurement]:
    """Share of the questions answered in line with their statement, and against it."""
    kinds = {
        o.case_id: on_target(matrices[o.case_id], {turn["id"]: turn["target"] for turn in o.data["turns"]})
        for o in scored
    }
    return [
        grouped_share(each, {talk: [kind == wanted for kind in listed] for talk, listed in kinds.items()}, missing)
        for each, wanted in ((name, ENTAILMENT), (f"{name}.contradicted", CONTRADICTION))
    ]


def _shares(name: str, matrices: Matrices, missing: Mapping[str, int]) -> list[Measurement]:
    kinds = {talk: matrix.kinds for talk, matrix in matrices.items()}
    clean = {talk: (~(table == CONTRADICTION).any(axis=1)).tolist() for talk, table in kinds.items()}
    entailed = {talk: (table == ENTAILMENT).any(axis=1).tolist() for talk, table in kinds.items()}
    marks = {talk: coh_con(kinds[talk], matrix.coherence).marks for talk, matrix in matrices.items()}
    return [
        grouped_share(f"{name}.uncontradicted", clean, missing),
        grouped_share(f"{name}.entailed_share", entailed, missing),
        grouped_share(f"{name}.coh_con", {talk: [mark == 2 for mark in each] for talk, each in marks.items()}, missing),
    ]


def _recited(name: str, recited: Matrices, missing: Mapping[str, int]) -> Measurement:
    """`uncontradicted` for the control, the statements themselves as replies; its other numbers in the details."""
    first, *others = [*_shares(name, recited, missing), *_apc(name, recited, missing), *_scores(name, recited, missing)]
    values = {m.name.removeprefix(f"{name}."): m.value for m in others}
    return dataclasses.replace(first, name=f"{first.name}.recited", details=dict(first.details) | {"numbers": values})


def _apc(name: str, matrices: Matrices, missing: Mapping[str, int]) -> list[Measurement]:
    """APC and ΔAPC per reply, and the forms that can be compared between personas."""
    whole = {talk: _arrays(matrix) for talk, matrix in matrices.items()}
    of_talk = {
        "apc": (_means(whole, apc), "statements"),
        "apc_share": (_means(whole, apc_share), "share"),
        "apc_of_asked": (_present({talk: apc_of_asked(*a) for talk, a in whole.items()}), "share"),
        "delta_apc": (_means(whole, delta_apc), "statements"),
        "delta_apc_per_asked": (_present({talk: delta_apc_per_asked(*a) for talk, a in whole.items()}), "per asked"),
    }
    followed = {
        talk: {form.__name__: _turns(form(*arrays)) for form in (apc, delta_apc)} for talk, arrays in whole.items()
    }
    listed = [_of_talks(f"{name}.{form}", values, missing, unit) for form, (values, unit) in of_talk.items()]
    if matrices:
        unasked = "no question asked for a statement, by the pair scorer"
        listed = [m if m.value is not None else dataclasses.replace(m, reason=unasked) for m in listed]
    return [dataclasses.replace(listed[0], details=dict(listed[0].details) | {"over_turns": followed}), *listed[1:]]


def _of_talks(name: str, values: Mapping[str, float], missing: Mapping[str, int], unit: str) -> Measurement:
    return share(name, values, missing) if unit == "share" else mean(name, values, missing, unit=unit)


def _scores(name: str, matrices: Matrices, missing: Mapping[str, int]) -> list[Measurement]:
    c = {talk: c_score(matrix.kinds) for talk, matrix in matrices.items()}
    p = {talk: p_score(matrix.kinds) for talk, matrix in matrices.items()}
    return [
        mean(f"{name}.c_score", c, missing, unit="statements"),
        mean(f"{name}.p_score", p, missing, unit="points"),
    ]


def _self_contradiction(name: str, scored: Sequence[Observation], missing: Mapping[str, int]) -> Measurement:
    """Share of flagged replies among those that could be compared with an earlier one; each flag with its texts."""
    checks = {o.case_id: [c for c in o.data["self"] if c["probability"] is not None] for o in scored}
    flags = {talk: [c["flagged"] for c in listed] for talk, listed in checks.items()}
    measured = grouped_share(name, flags, missing)
    found = [
        {
            "probability": check["probability"],
            "claim": check["claim"],
            "reply_id": o.data["matrix"]["replies"][check["utterance"]]["id"],
            "earlier_id": o.data["matrix"]["replies"][check["earlier"]]["id"],
            "earlier": o.data["matrix"]["replies"][check["earlier"]]["text"],
        }
        for o in scored
        for check in checks[o.case_id]
        if check["flagged"]
    ]
    found.sort(key=lambda each: -float(each["probability"]))
    return dataclasses.replace(measured, details=dict(measured.details) | {"flagged": found})


def _recoverability(name: str, scored: Sequence[Observation], missing: Mapping[str, int]) -> list[Measurement]:
    fits = [o.data["fits"] for o in scored]
    names = f"{name}.recoverability", f"{name}.recoverability_auc"
    if not fits or len(fits[0]) < 2:
        reason = "no talk was scored" if not fits else "no other profile to tell this one from"
        return [Measurement(each, reason=reason, missing=missing, unit="share") for each in names]
    found = recovered(fits)
    hits = {o.case_id: recovered([fit]).hit_rate for o, fit in zip(scored, fits, strict=True)}
    details = {"margins": list(found.margins), "profiles": found.profiles, "chance": 1 / found.profiles}
    return [
        share(names[0], hits, missing, details=details),
        Measurement(names[1], found.auc, n=len(fits), missing=missing, unit="share", details={"chance": 0.5}),
    ]


def _whole(matrices: Matrices, scored: Sequence[Observation]) -> dict[str, Any]:
    """What a report shows: the matrix of all talks, the lists, the worst pair with its texts, and the talks."""
    if not matrices:
        return {}
    matrix = Matrix.stacked(list(matrices.values()))
    worst_cell = worst(matrix)
    return {
        "matrix": matrix.to_data(),
        "worst": worst_cell.to_data() if worst_cell else None,
        "violated": _short(violated(matrix)),
        "missed": _short(missed(matrix)),
        "shown": _short(shown(matrix)),
        "talks": {o.case_id: o.data["turns"] for o in scored},
    }


def _short(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    return [{"statement": c.statement_id, "reply": c.reply_id, "probability": c.probability} for c in cells]


def _missing(plan: Plan, observations: Sequence[Observation]) -> dict[str, int]:
    """Statements and talks without a value, and single replies of scored talks that carry none."""
    counts = Counter(missing_by_outcome(plan, observations))
    for observation in observations:
        if observation.outcome != "answered":
            continue
        counts.update(t["outcome"] for t in observation.data["turns"] if t["outcome"] not in SPOKEN)
        left_out = observation.data["matrix"]["missing"]
        counts.update({reason: left_out[reason] for reason in REPLY_REASONS if reason in left_out})
    return dict(counts)


def _arrays(matrix: Matrix) -> tuple[Any, Any, Any]:
    return matrix.asked, matrix.entailment, matrix.contradiction


def _means(arrays: Mapping[str, tuple[Any, Any, Any]], form: Any) -> dict[str, float]:
    """The mean over the replies of each talk; replies without a query carry no value."""
    return _present({talk: _turns(form(*each))["mean"] for talk, each in arrays.items()})


def _turns(values: Any) -> dict[str, Any]:
    found = over_turns(np.asarray(values))
    return dataclasses.asdict(found) if found else {"mean": None, "minimum": None, "slope": None, "n": 0}


def _present(values: Mapping[str, float | None]) -> dict[str, float]:
    return {talk: value for talk, value in values.items() if value is not None}
