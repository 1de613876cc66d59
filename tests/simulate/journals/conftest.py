"""A journal with two planted themes."""

from __future__ import annotations

import pytest
from stubs.journals import planted


@pytest.fixture
def journal():
    return planted(60)
