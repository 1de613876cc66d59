"""May a metric be trusted? How far it agrees with people, beside how far people agree with themselves.

The ceiling comes first: with ratings of reliability R no metric can be expected to correlate above √R with them. Rows
are read once and only their numbers are kept, so a hundred thousand replies fit.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from personae.errors import UsageError
from personae.measure.consistency.matrix import Readable
from personae.measure.ratings import Rated
from personae.measure.row_metrics import BUILT_IN, Value, computed
from personae.models.embedder import supported
from personae.stats.intervals import Interval, mean_interval
from personae.stats.reliability import Reliability, split_half
from personae.stats.validity import Validity, rank_correlation, validity
from personae.types import PairScorer

#: Replies that go to a pair scorer together.
CHUNK = 256
#: Systems, and personas, that are looked at one by one: those with the most replies.
MOST_GROUPS = 50
#: A bootstrap looks at no more than this many rows in all, but draws at least `FEWEST_RESAMPLES` times.
MOST_DRAWN = 20_000_000
FEWEST_RESAMPLES = 200

Step = Callable[[str, int, int], None]


@dataclass
class Table:
    """The numbers of all replies that somebody rated, column by column; a metric's gap is the word for its reason."""

    ratings: list[tuple[float, ...]] = field(default_factory=list)
    metrics: dict[str, list[Value]] = field(default_factory=dict)
    systems: list[str | None] = field(default_factory=list)
    personas: list[str | None] = field(default_factory=list)
    clusters: list[str | None] = field(default_factory=list)
    lengths: list[Value] = field(default_factory=list)
    unrated: int = 0

    @property
    def human(self) -> list[float]:
        """The mean rating of each reply."""
        return [sum(row) / len(row) for row in self.ratings]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One metric on one set of replies: all ("all", ""), those of one system, or those of one persona.

    `length` is the Spearman correlation of the metric with the number of words. `ceiling` is that of the same replies.
    """

    metric: str
    by: str
    group: str
    n: int
    missing: Mapping[str, int]
    validity: Validity
    length: Interval
    ceiling: float | None

    @property
    def of_ceiling(self) -> float | None:
        """|Pearson r| / ceiling: how much of the agreement that is possible there is; None where one is missing."""
        r = self.validity.pearson.value
        return abs(r) / self.ceiling if r is not None and self.ceiling else None

    @property
    def above_ceiling(self) -> bool:
        """Whether it agrees with people more than their ratings' own reliability allows."""
        return self.validity.above(self.ceiling)

    @property
    def surely_above(self) -> bool:
        """Whether its whole interval lies above the ceiling."""
        return self.validity.above(self.ceiling, surely=True)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        found = dataclasses.asdict(self.validity) | {"length": dataclasses.asdict(self.length)}
        facts = {"metric": self.metric, "by": self.by, "group": self.group, "n": self.n, "missing": dict(self.missing)}
        return (
            facts
            | found
            | {"ceiling": self.ceiling, "above_ceiling": self.above_ceiling, "surely_above": self.surely_above}
        )


