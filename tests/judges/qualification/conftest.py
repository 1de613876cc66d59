"""One examination of each scripted judge, shared by the tests."""

from __future__ import annotations

import pytest
from stubs.judges import always_a, oracle

import personae
from personae.judges.qualification.qualify import qualify


@pytest.fixture(scope="session")
def oracle_card():
    return personae.run(qualify(oracle(), date="2026-11-21"))


@pytest.fixture(scope="session")
def biased_card():
    return personae.run(qualify(always_a(), date="2026-11-21"))
