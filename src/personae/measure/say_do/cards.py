"""The risk card task: how many of 32 cards to turn when some of them lose, and how far that is from the best number.

EV(n) = p₀·n·gain − (1 − p₀)·loss with p₀ = C(N − l, n)/C(N, n), the chance that none of the l loss cards of N is among
the n turned. Everything is an exact fraction: near the optimum expected values lie close together. The raw count says
mostly how a model does arithmetic; the distance to the optimum and the regret say what its choice costs.
[The Personality Illusion, 2025: 27 games of 32 cards]
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import product
from math import comb

from personae.errors import UsageError
from personae.judges.asking import Answer, filled
from personae.measure.say_do.asking import Speaker, read_whole, schema, texts, whole
from personae.types import Message

#: Tokens the answer may take, as JSON.
TOKENS = 24


@dataclass(frozen=True, slots=True)
class Game:
    """`loss_cards` of `cards` lose `loss` points, the others bring `gain` each while none of the losing ones is turned.

    >>> game = Game(loss_cards=1, gain=10, loss=250)
    >>> game.optimum, game.expected(3), game.expected(4), game.regret(5)
    (3, Fraction(15, 4), Fraction(15, 4), Fraction(5, 8))
    """

    loss_cards: int
    gain: int
    loss: int
    cards: int = 32

    def __post_init__(self) -> None:
        if not 0 < self.loss_cards <= self.cards or min(self.gain, self.loss) < 0:
            raise UsageError(
                f"{self.loss_cards!r} loss cards of {self.cards!r}, gain {self.gain!r}, loss {self.loss!r}: "
                "give at least one loss card, no more than there are cards, and points of 0 or more"
            )

    @property
    def id(self) -> str:
        """ "l1-g10-L250": the conditions in short."""
        return f"l{self.loss_cards}-g{self.gain}-L{self.loss}"

    def safe(self, n: int) -> Fraction:
        """The chance that no loss card is among `n` cards. Raises UsageError for n outside 0 … cards."""
        if not 0 <= n <= self.cards:
            raise UsageError(f"{n!r} cards cannot be turned; there are {self.cards}")
        return Fraction(comb(self.cards - self.loss_cards, n), comb(self.cards, n))

    def expected(self, n: int) -> Fraction:
        """Points to expect from turning `n` cards."""
        safe = self.safe(n)
        return safe * n * self.gain - (1 - safe) * self.loss

    @property
    def optimum(self) -> int:
        """The number with the highest expectation, the smallest of equals."""
        return max(range(self.cards + 1), key=lambda n: (self.expected(n), -n))

    def regret(self, n: int) -> Fraction:
        """Points that turning `n` cards gives away against the optimum, ≥ 0."""
        return self.expected(self.optimum) - self.expected(n)


#: The 27 games, loss cards slowest and losses fastest.
GAMES = tuple(Game(cards, gain, loss) for cards, gain, loss in product((1, 3, 5), (10, 20, 30), (250, 500, 750)))


def question(game: Game) -> str:
    """The game as it is told.

    >>> question(GAMES[0])[:72]
    'A game for points. 32 cards lie face down, and 1 of them is bad. You say'
    """
    fields = {name: str(getattr(game, name)) for name in ("cards", "loss_cards", "gain", "loss")}
    return filled(texts("tasks")["cards"], fields | {"are": "is" if game.loss_cards == 1 else "are"})


async def turn(speaker: Speaker, game: Game) -> Answer[int]:
    """How many cards it turns, 0 … cards; an answer that names no such number has a reason and no value."""
    read = partial(read_whole, key="cards", low=0, high=game.cards)
    asked = [Message("user", question(game))]
    return await speaker.says(asked, read, tokens=TOKENS, schema=schema(cards=whole(0, game.cards)))
