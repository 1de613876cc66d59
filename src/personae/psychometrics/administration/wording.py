"""How items and options are worded: templates, label sets, and the options as they are shown in an order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import ascii_uppercase
from typing import Any

from ruamel.yaml import YAML

from personae.errors import UsageError
from personae.psychometrics.administration.orders import order_named
from personae.psychometrics.administration.parse import Options
from personae.psychometrics.instrument import Response, nearest

#: The label sets: an option is answered by its words, by its point on the scale (counted from 1 where that would be
#: negative), or by a letter for its place.
LABEL_SETS = ("words", "numbers", "letters")


@dataclass(frozen=True, slots=True)
class Template:
    """What stands before the quoted item, and the request after it."""

    name: str
    instruction: str
    request: str


@dataclass(frozen=True)
class Shown:
    """The options of one question in one order, with the label set's symbols.

    order:   `order[place]` is the index of the option shown there.
    options: words and symbols in the scale's own order.
    lines:   the list as the respondent reads it.
    form:    what a reply consists of, in words.
    """

    order: tuple[int, ...]
    options: Options
    lines: str
    form: str

    @property
    def said(self) -> tuple[str, ...]:
        """What a reply is for each option, in the scale's own order."""
        return self.options.symbols or self.options.words

    def place(self, index: int) -> int:
        """Where the option stands among those shown, from 0."""
        return self.order.index(index)


def template(name: str) -> Template:
    """The template of a short name, or of a pair "instruction+request". Raises `UsageError` that lists them.

    >>> template("consider").request == template("form+closest").request
    True
    """
    known = texts()
    instruction, plus, request = name.partition("+")
    if not plus and name in known["templates"]:
        instruction, request = known["templates"][name]
    if instruction not in known["instructions"] or request not in known["requests"]:
        names = template_names()
        raise UsageError(f"no template is called {name!r}{nearest(name, list(names))}; there are {', '.join(names)}")
    return Template(name, known["instructions"][instruction], known["requests"][request])


def template_names() -> tuple[str, ...]:
    """The short names, the first to be used first.

    >>> template_names()[:3]
    ('consider', 'form', 'aloud')
    """
    return tuple(texts()["templates"])


def pair_names() -> tuple[str, ...]:
    """Every pair of an instruction and a request, 5 × 5."""
    known = texts()
    return tuple(f"{before}+{after}" for before in known["instructions"] for after in known["requests"])


@cache
def shown(response: Response, label_set: str, order: str) -> Shown:
    """The options of a response scale in a label set and an order, both by name.

    >>> print(shown(Response(("no", "unsure", "yes")), "numbers", "reverse").lines)
    3 = yes
    2 = unsure
    1 = no
    >>> shown(Response(("no", "yes")), "letters", "reverse").said
    ('B', 'A')
    """
    places = order_named(order, len(response.labels))
    symbols = _symbols(response, label_set, places)
    style = texts()["label_sets"][label_set]
    lines = "\n".join(
        style["line"].format(words=response.labels[index], symbol=symbols[index] if symbols else "") for index in places
    )
    return Shown(places, Options(response.labels, symbols), lines, style["form"])


def _symbols(response: Response, label_set: str, places: tuple[int, ...]) -> tuple[str, ...]:
    if label_set == "words":
        return ()
    if label_set == "numbers":
        points = response.points if response.low >= 0 else range(1, len(response.labels) + 1)
        return tuple(map(str, points))  # a minus would be lost among dashes and bullets
    if label_set != "letters":
        raise UsageError(f"no label set is called {label_set!r}; there are {', '.join(LABEL_SETS)}")
    if len(places) > len(ascii_uppercase):
        raise UsageError(f"letters go up to 26 options, got {len(places)}; use the label set 'numbers'")
    return tuple(ascii_uppercase[places.index(index)] for index in range(len(places)))


@cache
def texts() -> Mapping[str, Any]:
    """What is said around an item, from texts/."""
    source = files(__package__) / "texts" / "wording.en.yaml"
    loaded: Mapping[str, Any] = YAML(typ="safe").load(source.read_text("utf-8"))
    return loaded


@cache
def texts_sha256() -> str:
    """A checksum of all wording, so that a run is not continued with other words."""
    return hashlib.sha256(json.dumps(texts(), sort_keys=True).encode()).hexdigest()
