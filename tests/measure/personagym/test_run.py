"""A whole run: its calls, its numbers, and what happens when it is stopped or a judge says nonsense."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from stubs.gym import Everything, grades, job, says

from personae.errors import ModelUnreachable, RunError, UsageError
from personae.measure.personagym.protocol import TASKS, Protocol, Subject, plan
from personae.measure.personagym.released import load_subjects
from personae.measure.personagym.run import run_gym
from personae.models.ledger import Ledger

ROOT = Path(__file__).parents[3]


def baker(n: int = 10, id: str = "baker") -> Subject:
    asked = {task: [f"Oven number {number} is cold, what now ({task})?" for number in range(n)] for task in TASKS}
    return Subject(id, f"A baker from Graz, known as {id}.", asked)


def crew(**options):
    return [Everything("judge/one", **options), Everything("judge/two", **options)]


def values(run) -> dict[str, float | None]:
    return {each.name: each.value for each in run.measurements}


async def test_a_judge_that_says_one_to_five_gives_a_persona_score_of_exactly_three_in_80_calls(tmp_path, data_dir):
    subjects = load_subjects(data_dir / "personagym", limit=2)
    model, judges = Everything("model"), crew()
    run = await run_gym(subjects, model, judges, tmp_path / "run", connections=8)
    assert values(run) == {
        "personagym": 3.0,
        **{f"personagym.{task}": 3.0 for task in TASKS},
        "personagym.by.judge/one": 3.0,
        "personagym.by.judge/two": 3.0,
        "personagym.agreement": 1.0,
    }
    assert plan(subjects, Protocol(), judges=2).total == run.plan.total == 160
    assert run.calls["planned"]["total"] == run.calls["made"]["total"] == run.calls["sent"]["total"] == 160
    assert run.calls["sent"] == {"questions": 0, "answers": 100, "examples": 20, "verdicts": 40, "total": 160}
    assert len(model.history) + sum(len(judge.history) for judge in judges) == 160
    assert Ledger(tmp_path / "run" / "ledger.jsonl").total().calls == 160
    assert run.measurements[0].n == 100
    assert run.measurements[0].details["personas"][subjects[0].id]["score"] == 3.0


async def test_every_answer_is_sampled_at_one_setting_under_the_persona_and_nothing_else(tmp_path):
    model = Everything("model")
    await run_gym([baker()], model, crew(), tmp_path / "run")
    assert {(call.settings.temperature, call.settings.top_p) for call in model.history} == {(0.9, 0.9)}
    assert {call.messages[0].content for call in model.history} == {model.history[0].messages[0].content}
    assert model.history[0].messages[0].content.startswith("A baker from Graz, known as baker.\n\n")
    assert Counter(call.settings.seed for call in model.history) == Counter(list(range(10)) * 5)


async def test_what_judges_read_holds_five_example_replies_per_question_and_never_single_letters(tmp_path):
    judges = crew()
    await run_gym([baker()], Everything("model"), judges, tmp_path / "run")
    read = [call.messages[1].content for judge in judges for call in judge.history if job(call.messages)[0] == "grades"]
    assert len(read) == 20
    for text in read:
        assert text.count('<example score="1">\nA reply that is worth one points.\n</example>') == 5
        assert text.count("<example ") == 25


async def test_examples_of_single_letters_are_refused_before_a_judge_is_asked(tmp_path):
    def letters(messages):
        if job(messages)[0] == "examples":
            return json.dumps({f"question {n}": {str(s): "Score"[s - 1] for s in range(1, 6)} for n in range(1, 6)})
        return says(messages)

    judges = crew(say=letters)
    run = await run_gym([baker()], Everything("model"), judges, tmp_path / "run")
    assert [judge.jobs().count("grades") for judge in judges] == [0, 0]
    assert values(run)["personagym"] is None
    assert run.measurements[0].missing == {"examples unparsed": 50}
    assert run.calls["outcomes"]["examples"] == {"unparsed": 20}


async def test_a_bold_score_counts_and_one_that_cannot_be_read_is_missing_and_not_zero(tmp_path):
    def say(messages):
        what, count = job(messages)
        if what == "grades" and "Toxicity" in messages[0].content:
            return "\n".join(f"Reply {n}\nThe final score is somewhere around four" for n in range(1, count + 1))
        return grades(*[4] * count) if what == "grades" else says(messages)

    run = await run_gym([baker()], Everything("model"), crew(say=say), tmp_path / "run")
    found = {each.name: each for each in run.measurements}
    assert found["personagym.expected_action"].value == 4.0  # the stub writes **4**
    assert found["personagym.toxicity_control"].value is None
    assert found["personagym.toxicity_control"].missing == {"verdict unparsed": 10}
    assert found["personagym"].reason.startswith("no PersonaScore without toxicity_control: 0 of 10 items")
    assert run.calls["planned"]["verdicts"] == 20
    assert run.calls["made"]["verdicts"] == 24  # both batches of both judges asked again once


async def test_one_judge_that_fails_leaves_the_mean_to_the_other_and_its_column_empty(tmp_path):
    silent = Everything("judge/silent", lambda messages: "" if job(messages)[0] == "grades" else says(messages))
    judges = [Everything("judge/one"), silent]
    run = await run_gym([baker()], Everything("model"), judges, tmp_path / "run")
    action = next(each for each in run.measurements if each.name == "personagym.expected_action")
    assert action.value == 3.0
    assert action.details["columns"] == {
        "judge/one": {"mean": 3.0, "n": 10, "missing": {}},
        "judge/silent": {"mean": None, "n": 0, "missing": {"empty": 10}},
    }
    found = {each.name: each for each in run.measurements}
    assert found["personagym.by.judge/one"].value == 3.0
    assert found["personagym.by.judge/silent"].missing == {"empty": 50}
    assert found["personagym.by.judge/silent"].value is None


async def test_nine_answers_of_ten_are_enough_and_eight_are_not(tmp_path):
    def shy(times: int):
        return lambda messages: "" if "(linguistic_habits)" in messages[1].content and any(
            f"number {n} is" in messages[1].content for n in range(times)
        ) else "I open the door."  # fmt: skip

    for times, score in ((1, 3.0), (2, None)):
        judges = crew(say=lambda messages: says(messages, lambda n: [3] * n))
        run = await run_gym([baker()], Everything("model", shy(times)), judges, tmp_path / str(times))
        assert values(run)["personagym.linguistic_habits"] == score
        assert values(run)["personagym"] == score
        assert run.measurements[0].missing == {"answer empty": times}


async def test_questions_are_written_for_a_persona_without_any_in_six_calls_more(tmp_path):
    places = ["a lighthouse", "a lifeboat", "a court of law", "a fair"]
    judges = crew()
    run = await run_gym(
        [Subject("ana", "Ana keeps a reading room.")],
        Everything("model"),
        judges,
        tmp_path / "run",
        environments=places,
    )
    assert run.plan.total == run.calls["sent"]["total"] == 86
    assert run.calls["sent"]["questions"] == 6
    assert run.interviews[0].environments == ("a lighthouse", "a lifeboat", "a court of law")
    assert len({item.question for item in run.interviews[0].items}) == 50


async def test_questions_that_cannot_be_read_are_asked_for_five_times_more_and_then_missing(tmp_path):
    def say(messages):
        return "Here are some questions!" if job(messages)[0] == "questions" else says(messages)

    judges = crew(say=say)
    run = await run_gym([Subject("ana", "Ana.")], Everything("model"), judges, tmp_path / "run")
    assert run.calls["outcomes"]["questions"] == {"answered": 1, "unparsed": 30}
    assert run.measurements[0].missing == {"questions unparsed": 50}
    assert run.calls["sent"]["answers"] == 0


async def test_a_finished_run_is_read_again_without_a_call(tmp_path):
    subjects = [baker(), baker(id="other")]
    first = await run_gym(subjects, Everything("model"), crew(), tmp_path / "run")
    model, judges = Everything("model"), crew()
    second = await run_gym(subjects, model, judges, tmp_path / "run", resume=True)
    assert second.measurements == first.measurements
    assert model.history == []
    assert judges[0].history == judges[1].history == []
    assert second.calls == first.calls


async def test_a_model_that_goes_away_stops_the_run_and_nothing_is_paid_twice(tmp_path):
    class Tired(Everything):
        async def generate(self, messages, settings):
            if len(self.history) >= 70:
                raise ModelUnreachable("gone")
            return await super().generate(messages, settings)

    subjects = [baker(id=f"baker-{n}") for n in range(3)]
    tired, judges = Tired("model"), crew()
    with pytest.raises(ModelUnreachable):
        await run_gym(subjects, tired, judges, tmp_path / "run", connections=4)
    assert (tmp_path / "run" / "personas" / "baker-0.json").is_file()  # the first is not lost
    model = Everything("model")
    run = await run_gym(subjects, model, judges, tmp_path / "run", connections=4, resume=True)
    assert len(tired.history) + len(model.history) == 150
    assert sum(len(judge.history) for judge in judges) == 90
    assert (
        run.calls["sent"]["total"] == 240 + Ledger(tmp_path / "run/ledger.jsonl").total().failures["ModelUnreachable"]
    )
    assert values(run)["personagym"] == 3.0


async def test_no_more_calls_are_under_way_than_there_are_connections(tmp_path):
    everybody = Everything("same", delay_s=0.001)
    await run_gym([baker(2)], everybody, [everybody], tmp_path / "run", protocol=Protocol(n=2), connections=3)
    assert everybody.most == 3


async def test_the_folder_is_there_before_the_first_call_and_another_run_is_not_written_into_it(tmp_path):
    seen: list[bool] = []
    out = tmp_path / "new" / "run"

    def say(messages):
        seen.append((out / "gym.json").is_file())
        return says(messages)

    await run_gym([baker(1)], Everything("model", say), crew(), out, protocol=Protocol(n=1))
    assert all(seen)
    with pytest.raises(RunError, match="already holds a run"):
        await run_gym([baker(1)], Everything("model"), crew(), out, protocol=Protocol(n=1))
    with pytest.raises(RunError, match=r"model was \"model\" and is now \"other\""):
        await run_gym([baker(1)], Everything("other"), crew(), out, protocol=Protocol(n=1), resume=True)


@pytest.mark.parametrize(
    ("subjects", "judges", "options", "because"),
    [
        ([], crew(), {}, "nobody to interview"),
        ([baker()], [], {}, "judges with different names"),
        ([baker()], [Everything("same"), Everything("same")], {}, "judges with different names"),
        ([baker(), baker()], crew(), {}, "named twice"),
        ([baker(id="../../baker")], crew(), {}, "cannot name a file"),
        ([baker(3)], crew(), {}, "fewer than 10 questions"),
        ([baker()], crew(), {"connections": 0}, "connections must be at least 1"),
    ],
)
async def test_what_cannot_be_run_is_said_before_a_folder_or_a_call(tmp_path, subjects, judges, options, because):
    with pytest.raises(UsageError, match=because):
        await run_gym(subjects, Everything("model"), judges, tmp_path / "run", **options)
    assert not (tmp_path / "run").exists()


async def test_files_that_were_torn_or_swapped_are_named_and_nothing_is_guessed(tmp_path):
    out, light = tmp_path / "run", Protocol(n=1)
    await run_gym([baker(1)], Everything("m"), crew(), out, protocol=light)
    interview = out / "personas" / "baker.json"
    whole = interview.read_text(encoding="utf-8")
    for torn in (whole[:200], "[1]", '{"id": "baker"}', "[" * 100_000):
        interview.write_text(torn, encoding="utf-8")
        with pytest.raises(RunError, match=r"baker\.json"):
            await run_gym([baker(1)], Everything("m"), crew(), out, protocol=light, resume=True)
    interview.unlink()
    model = Everything("m")
    run = await run_gym([baker(1)], model, crew(), out, protocol=light, resume=True)
    assert model.history == []  # from the cache
    assert run.calls["from_cache"] == 20
    assert interview.read_text(encoding="utf-8") == whole


async def test_progress_counts_calls_up_to_the_plan(tmp_path):
    told: list[tuple[int, int]] = []
    await run_gym([baker()], Everything("m"), crew(), tmp_path / "run", on_call=lambda *step: told.append(step))
    assert told == [(done, 80) for done in range(1, 81)]


PROCESS = """
import asyncio, sys
sys.path.insert(0, {tests!r})
from stubs.gym import Everything, says
from personae.measure.personagym.run import run_gym
from measure_personagym_subjects import subjects

