"""A skip that is printed, or a failure when everything is asked to run."""

from __future__ import annotations

import os

import pytest


def absent(reason: str) -> None:
    """Skip with a reason; fail instead when PERSONAE_ALL=1."""
    if os.environ.get("PERSONAE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