@dataclass(frozen=True, slots=True)
class Meta:
    """The whole answer: how reliable the ratings are, what each system was given, and what each metric is worth.

    `systems` holds the mean rating of each system with its interval; `unrated` counts replies nobody rated;
    `groups_left_out` how many systems and personas were too many to look at one by one.
    """

    reliability: Reliability
    systems: Mapping[str, Interval]
    verdicts: tuple[Verdict, ...]
    rated: int
    unrated: int
    groups_left_out: Mapping[str, int]
    resamples: int

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data, the ceiling first."""
        return {
            "reliability": dataclasses.asdict(self.reliability),
            "rated": self.rated,
            "unrated": self.unrated,
            "systems": {name: dataclasses.asdict(mean) for name, mean in self.systems.items()},
            "metrics": [verdict.to_dict() for verdict in self.verdicts],
            "groups_left_out": dict(self.groups_left_out),
            "resamples": self.resamples,
        }


async def collect(
    replies: Iterable[Rated],
    columns: Sequence[str] = (),
    built_in: Sequence[str] = (),
    *,
    scorer: PairScorer | None = None,
    readable: Readable = supported,
    on_rows: Callable[[int], None] = lambda rows: None,
) -> Table:
    """The numbers of the replies: metrics they came with (`columns`) and metrics computed here (`built_in`).

    `on_rows` hears how many rows were read, chunk by chunk. Raises UsageError for a name in both, or an unknown one.
    """
    both = set(columns) & set(built_in)
    if both:
        raise UsageError(f"{sorted(both)[0]!r} is both a column and computed here; leave one out")
    table = Table(metrics={name: [] for name in (*columns, *built_in)})
    read = 0
    for chunk in _chunks(replies):
        kept = [reply for reply in chunk if reply.ratings]
        table.unrated += len(chunk) - len(kept)
        names = list(dict.fromkeys((*built_in, "length")))
        for reply, row in zip(kept, await computed(kept, names, scorer, readable=readable), strict=True):
            _append(table, reply, row, columns, built_in)
        read += len(chunk)
        on_rows(read)
    return table


def judge(
    table: Table,
    *,
    seed: int = 0,
    clustered: bool = False,
    n_resamples: int = 1000,
    splits: int = 200,
    on_step: Step = lambda what, done, planned: None,
) -> Meta:
    """What the ratings and each metric are worth: overall, per system and per persona, where there are two or more.

    Intervals are percentile bootstraps over replies, or over whole clusters; the same seed gives the same numbers.
    Above 20,000 replies fewer resamples are drawn, at least 200. `on_step` hears what is done, with the number of
    steps done and planned. Raises UsageError where clusters are asked for and a reply has none.
    """
    if clustered and None in table.clusters:
        raise UsageError(f"{table.clusters.count(None)} replies have no cluster label; label all or name no cluster")
    most = max(FEWEST_RESAMPLES, MOST_DRAWN // max(len(table.ratings), 1))
    bench = _Bench(table, table.human, seed, clustered, min(n_resamples, most))
    groups, left_out = _groups(table)
    steps, planned = itertools.count(1), len(groups) * (len(table.metrics) + 1)
    reliabilities, verdicts = [], []
    for by, group, rows in groups:
        reliabilities.append(split_half([table.ratings[row] for row in rows], seed=seed, splits=splits))
        on_step(f"ratings {group}".strip(), next(steps), planned)
        for name in table.metrics:
            verdicts.append(bench.verdict(name, by, group, rows, reliabilities[-1].ceiling))
            on_step(f"{name} {group}".strip(), next(steps), planned)
    systems = {group: mean_interval([bench.human[row] for row in rows]) for by, group, rows in groups if by == "system"}
    order = {name: place for place, name in enumerate(table.metrics)}
    verdicts.sort(key=lambda verdict: order[verdict.metric])
    return Meta(
        reliabilities[0], systems, tuple(verdicts), len(table.ratings), table.unrated, left_out, bench.n_resamples
    )


def choose(
    asked: Sequence[str], columns: Sequence[str], *, texts: bool, references: bool
) -> tuple[list[str], list[str]]:
    """Which metrics to judge: (columns, computed here). Named ones as asked, a column first where both exist.

    With none named: every column of numbers, with length as the measure every metric must beat and, where there are
    references, the word F1. Raises UsageError for an unknown name.

    >>> choose([], ["apc"], texts=True, references=False)
    (['apc'], ['length'])
    """
    unknown = [name for name in asked if name not in columns and name not in BUILT_IN]
    if unknown:
        known = ", ".join(dict.fromkeys((*columns, *BUILT_IN)))
        raise UsageError(f"no metric {unknown[0]!r}; there are {known}")
    if asked:
        return [n for n in asked if n in columns], [n for n in dict.fromkeys(asked) if n not in columns]
    extra = ["unigram_f1"] * references + ["length"] * texts
    return list(columns), [name for name in extra if name not in columns]


@dataclass(frozen=True)
class _Bench:
    """What all verdicts of one table share."""

    table: Table
    human: Sequence[float]
    seed: int
    clustered: bool
    n_resamples: int

    def verdict(self, name: str, by: str, group: str, rows: Sequence[int], ceiling: float | None) -> Verdict:
        column, lengths = self.table.metrics[name], self.table.lengths
        gaps = [column[row] for row in rows if not isinstance(column[row], float)]
        kept = [row for row in rows if isinstance(column[row], float)]
        worded = [row for row in kept if isinstance(lengths[row], float)]
        found = validity(_floats(column, kept), [self.human[row] for row in kept], **self._drawn(kept))
        length = rank_correlation(
            _floats(column, worded), _floats(lengths, worded), names=("metric", "length"), **self._drawn(worded)
        )
        return Verdict(name, by, group, len(kept), dict(Counter(map(str, gaps))), found, length, ceiling)

    def _drawn(self, rows: Sequence[int]) -> dict[str, Any]:
        clusters = [self.table.clusters[row] for row in rows] if self.clustered else None
        return {"seed": self.seed, "clusters": clusters, "n_resamples": self.n_resamples}


def _floats(column: Sequence[Value], rows: Sequence[int]) -> list[float]:
    return [float(column[row]) for row in rows]


def _groups(table: Table) -> tuple[list[tuple[str, str, Sequence[int]]], dict[str, int]]:
    """(what it is by, name, rows) of everything to look at, and how many groups are left out of each kind."""
    groups: list[tuple[str, str, Sequence[int]]] = [("all", "", range(len(table.ratings)))]
    left_out = {}
    for by, labels in (("system", table.systems), ("persona", table.personas)):
        members: dict[str, list[int]] = {}
        for row, label in enumerate(labels):
            if label is not None:
                members.setdefault(label, []).append(row)
        if len(members) > 1:
            largest = sorted(members, key=lambda label: -len(members[label]))[:MOST_GROUPS]
            groups += [(by, label, members[label]) for label in largest]
            if len(members) > MOST_GROUPS:
                left_out[by] = len(members) - MOST_GROUPS
    return groups, left_out


def _append(
    table: Table, reply: Rated, row: Mapping[str, Value], columns: Sequence[str], built_in: Sequence[str]
) -> None:
    table.ratings.append(reply.ratings)
    table.systems.append(reply.system)
    table.personas.append(reply.persona)
    table.clusters.append(reply.cluster)
    table.lengths.append(row["length"])
    for name in columns:
        number = reply.metrics.get(name)
        table.metrics[name].append("empty" if number is None else number)
    for name in built_in:
        table.metrics[name].append(row[name])


def _chunks(replies: Iterable[Rated]) -> Iterator[list[Rated]]:
    stream = iter(replies)
    while chunk := list(itertools.islice(stream, CHUNK)):
        yield chunk
