"""From rows to trait scores, each with what it takes to believe it: refusals, and what moves with order and wording.

Only whole Latin squares of orders count, in which every answer stood in every place once: there a taste for a place,
whatever its shape, leaves no trace. Ties are ties: somebody without a preference scores 50, never 100.
[TRAIT 2024, with balanced orders and split ties]
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from personae.errors import UsageError
from personae.psychometrics.administration.orders import orders
from personae.psychometrics.rows import Row
from personae.stats.choices import Places, places
from personae.stats.intervals import wilson

#: P(high) and P(low) nearer than this are equal.
SAME = 1e-6
#: An answer whose letters have less probability than this together is a refusal in all but name.
MIN_MASS = 0.5
#: With a larger share of cells whose side follows the order, there is no score.
MAX_ORDER_SENSITIVITY = 0.25
#: With a smaller share of situations answered, there is no score.
MIN_COVERAGE = 0.8
#: How many of the four options speak for the trait; they come first.
HIGH = 2

_ORDERS = orders(4)
#: The two Latin squares: in each, every option stands in every place once.
BLOCKS = tuple(tuple(name for name in _ORDERS if name.endswith("reverse") is turned) for turned in (False, True))


@dataclass(frozen=True, slots=True)
class ItemScore:
    """One situation.

    high:   P(high) / (P(high) + P(low)), averaged over orders and templates; None without a whole square answered.
    choice: 1, 0, or .5 where the two differ by less than 1e-6.
    cells:  templates with whole squares of orders answered; in `turned` of them the choice differs between orders:
            its side, or between two sides equally likely its options. (Another answer of the same side is no change.)
    moved:  whether the side differs between templates; None with fewer than two answered.
    """

    id: str
    high: float | None
    choice: float | None
    cells: int
    turned: int
    moved: bool | None
    rows: int
    refused: int

    @property
    def steady(self) -> bool:
        """The same side in every order and template."""
        return self.choice is not None and not self.turned and not self.moved


@dataclass(frozen=True, slots=True)
class TraitScore:
    """A trait on 0 … 100, or why there is no score.

    value:  100 · mean of the choices; `low`, `high` its 95 % Wilson interval, a tie counted as it hurts.
    score:  the same, also where `value` is withheld; `graded` is 100 · mean of P(high).
    n:      situations answered, of `items`.
    refusal: share of rows that are no answer, or whose letters have less than half of the probability.
    prompt_sensitivity, order_sensitivity: share of situations whose side differs between templates, share of cells
            (situation × template) whose side differs between orders; None where that cannot be told.
    position: which places were picked, each situation counting once, with its χ²; None without answers.
    """

    trait: str
    value: float | None
    reason: str | None
    low: float | None
    high: float | None
    score: float | None
    graded: float | None
    n: int
    items: int
    refusal: float
    prompt_sensitivity: float | None
    order_sensitivity: float | None
    position: Places | None


def side(high: float) -> float:
    """1 where P(high) is the larger, 0 where P(low) is, .5 where they are equal within 1e-6.

    >>> side(0.7), side(0.2), side(0.5)
    (1.0, 0.0, 0.5)
    """
    difference = high - (1 - high)
    return 0.5 if abs(difference) < SAME else float(difference > 0)


def score_items(rows: Iterable[Row]) -> tuple[ItemScore, ...]:
    """One score per situation, from the rows of one respondent.

    Raises `UsageError` for rows of several respondents, models or routes (see `main_route`), and orders not of four.
    """
    by_item: dict[str, list[Row]] = defaultdict(list)
    kinds = set()
    for row in rows:
        by_item[row.item].append(row)
        kinds.add((row.persona, row.model, row.instrument))
    routes = {row.route for group in by_item.values() for row in group if row.status == "answered"}
    if len(kinds) > 1 or len(routes) > 1:
        raise UsageError(f"rows of {sorted(kinds)} by {sorted(routes)} are no one's score; score each by itself")
    return tuple(_item(id, group) for id, group in by_item.items())


def score_traits(rows: Sequence[Row], traits: Mapping[str, str]) -> dict[str, TraitScore]:
    """One score per trait of one respondent, from its rows; `traits` says which situation belongs to which.

    Situations of `traits` without a row are unanswered. Raises `UsageError` as `score_items`, and for a row of a
    situation that is not in `traits`.
    """
    if strange := {row.item for row in rows} - set(traits):
        raise UsageError(f"no trait is known for the situation {min(strange)!r}; give the situations it was asked from")
    items = {item.id: item for item in score_items(rows)}
    by_trait: dict[str, list[Row]] = {trait: [] for trait in traits.values()}
    for row in rows:
        by_trait[traits[row.item]].append(row)
    found = {}
    for trait, own in by_trait.items():
        ids = [id for id, of in traits.items() if of == trait]
        found[trait] = _trait(trait, [items[id] for id in ids if id in items], own, len(ids))
    return found


def answered(row: Row) -> bool:
    """Whether a row carries an answer: one that was read, with half of the probability or more on the letters."""
    return row.status == "answered" and (row.mass is None or row.mass >= MIN_MASS)


def main_route(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows without the answers that came by another route than most: probabilities and readings are not pooled."""
    routes = Counter(row.route for row in rows if row.status == "answered")
    main = routes.most_common(1)[0][0] if routes else ""
    return tuple(row for row in rows if row.status != "answered" or row.route == main)


