"""LifeChoice records and our own set files as pydantic models at the edge: bounded, cleaned, and then `Decision`s.

A record is {character_name, input_text, Scenario, Question, Options, Correct Answer}; the last four may stand in an
object of their own. Options are four texts, with or without their letters, or letter → text; the correct answer is a
letter, a letter with its text, or the text. What cannot be read without guessing is refused.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from personae.measure.decisions.decision import OPTIONS, Decision, passages
from personae.persona.formats.json_text import printable

LETTERS = "ABCD"
#: Keys under which releases put the question; looked for in objects only.
NESTED = ("multiple_choice_question", "mcq", "decision")

_LABELLED = re.compile(r"\s*[(\[]?([A-Da-d])[)\].:、]+\s*(?=\S)")
_LETTER = re.compile(r"\s*[(\[]?([A-Da-d])[)\].:]?\s*")


def _plain(value: Any) -> Any:
    return printable(value).strip() if isinstance(value, str) else value


def _joined(value: Any) -> Any:
    """A text in chunks is one text of paragraphs."""
    if isinstance(value, list) and all(isinstance(piece, str) for piece in value):
        value = "\n\n".join(value)
    return _plain("" if value is None else value)


def _in_order(value: Any) -> Any:
    """Letter → text as a list of texts, where the letters are A to D."""
    if isinstance(value, dict):
        named = {str(key).strip().upper().rstrip(".)"): text for key, text in value.items()}
        if sorted(named) == list(LETTERS) and len(value) == OPTIONS:
            return [named[letter] for letter in LETTERS]
    return value


Text = Annotated[str, BeforeValidator(_plain), Field(min_length=1, max_length=20_000)]
Long = Annotated[str, BeforeValidator(_joined), Field(max_length=20_000_000)]
Options = Annotated[tuple[Text, ...], BeforeValidator(_in_order), Field(min_length=OPTIONS, max_length=OPTIONS)]
Names = Annotated[tuple[Text, ...], Field(max_length=500)]


class LifeChoice(BaseModel):
    """One record of the LifeChoice shape. Further keys are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    id: str = Field(default="", max_length=200)
    character_name: Text
    input_text: Long = ""
    description: Long = ""
    scenario: Text
    question: Text
    options: Options
    correct_answer: Text
    people: Names = ()

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, tree: Any) -> Any:
        """Keys in any letters, with blanks or without, the question's own object opened."""
        if not isinstance(tree, dict):
            return tree
        flat: dict[str, Any] = {}
        for key, value in _keyed(tree).items():
            if key in NESTED and isinstance(value, dict):
                flat |= _keyed(value)
            else:
                flat.setdefault(key, value)
        return flat

    @model_validator(mode="after")
    def _answer_is_clear(self) -> LifeChoice:
        self.gold  # noqa: B018 - raises where the answer is none of the options
        return self

    @property
    def texts(self) -> tuple[str, ...]:
        """The options without their letters, which go only where each option has its own."""
        labels = [_LABELLED.match(option) for option in self.options]
        if [label[1].upper() for label in labels if label] == list(LETTERS):
            return tuple(_LABELLED.sub("", option, count=1).strip() for option in self.options)
        return self.options

    @property
    def gold(self) -> int:
        """The index of the correct answer. Raises ValueError where it names none of the options, or two."""
        said, texts = self.correct_answer, [_same(text) for text in self.texts]
        if letter := _LETTER.fullmatch(said):
            return LETTERS.index(letter[1].upper())
        if _same(said) in texts:
            return texts.index(_same(said))
        if label := _LABELLED.match(said):
            place = LETTERS.index(label[1].upper())
            if _same(said[label.end() :]) == texts[place]:
                return place
        raise ValueError(f"the correct answer {said[:60]!r} is none of the options; give its letter or its text")

    def to_decision(self, id: str) -> Decision:
        """The decision; the text lived through, cut into passages, is what the character remembers."""
        return Decision(
            self.id or id,
            self.character_name,
            self.scenario,
            self.question,
            self.texts,
            self.gold,
            self.description,
            passages(self.input_text),
            self.people,
        )


class OwnQuestion(BaseModel):
    """A decision in our own set file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, BeforeValidator(_plain), Field(min_length=1, max_length=200)]
    scenario: Text
    question: Text
    options: Options
    answer: Literal["A", "B", "C", "D"]


class OwnCharacter(BaseModel):
    """Somebody in our own set file, with what they are like, what they remember, and what they had to decide."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Text
    description: tuple[Text, ...] = Field(default=(), max_length=500)
    memories: tuple[Text, ...] = Field(default=(), max_length=100_000)
    people: Names = ()
    decisions: tuple[OwnQuestion, ...] = Field(min_length=1, max_length=10_000)

    def to_decisions(self) -> list[Decision]:
        """One decision each, with the character's description and memories."""
        told = "\n".join(self.description)
        return [
            Decision(
                each.id,
                self.name,
                each.scenario,
                each.question,
                each.options,
                LETTERS.index(each.answer),
                told,
                self.memories,
                self.people,
            )
            for each in self.decisions
        ]


class OwnSet(BaseModel):
    """Our own set file: `decisions: 1`, then characters."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    decisions: Literal[1]
    characters: tuple[OwnCharacter, ...] = Field(min_length=1, max_length=10_000)


def _keyed(tree: dict[Any, Any]) -> dict[str, Any]:
    return {"_".join(str(key).replace("_", " ").split()).lower(): value for key, value in tree.items()}


def _same(text: str) -> str:
    return " ".join(text.split()).rstrip(".").casefold()
