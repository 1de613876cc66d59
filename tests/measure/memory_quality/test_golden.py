"""A profile beside a golden one, by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from personae.errors import UsageError
from personae.measure.memory_quality.golden import nearness, satisfaction, stale, typed_match, utterance_efficiency
from personae.memory.profile import Change, Entry, Profile, merge
from personae.models.scripted import Scripted


def entry(polarity: str, value: str) -> Entry:
    return Change("preferences.things", value, ("a/1",), "2026-01-01", polarity).entry()  # type: ignore[arg-type]


def profile(*entries: Entry) -> Profile:
    changes = [Change(one.key, one.value, one.sources, one.first_seen, one.polarity) for one in entries]
    return merge(Profile(), changes, {"a/1"}).profile


class Same:
    """Every text is the same to it."""

    name = "same"

    def embed(self, texts: Sequence[str]) -> Any:
        return np.tile(np.array([1.0, 0.0], dtype=np.float32), (len(texts), 1))


def test_typed_match_counts_polarity_and_nearness_does_not() -> None:
    held = profile(entry("likes", "fish"), entry("dislikes", "opera"))
    golden = [entry("avoids", "fish"), entry("dislikes", "opera"), entry("likes", "tea")]
    found = typed_match(held, golden)
    assert found.value == pytest.approx(0.4)  # 2 · 1 / (2 + 3)
    assert found.details["precision"] == 0.5
    assert found.details["recall"] == pytest.approx(1 / 3)
    assert nearness(held, golden, Same()).value == 1.0
    assert nearness(Profile(), golden, Same()).value == 0.0


def test_an_entry_that_no_longer_holds_is_stale() -> None:
    found = stale(profile(entry("likes", "fish"), entry("dislikes", "opera")), [entry("likes", "fish")])
    assert (found.value, found.details["cases"]) == (0.5, ["I like fish."])
    assert stale(Profile(), []).reason == "the profile is empty"


def test_a_talk_that_never_contents_is_missing_and_not_long() -> None:
    found = utterance_efficiency({"a": [None, 3, 4], "b": [5, 1], "c": [1, 2], "d": [None]})
    assert (found.value, found.n, dict(found.missing)) == (2.0, 2, {"not content": 1, "unrated": 1})
    assert utterance_efficiency({"c": [1]}).value is None


async def test_satisfaction_reads_one_number_and_counts_all_else() -> None:
    replies = dict.fromkeys("abcd", ("Dinner?", "Sushi!"))
    model = Scripted(["2", "5.", "about 4", " "])
    found = await satisfaction(replies, [entry("avoids", "fish")], model)
    assert (found.value, found.n, dict(found.missing)) == (3.5, 2, {"unparsed": 1, "empty": 1})
    assert "I avoid fish." in model.history[0].messages[0].content


def test_without_a_golden_entry_nothing_can_be_compared() -> None:
    with pytest.raises(UsageError, match="golden"):
        typed_match(Profile(), [])
