"""Rows into training, validation and test sets without a leak: how they are split, and how a leak is found.

A row of dialogue data is a context and a reply (or a premise and a hypothesis). A *leak* is a row of one set whose
pair, or one of whose utterances, stands in another set, if only in other case, spacing or punctuation.
"""

from __future__ import annotations

import random
import unicodedata
from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from personae.errors import UsageError

#: Share of the rows in training, validation and test sets.
SHARES = (0.8, 0.1, 0.1)
#: Utterances of fewer words ("how are you?") are everybody's; two sets may share them.
MIN_WORDS = 4

How = Literal["exact", "case", "spacing", "punctuation"]
Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Split:
    """Row numbers of the three sets, ascending, no row in two of them."""

    train: tuple[int, ...]
    valid: tuple[int, ...]
    test: tuple[int, ...]

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        return iter((self.train, self.valid, self.test))

    def take(self, rows: Sequence[Row]) -> tuple[list[Row], list[Row], list[Row]]:
        """The rows themselves, set by set."""
        return [rows[i] for i in self.train], [rows[i] for i in self.valid], [rows[i] for i in self.test]


def by_dialogue(dialogues: Sequence[Hashable], *, seed: int, shares: Sequence[float] = SHARES) -> Split:
    """Whole dialogues to one set each; `dialogues` names the dialogue of every row.

    The shares are met as nearly as whole dialogues allow; every set with a share gets at least one. Raises
    UsageError for shares that do not sum to 1 and for fewer dialogues than sets.

    >>> [len(part) for part in by_dialogue([row // 10 for row in range(1000)], seed=1)]
    [800, 100, 100]
    """
    return _assigned([[label] for label in dialogues], seed, shares, "dialogues")


def by_persona(
    characters: Sequence[Collection[Hashable]],
    dialogues: Sequence[Hashable],
    *,
    kind: Literal["inter", "intra"],
    seed: int,
    shares: Sequence[float] = SHARES,
) -> Split:
    """Rows by who speaks in them; `characters` and `dialogues` have one item per row.

    "inter": no character is in two sets. Characters who share a dialogue stay together, so a cast in which everybody
    meets everybody cannot be split (UsageError). "intra": every character of the validation and test sets is in the
    training set as well, with other dialogues. Both never cut a dialogue. [PRODIGy]

    >>> cast = [("ana", "rui")] * 8 + [("kim",)] * 1 + [("lee",)] * 1
    >>> by_persona(cast, range(10), kind="inter", seed=0).train
    (0, 1, 2, 3, 4, 5, 6, 7)
    """
    if len(characters) != len(dialogues):
        raise UsageError(f"{len(characters)} rows have characters but {len(dialogues)} a dialogue; give one per row")
    if kind == "inter":
        links = [[("d", label), *(("c", who) for who in row)] for row, label in zip(characters, dialogues, strict=True)]
        return _assigned(links, seed, shares, "groups of characters who never meet")
    if kind == "intra":
        return _same_cast(characters, dialogues, seed, shares)
    raise UsageError(f"no split is called {kind!r}; choose 'inter' or 'intra'")


@dataclass(frozen=True, slots=True)
class Leak:
    """Row `left` of the one set and row `right` of the other hold the same pair or, one-sided, the same utterance.

    `how` is the strictest way in which they are equal: to the letter, but for case, but for spacing, or but for
    punctuation too. `text` is the utterance (of a pair the second).
    """

    what: Literal["pair", "utterance"]
    how: How
    left: int
    right: int
    text: str


def leaks(left: Sequence[Row], right: Sequence[Row], *, min_words: int = MIN_WORDS) -> tuple[Leak, ...]:
    """Every row of `right` that leaks from `left`, once, in order of `right`; a pair counts before an utterance.

    A pair with its sides swapped is the same pair. Utterances of fewer than `min_words` words leak only as pairs.

    >>> train = [("Where do you live?", "I live by the sea, in Porto.")]
    >>> [(leak.what, leak.how) for leak in leaks(train, [("And you?", "i live by the sea , in porto .")])]
    [('utterance', 'spacing')]
    """
    pairs: dict[tuple[str, str], int] = {}
    utterances: dict[str, tuple[int, str]] = {}
    for index, row in enumerate(left):
        keys = _keys(row)
        pairs.setdefault(_unordered(keys), index)
        for key, text in zip(keys, row, strict=True):
            if key not in utterances and len(text.split()) >= min_words:
                utterances[key] = (index, text)
    return tuple(
        leak for index, row in enumerate(right) if (leak := _leak(index, row, left, pairs, utterances)) is not None
    )


def clean(train: Sequence[Row], *others: Sequence[Row], min_words: int = MIN_WORDS) -> tuple[int, ...]:
    """Numbers of the rows of `train` that leak into none of the other sets: what may be trained on.

    >>> clean([("Hi.", "I sell old maps here."), ("Hi.", "I have a dog.")], [("So?", "I sell old maps here!")])
    (1,)
    """
    leaking = {leak.right for other in others for leak in leaks(other, train, min_words=min_words)}
    return tuple(index for index in range(len(train)) if index not in leaking)


def shared(parts: Mapping[str, Collection[Hashable]]) -> dict[tuple[str, str], int]:
    """How many labels two sets share, for every two that share any; empty means disjoint.

    >>> shared({"train": ["a", "b"], "test": ["b", "c"]})
    {('train', 'test'): 1}
    """
    sets = [(name, set(labels)) for name, labels in parts.items()]
    return {
        (name, other): len(labels & more)
        for index, (name, labels) in enumerate(sets)
        for other, more in sets[index + 1 :]
        if labels & more
    }


