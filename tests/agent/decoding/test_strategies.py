"""PAL's strategies: their weights, and the labels of a corpus of emotional support."""

from __future__ import annotations

from collections import Counter

import pytest

from personae.agent.decoding.strategies import STRATEGIES, strategy_weight, tagged
from personae.errors import UsageError


def test_every_strategy_has_the_weight_of_the_paper():
    assert [strategy_weight(name) for name in STRATEGIES] == [1, 1.75, 1, 1, 1.75, 1.75, 1.75, 1.375]


def test_an_unknown_strategy_is_named():
    with pytest.raises(UsageError, match="'hugging'"):
        strategy_weight("hugging")


def test_the_last_turns_of_the_support_corpus_are_counted_by_strategy(data_dir):
    """The counts of the specification, exactly; a turn is "weight role number [label] text"."""
    lines = (data_dir / "esconv" / "testWithStrategy_short.tsv").read_text("utf-8").splitlines()
    last = [line.rpartition(" EOS ")[2].split(" ", 3)[3] for line in lines]
    assert Counter(tagged(turn)[0] for turn in last) == {
        "question": 554, "other": 506, "suggestions": 449, "affirmation": 410, "self-disclosure": 293,
        "reflection": 198, "restatement": 189, "information": 176,
    }  # fmt: skip
