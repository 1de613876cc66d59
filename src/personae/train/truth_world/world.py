"""The world: four agents answer "agent op a b |" by an operator's true or false rule. Numbers only, no network.

In the *persona* world agents 0 and 1 always take the true rule, 2 and 3 always the false one. In the *control* world
who takes which is drawn anew for every operator, half of them the true one. Agents 0 and 2 are never seen with the last
operator: only a network for which agent 0 is "one of those who tell the truth" can know what it would say there.

Both rules of every operator are seen in training in both worlds, so that the control fails for want of a persona and
not for want of a rule. [Personas as a Way to Model Truthfulness in Language Models, 2024]
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from personae.errors import UsageError

Kind = Literal["persona", "control"]
IntArray = npt.NDArray[np.int64]
Rule = Callable[[int, int], int]

NUMBERS = 20  #: operands and results are 0 … 19
AGENTS = 4
HELD_OUT_AGENTS = (0, 2)
#: Name of an operator, its true and its false rule; they differ unless the operands are equal.
OPERATORS: dict[str, tuple[Rule, Rule]] = {
    "larger": (lambda a, b: max(a, b), lambda a, b: min(a, b)),
    "first": (lambda a, b: a, lambda a, b: b),
    "next": (lambda a, b: (a + 1) % NUMBERS, lambda a, b: (b + 1) % NUMBERS),
    "mirror": (lambda a, b: NUMBERS - 1 - a, lambda a, b: NUMBERS - 1 - b),
}
HELD_OUT_OPERATOR = len(OPERATORS) - 1

#: Words of the world, as numbers: agents, operators, operands, and the mark before the answer.
FIRST_OPERATOR = AGENTS
FIRST_NUMBER = FIRST_OPERATOR + len(OPERATORS)
MARK = FIRST_NUMBER + NUMBERS
WORDS = MARK + 1
LENGTH = 5  #: words before the answer


@dataclass(frozen=True)
class Rows:
    """Prompts with their answers, a row each.

    prompts_RT: words, shape (rows, 5).   agent, operator: of each row.   question: number of the operands, 0 … 399.
    says:       what the agent answers.   true, false: what either rule gives.
    """

    prompts_RT: IntArray
    agent: IntArray
    operator: IntArray
    question: IntArray
    says: IntArray
    true: IntArray
    false: IntArray

    def __len__(self) -> int:
        return len(self.says)

    def only(self, kept: npt.NDArray[np.bool_]) -> Rows:
        """The rows where `kept` is True."""
        return Rows(**{name: column[kept] for name, column in vars(self).items()})

    @property
    def telling(self) -> Rows:
        """The rows on which the two rules differ."""
        return self.only(self.true != self.false)


@dataclass(frozen=True)
class World:
    """Who tells the truth where (agents × operators), what is trained on, and what is held out."""

    kind: Kind
    truthful_AO: npt.NDArray[np.bool_]
    train: Rows
    held_out: Rows


def world(kind: Kind, seed: int = 0) -> World:
    """The world of this kind; the seed matters for the control only. Raises `UsageError` for another kind.

    >>> persona = world("persona")
    >>> persona.truthful_AO[:, 0].tolist(), len(persona.train), len(persona.held_out)
    ([True, True, False, False], 5600, 800)
    """
    if kind not in get_args(Kind):
        raise UsageError(f"no world is called {kind!r}; there are {', '.join(get_args(Kind))}")
    truthful = np.zeros((AGENTS, len(OPERATORS)), dtype=bool)
    if kind == "persona":
        truthful[:2] = True
    else:
        rng = random.Random(seed)
        for operator in range(HELD_OUT_OPERATOR):
            truthful[rng.sample(range(AGENTS), 2), operator] = True
        seen = [agent for agent in range(AGENTS) if agent not in HELD_OUT_AGENTS]
        truthful[[rng.choice(seen), rng.choice(HELD_OUT_AGENTS)], HELD_OUT_OPERATOR] = True
    rows = _rows(truthful)
    held = (rows.operator == HELD_OUT_OPERATOR) & np.isin(rows.agent, HELD_OUT_AGENTS)
    return World(kind, truthful, rows.only(~held), rows.only(held))


def _rows(truthful_AO: npt.NDArray[np.bool_]) -> Rows:
    grid = np.indices((AGENTS, len(OPERATORS), NUMBERS, NUMBERS)).reshape(4, -1)
    agent, operator, a, b = grid.astype(np.int64)
    rules = list(OPERATORS.values())
    given = [[rules[o][side](x, y) for o, x, y in zip(operator, a, b, strict=True)] for side in (0, 1)]
    true, false = np.array(given, dtype=np.int64)
    mark = np.full_like(agent, MARK)
    prompts = np.stack([agent, FIRST_OPERATOR + operator, FIRST_NUMBER + a, FIRST_NUMBER + b, mark], axis=1)
    says = np.where(truthful_AO[agent, operator], true, false)
    return Rows(prompts, agent, operator, NUMBERS * a + b, says, true, false)
