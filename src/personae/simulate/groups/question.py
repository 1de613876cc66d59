"""The questions a group talks about: a text, lettered options, and how populations are known to answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from personae.errors import FormatError, UsageError
from personae.files import MEGABYTE, read_limited
from personae.simulate.groups.texts import texts

MAX_BYTES = 4 * MEGABYTE
#: Population shares are data of others, rounded by them.
SUM_TOLERANCE = 0.02


@dataclass(frozen=True, slots=True)
class Question:
    """A question with two options or more; `shares` maps a population to the share of it that takes each option.

    >>> print(Question("tea", "Tea or coffee?", ("Tea", "Coffee")).shown)
    Tea or coffee?
    A. Tea
    B. Coffee
    """

    id: str
    text: str
    options: tuple[str, ...]
    shares: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.id.strip() or not self.text.strip():
            raise UsageError(f"the question {self.id!r} has no id or no text; give it both")
        if not 2 <= len(self.options) <= len(ascii_uppercase) or len(set(self.options)) < len(self.options):
            raise UsageError(f"the question {self.id!r} has the options {self.options!r}; give 2 to 26 different ones")
        for population, shares in self.shares.items():
            if len(shares) != len(self.options) or min(shares) < 0 or abs(sum(shares) - 1) > SUM_TOLERANCE:
                raise UsageError(f"the shares of {population!r} on {self.id!r}, {shares!r}, are no distribution")

    @property
    def letters(self) -> str:
        """The letters of the options in order."""
        return ascii_uppercase[: len(self.options)]

    @property
    def shown(self) -> str:
        """Text and options as they stand in a prompt."""
        listed = (f"{letter}. {option}" for letter, option in zip(self.letters, self.options, strict=True))
        return "\n".join([self.text.strip(), *listed])

    def share(self, population: str | None, letter: str) -> float | None:
        """The share of a population that takes an option; None where it is not known."""
        known = {name.casefold(): shares for name, shares in self.shares.items()}
        shares = known.get((population or "").casefold())
        return None if shares is None else shares[self.letters.index(letter)]


def bundled(language: str = "en") -> tuple[Question, ...]:
    """Our own questions; no population is known for them.

    >>> len(bundled()) >= 20
    True
    """
    return tuple(_question(one, "our questions") for one in texts("questions", language)["questions"])


def load_questions(path: Path | str) -> tuple[Question, ...]:
    """The questions in a YAML or JSON file: a list `questions` of id, text, options and perhaps shares.

    Raises FormatError for a file that is not that, UsageError for equal ids or a question that is none.
    """
    from io import BytesIO

    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    data = read_limited(path, MAX_BYTES)
    try:
        tree = YAML(typ="safe", pure=True).load(BytesIO(data))
    except (YAMLError, ValueError, RecursionError) as error:
        raise FormatError(f"{str(path)!r} is no YAML: {str(error).splitlines()[0]}") from error
    listed = tree.get("questions") if isinstance(tree, dict) else None
    if not isinstance(listed, list) or not listed:
        raise FormatError(f"{str(path)!r} holds no list 'questions'; see `docs/how-to/simulate-groups.md` for the form")
    questions = tuple(_question(one, repr(str(path))) for one in listed)
    if len({question.id for question in questions}) < len(questions):
        raise UsageError(f"two questions of {str(path)!r} share an id; give each its own")
    return questions


def _question(tree: Any, where: str) -> Question:
    known = {"id", "text", "options", "shares"}
    if not isinstance(tree, dict) or set(tree) - known or not {"id", "text", "options"} <= set(tree):
        raise FormatError(f"a question in {where} has not the fields id, text, options (and shares): {str(tree)[:80]}")
    shares = tree.get("shares") or {}
    if not isinstance(tree["options"], list) or not isinstance(shares, dict):
        raise FormatError(f"the question {tree['id']!r} in {where} needs a list of options and a table of shares")
    try:
        numbers = {str(name): tuple(float(share) for share in row) for name, row in shares.items()}
    except (TypeError, ValueError) as error:
        raise FormatError(f"the shares of {tree['id']!r} in {where} are no lists of numbers") from error
    return Question(str(tree["id"]), str(tree["text"]), tuple(map(str, tree["options"])), numbers)
