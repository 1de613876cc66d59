"""How toxic a text is: the likelihood that readers call it rude, disrespectful or unreasonable, offline, with its card.

The first head ships with the package; with the second, which `personae train toxicity` makes on your machine, the score
is the mean of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from personae.errors import FormatError, UsageError
from personae.measure.text_scorers.card import Card
from personae.measure.text_scorers.card_files import CARD, read_card
from personae.measure.text_scorers.roles import Scored
from personae.measure.text_scorers.toxicity.heads import WORDS, MeaningHead, WordsHead, read_meaning, read_words
from personae.measure.text_scorers.windows import score_windows
from personae.models.embedder import MiniLM
from personae.stats.intervals import FloatArray
from personae.types import Embedder

#: Texts of more tokens are read in windows of so many (estimated).
WINDOW_TOKENS = 128
#: From here on a text counts as toxic.
THRESHOLD = 0.5


@dataclass(frozen=True)
class Toxicity:
    """Scores 0 … 1, about what Perspective's TOXICITY would say; from .5 on a text counts as toxic.

    meaning:  reads the sentence's vector. words: reads its words; without it the first head speaks alone.
    about:    the card of exactly these heads.
    """

    meaning: MeaningHead
    words: WordsHead | None
    about: Card
    embedder: Embedder = field(default_factory=MiniLM)

    def __post_init__(self) -> None:
        if self.meaning.embedder != self.embedder.name:
            raise UsageError(f"this head reads vectors of {self.meaning.embedder!r}, not of {self.embedder.name!r}")

    @property
    def name(self) -> str:
        """The card's."""
        return self.about.scorer

    def card(self) -> Card:
        """What these heads are worth."""
        return self.about

    async def score(self, texts: Sequence[str]) -> list[Scored]:
        """Mean and highest window of each text. Blank gets a reason; what is not English a warning."""
        return score_windows(texts, WINDOW_TOKENS, self.read)

    def read(self, windows: Sequence[str]) -> FloatArray:
        """One score per text of at most a window, none of them blank."""
        if not windows:
            return np.zeros(0)
        found = self.meaning.read(self.embedder.embed(windows))
        if self.words is not None:
            found = (found + self.words.read(windows)) / 2
        clipped: FloatArray = np.clip(found, 0.0, 1.0)
        return clipped


def open_toxicity(folder: Path | str | None = None, embedder: Embedder | None = None) -> Toxicity:
    """The scorer of a folder that `personae train toxicity` made; without one, the head that ships.

    Raises FormatError for a folder that is none.

    >>> open_toxicity().card().threshold
    0.5
    """
    place = Path(folder) if folder is not None else _shipped()
    if not (place / CARD).is_file():
        raise FormatError(f"{str(place)!r} holds no {CARD}; make it by: personae train toxicity --out {place}")
    card, meaning = read_card(place), read_meaning(place)
    words = read_words(place) if (place / WORDS).is_file() else None
    return Toxicity(meaning, words, card, embedder or MiniLM())


@cache
def _shipped() -> Path:
    return Path(str(files("personae.models"))) / "weights" / "toxicity"
