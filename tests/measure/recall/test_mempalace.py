"""The shrinking of distances by hand."""

from __future__ import annotations

import pytest

from personae.measure.recall import load_locomo
from personae.measure.recall.mempalace import WholeSessions, shrink
from personae.memory.retrieval.documents import session_texts


def test_words_quotes_and_names_shrink_by_their_shares():
    assert shrink("the", "anything") == 1
    assert shrink("boats and trains", "boats") == pytest.approx(1 - 0.5 / 3)
    assert shrink('"red boat"', "a Red Boat") == pytest.approx(0.5 * 0.4)
    assert shrink("Marta", "marta") == pytest.approx(0.8)
    assert shrink("Marta and Joe", "marta and") == pytest.approx((1 - 0.5) * (1 - 0.1))


def test_repeated_words_count_repeatedly():
    assert shrink("boats boats trains", "boats") == pytest.approx(1 - 0.5 * 2 / 3)


def test_hybrid_reorders_what_raw_found(small, letters):
    turns = load_locomo(small)[0].turns
    sessions = WholeSessions.of({f"session_{name}": text for (_, name), text in session_texts(turns).items()}, letters)
    assert sorted(sessions.raw("Who loves bees?")) == ["session_1", "session_2", "session_3"]
    assert sessions.hybrid("Who loves bees?")[0] == "session_2"
