"""May a score be printed as a trait? Only where the model was validated and this respondent's answers are stable.

A score that may not is still shown, as what was answered, with the reasons. [Personality Traits in LLMs, 2023]
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from personae.psychometrics.certificate import Certificate
from personae.psychometrics.indices import Acquiescence, Position
from personae.psychometrics.instrument import Instrument
from personae.psychometrics.scoring import Respondent
from personae.psychometrics.study import CRITERIA, Study

#: A study counts from so many simulated respondents, and where every coefficient is at least so large.
FEWEST_RESPONDENTS = 100
LEAST = 0.70

_NEEDED = ("alpha", "lambda6", "omega", "convergent", "discriminant", "criterion")


@dataclass(frozen=True, slots=True)
class Gate:
    """Open without reasons; else shut, the reasons in words, the weightiest first."""

    reasons: tuple[str, ...]

    @property
    def open(self) -> bool:
        """Whether a score may be printed."""
        return not self.reasons

    @property
    def line(self) -> str:
        """ "not reportable: …" in one line; "" where the gate is open."""
        return "" if self.open else "not reportable: " + "; ".join(self.reasons)


def validated(study: Study | None, instrument: Instrument, who: Respondent, scale: str) -> tuple[str, ...]:
    """Why the model's scores on this scale are not valid for printing; nothing where a study shows that they are.

    It needs a study of this model with these items and this way of asking, of 100 simulated respondents or more, in
    which alpha, lambda 6 and omega, convergent and discriminant validity and the criterion are all at least .70. A
    scale without a known criterion is let off that one.
    """
    if study is None:
        return (f"no validity study of {who.model!r} with this questionnaire",)
    asked = ("model", who.model, study.model), ("mode", who.mode, study.mode), ("route", who.route, study.route)
    for what, here, there in (*asked, ("items", instrument.sha256[:12], study.sha256[:12])):
        if here != there:
            return (f"the validity study is of the {what} {there!r}, this is {here!r}",)
    if study.respondents < FEWEST_RESPONDENTS:
        return (f"the validity study has {study.respondents} respondents; {FEWEST_RESPONDENTS} are needed",)
    if scale not in study.scales:
        return (f"the validity study does not cover {instrument.name_of(scale)}",)
    found = study.scales[scale]
    needed = [name for name in _NEEDED if name != "criterion" or scale in CRITERIA or found.criterion is not None]
    values = {name: getattr(found, name) for name in needed}
    low = [f"{name} {_shown(value)}" for name, value in values.items() if value is None or value < LEAST]
    return (f"in the validity study {', '.join(low)}; {LEAST:.2f} is needed",) if low else ()


def gate(
    certificates: Iterable[Certificate], invalid: Iterable[str], position: Position, acquiescence: Acquiescence
) -> Gate:
    """The gate for one score: what was found about the way of answering, its certificates, and `validated`.

    The certificate of the scale itself has to be "stable"; that of the whole questionnaire must not be "unstable".
    """
    reasons: list[str] = []
    if position.named and position.kept_share is not None:
        reasons.append(
            f"positional: it keeps the place in {position.kept_share:.0%} of the items when the scale is turned"
        )
    shaky = [c for c in certificates if c.verdict == "unstable" or (c.scale and c.verdict != "stable")]
    if shaky and acquiescence.named:
        reasons.append(f"{acquiescence.named}: it leans {acquiescence.index:+.2f} points whatever the sentence says")
    for each in shaky:
        where = "" if each.scale else "the whole questionnaire is "
        word = "unstable" if each.verdict == "unstable" else "stability not shown"
        reasons.append(f"{where}{word}" + (f" ({each.reasons[0]})" if each.reasons else ""))
    return Gate((*reasons, *invalid))


def _shown(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}"
