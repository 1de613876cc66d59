"""What released self-reports and behaviours say together: who varies, what goes with what on which level, and whether
an injected persona moves more than words. Reproduces the statistics of The Personality Illusion (2025).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from personae.measure.say_do.dissociation import Dissociation, Sign, shift
from personae.measure.say_do.released import BIG_FIVE, SELF_REPORT, TASKS, Cell, Released, joined, means
from personae.stats.units import ByLevel, Dependence, by_level, dependence, explained, within_sd

ALPHA = 0.05
LEVELS = ("pooled", "within", "between")

#: What a persona was expected to do, stated by the source: an agreeable one gives way, a self-regulated one turns fewer
#: cards. By (what was injected, behaviour).
EXPECTED: Mapping[tuple[str, str], Sign] = {("agreeableness", "sycophancy"): 1, ("self_regulation", "cards"): -1}


@dataclass(frozen=True, slots=True)
class Links:
    """Spearman's rho of every self-report with every behaviour, by (self-report, behaviour), on three levels.

    Pooled: over all rows as if they were independent, which they are not, for rows of one model hang together. Within:
    after the mean of each model is taken off. Between: one mean a model, the only level that compares models.
    """

    pairs: Mapping[tuple[str, str], ByLevel]

    @property
    def significant(self) -> dict[str, int]:
        """Pairs with p < .05 on each level; a pair without a p is not among them."""
        ps = {level: [getattr(pair, level).p for pair in self.pairs.values()] for level in LEVELS}
        return {level: sum(p is not None and p < ALPHA for p in found) for level, found in ps.items()}


@dataclass(frozen=True)
class Illusion:
    """All of it. Standard deviations and R² are None where they cannot be had.

    sd:         mean over models of the standard deviation within a model, by "base" and "tuned" and trait.
    r2:         share of self-regulation's variance that the Big Five explain, over the rows of base and tuned models.
    dependence: of each self-report over tuned models: ICC(1), and how many rows the rows are worth.
    empty:      cells without a number, by column.
    """

    injections: Mapping[tuple[str, str], tuple[Dissociation, ...]]
    sd: Mapping[str, Mapping[str, float | None]]
    r2: Mapping[str, float | None]
    links: Links
    dependence: Mapping[str, Dependence]
    empty: Mapping[str, int] = field(default_factory=dict)


def illusion(released: Released, *, expected: Mapping[tuple[str, str], Sign] = EXPECTED) -> Illusion:
    """Everything from the rows of a folder. Injections for which `expected` states no sign are left out."""
    kinds = {"base": released.base, "tuned": released.self_report}
    return Illusion(
        injections={key: injected(released, key, expected) for key in released.injected},
        sd={kind: {name: within_sd(*_column(cells, name)) for name in SELF_REPORT} for kind, cells in kinds.items()},
        r2={kind: r2(cells, "self_regulation", BIG_FIVE) for kind, cells in kinds.items()},
        links=links(joined(released.self_report, released.tasks)),
        dependence={
            name: dependence(*_column(released.self_report, name))
            for name in SELF_REPORT
            if _column(released.self_report, name)[0]
        },
        empty=released.empty,
    )


def injected(
    released: Released, key: tuple[str, str], expected: Mapping[tuple[str, str], Sign] = EXPECTED
) -> tuple[Dissociation, ...]:
    """One persona prompt: its own self-report, which is expected to rise, beside each behaviour with a stated sign."""
    what, cells = key[0], released.injected[key]
    report = shift(what, means(released.self_report, what), means(cells, what), expected=1)
    return tuple(
        Dissociation(
            report, shift(task, means(released.tasks, task), means(cells, task), expected=expected[what, task])
        )
        for task in TASKS
        if (what, task) in expected and means(cells, task)
    )


def r2(cells: Sequence[Cell], target: str, predictors: Sequence[str]) -> float | None:
    """R² of an ordinary regression over the rows that have all columns; None where they are too few or flat."""
    wanted = (*predictors, target)
    rows = [[cell.numbers[name] for name in wanted] for cell in cells if cell.numbers.keys() >= set(wanted)]
    return explained([row[:-1] for row in rows], [row[-1] for row in rows]) if rows else None


def links(cells: Sequence[Cell], reports: Sequence[str] = SELF_REPORT, tasks: Sequence[str] = TASKS) -> Links:
    """Every pair that some rows have both numbers of."""
    found = {}
    for report, task in product(reports, tasks):
        both = [cell for cell in cells if report in cell.numbers and task in cell.numbers]
        if both:
            x, y = ([cell.numbers[name] for cell in both] for name in (report, task))
            found[report, task] = by_level(x, y, [cell.model for cell in both])
    return Links(found)


def _column(cells: Sequence[Cell], name: str) -> tuple[list[float], list[str]]:
    """The numbers of a column, and the model of each."""
    rows = [(cell.numbers[name], cell.model) for cell in cells if name in cell.numbers]
    return [number for number, _ in rows], [model for _, model in rows]
