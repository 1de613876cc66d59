"""How well a user is served without training: no example, one, three, or the examples of users with like choices.

Each way makes a prompt for a model; what comes back is scored by the user's own R_u and set beside the best of m ready
replies. [PersonalLLM 2024]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from personae.errors import BadResponse, ContextOverflow, UsageError
from personae.files import bundled
from personae.judges.asking import filled
from personae.simulate.population.histories import History, Labelled
from personae.simulate.population.mixtures import Standard, rewards
from personae.simulate.population.scorers import Scorer, score_all
from personae.stats.intervals import FloatArray, Interval, mean_interval, wilson
from personae.types import Embedder, Message, Model, Settings

Way = Literal["zero_shot", "one_shot", "three_shot", "nearest"]

#: Way → the most examples it shows; nearest users' examples ≤ 8 [PersonalLLM 2024].
SHOTS: Mapping[Way, int] = {"zero_shot": 0, "one_shot": 1, "three_shot": 3, "nearest": 8}
#: How many like-minded users examples are taken from (ours).
NEIGHBOURS = 5


@dataclass(frozen=True)
class Library:
    """Histories of others with an embedding per choice, so that like-minded users can be found.

    A choice is embedded as its prompt with the chosen reply, less its prompt with the rejected one; a user is the mean
    of that, and a like-minded user is near by cosine.
    """

    histories: tuple[History, ...]
    embedder: Embedder
    vectors: FloatArray
    prompts: tuple[FloatArray, ...]

    @classmethod
    def of(cls, histories: Sequence[History], embedder: Embedder) -> Library:
        """Embed once what others chose; users without a labelled choice are left out."""
        useful = tuple(one for one in histories if one.choices)
        if not useful:
            raise UsageError("no history holds a labelled choice; nobody can be near")
        vectors = np.stack([taste(one.choices, embedder) for one in useful])
        return cls(useful, embedder, vectors, tuple(_embedded(one.choices, embedder) for one in useful))

    def nearest(self, own: Sequence[Labelled], prompt: str, most: int = 8) -> tuple[Labelled, ...]:
        """Up to `most` choices of the like-minded (cosine > 0), those nearest to `prompt` by prompt and reply first."""
        if not own or most < 1:
            return ()
        alike = self.vectors @ taste(own, self.embedder)
        asked = np.asarray(self.embedder.embed([prompt]), dtype=np.float64)[0]
        ranked: list[tuple[float, int, int]] = []
        for user in [at for at in np.argsort(-alike, kind="stable")[:NEIGHBOURS] if alike[at] > 0]:
            near = self.prompts[user] @ asked
            ranked += [(float(value), int(user), place) for place, value in enumerate(near)]
        ranked.sort(key=lambda one: (-one[0], one[1], one[2]))
        return tuple(self.histories[user].choices[place] for _, user, place in ranked[:most])


@dataclass(frozen=True, slots=True)
class Served:
    """How users were served in one way.

    reward:   mean R_u with its interval over users (the mean over a user's prompts is one observation).
    win_rate: share of replies that the user likes better than the best of the m candidates; a draw counts half.
    missing:  replies without a score, by outcome.
    """

    way: str
    reward: Interval
    win_rate: Interval
    missing: Mapping[str, int]


def taste(choices: Sequence[Labelled], embedder: Embedder) -> FloatArray:
    """What somebody prefers, as a unit vector: chosen less rejected in embedding space (zero where they are equal)."""
    difference = _embedded(choices, embedder) - _embedded(choices, embedder, rejected=True)
    mean: FloatArray = difference.mean(axis=0)
    length = float(np.linalg.norm(mean))
    return mean / length if length > 1e-9 else mean


def shown(own: Sequence[Labelled], prompt: str, way: Way, library: Library | None = None) -> tuple[Labelled, ...]:
    """The examples a way shows: the user's own first ones, or for "nearest" those of the like-minded alone."""
    if way not in SHOTS:
        raise UsageError(f"no way is called {way!r}; there are {', '.join(SHOTS)}")
    if way != "nearest":
        return tuple(own[: SHOTS[way]])
    if library is None:
        raise UsageError("'nearest' needs a library of other users; build one with Library.of")
    return library.nearest(own, prompt, SHOTS[way])


def prompted(prompt: str, examples: Sequence[Labelled]) -> tuple[Message, ...]:
    """The messages for a model: the examples with what was preferred, then the prompt.

    >>> prompted("Hi", ())[0].content
    'Hi'
    """
    if not examples:
        return (Message("user", prompt),)
    own = bundled(__package__, "texts/prompts.en.yaml")
    listed = [
        filled(own["example"], {"n": str(n), "prompt": one.prompt, "chosen": one.chosen, "rejected": one.rejected})
        for n, one in enumerate(examples, 1)
    ]
    return (Message("user", filled(own["shots"], {"examples": "\n\n".join(listed), "prompt": prompt})),)


async def serve(
    model: Model,
    users: Sequence[History],
    prompts: Sequence[str],
    candidates: Sequence[Sequence[str]],
    scorers: Sequence[Scorer],
    standard: Standard,
    *,
    way: Way,
    library: Library | None = None,
    settings: Settings | None = None,
) -> Served:
    """Answer every prompt for every user in one way, and say how they liked it.

    candidates: m ready replies per prompt. A refused, empty or cut-off reply is counted and has no reward.
    """
    if len(prompts) != len(candidates) or not prompts or not all(candidates):
        raise UsageError(f"{len(prompts)} prompts with {len(candidates)} lists of candidates; give each one or more")
    asked = settings or Settings(temperature=0.0)
    missing: Counter[str] = Counter()
    replies: list[tuple[int, int, str]] = []
    for at, user in enumerate(users):
        for number, prompt in enumerate(prompts):
            messages = prompted(prompt, shown(user.choices, prompt, way, library))
            try:
                said = await model.generate(messages, asked)
            except (BadResponse, ContextOverflow):
                missing["failed"] += 1
                continue
            if said.outcome == "answered":
                replies.append((at, number, said.text))
            else:
                missing[said.outcome] += 1
    scores = await score_all(scorers, [prompts[n] for _, n, _ in replies], [text for _, _, text in replies])
    ready = [standard(await score_all(scorers, [p] * len(c), c)) for p, c in zip(prompts, candidates, strict=True)]
    mine = [
        float(rewards([users[at].weights], standard(scores[[row]]))[0, 0]) for row, (at, _, _) in enumerate(replies)
    ]
    return _served(way, users, replies, mine, ready, missing)


def _served(
    way: str,
    users: Sequence[History],
    replies: Sequence[tuple[int, int, str]],
    mine: Sequence[float],
    ready: Sequence[FloatArray],
    missing: Counter[str],
) -> Served:
    liked: dict[int, list[float]] = {}
    won: dict[int, list[float]] = {}
    for (at, number, _), reward in zip(replies, mine, strict=True):
        best = float(np.nanmax(rewards([users[at].weights], ready[number]))) if np.size(ready[number]) else np.nan
        if not (np.isfinite(reward) and np.isfinite(best)):
            missing["no score"] += 1
            continue
        liked.setdefault(at, []).append(reward)
        won.setdefault(at, []).append(1.0 if reward > best else 0.5 if reward == best else 0.0)
    shares = [value for values in won.values() for value in values]
    whole = set(shares) <= {0.0, 1.0} and len(won) == len(shares)
    return Served(
        way,
        mean_interval([float(np.mean(values)) for values in liked.values()]),
        wilson(int(sum(shares)), len(shares)) if whole else mean_interval([float(np.mean(v)) for v in won.values()]),
        dict(missing),
    )


def _embedded(choices: Sequence[Labelled], embedder: Embedder, *, rejected: bool = False) -> FloatArray:
    texts = [f"{one.prompt}\n{one.rejected if rejected else one.chosen}" for one in choices]
    vectors: npt.NDArray[np.float64] = np.asarray(embedder.embed(texts), dtype=np.float64)
    return vectors
