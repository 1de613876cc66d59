"""Who answers what under which conditions: respondents × items × template × label set × order × seed × repeat."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from personae.errors import UsageError
from personae.persona.persona import Persona
from personae.persona.render import render
from personae.psychometrics.administration.orders import first_orders, order_named
from personae.psychometrics.administration.wording import (
    LABEL_SETS,
    pair_names,
    shown,
    template,
    template_names,
    texts,
)
from personae.psychometrics.instrument import Instrument, Item
from personae.psychometrics.rows import Mode, Route
from personae.types import Message, ScoringMethod


@dataclass(frozen=True, slots=True)
class Respondent:
    """Somebody who answers: a name, the messages before every question, and a template of their own if any."""

    name: str
    before: tuple[Message, ...] = ()
    template: str | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One condition; the fields are those of a `Row`."""

    template: str = "consider"
    label_set: str = "words"
    order: str = "forward"
    seed: int = 0
    repeat: int = 0
    mode: Mode = "isolated"
    route: Route = "parsed"


@dataclass(frozen=True, slots=True)
class Job:
    """One call: a respondent, a condition, and the items that are put (one, unless in batches)."""

    respondent: Respondent
    cell: Cell
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Design:
    """The crossed conditions. Every respondent meets every item under each of them.

    templates, label_sets, orders: by name (see `wording` and `orders`).
    seeds, repeats: of the sampling; log-probabilities do not depend on them, so one of each is allowed there.
    mode:  "isolated" puts one item per context, "batch" up to `batch_size` of them.
    route: "logprobs", "constrained" (JSON with the labels as an enumeration) or "parsed" (free text, read strictly).

    Raises `UsageError` for an unknown name, an empty or repeated factor, and what does not go together.

    >>> Design.crossed(orders=2, templates=3, options=5).conditions
    6
    """

    templates: tuple[str, ...] = ("consider",)
    label_sets: tuple[str, ...] = ("words",)
    orders: tuple[str, ...] = ("forward", "reverse")
    seeds: tuple[int, ...] = (0,)
    repeats: int = 1
    mode: Mode = "isolated"
    route: Route = "parsed"
    batch_size: int = 50

    def __post_init__(self) -> None:
        for name in ("templates", "label_sets", "orders", "seeds"):
            levels = getattr(self, name)
            if not levels or len(set(levels)) < len(levels):
                raise UsageError(f"{name} needs one level or more, each once; got {list(levels)!r}")
        for name in self.templates:
            template(name)
        if unknown := [name for name in self.label_sets if name not in LABEL_SETS]:
            raise UsageError(f"no label set is called {unknown[0]!r}; there are {', '.join(LABEL_SETS)}")
        if self.repeats < 1 or self.batch_size < 1:
            raise UsageError(f"repeats and batch_size are 1 or more, got {self.repeats!r} and {self.batch_size!r}")
        if self.mode == "batch" and "letters" in self.label_sets:
            raise UsageError("in a batch letters name the items; use the label sets 'words' or 'numbers'")
        if self.route == "logprobs" and (self.mode == "batch" or len(self.seeds) * self.repeats > 1):
            raise UsageError("log-probabilities are of one item at a time, and the same for every seed and repeat")

    @classmethod
    def crossed(
        cls,
        *,
        options: int,
        orders: int = 2,
        templates: int = 1,
        label_sets: int = 1,
        seeds: int = 1,
        repeats: int = 1,
        mode: Mode = "isolated",
        route: Route = "parsed",
        batch_size: int = 50,
    ) -> Design:
        """The first so many orders, templates, label sets and seeds, for a scale with so many options."""
        names = template_names()
        if not 1 <= templates <= len(names):
            raise UsageError(f"there are 1 to {len(names)} templates, got {templates!r}")
        if not 1 <= label_sets <= len(LABEL_SETS):
            raise UsageError(f"there are 1 to {len(LABEL_SETS)} label sets, got {label_sets!r}")
        return cls(
            templates=names[:templates],
            label_sets=LABEL_SETS[:label_sets],
            orders=first_orders(orders, options),
            seeds=tuple(range(seeds)),
            repeats=repeats,
            mode=mode,
            route=route,
            batch_size=batch_size,
        )

    def settled(self, method: ScoringMethod | None) -> Design:
        """The design for a model that scores options by this method; one that scores letters has no other label set.

        Raises `UsageError` where several were to be compared.
        """
        if method != "letters" or self.label_sets == ("letters",):
            return self
        if len(self.label_sets) > 1:
            raise UsageError("this model has log-probabilities of letters only; compare label sets by another route")
        return dataclasses.replace(self, label_sets=("letters",))

    @property
    def conditions(self) -> int:
        """How many conditions each item is put under, for a respondent without a template of their own."""
        return len(self.templates) * len(self.label_sets) * len(self.orders) * len(self.seeds) * self.repeats

    def cells(self, respondent: Respondent | None = None) -> Iterator[Cell]:
        """The conditions, the seed changing last but for the repeat."""
        templates = (respondent.template,) if respondent and respondent.template else self.templates
        for each in product(templates, self.label_sets, self.orders, self.seeds, range(self.repeats)):
            yield Cell(*each, self.mode, self.route)

    def jobs(self, respondents: Sequence[Respondent], instrument: Instrument) -> Iterator[Job]:
        """Every call, respondent by respondent: what stays the same in a prompt stays the same from call to call.

        Raises `UsageError` for nobody, a name given twice, an item without a text, an order the scale has not, and
        labels that cannot be told apart.
        """
        self.check(respondents, instrument)
        size = self.batch_size if self.mode == "batch" else 1
        chunks = [instrument.items[start : start + size] for start in range(0, len(instrument.items), size)]
        for respondent in respondents:
            for cell in self.cells(respondent):
                for chunk in chunks:
                    yield Job(respondent, cell, chunk)

    def check(self, respondents: Sequence[Respondent], instrument: Instrument) -> None:
        """Raise `UsageError` for what would go wrong later."""
        names = [respondent.name for respondent in respondents]
        if not names:
            raise UsageError("nobody to ask: name one respondent or more")
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise UsageError(f"two respondents are called {twice!r}; answers are told apart by name, so rename one")
        for item in instrument.items:
            if not item.text.strip():
                raise UsageError(f"the item {item.id!r} of {instrument.id!r} has no text to put; load its texts first")
        for respondent in respondents:
            if respondent.template:
                template(respondent.template)
        for order, label_set in product(self.orders, self.label_sets):
            order_named(order, len(instrument.response.labels))
            shown(instrument.response, label_set, order)