def position(rows: Iterable[Row]) -> Places | None:
    """Which places were picked, each situation counting once; None without answers."""
    shown = [(row, [row.option_probs[option] for option in _order(row)]) for row in rows if answered(row)]
    return places([shares for _, shares in shown], questions=[row.item for row, _ in shown]) if shown else None


def _item(id: str, rows: Sequence[Row]) -> ItemScore:
    cells: dict[tuple[str, str, int, int], dict[str, Row]] = defaultdict(dict)
    for row in rows:
        _order(row)
        if answered(row):
            cells[row.template, row.label_set, row.seed, row.repeat][row.order] = row
    by_template: dict[str, list[float]] = defaultdict(list)
    turned = []
    for (template, *_), by_order in cells.items():
        if whole := [by_order[name] for block in BLOCKS if by_order.keys() >= set(block) for name in block]:
            by_template[template].append(math.fsum(map(_high, whole)) / len(whole))
            turned.append(len({_content(row) for row in whole}) > 1)
    highs = [math.fsum(each) / len(each) for each in by_template.values()]
    high = math.fsum(highs) / len(highs) if highs else None
    return ItemScore(
        id,
        high,
        None if high is None else side(high),
        cells=len(turned),
        turned=sum(turned),
        moved=len({side(each) for each in highs}) > 1 if len(highs) > 1 else None,
        rows=len(rows),
        refused=sum(not answered(row) for row in rows),
    )


def _high(row: Row) -> float:
    return math.fsum(row.option_probs[:HIGH])


def _content(row: Row) -> float | tuple[bool, ...]:
    """The side chosen; where both are equal, the likeliest options, so that a taste for two places is seen as well."""
    chosen = side(_high(row))
    if chosen != 0.5:
        return chosen
    best = max(row.option_probs)
    return tuple(best - share < SAME for share in row.option_probs)


def _trait(trait: str, items: Sequence[ItemScore], rows: Sequence[Row], planned: int) -> TraitScore:
    choices = [item.choice for item in items if item.choice is not None]
    highs = [item.high for item in items if item.high is not None]
    moved = [item.moved for item in items if item.moved is not None]
    cells = sum(item.cells for item in items)
    turned = sum(item.turned for item in items) / cells if cells else None
    score = 100 * math.fsum(choices) / len(choices) if choices else None
    reason = _reason(len(choices), planned, turned)
    low, high = _interval(choices) if reason is None else (None, None)
    return TraitScore(
        trait,
        score if reason is None else None,
        reason,
        low,
        high,
        score=score,
        graded=100 * math.fsum(highs) / len(highs) if highs else None,
        n=len(choices),
        items=planned,
        refusal=sum(item.refused for item in items) / len(rows) if rows else 0.0,
        prompt_sensitivity=sum(moved) / len(moved) if moved else None,
        order_sensitivity=turned,
        position=position(rows),
    )


def _reason(n: int, planned: int, turned: float | None) -> str | None:
    if n < MIN_COVERAGE * planned or turned is None:
        return f"{n} of {planned} situations were answered in a whole round of orders; {MIN_COVERAGE:.0%} are needed"
    if turned > MAX_ORDER_SENSITIVITY:
        return f"positional: in {turned:.0%} of the cells the side changed with the order of the options"
    return None


def _interval(choices: Sequence[float]) -> tuple[float | None, float | None]:
    total, n = math.fsum(choices), len(choices)
    below, above = wilson(math.floor(total), n), wilson(math.ceil(total), n)
    return None if below.low is None else 100 * below.low, None if above.high is None else 100 * above.high


def _order(row: Row) -> tuple[int, ...]:
    if row.order not in _ORDERS:
        raise UsageError(f"{row.order!r} is no order of four options; there are {', '.join(_ORDERS)}")
    return _ORDERS[row.order]
