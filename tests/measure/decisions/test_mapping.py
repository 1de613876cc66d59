"""What comes to mind: by the scenario, and through what the persona is like."""

from __future__ import annotations

import pytest

from personae.errors import UsageError
from personae.measure.decisions import ByMeaning, ByWords, CharMap, compare_retrieval, synthetic_decisions
from personae.measure.decisions.mapping import fused, ordered
from personae.measure.decisions.nearness import nearness_named
from personae.measure.decisions.synthetic import _texts


def test_the_scenario_alone_misses_what_only_the_description_ties_to_it(night):
    assert 2 not in CharMap(memories=2, mapped=False)(night).memories
    found = CharMap(parts=1, memories=2)(night)
    assert night.parts[found.parts[0]] == "About any boat Ana hears what Marta said."
    assert 2 in found.memories


def test_memories_stand_in_the_order_in_which_they_were_lived(night):
    found = CharMap(memories=4)(night).memories
    assert list(found) == sorted(found)


def test_fusion_is_the_sum_of_turned_ranks():
    # ranks 1, 2, 3 and 3, 1, 2: 1 + 1/3, 1/2 + 1, 1/3 + 1/2
    assert fused([[0.9, 0.5, 0.1], [0.1, 0.9, 0.5]]) == [1, 0, 2]
    assert fused([[0.9, 0.5, 0.1], [0.1, 0.5, 0.9]], constant=60) == [0, 2, 1]  # 1/61 + 1/63 > 2/62
    assert fused([]) == []
    assert fused([[0.0, -0.1]]) == []
    assert ordered([0.1, 0.3, 0.3]) == [1, 2, 0]


def test_equals_share_their_ranks():
    assert fused([[0.5, 0.5, 0.1], [0.0, 0.0, 0.9]]) == [2, 0, 1]  # 1/3 + 1 > 1/1.5


def test_synthetic_decisions_tie_the_determining_memory_by_the_description_alone():
    for known in synthetic_decisions(50, seed=5):
        decision, memory = known.decision, known.decision.memories[known.determining]
        assert len(decision.memories) == 51
        assert len(set(decision.memories)) == 51
        assert len(decision.parts) == 8
        assert ByWords()(f"{decision.scenario} {decision.question}", [memory, "x"])[0] == 0
        bridge = next(each for each in _texts()["bridges"] if each in memory)
        assert sum(bridge in part for part in decision.parts) == 1
        assert sum(bridge in each for each in decision.memories) == 1


def test_the_same_seed_gives_the_same_decisions():
    assert synthetic_decisions(3, seed=2) == synthetic_decisions(3, seed=2) != synthetic_decisions(3, seed=3)
    with pytest.raises(UsageError):
        synthetic_decisions(0)
    with pytest.raises(UsageError):
        compare_retrieval([], CharMap(), CharMap())


def test_mapped_recall_beats_the_scenario_alone_by_shared_words():
    found = compare_retrieval(synthetic_decisions(200, seed=1), CharMap(), CharMap(mapped=False), k=3)
    assert found.n == 200
    assert found.mapped > found.plain
    assert found.p < 0.01
    assert found.recall[0] > 0.25
    assert found.recall[1] < 0.06  # 3 of 51 by chance


@pytest.mark.slow
def test_mapped_recall_beats_the_scenario_alone_by_meaning():
    near = nearness_named("meaning")
    found = compare_retrieval(synthetic_decisions(200, seed=1), CharMap(near), CharMap(near, mapped=False), k=3)
    assert found.p < 0.01
    assert found.recall[0] > 0.7
    assert found.recall[1] < 0.1


def test_every_text_is_embedded_once():
    asked: list[str] = []

    class Letters:
        name = "letters"

        def embed(self, texts):
            import numpy as np

            asked.extend(texts)
            return np.array([[text.count("a"), text.count("b")] for text in texts], dtype=float).reshape(-1, 2)

    near = ByMeaning(Letters())
    assert near("ab", ["aa", "bb"]) == [2.0, 2.0]
    assert near("aa", ["ab", "aa"]) == [2.0, 4.0]
    assert asked == ["ab", "aa", "bb"]
    assert near.name == "letters"


def test_unknown_nearness_and_no_places_are_refused():
    with pytest.raises(UsageError, match="words and meaning"):
        nearness_named("smell")
    with pytest.raises(UsageError):
        CharMap(parts=0)
    assert ByWords()("x", []) == []
