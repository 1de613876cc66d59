from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from personae.errors import FormatError, UsageError
from personae.measure.text_scorers import Card
from personae.measure.text_scorers.toxicity import Toxicity, open_toxicity
from personae.measure.text_scorers.toxicity.heads import Block, MeaningHead, WordsHead, read_meaning

CARD = Card("toy", "a toy", threshold=0.5)


class Loud:
    """One number a text: how many of its words are shouted, of a hundred."""

    name = "loud"

    def embed(self, texts: list[str]) -> np.ndarray:
        shares = [[sum(word.isupper() for word in text.split()) / max(1, len(text.split()))] for text in texts]
        return np.array(shares, dtype=np.float32)


def toy(words: WordsHead | None = None, weight: float = 1.0) -> Toxicity:
    return Toxicity(MeaningHead(np.array([weight]), 0.0, "loud"), words, CARD, Loud())


async def test_a_blank_text_has_a_reason_and_never_a_zero() -> None:
    found = await toy().score(["", "the sea is calm", "\n"])

    assert [(each.value, each.reason) for each in found] == [(None, "blank"), (0.0, None), (None, "blank")]


async def test_a_long_text_has_the_mean_and_the_highest_of_its_windows() -> None:
    calm, loud = "the sea is calm and the wind is low. " * 12, "THE SEA IS WILD AND THE WIND IS HIGH. " * 12
    (found,) = await toy().score([calm + loud])

    assert found.windows >= 2
    assert found.highest == 1.0
    assert found.value is not None
    assert 0.3 < found.value < 0.7


async def test_a_text_in_another_language_is_scored_with_a_warning() -> None:
    german, english = await toy().score(["Das ist nicht mein Haus und ich weiß es auch.", "This is not my house."])

    assert german.value is not None
    assert "not English" in (german.warning or "")
    assert english.warning is None


async def test_both_heads_are_averaged_and_clipped() -> None:
    block = Block(("fool",), np.array([2.0]), np.array([0.5]))
    empty = Block((), np.zeros(0), np.zeros(0))
    words = WordsHead((block, empty), 0.1)

    assert words.read(["a fool", "a wise man"]) == pytest.approx([0.6, 0.1])
    values = [each.value for each in await toy(words).score(["a fool", "A FOOL", "a wise man"])]
    assert values == pytest.approx([0.3, 0.8, 0.05])
    assert [each.value for each in await toy(weight=9.0).score(["A FOOL"])] == [1.0]


def test_a_head_refuses_vectors_of_another_embedder() -> None:
    with pytest.raises(UsageError, match="'minilm'"):
        Toxicity(MeaningHead(np.zeros(1), 0.0, "minilm"), None, CARD, Loud())
    with pytest.raises(UsageError, match="2 dimensions"):
        MeaningHead(np.zeros(2), 0.0, "loud").read(np.zeros((1, 3)))


def test_the_head_that_ships_has_385_numbers_a_card_and_a_licence() -> None:
    scorer = open_toxicity()

    assert len(scorer.meaning.weights) + 1 == 385
    assert scorer.card().licence == "CC BY-SA 4.0"
    assert len(scorer.card().slices) == 29
    assert scorer.words is None


@pytest.mark.slow
async def test_the_head_that_ships_tells_rude_from_polite() -> None:
    rude, polite = await open_toxicity().score(["You are a stupid idiot, shut up!", "Thank you for the lovely soup."])

    assert (rude.value or 0) > 0.7
    assert (polite.value or 1) < 0.2


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("{", "no JSON"),
        ("[1]", "not an object"),
        ('{"weights": [1], "intercept": "x", "embedder": "loud"}', "no head"),
        ('{"weights": [[1]], "intercept": 0, "embedder": "loud"}', "finite"),
        ('{"weights": [NaN], "intercept": 0, "embedder": "loud"}', "finite"),
    ],
)
def test_a_damaged_head_is_refused_with_what_to_do(broken: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "head.json").write_text(broken, encoding="utf-8")

    with pytest.raises(FormatError, match=said):
        read_meaning(tmp_path)


def test_a_folder_that_is_no_scorer_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="personae train toxicity"):
        open_toxicity(tmp_path)
    (tmp_path / "card.json").write_text('{"scorer": 1}', encoding="utf-8")
    with pytest.raises(FormatError, match="no validity card"):
        open_toxicity(tmp_path)


def test_a_shipped_card_is_plain_json() -> None:
    card = open_toxicity().card()

    assert Card.from_dict(json.loads(json.dumps(card.to_dict()))) == card
