"""The task runs in Inspect: on a persona, on released data, without a judge, and with the embedded model."""

from __future__ import annotations

import json

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.model import GenerateConfig, ModelAPI, ModelOutput, ModelUsage, get_model, modelapi
from stubs.gym import job, says
from stubs.mock import mock

from personae.measure.as_inspect import NothingToMeasure, observations_in
from personae.measure.personagym.protocol import TASKS, subject_of
from personae.models.ledger import Ledger
from personae.persona.find import find
from personae.tasks.personagym import personagym
from personae.types import Message

ANA = {"personae": 1, "name": "Ana", "description": "Ana keeps a reading room in Porto.", "statements": []}
CALLS: list[str] = []
SYSTEMS: list[str] = []


@modelapi(name="gymstub")
class GymStub(ModelAPI):
    """Does every job; the name after the slash is all that tells two of them apart."""

    def __init__(self, model_name: str, *_, config: GenerateConfig | None = None, **__) -> None:
        super().__init__(model_name, None, None, [], config or GenerateConfig())

    async def generate(self, input, *_, **__) -> ModelOutput:
        messages = [Message(each.role, each.text) for each in input]
        CALLS.append(job(messages)[0])
        if self.model_name.endswith("model"):
            SYSTEMS.append(messages[0].content)
        output = ModelOutput.from_content(self.model_name, says(messages))
        output.usage = ModelUsage(input_tokens=10, output_tokens=1, total_tokens=11)
        return output


@pytest.fixture(autouse=True)
def fresh():
    CALLS.clear()
    SYSTEMS.clear()


@pytest.fixture
def ana(tmp_path) -> str:
    file = tmp_path / "ana.yaml"
    file.write_text(json.dumps(ANA), encoding="utf-8")
    return str(file)


def run(task, tmp_path, **options):
    (log,) = inspect_eval(task, model="gymstub/model", log_dir=str(tmp_path / "logs"), display="none", **options)
    assert log.status == "success"
    return log


def metrics(log) -> dict[str, float]:
    return {name: metric.value for name, metric in log.results.scores[0].metrics.items()}


def test_a_persona_is_asked_in_blocks_whose_explanations_show_what_happened(ana, tmp_path):
    log = run(personagym(ana, judges="gymstub/one,gymstub/two", cache=str(tmp_path / "calls.sqlite")), tmp_path)
    assert metrics(log)["personagym"] == 3.0
    assert {sample.id for sample in log.samples} == {f"{task}-{part}" for task in TASKS for part in ("01-05", "06-10")}
    assert len(CALLS) == 86
    assert Ledger(tmp_path / "ledger.jsonl").total().calls == 86
    score = log.samples[0].scores["observed"]
    assert score.value == 3.0
    for shown in (
        "I bank the fire",
        "worth 1: A reply that is worth one points.",
        "gymstub/two",
        "final score is **4**",
    ):
        assert shown in score.explanation
    assert len(observations_in(log)) == 10


def test_released_personas_are_asked_their_own_questions(tmp_path, data_dir):
    task = personagym(data=str(data_dir / "personagym"), personas=2, judges="gymstub/one,gymstub/two")
    model = mock(lambda: "I bank the fire.")  # mockllm/model
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success"
    assert metrics(log)["personagym"] == 3.0
    assert len(log.samples) == 20
    assert len({sample.id.split("/")[0] for sample in log.samples}) == 2
    assert (CALLS.count("examples"), CALLS.count("grades"), len(CALLS)) == (20, 40, 60)


def test_the_role_grader_is_a_judge(ana, tmp_path):
    roles = {"grader": get_model("gymstub/grader")}
    log = run("personae/personagym", tmp_path, task_args={"persona": ana, "n": 1}, model_roles=roles)
    assert metrics(log)["personagym"] == 1.0
    assert len(CALLS) == 6 + 5 * 3


def test_without_a_judge_nothing_is_asked_and_the_reason_is_told(ana):
    with pytest.raises(NothingToMeasure, match="50 questions without a judge") as raised:
        personagym(ana)
    (measurement,) = raised.value.measure.summarise(raised.value.plan, [])
    assert measurement.reason == "no judge is named; give one, for example --judge openai/gpt-4o"
    assert measurement.missing == {"questions without a judge": 50}


def test_the_agents_own_prompt_may_answer_instead_of_the_frame(ana, tmp_path):
    for as_agent in (False, True):
        SYSTEMS.clear()
        run(personagym(ana, judges="gymstub/one", n=1, as_agent=as_agent), tmp_path)
        framed = [text.startswith(subject_of(find(ana)).text) for text in SYSTEMS]
        assert framed == [not as_agent] * 5


@pytest.mark.slow
def test_the_embedded_model_is_asked_and_graded_in_twenty_samples(ana, tmp_path):
    task = personagym(ana, judges="gymstub/one,gymstub/two", n=4, batch=1, max_tokens=8)
    (log,) = inspect_eval(
        task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1, log_realtime=False
    )
    assert log.status == "success"
    assert len(log.samples) == 20
    assert metrics(log)["personagym"] == 1.0  # the scripted judge grades the first of each block with 1
    assert {item["outcome"] for each in observations_in(log) for item in each.data["graded"]["items"]} <= {
        "answered",
        "truncated",
    }
