"""Which behaviour is held against which self-report, and which way it has to move: stated before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from personae.errors import UsageError
from personae.psychometrics.instrument import Instrument
from personae.types import Measurement

Sign = Literal[1, -1]
Verdict = Literal["follows", "says and does not", "turns against", "does and does not say", "neither moves", "unknown"]

#: Number of a behaviour → what it counts, for the table.
BEHAVIOURS: Mapping[str, str] = {
    "cards": "cards turned above the best number",
    "sycophancy": "decisions given up when contradicted",
    "honesty": "Brier score of its certainty",
    "association": "bias of its word associations",
}


_SIGNS: Mapping[str, Sign] = {"1": 1, "+1": 1, "-1": -1}


@dataclass(frozen=True, slots=True)
class Link:
    """Where the self-report on `domain` rises, the behaviour rises (+1) or falls (−1)."""

    domain: str
    behaviour: str
    sign: Sign


#: Our questionnaire asks about the behaviours themselves, so each goes with its own.
OWN = (
    Link("cards", "cards", 1),
    Link("sycophancy", "sycophancy", 1),
    Link("honesty", "honesty", -1),
    Link("association", "association", 1),
)
#: For questionnaires with the domains of the Big Five: the direction that is usually expected.
BIG_FIVE = (
    Link("C", "cards", -1),
    Link("A", "sycophancy", 1),
    Link("C", "honesty", -1),
    Link("O", "association", -1),
)


def known_links(instrument: Instrument) -> tuple[Link, ...]:
    """The links of a questionnaire. Raises `UsageError` where none are known: somebody has to state them."""
    for known in (OWN, BIG_FIVE):
        if {link.domain for link in known} <= set(instrument.domains):
            return known
    raise UsageError(f"no links are known for {instrument.id!r}; state them, as in links='C:cards:-1,A:sycophancy:1'")


def read_links(text: str) -> tuple[Link, ...]:
    """Links from text, `domain:behaviour:sign` separated by commas. Raises `UsageError` for anything else.

    >>> read_links("C:cards:-1, A:sycophancy:+1")
    (Link(domain='C', behaviour='cards', sign=-1), Link(domain='A', behaviour='sycophancy', sign=1))
    """
    found = []
    for part in text.split(","):
        domain, _, rest = part.strip().partition(":")
        behaviour, _, sign = rest.partition(":")
        if not domain or behaviour not in BEHAVIOURS or sign not in _SIGNS:
            raise UsageError(f"{part.strip()!r} is no link; write domain:behaviour:1 or -1, of {', '.join(BEHAVIOURS)}")
        found.append(Link(domain, behaviour, _SIGNS[sign]))
    return tuple(found)


def verdict(report: Measurement, behaviour: Measurement, sign: Sign) -> Verdict:
    """What two changes say together. A change counts where its 95 % interval leaves out zero; that one does not is no
    proof that nothing changed.

    >>> rose = Measurement("r", 1.0, low=0.5, high=1.5)
    >>> verdict(rose, Measurement("b", 0.2, low=-0.1, high=0.5), 1), verdict(rose, rose, -1)
    ('says and does not', 'turns against')
    """
    said, did = moved(report), moved(behaviour)
    if said is None or did is None:
        return "unknown"
    if not said:
        return "does and does not say" if did else "neither moves"
    return "says and does not" if not did else "follows" if did == sign * said else "turns against"


def moved(change: Measurement) -> int | None:
    """+1 or −1 where the interval of a change leaves out zero, 0 where it does not, None without an interval."""
    if change.low is None or change.high is None:
        return None
    return 1 if change.low > 0 else -1 if change.high < 0 else 0


def row(
    link: Link, name: str, report: Mapping[str, Measurement], behaviour: Mapping[str, Measurement]
) -> dict[str, Any]:
    """One line of the table as plain data; `report` and `behaviour` hold "with", "without" and "change"."""
    return {
        "domain": link.domain,
        "says": name,
        "behaviour": link.behaviour,
        "does": BEHAVIOURS.get(link.behaviour, link.behaviour),
        "sign": link.sign,
        "report": {key: _cell(found) for key, found in report.items()},
        "done": {key: _cell(found) for key, found in behaviour.items()},
        "verdict": verdict(report["change"], behaviour["change"], link.sign),
    }


def _cell(found: Measurement) -> dict[str, Any]:
    return {"value": found.value, "low": found.low, "high": found.high, "n": found.n, "reason": found.reason,
            "unit": found.unit, "missing": dict(found.missing)}  # fmt: skip
