"""Option-only floors on PrefEval's own options: the longest option, and the one nearest by meaning."""

from __future__ import annotations

import pytest

from personae.measure.preference_choice import PreferenceItem, load_items, longest, nearest


class Letters:
    """An embedder of which everything is known: one axis a letter."""

    name = "letters"

    def embed(self, texts):
        import numpy as np

        rows = np.array([[text.lower().count(letter) for letter in "abc"] for text in texts], dtype=np.float32)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def test_the_longest_option_shares_its_credit_with_equals():
    tied = PreferenceItem("a", "?", ("four", "five", "six", "two"), 0)
    shorter = PreferenceItem("b", "?", ("one", "three"), 0)
    assert longest([tied, shorter]).value == 0.25


def test_the_nearest_option_is_by_cosine_and_missing_preferences_are_counted():
    item = PreferenceItem("a", "aaa", ("a", "b"), 0, preference="bbb")
    bare = PreferenceItem("b", "aaa", ("a", "b"), 0)
    assert nearest([item], Letters()).value == 1.0
    found = nearest([item, bare], Letters(), "preference")
    assert (found.value, found.n, found.missing) == (0.0, 1, {"no preference": 1})


def test_prefeval_lists_the_right_option_first_and_it_is_the_longest_in_42_percent(data_dir):
    items = load_items(data_dir / "prefeval", "prefeval")
    assert len(items) == 1000
    assert {item.gold for item in items} == {0}
    assert longest(items).value == pytest.approx(0.419, abs=0.005)


@pytest.mark.slow
def test_similarity_does_not_follow_preferences_that_are_denied(data_dir):
    """27.1 % by the preference, 27.7 % by preference and question, 33.2 % by the question (± .5; int8: both ± 1)."""
    from personae.models.embedder import MiniLM

    items = load_items(data_dir / "prefeval", "prefeval")
    kept = Kept(MiniLM(threads=1))
    assert nearest(items, kept, "preference").value == pytest.approx(0.271, abs=0.005)
    assert nearest(items, kept, "both").value == pytest.approx(0.277, abs=0.01)
    assert nearest(items, kept, "question").value == pytest.approx(0.332, abs=0.005)


class Kept:
    """An embedder that computes every text once."""

    def __init__(self, inner):
        self.inner, self.name, self.known = inner, inner.name, {}

    def embed(self, texts):
        new = [text for text in texts if text not in self.known]
        self.known.update(zip(new, self.inner.embed(new), strict=True))
        return [self.known[text] for text in texts]
