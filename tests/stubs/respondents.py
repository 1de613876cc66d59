"""Scripted respondents: what they choose is known, so what a certificate has to say of them is known too."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from personae.psychometrics import Instrument, Item, Row

TEMPLATES = ("t1", "t2", "t3")
ORDERS = ("forward", "reverse")

#: item, template, points as shown -> the place chosen, or the outcome of a call that gave no answer.
Choose = Callable[[Item, str, list[int]], int | str]


def administer(
    instrument: Instrument,
    choose: Choose,
    *,
    templates: Iterable[str] = TEMPLATES,
    orders: Iterable[str] = ORDERS,
    persona: str = "somebody",
    route: str = "parsed",
) -> list[Row]:
    """Every item under every condition, as the respondent answers it."""
    found = []
    for item in instrument.items:
        for template in templates:
            for order in orders:
                points = list(instrument.response.points)
                shown = points if order == "forward" else points[::-1]
                taken = choose(item, template, shown)
                answer = {} if isinstance(taken, str) else {"answer": float(shown[taken]), "place": taken}
                status = taken if isinstance(taken, str) else "answered"
                cell = (item.id, template, "words", order, 0, 0, "isolated", route, status)
                found.append(Row(persona, "scripted", instrument.id, *cell, **answer))
    return found


def reader(levels: dict[str, int]) -> Choose:
    """Answers by the content: as many points as the level for items keyed +, turned for items keyed -."""

    def choose(item: Item, template: str, shown: list[int]) -> int:
        level = levels[item.domain]
        return shown.index(level if item.key == 1 else min(shown) + max(shown) - level)

    return choose
