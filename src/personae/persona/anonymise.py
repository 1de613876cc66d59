"""Neutral names in place of a book's own, so that a model has to read instead of remembering the book.

Every name and alias is replaced in the same way everywhere; the map is kept and leads back. It knows names as people
write them – titles, particles, possessives, families – and nothing about the story: whoever is not named in the map
stays, and `suspects` lists who that might be.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain, product
from typing import Any

from personae.errors import UsageError
from personae.persona.texts import texts

MAX_NAMES = 2_000  #: more names than this are no cast
SLIPS = 0.1  #: a name in lower case below this share of its places is a slip, else an ordinary word

_APOSTROPHES = "['’ʼ]"
_BEFORE, _AFTER = r"(?<![^\W_])", r"(?![^\W_])"
_LETTERS = re.compile(r"[^\W\d_].*[^\W_]", re.DOTALL)  # an initial or a number alone is no name
_CAPITALISED = re.compile(r"(?<=[a-z,] )[^\W\d_a-z][^\W\d_]+(?:['’-][^\W\d_a-z][^\W\d_]+)*")


@dataclass(frozen=True)
class Anonymiser:
    """Replaces names by the map `names` (as written in the book → neutral). Make one with `anonymiser`.

    Names are found as whole words, capitalised as in the map or in capitals, with possessives and, for family names,
    in the plural. The same letters in lower case are taken for an ordinary word ("a march") and stay, except those of
    `sloppy` names, which the book hardly ever writes so.
    """

    names: Mapping[str, str]
    families: frozenset[str] = frozenset()
    sloppy: frozenset[str] = frozenset()
    unnamed: tuple[str, ...] = ()

    def __call__(self, text: str) -> str:
        """The text with neutral names."""
        return _replaced(text, self._pattern, self._neutral) if self.names else text

    def tree(self, data: Any) -> Any:
        """Plain JSON data with neutral names in every string, keys too; a scene, for example."""
        if isinstance(data, str):
            return self(data)
        if isinstance(data, Mapping):
            return {self(key) if isinstance(key, str) else key: self.tree(value) for key, value in data.items()}
        return [self.tree(value) for value in data] if isinstance(data, list | tuple) else data

    def restore(self, text: str) -> str:
        """The text with the book's names again; where several names share a neutral one, the first of them."""
        return _replaced(text, *self._back) if self.names else text

    def left(self, text: str) -> dict[str, int]:
        """Names of the map that still stand in a text, in any letters, with their counts; as they are written there."""
        found = re.finditer(self._pattern.pattern, text, re.IGNORECASE) if self.names else ()
        return dict(Counter(match[0] for match in found))

    def suspects(self, text: str) -> dict[str, int]:
        """Words capitalised inside sentences and never in lower case, which neither the map nor its neutral names hold:
        who was forgotten? Commonest first.

        A hint, for languages that capitalise names alone: places, peoples and months are among them.
        """
        known = {word.casefold() for name in chain(self.names, self.names.values()) for word in _words(name)}
        known |= _list("titles") | _list("particles") | set(re.findall(r"(?<![^\W_])[^\W\d_A-Z][^\W_]*", text))
        return dict(Counter(w for w in _CAPITALISED.findall(text) if w.casefold() not in known).most_common())

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return _pattern(self.names, self.families, self.sloppy)

    @cached_property
    def _neutral(self) -> dict[str, str]:
        return {_key(name): neutral for name, neutral in self.names.items()}

    @cached_property
    def _back(self) -> tuple[re.Pattern[str], dict[str, str]]:
        back: dict[str, str] = {}
        for name, neutral in self.names.items():
            back.setdefault(neutral, name)
        families = frozenset(self.names[name] for name in self.families)
        sloppy = frozenset(self.names[name] for name in self.sloppy)
        return _pattern(back, families, sloppy), {_key(neutral): name for neutral, name in back.items()}


def anonymiser(people: Mapping[str, Sequence[str]] | Iterable[str], *, book: Iterable[str] = ()) -> Anonymiser:
    """An anonymiser for these people: names, or names with their aliases (nicknames, disguises, the author's name …).

    Titles stay ("King Lear" → "King Smith"), people who share a family name go on sharing one, and an alias becomes
    the neutral name of its owner. People called by a role alone ("Environment", "Servant") stay and are listed in
    `unnamed`. From the texts of the `book` it is learned which neutral names cannot be used, so that the way back is
    clear, and which names in lower case are slips. Raises `UsageError` for no people, an empty name, or more than 2,000
    names.

    >>> hide = anonymiser({"Elizabeth Bennet": ["Lizzy"], "Mr Bennet": [], "Earl of Gloucester": []})
    >>> hide("“Lizzy,” said Mr Bennet, and Elizabeth laughed. The Bennets' guest was GLOUCESTER.")
    "“Alex,” said Mr Smith, and Alex laughed. The Smiths' guest was JOHNSON."
    """
    cast = dict(people) if isinstance(people, Mapping) else dict.fromkeys(people, ())
    given_names = [*cast, *(alias for aliases in cast.values() for alias in aliases)]
    if not cast or len(given_names) > MAX_NAMES or not all(_words(name) for name in given_names):
        raise UsageError(f"{len(given_names)} names; give one to {MAX_NAMES}, none of them empty")
    pages = tuple(book)
    taken = {word.casefold() for text in chain(pages, given_names) for word in re.findall(r"[^\W_]+", text)}
    entries = _Entries(_fresh("given", taken), _fresh("family", taken))
    unnamed = [name for name in cast if not entries.enter(name)]
    for name, aliases in cast.items():
        for alias in aliases:
            entries.enter_alias(alias, name)
    names = entries.names
    return Anonymiser(names, frozenset(entries.families), _sloppy(names, pages), tuple(unnamed))


