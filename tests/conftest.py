"""What every test may use: the reference data folder, and the rule that a skip is printed or fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("unhurried", deadline=None)  # how long an example takes says nothing on a shared machine
settings.load_profile("unhurried")

# Two workers share two cores: where threads wait for each other busily, everything takes twice as long.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # heard by torch, if set before it is first imported

ROOT = Path(__file__).parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests go first, so that no worker is left with one when the others are done."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def reference_data(name: str) -> Path:
    """A folder of reference data, or a skip that says where it was looked for (a failure when PERSONAE_ALL=1)."""
    folder = Path(os.environ.get("PERSONAE_DATA", ROOT.parent / "shared" / "data")) / name
    if not folder.is_dir():
        absent(f"reference data {name!r} not found at {folder}; set PERSONAE_DATA")
    return folder


def absent(reason: str) -> None:
    """Skip with a reason, or fail when everything is asked to run."""
    if os.environ.get("PERSONAE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def data_dir() -> Path:
    """The folder of reference data sets."""
    folder = Path(os.environ.get("PERSONAE_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        absent(f"no reference data at {folder}; set PERSONAE_DATA")
    return folder