def normalised(text: str) -> str:
    """The letters and digits of a text in lower case: what stays when case, spacing and punctuation do not count.

    A text without any keeps its other characters, blanks removed.

    >>> normalised("I 'm HERE , now !") == normalised("I'm here, now!")
    True
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalnum, folded)) or "".join(folded.split())


def _keys(row: Row) -> tuple[str, str]:
    return normalised(row[0]), normalised(row[1])


def _unordered(keys: tuple[str, str]) -> tuple[str, str]:
    return keys if keys[0] <= keys[1] else (keys[1], keys[0])


def _leak(
    index: int,
    row: Row,
    left: Sequence[Row],
    pairs: Mapping[tuple[str, str], int],
    utterances: Mapping[str, tuple[int, str]],
) -> Leak | None:
    keys = _keys(row)
    found = pairs.get(_unordered(keys))
    if found is not None:
        other = left[found] if _keys(left[found]) == keys else left[found][::-1]
        how = max((_how(a, b) for a, b in zip(row, other, strict=True)), key=_STRICTEST.index)
        return Leak("pair", how, found, index, row[1])
    for key, text in zip(keys[::-1], row[::-1], strict=True):
        if key in utterances:
            return Leak("utterance", _how(text, utterances[key][1]), utterances[key][0], index, text)
    return None


_STRICTEST: tuple[How, ...] = ("exact", "case", "spacing", "punctuation")


def _how(text: str, other: str) -> How:
    if text == other:
        return "exact"
    if text.casefold() == other.casefold():
        return "case"
    same = "".join(text.casefold().split()) == "".join(other.casefold().split())
    return "spacing" if same else "punctuation"


def _assigned(links: Sequence[Collection[Hashable]], seed: int, shares: Sequence[float], what: str) -> Split:
    """Rows that share a label, directly or over others, go to one set; groups fill the sets to their shares."""
    groups = _components(links)
    wanted = _counts(len(links), shares)
    if len(groups) < sum(count > 0 for count in wanted):
        raise UsageError(
            f"{len(groups)} {what} cannot be put into {sum(count > 0 for count in wanted)} sets; "
            f"give more rows or fewer sets (a share of 0)"
        )
    random.Random(seed).shuffle(groups)
    groups.sort(key=len, reverse=True)
    parts: tuple[list[int], list[int], list[int]] = ([], [], [])
    for index, group in enumerate(groups):
        empty = [part for part in range(3) if wanted[part] and not parts[part]]
        open_ = empty if len(groups) - index <= len(empty) else [part for part in range(3) if wanted[part]]
        parts[max(open_, key=lambda part: wanted[part] - len(parts[part]))].extend(group)
    return _split(parts)


def _components(links: Sequence[Collection[Hashable]]) -> list[list[int]]:
    """Row numbers, grouped: union-find over the labels of each row."""
    parent: dict[Hashable, Hashable] = {}

    def root(label: Hashable) -> Hashable:
        while (above := parent.setdefault(label, label)) != label:
            parent[label] = parent[above]
            label = parent[label]
        return label

    for labels in links:
        first, *rest = labels
        for other in rest:
            parent[root(other)] = root(first)
    groups: dict[Hashable, list[int]] = {}
    for index, labels in enumerate(links):
        groups.setdefault(root(next(iter(labels))), []).append(index)
    return list(groups.values())


def _same_cast(
    characters: Sequence[Collection[Hashable]], dialogues: Sequence[Hashable], seed: int, shares: Sequence[float]
) -> Split:
    """Dialogues leave the training set one by one, as long as each of their characters keeps another one there."""
    rows: dict[Hashable, list[int]] = {}
    casts: dict[Hashable, set[Hashable]] = {}
    for index, (row, label) in enumerate(zip(characters, dialogues, strict=True)):
        rows.setdefault(label, []).append(index)
        casts.setdefault(label, set()).update(row)
    kept = Counter(who for cast in casts.values() for who in cast)
    wanted = _counts(len(dialogues), shares)
    parts: tuple[list[int], list[int], list[int]] = ([], [], [])
    order = list(rows)
    random.Random(seed).shuffle(order)
    for label in order:
        part = max((1, 2), key=lambda each: wanted[each] - len(parts[each]))
        spare = len(parts[part]) < wanted[part] and all(kept[who] > 1 for who in casts[label])
        if spare:
            kept.subtract(casts[label])
        parts[part if spare else 0].extend(rows[label])
    if any(count and not part for count, part in zip(wanted, parts, strict=True)):
        raise UsageError("no character has enough dialogues for every set; each needs one that stays in training")
    return _split(parts)


def _counts(n: int, shares: Sequence[float]) -> tuple[float, float, float]:
    if len(shares) != 3 or min(shares) < 0 or abs(sum(shares) - 1) > 1e-9:
        raise UsageError(f"the shares {tuple(shares)!r} are not three shares that sum to 1; try {SHARES!r}")
    return (n * shares[0], n * shares[1], n * shares[2])


def _split(parts: Sequence[Sequence[int]]) -> Split:
    train, valid, test = (tuple(sorted(part)) for part in parts)
    return Split(train, valid, test)
