"""Dialogues collected from people: an actor who plays one fixed persona, a user, times, and a survey afterwards.

One JSON object a line. The shape, the lengths and the scales are those of OPELA: 15 to 80 turns, with the gaps between
them kept; six questions answered 1 … 4, and empathy as the sum of sixteen such items, 16 … 64.
[When Crowd Meets Persona 2023]
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from personae.errors import FormatError, UsageError
from personae.measure.items import mean
from personae.persona.formats.decode import decode_text, parse_json, validated
from personae.types import Conversation, Measurement, Message

#: Turns of a talk that counts as complete.
TURNS = (15, 80)
#: Question of the survey → its scale.
SCALES: dict[str, tuple[int, int]] = {
    "friendly": (1, 4),
    "engaging": (1, 4),
    "connected": (1, 4),
    "respect": (1, 4),
    "fun": (1, 4),
    "natural": (1, 4),
    "empathy": (16, 64),
}

Four = Annotated[int, Field(ge=1, le=4)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class CollectedTurn(_Strict):
    """One turn. `at` is an ISO 8601 time with its offset; None where it was not recorded."""

    speaker: Literal["actor", "user"]
    text: str = Field(min_length=1)
    at: Annotated[AwareDatetime, Field(strict=False)] | None = None


class Survey(_Strict):
    """What the user said afterwards; None is a question that was not answered."""

    friendly: Four | None = None
    engaging: Four | None = None
    connected: Four | None = None
    respect: Four | None = None
    fun: Four | None = None
    natural: Four | None = None
    empathy: Annotated[int, Field(ge=16, le=64)] | None = None


class Talk(_Strict):
    """One collected dialogue. `persona` names the fixed persona, `actor` and `user` the people, by pseudonym."""

    id: str = Field(min_length=1)
    persona: str = Field(min_length=1)
    actor: str = Field(min_length=1)
    user: str = Field(min_length=1)
    turns: Annotated[tuple[CollectedTurn, ...], Field(strict=False, min_length=1)]
    survey: Survey = Survey()

    @model_validator(mode="after")
    def _runs_forward(self) -> Talk:
        times = [turn.at for turn in self.turns if turn.at is not None]
        for before, after in pairwise(times):
            if after < before:
                raise ValueError(f"a turn at {after.isoformat()} stands behind one at {before.isoformat()}")
        return self

    def conversation(self) -> Conversation:
        """The talk as the actor's side sees it: the actor is the assistant, named like the persona."""
        return Conversation(
            tuple(
                Message(
                    "assistant" if turn.speaker == "actor" else "user",
                    turn.text,
                    name=self.persona if turn.speaker == "actor" else self.user,
                    at=turn.at.isoformat() if turn.at else None,
                )
                for turn in self.turns
            )
        )

    def gaps_s(self) -> tuple[float | None, ...]:
        """Seconds between each turn and the next; None where a time is missing."""
        times: list[datetime | None] = [turn.at for turn in self.turns]
        return tuple(
            (after - before).total_seconds() if before and after else None for before, after in pairwise(times)
        )

    def faults(self) -> tuple[str, ...]:
        """What keeps the talk from being complete, in words; empty where nothing does."""
        found = []
        if not TURNS[0] <= len(self.turns) <= TURNS[1]:
            found.append(f"{len(self.turns)} turns; a complete talk has {TURNS[0]} to {TURNS[1]}")
        speakers = {turn.speaker for turn in self.turns}
        if len(speakers) < 2:
            found.append(f"only the {speakers.pop()} speaks")
        if any(turn.at is None for turn in self.turns):
            found.append(f"{sum(turn.at is None for turn in self.turns)} turns have no time")
        unanswered = [name for name in SCALES if getattr(self.survey, name) is None]
        if unanswered:
            found.append(f"no answer to {', '.join(unanswered)}")
        return tuple(found)


def read(data: bytes, name: str = "<memory>") -> tuple[Talk, ...]:
    """The talks of a file, one JSON object a line.

    Raises FormatError naming the line, also where two talks share an id, or an actor plays a second persona.
    """
    lines = [(number, line) for number, line in enumerate(decode_text(data, name).split("\n"), 1) if line.strip()]
    talks = []
    ids: set[str] = set()
    for number, line in lines:
        where = f"{name}, line {number}"
        tree = parse_json(line, where)
        if not isinstance(tree, dict):
            raise FormatError(f"{where!r}: a talk is an object of keys and values, not {type(tree).__name__}")
        talk = validated(Talk, tree, where)
        if talk.id in ids:
            raise FormatError(f"{where!r}: the id {talk.id!r} is used twice; give each talk its own")
        ids.add(talk.id)
        talks.append(talk)
    _fixed(talks, name)
    return tuple(talks)


def write(talks: Iterable[Talk]) -> bytes:
    """One line a talk; reading it gives the talks back."""
    return "".join(json.dumps(talk.model_dump(mode="json"), ensure_ascii=False) + "\n" for talk in talks).encode()


def survey(talks: Sequence[Talk]) -> list[Measurement]:
    """The mean of every scale over the talks, with its interval, named "survey.<question>"; unanswered is missing.

    Talks of one user hang together, so their answers are averaged before.
    """
    if len({talk.id for talk in talks}) < len(talks):
        raise UsageError("two talks share an id; give each talk its own")
    return [_scale(talks, question) for question in SCALES]


def _scale(talks: Sequence[Talk], question: str) -> Measurement:
    answers: dict[str, list[int]] = {}
    for talk in talks:
        value = getattr(talk.survey, question)
        if value is not None:
            answers.setdefault(talk.user, []).append(value)
    unanswered = len(talks) - sum(map(len, answers.values()))
    low, high = SCALES[question]
    return mean(
        f"survey.{question}",
        {user: sum(given) / len(given) for user, given in answers.items()},
        {"unanswered": unanswered} if unanswered else {},
        unit=f"{low}–{high}",
    )


def _fixed(talks: Sequence[Talk], name: str) -> None:
    personas: dict[str, str] = {}
    for talk in talks:
        if personas.setdefault(talk.actor, talk.persona) != talk.persona:
            raise FormatError(
                f"{name!r}: the actor {talk.actor!r} plays {personas[talk.actor]!r} and, in talk {talk.id!r}, "
                f"{talk.persona!r}; each actor has one fixed persona"
            )
