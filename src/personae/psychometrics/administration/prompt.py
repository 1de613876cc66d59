"""What a respondent reads: who they are, then the item in its quotes, the request, the options and the cue."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import chain, count, islice, product
from string import ascii_lowercase

from personae.models.scoring import letters_prompt
from personae.psychometrics.administration.design import Cell, Respondent
from personae.psychometrics.administration.wording import Shown, Template, shown, template, texts
from personae.psychometrics.instrument import Item, Response
from personae.types import Message, ScoringMethod


def prompt(
    respondent: Respondent, items: Sequence[Item], response: Response, cell: Cell, *, listed: bool = True
) -> tuple[Message, ...]:
    """The messages of one call. `listed=False` leaves options and cue to whoever adds a lettered list of their own."""
    words, options = template(cell.template), shown(response, cell.label_set, cell.order)
    head = _one(words, items[0]) if cell.mode == "isolated" else _many(words, items)
    tail = _tail(options, cell.mode, cell.route) if listed else ""
    return (*respondent.before, Message("user", head + tail))


def read(
    respondent: Respondent, items: Sequence[Item], response: Response, cell: Cell, method: ScoringMethod | None = None
) -> tuple[Message, ...]:
    """What the model reads in the end, with the lettered list that a model adds where it scores letters only."""
    if method != "letters" or cell.route != "logprobs":
        return prompt(respondent, items, response, cell)
    bare, options = prompt(respondent, items, response, cell, listed=False), shown(response, cell.label_set, cell.order)
    return letters_prompt(bare, [response.labels[index] for index in options.order])


def _one(words: Template, item: Item) -> str:
    return f'{words.instruction}: "{_quotable(item)}"\n\n{words.request}'


def _many(words: Template, items: Sequence[Item]) -> str:
    listed = "\n".join(f'({tag}) "{_quotable(item)}"' for tag, item in zip(tags(len(items)), items, strict=True))
    return f"{texts()['batch'].format(n=len(items))} {words.request}\n\n{listed}"


@cache
def _tail(options: Shown, mode: str, route: str) -> str:
    cues = texts()["cues"]
    answered = "parsed" if route == "logprobs" else route
    cue = cues[f"batch_{answered}" if mode == "batch" else answered]
    lead = "\n\nThe answers:\n" if mode == "batch" else "\n"
    return f"{lead}{options.lines}\n\n{cue.replace('{form}', options.form)}"


def _quotable(item: Item) -> str:
    return " ".join(item.text.split()).replace('"', "'")


@cache
def tags(n: int) -> tuple[str, ...]:
    """The tags of n items of a batch: a … z, aa, ab, …

    >>> tags(28)[-3:]
    ('z', 'aa', 'ab')
    """
    lengths = (map("".join, product(ascii_lowercase, repeat=length)) for length in count(1))
    return tuple(islice(chain.from_iterable(lengths), n))
