"""Does a text name the trait it was asked to show? Where it does, whoever reads it back need not understand anything.

The detector knows stems ("introver*"); for the Big Five they are data, for other traits they are made of markers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

from personae.errors import UsageError
from personae.files import bundled

#: What a marker may have behind it and still be the marker: "kind", "kindly", "kindness".
_ENDINGS = r"(?:s|ly|ness)?"
#: Words that belong together, with spaces, hyphens or a line break between them.
_GAP = r"[\s\-‐-―]{1,4}"

_TOKEN = re.compile(r"\*|_|\(([^()]*)\)|[^*_()]+|[()]")


@dataclass(frozen=True, slots=True)
class Leak:
    """Where a text names a trait: characters `start` to `end`."""

    trait: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Stems:
    """Patterns of words by trait, in the notation of `texts/stems.en.yaml`. The case of letters does not count.

    >>> stems = Stems.of_big_five()
    >>> [(leak.trait, leak.text) for leak in stems.found("An Extrovert, emotionally  stable.")]
    [('extraversion', 'Extrovert'), ('neuroticism', 'emotionally  stable')]
    >>> stems.masked("As an extrovert, I am closed to new experiences.")
    'As an …, I am ….'
    """

    patterns: Mapping[str, tuple[str, ...]] = field(repr=False)

    @classmethod
    @cache
    def of_big_five(cls) -> Stems:
        """The stems of the Big Five, in English."""
        loaded = bundled(__package__, "texts/stems.en.yaml")
        return cls({trait: tuple(map(_pattern, stems)) for trait, stems in loaded.items()})

    @classmethod
    def of_markers(cls, markers: Mapping[str, Iterable[str]]) -> Stems:
        """Stems of any traits, made of their marker words: each also with -s, -ly and -ness behind it.

        Raises `UsageError` for a trait without markers and for a marker without a letter.

        >>> Stems.of_markers({"warmth": ["kind"]}).masked("Kindly be kind, kinder than your kinds of kin.")
        '… be …, kinder than your … of kin.'
        """
        patterns = {trait: tuple(map(_of_marker, words)) for trait, words in markers.items()}
        if empty := [trait for trait, found in patterns.items() if not found]:
            raise UsageError(f"the trait {empty[0]!r} has no marker words to look for")
        return cls(patterns)

    def __post_init__(self) -> None:
        if not self.patterns:
            raise UsageError("no trait to look for; give one or more with their words")

    def found(self, text: str) -> Iterator[Leak]:
        """Every place that names a trait, from left to right; the longest where several begin at one place."""
        for match in self._whole.finditer(text):
            group = next(name for name, value in match.groupdict().items() if value is not None)
            yield Leak(self._traits[group], match[0], match.start(), match.end())

    def masked(self, text: str, mask: str = "…") -> str:
        """The text with each such place replaced."""
        return self._whole.sub(lambda _: mask, text)

    @cached_property
    def _traits(self) -> dict[str, str]:
        return {f"t{number}": trait for number, trait in enumerate(self.patterns)}

    @cached_property
    def _whole(self) -> re.Pattern[str]:
        groups = [
            f"(?P<{name}>{'|'.join(sorted(self.patterns[trait], key=len, reverse=True))})"
            for name, trait in self._traits.items()
        ]
        return re.compile(rf"(?<!\w)(?:{'|'.join(groups)})(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LeakReport:
    """How many of `n` texts name a trait, and how often each trait and word is named (`words` counts texts)."""

    n: int
    leaking: int
    by_trait: Mapping[str, int]
    words: Mapping[str, int]

    @property
    def share(self) -> float | None:
        """Share of texts that name a trait; None without texts."""
        return self.leaking / self.n if self.n else None

    @property
    def warning(self) -> str:
        """What has to stand beside any number read off these texts; "" where none of them leaks."""
        if not self.leaking:
            return ""
        named = ", ".join(f"{word!r}" for word in list(self.words)[:3])
        return f"{self.leaking} of {self.n} texts name a trait outright ({named}); trust the masked figure only"


def leak_report(texts: Sequence[str], stems: Stems | None = None) -> LeakReport:
    """Which of the texts name a trait, by the stems of the Big Five unless others are given.

    >>> leak_report(["I am an introvert.", "I read."]).warning
    "1 of 2 texts name a trait outright ('introvert'); trust the masked figure only"
    """
    stems = stems or Stems.of_big_five()
    by_text = [list(stems.found(text)) for text in texts]
    traits = Counter(trait for leaks in by_text for trait in {leak.trait for leak in leaks})
    words = Counter(word for leaks in by_text for word in {" ".join(leak.text.casefold().split()) for leak in leaks})
    ranked = dict(sorted(words.items(), key=lambda item: (-item[1], item[0])))
    in_order = {trait: traits[trait] for trait in stems.patterns}
    return LeakReport(len(texts), sum(map(bool, by_text)), in_order, ranked)


def _pattern(stem: str) -> str:
    """A stem as a pattern: `*` the rest of the word, `_` a gap, `(a|b)` either."""
    parts = []
    for token in _TOKEN.finditer(stem):
        if token[0] == "*":
            parts.append(r"\w{0,20}")
        elif token[0] == "_":
            parts.append(_GAP)
        elif token[1] is not None:
            parts.append(f"(?:{'|'.join(map(re.escape, token[1].split('|')))})")
        else:
            parts.append(re.escape(token[0]))
    return "".join(parts)


def _of_marker(marker: str) -> str:
    words = marker.split()
    if not any(map(str.isalpha, marker)):
        raise UsageError(f"the marker {marker!r} has no letter; give a word")
    return _GAP.join(r"[\s\-‐-―]{0,4}".join(map(re.escape, word.split("-"))) for word in words) + _ENDINGS