def respondent_of(who: Persona | Respondent | Sequence[Message], name: str = "") -> Respondent:
    """A persona, or messages that stand before every question, as a respondent.

    >>> respondent_of(Persona(name="Ana", statements=[{"id": "s", "text": "I mend nets."}])).name
    'Ana'
    """
    if isinstance(who, Respondent):
        return who
    if isinstance(who, Persona):
        told = texts()["persona"].format(description=render(who, "second_person"))
        return Respondent(name or who.name, (Message("system", told),))
    return Respondent(name or "messages", tuple(who))


def simulated(
    biographies: Sequence[str], templates: Sequence[str] | None = None, *, prefix: str = "bio"
) -> tuple[Respondent, ...]:
    """Simulated respondents: each biography with each template, by default all 25 of instruction × request.

    Fifty biographies make 1,250 respondents, the design of *Personality Traits in Large Language Models* (2023). Each
    counts as a person of its own: variation between them is what reliability is computed over.

    >>> people = simulated(["I keep bees.", "I sail."])
    >>> len(people), people[0].name, people[-1].template
    (50, 'bio-1/consider+closest', 'picture+which')
    """
    if not biographies or not all(text.strip() for text in biographies):
        raise UsageError(f"simulated respondents need biographies, none of them empty; got {len(biographies)}")
    told = [
        (Message("system", texts()["biography"].format(description=" ".join(text.split()))),) for text in biographies
    ]
    names = tuple(templates) if templates is not None else pair_names()
    return tuple(
        Respondent(f"{prefix}-{number}/{name}", before, name) for number, before in enumerate(told, 1) for name in names
    )
