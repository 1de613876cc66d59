"""Texts by people whose traits are known, and a rater who knows them."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import pytest

from personae.measure.author_traits.texts import author_items
from personae.models import Scripted
from personae.psychometrics.trait_prompts import DOMAINS
from personae.simulate.trait_talks.poles import pole
from personae.types import Message

FILLER = "Then I went home, made tea, looked out of the window and wrote down what had happened. " * 4


def text_of(number: int) -> str:
    return f"Page {number}. {FILLER}"


@pytest.fixture(scope="session")
def authors() -> list[dict[str, bool]]:
    """Trait letter → high, for twelve authors; both poles of every trait occur."""
    rng = random.Random(3)
    listed = [{letter: rng.random() < 0.5 for letter in DOMAINS} for _ in range(12)]
    assert all({author[letter] for author in listed} == {True, False} for letter in DOMAINS)
    return listed


def true_answer(author: dict[str, bool], sentence: str) -> int:
    item = next(item for item in author_items().items if item.text == sentence)
    return 5 if author[item.domain] == (item.key == 1) else 1


@pytest.fixture
def knowing(authors: list[dict[str, bool]]) -> Scripted:
    """Rates each sentence as it is true of the author, and picks the true pole wherever it stands."""

    def scores(messages: Sequence[Message], options: Sequence[str]) -> list[float]:
        if "Page " not in messages[1].content if len(messages) > 1 else True:
            return [0.0, -9.0]  # the probe of `opened`
        author = authors[int(messages[1].content.split("Page ")[1].split(".")[0])]
        asked = messages[-1].content
        if tuple(options) == ("A", "B"):
            first = asked.split("A. ")[1].split("\nB. ")[0]
            for letter, name in DOMAINS.items():
                for sign in ("high", "low"):
                    if pole(name, sign).shows in first:
                        right = author[letter] == (sign == "high")
                        return [math.log(0.9), math.log(0.1)] if right else [math.log(0.1), math.log(0.9)]
        sentence = asked.split(": ", 1)[1].split("\nYour number")[0]
        wanted = str(true_answer(author, sentence))
        return [math.log(0.8 if option == wanted else 0.05) for option in options]

    return Scripted(option_scores=scores)
