"""Reads what lies beside it: instruments, opinion statements with their negations, interview questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from personae.errors import UsageError
from personae.files import bundled
from personae.psychometrics.instrument import Instrument, Item, nearest
from personae.psychometrics.shapes import InstrumentShape

_NAMES = ("big-five-60", "honesty-24", "value-survey", "impression", "opinions")

#: What the id of a negation has behind that of its statement.
NEGATED = "-not"


@dataclass(frozen=True, slots=True)
class InterviewQuestion:
    """One question in a form that favours no trait, and in one form per trait (E, A, C, N, O) that calls for it."""

    id: str
    neutral: str
    activating: Mapping[str, str]


def own_names() -> tuple[str, ...]:
    """The ids of our instruments.

    >>> own_names()[0]
    'big-five-60'
    """
    return _NAMES


@cache
def own_instrument(name: str) -> Instrument:
    """One of our instruments. Raises `UsageError` that names the nearest one.

    >>> pool = own_instrument("big-five-60")
    >>> len(pool.items), pool.domains, sum(pool.scale("N").keys.values())
    (60, ('E', 'A', 'C', 'N', 'O'), 0)
    """
    if name not in _NAMES:
        raise UsageError(f"no instrument of ours is called {name!r}{nearest(name, list(_NAMES))}")
    return InstrumentShape.model_validate(bundled(__package__, f"{name}.yaml")).built()


@cache
def own_opinions() -> tuple[tuple[Item, Item], ...]:
    """Twenty opinions, each with the sentence that denies it: whoever agrees with both says yes to anything.

    >>> for item in own_opinions()[0]: print(item.text)
    Cities should close their centres to private cars.
    Cities should not close their centres to private cars.
    """
    pool = own_instrument("opinions")
    return tuple((item, pool.item(item.id + NEGATED)) for item in pool.items if not item.id.endswith(NEGATED))


@cache
def own_interview() -> tuple[InterviewQuestion, ...]:
    """Twelve interview questions in six forms: a neutral one and one that calls for each of the Big Five.

    >>> first = own_interview()[0]
    >>> len(own_interview()), sorted(first.activating)
    (12, ['A', 'C', 'E', 'N', 'O'])
    """
    return tuple(InterviewQuestion(**each) for each in bundled(__package__, "interview.yaml")["questions"])
