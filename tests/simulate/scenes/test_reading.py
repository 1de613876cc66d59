"""Scenes from files: the released collections, our own, and hostile ones."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from personae.errors import FormatError, PersonaeError, UnsafeFile, UsageError
from personae.simulate.scenes import Line, Part, load_notes, load_scene, load_scenes
from personae.simulate.scenes.reading import _scenes

OWN = """
scene: 1
scenario: The harbour office after closing time.
characters:
  - {name: Ana, profile: Keeps the archive., motivation: I want to go home.}
  - name: Rui
dialogue:
  - {speaker: Rui, text: "Is anybody there?"}
  - {speaker: Night watch, text: (knocks)}
"""


def test_our_own_file_gives_a_scene(tmp_path):
    (tmp_path / "the_office.yaml").write_text(OWN, "utf-8")
    scene = load_scene(tmp_path / "the_office.yaml")
    assert scene.id == "the office"
    assert scene.parts == (Part("Ana", "Keeps the archive.", "I want to go home."), Part("Rui"), Part("Night watch"))
    assert scene.script[0] == Line("Rui", "Is anybody there?")


def test_a_scenario_is_enough(tmp_path):
    (tmp_path / "s.yaml").write_text("scene: 1\nscenario: A bench in the park.\n", "utf-8")
    assert load_scene(tmp_path / "s.yaml").cast == ()


def test_a_test_set_is_read_with_profiles_and_motivations(data_dir):
    scenes = load_scenes(data_dir / "coser_public_domain" / "test_set_public_domain_books.json")
    scene = scenes[0]
    assert (len(scenes), scene.id, scene.cast) == (38, "Pride and Prejudice-70-0", ("Elizabeth Bennet", "Mr Bennet"))
    assert scene.part("Elizabeth Bennet").motivation.startswith("I am deeply anxious")
    assert scene.part("Elizabeth Bennet").profile.startswith("The protagonist, intelligent and strong-willed")
    assert scene.major
    assert scene.plot == 70
    assert scene.plot_text.startswith("Elizabeth is deeply affected")
    assert all(scene.parts and scene.script for scene in scenes)
    assert len({scene.id for scene in scenes}) == 38


def test_a_book_gives_its_scenes_and_what_can_be_remembered(data_dir):
    path = data_dir / "coser_public_domain" / "King_Lear.json"
    scenes = load_scenes(path)
    assert (len(scenes), scenes[0].id, scenes[0].book) == (19, "King Lear-0-0", "King Lear")
    assert scenes[0].notes == load_notes(path)
    summaries = [note for note in scenes[0].notes if note.who is None]
    assert len(summaries) == 18
    assert any(note.who == "Cordelia" and note.plot == 0 for note in scenes[0].notes)


def test_a_released_simulation_gives_its_circumstance(data_dir):
    (scene, *_) = load_scenes(data_dir / "coser_public_domain" / "exp__simulation__test_set_gpt-4o.json")
    assert scene.id == "King Lear-17-0"


def test_dialogues_marked_thinking_and_speaking_are_read(data_dir):
    scenes = load_scenes(data_dir / "simschat" / "dialogues_first10.json")
    assert len(scenes) == 199
    assert scenes[0].script[0].text.startswith("[I need to convince them of my plan")
    assert all("(thinking)" not in line.text for scene in scenes for line in scene.script)


def test_speakers_without_a_part_get_one_and_the_environment_none(data_dir):
    for name in ("test_set_public_domain_books.json", "King_Lear.json", "Othello.json"):
        for scene in load_scenes(data_dir / "coser_public_domain" / name):
            assert {line.speaker for line in scene.script} - {"Environment"} <= set(scene.cast)
            assert "Environment" not in scene.cast


def test_one_scene_of_several_is_chosen_by_its_id(tmp_path):
    path = tmp_path / "two.json"
    path.write_text(json.dumps([{"scenario": "A"}, {"scenario": "B"}, {"scenario": "C", "book": "X"}]), "utf-8")
    assert [scene.id for scene in load_scenes(path)] == ["scene-0", "scene-0-2", "X-0"]
    assert load_scene(path, "X-0").scenario == "C"
    with pytest.raises(UsageError, match="holds 3 scenes and choose one"):
        load_scene(path)
    with pytest.raises(UsageError, match="none of them has the id 'Y'"):
        load_scene(path, "Y")


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.json", "{", "not valid JSON"),
        ("a.json", "3", "is no scene but int"),
        ("a.json", "[[]]", "is no scene but list"),
        ("a.json", "[]", "holds no scene"),
        ("a.json", '{"x": 1}', "neither `scene` nor `scenario`"),
        ("a.json", '{"scenario": ""}', "scenario"),
        ("a.json", '{"scenario": 3e400}', "too large"),
        ("a.json", '{"scenario": "A", "key_characters": [{"name": " "}]}', "is no name"),
        ("a.json", '{"scenario": "A", "key_characters": [{"name": "<END CHAT>"}]}', "ends a scene"),
        ("a.json", '{"scenario": "A", "key_characters": [{"name": "A\\u0000B"}]}', "is no name"),
        ("a.json", '{"scenario": "A", "dialogues": [{"character": "A"}]}', "message"),
        ("a.json", '{"plots": [{"conversation": [{"topic": "no scenario"}]}]}', "scenario"),
        ("a.yaml", "scene: 2\nscenario: A", "scene"),
        ("a.yaml", "scene: 1\nscenario: A\nmodel: x", "unknown key"),
        ("a.yaml", "scene: 1\nscenario: &x A\ntopic: *x", "aliases"),
        ("a.yaml", "scene: 1\nscenario: !!python/name:os.system A", "tags"),
        ("a.yaml", "scene: 1\nscenario: A\ncharacters: [{name: Ana}, {name: ANA}]", "two characters"),
        ("a.yaml", "scene: 1\nscenario: A\ncharacters: [{name: environment}]", "needs no part"),
        ("a.yaml", "", "is empty"),
    ],
)
def test_a_file_that_is_no_scene_is_refused_in_one_clear_line(tmp_path, name, text, reason):
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(FormatError, match=reason):
        load_scenes(tmp_path / name)


def test_deep_and_large_files_are_refused(tmp_path, monkeypatch):
    (tmp_path / "deep.json").write_text("[" * 5000 + "]" * 5000, "utf-8")
    with pytest.raises(UnsafeFile, match="nested"):
        load_scenes(tmp_path / "deep.json")
    monkeypatch.setattr("personae.simulate.scenes.reading.MAX_BYTES", 1000)
    (tmp_path / "large.json").write_text(json.dumps([{"scenario": "A" * 2000}]), "utf-8")
    with pytest.raises(UnsafeFile, match="larger"):
        load_scenes(tmp_path / "large.json")
    many = {"scenario": "A", "key_characters": [{"name": f"N{n}"} for n in range(51)]}
    with pytest.raises(FormatError, match="key_characters"):
        list(_scenes(many, "x", "x"))


def test_lone_surrogates_do_not_reach_a_prompt(tmp_path):
    (tmp_path / "a.json").write_text('{"scenario": "A \\ud800 B"}', "ascii")
    assert load_scene(tmp_path / "a.json").scenario == "A \ufffd B"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "scene",
                    "scenario",
                    "dialogue",
                    "setting",
                    "plots",
                    "circumstance",
                    "key_characters",
                    "conversation",
                    "character_datasets",
                    "dialogues",
                    "x",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(JSON)
@example({"setting": [None], "dialogue": None})
def test_whatever_a_file_holds_it_is_a_scene_or_a_clear_error(tree):
    with contextlib.suppress(PersonaeError):
        assert all(scene.scenario for scene in _scenes(tree, "x.json", "x"))
