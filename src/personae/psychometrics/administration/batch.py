"""Reading a reply to many items at once: by the tag of each item, never by its line."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from personae.psychometrics.administration.parse import Options, read_choice
from personae.psychometrics.administration.refusals import refusal
from personae.types import Outcome

Entry = tuple[str, int | Outcome]

#: Of one reply only so much is read.
MAX_CHARS = 200_000


def read_batch(text: str, tags: Sequence[str], options: Options) -> tuple[int | Outcome, ...]:
    """For each tag the option the reply chose, or why there is none, in the order of the tags.

    The questionnaire begins where the first tag stands; what comes before is passed over, unless a tag is answered
    nowhere else. A tag that is answered twice is "unparsed"; where no tag is found at all the whole reply says why:
    "empty", "refused" or "unparsed".

    >>> options = Options(("low", "middle", "high"), ("1", "2", "3"))
    >>> read_batch("Here you are:\\n(b) 2\\n(a) 1\\n(b) 3", ("a", "b", "c"), options)
    (0, 2, 'unparsed')
    """
    text = text[:MAX_CHARS]
    entries = _entries(text, tuple(tags), options)
    if not entries:
        why: Outcome = "unparsed" if text.strip() else "empty"
        return ("refused" if refusal(text) else why,) * len(tags)
    first = next((at for at, (tag, _) in enumerate(entries) if tag == tags[0]), 0)
    stray, proper = _by_tag(entries[:first]), _by_tag(entries[first:])
    return tuple(_only(proper.get(tag, stray.get(tag, []))) for tag in tags)


def _entries(text: str, tags: tuple[str, ...], options: Options) -> list[Entry]:
    """Every tag of the reply with what stands between it and the next one, in order."""
    hits = list(_tag(tags).finditer(text))
    ends = [*(hit.start() for hit in hits[1:]), len(text)][: len(hits)]
    return [
        ((hit[1] or hit[2]).lower(), _value(text[hit.end() : end], options))
        for hit, end in zip(hits, ends, strict=True)
    ]


def _by_tag(entries: Sequence[Entry]) -> dict[str, list[int | Outcome]]:
    found: dict[str, list[int | Outcome]] = {}
    for tag, value in entries:
        found.setdefault(tag, []).append(value)
    return found


def read_batch_json(text: str, tags: Sequence[str], options: Options) -> tuple[int | Outcome, ...]:
    """The same from one JSON object of tag → label; anything else is read by `read_batch`."""
    try:
        tree: Any = json.loads(text[:MAX_CHARS], object_pairs_hook=_once)
    except (ValueError, RecursionError):
        tree = None
    if not isinstance(tree, dict):
        return read_batch(text, tags, options)
    return tuple(read_label(tree.get(tag), options) for tag in tags)


def read_label(value: object, options: Options) -> int | Outcome:
    """The option a JSON value names exactly, or "unparsed"."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return "unparsed"
    index = options.exactly(str(value))
    return "unparsed" if index is None else index


@cache
def _tag(tags: tuple[str, ...]) -> re.Pattern[str]:
    """A tag in brackets anywhere, or at the start of a line with a bracket, point or colon behind it."""
    names = "|".join(sorted(map(re.escape, tags), key=len, reverse=True))
    return re.compile(rf"\(({names})\)|^[ \t*_>-]*({names})[):.](?=\s)", re.IGNORECASE | re.MULTILINE)


def _value(said: str, options: Options) -> int | Outcome:
    """What one entry chose: its first line, or what stands there after the last colon, dash or equals sign."""
    line = next((line for line in said.splitlines() if line.strip()), "").strip(" \t:=-–—*")
    exact = options.exactly(line)
    if exact is not None:
        return exact
    last = re.split(r"[:=]|\s[–—-]\s", line)[-1]
    exact = options.exactly(last)
    return read_choice(line, options) if exact is None else exact


def _only(values: Sequence[int | Outcome]) -> int | Outcome:
    chosen = [value for value in values if isinstance(value, int)]
    if len(chosen) == 1:
        return chosen[0]
    return "unparsed" if chosen or not values else values[0]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    tree = dict(pairs)
    if len(tree) != len(pairs):
        raise ValueError("the same key twice")
    return tree
