"""What is costly to make is made once, however many threads ask for it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from personae.models._once import once


def test_threads_that_ask_at_the_same_time_get_the_one_that_was_made():
    made = []

    @once
    def weights(name):
        time.sleep(0.02)
        made.append(name)
        return object()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(weights, ["a"] * 8))
    assert len(set(map(id, found))) == 1
    assert weights("b") is not found[0]
    assert made == ["a", "b"]
