"""Weighted decoding: `score(w) = log p(w | context) + Σ weight_i · f_i(w)`, a few features of words with a knob each.

Source: See et al. (2019), "What makes a good conversation?". It knows the features and how they change while a reply
is written; `weighted.py` makes a way of decoding of them.

| knob | f(w) | measured on |
|---|---|---|
| own_bigram | 1 if the word makes a pair of words of the persona's earlier replies | the talk |
| own_word | 1 if the word is a content word of the persona's earlier replies | the talk |
| reply_bigram, reply_word | the same within this reply | the reply so far |
| partner_bigram | 1 if the word makes a pair of words of the partner's turns | the talk |
| nidf | how rare the word is, 0 … 1 | nothing |
| question | 1 for question words and the question mark | nothing |
| relatedness | cosine of the word with the partner's last turn, −1 … 1 | the last turn |

Models write pieces of words. Features fire on the piece that completes a word (repetition) or begins one (the others);
and as rare words come in more pieces, the pieces that go on with a word are raised so that the chance that a word goes
on stays what the model gave it: a knob chooses words, not their length.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from personae.agent.decoding.relatedness import Relatedness
from personae.agent.decoding.word_tokens import WordTokens, finished_words, plain, unfinished
from personae.errors import UsageError
from personae.metrics.nidf import is_content
from personae.metrics.text import words
from personae.models.mixes import Blend, Vocabulary

#: What penalises repeating; these may be −∞.
REPEATS = ("own_bigram", "own_word", "reply_bigram", "reply_word", "partner_bigram")
#: What prefers some words to others.
TASTES = ("nidf", "question", "relatedness")
KNOBS = (*REPEATS, *TASTES)

#: Weights of See et al. (2019): own pairs −3.5, no content word twice, NIDF 4.
DEFAULTS: Mapping[str, float] = {"own_bigram": -3.5, "own_word": -math.inf, "reply_word": -math.inf, "nidf": 4.0}

#: More relatedness than this makes a parrot: engagement falls from 3.01 to 2.10 at 13 (See et al. 2019).
MOST_RELATED = 5.0

QUESTION_WORDS = frozenset(("how", "what", "when", "where", "which", "who", "whom", "whose", "why"))


def checked(weights: Mapping[str, float]) -> dict[str, float]:
    """The weights that do something, relatedness clamped at 5.

    Raises `UsageError` for an unknown knob, NaN, +∞, or −∞ where it would forbid all words.

    >>> checked({"nidf": 4, "relatedness": 13, "question": 0})
    {'nidf': 4.0, 'relatedness': 5.0}
    """
    for name, weight in weights.items():
        if name not in KNOBS:
            raise UsageError(f"no knob is called {name!r}; the knobs are {', '.join(KNOBS)}")
        if math.isnan(weight) or weight == math.inf or (weight == -math.inf and name not in REPEATS):
            raise UsageError(f"the knob {name!r} is set to {weight!r}; give a finite number (−∞ forbids repeats only)")
    clamped = {name: min(weight, MOST_RELATED) if name == "relatedness" else weight for name, weight in weights.items()}
    return {name: float(weight) for name, weight in clamped.items() if weight}


@dataclass(frozen=True)
class Knobs:
    """A mix of one world: its own log-probabilities, plus the weighted features of each token.

    own:     the persona's earlier replies; partner: the partner's turns, the last of which relatedness is about.
    rarity:  NIDF by word; a word that is not in it counts as common.
    relate:  where the common component of relatedness was learnt.
    """

    weights: Mapping[str, float]
    own: Sequence[str] = ()
    partner: Sequence[str] = ()
    rarity: Mapping[str, float] = field(default_factory=dict, repr=False)
    relate: Relatedness = field(default_factory=Relatedness, repr=False)

    def begin(self, worlds: int, vocabulary: Vocabulary) -> Blend:
        """One world only."""
        if worlds != 1:
            raise UsageError(f"knobs turn one prompt, not {worlds!r} worlds")
        return _Turned(self, checked(self.weights), vocabulary)


@dataclass(frozen=True)
class Said:
    """What was said: its content words, and which words followed each word."""

    content: frozenset[str]
    after: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, texts: Iterable[Sequence[str]]) -> Said:
        """From texts in words; a pair does not reach from one text to the next."""
        content: set[str] = set()
        after: dict[str, set[str]] = defaultdict(set)
        for text in texts:
            content.update(filter(is_content, text))
            for one, next_one in itertools.pairwise(text):
                after[one].add(next_one)
        return cls(frozenset(content), {one: frozenset(others) for one, others in after.items()})

    def repeating(self, what: str, before: Sequence[str]) -> frozenset[str]:
        """The words that would repeat something next, as a "word" or as a "bigram" with the word before."""
        if what == "word":
            return self.content
        return self.after.get(before[-1], frozenset()) if before else frozenset()


class _Turned:
    """The knobs during one reply."""

    def __init__(self, knobs: Knobs, weights: Mapping[str, float], vocabulary: Vocabulary) -> None:
        self.weights, self.pieces = weights, vocabulary.pieces
        self.tokens = vocabulary.once(WordTokens.of)
        self.text = ""
        self.own = Said.of(map(words, knobs.own))
        self.partner = Said.of(map(words, knobs.partner))
        self.taste = _taste(knobs, weights, self.tokens, vocabulary)

    def scores(self, logprobs: Any) -> Any:
        """The knobs' scores; where every token would be forbidden, the model's own."""
        import numpy as np

        partial = unfinished(self.text)
        scored = logprobs[0] + self._tasted(logprobs[0], partial)
        for name in REPEATS:
            if name in self.weights:
                scored[self._fired(name, partial)] += self.weights[name]
        return scored if np.isfinite(scored.max()) else logprobs[0]

    def said(self, token: int) -> None:
        """One more piece of the reply."""
        self.text += plain(self.pieces[token])

    def _tasted(self, logprobs: Any, partial: str) -> Any:
        """Preferences for words. Within a word, its pieces gain what all other tokens gain on average."""
        import numpy as np

        goes_on = self.tokens.opens
        if not partial or goes_on.all() or not goes_on.any():
            return self.taste
        others = ~goes_on
        gained = _log_sum(logprobs[others] + self.taste[others]) - _log_sum(logprobs[others])
        return np.where(goes_on, gained, self.taste)

    def _fired(self, name: str, partial: str) -> list[int]:
        """Tokens that repeat: those that end the word under way and begin another, and those that go on with it."""
        whose, what = name.split("_")
        before = finished_words(self.text, partial)
        ended = [*before, partial] if partial else before
        if whose == "reply":
            at_end, going_on = Said.of([ended]), Said.of([before])
        else:
            at_end = going_on = self.own if whose == "own" else self.partner
        fired = self.tokens.beginning(at_end.repeating(what, ended))
        return sorted({*fired, *self.tokens.completing(going_on.repeating(what, before), partial)})


def _taste(knobs: Knobs, weights: Mapping[str, float], tokens: WordTokens, vocabulary: Vocabulary) -> Any:
    """The part of the score that stays the same through a reply, float32 of shape (tokens,)."""
    import numpy as np

    taste = np.zeros(len(tokens.first), dtype=np.float32)
    if weight := weights.get("nidf"):
        taste += weight * np.array([knobs.rarity.get(word, 0.0) for word in tokens.first], dtype=np.float32)
    if weight := weights.get("question"):
        pairs = zip(tokens.first, vocabulary.pieces, strict=True)
        taste += weight * np.array([word in QUESTION_WORDS or "?" in piece for word, piece in pairs], dtype=np.float32)
    if (weight := weights.get("relatedness")) and knobs.partner:
        taste += weight * knobs.relate(vocabulary, knobs.partner[-1])
    return taste


def _log_sum(logs: Any) -> Any:
    import numpy as np

    top = logs.max()
    return top + np.log(np.exp(logs - top).sum()) if np.isfinite(top) else top
