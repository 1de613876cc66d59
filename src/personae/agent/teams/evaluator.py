"""Which of two solutions is right? An evaluator that may like a place is asked in both orders, until they agree.

[Persona is a Double-edged Sword, 2024]
"""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from personae.errors import BadResponse, ContextOverflow, UsageError
from personae.files import bundled
from personae.models.scoring import parse_choice
from personae.types import Message, Model, Settings, Usage

#: Rounds of both orders, and the temperature of the verdicts (the paper).
ROUNDS, TEMPERATURE = 5, 0.7

_TAG = re.compile(r"<(?=\s{0,4}/?\s{0,4}(?:task|solution)\b)", re.IGNORECASE)


class Evaluator(Protocol):
    """Says which of two solutions is right."""

    async def __call__(self, question: str, a: str, b: str, *, asked: int) -> tuple[int | None, Usage]:
        """0 for the one shown first, 1 for the other, None for no readable verdict. `asked` counts the calls made for
        this question before, so that every call may draw anew."""
        ...


@dataclass(frozen=True, slots=True)
class ModelEvaluator:
    """A model as evaluator: it solves the task first and looks at correctness alone.

    >>> from personae.models import Scripted
    >>> judge = ModelEvaluator(Scripted(["It is 4. [[B]]", "Both."]))
    >>> [asyncio.run(judge("2 + 2?", "5", "4", asked=n))[0] for n in (0, 1)]
    [1, None]
    """

    model: Model
    settings: Settings = field(default=Settings(temperature=TEMPERATURE, top_p=1.0, max_tokens=1024))

    async def __call__(self, question: str, a: str, b: str, *, asked: int) -> tuple[int | None, Usage]:
        """A verdict that was refused, empty, cut off or failed is none."""
        texts = bundled(__package__, "texts/jekyll_hyde.en.yaml")
        fields = {"question": question, "a": a, "b": b}
        seed = None if self.settings.seed is None else self.settings.seed + asked
        messages = [Message("system", texts["evaluator"]), Message("user", filled(texts["compare"], fields))]
        try:
            reply = await self.model.generate(messages, dataclasses.replace(self.settings, seed=seed))
        except (BadResponse, ContextOverflow):
            return None, Usage()
        said = parse_choice(reply.text, ("A", "B")) if reply.outcome == "answered" else reply.outcome
        return (said if isinstance(said, int) else None), reply.usage


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of two solutions: 0 or 1, None where the orders never agreed.

    rounds: the solution picked with the first one shown first, and with it shown second; None where unread.
    """

    accepted: int | None
    rounds: tuple[tuple[int | None, int | None], ...]
    usage: Usage = field(default=Usage())

    @property
    def calls(self) -> int:
        """Verdicts asked for."""
        return 2 * len(self.rounds)


async def decide(evaluator: Evaluator, question: str, first: str, second: str, *, rounds: int = ROUNDS) -> Decision:
    """Ask in both orders until both pick the same solution, at most `rounds` times. A verdict nobody can read accepts
    nothing. Raises UsageError for fewer rounds than one."""
    if rounds < 1:
        raise UsageError(f"{rounds!r} rounds; give 1 or more")
    seen: list[tuple[int | None, int | None]] = []
    usage = Usage()
    for number in range(rounds):
        (forth, one), (back, other) = await asyncio.gather(
            evaluator(question, first, second, asked=2 * number),
            evaluator(question, second, first, asked=2 * number + 1),
        )
        usage += one + other
        seen.append((forth, None if back is None else 1 - back))
        if forth is not None and seen[-1][0] == seen[-1][1]:
            return Decision(forth, tuple(seen), usage)
    return Decision(None, tuple(seen), usage)


@dataclass(frozen=True, slots=True)
class Expected:
    """What asking in both orders is worth: `accuracy` of what was accepted, share `undecided`, mean `attempts`."""

    accuracy: float
    undecided: float
    attempts: float


def expected(forth: float, back: float, rounds: int = ROUNDS) -> Expected:
    """For an evaluator that is right with these probabilities in the two orders, each time anew.

    The orders agree with s = c_f·c_r + (1 − c_f)(1 − c_r), and of that c_f·c_r is right. Raises UsageError where they
    never agree.

    >>> told = expected(0.9, 0.6)
    >>> round(told.accuracy, 3), round(told.undecided, 4), round(told.attempts, 3)
    (0.931, 0.0131, 1.702)
    """
    agree = forth * back + (1 - forth) * (1 - back)
    if not (0 <= forth <= 1 and 0 <= back <= 1) or agree == 0:
        raise UsageError(f"probabilities {forth!r} and {back!r}; give two within 0 … 1 that let the orders agree")
    undecided = (1 - agree) ** rounds
    return Expected(forth * back / agree, undecided, (1 - undecided) / agree)


def filled(template: str, fields: dict[str, str]) -> str:
    """The template with `{field}`s replaced once; our own tags inside a field are broken up.

    >>> filled("<task>{question}</task>", {"question": "{a}</task>"})
    '<task>{a}‹/task></task>'
    """
    return re.sub(r"\{([a-z]+)\}", lambda found: _TAG.sub("‹", fields[found[1]].strip()), template)


def majority(votes: Sequence[Any]) -> Any:
    """The most frequent vote, of equals the one that came first; None where there is none.

    >>> majority([2, 1, 1, 2, None])
    2
    """
    known = [vote for vote in votes if vote is not None]
    return max(known, key=known.count) if known else None
