"""The shape of a judge card in a file, as pydantic models at the edge."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, field_validator, model_validator

from personae.models.choices import Way

_Count = Annotated[int, Field(ge=0)]
_Name = Annotated[str, Field(min_length=1, max_length=500)]


class Shape(BaseModel):
    """Base: nothing unknown, and no text for a number."""

    model_config = ConfigDict(extra="forbid", strict=True)


class SetShape(Shape):
    """Which items were asked."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: _Count
    asked: _Count
    source: _Name

    @model_validator(mode="after")
    def _no_more_than_there_are(self) -> SetShape:
        if self.asked > self.size:
            raise ValueError(f"{self.asked} items asked of {self.size}")
        return self


class FloorShape(Shape):
    """A line."""

    at: FiniteFloat
    most: bool


class _Details(BaseModel):
    """What is printed of a figure's details; the rest is kept as it is."""

    model_config = ConfigDict(extra="allow", strict=True)

    uniform: FiniteFloat | None = None
    p: Annotated[FiniteFloat, Field(ge=0, le=1)] | None = None
    outcomes: dict[str, _Count] = {}
    verdict: str = ""


class FigureShape(Shape):
    """A measurement whose numbers can be."""

    name: _Name
    value: FiniteFloat | None
    reason: str | None
    low: FiniteFloat | None
    high: FiniteFloat | None
    n: _Count
    missing: dict[str, _Count]
    unit: str
    details: dict[str, Any]

    @field_validator("details")
    @classmethod
    def _printable(cls, details: dict[str, Any]) -> dict[str, Any]:
        _Details.model_validate(details)
        return details

    @model_validator(mode="after")
    def _possible(self) -> FigureShape:
        numbers = [number for number in (self.low, self.value, self.high) if number is not None]
        if (self.value is None) == (self.reason is None):
            raise ValueError("a figure has a value or a reason, and not both")
        if numbers != sorted(numbers) or (self.unit == "share" and any(not 0 <= number <= 1 for number in numbers)):
            raise ValueError(f"the value and its interval cannot be: {numbers!r}")
        return self


class CardShape(Shape):
    """The whole file."""

    schema_: Literal[1] = Field(alias="schema")
    model: _Name
    date: _Name
    way: Way
    seed: int
    standing: Literal["qualified", "unqualified", "untested"]
    reasons: list[str]
    items: dict[str, SetShape]
    figures: list[FigureShape]
    floors: dict[str, FloorShape]
    calls: dict[str, Any]

    @field_validator("date")
    @classmethod
    def _day(cls, text: str) -> str:
        date.fromisoformat(text)
        return text