def say(messages):
    with open({log!r}, "a", encoding="utf-8") as file:
        file.write("call\\n")
    return says(messages)

model, judges = Everything("model", say, {delay}), [Everything(n, say, {delay}) for n in ("judge/one", "judge/two")]
run = asyncio.run(run_gym(subjects(), model, judges, {out!r}, connections=32, resume=True))
print(run.measurements[0].value, run.calls["made"]["total"])
"""

SUBJECTS = """
from personae.measure.personagym.protocol import TASKS, Subject
def subjects():
    asked = {task: [f"Oven {n} is cold, what now ({task})?" for n in range(10)] for task in TASKS}
    return [Subject(f"baker-{n}", f"A baker, number {n}.", asked) for n in range(6)]
"""


def test_a_killed_run_goes_on_and_repeats_at_most_one_call_per_connection(tmp_path):
    (tmp_path / "measure_personagym_subjects.py").write_text(SUBJECTS, encoding="utf-8")
    log, out = tmp_path / "calls.log", tmp_path / "run"
    script = PROCESS.format(tests=str(ROOT / "tests"), log=str(log), out=str(out), delay=0.02)
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{tmp_path}"}

    def started() -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, text=True)

    first = started()
    end = time.monotonic() + 60
    while not (log.exists() and log.stat().st_size > 5 * 250) and time.monotonic() < end:
        time.sleep(0.005)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    done = len(log.read_text(encoding="utf-8").splitlines())
    assert 250 <= done < 480
    assert list((out / "personas").iterdir())  # finished ones are on disk
    said, _ = started().communicate(timeout=60)
    assert said.split() == ["3.0", "480"]
    assert len(log.read_text(encoding="utf-8").splitlines()) - 480 <= 32


def test_two_event_loops_may_use_one_run_after_another(tmp_path):
    for sitting in ("one", "two"):
        run = asyncio.run(run_gym([baker(1)], Everything("m"), crew(), tmp_path / sitting, protocol=Protocol(n=1)))
        assert values(run)["personagym"] == 1.0
