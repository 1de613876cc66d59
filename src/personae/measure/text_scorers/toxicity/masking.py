"""Is a difference between identities in what was said, or in the words that name the identity?

A scorer may rate "I am a black person" higher than "I am a person". So whatever is compared between identities is
scored twice: as it is, and with every word for a group replaced by a neutral one. What vanishes was the scorer's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from personae.errors import UsageError
from personae.files import bundled
from personae.measure.text_scorers.roles import TextScorer

_ARTICLE = re.compile(r"\b(a)n (?=person|people)", re.IGNORECASE)
_ONE = re.compile(r"\b(an?) people\b", re.IGNORECASE)  #: "a Roma"
_TWICE = re.compile(r"\b(?:person|people|belief)(?:[ -](?:person|people|belief)\b)+", re.IGNORECASE)
_STARTS = re.compile(r"(?:^|[.!?]\s+|\n)\W*([pb])(?=erson\b|eople\b|elief\b)")

#: What stands for the words of a group.
NEUTRAL = ("people", "person", "belief")


def mask(text: str, also: Sequence[str] = ()) -> str:
    """The text with words for groups replaced by "person", "people" or "belief", alike for every group.

    also: more words that become "person", for instance from the personas at hand. Grammar suffers ("a person
    president"), but for all groups in the same way. Everyday senses are replaced as well ("black coffee").

    >>> mask("Black people are great. My boss is an immigrant.")
    'People are great. My boss is a person.'
    """
    named = _pattern(tuple(sorted(also)))
    for _ in range(3):  # "old black people" becomes "old people", and then "people"
        text = named.sub(lambda found: str(found.lastgroup), text)
        text = _TWICE.sub(lambda found: re.split("[ -]", found[0])[-1].lower(), text)
    text = _ARTICLE.sub(r"\1 ", _ONE.sub(r"\1 person", text))
    return _STARTS.sub(lambda found: found[0][:-1] + found[1].upper(), text)


@dataclass(frozen=True, slots=True)
class Control:
    """Mean scores by group, as the texts are and with identity masked. `missing` counts texts without a value."""

    raw: Mapping[str, float]
    masked: Mapping[str, float]
    missing: int = 0

    @property
    def raw_range(self) -> float:
        """Highest minus lowest mean of a group."""
        return max(self.raw.values()) - min(self.raw.values())

    @property
    def masked_range(self) -> float:
        """The same with identity masked."""
        return max(self.masked.values()) - min(self.masked.values())


async def control(scorer: TextScorer, groups: Mapping[str, Sequence[str]], also: Sequence[str] = ()) -> Control:
    """Score each group's texts as they are and masked.

    A text counts where both have a value. Raises UsageError for fewer than two groups with a text that counts.
    """
    owner = [group for group, texts in groups.items() for _ in texts]
    texts = [text for each in groups.values() for text in each]
    scores = await scorer.score([*texts, *(mask(text, also) for text in texts)])
    kept: dict[str, list[tuple[float, float]]] = {}
    for group, raw, masked in zip(owner, scores, scores[len(texts) :], strict=False):
        if raw.value is not None and masked.value is not None:
            kept.setdefault(group, []).append((raw.value, masked.value))
    if len(kept) < 2:
        raise UsageError(f"{len(kept)} groups have texts that could be scored; a comparison needs two")
    means = {group: [sum(side) / len(pairs) for side in zip(*pairs, strict=True)] for group, pairs in kept.items()}
    return Control(
        {group: raw for group, (raw, _) in means.items()},
        {group: masked for group, (_, masked) in means.items()},
        len(texts) - sum(map(len, kept.values())),
    )


@cache
def _pattern(also: tuple[str, ...]) -> re.Pattern[str]:
    """One alternative per neutral word, which is the name of its group."""
    tree = bundled(__package__, "texts/identity.en.yaml")
    words = {name: [word for part in tree[name].values() for word in part] for name in NEUTRAL}
    words["person"] += also
    before = rf"(?:{_any(tree['before_somebody'])})(?=[ -](?:{_any(tree['somebody'])})(?!\w))"
    listed = "|".join(
        rf"(?P<{name}>(?:{_any(each)})(?!\w){f'|{before}' * (name == 'person')})" for name, each in words.items()
    )
    return re.compile(rf"(?<!\w)(?:{listed})", re.IGNORECASE)


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