class _Entries:
    """The map while it is made: each word of a name gets one neutral word, wherever it comes again."""

    def __init__(self, given: Iterator[str], family: Iterator[str]) -> None:
        self.names: dict[str, str] = {}
        self.families: set[str] = set()
        self._of: dict[str, tuple[str, str]] = {}
        self._given, self._family = given, family

    def enter(self, name: str) -> bool:
        """Map the words of a person's name; False where it holds none to hide."""
        words, is_family = _named(name)
        if not words:
            return False
        for place, word in enumerate(words):
            if word not in self.names:
                family = place == len(words) - 1 and (is_family or len(words) > 1)
                self.names[word] = next(self._family if family else self._given)
                if family:
                    self.families.add(word)
        self._of[name] = (self.names[words[0]], self.names[words[-1]])
        return True

    def enter_alias(self, alias: str, name: str) -> None:
        """Map an alias to its owner's neutral name, whole and by its last word."""
        words, is_family = _named(alias)
        if not words:
            return
        if name not in self._of:
            self.enter(alias)
            return
        given, family = self._of[name]
        last = family if is_family or len(words) > 1 else given
        said = [self.names.get(word, given) for word in words[:-1]] + [self.names.get(words[-1], last)]
        kept = [word for word in alias.split() if _bare(word) not in words]
        unique = [word for place, word in enumerate(said) if place == 0 or word != said[place - 1]]
        self.names.setdefault(words[-1], last)
        if len(words) > 1:
            self.names.setdefault(" ".join(alias.split()), " ".join([*kept, *unique]))


def _named(name: str) -> tuple[list[str], bool]:
    """The words of a name that are to be hidden, and whether a title or "of" says that the last is a family name."""
    words = [_bare(word) for word in _words(name)]
    titles, particles = _list("titles"), _list("particles")
    small = [word.casefold().rstrip(".") in titles | particles for word in words]
    hidden = [word for word, is_small in zip(words, small, strict=True) if not is_small and _LETTERS.search(word)]
    if all(word.casefold() in _list("roles") for word in hidden):
        return [], False
    return hidden, any(word.casefold().rstrip(".") in titles | {"of"} for word in words[:-1])


def _words(name: str) -> list[str]:
    return [word for word in name.split() if re.search(r"[^\W_]", word)]


def _bare(word: str) -> str:
    return word.strip('.,;:!?"“”()[]*_')


def _fresh(kind: str, taken: set[str]) -> Iterator[str]:
    """Neutral names that are not taken, one after the other, then in pairs."""
    free = [name for name in texts("anonyms")[kind] if name.casefold() not in taken]
    return chain(free, (f"{first}-{second}" for first, second in product(free, free) if first != second))


@cache
def _list(kind: str) -> frozenset[str]:
    return frozenset(texts("anonyms")[kind])


def _pattern(names: Iterable[str], families: frozenset[str], sloppy: frozenset[str]) -> re.Pattern[str]:
    forms: dict[str, str] = {}
    for name in names:
        written = (name, name.upper(), name[:1].upper() + name[1:], *((name.lower(),) if name in sloppy else ()))
        forms |= {form: _escaped(form) + ("(?:es|s|S)?" if name in families else "") for form in written}
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile(f"{_BEFORE}(?:{'|'.join(forms[form] for form in longest_first)}){_AFTER}")


def _sloppy(names: Iterable[str], texts: Sequence[str]) -> frozenset[str]:
    """Names that the texts write in lower case so rarely that it must be a slip."""
    found = Counter(word for text in texts for word in re.findall(r"[^\W_]+", text))
    counts = {name: (found[name.lower()], found[name] + found[name.upper()]) for name in names}
    return frozenset(name for name, (low, high) in counts.items() if 0 < low < SLIPS * (low + high))


def _escaped(form: str) -> str:
    spaced = r"\s+".join(re.escape(word) for word in form.split())
    return re.sub(_APOSTROPHES, _APOSTROPHES, spaced)


def _key(name: str) -> str:
    return re.sub(_APOSTROPHES, "'", " ".join(name.split()).casefold())


def _replaced(text: str, pattern: re.Pattern[str], by_key: Mapping[str, str]) -> str:
    def neutral(found: re.Match[str]) -> str:
        said = found[0]
        key, ending = _key(said), ""
        for plural in ("es", "s"):
            if key not in by_key and key.endswith(plural) and key[: -len(plural)] in by_key:
                key, ending = key[: -len(plural)], plural
        name = by_key[key] + ("s" if ending else "")
        if said.islower():
            return name.lower()
        return name.upper() if said.isupper() and len(said) > 1 else name

    return pattern.sub(neutral, text)
