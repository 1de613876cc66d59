"""The quality of a profile as measurements with intervals: the figures a memory's users ask for first."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from personae.errors import UsageError
from personae.measure.memory_quality.labelled import Talk
from personae.measure.memory_quality.scores import Judged, judged
from personae.memory.profile.extraction import extract
from personae.memory.profile.merging import merge
from personae.memory.profile.profile import Profile
from personae.memory.profile.rendering import CAP, rendered
from personae.memory.profile.schema import Change, Entry
from personae.stats.intervals import mean_interval, wilson
from personae.types import Measurement


def quality(
    talks: Sequence[Talk], *, cap: int = CAP, clock: Callable[[], float] = time.process_time
) -> tuple[Measurement, ...]:
    """What the rules of the profile make of labelled talks, turn by turn as they would come in.

    junk, hallucinated: shares of what was extracted; duplicate, stale: shares of what stands at the end; missed: share
    of the labels; each 0 … 1 with Wilson's interval, pooled over talks, the cases listed in `details`.
    ingest: milliseconds per turn by `clock`; tokens: tokens of the profile in the prompt, at most `cap` a side.
    Raises UsageError without talks.
    """
    if not talks:
        raise UsageError("there is no labelled talk; give at least one")
    results: list[Judged] = []
    times: list[float] = []
    tokens: list[float] = []
    for talk in talks:
        changes, profile = _ingested(talk, cap, clock, times, tokens)
        results.append(judged(talk, changes, profile.entries))
    extracted = [len(one.kept) + len(one.junk) + len(one.hallucinated) for one in results]
    labels = [one.labels for one in results]
    held = [one.current for one in results]
    return (
        _share("junk", [[_line(c) for c in one.junk] for one in results], extracted, "nothing was extracted"),
        _share("duplicate", [_said(one.duplicates) for one in results], held, "nothing is held at the end"),
        _share("hallucinated", [[_line(c) for c in one.hallucinated] for one in results], extracted, "none extracted"),
        _share("missed", [[_missed(*m) for m in one.missed] for one in results], labels, "the talks have no label"),
        _share("stale", [_said(one.stale) for one in results], held, "nothing is held at the end"),
        _mean("ingest", times, "ms per turn"),
        _mean("tokens", tokens, "tokens per turn"),
    )


def _ingested(
    talk: Talk, cap: int, clock: Callable[[], float], times: list[float], tokens: list[float]
) -> tuple[list[Change], Profile]:
    profile = Profile()
    changes: list[Change] = []
    sources: set[str] = set()
    for row in talk.turns:
        start = clock()
        found = extract([row.turn], user=talk.user, persona=talk.persona)
        sources |= found.sources
        profile = merge(profile, found.changes, sources).profile
        times.append(1_000 * (clock() - start))
        changes += found.changes
        shown = (rendered(profile, "user", cap=cap), rendered(profile, "persona", cap=cap))
        tokens.append(float(sum(one.tokens for one in shown)))
    return changes, profile


def _share(name: str, cases: Sequence[list[str]], totals: Sequence[int], reason: str) -> Measurement:
    n = sum(totals)
    if n == 0:
        return Measurement(f"memory/{name}", reason=reason)
    count = sum(map(len, cases))
    interval = wilson(count, n)
    details = {"count": count, "cases": [case for found in cases for case in found]}
    return Measurement(
        f"memory/{name}", count / n, low=interval.low, high=interval.high, n=n, unit="share", details=details
    )


def _said(entries: Sequence[Entry]) -> list[str]:
    return [entry.sentence for entry in entries]


def _mean(name: str, values: Sequence[float], unit: str) -> Measurement:
    if not values:
        return Measurement(f"memory/{name}", reason="the talks have no turn")
    interval = mean_interval(values)
    mean = sum(values) / len(values)
    return Measurement(f"memory/{name}", mean, low=interval.low, high=interval.high, n=len(values), unit=unit)


def _line(change: Change) -> str:
    return f"{change.sources[0]}: {change.polarity or change.key} {change.value}"


def _missed(id: str, label: Any) -> str:
    return f"{id}: {label.kind} {' '.join(sorted(label.words))}"
