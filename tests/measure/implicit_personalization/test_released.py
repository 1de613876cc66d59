"""What the study released, read again: every mean to its digits, and files that are none of it."""

from __future__ import annotations

import numpy as np
import pytest

from personae.errors import FormatError
from personae.measure.implicit_personalization import answers_alike, effect, essay_scores, likeness, persuasion


@pytest.fixture
def released(data_dir):
    return data_dir / "implicit-personalization"


@pytest.mark.parametrize(
    ("model", "mean", "share"), [("gpt-4-1106-preview", 0.8761, 0.6376), ("alpaca", 0.8367, 0.6630)]
)
def test_case_1_spelling_changes_answers_that_much(released, model, mean, share):
    found = likeness(list(answers_alike(released / f"case_1/scores/records_answers_{model}.txt").values()))
    assert (round(found.mean, 4), round(found.share, 4), found.n) == (mean, share, 825)
    assert found.p < 1e-12, "the share above .8 is more than one half"


@pytest.mark.parametrize(
    ("model", "means"),
    [("gpt-4-1106-preview", (41.861, 41.788, 42.108)), ("alpaca", (33.423, 33.100, 34.214))],
)
def test_case_2_means_of_essay_scores(released, model, means):
    found = [essay_scores(released / f"case_2/scores/{model}_{who}_results.txt") for who in ("sae", "esl", "aae")]
    assert [len(one) for one in found] == [518] * 3
    assert [round(float(np.mean(list(one.values()))), 3) for one in found] == list(means)


def test_case_2_effects_of_dialect(released):
    sae, esl, aae = (
        essay_scores(released / f"case_2/scores/alpaca_{who}_results.txt") for who in ("sae", "esl", "aae")
    )
    learners, african_american = effect(sae, esl), effect(sae, aae)
    assert round(learners.mean, 4) == 0.3224
    assert learners.p == pytest.approx(0.018, abs=0.005)
    assert learners.low > 0, "the interval agrees with the test"
    assert round(african_american.mean, 4) == -0.7915
    assert african_american.p < 0.001
    assert (learners.n, learners.unpaired) == (518, 0)


@pytest.mark.parametrize(
    ("model", "wrong", "correct"), [("gpt-4-0613", 81.61, 88.66), ("gpt-3.5-turbo-instruct", 28.05, 27.81)]
)
def test_case_3_a_friend_who_is_right_or_wrong(released, model, wrong, correct):
    found = persuasion(released / f"case_3/results/results_{model}.csv")
    assert (len(found.wrong), len(found.correct)) == (3704, 3704)
    assert found.wrong.keys() == found.correct.keys()
    difference = effect(found.wrong, found.correct)
    assert (round(difference.a, 2), round(difference.b, 2)) == (wrong, correct)
    assert (difference.p < 0.001) == (model == "gpt-4-0613")


@pytest.mark.parametrize(
    ("read", "text", "says"),
    [
        (answers_alike, '{"score": 5}\n{"score": 9}\n', "line 2"),
        (answers_alike, '{"index": 1}\n', "score"),
        (answers_alike, "[1]\n", "line 1"),
        (answers_alike, '{"score": NaN}\n', "line 1"),
        (essay_scores, "1,30.0\n2,good\n", "'2,good'"),
        (essay_scores, "1,30.0\n1,31.0\n", "twice"),
        (essay_scores, "\n", "no result"),
        (persuasion, "a,b\n1,2\n", "persuasion_counts"),
        (persuasion, "case,dataset,persuasion_counts\nXX_1,Q,100\n", "WF or CF"),
        (persuasion, "case,dataset,persuasion_counts\nWF_1,Q,100;x\n", "semicolons"),
        (persuasion, "case,dataset,persuasion_counts\nWF_1,Q,100;0\n", "no result"),
    ],
)
def test_what_is_no_result_is_said_with_its_line(tmp_path, read, text, says):
    path = tmp_path / "results"
    path.write_text(text)
    with pytest.raises(FormatError, match=says):
        read(path)
