"""A small instrument and people to put it to."""

from __future__ import annotations

import pytest

from personae.psychometrics.administration import Respondent
from personae.psychometrics.instrument import Instrument, Item, Licence, Response
from personae.types import Message


@pytest.fixture
def four() -> Instrument:
    """Four items on five points."""
    items = (
        Item("e1", "I like parties.", "E"),
        Item("e2", "I keep quiet.", "E", -1),
        Item("a1", "I help strangers.", "A"),
        Item("a2", "I hold a grudge.", "A", -1),
    )
    labels = ("not at all", "hardly", "partly", "mostly", "fully")
    return Instrument("four", items, Response(labels), Licence("MIT", may_ship=True))


@pytest.fixture
def ana() -> Respondent:
    return Respondent("Ana", (Message("system", "You are Ana."),))
