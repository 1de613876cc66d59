"""The task runs in Inspect and names the turn that broke the role."""

from __future__ import annotations

import itertools

from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.measure.as_inspect import observations_in
from personae.tasks.drift import drift


def test_a_confession_is_found_in_the_log(tmp_path):
    said = itertools.chain(["Aye, the fog is in."] * 40, itertools.repeat("As an AI language model, I have no home."))
    model = mock(lambda: next(said))  # mockllm/model
    (log,) = inspect_eval(drift(probes=1), model=model, log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success"
    observations = observations_in(log)
    assert len(observations) == 7
    assert any(observation.data["broke_at"] for observation in observations)
    assert 0 < log.results.scores[0].metrics["drift.out_of_character"].value < 1
