"""Our sentences about an author and what a reader of texts is told."""

from __future__ import annotations

from functools import cache
from typing import Any

from personae.files import bundled
from personae.psychometrics.instrument import Instrument
from personae.psychometrics.shapes import InstrumentShape


@cache
def author_items() -> Instrument:
    """Forty sentences about the author of a text, with their keys.

    >>> pool = author_items()
    >>> len(pool.items), {domain: sum(pool.scale(domain).keys.values()) for domain in pool.domains}
    (40, {'E': 0, 'A': 0, 'C': 0, 'N': 0, 'O': 0})
    """
    return InstrumentShape.model_validate(bundled(__name__, "author-40.en.yaml")).built()


def prompts() -> Any:
    """What a reader is told, by use."""
    return bundled(__name__, "prompts.en.yaml")
