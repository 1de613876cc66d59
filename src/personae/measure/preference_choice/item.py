"""What a personalization question is: what a user asked, the replies to choose from, and what was said before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from personae.errors import UsageError
from personae.models.scoring import check_options
from personae.persona.tokens import estimate_tokens
from personae.types import Message

#: Messages on either side of the place a distance in tokens points to.
AROUND = 2


@dataclass(frozen=True, slots=True)
class PreferenceItem:
    """A user's question; `gold` is the index of the option that fits this user and nobody else.

    history:  what was said before it, oldest first, without system messages, which describe users by themselves.
    snippet:  the part of it that settles the question, for the oracle ceiling; "" where nobody knows it.
    preference: the user's preference in words, where the set states it.
    user:     whose question it is; questions of one user hang together.
    labels:   what results are broken down by: "type", "topic", "scenario" …
    distance: how far back the settling part lies, in the set's own unit; None where it is not said.
    context_length: tokens of the history as the set counts them.

    Raises UsageError for an empty question, empty or equal options, and a gold index that is none of them.

    >>> PreferenceItem("q", "Dinner?", ("Steak.", "Lentils."), 1, preference="I eat no meat.").gold
    1
    """

    id: str
    question: str
    options: tuple[str, ...]
    gold: int
    history: tuple[Message, ...] = ()
    snippet: str = ""
    preference: str = ""
    user: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    distance: int | None = None
    context_length: int | None = None

    def __post_init__(self) -> None:
        check_options(self.options)
        if not self.question.strip():
            raise UsageError(f"the question {self.id!r} has no text; give it one")
        if not 0 <= self.gold < len(self.options):
            raise UsageError(f"the question {self.id!r} has {len(self.options)} options; {self.gold!r} is none of them")


def transcript(messages: Sequence[Message]) -> str:
    """Messages as lines, each behind "User:" or "Assistant:".

    >>> print(transcript([Message("user", "I eat no meat."), Message("assistant", "Noted.")]))
    User: I eat no meat.
    Assistant: Noted.
    """
    return "\n".join(f"{message.role.capitalize()}: {message.content}" for message in messages)


def passage_at(history: Sequence[Message], distance: int) -> str:
    """The messages around the place that lies `distance` tokens (estimated) before the end; "" for no history.

    For sets that say how far back the settling part is, but not which message it is: an approximation.

    >>> talk = [Message("user", f"word {number}") for number in range(9)]
    >>> passage_at(talk, 8).splitlines()[0]
    'User: word 3'
    """
    counted = 0
    for index in range(len(history) - 1, -1, -1):
        counted += estimate_tokens(history[index].content)
        if counted >= distance:
            return transcript(history[max(0, index - AROUND) : index + AROUND + 1])
    return transcript(history[: AROUND + 1])
