"""Which of many answers to one question say the same?

First by their words: case, marks and fillers aside. Then, with a pair scorer, by meaning: an answer joins the first
group whose representative it entails and is entailed by. A long answer and a short one that say the same may stay
apart.
"""

from __future__ import annotations

from collections.abc import Sequence

from personae.metrics.text import unicode_words
from personae.types import ENTAILMENT, PairScorer

#: Words that carry no answer.
_FILLERS = frozenset(
    [
        "a",
        "an",
        "the",
        "well",
        "oh",
        "hm",
        "hmm",
        "ah",
        "um",
        "er",
        "so",
        "just",
        "really",
        "i",
        "it",
        "was",
        "is",
        "it's",
        "that",
        "my",
    ]
)
#: Both ways must be entailed with at least this probability.
AT_LEAST = 0.5

#: How answers are grouped, in the words of a report.
BY_WORDS, BY_MEANING = "words", "words, then entailment both ways"


def normalised(answer: str) -> str:
    """The words of an answer that carry it; all of them where only fillers stand there.

    >>> normalised("Well, it was PORRIDGE!"), normalised("It is.")
    ('porridge', 'it is')
    """
    said = unicode_words(answer.casefold())
    return " ".join([word for word in said if word not in _FILLERS] or said)


async def groups(answers: Sequence[str], scorer: PairScorer | None = None) -> tuple[int, ...]:
    """A group number per answer, 0 for the first answer's group, and so on in order of appearance.

    >>> import asyncio
    >>> asyncio.run(groups(["Porridge.", "Eggs.", "porridge", "It was eggs!"]))
    (0, 1, 0, 1)
    """
    spoken = [normalised(answer) for answer in answers]
    kinds = dict(zip(reversed(spoken), reversed(answers), strict=True))  # the first answer stands for its words
    first = list(dict.fromkeys(spoken))
    merged = (
        dict(zip(first, range(len(first)), strict=True)) if scorer is None else await _by_meaning(first, kinds, scorer)
    )
    return tuple(merged[words] for words in spoken)


async def _by_meaning(first: Sequence[str], kinds: dict[str, str], scorer: PairScorer) -> dict[str, int]:
    leaders: list[str] = []
    found: dict[str, int] = {}
    for words in first:
        found[words] = await _group_of(kinds[words], [kinds[leader] for leader in leaders], scorer)
        if found[words] == len(leaders):
            leaders.append(words)
    return found


async def _group_of(answer: str, leaders: Sequence[str], scorer: PairScorer) -> int:
    """The first leader that says the same; their number where none does."""
    if not leaders or not answer.strip():
        return len(leaders)
    forth = (await scorer.score([answer] * len(leaders), list(leaders)))[:, ENTAILMENT]
    back = (await scorer.score(list(leaders), [answer] * len(leaders)))[:, ENTAILMENT]
    same = (forth >= AT_LEAST) & (back >= AT_LEAST)
    return int(same.argmax()) if same.any() else len(leaders)
