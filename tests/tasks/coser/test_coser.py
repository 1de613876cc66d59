"""The task plays scenes in Inspect; with a judge they get scores, without one form and surface figures only."""

from __future__ import annotations

import json

import pytest
from inspect_ai import eval as inspect_eval
from stubs.mock import mock

from personae.errors import FormatError, UsageError
from personae.measure.as_inspect import observations_in
from personae.simulate.scenes.played import played_from
from personae.tasks.coser import coser
from personae.tasks.coser.staging import scenes_of

FLAW = '{"flaws": [{"instance": "Ada jokes.", "type": "voice", "severity": 3}]}'
JUDGE = f"scripted/{FLAW}"


def evaluated(task, tmp_path, says="[Hm.] (nods) Well."):
    model = mock(lambda: says)  # mockllm/model
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success", log.error
    return log


def test_three_scenes_of_ours_are_played_and_judged(tmp_path):
    task = coser(judge=JUDGE, next_speaker="in-turn", rounds=4, temperature=0.0)
    log = evaluated(task, tmp_path)
    metrics = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    assert [sample.id for sample in log.samples] == ["night-watch", "the-inventory", "the-last-ferry"]
    in_house, on_bridge = 100 - 5 * (3 - 0.3 * 4), 100 - 5 * (3 - 0.3 * 3)  # two scripts begin with the surroundings
    assert metrics["coser"] == metrics["coser.character_fidelity"] == (in_house + 2 * on_bridge) / 3 == 90.0
    assert metrics["coser.form"] == metrics["coser.form.thought"] == metrics["coser.form.action"] == 1.0
    assert 0 < metrics["coser.surface overlap (BLEU)"] < 0.1
    played = played_from(observations_in(log)[0].data["played"])
    assert sum(total.calls for total in played.calls.values()) == 4
    score = log.samples[0].scores["observed"]
    assert score.value == on_bridge
    assert score.metadata["observation"]["data"]["judged"]["Anthropomorphism"]["details"]["flaws"][0]["severity"] == 3
    assert "−3 voice: Ada jokes." in score.explanation


def test_without_a_judge_there_is_no_score(tmp_path):
    log = evaluated(coser(n=1, next_speaker="in-turn", rounds=3), tmp_path)
    metrics = log.results.scores[0].metrics
    assert "coser" not in metrics
    assert metrics["coser.form"].value == 1.0


def test_a_list_that_cannot_be_read_leaves_the_scene_unscored_and_its_figures_stand(tmp_path):
    task = coser(judge="scripted/Lovely!", n=1, next_speaker="in-turn", rounds=3)
    log = evaluated(task, tmp_path)
    assert log.results.scores[0].unscored_samples == 1
    assert log.samples[0].scores["observed"].reason == "unparsed"
    numbers = {m.name: m for m in task.measure.summarise(task.plan, observations_in(log))}
    assert (numbers["coser"].value, numbers["coser"].missing) == (None, {"unparsed": 1})
    assert numbers["coser"].reason == "0 of 1 items have a value; 90 % are needed"
    assert numbers["coser.form"].value == 1.0


def test_a_scene_takes_at_most_twice_its_rounds_and_four_calls(tmp_path):
    log = evaluated(coser(judge=JUDGE, n=1), tmp_path, says="Well.")
    (observation,) = observations_in(log)
    played = played_from(observation.data["played"])
    judged = sum(len(verdict["outcomes"]) for verdict in observation.data["judged"].values())
    assert (len(played.turns), judged) == (20, 4)
    assert sum(total.calls for total in played.calls.values()) + judged <= 2 * 20 + 4
    assert log.results.scores[0].metrics["coser.proposals_taken"].value == 0.0


