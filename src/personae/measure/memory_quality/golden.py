"""A profile beside the hidden golden one: what is right, near or stale, and how soon its owner is content.

The measures of AI PERSONA (2024). Typed match and nearness are told apart: an embedder finds "likes fish" near to
"avoids fish".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from personae.errors import ModelError, UsageError
from personae.files import bundled
from personae.measure.items import mean
from personae.memory.profile.profile import Profile
from personae.memory.profile.relations import same
from personae.memory.profile.schema import Entry
from personae.stats.intervals import wilson
from personae.types import Embedder, Measurement, Message, Model, Settings

SETTINGS = Settings(temperature=0.0, max_tokens=8)


def typed_match(profile: Profile, golden: Sequence[Entry]) -> Measurement:
    """F1 of entries that agree in owner, field, polarity and words with one of the golden ones, 0 … 1.

    Each golden entry is matched once. `details` holds precision and recall. Raises UsageError without golden entries.
    """
    _checked(golden)
    left = list(golden)
    hits = 0
    for entry in profile.entries:
        match = next((one for one in left if same(entry, one)), None)
        if match is not None:
            left.remove(match)
            hits += 1
    held = len(profile.entries)
    details = {"hits": hits, "precision": hits / held if held else None, "recall": hits / len(golden)}
    return Measurement(
        "profile/typed-match", 2 * hits / (held + len(golden)), n=len(golden), unit="F1", details=details
    )


def nearness(profile: Profile, golden: Sequence[Entry], embedder: Embedder) -> Measurement:
    """Mean over golden entries of the cosine to the nearest entry of the same owner; an owner without entries has 0.

    Blind to polarity; read it beside `typed_match`. Raises UsageError without golden entries.
    """
    _checked(golden)
    wanted = embedder.embed([entry.sentence for entry in golden])
    held = embedder.embed([entry.sentence for entry in profile.entries])
    values = {}
    for at, entry in enumerate(golden):
        rows = [row for row, other in enumerate(profile.entries) if other.owner == entry.owner]
        values[f"{at}: {entry.sentence}"] = max((float(held[row] @ wanted[at]) for row in rows), default=0.0)
    return mean("profile/nearness", values, {}, unit="cosine")


def stale(profile: Profile, outdated: Sequence[Entry]) -> Measurement:
    """The share of current entries that are known to hold no longer, 0 … 1, with Wilson's interval."""
    if not profile.entries:
        return Measurement("profile/stale", reason="the profile is empty")
    found = [entry.sentence for entry in profile.entries if any(same(entry, old) for old in outdated)]
    interval = wilson(len(found), len(profile.entries))
    return Measurement(
        "profile/stale",
        len(found) / len(profile.entries),
        low=interval.low,
        high=interval.high,
        n=len(profile.entries),
        unit="share",
        details={"cases": found},
    )


def utterance_efficiency(talks: Mapping[str, Sequence[float | None]], *, content: float = 4.0) -> Measurement:
    """The mean number of turns until the user is content: the first rating of `content` or more, counted from 1.

    talks: ratings 1 … 5 per turn, None where none could be had. A talk that never gets there is missing, not long:
    "not content", or "unrated" where no turn has a rating.

    >>> utterance_efficiency({"a": [2, 4], "b": [5], "c": [1, 1]}).value
    1.5
    """
    values: dict[str, float] = {}
    missing: dict[str, int] = {}
    for name, ratings in talks.items():
        turn = next((at for at, rating in enumerate(ratings, 1) if rating is not None and rating >= content), None)
        if turn is None:
            reason = "not content" if any(rating is not None for rating in ratings) else "unrated"
            missing[reason] = missing.get(reason, 0) + 1
        else:
            values[name] = float(turn)
    return mean("profile/utterance-efficiency", values, missing, unit="turns")


async def satisfaction(
    replies: Mapping[str, tuple[str, str]], owner: Sequence[Entry], model: Model, settings: Settings = SETTINGS
) -> Measurement:
    """How content the owner of the golden entries would be with replies, 1 … 5, rated by a model that knows them all.

    replies: id → (query, reply). An answer that is not one number from 1 to 5 is missing by its outcome, and so is a
    model that fails. A model's rating is worth what its qualification says. Raises UsageError without golden entries.
    """
    _checked(owner)
    texts: Any = bundled(__package__, "texts/satisfaction.en.yaml")
    system = Message("system", texts["system"].format(profile="\n".join(entry.sentence for entry in owner)))
    values: dict[str, float] = {}
    missing: dict[str, int] = {}
    for name, (query, reply) in replies.items():
        try:
            done = await model.generate(
                (system, Message("user", texts["ask"].format(query=query, reply=reply))), settings
            )
        except ModelError:
            missing["failed"] = missing.get("failed", 0) + 1
            continue
        text = done.text.strip().rstrip(".")
        if done.outcome == "answered" and text in ("1", "2", "3", "4", "5"):
            values[name] = float(text)
        else:
            outcome = "unparsed" if done.outcome == "answered" else done.outcome
            missing[outcome] = missing.get(outcome, 0) + 1
    return mean("profile/satisfaction", values, missing, unit="1–5")


def _checked(golden: Sequence[Entry]) -> None:
    if not golden:
        raise UsageError("there is no golden entry to compare with; give at least one")
