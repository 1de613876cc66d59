"""The task runs in Inspect: who always finds somebody is right in one half, and in no scene twice."""

from __future__ import annotations

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import UsageError
from personae.tasks.identity_cards import identity_cards


def test_one_who_ignores_the_names_gets_half_and_no_scene_twice(tmp_path):
    model = mock(lambda: "A")  # mockllm/model
    (log,) = inspect_eval(identity_cards(scenes=4), model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success"
    found = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    assert (found["identity_cards"], found["identity_cards.both"]) == (0.5, 0.0)


def test_samples_are_those_of_the_seed_and_cannot_be_too_crowded():
    assert [one.id for one in identity_cards(scenes=3).dataset] == [one.id for one in identity_cards(scenes=3).dataset]
    with pytest.raises(UsageError, match="9 cards"):
        identity_cards(cards=9)
