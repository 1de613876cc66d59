"""How related each token is to what the partner said last, by the language model's own word vectors.

The vectors are the model's input embeddings: the row of the token that is a blank and the word. Words that come in
several pieces have no vector and are passed over. The sentence vector is smooth inverse frequency
(`personae.metrics.sif`); word shares follow Zipf's law over the frequency order of the embedder's vocabulary, and the
common component is learnt from sentences of everyday talk.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from personae.agent.decoding.word_tokens import plain
from personae.errors import UsageError
from personae.files import bundled
from personae.models.embedder import FOLDER
from personae.models.mixes import Vocabulary

if TYPE_CHECKING:
    from personae.metrics.sif import Sif

#: Ids of the embedder's vocabulary below this are marks and single letters; from here on words come by frequency.
_FIRST_WORD = 1996


@functools.cache
def common_words() -> tuple[str, ...]:
    """English words, most frequent first: the word pieces of the embedder that are whole words (about 23,000)."""
    vocabulary = json.loads((FOLDER / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    ranked = sorted(
        (rank, word) for word, rank in vocabulary.items() if rank >= _FIRST_WORD and word.isascii() and word.isalpha()
    )
    return ("i", "a", *(word for _, word in ranked))


@functools.cache
def everyday_sentences() -> tuple[str, ...]:
    """Our own sentences of everyday talk, one subject each."""
    return tuple(bundled(__package__, "texts/everyday.en.yaml"))


@dataclass(frozen=True)
class Relatedness:
    """Cosines of all tokens with a text. `sentences`: what the common component is learnt from; empty for ours."""

    sentences: tuple[str, ...] = ()

    def __call__(self, vocabulary: Vocabulary, text: str) -> Any:
        """float32 of shape (tokens,), −1 … 1; 0 for tokens without a word, and everywhere if no word is known.

        Raises `UsageError` where the model hides its vectors.
        """
        import numpy as np

        from personae.metrics.sif import cosines

        if vocabulary.vectors is None:
            raise UsageError("relatedness needs the model's word vectors, which it hides; open it as 'hf/…'")
        sentence = vocabulary.once(self._fitted).sentence(text)
        if sentence is None:
            return np.zeros(len(vocabulary.pieces), dtype=np.float32)
        related = cosines(vocabulary.once(_vectors)[: len(vocabulary.pieces)], sentence)
        return np.where(vocabulary.once(_holds_word), related, 0.0).astype(np.float32)

    def _fitted(self, vocabulary: Vocabulary) -> Sif:
        from personae.metrics.sif import Sif, zipf_shares

        shares = zipf_shares(common_words())
        rarest, ids, vectors = min(shares.values()), vocabulary.once(word_ids), vocabulary.once(_vectors)

        def vector_of(word: str) -> Any:
            return vectors[ids[word]] if word in ids else None

        return Sif.fit(self.sentences or everyday_sentences(), vector_of, lambda word: shares.get(word, rarest))


def _vectors(vocabulary: Vocabulary) -> Any:
    assert vocabulary.vectors is not None
    return vocabulary.vectors()


def word_ids(vocabulary: Vocabulary) -> dict[str, int]:
    """The token that stands for each word: with a blank before it where there is one, in lower case where there is."""
    tokens = sorted(enumerate(vocabulary.pieces), key=lambda pair: pair[1] == plain(pair[1]))  # what comes last stays
    blank = {plain(piece)[1:]: token for token, piece in tokens if piece[:1] == " "}
    return {plain(piece): token for token, piece in tokens if piece.isalpha()} | blank


def _holds_word(vocabulary: Vocabulary) -> Any:
    import numpy as np

    return np.array([any(map(str.isalnum, piece)) for piece in vocabulary.pieces])
