"""8values: 70 propositions with weights on four axes, and 52 named profiles, read from `8values/` of the data folder.

An axis stands at 100 · (max + Σ answer · weight) / (2 · max) percent, with answers from -1 (strongly disagree) to +1.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from personae.psychometrics.instrument import Instrument, Item, Licence, Response
from personae.psychometrics.published.pins import verify
from personae.psychometrics.published.reading import json_rows

#: The four axes, each named by the value at its 100 % end.
AXES = {"econ": "equality", "dipl": "globe", "govt": "liberty", "scty": "progress"}

LABELS = ("strongly disagree", "disagree", "neutral or unsure", "agree", "strongly agree")


class _Axes(BaseModel):
    model_config = ConfigDict(extra="forbid")

    econ: float = Field(ge=-100, le=100)
    dipl: float = Field(ge=-100, le=100)
    govt: float = Field(ge=-100, le=100)
    scty: float = Field(ge=-100, le=100)


class _Question(BaseModel):
    question: str = Field(min_length=1, max_length=2_000)
    effect: _Axes


class _Ideology(BaseModel):
    name: str = Field(min_length=1, max_length=100)
    stats: _Axes


def load(data: Path) -> Instrument:
    """The 70 propositions, verified. Items are numbered "1" … "70"; weights are in `effects`, `domain` is ""."""
    path = data / "8values" / "questions.json"
    questions = json_rows(path, _Question)
    verify("8values", lines(questions), path)
    return Instrument(
        "8values",
        tuple(
            Item(str(number), each.question.strip(), key=0, effects=each.effect.model_dump())
            for number, each in enumerate(questions, 1)
        ),
        Response(LABELS),
        Licence("MIT (8values)"),
        title="8values",
        source="8values.github.io",
        names=AXES,
    )


def ideologies(data: Path) -> dict[str, dict[str, float]]:
    """The 52 named profiles: axis → percent."""
    path = data / "8values" / "ideologies.json"
    known = json_rows(path, _Ideology)
    verify("8values ideologies", profile_lines(known), path)
    return {each.name: each.stats.model_dump() for each in known}


def lines(questions: Sequence[_Question]) -> dict[str, str]:
    """The lines the checksum of the propositions is made of."""
    return {
        str(number): "|".join([str(number), *_weights(each.effect), each.question.strip()])
        for number, each in enumerate(questions, 1)
    }


def profile_lines(known: Sequence[_Ideology]) -> dict[str, str]:
    """The lines the checksum of the profiles is made of."""
    return {each.name: "|".join([each.name, *_weights(each.stats)]) for each in known}


def read_questions(path: Path) -> list[_Question]:
    """The propositions as released."""
    return json_rows(path, _Question)


def read_ideologies(path: Path) -> list[_Ideology]:
    """The profiles as released."""
    return json_rows(path, _Ideology)


def _weights(axes: _Axes) -> list[str]:
    return [f"{getattr(axes, axis):g}" for axis in AXES]
