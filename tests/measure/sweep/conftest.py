"""What tests of sweeps use: a design of the size the specification names, and a model that counts its calls."""

from __future__ import annotations

import asyncio

import pytest

from personae.measure.sweep import Design, Item, Subject, instruction
from personae.types import Completion


class Counting:
    """Says which number its call has; stops the run, as a kill would, at the call after the last it may take."""

    name = "counting"

    def __init__(self, most: int | None = None) -> None:
        self.most, self.calls = most, 0

    async def generate(self, messages, settings):
        if self.calls == self.most:
            raise KeyboardInterrupt
        self.calls += 1
        await asyncio.sleep(0)
        return Completion(f"Reply {messages[-1].content} {settings.seed}")

    async def logprobs(self, messages, options):
        raise NotImplementedError


@pytest.fixture
def counting():
    return Counting


@pytest.fixture
def four_people():
    return tuple(Subject(id, f"a {id}") for id in ("baker", "nurse", "sailor", "tailor"))


@pytest.fixture
def design(four_people):
    items = tuple(Item(id, f"What of {id}?") for id in ("bread", "rain", "cats"))
    return Design.of(four_people, (instruction("mirror"),), items, (0, 1))
