"""The automatic intensity by the embedded scorer: low in small talk, high where the profile is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from personae.agent.decoding.intensity import auto_weight
from personae.models import open_pair_scorer

FIXTURES = YAML(typ="safe").load((Path(__file__).parent / "intensity_fixtures.yaml").read_text("utf-8"))


@pytest.mark.slow
@pytest.mark.parametrize(("what", "fits"), [("small_talk", lambda w: w < 0.2), ("profile", lambda w: w > 0.8)])
async def test_small_talk_stays_below_a_fifth_and_profile_questions_exceed_four_fifths(what, fits):
    scorer = open_pair_scorer("embedded")
    weights = {
        query: await auto_weight(scorer, people["statements"], query) for people in FIXTURES for query in people[what]
    }
    assert len(weights) == 20
    misfits = {query: round(weight, 2) for query, weight in weights.items() if not fits(weight)}
    assert not misfits
