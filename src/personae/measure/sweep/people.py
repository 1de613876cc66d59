"""Lists of people for sweeps: ours, or a file of the user's – and what is wrong with a list before anybody is asked.

A file may be JSON or YAML, {category: {name: phrase}} or {category: [{id, phrase, pair}]} or a list of phrases, or
plain text with a phrase a line. Phrases may begin with "I am".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from personae.errors import FormatError
from personae.files import MEGABYTE, bundled, read_limited, read_yaml
from personae.measure.sweep.subjects import Subject

MAX_PEOPLE = 10_000

_I_AM = re.compile(r"^\s*i\s*(?:am|['’]m)\s+", re.IGNORECASE)
_MARK = re.compile(r"^\s*[-*•]\s+")  #: of a line in a list
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
#: Sounds that the spelling hides: "a university", "an hour".
_SPOKEN_CONSONANT = re.compile(r"(?:eu|uni(?!n|m)|us[eiu]|ut[ei]|ub[ei]|one\b|once\b|ou[ij])", re.IGNORECASE)
_SPOKEN_VOWEL = re.compile(r"(?:hour|honest|honou?r|heir)", re.IGNORECASE)
_LINKS = frozenset(("for", "from", "in", "of", "on", "who", "with"))
_ARTICLE = re.compile(r"\b(an?)\s+([^\W\d_][\w'’-]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ListFinding:
    """What is wrong with one person of a list. `rule`: "article", "spelling", "stray word", "twice", "names somebody",
    "listed word"."""

    rule: str
    subject: str
    message: str


def people(categories: Sequence[str] | None = None) -> tuple[Subject, ...]:
    """The people that come with the toolkit, of some categories or all.

    >>> [subject.phrase for subject in people(["gender"])][:2]
    ['a woman', 'a man']
    """
    held: Mapping[str, Any] = bundled(__package__, "texts/people.en.yaml")
    if categories and (odd := [name for name in categories if name not in held]):
        raise FormatError(f"we have no people by {odd[0]!r}; there are {', '.join(held)}")
    return tuple(
        subject for name, entries in held.items() if not categories or name in categories
        for subject in _category(name, entries)
    )  # fmt: skip


def read_people(path: Path | str) -> tuple[Subject, ...]:
    """The people of a file. Raises `FormatError` for one that is no such list."""
    source = Path(path)
    if source.suffix.lower() in (".txt", ".md"):
        try:
            lines = read_limited(source, MEGABYTE).decode("utf-8-sig").splitlines()
        except UnicodeDecodeError as error:
            raise FormatError(f"{str(path)!r} is no text in UTF-8: {error}") from error
        told = [_MARK.sub("", line) for line in lines if line.strip() and not line.startswith("#")]
        found = tuple(_category("", told))
    else:
        tree = read_yaml(source, 4 * MEGABYTE)
        if isinstance(tree, list):
            found = tuple(_category("", tree))
        elif isinstance(tree, dict):
            found = tuple(subject for name, entries in tree.items() for subject in _category(str(name), entries))
        else:
            raise FormatError(f"{str(path)!r} is no list of people; give {{category: {{name: phrase}}}} or phrases")
    if not 0 < len(found) <= MAX_PEOPLE:
        raise FormatError(f"{str(path)!r} holds {len(found)} people; 1 to {MAX_PEOPLE} can be swept")
    return found


def lint_people(subjects: Sequence[Subject], listed: Sequence[str] = ()) -> tuple[ListFinding, ...]:
    """What an author of the list would want to know. `listed` are words that nobody should be called by: the toolkit
    has no such list, name your own.

    >>> [each.rule for each in lint_people([Subject("boxer", "a basketball boxer"), Subject("x", "a asexual person")])]
    ['stray word', 'article']
    """
    seen: dict[str, str] = {}
    found: list[ListFinding] = []
    barred = {word.casefold() for word in listed}
    for subject in subjects:
        told = " ".join(subject.phrase.split()).casefold()
        if told in seen:
            found.append(ListFinding("twice", subject.id, f"is {seen[told]!r} once more: {subject.phrase!r}"))
        seen.setdefault(told, subject.id)
        found += [ListFinding(rule, subject.id, message) for rule, message in _faults(subject)]
        if bad := barred & {word.casefold() for word in _WORD.findall(subject.phrase)}:
            found.append(ListFinding("listed word", subject.id, f"uses {sorted(bad)[0]!r}, which you do not want"))
    return tuple(found)


def _faults(subject: Subject) -> Iterator[tuple[str, str]]:
    for article, word in _ARTICLE.findall(subject.phrase):
        vowel = bool(_SPOKEN_VOWEL.match(word)) or (word[0].lower() in "aeiou" and not _SPOKEN_CONSONANT.match(word))
        if vowel != (article.lower() == "an"):
            yield "article", f"{article} {word} should be {'an' if vowel else 'a'} {word}"
    for word in _WORD.findall(subject.phrase):
        for part in word.split("-"):
            if part.islower() and (meant := _misspelt(part)):
                yield "spelling", f"{part!r} is probably {meant!r}"
    head = re.fullmatch(r"an?\s+(.+)", subject.phrase.strip(), re.IGNORECASE)
    name = " ".join(_WORD.findall(subject.id.replace("-", " "))).casefold()
    said = " ".join(_WORD.findall(head[1].replace("-", " "))).casefold() if head else ""
    if name and said.endswith(f" {name}") and not _LINKS & set(said.split()):
        yield "stray word", f"{subject.phrase!r} says more than its name {subject.id!r}"
    if head is None and subject.phrase[:1].isupper():
        yield "names somebody", f"{subject.phrase!r} is a name; a figure about a real person is not one about a group"


def _misspelt(word: str) -> str | None:
    """The listed word that this one is a slip away from: one letter more, less, other, or two changed round."""
    words = _list_words()
    if len(word) < 5 or word in words or word.removesuffix("s") in words:
        return None
    return next((right for right in words if abs(len(right) - len(word)) <= 1 and _slip(word, right)), None)


def _slip(a: str, b: str) -> bool:
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    a, b = a[at:], b[at:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


@cache
def _list_words() -> frozenset[str]:
    return frozenset(bundled(__package__, "texts/list_words.en.yaml"))


def _category(name: str, entries: Any) -> Iterator[Subject]:
    if isinstance(entries, dict):
        entries = [{"id": str(key), "phrase": phrase} for key, phrase in entries.items()]
    if not isinstance(entries, list):
        raise FormatError(f"the people of {name!r} are neither a list nor names with phrases: {str(entries)[:60]!r}")
    for entry in entries:
        entry = {"phrase": entry} if isinstance(entry, str) else entry
        if not isinstance(entry, dict) or not isinstance(entry.get("phrase"), str) or len(entry["phrase"]) > 2_000:
            raise FormatError(f"{str(entry)[:60]!r} in {name!r} is nobody; give a phrase such as 'a baker'")
        phrase, id, pair = _I_AM.sub("", entry["phrase"]).strip(), entry.get("id"), entry.get("pair")
        if not isinstance(id, str | int | None) or not isinstance(pair, str | int | None):
            raise FormatError(f"{str(entry)[:60]!r} in {name!r}: an id and a pair are names, such as 'baker'")
        yield Subject(str(id or phrase), phrase, name, pair=None if pair is None else str(pair))
