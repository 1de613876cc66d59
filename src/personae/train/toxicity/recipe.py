"""Two ridge regressions on one target: of sentence vectors, and of words and their pieces. Torch is not needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from personae.errors import MissingExtra
from personae.measure.text_scorers.toxicity.heads import BLOCKS, Block, MeaningHead, WordsHead
from personae.stats.intervals import FloatArray

try:
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import GroupKFold
except ModuleNotFoundError as error:
    raise MissingExtra("train", error.name or "scikit-learn") from error


@dataclass(frozen=True, slots=True)
class Recipe:
    """Strength of both regressions, how often a feature must occur, and the folds of the cross-validation."""

    alpha_meaning: float = 1.0
    alpha_words: float = 3.0
    least_words: int = 2
    least_pieces: int = 3
    folds: int = 5

    @property
    def least(self) -> dict[str, int]:
        """In how many texts a feature of each block must occur."""
        return dict(zip(BLOCKS, (self.least_words, self.least_pieces), strict=True))


def fit_meaning(vectors: Any, toxicity: FloatArray, embedder: str, recipe: Recipe) -> MeaningHead:
    """The first head from vectors of shape (texts, dimensions)."""
    model = Ridge(alpha=recipe.alpha_meaning).fit(np.asarray(vectors, dtype=np.float64), toxicity)
    return MeaningHead(model.coef_, float(model.intercept_), embedder)


def fit_words(texts: Sequence[str], toxicity: FloatArray, recipe: Recipe) -> WordsHead:
    """The second head. Its vocabulary and frequencies come from these texts alone."""
    vectorisers = {
        name: TfidfVectorizer(analyzer=of, min_df=recipe.least[name], sublinear_tf=True) for name, of in BLOCKS.items()
    }
    parts = [vectoriser.fit_transform(texts) for vectoriser in vectorisers.values()]
    model = Ridge(alpha=recipe.alpha_words).fit(hstack(parts).tocsr(), toxicity)
    ends = np.cumsum([part.shape[1] for part in parts])[:-1]
    blocks = tuple(
        Block(tuple(map(str, vectoriser.get_feature_names_out())), vectoriser.idf_, weights)
        for vectoriser, weights in zip(vectorisers.values(), np.split(model.coef_, ends), strict=True)
    )
    return WordsHead(blocks, float(model.intercept_))


def cross_validated(
    texts: Sequence[str], vectors: Any, toxicity: FloatArray, records: Sequence[str], recipe: Recipe
) -> dict[str, FloatArray]:
    """What both heads, and their mean, say of texts they have not seen; a record's texts are never parted.

    Keys "meaning", "words" and "both"; the last is clipped to 0 … 1.
    """
    vectors = np.asarray(vectors)
    told = {name: np.zeros(len(texts)) for name in ("meaning", "words")}
    for seen, unseen in GroupKFold(recipe.folds).split(vectors, toxicity, records):
        told["meaning"][unseen] = fit_meaning(vectors[seen], toxicity[seen], "", recipe).read(vectors[unseen])
        words = fit_words([texts[at] for at in seen], toxicity[seen], recipe)
        told["words"][unseen] = words.read([texts[at] for at in unseen])
    return told | {"both": np.clip((told["meaning"] + told["words"]) / 2, 0, 1)}
