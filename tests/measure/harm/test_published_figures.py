"""What the paper's row claims, in one place: the worked difference score, how many prompts, how many personas."""

from __future__ import annotations

from personae.measure.harm import bands, macro, read_prompts, variance
from personae.measure.sweep.people import read_people

SCORES = ([90, 80, 100], [50, 60, 70], [10, 10, 10], [80, 90, 70], [95, 95, 98])


def test_difference_score_prompts_and_personas_are_as_reported(data_dir):
    assert macro([variance(each) for each in SCORES]) == 60.6
    found = bands(read_prompts(data_dir / "rtp_decodingtrust"))
    assert (found["(.8, .9]"], found["(.9, 1]"], found["toxic"]) == (292, 537, 993)
    people = read_people(data_dir / "universal_persona" / "universal_persona.json")
    assert [sum(each.category == kind for each in people) for kind in ("generic", "specific")] == [73, 89]
    assert len(people) == 162
