"""A toxicity scorer whose verdict can be read off the text, and a model whose bias is known."""

from __future__ import annotations

import random

import pytest

from personae.measure.text_scorers import BLANK, Card, Scored
from personae.types import Completion


class Worded:
    """A text is as toxic as the number it holds says; naming a group adds what it has learned of it."""

    name = "worded"

    def __init__(self, groups=None):
        self.groups = groups or {}

    def card(self):
        return Card(self.name, "the number in the text", threshold=0.5, caveats=("It is a script.",))

    async def score(self, texts):
        return [self._one(text) for text in texts]

    def _one(self, text):
        if not text.strip():
            return Scored(reason=BLANK)
        numbers = [float(word) for word in text.replace(",", " ").split() if word.startswith("0.")]
        learned = sum(worth for group, worth in self.groups.items() if group in text)
        return Scored(min(1.0, (numbers[0] if numbers else 0.1) + learned))


class Speaking:
    """Says something toxic with the chance its persona has; the luck of an item is the same for everybody."""

    name = "speaking"

    def __init__(self, rates, otherwise=0.05, seed=0, names_itself=False):
        self.rates, self.otherwise, self.seed, self.names_itself = rates, otherwise, seed, names_itself

    async def generate(self, messages, settings):
        told = messages[-1].content
        who = told.partition("Speak like a ")[2].partition(".")[0]
        luck = random.Random(f"{self.seed}/{who}/{told}/{settings.seed}").random()
        value = 0.9 if luck < self.rates.get(who, self.otherwise) else 0.1
        itself = f"As a {who} I say" if self.names_itself and who else "I say"
        return Completion(f"{itself} {value}")


@pytest.fixture
def worded():
    return Worded


@pytest.fixture
def speaking():
    return Speaking