def test_a_persona_of_ones_own_takes_a_part_or_comes_as_a_guest(tmp_path):
    log = evaluated(
        coser(n=1, persona="lighthouse-keeper", part="Ingrid Aas", next_speaker="in-turn", rounds=3), tmp_path
    )
    played = played_from(observations_in(log)[0].data["played"])
    assert played.facts["cast"]["Ingrid Aas"]["persona"] == "Ilse Marten"
    log = evaluated(coser(n=1, persona="lighthouse-keeper", next_speaker="in-turn", rounds=4), tmp_path)
    assert "Ilse Marten" in played_from(observations_in(log)[0].data["played"]).scene.cast


def test_no_sample_shows_a_thought(tmp_path):
    log = evaluated(coser(next_speaker="in-turn", rounds=3), tmp_path, says="[secret] Aloud. [and")
    assert all("secret" not in sample.scores["observed"].answer for sample in log.samples)
    assert all("Aloud." in sample.scores["observed"].answer for sample in log.samples)


def test_every_answer_is_kept_and_paid_once(tmp_path):
    asked = []

    def says():
        asked.append(1)
        return "Well."

    for _ in range(2):
        task = coser(n=1, next_speaker="in-turn", rounds=3, cache=str(tmp_path / "calls.sqlite"))
        inspect_eval(task, model=mock(says), log_dir=str(tmp_path), display="none")
    assert len(asked) == 3


def test_the_released_scenes_are_found_in_the_data_folder(data_dir, monkeypatch):
    monkeypatch.setenv("PERSONAE_DATA", str(data_dir))
    assert len(scenes_of("public_domain")) == 38
    monkeypatch.delenv("PERSONAE_DATA")
    with pytest.raises(UsageError, match="PERSONAE_DATA, which is not set"):
        scenes_of("public_domain")


def test_scenes_come_from_files_and_folders_under_ids_of_their_own(tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text("scene: 1\nid: x\nscenario: A room.\n", encoding="utf-8")
    assert [scene.id for scene in scenes_of(str(tmp_path))] == ["one/x", "two/x"]
    assert [scene.id for scene in scenes_of(str(tmp_path / "one.yaml"))] == ["x"]
    with pytest.raises(UsageError, match="no scenes at"):
        scenes_of(str(tmp_path / "three"))
    (tmp_path / "odd.json").write_text("{}", encoding="utf-8")
    with pytest.raises(FormatError):
        scenes_of(str(tmp_path))


def test_a_card_without_a_judge_and_a_part_without_a_player_are_refused():
    with pytest.raises(UsageError, match="vouches for nobody"):
        coser(judge_card="card.json")
    with pytest.raises(UsageError, match="nobody is there to play 'Pim'"):
        coser(part="Pim")


def test_an_unqualified_judges_scores_stand_apart(tmp_path, monkeypatch):
    note = {"name": "scripted", "standing": "unqualified", "card": {"top_1": 0.2}}
    monkeypatch.setattr("personae.tasks._models.judge_note", lambda model, card: note)
    log = evaluated(coser(judge=JUDGE, n=1, next_speaker="in-turn", rounds=3), tmp_path)
    metrics = log.results.scores[0].metrics
    assert "coser" not in metrics
    assert metrics["coser.not_qualified"].value == 100 - 5 * (3 - 0.3 * 2)
    assert log.eval.metadata["judge"]["standing"] == "unqualified"


@pytest.mark.slow
def test_twenty_short_scenes_are_played_by_the_embedded_model(tmp_path):
    folder = tmp_path / "scenes"
    folder.mkdir()
    lines = [{"speaker": "Ana", "text": "Good evening."}, {"speaker": "Rui", "text": "Good night."}]
    for number in range(20):
        scene = {"scene": 1, "id": f"room-{number}", "scenario": f"Room {number}.", "dialogue": lines}
        (folder / f"{number:02}.yaml").write_text(json.dumps(scene), encoding="utf-8")
    task = coser(scenes=str(folder), next_speaker="in-turn", environment=False, rounds=1, turn_tokens=8)
    (log,) = inspect_eval(task, model="personae/embedded", log_dir=str(tmp_path), display="none", max_samples=1)
    assert log.status == "success", log.error
    assert len(log.samples) == 20
    assert 0 <= log.results.scores[0].metrics["coser.form.visible"].value <= 1
