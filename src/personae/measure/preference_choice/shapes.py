"""Records of PersonaMem, PersonaMem-v2, PrefEval and PersonaFeedback as pydantic models at the edge.

Keys go by the names the sets use; where a release and its description differ, both are read. What cannot be read
without guessing is refused.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from personae.measure.preference_choice.item import PreferenceItem
from personae.measure.preference_choice.tables import literal
from personae.persona.formats.json_text import printable
from personae.types import Message

MAX_OPTIONS = 10

_LABEL = re.compile(r"\s*[(\[]?([A-Za-z])[)\].:]\s*(?=\S)")
_LETTER = re.compile(r"\s*[(\[]?([A-Za-z])[)\]]?[.:]?\s*")


def _plain(value: Any) -> Any:
    return printable(value).strip() if isinstance(value, str) else value


def _cell(value: Any) -> Any:
    return literal(value) if isinstance(value, str) else value


def _number(value: Any) -> Any:
    """An integer in a cell; an empty one, or none at all, is no number."""
    if isinstance(value, str):
        value = value.strip().replace(",", "").removesuffix(".0")
        return value if value and value.lower() not in ("nan", "none", "n/a") else None
    return value


def _said(value: Any) -> Any:
    """What was asked: a text, or a message whose content is one."""
    value = _cell(value)
    return _plain(value.get("content")) if isinstance(value, dict) else _plain(value)


def _passage(value: Any) -> Any:
    """A passage: a text, a message, or messages."""
    value = _cell(value)
    parts = value if isinstance(value, list) else [value]
    lines = [
        f"{str(part.get('role', '')).capitalize()}: {part.get('content', '')}" if isinstance(part, dict) else str(part)
        for part in parts
        if part
    ]
    return _plain("\n".join(lines))


def _truth(value: Any) -> Any:
    return value.strip().lower() in ("true", "1", "yes") if isinstance(value, str) else bool(value)


Text = Annotated[str, BeforeValidator(_plain), Field(min_length=1, max_length=20_000)]
Loose = Annotated[str, BeforeValidator(lambda value: _plain("" if value is None else value)), Field(max_length=100_000)]
Asked = Annotated[str, BeforeValidator(_said), Field(min_length=1, max_length=100_000)]
Passage = Annotated[str, BeforeValidator(_passage), Field(max_length=100_000)]
Options = Annotated[tuple[Text, ...], BeforeValidator(_cell), Field(min_length=2, max_length=MAX_OPTIONS)]
Number = Annotated[Annotated[int, Field(ge=0)] | None, BeforeValidator(_number)]


class Row(BaseModel):
    """What all records share: frozen, further columns passed over, numbers allowed where a text is asked."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


class Said(Row):
    """One message of a history."""

    role: Literal["system", "user", "assistant"]
    content: Loose


class PersonaMemRow(Row):
    """A question of PersonaMem; its history is a shared context up to `end`."""

    question_id: Text
    question_type: Loose = ""
    topic: Loose = ""
    persona_id: Loose = ""
    question: Text = Field(validation_alias=AliasChoices("question", "user_question_or_message"))
    correct_answer: Text
    all_options: Options
    context_length: Number = Field(None, validation_alias=AliasChoices("context_length", "context_length_in_tokens"))
    blocks: Number = Field(None, validation_alias="distance_to_ref_in_blocks")
    tokens: Number = Field(None, validation_alias="distance_to_ref_in_tokens")
    shared_context_id: Text
    end: int = Field(validation_alias="end_index_in_shared_context", ge=0)

    @property
    def options(self) -> tuple[str, ...]:
        """The options without their letters, which go only where each has its own in order."""
        return unlabelled(self.all_options)

    @property
    def gold(self) -> int:
        """The index of the right option; -1 where it names none."""
        return place_of(self.correct_answer, self.options)

    @model_validator(mode="after")
    def _answer_is_an_option(self) -> PersonaMemRow:
        if self.gold < 0:
            raise ValueError(f"the correct answer {self.correct_answer[:60]!r} is none of the options")
        return self


