"""What may differ between two users who ask the same: British or American words, a dialect, the claim of a friend.

A cue turns a task into what this user writes. A lexicon swaps words both ways, at word ends, keeping capitals; words
that only a rewriter can give (essays in another dialect) come as ready pairs in a file.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, bundled, read_limited
from personae.persona.formats.decode import decode_text

Cue = Callable[[str], str]

#: "words" and "dialect" rewrite the whole text, which must keep its meaning; "claim" adds one sentence to it.
Kind = Literal["words", "dialect", "claim"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MAX_BYTES = 64 * MEGABYTE
MAX_CHARS = 20_000


@dataclass(frozen=True, slots=True)
class CuePair:
    """One task as two users write it. `answer`, where given, is what a right reply holds."""

    id: str
    a: str
    b: str
    kind: Kind = "dialect"
    answer: str = ""


@dataclass(frozen=True)
class Lexicon:
    """Words of variety a and of variety b, pair by pair, both in lower case where they are no names."""

    pairs: tuple[tuple[str, str], ...]

    def a(self, text: str) -> str:
        """The text in variety a.

        >>> own_lexicon().a("What color is a Truck?")
        'What colour is a Lorry?'
        """
        return self._swap(text, {b: a for a, b in reversed(self.pairs)}, self._of_b)

    def b(self, text: str) -> str:
        """The text in variety b.

        >>> own_lexicon().b("My favourite biscuit")
        'My favorite cookie'
        """
        return self._swap(text, dict(reversed(self.pairs)), self._of_a)

    @cached_property
    def _of_a(self) -> re.Pattern[str]:
        return _any_of([a for a, _ in self.pairs])

    @cached_property
    def _of_b(self) -> re.Pattern[str]:
        return _any_of([b for _, b in self.pairs])

    @staticmethod
    def _swap(text: str, to: dict[str, str], pattern: re.Pattern[str]) -> str:
        lower = {word.casefold(): other for word, other in to.items()}
        return pattern.sub(lambda found: _cased(found[0], lower[found[0].casefold()]), text)


def own_lexicon() -> Lexicon:
    """A short list of ours, a British, b American."""
    return Lexicon(tuple((str(a), str(b)) for a, b in bundled(__package__, "texts/lexicon.en.yaml").items()))


def read_lexicon(path: Path | str) -> Lexicon:
    """A list as the study released it: `uk_usage;us_usage;category`. What stands in brackets is a note and dropped;
    entries with several words to choose from (`;` or `/` within) are left out, for which one is meant is open."""
    try:
        rows = list(csv.reader(io.StringIO(_text(path)), delimiter=";"))
    except csv.Error as error:
        raise FormatError(f"{str(path)!r} cannot be read as CSV: {error}") from error
    if not rows or [cell.strip() for cell in rows[0][:2]] != ["uk_usage", "us_usage"]:
        raise FormatError(f"{str(path)!r} does not begin with the columns uk_usage;us_usage")
    pairs = [(_plain(row[0]), _plain(row[1])) for row in rows[1:] if len(row) >= 2]
    kept = dict.fromkeys((a, b) for a, b in pairs if a and b and a != b and not re.search("[;/]", a + b))
    if not kept:
        raise FormatError(f"{str(path)!r} holds no pair of words")
    return Lexicon(tuple(kept))


def friend(claim: str) -> Cue:
    """A cue that puts the claim of a friend before the task.

    >>> friend("the answer is Lyon")("What is the capital of France?")
    'A friend of mine says that the answer is Lyon. What is the capital of France?'
    """
    said = str(bundled(__package__, "texts/pairs.en.yaml")["friend"])
    return lambda task: f"{said.format(claim=claim.strip().rstrip('.'))} {task}"


def paired(id: str, task: str, cue_a: Cue, cue_b: Cue, *, kind: Kind = "words", answer: str = "") -> CuePair:
    """The task by both cues. Raises UsageError where they do not differ: nothing could be compared."""
    a, b = cue_a(task), cue_b(task)
    if a == b:
        raise UsageError(f"task {id!r} reads the same with both cues: {a[:60]!r}; give cues that change it")
    return CuePair(id, a, b, kind, answer)


def own_pairs(kinds: Sequence[str] = ()) -> tuple[CuePair, ...]:
    """The pairs that come with the toolkit, of these kinds (all without any): a first look, too few for a verdict.

    >>> {kind: sum(pair.kind == kind for pair in own_pairs()) for kind in KINDS}
    {'words': 12, 'dialect': 6, 'claim': 6}
    """
    for kind in kinds:
        if kind not in KINDS:
            raise UsageError(f"no cue is of the kind {kind!r}; there are {', '.join(KINDS)}")
    tree, words = bundled(__package__, "texts/pairs.en.yaml"), own_lexicon()
    found = [paired(f"words-{at}", task, words.a, words.b) for at, task in enumerate(tree["words"], 1)]
    found += [CuePair(f"dialect-{at}", one["a"], one["b"], "dialect") for at, one in enumerate(tree["dialect"], 1)]
    for at, one in enumerate(tree["claim"], 1):
        cues = friend(one["wrong"]), friend(one["correct"])
        found.append(paired(f"claim-{at}", one["task"], *cues, kind="claim", answer=one["answer"]))
    return tuple(pair for pair in found if not kinds or pair.kind in kinds)


def read_pairs(path: Path | str) -> tuple[CuePair, ...]:
    """Pairs of a JSON lines file: {"id", "a", "b"}, and "kind" and "answer" if there are any.

    Raises FormatError with the line that is wrong.
    """
    found: dict[str, CuePair] = {}
    for at, line in enumerate(_text(path).split("\n"), 1):
        if line.strip():
            pair = _pair(line, at, f"{str(path)!r}, line {at}")
            if pair.id in found:
                raise FormatError(f"{str(path)!r}, line {at}: the id {pair.id[:60]!r} is used twice")
            found[pair.id] = pair
    if not found:
        raise FormatError(f"{str(path)!r} holds no pair")
    return tuple(found.values())


def _text(path: Path | str) -> str:
    return decode_text(read_limited(path, MAX_BYTES), str(path))


def _pair(line: str, at: int, where: str) -> CuePair:
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{where}: no JSON: {error}") from error
    cells = {key: row.get(key, "") for key in ("id", "a", "b", "kind", "answer")} if isinstance(row, dict) else {}
    a, b, answer = cells.get("a"), cells.get("b"), cells.get("answer")
    if not (isinstance(a, str) and isinstance(b, str) and isinstance(answer, str) and a.strip() and b.strip()):
        raise FormatError(f"{where}: needs the texts 'a' and 'b'")
    if a == b or max(len(a), len(b)) > MAX_CHARS:
        raise FormatError(f"{where}: 'a' and 'b' are to differ and have at most {MAX_CHARS} characters")
    kind = cells["kind"] or "dialect"
    if kind not in KINDS:
        raise FormatError(f"{where}: the kind is {str(kind)[:40]!r}, not one of {', '.join(KINDS)}")
    return CuePair(str(cells["id"] or at), a, b, kind, answer.strip())


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    longest_first = sorted(set(words), key=lambda word: (-len(word), word))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


def _cased(found: str, word: str) -> str:
    if len(found) > 1 and found.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if found[:1].isupper() else word


def _plain(cell: str) -> str:
    return " ".join(re.sub(r"\([^()]*\)", " ", cell).split())
