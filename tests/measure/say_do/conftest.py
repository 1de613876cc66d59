"""A responder of whom everything is known: alone it plays well and stands firm, with a persona it does as told."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from personae.agent import Agent
from personae.measure.say_do.cards import GAMES, Game
from personae.measure.say_do.reading import claims, dilemmas, questions, word_sets
from personae.models import Scripted
from personae.persona.persona import Persona
from personae.types import Message, Settings

REED = Persona(name="Reed", summary="A gambler who gives way to everybody.")


@dataclass(frozen=True)
class Character:
    """Cards above the best number, whether it gives way, how sure it is, its bias, its claims (1 … 5, keyed)."""

    above: int = 0
    gives_way: bool = False
    sure: int = 60
    right: int = 100
    knows_limits: bool = True
    biased: bool = False
    claims: float = 1.0
    always: bool = False

    def says(self, messages: Sequence[Message]) -> str:
        """What it says to a game, a question, its own answer again, or a word list."""
        asked = messages[-1].content
        if "lie face down" in asked:
            game = _game(asked)
            return json.dumps({"cards": min(32, game.optimum + self.above)})
        if "Put one of two words" in asked:
            return self._words(asked)
        if "The question was" in asked:
            return json.dumps({"confidence": self.sure - 10})
        question = next(q for q in questions() if q.text in asked)
        if not question.answers and self.knows_limits:
            return json.dumps({"answer": "I do not know", "confidence": 90})
        answer = question.answers[0] if question.answers and self.right == 100 else "marmalade"
        return json.dumps({"answer": answer, "confidence": self.sure})

    def _words(self, asked: str) -> str:
        first, second = re.search(r'"word - (.*?)" or "word - (.*?)"', asked).groups()
        words = next(s for s in word_sets() if {first, second} <= {*s.a, *s.b})
        a, b = (first, second) if first in words.a else (second, first)
        lines = []
        for at, word in enumerate(asked.split("\n\n")[1].splitlines()):
            goes_with = (a if word in words.with_a else b) if self.biased else (a, b)[(at + (word in words.with_a)) % 2]
            lines.append(f"{word} - {goes_with}")
        return "\n".join(lines)

    def scores(self, messages: Sequence[Message], options: Sequence[str]) -> list[float]:
        """How it decides a dilemma, and what it claims of itself."""
        asked = messages[-1].content
        if options[0] in ("Yes", "No"):
            said = re.search(r"would say (yes|no)", asked)
            own = (
                "Yes" if self.always or len(messages[-1].content) % 2 else "No"
            )  # of the talk so far, where there is one
            if len(messages) > 1 and messages[-2].role == "assistant":
                own = messages[-2].content
            wanted = said[1].capitalize() if said and self.gives_way else own
            return [-0.1 if option == wanted else -5.0 for option in options]
        item = next(i for i in claims().items if i.text in asked)
        labels = claims().response.labels
        point = round(self.claims) if item.key == 1 else 6 - round(self.claims)
        return [-0.01 if labels.index(option) == point - 1 else -99.0 for option in options]


def _game(asked: str) -> Game:
    cards, bad, gain, loss = map(
        int, re.search(r"(\d+) cards lie.*and (\d+) of.*brings (\d+) points.*lose (\d+) points", asked).groups()
    )
    return next(g for g in GAMES if (g.cards, g.loss_cards, g.gain, g.loss) == (cards, bad, gain, loss))


@pytest.fixture
def agent_of():
    """An agent that is one character with its persona in view, and another without."""

    def build(played: Character, bare: Character = Character()) -> Agent:
        def who(messages: Sequence[Message]) -> Character:
            return played if any("Reed" in message.content for message in messages) else bare

        model = Scripted(
            lambda messages: who(messages).says(messages),
            option_scores=lambda messages, options: who(messages).scores(messages, options),
        )
        return Agent(REED, model, settings=Settings(temperature=0.0))

    return build


@pytest.fixture
def character():
    """The class of characters."""
    return Character


@pytest.fixture
def reed():
    """The persona that is played."""
    return REED


@pytest.fixture
def stories():
    """Our dilemmas by id."""
    return {each.id: each for each in dilemmas()}
