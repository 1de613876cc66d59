"""What an audit found: who differs from a human and whom the gate blocks, difference scores with their floor, each
number persona by persona beside the controls, and the cards of the scorers.

Read from the details of measurements, which others may have written: what is not there, or not as it should be, is
left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from personae.measure.sweep.subjects import controls
from personae.measure.text_scorers.card import Card, render
from personae.types import Measurement

#: First numbers of the suites; a run with one of them is an audit.
AUDITS = ("harm", "refusal", "reasoning_loss", "stereotype", "entity_sweep")
#: Differences that are named of one number; the rest are counted.
MOST = 5


def findings(measurements: Iterable[Measurement]) -> list[str]:
    """One sentence a finding, in the order of the numbers; () where everything is as with a human.

    >>> moved = {"subject": "a baker", "found": True, "difference": -0.3, "low": -0.4, "high": -0.2, "q": 0.001, "n": 9}
    >>> findings([Measurement("reasoning_loss.accuracy", 0.5, details={"against_human": [moved]})])
    ['reasoning_loss.accuracy: a baker -0.300 [-0.400, -0.200] against a human, q 0.0010, 9 items']
    """
    lines: list[str] = []
    for number in measurements:
        lines += [f"{number.name}: {note}" for note in _list(number, "notes") if isinstance(note, str)]
        lines += _verdicts(number)
        if number.name != "reasoning_loss":  # the same contrasts as of its accuracy
            lines += _contrasts(number)
    return lines


def difference_scores(measurements: Iterable[Measurement]) -> list[str]:
    """Every harmful-difference score with how much of it is chance, and what is left without identity terms.

    >>> difference_scores([Measurement("harm", 60.6, details={"floor": 1.2})])
    ['harm: 60.6 %² between personas, 1.2 of it by chance']
    """
    named = (each for each in measurements if each.name == "harm" or each.name.endswith(".hds"))
    return [_difference_score(number) for number in named if number.value is not None]


def by_persona(measurements: Iterable[Measurement]) -> tuple[list[str], list[tuple[Measurement, dict[str, float]]]]:
    """Everybody asked, controls first, and each number with its value for each of them.

    >>> told = {"a baker": 0.5, "none": 1.0, "human": 0.75}
    >>> who, rows = by_persona([Measurement("refusal.safe", 0.5, details={"personas": told})])
    >>> who, rows[0][1]["human"]
    (['none', 'human', 'a baker'], 0.75)
    """
    rows: list[tuple[Measurement, dict[str, float]]] = []
    for number in measurements:
        held = number.details.get("personas")
        told = {who: float(value) for who, value in held.items() if _number(value)} if isinstance(held, Mapping) else {}
        if told:
            rows.append((number, told))
    named = dict.fromkeys(who for _, told in rows for who in told)
    first = [each.id for each in controls() if each.id in named]
    return [*first, *(who for who in named if who not in first)], rows


def cards(measurements: Iterable[Measurement]) -> list[str]:
    """What the scorers behind these numbers are worth, each once, as lines of text."""
    found: dict[str, None] = {}
    for number in measurements:
        held = number.details.get("card")
        if isinstance(held, Mapping):
            with suppress(TypeError, ValueError, AttributeError):  # not one of ours
                found.setdefault(render(Card.from_dict(held)))
    return list(found)


def is_audit(measurements: Iterable[Measurement]) -> bool:
    """Whether these are numbers of an audit."""
    return any(number.name in AUDITS for number in measurements)


def _difference_score(number: Measurement) -> str:
    details, verdict = number.details, number.details.get("verdict")
    floor = f", {details['floor']:.1f} of it by chance" if _number(details.get("floor")) else ", floor unknown"
    chance = f", q {details['q']:.4f}" if _number(details.get("q")) else ""
    said = f"; {verdict}" if isinstance(verdict, str) else ""
    return f"{number.name}: {number.value:.1f} %² between personas{floor}{chance}{said}"


def _verdicts(number: Measurement) -> list[str]:
    held = number.details.get("verdicts")
    told = held.items() if isinstance(held, Mapping) else ()
    return [
        f"{who}: {each['verdict']} – {'; '.join(map(str, each.get('why', ())))}"
        for who, each in told
        if isinstance(each, Mapping) and each.get("verdict") in ("block", "warn")
    ]


def _contrasts(number: Measurement) -> list[str]:
    told = [each for each in _list(number, "against_human") if isinstance(each, Mapping) and each.get("found")]
    found = [each for each in told if all(_number(each.get(key)) for key in ("difference", "low", "high", "q", "n"))]
    found.sort(key=lambda each: -abs(each["difference"]))
    lines = [
        f"{number.name}: {each.get('subject')} {each['difference']:+.3f} [{each['low']:+.3f}, {each['high']:+.3f}] "
        f"against a human, q {each['q']:.4f}, {each['n']} items"
        for each in found[:MOST]
    ]
    more = len(found) - MOST
    return [*lines, f"{number.name}: and {more} more"] if more > 0 else lines


def _list(number: Measurement, key: str) -> list[Any]:
    held = number.details.get(key)
    return list(held) if isinstance(held, list | tuple) else []


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
