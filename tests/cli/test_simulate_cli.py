"""`personae simulate scene` as a user meets it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from personae.cli.simulate import simulate
from personae.errors import PersonaeError
from personae.models import Scripted, registry
from personae.simulate.scenes import load_played

SCENE = """
scene: 1
scenario: The harbour office after closing time.
characters:
  - {name: Ana, profile: Keeps the archive., motivation: I want to go home.}
  - {name: Rui, profile: Missed the ferry.}
dialogue:
  - {speaker: Rui, text: "Is anybody there?"}
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scene.yaml").write_text(SCENE, "utf-8")
    return "scene.yaml"


def call(*arguments: object, code: int = 0):
    result = CliRunner().invoke(simulate, ["scene", *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        if code and isinstance(result.exception, PersonaeError):
            return result
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def test_a_scene_is_played_and_written(file, tmp_path):
    result = call(
        file, "--model", "scripted/[Tired.] Good night.", "--next", "in-turn", "--rounds", 4, "--out", "out.json"
    )
    played = load_played(tmp_path / "out.json")
    assert [turn.speaker for turn in played.turns] == ["Rui", "Ana", "Rui", "Ana"]
    assert result.stdout.startswith("4 turns, all rounds played, 4 calls, ")
    assert "Ana: [Tired.] Good night." in result.stderr
    assert not (tmp_path / "out.json.steps.jsonl").exists()


def test_ones_own_personas_meet_in_a_scene_that_names_nobody(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.yaml").write_text("scene: 1\nscenario: A bench in the park.\n", "utf-8")
    flags = ("--model", "scripted/Hello.", "--next", "in-turn", "--rounds", 2, "--no-environment", "--out", "o.json")
    call("s.yaml", "--persona", "lighthouse-keeper", "--persona", "tavern-keeper", *flags)
    played = load_played("o.json")
    assert len({turn.speaker for turn in played.turns}) == 2
    assert all(part.profile for part in played.scene.parts)


def test_a_persona_plays_the_part_it_is_given(file):
    flags = ("--model", "scripted/Hm.", "--next", "in-turn", "--rounds", 2, "--out", "o.json")
    call(file, "--persona", "Rui=detective", *flags)
    played = load_played("o.json")
    assert played.scene.cast == ("Ana", "Rui")
    assert played.facts["cast"]["Rui"]["persona"] != "Rui"


def test_json_goes_to_stdout_and_nothing_else_does(file):
    result = call(file, "--model", "scripted/Ana", "--rounds", 3, "--out", "o.json", "--json")
    assert json.loads(result.stdout)["counts"]["overruled"] == {"repeated": 1}


def test_an_out_that_was_begun_needs_resume_and_is_then_not_played_again(file, monkeypatch):
    flags = (file, "--model", "scripted/Hm.", "--next", "in-turn", "--rounds", 2, "--out", "o.json")
    call(*flags)
    assert "--resume" in str(call(*flags, code=1).exception)
    monkeypatch.setattr(registry, "open_model", lambda spec, **_: Scripted(name="scripted/Hm."))
    assert call(*flags, "--resume").stdout.startswith("2 turns")


def test_several_scenes_go_to_a_folder(data_dir, tmp_path):
    path = data_dir / "coser_public_domain" / "data__test__example_test_set.json"
    flags = ("--model", "scripted/So be it.", "--next", "as-written", "--continue-from", 2)
    result = call(path, *flags, "--out", tmp_path / "all")
    written = sorted((tmp_path / "all").glob("*.json"))
    assert len(written) == len(result.stdout.splitlines()) == 3
    call(path, *flags, "--only", load_played(written[0]).scene.id, "--out", tmp_path / "one.json")
    assert load_played(tmp_path / "one.json").to_dict() == load_played(written[0]).to_dict()


def test_memories_come_from_the_book(data_dir, tmp_path):
    folder = data_dir / "coser_public_domain"
    flags = ("--model", "scripted/Hm.", "--next", "as-written", "--continue-from", 5, "--rounds", 6)
    scene = folder / "data__test__example_test_set.json"
    call(
        scene,
        "--only",
        "King Lear-17-0",
        *flags,
        "--recall",
        3,
        "--book",
        folder / "King_Lear.json",
        "--out",
        tmp_path / "a",
    )
    without = call(scene, "--only", "King Lear-17-0", *flags, "--recall", 3, "--out", tmp_path / "b", code=1)
    assert "--book" in str(without.exception)


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        (("--persona", "nobody-here"), "neither a file nor a starter"),
        (("--persona", "Rui=detective", "--persona", "Rui=elder"), "two personas play 'Rui'"),
        (("--only", "other"), "none of them has the id 'other'"),
        (("--continue-from", "2"), "a script of 1 turns"),
        (("--model", "no-such-model"), "unknown model"),
        (("--out", "."), "is a folder"),
    ],
)
def test_a_mistake_is_one_line_with_the_next_step(file, flags, reason):
    standard = () if "--out" in flags else ("--out", "o.json")
    model = () if "--model" in flags else ("--model", "scripted/Hm.")
    result = call(file, *model, *standard, *flags, code=1)
    assert reason in str(result.exception)
