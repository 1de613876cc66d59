"""What a multiple-choice question is, in which orders its options are shown, and how a long context is cut."""

from __future__ import annotations

import dataclasses
import random
import re
from dataclasses import dataclass

from personae.errors import UsageError
from personae.models.scoring import check_options
from personae.types import Message

#: Up to so many options every rotation is shown; of more, as many seeded orders.
ALL_ROTATIONS = 5

Order = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Mcq:
    """A question with its options; `gold` is the index of the right one, None where there is none to know.

    `before` are the messages ahead of it (a persona's prompt, a talk). `context` is text right above the question, such
    as a story; where a model cannot read it all, its beginning is cut away. Raises `UsageError` for an empty
    question, fewer than two options, empty or equal ones, and a gold index that is not among them.

    >>> Mcq("q1", "Who speaks?", ("Ana", "Rui"), gold=1, context="Rui waves.").messages()[-1].content
    'Rui waves.\\n\\nWho speaks?'
    """

    id: str
    question: str
    options: tuple[str, ...]
    gold: int | None = None
    before: tuple[Message, ...] = ()
    context: str = ""

    def __post_init__(self) -> None:
        check_options(self.options)
        if not self.question.strip():
            raise UsageError(f"the question {self.id!r} has no text; give it one")
        if self.gold is not None and not 0 <= self.gold < len(self.options):
            raise UsageError(f"the question {self.id!r} has {len(self.options)} options; {self.gold!r} is none of them")

    @property
    def words(self) -> int:
        """How many words its context has."""
        return len(self.context.split())

    def messages(self, words: int | None = None) -> tuple[Message, ...]:
        """The prompt without the options, with the last `words` words of the context (all when None)."""
        context = self.context if words is None else last_words(self.context, words)
        asked = f"{context.strip()}\n\n{self.question}" if context.strip() else self.question
        return (*self.before, Message("user", asked))

    def bare(self) -> Mcq:
        """The same question without anything before or above it: what it and its options give away by themselves."""
        return dataclasses.replace(self, before=(), context="")


def rotations(n: int) -> tuple[Order, ...]:
    """Every rotation of n options, the given order first; each option stands once in each place.

    >>> rotations(3)
    ((0, 1, 2), (1, 2, 0), (2, 0, 1))
    """
    return tuple(tuple((place + shift) % n for place in range(n)) for shift in range(n))


def orders(mcq: Mcq, *, seed: int = 0) -> tuple[Order, ...]:
    """The orders a question is put in: all rotations of a seeded order up to five options, five seeded orders of more.

    `order[place]` is the index of the option shown there. The same seed and id give the same orders.

    >>> sorted(order.index(0) for order in orders(Mcq("q", "?", ("a", "b", "c"))))
    [0, 1, 2]
    """
    rng = random.Random(f"{seed}/{mcq.id}")
    n = len(mcq.options)
    if n > ALL_ROTATIONS:
        return tuple(tuple(rng.sample(range(n), n)) for _ in range(ALL_ROTATIONS))
    start = rng.sample(range(n), n)
    return tuple(tuple(start[place] for place in rotation) for rotation in rotations(n))


def last_words(text: str, count: int) -> str:
    """The last `count` words of a text as they stand, behind an ellipsis where something was cut; "" for none.

    >>> last_words("It was late.\\nAna came home.", 3), last_words("Ana came.", 5)
    ('… Ana came home.', 'Ana came.')
    """
    starts = [found.start() for found in re.finditer(r"\S+", text)]
    if count >= len(starts):
        return text
    return f"… {text[starts[-count] :]}" if count > 0 else ""
