"""The profile as a block of the prompt: negatives first and said as negatives, never more than its cap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from personae.errors import UsageError
from personae.files import bundled
from personae.memory.profile.profile import Profile
from personae.memory.profile.schema import Entry, Owner, fields
from personae.persona.tokens import estimate_tokens

#: Tokens of the prompt that a profile may take.
CAP = 600

_ORDER = ("avoids", "dislikes", "requires", "likes")


@dataclass(frozen=True, slots=True)
class Shown:
    """The block, what it costs, its entries in their order, and those that did not fit.

    The text is empty where nothing is known.
    """

    text: str
    tokens: int
    left_out: tuple[Entry, ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """One line for each entry: "avoids: fish"."""
        return tuple(line.removeprefix("- ") for line in self.text.splitlines()[1:])


def rendered(
    profile: Profile,
    owner: Owner = "user",
    *,
    name: str | None = None,
    cap: int = CAP,
    count_tokens: Callable[[str], int] = estimate_tokens,
) -> Shown:
    """What is believed of `owner` as lines, for a place before the retrieved turns.

    First what is avoided, disliked, required and liked, in this order, then plain facts in the order of the schema;
    within each the surest and latest first. An entry that does not fit is left out and listed, a shorter one after it
    may still fit. Raises UsageError if `cap` does not even hold the heading.

    >>> from personae.memory.profile import Change, merge
    >>> said = [Change("preferences.things", "tea", ("1",), "2026-01-01", "likes"),
    ...         Change("preferences.things", "fish", ("2",), "2026-01-02", "avoids")]
    >>> print(rendered(merge(Profile(), said, {"1", "2"}).profile, name="Rita").text)
    What you know of Rita (as told in earlier talks; latest wins):
    - avoids: fish
    - likes: tea
    """
    entries = sorted(profile.of(owner), key=lambda entry: (entry.confidence, entry.last_seen), reverse=True)
    entries.sort(key=_place)
    if not entries:
        return Shown("", 0)
    texts = _texts()["prompt"]
    heading = texts[owner].format(name=_one_line(name or texts["somebody"]))
    if count_tokens(heading) > cap:
        raise UsageError(f"cap is {cap!r} tokens, less than the heading of a profile; give more")
    used = count_tokens(heading)
    kept: list[Entry] = []
    left_out: list[Entry] = []
    for entry in entries:
        cost = count_tokens("\n" + _line(entry))
        (kept if used + cost <= cap else left_out).append(entry)
        used += cost if used + cost <= cap else 0
    while kept and count_tokens(_block(heading, kept)) > cap:  # tokens of parts need not add up
        left_out.insert(0, kept.pop())
    text = _block(heading, kept)
    return Shown(text, count_tokens(text), tuple(left_out), tuple(kept))


def _block(heading: str, entries: list[Entry]) -> str:
    return "\n".join([heading, *map(_line, entries)])


def _place(entry: Entry) -> int:
    if entry.polarity:
        return _ORDER.index(entry.polarity)
    return len(_ORDER) + fields().index(entry.key)


def _line(entry: Entry) -> str:
    label = entry.polarity or entry.key.split(".")[1].replace("_", " ").replace("open", "fact")
    return f"- {label}: {_one_line(entry.value)}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _texts() -> Any:
    return bundled(__package__, "texts/fields.en.yaml")
