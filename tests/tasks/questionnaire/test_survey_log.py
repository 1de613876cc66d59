"""The log of a survey: it opens in Inspect, and says of every answer what was asked, said and scored."""

from __future__ import annotations

import math

import pytest
from inspect_ai.log import (
    list_eval_logs,
    read_eval_log,
    read_eval_log_sample,
    read_eval_log_sample_summaries,
    read_eval_log_samples,
)

from personae.errors import RunError
from personae.models.scripted import Scripted
from personae.psychometrics.administration import ANSWER, Cell, Design, Respondent, administer, ask_item
from personae.psychometrics.instrument import Instrument, Item, Licence, Response
from personae.tasks.survey_log import write_survey_log
from personae.types import Message, Usage

TWO = Instrument(
    "two",
    (Item("a/1", "I like parties.", "E"), Item("b", "I keep quiet.", "E", -1)),
    Response(("no", "unsure", "yes")),
    Licence("MIT"),
    names={"E": "extraversion"},
)
PEOPLE = [Respondent(name, (Message("system", f"You are {name}."),)) for name in ("Ana/../Rui", "Zoë")]


@pytest.fixture
async def log(tmp_path):
    says = iter(["yes", "As an AI, no.", *["unsure"] * 6])
    done = await administer(
        Scripted(lambda messages: next(says)), PEOPLE, TWO, Design(orders=("forward", "reverse")), limit=1
    )
    path = write_survey_log(
        tmp_path / "two", done.rows, TWO, PEOPLE, settings=ANSWER, usage=Usage(90, 9), metadata={"certificate": "none"}
    )
    return path


def test_the_log_opens_and_says_what_was_run(log):
    opened = read_eval_log(str(log))
    assert (opened.status, opened.eval.task, opened.eval.model) == ("success", "personae/two", "scripted")
    assert opened.eval.dataset.samples == len(opened.samples) == 8
    assert opened.eval.metadata["instrument_sha256"] == TWO.sha256
    assert opened.eval.metadata["certificate"] == "none"
    assert opened.stats.model_usage["scripted"].total_tokens == 99
    score = opened.results.scores[0]
    assert {name: metric.value for name, metric in score.metrics.items()} == {"answered": 7 / 8, "refused": 1 / 8}
    assert (score.scored_samples, score.unscored_samples) == (7, 1)


def test_a_sample_holds_the_prompt_the_reply_the_score_and_its_explanation(log):
    sample = read_eval_log(str(log)).samples[0]
    assert sample.input[0].text == "You are Ana/../Rui."
    assert '"I like parties."' in sample.input[1].text
    assert [message.role for message in sample.messages] == ["system", "user", "assistant"]
    assert sample.output.completion == "yes"
    score = sample.scores["answer"]
    assert (score.value, score.answer, score.explanation) == (3, "yes", "3 of 1 … 3, key +1; 3 for extraversion")
    assert sample.metadata["order"] == "forward"


def test_a_refused_answer_is_unscored_with_its_reason(log):
    samples = read_eval_log(str(log)).samples
    sample = next(sample for sample in samples if sample.output.completion == "As an AI, no.")
    assert math.isnan(sample.scores["answer"].value)
    assert sample.scores["answer"].reason == "refused"


def test_the_log_can_be_listed_summarised_and_streamed(log):
    assert [info.name.rpartition("/")[2] for info in list_eval_logs(str(log.parent))] == ["two.eval"]
    summaries = read_eval_log_sample_summaries(str(log))
    assert len(summaries) == 8
    assert "I like parties" in summaries[0].input
    assert [sample.id for sample in read_eval_log_samples(str(log))] == [each.id for each in summaries]
    assert read_eval_log_sample(str(log), summaries[3].id).id == summaries[3].id


def test_log_probabilities_say_the_label_they_point_to(tmp_path):
    import asyncio

    model = Scripted(option_scores={"no": -3.0, "unsure": -2.0, "yes": -0.2})
    row = asyncio.run(ask_item(model, PEOPLE[1], TWO, "b", Cell(route="logprobs")))
    path = write_survey_log(tmp_path / "one.eval", [row], TWO, PEOPLE, settings=ANSWER)
    sample = read_eval_log(str(path)).samples[0]
    assert sample.output.completion == "yes"
    assert sample.scores["answer"].metadata["option_probs"] == pytest.approx(row.option_probs)
    assert sample.scores["answer"].explanation == "3 of 1 … 3, key -1; 1 for extraversion"


def test_a_run_without_answers_has_no_log_and_leaves_no_file(tmp_path):
    with pytest.raises(RunError):
        write_survey_log(tmp_path / "none", [], TWO, PEOPLE, settings=ANSWER)
    assert list(tmp_path.iterdir()) == []