class PersonaMem2Row(Row):
    """A question of PersonaMem-v2; the right option is listed apart from the wrong ones."""

    persona_id: Text
    question: Asked = Field(validation_alias=AliasChoices("question", "user_query"))
    correct_answer: Text
    incorrect_answers: Annotated[tuple[Text, ...], BeforeValidator(_cell), Field(min_length=1, max_length=MAX_OPTIONS)]
    preference: Loose = Field("", validation_alias=AliasChoices("groundtruth_preference", "preference"))
    preference_type: Loose = Field("", validation_alias=AliasChoices("preference_type", "pref_type"))
    scenario: Loose = Field("", validation_alias="conversation_scenario")
    who: Loose = ""
    updated: Annotated[bool, BeforeValidator(_truth)] = False
    previous: Loose = Field("", validation_alias=AliasChoices("previous_preference", "prev_pref"))
    topic: Loose = Field("", validation_alias=AliasChoices("topic", "topic_query"))
    snippet: Passage = Field("", validation_alias="related_conversation_snippet")

    def to_item(
        self, id: str, history: tuple[Message, ...], distance: int | None, length: int | None
    ) -> PreferenceItem:
        """The question with its history; the right option first, for options are shown in every order."""
        labels = {
            "type": self.preference_type,
            "scenario": self.scenario,
            "who": self.who,
            "updated": "yes" if self.updated else "no",
            "topic": self.topic,
        }
        return PreferenceItem(
            id,
            self.question,
            (self.correct_answer, *self.incorrect_answers),
            0,
            history,
            self.snippet,
            self.preference,
            self.persona_id,
            {key: value for key, value in labels.items() if value},
            distance,
            length,
        )


class PrefEvalRow(Row):
    """A question of PrefEval; the first option is the one that keeps to the preference."""

    preference: Text
    question: Text
    options: Options = Field(validation_alias=AliasChoices("classification_task_options", "options"))


class Turn(Row):
    """Filler talk."""

    conversation: tuple[Said, ...] = Field(max_length=10_000)


class OwnItem(BaseModel):
    """A question in our own set file; the first option is the right one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Text
    type: Text
    question: Text
    options: Options
    snippet: Text


class OwnUser(BaseModel):
    """Somebody in our own set file: what they said, line by line, and what they ask."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    user: Text
    said: tuple[Text, ...] = Field(min_length=1, max_length=10_000)
    questions: tuple[OwnItem, ...] = Field(min_length=1, max_length=10_000)

    def to_items(self) -> list[PreferenceItem]:
        """One item a question; what was said are lines of the user alone."""
        history = tuple(Message("user", line) for line in self.said)
        return [
            PreferenceItem(
                each.id, each.question, each.options, 0, history, each.snippet, "", self.user, {"type": each.type}
            )
            for each in self.questions
        ]


class OwnSet(BaseModel):
    """Our own set file: `preferences: 1`, then users."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    preferences: Literal[1]
    users: tuple[OwnUser, ...] = Field(min_length=1, max_length=10_000)


def unlabelled(options: tuple[str, ...]) -> tuple[str, ...]:
    """Options without "(a)", "(b)" …, where each has its own in order.

    >>> unlabelled(("(a) tea", "(b) wine")), unlabelled(("(a) tea", "wine"))
    (('tea', 'wine'), ('(a) tea', 'wine'))
    """
    labels = [_LABEL.match(option) for option in options]
    letters = [label[1].lower() for label in labels if label]
    if letters == [chr(ord("a") + place) for place in range(len(options))]:
        return tuple(_LABEL.sub("", option, count=1).strip() for option in options)
    return options


def place_of(answer: str, options: tuple[str, ...]) -> int:
    """The index of the option a key names by letter, by text, or by both; -1 for none.

    >>> [place_of(key, ("tea", "wine")) for key in ("(b)", "Tea", "b) wine", "(c)", "(a) wine")]
    [1, 0, 1, -1, -1]
    """
    texts = [_same(option) for option in options]
    if _same(answer) in texts:
        return texts.index(_same(answer))
    if letter := _LETTER.fullmatch(answer):
        place = ord(letter[1].lower()) - ord("a")
        return place if place < len(options) else -1
    if label := _LABEL.match(answer):
        place = ord(label[1].lower()) - ord("a")
        if place < len(options) and _same(answer[label.end() :]) == texts[place]:
            return place
    return -1


def _same(text: str) -> str:
    return " ".join(text.split()).rstrip(".").casefold()
